//! When scheduled audits run.
//!
//! Sources: developer guide, "AuditCommands: manage scheduled audits"; API reference,
//! `CreateScheduledAudit`. The time of day is the system's own, so dates are what there is; they
//! are of UTC.

mod date;

use core::fmt;
use core::str::FromStr;

use crate::words::words;
pub use date::{Date, DateError};

words! {
    audit:
    /// How often a scheduled audit runs.
    pub enum Frequency {
        /// Each day.
        Daily = "DAILY",
        /// Each week, on a day of the week.
        Weekly = "WEEKLY",
        /// Every other week, on a day of the week.
        Biweekly = "BIWEEKLY",
        /// Each month, on a day of the month.
        Monthly = "MONTHLY",
    }
}

words! {
    audit:
    /// A day of the week.
    pub enum DayOfWeek {
        /// Sunday.
        Sunday = "SUN",
        /// Monday.
        Monday = "MON",
        /// Tuesday.
        Tuesday = "TUE",
        /// Wednesday.
        Wednesday = "WED",
        /// Thursday.
        Thursday = "THU",
        /// Friday.
        Friday = "FRI",
        /// Saturday.
        Saturday = "SAT",
    }
}

/// A day of the month: `1` to `31`, or `LAST`. A month that is too short has its last day in the
/// place.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{DayOfMonth, ScheduleError};
///
/// let day: DayOfMonth = "LAST".parse()?;
/// assert_eq!(day.to_string(), "LAST");
/// assert_eq!("01".parse::<DayOfMonth>(), Err(ScheduleError::DayOfMonth));
/// assert_eq!(DayOfMonth::new(32), None);
/// # Ok::<(), ScheduleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayOfMonth(u8);

impl DayOfMonth {
    /// The last day.
    pub const LAST: Self = Self(u8::MAX);

    /// A day; `None` outside 1 to 31.
    #[must_use]
    pub const fn new(day: u8) -> Option<Self> {
        if 1 <= day && day <= 31 {
            Some(Self(day))
        } else {
            None
        }
    }
}

impl FromStr for DayOfMonth {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        if text == "LAST" {
            return Ok(Self::LAST);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        let day = plain.then(|| text.parse().ok()).flatten();
        day.and_then(Self::new).ok_or(ScheduleError::DayOfMonth)
    }
}

impl fmt::Display for DayOfMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::LAST {
            f.write_str("LAST")
        } else {
            fmt::Display::fmt(&self.0, f)
        }
    }
}

/// When a scheduled audit runs (API reference, `CreateScheduledAudit`): on dates of UTC, at a time of
/// day that is the system's own.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Date, Schedule};
///
/// let schedule = Schedule::from_fields("MONTHLY", None, Some("LAST"))?;
/// let created: Date = "2024-01-01".parse().unwrap();
/// let runs = schedule.runs_after(created, "2024-02-01".parse().unwrap());
/// let dates: Vec<_> = runs.take(2).map(|date| date.to_string()).collect();
/// assert_eq!(dates, ["2024-02-29", "2024-03-31"]);
/// # Ok::<(), iot_defender::audit::ScheduleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a caller handles every frequency")]
pub enum Schedule {
    /// Each day.
    Daily,
    /// Each week.
    Weekly(DayOfWeek),
    /// Every other week, counted from the first such day that is not before the creation.
    Biweekly(DayOfWeek),
    /// Each month.
    Monthly(DayOfMonth),
}

impl Schedule {
    /// From the members of the API. One that the frequency does not use is not looked at.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`]: the member that is missing or has no legal value.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Schedule, ScheduleError};
    ///
    /// assert_eq!(Schedule::from_fields("DAILY", Some("someday"), None), Ok(Schedule::Daily));
    /// let error = Schedule::from_fields("WEEKLY", None, None);
    /// assert_eq!(error, Err(ScheduleError::DayOfWeek));
    /// ```
    pub fn from_fields(
        frequency: &str,
        day_of_week: Option<&str>,
        day_of_month: Option<&str>,
    ) -> Result<Self, ScheduleError> {
        let week = || {
            let day = day_of_week.and_then(|day| day.parse().ok());
            day.ok_or(ScheduleError::DayOfWeek)
        };
        let frequency = frequency.parse().map_err(|_| ScheduleError::Frequency)?;
        Ok(match frequency {
            Frequency::Daily => Self::Daily,
            Frequency::Weekly => Self::Weekly(week()?),
            Frequency::Biweekly => Self::Biweekly(week()?),
            Frequency::Monthly => {
                let day = day_of_month.ok_or(ScheduleError::DayOfMonth)?;
                Self::Monthly(day.parse()?)
            }
        })
    }

    /// How often it runs.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Frequency, Schedule};
    ///
    /// assert_eq!(Schedule::Daily.frequency(), Frequency::Daily);
    /// ```
    #[must_use]
    pub const fn frequency(self) -> Frequency {
        match self {
            Self::Daily => Frequency::Daily,
            Self::Weekly(_) => Frequency::Weekly,
            Self::Biweekly(_) => Frequency::Biweekly,
            Self::Monthly(_) => Frequency::Monthly,
        }
    }

    /// The day of the week, if the frequency has one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{DayOfWeek, Schedule};
    ///
    /// let schedule = Schedule::Biweekly(DayOfWeek::Friday);
    /// assert_eq!(schedule.day_of_week(), Some(DayOfWeek::Friday));
    /// assert_eq!(Schedule::Daily.day_of_week(), None);
    /// ```
    #[must_use]
    pub const fn day_of_week(self) -> Option<DayOfWeek> {
        match self {
            Self::Weekly(day) | Self::Biweekly(day) => Some(day),
            Self::Daily | Self::Monthly(_) => None,
        }
    }

    /// The day of the month, if the frequency has one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{DayOfMonth, Schedule};
    ///
    /// let schedule = Schedule::Monthly(DayOfMonth::LAST);
    /// assert_eq!(schedule.day_of_month(), Some(DayOfMonth::LAST));
    /// assert_eq!(Schedule::Daily.day_of_month(), None);
    /// ```
    #[must_use]
    pub const fn day_of_month(self) -> Option<DayOfMonth> {
        match self {
            Self::Monthly(day) => Some(day),
            Self::Daily | Self::Weekly(_) | Self::Biweekly(_) => None,
        }
    }

    /// The dates of the runs behind `after`, ascending and without end but that of the calendar.
    /// None is before `created`; the date of the creation itself can be one.
    ///
    /// The cost of the first is constant, and so is that of each further one.
    pub fn runs_after(self, created: Date, after: Date) -> impl Iterator<Item = Date> {
        let runs = self.runs_from(created, after.next());
        // No date is behind the last of the calendar.
        runs.skip_while(move |run| *run <= after)
    }

    /// The dates of the runs on `from` and behind it, otherwise as
    /// [`runs_after`](Self::runs_after).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Date, Schedule};
    ///
    /// let created = Date::EPOCH.plus(3);
    /// assert_eq!(Schedule::Daily.runs_from(created, Date::EPOCH).next(), Some(created));
    /// assert_eq!(Schedule::Daily.runs_after(created, created).next(), Some(created.plus(1)));
    /// ```
    pub fn runs_from(self, created: Date, from: Date) -> impl Iterator<Item = Date> {
        let first = from.max(created);
        let mut next = Some(match self {
            Self::Daily => first,
            Self::Weekly(day) => first.on_or_after(day),
            Self::Biweekly(day) => {
                let start = created.on_or_after(day);
                let ahead = first.days().saturating_sub(start.days());
                start.plus(ahead.div_ceil(14) * 14)
            }
            Self::Monthly(day) => {
                let run = first.in_month(day.0);
                if run < first {
                    first.next_month().in_month(day.0)
                } else {
                    run
                }
            }
        });
        core::iter::from_fn(move || {
            let run = next?;
            let then = match self {
                Self::Daily => run.plus(1),
                Self::Weekly(_) => run.plus(7),
                Self::Biweekly(_) => run.plus(14),
                Self::Monthly(day) => run.next_month().in_month(day.0),
            };
            next = (then > run).then_some(then);
            Some(run)
        })
    }
}

/// A schedule that cannot be.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Schedule, ScheduleError};
///
/// let error = Schedule::from_fields("MONTHLY", None, Some("last")).unwrap_err();
/// assert_eq!(error, ScheduleError::DayOfMonth);
/// assert_eq!(error.to_string(), "dayOfMonth: MONTHLY needs one of 1 to 31 or LAST");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// No such frequency.
    #[error("frequency: none of DAILY, WEEKLY, BIWEEKLY and MONTHLY")]
    Frequency,
    /// The day of the week is missing or none.
    #[error("dayOfWeek: WEEKLY and BIWEEKLY need one of SUN to SAT")]
    DayOfWeek,
    /// The day of the month is missing or none.
    #[error("dayOfMonth: MONTHLY needs one of 1 to 31 or LAST")]
    DayOfMonth,
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn schedule() -> impl Strategy<Value = Schedule> {
        let week = proptest::sample::select(DayOfWeek::ALL);
        prop_oneof![
            Just(Schedule::Daily),
            week.clone().prop_map(Schedule::Weekly),
            week.prop_map(Schedule::Biweekly),
            (1_u8..=31).prop_map(|day| Schedule::Monthly(DayOfMonth::new(day).unwrap())),
            Just(Schedule::Monthly(DayOfMonth::LAST)),
        ]
    }

    proptest! {
        /// To ask from a later date leaves out the runs up to it, and changes no other.
        #[test]
        fn runs_do_not_depend_on_when_is_asked(
            schedule in schedule(),
            created in 0_u32..40_000,
            before in 0_u32..1_000,
            later in 0_u32..200,
        ) {
            let created = Date::EPOCH.plus(created);
            let early = created.plus(before);
            let late = early.plus(later);
            let runs = |after| schedule.runs_after(created, after);
            let left: Vec<_> = runs(early).skip_while(|run| *run <= late).take(3).collect();
            prop_assert!(runs(late).take(3).eq(left.iter().copied()));
            prop_assert!(left.is_sorted() && left.iter().all(|run| *run > late));
        }
    }

    #[test]
    fn the_calendar_ends() {
        let last = Date::EPOCH.plus(u32::MAX);
        for schedule in [
            Schedule::Daily,
            Schedule::Biweekly(DayOfWeek::Friday),
            Schedule::Monthly(DayOfMonth::LAST),
        ] {
            assert!(schedule.runs_from(Date::EPOCH, last).take(9).count() < 9);
            assert_eq!(schedule.runs_after(Date::EPOCH, last).next(), None);
        }
    }
}
