//! A session's first bytes: the environment.

use std::sync::Arc;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{Session, io_error};
use crate::environment::Environment;
use crate::error::{Error, Received, Result, Surprise};
use crate::reply::code_of;
use crate::wire::Progress;

/// What errors name where no command is to be named.
const NAME: &str = "agi environment";

impl Session {
    /// Reads the environment up to its empty line.
    pub(super) fn read_environment(&mut self) -> Result {
        loop {
            let fault = match self.lines.extend(&mut self.stream) {
                Ok(Progress::Line(line)) if line.is_empty() => break,
                Ok(Progress::Line(_)) => continue,
                Ok(Progress::End) => Surprise::NoEnvironment,
                Ok(Progress::TooLong) => Surprise::LongEnvironment,
                Err(source) => return Err(io_error(NAME, source)),
            };
            let reply = Received::new(self.lines.message());
            return Err(Error::Protocol { command: NAME, fault, reply });
        }
        let environment = Environment::parse(self.lines.message());
        self.network = environment.network();
        self.line_limit = environment.line_limit();
        // A caller who is gone already has left HANGUP lines, the last of them perhaps not whole.
        let ahead = self.lines.ahead();
        let hangups = self.network && ahead.chunks(7).all(|line| b"HANGUP\n".starts_with(line));
        if hangups && ahead.starts_with(b"HANGUP\n") {
            self.hangup.raise();
        }
        // A value with two line feeds ends the block early: what follows it is no reply, though it may look
        // like one. So does a recorded session that is piped in.
        self.doubt = environment.is_folded()
            || (!ahead.is_empty() && !hangups)
            || (ahead.is_empty() && self.is_more_there());
        self.early = self.doubt && code_of(ahead).is_some();
        self.environment = Arc::new(environment);
        self.lines.begin();
        if self.doubt {
            self.lines.clear();
        } else {
            self.hangup.is_answered();
        }
        Ok(())
    }

    /// Whether something came that was not read yet: the block may have ended just where a read did.
    fn is_more_there(&self) -> bool {
        self.stream.descriptor().is_some_and(|descriptor| {
            let mut poll_fds = [PollFd::new(descriptor, PollFlags::POLLIN)];
            let ready = poll(&mut poll_fds, PollTimeout::ZERO) == Ok(1);
            let [polled] = poll_fds;
            ready && polled.revents().is_some_and(|events| events.contains(PollFlags::POLLIN))
        })
    }

    /// Resynchronises before a command, where there is doubt.
    pub(super) fn settle(&mut self) -> Result {
        match self.resync() {
            // Nobody was there to answer: what was piped in is all there is.
            Err(Error::Hangup) if self.early => {
                let (fault, reply) = (Surprise::Recorded, Received::new(b""));
                Err(Error::Protocol { command: NAME, fault, reply })
            }
            other => {
                self.early = false;
                other
            }
        }
    }
}
