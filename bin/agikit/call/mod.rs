//! `agikit call`: a call through a program, with the emulator as Asterisk.

mod asterisk;
mod network;
mod options;
mod plain;
pub(crate) mod summary;
pub(crate) mod values;

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use agikit::emulator::{Asterisk, Report, Seen};
use agikit::program;
use anstream::AutoStream;
use clap::CommandFactory;

pub(crate) use network::parse;
pub(crate) use options::Call;
pub(crate) use values::time;

use crate::cli::Cli;
use crate::exit;
use crate::{cargo, output, signals, telephone};
use options::When;
use plain::{Manner, Writer};

pub(crate) fn run(options: &Call) -> ExitCode {
    match place(options) {
        Ok(code) => ExitCode::from(code),
        Err(error) => exit::report(error.as_ref()),
    }
}

fn place(options: &Call) -> Result<u8, Box<dyn Error>> {
    if options.is_to_server() {
        options.refuse_what_is_for_programs();
    }
    let (program, arguments) = program(options)?;
    if !options.is_to_server() {
        warn_of_misplaced(arguments);
    }
    let mut asterisk = asterisk::prepared(options)?;
    for argument in arguments.iter().chain(&options.arg) {
        asterisk = asterisk.arg(argument.as_bytes());
    }
    let record = match &options.record {
        Some(path) => Some(plain::create(path, options.force)?),
        None => None,
    };
    if !options.fast && !options.plain && telephone::is_there() {
        return by_hand(options, asterisk, &program, record);
    }
    plainly(options, asterisk, &program, record)
}

/// The call with a person at the keyboard, who is the caller.
fn by_hand(
    options: &Call,
    asterisk: Asterisk,
    program: &Path,
    record: Option<std::fs::File>,
) -> Result<u8, Box<dyn Error>> {
    let name = network::name(program).as_bytes();
    let caller = options.caller.as_ref().map(|caller| match (&caller.name, &caller.number) {
        (Some(name), Some(number)) => [name, &b" <"[..], number, b">"].concat(),
        (name, number) => name.iter().chain(number).flatten().copied().collect(),
    });
    let whole = options.environment == When::Always;
    let state =
        telephone::State::new(name, &caller.unwrap_or_default(), whole, telephone::is_ascii());
    let colour = AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let file = record.map(|file| Writer::new(file, WHOLE));
    let books = Arc::new(Mutex::new(Books { output: None, file }));
    let seeing = Arc::clone(&books);
    // What the screen takes from the terminal a file may still want.
    let passed_on = !io::stderr().is_terminal();
    let see = move |at, seen: &Seen| {
        lock(&seeing).see(at, seen);
        if let (true, Seen::Error(line)) = (passed_on, seen) {
            let _ = io::stderr().write_all(&[line, &b"\n"[..]].concat());
        }
    };
    let enhanced = options.is_enhanced();
    let path = program.to_owned();
    let place = move |asterisk| call(enhanced, asterisk, &path);
    let called = telephone::run(asterisk, state, colour, see, place, summary::ending)?;
    let code = called.report.map(|report| {
        for note in report.notes() {
            output::problem(note);
        }
        close(options, &report, program, lock(&books).file.as_mut())
    });
    Ok(called.ended_by.code().or(code).unwrap_or(1))
}

/// The program's file, and its arguments.
fn program(options: &Call) -> Result<(PathBuf, &[std::ffi::OsString]), String> {
    for (kind, name) in [("example", &options.example), ("bin", &options.bin)] {
        if let Some(name) = name {
            return Ok((cargo::program(kind, name)?, &options.words));
        }
    }
    match options.words.split_first() {
        Some((address, arguments)) if network::is_address(address) => {
            Ok((address.into(), arguments))
        }
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

/// Places the call, to a program or to an address, and waits for its end.
fn call(enhanced: bool, asterisk: Asterisk, program: &Path) -> io::Result<Report> {
    match enhanced {
        true => asterisk.eagi(program),
        false => asterisk.agi(program),
    }
}

/// What a recording has.
const WHOLE: Manner = Manner { environment: true, times: true, comments: true, styled: false };

/// What is written down of a call: on standard output, and in a file.
struct Books {
    output: Option<Writer<AutoStream<io::Stdout>>>,
    file: Option<Writer<std::fs::File>>,
}

fn lock(books: &Mutex<Books>) -> MutexGuard<'_, Books> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
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
    let books = Arc::new(Mutex::new(Books {
        output: Some(Writer::new(AutoStream::auto(io::stdout()), manner)),
        file: record.map(|file| Writer::new(file, WHOLE)),
    }));
    let telephone = asterisk.handset()?;
    let ended_by = signals::take(telephone.clone(), || {})?;
    let seeing = Arc::clone(&books);
    let asterisk = asterisk.watch(move |at, seen| {
        let mut books = lock(&seeing);
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
    let report = call(options.is_enhanced(), asterisk, program)?;
    let mut books = lock(&books);
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
