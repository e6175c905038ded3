//! Medians, and what they say.

use std::fmt::Write;
use std::time::Duration;

use crate::rounds::{AT_ONCE, Turn, Turns};

/// A column of the processor time.
type Column = (&'static str, fn(&Turn) -> Duration);

const COLUMNS: [Column; 3] = [
    ("Asterisk", |turn| turn.asterisk.own),
    ("programs", |turn| turn.asterisk.children),
    ("server", |turn| turn.server),
];

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

pub fn shown(turns: &Turns) -> String {
    let mut text = String::new();
    for at_once in AT_ONCE {
        let _ = writeln!(text, "\n{at_once} at once, medians; milliseconds of a call");
        let _ = write!(text, "{:<28} {:>8} {:>8} {:>6}", "", "calls/s", "time", "x C");
        for (name, _) in COLUMNS {
            let _ = write!(text, " {:>9}", format!("{name}"));
        }
        text.push('\n');
        for &(name, title) in &turns.titles {
            let Some(mine) = turns.all.get(&(name, at_once)) else { continue };
            let time = median(mine.iter().map(|turn| turn.time.as_secs_f64()).collect());
            let _ = write!(text, "{title:<28} {:>8.0} {:>8.2}", 1.0 / time, time * 1000.0);
            let _ = match ratio(turns, name, "c", at_once) {
                Some(ratio) => write!(text, " {ratio:>6.2}"),
                None => write!(text, " {:>6}", "-"),
            };
            for (_, column) in COLUMNS {
                let value = median(mine.iter().map(|turn| column(turn).as_secs_f64()).collect());
                let _ = write!(text, " {:>9.2}", value * 1000.0);
            }
            text.push('\n');
        }
        if let Some(share) = ratio(turns, "empty", "ours", at_once) {
            let _ = writeln!(
                text,
                "of a call of ours Asterisk's own is {:.0} % (a program that does nothing takes as long)",
                share * 100.0
            );
        }
    }
    text
}

/// The median of the ratios within a round.
fn ratio(turns: &Turns, name: &'static str, to: &'static str, at_once: u32) -> Option<f64> {
    let (mine, other) = (turns.all.get(&(name, at_once))?, turns.all.get(&(to, at_once))?);
    let ratios = mine.iter().zip(other);
    Some(median(ratios.map(|(a, b)| a.time.as_secs_f64() / b.time.as_secs_f64()).collect()))
}
