//! `agikit record`: stands between Asterisk and a program, and writes down what passes.
//!
//! The call comes first. Nothing that happens to the recording changes what the program and Asterisk see of
//! each other: bytes, signals, descriptor 3, the ends of both streams, and how the program ended.

mod file;
mod relay;
mod signals;
mod tape;

use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::process::ExitCode;

use agikit::program::{Audio, Program, StartError, find};
use agikit::transcript::Exit as Ended;
use nix::unistd::{dup2_stdin, dup2_stdout};
use signal_hook::low_level::emulate_default_handler;

use crate::cli::Record;
use crate::output;
use relay::Relay;
use signals::Signals;
use tape::Recording;

/// Descriptor 3: EAGI's audio, which the program inherits.
const AUDIO: i32 = 3;

pub(crate) fn run(arguments: &Record) -> ExitCode {
    // Before anything of ours may be there: under AGI it is free.
    // (A duplicate gets the lowest number from 3 on that is free. Without /proc nothing else tells.)
    let duplicate = io::stdin().as_fd().try_clone_to_owned();
    let audio = duplicate.is_ok_and(|it| it.as_raw_fd() != AUDIO);
    match record(arguments, audio) {
        Ok(Ended::Status(status)) => ExitCode::from(u8::try_from(status).unwrap_or(1)),
        Ok(Ended::Signal(signal)) => die(signal),
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            output::problem(&format!("cannot stand between Asterisk and the program: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn record(arguments: &Record, audio: bool) -> io::Result<Ended> {
    let name = &arguments.program;
    let signals = Signals::catch()?;
    let recording = Recording::begin(arguments);
    let program = Program::new(find(name.as_ref())).name(name).audio(Audio::Inherited);
    let program = program.arguments(&arguments.arguments);
    let running = match program.start() {
        Ok(running) => running,
        Err(error) => return not_started(&error, &program, recording),
    };
    if audio {
        // A reader that goes away must be one that Asterisk misses.
        let _ = nix::unistd::close(AUDIO);
    }
    let (input, output) = take_standard_streams()?;
    let ended = Relay::new(running, input, output, signals, &recording).run()?;
    recording.end(ended);
    Ok(ended)
}

/// Moves descriptors 0 and 1 to private ones, which can be closed when the program closes its own.
fn take_standard_streams() -> io::Result<(std::fs::File, std::fs::File)> {
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    let nothing = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&nothing)?;
    dup2_stdout(&nothing)?;
    Ok((input.into(), output.into()))
}

/// Does what Asterisk's own child does when the program cannot be started.
fn not_started(error: &StartError, program: &Program, recording: Recording) -> io::Result<Ended> {
    output::problem(&error.to_string());
    let path = program.path().display();
    let lines = format!("verbose \"Failed to execute '{path}': {}\" 1\nfailure\n", error.reason());
    recording.script(lines.as_bytes());
    let ended = Ended::Status(1);
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(lines.as_bytes()).and_then(|()| stdout.flush());
    recording.end(ended);
    Ok(ended)
}

/// Ends as the program ended: by this signal.
fn die(signal: i32) -> ExitCode {
    // Twice: Rust's own handler for SIGSEGV and SIGBUS passes the first one over.
    let _ = emulate_default_handler(signal);
    if let Ok(signal) = nix::sys::signal::Signal::try_from(signal) {
        let _ = nix::sys::signal::raise(signal);
        let _ = nix::sys::signal::raise(signal);
    }
    // As a shell says it.
    ExitCode::from(u8::try_from(128 + signal).unwrap_or(1))
}
