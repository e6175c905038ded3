//! Ends a program that hangs, so that the bench does not.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Knows which program runs. Its thread only looks now and then: a call takes no time of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    running: Arc<Mutex<Option<Pid>>>,
    calls: Arc<AtomicU64>,
}

impl Watch {
    /// Begins to watch: who runs for this long is killed.
    pub(crate) fn new(limit: Duration) -> Watch {
        let watch = Watch::default();
        let seen = watch.clone();
        thread::spawn(move || {
            loop {
                let call = seen.calls.load(Ordering::Relaxed);
                thread::sleep(limit);
                let running = seen.running.lock().unwrap_or_else(PoisonError::into_inner);
                if let (Some(id), true) = (*running, call == seen.calls.load(Ordering::Relaxed)) {
                    let _ = kill(id, Signal::SIGKILL);
                }
            }
        });
        watch
    }

    pub(crate) fn begin(&self, id: Pid) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn end(&self) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
