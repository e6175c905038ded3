//! The picture as SVG: text and shapes only, readable on light and on dark.

use std::fmt::Write as _;
use std::ops::Range;

use super::columns::{Column, Mark, columns};
use super::heard::Heard;
use super::list::Line;
use super::scale::{LEVELS, LOWEST, decibels, ticks};
use super::svg_file::BEGIN;

/// All measures are pixels.
const WIDTH: f64 = 1000.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 32.0;
const HEAD: f64 = 64.0;
/// A line of the picture: the labels of its utterances, the plot, the times.
const LABELS: f64 = 22.0;
const PLOT: f64 = 180.0;
const TIMES: f64 = 40.0;
const FOOT: f64 = 64.0;
/// How wide a character is, about, and a bold one.
const CHARACTER: f64 = 6.6;
const BOLD: f64 = 8.4;
/// What is left free between labels.
const GAP: f64 = 6.0;

/// The columns of all lines of the picture together, about: an hour in one line has no more than a second has.
const POINTS: usize = 40_000;
const COLUMNS: (usize, usize) = (60, 900);

const STYLE: &str = "\
text{font:12px system-ui,'DejaVu Sans',sans-serif;fill:#59636e}\
.title{font-size:15px;font-weight:600;fill:#1f2328}.code{font-family:ui-monospace,'DejaVu Sans Mono',monospace}\
.back{fill:#fff}.grid{stroke:#d1d9e0;stroke-width:1}.frame{fill:none;stroke:#818b98;stroke-width:1}\
.rest{fill:#9aa4af}.level{fill:#1a7f37}.speech{fill:#1a7f37;fill-opacity:.13}.kept{fill:#1a7f37;fill-opacity:.06}\
.said{fill:#116329;font-weight:600;text-anchor:middle}.time{text-anchor:middle}.db{text-anchor:end}\
.threshold,.floor{fill:none;stroke-width:1.6}.threshold{stroke:#bc4c00;stroke-dasharray:6 3}.floor{stroke:#0969da}\
@media (prefers-color-scheme:dark){text{fill:#9198a1}.title{fill:#f0f6fc}.back{fill:#0d1117}.grid{stroke:#2b323b}\
.frame{stroke:#656c76}.rest{fill:#59626d}.level{fill:#2ea043}.speech{fill:#3fb950;fill-opacity:.16}\
.kept{fill:#3fb950;fill-opacity:.08}.said{fill:#56d364}.threshold{stroke:#f0883e}.floor{stroke:#58a6ff}}";

/// What stands around the picture.
pub(super) struct Words<'a> {
    pub(super) header: String,
    pub(super) legend: &'a [(Line, String)],
    pub(super) rust: &'a str,
}

/// Draws these parts of the sound, one below the other.
pub(super) fn draw(heard: &Heard, lines: &[Range<u64>], words: &Words<'_>) -> String {
    let one = LABELS + PLOT + TIMES;
    let height = HEAD + one * lines.len() as f64 + FOOT;
    let mut text = format!(
        "{BEGIN} xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">{}</title>\n\
         <style>{STYLE}</style>\n<rect class=\"back\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
        escaped(&words.header)
    );
    let (name, rest) = words.header.rsplit_once(": ").unwrap_or((&words.header, ""));
    let _ = writeln!(text, "<text class=\"title\" x=\"{LEFT}\" y=\"28\">{}</text>", escaped(name));
    let _ = writeln!(text, "<text x=\"{LEFT}\" y=\"48\">{}</text>", escaped(rest));
    let (least, most) = COLUMNS;
    let most = (POINTS / lines.len().max(1)).clamp(least, most);
    for (number, part) in lines.iter().enumerate() {
        line(&mut text, heard, part, HEAD + LABELS + one * number as f64, most);
    }
    foot(&mut text, words, HEAD + one * lines.len() as f64 + 12.0);
    text + "</svg>\n"
}

/// One line of the picture; `top` is where 0 dBFS is.
fn line(text: &mut String, heard: &Heard, part: &Range<u64>, top: f64, most: usize) {
    let span = (part.end - part.start).max(1);
    let blocks = usize::try_from(span.div_ceil(heard.block)).unwrap_or(usize::MAX);
    let columns = columns(heard, part, blocks.min(most));
    let wide = WIDTH - LEFT - RIGHT;
    let x_of = |sample: u64| {
        let sample = sample.clamp(part.start, part.end);
        LEFT + wide * (sample - part.start) as f64 / span as f64
    };
    for level in LEVELS {
        let y = y_of(f32::from(level), top);
        let (end, label) = (WIDTH - RIGHT, LEFT - 8.0);
        let _ = writeln!(
            text,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{end}\"/><text class=\"db\" x=\"{label}\" y=\"{:.1}\">{level}</text>",
            y + 4.0
        );
    }
    let _ = writeln!(
        text,
        "<text class=\"db\" x=\"{}\" y=\"{:.1}\">dBFS</text>",
        LEFT - 8.0,
        top - 10.0
    );
    let mut free_from = LEFT;
    for (number, said) in heard.said_in(part) {
        let (from, to) = (x_of(said.speech.start), x_of(said.speech.end));
        let (kept_from, kept_to) = (x_of(said.kept.start), x_of(said.kept.end));
        let (begin, end) = (heard.seconds(said.speech.start), heard.seconds(said.speech.end));
        let _ = writeln!(
            text,
            "<rect class=\"kept\" x=\"{kept_from:.2}\" y=\"{top}\" width=\"{:.2}\" height=\"{PLOT}\"/>\
             <rect class=\"speech\" x=\"{from:.2}\" y=\"{top}\" width=\"{:.2}\" height=\"{PLOT}\">\
             <title>utterance {number}: {begin:.3} s to {end:.3} s, RMS {} dBFS</title></rect>",
            kept_to - kept_from,
            (to - from).max(0.5),
            decibels(said.level.rms),
        );
        // Its number and length, or its number, or nothing where there is no room.
        let middle = (from + to) / 2.0;
        let labels = [format!("{number}: {:.2} s", end - begin), number.to_string()];
        let half = |label: &String| (label.len() as f64 * BOLD + GAP) / 2.0;
        let fits = |label: &&String| {
            let is_wide = to - from >= 2.0 * half(label) || label.len() < 4;
            is_wide && middle - half(label) >= free_from && middle + half(label) <= WIDTH
        };
        if let Some(label) = labels.iter().find(fits) {
            free_from = middle + half(label);
            let y = top - 8.0;
            let _ = writeln!(
                text,
                "<text class=\"said\" x=\"{middle:.1}\" y=\"{y:.1}\">{label}</text>"
            );
        }
    }
    let edges = |number: usize| LEFT + wide * number as f64 / columns.len() as f64;
    for (class, is_in) in [("rest", false), ("level", true)] {
        let path = area(&columns, top, edges, |column| (column.mark == Mark::Speech) == is_in);
        let _ = writeln!(text, "<path class=\"{class}\" d=\"{path}\"/>");
    }
    for (class, level) in [
        ("floor", (|column| column.floor) as fn(&Column) -> Option<f32>),
        ("threshold", |column| column.threshold),
    ] {
        let path = steps(&columns, top, edges, level);
        let _ = writeln!(text, "<path class=\"{class}\" d=\"{path}\"/>");
    }
    let bottom = top + PLOT;
    let _ =
        writeln!(text, "<path class=\"frame\" d=\"M{LEFT} {top}V{bottom}H{}\"/>", WIDTH - RIGHT);
    times(text, heard.seconds(part.start)..heard.seconds(part.end), bottom);
}

/// The axis of time.
fn times(text: &mut String, seconds: Range<f64>, bottom: f64) {
    let span = (seconds.end - seconds.start).max(f64::MIN_POSITIVE);
    for tick in ticks(seconds.clone(), 11) {
        let x = LEFT + (WIDTH - LEFT - RIGHT) * (tick.seconds - seconds.start) / span;
        let _ = writeln!(
            text,
            "<path class=\"frame\" d=\"M{x:.1} {bottom}v5\"/><text class=\"time\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            bottom + 19.0,
            tick.label
        );
    }
}

/// What the lines are, and the values as Rust.
fn foot(text: &mut String, words: &Words<'_>, top: f64) {
    let mut x = LEFT;
    for (line, told) in words.legend {
        let class = match line {
            Line::Threshold => "threshold",
            Line::Floor => "floor",
        };
        let (y, end, begin) = (top + 6.0, x + 26.0, x + 34.0);
        let _ = writeln!(
            text,
            "<path class=\"{class}\" d=\"M{x:.1} {y}H{end:.1}\"/><text x=\"{begin:.1}\" y=\"{}\">{}</text>",
            y + 4.0,
            escaped(told)
        );
        x = begin + told.len() as f64 * CHARACTER + 24.0;
    }
    let y = top + 34.0;
    let _ = writeln!(
        text,
        "<text class=\"code\" x=\"{LEFT}\" y=\"{y}\">{}</text>",
        escaped(words.rust)
    );
}

fn y_of(level: f32, top: f64) -> f64 {
    top + PLOT * f64::from(level.clamp(LOWEST, 0.0) / LOWEST)
}

/// The areas below the level in those columns.
fn area(
    columns: &[Column],
    top: f64,
    edge: impl Fn(usize) -> f64,
    is_in: impl Fn(&Column) -> bool,
) -> String {
    let bottom = top + PLOT;
    let mut path = String::new();
    let mut height = None;
    for (number, column) in columns.iter().enumerate() {
        let x = edge(number);
        let is_shown = is_in(column) && column.level >= LOWEST;
        let y = is_shown.then(|| (y_of(column.level, top) * 10.0).round() / 10.0);
        let _ = match (height, y) {
            (None, Some(y)) => write!(path, "M{x:.1} {bottom:.1}V{y:.1}"),
            (Some(_), None) => write!(path, "H{x:.1}V{bottom:.1}Z"),
            (Some(old), Some(y)) if old != y => write!(path, "H{x:.1}V{y:.1}"),
            _ => Ok(()),
        };
        height = y;
    }
    if height.is_some() {
        let _ = write!(path, "H{:.1}V{bottom:.1}Z", edge(columns.len()));
    }
    path
}

/// A line from column to column, where there is one and it is within the picture.
fn steps(
    columns: &[Column],
    top: f64,
    edge: impl Fn(usize) -> f64,
    level: impl Fn(&Column) -> Option<f32>,
) -> String {
    let mut path = String::new();
    let mut height = None;
    for (number, column) in columns.iter().enumerate() {
        let x = edge(number);
        let y = level(column).filter(|level| *level >= LOWEST);
        let y = y.map(|level| (y_of(level, top) * 10.0).round() / 10.0);
        let _ = match (height, y) {
            (None, Some(y)) => write!(path, "M{x:.1} {y:.1}"),
            (Some(_), None) => write!(path, "H{x:.1}"),
            (Some(old), Some(y)) if old != y => write!(path, "H{x:.1}V{y:.1}"),
            _ => Ok(()),
        };
        height = y;
    }
    if height.is_some() {
        let _ = write!(path, "H{:.1}", edge(columns.len()));
    }
    path
}

/// Text that is text in XML, whatever it holds.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML has no such characters, not even escaped.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
#[path = "svg_tests.rs"]
mod tests;
