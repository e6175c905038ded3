//! A block's power in the octaves of the telephone, sample by sample.

/// Octaves, from the highest: at 8 kHz 2000 to 4000 Hz, 1000 to 2000, 500 to 1000, 250 to 500, 125 to 250.
pub(super) const COUNT: usize = 5;

/// Splits sound of about 8 kHz into octaves.
#[derive(Debug, Clone, Default)]
pub(super) struct Bands {
    halves: [Half; COUNT],
}

impl Bands {
    /// The mean power of each band, and of all together (without what is below 125 Hz: the hum of the mains).
    pub(super) fn power(&mut self, samples: impl Iterator<Item = f32>) -> [f32; COUNT] {
        let mut power = [0.0; COUNT];
        let mut count = 0_u16;
        for sample in samples {
            count = count.saturating_add(1);
            let mut low = sample;
            for (half, power) in self.halves.iter_mut().zip(&mut power) {
                let Some((lower, upper)) = half.push(low) else { break };
                // Each split halves the number of samples and keeps their size, hence the doubling below.
                *power += upper * upper;
                low = lower;
            }
        }
        let mut share = 2.0 / f32::from(count.max(1));
        for power in &mut power {
            *power *= share;
            share *= 2.0;
        }
        power
    }
}

/// A filter that parts the lower half of the spectrum from the upper, each then with half the samples: two
/// all-pass filters, one for the even samples and one for the odd, whose sum and difference are the halves.
#[derive(Debug, Clone, Default)]
struct Half {
    /// The even sample that waits for its odd one.
    waiting: Option<f32>,
    even: AllPass,
    odd: AllPass,
}

impl Half {
    fn push(&mut self, sample: f32) -> Option<(f32, f32)> {
        let Some(first) = self.waiting.take() else {
            self.waiting = Some(sample);
            return None;
        };
        // Coefficients of an elliptic half-band filter of the fifth order: 36 dB between the halves.
        let even = self.odd.push(0.589_994_8, first);
        let odd = self.even.push(0.141_348_6, sample);
        Some(((even + odd) / 2.0, (odd - even) / 2.0))
    }
}

#[derive(Debug, Clone, Default)]
struct AllPass {
    input: f32,
    output: f32,
}

impl AllPass {
    fn push(&mut self, coefficient: f32, sample: f32) -> f32 {
        // The tiny constant keeps silence out of the subnormal numbers, which are slow.
        self.output = self.input + coefficient * (sample - self.output) + 1e-15;
        self.input = sample;
        self.output
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each band's level of a sine, in dB below the whole.
    fn sine(hertz: f32) -> [f32; COUNT] {
        let wave = |n: u16| (f32::from(n) * hertz / 8000.0 * std::f32::consts::TAU).sin();
        let mut bands = Bands::default();
        bands.power((0..800).map(wave));
        bands.power((800..16_800).map(wave)).map(|power| 10.0 * (power / 0.5).log10())
    }

    #[test]
    fn a_tone_is_in_its_octave() {
        for (hertz, place) in [(2800.0, 0), (1400.0, 1), (700.0, 2), (350.0, 3), (175.0, 4)] {
            for (at, level) in sine(hertz).into_iter().enumerate() {
                let is_there = at == place;
                assert!(
                    if is_there { level.abs() < 1.0 } else { level < -25.0 },
                    "{hertz} Hz in band {at}: {level} dB"
                );
            }
        }
        assert!(sine(50.0).iter().all(|level| *level < -25.0), "{:?}", sine(50.0));
    }
}
