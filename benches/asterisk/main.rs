//! What a call costs on real Asterisk: `AGIKIT_LAB=22 cargo bench --bench asterisk --all-features`.
//!
//! # The work
//! Half a Local channel runs `AGI()`, begins the next such call and hangs up, so many times. One chain of calls at a time,
//! and eight. A call is seven commands that Asterisk answers at once. It counts when
//! AGISTATUS is SUCCESS and the call's own value has come back; otherwise it is an error.
//!
//! # The table
//! Calls a second, and the processor time of a call: Asterisk's own (forking included), that of the programs it
//! started, and the server's. The contestants take turns, and the figures are medians of the rounds. `no AGI` is the same
//! call without `AGI()`, `empty` is a program that does nothing: what it costs is Asterisk's own. Nothing passes or fails
//! but calls.
//!
//! # What is needed
//! A lab (`tests/live/lab build 22`, then `tests/live/lab start 22`; as root), musl-gcc (Debian: musl-tools) and Rust's
//! library for musl. What is missing in the lab for Perl or Python is said, and they are left out.
//!
//! # Settings
//! `AGIKIT_ROUNDS` (5), `AGIKIT_MILLIS` (1500, about what a contestant's turn takes), `AGIKIT_PEERS=empty,c,ours` (only
//! these).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop at a surprise")]
#![allow(clippy::print_stdout, reason = "a bench is read on the screen")]
#![allow(unreachable_pub, reason = "shared with the live tests")]

#[path = "../../tests/live/lab.rs"]
#[allow(dead_code, reason = "shared with the live tests")]
mod lab;
#[path = "../../tests/live/log.rs"]
#[allow(dead_code, reason = "shared with the live tests")]
mod log;
#[path = "../../tests/live/manager.rs"]
#[allow(dead_code, reason = "shared with the live tests")]
mod manager;
mod processor;
mod programs;
mod rounds;
mod table;

use std::process::ExitCode;
use std::str::FromStr;

use lab::Lab;
use programs::Contestants;

fn main() -> ExitCode {
    // `cargo test --benches` asks whether it runs, and no more.
    if std::env::args().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let asked = std::env::var("AGIKIT_LAB").unwrap_or_default();
    if !asked.split(',').any(|version| version.trim() == "22") {
        println!("asterisk: skipped, AGIKIT_LAB does not name 22. As root:");
        println!("  tests/live/lab build 22 && tests/live/lab start 22");
        println!("  AGIKIT_LAB=22 cargo bench --bench asterisk --all-features");
        return ExitCode::SUCCESS;
    }
    let lab = match Lab::find("22") {
        Ok(lab) => lab,
        Err(why) => {
            println!("asterisk: {why}");
            return ExitCode::FAILURE;
        }
    };
    let mut contestants = match Contestants::install(&lab) {
        Ok(contestants) => contestants,
        Err(why) => {
            println!("asterisk: {why}");
            return ExitCode::FAILURE;
        }
    };
    println!("Asterisk {}", lab.release());
    let (turns, errors) = rounds::play(&lab, &contestants);
    contestants.stop();
    print!("{}", table::shown(&turns));
    for error in errors.iter().take(20) {
        println!("error: {error}");
    }
    println!("\n{} errors", errors.len());
    if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A setting from the environment.
fn setting<T: FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}
