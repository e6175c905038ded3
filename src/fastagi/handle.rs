//! A server's strings, held by somebody else.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use super::bell::Bell;
use super::counters::Counters;
use super::listen::Door;
use super::switchboard::Switchboard;

/// Stops a server, and tells how it stands: from any thread, before it serves and after. Clones are for the same one.
///
/// ```
/// use agikit::fastagi::Server;
/// use agikit::{Result, Session};
///
/// let server = Server::bind("127.0.0.1:0")?.without_signals();
/// let handle = server.handle();
/// let served = std::thread::spawn(|| server.serve(|agi: &mut Session| agi.answer()));
/// assert_eq!(handle.counters().active, 0);
/// handle.stop();
/// assert_eq!(served.join().unwrap()?.cut, 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Handle {
    stop: Arc<Stop>,
}

/// How far a server is to stop, and what it is when it serves.
#[derive(Debug)]
pub(super) struct Stop {
    /// 0: it serves; 1: no more calls; 2: at once.
    level: AtomicU8,
    pub(super) bell: Bell,
    /// The doors are closed when it stops, whoever holds this.
    serving: OnceLock<(Arc<Switchboard>, Weak<Vec<Door>>)>,
}

impl Stop {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Stop { level: AtomicU8::new(0), bell: Bell::new()?, serving: OnceLock::new() })
    }

    pub(super) fn begins(&self, board: Arc<Switchboard>, doors: Weak<Vec<Door>>) {
        // A server serves once.
        let _ = self.serving.set((board, doors));
    }

    pub(super) fn level(&self) -> u8 {
        self.level.load(Ordering::SeqCst)
    }

    pub(super) fn raise(&self, by: u8) {
        let raised = |level: u8| Some(level.saturating_add(by).min(2));
        let _ = self.level.fetch_update(Ordering::SeqCst, Ordering::SeqCst, raised);
        self.bell.ring();
    }

    pub(super) fn counters(&self) -> Counters {
        let Some((board, doors)) = self.serving.get() else { return Counters::default() };
        let mut counters = board.counters();
        counters.waiting +=
            doors.upgrade().map_or(0, |doors| doors.iter().map(Door::waiting).sum());
        counters
    }
}

impl Handle {
    pub(super) fn new(stop: Arc<Stop>) -> Self {
        Handle { stop }
    }

    /// Accepts no further calls, and lets those that there are go on for the [time](super::Server::grace) that they
    /// have: as SIGTERM does. A second time it is [`stop_now`](Handle::stop_now).
    pub fn stop(&self) {
        self.stop.raise(1);
    }

    /// Closes all calls at once.
    pub fn stop_now(&self) {
        self.stop.raise(2);
    }

    /// How it stands.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.stop.counters()
    }
}
