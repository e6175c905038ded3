//! The caller's audio on its way to descriptor 3.

use std::time::Duration;

use super::call::Call;
use crate::audio::Format;

/// A frame: 20 ms, 160 samples at 8 kHz.
const FRAME: Duration = Duration::from_millis(20);

/// A frame in a format; at a higher rate samples are repeated.
fn bytes(format: Format, frame: &[i16; 160]) -> Vec<u8> {
    let count = format.frame_samples();
    let samples: Vec<i16> =
        (0..count).filter_map(|n| frame.get(n * frame.len() / count).copied()).collect();
    let mut bytes = Vec::with_capacity(format.frame_bytes());
    format.encode(&samples, &mut bytes);
    bytes
}

impl Call {
    /// How long it is until the next frame; `None` when no audio goes to the script.
    pub(super) fn audio_pause(&self) -> Option<Duration> {
        let flows = self.link.has_audio() && self.channel.has_voice() && !self.hung_up;
        flows.then(|| (self.audio_until + FRAME).saturating_sub(self.now()))
    }

    /// Sends the frames that are due. What the pipe does not take is lost: the newest, as with Asterisk.
    pub(super) fn pump_audio(&mut self) {
        if self.hung_up || !self.link.has_audio() {
            return self.lose_audio();
        }
        let now = self.now();
        while self.audio_until + FRAME <= now {
            let frame = self.channel.frame(self.audio_until);
            self.audio_until += FRAME;
            let takes =
                frame.is_some_and(|it| self.link.send_audio(&bytes(self.audio_format, &it)));
            if !takes {
                return self.lose_audio(); // nor would it take the others
            }
        }
    }

    /// Lets what the caller says meanwhile be heard by nobody.
    pub(super) fn lose_audio(&mut self) {
        let millis = self.now().as_millis() / FRAME.as_millis() * FRAME.as_millis();
        let now = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        self.audio_until = now.max(self.audio_until);
    }
}
