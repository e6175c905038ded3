//! One wait over all: the caller's audio, the program's pipes and its end, the command in flight, hangup and time.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};

use crate::descriptor::poll_until;

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Reply,
    Hangup,
    Audio,
    To,
    From,
    Errors,
    Exit,
}

/// Waits once, up to a time, and gives who is ready: has something, takes something, or has ended. A signal wakes it.
pub(super) fn wait<'f>(
    all: impl IntoIterator<Item = (Who, Option<BorrowedFd<'f>>, PollFlags)>,
    until: Option<Instant>,
) -> io::Result<Vec<Who>> {
    let (who, mut polled): (Vec<Who>, Vec<PollFd<'_>>) = all
        .into_iter()
        .filter_map(|(who, descriptor, flags)| Some((who, PollFd::new(descriptor?, flags))))
        .unzip();
    match poll(&mut polled, poll_until(until)) {
        Ok(_) => {}
        Err(Errno::EINTR) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    }
    let ready = |(who, one): (Who, PollFd<'_>)| (one.any() == Some(true)).then_some(who);
    Ok(who.into_iter().zip(polled).filter_map(ready).collect())
}
