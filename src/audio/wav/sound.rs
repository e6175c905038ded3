//! A whole sound file in memory.

use std::fs;
use std::io::{self, Cursor, ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use super::chunks::{self, ALAW, FLOAT, Layout, PCM, ULAW};
use super::{RATES, named};
use crate::audio::Format;
use crate::error::Result;

/// A sound in memory: samples of one channel, and the form that they had.
///
/// ```
/// use agikit::audio::{Format, Sound};
/// use std::path::Path;
///
/// let sound = Sound::parse(Path::new("beep.ulaw"), &[0xff, 0x80])?;
/// assert_eq!((sound.format, sound.samples), (Format::Ulaw, vec![0, 32_124]));
/// # Ok::<(), agikit::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// The form in which the file had them, and with it the rate. Of a WAV file with other than 16 bits, and of
    /// G.711 at another rate than 8 kHz, the linear form that `samples` has.
    pub format: Format,
    /// The samples, linear, 16 bits each.
    pub samples: Vec<i16>,
}

impl Sound {
    /// Reads a file: WAV (linear of 8, 16, 24 or 32 bits, floats of 32 bits, G.711), or samples alone, whose form the
    /// name's extension tells as in Asterisk: `.sln`, `.slin`, `.raw`, `.sln16` and so on, `.ulaw`, `.ul`, `.mu`,
    /// `.ulw`, `.pcm`, `.alaw`, `.al`.
    ///
    /// Of several channels the first is taken. A WAV file that ends before its time, because it is still being written
    /// or its writer was killed, gives what is there.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), with the file's name: it cannot be read, or holds what is none of these.
    pub fn read(path: impl AsRef<Path>) -> Result<Sound> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|error| named(path, error))?;
        Sound::parse(path, &bytes)
    }

    /// The same, of a file's content. The name tells what it is where there is no header.
    ///
    /// # Errors
    /// As [`read`](Sound::read).
    pub fn parse(name: &Path, bytes: &[u8]) -> Result<Sound> {
        let odd = |text: &str| named(name, io::Error::new(ErrorKind::InvalidData, text));
        if !chunks::is_wav(bytes) {
            let format = by_extension(name).ok_or_else(|| {
                odd("neither a WAV file nor one with a known extension (.wav, .sln, .ulaw, .alaw)")
            })?;
            return Ok(Sound::decoded(format, bytes));
        }
        let found = chunks::find(bytes).map_err(odd)?;
        let data = bytes.get(found.data).unwrap_or_default();
        let layout = found.layout;
        if layout.channels == 0 || !RATES.contains(&layout.rate) || layout.block < layout.channels {
            return Err(odd("the WAV file's format makes no sense"));
        }
        match layout.tag {
            PCM | FLOAT => linear(layout, data).map_err(|text| odd(&text)),
            ULAW | ALAW if layout.block == layout.channels => Ok(g711(layout, data)),
            tag => Err(odd(&format!(
                "the WAV file's samples are compressed (format {tag}); convert it to linear ones of 16 bits"
            ))),
        }
    }

    /// How long it is.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.format.duration(u64::try_from(self.samples.len()).unwrap_or(u64::MAX))
    }

    fn decoded(format: Format, bytes: &[u8]) -> Sound {
        let mut samples = Vec::with_capacity(bytes.len() / format.sample_bytes());
        format.decode(bytes, &mut samples);
        Sound { format, samples }
    }
}

/// The form of a file without a header.
fn by_extension(name: &Path) -> Option<Format> {
    let extension = name.extension()?.as_encoded_bytes().to_ascii_lowercase();
    match &*extension {
        b"sln" | b"slin" | b"raw" => Some(Format::Linear(8000)),
        b"ulaw" | b"ul" | b"mu" | b"ulw" | b"pcm" => Some(Format::Ulaw),
        b"alaw" | b"al" => Some(Format::Alaw),
        // slin16 by Asterisk's name, sln16 by its files.
        other => {
            let rate = other.strip_prefix(b"slin").or_else(|| other.strip_prefix(b"sln"))?;
            Format::named(&[b"slin", rate].concat())
        }
    }
}

/// G.711 of the first channel.
fn g711(layout: Layout, data: &[u8]) -> Sound {
    let format = if layout.tag == ULAW { Format::Ulaw } else { Format::Alaw };
    let first: Vec<u8> = data.iter().step_by(layout.channels.into()).copied().collect();
    let sound = Sound::decoded(format, &first);
    match layout.rate == format.rate() {
        true => sound,
        false => Sound { format: Format::Linear(layout.rate), ..sound },
    }
}

/// Linear samples of the first channel. hound gets the header that it likes best, and whole samples.
fn linear(layout: Layout, data: &[u8]) -> std::result::Result<Sound, String> {
    let block = usize::from(layout.block);
    let whole = data.len().min(0xffff_0000) / block * block;
    let data = data.get(..whole).unwrap_or_default();
    let mut header = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
    header.extend(layout.tag.to_le_bytes());
    header.extend(layout.channels.to_le_bytes());
    header.extend(layout.rate.to_le_bytes());
    header.extend(layout.rate.wrapping_mul(layout.block.into()).to_le_bytes());
    header.extend(layout.block.to_le_bytes());
    header.extend(layout.bits.to_le_bytes());
    header.extend(b"data");
    header.extend(u32::try_from(whole).unwrap_or(0).to_le_bytes());
    let mut reader = hound::WavReader::new(Cursor::new(header).chain(data)).map_err(told)?;
    let channels = usize::from(layout.channels);
    let samples: std::result::Result<Vec<i16>, hound::Error> = match reader.spec().sample_format {
        hound::SampleFormat::Float => {
            reader.samples::<f32>().step_by(channels).map(|sample| sample.map(from_float)).collect()
        }
        hound::SampleFormat::Int => reader
            .samples::<i32>()
            .step_by(channels)
            .map(|sample| sample.map(|sample| from_int(sample, layout.bits)))
            .collect(),
    };
    Ok(Sound { format: Format::Linear(layout.rate), samples: samples.map_err(told)? })
}

fn told(error: hound::Error) -> String {
    format!("{error}; convert it to 16 bits and one channel")
}

#[expect(clippy::cast_possible_truncation, reason = "the range is kept by the clamp")]
fn from_float(sample: f32) -> i16 {
    (sample * 32768.0).clamp(-32768.0, 32767.0) as i16
}

#[expect(clippy::cast_possible_truncation, reason = "brought to 16 bits before")]
fn from_int(sample: i32, bits: u16) -> i16 {
    match bits {
        ..=15 => (sample << (16 - bits)) as i16,
        _ => (sample >> (bits - 16).min(31)) as i16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_tells_the_form() {
        let form = |name: &str| by_extension(Path::new(name)).map(|format| format.to_string());
        for (name, format) in [
            ("a.sln", "slin"),
            ("a.raw", "slin"),
            ("a.sln16", "slin16"),
            ("a.slin48", "slin48"),
            ("a.SLN192", "slin192"),
            ("a.ul", "ulaw"),
            ("a.alaw", "alaw"),
        ] {
            assert_eq!(form(name).as_deref(), Some(format), "{name}");
        }
        for name in ["a", "sln", "a.wav", "a.gsm", "a.sln17", "a.slnx", ".sln"] {
            assert_eq!(form(name), None, "{name}");
        }
    }

    #[test]
    fn brings_samples_to_16_bits() {
        assert_eq!(
            [
                from_int(-128, 8),
                from_int(127, 8),
                from_int(-0x80_0000, 24),
                from_int(0x7fff_ffff, 32)
            ],
            [-32768, 32512, -32768, 32767]
        );
        assert_eq!(
            [-1.0, 1.0, 2.0, 0.5, f32::NAN, f32::INFINITY].map(from_float),
            [-32768, 32767, 32767, 16384, 0, 32767]
        );
    }
}
