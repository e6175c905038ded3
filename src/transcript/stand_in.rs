//! What Asterisk says where its transcript leaves something open.

use std::collections::VecDeque;

use super::Pattern;
use crate::wire::split;

/// The commands in whose replies `result=` is a key, and which of their words names the keys that may be.
const KEYS: &[(&str, usize)] = &[
    ("STREAM FILE", 3),
    ("CONTROL STREAM", 4),
    ("GET OPTION", 3),
    ("RECORD FILE", 4),
    ("SAY", 3),
    ("WAIT FOR", 9),
    ("RECEIVE CHAR", 9),
];

/// So many digits, where the command leaves open how many.
pub(super) const FEW: usize = 4;

/// So many zeros are a card's number, its check digit being right.
pub(super) const CARD: usize = 16;

/// A line with its open parts filled, so that a script finds no letters where it looks for a number.
pub(super) fn stand_in(line: &Pattern, in_environment: bool, asked: &[u8], open: usize) -> Vec<u8> {
    let mut filled = Vec::new();
    for (number, piece) in line.pieces().iter().enumerate() {
        if number > 0 {
            let stand_in = match filled.as_slice() {
                b"agi_calleridname: " if in_environment => b"caller".to_vec(),
                b"200 result=" => result(asked, open),
                before if before.ends_with(b" digit=") => b"0".to_vec(),
                _ => b"0000".to_vec(),
            };
            filled.extend(stand_in);
        }
        filled.extend_from_slice(piece);
    }
    filled
}

/// Whether a key that is pressed while a line of the script's is carried out goes into its reply.
pub(super) fn takes_keys(line: &[u8]) -> bool {
    let words = split(line);
    let start = words.iter().take(2).map(|word| word.to_ascii_uppercase()).collect::<Vec<_>>();
    let start = start.join(&b' ');
    match KEYS.iter().find(|(command, _)| start.starts_with(command.as_bytes())) {
        Some((_, 9)) => true,
        Some((_, allowed)) => words.get(*allowed).is_some_and(|keys| !keys.is_empty()),
        None => start == b"GET DATA" || start == b"SPEECH RECOGNIZE",
    }
}

/// A `result=`: digits of the length that was asked for, or a key.
fn result(asked: &[u8], open: usize) -> Vec<u8> {
    let words = split(asked);
    let start = words.iter().take(2).map(|word| word.to_ascii_uppercase()).collect::<Vec<_>>();
    let start = start.join(&b' ');
    let word = |number: usize| words.get(number).map(Vec::as_slice).unwrap_or_default();
    let keys = KEYS.iter().find(|(command, _)| start.starts_with(command.as_bytes()));
    if let Some((_, allowed)) = keys {
        let key = word(*allowed).first().copied().unwrap_or(b'0');
        return key.to_string().into_bytes();
    }
    let digits = std::str::from_utf8(word(4)).ok().and_then(|count| count.parse().ok());
    vec![b'0'; digits.filter(|count| (1..=32).contains(count)).unwrap_or(open)]
}

/// The questions by which a session looks for the end of a value, and their answers.
#[derive(Debug, Default)]
pub(super) struct Echo {
    /// The texts that were asked for, until they are answered.
    marks: VecDeque<Vec<u8>>,
}

impl Echo {
    /// Whether both lines are such a question. Its number hangs on the environment, which may be another.
    pub(super) fn is_asked(&mut self, expected: &Pattern, line: &[u8]) -> bool {
        let first = expected.pieces().first().map(Vec::as_slice).unwrap_or_default();
        let mark = mark(line).filter(|_| self::mark(first).is_some());
        let is_asked = mark.is_some();
        self.marks.extend(mark);
        is_asked
    }

    /// The answer, in place of the transcript's.
    pub(super) fn answer(&mut self, line: &Pattern) -> Option<Vec<u8>> {
        let first = line.pieces().first()?;
        if !first.starts_with(b"200 result=1 (agikit-") {
            return None;
        }
        self.marks.pop_front().map(|mark| answer(&mark))
    }

    /// The answer to a question that is asked once more, and was not in the recording: whoever stops a command asks
    /// again where the answer is late.
    pub(super) fn again(before: &[u8], line: &[u8]) -> Option<Vec<u8>> {
        mark(before)?;
        mark(line).map(|mark| [answer(&mark), b"\n".to_vec()].concat())
    }
}

fn answer(mark: &[u8]) -> Vec<u8> {
    [b"200 result=1 (", mark, b")"].concat()
}

/// The text that such a question asks for.
pub(super) fn mark(line: &[u8]) -> Option<Vec<u8>> {
    match split(line).as_slice() {
        [get, full, variable, mark]
            if get == b"GET"
                && full == b"FULL"
                && variable == b"VARIABLE"
                && mark.starts_with(b"agikit-") =>
        {
            Some(mark.clone())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::stand_in;
    use crate::transcript::Pattern;

    #[track_caller]
    fn check(asked: &str, line: &str, filled: &str) {
        let line = Pattern::open(line.split("[..]"));
        let is = stand_in(&line, asked.is_empty(), asked.as_bytes(), super::FEW);
        assert_eq!(String::from_utf8_lossy(&is), filled);
    }

    #[test]
    fn something_harmless() {
        check("", "agi_callerid: [..]", "agi_callerid: 0000");
        check("", "agi_calleridname: [..]", "agi_calleridname: caller");
        check("", "agi_channel: PJSIP/alice-[..]", "agi_channel: PJSIP/alice-0000");
        check("GET DATA menu 1000 6", "200 result=[..]", "200 result=000000");
        check("GET DATA menu 1000 1023", "200 result=[..] (timeout)", "200 result=0000 (timeout)");
        check("STREAM FILE menu 12", "200 result=[..] endpos=80", "200 result=49 endpos=80");
        check("SAY DIGITS 12 #", "200 result=[..]", "200 result=35");
        check("WAIT FOR DIGIT -1", "200 result=[..]", "200 result=48");
        check("GET VARIABLE PIN", "200 result=1 ([..])", "200 result=1 (0000)");
        check("ANSWER", "200 result=0", "200 result=0");
    }
}
