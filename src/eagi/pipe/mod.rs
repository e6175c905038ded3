//! The caller's voice to any program, and what that says.

mod child;
mod output;
mod talk;
mod value;
mod wait;

pub use value::variable_value;

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use self::child::Child;
use self::talk::{Over, Talk};
use crate::audio::{Audio, Detector};
use crate::eagi::ear::Ear;
use crate::error::{Error, Result};
use crate::session::Session;
use crate::text::Text;

/// What errors name: there is no command for it.
const NAME: &str = "the program that listens";

/// So many lines are still told when a program had to be ended.
const LAST_LINES: usize = 256;

/// Streams the caller to the standard input of a program, such as a speech recogniser, and takes what it writes to
/// its standard output.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use agikit::audio::Audio;
/// use agikit::eagi::{Pipe, PipeEnd, variable_value};
/// use std::time::Duration;
///
/// let mut audio = Audio::open(agi)?;
/// let piped = Pipe::new("/usr/local/bin/recognise")
///     .argument("--language=de")
///     .wav()
///     .prompt("vm-rec-name")
///     .silence(Duration::from_secs(2))
///     .run(agi, &mut audio)?;
/// if let PipeEnd::NotStarted(error) = &piped.end {
///     agi.verbose(&error.to_string())?;
/// }
/// agi.set_variable("SAID", &*variable_value(&piped.output, 1000).0)
/// # }
/// ```
///
/// # How it goes
/// The program is started without a shell, in a process group of its own. It gets the audio as it comes, until the
/// caller presses one of the [keys](Pipe::escape_digits), is [silent](Pipe::silence), has spoken for the
/// [longest](Pipe::longest) time or hangs up, or until the program closes its standard input. Then its standard input
/// ends, and its answer is waited for, for the [patience](Pipe::patience). It is over when the program has ended; that
/// it closes its standard output is not the end.
///
/// When the caller hangs up, the program has 60 ms to finish, then gets SIGTERM, and 50 ms later SIGKILL: it, and all
/// that it has started in its group. The same, without the 60 ms, when the patience is over. What a program leaves
/// behind in its group when it ends is ended, too.
///
/// # On the wire
/// `STREAM FILE prompt keys`, where there is one, then `WAIT FOR DIGIT -1`, stopped and sent again by need
/// ([`Pending::interrupt`](crate::Pending::interrupt)): a command is in flight all the time, so that keys are not
/// lost, and a hangup shows even where it gives no signal (`AGISIGHUP=no`).
///
/// # A program that is slow
/// 1 MiB of audio waits for it, a minute at 8 kHz. What comes then is lost and counted ([`Piped::lost`]).
#[derive(Debug)]
#[must_use = "nothing is started before `run`"]
pub struct Pipe<'a> {
    program: OsString,
    arguments: Vec<OsString>,
    wav: bool,
    prompt: Option<Text<'a>>,
    whole_prompt: bool,
    barge_in: bool,
    escape_digits: Text<'a>,
    silence: Option<Duration>,
    longest: Option<Duration>,
    patience: Duration,
    longest_output: usize,
    by_line: bool,
    detector: Option<Detector>,
}

/// What came of a [`Pipe`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Piped {
    /// How it ended.
    pub end: PipeEnd,
    /// How the program ended; `None` where it was not started.
    pub exit: Option<ExitStatus>,
    /// What it has written to its standard output. Nothing where its lines were [taken one by
    /// one](Pipe::run_by_line).
    pub output: Vec<u8>,
    /// So many bytes of its output were dropped, because there were too many of them.
    pub cut: u64,
    /// The last 20 lines of its standard error, each up to 400 bytes.
    pub errors: Vec<Vec<u8>>,
    /// So many lines stood before those.
    pub more_errors: u64,
    /// The key that ended the caller's speech.
    pub key: Option<char>,
    /// So much audio was lost because the program read it too slowly.
    pub lost: Duration,
    /// Why the prompt could not be played; most often there is no such sound.
    pub prompt_error: Option<Error>,
}

/// How a [`Piped`] ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum PipeEnd {
    /// The program ended by itself.
    Exited,
    /// The caller hung up; the program was ended where it had not been.
    Hangup,
    /// The program gave no answer in time, and was ended.
    Timeout,
    /// It could not be started: most often there is no such file.
    NotStarted(io::Error),
}

impl<'a> Pipe<'a> {
    /// Streams to this program: a path, or a name that stands in one of the folders of `PATH`.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Pipe {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            wav: false,
            prompt: None,
            whole_prompt: false,
            barge_in: false,
            escape_digits: Text::from("#"),
            silence: None,
            longest: None,
            patience: Duration::from_secs(30),
            longest_output: 1 << 16,
            by_line: false,
            detector: None,
        }
    }

    /// One more argument of the program. No shell reads it.
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Sends a WAV header first ([`wav_header`](crate::audio::Format::wav_header)). Otherwise the program gets the
    /// samples as they are received.
    pub fn wav(mut self) -> Self {
        self.wav = true;
        self
    }

    /// Plays this sound meanwhile. It stops when the program ends, or says a line that is taken by itself.
    pub fn prompt(mut self, file: impl Into<Text<'a>>) -> Self {
        self.prompt = Some(file.into());
        self
    }

    /// Plays the prompt to its end, even when the program has ended before.
    pub fn whole_prompt(mut self) -> Self {
        self.whole_prompt = true;
        self
    }

    /// Stops the prompt when the caller speaks.
    pub fn barge_in(mut self) -> Self {
        self.barge_in = true;
        self
    }

    /// The keys that end the caller's speech, `#` unless this says otherwise. The others do nothing.
    pub fn escape_digits(mut self, keys: impl Into<Text<'a>>) -> Self {
        self.escape_digits = keys.into();
        self
    }

    /// How much silence ends the caller's speech. It counts from the prompt's end, so this is also the time within
    /// which he must begin.
    pub fn silence(mut self, time: Duration) -> Self {
        self.silence = Some(time);
        self
    }

    /// How long the caller may speak, from the start on: as long as he likes, unless this says otherwise.
    pub fn longest(mut self, time: Duration) -> Self {
        self.longest = Some(time);
        self
    }

    /// How long the program's end is waited for when the caller has finished: 30 s unless this says otherwise.
    pub fn patience(mut self, time: Duration) -> Self {
        self.patience = time;
        self
    }

    /// How much of its output is kept, 64 KiB unless this says otherwise; of each line, where they are taken one by
    /// one. The rest is read and dropped.
    pub fn longest_output(mut self, bytes: usize) -> Self {
        self.longest_output = bytes;
        self
    }

    /// What tells speech from the rest, for silence and barge-in. It must be made for the audio's rate.
    pub fn detector(mut self, detector: Detector) -> Self {
        self.detector = Some(detector);
        self
    }

    /// Starts the program and waits for its end. What piled up in the audio before goes to it, too.
    ///
    /// # Errors
    /// As [`Session::run`], but the hangup is no error; [`Error::Io`] when the system refuses to wait. The program is
    /// ended then.
    pub fn run(mut self, agi: &mut Session, audio: &mut Audio) -> Result<Piped> {
        self.by_line = false;
        self.talk(agi, audio, &mut |_, _| Ok(()))
    }

    /// The same, and gives each line of the program's output away as soon as it is there, without its line end. The
    /// session is free then: a command in flight was stopped. Lines that come while a [whole
    /// prompt](Pipe::whole_prompt) plays wait for its end. Those that come at the hangup, or behind it, are given, too.
    ///
    /// # Errors
    /// As [`run`](Pipe::run), and what `on_line` gives.
    pub fn run_by_line(
        mut self,
        agi: &mut Session,
        audio: &mut Audio,
        mut on_line: impl FnMut(&mut Session, &[u8]) -> Result,
    ) -> Result<Piped> {
        self.by_line = true;
        self.talk(agi, audio, &mut on_line)
    }

    fn talk(
        mut self,
        agi: &mut Session,
        audio: &mut Audio,
        on_line: &mut dyn FnMut(&mut Session, &[u8]) -> Result,
    ) -> Result<Piped> {
        let child = match Child::start(Command::new(&self.program).args(&self.arguments)) {
            Ok(child) => child,
            Err(error) => return Ok(Piped::not_started(error)),
        };
        let detector = self.detector.take().or_else(|| {
            let detector = Detector::new(audio.format().rate());
            let needed = self.barge_in || self.silence.is_some();
            needed.then(|| detector.hangover(Ear::hangover(self.silence)))
        });
        let mut talk = Talk::new(&self, child, Ear::new(detector, self.silence), audio);
        let over = match talk.converse(agi, audio, on_line) {
            Ok(over) => over,
            Err(Error::Hangup) => Over::Hangup,
            Err(other) => return Err(other),
        };
        if over == Over::Hangup {
            talk.hear(audio)?; // the last words
        }
        let exit = talk.end(over)?;
        // One that was ended may have written without end.
        for line in std::iter::from_fn(|| talk.answer.next_line()).take(LAST_LINES) {
            on_line(agi, &line)?;
        }
        Ok(talk.into_piped(over, exit, audio.format()))
    }
}

impl Piped {
    fn not_started(error: io::Error) -> Piped {
        Piped {
            end: PipeEnd::NotStarted(error),
            exit: None,
            output: Vec::new(),
            cut: 0,
            errors: Vec::new(),
            more_errors: 0,
            key: None,
            lost: Duration::ZERO,
            prompt_error: None,
        }
    }
}
