//! The hangup: one flag a session, raised once, never lowered, and pollable.
//!
//! It is raised by SIGHUP (process AGI), by a `HANGUP` line (FastAGI), by reply `511`, by the `(hangup)` of
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

use std::io::{self, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::SIGHUP;

/// Whether the call has ended. Clones share one state, so a thread may hold one.
#[derive(Debug, Clone, Default)]
pub struct Hangup {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    raised: Arc<AtomicBool>,
    /// SIGHUP raises this one.
    signal: bool,
    /// Made when somebody first waits: a script that never waits pays nothing for it.
    pipe: OnceLock<(io::PipeReader, io::PipeWriter)>,
    making: Mutex<()>,
}

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

    /// Whether the call has ended.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.shared.raised.load(Ordering::SeqCst)
    }

    /// Says that the call has ended. There is no way back.
    pub fn raise(&self) {
        // Only the first one writes: a byte a call would fill the pipe of a long session.
        if !self.shared.raised.swap(true, Ordering::SeqCst)
            && let Some((_, writer)) = self.shared.pipe.get()
        {
            wake(writer);
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
            let left = left.map_or(PollTimeout::NONE, |left| {
                // A millisecond more than is left, so that the rest is not spun away.
                PollTimeout::try_from(left.saturating_add(Duration::from_millis(1)))
                    .unwrap_or(PollTimeout::MAX)
            });
            match poll(&mut [PollFd::new(self.descriptor()?, PollFlags::POLLIN)], left) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A descriptor that becomes readable when the call ends, for a `poll` of one's own beside
    /// other descriptors. It is never read.
    ///
    /// # Errors
    /// The system refused a pipe.
    pub fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        let shared = &*self.shared;
        if shared.pipe.get().is_none() {
            let _one = shared.making.lock().unwrap_or_else(PoisonError::into_inner);
            if shared.pipe.get().is_none() {
                let (reader, writer) = io::pipe()?;
                if shared.signal {
                    signal_hook::low_level::pipe::register(SIGHUP, writer.try_clone()?)?;
                }
                // From here on whoever raises also writes; what was raised before is written now.
                let (_, writer) = shared.pipe.get_or_init(|| (reader, writer));
                if self.is_raised() {
                    wake(writer);
                }
            }
        }
        match shared.pipe.get() {
            Some((reader, _)) => Ok(reader.as_fd()),
            None => Err(io::Error::other("the hangup's pipe is gone")),
        }
    }
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
