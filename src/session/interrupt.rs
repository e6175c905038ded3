//! Stopping the command in flight.

use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::pending::Verdict;
use super::receive::USAGE_END;
use super::{Pending, Session};
use crate::command::{Interruptible, Spec};
use crate::error::{Error, Result, Surprise};
use crate::reply::code_of;

/// How long an echo is waited for before another is sent behind it; each time twice as long.
const PATIENCE: Duration = Duration::from_millis(40);

impl<C: Interruptible> Pending<'_, C> {
    /// Stops the command and gives its reply, if it made one: a sound ends with the frame that is being played.
    ///
    /// A new command stops this one, and Asterisk's answer to it shows where this one's reply would have ended:
    /// `GET FULL VARIABLE "agikit-…"` → `200 result=1 (agikit-…)`. A stopped sound, number or GET DATA never answers:
    /// `None`, and digits that were dialled are lost. A stopped WAIT FOR DIGIT answers
    /// [`Waited::Interrupted`](crate::Waited::Interrupted), GET OPTION, in its wait for a key, no key. A command that
    /// had ended before gives its reply.
    ///
    /// Only commands that Asterisk stops have this method. SAY ALPHA, DIGITS, NUMBER and PHONETIC are stopped where
    /// the call has audio (`EAGI()`); elsewhere they are said to their end, and this waits for it.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session, answered: impl Fn() -> bool) -> agikit::Result {
    /// use agikit::StreamFile;
    ///
    /// let music = agi.start(StreamFile::new("one-moment-please"))?;
    /// while !answered() {}
    /// music.interrupt()?;
    /// agi.stream_file("thank-you")?;
    /// # Ok(()) }
    /// ```
    ///
    /// ```compile_fail
    /// # use agikit::{RecordFile, Result, Session, Timeout};
    /// # fn f(agi: &mut Session) -> Result {
    /// agi.start(RecordFile::new("message", "wav", Timeout::FOREVER))?.interrupt()?; // Asterisk does not stop it
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Session::run`]: [`Error::Hangup`] where the caller hung up meanwhile.
    pub fn interrupt(self) -> Result<Option<C::Reply>> {
        let Pending { session, spec, .. } = self;
        session.unanswered = None;
        let reply = session.stop(&spec)?;
        match reply {
            None if session.hangup.is_known() => Err(Error::Hangup),
            None => Ok(None),
            Some(reply) => {
                let verdict = Verdict::of::<C>(&reply, &spec);
                session.settle_verdict(verdict, &spec).map(Some)
            }
        }
    }
}

impl Session {
    /// Stops the command in flight by an echo; gives its reply, if it made one.
    ///
    /// Asterisk reads a line from a buffer and looks for the next command on the descriptor. A line that it read
    /// together with the one before, as one that follows at once may be, lies in the buffer until something more
    /// comes, and stops nothing. So where no answer comes another echo is sent.
    pub(super) fn stop(&mut self, spec: &Spec) -> Result<Option<Vec<u8>>> {
        self.lines.begin();
        let first = self.ask_echo()?;
        let mut last = first.clone();
        let mut patience = PATIENCE;
        while !self.lines.message().ends_with(&last) {
            if !self.is_line_there(patience) {
                patience = patience.saturating_mul(2);
                last = self.ask_echo()?;
            } else if self.next_line(spec)?.is_none() {
                let error = self.surprise(spec, Surprise::TooLong);
                return Err(self.skip_to_echo().err().unwrap_or(error));
            } else {
                patience = PATIENCE; // Asterisk is at it again
            }
        }
        self.hangup.is_answered();
        let message = self.lines.message();
        let end = message.windows(first.len()).position(|it| it == first).unwrap_or(0);
        let mut before = message.get(..end).unwrap_or_default();
        if std::mem::take(&mut self.usage_owed) {
            before = behind_usage(before);
        }
        // Old Asterisks glue it to what follows. A text may hold such a line, too, and tells nothing.
        let hangup: &[u8] = if self.network && !spec.text { b"HANGUP" } else { b"" };
        let lines = || before.split(|&byte| byte == b'\n');
        if !hangup.is_empty() && lines().any(|line| line.starts_with(hangup)) {
            self.hangup.raise();
        }
        let mut replies = lines().map(|line| line.strip_prefix(hangup).unwrap_or(line));
        Ok(replies.rfind(|line| code_of(line).is_some()).map(<[u8]>::to_vec))
    }

    /// Whether a line, or a part of one, comes within a time. Where nothing tells, it is taken to be there.
    fn is_line_there(&self, timeout: Duration) -> bool {
        let Some(descriptor) = self.stream.descriptor() else { return true };
        if !self.lines.ahead().is_empty() {
            return true;
        }
        let mut one = [PollFd::new(descriptor, PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(timeout).unwrap_or(PollTimeout::MAX);
        // A signal is no answer, but then an echo too many does no harm either.
        !matches!(poll(&mut one, limit), Ok(0) | Err(Errno::EINTR))
    }
}

/// What follows a usage that answers nothing.
fn behind_usage(replies: &[u8]) -> &[u8] {
    let end: &[u8] = match replies {
        replies if replies.starts_with(b"520-") => USAGE_END,
        replies if replies.starts_with(b"520") => b"",
        _ => return replies,
    };
    let lines = replies.split_inclusive(|&byte| byte == b'\n');
    let mut length = 0;
    for line in lines {
        length += line.len();
        if line.trim_ascii_end().ends_with(end) {
            break;
        }
    }
    replies.get(length..).unwrap_or_default()
}
