//! Writes one command line, whole or not at all.

use super::word::{Word, escape_to};
use crate::error::{Error, Fault, Result};
use crate::text::Text;

/// The most words on a line. Asterisk's array holds 127, and quoted words are not counted against it
/// (`parse_args`): more of them overwrite its stack.
pub const MAX_WORDS: u8 = 126;

/// The longest line, without its line feed, that every Asterisk reads as one command (`run_agi`
/// reads with `fgets` into 2,048 bytes).
pub const DEFAULT_LINE_LIMIT: u16 = 2046;

/// The longest line for Asterisk 20.16, 21.11, 22.6, 23 and later (8,192 bytes).
pub const LONG_LINE_LIMIT: u16 = 8190;

/// A command line in the making.
///
/// The first argument that cannot be sent is kept as the line's error; what follows it changes
/// nothing, so arguments chain. A line that has an error is never sent.
///
/// ```
/// use agikit::wire::{DEFAULT_LINE_LIMIT, Line, Word};
///
/// let mut buffer = Vec::new();
/// let mut line = Line::begin(&mut buffer, DEFAULT_LINE_LIMIT, "STREAM FILE");
/// line.text("file", "tt-weasels".into()).arg("escape_digits", Word::Keys("#".into()));
/// line.end()?;
/// assert_eq!(buffer, b"STREAM FILE \"tt-weasels\" \"#\"\n");
/// # Ok::<(), agikit::Error>(())
/// ```
#[derive(Debug)]
pub struct Line<'b> {
    buffer: &'b mut Vec<u8>,
    limit: u16,
    command: &'static str,
    words: usize,
    /// The argument that was written last, to be named when the line is too long.
    last: &'static str,
    fault: Option<(&'static str, Fault)>,
}

impl<'b> Line<'b> {
    /// Begins a line with the command's own words, in a buffer that is emptied first. `limit` counts
    /// the bytes before the line feed.
    pub fn begin(buffer: &'b mut Vec<u8>, limit: u16, command: &'static str) -> Self {
        buffer.clear();
        buffer.extend_from_slice(command.as_bytes());
        let words = command.bytes().filter(|&byte| byte == b' ').count() + 1;
        let fault = if command.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("failure")) {
            Some(("command", Fault::Failure))
        } else if !are_words(command) {
            Some(("command", Fault::NotWords))
        } else {
            None
        };
        Line { buffer, limit, command, words, last: "command", fault }
    }

    /// Adds an argument.
    pub fn arg(&mut self, argument: &'static str, word: Word<'_>) -> &mut Self {
        self.separate(argument);
        if let Word::Bare(bare) = word {
            self.words += bare.bytes().filter(|byte| matches!(byte, b' ' | b'\t')).count();
        }
        if self.fault.is_none()
            && let Err(fault) = word.write(self.buffer)
        {
            self.fault = Some((argument, fault));
        }
        self.check()
    }

    /// Adds a text argument.
    pub fn text(&mut self, argument: &'static str, text: Text<'_>) -> &mut Self {
        self.arg(argument, Word::Text(text))
    }

    /// Adds one text argument made of parts, a separator between them. `escape` may put a byte of its
    /// own before some: the application's escaping, inside AGI's.
    pub fn parts<'t>(
        &mut self,
        argument: &'static str,
        parts: impl Iterator<Item = Text<'t>>,
        separator: u8,
        escape: impl Fn(u8) -> bool,
    ) -> &mut Self {
        self.separate(argument);
        self.buffer.push(b'"');
        for (index, part) in parts.enumerate() {
            if index > 0 {
                self.buffer.push(separator);
            }
            for &byte in part.as_bytes() {
                if escape(byte) {
                    self.buffer.extend_from_slice(b"\\\\");
                }
                if let Err(fault) = escape_to(self.buffer, &[byte])
                    && self.fault.is_none()
                {
                    self.fault = Some((argument, fault));
                }
            }
            self.check();
            if self.fault.is_some() {
                return self;
            }
        }
        self.buffer.push(b'"');
        self.check()
    }

    /// Adds the optional arguments up to the last one given; those left out before it take the
    /// default beside them, written bare.
    pub fn tail<'t, const N: usize>(
        &mut self,
        arguments: [(&'static str, Option<Word<'t>>, &'static str); N],
    ) -> &mut Self {
        let given = arguments.iter().rposition(|(_, word, _)| word.is_some()).map_or(0, |n| n + 1);
        for (argument, word, default) in arguments.into_iter().take(given) {
            self.arg(argument, word.unwrap_or(Word::Bare(default)));
        }
        self
    }

    /// Adds escape digits: the keys that stop a sound; none when they are left out.
    pub fn escape_digits(&mut self, digits: Option<Text<'_>>) -> &mut Self {
        self.arg("escape_digits", Word::Keys(digits.unwrap_or_default()))
    }

    /// Says that an argument is wrong in a way that only the command knows.
    pub fn refuse(&mut self, argument: &'static str, fault: Fault) -> &mut Self {
        self.fault = self.fault.or(Some((argument, fault)));
        self
    }

    /// Ends the line with its line feed.
    ///
    /// # Errors
    /// [`Error::Argument`] for the first argument that could not be written.
    pub fn end(mut self) -> Result {
        self.check();
        // Whatever it was made of, a line is one line.
        let broken = self.buffer.iter().find_map(|byte| match byte {
            b'\n' => Some(Fault::LineFeed),
            b'\r' => Some(Fault::CarriageReturn),
            0 => Some(Fault::Nul),
            _ => None,
        });
        self.fault = self.fault.or(broken.map(|fault| (self.last, fault)));
        match self.fault {
            None => {
                self.buffer.push(b'\n');
                Ok(())
            }
            Some((argument, fault)) => {
                self.buffer.clear();
                Err(Error::Argument { command: self.command, argument, fault })
            }
        }
    }

    fn separate(&mut self, argument: &'static str) {
        self.last = argument;
        self.words += 1;
        self.buffer.push(b' ');
    }

    /// Checked after each argument, so that an absurd one is named and memory stays bounded.
    fn check(&mut self) -> &mut Self {
        if self.fault.is_none() && self.words > usize::from(MAX_WORDS) {
            self.fault = Some((self.last, Fault::TooManyWords));
        }
        if self.fault.is_none() && self.buffer.len() > usize::from(self.limit) {
            self.fault = Some((self.last, Fault::LineTooLong(self.limit)));
        }
        self
    }
}

/// Command words as modules register them: what the splitter leaves as it is.
fn are_words(command: &str) -> bool {
    command.split(' ').all(|word| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(limit: u16, command: &'static str, write: impl Fn(&mut Line<'_>)) -> Result<String> {
        let mut buffer = Vec::new();
        let mut line = Line::begin(&mut buffer, limit, command);
        write(&mut line);
        line.end()?;
        Ok(String::from_utf8(buffer).unwrap())
    }

    fn fault(result: Result<String>) -> (&'static str, Fault) {
        match result {
            Err(Error::Argument { argument, fault, .. }) => (argument, fault),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn stops_at_the_last_option_given() {
        let given = line(99, "STREAM FILE", |l| {
            l.text("file", "a".into()).tail([("x", None, "0"), ("y", Some(Word::Number(5)), "")]);
        });
        assert_eq!(given.unwrap(), "STREAM FILE \"a\" 0 5\n");
        let none = line(99, "STREAM FILE", |l| {
            l.text("file", "a".into()).tail([("x", None, "0"), ("y", None, "")]);
        });
        assert_eq!(none.unwrap(), "STREAM FILE \"a\"\n");
    }

    #[test]
    fn keeps_to_the_limit_exactly() {
        // NOOP "…": four letters, a blank, two quotes.
        let fits = "x".repeat(2046 - 7);
        let long = "x".repeat(2046 - 6);
        assert_eq!(line(2046, "NOOP", |l| _ = l.text("t", (&fits).into())).unwrap().len(), 2047);
        let refused = line(2046, "NOOP", |l| _ = l.text("t", (&long).into()));
        assert_eq!(fault(refused), ("t", Fault::LineTooLong(2046)));
    }

    #[test]
    fn names_the_first_bad_argument() {
        let refused = line(99, "NOOP", |l| {
            l.text("one", "ok".into()).text("two", "a\nb".into()).text("three", "\0".into());
        });
        assert_eq!(fault(refused), ("two", Fault::LineFeed));
    }

    #[test]
    fn counts_words() {
        let many = |n| line(2046, "NOOP", move |l| (0..n).for_each(|_| _ = l.text("t", "".into())));
        assert!(many(125).is_ok());
        assert_eq!(fault(many(126)).1, Fault::TooManyWords);
    }

    #[test]
    fn counts_the_words_of_a_bare_argument() {
        let many = |n| {
            line(2046, "NOOP", move |l| {
                l.arg("a", Word::Bare("one two\tthree four"));
                (0..n).for_each(|_| _ = l.text("t", "".into()));
            })
        };
        assert!(many(121).is_ok());
        assert_eq!(fault(many(122)), ("t", Fault::TooManyWords));
    }

    #[test]
    fn a_bare_argument_ends_no_line() {
        for (bare, bad) in
            [("a\nb", Fault::LineFeed), ("a\rb", Fault::CarriageReturn), ("a\0b", Fault::Nul)]
        {
            assert_eq!(fault(line(99, "NOOP", |l| _ = l.arg("a", Word::Bare(bare)))), ("a", bad));
        }
    }

    #[test]
    fn refuses_words_that_end_a_session_or_split() {
        assert_eq!(fault(line(99, "Failure of all", |_| ())).1, Fault::Failure);
        assert_eq!(fault(line(99, "FAILUREXYZ", |_| ())).1, Fault::Failure);
        for bad in ["", " NOOP", "NO  OP", "NO\"OP", "NO\\OP", "NO\nOP", "É"] {
            assert_eq!(fault(line(99, bad, |_| ())).1, Fault::NotWords, "{bad:?}");
        }
    }

    #[test]
    fn escapes_parts_twice() {
        let parts = [Text::from("a,b"), Text::from("\"q\\")];
        let written = line(99, "EXEC", |l| {
            l.parts("args", parts.into_iter(), b',', |b| b",\"\\".contains(&b));
        });
        assert_eq!(written.unwrap(), "EXEC \"a\\\\,b,\\\\\\\"q\\\\\\\\\"\n");
    }
}
