//! The detector on speech in noise: made by tests/speech/make, bounds known, none of it used for tuning.
//! `benches/speech.rs` measures the same on much more.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]
#![allow(clippy::cast_possible_truncation, reason = "the numbers are made here, and small")]

mod support_speech;

use std::fs;
use std::path::{Path, PathBuf};

use agikit::audio::Detector;
use support_speech::{Item, Noise, RATE, Score, found, read, score, track};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/speech")
}

fn items() -> Vec<Item> {
    let bounds = fs::read_to_string(folder().join("bounds.txt")).unwrap();
    let lines = bounds.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let samples = read(&folder().join(words[0]).with_extension("wav"));
            let [begin, end] = [words[1], words[2]].map(|word| word.parse().unwrap());
            assert!(begin < end && end <= samples.len(), "{line}");
            Item { samples, begin, end }
        })
        .collect()
}

/// What a detector makes of two calls with the ten utterances each, other pauses and other noise.
fn sum(make: fn(u32) -> Detector, noise: Noise, ratio: f64) -> Score {
    let items = items();
    let mut sum = Score::default();
    for seed in 1..=2 {
        let call = track(&items, noise, ratio, seed);
        sum += score(&call.truth, &found(make(RATE), &call.samples));
    }
    assert_eq!(sum.utterances, 20);
    sum
}

/// At most so many missed, false, and cut at the begin or at the end.
#[track_caller]
fn at_most(score: Score, missed: usize, false_ones: usize, cut: usize) {
    assert!(
        score.missed <= missed
            && score.false_ones <= false_ones
            && score.first_cut <= cut
            && score.last_cut <= cut
            && score.merged + score.split <= false_ones + missed,
        "{score:?}"
    );
}

fn in_noise(make: fn(u32) -> Detector) {
    for ratio in [40.0, 20.0] {
        at_most(sum(make, Noise::White, ratio), 0, 0, 3);
    }
    at_most(sum(make, Noise::White, 10.0), 0, 0, 4);
    at_most(sum(make, Noise::White, 5.0), 1, 1, 5);
    let voices = read(&folder().join("babble.wav"));
    // A call that begins in others' voices may begin with one that is false.
    at_most(sum(make, Noise::Babble(&voices), 20.0), 0, 3, 4);
    at_most(sum(make, Noise::Babble(&voices), 10.0), 2, 3, 7);
    // Here others are half as loud as the caller: most is found.
    at_most(sum(make, Noise::Babble(&voices), 5.0), 8, 3, 15);
}

#[test]
fn our_own_judge_finds_speech_in_noise() {
    in_noise(Detector::new);
}

#[cfg(feature = "vad")]
#[test]
fn the_model_finds_speech_in_noise() {
    in_noise(|rate| Detector::with(rate, agikit::audio::Vad::new(rate)));
}
