//! Who judges what is speech, and the two lines that tell how.

use agikit::audio::Detector;
#[cfg(feature = "vad")]
use agikit::audio::{Judge as _, Vad};

use super::options::Values;
#[cfg(feature = "vad")]
use super::scale::LOWEST;

/// Who judges.
#[cfg(feature = "vad")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Judge {
    /// The toolkit's own: what stands out of the line's noise
    Energy,
    /// A trained model
    Vad,
}

/// What is drawn of a block beside its level.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Lines {
    /// The noise of the line in dBFS; the model's score, 0 being the lowest level of the picture and 1 the highest.
    pub(super) floor: Option<f32>,
    /// What speech must reach of the same.
    pub(super) threshold: Option<f32>,
}

/// Looks over the judge's shoulder.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    values: &'a Values,
    /// The model, once more: a detector keeps its own to itself.
    #[cfg(feature = "vad")]
    model: Option<Vad>,
}

impl<'a> Watch<'a> {
    #[cfg_attr(not(feature = "vad"), expect(unused_variables, reason = "only a model has a rate"))]
    pub(super) fn new(values: &'a Values, rate: u32) -> Self {
        Watch {
            values,
            #[cfg(feature = "vad")]
            model: (values.judge == Judge::Vad).then(|| Vad::new(rate)),
        }
    }

    /// The lines at this block, which the detector has heard.
    #[cfg_attr(not(feature = "vad"), expect(unused_variables, reason = "only a model hears it"))]
    pub(super) fn lines(&mut self, detector: &Detector, block: &[i16]) -> Lines {
        #[cfg(feature = "vad")]
        if let Some(model) = &mut self.model {
            model.judge(block);
            let place = |score: f32| Some(LOWEST * (1.0 - score));
            return Lines { floor: place(model.score()), threshold: place(self.values.score) };
        }
        let (more, least) = (self.values.threshold, self.values.least_level);
        let floor = detector.floor();
        Lines { floor, threshold: floor.map(|floor| (floor + more).max(least)) }
    }
}
