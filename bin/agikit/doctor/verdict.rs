//! What a trial call tells of the program.

use std::collections::BTreeSet;
use std::time::Duration;

use agikit::emulator::Report;
use agikit::transcript::{Entry, Exit};

use super::explain;
use super::finding::Finding;
use super::trial::Placed;

/// SIGHUP and SIGPIPE: how a program ends that does not take the hangup's signal.
const BY_THE_HANGUP: [i32; 2] = [1, 13];
/// What to do with replies.
const ONE_LINE_EACH: &str = "read a line after each command";
/// Said by the emulator of scripts that never stop.
const ENDLESS: &str = "without an end";

/// What is the matter, the first cause first. `is_buffered` runs the program once more.
pub(super) fn of_call(
    placed: &Placed,
    limit: Duration,
    is_buffered: impl FnOnce() -> bool,
) -> Vec<Finding> {
    let (report, watched) = (&placed.report, &placed.watched);
    let status = report.agi_status().unwrap_or("not set");
    let fault = |kind, what: String, cure: String| Finding::fault(kind, what, cure).status(status);
    let commands = report.commands();
    if !report.started() {
        let why = report.notes().first().map_or("it cannot be started", String::as_str);
        return vec![fault("not-started", why.to_owned(), "agikit call PROGRAM tells more".into())];
    }
    let mut found = Vec::new();
    if let Some(stray) = report.stray().first() {
        let line = String::from_utf8_lossy(stray);
        let line: String = line.chars().take(60).collect();
        let count = report.stray().len();
        let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
        let what = format!("it prints `{line}`{more}, which Asterisk takes for a command: 510");
        let cure =
            "print to standard error, or tell it by VERBOSE: standard output is for commands alone";
        found.push(fault("stray-output", what, cure.into()));
    }
    if let Some(finding) = hangs(placed, limit, is_buffered) {
        found.push(finding);
        return found;
    }
    if let Some(line) = commands.iter().find(|line| is_failure(line)) {
        let line: String = line.chars().take(60).collect();
        let what =
            format!("it prints `{line}`: a line that begins with `failure` ends the session");
        found.push(fault("failure-line", what, "print to standard error".into()));
        return found;
    }
    let words =
        watched.words.as_ref().map_or(String::new(), |words| format!("; it says `{words}`"));
    match report.exit() {
        Some(Exit::Status(number)) if number != 0 => {
            let means = explain::of_status(number).map_or(String::new(), |it| format!(", {it}"));
            let what = format!("it ends with exit status {number}{means}{words}");
            let cure = "end with status 0, or repair what it says; `agikit call PROGRAM` shows the call, --arg and \
                        --keys give it what it needs";
            found.push(fault("exit-status", what, cure.into()));
        }
        Some(Exit::Signal(signal)) if !(status == "HANGUP" && BY_THE_HANGUP.contains(&signal)) => {
            let what = format!("{} ends it{words}", Exit::Signal(signal));
            let cure = format!("agikit doctor --explain {}", Exit::Signal(signal));
            found.push(fault("signal", what, cure));
        }
        _ => found.extend(smaller(placed)),
    }
    found
}

/// What is no fault, of a program that ended well.
fn smaller(placed: &Placed) -> Option<Finding> {
    let report = &placed.report;
    if report.commands().is_empty() {
        let what = "it ends without a single command: the caller hears nothing";
        let cure = "if it is to say something: `agikit call PROGRAM` shows what happens";
        return Some(Finding::note("no-command", what, cure));
    }
    if placed.watched.early {
        let what = "it does not read the reply to each command: Asterisk may hold the next one back, or stop this one";
        return Some(Finding::note("early", what, ONE_LINE_EACH));
    }
    let failed = failed(report).filter(|_| report.agi_status() == Some("FAILURE"))?;
    let what =
        format!("`{failed}` fails, which makes AGISTATUS FAILURE though it ends with status 0");
    Some(Finding::note(
        "command-failed",
        what,
        "do not ask AGISTATUS in the dialplan: let it set a variable",
    ))
}

/// Whether it hung, and how.
fn hangs(placed: &Placed, limit: Duration, is_buffered: impl FnOnce() -> bool) -> Option<Finding> {
    let (report, watched) = (&placed.report, &placed.watched);
    let (commands, time) = (report.commands(), limit.as_secs_f64());
    if report.notes().iter().any(|note| note.contains(ENDLESS)) {
        let last = commands.last().map_or("", String::as_str);
        let what = format!("it sends commands without an end, at last `{last}`");
        return Some(Finding::fault("endless", what, "end when a reply is -1 or 511"));
    }
    if report.silent() || report.overdue() || watched.was_silent(limit) {
        let Some(last) = commands.last() else {
            return Some(if is_buffered() {
                let what = "it keeps its commands back: none comes until its input ends";
                let cure = "flush standard output after each command ($| = 1 in Perl, flush=True in Python, fflush in C)";
                Finding::fault("buffered", what, cure)
            } else {
                let what = format!("it sends no command within {time} s");
                let cure = "send the first one at once; --limit gives it more time";
                Finding::fault("silent", what, cure)
            });
        };
        if watched.early {
            let what = "it sends a command before it has read the reply to the one before: Asterisk holds it back, \
                        and both wait";
            return Some(Finding::fault("early", what, ONE_LINE_EACH));
        }
        let what = format!("it says nothing more for {time} s behind `{last}`");
        let cure = "look what it waits for (`agikit call PROGRAM` shows the call); --limit gives it more time";
        return Some(Finding::fault("hangs", what, cure));
    }
    if report.outlived() {
        let what = format!(
            "it has closed its session, and lives on for more than {time} s: the caller waits"
        );
        let cure = "end it with its session; what goes on in the background needs its standard output elsewhere";
        return Some(Finding::fault("lives-on", what, cure));
    }
    None
}

/// What the call tells in which the caller hung up.
pub(super) fn of_hangup(placed: &Placed, limit: Duration) -> Option<Finding> {
    let report = &placed.report;
    let is_endless = report.notes().iter().any(|note| note.contains(ENDLESS));
    if report.outlived() || report.silent() || report.overdue() || is_endless {
        let time = limit.as_secs_f64();
        let what = format!(
            "it goes on for more than {time} s behind the hangup: the channel stays until it ends"
        );
        let cure = "end it when a reply is -1 or 511; Set(AGIEXITONHANGUP=yes) before AGI() ends its session";
        return Some(Finding::fault("hangup-ignored", what, cure).status("HANGUP"));
    }
    match report.exit() {
        Some(Exit::Signal(signal)) if BY_THE_HANGUP.contains(&signal) => {
            let what = "the hangup's SIGHUP ends it: what it would do after the call is not done";
            let cure = "if that matters, take the signal, or Set(AGISIGHUP=no) before AGI()";
            Some(Finding::note("ended-by-hangup", what, cure))
        }
        _ => None,
    }
}

/// It fails by AGI(), and does well by EAGI().
pub(super) fn by_eagi_only(agi: &Placed) -> Finding {
    let how = agi.report.exit().map_or(String::new(), |exit| format!(" ({})", ended(exit)));
    let what = format!("by AGI() it does not do well{how}, by EAGI() it does");
    Finding::note("eagi-only", what, "call it by EAGI() in the dialplan")
}

/// The call in a few words.
pub(super) fn in_words(
    report: &Report,
    status: &str,
    enhanced: bool,
    sounds: usize,
    listed: Option<&BTreeSet<String>>,
) -> String {
    let by = if enhanced { "EAGI" } else { "AGI" };
    let ended = report.exit().map_or(String::new(), |exit| format!(", {}", ended(exit)));
    let count =
        |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let mut told = format!(
        "{by} call: AGISTATUS {status}{ended}, {}, {}",
        count(report.commands().len(), "command"),
        count(sounds, "sound")
    );
    if let Some(listed) = listed {
        told += &format!(", {} listed", listed.len());
    }
    told
}

fn ended(exit: Exit) -> String {
    match exit {
        Exit::Status(status) => format!("exit status {status}"),
        signal => signal.to_string(),
    }
}

fn is_failure(line: &str) -> bool {
    line.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("failure"))
}

/// The command that made AGISTATUS a failure.
fn failed(report: &Report) -> Option<String> {
    let mut last = None;
    for (_, entry) in report.conversation() {
        match entry {
            Entry::Script(line) => last = Some(line.to_string()),
            Entry::Asterisk(line) if line.to_string().starts_with("200 result=-1") => {
                return last.map(|line| line.chars().take(80).collect());
            }
            _ => {}
        }
    }
    None
}
