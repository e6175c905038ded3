//! What callers of these tests say: a voice of tones, different at every moment, the same at every rate.

use std::f64::consts::TAU;

use agikit::audio::Format;

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

/// What a WAV file holds: its samples as it has them, whose form and rate must be this one. Read here and not by the
/// library that wrote it.
pub fn recorded(wav: &[u8], format: Format) -> Vec<u8> {
    let u16_at = |at: usize| u16::from_le_bytes(wav[at..at + 2].try_into().expect("two bytes"));
    let u32_at = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().expect("four bytes"));
    assert!(&wav[..4] == b"RIFF" && &wav[8..12] == b"WAVE", "no WAV file");
    assert_eq!(u32_at(4) as usize + 8, wav.len(), "the length of the file");
    let (mut at, mut form) = (12, None);
    loop {
        let (name, length) = (&wav[at..at + 4], u32_at(at + 4) as usize);
        at += 8;
        match name {
            b"fmt " => {
                form = Some((u16_at(at), u16_at(at + 2), u32_at(at + 4), u16_at(at + 14)));
            }
            b"data" => {
                let (tag, bits) = match format {
                    Format::Ulaw => (7, 8),
                    Format::Alaw => (6, 8),
                    _ => (1, 16),
                };
                assert_eq!(form, Some((tag, 1, format.rate(), bits)), "the form");
                return wav[at..at + length].to_vec();
            }
            _ => {}
        }
        at += length.next_multiple_of(2);
    }
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

/// Frames that a call may lack.
const MISSING: usize = 3;

/// Of what was said some whole frames were not heard, and all others were, in their order and to the last bit: which.
pub fn missing(heard: &[u8], said: &[u8], frame: usize) -> Option<String> {
    let mut said = said.chunks(frame);
    let mut gaps = Vec::new();
    for (number, one) in heard.chunks(frame).enumerate() {
        let skipped = said.by_ref().take(MISSING + 1).position(|it| it == one)?;
        gaps.extend(std::iter::repeat_n(number, skipped));
    }
    (1..=MISSING).contains(&gaps.len()).then(|| format!("a frame is missing before {gaps:?}"))
}
