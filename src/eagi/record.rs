//! Recording the caller to a file, up to silence, a key, a time or the hangup.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::ear::Ear;
use super::is_among;
use crate::audio::{Audio, Detector, Heard, WavOptions, WavRecorder};
use crate::command::{StreamFile, WaitForDigit};
use crate::error::{Error, Result};
use crate::reply::Waited;
use crate::session::Session;
use crate::text::Text;
use crate::wire::Timeout;

/// What is left of the silence that ended a recording.
const SILENCE_LEFT: Duration = Duration::from_secs(1);

/// A recording of the caller, as RECORD FILE makes it, but by the script itself: sample for sample what the caller
/// sends, ended by his silence as a [`Detector`] finds it, and on the disk whatever happens ([`WavRecorder`]).
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use agikit::audio::Audio;
/// use agikit::eagi::{RecordedEnd, Record};
/// use std::time::Duration;
///
/// let mut audio = Audio::open(agi)?;
/// let message = Record::new("/var/spool/asterisk/message.wav")
///     .beep("beep")
///     .longest(Duration::from_secs(120))
///     .silence(Duration::from_secs(4))
///     .run(agi, &mut audio)?;
/// match message.end {
///     RecordedEnd::Hangup => {}                            // how most messages end
///     RecordedEnd::Key('0') => drop(agi.exec("Dial", &["PJSIP/operator"])?),
///     _ => drop(agi.stream_file("vm-goodbye")?),
/// }
/// # Ok(()) }
/// ```
///
/// # How it works
/// The file is begun before the beep, so that a bad path or a full disk ([`WavOptions::reserve`]) is an error and not
/// a lost message. While it records, a WAIT FOR DIGIT is in flight: Asterisk loses keys that come between commands,
/// and its reply tells of the hangup also where no signal does (`AGISIGHUP=no`). Time and silence are counted by the
/// samples and by the clock, so a caller whose side sends nothing at all is not recorded for ever.
#[derive(Debug)]
pub struct Record<'a> {
    path: PathBuf,
    wav: WavOptions,
    longest: Option<Duration>,
    silence: Option<Duration>,
    keep_silence: bool,
    escape_digits: Text<'a>,
    beep: Option<Text<'a>>,
    detector: Option<Detector>,
}

/// What came of a [`Record`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The file; `None` where the caller hung up before there was any sample.
    pub path: Option<PathBuf>,
    /// How long the recording is, without what it was added to.
    pub duration: Duration,
    /// Whether any speech was in it.
    pub spoken: bool,
    /// What ended it.
    pub end: RecordedEnd,
}

/// What ended a [`Record`].
#[derive(Debug)]
#[non_exhaustive]
pub enum RecordedEnd {
    /// The caller was silent for as long as was said, or nothing came from his side.
    Silence,
    /// He pressed one of the keys.
    Key(char),
    /// It has become as long as was said.
    Time,
    /// He has hung up.
    Hangup,
    /// The file could not be written any further: what fitted is in it.
    Fault(Error),
}

impl<'a> Record<'a> {
    /// A recording to this file, ended by `#` and the hangup.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Record {
            path: path.into(),
            wav: WavRecorder::options(),
            longest: None,
            silence: None,
            keep_silence: false,
            escape_digits: Text::from("#"),
            beep: None,
            detector: None,
        }
    }

    /// How the file is made: added to another, room reserved beforehand, nothing overwritten.
    #[must_use]
    pub fn wav(mut self, options: WavOptions) -> Self {
        self.wav = options;
        self
    }

    /// The longest recording, by the samples and by the clock.
    #[must_use]
    pub fn longest(mut self, time: Duration) -> Self {
        self.longest = Some(time);
        self
    }

    /// How much silence ends it. It counts from the start, so this is also the time within which the caller must begin.
    #[must_use]
    pub fn silence(mut self, time: Duration) -> Self {
        self.silence = Some(time);
        self
    }

    /// Keeps all of the silence that ended it. Otherwise a second of it is left, as RECORD FILE does.
    #[must_use]
    pub fn keep_silence(mut self) -> Self {
        self.keep_silence = true;
        self
    }

    /// The keys that end it, `#` unless this says otherwise. The others do nothing.
    #[must_use]
    pub fn escape_digits(mut self, keys: impl Into<Text<'a>>) -> Self {
        self.escape_digits = keys.into();
        self
    }

    /// Plays a sound when all is ready. Where there is no such sound, the recording begins without.
    #[must_use]
    pub fn beep(mut self, file: impl Into<Text<'a>>) -> Self {
        self.beep = Some(file.into());
        self
    }

    /// What finds the speech, with thresholds of one's own.
    #[must_use]
    pub fn detector(mut self, detector: Detector) -> Self {
        self.detector = Some(detector);
        self
    }

    /// Records. What piled up before, and while the beep played, is dropped.
    ///
    /// # Errors
    /// [`Error::Io`]: the file cannot be begun; nothing was played yet. Otherwise as [`Session::run`], but the hangup
    /// is no error. The file has its name then, too, with all that was said until then.
    pub fn run(mut self, agi: &mut Session, audio: &mut Audio) -> Result<Recorded> {
        let wav = self.wav.clone().create(&self.path, audio.format())?;
        let detector = self.detector.take().unwrap_or_else(|| {
            Detector::new(audio.format().rate()).hangover(Ear::hangover(self.silence))
        });
        let mut tape = Tape {
            before: wav.samples(),
            wav,
            ear: Ear::new(Some(detector), self.silence),
            begun: Instant::now(),
        };
        let end = match self.listen(agi, audio, &mut tape) {
            Ok(end) => end,
            Err(Error::Hangup) => RecordedEnd::Hangup,
            Err(error) => {
                tape.finish(None)?;
                return Err(error);
            }
        };
        let cut = matches!(end, RecordedEnd::Silence) && !self.keep_silence;
        let (spoken, duration) = (tape.ear.has_spoken(), tape.duration());
        match tape.finish(cut.then_some(SILENCE_LEFT)) {
            Ok((path, duration)) => Ok(Recorded { path, duration, spoken, end }),
            Err(error) => {
                Ok(Recorded { path: None, duration, spoken, end: RecordedEnd::Fault(error) })
            }
        }
    }

    fn listen(&self, agi: &mut Session, audio: &mut Audio, tape: &mut Tape) -> Result<RecordedEnd> {
        if let Some(beep) = self.beep {
            match agi.run(StreamFile::new(beep)) {
                Ok(_) | Err(Error::Failed { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        audio.discard()?;
        tape.begun = Instant::now();
        tape.ear.begin();
        loop {
            let mut keys = agi.start(WaitForDigit::new(Timeout::FOREVER))?;
            let due = loop {
                match keys.listen_within(audio, self.patience(tape))? {
                    Heard::Frame(frame) => tape.ear.notice(frame),
                    Heard::Nothing => {}
                    Heard::End => break None,
                }
                // As it was received: G.711 is not decoded for the file. Nothing, where nothing came.
                let written = tape.wav.write_received(audio.received());
                if let Some(due) = written.err().map(RecordedEnd::Fault).or_else(|| self.due(tape))
                {
                    break Some(due);
                }
            };
            if let Some(due) = due {
                keys.interrupt()?;
                return Ok(due);
            }
            let pressed = keys.finish();
            let full = tape.drain(audio);
            match pressed? {
                Waited::Digit(key) if is_among(self.escape_digits, key) => {
                    return Ok(RecordedEnd::Key(key));
                }
                _ => {
                    if let Err(error) = full {
                        return Ok(RecordedEnd::Fault(error));
                    }
                }
            }
        }
    }

    /// How long to wait for a frame.
    fn patience(&self, tape: &Tape) -> Duration {
        let longest = self.longest.map(|limit| limit.saturating_sub(tape.begun.elapsed()));
        let silence = tape.ear.due().map(|at| at.saturating_duration_since(Instant::now()));
        longest.into_iter().chain(silence).min().unwrap_or(Duration::MAX)
    }

    /// What ends it now.
    fn due(&self, tape: &Tape) -> Option<RecordedEnd> {
        let time = tape.begun.elapsed().max(tape.duration());
        if self.longest.is_some_and(|longest| time >= longest) {
            return Some(RecordedEnd::Time);
        }
        let silent = tape.ear.due().is_some_and(|at| at <= Instant::now());
        (silent || tape.ear.is_silent()).then_some(RecordedEnd::Silence)
    }
}

/// What was recorded so far.
struct Tape {
    wav: WavRecorder,
    /// Samples that the file had before.
    before: u64,
    ear: Ear,
    begun: Instant,
}

impl Tape {
    /// What was said before a key or the hangup, and not taken yet.
    fn drain(&mut self, audio: &mut Audio) -> Result {
        while let Heard::Frame(frame) = audio.frame_within(Duration::ZERO)? {
            self.ear.notice(frame);
            self.wav.write_received(audio.received())?;
        }
        Ok(())
    }

    fn duration(&self) -> Duration {
        self.wav.format().duration(self.wav.samples().saturating_sub(self.before))
    }

    /// Ends the file; of the silence at its end so much is left. Gives its name and how much was recorded.
    fn finish(mut self, silence_left: Option<Duration>) -> Result<(Option<PathBuf>, Duration)> {
        if let Some(left) = silence_left {
            let end = self.before + self.ear.speech_end() + self.wav.format().samples(left);
            self.wav.truncate(end.min(self.wav.samples()))?;
        }
        let duration = self.duration();
        match self.wav.samples() {
            0 => self.wav.discard().map(|()| (None, duration)),
            _ => self.wav.finish().map(|path| (Some(path), duration)),
        }
    }
}
