//! A whole call of a process in agi-bin, ours beside others: `cargo bench --bench calls`.
//!
//! # The work
//! The driver plays Asterisk: it starts a program as `AGI()` does (an environment block of 20 lines, pipes as 0 and 1,
//! Asterisk's environment variables), answers its seven commands, and waits until it is gone. Each program does that by what
//! its library offers a script. Every line is checked, with values that no two calls have in common, and so is
//! the exit status: what is wrong is told of, and the bench fails.
//!
//! # The figures
//! *One call* is the time from just before the start until the program is gone, *first command* that until its
//! first line is there, *a further one* what each of the six others takes. *Private* memory is what would be free
//! without the program (`smaps_rollup`), while it waits for the last reply. *Page faults* are those of a whole call. The
//! yardstick is C by hand (`c/call.c`), static by musl. All times are microseconds.
//!
//! Then the same for `EAGI()`: a second of the caller's voice in descriptor 3, of which the program tells the loudest
//! sample; memory is looked at while it waits for the second half.
//!
//! # How it is measured
//! The programs take turns, so that whatever the machine does meets all; ratios are taken within a round, and
//! told is their median. A turn's first call does not count: it finds what the others left in the caches. Programs start
//! by `posix_spawn`, which in glibc is vfork: nothing of the driver is copied. It looks at each of 64 signals between
//! vfork and exec, some 10 µs that are in every figure, as Asterisk does for some. (Asterisk forks, and pays 5 to 8 ms for
//! that; a program cannot change it.)
//!
//! Driver and program share one core. They never have work at the same time, and a pipe to another core would
//! measure how fast that one wakes up: 5 to 50 µs in a virtual machine, for each line.
//!
//! # Who takes part
//! `peers build`, which this runs, says where each comes from, and fetches what it may. What is missing is skipped, and
//! said, with what to install. Our programs are built in the profile agi-bin for musl, as `agikit build` does.
//!
//! # Settings
//! `AGIKIT_PEERS=c-musl,agikit` (only these), `AGIKIT_ROUNDS` (100), `AGIKIT_TURN` (5 calls that count),
//! `AGIKIT_LIMIT` (20 seconds, for a program that hangs). Behind `--`: `--svg FILE`, `--json FILE` (the tables),
//! `--csv FILE` (every call), `--readme FILE` (the tables between its marks).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop at a surprise")]
#![allow(clippy::cast_possible_truncation, reason = "the numbers are made here, and small")]
#![allow(clippy::print_stdout, reason = "a bench is read on the screen")]

mod call;
#[path = "../common/mod.rs"]
mod common;
mod files;
mod picture;
mod programs;
mod rounds;
mod statistics;
mod table;
mod watch;
mod work;

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use common::{Contestant, Cores, setting};
use rounds::{Plan, Seen};
use table::Row;
use watch::Watch;
use work::Work;

/// The files that were asked for.
#[derive(Debug, Default)]
struct Files {
    svg: Option<PathBuf>,
    json: Option<PathBuf>,
    csv: Option<PathBuf>,
    readme: Option<PathBuf>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // `cargo test --benches` asks whether it runs, and no more.
    let Some(files) = arguments()? else { return Ok(ExitCode::SUCCESS) };
    let plan = Plan { rounds: setting("AGIKIT_ROUNDS", 100), turn: setting("AGIKIT_TURN", 5) };
    let (agi, eagi) = programs::build()?;
    let cores = Cores::find()?;
    // What looks after those that hang is in nobody's way there.
    Cores::stay(cores.driver)?;
    let watch = Watch::new(Duration::from_secs(setting("AGIKIT_LIMIT", 20)));
    Cores::stay(cores.program)?;
    println!(
        "driver and programs on core {}; {} rounds of up to {} calls",
        cores.program, plan.rounds, plan.turn
    );

    let mut faults = Vec::new();
    let mut measure = |contestants: &[Contestant], work| {
        let programs: Vec<_> = contestants.iter().map(|it| (it.name, &*it.program)).collect();
        let (seen, wrong) = rounds::play(&programs, work, plan, &watch)?;
        faults.extend(wrong);
        Ok::<_, Box<dyn Error>>((rows(&seen), seen))
    };
    let (rows, seen) = measure(&agi, Work::agi)?;
    let (eagi_rows, eagi_seen) = measure(&eagi, Work::eagi)?;
    let tables = format!(
        "\n{}\nUnder `EAGI()`, a second of the caller's voice:\n\n{}\n",
        table::table(&rows),
        table::table(&eagi_rows)
    );
    print!("{tables}");

    if let Some(path) = &files.svg {
        fs::write(
            path,
            picture::picture("One AGI call of seven commands, from start to exit", &rows),
        )?;
    }
    if let Some(path) = &files.json {
        fs::write(path, files::json(&[("agi", &rows), ("eagi", &eagi_rows)]))?;
    }
    if let Some(path) = &files.csv {
        fs::write(path, files::csv(&[&seen, &eagi_seen]))?;
    }
    if let Some(path) = &files.readme {
        let text = files::with_tables(&fs::read_to_string(path)?, &tables);
        fs::write(path, text.ok_or("the README has no marks for the tables")?)?;
    }
    for fault in &faults {
        println!("error: {fault}");
    }
    println!("{} errors", faults.len());
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The quickest first; the yardstick is the first that was measured.
fn rows(seen: &[Seen]) -> Vec<Row> {
    let Some(yardstick) = seen.first() else { return Vec::new() };
    let mut rows: Vec<Row> = seen.iter().filter_map(|it| Row::of(it, yardstick)).collect();
    rows.sort_by(|one, other| one.call.median.total_cmp(&other.call.median));
    rows
}

fn arguments() -> Result<Option<Files>, Box<dyn Error>> {
    let mut files = Files::default();
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let file = match argument.to_str() {
            Some("--test") => return Ok(None),
            // Cargo's own.
            Some("--bench") => continue,
            Some("--svg") => &mut files.svg,
            Some("--json") => &mut files.json,
            Some("--csv") => &mut files.csv,
            Some("--readme") => &mut files.readme,
            _ => return Err(format!("{argument:?}: --svg, --json, --csv, --readme").into()),
        };
        *file = Some(arguments.next().ok_or("a file is missing")?.into());
    }
    Ok(Some(files))
}
