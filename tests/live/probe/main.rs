//! All scenarios of the live tests, in one program for agi-bin, which also serves them over TCP when it is started with
//! a socket. The first argument is `probe-SCENARIO-NUMBER`, or `dead-…`, `each-…` in the `h` extension; what it sees
//! goes into a file of that name in the report folder.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(unreachable_pub, reason = "one program, many rooms")]

mod audio;
mod bytes;
mod commands;
mod hangups;
mod keys;
mod meanwhile;
mod odd;
mod prints;
mod report;
mod say;
mod supervisor;

use std::process::ExitCode;

use agikit::{ScriptResult, Session};
use report::Report;

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Asterisk's child.
    Process,
    /// A thread of ours.
    Server,
}

fn main() -> ExitCode {
    if std::env::args().next().is_some_and(|name| name.ends_with("live-super")) {
        return supervisor::main();
    }
    if std::env::var_os("LISTEN_FDS").is_some() {
        return agikit::fastagi::serve(|agi| {
            let id = agi.environment().arg(1).map(|id| id.to_string());
            let done = script(agi, By::Server);
            // The last line, as of a process: the script has ended.
            if let Some(mut report) = id.and_then(|id| Report::open(&id).ok()) {
                report.line("exit", "none")?;
            }
            done
        });
    }
    let mut id = None;
    let status = agikit::run(|agi| {
        id = agi.environment().arg(1).map(|id| id.to_string());
        script(agi, By::Process)
    });
    // Asterisk logs another number: its own result of the session (4 for a hangup).
    if let Some(mut report) = id.and_then(|id| Report::open(&id).ok()) {
        let status = if status == ExitCode::SUCCESS { "0" } else { "not 0" };
        let _ = report.line("exit", status);
    }
    status
}

fn script(agi: &mut Session, by: By) -> ScriptResult {
    let environment = agi.environment();
    let id = environment.arg(1).ok_or("no id: AGI(live-probe,ID)")?.to_string();
    let mut report = Report::open(&id)?;
    report.line("channel", environment.channel())?;
    report.line("pid", std::process::id())?;
    let mut parts = id.split('-');
    let (kind, scenario) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let kind = if matches!(kind, "bare" | "super") { "probe" } else { kind };
    // `keys.zeros`, `hangup.stream.nosighup`
    let done = match (kind, scenario.split_once('.').unwrap_or((scenario, ""))) {
        ("each", _) => {
            let number = environment.arg(2).and_then(|it| it.parse()).unwrap_or(0);
            commands::one_dead(agi, number, &mut report)
        }
        ("probe", ("commands", _)) => commands::all(agi, &mut report),
        ("probe", ("environment", _)) => odd::environment(agi, by, &mut report),
        ("probe", ("arity", _)) => odd::arity(agi, &mut report),
        ("probe", ("limits", _)) => odd::limits(agi, &mut report),
        ("probe", ("values", _)) => odd::values(agi, &mut report),
        ("probe", ("applications", _)) => odd::applications(agi, &mut report),
        ("probe", ("nested", _)) => odd::nested(agi, &mut report),
        ("probe", ("meanwhile", what)) => meanwhile::one(agi, what, &mut report),
        ("audio", ("aloud", _)) => meanwhile::aloud(agi, &mut report),
        ("audio" | "agi", _) => audio::one(agi, scenario, &id, &mut report),
        ("eagi", _) => odd::eagi(agi, &mut report),
        ("probe", ("bytes", _)) => bytes::all(agi, &mut report),
        ("probe", ("texts", _)) => keys::texts(agi, &mut report),
        ("probe", ("silence", _)) => keys::silence(agi, &mut report),
        ("probe", ("prints", _)) => prints::own(agi, &mut report),
        ("probe", ("leaveschild", _)) => prints::leave_a_child(agi, &mut report),
        ("probe", ("childprints", _)) => prints::of_a_child(agi, &mut report),
        ("probe", ("error", _)) => Err("this is what went wrong".into()),
        ("probe", ("keys", what)) => keys::one(agi, what, &mut report),
        ("probe", ("say", what)) => say::all(agi, what, &mut report),
        (_, ("hangup", moment)) => hangups::one(agi, moment, &id, &mut report),
        other => Err(format!("no scenario {other:?}").into()),
    };
    report.line("end", done.as_ref().map_or_else(ToString::to_string, |()| "ok".to_owned()))?;
    done
}
