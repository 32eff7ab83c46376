//! ML Detect as its introductions tell it: when there are enough devices, days and datapoints.

use core::time::Duration;

use iot_defender::detect::{
    AwsMetric, ConfidenceLevel, MetricSide, ModelLifecycle, ModelStatus, Number, Training,
    TrainingAttempt, ValueKind,
};
use iot_topics::Timestamp;

fn started() -> ModelLifecycle {
    ModelLifecycle::new(Timestamp::from_secs(0))
}

/// 14 days of a fleet that reports each so many minutes.
fn fourteen_days(devices: u64, minutes: u64) -> ModelLifecycle {
    let mut lifecycle = started();
    for _ in 0..14 {
        lifecycle.end_day(devices * 24 * 60 / minutes);
    }
    lifecycle
}

/// The fleets that the guide calls enough, and one device fewer of the last.
#[test]
fn fleets_that_are_enough() {
    for (devices, minutes, datapoints) in [
        (60, 45, 26_880),
        (40, 30, 26_880),
        (15, 10, 30_240),
        (7, 5, 28_224),
    ] {
        let lifecycle = fourteen_days(devices, minutes);
        assert_eq!(lifecycle.datapoints(), datapoints);
        assert_eq!(lifecycle.status(), ModelStatus::Active);
        assert_eq!(lifecycle.datapoints_percentage(), 100.0);
    }
    let short = fourteen_days(6, 5);
    assert_eq!(short.datapoints(), 24_192);
    assert_eq!(short.status(), ModelStatus::PendingBuild);
    assert_eq!(short.datapoints_percentage(), 96.768);
}

/// 14 days, and 25,000 datapoints: each boundary from both sides.
#[test]
fn both_days_and_datapoints_are_needed() {
    let mut lifecycle = started();
    for day in 1..14 {
        assert_eq!(lifecycle.end_day(25_000), TrainingAttempt::TooEarly);
        assert_eq!(lifecycle.days_percentage(), f64::from(day) * 100.0 / 14.0);
        assert_eq!(lifecycle.datapoints_percentage(), 100.0);
    }
    assert_eq!(lifecycle.end_day(0), TrainingAttempt::Build);

    for (last, expected) in [
        (24_999, TrainingAttempt::TooFew),
        (25_000, TrainingAttempt::Build),
    ] {
        let mut lifecycle = started();
        for _ in 1..14 {
            lifecycle.end_day(0);
        }
        assert_eq!(lifecycle.end_day(last), expected);
        assert_eq!(lifecycle.days_percentage(), 100.0);
    }
}

/// The bars of the console: both are full before there is a model.
#[test]
fn a_model_waits_for_the_shorter_bar() {
    let mut lifecycle = started();
    for _ in 0..60 {
        lifecycle.end_day(1_500);
        let full =
            lifecycle.days_percentage() == 100.0 && lifecycle.datapoints_percentage() == 100.0;
        assert_eq!(full, lifecycle.status() == ModelStatus::Active);
    }
    assert_eq!(lifecycle.datapoints_percentage(), 84.0);
}

/// After the first model, one each day, as long as there is enough data.
#[test]
fn models_are_refreshed_daily() {
    let mut lifecycle = started();
    for day in 1..=100 {
        let is_built = lifecycle.end_day(2_000) == TrainingAttempt::Build;
        assert_eq!(is_built, day >= 14);
        assert_eq!(lifecycle.last_refresh_day(), is_built.then_some(day));
        let next = Timestamp::from_secs((day + 1) * 86_400);
        assert_eq!(lifecycle.next_day_end(), Some(next));
    }
}

/// A failure, 30 retries, and it is over; a success in between starts the count again.
#[test]
fn retries_end_after_thirty_days() {
    let mut lifecycle = started();
    let mut feed = |days: u64, datapoints| {
        for _ in 0..days {
            lifecycle.end_day(datapoints);
        }
        (lifecycle.status(), lifecycle.last_refresh_day())
    };
    assert_eq!(feed(14, 25_000), (ModelStatus::Active, Some(14)));
    // Days 15 to 27 still see day 14; 28 to 57 are 30 failures.
    assert_eq!(feed(43, 0), (ModelStatus::Active, Some(27)));
    assert_eq!(feed(1, 25_000), (ModelStatus::Active, Some(58)));
    // Days 59 to 71 still see day 58; 72 to 101 are 30 failures.
    assert_eq!(feed(43, 0), (ModelStatus::Active, Some(71)));
    assert_eq!(feed(1, 0), (ModelStatus::Expired, Some(71)));
    assert_eq!(feed(20, 25_000), (ModelStatus::Expired, Some(71)));
    assert_eq!(lifecycle.next_day_end(), None);
}

/// A lifecycle goes on where it was written down.
#[test]
fn a_lifecycle_is_kept_as_json() {
    let mut lifecycle = fourteen_days(7, 5);
    let text = serde_json::to_string(&lifecycle).unwrap();
    let mut read: ModelLifecycle = serde_json::from_str(&text).unwrap();
    assert_eq!(read, lifecycle);
    for day in 0..60 {
        assert_eq!(read.end_day(day * 100), lifecycle.end_day(day * 100));
    }
}

/// A target without things is not trained.
#[test]
fn an_empty_group_has_no_model() {
    let training = Training::new(ValueKind::Whole, Timestamp::from_secs(14 * 86_400));
    assert_eq!(training.points(), 0);
    assert_eq!(training.finish(), None);
    let mut lifecycle = started();
    let built = (0..100).filter(|_| lifecycle.end_day(0) == TrainingAttempt::Build);
    assert_eq!(built.count(), 0);
}

/// A model follows what devices do: after a change that lasts, the new behavior is the normal one.
#[test]
fn a_refresh_learns_what_changed() {
    let point = |day: u64, step: u64| Timestamp::from_secs(day * 86_400 + (step + 1) * 300);
    let build = |until: u64| {
        let mut training = Training::new(ValueKind::Whole, Timestamp::from_secs(until * 86_400));
        for _ in 0..7 {
            let days = until.saturating_sub(14)..until;
            let points = days.flat_map(|day| (0..288).map(move |step| (day, step)));
            training.add_device(points.map(|(day, step)| {
                let value = if day < 20 { 10 } else { 100 };
                (point(day, step), Number::from(value))
            }));
        }
        training.finish().unwrap()
    };
    let level = ConfidenceLevel::Medium;
    let at = Timestamp::from_secs(40 * 86_400);
    let new = Number::from(100);
    assert!(build(20).explain(at, new, level).is_some());
    assert_eq!(build(34).explain(at, new, level), None);
    let old = build(20).built_at().saturating_add(Duration::from_secs(1));
    assert_eq!(build(20).explain(old, Number::from(10), level), None);
}

/// Six metrics of the cloud and seven of the device are learnt; no list is.
#[test]
fn metrics_that_are_learnt() {
    let learnt = |side| {
        let all = AwsMetric::ALL.iter();
        let of_side = all.filter(move |metric| metric.side() == side && metric.supports_ml());
        of_side.map(|metric| metric.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        learnt(MetricSide::Cloud),
        [
            "aws:message-byte-size",
            "aws:num-messages-sent",
            "aws:num-messages-received",
            "aws:num-authorization-failures",
            "aws:num-connection-attempts",
            "aws:num-disconnects",
        ]
    );
    assert_eq!(
        learnt(MetricSide::Device),
        [
            "aws:all-bytes-out",
            "aws:all-bytes-in",
            "aws:all-packets-out",
            "aws:all-packets-in",
            "aws:num-listening-tcp-ports",
            "aws:num-listening-udp-ports",
            "aws:num-established-tcp-connections",
        ]
    );
}
