//! Cron expressions and schedules.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString as _};

use core::time::Duration;

use iot_topics::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::civil::Minute;

/// Cron expressions of all kinds, also such that never fire.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Cron, strategies::cron};
/// use proptest::prelude::*;
///
/// proptest!(|(text in cron())| {
///     prop_assert!(Cron::parse(&text).is_ok_and(|cron| cron.as_str() == text));
/// });
/// ```
pub fn cron() -> impl Strategy<Value = String> {
    let months = &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ];
    let year = prop_oneof![3 => Just("*".to_owned()), 1 => field(2020, 2030, &[])];
    (
        field(0, 59, &[]),
        field(0, 23, &[]),
        days(),
        field(1, 12, months),
        year,
    )
        .prop_map(|(minute, hour, (month_day, week_day), month, year)| {
            format!("cron({minute} {hour} {month_day} {month} {week_day} {year})")
        })
}

/// A field of one to three items, without those that only a day has.
fn field(min: u32, max: u32, names: &'static [&'static str]) -> impl Strategy<Value = String> {
    let value = move || {
        let named = move |value: u32| {
            names
                .get((value - min) as usize)
                .map(|name| (*name).to_owned())
        };
        (min..=max, any::<bool>()).prop_map(move |(value, by_name)| {
            named(value)
                .filter(|_| by_name)
                .unwrap_or_else(|| value.to_string())
        })
    };
    let range = (min..=max, min..=max).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b)));
    let steps = prop_oneof![value(), range.clone(), Just("*".to_owned())];
    let steps = (steps, 1..=max.min(30)).prop_map(|(range, step)| format!("{range}/{step}"));
    let item = prop_oneof![3 => value(), 2 => range, 2 => steps, 2 => Just("*".to_owned())];
    vec(item, 1..=3).prop_map(|items| items.join(","))
}

fn days() -> impl Strategy<Value = (String, String)> {
    let names = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    let months = prop_oneof![
        2 => field(1, 31, &[]),
        1 => Just("L".to_owned()),
        1 => Just("LW".to_owned()),
        1 => (1..=31).prop_map(|day| format!("{day}W")),
        1 => (1..=31, 1..=31).prop_map(|(a, b)| format!("{a}W,{b},L")),
    ];
    let weeks = prop_oneof![
        2 => field(1, 7, names),
        1 => Just("L".to_owned()),
        1 => (1..=7).prop_map(|day| format!("{day}L")),
        1 => (1..=7, 1..=5).prop_map(|(day, number)| format!("{day}#{number}")),
        1 => Just("FRIL,MON".to_owned()),
    ];
    prop_oneof![
        months.prop_map(|month| (month, "?".to_owned())),
        weeks.prop_map(|week| ("?".to_owned(), week)),
    ]
}

/// Cron expressions that fire at least once in a week, or on the first day of [`calls`](super::calls) only: its
/// windows have these.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Cron, Minute, strategies::frequent_cron};
/// use proptest::prelude::*;
///
/// let monday = Minute::parse("2024-03-04T00:00").expect("is a time");
/// proptest!(|(text in frequent_cron())| {
///     let cron = Cron::parse(&text).expect("is an expression");
///     prop_assert!(cron.next(monday).expect("fires").to_string().as_str() < "2024-03-11");
/// });
/// ```
pub fn frequent_cron() -> impl Strategy<Value = String> {
    const OFTEN: &[&str] = &[
        "cron(0 * * * ? *)",
        "cron(0/30 * * * ? *)",
        "cron(30 10/2 ? * MON-FRI *)",
        "cron(0 11 * * ? *)",
        "cron(0 12 4 3 ? 2024)",
    ];
    select(OFTEN).prop_map(str::to_owned)
}

/// When a job begins and ends, in minutes from now, and its windows: times are told when it is
/// created.
#[derive(Clone, Debug)]
pub(super) struct Relative {
    start: Option<u32>,
    end: Option<u32>,
    behavior: Option<&'static str>,
    windows: Value,
}

impl Relative {
    pub(super) fn at(&self, now: Timestamp) -> Value {
        let after = |minutes: u32| {
            let at = now.saturating_add(Duration::from_secs(u64::from(minutes) * 60));
            Minute::ceil(at).to_string()
        };
        let mut config = json!({});
        if let Some(map) = config.as_object_mut() {
            map.extend(
                self.start
                    .map(|it| ("startTime".to_owned(), after(it).into())),
            );
            map.extend(self.end.map(|it| ("endTime".to_owned(), after(it).into())));
            map.extend(
                self.behavior
                    .map(|it| ("endBehavior".to_owned(), it.into())),
            );
            let windows = Some(&self.windows).filter(|it| !it.is_null());
            map.extend(windows.map(|it| ("maintenanceWindows".to_owned(), it.clone())));
        }
        config
    }
}

pub(super) fn relative() -> impl Strategy<Value = Relative> {
    let behavior = select(["STOP_ROLLOUT", "CANCEL", "FORCE_CANCEL"].as_slice());
    let window = (
        frequent_cron(),
        select([1, 10, 29, 30, 45, 60, 90].as_slice()),
    );
    let window =
        window.prop_map(|(cron, minutes)| json!({"startTime": cron, "durationInMinutes": minutes}));
    let windows = vec(window, 1..=2).prop_map(Value::from);
    let start = prop_oneof![8 => 30..=40_u32, 1 => 60..=120_u32, 1 => 25..=30_u32];
    let length = prop_oneof![8 => 30..=60_u32, 2 => 60..=300_u32, 1 => 25..=30_u32];
    let behavior = option::weighted(0.7, behavior);
    let some = (
        option::weighted(0.6, start),
        option::weighted(0.6, length),
        behavior,
        option::weighted(0.4, windows),
    );
    some.prop_map(|(start, length, behavior, windows)| {
        let start = start.or_else(|| windows.as_ref().map(|_| 30));
        let end = length.map(|length| start.unwrap_or_default() + length);
        Relative {
            start,
            end,
            behavior: behavior.filter(|_| end.is_some()),
            windows: windows.unwrap_or_default(),
        }
    })
}
