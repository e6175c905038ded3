//! One session, as its records come.

use std::time::Duration;

use super::clock::{Clock, Grain};
use super::records::{Record, What, Wrong};
use super::{Imported, Note, Trouble, hangup};
use crate::environment::Environment;
use crate::transcript::{Cover, Entry, Event, Pattern, Transcript};
use crate::wire::split;

/// A line of the script that is this long goes on in the next: a short line buffer cut it there.
const PIECE: usize = 2047;

/// A session that goes on.
#[derive(Debug)]
pub(super) struct Open {
    channel: Vec<u8>,
    line: u64,
    last_line: u64,
    /// When something came last, counted in records.
    pub(super) touched: u64,
    entries: Vec<Entry>,
    notes: Vec<Note>,
    clock: Clock,
    is_in_environment: bool,
    /// The command that was not answered yet.
    asked: Option<Vec<u8>>,
    /// The script's last line is only the first piece of what it sent.
    is_piece: bool,
    has_short_lines: bool,
    /// Asterisk reads a further piece only when the next line comes: what it answers to it stands behind that.
    held: Option<Vec<Entry>>,
    pub(super) is_network: bool,
    is_async: bool,
    result: Option<i32>,
    pub(super) is_over: bool,
}

impl Open {
    /// A session that begins with this record; what else it says is still to be taken.
    pub(super) fn new(record: &Record, begins: bool) -> Open {
        let mut open = Open {
            channel: record.channel.clone(),
            line: record.line,
            last_line: record.line,
            touched: 0,
            entries: Vec::new(),
            notes: Vec::new(),
            clock: Clock::default(),
            is_in_environment: begins,
            asked: None,
            is_piece: false,
            has_short_lines: true,
            held: None,
            is_network: false,
            is_async: false,
            result: None,
            is_over: false,
        };
        if !begins {
            open.note((record.line, record.column, Trouble::NoBeginning));
        }
        open
    }

    /// Whether the environment goes on with this line.
    pub(super) fn awaits_request(&self) -> bool {
        self.is_in_environment
            && self.entries.iter().all(|entry| match entry {
                Entry::Asterisk(it) => {
                    it.pieces().first().is_some_and(|it| it.starts_with(b"agi_network"))
                }
                _ => false,
            })
    }

    /// Whether a command that may start another session waits for its reply.
    pub(super) fn may_nest(&self) -> bool {
        let words = self.asked.as_deref().map(split).unwrap_or_default();
        words.first().is_some_and(|word| {
            word.eq_ignore_ascii_case(b"EXEC") || word.eq_ignore_ascii_case(b"GOSUB")
        })
    }

    /// Whether nothing that Asterisk could answer is open.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_in_environment && self.asked.is_none() && !self.is_async
    }

    fn note(&mut self, (line, column, trouble): Wrong) {
        self.notes.push(Note { line, column, trouble });
    }

    pub(super) fn add(&mut self, record: Record) {
        self.last_line = record.line;
        if self.channel.is_empty() {
            self.channel = record.channel.clone();
        }
        let is_cut = record.trouble.is_some_and(|(_, _, it)| it != Trouble::Unclosed);
        if let Some(trouble) = record.trouble {
            self.note(trouble);
        }
        if self.is_in_environment {
            self.clock.set(&record.time);
        } else if let Some(time) = self.clock.passed(&record.time) {
            self.passed(time);
        }
        match record.what {
            What::Asterisk(lines) => self.asterisk(lines, is_cut),
            What::Script(line) => self.script(line, is_cut),
            What::Key(key) => self.entries.push(Entry::Event(Event::Key(key))),
            What::Completed(result) => {
                self.result = Some(result);
                self.is_over = true;
            }
        }
    }

    fn passed(&mut self, time: Duration) {
        self.entries.push(Entry::Passed(time));
    }

    fn asterisk(&mut self, lines: Vec<Vec<u8>>, is_cut: bool) {
        let count = lines.len();
        for (number, line) in lines.into_iter().enumerate() {
            if self.is_in_environment {
                self.environment(&line);
            } else if number == 0 && !line.starts_with(b"100 ") && line != b"HANGUP" {
                self.asked = None;
            }
            let entry = Entry::Asterisk(pattern(line, is_cut && number + 1 == count));
            self.held.as_mut().unwrap_or(&mut self.entries).push(entry);
        }
    }

    fn environment(&mut self, line: &[u8]) {
        self.is_in_environment = !line.is_empty();
        self.is_network |= line == b"agi_network: yes" || is_url(line);
        self.is_async |= line == b"agi_request: async";
        if let Some(version) = line.strip_prefix(b"agi_version: ") {
            let block = [b"agi_version: ", version, b"\n\n"].concat();
            self.has_short_lines = Environment::parse(&block).line_limit() < 2047;
        }
    }

    fn script(&mut self, line: Vec<u8>, is_cut: bool) {
        let (is_piece, length) = (self.is_piece, line.len());
        self.is_piece = self.has_short_lines && length == PIECE;
        self.asked = Some(line.clone());
        let last = self.entries.iter_mut().rev().find_map(|entry| match entry {
            Entry::Script(pattern) => Some(pattern),
            _ => None,
        });
        match last {
            // The script sent it as one line.
            Some(before) if is_piece => {
                let mut pieces = before.pieces().to_vec();
                if let Some(last) = pieces.last_mut() {
                    last.extend(line);
                }
                *before = Pattern::open(pieces);
                self.held.get_or_insert_default();
            }
            _ => {
                self.entries.push(Entry::Script(pattern(line, is_cut)));
                self.entries.extend(self.held.take().unwrap_or_default());
            }
        }
    }

    /// The session is over, or the log is.
    pub(super) fn finish(mut self, line: u64) -> Imported {
        self.entries.extend(self.held.take().unwrap_or_default());
        if self.is_async {
            self.note((self.line, 1, Trouble::NoCommands));
        } else if self.result.is_none() {
            self.note((line, 1, Trouble::NoEnd));
        }
        if self.clock.grain() == Grain::Seconds {
            self.note((self.line, 1, Trouble::WholeSeconds));
        }
        // FastAGI is told by a line, AsyncAGI by events.
        let by_signal = !self.is_network && !self.is_async;
        if by_signal && hangup::place(&mut self.entries, self.result) {
            self.note((line, 1, Trouble::HangupSomewhere));
        }
        let channel = String::from_utf8_lossy(&self.channel);
        let mut entries =
            vec![Entry::Comment(format!("{channel}, from line {} of a log", self.line))];
        entries.extend(self.notes.iter().map(|note| Entry::Comment(note.to_string())));
        covered(self.entries, &mut entries);
        Imported {
            channel: self.channel,
            transcript: Transcript { entries },
            line: self.line,
            last_line: self.last_line,
            result: self.result,
            notes: self.notes,
        }
    }
}

/// What a script has marked as confidential is left out. The log itself has it.
fn covered(from: Vec<Entry>, to: &mut Vec<Entry>) {
    let mut cover = Cover::new();
    for entry in from.into_iter().filter_map(|entry| cover.entry(entry)) {
        match (to.last_mut(), entry) {
            // There was a key between.
            (Some(Entry::Passed(before)), Entry::Passed(time)) => *before += time,
            (_, entry) => to.push(entry),
        }
    }
}

/// A request of FastAGI, which is told of a hangup by a line.
fn is_url(line: &[u8]) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.starts_with(b"agi_request: agi://") || lower.starts_with(b"agi_request: hagi://")
}

/// A line, with its end left open where the logger cut it.
fn pattern(line: Vec<u8>, is_cut: bool) -> Pattern {
    if is_cut { Pattern::open([line, Vec::new()]) } else { Pattern::exactly(line) }
}
