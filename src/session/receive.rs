//! One command out, one reply in, whatever stands around it.

use std::io::ErrorKind;
use std::ops::Range;

use super::{Session, State, io_error};
use crate::command::Spec;
use crate::error::{Error, Received, Result, Surprise};
use crate::reply::code_of;
use crate::wire::Progress;

/// The end of a usage block. Before Asterisk 13.17 it stands on the usage's own last line.
pub(super) const USAGE_END: &[u8] = b"520 End of proper usage.";

impl Session {
    /// Sends the line that was written, by one write. What was received before it cannot be its reply.
    pub(super) fn send(&mut self, command: &'static str) -> Result {
        self.lines.begin();
        // A usage that is owed is read with the reply: dropped here, the command's own would pass for it.
        let ahead = self.lines.ahead();
        let begun = self.usage_owed || (self.network && b"HANGUP\n".starts_with(ahead));
        if ahead.is_empty() || !begun {
            self.lines.clear();
        }
        self.hangup.asks();
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
            passed += self.read_line(spec)?.len() + 1;
            let glued = self.network && self.lines.message().starts_with(b"HANGUP");
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
                    let word = spec.words.split(' ').next().unwrap_or_default();
                    let exec = word.eq_ignore_ascii_case("EXEC");
                    self.usage_owed = exec && first == b"200 result=1\n";
                    self.complete(spec)?;
                    break;
                }
                // Belongs to nothing: the rest of a value, or of an environment that ended early.
                None => self.doubt |= !(glued && first == b"\n"),
            }
            if passed > self.lines.bound() {
                return Err(self.too_long(spec));
            }
        }
        if self.network && self.lines.ahead().starts_with(b"HANGUP\n") {
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

    /// Whether the call is over; asks Asterisk when nothing has said so yet.
    ///
    /// `CHANNEL STATUS` → `511` after a hangup.
    pub(super) fn is_gone(&mut self) -> Result<bool> {
        const SPEC: Spec = Spec::new("CHANNEL STATUS", 0, 1);
        if self.hangup.is_known() {
            return Ok(true);
        }
        self.line.clear();
        self.line.extend_from_slice(b"CHANNEL STATUS\n");
        self.send(SPEC.words)?;
        self.receive(&SPEC)?;
        self.hangup.is_answered();
        if code_of(self.lines.message()) == Some(511) {
            self.hangup.raise();
        }
        Ok(self.hangup.is_known())
    }

    /// One more line of the reply.
    fn read_line(&mut self, spec: &Spec) -> Result<Range<usize>> {
        match self.next_line(spec)? {
            Some(line) => Ok(line),
            None => Err(self.too_long(spec)),
        }
    }

    /// One more line of the reply; `None` when it is longer than the bound.
    pub(super) fn next_line(&mut self, spec: &Spec) -> Result<Option<Range<usize>>> {
        match self.lines.extend(&mut self.stream) {
            Ok(Progress::Line(line)) => Ok(Some(line)),
            Ok(Progress::TooLong) => Ok(None),
            Ok(Progress::End) => Err(self.ended()),
            Err(error) => Err(self.broken(spec.words, error)),
        }
    }

    /// The reply is longer than the bound: what is left of it is passed over.
    fn too_long(&mut self, spec: &Spec) -> Error {
        let error = self.surprise(spec, Surprise::TooLong);
        self.skip_to_echo().err().unwrap_or(error)
    }

    pub(super) fn surprise(&self, spec: &Spec, fault: Surprise) -> Error {
        // The message holds whole lines, and a reply that is too long may be less than one.
        let reply = match self.lines.message() {
            b"" => self.lines.ahead(),
            lines => lines,
        };
        Error::Protocol { command: spec.words, fault, reply: Received::new(reply) }
    }

    /// Whether anything can still be said.
    pub(super) fn usable(&self, command: &'static str) -> Result {
        match self.state {
            State::Open => Ok(()),
            State::Closed => Err(Error::Hangup),
            State::Broken(kind) => Err(io_error(command, kind.into())),
        }
    }

    /// Asterisk has closed its side.
    pub(super) fn ended(&mut self) -> Error {
        self.state = State::Closed;
        self.hangup.raise();
        Error::Hangup
    }

    /// The stream is of no use any more: a line may have been sent in part.
    pub(super) fn broken(&mut self, command: &'static str, error: std::io::Error) -> Error {
        match error.kind() {
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
                self.ended()
            }
            _ => {
                self.state = State::Broken(error.kind());
                io_error(command, error)
            }
        }
    }
}
