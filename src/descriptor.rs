//! Descriptors on which nothing waits, and how long a wait for several may take.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// What asks whether the other side of a connection has closed its own (POLLRDHUP, for which `nix` has no name); of a
/// pipe that is told without a question.
#[cfg(target_os = "linux")]
pub(crate) const CLOSED: PollFlags = PollFlags::from_bits_retain(0x2000);
#[cfg(not(target_os = "linux"))]
pub(crate) const CLOSED: PollFlags = PollFlags::empty();

/// Reading and writing there give `WouldBlock` instead of waiting: for whoever shares this description.
pub(crate) fn never_blocking(end: impl AsFd) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(end.as_fd(), FcntlArg::F_GETFL)?);
    fcntl(end.as_fd(), FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Reading and writing there wait again.
#[cfg(feature = "fastagi")]
pub(crate) fn blocking(end: impl AsFd) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(end.as_fd(), FcntlArg::F_GETFL)?);
    fcntl(end.as_fd(), FcntlArg::F_SETFL(flags - OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Nothing was read or written, and nothing is wrong: to be tried again.
pub(crate) fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Waits once, up to a time, and gives who is ready: has something, takes something, or has ended. A signal wakes it.
pub(crate) fn wait<'f, Who>(
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
    // `None`: something that has no name here.
    let ready = |(who, one): (Who, PollFd<'_>)| (one.any() != Some(false)).then_some(who);
    Ok(who.into_iter().zip(polled).filter_map(ready).collect())
}

/// What `poll` is to be given for a wait up to this time; `None` is for ever.
pub(crate) fn poll_until(until: Option<Instant>) -> PollTimeout {
    until.map_or(PollTimeout::NONE, |until| {
        let left = until.saturating_duration_since(Instant::now());
        // Up to the millisecond that is begun, so that the rest is not spun away.
        let millis = left.as_nanos().div_ceil(Duration::from_millis(1).as_nanos());
        PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)
    })
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read};

    use super::*;

    #[test]
    fn does_not_wait() {
        let (mut reader, _writer) = io::pipe().unwrap();
        never_blocking(&reader).unwrap();
        assert_eq!(reader.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    }

    #[test]
    fn a_wait_is_never_shorter_than_its_time() {
        assert_eq!(poll_until(None), PollTimeout::NONE);
        assert_eq!(poll_until(Some(Instant::now())), PollTimeout::ZERO);
        let soon = Instant::now() + Duration::from_secs(3600);
        let millis = poll_until(Some(soon)).as_millis().unwrap();
        assert!((1..=3_600_000).contains(&millis), "{millis}");
        let far = Instant::now() + Duration::from_secs(1 << 32);
        assert_eq!(poll_until(Some(far)), PollTimeout::MAX);
    }
}
