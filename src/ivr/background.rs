//! Slow work, while the caller hears that he is not forgotten.

use std::io::{self, PipeReader};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use super::Prompt;
use super::prompt::Part;
use crate::command::{Interruptible, SetMusic, StreamFile, WaitForDigit};
use crate::error::{Error, Result};
use crate::session::Session;

/// So long a command waits before the next one: where nothing tells that the work is done, it is noticed then.
const SLICE: Duration = Duration::from_secs(1);

/// Does slow work (a web request, a query) in a thread of its own while music or a prompt plays, and ends with the
/// call.
///
/// ```
/// use agikit::emulator::Asterisk;
/// use agikit::ivr::Background;
///
/// let call = Asterisk::new().run(|agi| {
///     let rate = Background::music().run(agi, || {
///         std::thread::sleep(std::time::Duration::from_millis(20)); // asks somebody far away
///         42
///     })?;
///     agi.say_number(rate).map(drop)
/// });
/// # let _ = call;
/// ```
///
/// The keys that the caller presses meanwhile are dropped.
///
/// # On the wire
/// `SET MUSIC on`, `WAIT FOR DIGIT 1000` until the work is done, `SET MUSIC off`; or `STREAM FILE` and the prompt's
/// other commands, and WAIT FOR DIGIT for the pause. What waits or plays is stopped by an echo as soon as the work is
/// done: see [`Pending::interrupt`](crate::Pending::interrupt).
#[derive(Debug, Clone)]
#[must_use = "nothing is done before `run`"]
pub struct Background<'a> {
    meanwhile: Meanwhile<'a>,
}

#[derive(Debug, Clone)]
enum Meanwhile<'a> {
    Music(Option<&'a str>),
    Prompt(Prompt<'a>, Duration),
}

/// The work, from the call's side.
struct Work<T> {
    result: Receiver<thread::Result<T>>,
    /// Its other end closes when the work is done.
    bell: PipeReader,
}

impl<'a> Background<'a> {
    /// While music on hold plays: the channel's own class.
    pub fn music() -> Self {
        Background { meanwhile: Meanwhile::Music(None) }
    }

    /// While music of a class of `musiconhold.conf` plays. Without that class there is silence.
    pub fn music_of(class: &'a str) -> Self {
        Background { meanwhile: Meanwhile::Music(Some(class)) }
    }

    /// While a prompt is said again and again, with a pause behind each. It is stopped in the midst of a word when the
    /// work is done.
    pub fn repeating(prompt: impl Into<Prompt<'a>>, pause: Duration) -> Self {
        Background { meanwhile: Meanwhile::Prompt(prompt.into(), pause) }
    }

    /// Does it. A panic of the work is one of the script.
    ///
    /// After a hangup nobody waits for the work, which goes on by itself until it is done or the process ends; to stop
    /// it, give it a [`hangup_flag`](Session::hangup_flag). Where `AGISIGHUP=no` the hangup shows within a second.
    ///
    /// # Errors
    /// [`Error::Hangup`]: the call is over. [`Error::Failed`] for a sound that is not there. [`Error::Io`]: no thread
    /// or no descriptor is left.
    pub fn run<T: Send + 'static>(
        &self,
        agi: &mut Session,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let work = Work::begin(work)?;
        if let Meanwhile::Music(class) = self.meanwhile {
            let music = SetMusic::new(true);
            match class {
                Some(class) => agi.run(music.class(class))?,
                None => agi.run(music)?,
            }
        }
        let done = self.wait(agi, &work);
        let music = matches!(self.meanwhile, Meanwhile::Music(_));
        if music && !matches!(done, Err(Error::Hangup | Error::Io { .. })) {
            agi.set_music(false)?;
        }
        done?.map_or_else(|panic| resume_unwind(panic), Ok)
    }

    fn wait<T>(&self, agi: &mut Session, work: &Work<T>) -> Result<thread::Result<T>> {
        loop {
            match &self.meanwhile {
                Meanwhile::Music(_) => work.beside(agi, WaitForDigit::new(SLICE))?,
                Meanwhile::Prompt(prompt, pause) => {
                    for part in prompt.parts() {
                        match part {
                            Part::Sound(name) => work.beside(agi, StreamFile::new(&**name))?,
                            Part::Silence(time) => work.pause(agi, *time)?,
                            other => other.play(agi, "".into()).map(drop)?,
                        }
                        if work.is_done() {
                            break;
                        }
                    }
                    // A pause of nothing around a prompt of nothing would not wait at all.
                    work.pause(agi, (*pause).max(Duration::from_millis(1)))?;
                }
            }
            match work.result.try_recv() {
                Ok(done) => return Ok(done),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return Err(lost()),
            }
        }
    }
}

impl<T: Send + 'static> Work<T> {
    fn begin(work: impl FnOnce() -> T + Send + 'static) -> Result<Self> {
        let io = |source| Error::Io { command: "background work", source };
        let (bell, ring) = io::pipe().map_err(io)?;
        let (done, result) = channel();
        let thread = thread::Builder::new().name("background".to_owned());
        let begun = thread.spawn(move || {
            // Nobody may be there any more: then the call is over.
            let _ = done.send(catch_unwind(AssertUnwindSafe(work)));
            drop(ring);
        });
        begun.map_err(io)?;
        Ok(Work { result, bell })
    }
}

impl<T> Work<T> {
    /// Runs a command until it ends by itself, or the work is done.
    fn beside<C: Interruptible>(&self, agi: &mut Session, command: C) -> Result {
        let pending = agi.start(command)?;
        match pending.answers_before(self.bell.as_fd())? {
            true => pending.finish().map(drop),
            false => pending.interrupt().map(drop),
        }
    }

    fn pause(&self, agi: &mut Session, time: Duration) -> Result {
        let mut left = time;
        while !left.is_zero() && !self.is_done() {
            let slice = left.min(SLICE);
            self.beside(agi, WaitForDigit::new(slice))?;
            left = left.saturating_sub(slice);
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        let ready = crate::descriptor::wait(
            [((), Some(self.bell.as_fd()), nix::poll::PollFlags::POLLIN)],
            Some(std::time::Instant::now()),
        );
        ready.is_ok_and(|ready| !ready.is_empty())
    }
}

/// The thread ended without a word: nothing that is known does so.
fn lost() -> Error {
    Error::Io { command: "background work", source: io::ErrorKind::BrokenPipe.into() }
}
