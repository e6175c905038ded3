//! What a call and its report hold.

use std::fs;
use std::sync::{Arc, Barrier};
use std::thread;

use agikit::emulator::Asterisk;

use crate::{MANY, scripts};

/// Prints both, for so many calls at once.
pub(crate) fn table(calls: usize) {
    println!("\n{:<46} {:>12}", "", "bytes");
    let before = private();
    let (there, done) = (Arc::new(Barrier::new(calls + 1)), Arc::new(Barrier::new(calls + 1)));
    let threads: Vec<_> = (0..calls)
        .map(|_| {
            let (there, done) = (Arc::clone(&there), Arc::clone(&done));
            thread::spawn(move || {
                Asterisk::new().run(move |agi| {
                    agi.noop()?;
                    there.wait();
                    done.wait();
                    Ok::<(), agikit::Error>(())
                })
            })
        })
        .collect();
    there.wait();
    let during = private();
    done.wait();
    drop(threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>());
    let name = format!("a call in progress, of {calls}");
    println!("{name:<46} {:>12}", during.saturating_sub(before) / calls as u64);

    let before = private();
    let reports: Vec<_> = (0..10).map(|_| Asterisk::new().run(scripts::many)).collect();
    let each = private().saturating_sub(before) / reports.len() as u64;
    println!("{:<46} {:>12}", "a kept report, by command", each / u64::from(MANY));
}

/// This process's own memory.
fn private() -> u64 {
    let text = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let lines = text.lines().filter(|line| line.starts_with("Private_"));
    let kib = lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.sum::<u64>() * 1024
}
