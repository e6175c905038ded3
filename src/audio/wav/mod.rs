//! Sound files: WAV as it is recorded and read, and samples without a header.
//!
//! # In the file
//! `RIFF size WAVE`, then chunks, each with its name and size: `fmt ` says what the samples are, `data` holds them.
//! Linear samples are written with [`hound`]'s header of 44 bytes. G.711 is written as it was received, a byte a
//! sample, format tag 7 (µ-law) or 6 (A-law), with a header of our own of 58 bytes, since hound has none: `fmt ` of 18
//! bytes, and `fact` with the number of samples, which such formats must have.
//!
//! Sizes have 32 bits, so a file ends before 4 GiB: 74 hours at 8 kHz, 3 hours at 192 kHz.

mod chunks;
mod header;
mod options;
mod recorder;
mod sound;

pub use options::WavOptions;
pub use recorder::WavRecorder;
pub use sound::Sound;

use std::io::{self, ErrorKind};
use std::ops::RangeInclusive;
use std::path::Path;

use crate::error::Error;

/// Samples a second of anything that is sound: more than Asterisk has, and no number that memory cannot serve.
const RATES: RangeInclusive<u32> = 1..=768_000;

/// A file's error, with its name.
fn named(path: &Path, source: io::Error) -> Error {
    let hint = match source.kind() {
        ErrorKind::NotFound => "; create the folder, or check the name",
        ErrorKind::PermissionDenied => "; the user that asterisk runs as must have the right",
        ErrorKind::AlreadyExists => "; move it away, or choose another name",
        _ => "",
    };
    let text = format!("{}: {source}{hint}", path.display());
    Error::Io { command: "sound file", source: io::Error::new(source.kind(), text) }
}
