//! A recording's header, whose sizes are written again and again.

use super::chunks::{ALAW, Chunks, Layout, PCM, ULAW};
use crate::audio::Format;

/// All bytes in front of the samples.
#[derive(Debug)]
pub(super) struct Header {
    bytes: Vec<u8>,
    /// Where the number of samples stands.
    fact: Option<usize>,
    sample_bytes: u64,
}

impl Header {
    /// The header of an empty recording.
    pub(super) fn new(format: Format) -> Self {
        let (bytes, fact) = match format {
            Format::Linear(rate) => {
                let spec = hound::WavSpec {
                    channels: 1,
                    sample_rate: rate,
                    bits_per_sample: 16,
                    sample_format: hound::SampleFormat::Int,
                };
                (spec.into_header_for_infinite_file(), None)
            }
            Format::Ulaw | Format::Alaw => (g711(tag(format)), Some(46)),
        };
        let mut header = Header { bytes, fact, sample_bytes: sample_bytes(format) };
        header.set(0);
        header
    }

    /// The header of a recording that is there, so that more can be added; the error says why it cannot.
    pub(super) fn of(bytes: &[u8], chunks: &Chunks, format: Format) -> Result<Self, &'static str> {
        let sample = sample_bytes(format);
        let block = u16::try_from(sample).unwrap_or(0);
        let wanted =
            Layout { tag: tag(format), channels: 1, rate: format.rate(), block, bits: block * 8 };
        if chunks.layout != wanted {
            return Err("its samples have another form or rate; record to another file");
        }
        let bytes = bytes.get(..chunks.data.start).unwrap_or_default().to_vec();
        Ok(Header { bytes, fact: chunks.fact, sample_bytes: sample })
    }

    /// Writes the number of samples into it.
    pub(super) fn set(&mut self, samples: u64) {
        let data = samples * self.sample_bytes;
        let end = self.bytes.len();
        let riff = self.len() - 8 + data + data % 2;
        self.put(4, riff);
        self.put(end - 4, data);
        if let Some(fact) = self.fact {
            self.put(fact, samples);
        }
    }

    fn put(&mut self, at: usize, number: u64) {
        let number = u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        if let Some(place) = self.bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&number);
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the samples begin.
    pub(super) fn len(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(0)
    }

    /// How many samples there can be.
    pub(super) fn most(&self) -> u64 {
        (u64::from(u32::MAX) + 8 - self.len()) / 2 * 2 / self.sample_bytes
    }
}

/// The length that is told where none is known: sox takes exactly this one for "to the end" without a warning.
const ENDLESS: u64 = 0x7fff_f000;

impl Format {
    /// The header of a WAV stream whose length nobody knows yet, for a program that reads from a pipe: it tells of
    /// 2 GiB. The samples follow as [`received`](crate::audio::Audio::received).
    ///
    /// ```
    /// use agikit::audio::Format;
    ///
    /// assert_eq!(Format::Linear(8000).wav_header().len(), 44);
    /// assert_eq!(&Format::Ulaw.wav_header()[..4], b"RIFF");
    /// ```
    #[must_use]
    pub fn wav_header(self) -> Vec<u8> {
        let mut header = Header::new(self);
        header.set(ENDLESS / sample_bytes(self));
        header.bytes
    }
}

fn sample_bytes(format: Format) -> u64 {
    u64::try_from(format.sample_bytes()).unwrap_or(1)
}

fn tag(format: Format) -> u16 {
    match format {
        Format::Linear(_) => PCM,
        Format::Ulaw => ULAW,
        Format::Alaw => ALAW,
    }
}

/// The header of G.711: one channel, 8,000 samples a second of a byte each.
fn g711(tag: u16) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x12\0\0\0".to_vec();
    bytes.extend(tag.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(8000_u32.to_le_bytes());
    bytes.extend(8000_u32.to_le_bytes());
    bytes.extend(b"\x01\0\x08\0\0\0fact\x04\0\0\0\0\0\0\0data\0\0\0\0");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::wav::chunks::find;

    #[test]
    fn counts_what_is_there() {
        for (format, length) in
            [(Format::Linear(48_000), 44), (Format::Ulaw, 58), (Format::Alaw, 58)]
        {
            let mut header = Header::new(format);
            header.set(7);
            let chunks = find(header.bytes()).unwrap();
            let data = u64::from(chunks.told);
            assert_eq!((header.len(), data), (length, 7 * sample_bytes(format)));
            assert_eq!(chunks.layout.tag, tag(format));
            assert_eq!(chunks.fact, header.fact);
            let riff = u32::from_le_bytes(*header.bytes()[4..].first_chunk().unwrap());
            assert_eq!(u64::from(riff), length - 8 + data + data % 2);
            let again = Header::of(header.bytes(), &chunks, format).unwrap();
            assert_eq!(again.bytes(), header.bytes());
        }
    }

    #[test]
    fn the_longest_has_sizes_of_32_bits() {
        for format in [Format::Linear(192_000), Format::Ulaw] {
            let mut header = Header::new(format);
            header.set(header.most());
            let riff = u32::from_le_bytes(*header.bytes()[4..].first_chunk().unwrap());
            assert!(riff > u32::MAX - 4, "{riff:x}");
            let told = u64::from(find(header.bytes()).unwrap().told);
            assert_eq!(told, header.most() * sample_bytes(format));
        }
    }
}
