//! The emulator's end of the line to a script: bytes, lines as Asterisk reads them, and the hangup's signal.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll, ppoll};
use nix::sys::time::TimeSpec;

use crate::audio::Feed;
use crate::descriptor::{CLOSED, is_passing, never_blocking};

/// What a wait ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ready {
    /// The script has sent something, or closed its side.
    Script,
    /// The telephone has something to say.
    Telephone,
    /// The time is over.
    Time,
}

/// What reading a line came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// A line without its line feed; or as much of one as Asterisk's buffer holds.
    Line(Vec<u8>),
    /// The script has closed its side.
    End,
    /// It has begun a line and does not end it.
    Stuck,
}

/// Both directions to a script, and what tells it of a hangup.
pub(super) struct Link {
    /// A connection is both: one descriptor a call, where thousands are placed at once.
    from: Option<Arc<File>>,
    to: Option<Arc<File>>,
    /// What was read and is not yet a line that was taken.
    held: Vec<u8>,
    ended: bool,
    /// It ended by an error.
    broken: bool,
    /// Over TCP, where some things are otherwise.
    network: bool,
    /// There: what there is of a line that goes on.
    begun: Vec<u8>,
    /// Descriptor 3, caller to script.
    audio: Option<Feed>,
    wake: Option<PipeReader>,
    signal: Box<dyn FnMut() + Send>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("open", &self.to.is_some()).finish_non_exhaustive()
    }
}

impl Link {
    /// `signal` is called at the hangup: it sends SIGHUP, or raises a flag.
    pub(super) fn new(
        from: OwnedFd,
        to: OwnedFd,
        audio: Option<OwnedFd>,
        wake: Option<PipeReader>,
        signal: impl FnMut() + Send + 'static,
    ) -> io::Result<Self> {
        // A script that does not read must not hold up the emulator for ever.
        never_blocking(&to)?;
        let (from, to) = (File::from(from), File::from(to));
        Link::of(Arc::new(from), Arc::new(to), audio, wake, signal)
    }

    fn of(
        from: Arc<File>,
        to: Arc<File>,
        audio: Option<OwnedFd>,
        wake: Option<PipeReader>,
        signal: impl FnMut() + Send + 'static,
    ) -> io::Result<Self> {
        Ok(Link {
            from: Some(from),
            to: Some(to),
            held: Vec::new(),
            ended: false,
            broken: false,
            network: false,
            begun: Vec::new(),
            audio: audio.map(Feed::new).transpose()?,
            wake,
            signal: Box::new(signal),
        })
    }

    /// The same over TCP, where a line tells of the hangup.
    pub(super) fn network(stream: TcpStream, wake: Option<PipeReader>) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        // One descriptor for both: there may be thousands of calls.
        let both = Arc::new(File::from(OwnedFd::from(stream)));
        let link = Link::of(Arc::clone(&both), both, None, wake, || {})?;
        Ok(Link { network: true, ..link })
    }

    /// Whether the connection ended by an error.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether the script has sent more than the line that was taken, and goes on: its end is nothing more.
    pub(super) fn has_more(&self) -> bool {
        if !self.held.is_empty() || !self.begun.is_empty() {
            return true;
        }
        let Some(from) = &self.from else { return false };
        let mut one = [PollFd::new(from.as_fd(), PollFlags::POLLIN | CLOSED)];
        let _ = poll(&mut one, PollTimeout::ZERO);
        one.iter().any(|it| it.revents() == Some(PollFlags::POLLIN))
    }

    pub(super) fn is_network(&self) -> bool {
        self.network
    }

    pub(super) fn signal(&mut self) {
        (self.signal)();
    }

    /// Leaves: the script reads an end, and can write no more.
    pub(super) fn leave(&mut self) {
        self.from = None;
        self.to = None;
        self.audio = None;
    }

    /// Waits for the script (where it matters), the telephone, or the time; `None` waits for ever.
    pub(super) fn wait(&self, script: bool, timeout: Option<Duration>) -> Ready {
        let end = timeout.map(|timeout| Instant::now() + timeout);
        loop {
            let mut descriptors = Vec::with_capacity(2);
            if let Some(wake) = &self.wake {
                descriptors.push(PollFd::new(wake.as_fd(), PollFlags::POLLIN));
            }
            if let Some(from) = self.from.as_ref().filter(|_| script) {
                descriptors.push(PollFd::new(from.as_fd(), PollFlags::POLLIN));
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let ready = match ppoll(&mut descriptors, left.map(TimeSpec::from), None) {
                Ok(ready) => ready,
                Err(Errno::EINTR) => continue,
                Err(_) => 0,
            };
            // The script comes first, as with Asterisk: its command is taken before the channel's frame.
            let mut answered = descriptors.iter().rev().map(|it| it.any().unwrap_or(false));
            if ready > 0 {
                let from_script = script && answered.next().unwrap_or(false);
                return if from_script { Ready::Script } else { Ready::Telephone };
            }
            if left.is_some_and(|left| left.is_zero() || end.is_some_and(|e| Instant::now() >= e)) {
                return Ready::Time;
            }
        }
    }

    /// Whether the script has closed its side: it has ended, or can say nothing more.
    pub(super) fn is_closed(&self) -> bool {
        let Some(from) = &self.from else { return true };
        let mut one = [PollFd::new(from.as_fd(), CLOSED)];
        poll(&mut one, PollTimeout::ZERO).is_ok_and(|closed| closed > 0)
    }

    /// Empties the telephone's pipe.
    pub(super) fn woken(&mut self) -> bool {
        let Some(wake) = &mut self.wake else { return false };
        // One byte a message; a telephone that is gone is not waited for any more.
        if !matches!(wake.read(&mut [0]), Ok(1)) {
            self.wake = None;
        }
        true
    }

    /// A line as Asterisk reads it, into a buffer for so many bytes: up to a line feed, the buffer's end or the
    /// script's. It waits for the rest of a line that has begun, at most for `patience`.
    pub(super) fn line(&mut self, most: usize, patience: Duration) -> Got {
        let end = Instant::now() + patience;
        loop {
            let mut piece = match self.piece(most - self.begun.len().min(most), end) {
                Got::Line(piece) => piece,
                Got::End if !self.begun.is_empty() => {
                    return Got::Line(std::mem::take(&mut self.begun));
                }
                other => return other,
            };
            if !self.network {
                piece.pop_if(|last| *last == b'\n');
                return Got::Line(piece);
            }
            // On a connection Asterisk reads on till its buffer holds a line feed. A NUL hides it, and all behind it is
            // overwritten by what comes then: so the next line continues this one.
            let until_nul = piece.split(|&byte| byte == 0).next().unwrap_or_default();
            self.begun.extend_from_slice(until_nul);
            let whole = self.begun.pop_if(|last| *last == b'\n').is_some();
            if whole || self.begun.len() >= most {
                return Got::Line(std::mem::take(&mut self.begun));
            }
            if Instant::now() >= end {
                return Got::Stuck;
            }
        }
    }

    /// What one `fgets` reads, its line feed included.
    fn piece(&mut self, most: usize, end: Instant) -> Got {
        // A connection does not block: who knows that something came takes it.
        let mut waits = !self.network;
        loop {
            if let Some(at) = self.held.iter().take(most).position(|&byte| byte == b'\n') {
                return Got::Line(self.held.drain(..=at).collect());
            }
            if self.held.len() >= most {
                return Got::Line(self.held.drain(..most).collect());
            }
            if self.ended {
                let rest = std::mem::take(&mut self.held);
                return if rest.is_empty() { Got::End } else { Got::Line(rest) };
            }
            let left = end.saturating_duration_since(Instant::now());
            let Some(mut from) = self.from.as_deref() else { return Got::End };
            let mut one = [PollFd::new(from.as_fd(), PollFlags::POLLIN)];
            let left = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            if waits {
                match poll(&mut one, left) {
                    Ok(0) => return Got::Stuck,
                    Err(Errno::EINTR) => continue,
                    _ => {}
                }
            }
            waits = true;
            let mut chunk = [0; 4096];
            match from.read(&mut chunk) {
                Ok(0) => self.ended = true,
                Ok(count) => self.held.extend_from_slice(chunk.get(..count).unwrap_or_default()),
                Err(error) if is_passing(&error) => {}
                Err(_) => (self.ended, self.broken) = (true, true),
            }
        }
    }

    /// Sends bytes, and takes away those that the script took; gives whether it took all within `patience`. A
    /// script that has closed its side is not waited for: the bytes are lost, as they are with Asterisk.
    pub(super) fn send(&mut self, bytes: &mut &[u8], patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let Some(mut to) = self.to.as_deref() else { return true };
        while !bytes.is_empty() {
            match to.write(bytes) {
                Ok(count) => *bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let left = end.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    let mut one = [PollFd::new(to.as_fd(), PollFlags::POLLOUT)];
                    let _ = poll(&mut one, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX));
                }
                Err(_) => return true,
            }
        }
        true
    }

    /// Sends a frame of audio, whole or not at all.
    pub(super) fn send_audio(&mut self, frame: &[u8]) -> bool {
        self.audio.as_mut().is_some_and(|audio| audio.send(frame))
    }

    /// Whether the script has read all the audio that was sent.
    pub(super) fn audio_is_taken(&self) -> bool {
        self.audio.as_ref().is_some_and(Feed::is_taken)
    }

    pub(super) fn has_audio(&self) -> bool {
        self.audio.is_some()
    }
}
