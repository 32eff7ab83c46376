//! Minutes and dates of the civil calendar, in UTC.

use core::fmt;

use iot_topics::Timestamp;

/// A minute in UTC, as the schedules of jobs name it: `YYYY-MM-DDThh:mm`, without seconds and
/// without a zone.
///
/// # Examples
///
/// ```
/// use iot_jobs::Minute;
/// use iot_topics::Timestamp;
///
/// let minute = Minute::parse("2024-03-04T11:00").unwrap();
/// assert_eq!(minute.timestamp(), Timestamp::from_secs(1_709_550_000));
/// assert_eq!(minute.to_string(), "2024-03-04T11:00");
///
/// assert!(Minute::parse("2024-03-04T11:00Z").is_err());
/// assert!(Minute::parse("2024-02-30T11:00").is_err());
///
/// let within = Timestamp::from_secs(1_709_550_001);
/// assert_eq!(Minute::floor(within), minute);
/// assert_eq!(Minute::ceil(within), Minute::parse("2024-03-04T11:01").unwrap());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(u64);

/// A text that is not `YYYY-MM-DDThh:mm`, or no date of the calendar from 1970 on.
///
/// # Examples
///
/// ```
/// use iot_jobs::{CivilError, Minute};
///
/// assert_eq!(Minute::parse("tomorrow"), Err(CivilError));
/// assert_eq!(CivilError.to_string(), "not a time like `2024-03-04T11:00`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time like `2024-03-04T11:00`")]
#[expect(clippy::exhaustive_structs, reason = "there is one way to be no time")]
pub struct CivilError;

pub(crate) const DAY: u64 = 24 * 60;

impl Minute {
    /// Reads `YYYY-MM-DDThh:mm`.
    ///
    /// # Errors
    ///
    /// Another form, no such date or time, or a year before 1970.
    pub fn parse(text: &str) -> Result<Self, CivilError> {
        read(text.as_bytes()).ok_or(CivilError)
    }

    /// The minute in which an instant lies.
    #[must_use]
    pub const fn floor(instant: Timestamp) -> Self {
        Self(instant.as_millis() / MILLIS)
    }

    /// The first minute that begins at an instant or after it.
    #[must_use]
    pub const fn ceil(instant: Timestamp) -> Self {
        Self(instant.as_millis().div_ceil(MILLIS))
    }

    /// The instant at which it begins; saturates.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(MILLIS))
    }

    pub(crate) const fn from_day(day: u64, of_day: u64) -> Self {
        Self(day.saturating_mul(DAY).saturating_add(of_day))
    }

    /// Days since 1970-01-01.
    pub(crate) const fn day(self) -> u64 {
        self.0 / DAY
    }

    pub(crate) const fn of_day(self) -> u64 {
        self.0 % DAY
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.day());
        let (hour, minute) = (self.of_day() / 60, self.of_day() % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
    }
}

const MILLIS: u64 = 60_000;

fn read(text: &[u8]) -> Option<Minute> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
    ] = *text
    else {
        return None;
    };
    let year = u32::from(two(y1, y2)?) * 100 + u32::from(two(y3, y4)?);
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute) = (two(h1, h2)?, two(n1, n2)?);
    let month_ok = (1..=12).contains(&month);
    if year < 1970
        || !month_ok
        || day == 0
        || day > days_in(year, month)
        || hour > 23
        || minute > 59
    {
        return None;
    }
    let of_day = u64::from(hour) * 60 + u64::from(minute);
    Some(Minute::from_day(
        days_before(year, month) + u64::from(day) - 1,
        of_day,
    ))
}

const fn two(tens: u8, ones: u8) -> Option<u8> {
    if tens.is_ascii_digit() && ones.is_ascii_digit() {
        Some((tens - b'0') * 10 + (ones - b'0'))
    } else {
        None
    }
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// Days of a month, 1 to 12.
pub(crate) const fn days_in(year: u32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the first of a month. The year counts from March, so that the leap day
/// comes last: then the months before one have 153 days in each five.
pub(crate) const fn days_before(year: u32, month: u8) -> u64 {
    let year = year as u64 - (month <= 2) as u64;
    let month = (month as u64 + 9) % 12;
    let of_year = (153 * month + 2) / 5;
    (365 * year + year / 4 - year / 100 + year / 400 + of_year) - TO_1970
}

/// Days from 0000-03-01 to 1970-01-01.
const TO_1970: u64 = 719_468;

/// Days in 400 years.
const ERA: u64 = 146_097;

/// Year, month from 1, day from 1.
pub(crate) const fn date(day: u64) -> (u64, u8, u8) {
    let day = day + TO_1970;
    let (era, day) = (day / ERA, day % ERA);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (
        era * 400 + year + (month <= 2) as u64,
        month as u8,
        day as u8,
    )
}

/// 0 is Sunday.
pub(crate) const fn weekday(day: u64) -> u8 {
    ((day + 4) % 7) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts day by day from a Thursday, the first of January 1970.
    #[test]
    fn agrees_with_a_walk_through_the_calendar() {
        let mut day = 0;
        for year in 1970..=2_420 {
            for month in 1..=12 {
                assert_eq!(days_before(year, month), day);
                for of_month in 1..=days_in(year, month) {
                    assert_eq!(date(day), (u64::from(year), month, of_month));
                    day += 1;
                }
            }
        }
        // A Monday.
        assert_eq!(weekday(Minute::parse("2024-03-04T00:00").unwrap().day()), 1);
    }
}
