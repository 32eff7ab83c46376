//! Which devices a percentile of windows is taken of.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build profiles of parts that are legal"
)]

use iot_defender::detect::{
    AwsMetric, Datapoint, Definitions, Engine, NearestRank, NoModels, Reading, SecurityProfile,
    Target,
};
use iot_topics::Timestamp;
use serde_json::json;

/// What each device sent, step by step.
type Sent<'a> = &'a [(&'a str, &'a [Option<u64>])];

fn profile(window: u32) -> SecurityProfile {
    let request = json!({ "behaviors": [{
        "name": "Median",
        "metric": "aws:num-messages-sent",
        "criteria": {
            "comparisonOperator": "less-than-equals",
            "statisticalThreshold": { "statistic": "p50" },
            "durationSeconds": window * 300,
        },
    }] });
    SecurityProfile::create("p".parse().unwrap(), &request, &Definitions::default()).unwrap()
}

/// The steps in which devices begin to be above the median of their windows.
fn alarms(window: u32, sent: Sent<'_>, each_step: fn(&mut Engine, u64)) -> Vec<(u64, String)> {
    let mut engine = Engine::new();
    engine.set_profile(&profile(window));
    engine.attach("p", Target::All).unwrap();
    let metric = AwsMetric::NumMessagesSent.into();
    let mut alarms = Vec::new();
    for step in 0..sent.iter().map(|(_, counts)| counts.len()).max().unwrap() {
        let series = engine.series(&metric, None).unwrap();
        let mut arrived = Vec::new();
        for (name, counts) in sent {
            if let Some(Some(count)) = counts.get(step) {
                let device = engine.set_device(name, true, []);
                arrived.push((device, Datapoint::Count(*count)));
            }
        }
        let readings: Vec<Reading<'_>> = arrived
            .iter()
            .map(|(device, value)| Reading {
                device: *device,
                series,
                value,
            })
            .collect();
        each_step(&mut engine, step as u64);
        let now = Timestamp::from_secs(1_573_786_800 + step as u64 * 300);
        let events = engine.step(now, &readings, &mut NearestRank, &NoModels);
        let begun = events.iter().filter(|event| event.metric_value.is_some());
        alarms.extend(begun.map(|event| (step as u64, event.thing.to_string())));
    }
    alarms
}

#[test]
fn a_device_that_is_silent_in_a_step_counts_with_its_window() {
    let sent: Sent<'_> = &[("busy", &[Some(4), Some(5)]), ("quiet", &[Some(3), None])];
    assert_eq!(alarms(2, sent, |_, _| ()), [(1, "busy".to_owned())]);
}

#[test]
fn a_device_whose_window_is_empty_does_not_count() {
    // Once more alone, there is no population.
    let sent: Sent<'_> = &[
        ("busy", &[Some(1), Some(1), Some(1), Some(9)]),
        ("quiet", &[Some(3), Some(3), None, None]),
    ];
    assert_eq!(alarms(2, sent, |_, _| ()), [(1, "quiet".to_owned())]);
}

#[test]
fn a_device_that_is_gone_does_not_count() {
    let sent: Sent<'_> = &[("busy", &[Some(4), Some(5)]), ("quiet", &[Some(3), None])];
    let leave = |engine: &mut Engine, step| {
        if step == 1 {
            let quiet = engine.device("quiet", true).unwrap();
            engine.remove_device(quiet);
        }
    };
    assert_eq!(alarms(2, sent, leave), []);
}

#[test]
fn a_new_version_of_the_profile_knows_the_windows() {
    let sent: Sent<'_> = &[
        ("busy", &[Some(4), Some(5), Some(5)]),
        ("quiet", &[Some(3), Some(3), None]),
    ];
    // The window of the new version is full in the last step.
    let widen = |engine: &mut Engine, step| {
        if step == 1 {
            engine.set_profile(&profile(3));
        }
    };
    let busy = |step| (step, "busy".to_owned());
    assert_eq!(alarms(1, sent, widen), [busy(0), busy(2)]);
    let narrow = |engine: &mut Engine, step| {
        if step == 2 {
            engine.set_profile(&profile(2));
        }
    };
    assert_eq!(alarms(3, sent, narrow), [busy(2)]);
}
