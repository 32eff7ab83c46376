//! Slow and plain answers to compare with.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::manual_is_multiple_of,
    clippy::only_used_in_recursion,
    reason = "expressions come from the generators"
)]

use iot_jobs::Minute;

const MONTHS: &str = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
const DAYS: &str = "SUNMONTUEWEDTHUFRISAT";

/// Whether an expression fires at a minute, decided from the text of each.
pub(crate) fn fires(cron: &str, minute: Minute) -> bool {
    let inner = cron
        .strip_prefix("cron(")
        .unwrap()
        .strip_suffix(')')
        .unwrap();
    let fields: Vec<&str> = inner.split_whitespace().collect();
    let text = minute.to_string();
    let number = |from: usize, to: usize| text[from..to].parse::<u64>().unwrap();
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let midnight = Minute::parse(&format!("{}T00:00", &text[..10])).unwrap();
    let week = 1 + (midnight.timestamp().as_secs() / 86_400 + 4) % 7;
    let length = length(year, month);
    any(fields[0], number(14, 16), 59, "", 0)
        && any(fields[1], number(11, 13), 23, "", 0)
        && any(fields[3], month, 12, MONTHS, 1)
        && any(fields[5], year, 2199, "", 1970)
        && (fields[2] == "?"
            || fields[2]
                .split(',')
                .any(|item| of_month(item, day, week, length)))
        && (fields[4] == "?"
            || fields[4]
                .split(',')
                .any(|item| of_week(item, day, week, length)))
}

fn length(year: u64, month: u64) -> u64 {
    let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    [
        31,
        if leap { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ][month as usize - 1]
}

fn value(text: &str, names: &str) -> u64 {
    match names.find(&text.to_uppercase()) {
        Some(at) if text.len() == 3 => 1 + at as u64 / 3,
        _ => text.parse().unwrap(),
    }
}

fn any(field: &str, now: u64, max: u64, names: &str, min: u64) -> bool {
    field.split(',').any(|item| one(item, now, max, names, min))
}

fn one(item: &str, now: u64, max: u64, names: &str, min: u64) -> bool {
    if let Some((range, step)) = item.split_once('/') {
        let first = match range.split_once('-') {
            Some((first, _)) => value(first, names),
            None if range == "*" => min,
            None => value(range, names),
        };
        let inside = range == "*" || !range.contains('-') || one(range, now, max, names, min);
        return inside && now >= first && (now - first) % step.parse::<u64>().unwrap() == 0;
    }
    match item.split_once('-') {
        Some((first, last)) => (value(first, names)..=value(last, names)).contains(&now),
        None => item == "*" || value(item, names) == now,
    }
}

/// The day of the week of another day of the same month.
fn week_of(other: u64, day: u64, week: u64) -> u64 {
    (week + 70 + other - day - 1) % 7 + 1
}

fn of_month(item: &str, day: u64, week: u64, length: u64) -> bool {
    let workday = |day_of_week: u64| (2..=6).contains(&day_of_week);
    if item == "L" {
        return day == length;
    }
    if item == "LW" {
        // The last of the month that is a workday.
        return workday(week)
            && (day + 1..=length).all(|later| !workday(week_of(later, day, week)));
    }
    if let Some(wanted) = item.strip_suffix('W') {
        let wanted: u64 = wanted.parse().unwrap();
        // Of the workdays of the month the one that is nearest.
        let workdays = (1..=length).filter(|other| workday(week_of(*other, day, week)));
        let nearest = workdays.min_by_key(|other| other.abs_diff(wanted));
        return wanted <= length && nearest == Some(day);
    }
    one(item, day, 31, "", 1)
}

fn of_week(item: &str, day: u64, week: u64, length: u64) -> bool {
    if item == "L" {
        return week == 7;
    }
    if let Some(wanted) = item.strip_suffix('L') {
        return week == value(wanted, DAYS) && day + 7 > length;
    }
    if let Some((wanted, number)) = item.split_once('#') {
        return week == value(wanted, DAYS) && (day - 1) / 7 + 1 == number.parse::<u64>().unwrap();
    }
    one(item, week, 7, DAYS, 1)
}

/// `min(maximum, floor(base x (tenths / 10)^steps))` by the definition, for powers that fit.
pub(crate) fn rate(base: u128, tenths: u128, steps: u32, maximum: u128) -> u128 {
    (base * tenths.pow(steps) / 10_u128.pow(steps)).min(maximum)
}
