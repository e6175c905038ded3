//! What the caller says, as samples.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::Change;
use super::detector::{Detector, samples};

/// What somebody said, from the pre-roll to a little behind its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Utterance {
    /// The samples.
    pub samples: Vec<i16>,
    /// The number of the first one, by the [detector](Detector)'s count.
    pub at: u64,
    /// The samples a second.
    pub rate: u32,
    /// Which of the samples are the speech itself, without what stands before and behind it.
    pub speech: Range<usize>,
    /// Whether he had ended. `false`: it became as long as is [allowed](Capture::longest), and what he still says
    /// comes as the next one; or the audio ended.
    pub is_whole: bool,
}

impl Utterance {
    /// How long it is, the pre-roll included.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.lasts(self.samples.len())
    }

    /// How long he spoke.
    #[must_use]
    pub fn spoken(&self) -> Duration {
        self.lasts(self.speech.len())
    }

    fn lasts(&self, samples: usize) -> Duration {
        Duration::from_secs_f64(samples as f64 / f64::from(self.rate.max(1)))
    }
}

/// Collects what the caller says: a [`Detector`] and a memory of what was just before.
///
/// ```
/// use agikit::audio::{Capture, Detector};
///
/// let line = (0..8000).map(|n| n % 7 - 3);
/// let speech = (0..4000).map(|n| ((n % 57 - 28) * (n % 1000)) as i16);
/// let samples: Vec<i16> = line.clone().chain(speech).chain(line).collect();
///
/// let mut capture = Capture::new(Detector::new(8000));
/// let said = samples.chunks(160).find_map(|frame| capture.frame(frame)).unwrap();
/// assert!(said.at <= 8000 - 2400); // 300 ms before the speech, or a bit more
/// assert_eq!(said.speech.start, 2400);
/// assert!(said.is_whole && said.samples.len() > 2400 + 4000 + 2000);
/// ```
#[derive(Debug)]
pub struct Capture {
    detector: Detector,
    longest: u64,
    /// The last samples: those of the utterance, or those that may come to belong to one.
    kept: VecDeque<i16>,
    /// The number of the first one.
    from: u64,
    /// The number of the first one that is speech.
    began: u64,
    /// A part of the utterance was given.
    parted: bool,
}

impl Capture {
    /// Collects what this detector takes for speech.
    #[must_use]
    pub fn new(detector: Detector) -> Self {
        let longest = samples(detector.rate(), Duration::from_secs(60));
        let from = detector.position();
        Capture { detector, longest, kept: VecDeque::new(), from, began: from, parted: false }
    }

    /// The longest utterance: a caller who never stops is given in parts of this length. 60 s unless set.
    #[must_use]
    pub fn longest(mut self, time: Duration) -> Self {
        self.longest = samples(self.detector.rate(), time).max(1);
        self
    }

    /// Takes the next samples, best 20 ms of them, and gives an utterance that has ended.
    pub fn frame(&mut self, samples: &[i16]) -> Option<Utterance> {
        self.kept.extend(samples);
        match self.detector.frame(samples) {
            Some(Change::Began { at }) => {
                self.began = at;
                self.parted = false;
                self.drop_before(at.saturating_sub(self.before()));
            }
            Some(Change::Ended { at }) => return self.take(at, true),
            None if !self.detector.is_speaking() => {
                self.drop_before(self.detector.needed_from());
            }
            None => {}
        }
        let is_long = self.detector.is_speaking() && self.kept.len() as u64 >= self.longest;
        self.parted |= is_long;
        is_long.then(|| self.cut(self.longest, u64::MAX, false))
    }

    /// The audio is over: gives what was being said.
    pub fn finish(&mut self) -> Option<Utterance> {
        match self.detector.finish() {
            Some(Change::Ended { at }) => self.take(at, false),
            _ => None,
        }
    }

    /// Whether an utterance has begun and not ended.
    #[must_use]
    pub fn is_speaking(&self) -> bool {
        self.detector.is_speaking()
    }

    /// The detector.
    #[must_use]
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// The samples before the speech, and as many behind it.
    fn before(&self) -> u64 {
        self.detector.pre_roll_samples()
    }

    fn drop_before(&mut self, sample: u64) {
        let count = sample.saturating_sub(self.from).min(self.kept.len() as u64);
        self.kept.drain(..usize::try_from(count).unwrap_or(usize::MAX));
        self.from += count;
    }

    /// The utterance that ends here; none where all of its speech, if not its margin, was given as a part already.
    fn take(&mut self, end: u64, is_whole: bool) -> Option<Utterance> {
        let count = end.saturating_add(self.before()).saturating_sub(self.from);
        let is_rest = self.parted && end <= self.from.saturating_add(self.detector.margin());
        (!is_rest).then(|| self.cut(count, end, is_whole))
    }

    /// So many samples, if there are as many; the speech in them ends here at the latest.
    fn cut(&mut self, count: u64, end: u64, is_whole: bool) -> Utterance {
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(self.kept.len());
        let at = self.from;
        let place = |sample: u64| {
            usize::try_from(sample.saturating_sub(at)).map_or(count, |it| it.min(count))
        };
        let speech = place(self.began.min(end))..place(end);
        let samples = self.kept.drain(..count).collect();
        self.from += count as u64;
        Utterance { samples, at, rate: self.detector.rate(), speech, is_whole }
    }
}
