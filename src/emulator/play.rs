//! Sounds as they are played to the caller.

use std::time::Duration;

use super::call::Call;
use super::wait::{Happened, Listen};

/// Asterisk plays frames of 20 ms.
const FRAME: u32 = 160;

/// How a sound ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Finished,
    /// One of the keys that stop it.
    Key(u8),
    Hangup,
    /// The script's next command.
    Command,
    /// There is no such sound.
    Missing,
}

/// How a sound ended, and where: in samples from the file's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) ending: Ending,
    pub(super) position: u32,
}

/// How long so many samples last, at 8 kHz.
pub(super) fn length(samples: u32) -> Duration {
    Duration::from_micros(u64::from(samples) * 125)
}

/// How many samples have gone out after that time: a frame is sent at its beginning, whole.
pub(super) fn frames(time: Duration) -> u32 {
    let frames = u32::try_from(time.as_micros().div_ceil(20_000)).unwrap_or(u32::MAX / FRAME);
    frames.saturating_mul(FRAME)
}

impl Call {
    /// Plays a sound from a sample on, until its end or until something stops it.
    pub(super) fn play(&mut self, sound: &[u8], from: u32, listen: Listen<'_>) -> Heard {
        let Some(samples) = self.sounds.samples(sound) else {
            return Heard { ending: Ending::Missing, position: from };
        };
        if self.hung_up {
            return Heard { ending: Ending::Hangup, position: from };
        }
        let begin = self.now();
        let noted = self.plays(sound, samples);
        let from = from.min(samples) / FRAME * FRAME;
        let end = self.after(length(samples - from));
        let ending = loop {
            match self.wait(Some(end), listen) {
                Happened::Time => break Ending::Finished,
                Happened::Key(key) if listen.keys.holds(key) => break Ending::Key(key),
                Happened::Key(_) | Happened::Text(_) => {}
                Happened::Hangup => break Ending::Hangup,
                Happened::Command => break Ending::Command,
            }
        };
        let position = match ending {
            Ending::Finished => samples,
            _ => from.saturating_add(frames(self.now().saturating_sub(begin))).min(samples),
        };
        self.log.played(noted, position);
        Heard { ending, position }
    }
}
