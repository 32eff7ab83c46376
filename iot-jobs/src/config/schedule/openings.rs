//! The times in which the maintenance windows of a job, taken together, are open.

use alloc::vec::Vec;
use core::iter;
use core::ops::Range;

use iot_topics::Timestamp;

use super::{MaintenanceWindow, SchedulingConfig, WINDOWS_MAX};
use crate::Minute;
use crate::civil::{DAY, date, days_in};

/// A time without a gap in which one window or another is open.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, SchedulingConfig, TargetSelection};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_709_546_400); // 2024-03-04T10:00
/// let config = json!({
///     "startTime": "2024-03-04T11:00",
///     "maintenanceWindows": [
///         {"startTime": "cron(0 22 * * ? *)", "durationInMinutes": 60},
///         {"startTime": "cron(0 23 * * ? *)", "durationInMinutes": 30}, // goes on without a gap
///     ],
/// });
/// let selection = TargetSelection::Continuous;
/// let schedule = SchedulingConfig::from_json(&config, &Limits::AWS_IOT, selection, now).unwrap();
/// let opening = schedule.openings(now).next().unwrap();
/// assert_eq!(opening.opens(), Timestamp::from_secs(1_709_589_600)); // 22:00
/// assert_eq!(opening.closes(), Some(Timestamp::from_secs(1_709_595_000))); // 23:30
/// assert_eq!(schedule.open_at(opening.opens()), Some(opening));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    opens: Minute,
    closes: Option<Minute>,
}

impl Opening {
    /// The first instant.
    #[must_use]
    pub const fn opens(&self) -> Timestamp {
        self.opens.timestamp()
    }

    /// The first instant that is no longer part of it; nothing, if it never closes.
    #[must_use]
    pub fn closes(&self) -> Option<Timestamp> {
        self.closes.map(Minute::timestamp)
    }
}

impl SchedulingConfig {
    /// Whether an instant lies in an opening. A schedule without windows is open from its start for
    /// good. Costs a few hundred steps a window, however long the opening is.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Limits, Minute, SchedulingConfig, TargetSelection};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let now = Timestamp::from_secs(1_709_546_400); // 2024-03-04T10:00
    /// let config = json!({
    ///     "startTime": "2024-03-04T11:00",
    ///     "maintenanceWindows": [{"startTime": "cron(0 * * * ? *)", "durationInMinutes": 60}],
    /// });
    /// let selection = TargetSelection::Continuous;
    /// let schedule = SchedulingConfig::from_json(&config, &Limits::AWS_IOT, selection, now).unwrap();
    /// assert!(!schedule.is_open_at(now));
    /// assert!(schedule.is_open_at(Minute::parse("2100-01-01T00:00").unwrap().timestamp()));
    /// ```
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        let minute = Minute::floor(now);
        if !self.is_windowed() {
            return self.start.is_none_or(|start| start <= minute);
        }
        Coverage::of(self).covers(minute)
    }

    /// The opening in which an instant lies, from the minute of the instant on; nothing, if the
    /// windows are closed then.
    ///
    /// Costs what [`is_open_at`](Self::is_open_at) does, and a few steps for each further day that
    /// the opening lasts.
    #[must_use]
    pub fn open_at(&self, now: Timestamp) -> Option<Opening> {
        if !self.is_open_at(now) {
            return None;
        }
        let opens = Minute::floor(now);
        let closes = self
            .is_windowed()
            .then(|| Coverage::of(self).first_gap(opens));
        Some(Opening {
            opens,
            closes: closes.flatten(),
        })
    }

    /// The openings from an instant on, the earliest first. If the windows are open at the
    /// instant, the first is what is left of that opening, from the minute of the instant on.
    /// Openings that touch are one. `endTime` is not regarded.
    pub fn openings(&self, now: Timestamp) -> impl Iterator<Item = Opening> {
        let current = self.open_at(now);
        let first = current.or_else(|| self.opening_from(Minute::floor(now)));
        iter::successors(first, |opening| self.opening_from(opening.closes?))
    }

    /// When the next openings begin, after an instant, at most so many: `scheduledJobRollouts`.
    /// Nothing for a schedule without windows.
    #[must_use]
    pub fn next_starts(&self, now: Timestamp, count: usize) -> Vec<Minute> {
        if !self.is_windowed() {
            return Vec::new();
        }
        let begun = |opening: &Opening| opening.opens() <= now;
        let openings = self.openings(now).skip_while(begun).take(count);
        openings.map(|opening| opening.opens).collect()
    }

    /// The first opening that begins at a closed minute or after it.
    fn opening_from(&self, minute: Minute) -> Option<Opening> {
        let start = self.start.unwrap_or(minute);
        if !self.is_windowed() {
            return (start >= minute).then_some(Opening {
                opens: start,
                closes: None,
            });
        }
        let from = start.max(minute);
        let opens = self
            .windows
            .iter()
            .filter_map(|window| window.cron.next(from))
            .min()?;
        Some(Opening {
            opens,
            closes: Coverage::of(self).first_gap(opens),
        })
    }
}

/// A bit for each minute of a day.
type Minutes = [u64; (DAY as usize).div_ceil(64)];

/// What a window covers because of one day: it lasts at most a day, and so ends on the next.
#[derive(Clone, Copy)]
struct Pattern {
    today: Minutes,
    tomorrow: Minutes,
}

/// The minutes that windows cover. What one covers when it fires on a day is the same for each
/// day, so that a day costs one look at each window.
struct Coverage<'s> {
    schedule: &'s SchedulingConfig,
    whole: Vec<Pattern>,
}

impl<'s> Coverage<'s> {
    fn of(schedule: &'s SchedulingConfig) -> Self {
        let whole = schedule.windows.iter();
        let whole = whole.map(|window| Pattern::of(window, 0)).collect();
        Self { schedule, whole }
    }

    fn covers(&self, minute: Minute) -> bool {
        let (day, of_day) = (minute.day(), minute.of_day());
        let mut calendar = Calendar::default();
        let windows = &self.schedule.windows;
        let before = day.checked_sub(1);
        let yesterday = before.map_or(0, |day| calendar.fire(windows, day));
        let today = calendar.fire(windows, day);
        first_clear(&self.on(day, (yesterday, today)), of_day) != Some(of_day)
    }

    /// The first minute at `from` or after it that no window covers.
    fn first_gap(&self, from: Minute) -> Option<Minute> {
        let (first, mut of_day) = (from.day(), from.of_day());
        let mut calendar = Calendar::default();
        let windows = &self.schedule.windows;
        let mut yesterday = first
            .checked_sub(1)
            .map_or(0, |day| calendar.fire(windows, day));
        // From here on a day is covered by all that its windows and those of the day before have.
        let steady = self.schedule.start.map_or(0, Minute::day) + 2;
        let mut covered = None;
        // 2199 is the last year that an expression can name; the last window ends a day later.
        for day in first..first.max(END_OF_TIME).saturating_add(2) {
            let today = calendar.fire(windows, day);
            let fire = (yesterday, today);
            if covered != Some(fire) {
                if let Some(gap) = first_clear(&self.on(day, fire), of_day) {
                    return Some(Minute::from_day(day, gap));
                }
                covered = (day >= steady && of_day == 0).then_some(fire);
            }
            of_day = 0;
            yesterday = today;
        }
        None
    }

    /// What is covered of a day on which and before which these windows fire.
    fn on(&self, day: u64, (yesterday, today): (Fire, Fire)) -> Minutes {
        let mut minutes = Minutes::default();
        let mut add = |more: &Minutes| {
            minutes
                .iter_mut()
                .zip(more)
                .for_each(|(word, more)| *word |= more);
        };
        let windows = self.schedule.windows.iter().zip(&self.whole);
        for (index, (window, whole)) in windows.enumerate() {
            if today & (1 << index) != 0
                && let Some(pattern) = self.fired(window, whole, day)
            {
                add(&pattern.today);
            }
            if yesterday & (1 << index) != 0
                && let Some(before) = day.checked_sub(1)
                && let Some(pattern) = self.fired(window, whole, before)
            {
                add(&pattern.tomorrow);
            }
        }
        minutes
    }

    /// What a window covers because of a day on which it fires: nothing before the start.
    fn fired(&self, window: &MaintenanceWindow, whole: &Pattern, day: u64) -> Option<Pattern> {
        let start = self.schedule.start;
        let start_day = start.map_or(0, Minute::day);
        if day < start_day {
            return None;
        }
        match start {
            Some(start) if day == start_day => Some(Pattern::of(window, start.of_day())),
            _ => Some(*whole),
        }
    }
}

/// A bit for each window that fires on a day.
type Fire = u128;

const _: () = assert!(WINDOWS_MAX <= Fire::BITS as usize);

/// The days of one month on which each window fires.
#[derive(Default)]
struct Calendar {
    /// The days from the first to before the second.
    month: Range<u64>,
    /// Bit 1 is the first day.
    days: Vec<u32>,
}

impl Calendar {
    fn fire(&mut self, windows: &[MaintenanceWindow], day: u64) -> Fire {
        if !self.month.contains(&day) {
            let (year, month, of_month) = date(day);
            let year = u32::try_from(year).unwrap_or(u32::MAX);
            let first = day + 1 - u64::from(of_month);
            self.month = first..first + u64::from(days_in(year, month));
            let days = |window: &MaintenanceWindow| window.cron.days_of_month(year, month);
            self.days = windows.iter().map(days).collect();
        }
        let of_month = day - self.month.start + 1;
        let fires = (0..).zip(&self.days);
        fires.fold(0, |fire, (index, days)| {
            fire | Fire::from(days >> of_month & 1) << index
        })
    }
}

impl Pattern {
    /// Of a window that fires at a minute of the day or later.
    fn of(window: &MaintenanceWindow, from: u64) -> Self {
        let (mut today, mut tomorrow) = (Minutes::default(), Minutes::default());
        let mut filled = 0;
        let mut next = window.cron.next_of_day(from);
        while let Some(hit) = next {
            let end = hit + u64::from(window.minutes);
            for minute in hit.max(filled)..end {
                match minute.checked_sub(DAY) {
                    None => insert(&mut today, minute),
                    Some(minute) => insert(&mut tomorrow, minute),
                }
            }
            filled = end;
            next = window.cron.next_of_day(hit + 1);
        }
        Self { today, tomorrow }
    }
}

fn insert(minutes: &mut Minutes, minute: u64) {
    if let Some(word) = minutes.get_mut((minute / 64) as usize) {
        *word |= 1 << (minute % 64);
    }
}

/// The first minute of the day from one on that has no bit.
fn first_clear(minutes: &Minutes, from: u64) -> Option<u64> {
    let words = (0..).step_by(64).zip(minutes);
    let clear = words
        .filter(|(first, _)| first + 64 > from)
        .find_map(|(first, word)| {
            let before = from.saturating_sub(first);
            let clear = !word & (u64::MAX << before);
            (clear != 0).then(|| first + u64::from(clear.trailing_zeros()))
        });
    clear.filter(|minute| *minute < DAY)
}

const END_OF_TIME: u64 = crate::civil::days_before(2200, 1);
