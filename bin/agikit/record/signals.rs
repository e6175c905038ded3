//! The signals that come for the program.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::*;
use signal_hook::{flag, low_level::pipe};

/// What is passed on: all that a program may catch and that somebody sends. (SIGPIPE comes of writing, SIGTSTP
/// and its kind of a terminal.)
const PASSED_ON: [i32; 12] = [
    SIGHUP, SIGINT, SIGQUIT, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGURG, SIGWINCH, SIGVTALRM,
    SIGPROF, SIGIO,
];

/// What only wakes: a child ended.
const WAKING: i32 = SIGCHLD;

/// What must not end the call: a recording that grows past the system's limit for files.
const IGNORED: i32 = SIGXFSZ;

/// Signals that came, until somebody takes them.
pub(super) struct Signals {
    came: Vec<(i32, Arc<AtomicBool>)>,
    wake: UnixStream,
}

impl Signals {
    /// Catches all of them, from now on.
    pub(super) fn catch() -> io::Result<Self> {
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let mut came = Vec::new();
        for signal in PASSED_ON {
            let flag = Arc::new(AtomicBool::new(false));
            // The flag first: who is woken finds it raised.
            flag::register(signal, Arc::clone(&flag))?;
            pipe::register(signal, waker.try_clone()?)?;
            came.push((signal, flag));
        }
        pipe::register(WAKING, waker)?;
        flag::register(IGNORED, Arc::new(AtomicBool::new(false)))?;
        Ok(Signals { came, wake })
    }

    /// Becomes readable when one comes.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }

    /// Those that came since the last time, each once.
    pub(super) fn take(&mut self) -> Vec<i32> {
        while matches!(self.wake.read(&mut [0; 64]), Ok(1..)) {}
        let came = self.came.iter().filter(|(_, flag)| flag.swap(false, Ordering::SeqCst));
        came.map(|&(signal, _)| signal).collect()
    }
}
