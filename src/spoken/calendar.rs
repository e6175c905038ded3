//! Dates and times: all sounds that a format may need, whatever the moment.

use std::collections::BTreeSet;

use super::{Tongue, number, ordinal};

/// What SAY DATETIME says without a format.
pub(crate) const FORMAT: &[u8] = b"ABdY 'digits/at' IMp";
/// Dates are said near and far: the day alone, or all of it.
const RELATIVE: &[u8] = b"ABdY";

/// What SAY DATE may play: weekday, month, day and year as numbers.
pub(crate) fn dated() -> BTreeSet<String> {
    let mut all = formatted(b"ABY");
    all.extend(numbers(1..=31));
    all
}

/// What SAY DATETIME may play by this format, in English.
pub(crate) fn formatted(format: &[u8]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut rest = format;
    while let Some((&letter, behind)) = rest.split_first() {
        rest = behind;
        if letter == b'\'' {
            let end = behind.iter().position(|&byte| byte == b'\'').unwrap_or(behind.len());
            let name = behind.get(..end).unwrap_or_default();
            all.insert(String::from_utf8_lossy(name).into_owned());
            rest = behind.get(end + 1..).unwrap_or_default();
        } else {
            spoken(&mut all, letter);
        }
    }
    all
}

fn spoken(all: &mut BTreeSet<String>, letter: u8) {
    match letter {
        b'A' | b'a' => all.extend((0..7).map(|day| format!("digits/day-{day}"))),
        b'B' | b'b' | b'h' => all.extend((0..12).map(|month| format!("digits/mon-{month}"))),
        b'm' => all.extend((1..=12).flat_map(ordinal)),
        b'd' | b'e' => all.extend((1..=31).flat_map(ordinal)),
        b'Y' => {
            all.extend(numbers(0..=99));
            all.extend(["oh", "hundred", "thousand"].map(digit));
        }
        b'I' | b'l' => all.extend(numbers(1..=12)),
        b'H' | b'k' => {
            all.extend(numbers(1..=23));
            all.insert(digit("oh"));
        }
        b'M' | b'N' | b'S' => {
            all.extend(numbers(u8::from(letter != b'S').into()..=59));
            all.insert(digit("oh"));
            match letter {
                b'M' => all.insert(digit("oclock")),
                b'N' => all.insert(digit("hundred")),
                _ => false,
            };
        }
        b'P' | b'p' => all.extend(["a-m", "p-m"].map(digit)),
        b'Q' | b'q' => {
            all.extend(["today", "tomorrow", "yesterday"].map(digit));
            all.extend(formatted(RELATIVE));
        }
        b'R' => all.extend(formatted(b"HM")),
        b'T' => all.extend(formatted(b"HMS")),
        _ => {}
    }
}

fn digit(name: &str) -> String {
    format!("digits/{name}")
}

fn numbers(all: std::ops::RangeInclusive<i32>) -> impl Iterator<Item = String> {
    all.flat_map(|it| number(Tongue::English, it, None))
}
