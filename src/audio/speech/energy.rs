//! The toolkit's own judge: what stands out of the line's noise, octave by octave.

use super::Judge;
use super::bands::{Bands, COUNT};
use super::noise::{Levels, Noise, QUIETEST, decibels};
use super::steady::Steady;

/// The toolkit's own judge, without any model: speech is what stands out of the line's noise.
///
/// Sound is split into five octaves, 125 to 4000 Hz. In each the noise is followed: its level, and how much that
/// goes up and down; not while somebody speaks, but never above the lowest of the last two seconds. A block is
/// speech where the octaves together stand out by the [threshold](Energy::threshold). While somebody speaks a bit
/// more than half of it will do. What stays equally loud for half a second is noise, however loud: a dial tone, a fan.
///
/// # Choosing thresholds
/// What the defaults are made for is a caller on the telephone, 5 dB above noise or more. The usual steps:
/// - Clicks or others' voices begin utterances: raise [`Detector::minimum_speech`](super::Detector::minimum_speech)
///   to 200 ms, then the threshold by 1 at a time, up to 7.
/// - Words are missed where others talk behind the caller: lower the threshold to 3.
/// - The line is quiet, but an echo of the prompt counts as speech: raise the
///   [least level](Energy::least_level) above the echo, which is often 20 to 30 dB below the prompt.
/// - Callers are cut off while they think: a longer [`Detector::hangover`](super::Detector::hangover), 1 to 2 s for
///   digits and addresses. The answer to a question of yes or no needs 400 ms.
/// - First syllables are missing for the recogniser: a longer
///   [`Detector::pre_roll`](super::Detector::pre_roll).
///
/// ```
/// use agikit::audio::{Detector, Energy};
///
/// // A noisy office, and echo at -40 dBFS.
/// let detector = Detector::with(8000, Energy::new(8000).threshold(5.0).least_level(-38.0));
/// ```
#[derive(Debug, Clone)]
pub struct Energy {
    threshold: f32,
    least_level: f32,
    /// So many samples are taken as one, which gives 8 to 16 kHz.
    decimation: usize,
    bands: Bands,
    /// The level of the last 40 ms, about.
    smooth: Levels,
    /// While settling of levels, then of how far they stand out.
    steady: Steady,
    settled: bool,
    held: u32,
    noise: Option<Noise>,
}

impl Energy {
    /// A judge for samples of this rate.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        Energy {
            threshold: 4.0,
            least_level: -50.0,
            decimation: usize::try_from(rate / 8000).unwrap_or(1).clamp(1, 1 << 16),
            bands: Bands::default(),
            smooth: [QUIETEST; COUNT],
            steady: Steady::default(),
            settled: false,
            held: 0,
            noise: None,
        }
    }

    /// How far speech stands out of the noise, in dB where the noise is steady; where it goes up and down, so many
    /// times its deviation. 4 unless set.
    #[must_use]
    pub fn threshold(mut self, decibels: f32) -> Self {
        self.set_threshold(decibels);
        self
    }

    /// How loud speech is at least, in dBFS, however quiet the line. -50 unless set.
    #[must_use]
    pub fn least_level(mut self, dbfs: f32) -> Self {
        self.set_least_level(dbfs);
        self
    }

    pub(super) fn set_threshold(&mut self, decibels: f32) {
        self.threshold = decibels;
    }

    pub(super) fn set_least_level(&mut self, dbfs: f32) {
        self.least_level = dbfs;
    }

    /// The noise of the line in dBFS, without what is below 125 Hz; `None` before the first block.
    #[must_use]
    pub fn floor(&self) -> Option<f32> {
        let noise = self.noise.as_ref()?;
        let power: f32 = noise.mean.iter().map(|mean| 10.0_f32.powf(mean / 10.0)).sum();
        Some(10.0 * power.log10())
    }

    fn powers(&mut self, block: &[i16]) -> Levels {
        match self.decimation {
            1 => self.bands.power(block.iter().map(|sample| f32::from(*sample) / 32768.0)),
            many => {
                // The mean of a few is a filter good enough to tell speech from noise.
                let share = 1.0 / (32768.0 * many as f32);
                let sum = |few: &[i16]| few.iter().map(|sample| i32::from(*sample)).sum::<i32>();
                self.bands.power(block.chunks(many).map(|few| sum(few) as f32 * share))
            }
        }
    }
}

/// The first blocks of a call, until which nothing is known of the line.
const SETTLING: usize = 8;
/// What varies less within half a second is noise, in dB between the loudest and the quietest block.
const STEADY: f32 = 4.0;
/// Speech that a call begins with is taken to stand out of the noise by as much.
const SUPPOSED: f32 = 15.0;
/// While somebody speaks, this share of the threshold will do,
const HOLDING: f32 = 0.6;
/// and for so many blocks behind the last that was speech.
const HELD: u32 = 5;

impl Judge for Energy {
    fn judge(&mut self, block: &[i16]) -> bool {
        let powers = self.powers(block);
        let level = decibels(powers.iter().sum());
        let levels = powers.map(decibels);
        // In dB, so that a click is soon over.
        for (smooth, level) in self.smooth.iter_mut().zip(&levels) {
            *smooth += 0.6 * (level - *smooth);
        }
        let is_loud = level >= self.least_level;
        let noise = self.noise.get_or_insert_with(|| Noise::new(levels));
        noise.hear(&powers);
        if !self.settled {
            self.steady.push(level);
            self.settled = self.steady.seen() == SETTLING;
            let is_steady = self.steady.spread() < STEADY;
            if is_steady {
                noise.set_to_recent();
            } else {
                noise.lower(&levels, self.steady.highest() - SUPPOSED);
            }
            if self.settled {
                self.steady = Steady::default();
            }
            return is_loud && !is_steady;
        }
        let outstanding = noise.outstanding(&self.smooth);
        self.steady.push(outstanding);
        let share = if self.held > 0 { HOLDING } else { 1.0 };
        if !is_loud || outstanding < share * self.threshold {
            self.held = self.held.saturating_sub(1);
            noise.follow(&levels);
            return false;
        }
        self.held = HELD;
        let is_noise = self.steady.is_full() && self.steady.spread() < 0.75 * STEADY;
        if is_noise {
            noise.set_to_recent();
        }
        !is_noise
    }
}
