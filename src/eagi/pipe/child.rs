//! The program: its pipes, its end, and the end of all that it started.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{self, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use crate::descriptor::never_blocking;

/// So much waits for a program that reads slowly: a minute at 8 kHz, as in the pipe that the audio comes by.
const WAITING: usize = 1 << 20;

/// As much is read at once.
const PIECE: usize = 1 << 16;

/// As much of what an ended program has left in its pipes is read: somebody else may write there for ever.
const LEFT: usize = 1 << 21;

/// How long what is left of the program's group has between SIGTERM and SIGKILL.
const LAST_WORDS: Duration = Duration::from_millis(30);

/// A program that runs. Dropping it ends it, and its process group; nothing stays behind.
#[derive(Debug)]
pub(super) struct Child {
    child: process::Child,
    group: Pid,
    stdin: Option<File>,
    /// What the program has not taken yet.
    waiting: VecDeque<u8>,
    /// What waits is written, and then standard input is closed.
    closing: bool,
    pub(super) stdout: Output,
    pub(super) stderr: Output,
    /// Ends when the program has ended.
    exit: PipeReader,
    reaped: Option<ExitStatus>,
}

/// An end of a pipe that the program writes to; `None` when that has ended.
#[derive(Debug)]
pub(super) struct Output(Option<File>);

impl Child {
    pub(super) fn start(command: &mut Command) -> io::Result<Child> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.process_group(0).spawn()?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (exit, ended) = match io::pipe() {
            Ok(both) => both,
            Err(error) => {
                let _ = child.kill().and_then(|()| child.wait());
                return Err(error);
            }
        };
        let group = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
        // From here on it ends by being dropped.
        let mut child = Child {
            child,
            group,
            stdin: None,
            waiting: VecDeque::new(),
            closing: false,
            stdout: Output(None),
            stderr: Output(None),
            exit,
            reaped: None,
        };
        child.stdin = stdin.map(|end| open(end.into())).transpose()?;
        child.stdout.0 = stdout.map(|end| open(end.into())).transpose()?;
        child.stderr.0 = stderr.map(|end| open(end.into())).transpose()?;
        // It is seen here and collected elsewhere, so that its number stays its own as long as signals are sent.
        thread::Builder::new().name("end of the program".into()).spawn(move || {
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            while waitid(Id::Pid(group), flags) == Err(nix::errno::Errno::EINTR) {}
            drop(ended);
        })?;
        Ok(child)
    }

    /// Where more can be written, while there is something to be written.
    pub(super) fn to(&self) -> Option<BorrowedFd<'_>> {
        self.stdin.as_ref().filter(|_| !self.waiting.is_empty()).map(AsFd::as_fd)
    }

    /// Ends when the program has ended.
    pub(super) fn exit(&self) -> BorrowedFd<'_> {
        self.exit.as_fd()
    }

    /// Whether it still takes input.
    pub(super) fn listens(&self) -> bool {
        self.stdin.is_some() && !self.closing
    }

    /// Gives it these bytes, at once or later; `false` where too much waits already.
    pub(super) fn give(&mut self, bytes: &[u8]) -> bool {
        if !self.listens() {
            return true; // it has closed its side: it wants no more
        }
        if self.waiting.len() + bytes.len() > WAITING {
            return false;
        }
        self.waiting.extend(bytes);
        self.write();
        true
    }

    /// Writes as much as the program takes.
    pub(super) fn write(&mut self) {
        while let (Some(stdin), (piece, _)) = (&mut self.stdin, self.waiting.as_slices())
            && !piece.is_empty()
        {
            match stdin.write(piece) {
                Ok(written) => drop(self.waiting.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // It reads no more. That is its own affair, and not its end.
                Err(_) => {
                    self.stdin = None;
                    self.waiting.clear();
                }
            }
        }
        if self.closing {
            self.stdin = None;
        }
    }

    /// Closes its standard input as soon as all is written.
    pub(super) fn close(&mut self) {
        self.closing = true;
        self.write();
    }

    /// Sends a signal to it and to all that it started.
    pub(super) fn signal(&self, signal: Signal) {
        let _ = killpg(self.group, signal); // nobody is left: so be it
    }

    /// The end: what is left of its group is ended, too, and nothing stays in the table of processes.
    pub(super) fn reap(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.reaped {
            return Ok(status);
        }
        self.signal(Signal::SIGTERM);
        let status = self.child.wait()?;
        self.reaped = Some(status);
        // A group has its number as long as somebody is in it.
        let end = Instant::now() + LAST_WORDS;
        while killpg(self.group, None).is_ok() {
            if Instant::now() >= end {
                self.signal(Signal::SIGKILL);
                break;
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(status)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.reaped.is_none() {
            self.signal(Signal::SIGKILL);
            let _ = self.child.wait();
        }
    }
}

impl Output {
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.0.as_ref().map(AsFd::as_fd)
    }

    /// Takes what is there, a piece at most. Gives whether there may be more.
    pub(super) fn read(&mut self, mut take: impl FnMut(&[u8])) -> bool {
        let mut piece = [0; PIECE];
        let Some(from) = &mut self.0 else { return false };
        match from.read(&mut piece) {
            Ok(count) if count > 0 => {
                take(piece.get(..count).unwrap_or_default());
                true
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => false,
            Err(error) if error.kind() == ErrorKind::Interrupted => true,
            Ok(_) | Err(_) => {
                self.0 = None;
                false
            }
        }
    }

    /// Takes what the program has left, and closes the pipe.
    pub(super) fn finish(&mut self, mut take: impl FnMut(&[u8])) {
        let mut left = LEFT;
        while left > 0
            && self.read(|piece| {
                take(piece);
                left = left.saturating_sub(piece.len());
            })
        {}
        self.0 = None;
    }
}

/// An end of a pipe on which nothing waits. (The program's own end is another description: it may wait.)
fn open(end: OwnedFd) -> io::Result<File> {
    never_blocking(&end)?;
    Ok(end.into())
}
