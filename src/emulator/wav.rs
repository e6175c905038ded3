//! Sound files that recordings are written to.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

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
