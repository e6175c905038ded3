//! Whether the caller speaks, where that is asked for.

use std::time::{Duration, Instant};

use crate::audio::{Change, Detector};

/// Longer than the pauses between words.
const HANGOVER: Duration = Duration::from_millis(600);

/// A detector, or none.
#[derive(Debug)]
pub(super) struct Ear {
    detector: Option<Detector>,
    silence: Option<Duration>,
    spoken: bool,
    /// Where its silence began to count, by the detector's samples: that may have heard something before.
    begin: u64,
    /// The sample behind the last speech.
    speech_end: u64,
    /// When speech was heard last.
    voice: Instant,
}

impl Ear {
    /// `silence`: so much of it ends the caller's speech.
    pub(super) fn new(detector: Option<Detector>, silence: Option<Duration>) -> Ear {
        let begin = detector.as_ref().map_or(0, Detector::position);
        let voice = Instant::now();
        Ear { detector, silence, spoken: false, begin, speech_end: begin, voice }
    }

    pub(super) fn hangover(silence: Option<Duration>) -> Duration {
        silence.map_or(HANGOVER, |silence| silence.min(HANGOVER))
    }

    /// Silence counts from here.
    pub(super) fn begin(&mut self) {
        self.voice = Instant::now();
        self.begin = self.detector.as_ref().map_or(0, Detector::position);
        self.speech_end = self.begin;
    }

    pub(super) fn notice(&mut self, frame: &[i16]) {
        let Some(detector) = &mut self.detector else { return };
        let change = detector.frame(frame);
        self.spoken |= change.is_some();
        let position = detector.position();
        let silent = match change {
            Some(Change::Ended { at }) => position.saturating_sub(at),
            _ if detector.is_speaking() => 0,
            _ => return,
        };
        self.speech_end = position - silent;
        let micros = silent * 1_000_000 / u64::from(detector.rate().max(1));
        let now = Instant::now();
        self.voice = now.checked_sub(Duration::from_micros(micros)).unwrap_or(now);
    }

    pub(super) fn has_spoken(&self) -> bool {
        self.spoken
    }

    /// How many samples there were from the beginning to the end of the last speech.
    pub(super) fn speech_end(&self) -> u64 {
        self.speech_end.saturating_sub(self.begin)
    }

    /// When the silence will have lasted long enough, should nothing come any more.
    pub(super) fn due(&self) -> Option<Instant> {
        self.voice.checked_add(self.silence?)
    }

    /// Whether it has, by the samples.
    pub(super) fn is_silent(&self) -> bool {
        let (Some(detector), Some(silence)) = (&self.detector, self.silence) else { return false };
        let samples = detector.position().saturating_sub(self.speech_end);
        u128::from(samples) * 1_000_000 >= silence.as_micros() * u128::from(detector.rate())
    }
}
