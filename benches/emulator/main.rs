//! How fast the emulator plays Asterisk: `cargo bench --bench emulator`.
//!
//! # The tables
//! Whole calls a second, one after the other, on a clock that stands still: with a script of this process, and with a
//! program that is started for each (this very file, as a script). What a command costs is told by a call of many
//! less one of few. Then a caller's voice to a script that listens, as many times faster than he speaks. At last the
//! private memory of a call: many at once, all of which wait at the same place, divided by their number; and
//! that of a report that is kept, by each command in it.
//!
//! Told are medians, and the best; nothing passes or fails by them. For what the emulator is used for, tests, a
//! thousand calls a second are plenty; `agikit load` has its own figures.
//!
//! # Settings
//! `AGIKIT_ROUNDS` (9), `AGIKIT_MILLIS` (200, of a round), `AGIKIT_CALLS` (500 at once).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop at a surprise")]
#![allow(clippy::cast_possible_truncation, reason = "the numbers are made here, and small")]
#![allow(clippy::print_stdout, reason = "a bench is read on the screen")]

mod memory;
mod scripts;
/// The same as in `cargo bench --bench calls`.
#[path = "../calls/seven.rs"]
mod seven;
#[path = "../voice/mod.rs"]
mod voice;

use std::env;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::{Duration, Instant};

use agikit::emulator::{Asterisk, Report};
use agikit::transcript::Exit;
use agikit::{Result, Session};

/// Commands of a call of many.
const MANY: u32 = 2000;

type Script = fn(&mut Session) -> Result;

fn main() -> ExitCode {
    match env::args().nth(1).as_deref() {
        Some(scripts::SEVEN) => return agikit::run(seven::script),
        Some(scripts::MANY) => return agikit::run(scripts::many),
        _ => {}
    }
    let given = |option: &str| env::args().any(|argument| argument == option);
    // `cargo bench` says so; `cargo test --benches` asks whether it runs, and no more.
    if given("--test") || !given("--bench") {
        return ExitCode::SUCCESS;
    }
    println!("{:<46} {:>12} {:>12}", "", "calls/s", "the best");
    calls("in process: seven commands", || seven().run(seven::script));
    calls("in process: GET DATA, four keys dialled", || {
        Asterisk::new().keys("1234").run(scripts::digits)
    });
    calls("in process: a hangup while a sound plays", || {
        Asterisk::new().hang_up_at(Duration::from_millis(500)).run(scripts::prompts)
    });
    let own = env::current_exe().unwrap();
    calls("a program: seven commands", || seven().arg(scripts::SEVEN).agi(&own).unwrap());

    println!("\n{:<46} {:>12} {:>12}", "", "commands/s", "the best");
    for (name, script) in scripts::REPEATED {
        commands(&format!("in process: {name}"), || Asterisk::new().run(script));
    }
    commands("a program: GET VARIABLE", || Asterisk::new().arg(scripts::MANY).agi(&own).unwrap());

    println!("\n{:<46} {:>12} {:>12}", "", "× real time", "the best");
    let (minute, voice) = (Duration::from_secs(60), voice::call(8000).repeat(30));
    for (name, script) in scripts::LISTENING {
        let (median, best) = per_second(60.0, || {
            check(Asterisk::new().says(voice.clone()).hang_up_at(minute).run_eagi(script));
        });
        println!("{name:<46} {median:>12.0} {best:>12.0}");
    }
    memory::table(setting("AGIKIT_CALLS", 500));
    ExitCode::SUCCESS
}

/// What the call of seven commands finds.
fn seven() -> Asterisk {
    let second = Duration::from_secs(1);
    Asterisk::new().variable("ACCOUNT", "1001").sound("welcome", second).keys("1")
}

fn check(report: Report) {
    assert_eq!(report.error(), None);
    assert!(matches!(report.exit(), None | Some(Exit::Status(0))), "{:?}", report.exit());
}

fn calls(name: &str, call: impl Fn() -> Report) {
    let (median, best) = per_second(1.0, || check(call()));
    println!("{name:<46} {median:>12.0} {best:>12.0}");
}

/// What else a call costs is not much beside so many commands.
fn commands(name: &str, call: impl Fn() -> Report) {
    let (median, best) = per_second(f64::from(MANY), || check(call()));
    println!("{name:<46} {median:>12.0} {best:>12.0}");
}

/// How much a second, where one run does so much: the median of some rounds, and the best.
fn per_second(much: f64, run: impl Fn()) -> (f64, f64) {
    let span = Duration::from_millis(setting("AGIKIT_MILLIS", 200));
    let mut rounds: Vec<f64> = (0..setting("AGIKIT_ROUNDS", 9))
        .map(|_| {
            let (begin, mut runs) = (Instant::now(), 0.0);
            while begin.elapsed() < span {
                run();
                runs += 1.0;
            }
            runs * much / begin.elapsed().as_secs_f64()
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    (rounds[rounds.len() / 2], rounds[rounds.len() - 1])
}

/// A setting from the environment.
fn setting<T: FromStr>(name: &str, otherwise: T) -> T {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}
