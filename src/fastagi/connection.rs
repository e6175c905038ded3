//! One connection, as its own thread and the server's know it.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::counters::End;
use crate::hangup::Hangup;

/// A connection is silent that has sent nothing new for so long.
const SILENT: Duration = Duration::from_millis(100);

/// One connection, from its first byte to its end.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) socket: Arc<TcpStream>,
    pub(super) peer: SocketAddr,
    pub(super) hangup: Hangup,
    since: Instant,
    /// Asterisk's header is complete.
    pub(super) is_open: AtomicBool,
    /// Its header is being read, or was.
    pub(super) is_heard: AtomicBool,
    /// Only a refusal is still to be said: up to then.
    pub(super) refused_until: OnceLock<Option<Instant>>,
    /// When something was read, in milliseconds since it began.
    quiet_since: AtomicU64,
    /// How it has ended, or why it was ended from outside: what was first.
    verdict: OnceLock<End>,
}

impl Call {
    pub(super) fn new(socket: TcpStream, peer: SocketAddr) -> Self {
        let socket = Arc::new(socket);
        Call {
            hangup: Hangup::looking_at(Arc::clone(&socket)),
            socket,
            peer,
            since: Instant::now(),
            is_open: AtomicBool::new(false),
            is_heard: AtomicBool::new(false),
            refused_until: OnceLock::new(),
            quiet_since: AtomicU64::new(0),
            verdict: OnceLock::new(),
        }
    }

    /// Ends it: nothing can be said any more, and the script learns that the call is over. Gives false if it was
    /// ended before.
    pub(super) fn end(&self, why: End) -> bool {
        let ends = self.verdict.set(why).is_ok();
        if ends {
            // One that is closed already needs nothing.
            self.hangup.cut(|| drop(self.socket.shutdown(Shutdown::Both)));
        }
        ends
    }

    /// It has ended, by itself so; gives how it ended. From here on nobody ends it from outside, and counts it.
    pub(super) fn has_ended(&self, by_itself: End) -> End {
        *self.verdict.get_or_init(|| by_itself)
    }

    /// Why it was ended from outside, if it was.
    pub(super) fn verdict(&self) -> Option<End> {
        self.verdict.get().copied()
    }

    /// Whether it has been there long enough to have sent its header.
    pub(super) fn has_had_its_time(&self) -> bool {
        self.since.elapsed() >= SILENT
    }

    /// Whether its header has not come.
    pub(super) fn is_silent(&self) -> bool {
        let mut one = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        // In this order: what was there and is no longer is being read.
        poll(&mut one, PollTimeout::ZERO) == Ok(0) && !self.is_heard.load(Ordering::SeqCst)
    }

    /// Something was read, or the script begins.
    pub(super) fn is_quiet(&self) {
        let since = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.quiet_since.store(since, Ordering::Relaxed);
    }

    /// Whether the script has sent nothing for so long. A command that runs may take its time.
    pub(super) fn is_idle(&self, idle: Duration) -> bool {
        let since = Duration::from_millis(self.quiet_since.load(Ordering::Relaxed));
        self.since.elapsed().saturating_sub(since) >= idle && !self.hangup.is_asked()
    }

    /// The call is over, and its socket to be closed: a script may have left the hangup's flag, which holds it, to
    /// somebody.
    pub(super) fn is_over(&self) {
        if self.hangup.is_held() {
            self.hangup.raise();
            let _ = self.socket.shutdown(Shutdown::Both);
        }
    }
}
