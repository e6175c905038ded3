//! What stands on descriptor 3: EAGI_AUDIO_FORMAT's names.

use std::fmt;
use std::time::Duration;

use super::g711;

/// Frames in a second: Asterisk's are of 20 ms, unless the far end sends others.
const FRAMES: u32 = 50;

/// The form of the caller's audio.
///
/// ```
/// use agikit::audio::Format;
///
/// let format = Format::named(b"SLIN16").unwrap();
/// assert_eq!((format.rate(), format.frame_samples(), format.frame_bytes()), (16_000, 320, 640));
/// assert_eq!(Format::named(b"g722"), None); // compressed: not for this library
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Signed linear: 16 bits a sample, low byte first, so many samples a second. EAGI's default is 8,000.
    Linear(u32),
    /// G.711 µ-law, a byte a sample, 8,000 a second.
    Ulaw,
    /// G.711 A-law, a byte a sample, 8,000 a second.
    Alaw,
}

/// Asterisk's names of the linear formats.
const LINEAR: [(&str, u32); 9] = [
    ("slin", 8000),
    ("slin12", 12_000),
    ("slin16", 16_000),
    ("slin24", 24_000),
    ("slin32", 32_000),
    ("slin44", 44_100),
    ("slin48", 48_000),
    ("slin96", 96_000),
    ("slin192", 192_000),
];

impl Format {
    /// A format by Asterisk's name, in any case, as Asterisk takes it; `None` for one that is not linear or G.711.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Format> {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        match () {
            () if is("ulaw") => Some(Format::Ulaw),
            () if is("alaw") => Some(Format::Alaw),
            () => LINEAR.iter().find(|(known, _)| is(known)).map(|&(_, rate)| Format::Linear(rate)),
        }
    }

    /// Asterisk's name of it; the empty string for a linear rate that Asterisk does not have.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Ulaw => "ulaw",
            Format::Alaw => "alaw",
            Format::Linear(rate) => {
                LINEAR.iter().find(|&&(_, known)| known == rate).map_or("", |&(name, _)| name)
            }
        }
    }

    /// Samples a second.
    #[must_use]
    pub fn rate(self) -> u32 {
        match self {
            Format::Linear(rate) => rate,
            Format::Ulaw | Format::Alaw => 8000,
        }
    }

    /// Bytes a sample.
    #[must_use]
    pub fn sample_bytes(self) -> usize {
        match self {
            Format::Linear(_) => 2,
            Format::Ulaw | Format::Alaw => 1,
        }
    }

    /// Samples in a frame of 20 ms.
    #[must_use]
    pub fn frame_samples(self) -> usize {
        usize::try_from(self.rate() / FRAMES).unwrap_or(0).max(1)
    }

    /// Bytes in a frame of 20 ms.
    #[must_use]
    pub fn frame_bytes(self) -> usize {
        self.frame_samples() * self.sample_bytes()
    }

    /// How long so many samples last.
    #[must_use]
    pub fn duration(self, samples: u64) -> Duration {
        let rate = u64::from(self.rate().max(1));
        let rest = samples % rate * 1_000_000_000 / rate;
        Duration::from_secs(samples / rate) + Duration::from_nanos(rest)
    }

    /// How many whole samples such a time has.
    #[must_use]
    pub fn samples(self, time: Duration) -> u64 {
        let whole = time.as_secs().saturating_mul(u64::from(self.rate()));
        whole
            .saturating_add(u64::from(time.subsec_nanos()) * u64::from(self.rate()) / 1_000_000_000)
    }

    /// Adds samples, decoded, to those that are there. What is less than a sample at the end is passed over.
    pub fn decode(self, bytes: &[u8], into: &mut Vec<i16>) {
        match self {
            Format::Linear(_) => {
                let (pairs, _) = bytes.as_chunks::<2>();
                into.extend(pairs.iter().map(|pair| i16::from_le_bytes(*pair)));
            }
            Format::Ulaw => into.extend(bytes.iter().map(|&code| g711::from_ulaw(code))),
            Format::Alaw => into.extend(bytes.iter().map(|&code| g711::from_alaw(code))),
        }
    }

    /// Adds samples in this form to the bytes that are there.
    pub fn encode(self, samples: &[i16], into: &mut Vec<u8>) {
        match self {
            Format::Linear(_) => {
                into.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
            }
            Format::Ulaw => into.extend(samples.iter().map(|&sample| g711::to_ulaw(sample))),
            Format::Alaw => into.extend(samples.iter().map(|&sample| g711::to_alaw(sample))),
        }
    }
}

impl Default for Format {
    /// EAGI's where nothing else is asked for: linear at 8 kHz.
    fn default() -> Self {
        Format::Linear(8000)
    }
}

impl fmt::Display for Format {
    /// As Asterisk names it: `slin16`, `ulaw`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            "" => write!(f, "linear at {} Hz", self.rate()),
            name => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_asterisks_names() {
        for (name, rate) in LINEAR {
            let format = Format::named(name.to_ascii_uppercase().as_bytes()).unwrap();
            assert_eq!((format, format.to_string()), (Format::Linear(rate), name.to_owned()));
        }
        for name in ["", "slin8", " slin", "slin16 ", "gsm", "opus", "x"] {
            assert_eq!(Format::named(name.as_bytes()), None, "{name:?}");
        }
    }

    #[test]
    fn a_frame_is_20_ms() {
        let lengths = [("slin", 320), ("slin44", 1764), ("slin192", 7680), ("ulaw", 160)];
        for (name, length) in lengths {
            let format = Format::named(name.as_bytes()).unwrap();
            assert_eq!(format.frame_bytes(), length, "{name}");
            let samples = u64::try_from(format.frame_samples()).unwrap();
            assert_eq!(format.duration(samples), Duration::from_millis(20));
            assert_eq!(format.samples(Duration::from_millis(20)), samples);
        }
    }

    #[test]
    fn counts_without_overflow() {
        let format = Format::Linear(44_100);
        assert_eq!(format.duration(u64::MAX).as_secs(), u64::MAX / 44_100);
        assert_eq!(format.samples(Duration::MAX), u64::MAX);
        assert_eq!(Format::Linear(0).duration(7), Duration::from_secs(7));
    }

    #[test]
    fn decodes_what_it_encodes() {
        let samples = [0, 1, -1, 1000, i16::MAX, i16::MIN];
        let (mut bytes, mut back) = (Vec::new(), Vec::new());
        Format::Linear(8000).encode(&samples, &mut bytes);
        bytes.push(7); // half a sample
        Format::Linear(8000).decode(&bytes, &mut back);
        assert_eq!(back, samples);
    }
}
