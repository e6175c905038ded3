//! `agikit call`: a call through a program, with the emulator as Asterisk.

mod cargo;
mod options;
mod plain;
mod signals;
mod summary;
mod values;

use std::error::Error;
use std::io::{self, IsTerminal};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agikit::emulator::{Asterisk, Report, Seen, Version};
use agikit::program;
use anstream::AutoStream;
use clap::CommandFactory;

pub(crate) use options::Call;

use crate::cli::Cli;
use crate::exit;
use crate::output;
use options::When;
use plain::{Manner, Writer};

pub(crate) fn run(options: &Call) -> ExitCode {
    match place(options) {
        Ok(code) => ExitCode::from(code),
        Err(error) => exit::report(error.as_ref()),
    }
}

fn place(options: &Call) -> Result<u8, Box<dyn Error>> {
    let (program, arguments) = program(options)?;
    warn_of_misplaced(arguments);
    let mut asterisk = asterisk(options)?;
    for argument in arguments {
        asterisk = asterisk.arg(argument.as_bytes());
    }
    let record = match &options.record {
        Some(path) => Some(plain::create(path, options.force)?),
        None => None,
    };
    plainly(options, asterisk, &program, record)
}

/// The program's file, and its arguments.
fn program(options: &Call) -> Result<(PathBuf, &[std::ffi::OsString]), String> {
    for (kind, name) in [("example", &options.example), ("bin", &options.bin)] {
        if let Some(name) = name {
            return Ok((cargo::build(kind, name)?, &options.words));
        }
    }
    match options.words.split_first() {
        Some((name, arguments)) => Ok((program::find(name.as_ref()), arguments)),
        None => Err("there is no program to call".to_owned()),
    }
}

/// `agikit call menu.py --keys 1`: the program gets that, and its user may not have meant it.
fn warn_of_misplaced(arguments: &[std::ffi::OsString]) {
    let cli = Cli::command();
    let Some(call) = cli.find_subcommand("call") else { return };
    let ours = |word: &&std::ffi::OsString| {
        let name = word.to_str().and_then(|word| word.strip_prefix("--"));
        let name = name.map(|name| name.split('=').next().unwrap_or(name));
        name.is_some_and(|name| call.get_arguments().any(|it| it.get_long() == Some(name)))
    };
    if let Some(word) = arguments.iter().find(ours) {
        let word = word.display();
        output::problem(&format!(
            "{word} stands behind the program, so the program gets it; agikit's own options stand before"
        ));
    }
}

/// What the options say of the caller and of Asterisk.
fn asterisk(options: &Call) -> Result<Asterisk, String> {
    let mut asterisk = Asterisk::new().patience(options.patience).version(match options.asterisk {
        options::Version::V16 => Version::V16,
        options::Version::V22 => Version::V22,
    });
    if !options.fast {
        asterisk = asterisk.real_time();
    }
    if options.dead {
        asterisk = asterisk.dead();
    }
    if let Some(keys) = &options.keys {
        asterisk = asterisk.keys(keys);
    }
    if let Some(caller) = &options.caller {
        if let Some(number) = &caller.number {
            asterisk = asterisk.caller(number);
        }
        if let Some(name) = &caller.name {
            asterisk = asterisk.caller_name(name);
        }
    }
    if let Some(time) = options.hangup_after {
        asterisk = asterisk.hang_up_at(time);
    }
    if let Some(file) = &options.audio {
        let unread =
            |error| format!("cannot read the caller's audio from {}: {error}", file.display());
        asterisk = asterisk.audio(file).map_err(unread)?;
    } else if options.eagi {
        asterisk = asterisk.silent();
    }
    if let Some(place) = &options.extension {
        let (extension, context) = place.split_once('@').unwrap_or((place, "default"));
        asterisk = asterisk.place(context, extension, 1);
    }
    for set in &options.set {
        asterisk = asterisk.variable(&set.name, &set.value);
    }
    for entry in &options.database {
        asterisk = asterisk.database(&entry.family, &entry.key, &entry.value);
    }
    for folder in &options.sounds {
        let unread = |error| format!("cannot read the sounds of {}: {error}", folder.display());
        asterisk = asterisk.sounds(folder).map_err(unread)?;
    }
    for (name, length) in &options.sound {
        asterisk = asterisk.sound(name, *length);
    }
    Ok(asterisk)
}

/// Places the call and waits for its end.
fn call(options: &Call, asterisk: Asterisk, program: &Path) -> io::Result<Report> {
    match options.eagi || options.audio.is_some() {
        true => asterisk.eagi(program),
        false => asterisk.agi(program),
    }
}

/// What is written down of a call: on standard output, and in a file.
struct Books {
    output: Option<Writer<AutoStream<io::Stdout>>>,
    file: Option<Writer<std::fs::File>>,
}

impl Books {
    fn see(&mut self, at: Duration, seen: &Seen) {
        if let Some(output) = &mut self.output {
            output.see(at, seen);
        }
        if let Some(file) = &mut self.file {
            file.see(at, seen);
        }
    }
}

/// The call with its conversation on standard output.
fn plainly(
    options: &Call,
    mut asterisk: Asterisk,
    program: &Path,
    record: Option<std::fs::File>,
) -> Result<u8, Box<dyn Error>> {
    let environment = match options.environment {
        When::Auto => !io::stdout().is_terminal(),
        When::Always => true,
        When::Never => false,
    };
    let manner = Manner { environment, times: options.times, comments: false, styled: true };
    let whole = Manner { environment: true, times: true, comments: true, styled: false };
    let books = Arc::new(Mutex::new(Books {
        output: Some(Writer::new(AutoStream::auto(io::stdout()), manner)),
        file: record.map(|file| Writer::new(file, whole)),
    }));
    let telephone = asterisk.handset()?;
    let ended_by = signals::take(telephone.clone(), || {})?;
    let seeing = Arc::clone(&books);
    let asterisk = asterisk.watch(move |at, seen| {
        let mut books = seeing.lock().unwrap_or_else(PoisonError::into_inner);
        books.see(at, seen);
        if books.output.as_mut().is_some_and(|output| output.trouble().is_some()) {
            // Whoever read has read enough; nobody listens to the rest of the call.
            books.output = None;
            telephone.hang_up();
        }
        if let Seen::Note(note) = seen {
            output::problem(note);
        }
    });
    let report = call(options, asterisk, program)?;
    let mut books = books.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(output) = &mut books.output {
        output.exit(report.exit());
    }
    let code = close(options, &report, program, books.file.as_mut());
    Ok(ended_by.code().unwrap_or(code))
}

/// Ends the recording, tells what the call came to, and gives the exit code.
fn close(
    options: &Call,
    report: &Report,
    program: &Path,
    file: Option<&mut Writer<std::fs::File>>,
) -> u8 {
    let never_began = summary::never_began(report, program);
    if let Some(why) = &never_began {
        output::problem(why);
    }
    if !options.quiet {
        summary::tell(report);
    }
    let code = summary::code(report, never_began.is_some());
    let Some(file) = file else { return code };
    file.exit(report.exit());
    match file.trouble() {
        Some(error) => {
            let path = options.record.as_deref().unwrap_or(Path::new("the transcript"));
            output::problem(&format!("{} is not whole: {error}", path.display()));
            if code == 0 { 3 } else { code }
        }
        None => code,
    }
}
