//! What callers of these tests say: a voice of tones, different at every moment, the same at every rate.

use std::f64::consts::TAU;

/// Tones that have no common measure, below what a telephone lets through, and their shares.
const TONES: [(f64, f64); 8] = [
    (173.31, 0.20),
    (311.77, 0.18),
    (523.91, 0.16),
    (797.03, 0.14),
    (1129.57, 0.11),
    (1559.29, 0.09),
    (2083.13, 0.07),
    (2711.83, 0.05),
];
/// So loud at its loudest.
const LOUD: f64 = 24_000.0;

/// So many seconds of it. The last bits are noise: no two frames are the same.
#[expect(clippy::cast_possible_truncation, reason = "a sample is a whole number")]
pub fn voice(rate: u32, seconds: u32) -> Vec<i16> {
    let count = rate * seconds;
    let rate = f64::from(rate);
    // Each tone turns by its angle from sample to sample: a sine a sample would take long.
    let steps = TONES.map(|(tone, _)| (TAU * tone / rate).sin_cos());
    let mut turned = TONES.map(|_| (0.0_f64, 1.0_f64));
    let mut noise = 1_u32;
    let mut samples = Vec::new();
    for index in 0..count {
        let time = f64::from(index) / rate;
        let mut sum = 0.0;
        for ((now, step), (_, share)) in turned.iter_mut().zip(steps).zip(TONES) {
            sum += now.0 * share;
            *now = (now.0 * step.1 + now.1 * step.0, now.1 * step.1 - now.0 * step.0);
        }
        // Some four syllables a second, never quite silent.
        let syllable = 0.55 + 0.45 * (TAU * 3.7 * time).sin();
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = f64::from((noise >> 16) % 16) - 8.0;
        samples.push((sum * syllable * LOUD + noise) as i16);
    }
    samples
}

/// As a `.sln` file has them.
pub fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// How alike two sounds are: 1 for the same, however loud.
pub fn correlation(heard: &[i16], said: &[i16]) -> f64 {
    let sum = |pairs: &mut dyn Iterator<Item = (i16, i16)>| -> f64 {
        pairs.map(|(one, other)| f64::from(one) * f64::from(other)).sum()
    };
    let both = sum(&mut heard.iter().copied().zip(said.iter().copied()));
    let count = heard.len().min(said.len());
    let own = |of: &[i16]| sum(&mut of[..count].iter().map(|it| (*it, *it)));
    both / (own(heard) * own(said)).sqrt().max(1.0)
}

/// Where what was heard differs from what was said, in words.
pub fn difference(heard: &[i16], said: &[i16]) -> Option<String> {
    if heard == said {
        return None;
    }
    let same = heard.iter().zip(said).take_while(|(one, other)| one == other).count();
    Some(format!("{} samples instead of {}, the same up to {same}", heard.len(), said.len()))
}
