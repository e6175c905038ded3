//! The hangup: one flag a session, raised once, never lowered, and pollable.
//!
//! It is raised by SIGHUP (process AGI), by a `HANGUP` line (FastAGI, see [`Hangup::on_network`]), by reply `511`, by the `(hangup)` of
//! RECORD FILE and SPEECH RECOGNIZE, and when Asterisk closes its side. The session looks at it before every
//! command; a script that computes, sleeps or waits for something else looks at it too, so that nothing
//! outlives the call:
//!
//! ```
//! use agikit::Hangup;
//! use std::time::Duration;
//!
//! let hangup = Hangup::new();
//! assert!(!hangup.wait(Some(Duration::from_millis(1)))?);   // the caller is still there
//! hangup.raise();
//! assert!(hangup.wait(None)?);                              // returns at once
//! # Ok::<(), std::io::Error>(())
//! ```

mod network;

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use signal_hook::consts::SIGHUP;

use network::Network;

/// Whether the call has ended. Clones share one state, so a thread may hold one.
#[derive(Debug, Clone, Default)]
pub struct Hangup {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    raised: Arc<AtomicBool>,
    /// The server itself has closed the call, and waits for the script's end.
    #[cfg(feature = "fastagi")]
    cut: AtomicBool,
    /// SIGHUP raises this one.
    signal: bool,
    /// A line of this socket raises this one.
    network: Option<Network>,
    /// Made when somebody first waits: a script that never waits pays nothing for it.
    bell: OnceLock<Bell>,
    making: Mutex<()>,
}

/// What becomes readable at the hangup.
#[derive(Debug)]
struct Bell {
    reader: io::PipeReader,
    writer: io::PipeWriter,
    /// The pipe and the call's socket, as one.
    both: Option<Epoll>,
}

/// Between two looks at a socket that has something other than a hangup to tell: a reply that another thread reads.
const LOOK: Duration = Duration::from_millis(5);

impl Hangup {
    /// A hangup that only [`raise`](Hangup::raise) and the session raise.
    #[must_use]
    pub fn new() -> Self {
        Hangup::default()
    }

    /// A hangup that SIGHUP raises: process AGI's. The signal no longer ends the program.
    ///
    /// # Errors
    /// The system refused the signal handler.
    pub fn on_sighup() -> io::Result<Self> {
        let raised = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGHUP, Arc::clone(&raised))?;
        Ok(Hangup { shared: Arc::new(Shared { raised, signal: true, ..Shared::default() }) })
    }

    /// The hangup of a call over TCP (FastAGI), where Asterisk says it by a line. A script that computes or waits
    /// between two commands reads nothing, so [`is_raised`](Hangup::is_raised) and [`wait`](Hangup::wait) look
    /// whether that line, or the connection's end, has come; they take nothing from the socket. (During a command the
    /// session learns it from what it reads: who has [started](crate::Session::start) one and waits by this alone, and not
    /// by the reply, learns of the connection's end only.)
    ///
    /// ```no_run
    /// use agikit::{Hangup, Session};
    ///
    /// let (socket, _) = std::net::TcpListener::bind("127.0.0.1:4573")?.accept()?;
    /// socket.set_nodelay(true)?;
    /// let hangup = Hangup::on_network(&socket)?;
    /// let mut agi = Session::begin(socket, hangup)?;
    /// agi.answer()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The system has no descriptor left for a duplicate.
    pub fn on_network(socket: &TcpStream) -> io::Result<Self> {
        Ok(Hangup::looking_at(Arc::new(socket.try_clone()?)))
    }

    /// The same without a duplicate.
    pub(crate) fn looking_at(socket: Arc<TcpStream>) -> Self {
        let network = Some(Network::new(socket));
        Hangup { shared: Arc::new(Shared { network, ..Shared::default() }) }
    }

    /// Whether the call has ended. Over TCP this may ask the system (one call, of less than a microsecond).
    #[must_use]
    pub fn is_raised(&self) -> bool {
        if !self.is_known() && self.shared.network.as_ref().is_some_and(Network::says_hangup) {
            self.raise();
        }
        self.is_known()
    }

    /// Whether it was raised: without a look at the network.
    pub(crate) fn is_known(&self) -> bool {
        self.shared.raised.load(Ordering::SeqCst)
    }

    /// The server itself closes the call. Who is woken by the hangup finds it closed: no command goes out in between.
    #[cfg(feature = "fastagi")]
    pub(crate) fn cut(&self, close: impl FnOnce()) {
        self.shared.cut.store(true, Ordering::SeqCst);
        close();
        self.raise();
    }

    /// Whether it did.
    #[cfg(feature = "fastagi")]
    pub(crate) fn is_cut(&self) -> bool {
        self.shared.cut.load(Ordering::SeqCst)
    }

    /// The session sends a command: what comes next may be its reply.
    pub(crate) fn asks(&self) {
        self.shared.network.as_ref().inspect(|it| it.asks());
    }

    /// The session has the whole reply: what comes next is no reply.
    pub(crate) fn is_answered(&self) {
        self.shared.network.as_ref().inspect(|it| it.is_answered());
    }

    /// Whether a command runs: it is not the script's turn. Known over TCP only.
    #[cfg(feature = "fastagi")]
    pub(crate) fn is_asked(&self) -> bool {
        self.shared.network.as_ref().is_some_and(Network::is_asked)
    }

    /// Whether there are clones of it.
    #[cfg(feature = "fastagi")]
    pub(crate) fn is_held(&self) -> bool {
        Arc::strong_count(&self.shared) > 1
    }

    /// Says that the call has ended. There is no way back.
    pub fn raise(&self) {
        // Only the first one writes: a byte a call would fill the pipe of a long session.
        if !self.shared.raised.swap(true, Ordering::SeqCst)
            && let Some(bell) = self.shared.bell.get()
        {
            wake(&bell.writer);
        }
    }

    /// Waits until the call has ended, at most for `timeout` (`None`: as long as it lasts). Gives
    /// whether it has. In place of `thread::sleep` it makes a pause that ends with the call.
    ///
    /// # Errors
    /// The system refused a pipe or the wait.
    pub fn wait(&self, timeout: Option<Duration>) -> io::Result<bool> {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            if self.is_raised() {
                return Ok(true);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Ok(false);
            }
            let limit = left.map_or(PollTimeout::NONE, |left| {
                // A millisecond more than is left, so that the rest is not spun away.
                PollTimeout::try_from(left.saturating_add(Duration::from_millis(1)))
                    .unwrap_or(PollTimeout::MAX)
            });
            match poll(&mut [PollFd::new(self.descriptor()?, PollFlags::POLLIN)], limit) {
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) if self.is_raised() => return Ok(true),
                Ok(_) => thread::sleep(left.unwrap_or(LOOK).min(LOOK)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A descriptor that becomes readable when the call ends, for a `poll` of one's own beside
    /// other descriptors. It is never read. Over TCP it is readable for a moment when a reply comes, too, if another
    /// thread runs a command: [`is_raised`](Hangup::is_raised) tells.
    ///
    /// # Errors
    /// The system refused a pipe.
    pub fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        let shared = &*self.shared;
        if shared.bell.get().is_none() {
            let _one = shared.making.lock().unwrap_or_else(PoisonError::into_inner);
            if shared.bell.get().is_none() {
                let (reader, writer) = io::pipe()?;
                if shared.signal {
                    signal_hook::low_level::pipe::register(SIGHUP, writer.try_clone()?)?;
                }
                let both = match &shared.network {
                    Some(network) => Some(both(&reader, network)?),
                    None => None,
                };
                // From here on whoever raises also writes; what was raised before is written now.
                let bell = shared.bell.get_or_init(|| Bell { reader, writer, both });
                if self.is_known() {
                    wake(&bell.writer);
                }
            }
        }
        match shared.bell.get() {
            Some(Bell { both: Some(both), .. }) => Ok(both.0.as_fd()),
            Some(bell) => Ok(bell.reader.as_fd()),
            None => Err(io::Error::other("the hangup's pipe is gone")),
        }
    }
}

/// A descriptor that is readable when one of both is.
fn both(reader: &io::PipeReader, network: &Network) -> io::Result<Epoll> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    for one in [reader.as_fd(), network.descriptor()] {
        epoll.add(one, EpollEvent::new(EpollFlags::EPOLLIN, 0))?;
    }
    Ok(epoll)
}

/// One byte makes the other end readable for good. A full pipe is readable already.
fn wake(mut writer: &io::PipeWriter) {
    let _ = writer.write(b"h");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_raised_once_for_all_clones() {
        let hangup = Hangup::new();
        let other = hangup.clone();
        assert!(!other.wait(Some(Duration::from_millis(2))).unwrap());
        hangup.raise();
        assert!(other.is_raised() && other.wait(None).unwrap());
    }

    #[test]
    fn wakes_a_waiting_thread() {
        let hangup = Hangup::new();
        let waiter = std::thread::spawn({
            let hangup = hangup.clone();
            move || hangup.wait(Some(Duration::from_secs(60))).unwrap()
        });
        std::thread::sleep(Duration::from_millis(20));
        hangup.raise();
        assert!(waiter.join().unwrap());
    }

    #[test]
    fn raised_before_the_pipe_is_made() {
        let hangup = Hangup::new();
        hangup.raise();
        let mut fds = [PollFd::new(hangup.descriptor().unwrap(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut fds, PollTimeout::ZERO), Ok(1));
    }
}
