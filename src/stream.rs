//! Where a session's bytes come from and go to.
//!
//! A [`Session`](crate::Session) works over anything that reads, writes and may be sent to another
//! thread: standard input and output ([`Stdio`]), a TCP or Unix socket, a recorded transcript.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::unistd::{dup2_stdin, dup2_stdout};

/// Both directions of one session.
///
/// Reading blocks until bytes come; `Ok(0)` says that Asterisk has closed its side. Writing takes a
/// whole command line at a time. An error ends the session, `WouldBlock` and a read's time limit too: a
/// reply that came later would be taken for the next command's.
pub trait Stream: Read + Write + Send {
    /// The descriptor on which replies arrive, for a `poll` beside others; `None` when there is none.
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

impl Stream for TcpStream {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.as_fd())
    }
}

impl Stream for UnixStream {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.as_fd())
    }
}

/// Standard input and output of a process that Asterisk's `AGI()` or `EAGI()` started, taken out of
/// reach of everything else in it.
///
/// Every byte on descriptor 1 is a command to Asterisk, and every byte read from descriptor 0 is
/// missing from a reply. So both are moved to private descriptors that no program it starts inherits; in
/// their place descriptor 1 becomes stderr and descriptor 0 gives the end of input at once. A `println!`, a
/// library's or a child's, lands on Asterisk's stderr and shifts nothing, and a child that reads its
/// standard input (ffmpeg, ssh) takes nothing.
///
/// What was printed before [`take`](Stdio::take) has gone to Asterisk already: [`run`](crate::run) takes
/// first of all, so call it first in `main`.
///
/// # A recorded session
/// Asterisk gives a pipe. Where standard input is a regular file (`account < session`), it is Asterisk's
/// half of a call, written down: then every read gives one line at most, so that each reply comes in its
/// turn. Taken at once, all but the first would be lines that answer nothing.
#[derive(Debug)]
pub struct Stdio {
    input: Input,
    output: File,
}

#[derive(Debug)]
enum Input {
    Asterisk(File),
    Recorded(BufReader<File>),
}

impl Stdio {
    /// Takes standard input and output, once: a second call gives a stream that is at its end.
    ///
    /// # Errors
    /// The system had no descriptor left.
    pub fn take() -> io::Result<Self> {
        let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        dup2_stdout(io::stderr())?;
        let (end, _) = io::pipe()?;
        dup2_stdin(end)?;
        let input = match input.metadata()?.is_file() {
            false => Input::Asterisk(input),
            true => Input::Recorded(BufReader::new(input)),
        };
        Ok(Stdio { input, output })
    }
}

impl Read for Stdio {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let input = match &mut self.input {
            Input::Asterisk(input) => return input.read(buffer),
            Input::Recorded(input) => input,
        };
        let held = input.fill_buf()?;
        let line = held.iter().position(|&byte| byte == b'\n').map_or(held.len(), |at| at + 1);
        let most = line.min(buffer.len());
        input.read(buffer.get_mut(..most).unwrap_or_default())
    }
}

impl Write for Stdio {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // nothing is held back
    }
}

impl Stream for Stdio {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        match &self.input {
            Input::Asterisk(input) => Some(input.as_fd()),
            Input::Recorded(_) => None, // it has every reply, before its command too
        }
    }
}
