//! When the caller speaks: a judge says of each 20 ms whether they are speech, the detector makes turns of that.

mod bands;
mod capture;
mod detector;
mod energy;
mod noise;
mod steady;
mod turns;

pub use capture::{Capture, Utterance};
pub use detector::Detector;
pub use energy::Energy;

/// What tells speech from the rest, 20 ms after 20 ms.
///
/// [`Energy`] is the toolkit's own. Another is a few lines:
/// ```
/// use agikit::audio::{Detector, Judge, level};
///
/// /// Everything above -40 dBFS is speech: good on a line without any noise.
/// #[derive(Debug)]
/// struct Loud;
///
/// impl Judge for Loud {
///     fn judge(&mut self, block: &[i16]) -> bool {
///         level(block).rms > -40.0
///     }
/// }
///
/// let detector = Detector::with(8000, Loud);
/// ```
pub trait Judge: Send + std::fmt::Debug {
    /// Whether this is speech. The detector gives each sample once, in order, in blocks of 20 ms, whatever the
    /// frames were that it got.
    fn judge(&mut self, block: &[i16]) -> bool;
}

/// What a [`Detector`] has found, by the number of the sample: 8000 a second at 8 kHz, the first being 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Somebody speaks.
    Began {
        /// The first sample of the speech. It is known only after the
        /// [minimum of speech](Detector::minimum_speech) and lies so much back.
        at: u64,
    },
    /// He has ended.
    Ended {
        /// The first sample behind the speech. It is known only after the [hangover](Detector::hangover).
        at: u64,
    },
}
