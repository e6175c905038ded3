//! What a WAV file consists of, whatever bytes it holds.

use std::ops::Range;

pub(super) const PCM: u16 = 1;
pub(super) const FLOAT: u16 = 3;
pub(super) const ALAW: u16 = 6;
pub(super) const ULAW: u16 = 7;
/// The real tag stands further behind.
const EXTENSIBLE: u16 = 0xfffe;

/// What `fmt ` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) tag: u16,
    pub(super) channels: u16,
    pub(super) rate: u32,
    /// Bytes of one sample of all channels.
    pub(super) block: u16,
    pub(super) bits: u16,
}

/// Where the parts of a file are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunks {
    pub(super) layout: Layout,
    /// The number that a `fact` chunk holds.
    pub(super) fact: Option<usize>,
    /// The samples, as far as the bytes go: a file that is still being written, or was cut, has fewer than it says.
    pub(super) data: Range<usize>,
    /// How many bytes `data` says that it has.
    pub(super) told: u32,
}

/// Whether these bytes begin as a WAV file does.
pub(super) fn is_wav(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE")
}

/// Finds the parts; the error says what is wrong.
pub(super) fn find(bytes: &[u8]) -> Result<Chunks, &'static str> {
    if !is_wav(bytes) {
        return Err("this is no WAV file");
    }
    let (mut layout, mut fact) = (None, None);
    let mut at = 12;
    loop {
        let Some(told) = u32_at(bytes, at + 4) else {
            return Err("the WAV file ends before its samples");
        };
        let length = usize::try_from(told).unwrap_or(usize::MAX);
        let begin = at + 8;
        let end = begin.saturating_add(length).min(bytes.len());
        let content = bytes.get(begin..end).unwrap_or_default();
        match bytes.get(at..at + 4).unwrap_or_default() {
            b"fmt " => layout = Some(read(content).ok_or("the WAV file's format is cut short")?),
            b"fact" => fact = Some(begin),
            b"data" => {
                let layout = layout.ok_or("the WAV file does not say its format")?;
                return Ok(Chunks { layout, fact, data: begin..end, told });
            }
            _ => {}
        }
        // Chunks begin at even places.
        at = end.saturating_add(length % 2);
    }
}

fn read(fmt: &[u8]) -> Option<Layout> {
    let mut tag = u16_at(fmt, 0)?;
    if tag == EXTENSIBLE {
        tag = u16_at(fmt, 24)?;
    }
    Some(Layout {
        tag,
        channels: u16_at(fmt, 2)?,
        rate: u32_at(fmt, 4)?,
        block: u16_at(fmt, 12)?,
        bits: u16_at(fmt, 14)?,
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_le_bytes(*two))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FMT: &[u8] = b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0";

    #[test]
    fn passes_over_what_it_does_not_know() {
        // A chunk of odd length, and its filling byte.
        let file =
            [b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0", FMT, b"data\x04\0\0\0\x01\x02"].concat();
        let chunks = find(&file).unwrap();
        assert_eq!((chunks.data.clone(), chunks.told), (file.len() - 2..file.len(), 4));
        let layout = Layout { tag: PCM, channels: 1, rate: 8000, block: 2, bits: 16 };
        assert_eq!(chunks.layout, layout);
    }

    #[test]
    fn says_what_is_missing() {
        assert!(find(b"").unwrap_err().contains("no WAV"));
        assert!(find(b"RIFF\0\0\0\0WAVEdata\0\0\0\0").unwrap_err().contains("its format"));
        let file = [b"RIFF\0\0\0\0WAVE", FMT].concat();
        assert!(find(&file).unwrap_err().contains("ends before"));
        assert!(find(&file[..20]).unwrap_err().contains("cut short"));
    }
}
