//! A program that was started.

use std::io::{self, PipeReader, PipeWriter};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;

use crate::transcript::Exit;

/// The longest sleep between two looks at a process: its end is seen that much late.
const LOOK: Duration = Duration::from_millis(4);

/// The first real-time signal: told where nobody says which one it was.
const REAL_TIME: i32 = 34;

/// A program that was started, and Asterisk's ends of its pipes.
///
/// The pipes may be taken out and closed one by one; closing [`to`](Running::to) is how Asterisk ends its side.
/// Dropping it ends the program, too, if it still runs: nothing outlives it, and no ended process stays behind.
#[derive(Debug)]
pub struct Running {
    /// The program's standard input: the environment and the replies go here.
    pub to: Option<PipeWriter>,
    /// The program's standard output: commands come from here.
    pub from: Option<PipeReader>,
    /// The caller's audio, under EAGI. It never blocks: what does not fit is `WouldBlock`, and lost as it is
    /// with Asterisk.
    pub audio: Option<PipeWriter>,
    /// The program's standard error, where it is captured. Nobody reading it stops the program at 64 KiB.
    pub errors: Option<PipeReader>,
    pid: Pid,
    group: bool,
    exit: Option<Exit>,
}

impl Running {
    pub(super) fn new(
        pid: Pid,
        group: bool,
        to: PipeWriter,
        from: PipeReader,
        audio: Option<PipeWriter>,
        errors: Option<PipeReader>,
    ) -> Self {
        Running { to: Some(to), from: Some(from), audio, errors, pid, group, exit: None }
    }

    /// The number of the process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid.as_raw().unsigned_abs()
    }

    /// Sends a signal to the program, and to it alone. One that has ended gets none.
    ///
    /// # Errors
    /// There is no such signal, or the program runs as another user by now.
    pub fn signal(&self, signal: i32) -> io::Result<()> {
        let signal = Signal::try_from(signal)?;
        match self.exit {
            // Its number may be another's by now.
            Some(_) => Ok(()),
            None => not_there_is_fine(kill(self.pid, signal)),
        }
    }

    /// SIGHUP, which is how Asterisk tells of the hangup.
    ///
    /// # Errors
    /// As for [`signal`](Running::signal).
    pub fn hang_up(&self) -> io::Result<()> {
        self.signal(Signal::SIGHUP as i32)
    }

    /// Whether SIGHUP does not end the program: it catches the signal or ignores it. Where that cannot be told,
    /// it is taken for a good one.
    pub(super) fn minds_hangup(&self) -> bool {
        let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", self.pid)) else {
            return true;
        };
        let masks = status.lines().filter_map(|line| {
            line.strip_prefix("SigCgt:").or_else(|| line.strip_prefix("SigIgn:"))
        });
        // SIGHUP is signal 1: the lowest bit, in the last hexadecimal digit.
        let last = masks.filter_map(|mask| mask.chars().last()?.to_digit(16));
        last.into_iter().any(|digit| digit & 1 == 1)
    }

    /// Asks the program, and all in its process group where it has one of its own, to end (SIGTERM).
    ///
    /// # Errors
    /// As for [`kill`](Running::kill).
    pub fn terminate(&self) -> io::Result<()> {
        match (self.exit, self.group) {
            (Some(_), _) => Ok(()),
            (None, true) => not_there_is_fine(killpg(self.pid, Signal::SIGTERM)),
            (None, false) => self.signal(Signal::SIGTERM as i32),
        }
    }

    /// Ends the program at once (SIGKILL), and all in its process group where it has one of its own.
    ///
    /// # Errors
    /// The program runs as another user by now.
    pub fn kill(&self) -> io::Result<()> {
        match (self.exit, self.group) {
            (Some(_), _) => Ok(()),
            (None, true) => not_there_is_fine(killpg(self.pid, Signal::SIGKILL)),
            (None, false) => self.signal(Signal::SIGKILL as i32),
        }
    }

    /// Whether the program has ended. Its status is still to be asked for: until then its number is its own, and its
    /// group's.
    #[cfg(feature = "fastagi")]
    pub(crate) fn has_ended(&self) -> bool {
        let flags = WaitPidFlag::WNOHANG | WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        self.exit.is_some()
            || !matches!(waitid(Id::Pid(self.pid), flags), Ok(WaitStatus::StillAlive))
    }

    /// Ends what a program that has ended has left in its own process group: SIGTERM, and then SIGKILL.
    ///
    /// # Errors
    /// As for [`ended`](Running::ended).
    #[cfg(feature = "fastagi")]
    pub(crate) fn end_group(&mut self, patience: Duration) -> io::Result<Option<Exit>> {
        self.terminate()?;
        let exit = self.ended()?;
        let end = Instant::now() + patience;
        // A group has its number as long as somebody is in it.
        while self.group && exit.is_some() && killpg(self.pid, None).is_ok() {
            if Instant::now() >= end {
                not_there_is_fine(killpg(self.pid, Signal::SIGKILL))?;
                break;
            }
            thread::sleep(LOOK);
        }
        Ok(exit)
    }

    /// How the program ended, if it has ended; asks without waiting.
    ///
    /// # Errors
    /// Somebody else waited for this process and has its status.
    pub fn ended(&mut self) -> io::Result<Option<Exit>> {
        self.look(WaitPidFlag::WNOHANG)
    }

    /// Waits for the program's end, at most for `limit`, and gives how it ended; `None` while it still runs.
    ///
    /// # Errors
    /// As for [`ended`](Running::ended).
    pub fn wait(&mut self, limit: Duration) -> io::Result<Option<Exit>> {
        let began = Instant::now();
        let mut pause = Duration::from_micros(100);
        loop {
            if let Some(exit) = self.ended()? {
                return Ok(Some(exit));
            }
            let left = limit.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(LOOK);
        }
    }

    fn look(&mut self, how: WaitPidFlag) -> io::Result<Option<Exit>> {
        while self.exit.is_none() {
            // Looked at first and taken away then: in between, the system still tells of it.
            match waitid(Id::Pid(self.pid), how | WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
                Ok(WaitStatus::Exited(_, status)) => self.exit = Some(Exit::Status(status)),
                Ok(WaitStatus::Signaled(_, signal, _)) => {
                    self.exit = Some(Exit::Signal(signal as i32));
                }
                Ok(_) => return Ok(None),
                // A signal that has no name for nix: one of the real-time ones.
                Err(Errno::EINVAL) => self.exit = Some(Exit::Signal(self.nameless_signal())),
                Err(Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
            }
            // Nothing is left of it, whatever nix makes of its status.
            let _ = waitpid(self.pid, None);
        }
        Ok(self.exit)
    }

    /// The signal that ended the program, out of the last field of its `stat`.
    fn nameless_signal(&self) -> i32 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let status = stat.split_whitespace().next_back().and_then(|it| it.parse::<i32>().ok());
        status.map_or(REAL_TIME, |status| status & 0x7F)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.ended(), Ok(Some(_))) {
            let _ = self.kill();
            let _ = self.look(WaitPidFlag::empty());
        }
    }
}

/// A process that has ended, and that nobody waited for, takes a signal and does nothing.
fn not_there_is_fine(result: nix::Result<()>) -> io::Result<()> {
    match result {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
