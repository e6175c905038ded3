//! What Asterisk and our server hold: memory, descriptors, threads, processes.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// One process at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// In KiB.
    pub memory: u64,
    pub descriptors: usize,
    pub threads: u64,
}

/// All that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Gauge {
    pub at: Duration,
    pub asterisk: Held,
    /// Children of Asterisk that have ended and that it has not taken notice of.
    pub zombies: usize,
    pub server: Held,
}

impl Gauge {
    pub fn read(at: Duration, asterisk: &str, server: &str) -> Gauge {
        Gauge { at, asterisk: held(asterisk), zombies: zombies(asterisk), server: held(server) }
    }

    pub fn shown(&self) -> String {
        let held = |held: &Held| {
            format!(
                "{:>8} KiB {:>4} descriptors {:>4} threads",
                held.memory, held.descriptors, held.threads
            )
        };
        format!(
            "{:>7.1} s  asterisk {} {:>2} zombies  server {}",
            self.at.as_secs_f64(),
            held(&self.asterisk),
            self.zombies,
            held(&self.server)
        )
    }
}

fn held(pid: &str) -> Held {
    let process = Path::new("/proc").join(pid);
    let status = fs::read_to_string(process.join("status")).unwrap_or_default();
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    };
    let descriptors = fs::read_dir(process.join("fd")).map_or(0, Iterator::count);
    Held { memory: number("VmRSS:"), descriptors, threads: number("Threads:") }
}

/// Those that stay: what has just ended is one, too, until Asterisk sees it.
fn zombies(parent: &str) -> usize {
    let before = ended(parent);
    std::thread::sleep(Duration::from_millis(300));
    ended(parent).intersection(&before).count()
}

fn ended(parent: &str) -> BTreeSet<OsString> {
    let Ok(processes) = fs::read_dir("/proc") else { return BTreeSet::new() };
    let is_ended = |process: &fs::DirEntry| {
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        fields.starts_with(&format!("Z {parent} "))
    };
    processes.flatten().filter(is_ended).map(|process| process.file_name()).collect()
}
