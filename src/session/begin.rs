//! A session's first bytes: the environment.

use std::sync::Arc;

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
        self.doubt = environment.is_folded() || (!ahead.is_empty() && !hangups);
        self.early = self.doubt && code_of(ahead).is_some();
        self.environment = Arc::new(environment);
        self.lines.begin();
        if self.doubt {
            self.lines.clear();
        }
        Ok(())
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
