//! `agikit listen`: a picture of a recording, and of what the detector makes of it.

mod columns;
mod heard;
mod list;
mod options;
mod picture;
mod scale;
mod svg;
mod svg_file;

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use agikit::audio::Sound;
use clap::CommandFactory;
use clap::error::ErrorKind;
use ratatui::crossterm::terminal;
use unicode_width::UnicodeWidthStr;

pub(crate) use options::Listen;

use crate::cli::Cli;
use crate::exit::{Done, Exit};
use crate::output::{self, FAINT, STRONG};
use crate::telephone::{is_ascii, tame_text};
use heard::hear;
use svg_file::Target;

/// A picture into a pipe or a file.
const WIDTH: usize = 80;
/// No picture is narrower, or wider.
const WIDTHS: (usize, usize) = (30, 1000);

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
        _ => return,
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
    let name = tame_text(&file.to_string_lossy(), ascii);
    let sound = read(arguments, file, &name)?;
    let heard = hear(&sound, &arguments.values);
    let part = part(arguments, &sound, &name)?;
    let line = arguments.line.map(|line| sound.format.samples(line));
    let lines = columns::lines(part.clone(), line).map_err(|error| format!("{name}: {error}"))?;
    let rust = arguments.values.rust(heard.rate);
    if let Some(target) = svg {
        let header = list::header(&name, sound.format, &heard).join(" ");
        let legend = list::legend(&heard, &part, &arguments.values);
        target.write(&svg::draw(&heard, &lines, &svg::Words { header, legend, rust: &rust }))?;
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
    let (width, text_width) = widths();
    if follows {
        writeln!(data)?;
    }
    let plain = |text: String| (text.width(), text);
    for row in wrapped(list::header(&name, sound.format, &heard).into_iter().map(plain), text_width)
    {
        writeln!(data, "{STRONG}{row}{STRONG:#}")?;
    }
    for line in &lines {
        write!(data, "{}", picture::draw(&heard, line, width, ascii))?;
    }
    let legend = list::legend(&heard, &part, &arguments.values).into_iter().map(|(line, text)| {
        let wide = 3 + text.width() + 2;
        (wide, format!("{} {FAINT}{text}{FAINT:#}  ", picture::sample(line, ascii)))
    });
    for row in wrapped(legend, text_width) {
        writeln!(data, "{}", row.trim_end())?;
    }
    let utterances = list::utterances(&heard, &part);
    if utterances.is_empty() {
        writeln!(data, "no speech")?;
    }
    for utterance in utterances {
        writeln!(data, "{utterance}")?;
    }
    writeln!(data, "{rust}")?;
    data.flush()?;
    Ok(())
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

/// How wide a picture is, and a text: what is not for a terminal is not broken.
fn widths() -> (usize, usize) {
    let (least, most) = WIDTHS;
    let is_terminal = io::stdout().is_terminal();
    let told = env::var("COLUMNS").ok().and_then(|it| it.parse().ok()).filter(|it| *it > 0);
    let real = || terminal::size().ok().map(|(columns, _)| usize::from(columns));
    let width = told.or_else(|| real().filter(|_| is_terminal)).unwrap_or(WIDTH);
    let width = width.clamp(least, most);
    (width, if is_terminal { width } else { usize::MAX })
}

/// Pieces, each with its width, in rows that are not wider than this, if that can be.
fn wrapped(pieces: impl Iterator<Item = (usize, String)>, width: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut used = usize::MAX;
    for (wide, piece) in pieces {
        match rows.last_mut() {
            Some(row) if used.saturating_add(1 + wide) <= width => {
                row.push(' ');
                row.push_str(&piece);
                used += 1 + wide;
            }
            _ => {
                rows.push(piece);
                used = wide;
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stay_whole() {
        let rows = |width| {
            let pieces = ["ab", "cd", "efghi", "j"].map(|text| (text.len(), text.to_owned()));
            wrapped(pieces.into_iter(), width)
        };
        assert_eq!(rows(5), ["ab cd", "efghi", "j"]);
        assert_eq!(rows(usize::MAX), ["ab cd efghi j"]);
        assert_eq!(rows(1), ["ab", "cd", "efghi", "j"]);
    }
}
