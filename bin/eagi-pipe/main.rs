//! `EAGI(eagi-pipe,VARIABLE,command[,argument…])`: the caller's voice to any program, and what that says to a variable.

#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/mod.rs"]
mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitCode;
use std::time::Duration;

use agikit::audio::Audio;
use agikit::eagi::{Pipe, PipeEnd, Piped, variable_value};
use agikit::{Result, ScriptResult, Session, Verbose};

const HELP: &str = include_str!("help.txt");

fn main() -> ExitCode {
    common::main(HELP, script)
}

fn script(agi: &mut Session) -> ScriptResult {
    let environment = agi.environment();
    let mut arguments = environment.args().map(|it| it.as_bytes());
    let (name, command) = (arguments.next(), arguments.next().unwrap_or_default());
    let name = name.filter(|name| !name.is_empty());
    // A call before this one may have left something in them.
    for name in name.into_iter().chain([&b"EAGI_PIPE_STATUS"[..], b"EAGI_PIPE_EXIT"]) {
        agi.set_variable(name, "")?;
    }
    let Some(name) = name.filter(|_| !command.is_empty()) else {
        return misused(agi, "the first argument is a variable, the second a program".into());
    };
    let mut pipe = Pipe::new(OsStr::from_bytes(command));
    for argument in arguments {
        pipe = pipe.argument(OsStr::from_bytes(argument));
    }
    let options = match Options::read(agi) {
        Ok(options) => options,
        Err(ended) => return ended,
    };
    let ended = options.listen(agi, name, pipe);
    if ended.is_err() {
        let status = if agi.is_hung_up() { "HANGUP" } else { "ERROR" };
        agi.set_variable("EAGI_PIPE_STATUS", status)?;
    }
    ended
}

/// Says on the console how it is called, and what was wrong.
fn misused(agi: &mut Session, wrong: String) -> ScriptResult {
    agi.set_variable("EAGI_PIPE_STATUS", "USAGE")?;
    arguments::usage(agi, HELP, wrong)
}

/// The dialplan's wishes.
struct Options {
    wav: bool,
    lines: bool,
    barge_in: bool,
    whole_prompt: bool,
    prompt: Option<String>,
    keys: Option<String>,
    silence: Option<Duration>,
    longest: Option<Duration>,
    patience: Option<Duration>,
}

impl Options {
    /// Reads them. What cannot be understood is said, and is how the script ends.
    fn read(agi: &mut Session) -> Result<Options, ScriptResult> {
        let barge = one_of(agi, "EAGI_PIPE_BARGE", &["no", "speech", "whole"])?;
        Ok(Options {
            wav: one_of(agi, "EAGI_PIPE_FORMAT", &["raw", "wav"])? == "wav",
            lines: one_of(agi, "EAGI_PIPE_LINES", &["no", "yes"])? == "yes",
            barge_in: barge == "speech",
            whole_prompt: barge == "whole",
            prompt: text(agi, "EAGI_PIPE_PROMPT")?,
            keys: text(agi, "EAGI_PIPE_KEYS")?,
            silence: seconds(agi, "EAGI_PIPE_SILENCE")?,
            longest: seconds(agi, "EAGI_PIPE_TIME")?,
            patience: seconds(agi, "EAGI_PIPE_PATIENCE")?,
        })
    }

    fn listen<'a>(&'a self, agi: &mut Session, name: &[u8], mut pipe: Pipe<'a>) -> ScriptResult {
        // `SET VARIABLE "name" ""`, and names may need the quoting, too.
        let around = variable_value(name, usize::MAX).0.len() * 2 + 20;
        let room = usize::from(agi.line_limit()).saturating_sub(around);
        pipe = pipe.longest_output(room + 1); // one more, so that what is too long shows
        pipe = if self.wav { pipe.wav() } else { pipe };
        pipe = if self.barge_in { pipe.barge_in() } else { pipe };
        pipe = if self.whole_prompt { pipe.whole_prompt() } else { pipe };
        pipe = self.prompt.iter().fold(pipe, |pipe, file| pipe.prompt(file));
        pipe = self.keys.iter().fold(pipe, |pipe, keys| pipe.escape_digits(keys));
        pipe = self.silence.into_iter().fold(pipe, Pipe::silence);
        pipe = self.longest.into_iter().fold(pipe, Pipe::longest);
        pipe = self.patience.into_iter().fold(pipe, Pipe::patience);
        let mut audio = Audio::open(agi)?;
        let mut is_whole = true;
        let piped = match self.lines {
            true => pipe.run_by_line(agi, &mut audio, |agi, line| {
                let (value, whole) = variable_value(line, room);
                is_whole &= whole;
                agi.set_variable(name, &*value)
            })?,
            false => {
                let piped = pipe.run(agi, &mut audio)?;
                let (value, whole) = variable_value(&piped.output, room);
                is_whole = whole;
                agi.set_variable(name, &*value)?;
                piped
            }
        };
        if audio.overrun() {
            agi.verbose("eagi-pipe: asterisk's pipe was full: some of the caller was lost")?;
        }
        tell(agi, &piped, is_whole && piped.cut == 0)?;
        Ok(())
    }
}

fn text(agi: &mut Session, name: &str) -> Result<Option<String>, ScriptResult> {
    let value = agi.get_variable(name).map_err(|error| Err(error.into()))?;
    let value = value.map(|value| value.to_string_lossy().trim().to_owned());
    Ok(value.filter(|value| !value.is_empty()))
}

fn seconds(agi: &mut Session, name: &str) -> Result<Option<Duration>, ScriptResult> {
    let value = text(agi, name)?.unwrap_or_default();
    let fault = || misused(agi, format!("{name} must be a number of seconds"));
    arguments::seconds(value.as_bytes()).ok_or_else(fault)
}

/// The first of them, where nothing is set.
fn one_of(
    agi: &mut Session,
    name: &str,
    known: &[&'static str],
) -> Result<&'static str, ScriptResult> {
    let value = text(agi, name)?;
    let is = |known: &&&str| value.as_ref().is_none_or(|value| known.eq_ignore_ascii_case(value));
    let found = known.iter().find(is);
    let fault = || misused(agi, format!("{name} must be one of: {}", known.join(", ")));
    found.copied().ok_or_else(fault)
}

/// How it went: to the dialplan by variables, to the console where there is something to be said.
fn tell(agi: &mut Session, piped: &Piped, is_whole: bool) -> Result {
    let exit = piped.exit.and_then(|it| it.code().or_else(|| Some(128 + it.signal()?)));
    let status = match (&piped.end, exit) {
        (PipeEnd::NotStarted(_), _) => "NOTFOUND",
        (PipeEnd::Hangup, _) => "HANGUP",
        (PipeEnd::Timeout, _) => "TIMEOUT",
        (_, Some(0)) if is_whole => "OK",
        (_, Some(0)) => "TOOLONG",
        _ => "FAILED",
    };
    let code = exit.map_or(String::new(), |code| code.to_string());
    agi.set_variable("EAGI_PIPE_STATUS", status)?;
    agi.set_variable("EAGI_PIPE_EXIT", &code)?;
    let program = agi.environment().arg(2).unwrap_or_default().to_string_lossy().into_owned();
    let mut say = |level: u8, text: &[u8]| {
        let mut text = variable_value(&[b"eagi-pipe: ", text].concat(), 1000).0;
        // A program tells what a caller said, perhaps: none of it steers the console's terminal.
        text.iter_mut().filter(|byte| byte.is_ascii_control()).for_each(|byte| *byte = b' ');
        agi.run(Verbose::new(&*text).level(level))
    };
    // What is no trouble is shown by `core set verbose 1` only.
    let level = u8::from(matches!(status, "OK" | "HANGUP"));
    if piped.more_errors > 0 {
        say(level, format!("({} more lines before these)", piped.more_errors).as_bytes())?;
    }
    for line in &piped.errors {
        say(level, line)?;
    }
    if let Some(error) = &piped.prompt_error {
        say(0, format!("the prompt: {error}").as_bytes())?;
    }
    if !is_whole {
        say(0, b"the program wrote more than a variable can hold")?;
    }
    if !piped.lost.is_zero() {
        let lost = piped.lost;
        say(0, format!("the program was too slow: {lost:?} of the caller were lost").as_bytes())?;
    }
    match &piped.end {
        PipeEnd::NotStarted(error) => {
            let advice = "name it with its path, and let asterisk's user run it";
            say(0, format!("{program} could not be started: {error}; {advice}").as_bytes())
        }
        PipeEnd::Timeout => say(0, b"the program did not end in time, and was ended"),
        _ if status == "FAILED" => say(0, format!("the program ended with {code}").as_bytes()),
        _ => Ok(()),
    }
}
