//! `STRFTIME`.

use super::arguments::split;
use crate::emulator::zone::{Local, Zone};

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// How deep formats are made of formats.
const DEEPEST: u32 = 2;

/// `STRFTIME(epoch,zone,format)`; without an epoch that can be read, of now.
pub(super) fn strftime(now: i64, arguments: &[u8]) -> Vec<u8> {
    let parts = split(arguments, 3);
    let part = |at: usize| parts.get(at).map(Vec::as_slice);
    let (epoch, micros) = part(0).and_then(moment).unwrap_or((now, 0));
    let local = Zone::named(part(1).unwrap_or_default()).local(epoch);
    let mut out = Vec::new();
    format(&mut out, &local, micros, part(2).unwrap_or(b"%c"), 0);
    out
}

/// Seconds, and the millionths behind the point. What stands behind them is left.
fn moment(text: &[u8]) -> Option<(i64, u32)> {
    let text = text.trim_ascii_start();
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let sign = usize::from(matches!(text.first(), Some(b'-' | b'+')));
    let digits = text.iter().skip(sign).take_while(|byte| is_digit(byte)).count();
    let (seconds, rest) = text.split_at_checked(sign + digits)?;
    let seconds = std::str::from_utf8(seconds).ok()?.parse().ok()?;
    let fraction = rest.strip_prefix(b".").unwrap_or_default();
    let fraction = fraction.iter().copied().take_while(is_digit).chain(*b"000000").take(6);
    Some((seconds, fraction.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))))
}

/// How a field is written: C's flags, and its width.
#[derive(Default, Clone, Copy)]
struct Style {
    pad: Option<char>,
    is_bare: bool,
    upper: bool,
    width: usize,
}

impl Style {
    fn number(self, number: i64, width: usize, pad: char) -> String {
        let width = if self.is_bare { 0 } else { self.width.max(width) };
        match self.pad.unwrap_or(pad) {
            ' ' => format!("{number:width$}"),
            _ => format!("{number:0width$}"),
        }
    }

    fn text(self, text: &str) -> String {
        let text = if self.upper { text.to_uppercase() } else { text.to_owned() };
        let width = self.width;
        format!("{text:>width$}")
    }
}

fn format(out: &mut Vec<u8>, local: &Local, micros: u32, text: &[u8], depth: u32) {
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (style, letter, length) = style(behind);
        let written = letter.and_then(|letter| field(local, micros, letter, style, depth));
        let length = length.min(behind.len());
        match written {
            Some(text) => out.extend(text),
            // What is no field stays as it is.
            None => out.extend([b"%", behind.get(..length).unwrap_or_default()].concat()),
        }
        rest = behind.get(length..).unwrap_or_default();
    }
}

/// The flags, width and letter behind a `%`, and how long they are.
fn style(text: &[u8]) -> (Style, Option<u8>, usize) {
    let mut style = Style::default();
    let mut at = 0;
    while let Some(flag) = text.get(at) {
        match flag {
            b'_' => style.pad = Some(' '),
            b'-' => style.is_bare = true,
            b'0' => style.pad = Some('0'),
            b'^' => style.upper = true,
            _ => break,
        }
        at += 1;
    }
    while let Some(digit @ b'0'..=b'9') = text.get(at) {
        // Wide enough for everybody.
        style.width = (style.width * 10 + usize::from(digit - b'0')).min(100);
        at += 1;
    }
    if matches!(text.get(at), Some(b'E' | b'O'))
        && text.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
    {
        at += 1;
    }
    (style, text.get(at).copied(), at + 1)
}

fn field(local: &Local, micros: u32, letter: u8, style: Style, depth: u32) -> Option<Vec<u8>> {
    let two = |number: u32| style.number(number.into(), 2, '0');
    let day = || DAYS.get(usize::try_from(local.weekday).ok()?).copied();
    let month = || MONTHS.get(usize::try_from(local.month0).ok()?).copied();
    let week = |first: u32| (local.yearday + 7 - (local.weekday + 7 - first) % 7) / 7;
    let text = match letter {
        b'A' => style.text(day()?),
        b'a' => style.text(day()?.get(..3)?),
        b'B' => style.text(month()?),
        b'b' | b'h' => style.text(month()?.get(..3)?),
        b'C' => style.number(local.year.div_euclid(100), 2, '0'),
        b'd' => two(local.day),
        b'e' => style.number(local.day.into(), 2, ' '),
        b'G' => style.number(local.iso_week().0, 4, '0'),
        b'g' => style.number(local.iso_week().0.rem_euclid(100), 2, '0'),
        b'H' => two(local.hour),
        b'I' => two(local.hour_of_twelve()),
        b'j' => style.number(i64::from(local.yearday) + 1, 3, '0'),
        b'k' => style.number(local.hour.into(), 2, ' '),
        b'l' => style.number(local.hour_of_twelve().into(), 2, ' '),
        b'M' => two(local.minute),
        b'm' => two(local.month0 + 1),
        b'n' => "\n".into(),
        b'P' => style.text(if local.hour > 11 { "pm" } else { "am" }),
        b'p' => style.text(if local.hour > 11 { "PM" } else { "AM" }),
        b'q' if style.pad.is_some() || style.width > 6 => return None,
        b'q' => {
            let places = if style.width == 0 { 3 } else { style.width };
            format!("{micros:06}").get(..places)?.to_owned()
        }
        b'S' => two(local.second),
        // Asterisk counts the seconds of what the clock shows.
        b's' => local.epoch.saturating_add(local.offset.into()).to_string(),
        b't' => "\t".into(),
        b'U' => two(week(0)),
        b'u' => style.number(i64::from((local.weekday + 6) % 7) + 1, 1, '0'),
        b'V' => two(local.iso_week().1),
        b'W' => two(week(1)),
        b'w' => style.number(local.weekday.into(), 1, '0'),
        b'Y' => style.number(local.year, 1, '0'),
        b'y' => style.number(local.year.rem_euclid(100), 2, '0'),
        // Asterisk names its own zone, whichever was asked for.
        b'Z' => style.text("UTC"),
        b'z' => {
            let minutes = local.offset / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
        b'%' => "%".into(),
        _ => {
            let parts: &[u8] = match letter {
                b'c' => b"%a %b %e %H:%M:%S %Y",
                b'D' | b'x' => b"%m/%d/%y",
                b'F' => b"%Y-%m-%d",
                b'R' => b"%H:%M",
                b'r' => b"%I:%M:%S %p",
                b'T' | b'X' => b"%H:%M:%S",
                _ => return None,
            };
            let mut out = Vec::new();
            if depth < DEEPEST {
                format(&mut out, local, micros, parts, depth + 1);
            }
            return Some(out);
        }
    };
    Some(text.into_bytes())
}
