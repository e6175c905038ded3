//! The echo: a text that occurs nowhere else, for telling where a reply ends.

use super::Session;
use crate::command::Spec;
use crate::error::{Result, Surprise};

/// A value up to this long comes in one piece; of a longer one a piece that looks whole may be the first of
/// several. A pipe passes 4,096 bytes at once, but a value that long is rare enough to be asked about.
const ONE_PIECE: usize = 1400;

/// The same over TCP, where a segment may hold as little as 536 bytes.
const ONE_SEGMENT: usize = 500;

impl Session {
    /// Reads the rest of a reply that may span lines. Where its end is not beyond doubt, an echo is asked
    /// for, and all before it is the reply.
    pub(super) fn complete(&mut self, spec: &Spec) -> Result {
        let reply = self.lines.message();
        let Some(text) = reply.strip_prefix(b"200 result=1 (").filter(|_| spec.text) else {
            return Ok(()); // no text in it
        };
        // A recognition is one line, whatever it ends with.
        let ended = text.ends_with(b")\n") || spec.words == "SPEECH RECOGNIZE";
        let ahead = self.lines.ahead();
        let hangups = self.network && ahead.chunks(7).all(|line| line == b"HANGUP\n");
        let alone = ahead.is_empty() || hangups;
        let piece = if self.network { ONE_SEGMENT } else { ONE_PIECE };
        if ended && alone && reply.len() <= piece {
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
                self.trim_hangups();
                return Ok(());
            }
        }
    }

    /// Takes HANGUP lines off the end of a value, which itself ends with a parenthesis.
    fn trim_hangups(&mut self) {
        while self.network && !self.lines.message().ends_with(b")\n") {
            let hangup = match self.lines.message() {
                message if message.ends_with(b"HANGUP\n") => b"HANGUP\n".len(),
                message if message.ends_with(b"HANGUP") => b"HANGUP".len(),
                _ => return,
            };
            self.hangup.raise();
            self.lines.trim_end(hangup);
        }
    }

    /// Drops all that comes before an echo.
    pub(super) fn skip_to_echo(&mut self) -> Result {
        let mark = self.ask_echo()?;
        self.skip_past(&mark)?;
        self.is_aligned();
        Ok(())
    }

    /// What was still to come has come by.
    pub(super) fn is_aligned(&mut self) {
        self.lines.clear();
        self.hangup.is_answered();
        self.doubt = false;
        self.usage_owed = false;
        self.unanswered = None;
    }

    /// Asks for a text that occurs nowhere else, and gives the reply that will carry it.
    pub(super) fn ask_echo(&mut self) -> Result<Vec<u8>> {
        const COMMAND: &str = "GET FULL VARIABLE";
        self.usable(COMMAND)?;
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
        self.hangup.asks();
        match self.stream.write_all(asked.as_bytes()).and_then(|()| self.stream.flush()) {
            Ok(()) => Ok(format!("200 result=1 ({mark})\n").into_bytes()),
            Err(error) => Err(self.broken(COMMAND, error)),
        }
    }

    fn skip_past(&mut self, mark: &[u8]) -> Result {
        match self.lines.skip_past(mark, &mut self.stream) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.ended()),
            Err(error) => Err(self.broken("GET FULL VARIABLE", error)),
        }
    }
}
