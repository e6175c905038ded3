//! What the small parts cost, in instructions and nanoseconds: `cargo bench --bench micro`.
//!
//! # The tables
//! A row is a part at one piece of work: a reply that is read, a line that is written, a frame that is listened to.
//! Instructions are counted by callgrind, in a process of its own for each row, behind some rounds that warm it up.
//! They repeat exactly for one build on one machine, so `benches/micro/counts.txt` keeps them, and a row tells what has
//! changed since. Another compiler, another C library or a processor with other vector instructions gives others: the
//! file says which made it, and the bench which this is. The nanoseconds are the best of some batches, without
//! callgrind; they are of this machine and of this moment.
//!
//! Nothing passes or fails by them. Without valgrind there are the nanoseconds alone.
//!
//! # Settings
//! An argument is a part of the rows' names: `cargo bench --bench micro -- split`. `--overwrite` writes `counts.txt`
//! anew. Where the instructions of a row are, `callgrind_annotate target/tmp/micro/ROW.out` tells.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may stop at a surprise")]
#![allow(clippy::cast_possible_truncation, reason = "the numbers are made here, and small")]
#![allow(clippy::print_stdout, reason = "a bench is read on the screen")]

mod case;
mod count;
mod lines;
mod replies;
mod sound;
mod texts;
#[path = "../voice/mod.rs"]
mod voice;

use case::Case;
use count::{Callgrind, Reference};

/// What is told to the process of one row.
const ALONE: &str = "--alone";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |option: &str| arguments.iter().any(|it| it == option);
    let cases: Vec<Case> =
        [replies::cases(), lines::cases(), texts::cases(), sound::cases()].concat();
    if let [alone, name] = &arguments[..]
        && alone == ALONE
    {
        return cases.iter().find(|case| case.name == *name).unwrap().run_counted();
    }
    // `cargo bench` says so; `cargo test --benches` asks whether it runs, and no more.
    if given("--test") || !given("--bench") {
        return cases.iter().for_each(Case::run_once);
    }
    let filters: Vec<&String> = arguments.iter().filter(|it| !it.starts_with("--")).collect();
    let wanted = |case: &&Case| {
        filters.is_empty() || filters.iter().any(|it| case.name.contains(it.as_str()))
    };
    let callgrind = Callgrind::find();
    let mut reference = Reference::read();
    match &callgrind {
        Ok(it) => {
            println!("{}\ncounts.txt: {}\nnow: {}", it.version, reference.made_by, it.made_by)
        }
        Err(why) => println!("instructions: left out, {why}"),
    }
    let mut group = "";
    for case in cases.iter().filter(wanted) {
        let (name, row) = case.name.split_once(": ").unwrap_or(("", case.name));
        if name != group {
            group = name;
            println!("\n{group:<44} {:>12} {:>9}  {:>10}", "instructions", "change", "ns");
        }
        let instructions = callgrind.as_ref().ok().map(|callgrind| callgrind.count(case));
        let change = match (instructions, reference.count(case.name)) {
            (Some(now), Some(then)) if now == then => "0".to_owned(),
            (Some(now), Some(then)) => format!("{:+.2} %", (now / then - 1.0) * 100.0),
            (Some(_), None) => "new".to_owned(),
            (None, _) => String::new(),
        };
        let shown = instructions.map_or(String::new(), |count| format!("{count:.2}"));
        println!("{row:<44} {shown:>12} {change:>9}  {:>10.2}", case.nanoseconds());
        if let Some(count) = instructions {
            reference.set(case.name, count);
        }
    }
    if let (true, Ok(callgrind)) = (given("--overwrite"), &callgrind) {
        reference.write(&callgrind.made_by, &cases);
        println!("\ncounts.txt is written");
    }
}
