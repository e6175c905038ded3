//! How keys become an answer.

use std::fmt;

use super::Secret;

/// An amount of money in hundredths: what a caller keys in as `12*50`, or `12`.
///
/// ```
/// use agikit::ivr::Amount;
///
/// assert_eq!(Amount::from_cents(1250).to_string(), "12.50");
/// assert_eq!(Amount::from_cents(1250).whole(), 12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

impl Amount {
    /// So many hundredths.
    #[must_use]
    pub const fn from_cents(cents: i64) -> Self {
        Amount(cents)
    }

    /// All of it in hundredths.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// The whole dollars, euros, pounds; without a sign.
    #[must_use]
    pub const fn whole(self) -> u64 {
        self.0.unsigned_abs() / 100
    }

    /// The hundredths behind them, 0 to 99.
    #[must_use]
    pub const fn fraction(self) -> u64 {
        self.0.unsigned_abs() % 100
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl fmt::Display for Amount {
    /// With a point and two digits behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.whole(), self.fraction())
    }
}

/// A day of the calendar that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day; `None` when there is none such (the 30th of February).
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((1..=days).contains(&day) && year > 0).then_some(Date { year, month, day })
    }

    /// The year, 1 to 9999 as callers key it in.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }
}

impl fmt::Display for Date {
    /// As in ISO 8601: `2026-11-20`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// In which order a caller keys in a date, always as eight digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateOrder {
    /// `20112026`: most of the world.
    DayMonthYear,
    /// `11202026`: the United States.
    MonthDayYear,
    /// `20261120`: ISO 8601.
    YearMonthDay,
}

pub(super) fn digits(keys: &[u8]) -> Option<String> {
    let all = keys.iter().all(u8::is_ascii_digit);
    all.then(|| String::from_utf8_lossy(keys).into_owned())
}

pub(super) fn number(keys: &[u8]) -> Option<u64> {
    digits(keys)?.parse().ok()
}

pub(super) fn secret(keys: &[u8]) -> Option<Secret> {
    keys.iter().all(u8::is_ascii_digit).then(|| Secret::new(keys))
}

/// `12`, `12*5`, `12*50`, `*50`.
pub(super) fn amount(keys: &[u8]) -> Option<Amount> {
    let point = keys.iter().position(|&key| key == b'*');
    let (whole, behind) = keys.split_at(point.unwrap_or(keys.len()));
    let behind = behind.get(1..).unwrap_or_default();
    let fraction = match behind {
        [] => 0,
        [tenths] => number(&[*tenths])?.checked_mul(10)?,
        [_, _] => number(behind)?,
        _ => return None,
    };
    if whole.is_empty() && behind.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { number(whole)? };
    let cents = whole.checked_mul(100)?.checked_add(fraction)?;
    i64::try_from(cents).ok().map(Amount)
}

pub(super) fn date(keys: &[u8], order: DateOrder) -> Option<Date> {
    let all: [u8; 8] = keys.try_into().ok()?;
    let [a, b, c, d, e, f, g, h] = all;
    let two = |a, b| number(&[a, b]).and_then(|it| u8::try_from(it).ok());
    let four = |a, b, c, d| number(&[a, b, c, d]).and_then(|it| u16::try_from(it).ok());
    match order {
        DateOrder::DayMonthYear => Date::new(four(e, f, g, h)?, two(c, d)?, two(a, b)?),
        DateOrder::MonthDayYear => Date::new(four(e, f, g, h)?, two(a, b)?, two(c, d)?),
        DateOrder::YearMonthDay => Date::new(four(a, b, c, d)?, two(e, f)?, two(g, h)?),
    }
}

/// Whether a card's number has the check digit of ISO/IEC 7812 (Luhn's).
pub(super) fn is_card(keys: &[u8]) -> bool {
    let sum: u32 = keys.iter().rev().enumerate().fold(0, |sum, (place, key)| {
        let digit = u32::from(key.saturating_sub(b'0'));
        sum + match digit * if place.is_multiple_of(2) { 1 } else { 2 } {
            two @ 10.. => two - 9,
            one => one,
        }
    });
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_a_star_for_the_point() {
        let cents = |keys: &str| amount(keys.as_bytes()).map(Amount::cents);
        for (keys, is) in [
            ("12", Some(1200)),
            ("12*5", Some(1250)),
            ("12*50", Some(1250)),
            ("*07", Some(7)),
            ("0*01", Some(1)),
            ("12*", Some(1200)),
            ("*", None),
            ("", None),
            ("1*2*3", None),
            ("1*234", None),
            ("A", None),
            ("184467440737095516", None),
            ("92233720368547758*07", Some(i64::MAX)),
            ("92233720368547758*08", None),
        ] {
            assert_eq!(cents(keys), is, "{keys}");
        }
        assert_eq!(Amount::from_cents(-5).to_string(), "-0.05");
        assert_eq!(Amount::from_cents(i64::MIN).to_string(), "-92233720368547758.08");
    }

    #[test]
    fn dates_are_days_that_there_are() {
        use DateOrder::*;
        assert_eq!(date(b"20112026", DayMonthYear), Date::new(2026, 11, 20));
        assert_eq!(date(b"11202026", MonthDayYear), Date::new(2026, 11, 20));
        assert_eq!(date(b"20261120", YearMonthDay), Date::new(2026, 11, 20));
        for wrong in
            ["30022024", "29022023", "00012026", "01132026", "0101202", "0101*026", "01010000"]
        {
            assert_eq!(date(wrong.as_bytes(), DayMonthYear), None, "{wrong}");
        }
        assert!(date(b"29022024", DayMonthYear).is_some() && Date::new(1900, 2, 29).is_none());
    }

    #[test]
    fn cards_have_a_check_digit() {
        assert!(is_card(b"4111111111111111") && is_card(b"79927398713"));
        assert!(!is_card(b"4111111111111112") && !is_card(b"4111111111111*11"));
    }
}
