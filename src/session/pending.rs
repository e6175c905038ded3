//! The one command in flight.

use std::fmt;
use std::marker::PhantomData;
use std::os::fd::BorrowedFd;

use nix::poll::PollFlags;

use super::Session;
use crate::command::{Command, Spec};
use crate::descriptor;
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
        session.unanswered = None;
        session.receive(&spec)?;
        session.hangup.is_answered();
        let verdict = Verdict::of::<C>(session.reply(), &spec);
        session.settle_verdict(verdict, &spec)
    }
}

impl<C> Pending<'_, C> {
    /// Waits for the reply or for something else, and gives whether the reply came first; so it does where nothing
    /// tells.
    pub(crate) fn answers_before(&self, other: BorrowedFd<'_>) -> Result<bool> {
        let Some(reply) = self.descriptor() else { return Ok(true) };
        loop {
            let all =
                [(true, Some(reply), PollFlags::POLLIN), (false, Some(other), PollFlags::POLLIN)];
            let ready = descriptor::wait(all, None)
                .map_err(|source| Error::Io { command: self.spec.words, source })?;
            // A signal wakes it: SIGHUP, behind which the command answers.
            if let Some(first) = ready.first() {
                return Ok(*first);
            }
        }
    }

    /// Where the reply arrives; `None` where nothing tells, or where some of it was read already.
    pub(crate) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.session.stream.descriptor().filter(|_| self.session.lines.ahead().is_empty())
    }
}

/// What a reply says by itself. What it leaves open, only Asterisk can tell.
pub(super) enum Verdict<T> {
    Told(Result<T>),
    /// True only if the caller is still there.
    Doubtful(T),
    /// The caller has left, and this was said before.
    Last(T),
    Gone,
    /// It may have failed because he has left.
    Failed(Received),
}

impl<T> Verdict<T> {
    pub(super) fn of<C: Command<Reply = T>>(reply: &[u8], spec: &Spec) -> Self {
        let command = spec.words;
        let received = || Received::new(reply);
        let odd = || Error::Protocol { command, fault: Surprise::Form, reply: received() };
        let Some(fields) = Fields::parse(reply) else { return Verdict::Told(Err(odd())) };
        match fields.code() {
            200 => {}
            511 => return Verdict::Gone,
            code => {
                return Verdict::Told(Err(Error::Refused { command, code, reply: received() }));
            }
        }
        match C::read(&fields) {
            Outcome::Value(value) => Verdict::Told(Ok(value)),
            Outcome::Doubtful(value) => Verdict::Doubtful(value),
            Outcome::Last(value) => Verdict::Last(value),
            Outcome::Gone => Verdict::Gone,
            Outcome::NoApplication => Verdict::Told(Err(Error::NoSuchApplication { command })),
            Outcome::Failed => Verdict::Failed(received()),
            Outcome::Odd => Verdict::Told(Err(odd())),
        }
    }
}

impl Session {
    /// Asks what a reply leaves open.
    pub(super) fn settle_verdict<T>(&mut self, verdict: Verdict<T>, spec: &Spec) -> Result<T> {
        match verdict {
            Verdict::Told(told) => told,
            Verdict::Doubtful(value) => match self.is_gone()? {
                true => Err(Error::Hangup),
                false => Ok(value),
            },
            Verdict::Last(value) => {
                self.hangup.raise();
                Ok(value)
            }
            Verdict::Gone => {
                self.hangup.raise();
                Err(Error::Hangup)
            }
            Verdict::Failed(reply) => match !spec.dead && self.is_gone()? {
                true => Err(Error::Hangup),
                false => Err(Error::Failed { command: spec.words, reply }),
            },
        }
    }
}
