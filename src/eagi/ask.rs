//! A prompt that yields to the caller, and what he then says.

use std::time::{Duration, Instant};

use super::is_among;
use crate::audio::{Audio, Capture, Detector, Heard, Utterance};
use crate::command::{Interruptible, StreamFile, WaitForDigit};
use crate::error::{Error, Result};
use crate::reply::Waited;
use crate::session::{Pending, Session};
use crate::text::Text;

/// All keys of a telephone.
const KEYS: &[u8] = b"0123456789*#";

/// A caller who sends no frames for so long is silent: some telephones send none in silence.
const NO_FRAMES: Duration = Duration::from_secs(1);

/// No call lasts longer, and Asterisk counts milliseconds in 32 bits: 24 days.
const MOST: Duration = Duration::from_secs(20 * 24 * 3600);

/// Plays a prompt and takes what the caller says, or the key that he presses; either stops the prompt.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use agikit::audio::Audio;
/// use agikit::eagi::{Ask, ResponseEnd};
/// use std::time::Duration;
///
/// let mut audio = Audio::open(agi)?;
/// let response = Ask::new("vm-rec-name").timeout(Duration::from_secs(4)).run(agi, &mut audio)?;
/// match (response.end, response.speech) {
///     (ResponseEnd::Speech, Some(speech)) => eprintln!("{:?} of speech", speech.duration()),
///     (ResponseEnd::Key(key), _) => eprintln!("the key {key}"),
///     (end, _) => eprintln!("{end:?}"),
/// }
/// # Ok(()) }
/// ```
///
/// # On the wire
/// `STREAM FILE prompt keys`; then, while he speaks or may yet begin, `WAIT FOR DIGIT`. A command is under way all the
/// time, so that a key is never lost, and a hangup shows even where it gives no signal (`AGISIGHUP=no`). What he says
/// stops either by an echo ([`Pending::interrupt`]).
///
/// Speech that stood in the pipe before is dropped. What the caller's telephone gives back of the prompt may pass for
/// speech; [`threshold`](Detector::threshold) and [`minimum_speech`](Detector::minimum_speech) of a detector of your
/// own raise the bar.
#[derive(Debug)]
#[must_use = "nothing is asked before `run`"]
pub struct Ask<'a> {
    prompt: Option<Text<'a>>,
    escape_digits: Text<'a>,
    timeout: Duration,
    longest: Duration,
    detector: Option<Detector>,
}

/// What the caller did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// How it ended.
    pub end: ResponseEnd,
    /// What he said, with the little before it that keeps its first syllable whole. He may have spoken before a key
    /// or the hangup, too.
    pub speech: Option<Utterance>,
    /// He did it while the prompt was played: it was stopped.
    pub barged_in: bool,
}

/// How a [`Response`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseEnd {
    /// He spoke, and has finished.
    Speech,
    /// He spoke for longer than [`longest`](Ask::longest).
    Longest,
    /// He pressed one of the keys.
    Key(char),
    /// He neither spoke nor pressed a key in time.
    Timeout,
    /// He hung up.
    Hangup,
}

/// How listening beside a command came to an end.
enum Came<R> {
    /// The command ended by itself.
    Answered(R),
    /// It was stopped, and may have answered all the same.
    Stopped(Option<R>),
}

/// Ends the listening beside a command.
#[derive(Clone, Copy)]
enum Until {
    /// The caller begins to speak.
    Begins,
    /// He has said something, or the time for it is over.
    Ends(Instant),
}

/// What was heard so far.
struct Listener {
    capture: Capture,
    speech: Option<(Utterance, ResponseEnd)>,
}

impl Listener {
    /// Listens beside a command until it has answered, or until what is waited for; then it stops it.
    fn beside<C: Interruptible>(
        &mut self,
        mut command: Pending<'_, C>,
        audio: &mut Audio,
        until: Until,
    ) -> Result<Came<C::Reply>> {
        let mut heard = Instant::now();
        loop {
            let now = Instant::now();
            let limit = match until {
                Until::Ends(end) if !self.capture.is_speaking() => {
                    end.saturating_duration_since(now).min(NO_FRAMES)
                }
                _ => NO_FRAMES,
            };
            match command.listen_within(audio, limit)? {
                Heard::End => return command.finish().map(Came::Answered),
                Heard::Frame(frame) => {
                    heard = Instant::now();
                    let said = self.capture.frame(frame);
                    self.speech = said.map(|said| match said.is_whole {
                        true => (said, ResponseEnd::Speech),
                        false => (said, ResponseEnd::Longest),
                    });
                }
                Heard::Nothing if heard.elapsed() >= NO_FRAMES => {
                    self.speech = self.capture.finish().map(|said| (said, ResponseEnd::Speech));
                }
                Heard::Nothing => {}
            }
            let enough = match until {
                _ if self.speech.is_some() => true,
                Until::Begins => self.capture.is_speaking(),
                Until::Ends(end) => !self.capture.is_speaking() && Instant::now() >= end,
            };
            if enough {
                return command.interrupt().map(Came::Stopped);
            }
        }
    }
}

impl<'a> Ask<'a> {
    /// Asks by this sound.
    pub fn new(prompt: impl Into<Text<'a>>) -> Self {
        Ask { prompt: Some(prompt.into()), ..Ask::silent() }
    }

    /// Only listens: what was to be said was said.
    pub fn silent() -> Self {
        Ask {
            prompt: None,
            escape_digits: Text::from(KEYS),
            timeout: Duration::from_secs(5),
            longest: Duration::from_secs(60),
            detector: None,
        }
    }

    /// The keys that end it: `0`–`9`, `*` and `#` unless said otherwise. Others are passed over.
    pub fn escape_digits(mut self, keys: impl Into<Text<'a>>) -> Self {
        self.escape_digits = keys.into();
        self
    }

    /// How long the caller may think, from the prompt's end on: 5 s unless said otherwise.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// How long he may speak: 60 s unless said otherwise.
    pub fn longest(mut self, time: Duration) -> Self {
        self.longest = time;
        self
    }

    /// What tells speech from the rest, and how much silence ends it. It must be made for the audio's rate.
    pub fn detector(mut self, detector: Detector) -> Self {
        self.detector = Some(detector);
        self
    }

    /// Asks. A hangup is a response, too.
    ///
    /// # Errors
    /// As [`stream_file`](Session::stream_file): [`Error::Failed`] where there is no such sound.
    pub fn run(mut self, agi: &mut Session, audio: &mut Audio) -> Result<Response> {
        audio.discard()?;
        let rate = audio.format().rate();
        let detector = self.detector.take().unwrap_or_else(|| Detector::new(rate));
        let capture = Capture::new(detector).longest(self.longest);
        let mut ear = Listener { capture, speech: None };
        let mut barged_in = false;
        let end = match self.listen(agi, audio, &mut ear, &mut barged_in) {
            Ok(end) => end,
            Err(Error::Hangup) => ResponseEnd::Hangup,
            Err(other) => return Err(other),
        };
        let speech = ear.speech.map(|(speech, _)| speech).or_else(|| ear.capture.finish());
        Ok(Response { end, speech, barged_in })
    }

    fn listen(
        &self,
        agi: &mut Session,
        audio: &mut Audio,
        ear: &mut Listener,
        barged_in: &mut bool,
    ) -> Result<ResponseEnd> {
        if let Some(prompt) = self.prompt {
            let sound = StreamFile::new(prompt).escape_digits(self.escape_digits);
            let came = ear.beside(agi.start(sound)?, audio, Until::Begins)?;
            // Where it answers although it was stopped, it had ended just before.
            let played = match came {
                Came::Answered(played) => Some(played),
                Came::Stopped(played) => played,
            };
            let key = played.and_then(|played| played.digit);
            *barged_in = played.is_none() || key.is_some();
            if let Some(key) = key {
                return Ok(ResponseEnd::Key(key));
            }
        }
        let begin = Instant::now();
        loop {
            if let Some((_, end)) = &ear.speech {
                return Ok(*end);
            }
            // He may speak as long as the capture lets him; only silence has an end here.
            let least = if ear.capture.is_speaking() { self.longest } else { Duration::ZERO };
            let end = begin + self.timeout.max(least).min(MOST);
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() && !ear.capture.is_speaking() {
                return Ok(ResponseEnd::Timeout);
            }
            // Asterisk's own time is only for audio that fell silent for good.
            let wait = WaitForDigit::new(left + NO_FRAMES);
            let came = ear.beside(agi.start(wait)?, audio, Until::Ends(end))?;
            let waited = match came {
                Came::Answered(waited) => Some(waited),
                Came::Stopped(waited) => waited,
            };
            if let Some(Waited::Digit(key)) = waited
                && is_among(self.escape_digits, key)
            {
                return Ok(ResponseEnd::Key(key));
            }
        }
    }
}
