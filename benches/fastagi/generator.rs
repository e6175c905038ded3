//! Plays many calls at once on one thread: one read and one write a command, one wait for many of them.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, connect, socket};

use crate::call::{Call, Stage};

/// The calls that are under way, and what came of the others.
pub(crate) struct Generator {
    epoll: Epoll,
    events: Vec<EpollEvent>,
    address: SockaddrIn,
    hold: bool,
    calls: Vec<Option<Call>>,
    numbers: u64,
    /// How many calls are under way.
    active: usize,
    pub(crate) done: u64,
    pub(crate) faults: Vec<String>,
}

impl Generator {
    pub(crate) fn new(port: u16, hold: bool) -> io::Result<Self> {
        Ok(Generator {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            events: vec![EpollEvent::empty(); 256],
            address: SockaddrIn::new(127, 0, 0, 1, port),
            hold,
            calls: Vec::new(),
            numbers: 0,
            active: 0,
            done: 0,
            faults: Vec::new(),
        })
    }

    /// Begins this many calls.
    pub(crate) fn begin(&mut self, many: usize) -> io::Result<()> {
        for _ in 0..many {
            self.calls.push(None);
            self.dial(self.calls.len() - 1)?;
        }
        Ok(())
    }

    /// Begins a call in a place that is free.
    fn dial(&mut self, place: usize) -> io::Result<()> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let dialled = socket(AddressFamily::Inet, SockType::Stream, flags, None)?;
        let interest = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT | EpollFlags::EPOLLET;
        self.epoll.add(&dialled, EpollEvent::new(interest, place as u64))?;
        match connect(std::os::fd::AsRawFd::as_raw_fd(&dialled), &self.address) {
            Ok(()) | Err(Errno::EINPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        let mut call = Call::new(TcpStream::from(dialled), self.numbers, self.hold);
        self.numbers += 1;
        match call.turn() {
            Ok(_) => {
                self.calls[place] = Some(call);
                self.active += 1;
            }
            Err(fault) => self.faults.push(fault),
        }
        Ok(())
    }

    /// Takes part in all calls until this time, or until none is left. What is done is followed by a new one
    /// where `again` says so.
    pub(crate) fn play(&mut self, until: Instant, again: bool) -> io::Result<()> {
        while self.active > 0 || again {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let wait = u16::try_from(left.as_millis() + 1).unwrap_or(u16::MAX);
            let mut events = std::mem::take(&mut self.events);
            let ready = match self.epoll.wait(&mut events, EpollTimeout::from(wait)) {
                Err(Errno::EINTR) => 0,
                other => other?,
            };
            for event in &events[..ready] {
                self.turn(event.data() as usize, again)?;
            }
            self.events = events;
        }
        Ok(())
    }

    fn turn(&mut self, place: usize, again: bool) -> io::Result<()> {
        // The event of a call that is over.
        let Some(call) = &mut self.calls[place] else { return Ok(()) };
        match call.turn() {
            Ok(Stage::Done) => self.done += 1,
            Ok(_) => return Ok(()),
            Err(fault) => self.faults.push(fault),
        }
        self.calls[place] = None;
        self.active -= 1;
        if again && self.faults.len() < 100 { self.dial(place) } else { Ok(()) }
    }

    /// How many have sent the command that is held back.
    pub(crate) fn held(&self) -> usize {
        self.calls.iter().flatten().filter(|call| call.stage == Stage::Held).count()
    }

    /// Answers all those commands.
    pub(crate) fn release(&mut self) {
        for place in &mut self.calls {
            if let Some(call) = place
                && let Err(fault) = call.release()
            {
                self.faults.push(fault);
                *place = None;
                self.active -= 1;
            }
        }
    }

    /// Lets the calls that are under way end; those that do not are faults.
    pub(crate) fn drain(&mut self, limit: Duration) -> io::Result<()> {
        self.play(Instant::now() + limit, false)?;
        for call in self.calls.iter().flatten() {
            self.faults.push(format!("never ended: {:?} after {limit:?}", call.stage));
        }
        self.calls.clear();
        self.active = 0;
        Ok(())
    }
}
