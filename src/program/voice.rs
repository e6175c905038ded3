//! The caller's audio of a transcript, on its way to descriptor 3.

use std::io::{PipeWriter, Write};
use std::time::{Duration, Instant};

use crate::audio::Sound;

/// Asterisk passes on frames of 20 ms.
const FRAME: Duration = Duration::from_millis(20);

/// What the caller says, played in real time.
#[derive(Debug)]
pub(super) struct Voice {
    sound: Sound,
    /// How many frames were played.
    at: u64,
    next: Instant,
}

impl Voice {
    /// Plays a sound at its own rate, and silence behind its end.
    pub(super) fn new(sound: Sound) -> Self {
        Voice { sound, at: 0, next: Instant::now() }
    }

    /// How long it is until the next frame.
    pub(super) fn pause(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    /// Sends the frames that are due. What the pipe does not take is lost, as with Asterisk.
    pub(super) fn play(&mut self, mut to: &PipeWriter) {
        while self.pause().is_zero() {
            let _ = to.write(&self.sound.frame(self.at));
            self.at += 1;
            self.next += FRAME;
        }
    }
}
