//! Laws of the rules, beside plain oracles.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests build values that are right"
)]

use core::time::Duration;

use iot_jobs::strategies::cron;
use iot_jobs::{
    AbortConfig, Cron, Decimal, EndCounts, Limits, Minute, RolloutConfig, SchedulingConfig,
    TargetSelection,
};
use iot_topics::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::oracle;

const LIMITS: Limits = Limits::AWS_IOT;
const MINUTE: Duration = Duration::from_secs(60);

fn instant() -> impl Strategy<Value = Timestamp> {
    // 2019 to 2032, so that leap years, their neighbours and the years of `cron` are met.
    (1_546_300_800_u64..1_956_528_000).prop_map(Timestamp::from_secs)
}

proptest! {
    // The oracle reads the expression anew for each of up to 57,600 minutes.
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// `next` is the first minute that the oracle says it fires at, over 40 days.
    #[test]
    fn cron_agrees_with_the_oracle(text in cron(), from in instant()) {
        let cron = Cron::parse(&text).unwrap();
        let from = Minute::ceil(from);
        let last = from.timestamp().saturating_add(40 * 24 * 60 * MINUTE);
        let found = cron.next(from);
        let mut minute = from;
        // Day by day, unless it fires on the day: the day is decided apart from the time.
        while minute.timestamp() <= last {
            if oracle::fires(&text, minute) {
                prop_assert_eq!(found, Some(minute));
                return Ok(());
            }
            minute = Minute::ceil(minute.timestamp().saturating_add(MINUTE));
        }
        prop_assert!(found.is_none_or(|found| found.timestamp() > last), "{:?}", found);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Wherever it fires next, it fires there; asked from there it says the same.
    #[test]
    fn cron_fires_where_it_says(text in cron(), from in instant()) {
        let cron = Cron::parse(&text).unwrap();
        if let Some(hit) = cron.next(Minute::ceil(from)) {
            prop_assert!(hit.timestamp() >= from);
            prop_assert!(oracle::fires(&text, hit), "{} at {}", text, hit);
            prop_assert_eq!(cron.next(hit), Some(hit));
        }
    }

    #[test]
    fn cron_takes_any_text(text in ".{0,40}|cron\\([0-9*?LW#,/A-Z -]{0,40}\\)") {
        if let Ok(cron) = Cron::parse(&text) {
            prop_assert_eq!(cron.as_str(), &text);
            let _ = cron.next(Minute::parse("1970-01-01T00:00").unwrap());
        }
    }

    #[test]
    fn minutes_print_as_they_parse(instant in instant()) {
        let minute = Minute::floor(instant);
        prop_assert_eq!(Minute::parse(&minute.to_string()), Ok(minute));
        prop_assert!(minute.timestamp() <= instant && instant <= Minute::ceil(instant).timestamp());
    }

    #[test]
    fn rate_is_the_formula(base in 1..=50_u32, tenths in 11..=50_u32, steps in 0..=20_u64, max in 50..=1_000_u32, more in 0..100_u64) {
        let config = json!({"maximumPerMinute": max, "exponentialRate": {
            "baseRatePerMinute": base,
            "incrementFactor": Decimal::<1>::from_units(tenths).to_json(),
            "rateIncreaseCriteria": {"numberOfNotifiedThings": 100},
        }});
        let rollout = RolloutConfig::from_json(&config, &LIMITS).unwrap();
        let expected = oracle::rate(base.into(), tenths.into(), steps as u32, max.into());
        prop_assert_eq!(u128::from(rollout.rate(steps * 100 + more, u64::MAX)), expected);
        prop_assert_eq!(rollout.to_json(), config);
    }

    /// More done is never slower, and the maximum holds.
    #[test]
    fn rate_rises(tenths in 11..=50_u32, a in any::<u64>(), b in any::<u64>()) {
        let config = json!({"maximumPerMinute": 1_000, "exponentialRate": {
            "baseRatePerMinute": 1,
            "incrementFactor": Decimal::<1>::from_units(tenths).to_json(),
            "rateIncreaseCriteria": {"numberOfSucceededThings": 1},
        }});
        let rollout = RolloutConfig::from_json(&config, &LIMITS).unwrap();
        for scale in [1, 1 << 58] {
            let (a, b) = (a / scale, b / scale);
            prop_assert!(rollout.rate(0, a.min(b)) <= rollout.rate(0, a.max(b)));
        }
        prop_assert_eq!(rollout.rate(0, u64::MAX), 1_000);
    }

    #[test]
    fn decimals_print_as_they_parse(units in any::<u32>()) {
        let decimal = Decimal::<2>::from_units(units);
        prop_assert_eq!(Decimal::parse(&decimal.to_string()), Some(decimal));
        prop_assert_eq!(Decimal::from_json(&decimal.to_json()), Some(decimal));
    }

    #[test]
    fn decimals_take_any_text(text in ".{0,12}|[0-9]{0,12}\\.?[0-9]{0,6}") {
        if let Some(decimal) = Decimal::<2>::parse(&text) {
            let same: f64 = text.parse().unwrap();
            prop_assert!((same * 100.0 - f64::from(decimal.units())).abs() < 1e-3);
        }
    }

    /// The threshold is met exactly, as fractions of whole numbers say.
    #[test]
    fn abort_is_exact(hundredths in 1..=10_000_u32, done in 1..100_000_u64, share in 0..=100_000_u64, min in 1..1_000_u32) {
        let bad = share.min(done);
        let config = json!({"criteriaList": [{
            "failureType": "FAILED", "action": "CANCEL", "minNumberOfExecutedThings": min,
            "thresholdPercentage": Decimal::<2>::from_units(hundredths).to_json(),
        }]});
        let abort = AbortConfig::from_json(&config, &LIMITS).unwrap();
        let ends = EndCounts { done, failed: bad, ..EndCounts::default() };
        let fires = done >= u64::from(min) && bad * 10_000 >= u64::from(hundredths) * done;
        prop_assert_eq!(abort.fires(&ends).is_some(), fires);
        prop_assert_eq!(abort.to_json(), config);
    }
}

/// Windows of one job, which begins on a Monday at eleven.
fn schedule(windows: &[(String, u32)]) -> SchedulingConfig {
    let windows = windows
        .iter()
        .map(|(cron, minutes)| json!({"startTime": cron, "durationInMinutes": minutes}));
    let windows: Value = windows.collect();
    let config = json!({"startTime": "2024-03-04T11:00", "maintenanceWindows": windows});
    let now = Timestamp::from_secs(1_709_546_400);
    SchedulingConfig::from_json(&config, &LIMITS, TargetSelection::Continuous, now).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Minute by minute over four days from an hour before the start: open is what lies within
    /// the duration of a hit that is not before the start.
    #[test]
    fn openings_are_the_union_of_the_windows(
        windows in proptest::collection::vec((cron(), prop_oneof![1..120_u32, 1_300..=1_430_u32]), 1..=3),
        offset in 0..200_u64,
    ) {
        let schedule = schedule(&windows);
        let start = schedule.start().unwrap().timestamp();
        let first = start.saturating_sub(60 * MINUTE);
        let at = |minute: u64| first.saturating_add(Duration::from_secs(minute * 60));
        let minutes = 4 * 24 * 60;
        let mut open = vec![false; minutes as usize + 1_440];
        for minute in 60..minutes {
            for (cron, duration) in &windows {
                if oracle::fires(cron, Minute::floor(at(minute))) {
                    open[minute as usize..(minute as usize + *duration as usize)].fill(true);
                }
            }
        }
        for minute in (0..minutes).step_by(7) {
            let inside = at(minute).saturating_add(Duration::from_secs(minute % 60));
            prop_assert_eq!(schedule.is_open_at(inside), open[minute as usize], "{}", minute);
        }
        let from = at(offset);
        prop_assert_eq!(schedule.open_at(from).is_some(), open[offset as usize]);
        let mut told = vec![false; open.len()];
        let mut before = None;
        for opening in schedule.openings(from).take_while(|opening| opening.opens() < at(minutes)) {
            let index = |time: Timestamp| (time.saturating_since(first).as_secs() / 60) as usize;
            prop_assert!(before.is_none_or(|before| before < opening.opens()), "touching");
            let closes = opening.closes().map_or(told.len(), index).min(told.len());
            told[index(opening.opens())..closes].fill(true);
            before = opening.closes();
            if before.is_none() {
                break;
            }
        }
        let (offset, end) = (offset as usize, minutes as usize);
        prop_assert_eq!(&told[offset..end], &open[offset..end]);
    }
}

#[test]
fn a_window_that_never_closes_says_so_at_once() {
    let every = schedule(&[("cron(0/30 * * * ? *)".to_owned(), 60)]);
    let start = every.start().unwrap().timestamp();
    // Until the last hit of 2199 is over.
    let end = Minute::parse("2200-01-01T00:30").unwrap().timestamp();
    assert_eq!(every.open_at(start).unwrap().closes(), Some(end));
    assert_eq!(every.openings(start).count(), 1);
    let never = schedule(&[("cron(0 0 31 2 ? *)".to_owned(), 60)]);
    assert_eq!(never.openings(start).next(), None);
    assert_eq!(never.next_starts(start, 7), []);
    let none = SchedulingConfig::default();
    assert_eq!(none.open_at(start).unwrap().closes(), None);
    assert_eq!(none.next_starts(start, 7), []);
}

#[test]
fn next_starts_are_those_after_now() {
    let nightly = schedule(&[("cron(0 22 * * ? *)".to_owned(), 60)]);
    let at = |text: &str| Minute::parse(text).unwrap().timestamp();
    let starts = |now| {
        nightly
            .next_starts(now, 2)
            .iter()
            .map(Minute::to_string)
            .collect::<Vec<_>>()
    };
    let days = ["2024-03-05T22:00", "2024-03-06T22:00"];
    assert_eq!(starts(at("2024-03-04T22:00")), days);
    assert_eq!(starts(at("2024-03-04T22:30")), days);
    assert_eq!(starts(at("2024-03-04T23:00")), days);
    assert_eq!(
        starts(at("2024-03-04T21:59")).first().unwrap(),
        "2024-03-04T22:00"
    );
}
