//! The detector: frames of any length in, changes out.

use std::time::Duration;

use super::turns::Turns;
use super::{Change, Energy, Judge};

/// Finds where speech starts and where it ends.
///
/// It counts samples, not time: what it tells is the same for a recording read at once and for a call.
///
/// ```
/// use agikit::audio::{Change, Detector};
///
/// // A second of a quiet line, half a second of "speech", a second of the line again.
/// let line = (0..8000).map(|n| n % 7 - 3);
/// let speech = (0..4000).map(|n| ((n % 57 - 28) * (n % 1000)) as i16);
/// let samples: Vec<i16> = line.clone().chain(speech).chain(line).collect();
///
/// let mut detector = Detector::new(8000);
/// let changes: Vec<Change> =
///     samples.chunks(160).filter_map(|frame| detector.frame(frame)).collect();
/// let [Change::Began { at: begin }, Change::Ended { at: end }] = changes[..] else { panic!() };
/// assert!(begin.abs_diff(8000) < 600 && end.abs_diff(12000) < 1200);
/// ```
#[derive(Debug)]
pub struct Detector {
    rate: u32,
    judge: Chosen,
    turns: Turns,
    pre_roll: Duration,
    /// The length of a block that is judged.
    block: usize,
    /// The begin of the next one; its memory is there from the start.
    part: Vec<i16>,
}

#[derive(Debug)]
enum Chosen {
    Own(Box<Energy>),
    Other(Box<dyn Judge>),
}

/// Plosives and the pauses within a word are shorter.
const GAP: Duration = Duration::from_millis(100);
/// Clicks and pops are shorter.
const RENEWING: Duration = Duration::from_millis(40);

/// The first and the last consonant are softer than what stands out.
const MARGIN: Duration = Duration::from_millis(40);

impl Detector {
    /// A detector with the toolkit's own judge, for samples of this rate.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        Detector::choosing(rate, Chosen::Own(Box::new(Energy::new(rate))))
    }

    /// A detector that asks this judge.
    #[must_use]
    pub fn with(rate: u32, judge: impl Judge + 'static) -> Self {
        Detector::choosing(rate, Chosen::Other(Box::new(judge)))
    }

    fn choosing(rate: u32, judge: Chosen) -> Self {
        let samples = |time| samples(rate, time);
        let turns = Turns::new(
            samples(Duration::from_millis(120)),
            samples(Duration::from_millis(600)),
            samples(GAP),
            samples(RENEWING),
            samples(MARGIN),
        );
        let block = usize::try_from(rate / 50).unwrap_or(1).max(1);
        let pre_roll = Duration::from_millis(300);
        Detector { rate, judge, turns, pre_roll, block, part: Vec::with_capacity(block) }
    }

    /// How much speech makes an utterance; what is shorter is a click, a cough or a key. 120 ms unless set.
    #[must_use]
    pub fn minimum_speech(mut self, time: Duration) -> Self {
        self.turns.minimum = samples(self.rate, time);
        self
    }

    /// How much silence ends an utterance. 600 ms unless set: longer than most pauses between words.
    #[must_use]
    pub fn hangover(mut self, time: Duration) -> Self {
        self.turns.hangover = samples(self.rate, time);
        self
    }

    /// How much a [`Capture`](super::Capture) keeps of what was before the speech. 300 ms unless set.
    #[must_use]
    pub fn pre_roll(mut self, time: Duration) -> Self {
        self.pre_roll = time;
        self
    }

    /// [`Energy::threshold`] of the toolkit's own judge; another judge has its own measures.
    #[must_use]
    pub fn threshold(mut self, decibels: f32) -> Self {
        if let Chosen::Own(energy) = &mut self.judge {
            energy.set_threshold(decibels);
        }
        self
    }

    /// [`Energy::least_level`] of the toolkit's own judge; another judge has its own measures.
    #[must_use]
    pub fn least_level(mut self, dbfs: f32) -> Self {
        if let Chosen::Own(energy) = &mut self.judge {
            energy.set_least_level(dbfs);
        }
        self
    }

    /// Takes the next samples and says what has changed. Any number of them is taken; give 20 ms at a time.
    /// There is one change a call at most: in many seconds at once, only the first would be told.
    pub fn frame(&mut self, samples: &[i16]) -> Option<Change> {
        let mut change = None;
        let mut rest = samples;
        if !self.part.is_empty() {
            let (begin, behind) = rest.split_at(rest.len().min(self.block - self.part.len()));
            self.part.extend_from_slice(begin);
            rest = behind;
            if self.part.len() == self.block {
                let part = std::mem::take(&mut self.part);
                self.judge(&part, &mut change);
                self.part = part;
                self.part.clear();
            }
        }
        let blocks = rest.chunks_exact(self.block);
        self.part.extend_from_slice(blocks.remainder());
        for block in blocks {
            self.judge(block, &mut change);
        }
        change
    }

    fn judge(&mut self, block: &[i16], change: &mut Option<Change>) {
        let is_speech = match &mut self.judge {
            Chosen::Own(energy) => energy.judge(block),
            Chosen::Other(judge) => judge.judge(block),
        };
        self.turns.hear(is_speech, block.len() as u64);
        if change.is_none() {
            *change = self.turns.change();
        }
    }

    /// The audio is over: an utterance that lasts ends where its last speech was.
    pub fn finish(&mut self) -> Option<Change> {
        self.turns.pass(self.part.len() as u64);
        self.part.clear();
        self.turns.end()
    }

    /// Whether an utterance has begun and not ended.
    #[must_use]
    pub fn is_speaking(&self) -> bool {
        self.turns.is_speaking()
    }

    /// How many samples there were.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.turns.now() + self.part.len() as u64
    }

    /// The noise of the line in dBFS, as the toolkit's own judge takes it to be. `None` with another judge, and
    /// in the first 20 ms.
    #[must_use]
    pub fn floor(&self) -> Option<f32> {
        match &self.judge {
            Chosen::Own(energy) => energy.floor(),
            Chosen::Other(_) => None,
        }
    }

    /// The samples a second.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// The first sample that a capture still needs.
    pub(super) fn needed_from(&self) -> u64 {
        self.turns.open_from().saturating_sub(self.pre_roll_samples())
    }

    /// How much softer sound belongs to an utterance at its ends.
    pub(super) fn margin(&self) -> u64 {
        samples(self.rate, MARGIN)
    }

    pub(super) fn pre_roll_samples(&self) -> u64 {
        samples(self.rate, self.pre_roll)
    }
}

/// How many samples last so long.
pub(super) fn samples(rate: u32, time: Duration) -> u64 {
    let count = time.as_nanos().saturating_mul(u128::from(rate)) / 1_000_000_000;
    u64::try_from(count).unwrap_or(u64::MAX)
}
