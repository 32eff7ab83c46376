//! Dates of the civil calendar.

use core::fmt;
use core::str::FromStr;

use iot_topics::Timestamp;

use super::DayOfWeek;

/// A date in UTC, from 1970-01-01 to 9999-12-31. Beyond the last the calendar stands still.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Date, DayOfWeek};
/// use iot_topics::Timestamp;
///
/// let date: Date = "2022-04-22".parse()?;
/// assert_eq!(date.day_of_week(), DayOfWeek::Friday);
/// assert_eq!(Date::of(Timestamp::from_secs(1_650_585_600)), date);
/// assert_eq!(date.to_string(), "2022-04-22");
/// assert!("2022-02-29".parse::<Date>().is_err());
/// # Ok::<(), iot_defender::audit::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u32);

/// A text that is no date `YYYY-MM-DD` from 1970 on.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Date, DateError};
///
/// assert_eq!("tomorrow".parse::<Date>(), Err(DateError));
/// assert_eq!(DateError.to_string(), "not a date like `2022-04-22`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not a date like `2022-04-22`")]
#[expect(clippy::exhaustive_structs, reason = "there is one way to be no date")]
pub struct DateError;

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Self = Self(0);

    /// 9999-12-31.
    const LAST: Self = Self(before(10_000, 1) - 1);

    /// The date of an instant.
    #[must_use]
    pub fn of(instant: Timestamp) -> Self {
        let days = u32::try_from(instant.as_secs() / 86_400);
        days.map_or(Self::LAST, |days| Self(days).min(Self::LAST))
    }

    /// The day of the week.
    #[must_use]
    pub fn day_of_week(self) -> DayOfWeek {
        // 1970-01-01 was a Thursday.
        let at = (self.0 + 4) % 7;
        let mut days = DayOfWeek::ALL.iter().copied();
        days.nth(at as usize).unwrap_or(DayOfWeek::Sunday)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> u32 {
        self.0
    }

    /// So many days later.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::Date;
    ///
    /// assert_eq!(Date::EPOCH.plus(365).to_string(), "1971-01-01");
    /// assert_eq!(Date::EPOCH.plus(365).days(), 365);
    /// assert_eq!(Date::EPOCH.plus(u32::MAX).to_string(), "9999-12-31");
    /// ```
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        Self(self.0.saturating_add(days)).min(Self::LAST)
    }

    pub(super) fn next(self) -> Self {
        self.plus(1)
    }

    pub(super) fn on_or_after(self, day: DayOfWeek) -> Self {
        let ahead = (7 + day as u32 - self.day_of_week() as u32) % 7;
        self.plus(ahead)
    }

    /// That day of the month, or the last if the month is shorter.
    pub(super) fn in_month(self, day: u8) -> Self {
        let (year, month, _) = civil(self.0);
        Self(before(year, month) + u32::from(day.min(length(year, month))) - 1)
    }

    /// The first of the month behind.
    pub(super) fn next_month(self) -> Self {
        let (year, month, _) = civil(self.0);
        let (year, month) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        Self(before(year, month)).min(Self::LAST)
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let digits = |text: &str, length: usize| {
            let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<u32>().ok()).flatten()
        };
        let read = || {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            let year = digits(year, 4).filter(|year| *year >= 1970)?;
            let month = digits(month, 2).filter(|month| (1..=12).contains(month))?;
            let month = u8::try_from(month).ok()?;
            let day = digits(day, 2)?;
            let exists = (1..=length(year, month).into()).contains(&day);
            exists.then(|| Self(before(year, month) + day - 1))
        };
        read().ok_or(DateError)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Days from 1970-01-01 to the first of a month. The year counts from March, so that the leap day
/// comes last: then the months before one have 153 days in each five.
const fn before(year: u32, month: u8) -> u32 {
    let year = year - (month <= 2) as u32;
    let month = (month as u32 + 9) % 12;
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 - TO_1970
}

/// Days from 0000-03-01 to 1970-01-01.
const TO_1970: u32 = 719_468;

/// Days of a month, 1 to 12.
const fn length(year: u32, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month from 1, day from 1.
const fn civil(days: u32) -> (u32, u8, u8) {
    // 400 years have 146097 days: the guess is at most one off.
    let mut year = 1970 + (days as u64 * 400 / 146_097) as u32;
    while before(year + 1, 1) <= days {
        year += 1;
    }
    while before(year, 1) > days {
        year -= 1;
    }
    let mut month = 12;
    while before(year, month) > days {
        month -= 1;
    }
    let day = days - before(year, month) + 1;
    (year, month, day as u8)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn each_day_is_behind_the_one_before() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..=Date::LAST.0 {
            assert_eq!(civil(days), (year, month, day));
            day += 1;
            if day > length(year, month) {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
        assert_eq!(year, 10_000);
    }

    #[test]
    fn text_is_read_as_it_is_written() {
        for days in (0..=Date::LAST.0).step_by(97) {
            assert_eq!(Date(days).to_string().parse(), Ok(Date(days)));
        }
        for wrong in [
            "1969-12-31",
            "2022-4-22",
            "2022-13-01",
            "2023-02-29",
            "2022-04-00",
        ] {
            assert_eq!(wrong.parse::<Date>(), Err(DateError), "{wrong}");
        }
    }
}
