//! Days, months and years of the Gregorian calendar.

const DAY: i64 = 86_400;
/// Days of 400 years, and from 0000-03-01 to 1970-01-01.
const ERA: i64 = 146_097;
const SHIFT: i64 = 719_468;

/// The parts of a moment, as a clock and a calendar show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Local {
    pub(in crate::emulator) epoch: i64,
    pub(in crate::emulator) year: i64,
    /// 0 is January.
    pub(in crate::emulator) month0: u32,
    /// From 1 on.
    pub(in crate::emulator) day: u32,
    pub(in crate::emulator) hour: u32,
    pub(in crate::emulator) minute: u32,
    pub(in crate::emulator) second: u32,
    /// 0 is Sunday.
    pub(in crate::emulator) weekday: u32,
    /// 0 is the first of January.
    pub(in crate::emulator) yearday: u32,
    /// Seconds east of UTC.
    pub(in crate::emulator) offset: i32,
    pub(in crate::emulator) is_dst: bool,
    /// `CET`.
    pub(in crate::emulator) abbreviation: Vec<u8>,
}

/// The days since 1970 of a date.
pub(in crate::emulator) fn epoch_day(year: i64, month0: u32, day: u32) -> i64 {
    // Years that begin in March have their leap day at the end.
    let month = (i64::from(month0) + 10) % 12;
    let year = if month0 < 2 { year - 1 } else { year };
    let in_era = year.rem_euclid(400);
    let yearday = (153 * month + 2) / 5 + i64::from(day) - 1;
    year.div_euclid(400) * ERA + in_era * 365 + in_era / 4 - in_era / 100 + yearday - SHIFT
}

/// Year, month (0 is January) and day of a day since 1970.
fn date(epoch_day: i64) -> (i64, u32, u32) {
    let days = epoch_day + SHIFT;
    let in_era = days.rem_euclid(ERA);
    let year = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
    let yearday = in_era - (365 * year + year / 4 - year / 100);
    let month = (5 * yearday + 2) / 153;
    let day = yearday - (153 * month + 2) / 5 + 1;
    let month0 = (month + 2) % 12;
    let year = days.div_euclid(ERA) * 400 + year + i64::from(month0 < 2);
    (year, small(month0), small(day))
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

impl Local {
    pub(super) fn new(epoch: i64, offset: i32, is_dst: bool, abbreviation: Vec<u8>) -> Local {
        // Beyond that lie years which nobody can name.
        let bound = 1 << 52;
        let wall = epoch.clamp(-bound, bound) + i64::from(offset);
        let (days, seconds) = (wall.div_euclid(DAY), wall.rem_euclid(DAY));
        let (year, month0, day) = date(days);
        Local {
            epoch,
            year,
            month0,
            day,
            hour: small(seconds / 3600),
            minute: small(seconds / 60 % 60),
            second: small(seconds % 60),
            weekday: small((days + 4).rem_euclid(7)),
            yearday: small(days - epoch_day(year, 0, 1)),
            offset,
            is_dst,
            abbreviation,
        }
    }

    /// The year and the week of ISO 8601.
    pub(in crate::emulator) fn iso_week(&self) -> (i64, u32) {
        // The Thursday of a week tells its year.
        let monday0 = i64::from((self.weekday + 6) % 7);
        let thursday = epoch_day(self.year, self.month0, self.day) - monday0 + 3;
        let (year, _, _) = date(thursday);
        (year, small((thursday - epoch_day(year, 0, 1)) / 7) + 1)
    }

    /// The hour that twelve-hour clocks show.
    pub(in crate::emulator) fn hour_of_twelve(&self) -> u32 {
        (self.hour + 11) % 12 + 1
    }

    /// The year, as far as a number of SAY goes.
    pub(in crate::emulator) fn year_number(&self) -> i32 {
        i32::try_from(self.year).unwrap_or(if self.year < 0 { i32::MIN } else { i32::MAX })
    }
}
