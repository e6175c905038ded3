//! Where a session's bytes come from and go to.
//!
//! A [`Session`](crate::Session) works over anything that reads, writes and may be sent to another
//! thread: standard input and output ([`Stdio`]), a TCP or Unix socket, a recorded transcript.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::unistd::{dup2_stdin, dup2_stdout};

use crate::escape::unescape;

/// FastAGI's port: Asterisk takes it for `agi://host/`.
pub(crate) const FASTAGI_PORT: u16 = 4573;

/// EAGI's descriptor of the caller's audio.
const AUDIO: RawFd = 3;

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

    /// Hands out the caller's audio, once, where there may be any: EAGI's descriptor 3. Only asked for when Asterisk
    /// has said that there is audio (`agi_enhanced: 1.0`).
    fn audio(&mut self) -> Option<OwnedFd> {
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
///
/// The file may also be a [transcript](mod@crate::transcript): of that, the lines that Asterisk sent (`<`) are
/// read, and all else is passed over. Nothing is compared, no hangup is raised, and an open part (`[..]`) is
/// read as it stands; [`replay`](crate::transcript::replay) does better.
///
/// # The caller's audio
/// Descriptor 3 stays where it is until [`Audio::open`](crate::audio::Audio::open) asks for it.
#[derive(Debug)]
pub struct Stdio {
    input: Input,
    output: File,
    /// Whether descriptor 3 was open when this program was started, and was not handed out.
    audio: bool,
}

#[derive(Debug)]
enum Input {
    Asterisk(File),
    Recorded(Recorded),
}

/// A file with Asterisk's half of a call, alone or in a transcript.
#[derive(Debug)]
struct Recorded {
    input: BufReader<File>,
    /// What is left of a line.
    line: VecDeque<u8>,
    /// Whether the file is a transcript; its first line tells.
    transcript: Option<bool>,
}

impl Recorded {
    /// Reads up to the next line of Asterisk's.
    fn next_line(&mut self) -> io::Result<()> {
        let mut line = Vec::new();
        while self.line.is_empty() && self.input.read_until(b'\n', &mut line)? > 0 {
            let begins = matches!(
                *line,
                [b'<' | b'>' | b'!' | b'=' | b'@' | b'#', b' ' | b'\r' | b'\n', ..]
            );
            if !*self.transcript.get_or_insert(begins) {
                self.line = line.into();
                break;
            }
            let content = line.strip_suffix(b"\n").unwrap_or(&line);
            let content = content.strip_suffix(b"\r").unwrap_or(content);
            if let Some(content) = content.strip_prefix(b"<") {
                self.line = unescape(content.strip_prefix(b" ").unwrap_or(content)).into();
                self.line.push_back(b'\n');
            }
            line.clear();
        }
        Ok(())
    }
}

/// One of the three descriptors that every program has, without the buffer that `io::stdin()` would make for it.
#[expect(unsafe_code, reason = "std hands them out with their buffers only")]
fn standard(number: RawFd) -> BorrowedFd<'static> {
    // SAFETY: it is 0, 1 or 2. std opens those that are closed before `main`, and nothing safe closes one: they are put
    // into another's place, and stay open.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// Whether a person sits at standard input.
pub(crate) fn is_at_terminal() -> bool {
    standard(0).is_terminal()
}

impl Stdio {
    /// Takes standard input and output, once: a second call gives a stream that is at its end.
    ///
    /// # Errors
    /// The system had no descriptor left.
    pub fn take() -> io::Result<Self> {
        let input = File::from(standard(0).try_clone_to_owned()?);
        // A duplicate gets the lowest number from 3 on that is free: under plain AGI that is 3 itself.
        let audio = input.as_raw_fd() != AUDIO;
        let output = File::from(standard(1).try_clone_to_owned()?);
        dup2_stdout(standard(2))?;
        let (end, _) = io::pipe()?;
        dup2_stdin(end)?;
        let input = match input.metadata()?.is_file() {
            false => Input::Asterisk(input),
            true => Input::Recorded(Recorded {
                input: BufReader::new(input),
                line: VecDeque::new(),
                transcript: None,
            }),
        };
        Ok(Stdio { input, output, audio })
    }
}

impl Read for Stdio {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let input = match &mut self.input {
            Input::Asterisk(input) => return input.read(buffer),
            Input::Recorded(input) => input,
        };
        if input.line.is_empty() {
            input.next_line()?;
        }
        input.line.read(buffer)
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

    #[expect(unsafe_code, reason = "nothing else says that an inherited descriptor is ours")]
    fn audio(&mut self) -> Option<OwnedFd> {
        static GIVEN: AtomicBool = AtomicBool::new(false);
        let there = self.audio && !GIVEN.swap(true, Ordering::SeqCst);
        // SAFETY: it was open when standard input was moved, first of all in `main`, so it was inherited; Asterisk
        // has said that it is the audio; and it is given away once in the life of the program. Where `main` opened
        // something before, it may be that, which is let go below.
        let audio = there.then(|| unsafe { OwnedFd::from_raw_fd(AUDIO) })?;
        // Nothing that is closed in programs that are started can have been inherited.
        match fcntl(&audio, FcntlArg::F_GETFD).map(FdFlag::from_bits_retain) {
            Ok(flags) if !flags.contains(FdFlag::FD_CLOEXEC) => Some(audio),
            _ => {
                let _: RawFd = audio.into_raw_fd(); // somebody else's: it stays open
                None
            }
        }
    }
}
