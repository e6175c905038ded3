//! All calls of a server: who has a place, who waits for one, and how each is ended from outside.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

use super::bell::Bell;
use super::complaints::Complaints;
use super::connection::Call;
use super::counters::{Counters, Counts, End};
use super::limits::Places;

/// Whether another connection can be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Free,
    /// Every place is taken. The bell rings when one is free.
    Full,
    /// The calls before it have to be read first: a moment.
    Crowded,
}

/// Whether there is a place for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Free,
    Taken,
    /// One that came before may want it, whose header is not read yet.
    Promised,
}

/// How long a call waits for the header of one before it, before it looks again.
const MOMENT: Duration = Duration::from_millis(10);

/// Which calls there are, by their numbers, the oldest first. Each is in one of these up to the very end of its thread.
#[derive(Debug, Default)]
struct Calls {
    next: u64,
    headers: BTreeMap<u64, Arc<Call>>,
    waiting: BTreeMap<u64, (Arc<Call>, Thread)>,
    active: BTreeMap<u64, Arc<Call>>,
}

impl Calls {
    fn len(&self) -> usize {
        self.headers.len() + self.waiting.len() + self.active.len()
    }

    /// Whether there is a place for this one, whose header is complete: in their order, so that none waits for ever.
    fn place(&self, number: u64, most: usize) -> Place {
        if self.active.len() >= most || self.waiting.range(..number).next().is_some() {
            return Place::Taken;
        }
        if self.active.len() + self.headers.len() < most {
            return Place::Free;
        }
        let before = self.headers.range(..number).filter(|(_, call)| !call.has_had_its_time());
        match self.active.len() + before.count() < most {
            true => Place::Free,
            false => Place::Promised,
        }
    }
}

/// The calls of one server. Shared by its threads.
#[derive(Debug)]
pub(super) struct Switchboard {
    calls: Mutex<Calls>,
    pub(super) counts: Counts,
    /// What callers did.
    pub(super) complaints: Complaints,
    /// How calls went wrong.
    pub(super) failures: Complaints,
    /// Wakes the thread that accepts.
    pub(super) bell: Bell,
    /// That thread waits for a place, or for the last call's end.
    wants_bell: AtomicBool,
    places: Places,
    idle: Option<Duration>,
}

impl Switchboard {
    pub(super) fn new(bell: Bell, places: Places, idle: Option<Duration>) -> Self {
        Switchboard {
            calls: Mutex::default(),
            counts: Counts::default(),
            complaints: Complaints::new("complaints about callers"),
            failures: Complaints::new("calls that were closed or failed"),
            bell,
            wants_bell: AtomicBool::new(false),
            places,
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
        let Some(call) = calls.headers.get(&number).map(Arc::clone) else { return false };
        if call.verdict().is_some() {
            return false;
        }
        loop {
            let place = calls.place(number, self.places.calls);
            if place == Place::Free {
                break;
            }
            calls.headers.remove(&number);
            calls.waiting.entry(number).or_insert_with(|| (Arc::clone(&call), thread::current()));
            drop(calls);
            match place {
                Place::Promised => thread::park_timeout(MOMENT),
                _ => thread::park(),
            }
            if call.verdict().is_some() {
                return false; // `leave` calls the next one
            }
            calls = self.lock();
        }
        calls.headers.remove(&number);
        calls.waiting.remove(&number);
        call.is_open.store(true, Ordering::Relaxed);
        calls.active.insert(number, call);
        self.call_next(&calls);
        true
    }

    /// Wakes the first who waits, if there is a place for him.
    fn call_next(&self, calls: &Calls) {
        if calls.active.len() < self.places.calls
            && let Some((_, (_, thread))) = calls.waiting.first_key_value()
        {
            thread.unpark();
        }
    }

    /// A connection has ended.
    pub(super) fn leave(&self, number: u64) {
        let mut calls = self.lock();
        let call = calls.headers.remove(&number);
        let call = call.or_else(|| calls.waiting.remove(&number).map(|(call, _)| call));
        let call = call.or_else(|| calls.active.remove(&number));
        self.call_next(&calls);
        drop(calls);
        // This closes its socket: before another is let in.
        drop(call);
        if self.wants_bell.swap(false, Ordering::SeqCst) {
            self.bell.ring();
        }
    }

    /// Whether there is a place for another call.
    pub(super) fn room(&self) -> Room {
        let is_full = || {
            let calls = self.lock();
            calls.active.len() + calls.waiting.len() >= self.places.calls
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

    /// Whether another connection may send its header. If not, some that are silent are made to go.
    pub(super) fn has_room_for_a_header(&self) -> bool {
        if self.lock().headers.len() < self.places.headers {
            return true;
        }
        self.make_room();
        false
    }

    /// Ends those that have been silent longest: an Asterisk has sent its header long before, as a rule before the
    /// connection is accepted.
    pub(super) fn make_room(&self) {
        self.wants_bell.store(true, Ordering::SeqCst);
        let calls = self.lock();
        let old = calls.headers.values().take_while(|call| call.has_had_its_time());
        let silent = old.filter(|call| call.verdict().is_none() && call.is_silent());
        for call in silent.take(self.places.headers.div_ceil(8)) {
            call.end(End::NoHeader);
        }
    }

    /// Whether there is no call left; otherwise the bell rings when one ends.
    pub(super) fn is_empty(&self) -> bool {
        self.wants_bell.store(true, Ordering::SeqCst);
        self.len() == 0
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Ends all calls; gives how many there were. What has not sent its header is none; where it has, and nobody had time
    /// to read it, it is one.
    pub(super) fn end_all(&self) -> usize {
        let calls = self.lock();
        let (silent, said): (Vec<_>, Vec<_>) =
            calls.headers.values().partition(|call| call.is_silent());
        for call in silent {
            call.end(End::NoHeader);
        }
        let waiting = calls.waiting.values().map(|(call, _)| call);
        let all = calls.active.values().chain(waiting).chain(said);
        let ended = all.filter(|call| call.end(End::Cut)).count();
        calls.waiting.values().for_each(|(_, thread)| thread.unpark());
        ended
    }

    /// Ends the calls whose scripts have sent nothing for too long.
    pub(super) fn end_idle(&self) {
        let Some(idle) = self.idle else { return };
        for call in self.lock().active.values() {
            if call.is_idle(idle) {
                call.end(End::Idle);
            }
        }
    }

    /// How it stands, without those that nobody has accepted.
    pub(super) fn counters(&self) -> Counters {
        let calls = self.lock();
        let count = |calls: usize| u64::try_from(calls).unwrap_or(0);
        Counters {
            active: count(calls.active.len()),
            headers: count(calls.headers.len()),
            waiting: count(calls.waiting.len()),
            ..self.counts.read()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_header_that_nobody_had_time_to_read_is_a_call_that_is_cut() {
        let places = Places { calls: 1, headers: 3 };
        let board = Switchboard::new(Bell::new().unwrap(), places, None);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut callers =
            [0; 3].map(|_| TcpStream::connect(listener.local_addr().unwrap()).unwrap());
        let calls = [0; 3].map(|_| {
            let (socket, peer) = listener.accept().unwrap();
            Arc::new(Call::new(socket, peer))
        });
        for call in &calls {
            board.take(call);
        }
        callers[1].write_all(b"agi_network: yes\n").unwrap();
        while calls[1].is_silent() {
            thread::yield_now();
        }
        // Its thread is about to leave.
        assert_eq!(calls[2].has_ended(End::Done), End::Done);
        assert_eq!(board.end_all(), 1);
        let ends = [End::NoHeader, End::Cut, End::Done].map(Some);
        assert_eq!(calls.map(|call| call.verdict()), ends);
    }
}
