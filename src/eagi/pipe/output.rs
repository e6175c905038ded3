//! What a program says: its lines, or all of it, and its errors, in bounded memory.

use std::collections::VecDeque;

/// How many lines of standard error are kept: the last ones, which tell why a program gave up.
const ERRORS: usize = 20;
/// How long each may be.
const ERROR: usize = 400;
/// As many lines wait at most before no more is read.
const LINES: usize = 256;

/// Cuts what comes into lines, each bounded.
#[derive(Debug)]
struct Cutter {
    line: Vec<u8>,
    longest: usize,
    begun: bool,
    /// Bytes that did not fit.
    cut: u64,
}

impl Cutter {
    fn new(longest: usize) -> Self {
        Cutter { line: Vec::new(), longest, begun: false, cut: 0 }
    }

    fn take(&mut self, bytes: &[u8], mut done: impl FnMut(Vec<u8>)) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, ends) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            self.begun = true;
            let room = self.longest.saturating_sub(self.line.len()).min(text.len());
            self.line.extend_from_slice(text.get(..room).unwrap_or_default());
            self.cut += u64::try_from(text.len() - room).unwrap_or(0);
            if ends {
                self.end(&mut done);
            }
        }
    }

    /// The line ends here, where one has begun.
    fn end(&mut self, mut done: impl FnMut(Vec<u8>)) {
        if std::mem::take(&mut self.begun) {
            let mut line = std::mem::take(&mut self.line);
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            done(line);
        }
    }
}

/// Standard output.
#[derive(Debug)]
pub(super) enum Answer {
    /// All of it is wanted at the end.
    Whole { bytes: Vec<u8>, longest: usize, cut: u64 },
    /// Each line is wanted when it comes.
    Lines(Lines),
}

/// Lines that nobody has taken yet.
#[derive(Debug)]
pub(super) struct Lines {
    cutter: Cutter,
    waiting: VecDeque<Vec<u8>>,
}

impl Answer {
    pub(super) fn new(by_line: bool, longest: usize) -> Self {
        match by_line {
            false => Answer::Whole { bytes: Vec::new(), longest, cut: 0 },
            true => Answer::Lines(Lines { cutter: Cutter::new(longest), waiting: VecDeque::new() }),
        }
    }

    pub(super) fn take(&mut self, piece: &[u8]) {
        match self {
            Answer::Whole { bytes, longest, cut } => {
                let room = longest.saturating_sub(bytes.len()).min(piece.len());
                bytes.extend_from_slice(piece.get(..room).unwrap_or_default());
                *cut += u64::try_from(piece.len() - room).unwrap_or(0);
            }
            Answer::Lines(Lines { cutter, waiting }) => {
                cutter.take(piece, |line| waiting.push_back(line));
            }
        }
    }

    /// Whether more may be read now. What is not read stops the program when its pipe is full.
    pub(super) fn has_room(&self) -> bool {
        !matches!(self, Answer::Lines(lines) if lines.waiting.len() >= LINES)
    }

    /// Whether lines wait to be told.
    pub(super) fn has_lines(&self) -> bool {
        matches!(self, Answer::Lines(lines) if !lines.waiting.is_empty())
    }

    pub(super) fn next_line(&mut self) -> Option<Vec<u8>> {
        match self {
            Answer::Whole { .. } => None,
            Answer::Lines(lines) => lines.waiting.pop_front(),
        }
    }

    /// No more comes: a last line needs no line feed.
    pub(super) fn end(&mut self) {
        if let Answer::Lines(Lines { cutter, waiting }) = self {
            cutter.end(|line| waiting.push_back(line));
        }
    }

    /// All of it, where it was wanted at the end, and how many bytes did not fit.
    pub(super) fn into_whole(self) -> (Vec<u8>, u64) {
        match self {
            Answer::Whole { bytes, cut, .. } => (bytes, cut),
            Answer::Lines(Lines { cutter, waiting }) => {
                let left = waiting.iter().map(Vec::len).sum::<usize>();
                (Vec::new(), cutter.cut + u64::try_from(left).unwrap_or(0))
            }
        }
    }
}

/// Standard error: its last lines.
#[derive(Debug)]
pub(super) struct Errors {
    cutter: Cutter,
    lines: VecDeque<Vec<u8>>,
    dropped: u64,
}

impl Errors {
    pub(super) fn new() -> Self {
        Errors { cutter: Cutter::new(ERROR), lines: VecDeque::new(), dropped: 0 }
    }

    pub(super) fn take(&mut self, piece: &[u8]) {
        let Errors { cutter, lines, dropped } = self;
        cutter.take(piece, |line| keep(lines, dropped, line));
    }

    /// The last lines, and how many stood before them.
    pub(super) fn finish(mut self) -> (Vec<Vec<u8>>, u64) {
        let Errors { cutter, lines, dropped } = &mut self;
        cutter.end(|line| keep(lines, dropped, line));
        (self.lines.into(), self.dropped)
    }
}

fn keep(lines: &mut VecDeque<Vec<u8>>, dropped: &mut u64, line: Vec<u8>) {
    lines.push_back(line);
    if lines.len() > ERRORS {
        lines.pop_front();
        *dropped += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_however_they_were_written() {
        for size in [1, 2, 3, 100] {
            let mut answer = Answer::new(true, 5);
            b"one\r\n\ntoo long\nlast".chunks(size).for_each(|piece| answer.take(piece));
            assert!(answer.has_lines() && answer.has_room());
            answer.end();
            let lines: Vec<_> = std::iter::from_fn(|| answer.next_line()).collect();
            assert_eq!(lines, [&b"one"[..], b"", b"too l", b"last"]);
            answer.end();
            assert_eq!(answer.next_line(), None);
            assert_eq!(answer.into_whole(), (Vec::new(), 3));
        }
    }

    #[test]
    fn the_whole_is_bounded() {
        let mut answer = Answer::new(false, 4);
        answer.take(b"abc");
        answer.take(b"def");
        answer.end();
        assert!(!answer.has_lines() && answer.has_room());
        assert_eq!(answer.into_whole(), (b"abcd".to_vec(), 2));
    }

    #[test]
    fn the_last_errors_are_kept() {
        let mut errors = Errors::new();
        (0..50).for_each(|number| errors.take(format!("line {number}\n").as_bytes()));
        errors.take(&[b'x'; 1000]);
        let (lines, dropped) = errors.finish();
        assert_eq!((lines.len(), dropped), (20, 31));
        assert_eq!((&*lines[18], lines[19].len()), (&b"line 49"[..], 400));
    }
}
