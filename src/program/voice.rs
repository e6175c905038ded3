//! The caller's audio of a transcript, on its way to descriptor 3.

use std::io::{PipeWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Asterisk passes on frames of 20 ms.
const FRAME: Duration = Duration::from_millis(20);

/// Frames in a second.
const FRAMES: u32 = 50;

/// Without a file: silence at 8 kHz.
const RATE: u32 = 8000;

/// What the caller says, played in real time.
#[derive(Debug)]
pub(super) struct Voice {
    bytes: Vec<u8>,
    at: usize,
    frame: usize,
    next: Instant,
}

impl Voice {
    /// Plays a WAV file of 16 bits and one channel, and silence behind its end; silence only where the path is
    /// empty.
    pub(super) fn open(file: &Path) -> Result<Self, String> {
        let (mut bytes, mut rate) = (Vec::new(), RATE);
        if !file.as_os_str().is_empty() {
            let mut wav = hound::WavReader::open(file).map_err(|error| error.to_string())?;
            let spec = wav.spec();
            if (spec.channels, spec.bits_per_sample) != (1, 16) {
                return Err("Asterisk passes on 16 bits and one channel; convert it to that".into());
            }
            rate = spec.sample_rate;
            for sample in wav.samples::<i16>() {
                let sample = sample.map_err(|error| error.to_string())?;
                bytes.extend_from_slice(&sample.to_ne_bytes());
            }
        }
        let frame = usize::try_from(rate / FRAMES).unwrap_or(0).max(1) * 2;
        Ok(Voice { bytes, at: 0, frame, next: Instant::now() })
    }

    /// How long it is until the next frame.
    pub(super) fn pause(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    /// Sends the frames that are due. What the pipe does not take is lost, as with Asterisk.
    pub(super) fn play(&mut self, mut to: &PipeWriter) {
        while self.pause().is_zero() {
            let end = self.at.saturating_add(self.frame);
            let mut frame =
                self.bytes.get(self.at..end.min(self.bytes.len())).unwrap_or(&[]).to_vec();
            frame.resize(self.frame, 0);
            let _ = to.write(&frame);
            self.at = end;
            self.next += FRAME;
        }
    }
}
