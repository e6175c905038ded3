//! One command out, one reply in, whatever stands around it.

use std::io::ErrorKind;
use std::ops::Range;

use super::{Session, io_error};
use crate::command::Spec;
use crate::error::{Error, Received, Result, Surprise};
use crate::reply::code_of;
use crate::wire::Progress;

/// A value up to this long comes in one piece, over pipes and over TCP; of a longer one a piece that looks
/// whole may be the first of several.
const ONE_PIECE: usize = 1400;

/// The end of a usage block. Before Asterisk 13.17 it stands on the usage's own last line.
const USAGE_END: &[u8] = b"520 End of proper usage.";

impl Session {
    /// Sends the line that was written, by one write. What was received before it cannot be its reply.
    pub(super) fn send(&mut self, command: &'static str) -> Result {
        self.lines.begin();
        // A usage that is owed is read with the reply: dropped here, the command's own would pass for it.
        let ahead = self.lines.ahead();
        let begun = self.usage_owed || b"HANGUP\n".starts_with(ahead);
        if ahead.is_empty() || !begun {
            self.lines.clear();
        }
        match self.stream.write_all(&self.line).and_then(|()| self.stream.flush()) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.broken(command, error)),
        }
    }

    /// The last reply, without its line feed.
    pub(super) fn reply(&self) -> &[u8] {
        let message = self.lines.message();
        message.strip_suffix(b"\n").unwrap_or(message)
    }

    /// Reads one final reply into `lines`.
    pub(super) fn receive(&mut self, spec: &Spec) -> Result {
        let mut passed = 0;
        loop {
            self.lines.begin();
            passed += self.read_line(spec)?.len();
            let glued = self.lines.message().starts_with(b"HANGUP");
            if glued {
                // FastAGI's only unasked line. Old Asterisks sent it so that its line feed got lost.
                self.hangup.raise();
                self.lines.trim_front(b"HANGUP".len());
            }
            let first = self.lines.message();
            match code_of(first) {
                Some(100..=199) => {}
                Some(520) => {
                    if first.starts_with(b"520-") {
                        self.read_usage(spec)?;
                    }
                    if !std::mem::take(&mut self.usage_owed) {
                        break;
                    }
                }
                Some(_) => {
                    // Asterisk takes a handler's 1 for "show the usage", and EXEC hands on what the
                    // application returned: a usage follows that answers nothing.
                    let exec = spec.words.eq_ignore_ascii_case("EXEC");
                    self.usage_owed = exec && first == b"200 result=1\n";
                    self.complete(spec)?;
                    break;
                }
                // Belongs to nothing: the rest of a value, or of an environment that ended early.
                None => self.doubt |= !glued,
            }
            if passed > self.lines.bound() {
                return Err(self.too_long(spec));
            }
        }
        if self.lines.ahead().starts_with(b"HANGUP\n") {
            self.hangup.raise();
        }
        Ok(())
    }

    /// Reads a usage block to its end.
    fn read_usage(&mut self, spec: &Spec) -> Result {
        loop {
            let line = self.read_line(spec)?;
            if self.lines.message().get(line).is_some_and(|line| line.ends_with(USAGE_END)) {
                return Ok(());
            }
        }
    }

    /// Reads the rest of a reply that may span lines. Where its end is not beyond doubt, an echo is asked
    /// for, and all before it is the reply.
    fn complete(&mut self, spec: &Spec) -> Result {
        let reply = self.lines.message();
        let Some(text) = reply.strip_prefix(b"200 result=1 (").filter(|_| spec.text) else {
            return Ok(()); // no text in it
        };
        // A recognition is one line, whatever it ends with.
        let ended = text.ends_with(b")\n") || spec.words == "SPEECH RECOGNIZE";
        let alone = self.lines.ahead().chunks(7).all(|line| line == b"HANGUP\n");
        if ended && alone && reply.len() <= ONE_PIECE {
            return Ok(());
        }
        let mark = self.ask_echo()?;
        loop {
            let Some(_) = self.next_line(spec)? else {
                let error = self.surprise(spec, Surprise::TooLong);
                self.skip_past(&mark)?;
                return Err(error);
            };
            if self.lines.message().ends_with(&mark) {
                self.lines.trim_end(mark.len());
                while let Some(hangup) = [&b")\nHANGUP\n"[..], b")\nHANGUP"]
                    .iter()
                    .find(|it| self.lines.message().ends_with(it))
                {
                    self.hangup.raise();
                    self.lines.trim_end(hangup.len() - 2);
                }
                return Ok(());
            }
        }
    }

    /// Drops all that comes before an echo.
    pub(super) fn skip_to_echo(&mut self) -> Result {
        let mark = self.ask_echo()?;
        self.skip_past(&mark)
    }

    /// Asks for a text that occurs nowhere else, and gives the reply that will carry it.
    fn ask_echo(&mut self) -> Result<Vec<u8>> {
        const COMMAND: &str = "GET FULL VARIABLE";
        if self.closed {
            return Err(Error::Hangup);
        }
        // The same for the same session, so that a recorded one replays; nobody outside it can guess it:
        // the environment holds the address of a thread.
        self.echoes += 1;
        let seed = self
            .environment
            .iter()
            .flat_map(|(_, value)| value.as_bytes())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        let mark = format!("agikit-{seed:016x}-{}", self.echoes);
        let asked = format!("{COMMAND} \"{mark}\"\n");
        match self.stream.write_all(asked.as_bytes()).and_then(|()| self.stream.flush()) {
            Ok(()) => Ok(format!("200 result=1 ({mark})\n").into_bytes()),
            Err(error) => Err(self.broken(COMMAND, error)),
        }
    }

    /// Whether the call is over; asks Asterisk when nothing has said so yet.
    ///
    /// `CHANNEL STATUS` → `511` after a hangup.
    pub(super) fn is_gone(&mut self) -> Result<bool> {
        const SPEC: Spec = Spec::new("CHANNEL STATUS", 0, 1);
        if self.closed || self.hangup.is_raised() {
            return Ok(true);
        }
        self.line.clear();
        self.line.extend_from_slice(b"CHANNEL STATUS\n");
        self.send(SPEC.words)?;
        self.receive(&SPEC)?;
        if code_of(self.lines.message()) == Some(511) {
            self.hangup.raise();
        }
        Ok(self.hangup.is_raised())
    }

    /// One more line of the reply.
    fn read_line(&mut self, spec: &Spec) -> Result<Range<usize>> {
        match self.next_line(spec)? {
            Some(line) => Ok(line),
            None => Err(self.too_long(spec)),
        }
    }

    /// One more line of the reply; `None` when it is longer than the bound.
    fn next_line(&mut self, spec: &Spec) -> Result<Option<Range<usize>>> {
        match self.lines.extend(&mut self.stream) {
            Ok(Progress::Line(line)) => Ok(Some(line)),
            Ok(Progress::TooLong) => Ok(None),
            Ok(Progress::End) => Err(self.ended()),
            Err(error) => Err(self.broken(spec.words, error)),
        }
    }

    fn skip_past(&mut self, mark: &[u8]) -> Result {
        match self.lines.skip_past(mark, &mut self.stream) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.ended()),
            Err(error) => Err(self.broken("GET FULL VARIABLE", error)),
        }
    }

    /// The reply is longer than the bound: what is left of it is passed over.
    fn too_long(&mut self, spec: &Spec) -> Error {
        let error = self.surprise(spec, Surprise::TooLong);
        self.skip_to_echo().err().unwrap_or(error)
    }

    fn surprise(&self, spec: &Spec, fault: Surprise) -> Error {
        // The message holds whole lines, and a reply that is too long may be less than one.
        let reply = match self.lines.message() {
            b"" => self.lines.ahead(),
            lines => lines,
        };
        Error::Protocol { command: spec.words, fault, reply: Received::new(reply) }
    }

    /// Asterisk has closed its side.
    fn ended(&mut self) -> Error {
        self.closed = true;
        self.hangup.raise();
        Error::Hangup
    }

    /// The stream is of no use any more: a line may have been sent in part.
    fn broken(&mut self, command: &'static str, error: std::io::Error) -> Error {
        match error.kind() {
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
                self.ended()
            }
            _ => {
                self.closed = true;
                io_error(command, error)
            }
        }
    }
}
