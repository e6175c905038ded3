//! The script of the soak, for agi-bin and as a server: random commands with random arguments. Its arguments are the
//! call's name, the seed of what it does, and how it is to end. What it saw goes into a file of that name.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "one program, many rooms")]

#[path = "../../voice/chance.rs"]
#[allow(dead_code, reason = "shared with another program")]
mod chance;
mod commands;
mod dialplan;
mod notes;
mod story;
mod texts;

use std::process::ExitCode;
use std::time::Duration;

use agikit::{ScriptResult, Session};
use chance::Chance;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use notes::Notes;

fn main() -> ExitCode {
    match std::env::var_os("LISTEN_FDS") {
        Some(_) => agikit::fastagi::serve(script),
        None => agikit::run(script),
    }
}

fn script(agi: &mut Session) -> ScriptResult {
    let environment = agi.environment();
    let argument = |n| environment.arg(n).ok_or("usage: AGI(live-soak,ID,SEED,END)");
    let id = argument(1)?.to_string();
    let mut chance = Chance::new(argument(2)?.to_string().parse()?);
    let end = argument(3)?.to_string();
    let mut notes = Notes::default();
    if end == "late" {
        // Asterisk has left (AGIEXITONHANGUP), and nothing else runs.
        agi.hangup_flag().wait(Some(Duration::from_secs(30)))?;
        std::thread::sleep(Duration::from_secs(1));
        return Ok(notes.write(&id)?);
    }
    if let Err(error) = story::tell(agi, &id, &mut chance, &mut notes) {
        notes.fault("the story", &error.to_string());
    }
    notes.is_hung_up = agi.is_hung_up();
    notes.write(&id)?;
    match end.as_str() {
        "error" => return Err("this story ends badly".into()),
        "panic" => panic!("this story ends in a panic"),
        "exit" => std::process::exit(7),
        "killed" => kill(Pid::this(), Signal::SIGKILL)?,
        _ => {}
    }
    Ok(())
}
