//! What came of a scenario, as text that is kept: `tests/scenarios/golden/22.txt`.
//!
//! ```text
//! == stream-key
//! > STREAM FILE demo-congrats "5"
//! < 1.012 200 result=53 endpos=8000     seconds since the line before was sent
//! ! 0.513 hangup                        SIGHUP; `end` of the input; `broken`: nothing reads any more
//! a 16000                               bytes of the caller's audio until the reply was there
//! ~ digits/1 digits/2                   what was played
//! = SUCCESS goes on                     AGISTATUS; the dialplan `goes on`, or it `ends` the call
//! ```
//! Names that each call has anew stand as CHANNEL, UNIQUEID, THREAD, BASE, SERVER.
//!
//! `22-agi.txt` is the same over TCP, of what is different there.

use std::collections::BTreeMap;

use crate::support_scenarios::{Scenario, escaped};

/// Two times are the same within this.
const NEAR: f64 = 0.1;
/// The same in bytes of audio, and a frame.
const NEAR_BYTES: f64 = 1920.0;
/// What is longer is cut in the kept text.
const LONGEST: usize = 400;

/// What comes within this is one moment.
const TOGETHER: f64 = 0.03;
/// The hangup's rank among what comes at one moment.
const HANGUP: u8 = 1;

/// In which order what comes at one moment is told: replies, the signal, the end.
fn rank(line: &str) -> Option<u8> {
    match line.split(' ').collect::<Vec<_>>().as_slice() {
        ["<", ..] => Some(0),
        ["!", _, "hangup"] => Some(HANGUP),
        ["!", _, "end"] => Some(2),
        _ => None,
    }
}

/// The lines of each scenario.
pub type Golden = BTreeMap<String, Vec<String>>;

/// Reads a file of results.
pub fn read(text: &str) -> Golden {
    let mut all = Golden::new();
    let mut name = None;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(new) = line.strip_prefix("== ") {
            all.insert(new.into(), Vec::new());
            name = Some(new.to_owned());
        } else if let Some(lines) = name.as_ref().and_then(|name| all.get_mut(name)) {
            lines.push(line.into());
        }
    }
    all
}

/// Writes one, in the order of the scenarios.
pub fn write(golden: &Golden, scenarios: &[Scenario], heading: &str) -> String {
    let mut text = format!("# {heading}\n");
    for scenario in scenarios {
        if let Some(lines) = golden.get(&scenario.name) {
            text += &format!("\n== {}\n{}\n", scenario.name, lines.join("\n"));
        }
    }
    text
}

/// What the program saw (`BASE.seen`), with what the dialplan told and what was played, as lines.
pub fn lines(
    scenario: &Scenario,
    base: &str,
    seen: &str,
    played: &[String],
    end: &str,
) -> Vec<String> {
    let mut names: Vec<(String, &str)> = vec![(base.into(), "BASE")];
    let mut lines: Vec<(f64, String)> = Vec::new();
    let mut sent = 0.0;
    for line in seen.lines() {
        let mut parts = line.splitn(3, ' ');
        let (kind, micros) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let (text, at) = (parts.next().unwrap_or(""), micros.parse::<f64>().unwrap_or(0.0) / 1e6);
        if kind == "e" {
            for (key, short) in [
                ("agi_channel: ", "CHANNEL"),
                ("agi_uniqueid: ", "UNIQUEID"),
                ("agi_threadid: ", "THREAD"),
                ("agi_request: agi://", "SERVER"),
            ] {
                names.extend(text.strip_prefix(key).map(|value| (value.to_owned(), short)));
            }
            if !scenario.environment {
                continue;
            }
        }
        if kind == "p" {
            continue;
        }
        let mut text = text.to_owned();
        for (value, short) in &names {
            text = text.replace(value.as_str(), short);
        }
        if text.len() > LONGEST {
            let cut: String = text.chars().take(60).collect();
            text = format!("{cut}[{} more]", text.len() - cut.len());
        }
        let line = match kind {
            ">" => {
                sent = at;
                format!("> {text}")
            }
            "e" | "a" => format!("{kind} {text}"),
            _ => format!("{kind} {:.3} {text}", at - sent),
        };
        // What happens at once may be seen in any order, and two signals as one.
        let rank = rank(&line);
        let mut place = lines.len();
        let near = |place: usize| lines.get(place).filter(|(then, _)| at - then < TOGETHER);
        if rank.is_some_and(|rank| rank == HANGUP)
            && (0..place).rev().map_while(near).any(|(_, it)| self::rank(it) == rank)
        {
            continue;
        }
        // A line that was sent stays where it is.
        while rank.is_some()
            && place.checked_sub(1).and_then(near).is_some_and(|(_, it)| self::rank(it) > rank)
        {
            place -= 1;
        }
        lines.insert(place, (at, line));
    }
    let mut lines = without_usage(lines.into_iter().map(|(_, line)| line));
    if scenario.played {
        lines.push(format!("~ {}", played.join(" ")));
    }
    lines.push(format!("= {}", escaped(end.as_bytes())));
    lines
}

/// A usage is Asterisk's own prose and is not kept, only what tells whether it is the same.
fn without_usage(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let mut usage: Option<(usize, usize, u64)> = None;
    for line in lines {
        let text = line.splitn(3, ' ').nth(2).unwrap_or("");
        if line.starts_with('<') && text.starts_with("520-") {
            usage = Some((0, 0, 0xcbf2_9ce4_8422_2325));
            kept.push(line);
        } else if text == "520 End of proper usage." {
            if let Some((lines, bytes, hash)) = usage.take() {
                kept.push(format!("  ({lines} lines, {bytes} bytes, {hash:016x})"));
            }
            kept.push(line);
        } else if let Some((lines, bytes, hash)) = &mut usage {
            // FNV-1a, in which every byte counts.
            *hash = text
                .bytes()
                .fold(*hash, |it, byte| (it ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
            *lines += 1;
            *bytes += text.len() + 1;
        } else {
            kept.push(line);
        }
    }
    kept
}

/// Where two results of a scenario differ: a line each, `expected | seen`.
pub fn differences(scenario: &Scenario, expected: &[String], seen: &[String]) -> Vec<String> {
    let mut differences = Vec::new();
    for at in 0..expected.len().max(seen.len()) {
        let side = |side: &[String]| side.get(at).cloned().unwrap_or_else(|| "(nothing)".into());
        let (expected, seen) = (side(expected), side(seen));
        if !same(scenario, &expected, &seen) {
            differences.push(format!("{}: {expected} | {seen}", scenario.name));
        }
    }
    differences
}

fn same(scenario: &Scenario, expected: &str, seen: &str) -> bool {
    let timed = |line: &str| {
        let (kind, rest) = line.split_once(' ')?;
        let (number, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let near = match kind {
            "<" | "!" => NEAR,
            "a" => NEAR_BYTES,
            _ => return None,
        };
        Some((kind.to_owned(), number.parse::<f64>().ok()?, text.to_owned(), near))
    };
    match (timed(expected), timed(seen)) {
        (Some(expected), Some(seen)) => {
            expected.0 == seen.0
                && (scenario.anytime || (expected.1 - seen.1).abs() <= expected.3)
                && alike(scenario, &expected.2, &seen.2)
        }
        _ => alike(scenario, expected, seen),
    }
}

/// Equal but for the numbers that the scenario says depend on time, which are near each other.
fn alike(scenario: &Scenario, expected: &str, seen: &str) -> bool {
    let (mut expected, mut seen) = (expected.to_owned(), seen.to_owned());
    for (before, near) in &scenario.about {
        if let (Some(one), Some(other)) = (number(&expected, before), number(&seen, before)) {
            if (one.1 - other.1).abs() > *near {
                return false;
            }
            (expected, seen) = (one.0, other.0);
        }
    }
    expected == seen
}

/// Takes the number behind this out of a text.
fn number(text: &str, before: &str) -> Option<(String, i64)> {
    let at = text.find(before)? + before.len();
    let rest = &text[at..];
    let sign = usize::from(rest.starts_with('-'));
    let digits = rest[sign..].chars().take_while(char::is_ascii_digit).count() + sign;
    let number = rest[..digits].parse().ok()?;
    Some((format!("{}{}", &text[..at], &rest[digits..]), number))
}
