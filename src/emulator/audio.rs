//! The caller's audio on its way to descriptor 3.

use std::time::Duration;

use super::call::Call;

/// A frame: 20 ms, 160 samples at 8 kHz.
const FRAME: Duration = Duration::from_millis(20);

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
            if let Some(frame) = frame {
                let bytes: Vec<u8> = frame.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                self.link.send_audio(&bytes);
            }
        }
    }

    /// Lets what the caller says meanwhile be heard by nobody.
    pub(super) fn lose_audio(&mut self) {
        let now = self.now();
        while self.audio_until + FRAME <= now {
            self.audio_until += FRAME;
        }
    }
}
