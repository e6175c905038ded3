//! From the caller's first word to silence: the figures, by what it is that listens.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::figures::{shown, spread};
use super::{report, seed};
use crate::lab::{Lab, wait};

const CALLS: u64 = 2;
const ROUNDS: usize = 24;

/// What one round came to, in microseconds.
#[derive(Default)]
struct Times {
    /// From the first word, as the caller sends it, to the last frame of the prompt that reaches him.
    silence: Vec<i64>,
    /// From the first loud frame at the script to the answer that says that it is quiet.
    script: Vec<i64>,
}

pub fn by_voice(lab: &Lab) -> String {
    let seed = seed();
    let calls: Vec<_> = (0..CALLS)
        .map(|number| {
            let caller = format!("speaks-{}-{}", seed + number, std::process::id());
            (lab.call(&caller, &format!("reacts-{ROUNDS}")), caller)
        })
        .collect();
    let mut modes: BTreeMap<String, Times> = BTreeMap::new();
    let mut rounds = 0;
    for (call, caller) in &calls {
        let report = report(call);
        let path = lab.report_file(caller);
        let caller = wait("the caller's half to end", || {
            let caller = std::fs::read_to_string(&path).unwrap_or_default();
            caller.contains("\nend ok\n").then_some(caller)
        });
        let times = |name: &str| -> Vec<u64> {
            let lines = caller.lines().filter_map(|line| line.strip_prefix(name)?.parse().ok());
            lines.collect()
        };
        let (heard, spoke) = (times("heard "), times("spoke "));
        for line in report.lines().filter_map(|line| line.strip_prefix("reaction ")) {
            let (mode, line) = line.split_once('|').expect("a mode");
            let numbers: Vec<u64> = line.split(' ').filter_map(|it| it.parse().ok()).collect();
            let [sent, first, _, answered] = numbers[..] else { panic!("{line}") };
            rounds += 1;
            // He speaks on until the next prompt.
            let during = |time: &u64| (sent..answered + 300_000).contains(time);
            let word = spoke.iter().copied().rfind(|time| during(time) && *time < answered);
            let last = heard.iter().copied().rfind(during);
            let seen = modes.entry(mode.to_owned()).or_default();
            if let (Some(word), Some(last)) = (word, last) {
                seen.silence.push(last.cast_signed() - word.cast_signed());
            }
            seen.script.push(answered.cast_signed() - first.cast_signed());
        }
    }
    assert_eq!(rounds, ROUNDS * calls.len());
    let mut told = format!("seed {seed}\n");
    for (mode, times) in &modes {
        let (median, worst) = spread(&times.silence).expect("the caller has heard some of it");
        let (own, longest) = spread(&times.script).expect("there were rounds");
        // No figure of a busy machine; a prompt that goes on lasts for eight seconds.
        assert!(median < 2_000_000, "{mode}: {}", shown(median));
        let _ = writeln!(
            told,
            "{mode} ({}): from the first word to the last frame heard: median {}, worst {}; from the first loud frame at \
             the script to the answer: median {}, worst {}",
            times.silence.len(),
            shown(median),
            shown(worst),
            shown(own),
            shown(longest)
        );
    }
    told
}
