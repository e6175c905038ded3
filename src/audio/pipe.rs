//! The pipe of the caller's audio: all that waits is taken at once, and no wait outlives the call.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::Format;
use crate::descriptor::{never_blocking, poll_until};
use crate::error::{Error, Result};
use crate::hangup::Hangup;

/// What the pipe is enlarged to: the most that Linux allows everyone.
const SIZE: usize = 1 << 20;

/// A pipe keeps what is written at once in one page, so a page holds whole frames only.
const PAGE: usize = 4096;

/// What errors name: there is no command for it.
const NAME: &str = "EAGI audio";

/// What a wait ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ready {
    /// The other descriptor is readable.
    Beside,
    /// As much has come as was waited for; or less, and no more will.
    Frame,
    Time,
    End,
}

/// The descriptor, and what was read from it and not taken yet.
#[derive(Debug)]
pub(super) struct Pipe {
    input: File,
    hangup: Hangup,
    format: Format,
    /// All of it initialised; `start..end` waits to be taken.
    held: Vec<u8>,
    start: usize,
    end: usize,
    capacity: usize,
    overruns: u32,
    /// After the hangup: how many bytes may still come. What the pipe held then was said before.
    left: Option<usize>,
    ended: bool,
}

impl Pipe {
    pub(super) fn new(input: OwnedFd, format: Format, hangup: Hangup) -> Result<Pipe> {
        never_blocking(&input).map_err(io_error)?;
        fcntl(&input, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).map_err(refused)?;
        let capacity = fcntl(&input, FcntlArg::F_GETPIPE_SZ).ok().and_then(|it| it.try_into().ok());
        let mut pipe = Pipe {
            input: input.into(),
            hangup,
            format,
            held: vec![0; 2 * PAGE],
            start: 0,
            end: 0,
            capacity: capacity.unwrap_or(0),
            overruns: 0,
            left: None,
            ended: false,
        };
        if pipe.capacity > 0 {
            pipe.fetch()?; // only the pipe as it was tells whether it was full
            pipe.enlarge();
        }
        Ok(pipe)
    }

    /// Makes it as large as the system lets it be.
    fn enlarge(&mut self) {
        let mut size = SIZE;
        while self.capacity < size {
            let asked = i32::try_from(size).unwrap_or(i32::MAX);
            if let Ok(got) = fcntl(&self.input, FcntlArg::F_SETPIPE_SZ(asked)) {
                self.capacity = usize::try_from(got).unwrap_or(0);
                return;
            }
            size /= 2;
        }
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }

    pub(super) fn hangup(&self) -> Hangup {
        self.hangup.clone()
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn overruns(&self) -> u32 {
        self.overruns
    }

    /// What waits to be taken.
    pub(super) fn waiting(&self) -> &[u8] {
        self.held.get(self.start..self.end).unwrap_or_default()
    }

    /// The bytes that were taken last; until the next ones are fetched.
    pub(super) fn taken(&self, bytes: usize) -> &[u8] {
        let begin = self.start.saturating_sub(bytes);
        self.held.get(begin..self.start).unwrap_or_default()
    }

    /// Takes bytes off what waits.
    pub(super) fn take(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }

    /// Waits until so many bytes are there, beside another descriptor and up to a time. The other comes first.
    pub(super) fn wait_for(
        &mut self,
        bytes: usize,
        beside: Option<BorrowedFd<'_>>,
        until: Option<Instant>,
    ) -> Result<Ready> {
        // What a poll has brought came before the other, whatever comes meanwhile.
        let mut has_polled = false;
        loop {
            match (self.in_hand(bytes), beside) {
                (Some(_), Some(other)) if !has_polled && is_readable(other)? => {
                    return Ok(Ready::Beside);
                }
                (Some(ready), _) => return Ok(ready),
                // What was said before the hangup is in the pipe; nothing comes behind it.
                (None, _) if self.hangup.is_raised() => {
                    let waiting = self.end - self.start;
                    self.fetch()?;
                    self.ended |= self.end - self.start == waiting;
                }
                (None, _) => {
                    if let Some(ready) = self.poll(beside, until)? {
                        return Ok(ready);
                    }
                    has_polled = true;
                }
            }
        }
    }

    /// What can be given without a wait.
    fn in_hand(&self, bytes: usize) -> Option<Ready> {
        let waiting = self.end - self.start;
        match self.ended {
            _ if waiting >= bytes => Some(Ready::Frame),
            true if waiting >= self.format.sample_bytes() => Some(Ready::Frame),
            true => Some(Ready::End),
            false => None,
        }
    }

    /// Waits once, and fetches what came. `None`: look again.
    fn poll(
        &mut self,
        beside: Option<BorrowedFd<'_>>,
        until: Option<Instant>,
    ) -> Result<Option<Ready>> {
        let limit = poll_until(until);
        let readable = |descriptor| PollFd::new(descriptor, PollFlags::POLLIN);
        let hangup = self.hangup.descriptor().map_err(io_error)?;
        let mut both = [readable(self.input.as_fd()), readable(hangup)];
        let (came, other) = match beside {
            None => (poll(&mut both, limit), false),
            Some(other) => {
                let [input, hangup] = both;
                let mut all = [readable(other), input, hangup];
                let came = poll(&mut all, limit);
                let [other, input, hangup] = all;
                both = [input, hangup];
                (came, other.any() == Some(true))
            }
        };
        let [input, _] = both;
        match came {
            Ok(0) if limit == PollTimeout::ZERO => Ok(Some(Ready::Time)),
            Ok(_) if other => Ok(Some(Ready::Beside)),
            Ok(_) if input.any() == Some(true) => self.fetch().map(|()| None),
            Ok(_) | Err(Errno::EINTR) => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    /// Takes all that waits in the pipe, without waiting.
    pub(super) fn fetch(&mut self) -> Result {
        let before = self.end - self.start;
        if self.hangup.is_raised() && self.left.is_none() {
            // Whatever comes now, it is no call that goes on for ever.
            self.left = Some(self.capacity.max(SIZE));
        }
        while !self.ended && self.left != Some(0) {
            self.make_room();
            let room = self.held.get_mut(self.end..).unwrap_or_default();
            let most = self.left.unwrap_or(usize::MAX).min(room.len());
            let room = room.get_mut(..most).unwrap_or_default();
            match self.input.read(room) {
                Ok(0) => self.ended = true,
                Ok(read) => {
                    self.end += read;
                    self.left = self.left.map(|left| left - read);
                    if read < most {
                        break; // that was all
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(io_error(error)),
            }
            // A file of samples has no end of its own in sight: as much at once as a pipe could hold.
            if self.end - self.start - before >= self.capacity.max(SIZE) {
                break;
            }
        }
        let fetched = self.end - self.start - before;
        if self.capacity > 0 && fetched + self.format.frame_bytes() > self.usable() {
            self.overruns = self.overruns.saturating_add(1);
        }
        Ok(())
    }

    /// How many bytes in frames the pipe holds.
    fn usable(&self) -> usize {
        let frame = self.format.frame_bytes();
        match frame <= PAGE {
            true => self.capacity / PAGE * (PAGE / frame * frame),
            false => self.capacity,
        }
    }

    /// Moves what is held to the front; doubles the buffer where that is full, and gives back what a backlog took.
    fn make_room(&mut self) {
        if self.start == self.end && self.held.len() > 16 * PAGE {
            self.held = vec![0; 2 * PAGE];
            (self.start, self.end) = (0, 0);
        }
        if self.start > 0 {
            self.held.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.held.len() {
            self.held.resize(self.held.len() * 2, 0);
        }
    }
}

/// Whether a descriptor is readable now.
fn is_readable(descriptor: BorrowedFd<'_>) -> Result<bool> {
    let mut one = [PollFd::new(descriptor, PollFlags::POLLIN)];
    match poll(&mut one, PollTimeout::ZERO) {
        Ok(count) => Ok(count > 0),
        Err(Errno::EINTR) => Ok(false),
        Err(error) => Err(refused(error)),
    }
}

fn refused(error: Errno) -> Error {
    io_error(error.into())
}

fn io_error(source: io::Error) -> Error {
    Error::Io { command: NAME, source }
}
