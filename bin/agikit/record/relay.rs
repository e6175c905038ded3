//! Bytes, signals and ends, passed on in both directions as they come.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;

use agikit::program::Running;
use agikit::transcript::{Event, Exit};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::SIGHUP;

use super::signals::Signals;
use super::tape::Recording;

/// A pipe takes so much without blocking whenever it takes anything.
const PIECE: usize = 4096;

/// A look at the program now and then, should a signal of its end be lost.
const LOOK: u16 = 500;

/// Everything between Asterisk and the program. What is `None` has been closed.
pub(super) struct Relay<'a> {
    running: Running,
    from_asterisk: Option<File>,
    to_program: Option<PipeWriter>,
    from_program: Option<PipeReader>,
    to_asterisk: Option<File>,
    /// What was read and not yet passed on.
    down: Vec<u8>,
    up: Vec<u8>,
    signals: Signals,
    recording: &'a Recording,
}

/// The ends that `poll` watches.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Signals,
    FromAsterisk,
    ToProgram,
    FromProgram,
    ToAsterisk,
}

impl<'a> Relay<'a> {
    pub(super) fn new(
        mut running: Running,
        input: File,
        output: File,
        signals: Signals,
        recording: &'a Recording,
    ) -> Self {
        Relay {
            to_program: running.to.take(),
            from_program: running.from.take(),
            running,
            from_asterisk: Some(input),
            to_asterisk: Some(output),
            down: Vec::new(),
            up: Vec::new(),
            signals,
            recording,
        }
    }

    /// Until the program has ended and all that it wrote has gone to Asterisk.
    pub(super) fn run(mut self) -> io::Result<Exit> {
        loop {
            let ready = self.wait(PollTimeout::from(LOOK))?;
            let signals = match ready.contains(&End::Signals) {
                true => self.signals.take(),
                false => Vec::new(),
            };
            self.pass(&ready);
            if !signals.is_empty() {
                // Asterisk writes the last reply before the signal: it is there, and goes first.
                let ready = self.wait(PollTimeout::ZERO)?;
                self.pass(&ready);
                self.signal(&signals)?;
            }
            let ended = self.running.ended()?;
            if let (Some(exit), None) = (ended, &self.from_program)
                && (self.up.is_empty() || self.to_asterisk.is_none())
            {
                return Ok(exit);
            }
        }
    }

    /// The ends where something can be done.
    fn wait(&self, limit: PollTimeout) -> io::Result<Vec<End>> {
        let read = PollFlags::POLLIN;
        let write = |bytes: &[u8]| match bytes.is_empty() {
            true => PollFlags::empty(), // only whether the reader has gone
            false => PollFlags::POLLOUT,
        };
        let mut ends = vec![(End::Signals, self.signals.descriptor(), read)];
        // What was read goes on before more is read: whoever is slow slows the other, as without us.
        if let (Some(file), true) = (&self.from_asterisk, self.down.is_empty()) {
            ends.push((End::FromAsterisk, file.as_fd(), read));
        }
        if let (Some(pipe), true) = (&self.from_program, self.up.is_empty()) {
            ends.push((End::FromProgram, pipe.as_fd(), read));
        }
        if let Some(pipe) = &self.to_program {
            ends.push((End::ToProgram, pipe.as_fd(), write(&self.down)));
        }
        if let Some(file) = &self.to_asterisk {
            ends.push((End::ToAsterisk, file.as_fd(), write(&self.up)));
        }
        let mut polled: Vec<PollFd<'_>> =
            ends.iter().map(|&(_, fd, flags)| PollFd::new(fd, flags)).collect();
        match poll(&mut polled, limit) {
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        }
        let ready = ends.iter().zip(&polled).filter(|(_, polled)| polled.any() == Some(true));
        Ok(ready.map(|(&(end, ..), _)| end).collect())
    }

    /// Reads and writes once where that can be done.
    fn pass(&mut self, ready: &[End]) {
        for end in ready {
            match end {
                End::Signals => {}
                End::FromAsterisk => match read(&mut self.from_asterisk) {
                    Some(bytes) if bytes.is_empty() => self.recording.event(Event::Closed),
                    Some(bytes) => {
                        self.recording.asterisk(&bytes);
                        self.down = bytes;
                    }
                    None => {}
                },
                End::FromProgram => {
                    if let Some(bytes) = read(&mut self.from_program) {
                        self.recording.script(&bytes);
                        self.up = bytes;
                    }
                }
                End::ToProgram => {
                    if !write(&mut self.to_program, &mut self.down) {
                        // Asterisk, too, writes to nobody from now on.
                        self.from_asterisk = None;
                    }
                }
                End::ToAsterisk => {
                    if !write(&mut self.to_asterisk, &mut self.up) {
                        self.from_program = None;
                    }
                }
            }
        }
        if self.from_asterisk.is_none() && self.down.is_empty() {
            self.to_program = None;
        }
        if self.from_program.is_none() && self.up.is_empty() {
            self.to_asterisk = None;
        }
    }

    /// Passes signals on. What the program has sent before stands before them in the recording, as far as that
    /// can be known: nothing is written down between the last look and the signal.
    fn signal(&mut self, signals: &[i32]) -> io::Result<()> {
        let before = match self.wait(PollTimeout::ZERO)?.contains(&End::FromProgram) {
            true => read(&mut self.from_program),
            false => None,
        };
        for &signal in signals {
            // A program that changed its user cannot be reached, by Asterisk neither.
            let _ = self.running.signal(signal);
        }
        if let Some(bytes) = before {
            self.recording.script(&bytes);
            self.up = bytes;
        }
        if signals.contains(&SIGHUP) {
            self.recording.event(Event::Hangup);
        }
        Ok(())
    }
}

/// What is there to be read. Nothing is the end, and the file is closed then; `None` says try again.
fn read(file: &mut Option<impl Read>) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 16 * PIECE];
    let count = match file.as_mut()?.read(&mut bytes) {
        Ok(count) => count,
        Err(error) if is_passing(&error) => return None,
        Err(_) => 0,
    };
    if count == 0 {
        *file = None;
    }
    bytes.truncate(count);
    Some(bytes)
}

/// Writes what goes without waiting, and keeps the rest. `false`: the reader has gone, and the file is closed.
fn write(file: &mut Option<impl Write>, bytes: &mut Vec<u8>) -> bool {
    let Some(open) = file else { return false };
    let piece = bytes.get(..PIECE).unwrap_or(bytes);
    // With nothing to write, that it is ready says that its reader has gone.
    match if piece.is_empty() { Ok(0) } else { open.write(piece) } {
        Ok(count @ 1..) => drop(bytes.drain(..count)),
        Err(error) if is_passing(&error) => return true,
        Ok(_) | Err(_) => {
            *file = None;
            bytes.clear();
            return false;
        }
    }
    true
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
}
