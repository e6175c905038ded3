//! The caller's audio on its way to descriptor 3.

use std::time::Duration;

use super::call::Call;

/// A frame: 20 ms, 160 samples at 8 kHz.
const FRAME: Duration = Duration::from_millis(20);

/// What stands on descriptor 3, by EAGI_AUDIO_FORMAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// 16 bits a sample, low byte first, so many samples a second.
    Linear(u32),
    /// G.711, 8,000 bytes a second.
    Ulaw,
    Alaw,
}

impl Format {
    /// A format by its name; those that the emulator cannot make, and names that are none, are linear at 8 kHz.
    pub(super) fn named(name: &[u8]) -> Format {
        match name.to_ascii_lowercase().as_slice() {
            b"ulaw" => Format::Ulaw,
            b"alaw" => Format::Alaw,
            b"slin12" => Format::Linear(12_000),
            b"slin16" => Format::Linear(16_000),
            b"slin24" => Format::Linear(24_000),
            b"slin32" => Format::Linear(32_000),
            b"slin44" => Format::Linear(44_100),
            b"slin48" => Format::Linear(48_000),
            b"slin96" => Format::Linear(96_000),
            b"slin192" => Format::Linear(192_000),
            _ => Format::Linear(8000),
        }
    }

    /// A frame in this format; at a higher rate samples are repeated.
    fn bytes(self, frame: &[i16; 160]) -> Vec<u8> {
        match self {
            Format::Linear(rate) => (0..rate / 50)
                .filter_map(|n| frame.get(usize::try_from(n * 8000 / rate).ok()?))
                .flat_map(|sample| sample.to_le_bytes())
                .collect(),
            Format::Ulaw => frame.iter().map(|sample| ulaw(*sample)).collect(),
            Format::Alaw => frame.iter().map(|sample| alaw(*sample)).collect(),
        }
    }
}

/// A sample in G.711's µ-law: sign, segment, four bits of the segment, all inverted.
#[expect(clippy::cast_possible_truncation, reason = "seven bits at most")]
fn ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs().min(32_635) + 132;
    let segment = 8 - magnitude.leading_zeros(); // 132 has bit 7
    let mantissa = (magnitude >> (segment + 3)) & 0x0f;
    !(sign | (segment as u8) << 4 | mantissa as u8)
}

/// A sample in G.711's A-law: the same, every second bit inverted.
#[expect(clippy::cast_possible_truncation, reason = "seven bits at most")]
fn alaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = if sample < 0 { !sample } else { sample }.unsigned_abs() >> 4;
    let code = match magnitude {
        ..=0x1f => magnitude as u8,
        _ => {
            let segment = 12 - magnitude.leading_zeros(); // 0x20 has bit 5
            (segment as u8) << 4 | (magnitude >> segment) as u8 & 0x0f
        }
    };
    (sign | code) ^ 0x55
}

impl Call {
    /// How long it is until the next frame; `None` when no audio goes to the script.
    pub(super) fn audio_pause(&self) -> Option<Duration> {
        let flows = self.link.has_audio() && self.channel.has_voice() && !self.hung_up;
        flows.then(|| (self.audio_until + FRAME).saturating_sub(self.now()))
    }

    /// Sends the frames that are due. What the pipe does not take is lost: the newest, as with Asterisk.
    pub(super) fn pump_audio(&mut self) {
        if self.hung_up || !self.link.has_audio() {
            return self.lose_audio();
        }
        let now = self.now();
        while self.audio_until + FRAME <= now {
            let frame = self.channel.frame(self.audio_until);
            self.audio_until += FRAME;
            let takes = frame.is_some_and(|it| self.link.send_audio(&self.audio_format.bytes(&it)));
            if !takes {
                return self.lose_audio(); // nor would it take the others
            }
        }
    }

    /// Lets what the caller says meanwhile be heard by nobody.
    pub(super) fn lose_audio(&mut self) {
        let millis = self.now().as_millis() / FRAME.as_millis() * FRAME.as_millis();
        let now = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        self.audio_until = now.max(self.audio_until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_g711() {
        // G.711's own values: silence, the loudest, and some between.
        let ulaws =
            [(0, 0xff), (-1, 0x7f), (32_767, 0x80), (-32_768, 0x00), (1000, 0xce), (-1000, 0x4e)];
        for (sample, code) in ulaws {
            assert_eq!(ulaw(sample), code, "{sample}");
        }
        let alaws =
            [(0, 0xd5), (-1, 0x55), (32_767, 0xaa), (-32_768, 0x2a), (1000, 0xfa), (-1000, 0x7a)];
        for (sample, code) in alaws {
            assert_eq!(alaw(sample), code, "{sample}");
        }
    }

    #[test]
    fn a_frame_has_the_length_of_its_format() {
        for (name, length) in
            [("slin", 320), ("SLIN44", 1764), ("slin192", 7680), ("ulaw", 160), ("x", 320)]
        {
            assert_eq!(Format::named(name.as_bytes()).bytes(&[7; 160]).len(), length, "{name}");
        }
    }
}
