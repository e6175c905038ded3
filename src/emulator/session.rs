//! A call with a script in this process.

use std::error::Error as StdError;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Asterisk;
use super::call::{Call, Ended};
use super::ears::{Attention, Ears};
use super::link::Link;
use super::report::Report;
use crate::audio::is_empty;
use crate::conduct;
use crate::hangup::Hangup;
use crate::session::Session;
use crate::stream::Stream;
use crate::transcript::Exit;

/// The script's end of the line: two pipes, as Asterisk makes them, and under EAGI a third.
#[derive(Debug)]
pub struct Ends {
    from: PipeReader,
    to: PipeWriter,
    audio: Option<PipeReader>,
    /// The audio once more, to see whether all was read.
    watch: Option<PipeReader>,
    attention: Arc<Attention>,
}

impl Read for Ends {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.attention.waits.store(true, Ordering::SeqCst);
        let result = self.from.read(buffer);
        self.attention.waits.store(false, Ordering::SeqCst);
        result
    }
}

impl Write for Ends {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(watch) = &self.watch {
            self.attention.sends(|| is_empty(watch));
        }
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // a pipe holds nothing back
    }
}

impl Stream for Ends {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.from.as_fd())
    }

    fn audio(&mut self) -> Option<OwnedFd> {
        self.attention.opened.store(self.audio.is_some(), Ordering::SeqCst);
        self.audio.take().map(OwnedFd::from)
    }
}

impl Asterisk {
    /// Places the call to a script in this process, and gives what it came to when the script has ended.
    ///
    /// The script runs on the thread that calls this, as [`agikit::run`](crate::run) would run it: an error is
    /// told by VERBOSE, a hangup is none. A panic passes through, so a test fails where it happened.
    ///
    /// ```
    /// use agikit::emulator::Asterisk;
    ///
    /// let call = Asterisk::new().keys("42#").run(|agi| {
    ///     agi.answer()?;
    ///     let data = agi.get_data("vm-enter-num-to-call")?;
    ///     agi.set_variable("DIALED", &data.digits)
    /// });
    /// assert_eq!(call.variable("DIALED"), Some("42".into()));
    /// assert_eq!(call.agi_status(), Some("SUCCESS"));
    /// ```
    ///
    /// # Panics
    /// The system has no pipe or thread left; and where the script panics.
    pub fn run<E>(self, script: impl FnOnce(&mut Session) -> Result<(), E>) -> Report
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.conduct(false, script)
    }

    /// The same as the dialplan's `EAGI()`: the session has the caller's audio, which
    /// [`Audio::open`](crate::audio::Audio::open) gives it. Asterisk runs none on a call that is
    /// [over](Asterisk::dead).
    ///
    /// With a clock that stands still, what the caller says comes as fast as it is read: the call's time goes on by
    /// 20 ms when the script has taken the next frame. So what it does when it has heard something is the same each
    /// time. A script that does not read misses what the pipe does not hold, as on Asterisk; each command waits for it in
    /// vain for a moment of real time.
    ///
    /// ```
    /// use agikit::StreamFile;
    /// use agikit::audio::Audio;
    /// use agikit::emulator::Asterisk;
    /// use std::time::Duration;
    ///
    /// let call = Asterisk::new().says_at(Duration::from_secs(2), vec![9000; 8000]).run_eagi(|agi| {
    ///     let mut audio = Audio::open(agi)?;
    ///     let mut prompt = agi.start(StreamFile::new("demo-congrats"))?;
    ///     while let Some(frame) = prompt.listen(&mut audio)? {
    ///         if frame.iter().any(|sample| *sample > 3000) {
    ///             return prompt.interrupt().map(drop);
    ///         }
    ///     }
    ///     prompt.finish().map(drop)
    /// });
    /// let prompt = &call.played()[0];
    /// assert_eq!(prompt.at + prompt.heard, Duration::from_millis(2020)); // the frame in which he spoke
    /// ```
    ///
    /// # Panics
    /// As [`run`](Asterisk::run).
    pub fn run_eagi<E>(self, script: impl FnOnce(&mut Session) -> Result<(), E>) -> Report
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        if self.dead {
            return self.refused_eagi();
        }
        self.conduct(true, script)
    }

    fn conduct<E>(
        self,
        enhanced: bool,
        script: impl FnOnce(&mut Session) -> Result<(), E>,
    ) -> Report
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (outcome, mut report) = self.join(enhanced, |ends, hangup| {
            let mut session = match Session::begin(ends, hangup) {
                Ok(session) => session,
                Err(error) => return (1, Some(conduct::chain(&error))),
            };
            match script(&mut session).map_err(Into::into) {
                Err(error) if !conduct::is_hangup(error.as_ref()) => {
                    let message = conduct::chain(error.as_ref());
                    conduct::tell_console(&mut session, &message);
                    (1, Some(message))
                }
                _ => (0, None),
            }
        });
        let (status, error) = outcome;
        report.exit = Some(Exit::Status(status));
        report.error = error;
        report.judge();
        report
    }

    /// Places the call to anything that speaks AGI over a stream: for tests of what lies below a session.
    ///
    /// # Panics
    /// As [`run`](Asterisk::run).
    pub fn connect<T>(self, script: impl FnOnce(Ends, Hangup) -> T) -> (T, Report) {
        self.join(false, script)
    }

    fn join<T>(self, enhanced: bool, script: impl FnOnce(Ends, Hangup) -> T) -> (T, Report) {
        let hangup = Hangup::new();
        let (call, ends) = match self.line(enhanced, hangup.clone()) {
            Ok(both) => both,
            Err(error) => panic!("the emulator needs two pipes: {error}"),
        };
        let (outcome, mut report) = std::thread::scope(|scope| {
            let asterisk = scope.spawn(move || {
                let mut call = call;
                let ended = call.serve();
                (call, ended)
            });
            let outcome = catch_unwind(AssertUnwindSafe(|| script(ends, hangup)));
            match asterisk.join() {
                Ok((call, ended)) => (outcome, Report::of(call, ended)),
                Err(panic) => resume_unwind(panic), // an application of the user's
            }
        });
        report.judge();
        match outcome {
            Ok(outcome) => (outcome, report),
            Err(panic) => resume_unwind(panic),
        }
    }

    fn line(self, enhanced: bool, hangup: Hangup) -> io::Result<(Call, Ends)> {
        let (from_script, to) = io::pipe()?;
        let (from, to_script) = io::pipe()?;
        let (audio, voice) = match enhanced {
            true => io::pipe().map(|(audio, voice)| (Some(audio), Some(voice)))?,
            false => (None, None),
        };
        let watch = audio.as_ref().map(PipeReader::try_clone).transpose()?;
        let attention = Arc::new(Attention::default());
        let wake = self.wake()?;
        let voice = voice.map(OwnedFd::from);
        let link =
            Link::new(from_script.into(), to_script.into(), voice, wake, move || hangup.raise())?;
        let call = self.call(link, enhanced, Ears::of(&attention));
        Ok((call, Ends { from, to, audio, watch, attention }))
    }
}

impl Report {
    /// What a call came to, before the script's own end is known.
    pub(super) fn of(call: Call, ended: Ended) -> Report {
        let lasted = call.now();
        Report {
            hung_up: call.hung_up && !call.was_dead,
            failed: call.failed,
            stuck: ended == Ended::Stuck,
            silent: call.silent,
            overdue: call.overdue,
            broken: call.link.is_broken() && !call.hung_up,
            lasted,
            conversation: call.log,
            variables: call.channel.variables,
            database: call.channel.database,
            ..Report::default()
        }
    }

    /// Makes AGISTATUS of what is known.
    pub(super) fn judge(&mut self) {
        let bad_exit = !matches!(self.exit, None | Some(Exit::Status(0)));
        self.set_status(match () {
            () if self.failed => "FAILURE",
            () if self.hung_up => "HANGUP",
            () if bad_exit || self.stuck => "FAILURE",
            () => "SUCCESS",
        });
    }

    /// Tells it, as the dialplan's variable, too.
    pub(super) fn set_status(&mut self, status: &'static str) {
        self.status = Some(status);
        self.variables.insert(b"AGISTATUS".to_vec(), status.into());
    }
}
