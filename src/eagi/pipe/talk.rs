//! The caller and the program, beside the command in flight, up to the end of one of them.

use std::io;
use std::os::fd::BorrowedFd;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::poll::PollFlags;
use nix::sys::signal::Signal;

use super::child::Child;
use super::output::{Answer, Errors};
use super::wait::{Who, wait};
use super::{NAME, Pipe, PipeEnd, Piped};
use crate::audio::{Audio, Format, Heard};
use crate::command::{Interruptible, StreamFile, WaitForDigit};
use crate::eagi::ear::Ear;
use crate::eagi::is_among;
use crate::error::{Error, Result};
use crate::reply::Waited;
use crate::session::{Pending, Session};
use crate::wire::Timeout;

/// How long a program may still work when the caller has hung up, before SIGTERM: `sox` finishes its file in that.
const AFTER_HANGUP: Duration = Duration::from_millis(60);
/// How long it then has before SIGKILL.
const AFTER_TERM: Duration = Duration::from_millis(50);
/// How long SIGKILL may take.
const AFTER_KILL: Duration = Duration::from_secs(1);
/// So long lines are told without a look at anything else.
const TELLING: Duration = Duration::from_millis(10);
/// Between lines that are told keys are waited for at least so long: Asterisk loses those that come between commands.
const PACE: Duration = Duration::from_millis(100);

/// Why it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Exited,
    Hangup,
    Timeout,
}

/// A program that listens to the caller.
pub(super) struct Talk<'p> {
    pipe: &'p Pipe<'p>,
    child: Child,
    pub(super) answer: Answer,
    pub(super) errors: Errors,
    ear: Ear,
    /// The caller may speak; then the program's answer is waited for, up to a time.
    listening: bool,
    until: Option<Instant>,
    prompting: bool,
    audio_ended: bool,
    exited: bool,
    told: Option<Instant>,
    over: Option<Over>,
    pub(super) key: Option<char>,
    pub(super) prompt_error: Option<Error>,
    /// Samples that the program was too slow for.
    pub(super) lost: u64,
}

impl<'p> Talk<'p> {
    pub(super) fn new(pipe: &'p Pipe<'p>, mut child: Child, ear: Ear, audio: &Audio) -> Self {
        if pipe.wav {
            child.give(&audio.format().wav_header());
        }
        Talk {
            pipe,
            child,
            answer: Answer::new(pipe.by_line, pipe.longest_output),
            errors: Errors::new(),
            ear,
            listening: true,
            until: pipe.longest.and_then(|time| Instant::now().checked_add(time)),
            prompting: false,
            audio_ended: false,
            exited: false,
            told: None,
            over: None,
            key: None,
            prompt_error: None,
            lost: 0,
        }
    }

    /// Lets the caller and the program talk until it is over.
    pub(super) fn converse(
        &mut self,
        agi: &mut Session,
        audio: &mut Audio,
        on_line: &mut dyn FnMut(&mut Session, &[u8]) -> Result,
    ) -> Result<Over> {
        self.hear(audio)?; // what was fetched already shows on no descriptor
        if let Some(prompt) = self.pipe.prompt {
            let sound = StreamFile::new(prompt).escape_digits(self.pipe.escape_digits);
            self.prompting = true;
            let played = self.beside(agi.start(sound)?, audio);
            self.prompting = false;
            self.ear.begin();
            match played {
                Ok(played) => self.pressed(played.and_then(|played| played.digit)),
                Err(error @ Error::Failed { .. }) => self.prompt_error = Some(error),
                Err(other) => return Err(other),
            }
        }
        loop {
            self.tick(audio);
            let begun = Instant::now();
            while self.over != Some(Over::Hangup) // a few then, when the program has ended
                && (self.over.is_some() || begun.elapsed() < TELLING)
                && let Some(line) = self.answer.next_line()
            {
                on_line(agi, &line)?;
                self.told = Some(Instant::now());
                self.tick(audio);
            }
            if let Some(over) = self.over {
                return Ok(over);
            }
            let keys = agi.start(WaitForDigit::new(Timeout::FOREVER))?;
            if let Some(Waited::Digit(key)) = self.beside(keys, audio)? {
                self.pressed(Some(key));
            }
        }
    }

    /// Waits beside a command until it has answered, or until something else is to be done: then it is stopped.
    fn beside<C: Interruptible>(
        &mut self,
        command: Pending<'_, C>,
        audio: &mut Audio,
    ) -> Result<Option<C::Reply>> {
        loop {
            self.tick(audio);
            if self.over == Some(Over::Hangup) {
                return Ok(None); // the program first; the next command takes this one's reply
            }
            if self.is_needed() {
                return command.interrupt();
            }
            let answered = match command.descriptor() {
                None => true,
                Some(reply) => self.turn(Some(audio), Some(reply), self.deadline())?,
            };
            if answered {
                return command.finish().map(Some);
            }
        }
    }

    /// Whether the command in flight is to make room.
    fn is_needed(&self) -> bool {
        let barged = self.prompting && self.pipe.barge_in && self.ear.has_spoken();
        let due = self.may_tell().is_some_and(|at| at <= Instant::now());
        match self.over {
            Some(Over::Exited) | None if self.holds_prompt() => barged,
            Some(_) => true,
            None => barged || due,
        }
    }

    /// The prompt is played to its end, whatever the program does.
    fn holds_prompt(&self) -> bool {
        self.prompting && self.pipe.whole_prompt
    }

    /// When the lines that wait may be told.
    fn may_tell(&self) -> Option<Instant> {
        let told = self.told.map(|told| told + PACE);
        (self.answer.has_lines() && !self.holds_prompt()).then(|| told.unwrap_or_else(Instant::now))
    }

    /// When to look again, whatever comes.
    fn deadline(&self) -> Option<Instant> {
        let silence = self.ear.due().filter(|_| self.listening && !self.prompting);
        let ends = [silence, self.until].into_iter().flatten().filter(|_| self.over.is_none());
        ends.chain(self.may_tell()).min()
    }

    /// What the clock and the hangup say.
    fn tick(&mut self, audio: &Audio) {
        let now = Instant::now();
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        let silent = !self.prompting && (is_due(self.ear.due()) || self.ear.is_silent());
        if self.over.is_some() {
        } else if audio.hangup().is_raised() {
            self.over = Some(Over::Hangup);
        } else if self.exited {
            self.over = Some(Over::Exited);
        } else if !self.listening && is_due(self.until) {
            self.over = Some(Over::Timeout);
        } else if self.listening && (is_due(self.until) || silent || !self.child.listens()) {
            self.finish_input();
        }
        // A prompt that is played to its end may outlast the program, and so may its lines; but not the call.
        if audio.hangup().is_raised() && (self.prompting || self.answer.has_lines()) {
            self.over = Some(Over::Hangup);
        }
    }

    fn pressed(&mut self, key: Option<char>) {
        let ends = |key: &char| self.listening && is_among(self.pipe.escape_digits, *key);
        if let Some(key) = key.filter(ends) {
            self.key = Some(key);
            self.finish_input();
        }
    }

    /// The caller has said what he has to say: the program sees the end, and its answer is waited for.
    fn finish_input(&mut self) {
        self.listening = false;
        self.child.close();
        self.until = Instant::now().checked_add(self.pipe.patience);
    }

    /// Waits once, and does what is to be done. Gives whether the reply is there.
    fn turn(
        &mut self,
        audio: Option<&mut Audio>,
        reply: Option<BorrowedFd<'_>>,
        until: Option<Instant>,
    ) -> Result<bool> {
        let ready = self.wait(audio.as_deref(), reply, until).map_err(io_error)?;
        let is = |who| ready.contains(&who);
        if let Some(audio) = audio.filter(|_| is(Who::Audio) || is(Who::Hangup)) {
            self.hear(audio)?;
        }
        if is(Who::To) {
            self.child.write();
        }
        if is(Who::From) {
            self.child.stdout.read(|piece| self.answer.take(piece));
        }
        if is(Who::Errors) {
            self.child.stderr.read(|piece| self.errors.take(piece));
        }
        if is(Who::Exit) {
            self.exited = true;
            self.child.stdout.finish(|piece| self.answer.take(piece));
            self.child.stderr.finish(|piece| self.errors.take(piece));
            self.answer.end();
        }
        Ok(is(Who::Reply))
    }

    fn wait(
        &self,
        audio: Option<&Audio>,
        reply: Option<BorrowedFd<'_>>,
        until: Option<Instant>,
    ) -> io::Result<Vec<Who>> {
        let hangup = audio.map(Audio::hangup);
        let hangup = hangup.as_ref().map(|hangup| hangup.descriptor()).transpose()?;
        let input = PollFlags::POLLIN;
        let all = [
            (Who::Reply, reply, input),
            (Who::Hangup, hangup, input),
            (Who::Audio, audio.filter(|_| !self.audio_ended).map(Audio::descriptor), input),
            (Who::To, self.child.to(), PollFlags::POLLOUT),
            // Where lines pile up the program waits, too.
            (Who::From, self.child.stdout.descriptor().filter(|_| self.answer.has_room()), input),
            (Who::Errors, self.child.stderr.descriptor(), input),
            (Who::Exit, Some(self.child.exit()).filter(|_| !self.exited), input),
        ];
        wait(all, until)
    }

    /// Takes all that the caller has said.
    pub(super) fn hear(&mut self, audio: &mut Audio) -> Result {
        while !self.audio_ended {
            match audio.frame_within(Duration::ZERO)? {
                Heard::Frame(frame) if self.listening => {
                    self.ear.notice(frame);
                    let count = u64::try_from(frame.len()).unwrap_or(0);
                    if !self.child.give(audio.received()) {
                        self.lost += count;
                    }
                }
                Heard::Frame(_) => {}
                Heard::Nothing => break,
                Heard::End => {
                    self.audio_ended = true;
                    if self.listening {
                        self.finish_input();
                    }
                }
            }
        }
        Ok(())
    }

    /// Ends the program, and all that it started.
    pub(super) fn end(&mut self, over: Over) -> Result<ExitStatus> {
        self.child.close();
        let grace = if over == Over::Hangup { AFTER_HANGUP } else { Duration::ZERO };
        let steps = [
            (grace, Some(Signal::SIGTERM)),
            (AFTER_TERM, Some(Signal::SIGKILL)),
            (AFTER_KILL, None),
        ];
        for (time, signal) in steps {
            let end = Instant::now() + time;
            while !self.exited && Instant::now() < end {
                self.turn(None, None, Some(end))?;
            }
            match signal {
                Some(signal) if !self.exited => self.child.signal(signal),
                _ => {}
            }
        }
        self.child.reap().map_err(io_error)
    }

    pub(super) fn into_piped(self, over: Over, exit: ExitStatus, format: Format) -> Piped {
        let (output, cut) = self.answer.into_whole();
        let (errors, more_errors) = self.errors.finish();
        let end = match over {
            Over::Exited => PipeEnd::Exited,
            Over::Hangup => PipeEnd::Hangup,
            Over::Timeout => PipeEnd::Timeout,
        };
        Piped {
            end,
            exit: Some(exit),
            output,
            cut,
            errors,
            more_errors,
            key: self.key,
            lost: format.duration(self.lost),
            prompt_error: self.prompt_error,
        }
    }
}

fn io_error(source: io::Error) -> Error {
    Error::Io { command: NAME, source }
}
