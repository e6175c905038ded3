//! What a command's reply will tell, and which of its own words are hidden.

use super::Redaction;

/// What a command's reply tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing that is hidden.
    Other,
    Exec,
    /// Digits as text.
    Digits,
    /// A key's code.
    Key,
    /// Any character's code.
    Char,
    /// What was said, or a key.
    Speech,
    /// A value in parentheses.
    Value,
    /// A session's question for the end of a value.
    Echo,
}

impl Asked {
    /// What a command's reply will tell, under cover or not.
    pub(super) fn by(words: &[&[u8]], what: &Redaction, covered: bool) -> Asked {
        let upper =
            |number: usize| words.get(number).copied().unwrap_or_default().to_ascii_uppercase();
        let word = |number: usize| words.get(number).copied().unwrap_or_default();
        let digits = |asked| if covered || what.hides_digits() { asked } else { Asked::Other };
        let value = |hidden| if covered || hidden { Asked::Value } else { Asked::Other };
        match (upper(0).as_slice(), upper(1).as_slice()) {
            (b"EXEC", _) => Asked::Exec,
            (b"GET", b"DATA") => digits(Asked::Digits),
            (b"GET", b"OPTION") | (b"STREAM", _) | (b"CONTROL", _) => digits(Asked::Key),
            (b"WAIT" | b"SAY" | b"RECORD", _) => digits(Asked::Key),
            (b"RECEIVE", b"CHAR") => digits(Asked::Char),
            (b"RECEIVE", _) => digits(Asked::Value),
            (b"SPEECH", b"RECOGNIZE") => digits(Asked::Speech),
            (b"GET", b"VARIABLE") => value(what.hides(word(2))),
            (b"GET", b"FULL") if word(3).starts_with(b"agikit-") => Asked::Echo,
            (b"GET", b"FULL") => value(what.hides_in(word(3))),
            (b"DATABASE", b"GET") => value(what.hides(&entry(word(2), word(3)))),
            _ => Asked::Other,
        }
    }
}

/// Which word is hidden because of the name before it, and from which of its bytes.
pub(super) fn hidden_from(words: &[&[u8]], what: &Redaction) -> Option<(usize, usize)> {
    let command: Vec<Vec<u8>> =
        words.iter().take(2).map(|word| word.to_ascii_uppercase()).collect();
    let word = |number: usize| words.get(number).copied().unwrap_or_default();
    match command.join(&b' ').as_slice() {
        b"SET VARIABLE" => what.hides(word(2)).then_some((3, 0)),
        b"SET CALLERID" => what.hides_callers().then_some((2, 0)),
        b"DATABASE PUT" => what.hides(&entry(word(2), word(3))).then_some((4, 0)),
        b"EXEC SET" | b"EXEC MSET" => Some((2, what.hides_from(word(2))?)),
        _ => None,
    }
}

/// An AstDB entry as the dialplan names it.
fn entry(family: &[u8], key: &[u8]) -> Vec<u8> {
    [b"DB(", family, b"/", key, b")"].concat()
}
