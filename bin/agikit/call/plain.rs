//! The conversation as lines: a transcript on standard output, or in a file.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use agikit::emulator::Seen;
use agikit::transcript::{Cover, Entry, Exit};
use anstyle::{AnsiColor, Style};

use crate::output::FAINT;

/// Keys and the hangup.
const EVENT: Style = AnsiColor::Cyan.on_default();

/// What of the conversation is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// The `agi_` variables.
    pub(super) environment: bool,
    /// `@ +1.250s`
    pub(super) times: bool,
    /// `#`: what else there is to say.
    pub(super) comments: bool,
    /// For who takes styles out again where they do not belong.
    pub(super) styled: bool,
}

/// A transcript that is written while the call runs.
pub(super) struct Writer<W> {
    to: W,
    manner: Manner,
    begun: bool,
    last: Duration,
    /// Over what the program has marked as confidential.
    cover: Cover,
    trouble: Option<io::Error>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(to: W, manner: Manner) -> Self {
        Writer {
            to,
            manner,
            begun: false,
            last: Duration::ZERO,
            cover: Cover::new(),
            trouble: None,
        }
    }

    /// Writes down what was seen, if it is a part of a transcript.
    pub(super) fn see(&mut self, at: Duration, seen: &Seen) {
        match seen {
            Seen::Entry(entry) => self.entry(at, entry.clone()),
            Seen::Note(note) if self.manner.comments => {
                self.entry(at, Entry::Comment(note.clone()));
            }
            _ => {}
        }
    }

    fn entry(&mut self, at: Duration, entry: Entry) {
        let Some(entry) = self.cover.entry(entry) else { return };
        let line = entry.to_string();
        // The environment ends with the first empty line.
        let shown = self.begun || self.manner.environment || !matches!(entry, Entry::Asterisk(_));
        self.begun |= line == "<";
        if !shown {
            return;
        }
        let passed = at.saturating_sub(self.last);
        if self.manner.times && passed >= Duration::from_millis(1) {
            self.last = at;
            self.line(FAINT, &Entry::Passed(passed).to_string());
        }
        let style = match entry {
            Entry::Asterisk(_) | Entry::Comment(_) => FAINT,
            Entry::Event(_) => EVENT,
            _ => Style::new(),
        };
        self.line(style, &line);
    }

    /// How the program ended is the last line.
    pub(super) fn exit(&mut self, exit: Option<Exit>) {
        if let Some(exit) = exit {
            self.line(Style::new(), &Entry::Exit(exit).to_string());
        }
    }

    fn line(&mut self, style: Style, line: &str) {
        let style = if self.manner.styled { style } else { Style::new() };
        if self.trouble.is_none() {
            self.trouble = self.to.write_all(format!("{style}{line}{style:#}\n").as_bytes()).err();
        }
    }

    /// Why nothing more is written, the first time that one asks.
    pub(super) fn trouble(&mut self) -> Option<io::Error> {
        let trouble = self.trouble.as_ref()?;
        Some(io::Error::new(trouble.kind(), trouble.to_string()))
    }
}

/// A new file for a transcript, which may hold what callers dial: nobody else reads it.
pub(super) fn create(path: &Path, force: bool) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    match force {
        true => options.create(true).truncate(true),
        false => options.create_new(true),
    };
    let file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{} is there already; --force overwrites it", path.display())
        }
        _ => format!("cannot write {}: {error}", path.display()),
    })?;
    if file.metadata().is_ok_and(|it| it.is_file()) {
        let closed = file.set_permissions(Permissions::from_mode(0o600));
        closed.map_err(|error| format!("cannot close {} to others: {error}", path.display()))?;
    }
    Ok(file)
}
