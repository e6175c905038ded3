//! What the live tests of barge-in put into agi-bin, for both ends of a call. The first argument names what it does
//! and the file in which it leaves what it saw: `barge-…` is the script that stops its own prompts, `hears-…` is the
//! caller's half, which writes down each frame that reaches the caller; `reacts-…` and `speaks-…` are the same by voice,
//! and `last-…` is whatever is under way when the call ends.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "one program, many rooms")]

mod chance;
mod ends;
mod hears;
mod reacts;
#[path = "../probe/report.rs"]
#[allow(dead_code, reason = "shared with another program")]
mod report;
mod rounds;

use std::process::ExitCode;

use agikit::{ScriptResult, Session};
use report::Report;

fn main() -> ExitCode {
    agikit::run(script)
}

/// The first number of it.
fn number(text: &str) -> u64 {
    text.split(['.', '-']).next().and_then(|it| it.parse().ok()).unwrap_or(1)
}

fn script(agi: &mut Session) -> ScriptResult {
    let environment = agi.environment();
    let id = environment.arg(1).ok_or("no id: EAGI(live-voice,ID)")?.to_string();
    let mut report = Report::open(&id)?;
    report.line("channel", environment.channel())?;
    report.line("pid", std::process::id())?;
    let (what, rest) = id.split_once('-').unwrap_or((&id, ""));
    let done = match what {
        "barge" => rounds::all(agi, rest, &mut |line| {
            let (name, rest) = line.split_once(' ').unwrap_or((&line, ""));
            report.line(name, rest)
        }),
        "speaks" => reacts::caller(agi, number(rest), &mut report),
        "reacts" => reacts::script(agi, usize::try_from(number(rest))?, &mut report),
        "last" => ends::all(agi, rest, &id, &mut report),
        "hears" => hears::all(agi, &mut report),
        other => Err(format!("no scenario {other:?}").into()),
    };
    report.line("end", done.as_ref().map_or_else(ToString::to_string, |()| "ok".to_owned()))?;
    done
}
