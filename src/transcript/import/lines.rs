//! The lines of a log, however long it is.

use std::collections::VecDeque;
use std::io::{self, BufRead};

/// The longest line that is kept: many times what Asterisk's logger writes at once.
const LONGEST: usize = 1 << 18;

/// One line, or what stands behind a cut in one.
#[derive(Debug)]
pub(super) struct Line {
    /// Its number in the log, from 1.
    pub(super) number: u64,
    /// In which of its columns the bytes begin, from 1.
    pub(super) column: usize,
    /// Its bytes, without the line feed.
    pub(super) bytes: Vec<u8>,
    /// There was more of it than is kept.
    pub(super) too_long: bool,
}

impl Line {
    /// Takes off what begins at this place, as a line of its own.
    pub(super) fn split_off(&mut self, at: usize) -> Line {
        let bytes = self.bytes.split_off(at.min(self.bytes.len()));
        let too_long = std::mem::take(&mut self.too_long);
        Line { number: self.number, column: self.column + at, bytes, too_long }
    }
}

/// Reads lines, and looks at those to come.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    /// How many were read.
    number: u64,
    /// Read, and not taken yet.
    ahead: VecDeque<Line>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Lines { input, number: 0, ahead: VecDeque::new() }
    }

    /// The next line; none at the end.
    pub(super) fn take(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    /// A line that stays to be taken: the first for 0.
    pub(super) fn peek(&mut self, place: usize) -> io::Result<Option<&Line>> {
        while self.ahead.len() <= place {
            match self.read()? {
                Some(line) => self.ahead.push_back(line),
                None => return Ok(None),
            }
        }
        Ok(self.ahead.get(place))
    }

    /// Gives a line back: it is the next.
    pub(super) fn give_back(&mut self, line: Line) {
        self.ahead.push_front(line);
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut line =
            Line { number: self.number + 1, column: 1, bytes: Vec::new(), too_long: false };
        let mut any = false;
        loop {
            let buffer = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if buffer.is_empty() {
                break;
            }
            any = true;
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            let room = LONGEST - line.bytes.len();
            line.too_long |= piece.len() > room;
            line.bytes.extend(piece.iter().take(room));
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        self.number += u64::from(any);
        Ok(any.then_some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bounded_and_counted() {
        let log = [b"a\n\n".to_vec(), vec![b'x'; LONGEST + 5], b"\nend".to_vec()].concat();
        let mut lines = Lines::new(io::BufReader::with_capacity(7, &log[..]));
        assert_eq!(lines.peek(1).unwrap().unwrap().bytes, b"");
        let all: Vec<_> = std::iter::from_fn(|| lines.take().unwrap())
            .map(|line| (line.number, line.bytes.len(), line.too_long))
            .collect();
        assert_eq!(all, [(1, 1, false), (2, 0, false), (3, LONGEST, true), (4, 3, false)]);
    }

    #[test]
    fn what_is_split_off_knows_its_place() {
        let mut lines = Lines::new(&b"one two\n"[..]);
        let mut line = lines.take().unwrap().unwrap();
        let rest = line.split_off(4);
        lines.give_back(rest);
        let rest = lines.take().unwrap().unwrap();
        assert_eq!((rest.number, rest.column, &rest.bytes[..]), (1, 5, &b"two"[..]));
        assert_eq!(line.bytes, b"one ");
    }
}
