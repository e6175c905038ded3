//! What passes becomes a transcript's lines.

use std::fmt;
use std::time::Duration;

use super::{Cover, Entry, Event, Exit, Redaction};

/// A line longer than this is written in parts: what is recorded may be a flood without an end.
const LONGEST: usize = 1 << 20;

/// The lines of a conversation, made from its bytes as they pass.
///
/// Whoever stands in the middle of a conversation tells it what goes by and when; it does no input or
/// output. A line feed ends a line; a line that comes in several parts is one. Every method takes the time
/// since the call's beginning. [`Recorder`](super::Recorder) does this around a stream.
///
/// ```
/// use agikit::transcript::Tape;
/// use std::time::Duration;
///
/// let mut tape = Tape::new();
/// tape.script(Duration::ZERO, b"ANSWER\n");
/// tape.asterisk(Duration::from_millis(250), b"200 res");
/// tape.asterisk(Duration::from_millis(251), b"ult=0\n");
/// let lines: Vec<String> = tape.take().iter().map(|entry| entry.to_string()).collect();
/// assert_eq!(lines, ["> ANSWER", "@ +0.251s", "< 200 result=0"]);
/// ```
///
/// What a script marks as confidential is hidden: see [`Cover`].
pub struct Tape {
    entries: Vec<Entry>,
    asterisk: Vec<u8>,
    script: Vec<u8>,
    /// When the last entry was made, as the recorded times tell it.
    last: Duration,
    times: bool,
    cover: Cover,
}

impl fmt::Debug for Tape {
    /// What was written down; not what is not a whole line yet, and what is hidden.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl Default for Tape {
    fn default() -> Self {
        Tape::new()
    }
}

impl Tape {
    /// An empty tape, which keeps times and hides nothing but what the script marks.
    #[must_use]
    pub fn new() -> Self {
        Tape {
            entries: Vec::new(),
            asterisk: Vec::new(),
            script: Vec::new(),
            last: Duration::ZERO,
            times: true,
            cover: Cover::new(),
        }
    }

    /// Whether times are kept: an `@` before an entry where a millisecond or more has passed.
    #[must_use]
    pub fn times(mut self, keep: bool) -> Self {
        self.times = keep;
        self
    }

    /// Hides what may not be kept. To be said before the first byte.
    #[must_use]
    pub fn redact(mut self, redaction: Redaction) -> Self {
        self.cover = Cover::with(redaction);
        self
    }

    /// Asterisk has sent these bytes.
    pub fn asterisk(&mut self, at: Duration, bytes: &[u8]) {
        let mut unfinished = std::mem::take(&mut self.asterisk);
        lines(&mut unfinished, bytes, |line| self.asterisk_line(at, line));
        self.asterisk = unfinished;
    }

    /// The script has sent these bytes.
    pub fn script(&mut self, at: Duration, bytes: &[u8]) {
        let mut unfinished = std::mem::take(&mut self.script);
        lines(&mut unfinished, bytes, |line| self.script_line(at, line));
        self.script = unfinished;
    }

    /// Something happened. (A key is not told of where digits are hidden.)
    pub fn event(&mut self, at: Duration, event: Event) {
        self.release(at);
        if self.cover.event(&event) {
            self.push(at, Entry::Event(event));
        }
    }

    /// The script has ended so. Lines that have no line feed yet are written before it.
    pub fn exit(&mut self, at: Duration, exit: Exit) {
        self.finish(at);
        self.push(at, Entry::Exit(exit));
    }

    /// Nothing more comes: what has no line feed is a line.
    pub fn finish(&mut self, at: Duration) {
        let (asterisk, script) =
            (std::mem::take(&mut self.asterisk), std::mem::take(&mut self.script));
        if !asterisk.is_empty() {
            self.asterisk_line(at, asterisk);
        }
        if !script.is_empty() {
            self.script_line(at, script);
        }
        self.release(at);
    }

    /// The entries since the last time.
    pub fn take(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    fn asterisk_line(&mut self, at: Duration, line: Vec<u8>) {
        self.cover.asterisk(line).into_iter().for_each(|line| self.push(at, Entry::Asterisk(line)));
    }

    fn script_line(&mut self, at: Duration, line: Vec<u8>) {
        self.release(at);
        let line = self.cover.script(line);
        self.push(at, Entry::Script(line));
    }

    /// Lets go of lines that were held back, to hide in them what only later ones tell.
    fn release(&mut self, at: Duration) {
        self.cover.release().into_iter().for_each(|line| self.push(at, Entry::Asterisk(line)));
    }

    fn push(&mut self, at: Duration, entry: Entry) {
        let passed = at.saturating_sub(self.last);
        // What is less than a millisecond counts with what comes next.
        let passed = passed
            .saturating_sub(Duration::from_nanos(u64::from(passed.subsec_nanos()) % 1_000_000));
        if self.times && !passed.is_zero() {
            self.entries.push(Entry::Passed(passed));
            self.last = self.last.saturating_add(passed);
        }
        self.entries.push(entry);
    }
}

/// Takes bytes apart into lines; what is no whole line yet stays.
fn lines(unfinished: &mut Vec<u8>, bytes: &[u8], mut each: impl FnMut(Vec<u8>)) {
    for part in bytes.split_inclusive(|&byte| byte == b'\n') {
        unfinished.extend_from_slice(part);
        if unfinished.last() == Some(&b'\n') {
            unfinished.pop();
            each(std::mem::take(unfinished));
        } else if unfinished.len() >= LONGEST {
            each(std::mem::take(unfinished));
        }
    }
}
