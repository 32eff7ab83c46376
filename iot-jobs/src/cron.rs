//! The cron dialect of maintenance windows.

use alloc::string::String;
use core::fmt;

use crate::Minute;
use crate::civil::{date, days_before, days_in, weekday};

mod day;
mod parse;

use day::Days;

/// When a maintenance window opens: `cron(minute hour day-of-month month day-of-week year)`.
///
/// | field | values | special |
/// |---|---|---|
/// | minute | 0-59 | `, - * /` |
/// | hour | 0-23 | `, - * /` |
/// | day of month | 1-31 | `, - * / ? L W` |
/// | month | 1-12 or JAN-DEC | `, - * /` |
/// | day of week | 1-7 or SUN-SAT, 1 is SUN | `, - * / ? L #` |
/// | year | 1970-2199 | `, - * /` |
///
/// Exactly one of the two days is `?`. All is in UTC. Source: developer guide, "Job
/// configurations details", and "Cron-based schedules" of the scheduler that it refers to.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Cron, Minute};
///
/// let cron = Cron::parse("cron(0 18 ? * MON-FRI *)").unwrap();
/// let friday_evening = Minute::parse("2024-03-08T18:01").unwrap();
/// assert_eq!(cron.next(friday_evening).unwrap().to_string(), "2024-03-11T18:00");
/// assert_eq!(cron.as_str(), "cron(0 18 ? * MON-FRI *)");
///
/// // The last Friday of the month; the weekday nearest to the first.
/// assert!(Cron::parse("cron(0 0 ? * 6L *)").is_ok());
/// assert!(Cron::parse("cron(0 0 1W * ? *)").is_ok());
///
/// // There is no 31st of February: it never fires, and says so.
/// assert_eq!(Cron::parse("cron(0 0 31 2 ? *)").unwrap().next(friday_evening), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minutes: u64,
    hours: u32,
    months: u16,
    years: Years,
    days: Days,
}

/// Why a text is no cron expression: the field, and what is wrong with it.
///
/// # Examples
///
/// ```
/// use iot_jobs::Cron;
///
/// let error = Cron::parse("cron(60 10 * * ? *)").unwrap_err();
/// assert_eq!(error.field(), Some("minute"));
/// assert_eq!(error.to_string(), "minute: `60` is not from 0 to 59");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronError {
    pub(crate) field: Option<&'static str>,
    pub(crate) reason: String,
}

impl CronError {
    /// `minute`, `hour`, `day of month`, `month`, `day of week` or `year`; nothing, if the form
    /// as a whole is wrong.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        self.field
    }
}

impl fmt::Display for CronError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl core::error::Error for CronError {}

impl Cron {
    /// Reads `cron(..)` with its six fields.
    ///
    /// # Errors
    ///
    /// Another form, a value out of its range, a sign where it has no meaning, or not exactly one
    /// `?` in the two days. The first that is wrong, from the left.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        parse::cron(text)
    }

    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first time that it fires at `from` or after it; nothing, if it never fires again.
    ///
    /// Whatever the expression, at most the 2,760 months from 1970 to 2199 are looked at, each in
    /// a few dozen steps.
    #[must_use]
    pub fn next(&self, from: Minute) -> Option<Minute> {
        // On the day itself only what is left of it counts.
        if self.fires_on(from.day())
            && let Some(of_day) = self.next_of_day(from.of_day())
        {
            return Some(Minute::from_day(from.day(), of_day));
        }
        let day = self.next_day(from.day().checked_add(1)?)?;
        self.next_of_day(0)
            .map(|of_day| Minute::from_day(day, of_day))
    }

    /// Whether it fires on a day, counted from 1970.
    pub(crate) fn fires_on(&self, day: u64) -> bool {
        if day > LAST_DAY {
            return false;
        }
        let (year, month, of_month) = date(day);
        let year = u32::try_from(year).unwrap_or(u32::MAX);
        self.days_of_month(year, month) & (1 << of_month) != 0
    }

    /// The days of a month on which it fires, the first as bit 1.
    pub(crate) fn days_of_month(&self, year: u32, month: u8) -> u32 {
        if !self.years.has(year) {
            return 0;
        }
        self.days_of(year, month)
    }

    /// The minute of the day, at `from` or after it.
    pub(crate) fn next_of_day(&self, from: u64) -> Option<u64> {
        let (hour, minute) = (from / 60, from % 60);
        let first = |set: u64| (set != 0).then(|| u64::from(set.trailing_zeros()));
        let at_or_after = |set: u64, from: u64| match from {
            0..64 => first(set & (u64::MAX << from)),
            _ => None,
        };
        let hours = u64::from(self.hours);
        if hour < 24
            && hours & (1 << hour) != 0
            && let Some(minute) = at_or_after(self.minutes, minute)
        {
            return Some(hour * 60 + minute);
        }
        Some(at_or_after(hours, hour + 1)? * 60 + first(self.minutes)?)
    }

    fn next_day(&self, from: u64) -> Option<u64> {
        if from > LAST_DAY {
            return None;
        }
        let (year, month, day) = date(from);
        let (first_year, mut month, mut day) = (u32::try_from(year).ok()?, month, day);
        for year in first_year..=LAST_YEAR {
            if self.years.has(year) {
                for month in month..=12 {
                    let left = self.days_of(year, month) & (u32::MAX << day);
                    if left != 0 {
                        let of_month = u64::from(left.trailing_zeros());
                        return Some(days_before(year, month) + of_month - 1);
                    }
                    day = 1;
                }
            }
            (month, day) = (1, 1);
        }
        None
    }

    /// The days of a month on which it fires, the first as bit 1; the year is not looked at.
    fn days_of(&self, year: u32, month: u8) -> u32 {
        if self.months & (1 << month) == 0 {
            return 0;
        }
        self.days
            .of(days_in(year, month), weekday(days_before(year, month)))
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

const FIRST_YEAR: u32 = 1970;
const LAST_YEAR: u32 = 2199;

/// 2199-12-31.
const LAST_DAY: u64 = days_before(LAST_YEAR + 1, 1) - 1;

/// A bit for each year from 1970 to 2199.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Years([u64; 4]);

impl Years {
    fn insert(&mut self, year: u32) {
        let bit = year.saturating_sub(FIRST_YEAR);
        if let Some(word) = self.0.get_mut((bit / 64) as usize) {
            *word |= 1 << (bit % 64);
        }
    }

    fn has(&self, year: u32) -> bool {
        let bit = year.saturating_sub(FIRST_YEAR);
        let word = self.0.get((bit / 64) as usize).copied().unwrap_or_default();
        word & (1 << (bit % 64)) != 0
    }
}
