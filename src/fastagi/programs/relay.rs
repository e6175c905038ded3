//! Between Asterisk's connection and a program's pipes.

use std::io::{self, ErrorKind, PipeReader, PipeWriter, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use nix::poll::PollFlags;
use nix::sys::socket::{Shutdown as Half, shutdown};

use super::down::Down;
use super::last::Last;
use super::up::Up;
use crate::descriptor::{blocking, is_passing, never_blocking, wait};
use crate::hangup::Hangup;
use crate::program::Running;
use crate::stream::Stream;
use crate::transcript::Exit;

/// Read at once.
const PIECE: usize = 1 << 14;
/// Between two looks at a program that has closed its output and goes on, or does not read: from the one to the other.
const SOON: Duration = Duration::from_millis(1);
const LATE: Duration = Duration::from_millis(100);

/// How a call was passed on.
#[derive(Debug)]
pub(super) struct Passed {
    pub(super) exit: Exit,
    /// Something can still be said.
    pub(super) is_open: bool,
}

/// Everything between both. What is `None` is closed.
pub(super) struct Relay<'a> {
    running: &'a mut Running,
    stream: &'a mut dyn Stream,
    hangup: &'a Hangup,
    to: Option<PipeWriter>,
    from: Option<PipeReader>,
    down: Down,
    up: Up,
    /// When Asterisk closed its side.
    closed: Option<Instant>,
    /// The program was told of the hangup.
    told: bool,
    after: Duration,
    last: Last,
}

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Asterisk,
    ToAsterisk,
    Program,
    ToProgram,
}

impl<'a> Relay<'a> {
    pub(super) fn new(
        running: &'a mut Running,
        stream: &'a mut dyn Stream,
        hangup: &'a Hangup,
        header: &[u8],
        after: Duration,
    ) -> io::Result<Self> {
        let (to, from) = (running.to.take(), running.from.take());
        to.as_ref().map_or(Ok(()), never_blocking)?;
        from.as_ref().map_or(Ok(()), never_blocking)?;
        let (down, up, last) = (Down::new(header), Up::default(), Last::NotYet);
        let (closed, told) = (None, false);
        Ok(Relay { running, stream, hangup, to, from, down, up, closed, told, after, last })
    }

    /// Passes all on until the program has ended. `ahead` was read before. A failure is told of by that line, if it
    /// cannot be told of in a session: before the replies that are still to come.
    pub(super) fn run(mut self, ahead: &[u8], on_failure: &str) -> io::Result<Passed> {
        let socket = self.stream.descriptor().ok_or_else(|| {
            io::Error::new(ErrorKind::Unsupported, "programs are for calls over TCP only")
        })?;
        never_blocking(socket)?;
        self.flush_down();
        self.take_replies(ahead);
        let exit = self.pass_all();
        self.stream.descriptor().map_or(Ok(()), blocking)?;
        let exit = exit?;
        if !self.is_in_step() && self.closed.is_none() {
            let is_good = exit == Exit::Status(0) || self.hangup.is_known();
            self.let_it_end(if is_good { "" } else { on_failure });
        }
        Ok(Passed { exit, is_open: self.closed.is_none() })
    }

    fn pass_all(&mut self) -> io::Result<Exit> {
        let mut pause = SOON;
        loop {
            // Asterisk, too, looks at the process only when its output is closed; until then its number is its own,
            // and its group's.
            let mut until = None;
            if self.from.is_none() && (self.up.next().is_none() || self.closed.is_some()) {
                let has_time = self.closed.is_none_or(|since| since.elapsed() < self.after);
                let exit = match self.hangup.is_cut() || !has_time {
                    true => self.last.step(self.running)?,
                    false => self.running.ended()?,
                };
                if let Some(exit) = exit {
                    return Ok(exit);
                }
                until = Some(Instant::now() + pause);
                pause = (pause * 2).min(LATE);
            }
            if self.closed.is_none() && !self.down.has_room() {
                // Nothing is read from the connection, and so its end not seen.
                if self.hangup.is_cut() {
                    self.is_closed();
                }
                until = Some(Instant::now() + LATE);
            }
            for who in self.wait(until)? {
                match who {
                    Who::Asterisk => self.read_asterisk(),
                    Who::ToAsterisk => self.flush_up(),
                    Who::Program => self.read_program(),
                    Who::ToProgram => self.flush_down(),
                }
            }
        }
    }

    /// Whether every command has its reply.
    fn is_in_step(&self) -> bool {
        self.down.replies >= self.up.lines
    }

    /// Waits until something can be done.
    fn wait(&self, until: Option<Instant>) -> io::Result<Vec<Who>> {
        let socket = self.stream.descriptor().filter(|_| self.closed.is_none());
        let has_room = self.down.has_room();
        let from = self.from.as_ref().filter(|_| self.up.has_room());
        let to = self.to.as_ref().filter(|_| !self.down.waiting.is_empty());
        let (input, output) = (PollFlags::POLLIN, PollFlags::POLLOUT);
        let all = [
            (Who::Asterisk, socket.filter(|_| has_room), input),
            (Who::ToAsterisk, socket.filter(|_| self.up.next().is_some()), output),
            (Who::Program, from.map(AsFd::as_fd), input),
            (Who::ToProgram, to.map(AsFd::as_fd), output),
        ];
        wait(all, until)
    }

    fn read_asterisk(&mut self) {
        let mut piece = [0; PIECE];
        match self.stream.read(&mut piece) {
            Ok(0) => self.is_closed(),
            Ok(count) => self.take_replies(piece.get(..count).unwrap_or_default()),
            Err(error) if is_passing(&error) => {}
            Err(_) => self.is_closed(),
        }
    }

    /// Replies go to the program, a hangup becomes its signal: behind what came before it.
    fn take_replies(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (count, is_hangup) = self.down.take(bytes);
            bytes = bytes.get(count..).unwrap_or_default();
            self.flush_down();
            if is_hangup && !self.told {
                self.hang_up();
            }
        }
        if self.is_in_step() {
            self.hangup.is_answered();
        }
    }

    fn hang_up(&mut self) {
        self.told = true;
        self.hangup.raise();
        let _ = self.running.hang_up();
    }

    /// Asterisk says and hears nothing any more. What a program that does not read has not taken in is lost.
    fn is_closed(&mut self) {
        if self.closed.is_none() {
            self.closed = Some(Instant::now());
            self.hang_up();
            self.from = None;
            self.up.clear();
            self.flush_down();
        }
    }

    fn read_program(&mut self) {
        let Some(from) = &mut self.from else { return };
        match self.up.read(from) {
            Ok(true) => {}
            Err(error) if is_passing(&error) => return,
            Ok(false) | Err(_) => self.from = None,
        }
        self.flush_up();
    }

    /// Commands, each by one write, as far as Asterisk takes them.
    fn flush_up(&mut self) {
        while let Some(line) = self.up.next().filter(|_| self.closed.is_none()) {
            match self.stream.write(line) {
                Ok(count) => {
                    if self.up.has_gone(count) {
                        self.hangup.asks();
                        self.down.is_asked();
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return self.is_closed(),
            }
        }
    }

    /// Replies, as far as the program takes them. One that has closed its input misses them, and nothing else.
    fn flush_down(&mut self) {
        while let (Some(to), false) = (&mut self.to, self.down.waiting.is_empty()) {
            match to.write(self.down.waiting.as_slices().0) {
                Ok(count) => self.down.has_gone(count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.to = None,
            }
        }
        if self.to.is_none() {
            self.down.has_gone(usize::MAX);
        }
        if self.closed.is_some() {
            self.to = None;
        }
    }

    /// The program has ended and left commands without replies. They run as they do when a process has ended, if the
    /// connection's end tells Asterisk so and its replies are taken: otherwise it would lose them.
    fn let_it_end(&mut self, last_words: &str) {
        self.closed = Some(Instant::now());
        let _ = self.stream.write_all(last_words.as_bytes());
        let Some(socket) = self.stream.descriptor() else { return };
        let _ = shutdown(socket.as_raw_fd(), Half::Write);
        let mut piece = [0; PIECE];
        loop {
            match self.stream.read(&mut piece) {
                Ok(count) if count > 0 => {}
                Err(error) if is_passing(&error) => {}
                _ => return,
            }
        }
    }
}
