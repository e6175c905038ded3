//! The thread that accepts, and how a server ends.

use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use log::Level;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};

use super::bell::Bell;
use super::call::Reception;
use super::connection::Call;
use super::counters::End;
use super::crew::Crew;
use super::handle::Stop;
use super::listen::Door;
use super::switchboard::Room;
use crate::descriptor::poll_until;

/// How often idle calls are looked for, and what the log left out is told.
const LOOK: Duration = Duration::from_secs(1);
/// The system has no descriptor, memory or thread: nothing is accepted for so long.
const PAUSE: Duration = Duration::from_millis(100);
/// More have connected than have been heard: they are, meanwhile.
const MOMENT: Duration = Duration::from_millis(10);
/// What scripts whose calls were closed have for their clean-up.
const CLEAN_UP: Duration = Duration::from_secs(2);
/// So many connections are accepted between two looks at everything else.
const BATCH: usize = 64;
/// And so many at the end: more than any listen queue holds.
const QUEUES: usize = 16 * 1024;

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "it says whether calls were cut"]
pub struct Stopped {
    /// So many calls were closed before their scripts had ended.
    pub cut: usize,
    /// So many scripts did not end then either: one that does not look at the hangup cannot be stopped, but by the end
    /// of the process.
    pub running: usize,
}

impl Stopped {
    /// 0 if every call that was accepted came to its own end, otherwise 1.
    #[must_use]
    pub fn exit_code(self) -> ExitCode {
        ExitCode::from(u8::from(self.cut > 0))
    }
}

/// What a server's own thread holds.
pub(super) struct Entrance {
    pub(super) reception: Arc<Reception>,
    pub(super) doors: Arc<Vec<Door>>,
    pub(super) stop: Arc<Stop>,
    /// SIGTERM and SIGINT.
    pub(super) stops: Bell,
    /// SIGUSR1.
    pub(super) asks: Bell,
    pub(super) grace: Duration,
    pub(super) crew: Arc<Crew>,
    pub(super) stack: usize,
    /// When idle calls were looked for last.
    pub(super) looked: Instant,
    /// A call that was accepted and has no thread yet.
    pub(super) held: Option<(Arc<Call>, u64)>,
}

impl Entrance {
    /// Serves until it is stopped.
    pub(super) fn serve(mut self) -> Stopped {
        for door in self.doors.iter() {
            if let Ok(address) = door.listener.local_addr() {
                log::info!("fastagi: serves agi://{address}/");
            }
        }
        let mut pause = None;
        while self.stop.level() == 0 {
            self.wait(pause.is_none(), pause.unwrap_or(LOOK));
            pause = self.accept().err().map(|_| PAUSE);
        }
        let deadline = Instant::now().checked_add(self.grace);
        log::info!("fastagi: stops");
        self.empty_queues(deadline);
        self.doors = Arc::default();
        self.end(deadline)
    }

    /// Waits for a connection, where there is a place for one, or for anything else to do, and does that.
    fn wait(&mut self, accepts: bool, most: Duration) {
        let board = Arc::clone(&self.reception.board);
        let (accepts, most) = match accepts.then(|| board.room()) {
            Some(Room::Free) => (true, most),
            Some(Room::Crowded) => (false, MOMENT),
            Some(Room::Full) | None => (false, most),
        };
        let bells = [&board.bell, &self.stop.bell, &self.stops, &self.asks];
        let doors = self.doors.iter().filter(|_| accepts).map(|door| door.listener.as_fd());
        let all = bells.iter().map(|bell| bell.descriptor()).chain(doors);
        let mut all: Vec<PollFd<'_>> = all.map(|it| PollFd::new(it, PollFlags::POLLIN)).collect();
        match poll(&mut all, poll_until(Instant::now().checked_add(most))) {
            Ok(_) | Err(Errno::EINTR) => {}
            // No memory, for the moment. The calls that there are do not end for that.
            Err(_) => thread::sleep(PAUSE),
        }
        for (at, bell) in bells.iter().enumerate() {
            let rang = all.get(at).is_some_and(|it| it.any() == Some(true));
            let count = if rang { bell.rang() } else { 0 };
            match at {
                2 if count > 0 => self.stop.raise(u8::try_from(count).unwrap_or(u8::MAX)),
                3 if count > 0 => log::info!("fastagi: {}", self.stop.counters()),
                _ => {}
            }
        }
        if self.looked.elapsed() >= LOOK {
            self.looked = Instant::now();
            board.complaints.catch_up();
            board.failures.catch_up();
            board.end_idle();
        }
    }

    /// Takes in who waits, as far as there are places; of each door so many, so that none is kept from the others, nor
    /// a signal from its effect, by callers without end.
    fn accept(&mut self) -> io::Result<()> {
        self.begin_held()?;
        let doors = Arc::clone(&self.doors);
        for door in doors.iter() {
            for _ in 0..BATCH {
                if self.reception.board.room() != Room::Free || !self.accept_one(door)? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Takes in whoever has connected already: the system has answered him. A queue that goes on without us is not ours.
    fn empty_queues(&mut self, deadline: Option<Instant>) {
        let doors = Arc::clone(&self.doors);
        for door in doors.iter().filter(|door| !door.is_shared) {
            // Those who keep coming meanwhile do not hold it up for ever.
            let mut left = QUEUES;
            while left > 0 && self.stop.level() < 2 && !is_over(deadline) {
                let taken = match self.reception.board.has_room_for_a_header() {
                    true => self.accept_one(door).map_err(|_| PAUSE),
                    false => Err(MOMENT),
                };
                match taken {
                    Ok(false) => break,
                    Ok(true) if !left.is_multiple_of(BATCH) => {}
                    Ok(true) => self.wait(false, Duration::ZERO),
                    Err(pause) => self.wait(false, pause),
                }
                left -= usize::from(taken.is_ok());
            }
        }
    }

    /// Takes one in; gives false if nobody waits.
    fn accept_one(&mut self, door: &Door) -> io::Result<bool> {
        self.begin_held()?;
        let board = &self.reception.board;
        let (socket, peer) = match door.listener.accept() {
            Ok(accepted) => accepted,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            // He has left already.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted | ErrorKind::Interrupted
                ) =>
            {
                return Ok(true);
            }
            Err(error) => {
                let what = || format!("a connection could not be accepted: {error}");
                board.complaints.say(Level::Warn, what);
                // It may be descriptors that lack.
                board.make_room();
                return Err(error);
            }
        };
        if self.reception.lets_in(peer) {
            let call = Arc::new(Call::new(socket, peer));
            let number = board.take(&call);
            self.held = Some((call, number));
            self.begin_held()?;
        }
        Ok(true)
    }

    /// Gives the call that was accepted last its thread. Where the system has none it is kept for the next try.
    fn begin_held(&mut self) -> io::Result<()> {
        let Some((call, number)) = self.held.take() else { return Ok(()) };
        let reception = Arc::clone(&self.reception);
        let its = Arc::clone(&call);
        let given = self.crew.give(self.stack, move || reception.receive(its, number));
        given.inspect_err(|error| {
            let what = || format!("{}: no thread for its call yet: {error}", call.peer);
            self.reception.board.complaints.say(Level::Warn, what);
            self.held = Some((call, number));
        })
    }

    /// Lets the calls come to their ends, and closes what is left.
    fn end(mut self, deadline: Option<Instant>) -> Stopped {
        let board = Arc::clone(&self.reception.board);
        log::info!("fastagi: {} calls go on", board.len());
        while !board.is_empty() && self.stop.level() < 2 && !is_over(deadline) {
            let left = deadline.map(|it| it.saturating_duration_since(Instant::now()));
            let again = self.begin_held().map_or(PAUSE, |()| LOOK);
            self.wait(false, left.unwrap_or(LOOK).min(again));
        }
        let cut = board.end_all();
        if let Some((call, number)) = self.held.take() {
            // It never began: nobody else counts it.
            board.counts.ended(call.has_ended(End::Cut));
            board.leave(number);
        }
        if cut > 0 {
            log::warn!("fastagi: {cut} calls have not ended and are closed");
        }
        let deadline = Instant::now() + CLEAN_UP;
        while !board.is_empty() && Instant::now() < deadline {
            self.wait(false, deadline.saturating_duration_since(Instant::now()));
        }
        let running = board.len();
        if running > 0 {
            log::warn!("fastagi: {running} scripts did not end with their calls");
        }
        board.complaints.close();
        board.failures.close();
        log::info!("fastagi: has stopped; {}", self.stop.counters());
        Stopped { cut, running }
    }
}

fn is_over(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}
