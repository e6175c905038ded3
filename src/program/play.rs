//! Asterisk's side of a program on a transcript: bytes, SIGHUP, audio, and the end.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::replay::ReplayProgramError;
use super::running::Running;
use super::start::Program;
use super::voice::Voice;
use crate::descriptor::never_blocking;
use crate::transcript::{AfterHangup, Exit, Mismatch, Player, ReplayError, Step};

/// So much of the end of what a program says on standard error is shown.
const SHOWN: usize = 4096;

/// A look now and then whether somebody wants it to stop.
const LOOK: Duration = Duration::from_millis(100);

/// So long the script may take for what it did in the recording before the signal reached it.
const GRACE: Duration = Duration::from_secs(1);

/// Runs a program on a player, to the end or to the first difference.
pub(super) fn play(
    player: Player,
    program: &Program,
    limit: Duration,
    stop: &AtomicBool,
) -> Result<Player, ReplayProgramError> {
    let running = program.start()?;
    for pipe in running.to.iter().map(AsFd::as_fd).chain(running.errors.iter().map(AsFd::as_fd)) {
        never_blocking(pipe)?;
    }
    let mut stage = Stage {
        player,
        running,
        coming: Vec::new(),
        closing: false,
        sent: Vec::new(),
        lines: VecDeque::new(),
        errors: Vec::new(),
        voice: None,
        pause: None,
        hangup: Told::No,
        began: Instant::now(),
        limit,
        stop,
    };
    match stage.run() {
        Ok(exit) => match stage.player.ended(Some(exit)) {
            Ok(()) => Ok(stage.player),
            Err(mismatch) => Err(stage.noted(mismatch, Some(exit))),
        },
        Err(Stop::Mismatch(mismatch)) => Err(stage.noted(mismatch, None)),
        Err(Stop::Other(error)) => Err(error),
    }
}

/// Why a run stops before the program's end.
enum Stop {
    Mismatch(Mismatch),
    Other(ReplayProgramError),
}

impl<E: Into<ReplayProgramError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Other(error.into())
    }
}

/// Asterisk writes the last reply and sends SIGHUP at once: which of both a program sees first is chance. Its
/// recording tells which it was, and a replay sees to it that it is so again.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    /// No hangup is under way.
    No,
    /// The signal was sent before the reply.
    Early,
    /// The signal waits for the script's next line or its end, at most until then.
    Late(Instant),
    /// The same, and for the program to be ready for it: it would end of it, and did not in the recording.
    Unready(Instant),
}

struct Stage<'a> {
    player: Player,
    running: Running,
    /// What the program is to read, and has no room for yet.
    coming: Vec<u8>,
    /// Its input ends behind that.
    closing: bool,
    /// The beginning of a line.
    sent: Vec<u8>,
    /// Lines that wait for their turn.
    lines: VecDeque<Vec<u8>>,
    errors: Vec<u8>,
    voice: Option<Voice>,
    /// Nothing happens until then.
    pause: Option<Instant>,
    hangup: Told,
    began: Instant,
    limit: Duration,
    stop: &'a AtomicBool,
}

impl Stage<'_> {
    /// Until the program has ended.
    fn run(&mut self) -> Result<Exit, Stop> {
        loop {
            if let Some(line) = self.next_line()? {
                self.pause = None;
                self.player.sent(&line).map_err(Stop::Mismatch)?;
                if matches!(self.hangup, Told::Late(_) | Told::Unready(_)) {
                    self.hang_up()?;
                }
                continue;
            }
            if self.running.from.is_none() && self.lines.is_empty() {
                break;
            }
            self.go_on()?;
            self.talk()?;
        }
        loop {
            if let Some(exit) = self.running.wait(self.left().min(LOOK))? {
                return Ok(exit);
            }
            self.read_errors();
            self.go_on()?;
        }
    }

    /// Whether there is time left, and nobody wants it to stop.
    fn go_on(&mut self) -> Result<(), ReplayProgramError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(ReplayProgramError::Stopped);
        }
        match self.left().is_zero() {
            true => Err(self.time_up()),
            false => Ok(()),
        }
    }

    /// Does what comes before the script's next line, as far as that can be done at once; then gives that line,
    /// if it is there.
    fn next_line(&mut self) -> Result<Option<Vec<u8>>, Stop> {
        loop {
            if self.pause.is_some_and(|until| Instant::now() >= until) {
                self.pause = None;
            }
            if self.pause.is_some() || !self.coming.is_empty() {
                // A command may come during a pause: it interrupts what goes on.
                let is_free = self.coming.is_empty();
                return Ok(if is_free { self.lines.pop_front() } else { None });
            }
            if let Told::Late(until) | Told::Unready(until) = self.hangup {
                let is_ready =
                    matches!(self.hangup, Told::Unready(_)) && self.running.minds_hangup();
                if Instant::now() < until && self.running.from.is_some() && !is_ready {
                    return Ok(self.lines.pop_front());
                }
                self.hang_up()?;
            }
            if self.closing {
                (self.closing, self.running.to, self.running.audio) = (false, None, None);
                if !self.player.is_turn() {
                    // Both its ends: what the script still sends meets nobody.
                    self.running.from = None;
                }
            }
            match self.player.step() {
                Step::Send(bytes) => {
                    self.coming = bytes;
                    if self.player.after_hangup(false).is_some_and(|next| !self.is_late(next)) {
                        self.hang_up()?;
                        self.hangup = Told::Early;
                    }
                    self.write();
                }
                Step::Hangup if self.hangup == Told::Early => self.hangup = Told::No,
                Step::Hangup => match self.player.after_hangup(true) {
                    Some(next) if self.is_late(next) => {
                        let until = Instant::now() + GRACE;
                        self.hangup = match next {
                            AfterHangup::Line | AfterHangup::Exit => Told::Unready(until),
                            _ => Told::Late(until),
                        };
                    }
                    _ => self.hang_up()?,
                },
                Step::Audio(file) => self.voice = Some(self.open(&file)?),
                Step::Wait(time) => self.pause = Instant::now().checked_add(time),
                Step::Close => self.closing = true,
                _ => return Ok(self.lines.pop_front()),
            }
            if self.running.from.is_none() && self.lines.is_empty() {
                // Nobody is there to be waited for.
                self.pause = None;
                self.coming.clear();
            }
        }
    }

    fn hang_up(&mut self) -> Result<(), ReplayProgramError> {
        self.hangup = Told::No;
        // Nothing more is heard; the pipe stays open.
        self.voice = None;
        Ok(self.running.hang_up()?)
    }

    /// Whether the script did not know of the hangup when it did what comes next. One that the signal ends
    /// did nothing behind it.
    fn is_late(&self, next: AfterHangup) -> bool {
        match next {
            AfterHangup::Refused | AfterHangup::Unaware => true,
            AfterHangup::Line | AfterHangup::Exit => !self.running.minds_hangup(),
            AfterHangup::Nothing => false,
        }
    }

    fn open(&self, file: &Path) -> Result<Voice, ReplayProgramError> {
        let sound = self.player.sound(file);
        sound.map(Voice::new).map_err(|why| ReplayProgramError::Audio { file: file.into(), why })
    }

    /// Waits until something can be read or written, or is due, and does it.
    fn talk(&mut self) -> Result<(), ReplayProgramError> {
        let mut ends = Vec::new();
        if let Some(from) = &self.running.from {
            ends.push(PollFd::new(from.as_fd(), PollFlags::POLLIN));
        }
        if let Some(errors) = &self.running.errors {
            ends.push(PollFd::new(errors.as_fd(), PollFlags::POLLIN));
        }
        if let (Some(to), false) = (&self.running.to, self.coming.is_empty()) {
            ends.push(PollFd::new(to.as_fd(), PollFlags::POLLOUT));
        }
        let mut wait = self.left().min(LOOK);
        let due = match self.hangup {
            Told::Late(until) => Some(until),
            // Looked at again soon.
            Told::Unready(_) => Instant::now().checked_add(Duration::from_millis(5)),
            _ => None,
        };
        for until in self.pause.into_iter().chain(due) {
            wait = wait.min(until.saturating_duration_since(Instant::now()));
        }
        if let (Some(voice), Some(_)) = (&self.voice, &self.running.audio) {
            wait = wait.min(voice.pause());
        }
        // A millisecond more, so that the rest is not spun away.
        let wait = wait.saturating_add(Duration::from_millis(1));
        match poll(&mut ends, PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(std::io::Error::from(error).into()),
        }
        let is_ready = |fd: Option<&PollFd<'_>>| fd.is_some_and(|fd| fd.any() == Some(true));
        let from_is_ready = self.running.from.is_some() && is_ready(ends.first());
        drop(ends);
        if from_is_ready {
            self.read();
        }
        self.read_errors();
        self.write();
        if let (Some(voice), Some(audio)) = (&mut self.voice, &self.running.audio) {
            voice.play(audio);
        }
        Ok(())
    }

    /// Reads what the program sent, a line at a time; what has no line feed at its end is a line, too.
    fn read(&mut self) {
        let mut bytes = [0; 4096];
        let count = match self.running.from.as_mut().map(|from| from.read(&mut bytes)) {
            Some(Ok(count)) => count,
            Some(Err(error)) if error.kind() == ErrorKind::Interrupted => return,
            _ => 0,
        };
        for &byte in bytes.get(..count).unwrap_or_default() {
            match byte {
                b'\n' => self.lines.push_back(std::mem::take(&mut self.sent)),
                byte => self.sent.push(byte),
            }
        }
        if count == 0 {
            self.running.from = None;
            let last = std::mem::take(&mut self.sent);
            self.lines.extend((!last.is_empty()).then_some(last));
        }
    }

    /// Writes what the program has room for. One that has closed its input misses it, as with Asterisk.
    fn write(&mut self) {
        while let (Some(to), false) = (&mut self.running.to, self.coming.is_empty()) {
            match to.write(&self.coming) {
                Ok(count) => drop(self.coming.drain(..count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.running.to = None,
            }
        }
        if self.running.to.is_none() {
            self.coming.clear();
        }
    }

    fn read_errors(&mut self) {
        let mut bytes = [0; 4096];
        while let Some(errors) = &mut self.running.errors {
            match errors.read(&mut bytes) {
                Ok(0) => self.running.errors = None,
                Ok(count) => {
                    self.errors.extend_from_slice(bytes.get(..count).unwrap_or_default());
                    let surplus = self.errors.len().saturating_sub(SHOWN);
                    self.errors.drain(..surplus);
                }
                Err(_) => return,
            }
        }
    }

    fn left(&self) -> Duration {
        self.limit.saturating_sub(self.began.elapsed())
    }

    /// Ends the program, and says what it had left to do.
    fn time_up(&mut self) -> ReplayProgramError {
        let has_closed = self.running.from.is_none();
        let _ = self.running.kill();
        let exit = self.running.wait(Duration::from_secs(5)).ok().flatten();
        let what = match self.player.ended(None) {
            Err(mismatch) => {
                let file = mismatch.file().map(|it| format!("{}:", it.display()));
                let at = file.unwrap_or_else(|| "line ".into());
                let expected = mismatch.expected().map(ToString::to_string).unwrap_or_default();
                let line = mismatch.line();
                format!("{at}{line}: the program did not send this line\n  {line} - {expected}\nit")
            }
            Ok(()) if has_closed => "the program has closed its output and lives on: it".into(),
            Ok(()) if matches!(exit, Some(Exit::Status(_))) => {
                "the program has ended, and what it started holds its output: that".into()
            }
            Ok(()) => "the program has nothing left to do and does not end: it".into(),
        };
        let (limit, said) = (self.limit, self.said());
        let what = format!("{what} was ended after {} s{said}", limit.as_secs_f64());
        ReplayProgramError::TimeUp { what, limit }
    }

    /// What a mismatch alone does not tell: how the program ended, and what it said.
    fn noted(&mut self, mismatch: Mismatch, exit: Option<Exit>) -> ReplayProgramError {
        let ended = exit.map(|exit| format!("the program's end: = {exit}")).unwrap_or_default();
        let note = ended + &self.said();
        let note = note.trim_start_matches('\n');
        let mismatch = if note.is_empty() { mismatch } else { mismatch.with_note(note) };
        ReplayError::from(mismatch).into()
    }

    fn said(&mut self) -> String {
        self.read_errors();
        match self.errors.trim_ascii_end() {
            b"" => String::new(),
            said => {
                let said = String::from_utf8_lossy(said).replace('\n', "\n  ");
                format!("\nthe program's standard error:\n  {said}")
            }
        }
    }
}
