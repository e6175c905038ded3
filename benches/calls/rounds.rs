//! Programs in turns.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::call::{Program, Times, private};
use crate::statistics::median;
use crate::watch::Watch;
use crate::work::Work;

/// How often, and how many calls in a turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) turn: usize,
}

/// A program and what was seen of it.
pub(crate) struct Seen {
    pub(crate) name: &'static str,
    /// In bytes; `None` for what an interpreter runs.
    pub(crate) size: Option<u64>,
    /// The calls of each round.
    pub(crate) rounds: Vec<Vec<Times>>,
    /// Private memory, in bytes.
    pub(crate) private: Vec<u64>,
}

/// Enough for a turn: the slow ones have fewer calls in it.
const TURN: Duration = Duration::from_millis(20);

/// How often memory is looked at, in calls of their own.
const LOOKS: u64 = 5;

/// Lets programs do the same work in turns. In each turn the first call does not count: it brings back what the others
/// have driven out of the caches. Who makes a mistake is told of and has no further turn.
pub(crate) fn play(
    programs: &[(&'static str, &Path)],
    work: fn(u64) -> Work,
    plan: Plan,
    watch: &Watch,
) -> io::Result<(Vec<Seen>, Vec<String>)> {
    let (mut seen, mut faults, mut running) = (Vec::new(), Vec::new(), Vec::new());
    for &(name, path) in programs {
        let is_binary = std::fs::read(path)?.starts_with(b"\x7fELF");
        let size = is_binary.then(|| std::fs::metadata(path)).transpose()?.map(|it| it.len());
        seen.push(Seen { name, size, rounds: Vec::new(), private: Vec::new() });
        running.push(Some(Program::new(path, watch)?));
    }
    let mut number = 0;
    for round in 0..=plan.rounds {
        for (seen, running) in seen.iter_mut().zip(&mut running) {
            let Some(program) = running else { continue };
            let result = match round {
                0 => looks(program, work, &mut number).map(|private| seen.private = private),
                _ => turn(program, work, plan.turn, &mut number).map(|it| seen.rounds.push(it)),
            };
            if let Err(fault) = result {
                faults.push(format!("{}, round {round}: {fault}", seen.name));
                *running = None;
            }
        }
    }
    Ok((seen, faults))
}

fn turn(
    program: &Program,
    work: fn(u64) -> Work,
    most: usize,
    number: &mut u64,
) -> Result<Vec<Times>, String> {
    let (begun, mut calls) = (Instant::now(), Vec::new());
    for at in 0..=most {
        *number += 1;
        let times = program.call(&work(*number), None)?;
        if at > 0 {
            calls.push(times);
            if begun.elapsed() > TURN {
                break;
            }
        }
    }
    Ok(calls)
}

/// Private memory while the program waits within a call.
fn looks(program: &Program, work: fn(u64) -> Work, number: &mut u64) -> Result<Vec<u64>, String> {
    let mut found = Vec::new();
    for _ in 0..LOOKS {
        *number += 1;
        let mut look = |id| private(id).map(|bytes| found.push(bytes));
        program.call(&work(*number), Some(&mut look))?;
    }
    Ok(found)
}

impl Seen {
    /// A value of all calls.
    pub(crate) fn calls(&self, value: fn(&Times) -> f64) -> impl Iterator<Item = f64> {
        self.rounds.iter().flatten().map(value)
    }

    /// A value of each round: its calls' median.
    pub(crate) fn turns(&self, value: fn(&Times) -> f64) -> Vec<Option<f64>> {
        self.rounds.iter().map(|calls| median(calls.iter().map(value))).collect()
    }
}
