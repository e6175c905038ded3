//! The one command in flight.

use std::fmt;
use std::marker::PhantomData;

use super::Session;
use crate::command::{Command, Spec};
use crate::error::{Error, Received, Result, Surprise};
use crate::reply::{Fields, Outcome};

/// A command that was sent and not answered yet: the one in flight.
///
/// Dropped without [`finish`](Pending::finish), the command goes on; the next one first waits for its reply
/// and drops it.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session, find: impl Fn() -> u32) -> agikit::Result {
/// use agikit::StreamFile;
///
/// let playing = agi.start(StreamFile::new("one-moment-please"))?;
/// let found = find();                              // while the caller hears it
/// playing.finish()?;
/// agi.say_digits(&found.to_string())?;
/// # Ok(()) }
/// ```
#[must_use = "the reply is still to come: call finish"]
pub struct Pending<'s, C> {
    pub(super) session: &'s mut Session,
    pub(super) spec: Spec,
    pub(super) command: PhantomData<fn() -> C>,
}

impl<C> fmt::Debug for Pending<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("command", &self.spec.words).finish_non_exhaustive()
    }
}

impl<C: Command> Pending<'_, C> {
    /// Waits for the reply.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn finish(self) -> Result<C::Reply> {
        let Pending { session, spec, .. } = self;
        let command = spec.words;
        session.unanswered = None;
        session.receive(&spec)?;
        let reply = session.reply();
        let Some(fields) = Fields::parse(reply) else {
            return Err(Error::Protocol {
                command,
                fault: Surprise::Form,
                reply: Received::new(reply),
            });
        };
        match fields.code() {
            200 => {}
            511 => {
                session.hangup.raise();
                return Err(Error::Hangup);
            }
            code => return Err(Error::Refused { command, code, reply: Received::new(reply) }),
        }
        match C::read(&fields) {
            Outcome::Value(value) => Ok(value),
            Outcome::Doubtful(value) => match session.is_gone()? {
                true => Err(Error::Hangup),
                false => Ok(value),
            },
            Outcome::Last(value) => {
                session.hangup.raise();
                Ok(value)
            }
            Outcome::Gone => {
                session.hangup.raise();
                Err(Error::Hangup)
            }
            Outcome::NoApplication => Err(Error::NoSuchApplication { command }),
            Outcome::Failed => {
                let reply = Received::new(reply);
                match !spec.dead && session.is_gone()? {
                    true => Err(Error::Hangup),
                    false => Err(Error::Failed { command, reply }),
                }
            }
            Outcome::Odd => {
                Err(Error::Protocol { command, fault: Surprise::Form, reply: Received::new(reply) })
            }
        }
    }
}
