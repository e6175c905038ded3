//! Transcripts as text.

use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use super::{Entry, Event, Exit, Pattern, Transcript, signal};
use crate::escape::{escape, push_hex};

/// What stands for a part that may be anything.
pub(super) const OPEN: &str = "[..]";

impl fmt::Display for Transcript {
    /// The file's text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.iter().try_for_each(|entry| writeln!(f, "{entry}"))
    }
}

impl fmt::Display for Entry {
    /// One line of the file, without its line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, content) = match self {
            Entry::Blank => return Ok(()),
            Entry::Comment(text) => ("#", plain(text.as_bytes())),
            Entry::Script(line) => (">", line.to_string()),
            Entry::Asterisk(line) => ("<", line.to_string()),
            Entry::Event(event) => ("!", event.to_string()),
            Entry::Exit(exit) => ("=", exit.to_string()),
            Entry::Passed(time) => ("@", format!("+{}", seconds(*time))),
        };
        f.write_str(mark)?;
        match content.is_empty() {
            true => Ok(()),
            false => write!(f, " {content}"),
        }
    }
}

impl fmt::Display for Pattern {
    /// The line as it stands in a file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (number, piece) in self.pieces().iter().enumerate() {
            if number > 0 {
                text.push_str(OPEN);
            }
            let mut part = String::new();
            escape(piece, &mut part);
            // What is no open part must not look like one.
            text.push_str(&part.replace(OPEN, "\\x5b..]"));
        }
        f.write_str(&ended(text))
    }
}

impl fmt::Display for Event {
    /// What stands behind `!`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Hangup => f.write_str("hangup"),
            Event::Key(key) => write!(f, "key {}", plain(key.to_string().as_bytes())),
            Event::Audio(file) if file.as_os_str().is_empty() => f.write_str("audio"),
            Event::Audio(file) => write!(f, "audio {}", plain(file.as_os_str().as_bytes())),
            Event::Wait(time) => write!(f, "wait {}", seconds(*time)),
            Event::Closed => f.write_str("closed"),
        }
    }
}

impl fmt::Display for Exit {
    /// What stands behind `=`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Status(status) => write!(f, "{status}"),
            Exit::Signal(number) => match signal::name(*number) {
                Some(name) => f.write_str(name),
                None => write!(f, "signal {number}"),
            },
        }
    }
}

/// Bytes as text that may stand at a line's end.
fn plain(bytes: &[u8]) -> String {
    let mut text = String::new();
    escape(bytes, &mut text);
    ended(text)
}

/// A blank at a line's end would be lost in many an editor.
fn ended(mut text: String) -> String {
    if text.ends_with(' ') {
        text.pop();
        push_hex(b' ', &mut text);
    }
    text
}

/// Seconds with three digits behind the point, or with as many as it takes.
fn seconds(time: Duration) -> String {
    let text = format!("{}.{:09}", time.as_secs(), time.subsec_nanos());
    let (head, tail) = text.split_at(text.len().saturating_sub(6));
    format!("{head}{}s", tail.trim_end_matches('0'))
}
