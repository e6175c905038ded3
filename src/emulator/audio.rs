//! The caller's audio on its way to descriptor 3.
//!
//! With a clock that goes, a frame is sent every 20 ms, and what the pipe does not hold is lost. A clock that stands
//! still goes on by a frame when the script has read it: one is in the pipe, and the clock stands at its beginning. So
//! it is known to the frame what a script has heard when it sends a command, on any machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::call::Call;
use super::caller::Keys;
use super::link::Ready;
use super::report::Seen;

/// A frame: 20 ms, 160 samples at 8 kHz.
const FRAME: Duration = Duration::from_millis(20);

/// From which peak on a frame is how loud.
const LEVELS: [u16; 4] = [300, 1200, 4000, 12_000];

impl Call {
    /// Frames go to the script.
    fn flows(&self) -> bool {
        let is_heard = self.link.has_audio() && self.audio_format.is_some();
        is_heard && self.channel.voice.is_there() && !self.hung_up
    }

    /// How long it is until the next frame of a clock that goes; `None` when no audio goes to the script.
    pub(super) fn audio_pause(&self) -> Option<Duration> {
        let flows = self.flows() && !self.clock.is_still();
        flows.then(|| (self.audio_until + FRAME).saturating_sub(self.now()))
    }

    /// Sends the frames that are due. What the pipe does not take is lost: the newest, as with Asterisk.
    pub(super) fn pump_audio(&mut self) {
        if !self.flows() {
            return self.lose_audio();
        }
        if !self.clock.is_still() && self.ears.owed && self.link.audio_is_taken() {
            self.ears.took();
            self.heard = Instant::now(); // who listens is not silent for too long
        }
        let now = self.now();
        while self.audio_until + FRAME <= now {
            self.send_frame();
        }
    }

    /// Sends the next frame, where there is one.
    fn send_frame(&mut self) {
        let Some(format) = self.audio_format else { return };
        let frame = self.channel.voice.frame(self.audio_until, format);
        self.audio_until += FRAME;
        self.speak(frame.as_deref().unwrap_or_default());
        let Some(frame) = frame else { return };
        let mut bytes = Vec::with_capacity(format.frame_bytes());
        format.encode(&frame, &mut bytes);
        if self.link.send_audio(&bytes) {
            self.ears.given();
        }
    }

    /// Shows how loud a frame is.
    fn speak(&mut self, frame: &[i16]) {
        let peak = frame.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
        let loud = LEVELS.iter().filter(|level| peak >= **level).count();
        let loud = u8::try_from(loud).unwrap_or(0);
        if std::mem::replace(&mut self.loud, loud) != loud {
            self.log.show(self.now(), &Seen::Voice(loud));
        }
    }

    /// Lets what the caller says meanwhile be heard by nobody.
    pub(super) fn lose_audio(&mut self) {
        self.speak(&[]);
        let millis = self.now().as_millis() / FRAME.as_millis() * FRAME.as_millis();
        let now = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        self.audio_until = now.max(self.audio_until);
    }

    /// How long it is until somebody may have begun to listen, or have heard, where the clock stands still.
    pub(super) fn audio_look(&self) -> Option<Duration> {
        self.is_paced().then(|| self.ears.pause())
    }

    /// The clock stands still, and goes with what the script hears.
    pub(super) fn is_paced(&self) -> bool {
        self.clock.is_still() && self.flows()
    }

    /// Lets the clock go on as far as the script has heard, but not beyond what happens `next`, and gives the script
    /// its next frame. Gives whether it has one that it was not seen to read.
    pub(super) fn pace(&mut self, next: Option<Duration>) -> bool {
        if !self.is_paced() {
            return false;
        }
        let ears = Arc::clone(&self.ears.script);
        let mut sends = ears.sent();
        // What it reads behind its command is heard in the command.
        let taken = sends.unwrap_or_else(|| self.link.audio_is_taken());
        if taken {
            self.ears.took();
            self.heard = Instant::now();
            self.clock.jump(next.map_or(self.audio_until, |next| next.min(self.audio_until)));
            if self.now() >= self.audio_until {
                *sends = sends.map(|_| false);
            }
        } else if !self.ears.listen {
            return false;
        }
        self.pump_audio();
        let now = self.now();
        let is_due = next.is_some_and(|next| next <= now);
        let voice = &self.channel.voice;
        if self.audio_until <= now && !is_due && voice.speaks(self.audio_until) {
            self.send_frame();
        }
        self.audio_until > now
    }

    /// The script has sent a command: what it had heard before was before. `Telephone` says that the caller has left.
    pub(super) fn catch_up(&mut self) -> Ready {
        while self.is_paced() {
            let before = self.now();
            let next = self.next_event(before, Keys::None);
            self.pace(next);
            let mut is_quiet = self.now() == before;
            while self.act(Keys::None).is_some() {
                is_quiet = false;
            }
            if self.hung_up {
                return Ready::Telephone;
            }
            if is_quiet {
                break;
            }
        }
        Ready::Script
    }

    /// A moment of a command, at the pace of who listens. `None`: nobody does, or there is nothing to be heard, and the
    /// time may jump.
    pub(super) fn listened(
        &mut self,
        next: Option<Duration>,
        interruptible: bool,
    ) -> Option<Ready> {
        let before = self.now();
        if !self.pace(next) || self.ears.tire() {
            return (self.now() > before).then_some(Ready::Time);
        }
        let ready = self.link.wait(interruptible, Some(self.ears.pause()));
        self.pace(next);
        Some(ready)
    }
}
