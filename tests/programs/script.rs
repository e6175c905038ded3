//! The script that `tests/process.rs` starts: its first argument says how it behaves.

#![allow(clippy::print_stdout, reason = "prints are what some of it is about")]

use std::io::{self, Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use agikit::audio::Audio;
use agikit::ivr::Sounds;
use agikit::{Error, ScriptResult, Session};

fn main() -> ExitCode {
    if Sounds::new().and(["beep", "goodbye"]).listed() {
        return ExitCode::SUCCESS;
    }
    // What is opened before, such as a log, gets descriptor 3 where that is free.
    let first = std::env::var_os("OPENS_FIRST").and_then(|_| io::pipe().ok());
    let code = agikit::run(script);
    if let Some((mut reader, mut writer)) = first {
        let still_ours = writer.write_all(b"o").and_then(|()| reader.read_exact(&mut [0]));
        assert!(still_ours.is_ok(), "{still_ours:?}");
    }
    code
}

fn script(agi: &mut Session) -> ScriptResult {
    match agi.environment().arg(1).unwrap_or_default().to_str()? {
        "prints" => prints(agi),
        "child-prints" => child_prints(agi),
        "child-reads" => child_reads(agi),
        "awaits" => awaits(agi),
        "between" => between(agi),
        "fails" => Err(NoTariff(io::Error::other("the table is locked")).into()),
        "fails-by-name" => Err(format!(
            "nobody is called {}",
            agi.environment().calleridname().unwrap_or_default()
        )
        .into()),
        "panics" => panic!("no\nsuch tariff"),
        "listens" => listens(agi),
        "talks" => talks(agi),
        "commands" => commands(agi),
        other => Err(format!("no scenario {other}").into()),
    }
}

/// 400 commands, each longer than the one before.
fn commands(agi: &mut Session) -> ScriptResult {
    for number in 0..200 {
        agi.set_variable("N", &"x".repeat(number))?;
        agi.stream_file("beep")?;
    }
    Ok(())
}

/// 10,000 lines, a hundred before each command.
fn prints(agi: &mut Session) -> ScriptResult {
    for number in 0..100_u32 {
        for _ in 0..100 {
            println!("ANSWER");
        }
        ask(agi, number)?;
    }
    Ok(())
}

fn child_prints(agi: &mut Session) -> ScriptResult {
    ask(agi, 0)?;
    let count = "i=0; while [ $i -lt 10000 ]; do echo HANGUP; i=$((i+1)); done";
    let mut child = Command::new("sh").args(["-c", count]).spawn()?;
    for number in 1..50 {
        ask(agi, number)?;
    }
    child.wait()?;
    ask(agi, 50)
}

fn child_reads(agi: &mut Session) -> ScriptResult {
    ask(agi, 0)?;
    // Both inherit standard input: they must see its end and take nothing.
    let read = Command::new("cat").stderr(Stdio::inherit()).output()?;
    let mut other = Command::new("cat").stdin(Stdio::inherit()).spawn()?;
    ask(agi, 1)?;
    other.wait()?;
    agi.verbose(&format!("a child read {} bytes", read.stdout.len()))?;
    ask(agi, 2)
}

/// Asks for a value that must be this number: that it is tells that replies are aligned.
fn ask(agi: &mut Session, number: u32) -> ScriptResult {
    let value = agi.get_variable(&format!("V{number}"))?.unwrap_or_default();
    match value.parse() == Some(number) {
        true => Ok(()),
        false => Err(format!("V{number} is {value}").into()),
    }
}

/// Tells how a command ended that was under way when SIGHUP came, and tries another one.
fn awaits(agi: &mut Session) -> ScriptResult {
    for _ in 0..2 {
        let how = match agi.stream_file("long") {
            Ok(played) => format!("played {}", played.endpos),
            Err(Error::Hangup) => "hangup".to_string(),
            Err(other) => return Err(other.into()),
        };
        agi.set_variable("HOW", &how)?;
    }
    Ok(())
}

/// Is told of the hangup while it does something else.
fn between(agi: &mut Session) -> ScriptResult {
    agi.answer()?;
    if !agi.hangup_flag().wait(Some(Duration::from_secs(30)))? {
        return Err("no hangup".into());
    }
    let refused = matches!(agi.stream_file("long"), Err(Error::Hangup));
    agi.set_variable("REFUSED", if refused { "yes" } else { "no" })?;
    agi.answer()?; // the hangup ends the script here
    Err("not reached".into())
}

/// Tells how much it heard up to the end; two things of its own are opened before and behind.
fn listens(agi: &mut Session) -> ScriptResult {
    let mut pipes = vec![io::pipe()?];
    let heard = match Audio::open(agi) {
        Ok(mut audio) => {
            pipes.push(io::pipe()?);
            audio.frames().map(|frame| frame.map_or(0, |it| it.samples.len())).sum::<usize>()
        }
        Err(other) => return Err(other.into()),
    };
    for (reader, writer) in &mut pipes {
        writer.write_all(b"still ours")?; // nobody took a pipe of this script's for the audio
        reader.read_exact(&mut [0; 10])?;
    }
    agi.set_variable("HEARD", &heard.to_string())?;
    Ok(())
}

/// Talks until somebody stops it.
fn talks(agi: &mut Session) -> ScriptResult {
    loop {
        eprintln!("still here");
        agi.answer()?;
    }
}

#[derive(Debug)]
struct NoTariff(io::Error);

impl std::fmt::Display for NoTariff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no tariff")
    }
}

impl std::error::Error for NoTariff {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
