//! What a server has done and does.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// How a call, or what was to become one, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Done,
    HungUp,
    Failed,
    Panicked,
    Unrouted,
    Denied,
    NoHeader,
    Idle,
    Cut,
}

const ENDS: usize = 9;

/// The counts of a running server.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) accepted: AtomicU64,
    pub(super) commands: AtomicU64,
    ends: [AtomicU64; ENDS],
}

impl Counts {
    pub(super) fn ended(&self, end: End) {
        if let Some(count) = self.ends.get(end as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How they stand; `active`, `headers` and `waiting` are for whoever knows them.
    pub(super) fn read(&self) -> Counters {
        let of = |end: End| self.ends.get(end as usize).map_or(0, |it| it.load(Ordering::Relaxed));
        Counters {
            accepted: self.accepted.load(Ordering::Relaxed),
            commands: self.commands.load(Ordering::Relaxed),
            done: of(End::Done),
            hung_up: of(End::HungUp),
            failed: of(End::Failed),
            panicked: of(End::Panicked),
            unrouted: of(End::Unrouted),
            denied: of(End::Denied),
            no_header: of(End::NoHeader),
            idle: of(End::Idle),
            cut: of(End::Cut),
            ..Counters::default()
        }
    }
}

/// A server's counts at one moment: [`Handle::counters`](super::Handle::counters). As text they are one line, which
/// SIGUSR1 writes to the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Connections that were accepted since the start.
    pub accepted: u64,
    /// Calls whose script runs.
    pub active: u64,
    /// Connections that have not sent all of Asterisk's `agi_` lines yet.
    pub headers: u64,
    /// Calls that wait for a place: connections that nobody has accepted yet, in the system's listen queue, and those
    /// that were accepted just before the last place was taken.
    pub waiting: u64,
    /// Commands that were sent.
    pub commands: u64,
    /// Calls whose script came to its end while the caller was there.
    pub done: u64,
    /// Calls that ended by a hangup.
    pub hung_up: u64,
    /// Calls whose script gave an error.
    pub failed: u64,
    /// Calls whose script panicked.
    pub panicked: u64,
    /// Calls for a path that no script is at.
    pub unrouted: u64,
    /// Connections from an address that may not call, and calls without the secret.
    pub denied: u64,
    /// Connections that did not send what Asterisk sends: in time, in a bounded size, or at all.
    pub no_header: u64,
    /// Calls that were closed because their script sent nothing for too long.
    pub idle: u64,
    /// Calls that were closed because the server stopped.
    pub cut: u64,
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counters { accepted, active, headers, waiting, commands, .. } = self;
        write!(f, "accepted {accepted}, active {active}, headers {headers}, waiting {waiting}, ")?;
        let Counters { done, hung_up, failed, panicked, unrouted, .. } = self;
        write!(f, "commands {commands}; ended: done {done}, hung up {hung_up}, failed {failed}, ")?;
        let Counters { denied, no_header, idle, cut, .. } = self;
        write!(
            f,
            "panicked {panicked}, unrouted {unrouted}, denied {denied}, no header {no_header}, "
        )?;
        write!(f, "idle {idle}, cut {cut}")
    }
}
