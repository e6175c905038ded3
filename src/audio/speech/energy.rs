//! The toolkit's own judge: what stands out of the line's noise, octave by octave.

use super::Judge;
use super::bands::{Bands, COUNT};
use super::noise::{Levels, Noise, decibels};
use super::steady::Steady;

/// The toolkit's own judge, without any model: speech is what stands out of the line's noise.
///
/// Sound is split into four octaves, 250 to 4000 Hz. In each the noise is followed: upwards slowly, downwards at
/// once, not at all while somebody speaks. A block is speech where its two best octaves stand out by the
/// [threshold](Energy::threshold), and by more where the noise itself goes up and down, as voices of others do.
/// What stays equally loud for half a second is noise, however loud: a dial tone, a fan.
///
/// # Choosing thresholds
/// `agikit listen` draws what the detector makes of a recording, and `eagi-level` shows a call's level on the
/// console. The usual steps:
/// - Clicks or others' voices begin utterances: raise [`Detector::minimum_speech`](super::Detector::minimum_speech)
///   to 200 ms, then the threshold by 3 dB at a time.
/// - Words are missed on a noisy line: lower the threshold to 6 dB.
/// - A quiet line, but its hiss or an echo of the prompt counts as speech: raise the
///   [least level](Energy::least_level) above the echo, which is often 20 to 30 dB below the prompt.
/// - Callers are cut off while they think: a longer [`Detector::hangover`](super::Detector::hangover), 1 to 2 s for
///   digits and addresses. The answer to a question of yes or no needs 400 ms.
/// - First syllables are missing for the recogniser: a longer
///   [`Detector::pre_roll`](super::Detector::pre_roll).
#[derive(Debug, Clone)]
pub struct Energy {
    threshold: f32,
    least_level: f32,
    /// So many samples are taken as one, which gives 8 to 16 kHz.
    decimation: usize,
    bands: Bands,
    smooth: Levels,
    steady: Steady,
    noise: Option<Noise>,
}

impl Energy {
    /// A judge for samples of this rate.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        Energy {
            threshold: 8.0,
            least_level: -50.0,
            decimation: usize::try_from(rate / 8000).unwrap_or(1).max(1),
            bands: Bands::default(),
            smooth: [0.0; COUNT],
            steady: Steady::default(),
            noise: None,
        }
    }

    /// How far speech stands out of the noise, in dB, in its two best octaves. 8 unless set.
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

    /// The noise of the line in dBFS, without what is below 250 Hz; `None` before the first block.
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
/// Speech stands out by so many deviations of the noise,
const DEVIATIONS: f32 = 3.0;
/// but by no more than this above the threshold.
const MORE: f32 = 6.0;

impl Judge for Energy {
    fn judge(&mut self, block: &[i16]) -> bool {
        let powers = self.powers(block);
        let level = decibels(powers.iter().sum());
        for (smooth, power) in self.smooth.iter_mut().zip(&powers) {
            *smooth += 0.6 * (power - *smooth);
        }
        let (levels, smooth) = (powers.map(decibels), self.smooth.map(decibels));
        let is_loud = level >= self.least_level;
        self.steady.push(level);
        let spread = self.steady.spread();
        let noise = self.noise.get_or_insert_with(|| Noise::new(levels));
        noise.hear(&powers);
        if self.steady.seen() <= SETTLING {
            if spread < STEADY {
                noise.set(smooth);
            } else {
                noise.lower(&levels, self.steady.highest() - SUPPOSED);
            }
            return is_loud && spread >= STEADY;
        }
        if self.steady.is_full() && spread < STEADY {
            noise.set(smooth);
            return false;
        }
        let outstanding = noise.outstanding(&smooth);
        let limit = self.threshold.max(noise.reach(DEVIATIONS).min(self.threshold + MORE));
        let is_speech = is_loud && outstanding >= limit;
        if !is_speech {
            noise.follow(&levels, outstanding);
        }
        is_speech
    }
}
