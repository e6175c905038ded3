//! Dates and times, in a time zone.

use std::time::SystemTime;

use super::{Language, Unsayable};
use crate::ivr::Prompt;
use crate::spoken::Tongue;

/// The day: "Friday November twentieth two thousand twenty six".
///
/// The zone is one of the system's (`Europe/Berlin`), the empty one Asterisk's own.
///
/// # On the wire
/// `SAY DATETIME 1795132800 "" "ABdY" "Europe/Berlin"`.
///
/// # Errors
/// [`Unsayable`] for other languages than English: what they need is not known here. ([`Prompt::date`] and
/// [`Prompt::datetime`] are refused by nobody.)
pub fn date(
    language: Language,
    time: SystemTime,
    zone: &str,
) -> Result<Prompt<'static>, Unsayable> {
    formatted(language, "a date", time, "ABdY", zone)
}

/// The time of day: "two thirty p m".
///
/// # Errors
/// As [`date`].
pub fn time(
    language: Language,
    time: SystemTime,
    zone: &str,
) -> Result<Prompt<'static>, Unsayable> {
    formatted(language, "a time of day", time, "IMp", zone)
}

/// Both: the day "at" the time.
///
/// # Errors
/// As [`date`].
pub fn datetime(
    language: Language,
    time: SystemTime,
    zone: &str,
) -> Result<Prompt<'static>, Unsayable> {
    formatted(language, "a date and time", time, "ABdY 'digits/at' IMp", zone)
}

/// The day as it is seen from today: "today", "tomorrow", "yesterday", within a week "Monday", farther away the date.
///
/// # On the wire
/// `SAY DATETIME 1795132800 "" "Q" "Europe/Berlin"`.
///
/// # Errors
/// As [`date`].
pub fn day(language: Language, time: SystemTime, zone: &str) -> Result<Prompt<'static>, Unsayable> {
    formatted(language, "a day", time, "Q", zone)
}

fn formatted(
    language: Language,
    what: &'static str,
    time: SystemTime,
    format: &'static str,
    zone: &str,
) -> Result<Prompt<'static>, Unsayable> {
    match language.tongue {
        Tongue::English => Ok(Prompt::new().datetime(time, format, zone.to_owned())),
        _ => Err(language.unknown(what, "en")),
    }
}
