//! The screen as a function of what is known: it reads a [`State`] and changes nothing.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line as Row, Span};
use unicode_width::UnicodeWidthStr;

use super::state::{Kind, Line, Stage, State};

/// What the terminal can show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) colour: bool,
    /// No other characters.
    pub(super) ascii: bool,
}

/// From this width on, the times are shown.
const WIDE: u16 = 48;
/// How wide a time is, with the blank behind it.
const TIME: usize = 9;

/// How loud the caller speaks.
const VOICE: [&str; 4] = ["\u{2582} ", "\u{2584} ", "\u{2586} ", "\u{2588} "];

/// Draws it all. `hold` is the number of the line that stays at the bottom while one scrolls.
pub(super) fn draw(
    frame: &mut Frame<'_>,
    state: &State,
    now: Duration,
    hold: Option<u64>,
    look: Look,
) {
    let area = frame.area();
    let (width, height) = (usize::from(area.width), area.height);
    if width == 0 || height == 0 {
        return;
    }
    // What is least important goes first where there is no room.
    let head = u16::from(height >= 4);
    let mut feet = vec![status(state, now, width, look)];
    if height >= 7 && !state.keys.is_empty() {
        feet.push(keys(state, width));
    }
    if height >= 5 {
        feet.push(help(state, hold.is_some(), width, look));
    }
    let feet_height = u16::try_from(feet.len()).unwrap_or(1).min(height);
    let log = height.saturating_sub(head + feet_height);
    let line = |y: u16| Rect { x: area.x, y: area.y + y, width: area.width, height: 1 };
    if head > 0 {
        frame.render_widget(title(state, now, width, look), line(0));
    }
    for (y, row) in (head..).zip(conversation(state, width, usize::from(log), hold, look)) {
        frame.render_widget(row, line(y));
    }
    for (y, row) in (height - feet_height..height).zip(feet) {
        frame.render_widget(row, line(y));
    }
}

/// The last rows of the conversation, or those that end with the line that is held.
fn conversation(
    state: &State,
    width: usize,
    height: usize,
    hold: Option<u64>,
    look: Look,
) -> Vec<Row<'static>> {
    let (first, end) = state.bounds();
    let mut rows = Vec::new();
    // Lines go from the front while one looks at them: what is shown then is the first that there are.
    let page = u64::try_from(height).unwrap_or(0);
    let mut number = hold.map_or(end, |hold| hold.saturating_add(1).max(first + page).min(end));
    while rows.len() < height && number > first {
        number -= 1;
        if let Some(line) = state.get(number) {
            rows.extend(wrapped(line, width, look).into_iter().rev());
        }
    }
    rows.truncate(height);
    rows.reverse();
    rows
}

/// A line in as many rows as it takes.
fn wrapped(line: &Line, width: usize, look: Look) -> Vec<Row<'static>> {
    let coloured = |colour| if look.colour { Style::new().fg(colour) } else { Style::new() };
    let (mark, style) = match line.kind {
        Kind::Script => ("> ", Style::new().add_modifier(Modifier::BOLD)),
        Kind::Asterisk => ("< ", Style::new()),
        Kind::Event => ("! ", coloured(Color::Cyan)),
        Kind::Note => ("# ", coloured(Color::Yellow)),
        Kind::Error => ("E ", coloured(Color::Red)),
    };
    let mut lead = String::new();
    if width >= usize::from(WIDE) {
        lead = format!("{:>8.3} ", line.at.as_secs_f64());
    }
    let indent = if lead.is_empty() { 0 } else { TIME };
    let room = width.saturating_sub(indent + mark.len()).max(1);
    let faint = Style::new().add_modifier(Modifier::DIM);
    let row = |lead: String, mark: &'static str, piece: String| {
        Row::from(vec![
            Span::styled(lead, faint),
            Span::styled(mark, style),
            Span::styled(piece, style),
        ])
    };
    let mut rows = Vec::new();
    let mut piece = String::new();
    let mut used = 0;
    let mut next = |piece: &mut String, rows: &mut Vec<Row<'static>>| {
        let first = rows.is_empty();
        let lead = if first { std::mem::take(&mut lead) } else { " ".repeat(indent) };
        rows.push(row(lead, if first { mark } else { "  " }, std::mem::take(piece)));
    };
    for grapheme in Span::raw(line.text.as_str()).styled_graphemes(Style::new()) {
        let wide = grapheme.symbol.width();
        if used + wide > room && used > 0 {
            next(&mut piece, &mut rows);
            used = 0;
        }
        piece.push_str(grapheme.symbol);
        used += wide;
    }
    next(&mut piece, &mut rows);
    rows
}

/// Left and right in one row; the right one stays whole.
fn sides(left: String, right: String, width: usize) -> Row<'static> {
    let mut left = left;
    let room = width.saturating_sub(right.width() + 1);
    while left.width() > room && left.pop().is_some() {}
    let gap = width.saturating_sub(left.width() + right.width());
    Row::from(format!("{left}{}{right}", " ".repeat(gap)))
}

fn title(state: &State, now: Duration, width: usize, look: Look) -> Row<'static> {
    let (stage, colour) = match &state.stage {
        Stage::OnTheLine => ("on the line", Color::Green),
        Stage::HungUp => ("hung up", Color::Yellow),
        Stage::Over(_) => ("over", Color::Blue),
    };
    let from = match state.caller.as_str() {
        "" => String::new(),
        caller => format!("  from {caller}"),
    };
    let voice = match (usize::from(state.voice), look.ascii) {
        (0, _) => "",
        (_, true) => "speaking, ",
        (loud, false) => VOICE.get(loud - 1).unwrap_or(&""),
    };
    let seconds = now.as_secs();
    let right = format!("{voice}{stage}  {}:{:02} ", seconds / 60, seconds % 60);
    let row = sides(format!(" {}{from}", state.program), right, width);
    let style = Style::new().add_modifier(Modifier::REVERSED);
    row.style(if look.colour { style.fg(colour) } else { style })
}

/// What goes on: a sound, a command, the program's own work, or how it all ended.
fn status(state: &State, now: Duration, width: usize, look: Look) -> Row<'static> {
    let seconds = |time: Duration| format!("{:.1}", time.as_secs_f64());
    let since = seconds(now.saturating_sub(state.since));
    let row = match (&state.stage, &state.playing, &state.running) {
        (Stage::Over(how), ..) => Row::from(format!(" {how}")),
        (_, Some(playing), _) => {
            let heard = now.saturating_sub(playing.since).min(playing.length);
            let right = format!(" {} of {} s ", seconds(heard), seconds(playing.length));
            let note = if look.ascii { "~" } else { "\u{266a}" };
            let name = format!(" {note} {} ", playing.sound);
            let room = width.saturating_sub(name.width() + right.width()).min(40);
            let part = heard.as_secs_f64() / playing.length.as_secs_f64().max(0.001);
            let bar = if room >= 6 { bar(part, room, look) } else { String::new() };
            sides(name + &bar, right, width)
        }
        (_, None, Some(command)) => sides(format!(" {command}"), format!(" {since} s "), width),
        (Stage::HungUp, None, None) => {
            sides(" the program ends its work".to_owned(), format!(" {since} s "), width)
        }
        _ => sides(" the program is at work".to_owned(), format!(" {since} s "), width),
    };
    row.style(Style::new().add_modifier(Modifier::BOLD))
}

/// How much of a sound is over: between 0 and 1.
fn bar(part: f64, width: usize, look: Look) -> String {
    let (full, empty) = if look.ascii { ("#", "-") } else { ("\u{2588}", "\u{2591}") };
    let cells = (0..width).map(|cell| {
        let over = f64::from(u32::try_from(cell).unwrap_or(0)) + 0.5;
        let all = f64::from(u32::try_from(width).unwrap_or(1));
        if over <= part * all { full } else { empty }
    });
    cells.collect()
}

/// The last keys; those that were lost stand in parentheses.
fn keys(state: &State, width: usize) -> Row<'static> {
    let mut shown = String::new();
    for (key, taken) in state.keys.iter().rev() {
        let key = if *taken { format!(" {key}") } else { format!(" ({key})") };
        if shown.len() + key.len() + 6 > width {
            break;
        }
        shown.insert_str(0, &key);
    }
    Row::from(format!(" keys{shown}"))
}

/// What the keys do: as much of it as there is room for.
fn help(state: &State, held: bool, width: usize, look: Look) -> Row<'static> {
    let scroll =
        if look.ascii { "Up Down PgUp PgDn scroll" } else { "\u{2191} \u{2193} PgUp PgDn scroll" };
    let pieces: &[&str] = match (state.is_over(), held) {
        (true, _) => &["any key leaves", scroll],
        (false, true) => &["End goes on", "h hangs up", scroll],
        (false, false) => &["0-9 * # A-D keypad", "h hangs up", scroll, "Ctrl-C twice ends"],
    };
    let mut text = String::new();
    for piece in pieces {
        let gap = if text.is_empty() { " " } else { "   " };
        if text.width() + gap.len() + piece.width() > width {
            break;
        }
        text.extend([gap, piece]);
    }
    Row::from(text).style(Style::new().add_modifier(Modifier::DIM))
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
