//! How loud samples are, in dBFS.

/// How loud samples are, in dBFS: 0 is the amplitude 32768, the loudest that sixteen bits hold.
///
/// A sine as loud as can be has a peak of 0 and an RMS of -3.01. Speech on the telephone has an RMS of -30 to
/// -15; a line without any speech -70 to -45. Digital silence is [`f32::NEG_INFINITY`].
///
/// ```
/// use agikit::audio::level;
///
/// let line = level(&[1000, -1000, 1000, -1000]);
/// assert_eq!(line.rms.round(), -30.0);
/// assert_eq!(line.peak, line.rms);
/// assert_eq!(level(&[0; 160]).peak, f32::NEG_INFINITY);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The root of the mean square: how loud it sounds.
    pub rms: f32,
    /// The loudest sample: how near it comes to clipping, which is at 0.
    pub peak: f32,
}

/// The level of samples of any rate; without samples that of digital silence.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "a level needs no more than an f32 holds")]
pub fn level(samples: &[i16]) -> Level {
    let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    let mean = power(samples) / (samples.len().max(1) as f64 * FULL * FULL);
    Level { rms: decibels(mean) as f32, peak: 2.0 * decibels(f64::from(peak) / FULL) as f32 }
}

/// The amplitude of 0 dBFS.
const FULL: f64 = 32768.0;

/// The sum of the squares. Every 64 are added up on their own, in eight lanes: the compiler makes vectors of
/// them, and a long recording loses no precision.
fn power(samples: &[i16]) -> f64 {
    let square = |sample: i16| f32::from(sample) * f32::from(sample);
    let mut sum = 0.0;
    for part in samples.chunks(64) {
        let mut lanes = [0.0_f32; 8];
        let (eights, rest) = part.as_chunks::<8>();
        for eight in eights {
            for (lane, sample) in lanes.iter_mut().zip(eight) {
                *lane += square(*sample);
            }
        }
        sum += f64::from(lanes.iter().sum::<f32>());
        sum += f64::from(rest.iter().map(|sample| square(*sample)).sum::<f32>());
    }
    sum
}

/// Of a ratio of powers; of amplitudes it is half of what is wanted.
fn decibels(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many samples of a sine of 1 kHz.
    #[expect(clippy::cast_possible_truncation, reason = "the amplitude is that of a sample")]
    fn sine(rate: u32, amplitude: f64, count: u32) -> Vec<i16> {
        let step = std::f64::consts::TAU * 1000.0 / f64::from(rate);
        (0..count).map(|n| (amplitude * (f64::from(n) * step).sin()).round() as i16).collect()
    }

    fn near(value: f32, wanted: f32) {
        assert!((value - wanted).abs() < 0.01, "{value} in place of {wanted}");
    }

    #[test]
    fn a_sine_is_as_loud_at_every_rate() {
        for rate in [8000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
            near(level(&sine(rate, 32767.0, rate)).rms, -3.01);
            near(level(&sine(rate, 3276.8, rate)).rms, -23.01);
        }
        near(level(&sine(8000, 32767.0, 160)).peak, 0.0);
    }

    #[test]
    fn the_ends_of_the_scale() {
        near(level(&[i16::MIN; 1000]).rms, 0.0);
        near(level(&[i16::MIN]).peak, 0.0);
        near(level(&[1]).peak, -90.31);
        near(level(&[-1, 1, 0, 0]).rms, -93.32);
        for silence in [&[][..], &[0; 7]] {
            let level = level(silence);
            assert_eq!((level.rms, level.peak), (f32::NEG_INFINITY, f32::NEG_INFINITY));
        }
    }

    #[test]
    fn a_long_recording_keeps_its_precision() {
        let hour: Vec<i16> = [12_345, -12_345].repeat(8000 * 1800);
        near(level(&hour).rms, 20.0 * (12_345.0_f32 / 32768.0).log10());
    }
}
