//! A call's socket as its session's stream: bounded until Asterisk's header is complete, and counted.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};

use super::connection::Call;
use super::switchboard::Switchboard;
use crate::descriptor::poll_until;
use crate::stream::Stream;

/// What every Asterisk sends first.
const FIRST: &[u8] = b"agi_network: yes\n";

/// How much a header may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeaderLimits {
    pub(super) time: Duration,
    pub(super) size: usize,
}

#[derive(Debug)]
pub(super) struct Socket {
    call: Arc<Call>,
    board: Arc<Switchboard>,
    /// `None`: there is no such time.
    until: Option<Instant>,
    limits: HeaderLimits,
    /// How much of the header was read.
    read: usize,
    /// Its last byte.
    last: Option<u8>,
}

impl Socket {
    pub(super) fn new(call: Arc<Call>, board: Arc<Switchboard>, limits: HeaderLimits) -> Self {
        Socket {
            call,
            board,
            until: Instant::now().checked_add(limits.time),
            limits,
            read: 0,
            last: None,
        }
    }

    /// Waits until something comes, and gives whether it does in time.
    fn comes_until(&self, until: Option<Instant>) -> io::Result<bool> {
        loop {
            let mut one = [PollFd::new(self.call.socket.as_fd(), PollFlags::POLLIN)];
            match poll(&mut one, poll_until(until)) {
                Ok(count) => return Ok(count > 0),
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits for more of the header, and reads it.
    fn read_header(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let odd = |kind: ErrorKind, why: String| Err(io::Error::new(kind, why));
        if !self.comes_until(self.until)? {
            let time = self.limits.time.as_secs_f32();
            return odd(ErrorKind::TimedOut, format!("did not come within {time} s"));
        }
        self.call.is_heard.store(true, Ordering::SeqCst);
        let count = (&*self.call.socket).read(buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        // Told at once: what is no Asterisk is not listened to any longer.
        if bytes.iter().zip(FIRST.iter().skip(self.read)).any(|(is, expected)| is != expected) {
            return odd(ErrorKind::InvalidData, "does not begin as asterisk's does".into());
        }
        self.read += count;
        let ends = bytes.windows(2).any(|it| it == b"\n\n")
            || (self.last == Some(b'\n') && bytes.first() == Some(&b'\n'));
        if !ends {
            self.last = bytes.last().copied();
            self.call.is_heard.store(false, Ordering::SeqCst);
        }
        match self.read > self.limits.size {
            true => {
                odd(ErrorKind::InvalidData, format!("is longer than {} bytes", self.limits.size))
            }
            false => Ok(count),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.call.is_open.load(Ordering::Relaxed) {
            return self.read_header(buffer);
        }
        if let Some(&until) = self.call.refused_until.get() {
            // One who never stops to say what is no answer has no more time than one who says nothing.
            let is_over = until.is_some_and(|until| Instant::now() >= until);
            if is_over || !self.comes_until(until)? {
                return Err(ErrorKind::TimedOut.into());
            }
        }
        let count = (&*self.call.socket).read(buffer)?;
        self.call.is_quiet();
        Ok(count)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = (&*self.call.socket).write(bytes)?;
        // A line may go out in pieces.
        if bytes.get(..count).is_some_and(|sent| sent.ends_with(b"\n")) {
            self.board.counts.commands.fetch_add(1, Ordering::Relaxed);
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // nothing is held back
    }
}

impl Stream for Socket {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.call.socket.as_fd())
    }
}
