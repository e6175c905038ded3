//! What a call came to: in a few lines for the user, and as an exit code for his shell.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use agikit::emulator::Report;
use agikit::program::explain;
use agikit::transcript::{Cover, Entry, Event, Exit, Pattern};

use crate::output::{self, STRONG};

/// The most sounds, keys and values that are listed.
const MOST: usize = 20;
/// SIGHUP and SIGPIPE: how a program ends that does not care for the hangup.
const BY_THE_HANGUP: [i32; 2] = [1, 13];

/// How a call ended; the help tells the numbers.
pub(super) fn code(report: &Report, never_began: bool) -> u8 {
    let hung_up = report.agi_status() == Some("HANGUP");
    match report.exit() {
        _ if !report.started() || never_began => 4,
        _ if report.silent() || report.outlived() => 7,
        Some(Exit::Signal(signal)) if !(hung_up && BY_THE_HANGUP.contains(&signal)) => 6,
        _ if hung_up => 5,
        _ if report.agi_status() == Some("SUCCESS") => 0,
        _ => 1,
    }
}

/// Why a program ended before it said a word, where its file shows it: `env` starts, and finds no `perl\r`.
pub(super) fn never_began(report: &Report, program: &Path) -> Option<String> {
    let ended = matches!(report.exit(), Some(Exit::Status(126 | 127)));
    let never_began = report.started() && ended && report.commands().is_empty();
    never_began.then(|| explain(program))?.map(|it| it.to_string())
}

/// Tells what the call came to.
pub(super) fn tell(report: &Report) {
    // Nobody is left to tell that standard error is closed.
    let _ = write(&mut output::talk(), report);
}

/// How a call ended, in one line.
pub(super) fn ending(report: &Report) -> String {
    format!("AGISTATUS {}", status(report))
}

fn status(report: &Report) -> String {
    let ended = match report.exit() {
        None => String::new(),
        Some(Exit::Status(status)) => format!(", exit status {status}"),
        Some(Exit::Signal(_)) if report.outlived() => ", the program was ended".to_owned(),
        Some(signal) => format!(", ended by {signal}"),
    };
    format!("{}{ended}", report.agi_status().unwrap_or("not set"))
}

/// What the call's program has marked as confidential, and which of the keys were pressed under cover.
fn covered(report: &Report) -> (Cover, Vec<bool>) {
    let mut cover = Cover::new();
    let mut keys = Vec::new();
    for (_, entry) in report.conversation() {
        let is_key = matches!(entry, Entry::Event(Event::Key(_)));
        let told = cover.entry(entry.clone());
        if is_key {
            keys.push(told.is_none());
        }
    }
    (cover, keys)
}

fn write(to: &mut impl Write, report: &Report) -> io::Result<()> {
    let (cover, hidden) = covered(report);
    let mut row = |name: &str, text: &str| {
        // It is printable already: only what is hidden changes.
        let text = cover.text(text.as_bytes());
        let text: Vec<_> = text.pieces().iter().map(|it| String::from_utf8_lossy(it)).collect();
        writeln!(to, "{STRONG}{name:<10}{STRONG:#} {}", text.join("[..]"))
    };
    row("AGISTATUS", &status(report))?;
    if !report.started() {
        return Ok(());
    }
    row("lasted", &seconds(report.lasted()))?;
    let played = report.played().iter().map(|played| {
        let sound = text(played.sound.as_bytes());
        match played.heard < played.length {
            true => format!("{sound} ({} of {})", seconds(played.heard), seconds(played.length)),
            false => sound,
        }
    });
    list(&mut row, "played", played)?;
    let hidden = hidden.into_iter().chain(std::iter::repeat(false));
    let lost = report.pressed().iter().zip(hidden).filter(|(pressed, _)| !pressed.taken);
    let lost = lost.map(|(pressed, hidden)| {
        let key = if hidden { "[..]".to_owned() } else { pressed.key.to_string() };
        format!("{key} at {}", seconds(pressed.at))
    });
    list(&mut row, "keys lost", lost)?;
    let recorded = report.recorded().iter().map(|it| {
        let length = Duration::from_micros(125 * u64::try_from(it.samples.len()).unwrap_or(0));
        format!("{}.{} ({})", text(it.file.as_bytes()), it.format, seconds(length))
    });
    list(&mut row, "recorded", recorded)?;
    let variables =
        report.variables().map(|(name, value)| format!("{}={}", text(name), text(value)));
    lines(&mut row, "variables", variables)?;
    let database =
        report.entries().map(|(entry, value)| format!("{}={}", text(entry), text(value)));
    lines(&mut row, "database", database)?;
    if let Some(first) = report.stray().first() {
        let count = report.stray().len();
        row("stray", &format!("{count} on standard output that is no command: {}", text(first)))?;
    }
    Ok(())
}

/// One row, if there is anything.
fn list(
    row: &mut impl FnMut(&str, &str) -> io::Result<()>,
    name: &str,
    mut all: impl Iterator<Item = String>,
) -> io::Result<()> {
    let mut some: Vec<String> = all.by_ref().take(MOST).collect();
    let more = all.count();
    if more > 0 {
        some.push(format!("and {more} more"));
    }
    if some.is_empty() { Ok(()) } else { row(name, &some.join(", ")) }
}

/// A row each.
fn lines(
    row: &mut impl FnMut(&str, &str) -> io::Result<()>,
    name: &str,
    all: impl Iterator<Item = String>,
) -> io::Result<()> {
    let mut name = name;
    for one in all {
        row(std::mem::take(&mut name), &one)?;
    }
    Ok(())
}

/// Bytes that do nothing to a terminal.
pub(crate) fn text(bytes: &[u8]) -> String {
    Pattern::exactly(bytes).to_string()
}

/// `2.3s`
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1}s", time.as_secs_f64())
}
