//! How fast the caller's audio is read, and what that costs: `cargo bench --bench eagi`.
//!
//! # The work
//! Programs are started as `EAGI()` does, with the caller's audio in descriptor 3, and end when it ends; each says how
//! many samples it had, which must be all. Ours (`reader.rs`, in the profile agi-bin, for musl) takes frames of 20 ms and
//! does no more, or looks at their level, or listens for speech, or records them as a WAV file. C (`c/reader.c`,
//! static by musl) reads a frame with each call of the system, which is the yardstick, or 64 KiB, which is the least
//! that can be done; both have enlarged the pipe to 1 MiB, as ours does.
//!
//! # The tables
//! First the audio comes as fast as it is taken: processor time for a second of it, ratio to the yardstick, how many
//! times faster than the call it is, samples and megabytes a second. Then a frame comes each millisecond, and
//! the program has always gone to sleep before: that is what a call costs, where each frame wakes it up. There
//! is its private memory, too, while it waits for the second half. The programs take turns; ratios are taken within a
//! round, and told is their median.
//!
//! # Settings
//! `AGIKIT_ROUNDS` (7), `AGIKIT_MEGABYTES` (16 of audio, as fast as it is taken), `AGIKIT_FRAMES` (500 one by one).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop at a surprise")]
#![allow(clippy::cast_possible_truncation, reason = "the numbers are made here, and small")]
#![allow(clippy::print_stdout, reason = "a bench is read on the screen")]

mod programs;
mod run;
#[path = "../voice/mod.rs"]
mod voice;

use std::io;
use std::str::FromStr;
use std::time::Duration;

use programs::Contestant;
use run::{Feed, Seen, run};

fn main() -> io::Result<()> {
    let given = |option: &str| std::env::args().any(|argument| argument == option);
    // `cargo bench` says so; `cargo test --benches` asks whether it runs, and no more.
    if given("--test") || !given("--bench") {
        return Ok(());
    }
    let contestants = programs::build()?;
    let rounds = setting("AGIKIT_ROUNDS", 7);
    for rate in [8000, 48_000] {
        let bytes = setting("AGIKIT_MEGABYTES", 16) << 20;
        println!("\n{rate} Hz, as fast as it is taken: medians of {rounds} rounds");
        table(&contestants, &Feed::new(rate, bytes, None), rounds)?;
    }
    for rate in [8000, 48_000] {
        let frame = u64::from(rate) / 50 * 2;
        let pace = Some(Duration::from_millis(1));
        println!("\n{rate} Hz, a frame at a time: medians of {rounds} rounds");
        table(&contestants, &Feed::new(rate, setting("AGIKIT_FRAMES", 500) * frame, pace), rounds)?;
    }
    Ok(())
}

fn table(contestants: &[Contestant], feed: &Feed, rounds: usize) -> io::Result<()> {
    let mut seen: Vec<Vec<Seen>> = vec![Vec::new(); contestants.len()];
    for _ in 0..rounds {
        for (contestant, into) in contestants.iter().zip(&mut seen) {
            into.push(run(contestant, feed)?);
        }
    }
    println!(
        "{:<34} {:>14} {:>6}  {:>12} {:>11} {:>7}  {:>12}",
        "program", "CPU µs/s audio", "× C", "× real time", "Msamples/s", "MB/s", "private KiB"
    );
    for (contestant, runs) in contestants.iter().zip(&seen) {
        let each = |value: &dyn Fn(&Seen) -> f64| median(runs.iter().map(value));
        let ratio = median(runs.iter().zip(&seen[0]).map(|(one, c)| one.cpu / c.cpu));
        print!(
            "{:<34} {:>14.1} {ratio:>6.2}",
            contestant.name,
            each(&|run| run.cpu * 1e6 / feed.seconds())
        );
        // Who is fed slowly is as fast as that.
        match feed.pace {
            None => println!(
                "  {:>12.0} {:>11.1} {:>7.0}",
                each(&|run| feed.seconds() / run.wall),
                each(&|run| feed.bytes as f64 / 2e6 / run.wall),
                each(&|run| feed.bytes as f64 / 1e6 / run.wall),
            ),
            Some(_) => println!("{:>36}{:>12.0}", "", each(&|run| run.private as f64 / 1024.0)),
        }
    }
    Ok(())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A setting from the environment.
fn setting<T: FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}
