//! The thread that accepts, and how a server ends.

use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};

use super::bell::Bell;
use super::call::Reception;
use super::handle::Stop;
use super::listen::Door;
use super::switchboard::{Call, Room};
use crate::descriptor::poll_until;

/// How often idle calls are looked for, and what the log left out is told.
const LOOK: Duration = Duration::from_secs(1);
/// The system has no descriptor, memory or thread: nothing is accepted for so long.
const PAUSE: Duration = Duration::from_millis(100);
/// More have connected than have been heard: they are, meanwhile.
const MOMENT: Duration = Duration::from_millis(10);
/// What scripts whose calls were closed have for their clean-up.
const CLEAN_UP: Duration = Duration::from_secs(2);

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
    pub(super) stack: usize,
}

impl Entrance {
    /// Serves until it is stopped.
    pub(super) fn serve(mut self) -> io::Result<Stopped> {
        let mut pause = None;
        while self.stop.level() == 0 {
            let until = Instant::now() + pause.unwrap_or(LOOK);
            self.wait(pause.is_none(), until)?;
            pause = self.accept().err().map(|_| PAUSE);
        }
        let deadline = Instant::now() + self.grace;
        self.empty_queues(deadline);
        self.doors = Arc::default();
        self.end(deadline)
    }

    /// Waits for a connection, where there is a place for one, or for anything else to do, and does that.
    fn wait(&self, accepts: bool, until: Instant) -> io::Result<()> {
        let board = &self.reception.board;
        let (accepts, until) = match board.room() {
            _ if !accepts => (false, until),
            Room::Free => (true, until),
            Room::Full => (false, until),
            Room::Crowded => (false, until.min(Instant::now() + MOMENT)),
        };
        let bells = [&board.bell, &self.stop.bell, &self.stops, &self.asks];
        let doors = self.doors.iter().filter(|_| accepts).map(|door| door.listener.as_fd());
        let all = bells.iter().map(|bell| bell.descriptor()).chain(doors);
        let mut all: Vec<PollFd<'_>> = all.map(|it| PollFd::new(it, PollFlags::POLLIN)).collect();
        let count = match poll(&mut all, poll_until(Some(until))) {
            Ok(count) => count,
            Err(Errno::EINTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let rang = |at: usize| all.get(at).is_some_and(|it| it.any() == Some(true));
        for (at, bell) in bells.iter().enumerate() {
            let count = if rang(at) { bell.rang() } else { 0 };
            match at {
                2 if count > 0 => self.stop.raise(u8::try_from(count).unwrap_or(u8::MAX)),
                3 if count > 0 => log::info!("fastagi: {}", self.stop.counters()),
                _ => {}
            }
        }
        if count == 0 {
            // A quiet second, or a busy one is over.
            board.complaints.catch_up();
        }
        board.end_idle();
        Ok(())
    }

    /// Takes in all who wait, as far as there are places.
    fn accept(&self) -> io::Result<()> {
        for door in self.doors.iter() {
            while self.reception.board.room() == Room::Free && self.accept_one(door)? {
                if self.stop.level() > 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Takes in whoever has connected already: the system has answered him. A queue that goes on without us is not ours.
    fn empty_queues(&self, deadline: Instant) {
        for door in self.doors.iter().filter(|door| !door.is_shared) {
            while self.stop.level() < 2 && Instant::now() < deadline {
                match self.reception.board.has_room_for_a_header() {
                    false => thread::sleep(MOMENT),
                    true if self.accept_one(door).unwrap_or(false) => {}
                    true => break,
                }
            }
        }
    }

    /// Takes one in; gives false if nobody waits.
    fn accept_one(&self, door: &Door) -> io::Result<bool> {
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
                board.complaints.say(|| format!("a connection could not be accepted: {error}"));
                return Err(error);
            }
        };
        if !self.reception.lets_in(peer) {
            return Ok(true);
        }
        let call = Arc::new(Call::new(socket, peer));
        let number = board.take(&call);
        let reception = Arc::clone(&self.reception);
        let thread = thread::Builder::new().name("agi".into()).stack_size(self.stack);
        if let Err(error) = thread.spawn(move || reception.receive(call, number)) {
            board.leave(number);
            board.complaints.say(|| format!("{peer}: no thread for its call: {error}"));
            return Err(error);
        }
        Ok(true)
    }

    /// Lets the calls come to their ends, and closes what is left.
    fn end(self, deadline: Instant) -> io::Result<Stopped> {
        let board = &self.reception.board;
        log::info!("fastagi: stops; {} calls go on", board.len());
        while !board.is_empty() && self.stop.level() < 2 && Instant::now() < deadline {
            self.wait(false, deadline.min(Instant::now() + LOOK))?;
        }
        let cut = board.len();
        if cut > 0 {
            log::warn!("fastagi: {cut} calls have not ended and are closed");
            board.end_all();
            let deadline = Instant::now() + CLEAN_UP;
            while !board.is_empty() && Instant::now() < deadline {
                self.wait(false, deadline)?;
            }
        }
        let running = board.len();
        if running > 0 {
            log::warn!("fastagi: {running} scripts did not end with their calls");
        }
        Ok(Stopped { cut, running })
    }
}
