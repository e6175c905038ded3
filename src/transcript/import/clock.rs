//! The times of a log.

use std::time::Duration;

/// How much time must pass between two lines for it to be told.
const TOLD: Duration = Duration::from_millis(20);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How finely a log tells the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// Not at all.
    None,
    Seconds,
    Finer,
}

/// A session's clock.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// The last time that was told, and what stood before it: the day.
    last: Option<(Duration, Vec<u8>)>,
    grain: Option<Grain>,
}

impl Clock {
    /// The time that passed since it was told last, if it is worth telling.
    pub(super) fn passed(&mut self, stamp: &[u8]) -> Option<Duration> {
        let Some((day, time, grain)) = read(stamp) else {
            self.grain.get_or_insert(Grain::None);
            return None;
        };
        self.grain.get_or_insert(grain);
        let Some((last, last_day)) = &self.last else {
            self.last = Some((time, day.to_vec()));
            return None;
        };
        // Midnight; a clock that was set back is no time.
        let time_now = if last_day == day || time >= *last { time } else { time + DAY };
        let passed = time_now.saturating_sub(*last);
        if passed < TOLD {
            return None;
        }
        self.last = Some((time, day.to_vec()));
        Some(passed)
    }

    /// Begins here.
    pub(super) fn set(&mut self, stamp: &[u8]) {
        self.last = None;
        self.passed(stamp);
    }

    pub(super) fn grain(&self) -> Grain {
        self.grain.unwrap_or(Grain::None)
    }
}

/// `2026-11-21 01:50:25.904`, `Nov 21 01:50:25` or another date: what stands before the time, and the time.
fn read(stamp: &[u8]) -> Option<(&[u8], Duration, Grain)> {
    let at = stamp.windows(8).position(|it| {
        it.iter().enumerate().all(|(place, &byte)| match place {
            2 | 5 => byte == b':',
            _ => byte.is_ascii_digit(),
        })
    })?;
    let two = |place: usize| -> Option<u64> {
        let digits = stamp.get(at + place..at + place + 2)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    };
    let mut time = Duration::from_secs(two(0)? * 3600 + two(3)? * 60 + two(6)?);
    let mut grain = Grain::Seconds;
    if let Some((b'.' | b',', digits)) = stamp.get(at + 8..)?.split_first() {
        let mut unit = 100_000_000;
        for digit in digits.iter().take(9).take_while(|digit| digit.is_ascii_digit()) {
            time += Duration::from_nanos(u64::from(digit - b'0') * unit);
            unit /= 10;
            grain = Grain::Finer;
        }
    }
    Some((stamp.get(..at)?, time, grain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_any_form() {
        let ms = Duration::from_millis;
        let is = |stamp: &str, time, grain| {
            let read = read(stamp.as_bytes()).map(|(_, time, grain)| (time, grain));
            assert_eq!(read, Some((time, grain)), "{stamp}");
        };
        is("2026-11-21 01:50:25.904", ms(6_625_904), Grain::Finer);
        is("2026-11-21T01:50:25,904321+0000", Duration::from_micros(6_625_904_321), Grain::Finer);
        is("Nov 21 01:50:25", ms(6_625_000), Grain::Seconds);
        is("00:00:00", ms(0), Grain::Seconds);
        assert_eq!(read(b"1795225747"), None);
        assert_eq!(read(b"Nov 1 1:50:25"), None);
    }

    #[test]
    fn small_times_add_up() {
        let mut clock = Clock::default();
        let mut passed = |stamp: &str| clock.passed(stamp.as_bytes()).map(|it| it.as_millis());
        assert_eq!(passed("d 10:00:00.000"), None);
        assert_eq!(passed("d 10:00:00.015"), None);
        assert_eq!(passed("d 10:00:00.030"), Some(30));
        assert_eq!(passed("d 10:00:00.010"), None);
        assert_eq!(passed("d 10:00:01.030"), Some(1000));
        assert_eq!(passed("e 00:00:00.030"), Some(50_399_000));
        assert_eq!(passed(""), None);
    }
}
