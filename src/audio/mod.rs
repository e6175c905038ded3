//! The caller's audio: frames as they come, levels, speech, WAV files.
//!
//! `EAGI(program)` gives a program what the caller says, as a pipe on descriptor 3. [`Audio`] reads it, frame by
//! frame, and ends with the call; [`Audio::open`] finds out what stands in it. It is the caller alone: what he
//! hears is not in it.
//!
//! # On the wire
//! Samples without any header: signed linear at 8 kHz, low byte first, or what the dialplan has asked for:
//! ```text
//! exten => 100,1,Set(EAGI_AUDIO_FORMAT=slin16)
//!  same => n,EAGI(listen)
//! ```
//! A frame is 20 ms (320 bytes of `slin`), but a pipe knows no frames. Asterisk never waits for a reader: what the
//! pipe does not hold is lost, the newest first. A pipe of the usual 64 KiB holds 3.84 s; `Audio` makes it 1 MiB,
//! 61 s at 8 kHz.

mod feed;
mod format;
mod frames;
mod g711;
mod input;
mod level;
mod pipe;
mod resample;
mod speech;
#[cfg(feature = "vad")]
mod vad;
mod wav;

pub(crate) use feed::{Feed, is_empty};
pub use format::Format;
pub use frames::{Frame, Frames};
pub use input::{Audio, Heard};
pub use level::{Level, level};
pub(crate) use pipe::Ready;
pub use speech::{Capture, Change, Detector, Energy, Judge, Utterance};
#[cfg(feature = "vad")]
pub use vad::Vad;
pub use wav::{Sound, WavOptions, WavRecorder};
