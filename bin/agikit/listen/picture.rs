//! The picture in the terminal, as text with colours that the output takes out where there are none.

use std::fmt::Write as _;
use std::ops::Range;

use anstyle::{Ansi256Color, AnsiColor, Color, Style};

use super::columns::{Column, Mark, columns};
use super::heard::Heard;
use super::list::Line;
use super::scale::{LEVELS, LOWEST, ticks};
use crate::output::FAINT;

/// What stands left of the columns.
pub(super) const GUTTER: usize = 8;

const SPEECH: AnsiColor = AnsiColor::Green;
const THRESHOLD: AnsiColor = AnsiColor::Magenta;
const FLOOR: AnsiColor = AnsiColor::Cyan;
/// On a bar.
const OVER: AnsiColor = AnsiColor::Black;
/// What is not speech: a grey that no theme changes, and that is seen on light and on dark.
const REST: Ansi256Color = Ansi256Color(244);

/// How it is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// How wide it is.
    pub(super) width: usize,
    /// The rows of 10 dB.
    pub(super) rows: u8,
    pub(super) ascii: bool,
}

impl Look {
    /// How many columns there are.
    pub(super) fn columns(self) -> usize {
        self.width.saturating_sub(GUTTER + 1).max(10)
    }
}

/// What goes into one place of the picture.
type Cell = (char, Style);

/// Draws this part of the sound: levels, marks, times. A row's label is the level in its middle.
pub(super) fn draw(heard: &Heard, part: &Range<u64>, look: Look) -> String {
    let Look { rows, ascii, .. } = look;
    let columns = columns(heard, part, look.columns());
    let mut text = String::new();
    for row in 0..=rows * 6 {
        let level = LEVELS.get(usize::from(row / rows)).filter(|_| row % rows == 0);
        let label = match (level, row) {
            (Some(0), _) if rows == 1 => "0 dBFS".to_owned(),
            (Some(level), _) => level.to_string(),
            (None, 1) => "dBFS".to_owned(),
            (None, _) => String::new(),
        };
        let edge = match (ascii, level.is_some()) {
            (true, true) => '+',
            (true, false) => '|',
            (false, true) => '\u{2524}',
            (false, false) => '\u{2502}',
        };
        let _ = write!(text, "{FAINT}{label:>6} {edge}{FAINT:#}");
        put(&mut text, columns.iter().map(|column| cell(column, Row::new(row, rows), ascii)));
    }
    text += "speech";
    let blanks = [(' ', Style::new()); 2];
    put(&mut text, blanks.into_iter().chain(marks(heard, part, &columns, ascii)));
    text += &axis(heard, part, columns.len(), ascii);
    text
}

/// A row's places, those of one style together, without blanks at its end.
fn put(text: &mut String, cells: impl Iterator<Item = Cell>) {
    let cells: Vec<Cell> = cells.collect();
    let is_blank = |cell: &Cell| cell.0 == ' ' && cell.1.get_bg_color().is_none();
    let end = cells.iter().rposition(|cell| !is_blank(cell)).map_or(0, |last| last + 1);
    for run in cells.get(..end).unwrap_or_default().chunk_by(|one, next| one.1 == next.1) {
        let style = run.first().map_or(Style::new(), |cell| cell.1);
        let _ = write!(text, "{style}");
        text.extend(run.iter().map(|cell| cell.0));
        let _ = write!(text, "{style:#}");
    }
    text.push('\n');
}

fn fg(colour: impl Into<Color>) -> Style {
    Style::new().fg_color(Some(colour.into()))
}

/// The levels that a row is for.
#[derive(Debug, Clone, Copy)]
struct Row {
    lowest: f32,
    /// How many dB.
    high: f32,
}

impl Row {
    fn new(number: u8, in_ten: u8) -> Self {
        let high = 10.0 / f32::from(in_ten);
        Row { lowest: -high * (f32::from(number) + 0.5), high }
    }

    /// The place of a level: 0 is the lower edge, 1 the upper one.
    fn place(self, level: f32) -> f32 {
        (level - self.lowest) / self.high
    }
}

fn cell(column: &Column, row: Row, ascii: bool) -> Cell {
    let colour: Color = if column.mark == Mark::Speech { SPEECH.into() } else { REST.into() };
    // A level below the picture is not drawn.
    let filled = match column.level < LOWEST {
        true => 0.0,
        false => row.place(column.level).clamp(0.0, 1.0),
    };
    let is_top = filled > 0.0 && filled < 1.0;
    let line = |level: Option<f32>| {
        let place = row.place(level.filter(|level| *level >= LOWEST)?);
        (0.0..1.0).contains(&place).then_some(place)
    };
    let (threshold, floor) = (line(column.threshold), line(column.floor).filter(|_| !is_top));
    if threshold.is_none() && floor.is_none() {
        return (bar(filled, ascii), fg(colour));
    }
    let style = match () {
        // Behind a line the bar goes on.
        () if filled >= 0.5 && !ascii => fg(OVER).bg_color(Some(colour)),
        () if threshold.is_some() => fg(THRESHOLD),
        () => fg(FLOOR),
    };
    let sign = match (ascii, threshold) {
        (true, Some(_)) => '-',
        (true, None) => '~',
        (false, _) => dots(threshold, floor),
    };
    (sign, style)
}

/// A bar's part in a row.
fn bar(filled: f32, ascii: bool) -> char {
    let signs: &[char] = match ascii {
        true => &[' ', '.', ':', '#'],
        false => &[
            ' ', '\u{2581}', '\u{2582}', '\u{2583}', '\u{2584}', '\u{2585}', '\u{2586}',
            '\u{2587}', '\u{2588}',
        ],
    };
    let steps = signs.len() - 1;
    let step = (0..steps).rev().find(|step| filled > (*step as f32 + 0.5) / steps as f32);
    signs.get(step.map_or(0, |step| step + 1)).copied().unwrap_or(' ')
}

/// Braille dots: two a place for the threshold, one for the floor, at one of four heights.
fn dots(threshold: Option<f32>, floor: Option<f32>) -> char {
    let pick = |place: Option<f32>, dots: [u32; 4]| match place {
        None => 0,
        Some(place) if place >= 0.75 => dots[0],
        Some(place) if place >= 0.5 => dots[1],
        Some(place) if place >= 0.25 => dots[2],
        Some(_) => dots[3],
    };
    let both = pick(threshold, [0x09, 0x12, 0x24, 0xc0]) | pick(floor, [0x01, 0x02, 0x04, 0x40]);
    char::from_u32(0x2800 + both).unwrap_or('-')
}

/// A piece of a line, for the legend: two places.
pub(super) fn sample(line: Line, ascii: bool) -> String {
    let (sign, colour) = match (line, ascii) {
        (Line::Threshold, false) => ("\u{2812}", THRESHOLD),
        (Line::Floor, false) => ("\u{2802}", FLOOR),
        (Line::Threshold, true) => ("-", THRESHOLD),
        (Line::Floor, true) => ("~", FLOOR),
    };
    let style = fg(colour);
    format!("{style}{sign}{sign}{style:#}")
}

/// The row that tells what is speech, with the numbers of the utterances where there is room for them.
fn marks(heard: &Heard, part: &Range<u64>, columns: &[Column], ascii: bool) -> Vec<Cell> {
    let (speech, kept) = if ascii { ('=', '-') } else { ('\u{2501}', '\u{254c}') };
    let mut row: Vec<Cell> = columns
        .iter()
        .map(|column| match column.mark {
            Mark::Speech => (speech, fg(SPEECH)),
            Mark::Kept => (kept, fg(REST)),
            Mark::Nothing => (' ', Style::new()),
        })
        .collect();
    let span = (part.end - part.start).max(1) as f64;
    let column = |sample: u64| {
        let share = sample.clamp(part.start, part.end).saturating_sub(part.start) as f64 / span;
        share * columns.len() as f64
    };
    for (number, said) in heard.said_in(part) {
        let number = number.to_string();
        let (begin, end) = (column(said.speech.start).floor(), column(said.speech.end).ceil());
        let free = end - begin - number.len() as f64;
        // Beside the number something of the line must be seen, and where utterances meet, whose it is.
        if free < 2.0 {
            continue;
        }
        let at = begin + (free / 2.0).floor();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column")]
        let places = row.iter_mut().skip(at as usize);
        for (place, digit) in places.zip(number.chars()) {
            *place = (digit, fg(SPEECH).bold());
        }
    }
    row
}

/// Two rows: the axis with its ticks, and their labels.
fn axis(heard: &Heard, part: &Range<u64>, count: usize, ascii: bool) -> String {
    let (corner, line, tick) =
        if ascii { ('+', '-', '|') } else { ('\u{2514}', '\u{2500}', '\u{252c}') };
    let (from, to) = (heard.seconds(part.start), heard.seconds(part.end));
    let mut rule = vec![line; count];
    let mut labels = String::new();
    for it in ticks(from..to, count / 8) {
        let share = (it.seconds - from) / (to - from).max(f64::MIN_POSITIVE);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column")]
        let at = ((share * count as f64).round().max(0.0) as usize).min(count - 1);
        let last = (GUTTER + count + 1).saturating_sub(it.label.len());
        let begin = (GUTTER + at).saturating_sub(it.label.len() / 2).min(last);
        // Those of a narrow picture may have no room.
        if begin <= labels.len() && !labels.is_empty() {
            continue;
        }
        if let Some(place) = rule.get_mut(at) {
            *place = tick;
        }
        labels += &" ".repeat(begin - labels.len());
        labels += &it.label;
    }
    let rule: String = rule.into_iter().collect();
    let indent = " ".repeat(GUTTER - 1);
    format!("{FAINT}{indent}{corner}{rule}{FAINT:#}\n{labels}\n")
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
