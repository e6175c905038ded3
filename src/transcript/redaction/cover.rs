//! What a script has marked as confidential.

use super::Redaction;
use super::redactor::{Redactor, mark_of};
use crate::transcript::print::OPEN;
use crate::transcript::{Entry, Event, Pattern};
use crate::wire::split;

/// Hides what a caller keys in between a script's marks ([`Session::set_confidential`]), and wherever it comes again in that
/// call.
///
/// All that writes transcripts has one: [`Tape`](crate::transcript::Tape),
/// [`Recorder`](crate::transcript::Recorder), [`import`](crate::transcript::import). It is for who looks on at a call of the [emulator](crate::emulator) and writes down
/// what he sees.
///
/// Under cover, the digits, keys and values of all replies become `[..]`, and a `! key` is not told, also behind
/// the end until a command takes keys: many a caller keys in more than was asked for. Later, digits are hidden
/// that were keyed in one behind the other, three or more of them, also with something between them (`4 7 1 1`); a
/// shorter answer where it stands alone. The marks stay, so that a script that is replayed finds them.
///
/// ```
/// use agikit::transcript::{Cover, Transcript};
///
/// let call = Transcript::parse(b"\
/// > NOOP \"agikit: confidential\"\n< 200 result=0\n\
/// > GET DATA \"agent-pass\" 5000 4\n! key 4\n! key 7\n! key 1\n! key 1\n< 200 result=4711\n\
/// > NOOP \"agikit: confidential no more\"\n< 200 result=0\n\
/// > VERBOSE \"it was 4711\"\n< 200 result=1\n")?;
/// let mut cover = Cover::new();
/// let entries = call.entries.into_iter().filter_map(|entry| cover.entry(entry)).collect();
/// assert_eq!(Transcript { entries }.to_string(), "\
/// > NOOP \"agikit: confidential\"\n< 200 result=0\n\
/// > GET DATA \"agent-pass\" 5000 4\n< 200 result=[..]\n\
/// > NOOP \"agikit: confidential no more\"\n< 200 result=0\n\
/// > VERBOSE \"it was [..]\"\n< 200 result=1\n");
/// assert_eq!(cover.text(b"PIN=4711").to_string(), "PIN=[..]");
/// # Ok::<(), agikit::transcript::ParseError>(())
/// ```
///
/// [`Session::set_confidential`]: crate::Session::set_confidential
// Boxed, so that a call without a mark carries a pointer.
#[derive(Debug, Default)]
pub struct Cover(Option<Box<Redactor>>);

impl Cover {
    /// Nothing is hidden yet.
    #[must_use]
    pub fn new() -> Self {
        Cover::default()
    }

    /// What may be told of the call's next entry; nothing of a key under cover.
    pub fn entry(&mut self, entry: Entry) -> Option<Entry> {
        match entry {
            Entry::Script(line) => Some(Entry::Script(whole(line, |line| self.script(line)))),
            Entry::Asterisk(line) => {
                let hide = |line| self.asterisk(line).pop().unwrap_or(Pattern::exactly(""));
                Some(Entry::Asterisk(whole(line, hide)))
            }
            Entry::Event(event) => self.event(&event).then_some(Entry::Event(event)),
            Entry::Comment(text) => {
                let pieces = self.text(text.as_bytes());
                let pieces = pieces.pieces().iter().map(|piece| String::from_utf8_lossy(piece));
                Some(Entry::Comment(pieces.collect::<Vec<_>>().join(OPEN)))
            }
            other => Some(other),
        }
    }

    /// Whether what is keyed in now is confidential.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.as_ref().is_some_and(|redactor| redactor.is_covered())
    }

    /// Any text, with what is hidden of it left open.
    #[must_use]
    pub fn text(&self, text: &[u8]) -> Pattern {
        self.0.as_ref().map_or_else(|| Pattern::exactly(text), |redactor| redactor.text(text))
    }

    /// One that hides more than what is marked.
    pub(in crate::transcript) fn with(redaction: Redaction) -> Self {
        Cover(Some(Box::new(Redactor::new(redaction))))
    }

    /// Whether an event may be told.
    pub(in crate::transcript) fn event(&mut self, event: &Event) -> bool {
        self.0.as_mut().is_none_or(|redactor| redactor.event(event))
    }

    /// A line of the script's.
    pub(in crate::transcript) fn script(&mut self, line: Vec<u8>) -> Pattern {
        if self.0.is_none() && cover_mark(&line) == Some(true) {
            self.0 = Some(Box::new(Redactor::of_marks()));
        }
        match &mut self.0 {
            Some(redactor) => redactor.script(line),
            None => Pattern::exactly(line),
        }
    }

    /// A line of Asterisk's: itself, nothing yet, or all that was held back.
    pub(in crate::transcript) fn asterisk(&mut self, line: Vec<u8>) -> Vec<Pattern> {
        match &mut self.0 {
            Some(redactor) => redactor.asterisk(line),
            None => vec![Pattern::exactly(line)],
        }
    }

    /// Lines that were held back, to hide in them what only later ones tell.
    pub(in crate::transcript) fn release(&mut self) -> Vec<Pattern> {
        self.0.as_mut().map(|redactor| redactor.release()).unwrap_or_default()
    }
}

/// Whether a line of the script's begins to cover what is keyed in, or ends it. Most are seen not to be marks at once.
pub(in crate::transcript) fn cover_mark(line: &[u8]) -> Option<bool> {
    let start = line.trim_ascii_start().get(..4)?;
    if !start.eq_ignore_ascii_case(b"NOOP") {
        return None;
    }
    let words = split(line);
    mark_of(&words.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Hides in a line; of one that is known in part, in what stands before the first open part. The rest is left open.
fn whole(line: Pattern, hide: impl FnOnce(Vec<u8>) -> Pattern) -> Pattern {
    let is_open = line.as_exact().is_none();
    let hidden = hide(line.pieces().first().cloned().unwrap_or_default());
    if !is_open {
        return hidden;
    }
    let mut pieces = hidden.pieces().to_vec();
    pieces.push(Vec::new());
    Pattern::open(pieces)
}
