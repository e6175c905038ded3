//! Transcripts out of text.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use super::print::OPEN;
use super::{Entry, Event, Exit, Pattern, Transcript, signal};
use crate::escape::unescape;

/// Where a transcript is wrong, and what should stand there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: expected {expected}")]
#[non_exhaustive]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// The character in it, counted from 1.
    pub column: usize,
    /// What should stand there.
    pub expected: &'static str,
}

/// A transcript's file that cannot be read, or is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The system did not give it.
    #[error("cannot read {}", file.display())]
    Io {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no transcript. The message is `file:line:column: expected …`.
    #[error("{}:{}:{}: expected {}", file.display(), error.line, error.column, error.expected)]
    Parse {
        /// Which file.
        file: PathBuf,
        /// What is wrong where.
        error: ParseError,
    },
}

impl Transcript {
    /// Reads a transcript's text. Lines may end with CR LF.
    ///
    /// ```
    /// use agikit::transcript::Transcript;
    ///
    /// let error = Transcript::parse(b"> ANSWER\n< 200 result=0\n! hungup\n").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 3, column 3: expected hangup, key, audio, wait or closed"
    /// );
    /// ```
    ///
    /// # Errors
    /// The first line that is none of the format's.
    pub fn parse(text: &[u8]) -> Result<Transcript, ParseError> {
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let lines = text.split_inclusive(|&byte| byte == b'\n').enumerate();
        let entries = lines.map(|(number, line)| {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            entry(line).map_err(|Wrong { at, expected }| {
                let before = line.get(..at).unwrap_or(line);
                let column = before.utf8_chunks().map(|chunk| chunk.valid().chars().count());
                ParseError { line: number + 1, column: column.sum::<usize>() + 1, expected }
            })
        });
        Ok(Transcript { entries: entries.collect::<Result<_, _>>()? })
    }

    /// Reads a transcript's file.
    ///
    /// # Errors
    /// [`OpenError`]: it cannot be read, or is no transcript.
    pub fn open(file: impl AsRef<Path>) -> Result<Transcript, OpenError> {
        let file = file.as_ref();
        let text = fs::read(file).map_err(|source| OpenError::Io { file: file.into(), source })?;
        Transcript::parse(&text).map_err(|error| OpenError::Parse { file: file.into(), error })
    }
}

impl std::str::FromStr for Transcript {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Transcript::parse(text.as_bytes())
    }
}

/// What is wrong in a line, and at which byte.
struct Wrong {
    at: usize,
    expected: &'static str,
}

/// A part of a line, and where in the line it begins.
#[derive(Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Part<'a> {
    fn wrong<T>(self, expected: &'static str) -> Result<T, Wrong> {
        Err(Wrong { at: self.at, expected })
    }

    /// What stands behind a word and its blank; the word alone leaves nothing.
    fn behind(self, word: &str) -> Option<Part<'a>> {
        let rest = self.text.strip_prefix(word)?;
        let text = match rest {
            "" => "",
            _ => rest.strip_prefix(' ')?,
        };
        Some(Part { text, at: self.at + self.text.len() - text.len() })
    }

    /// Without blanks at the end.
    fn trimmed(self) -> Part<'a> {
        Part { text: self.text.trim_ascii_end(), ..self }
    }
}

/// One line.
fn entry(line: &[u8]) -> Result<Entry, Wrong> {
    let text = std::str::from_utf8(line).map_err(|error| Wrong {
        at: error.valid_up_to(),
        expected: "UTF-8 (any other byte is written \\xNN)",
    })?;
    let mut chars = text.chars();
    let Some(mark) = chars.next() else { return Ok(Entry::Blank) };
    let content = Part { text: chars.as_str(), at: mark.len_utf8() };
    match mark {
        '#' => Ok(Entry::Comment(comment(content.behind("").unwrap_or(content).text))),
        '>' => Ok(Entry::Script(pattern(separated(content)?.text))),
        '<' => Ok(Entry::Asterisk(pattern(separated(content)?.text))),
        '!' => event(separated(content)?).map(Entry::Event),
        '=' => exit(separated(content)?.trimmed()).map(Entry::Exit),
        '@' => passed(separated(content)?.trimmed()).map(Entry::Passed),
        _ if text.trim_ascii().is_empty() => Ok(Entry::Blank),
        _ => Part { text, at: 0 }.wrong("one of > < ! = @ # at the line's beginning"),
    }
}

/// What stands behind the mark's blank.
fn separated(content: Part<'_>) -> Result<Part<'_>, Wrong> {
    match content.behind("") {
        Some(content) => Ok(content),
        None => content.wrong("a blank"),
    }
}

/// A comment's text. Its bytes are escaped as others', as long as they are UTF-8.
fn comment(text: &str) -> String {
    String::from_utf8(unescape(text.as_bytes())).unwrap_or_else(|_| text.to_owned())
}

fn pattern(text: &str) -> Pattern {
    Pattern::open(text.split(OPEN).map(|piece| unescape(piece.as_bytes())))
}

fn event(content: Part<'_>) -> Result<Event, Wrong> {
    match content.trimmed().text {
        "hangup" => return Ok(Event::Hangup),
        "closed" => return Ok(Event::Closed),
        _ => {}
    }
    if let Some(key) = content.behind("key") {
        return self::key(key);
    }
    if let Some(file) = content.behind("audio") {
        let file = OsString::from_vec(unescape(file.text.as_bytes()));
        return Ok(Event::Audio(file.into()));
    }
    if let Some(time) = content.behind("wait") {
        let time = time.trimmed();
        return match seconds(time.text) {
            Some(time) => Ok(Event::Wait(time)),
            None => time.wrong("a time, such as 1.250s"),
        };
    }
    content.wrong("hangup, key, audio, wait or closed")
}

/// One character, whatever it is: replay does not press it.
fn key(part: Part<'_>) -> Result<Event, Wrong> {
    let text = String::from_utf8(unescape(part.text.as_bytes())).unwrap_or_default();
    let mut chars = text.chars();
    match (chars.next(), chars.as_str().trim_ascii()) {
        (Some(key), "") => Ok(Event::Key(key)),
        _ => part.wrong("one key"),
    }
}

fn exit(part: Part<'_>) -> Result<Exit, Wrong> {
    if let Ok(status) = part.text.parse() {
        return Ok(Exit::Status(status));
    }
    let number = part.text.strip_prefix("signal ").and_then(|number| number.parse().ok());
    match number.or_else(|| signal::number(part.text)) {
        Some(number) => Ok(Exit::Signal(number)),
        None => part.wrong("an exit status or a signal, such as 0 or SIGHUP"),
    }
}

fn passed(part: Part<'_>) -> Result<Duration, Wrong> {
    match part.text.strip_prefix('+').and_then(seconds) {
        Some(time) => Ok(time),
        None => part.wrong("a time, such as +1.250s"),
    }
}

/// `12.5s`.
fn seconds(text: &str) -> Option<Duration> {
    let number = text.strip_suffix('s')?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.is_empty() || part.len() > 9 {
        return None;
    }
    Some(Duration::new(whole.parse().ok()?, format!("{part:0<9}").parse().ok()?))
}
