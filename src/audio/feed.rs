//! The other end of the caller's audio: for those who play Asterisk.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::descriptor::never_blocking;

/// A pipe that frames are written to, never waiting: what it does not hold is lost, as with Asterisk.
#[derive(Debug)]
pub(crate) struct Feed {
    to: File,
    /// The reading end once more, of which nothing is ever read: it shows whether something is in the pipe.
    from: Option<File>,
}

impl Feed {
    pub(crate) fn new(to: OwnedFd) -> io::Result<Feed> {
        never_blocking(&to)?;
        let path = format!("/proc/self/fd/{}", to.as_raw_fd());
        // Without /proc nobody is taken to listen.
        let from =
            OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path).ok();
        Ok(Feed { to: to.into(), from })
    }

    /// Sends a frame, whole or, where the pipe is full, not at all. (Linux cuts only what is longer than a page.)
    pub(crate) fn send(&mut self, frame: &[u8]) -> bool {
        self.to.write(frame).is_ok()
    }

    /// Whether all was read that was sent.
    pub(crate) fn is_taken(&self) -> bool {
        self.from.as_ref().is_some_and(is_empty)
    }
}

/// Whether nothing waits to be read.
pub(crate) fn is_empty(from: impl AsFd) -> bool {
    let mut one = [PollFd::new(from.as_fd(), PollFlags::POLLIN)];
    poll(&mut one, PollTimeout::ZERO) == Ok(0)
}
