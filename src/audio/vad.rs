//! A trained model as the judge of what is speech (feature `vad`).

mod resampler;

use std::fmt;

use super::{Energy, Judge};
use resampler::Resampler;

/// What the model hears.
const RATE: u32 = 16_000;
/// As much at a time: 16 ms.
const FRAME: usize = 256;

/// A judge that has learned what voices sound like: the neural network of the crate `earshot`.
///
/// [`Energy`] knows only what stands out of the noise. Here that must sound like a voice, too: a slammed door or a
/// passing car does not. Of voices behind the caller the model alone would make one long utterance, as they are
/// voices; so both are asked. It takes 40 KiB of the program and a thousandth of real time, ten times as long as
/// `Energy`. Sound of other rates is brought to the 16 kHz that the model knows, by a windowed sinc.
///
/// ```
/// use agikit::audio::{Detector, Vad};
///
/// let mut detector = Detector::with(8000, Vad::new(8000).threshold(0.6));
/// assert_eq!(detector.frame(&[0; 160]), None);
/// ```
pub struct Vad {
    model: Box<earshot::Detector>,
    threshold: f32,
    resampler: Resampler,
    /// What waits for a whole frame.
    frame: Vec<f32>,
    score: f32,
    energy: Energy,
}

impl Vad {
    /// A judge for samples of this rate.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        Vad {
            model: earshot::Detector::default_boxed(),
            threshold: 0.5,
            resampler: Resampler::new(rate, RATE),
            frame: Vec::with_capacity(FRAME),
            score: 0.0,
            energy: Energy::new(rate),
        }
    }

    /// How sure the model is of speech, 0 to 1. 0.5 unless set.
    #[must_use]
    pub fn threshold(mut self, score: f32) -> Self {
        self.threshold = score;
        self
    }

    /// What the model made of the last 16 ms: 0 is no speech, 1 is speech.
    #[must_use]
    pub fn score(&self) -> f32 {
        self.score
    }
}

impl Judge for Vad {
    fn judge(&mut self, block: &[i16]) -> bool {
        let mut best = None::<f32>;
        for &sample in block {
            self.resampler.push(sample, |sample| {
                self.frame.push(sample.clamp(-1.0, 1.0));
                if self.frame.len() == FRAME {
                    let score = self.model.predict_f32(&self.frame);
                    self.frame.clear();
                    best = Some(best.map_or(score, |best| best.max(score)));
                }
            });
        }
        self.score = best.unwrap_or(self.score);
        // Asked always: it follows the noise.
        let stands_out = self.energy.judge(block);
        stands_out && self.score >= self.threshold
    }
}

impl fmt::Debug for Vad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Vad { threshold, score, .. } = self;
        f.debug_struct("Vad")
            .field("threshold", threshold)
            .field("score", score)
            .finish_non_exhaustive()
    }
}
