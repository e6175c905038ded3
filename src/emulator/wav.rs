//! Sound files: the caller's voice is read from one, a recording is written to one.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Formats that Asterisk can write, by the extension that names them.
const FORMATS: [&str; 19] = [
    "wav", "WAV", "wav16", "wav49", "gsm", "sln", "slin", "raw", "ulaw", "ul", "mu", "pcm", "alaw",
    "al", "g722", "g729", "au", "ulw", "sln16",
];

fn error(error: hound::Error) -> io::Error {
    match error {
        hound::Error::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}

/// The samples of a WAV file at 8 kHz: one channel, brought to that rate by taking the nearest sample.
pub(super) fn read(path: &Path) -> io::Result<Vec<i16>> {
    let mut reader = hound::WavReader::open(path).map_err(error)?;
    let spec = reader.spec();
    let channels = usize::from(spec.channels.max(1));
    let samples: Vec<i16> = match spec.sample_format {
        hound::SampleFormat::Float => reader
            .samples::<f32>()
            .step_by(channels)
            .map(|sample| sample.map(from_float))
            .collect::<Result<_, _>>(),
        hound::SampleFormat::Int => reader
            .samples::<i32>()
            .step_by(channels)
            .map(|sample| sample.map(|sample| from_int(sample, spec.bits_per_sample)))
            .collect::<Result<_, _>>(),
    }
    .map_err(error)?;
    let rate = u64::from(spec.sample_rate.max(1));
    let count = u64::try_from(samples.len()).unwrap_or(0) * 8000 / rate;
    let nearest = |n: u64| samples.get(usize::try_from(n * rate / 8000).unwrap_or(usize::MAX));
    Ok((0..count).filter_map(|n| nearest(n).copied()).collect())
}

#[expect(clippy::cast_possible_truncation, reason = "the range is kept by the clamp")]
fn from_float(sample: f32) -> i16 {
    (sample * 32767.0).clamp(-32768.0, 32767.0) as i16
}

#[expect(clippy::cast_possible_truncation, reason = "brought to 16 bits before")]
fn from_int(sample: i32, bits: u16) -> i16 {
    match bits {
        ..=15 => (sample << (16 - bits)) as i16,
        _ => (sample >> (bits - 16).min(31)) as i16,
    }
}

/// Where a recording goes. A name without its folder stands for one in Asterisk's sounds folder, which the
/// emulator has not: it is not written.
fn path(file: &[u8], format: &[u8]) -> Option<PathBuf> {
    let name = [file, b".", format].concat();
    let path = PathBuf::from(OsStr::from_bytes(&name));
    path.is_absolute().then_some(path)
}

/// Whether Asterisk could create this file.
pub(super) fn is_writable(file: &[u8], format: &[u8]) -> bool {
    if !FORMATS.iter().any(|known| known.as_bytes() == format) {
        return false;
    }
    let Some(path) = path(file, format) else { return true };
    OpenOptions::new().create(true).truncate(false).write(true).open(path).is_ok()
}

/// Writes a recording, where its name is an absolute path. Of the formats only WAV and linear samples can be
/// written; of the others there is an empty file.
pub(super) fn write(file: &[u8], format: &[u8], samples: &[i16]) -> io::Result<()> {
    let Some(path) = path(file, format) else { return Ok(()) };
    match format {
        b"wav" => {
            let spec = hound::WavSpec {
                channels: 1,
                sample_rate: 8000,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            };
            let mut writer = hound::WavWriter::create(path, spec).map_err(error)?;
            for sample in samples {
                writer.write_sample(*sample).map_err(error)?;
            }
            writer.finalize().map_err(error)
        }
        b"sln" | b"slin" | b"raw" => {
            let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
            std::fs::File::create(path)?.write_all(&bytes)
        }
        _ => Ok(()),
    }
}
