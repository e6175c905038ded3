//! All calls of a server: who has a place, who waits for one, and how each is ended from outside.

use std::collections::BTreeMap;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::bell::Bell;
use super::complaints::Complaints;
use super::counters::{Counters, Counts, End};
use crate::hangup::Hangup;

/// So many connections may be sending their header beside the calls. When more come, one that is silent has to go: an
/// Asterisk has sent its header long before, as a rule before the connection is accepted.
const HEADERS: usize = 1024;
/// But not before it has had so long.
const SILENT: Duration = Duration::from_millis(100);

/// Whether another connection can be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Free,
    /// Every place is taken. The bell rings when one is free.
    Full,
    /// The calls before it have to be read first: a moment.
    Crowded,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) socket: Arc<TcpStream>,
    pub(super) peer: SocketAddr,
    pub(super) hangup: Hangup,
    since: Instant,
    /// Asterisk's header is complete.
    pub(super) is_open: AtomicBool,
    /// When the script got its last reply, in milliseconds of the server's; `RUNNING` during a command.
    quiet_since: AtomicU64,
    /// Why it was ended from outside.
    verdict: OnceLock<End>,
}

const RUNNING: u64 = u64::MAX;

impl Call {
    pub(super) fn new(socket: TcpStream, peer: SocketAddr) -> Self {
        let socket = Arc::new(socket);
        Call {
            hangup: Hangup::looking_at(Arc::clone(&socket)),
            socket,
            peer,
            since: Instant::now(),
            is_open: AtomicBool::new(false),
            quiet_since: AtomicU64::new(RUNNING),
            verdict: OnceLock::new(),
        }
    }

    /// Ends it: nothing can be said any more, and the script learns that the call is over.
    fn end(&self, why: End) {
        if self.verdict.set(why).is_ok() {
            self.hangup.raise();
            // One that is closed already needs nothing.
            let _ = self.socket.shutdown(Shutdown::Both);
        }
    }

    /// Whether nothing of it waits to be read, though it has had its time.
    fn is_silent(&self) -> bool {
        let mut one = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        self.since.elapsed() >= SILENT && poll(&mut one, PollTimeout::ZERO) == Ok(0)
    }

    /// Why it was ended from outside, if it was.
    pub(super) fn verdict(&self) -> Option<End> {
        self.verdict.get().copied()
    }
}

/// Which calls there are, by their numbers, the oldest first.
#[derive(Debug, Default)]
struct Calls {
    next: u64,
    headers: BTreeMap<u64, Arc<Call>>,
    waiting: BTreeMap<u64, Arc<Call>>,
    active: BTreeMap<u64, Arc<Call>>,
}

impl Calls {
    fn all(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.headers.values().chain(self.waiting.values()).chain(self.active.values())
    }
}

/// The calls of one server. Shared by its threads.
#[derive(Debug)]
pub(super) struct Switchboard {
    calls: Mutex<Calls>,
    /// Somebody has left his place.
    room: Condvar,
    pub(super) counts: Counts,
    pub(super) complaints: Complaints,
    /// Wakes the thread that accepts.
    pub(super) bell: Bell,
    /// That thread waits for a place, or for the last call's end.
    wants_bell: AtomicBool,
    began: Instant,
    most: usize,
    idle: Option<Duration>,
}

impl Switchboard {
    pub(super) fn new(bell: Bell, most: usize, idle: Option<Duration>) -> Self {
        Switchboard {
            calls: Mutex::default(),
            room: Condvar::new(),
            counts: Counts::default(),
            complaints: Complaints::new(),
            bell,
            wants_bell: AtomicBool::new(false),
            began: Instant::now(),
            most,
            idle,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a connection in, whose header is to come; gives its number.
    pub(super) fn take(&self, call: &Arc<Call>) -> u64 {
        self.counts.accepted.fetch_add(1, Ordering::Relaxed);
        let mut calls = self.lock();
        let number = calls.next;
        calls.next += 1;
        calls.headers.insert(number, Arc::clone(call));
        number
    }

    /// Its header is complete: waits for a place. Gives false if the call was ended meanwhile.
    pub(super) fn seat(&self, number: u64) -> bool {
        let mut calls = self.lock();
        let Some(call) = calls.headers.remove(&number) else { return false };
        if calls.active.len() >= self.most || !calls.waiting.is_empty() {
            calls.waiting.insert(number, Arc::clone(&call));
            // In their order, so that none waits for ever.
            while calls.active.len() >= self.most
                || calls.waiting.first_key_value().is_some_and(|(&first, _)| first != number)
            {
                if call.verdict().is_some() {
                    break;
                }
                calls = self.room.wait(calls).unwrap_or_else(PoisonError::into_inner);
            }
            calls.waiting.remove(&number);
            self.room.notify_all();
        }
        if call.verdict().is_some() {
            return false;
        }
        call.is_open.store(true, Ordering::Relaxed);
        calls.active.insert(number, call);
        true
    }

    /// A connection has ended.
    pub(super) fn leave(&self, number: u64) {
        let mut calls = self.lock();
        calls.headers.remove(&number);
        calls.waiting.remove(&number);
        calls.active.remove(&number);
        if !calls.waiting.is_empty() {
            self.room.notify_all();
        }
        drop(calls);
        if self.wants_bell.swap(false, Ordering::SeqCst) {
            self.bell.ring();
        }
    }

    /// Whether there is a place for another call.
    pub(super) fn room(&self) -> Room {
        let is_full = || {
            let calls = self.lock();
            calls.active.len() + calls.waiting.len() >= self.most
        };
        if is_full() {
            self.wants_bell.store(true, Ordering::SeqCst);
            // One may have left before it knew.
            if is_full() {
                return Room::Full;
            }
        }
        if self.has_room_for_a_header() { Room::Free } else { Room::Crowded }
    }

    /// Whether another connection may send its header. The one that has been silent longest makes room.
    pub(super) fn has_room_for_a_header(&self) -> bool {
        let mut calls = self.lock();
        if calls.headers.len() < HEADERS {
            return true;
        }
        let silent = calls.headers.iter().find(|(_, call)| call.is_silent());
        let Some(number) = silent.map(|(number, _)| *number) else { return false };
        calls.headers.remove(&number).inspect(|call| call.end(End::NoHeader));
        true
    }

    /// Whether there is no call left; otherwise the bell rings when one ends.
    pub(super) fn is_empty(&self) -> bool {
        self.wants_bell.store(true, Ordering::SeqCst);
        self.lock().all().next().is_none()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lock().all().count()
    }

    /// Ends all calls.
    pub(super) fn end_all(&self) {
        self.lock().all().for_each(|call| call.end(End::Cut));
        self.room.notify_all();
    }

    /// Ends the calls whose scripts have sent nothing for too long. A command that runs may take its time.
    pub(super) fn end_idle(&self) {
        let Some(idle) = self.idle else { return };
        let now = self.now();
        let idle = u64::try_from(idle.as_millis()).unwrap_or(RUNNING);
        for call in self.lock().active.values() {
            let since = call.quiet_since.load(Ordering::Relaxed);
            if since != RUNNING && now.saturating_sub(since) >= idle {
                call.end(End::Idle);
            }
        }
    }

    /// It is the script's turn.
    pub(super) fn is_quiet(&self, call: &Call) {
        if self.idle.is_some() {
            call.quiet_since.store(self.now(), Ordering::Relaxed);
        }
    }

    /// A command was sent.
    pub(super) fn runs(&self, call: &Call) {
        self.counts.commands.fetch_add(1, Ordering::Relaxed);
        if self.idle.is_some() {
            call.quiet_since.store(RUNNING, Ordering::Relaxed);
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(RUNNING - 1)
    }

    /// How it stands, without those that nobody has accepted.
    pub(super) fn counters(&self) -> Counters {
        let calls = self.lock();
        let count = |calls: &BTreeMap<u64, Arc<Call>>| u64::try_from(calls.len()).unwrap_or(0);
        Counters {
            active: count(&calls.active),
            headers: count(&calls.headers),
            waiting: count(&calls.waiting),
            ..self.counts.read()
        }
    }
}
