//! Frames by iterator, for those who keep them.

use std::time::Duration;

use super::{Audio, Format};
use crate::error::Result;

/// A frame of its own, with its place in the call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// 20 ms of samples, decoded; fewer where the audio ends.
    pub samples: Vec<i16>,
    /// How many samples came before it.
    pub position: u64,
    /// The form that it came in, and with it the rate.
    pub format: Format,
}

impl Frame {
    /// When it begins, on the call's sample clock.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.format.duration(self.position)
    }
}

/// The frames of an [`Audio`], up to the hangup: [`Audio::frames`].
#[derive(Debug)]
pub struct Frames<'a>(pub(super) &'a mut Audio);

impl Iterator for Frames<'_> {
    type Item = Result<Frame>;

    fn next(&mut self) -> Option<Self::Item> {
        let samples = match self.0.next_frame() {
            Ok(Some(samples)) => samples.to_vec(),
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        };
        Some(Ok(Frame { samples, position: self.0.position(), format: self.0.format() }))
    }
}
