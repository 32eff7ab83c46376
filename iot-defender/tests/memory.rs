//! What Detect takes for each behavior of each thing, and that a step in which nothing changes
//! takes nothing. In a binary of its own, as it counts what all threads allocate.
#![expect(
    clippy::unwrap_used,
    reason = "a profile that is refused must fail the test"
)]

use allocation_counter::measure;
use iot_defender::detect::{
    AwsMetric, Datapoint, Definitions, DeviceId, Engine, NearestRank, NoModels, Reading,
    SecurityProfile, SeriesId, Target,
};
use iot_topics::Timestamp;
use serde_json::json;

const THINGS: u32 = 10_000;

/// Bytes for each behavior of each thing, with its hour of values, its thing, and a name of 12
/// bytes: 300 may be.
const BYTES: i64 = 180;

/// Counters, each with a window of an hour, which is the longest.
const METRICS: [AwsMetric; 9] = [
    AwsMetric::NumMessagesSent,
    AwsMetric::NumMessagesReceived,
    AwsMetric::NumAuthorizationFailures,
    AwsMetric::NumConnectionAttempts,
    AwsMetric::NumDisconnects,
    AwsMetric::AllBytesOut,
    AwsMetric::AllBytesIn,
    AwsMetric::AllPacketsOut,
    AwsMetric::AllPacketsIn,
];

fn profile() -> SecurityProfile {
    let behaviors: Vec<_> = METRICS
        .iter()
        .enumerate()
        .map(|(index, metric)| {
            json!({
                "name": format!("b{index}"),
                "metric": metric,
                "criteria": {
                    "comparisonOperator": "less-than",
                    "value": { "count": 1_000 },
                    "durationSeconds": 3600,
                },
            })
        })
        .collect();
    let request = json!({ "behaviors": behaviors });
    let name = "fleet".parse().unwrap();
    SecurityProfile::create(name, &request, &Definitions::default()).unwrap()
}

fn fleet() -> (Engine, Vec<DeviceId>) {
    let mut engine = Engine::new();
    engine.set_profile(&profile());
    engine.attach("fleet", Target::All).unwrap();
    let devices = (0..THINGS).map(|number| {
        let name = format!("thing-{number:06}");
        engine.set_device(&name, true, [])
    });
    let devices = devices.collect();
    (engine, devices)
}

#[test]
fn behaviors_are_small_and_quiet_steps_allocate_nothing() {
    let mut made = None;
    let empty = measure(|| made = Some(fleet()));
    let (mut engine, devices) = made.unwrap();
    let series: Vec<SeriesId> = METRICS
        .iter()
        .map(|metric| engine.series(&(*metric).into(), None).unwrap())
        .collect();
    let value = Datapoint::Count(1);
    let mut readings = Vec::new();
    for device in &devices {
        readings.extend(series.iter().map(|series| Reading {
            device: *device,
            series: *series,
            value: &value,
        }));
    }
    let mut now = 1_573_786_800;
    let mut step = || {
        now += 300;
        let at = Timestamp::from_secs(now);
        let events = engine.step(at, &readings, &mut NearestRank, &NoModels);
        assert!(events.is_empty());
    };
    // Places for what arrives in a step are kept for the next.
    let first = measure(&mut step);
    let all = i64::from(THINGS) * METRICS.len() as i64;
    let bytes = (empty.bytes_current + first.bytes_current) / all;
    assert!(bytes <= BYTES, "{bytes} bytes");
    assert_eq!(measure(&mut step).count_total, 0);
}
