//! The table, in Markdown.

use std::fmt::Write;
use std::time::Duration;

use crate::call::Times;
use crate::rounds::Seen;
use crate::statistics::{Quartiles, median, ratio};

/// What was found of a program: times in microseconds, sizes in KiB.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) call: Quartiles,
    /// To the yardstick.
    pub(crate) ratio: f64,
    pub(crate) first: f64,
    pub(crate) further: f64,
    /// The further commands' part, to the yardstick.
    pub(crate) further_ratio: f64,
    pub(crate) private: f64,
    pub(crate) faults: f64,
    pub(crate) size: Option<f64>,
    pub(crate) calls: usize,
}

impl Row {
    /// Of a program that has made calls, and the yardstick's.
    pub(crate) fn of(seen: &Seen, yardstick: &Seen) -> Option<Row> {
        let of = |value: fn(&Times) -> f64| Quartiles::of(seen.calls(value));
        let to = |value: fn(&Times) -> f64| ratio(&seen.turns(value), &yardstick.turns(value));
        Some(Row {
            name: seen.name.to_owned(),
            call: of(whole)?,
            ratio: to(whole)?,
            first: of(|times| micros(times.first))?.median,
            further: of(further)?.median,
            further_ratio: to(further)?,
            private: median(seen.private.iter().map(|&bytes| kib(bytes)))?,
            faults: of(|times| times.faults as f64)?.median,
            size: seen.size.map(kib),
            calls: seen.calls(whole).count(),
        })
    }

    /// Whether it is one of ours.
    pub(crate) fn is_ours(&self) -> bool {
        self.name.contains("agikit")
    }
}

fn whole(times: &Times) -> f64 {
    micros(times.whole)
}

fn further(times: &Times) -> f64 {
    micros(times.further)
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e3
}

fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

const HEAD: [&str; 9] = [
    "program",
    "one call, µs",
    "quartiles",
    "× C",
    "first command",
    "a further one",
    "private, KiB",
    "page faults",
    "size, KiB",
];

/// The table, ours set off.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut cells: Vec<Vec<String>> = vec![HEAD.map(str::to_owned).into()];
    for row in rows {
        let star = if row.is_ours() { "**" } else { "" };
        cells.push(vec![
            format!("{star}{}{star}", row.name),
            format!("{star}{}{star}", number(row.call.median)),
            format!("{} to {}", number(row.call.lower), number(row.call.upper)),
            format!("{star}{}{star}", factor(row.ratio)),
            number(row.first),
            number(row.further),
            number(row.private),
            number(row.faults),
            row.size.map_or("script".into(), number),
        ]);
    }
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|column| cells.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    // Numbers stand at the right.
    let rule = |(column, &width): (usize, &usize)| match column {
        0 => "-".repeat(width),
        _ => format!("{}:", "-".repeat(width - 1)),
    };
    cells.insert(1, widths.iter().enumerate().map(rule).collect());
    let mut text = String::new();
    for line in cells {
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let _ = match column {
                0 => write!(text, "| {cell:<width$} |"),
                _ => write!(text, " {cell:>width$} |"),
            };
        }
        text.push('\n');
    }
    text
}

/// A number as a person wants to read it: three digits tell enough, thousands have a comma.
pub(crate) fn number(value: f64) -> String {
    if value < 9.95 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How many times as much.
pub(crate) fn factor(value: f64) -> String {
    if value < 9.995 { format!("{value:.2}") } else { number(value) }
}
