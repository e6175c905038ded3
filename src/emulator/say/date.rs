//! Dates and times: `SAY DATE`, `SAY TIME`, `SAY DATETIME`.

use super::number::{ordinal, whole};
use super::{Sound, Sounds};
use crate::emulator::zone::{Local, Zone};
use crate::spoken::FORMAT;

const DAY: i64 = 86_400;
/// What Asterisk takes for a month, and for half a year.
const MONTH: i64 = 2_628_000;
const HALF_YEAR: i64 = 15_768_000;
/// The longest name of a sound inside a format.
const LONGEST: usize = 255;

/// The moment that is said, and when.
#[derive(Debug, Clone, Copy)]
pub(in crate::emulator) struct Moment<'z> {
    pub(in crate::emulator) epoch: i64,
    pub(in crate::emulator) now: i64,
    pub(in crate::emulator) zone: &'z Zone,
}

/// What `SAY DATE` plays: weekday, month, day, year.
pub(in crate::emulator) fn date(moment: Moment<'_>) -> Vec<Sound> {
    let local = moment.zone.local(moment.epoch);
    let mut sounds = Sounds::default();
    sounds.digit(format_args!("day-{}", local.weekday));
    sounds.digit(format_args!("mon-{}", local.month0));
    whole(&mut sounds, small(local.day));
    whole(&mut sounds, local.year_number());
    sounds.all
}

/// What `SAY TIME` plays: the hour of twelve, the minute, a. m. or p. m.
pub(in crate::emulator) fn time(moment: Moment<'_>) -> Vec<Sound> {
    datetime(moment, Some(b"IMp"))
}

/// What `SAY DATETIME` plays; without a format, Asterisk's own. Letters that are none are passed over.
pub(in crate::emulator) fn datetime(moment: Moment<'_>, format: Option<&[u8]>) -> Vec<Sound> {
    let mut sounds = Sounds::default();
    formatted(&mut sounds, moment, format.unwrap_or(FORMAT));
    sounds.all
}

fn formatted(sounds: &mut Sounds, moment: Moment<'_>, format: &[u8]) {
    let local = moment.zone.local(moment.epoch);
    let mut rest = format;
    while let Some((&letter, behind)) = rest.split_first() {
        rest = behind;
        if letter != b'\'' {
            spoken(sounds, moment, &local, letter);
            continue;
        }
        // A name that is too long is cut, and one of its bytes lost. (Behind a quote that is not closed Asterisk
        // reads on in its memory.)
        let end = behind.iter().position(|&byte| byte == b'\'').unwrap_or(behind.len());
        let end = end.min(LONGEST);
        sounds.need(behind.get(..end).unwrap_or_default());
        rest = behind.get(end + 1..).unwrap_or_default();
    }
}

fn spoken(sounds: &mut Sounds, moment: Moment<'_>, local: &Local, letter: u8) {
    match letter {
        b'A' | b'a' => sounds.digit(format_args!("day-{}", local.weekday)),
        b'B' | b'b' | b'h' => sounds.digit(format_args!("mon-{}", local.month0)),
        b'm' => ordinal(sounds, local.month0 + 1),
        b'd' | b'e' => ordinal(sounds, local.day),
        b'Y' => year(sounds, local),
        b'I' | b'l' => sounds.digit(local.hour_of_twelve()),
        b'H' | b'k' => hour(sounds, local.hour, letter),
        b'M' | b'N' if local.minute == 0 => {
            sounds.digit(if letter == b'M' { "oclock" } else { "hundred" });
        }
        b'M' | b'N' => two_digits(sounds, local.minute),
        b'S' if local.second == 0 => sounds.digit(0),
        b'S' => two_digits(sounds, local.second),
        b'P' | b'p' => sounds.digit(if local.hour > 11 { "p-m" } else { "a-m" }),
        b'Q' | b'q' => relative(sounds, moment),
        b'R' => formatted(sounds, moment, b"HM"),
        b'T' => formatted(sounds, moment, b"HMS"),
        _ => {}
    }
}

/// Nineteen eighty four, two thousand one; of 1900 and before, nothing.
fn year(sounds: &mut Sounds, local: &Local) {
    let year = local.year_number();
    if year >= 2000 {
        return whole(sounds, year);
    }
    if year > 1900 {
        sounds.digit(19);
        if year < 1910 {
            sounds.digit("oh");
        }
        whole(sounds, year - 1900);
    }
}

fn hour(sounds: &mut Sounds, hour: u32, letter: u8) {
    if hour == 0 || (letter == b'H' && hour < 10) {
        sounds.digit("oh");
    }
    if hour > 20 {
        sounds.digit(20);
        sounds.digit(hour - 20);
    } else if hour > 0 {
        sounds.digit(hour);
    }
}

fn two_digits(sounds: &mut Sounds, number: u32) {
    if number < 10 {
        sounds.digit("oh");
        sounds.digit(number);
    } else {
        whole(sounds, small(number));
    }
}

/// Today, a weekday, a date: the farther away, the more of it. Midnight belongs to the day before.
fn relative(sounds: &mut Sounds, moment: Moment<'_>) {
    let now = moment.zone.local(moment.now);
    let today = i64::from(now.hour * 3600 + now.minute * 60 + now.second);
    let Some(distance) = moment.now.checked_sub(today).and_then(|it| moment.epoch.checked_sub(it))
    else {
        return;
    };
    let far = if distance > 0 { distance - 1 } else { distance.saturating_neg() };
    let (week, word) = match (distance > 0, far / DAY) {
        (true, 0) => return sounds.digit("today"),
        (true, 1) => return sounds.digit("tomorrow"),
        (false, 0) => return sounds.digit("yesterday"),
        _ => (6 * DAY, "A"),
    };
    let format = match far {
        far if far < week => word,
        far if far < MONTH => "ABd",
        far if far < HALF_YEAR => "Bd",
        _ => "BdY",
    };
    formatted(sounds, moment, format.as_bytes());
}

/// A part of a date as a number.
fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or_default()
}
