//! Rules of summer time, as POSIX writes them: `CET-1CEST,M3.5.0,M10.5.0/3`.

use super::Kind;
use super::calendar::{Local, epoch_day};

const DAY: i64 = 86_400;
/// The summer of a rule that does not say when it is: that of the United States, up to the last year that a
/// file of theirs tells.
const DEFAULT: &[u8] = b",M3.2.0,M11.1.0";
const LAST_DEFAULT: i64 = 2037;

/// When the clocks are changed, every year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    standard: Kind,
    summer: Option<Summer>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Summer {
    kind: Kind,
    begin: Change,
    end: Change,
    last_year: i64,
}

/// A day of the year, and the second of that day on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    day: Day,
    second: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// 1 to 365; the 29th of February is not counted.
    Julian(i64),
    /// 0 to 365.
    Zero(i64),
    /// Month, week (5: the last), weekday.
    Month(u32, i64, i64),
}

impl Day {
    /// The days since 1970 of this day in a year.
    fn in_year(self, year: i64) -> i64 {
        let first = epoch_day(year, 0, 1);
        let is_leap = epoch_day(year, 2, 1) - first == 60;
        match self {
            Day::Julian(day) => first + day - i64::from(!(is_leap && day >= 60)),
            Day::Zero(day) => first + day,
            Day::Month(month0, week, weekday) => {
                let begin = epoch_day(year, month0, 1);
                let next = match month0 {
                    11 => epoch_day(year + 1, 0, 1),
                    _ => epoch_day(year, month0 + 1, 1),
                };
                let first = begin + (weekday - (begin + 4)).rem_euclid(7);
                let day = first + (week - 1) * 7;
                if day >= next { day - 7 } else { day }
            }
        }
    }
}

impl Rule {
    pub(super) fn parse(text: &[u8]) -> Option<Rule> {
        let mut reader = Reader { rest: text };
        let standard =
            Kind { abbreviation: reader.name()?, offset: reader.offset()?, is_dst: false };
        if reader.rest.is_empty() {
            return Some(Rule { standard, summer: None });
        }
        let abbreviation = reader.name().filter(|name| !name.is_empty())?;
        let offset = match reader.rest.first() {
            None | Some(b',' | b';') => standard.offset.checked_add(3600)?,
            Some(_) => reader.offset()?,
        };
        let kind = Kind { offset, is_dst: true, abbreviation };
        let last_year = if reader.rest.is_empty() { LAST_DEFAULT } else { i64::MAX };
        if reader.rest.is_empty() {
            reader.rest = DEFAULT;
        }
        let begin = reader.change()?;
        let end = reader.change()?;
        let summer = Summer { kind, begin, end, last_year };
        reader.rest.is_empty().then_some(Rule { standard, summer: Some(summer) })
    }

    pub(super) fn standard(&self) -> Kind {
        self.standard.clone()
    }

    /// What the clocks show at a moment.
    pub(super) fn kind(&self, epoch: i64) -> &Kind {
        let Some(summer) = &self.summer else { return &self.standard };
        let year = Local::new(epoch, self.standard.offset, false, Vec::new()).year;
        if year > summer.last_year {
            return &self.standard;
        }
        let moment = |change: Change, offset: i32| {
            change.day.in_year(year) * DAY + change.second - i64::from(offset)
        };
        let begin = moment(summer.begin, self.standard.offset);
        let end = moment(summer.end, summer.kind.offset);
        // South of the equator the summer lies around the new year.
        let is_summer = match begin < end {
            true => (begin..end).contains(&epoch),
            false => !(end..begin).contains(&epoch),
        };
        if is_summer { &summer.kind } else { &self.standard }
    }
}

struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    fn next_is(&mut self, byte: u8) -> bool {
        match self.rest.strip_prefix(&[byte]) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// As many bytes as belong together.
    fn take(&mut self, belongs: impl Fn(u8) -> bool) -> &[u8] {
        let end = self.rest.iter().position(|&byte| !belongs(byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// An abbreviation; in angle brackets it may hold signs and digits.
    fn name(&mut self) -> Option<Vec<u8>> {
        if self.next_is(b'<') {
            let name = self.take(|byte| byte != b'>').to_vec();
            return self.next_is(b'>').then_some(name);
        }
        Some(self.take(|byte| !byte.is_ascii_digit() && !b",+-;".contains(&byte)).to_vec())
    }

    fn number(&mut self, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let digits = std::str::from_utf8(self.take(|byte| byte.is_ascii_digit())).ok()?;
        digits.parse().ok().filter(|number| range.contains(number))
    }

    /// Hours, minutes and seconds.
    fn seconds(&mut self) -> Option<i64> {
        let mut seconds = self.number(0..=167)? * 3600;
        for unit in [60, 1] {
            if !self.next_is(b':') {
                break;
            }
            seconds += self.number(0..=60)? * unit;
        }
        Some(seconds)
    }

    /// The offset counts towards the west, with or without a sign.
    fn offset(&mut self) -> Option<i32> {
        let is_east = self.next_is(b'-');
        if !is_east {
            self.next_is(b'+');
        }
        let seconds = i32::try_from(self.seconds()?).ok()?;
        Some(if is_east { seconds } else { -seconds })
    }

    /// A day, and a time of that day: Asterisk knows no hours before midnight, which some zones have.
    fn change(&mut self) -> Option<Change> {
        if !self.next_is(b',') && !self.next_is(b';') {
            return None;
        }
        let day = if self.next_is(b'J') {
            Day::Julian(self.number(1..=365)?)
        } else if self.next_is(b'M') {
            let month0 = u32::try_from(self.number(1..=12)? - 1).ok()?;
            let week = self.next_is(b'.').then(|| self.number(1..=5))??;
            let weekday = self.next_is(b'.').then(|| self.number(0..=6))??;
            Day::Month(month0, week, weekday)
        } else {
            Day::Zero(self.number(0..=365)?)
        };
        let second = if self.next_is(b'/') { self.seconds()? } else { 7200 };
        Some(Change { day, second })
    }
}
