//! G.711: sixteen bits in eight, by ITU-T's µ-law and A-law.

/// A sample in µ-law: sign, segment, four bits of the segment, all inverted.
#[expect(clippy::cast_possible_truncation, reason = "seven bits at most")]
pub(super) fn to_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs().min(32_635) + 132;
    let segment = 8 - magnitude.leading_zeros(); // 132 has bit 7
    let mantissa = (magnitude >> (segment + 3)) & 0x0f;
    !(sign | (segment as u8) << 4 | mantissa as u8)
}

/// A sample in A-law: the same, every second bit inverted.
#[expect(clippy::cast_possible_truncation, reason = "seven bits at most")]
pub(super) fn to_alaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = if sample < 0 { !sample } else { sample }.unsigned_abs() >> 4;
    let code = match magnitude {
        ..=0x1f => magnitude as u8,
        _ => {
            let segment = 12 - magnitude.leading_zeros(); // 0x20 has bit 5
            (segment as u8) << 4 | (magnitude >> (segment - 1)) as u8 & 0x0f
        }
    };
    (sign | code) ^ 0x55
}

/// The middle of the interval that a µ-law code stands for.
pub(super) fn from_ulaw(code: u8) -> i16 {
    let code = !code;
    let magnitude = ((i16::from(code & 0x0f) << 3) + 132) << ((code >> 4) & 7);
    if code & 0x80 == 0 { magnitude - 132 } else { 132 - magnitude }
}

/// The middle of the interval that an A-law code stands for.
pub(super) fn from_alaw(code: u8) -> i16 {
    let code = code ^ 0x55;
    let mantissa = (i16::from(code & 0x0f) << 4) + 8;
    let magnitude = match (code >> 4) & 7 {
        0 => mantissa,
        segment => (mantissa + 0x100) << (segment - 1),
    };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_the_recommendations_own_values() {
        // Silence, the loudest, and some between.
        let ulaws =
            [(0, 0xff), (-1, 0x7f), (32_767, 0x80), (-32_768, 0x00), (1000, 0xce), (-1000, 0x4e)];
        for (sample, code) in ulaws {
            assert_eq!(to_ulaw(sample), code, "{sample}");
        }
        let alaws =
            [(0, 0xd5), (-1, 0x55), (32_767, 0xaa), (-32_768, 0x2a), (1000, 0xfa), (-1000, 0x7a)];
        for (sample, code) in alaws {
            assert_eq!(to_alaw(sample), code, "{sample}");
        }
    }

    #[test]
    fn every_code_comes_back() {
        for code in 0..=255 {
            // µ-law has two zeros.
            let again = to_ulaw(from_ulaw(code));
            assert!(again == code || (code, again) == (0x7f, 0xff), "{code:#x} {again:#x}");
            assert_eq!(to_alaw(from_alaw(code)), code, "{code:#x}");
        }
        assert_eq!((from_ulaw(0x80), from_ulaw(0x00)), (32_124, -32_124));
        assert_eq!((from_alaw(0xaa), from_alaw(0x2a)), (32_256, -32_256));
    }
}
