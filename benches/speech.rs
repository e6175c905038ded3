//! How well and how fast speech is found: `cargo bench --bench speech --features vad`.
//!
//! Speech is made by `espeak-ng`, and taken from Asterisk's own prompts where a lab or an installation has them;
//! `sox` brings both to 8 kHz. What is not there is skipped, and said.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop at a surprise")]
#![allow(clippy::cast_possible_truncation, reason = "the numbers are made here, and small")]
#![allow(clippy::print_stdout, reason = "a bench is read on the screen")]

#[path = "../tests/support_speech/mod.rs"]
mod support_speech;

mod corpus;

use std::hint::black_box;
use std::time::Instant;

use agikit::audio::Detector;
use corpus::Set;
use support_speech::{Noise, RATE, Score, found, score, track};

type Make = fn(u32) -> Detector;

fn main() {
    // `cargo test --benches` asks whether it runs, and no more.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let detectors: &[(&str, Make)] = &[
        ("energy", Detector::new),
        #[cfg(feature = "vad")]
        ("vad", |rate| Detector::with(rate, agikit::audio::Vad::new(rate))),
    ];
    let sets = corpus::sets();
    if cfg!(not(feature = "vad")) {
        println!("vad: skipped, it needs --features vad");
    }
    for set in &sets {
        quality(set, detectors);
    }
    speed(&sets, detectors);
}

/// One table a set.
fn quality(set: &Set, detectors: &[(&str, Make)]) {
    println!("\n{}: {} utterances", set.name, set.items.len());
    println!(
        "{:<8} {:<6} {:>4}  {:>6} {:>6} {:>9} {:>8} {:>6} {:>6} {:>6} {:>6}",
        "judge",
        "noise",
        "dB",
        "missed",
        "false",
        "first cut",
        "last cut",
        "kept",
        "split",
        "merged",
        "long"
    );
    for (name, make) in detectors {
        let babble = Noise::Babble(&set.babble);
        let mut all = Score::default();
        let conditions = [(Noise::White, 40.0)].into_iter().chain(
            [Noise::White, babble]
                .into_iter()
                .flat_map(|noise| [20.0, 10.0, 5.0].map(|db| (noise, db))),
        );
        for (noise, ratio) in conditions {
            let mut sum = Score::default();
            // Calls of ten utterances, each with its own pauses and noise.
            for (seed, items) in set.items.chunks(10).enumerate() {
                let track = track(items, noise, ratio, seed as u64 + 1);
                sum += score(&track.truth, &found(make(RATE), &track.samples));
            }
            let word = if matches!(noise, Noise::White) { "white" } else { "babble" };
            print(name, word, &format!("{ratio}"), &sum);
            all += sum;
        }
        print(name, "all", "", &all);
    }
}

fn print(name: &str, noise: &str, ratio: &str, score: &Score) {
    println!(
        "{name:<8} {noise:<6} {ratio:>4}  {:>6} {:>6} {:>9} {:>8} {:>6} {:>6} {:>6} {:>6}",
        score.missed,
        score.false_ones,
        score.first_cut,
        score.last_cut,
        score.kept,
        score.split,
        score.merged,
        score.long
    );
}

/// How many times faster than the call: the best of five runs, as others use the machine, too.
fn speed(sets: &[Set], detectors: &[(&str, Make)]) {
    let Some(set) = sets.first() else { return };
    let call = track(&set.items, Noise::Babble(&set.babble), 10.0, 1).samples;
    println!("\nspeed: times real time, one core, the best of five runs");
    for rate in [8000, 16_000, 48_000, 192_000] {
        let many = rate / RATE;
        let samples: Vec<i16> =
            call.iter().flat_map(|sample| std::iter::repeat_n(*sample, many as usize)).collect();
        let seconds = samples.len() as f64 / f64::from(rate);
        for (name, make) in detectors {
            let best = (0..5)
                .map(|_| {
                    let begin = Instant::now();
                    black_box(found(make(rate), black_box(&samples)));
                    begin.elapsed().as_secs_f64()
                })
                .fold(f64::INFINITY, f64::min);
            println!("{name:<8} {rate:>6} Hz  {:>8.0}", seconds / best);
        }
    }
}
