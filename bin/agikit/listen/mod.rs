//! `agikit listen`: a picture of a recording, and of what the detector makes of it.

mod columns;
mod heard;
mod judge;
mod list;
mod options;
mod picture;
mod room;
mod scale;
mod svg;
mod svg_file;

use std::error::Error;
use std::fs;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use agikit::audio::Sound;
use clap::CommandFactory;
use clap::error::ErrorKind;
use unicode_width::UnicodeWidthStr;

pub(crate) use options::Listen;

use crate::cli::Cli;
use crate::exit::{Done, Exit};
use crate::output::{self, FAINT, STRONG};
use crate::telephone::{is_ascii, tame_text};
use heard::hear;
use picture::Look;
use room::Room;
use svg_file::Target;

pub(crate) fn run(arguments: &Listen) -> Done {
    check(arguments);
    let svg = arguments.svg.as_deref().map(Target::choose).transpose()?;
    let mut exit = Exit::Success;
    for (number, file) in arguments.files.iter().enumerate() {
        // What concerns one file keeps nobody from seeing the others.
        match one(arguments, file, svg.as_ref(), number > 0) {
            Err(error) if error.is::<io::Error>() => return Err(error),
            Err(error) => {
                output::problem(&error.to_string());
                exit = Exit::Trouble;
            }
            Ok(()) => {}
        }
    }
    Ok(exit)
}

/// What the declarations cannot say.
fn check(arguments: &Listen) {
    let wrong = match arguments {
        it if it.svg.is_some() && it.files.len() > 1 => "an SVG is of one FILE",
        it if it.svg.as_deref() == Some(Path::new("-")) && it.json => {
            "--json and --svg - cannot both go to standard output"
        }
        it if it.line == Some(Duration::ZERO) => "--line needs some time",
        it if it.to.is_some_and(|to| to <= it.from.unwrap_or_default()) => {
            "--to is not behind --from"
        }
        it => match it.values.contradiction() {
            Some(wrong) => wrong,
            None => return,
        },
    };
    let mut command = Cli::command();
    command.build();
    let command = command.find_subcommand_mut("listen").cloned().unwrap_or(command);
    command.clone().error(ErrorKind::ArgumentConflict, wrong).exit()
}

/// One file, from reading it to all that is told of it.
fn one(
    arguments: &Listen,
    file: &Path,
    svg: Option<&Target>,
    follows: bool,
) -> Result<(), Box<dyn Error>> {
    let ascii = arguments.ascii || is_ascii();
    let name = match file.as_os_str() == "-" {
        true => "standard input".to_owned(),
        false => tame_text(&file.to_string_lossy(), ascii),
    };
    let sound = read(arguments, file, &name)?;
    let heard = hear(&sound, &arguments.values);
    let part = part(arguments, &sound, &name)?;
    let line = arguments.line.map(|line| sound.format.samples(line));
    let lines = columns::lines(part.clone(), line).map_err(|error| format!("{name}: {error}"))?;
    let rust = arguments.values.rust(heard.rate);
    let legend = list::legend(&heard, &part, &arguments.values);
    if let Some(target) = svg {
        let header = list::header(&name, sound.format, &heard).join(" ");
        let words = svg::Words { header, legend: &legend, rust: &rust.concat() };
        target.write(&svg::draw(&heard, &lines, &words))?;
        if target.takes_standard_output() {
            return Ok(());
        }
    }
    let mut data = output::data();
    if arguments.json {
        let name = file.to_string_lossy();
        let json = list::json(&name, sound.format, &heard, &part, &arguments.values);
        writeln!(data, "{json}")?;
        data.flush()?;
        return Ok(());
    }
    let room = Room::there();
    if follows {
        writeln!(data)?;
    }
    for row in room.wrapped(plain(list::header(&name, sound.format, &heard))) {
        writeln!(data, "{STRONG}{row}{STRONG:#}")?;
    }
    let look = Look { width: room.width, rows: room.rows(lines.len()), ascii };
    for line in &lines {
        write!(data, "{}", picture::draw(&heard, line, look))?;
    }
    let legend = legend.into_iter().map(|(line, text)| {
        let wide = 3 + text.width() + 2;
        (wide, format!("{} {FAINT}{text}{FAINT:#}  ", picture::sample(line, ascii)))
    });
    let span = lines.first().map_or(0, |line| line.end - line.start);
    let column = heard.seconds(span) / look.columns() as f64;
    let column = (column > 0.02).then(|| {
        let text = match column < 1.0 {
            true => format!("a column: the loudest of {:.0} ms", column * 1000.0),
            false => format!("a column: the loudest of {column:.1} s"),
        };
        (text.len(), format!("{FAINT}{text}{FAINT:#}"))
    });
    for row in room.wrapped(legend.chain(column)) {
        writeln!(data, "{}", row.trim_end())?;
    }
    let utterances = list::utterances(&heard, &part);
    if utterances.is_empty() {
        writeln!(data, "no speech")?;
    }
    for row in utterances.into_iter().flat_map(|pieces| room.wrapped(plain(pieces))) {
        writeln!(data, "{}", row.trim_end())?;
    }
    // A row a call, as Rust is written, where all do not go into one.
    let between = if room.fits(&rust.concat()) { "" } else { "\n    " };
    writeln!(data, "{}", rust.join(between))?;
    data.flush()?;
    Ok(())
}

/// Pieces with their widths.
fn plain(pieces: Vec<String>) -> impl Iterator<Item = (usize, String)> {
    pieces.into_iter().map(|text| (text.width(), text))
}

/// Reads a file, whatever it is called.
fn read(arguments: &Listen, file: &Path, name: &str) -> Result<Sound, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let is_input = file.as_os_str() == "-";
    match is_input {
        true => io::stdin().lock().read_to_end(&mut bytes).map(drop),
        false => fs::read(file).map(|all| bytes = all),
    }
    .map_err(|error| format!("cannot read {name}: {error}"))?;
    let is_wav = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE");
    let sound = match arguments.format.filter(|_| !is_wav) {
        Some(format) => {
            let mut samples = Vec::new();
            format.decode(&bytes, &mut samples);
            Sound { format, samples }
        }
        // The name that is told, which has the same extension.
        None => Sound::parse(Path::new(name), &bytes).map_err(|error| match error {
            agikit::Error::Io { source, .. } if !is_wav => {
                format!("{source}; --format slin16 (and so on) says what it holds")
            }
            agikit::Error::Io { source, .. } => source.to_string(),
            error => error.to_string(),
        })?,
    };
    match sound.samples.is_empty() {
        true => Err(format!("{name}: there is no sample in it").into()),
        false => Ok(sound),
    }
}

/// What is to be shown.
fn part(arguments: &Listen, sound: &Sound, name: &str) -> Result<Range<u64>, String> {
    let length = sound.samples.len() as u64;
    let at = |time: Duration| sound.format.samples(time);
    let from = arguments.from.map_or(0, at);
    if from >= length {
        let long = sound.duration().as_secs_f64();
        return Err(format!("{name} is {long:.3} s long, and --from is not before its end"));
    }
    let to = arguments.to.map_or(length, at).min(length);
    Ok(from..to.max(from + 1))
}
