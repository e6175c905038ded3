//! A program's commands on their way to Asterisk: in whole lines.

use std::io::{self, Read};

/// So much waits at most. A line that is longer goes out in pieces; Asterisk itself takes lines of 2,046 or 8,190 bytes.
const MOST: usize = 1 << 16;
/// Read at once.
const PIECE: usize = 1 << 14;

/// What a program has printed and Asterisk has not taken yet.
#[derive(Debug, Default)]
pub(super) struct Up {
    buffer: Vec<u8>,
    /// What is before it has gone.
    start: usize,
    /// How many lines have gone.
    pub(super) lines: u64,
}

impl Up {
    pub(super) fn has_room(&self) -> bool {
        self.buffer.len() - self.start < MOST
    }

    /// Reads once. Gives false at the end; then a line that has none gets one.
    pub(super) fn read(&mut self, from: &mut impl Read) -> io::Result<bool> {
        let mut piece = [0; PIECE];
        let room = MOST.saturating_sub(self.buffer.len() - self.start).min(PIECE);
        let count = from.read(piece.get_mut(..room).unwrap_or_default())?;
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(piece.get(..count).unwrap_or_default());
        if count == 0 && !self.buffer.is_empty() && !self.buffer.ends_with(b"\n") {
            // Asterisk takes it for a command when the program's end comes, and would wait in vain before.
            self.buffer.push(b'\n');
        }
        Ok(count > 0)
    }

    /// The next line, or what is left of it; `None` while it is not whole.
    pub(super) fn next(&self) -> Option<&[u8]> {
        let rest = self.buffer.get(self.start..)?;
        match rest.iter().position(|&byte| byte == b'\n') {
            Some(at) => rest.get(..=at),
            None => (rest.len() >= MOST).then_some(rest),
        }
    }

    /// So much of it has gone. Gives whether that was a line's end.
    pub(super) fn has_gone(&mut self, count: usize) -> bool {
        self.start += count;
        let ended = self.start > 0 && self.buffer.get(self.start - 1) == Some(&b'\n');
        self.lines += u64::from(ended);
        ended
    }

    /// Forgets what nobody takes any more.
    pub(super) fn clear(&mut self) {
        self.buffer = Vec::new();
        self.start = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_lines_only() {
        let mut up = Up::default();
        assert!(up.read(&mut &b"NOOP\nVERB"[..]).unwrap());
        assert_eq!(up.next(), Some(&b"NOOP\n"[..]));
        assert!(!up.has_gone(2));
        assert_eq!(up.next(), Some(&b"OP\n"[..]));
        assert!(up.has_gone(3));
        assert_eq!(up.next(), None);
        assert!(up.read(&mut &b"OSE x\n\nlast"[..]).unwrap());
        assert_eq!(up.next(), Some(&b"VERBOSE x\n"[..]));
        up.has_gone(10);
        assert_eq!(up.next(), Some(&b"\n"[..]));
        up.has_gone(1);
        assert_eq!(up.next(), None);
        assert!(!up.read(&mut &b""[..]).unwrap());
        assert_eq!(up.next(), Some(&b"last\n"[..]));
        up.has_gone(5);
        assert!(!up.read(&mut &b""[..]).unwrap());
        assert_eq!((up.next(), up.lines), (None, 4));
    }

    #[test]
    fn a_line_without_end_is_bounded() {
        let mut up = Up::default();
        while up.has_room() {
            assert!(up.next().is_none() && up.read(&mut io::repeat(b'x')).unwrap());
        }
        assert_eq!(up.next().unwrap().len(), MOST);
        up.has_gone(MOST);
        assert!(up.has_room() && up.lines == 0);
    }
}
