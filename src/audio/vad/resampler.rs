//! From any rate to another, for a model that knows only its own.

use std::f32::consts::PI;

/// So many places between two samples are told apart; noise by the rest is 45 dB below the sound.
const PHASES: usize = 64;
/// Samples on each side of a place, at the lower of the two rates.
const REACH: u32 = 8;

/// Brings sound from one rate to another, piece by piece: each sample that comes out is a weighted sum (a sinc
/// in a cosine's window) of those around its place.
#[derive(Debug, Clone)]
pub(super) struct Resampler {
    /// The weights of each phase, one after the other.
    weights: Vec<f32>,
    taps: usize,
    /// The last samples, oldest first: those that a place needs end it. When it is full they move to its front.
    last: Vec<f32>,
    /// How far the next one that comes out lies behind the last that went in, in parts of a step.
    place: u64,
    from: u64,
    to: u64,
}

impl Resampler {
    pub(super) fn new(from: u32, to: u32) -> Self {
        let (from, to) = (from.max(1), to.max(1));
        // What the lower rate cannot hold is filtered out.
        let cutoff = (to as f32 / from as f32).min(1.0);
        let taps = 2 * (REACH * from.div_ceil(to).min(512)) as usize;
        let half = taps as f32 / 2.0;
        let weight = |distance: f32| {
            let window = 0.5 + 0.5 * (PI * (distance / half).clamp(-1.0, 1.0)).cos();
            let x = PI * distance * cutoff;
            cutoff * window * if x.abs() < 1e-6 { 1.0 } else { x.sin() / x }
        };
        let phase = |phase: usize| {
            let shift = phase as f32 / PHASES as f32;
            (0..taps).map(move |tap| weight(tap as f32 + 1.0 - half - shift))
        };
        Resampler {
            weights: (0..PHASES).flat_map(phase).collect(),
            taps,
            last: history(taps),
            place: 0,
            from: from.into(),
            to: to.into(),
        }
    }

    /// Takes a sample and gives those that come out of it.
    pub(super) fn push(&mut self, sample: i16, mut out: impl FnMut(f32)) {
        if self.last.len() == self.last.capacity() {
            let needless = self.last.len().saturating_sub(self.taps);
            self.last.copy_within(needless.., 0);
            self.last.truncate(self.taps);
        }
        self.last.push(f32::from(sample) / 32768.0);
        // A step of one that comes in is `to` parts, of one that comes out `from`.
        while self.place < self.to {
            let phase = usize::try_from(self.place * PHASES as u64 / self.to).unwrap_or(0);
            let weights = self.weights.get(phase * self.taps..).unwrap_or(&[]);
            let from = self.last.len().saturating_sub(self.taps);
            out(product(weights, self.last.get(from..).unwrap_or(&[])));
            self.place += self.from;
        }
        self.place -= self.to;
    }
}

/// Silence, and room for many more.
fn history(taps: usize) -> Vec<f32> {
    let mut last = Vec::with_capacity(taps * 8);
    last.resize(taps, 0.0);
    last
}

/// The sum of the products, in eight lanes that the compiler makes a vector of.
fn product(weights: &[f32], samples: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (eights, rest) = samples.as_chunks::<8>();
    let (weights, weights_rest) = weights.split_at(weights.len().min(eights.len() * 8));
    for (weights, samples) in weights.as_chunks::<8>().0.iter().zip(eights) {
        for ((lane, weight), sample) in lanes.iter_mut().zip(weights).zip(samples) {
            *lane += weight * sample;
        }
    }
    let rest: f32 = weights_rest.iter().zip(rest).map(|(weight, sample)| weight * sample).sum();
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The level of what comes out of a sine, in dB beside what went in.
    fn gain(from: u32, to: u32, hertz: f32) -> f32 {
        let mut resampler = Resampler::new(from, to);
        let mut out = Vec::new();
        for n in 0..from / 2 {
            let angle = std::f64::consts::TAU * f64::from(n) * f64::from(hertz) / f64::from(from);
            #[expect(clippy::cast_possible_truncation, reason = "a sample")]
            resampler.push((angle.sin() * 16384.0) as i16, |sample| out.push(sample));
        }
        assert!(out.len().abs_diff(to as usize / 2) <= 1, "{} samples", out.len());
        let tail = &out[out.len() / 4..];
        let power = tail.iter().map(|it| it * it).sum::<f32>() / tail.len() as f32;
        10.0 * (power / 0.125).log10()
    }

    #[test]
    fn keeps_what_both_rates_hold() {
        for from in [8000, 11_025, 12_000, 16_000, 24_000, 44_100, 48_000, 96_000, 192_000] {
            for hertz in [100.0, 1000.0, 3000.0] {
                assert!(gain(from, 16_000, hertz).abs() < 0.5, "{from} Hz: {hertz}");
            }
        }
    }

    #[test]
    fn loses_what_the_lower_rate_does_not_hold() {
        assert!(gain(48_000, 16_000, 11_000.0) < -40.0);
        assert!(gain(192_000, 16_000, 50_000.0) < -40.0);
    }

    #[test]
    fn any_rate_will_do() {
        for from in [0, 1, 7, 7999, 44_101, u32::MAX] {
            let mut resampler = Resampler::new(from, 16_000);
            let mut count = 0;
            (0..3).for_each(|_| resampler.push(i16::MIN, |_| count += 1));
            assert!(count <= 48_003, "{from}: {count}");
        }
    }
}
