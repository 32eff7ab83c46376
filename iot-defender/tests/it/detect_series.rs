//! What a series says of the past, against what the engine judged.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a profile that is none must fail"
)]

use iot_defender::detect::{
    Datapoint, Definitions, DeviceSeries, Engine, MessageSizes, MetricKind, MetricValue,
    NearestRank, NoModels, Number, Reading, SecurityProfile, Target, ViolationEventType,
};
use iot_topics::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

/// In each step the datapoints that come in it.
type Trace = Vec<Vec<Datapoint>>;

/// The values that the engine tells of alarms, and those that the series has for them.
fn both(
    metric: &str,
    kind: MetricKind,
    criteria: &Value,
    trace: &Trace,
) -> [Vec<(u64, bool, f64)>; 2] {
    let request =
        json!({ "behaviors": [{ "name": "it", "metric": metric, "criteria": criteria }] });
    let name = "profile".parse().unwrap();
    let profile = SecurityProfile::create(name, &request, &Definitions::default()).unwrap();
    let behavior = &profile.behaviors()[0];
    let mut engine = Engine::new();
    engine.set_profile(&profile);
    engine.attach("profile", Target::All).unwrap();
    let device = engine.set_device("lamp", true, []);
    let series = engine.series(behavior.metric(), None).unwrap();
    let mut past = DeviceSeries::new(kind);
    let (mut told, mut seen, mut is_alarm) = (Vec::new(), Vec::new(), false);
    let limit = criteria["value"]["count"].as_u64().unwrap() as f64;
    for (step, values) in (1..).zip(trace) {
        let at = Timestamp::from_secs(step * 300);
        let readings: Vec<_> = values
            .iter()
            .map(|value| Reading {
                device,
                series,
                value,
            })
            .collect();
        for event in engine.step(at, &readings, &mut NearestRank, &NoModels) {
            let Some(MetricValue::Count(value)) = event.metric_value else {
                panic!()
            };
            let begins = event.event_type == ViolationEventType::InAlarm;
            told.push((step, begins, value as f64));
        }
        values.iter().for_each(|value| past.push(at, value));
        if let Some(value) = past.judged(behavior, at).map(Number::get)
            && (value > limit) != is_alarm
        {
            is_alarm = !is_alarm;
            seen.push((step, is_alarm, value));
        }
    }
    [told, seen]
}

fn trace(value: impl Strategy<Value = Datapoint>) -> impl Strategy<Value = Trace> {
    prop::collection::vec(prop::collection::vec(value, 0..3), 0..60)
}

proptest! {
    #[test]
    fn counters(
        trace in trace((0..40_u64).prop_map(Datapoint::Count)),
        seconds in prop::sample::select(vec![300, 600, 900, 1_800, 3_600]),
        limit in 0..120_u64,
    ) {
        let criteria = json!({
            "comparisonOperator": "less-than-equals",
            "value": { "count": limit },
            "durationSeconds": seconds,
        });
        let [told, seen] = both("aws:num-messages-sent", MetricKind::Counter, &criteria, &trace);
        prop_assert_eq!(told, seen);
    }

    #[test]
    fn sizes_and_gauges(
        trace in trace((1..40_u64).prop_map(|it| {
            Datapoint::Sizes(MessageSizes::new(1, it, it * 9).unwrap())
        })),
        gauge in trace((0..40_u64).prop_map(Datapoint::Count)),
        limit in 0..40_u64,
    ) {
        let criteria = json!({ "comparisonOperator": "less-than-equals", "value": { "count": limit } });
        let [told, seen] = both("aws:message-byte-size", MetricKind::MessageSize, &criteria, &trace);
        prop_assert_eq!(told, seen);
        let metric = "aws:num-listening-tcp-ports";
        let [told, seen] = both(metric, MetricKind::Gauge, &criteria, &gauge);
        prop_assert_eq!(told, seen);
    }
}

#[test]
fn what_is_forgotten_does_not_make_a_window_new() {
    let request = json!({ "behaviors": [{
        "name": "it",
        "metric": "aws:all-bytes-out",
        "criteria": {
            "comparisonOperator": "less-than",
            "value": { "count": 1 },
            "durationSeconds": 600,
        },
    }] });
    let name = "profile".parse().unwrap();
    let profile = SecurityProfile::create(name, &request, &Definitions::default()).unwrap();
    let mut series = DeviceSeries::new(MetricKind::Counter);
    let at = |step: u64| Timestamp::from_secs(step * 300);
    for step in 1..=4 {
        series.push(at(step), &Datapoint::Count(step));
    }
    series.forget_before(at(4));
    let judged = series.judged(&profile.behaviors()[0], at(4));
    assert_eq!(judged, Some(Number::from(4_u32)));
    let lists = &mut DeviceSeries::new(MetricKind::List);
    lists.push(at(1), &Datapoint::Ports(vec![1]));
    assert_eq!(lists.numbers().count(), 0);
}
