//! Times and counts as they are written in arguments.

use std::num::NonZeroUsize;
use std::time::Duration;

/// `5s`, `1.5s`, `800ms`, `2m`
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let wrong = || "a time is a number and its unit: 5s, 1.5s, 800ms, 2m".to_owned();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
    let (number, unit) = text.split_at(end);
    let unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        _ => return Err(wrong()),
    };
    let seconds = number.parse::<f64>().map_err(|_| wrong())? * unit;
    let time = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
    match time <= LONGEST {
        true => Ok(time),
        false => Err("that is longer than a day".to_owned()),
    }
}

/// How many: one at least.
pub(crate) fn count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "it is a number from 1 on".to_owned())
}

const LONGEST: Duration = Duration::from_secs(24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, millis) in
            [("5s", 5000), ("1.5s", 1500), ("800ms", 800), ("2m", 120_000), ("0s", 0), (".5s", 500)]
        {
            assert_eq!(time(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["5", "", "s", "-1s", "1h2", "5 s", "1..5s", "1e3s", "NaNs", "99999m"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
