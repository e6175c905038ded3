//! Reads replies line by line in bounded memory.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

/// How much is offered to one read. A pipe passes what Asterisk wrote at once, up to 4 KiB, in one
/// piece to a reader with that much room; so there is always room for it.
const ROOM: usize = 4096;

/// What [`Lines::extend`] came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A line ended: its place in the message, without its line feed.
    Line(Range<usize>),
    /// The input has ended; a last line without line feed is not one.
    End,
    /// The message has grown to the bound and has no end yet.
    TooLong,
}

/// A buffer over the input: the message that is being read, line by line, and what came behind it.
///
/// A message is what one command is answered: mostly a line, sometimes several. Its bytes stay in
/// place until the next one begins.
///
/// ```
/// use agikit::wire::{Lines, Progress};
///
/// let mut input: &[u8] = b"200 result=1 (two\nlines)\n200 result=0\n";
/// let mut lines = Lines::new(1 << 20);
/// lines.begin();
/// assert_eq!(lines.extend(&mut input)?, Progress::Line(0..17));
/// assert_eq!(lines.extend(&mut input)?, Progress::Line(18..24));
/// assert_eq!(lines.message(), b"200 result=1 (two\nlines)\n");
/// assert_eq!(lines.ahead(), b"200 result=0\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Lines {
    /// All of it initialised, at least [`ROOM`]; `start..scanned` is the message, `scanned..end` came behind it.
    buffer: Vec<u8>,
    start: usize,
    scanned: usize,
    end: usize,
    /// How much of the message's end was trimmed away.
    trimmed: usize,
    bound: usize,
}

impl Lines {
    /// An empty buffer for messages of at most `bound` bytes.
    #[must_use]
    pub fn new(bound: usize) -> Self {
        Lines { buffer: vec![0; ROOM], start: 0, scanned: 0, end: 0, trimmed: 0, bound }
    }

    /// Changes the bound for the messages to come.
    pub fn set_bound(&mut self, bound: usize) {
        self.bound = bound;
    }

    /// The most bytes of a message.
    #[must_use]
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// Ends the message: the next one begins with what came behind it.
    pub fn begin(&mut self) {
        self.trimmed = 0;
        self.start = self.scanned;
        if self.start == self.end {
            (self.start, self.scanned, self.end) = (0, 0, 0);
        }
    }

    /// Forgets the message and all that came behind it, and gives memory of a long one back.
    pub fn clear(&mut self) {
        self.trimmed = 0;
        (self.start, self.scanned, self.end) = (0, 0, 0);
        if self.buffer.len() > 16 * ROOM {
            self.buffer = vec![0; ROOM];
        }
    }

    /// Drops bytes from the message's front.
    pub fn trim_front(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.scanned);
    }

    /// Drops bytes from the message's end, until it is extended again.
    pub fn trim_end(&mut self, bytes: usize) {
        self.trimmed += bytes;
    }

    /// The lines read so far, each with its line feed.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        let end = self.scanned.saturating_sub(self.trimmed);
        self.buffer.get(self.start..end).unwrap_or_default()
    }

    /// What came behind the message and is not read yet.
    #[must_use]
    pub fn ahead(&self) -> &[u8] {
        self.buffer.get(self.scanned..self.end).unwrap_or_default()
    }

    /// Adds one more line to the message, reading as little as it takes.
    ///
    /// # Errors
    /// What reading gives, but not `Interrupted`.
    pub fn extend(&mut self, input: &mut (impl Read + ?Sized)) -> io::Result<Progress> {
        let mut searched = 0;
        self.trimmed = 0;
        loop {
            let ahead = self.ahead();
            if let Some(at) = ahead.iter().skip(searched).position(|&byte| byte == b'\n') {
                let length = searched + at;
                let begins = self.scanned - self.start;
                if begins + length > self.bound {
                    return Ok(Progress::TooLong);
                }
                self.scanned += length + 1;
                return Ok(Progress::Line(begins..begins + length));
            }
            searched = ahead.len();
            if self.end - self.start > self.bound {
                return Ok(Progress::TooLong);
            }
            if self.fill(input)? == 0 {
                return Ok(Progress::End);
            }
        }
    }

    /// Reads on, keeping nothing, until `mark` has come by. Gives whether it came before the end.
    ///
    /// # Errors
    /// What reading gives, but not `Interrupted`.
    pub fn skip_past(&mut self, mark: &[u8], input: &mut (impl Read + ?Sized)) -> io::Result<bool> {
        loop {
            let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
            if let Some(at) = rest.windows(mark.len()).position(|window| window == mark) {
                self.start += at + mark.len();
                self.scanned = self.start;
                return Ok(true);
            }
            // The mark may have begun in the last bytes.
            self.start = self.start.max(self.end.saturating_sub(mark.len().saturating_sub(1)));
            self.scanned = self.start;
            if self.fill(input)? == 0 {
                return Ok(false);
            }
        }
    }

    /// One read, with room made for it. Grows by doubling, so a long message is copied few times.
    fn fill(&mut self, input: &mut (impl Read + ?Sized)) -> io::Result<usize> {
        if self.buffer.len() - self.end < ROOM && self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.scanned -= self.start;
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < ROOM {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        loop {
            match input.read(room) {
                Ok(read) => {
                    self.end += read.min(room.len());
                    return Ok(read);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most `piece` bytes a read.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn reads_the_same_however_it_arrives() {
        for piece in 1..40 {
            let mut input = Slow(b"one\n\ntwo\nthree\nunfinished", piece);
            let mut lines = Lines::new(100);
            let mut read = Vec::new();
            loop {
                lines.begin();
                match lines.extend(&mut input).unwrap() {
                    Progress::Line(range) => read.push(lines.message()[range].to_vec()),
                    Progress::End => break,
                    Progress::TooLong => panic!(),
                }
            }
            assert_eq!(read, [&b"one"[..], b"", b"two", b"three"], "{piece}");
        }
    }

    #[test]
    fn holds_no_more_than_the_bound_asks() {
        let mut lines = Lines::new(10_000);
        assert_eq!(lines.extend(&mut io::repeat(b'x')).unwrap(), Progress::TooLong);
        assert!(lines.buffer.len() <= 32 * 1024, "{}", lines.buffer.len());
    }

    #[test]
    fn what_comes_behind_a_line_moves_to_the_front_before_the_buffer_grows() {
        let text = ["x".repeat(ROOM + 400), "y".repeat(4 * ROOM)].join("\n");
        let mut input = text.as_bytes();
        let mut lines = Lines::new(1 << 20);
        assert_eq!(lines.extend(&mut input).unwrap(), Progress::Line(0..ROOM + 400));
        lines.begin();
        lines.fill(&mut input).unwrap();
        assert_eq!((lines.start, lines.buffer.len()), (0, 2 * ROOM));
        assert!(lines.ahead().starts_with(b"yyy"));
    }

    #[test]
    fn clearing_forgets_all_and_gives_much_memory_back() {
        // A message and what came behind it; then one that is as long as is kept, and a longer one.
        for (bytes, kept) in [(4, 2), (10 * ROOM, 16), (20 * ROOM, 1)] {
            let text = ["x".repeat(bytes).as_str(), "\nmore"].concat();
            let mut input = text.as_bytes();
            let mut lines = Lines::new(1 << 20);
            lines.extend(&mut input).unwrap();
            lines.trim_end(1);
            lines.fill(&mut input).unwrap();
            lines.clear();
            assert_eq!((lines.message(), lines.ahead()), (&b""[..], &b""[..]));
            assert_eq!(lines.buffer.len(), kept * ROOM, "after {bytes} bytes");
            assert_eq!(lines.extend(&mut &b"next\n"[..]).unwrap(), Progress::Line(0..4));
            assert_eq!(lines.message(), b"next\n");
        }
    }

    #[test]
    fn bound_is_exact() {
        let mut lines = Lines::new(5);
        assert_eq!(lines.extend(&mut &b"12345\n"[..]).unwrap(), Progress::Line(0..5));
        let mut lines = Lines::new(5);
        assert_eq!(lines.extend(&mut &b"123456\n"[..]).unwrap(), Progress::TooLong);
    }

    #[test]
    fn skips_to_a_mark_in_any_pieces() {
        for piece in 1..20 {
            let mut text = vec![b'a'; 20_000];
            text.extend_from_slice(b"(mark)(mark-1)\nnext\n");
            let mut input = Slow(&text, piece * 7);
            let mut lines = Lines::new(100);
            assert!(lines.skip_past(b"(mark-1)\n", &mut input).unwrap());
            lines.begin();
            assert_eq!(lines.extend(&mut input).unwrap(), Progress::Line(0..4));
            assert!(!lines.skip_past(b"never", &mut input).unwrap());
            assert!(lines.buffer.len() <= 2 * ROOM);
        }
    }
}
