//! Where a script left its transcript, shown as a diff.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Entry, Exit, Pattern, Transcript};

/// How many lines of the transcript stand around the one in question.
const BEFORE: usize = 3;
const BEHIND: usize = 2;

/// A script did not do what its transcript says. Shown ([`Display`](fmt::Display)) as a diff:
///
/// ```text
/// tests/transcripts/balance.agi:5: the script sent another line
///   3   > ANSWER
///   4   < 200 result=0
///   5 - > GET DATA "menu" 10000 8
///     + > GET DATA "main-menu" 10000 8
///   6   < 200 result=1001
/// word 3: expected "menu", the script sent "main-menu"
/// ```
pub struct Mismatch(Box<Details>);

struct Details {
    file: Option<PathBuf>,
    transcript: Transcript,
    /// The entry in question; behind the last one where a line is too many.
    at: usize,
    what: Difference,
    /// What else is known: the script's own error.
    note: Option<String>,
}

/// What a script did otherwise than its transcript says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// It sent another line.
    Line(Vec<u8>),
    /// It sent a line that the transcript does not have any more.
    Extra(Vec<u8>),
    /// It ended and had not sent all lines; so many are left.
    Missing(usize),
    /// It ended so, and the transcript says otherwise.
    Exit(Exit),
    /// It waits for a line of Asterisk's where the transcript has none.
    NoReply,
    /// The caller's audio (`! audio FILE`) cannot be played; which file it is, and why.
    Audio(String),
}

impl Mismatch {
    pub(super) fn new(file: Option<&Path>, entries: &[Entry], at: usize, what: Difference) -> Self {
        let (file, transcript) =
            (file.map(Path::to_owned), Transcript { entries: entries.to_vec() });
        Mismatch(Box::new(Details { file, transcript, at, what, note: None }))
    }

    /// Adds what else is known, such as what the script wrote to standard error: it is shown below the diff.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.0.note = Some(note.into());
        self
    }

    /// What the script did otherwise.
    #[must_use]
    pub fn difference(&self) -> &Difference {
        &self.0.what
    }

    /// The transcript's line, counted from 1. Where the script sent one too many, that is the line behind the
    /// last.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.at + 1
    }

    /// The transcript's file, where it has one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    /// What the transcript says in that line.
    #[must_use]
    pub fn expected(&self) -> Option<&Entry> {
        self.0.transcript.entries.get(self.0.at)
    }

    /// What the script did, as it would stand in a transcript.
    fn did(&self) -> Option<Entry> {
        match &self.0.what {
            Difference::Line(line) | Difference::Extra(line) => {
                Some(Entry::Script(Pattern::exactly(line.clone())))
            }
            Difference::Exit(exit) => Some(Entry::Exit(*exit)),
            Difference::Missing(_) | Difference::NoReply | Difference::Audio(_) => None,
        }
    }

    /// The word in which two lines differ.
    fn word(&self) -> Option<String> {
        let (Difference::Line(sent), Some(Entry::Script(expected))) =
            (&self.0.what, self.expected())
        else {
            return None;
        };
        let number = expected.first_difference(sent)?;
        let word = |line: &[u8]| {
            let word = crate::wire::split(line).into_iter().nth(number - 1)?;
            Some(Entry::Script(Pattern::exactly(word)).to_string().split_off(1))
        };
        let shown = |word: Option<String>| match word {
            Some(word) => format!("\"{}\"", word.trim_start_matches(' ')),
            None => "none".into(),
        };
        // Up to the first difference nothing is open.
        let first = expected.pieces().first().map_or(&b""[..], Vec::as_slice);
        Some(format!(
            "word {number}: expected {}, the script sent {}",
            shown(word(first)),
            shown(word(sent))
        ))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Line(_) => f.write_str("the script sent another line"),
            Difference::Extra(_) => {
                f.write_str("the script sent a line more than the transcript has")
            }
            Difference::Missing(1) => f.write_str("the script ended and did not send this line"),
            Difference::Missing(count) => {
                write!(
                    f,
                    "the script ended and did not send {count} lines, of which this is the first"
                )
            }
            Difference::Exit(_) => f.write_str("the script ended otherwise"),
            Difference::Audio(why) => write!(f, "cannot play {why}"),
            Difference::NoReply => f.write_str(
                "the script waits for a line from Asterisk and the transcript has none here \
                 (`! closed` says that Asterisk closes its side)",
            ),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { file, transcript, at, what, note } = &*self.0;
        match file {
            Some(file) => write!(f, "{}:{}: {what}", file.display(), self.line())?,
            None => write!(f, "line {}: {what}", self.line())?,
        }
        let end = (at + 1 + BEHIND).min(transcript.entries.len());
        let width = end.max(at + 1).to_string().len();
        let from = at.saturating_sub(BEFORE);
        let did = self.did();
        let replaced = !matches!(what, Difference::Extra(_) | Difference::NoReply);
        for number in from..end.max(at + 1) {
            let entry = transcript.entries.get(number);
            // What is too many, or waited for, stands before the line.
            if number == *at && !replaced {
                write!(f, "\n  {:width$} + {}", "", shown(did.as_ref()))?;
            }
            if let Some(entry) = entry {
                let mark = if number == *at && replaced { '-' } else { ' ' };
                write!(f, "\n  {:width$} {mark} {entry}", number + 1)?;
            }
            if let Some(did) = did.as_ref().filter(|_| number == *at && replaced) {
                write!(f, "\n  {:width$} + {did}", "")?;
            }
        }
        for line in self.word().iter().chain(note) {
            write!(f, "\n{line}")?;
        }
        Ok(())
    }
}

/// What the script did; where it waits, a line that is not there.
fn shown(did: Option<&Entry>) -> String {
    did.map_or_else(|| "< ?".into(), Entry::to_string)
}

impl fmt::Debug for Mismatch {
    /// As it is displayed: a test that returns it prints this.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Mismatch {}
