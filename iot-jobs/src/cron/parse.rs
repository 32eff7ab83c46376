//! Reading a cron expression.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;

use super::day::Days;
use super::{Cron, CronError, FIRST_YEAR, LAST_YEAR, Years};

/// What a field takes.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    /// Three letters for each value, from `min` on.
    names: &'static [&'static str],
}

const MINUTE: Field = Field {
    name: "minute",
    min: 0,
    max: 59,
    names: &[],
};
const HOUR: Field = Field {
    name: "hour",
    min: 0,
    max: 23,
    names: &[],
};
const DAY_OF_MONTH: Field = Field {
    name: "day of month",
    min: 1,
    max: 31,
    names: &[],
};
const MONTH: Field = Field {
    name: "month",
    min: 1,
    max: 12,
    names: &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
};
const DAY_OF_WEEK: Field = Field {
    name: "day of week",
    min: 1,
    max: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};
const YEAR: Field = Field {
    name: "year",
    min: FIRST_YEAR,
    max: LAST_YEAR,
    names: &[],
};

pub(super) fn cron(text: &str) -> Result<Cron, CronError> {
    let whole = |reason: &str| CronError {
        field: None,
        reason: reason.to_owned(),
    };
    let inner = text
        .strip_prefix("cron(")
        .and_then(|rest| rest.strip_suffix(')'));
    let inner = inner.ok_or_else(|| whole("not of the form `cron(..)`"))?;
    let mut fields = inner.split_ascii_whitespace();
    let mut next = || {
        fields
            .next()
            .ok_or_else(|| whole("has fewer than six fields"))
    };
    let (minute, hour, of_month) = (next()?, next()?, next()?);
    let (month, of_week, year) = (next()?, next()?, next()?);
    if fields.next().is_some() {
        return Err(whole("has more than six fields"));
    }
    let mut cron = Cron {
        text: text.to_owned(),
        minutes: 0,
        hours: 0,
        months: 0,
        years: Years::default(),
        days: Days::default(),
    };
    MINUTE.set(minute, |value| cron.minutes |= 1 << value)?;
    HOUR.set(hour, |value| cron.hours |= 1 << value)?;
    if of_month != "?" {
        day_of_month(of_month, &mut cron.days)?;
    }
    MONTH.set(month, |value| cron.months |= 1 << value)?;
    if of_week != "?" {
        day_of_week(of_week, &mut cron.days)?;
    }
    YEAR.set(year, |value| cron.years.insert(value))?;
    if (of_month == "?") == (of_week == "?") {
        return Err(whole(
            "exactly one of day of month and day of week must be `?`",
        ));
    }
    Ok(cron)
}

fn day_of_month(text: &str, days: &mut Days) -> Result<(), CronError> {
    for item in text.split(',') {
        if item == "L" {
            days.last = true;
        } else if item == "LW" {
            days.last_weekday = true;
        } else if let Some(day) = item.strip_suffix('W') {
            days.nearest |= 1 << DAY_OF_MONTH.value(day)?;
        } else {
            DAY_OF_MONTH.item(item, &mut |day| days.of_month |= 1 << day)?;
        }
    }
    Ok(())
}

fn day_of_week(text: &str, days: &mut Days) -> Result<(), CronError> {
    let field = &DAY_OF_WEEK;
    if let Some((day, number)) = text.split_once('#') {
        if text.contains(',') {
            return Err(field.error(text, "has another day beside the one with `#`"));
        }
        let number = match number {
            "1" => 1,
            "2" => 2,
            "3" => 3,
            "4" => 4,
            "5" => 5,
            _ => return Err(field.error(text, "has no number from 1 to 5 after `#`")),
        };
        days.nth = Some((zero_based(field.value(day)?), number));
        return Ok(());
    }
    for item in text.split(',') {
        if item == "L" {
            days.of_week |= 1 << SATURDAY;
        } else if let Some(day) = item.strip_suffix('L') {
            days.last_of_week |= 1 << zero_based(field.value(day)?);
        } else {
            field.item(item, &mut |day| days.of_week |= 1 << zero_based(day))?;
        }
    }
    Ok(())
}

const SATURDAY: u8 = 6;

const fn zero_based(day_of_week: u32) -> u8 {
    (day_of_week as u8).saturating_sub(1)
}

impl Field {
    fn set(&self, text: &str, mut insert: impl FnMut(u32)) -> Result<(), CronError> {
        text.split(',')
            .try_for_each(|item| self.item(item, &mut insert))
    }

    /// `*`, `a`, `a-b`, each with `/s` or without; `a/s` goes on to the last value.
    fn item(&self, item: &str, insert: &mut impl FnMut(u32)) -> Result<(), CronError> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(self.step(item, step)?)),
            None => (item, None),
        };
        let (first, last) = if range == "*" {
            (self.min, self.max)
        } else if let Some((first, last)) = range.split_once('-') {
            (self.value(first)?, self.value(last)?)
        } else {
            let first = self.value(range)?;
            (first, if step.is_some() { self.max } else { first })
        };
        if first > last {
            return Err(self.error(item, "ends before it begins"));
        }
        (first..=last).step_by(step.unwrap_or(1)).for_each(insert);
        Ok(())
    }

    fn step(&self, item: &str, step: &str) -> Result<usize, CronError> {
        let fits = |&step: &u32| step >= 1 && step <= self.max;
        let step = number(step)
            .filter(fits)
            .and_then(|step| usize::try_from(step).ok());
        step.ok_or_else(|| self.error(item, &format!("has no step from 1 to {}", self.max)))
    }

    fn value(&self, text: &str) -> Result<u32, CronError> {
        let named = self
            .names
            .iter()
            .zip(self.min..)
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        let value = named.map(|(_, value)| value).or_else(|| number(text));
        let inside = value.filter(|value| (self.min..=self.max).contains(value));
        inside.ok_or_else(|| self.error(text, &format!("is not from {} to {}", self.min, self.max)))
    }

    fn error(&self, text: &str, reason: &str) -> CronError {
        let shown: String = text.chars().take(SHOWN).collect();
        CronError {
            field: Some(self.name),
            reason: format!("`{shown}` {reason}"),
        }
    }
}

/// Characters of a field that an error repeats.
const SHOWN: usize = 32;

/// Up to four digits.
fn number(text: &str) -> Option<u32> {
    let digits = matches!(text.len(), 1..=4) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
