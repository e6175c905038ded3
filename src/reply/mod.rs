//! What Asterisk answers: a reply's fields, what they come to, and the typed forms.
//!
//! # On the wire
//! ```text
//! 200 result=0                                  done, or no, or nothing pressed
//! 200 result=49 endpos=7360                     key '1' at sample 7360
//! 200 result= (timeout)                         GET DATA: no digit at all
//! 200 result=1 (any bytes, even line feeds)     a value
//! 100 result=0 Trying...                        GOSUB's first line; the real reply follows
//! 510 Invalid or unknown command
//! 511 Command Not Permitted on a dead channel or intercept routine
//! 520 Invalid command syntax.  Proper usage not available.
//! 520-Invalid command syntax.  Proper usage follows:      … and lines up to
//! 520 End of proper usage.
//! ```

pub(crate) mod plain;
pub(crate) mod playing;
mod recording;
mod speech;

pub use plain::{ChannelState, RawReply, StreamControl, Subroutine, Waited};
pub use playing::{ControlPlayback, Data, Playback};
pub(crate) use recording::recording;
pub use recording::{Recording, RecordingEnd};
pub(crate) use speech::recognition;
pub use speech::{Hypothesis, Recognition, RecognitionEnd};

use std::str::FromStr;

use crate::text::Text;
use crate::wire::is_key;

/// One final reply, taken apart as far as all commands share it.
///
/// ```
/// use agikit::reply::Fields;
///
/// let fields = Fields::parse(b"200 result=49 (dtmf) endpos=8000").unwrap();
/// assert_eq!(fields.code(), 200);
/// assert_eq!(fields.result(), Some("49".into()));
/// assert_eq!(fields.note(), Some("dtmf".into()));
/// assert_eq!(fields.word("endpos"), Some("8000".into()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'a> {
    all: &'a [u8],
    code: u16,
    result: Option<&'a [u8]>,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Takes a reply apart: its lines without the last line feed. `None` unless it begins with three
    /// digits and a blank or a hyphen.
    #[must_use]
    pub fn parse(reply: &'a [u8]) -> Option<Self> {
        let code = code_of(reply)?;
        let behind = reply.get(4..).unwrap_or_default();
        let (result, rest) = match behind.strip_prefix(b"result=") {
            None => (None, behind),
            Some(behind) => {
                let end = behind.iter().position(|&b| b == b' ').unwrap_or(behind.len());
                let (result, rest) = behind.split_at(end);
                (Some(result), rest.strip_prefix(b" ").unwrap_or(rest))
            }
        };
        Some(Fields { all: reply, code, result, rest })
    }

    /// The three digits.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// What follows `result=`, up to the next blank; may be empty, may be digits with leading zeros.
    #[must_use]
    pub fn result(&self) -> Option<Text<'a>> {
        self.result.map(Text::new)
    }

    /// The result as a number.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        self.result()?.parse()
    }

    /// What follows the result and its blank.
    #[must_use]
    pub fn rest(&self) -> Text<'a> {
        Text::new(self.rest)
    }

    /// A value in parentheses behind the result: from the first `(` to the last `)`, whatever stands
    /// between them. For `200 result=1 (a) b)` that is `a) b`.
    #[must_use]
    pub fn value(&self) -> Option<Text<'a>> {
        Some(Text::new(self.rest.strip_prefix(b"(")?.strip_suffix(b")")?))
    }

    /// A note in parentheses behind the result: up to the first `)`.
    #[must_use]
    pub fn note(&self) -> Option<Text<'a>> {
        let behind = self.rest.strip_prefix(b"(")?;
        behind.iter().position(|&b| b == b')').and_then(|end| behind.get(..end)).map(Text::new)
    }

    /// The value of `name=value` among the words behind the result.
    #[must_use]
    pub fn word(&self, name: &str) -> Option<Text<'a>> {
        self.rest
            .split(|&byte| byte == b' ')
            .find_map(|word| word.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
            .map(Text::new)
    }

    /// The same as a number.
    #[must_use]
    pub fn word_number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.word(name)?.parse()
    }

    /// The whole reply.
    #[must_use]
    pub fn all(&self) -> Text<'a> {
        Text::new(self.all)
    }
}

/// The three digits at the start of a reply's line, when they are followed by a blank or a hyphen.
pub(crate) fn code_of(line: &[u8]) -> Option<u16> {
    match *line {
        [a @ b'1'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', b' ' | b'-', ..] => {
            Some([a, b, c].iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0')))
        }
        _ => None,
    }
}

/// What a command's reader makes of a `200` reply. The session turns it into a result: it alone can
/// ask whether the caller is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome<T> {
    /// The answer.
    Value(T),
    /// The answer if the caller is still there; the same words are sent when he is not.
    Doubtful(T),
    /// The answer, and the caller has hung up.
    Last(T),
    /// The caller has hung up, and there is no answer.
    Gone,
    /// Asterisk could not, or the caller has hung up: the same `-1` says both.
    Failed,
    /// EXEC: there is no such application.
    NoApplication,
    /// No form that this command answers.
    Odd,
}

impl<T> Outcome<T> {
    /// `Value`, or `Odd` when there is none.
    pub(crate) fn or_odd(value: Option<T>) -> Self {
        value.map_or(Outcome::Odd, Outcome::Value)
    }
}

/// A key of a telephone by its code: `0` for none is not one.
pub(crate) fn key(code: i64) -> Option<char> {
    let byte = u8::try_from(code).ok()?;
    is_key(byte).then_some(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_at_the_last_parenthesis() {
        let value = |reply: &'static [u8]| Fields::parse(reply).unwrap().value();
        assert_eq!(value(b"200 result=1 (a) (b)"), Some("a) (b".into()));
        assert_eq!(value(b"200 result=1 ()"), Some("".into()));
        assert_eq!(value(b"200 result=1 (two\nlines\n)"), Some("two\nlines\n".into()));
        assert_eq!(value(b"200 result=1 ("), None);
        assert_eq!(value(b"200 result=1"), None);
        assert_eq!(value(b"200 result=1 (open"), None);
    }

    #[test]
    fn results_may_be_empty() {
        let fields = Fields::parse(b"200 result= (timeout)").unwrap();
        assert_eq!((fields.result(), fields.note()), (Some("".into()), Some("timeout".into())));
        assert_eq!(Fields::parse(b"200 result=").unwrap().result(), Some("".into()));
        assert_eq!(Fields::parse(b"200 ok").unwrap().result(), None);
    }

    #[test]
    fn only_three_digits_begin_a_reply() {
        for bad in [&b""[..], b"20", b"200", b"200x", b"2000 x", b"HANGUP", b" 200 ", b"999 x"] {
            assert_eq!(Fields::parse(bad), None, "{}", bad.escape_ascii());
        }
        assert_eq!(Fields::parse(b"520-x").unwrap().code(), 520);
    }

    #[test]
    fn words_are_whole() {
        let fields = Fields::parse(b"200 result=1 (digit) digit=5 endpos=80").unwrap();
        assert_eq!(fields.word("digit"), Some("5".into()));
        assert_eq!(fields.word("end"), None);
        assert_eq!(fields.word_number::<u32>("endpos"), Some(80));
    }

    #[test]
    fn keys() {
        assert_eq!([key(48), key(35), key(68)], [Some('0'), Some('#'), Some('D')]);
        assert_eq!([key(0), key(1), key(97), key(1000), key(-1)], [None; 5]);
    }
}
