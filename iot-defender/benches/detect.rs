//! A step of a fleet: 100,000 things with ten behaviors each, all of whose datapoints arrive.

#![expect(clippy::unwrap_used, reason = "the profiles of a bench are legal")]

use core::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use iot_defender::detect::{
    Datapoint, Definitions, DeviceId, Engine, Metric, NearestRank, NoModels, Reading,
    SecurityProfile, SeriesId, Target,
};
use iot_topics::Timestamp;
use serde_json::json;

const THINGS: u32 = 100_000;
const STEP: u64 = 300;
const START: u64 = 1_573_786_800;

/// Ten metrics that are counters or gauges, one with a window of an hour, one with a percentile.
const METRICS: [&str; 10] = [
    "aws:num-messages-sent",
    "aws:num-messages-received",
    "aws:num-authorization-failures",
    "aws:num-connection-attempts",
    "aws:num-disconnects",
    "aws:all-bytes-out",
    "aws:all-bytes-in",
    "aws:all-packets-out",
    "aws:num-listening-tcp-ports",
    "aws:num-established-tcp-connections",
];

struct Fleet {
    engine: Engine,
    devices: Vec<DeviceId>,
    series: Vec<SeriesId>,
}

impl Fleet {
    fn new(things: u32) -> Self {
        let behaviors: Vec<_> = METRICS.iter().enumerate().map(|(index, metric)| {
            let criteria = match index {
                0 => json!({
                    "comparisonOperator": "less-than-equals",
                    "statisticalThreshold": { "statistic": "p100" },
                    "durationSeconds": 300,
                }),
                1 => json!({
                    "comparisonOperator": "less-than",
                    "value": { "count": 1_000_000 },
                    "durationSeconds": 3600,
                }),
                _ => json!({ "comparisonOperator": "less-than", "value": { "count": 1_000_000 } }),
            };
            json!({ "name": format!("b{index}"), "metric": metric, "criteria": criteria })
        }).collect();
        let request = json!({ "behaviors": behaviors });
        let name = "fleet".parse().unwrap();
        let profile = SecurityProfile::create(name, &request, &Definitions::default()).unwrap();
        let mut engine = Engine::new();
        engine.set_profile(&profile);
        engine.attach("fleet", Target::All).unwrap();
        let name = |number| format!("thing-{number:06}");
        let devices = (0..things).map(|number| engine.set_device(&name(number), true, []));
        let devices = devices.collect();
        let series = METRICS.iter().map(|metric| {
            let metric: Metric = metric.parse().unwrap();
            engine.series(&metric, None).unwrap()
        });
        let series = series.collect();
        Self {
            engine,
            devices,
            series,
        }
    }

    fn readings<'v>(&self, values: &'v [Datapoint]) -> Vec<Reading<'v>> {
        let mut readings = Vec::with_capacity(self.devices.len() * self.series.len());
        for device in &self.devices {
            let of_device = self.series.iter().zip(values.iter().cycle());
            readings.extend(of_device.map(|(series, value)| Reading {
                device: *device,
                series: *series,
                value,
            }));
        }
        readings
    }
}

fn steps(criterion: &mut Criterion) {
    let mut fleet = Fleet::new(THINGS);
    let values: Vec<Datapoint> = (0..7).map(Datapoint::Count).collect();
    let readings = fleet.readings(&values);
    let one = fleet
        .readings(&values)
        .into_iter()
        .take(10)
        .collect::<Vec<_>>();
    let mut group = criterion.benchmark_group("detect");
    group.sample_size(10);
    let mut now = START;
    let mut step = |readings: &[Reading<'_>]| {
        now += STEP;
        let at = Timestamp::from_secs(now);
        fleet
            .engine
            .step(at, black_box(readings), &mut NearestRank, &NoModels)
    };
    group.bench_function("step of 100,000 things, 10 behaviors", |bencher| {
        bencher.iter_batched(|| (), |()| step(&readings), BatchSize::PerIteration);
    });
    group.bench_function("step of one thing among 100,000", |bencher| {
        bencher.iter_batched(|| (), |()| step(&one), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
