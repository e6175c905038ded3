//! What is hidden in a command's reply.

use super::asked::Asked;
use super::secrets::{Search, Secrets};
use super::shown::Shown;
use crate::transcript::Pattern;

/// How every reply with a value begins.
pub(super) const VALUE: &[u8] = b"200 result=1 (";
const RESULT: &[u8] = b"200 result=";

/// A command's reply. What it tells is hidden from now on.
pub(super) fn answer(asked: Asked, line: &[u8], secrets: &mut Secrets, covered: bool) -> Pattern {
    let hidden = match asked {
        Asked::Echo => return echo(line),
        Asked::Digits | Asked::Key | Asked::Char => keys(asked, line, secrets),
        Asked::Speech => Some(speech(line, secrets)),
        Asked::Value => value(line, secrets),
        // Whatever asked: no other result is as long.
        Asked::Exec | Asked::Other if covered && result(line).is_some_and(|it| it.len() > 2) => {
            keys(Asked::Digits, line, secrets)
        }
        Asked::Exec | Asked::Other => None,
    };
    match (hidden, line.strip_prefix(VALUE)) {
        (Some(hidden), _) => hidden,
        (None, Some(value)) => {
            let mut shown = Shown::new();
            shown.show(VALUE);
            shown.show_but(value, &secrets.find(value, Search::Asterisk), <[u8]>::to_vec);
            shown.into_pattern()
        }
        // What was keyed in before, and now again.
        (None, None) => match result(line) {
            Some(again) if !secrets.find(again, Search::Asterisk).is_empty() => {
                let rest = line.get(RESULT.len() + again.len()..).unwrap_or_default();
                Pattern::open([RESULT, rest])
            }
            _ => Pattern::exactly(line),
        },
    }
}

/// What a reply's `result=` is.
fn result(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(RESULT)?.split(|&byte| byte == b' ').next()
}

/// The answer to a session's question for the end of a value. Its number is a hash of all that is hidden.
pub(super) fn echo(line: &[u8]) -> Pattern {
    const ECHO: &[u8] = b"200 result=1 (agikit-";
    match line.strip_prefix(ECHO) {
        Some(mark) if mark.ends_with(b")") => Pattern::open([ECHO, b")"]),
        Some(_) => Pattern::open([ECHO, b""]),
        None => Pattern::exactly(line),
    }
}

/// A value in parentheses, if it has any.
fn value(line: &[u8], secrets: &mut Secrets) -> Option<Pattern> {
    let value = line.strip_prefix(VALUE)?;
    let (value, end) = match value.strip_suffix(b")") {
        Some(value) => (value, &b")"[..]),
        None => (value, &b""[..]),
    };
    secrets.add_digits(value);
    (!value.is_empty()).then(|| Pattern::open([VALUE, end]))
}

/// Digits or a key, if the reply has any.
fn keys(asked: Asked, line: &[u8], secrets: &mut Secrets) -> Option<Pattern> {
    let digits = result(line)?;
    let rest = line.get(RESULT.len() + digits.len()..).unwrap_or_default();
    let code = || std::str::from_utf8(digits).ok()?.parse::<u8>().ok();
    match asked {
        Asked::Digits if digits.is_empty() || digits == b"-1" => return None,
        Asked::Digits => {
            secrets.add_digits(digits);
            secrets.add_keys(digits);
        }
        Asked::Char => secrets.add_keys(&[code().filter(|&code| code > 0)?]),
        _ => {
            let key = code().filter(|code| b"0123456789*#ABCD".contains(code))?;
            secrets.add_keys(&[key]);
            if !secrets.hides_key(key) {
                return None;
            }
        }
    }
    Some(Pattern::open([RESULT, rest]))
}

/// A recognition: its key, or its texts.
fn speech(line: &[u8], secrets: &mut Secrets) -> Pattern {
    let mut shown = Shown::new();
    let mut rest = line;
    loop {
        let key = behind(rest, b" digit=");
        let text = behind(rest, b"=\"");
        let (from, to) = match (key, text) {
            (Some(from), text) if text.is_none_or(|text| from < text) => (from, &b" "[..]),
            (_, Some(from)) => (from, &b"\" grammar"[..]),
            _ => break,
        };
        let (before, said) = rest.split_at(from);
        // The last text ends with the line.
        let whole = said.strip_suffix(b"\"").unwrap_or(said).len();
        let end = behind(said, to).map_or(whole, |end| end - to.len());
        let (said, others) = said.split_at(end);
        secrets.add_digits(said);
        secrets.add_keys(if to == b" " { said } else { b"" });
        shown.show(before);
        shown.hide();
        rest = others;
    }
    shown.show(rest);
    shown.into_pattern()
}

/// Where a text ends in another.
fn behind(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part).map(|at| at + part.len())
}
