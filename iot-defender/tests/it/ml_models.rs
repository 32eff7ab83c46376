//! Models over their life, and percentiles of a fleet in parts.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use iot_defender::detect::{
    AwsMetric, Band, BehaviorName, BehaviorRef, ConfidenceLevel, Datapoint, Definitions, Engine,
    FleetPercentiles, Model, ModelStatus, Models, NearestRank, Number, Percentiles, ProfileName,
    Reading, SecurityProfile, Sketch, Statistic, Target, TrainedModels, Training, TrainingAttempt,
    ValueKind, ViolationEventType,
};
use iot_topics::Timestamp;
use proptest::prelude::*;
use serde_json::json;

fn names() -> (ProfileName, BehaviorName) {
    ("lamps".parse().unwrap(), "Unusual".parse().unwrap())
}

fn constant(value: u32, at: Timestamp) -> Option<Model> {
    let mut training = Training::new(ValueKind::Whole, at);
    training.add_device([(at, Number::from(value))]);
    training.finish()
}

fn high(band: Option<Band>) -> Option<f64> {
    band.map(|band| band.high.get())
}

/// None before the first; each refresh replaces it; without data it stays, and in the end expires.
#[test]
fn bands_follow_the_lifecycle() {
    let (profile, behavior) = names();
    let of = BehaviorRef {
        profile: &profile,
        behavior: &behavior,
    };
    let day = |n: u32| Timestamp::from_secs(u64::from(n) * 86_400);
    let mut models = TrainedModels::new();
    models.start(of, day(0));
    for n in 1..=80 {
        let datapoints = if n <= 20 { 5_000 } else { 0 };
        let before = high(models.band(of, ConfidenceLevel::High, day(n)));
        let attempt = models
            .end_day(of, datapoints, || constant(n % 10, day(n)))
            .unwrap();
        let after = high(models.band(of, ConfidenceLevel::High, day(n)));
        match n {
            1..14 => assert_eq!((attempt, after), (TrainingAttempt::TooEarly, None)),
            14..=29 => assert_eq!(
                (attempt, after),
                (TrainingAttempt::Build, Some(f64::from(n % 10 + 7)))
            ),
            30..=59 => assert_eq!((attempt, after), (TrainingAttempt::TooFew, before)),
            _ => assert_eq!((attempt, after), (TrainingAttempt::Expired, None)),
        }
    }
    let summary = models.summaries(&profile).remove(0);
    assert_eq!(summary.model_status, ModelStatus::Expired);
    assert_eq!(summary.last_model_refresh_date, Some(day(29)));
    assert!(models.remove(of));
    assert_eq!(models, TrainedModels::new());
}

/// What is written down and read again goes on as if nothing had been; also an expired lifecycle
/// does not take a model back.
#[test]
fn models_are_restored() {
    let (profile, behavior) = names();
    let of = BehaviorRef {
        profile: &profile,
        behavior: &behavior,
    };
    let mut models = TrainedModels::new();
    let at = Timestamp::from_secs(14 * 86_400);
    models.start(of, Timestamp::from_secs(0));
    for _ in 0..14 {
        models.end_day(of, 2_016, || constant(5, at));
    }
    let model = serde_json::to_string(models.model(of).unwrap()).unwrap();
    let lifecycle = serde_json::to_string(models.lifecycle(of).unwrap()).unwrap();
    let mut other = TrainedModels::new();
    let read = serde_json::from_str(&lifecycle).unwrap();
    other.restore(of, read, Some(serde_json::from_str(&model).unwrap()));
    assert_eq!(other, models);

    let expired = lifecycle.replace(r#""failures":0"#, r#""failures":31"#);
    assert_ne!(expired, lifecycle);
    let expired = serde_json::from_str(&expired).unwrap();
    other.restore(of, expired, constant(5, at));
    assert_eq!(other.band(of, ConfidenceLevel::Low, at), None);
}

/// Three behaviors that differ in their confidence, over the same datapoints: what alarms with more
/// confidence alarms with less, and each alarm of the engine has its sentence.
#[test]
fn the_engine_alarms_by_models() {
    let levels = ConfidenceLevel::ALL.iter().map(|level| {
        json!({
            "name": level,
            "metric": "aws:num-messages-sent",
            "criteria": { "mlDetectionConfig": { "confidenceLevel": level } },
        })
    });
    let request = json!({ "behaviors": levels.collect::<Vec<_>>() });
    let (name, _) = names();
    let profile = SecurityProfile::create(name, &request, &Definitions::default()).unwrap();
    let mut engine = Engine::new();
    engine.set_profile(&profile);
    engine.attach(profile.name().as_str(), Target::All).unwrap();
    let device = engine.set_device("lamp-7", true, []);
    let metric = AwsMetric::NumMessagesSent.into();
    let series = engine.series(&metric, None).unwrap();

    let start = Timestamp::from_secs(14 * 86_400);
    let mut models = TrainedModels::new();
    for behavior in profile.behaviors() {
        let of = BehaviorRef {
            profile: profile.name(),
            behavior: behavior.name(),
        };
        models.start(of, Timestamp::from_secs(0));
        for _ in 0..14 {
            models.end_day(of, 2_016, || constant(10, start));
        }
    }
    // Limits are 13.5, 15 and 17: the alarms of each value, and of the one after it.
    let mut told = Vec::new();
    for (value, step) in [10, 14, 10, 16, 10, 18, 10, 2, 0].into_iter().zip(1_u64..) {
        let now = start.saturating_add(core::time::Duration::from_secs(step * 300));
        let reading = Reading {
            device,
            series,
            value: &Datapoint::Count(value),
        };
        for event in engine.step(now, &[reading], &mut NearestRank, &models) {
            let why = models.explain_event(&event).map(|why| why.to_string());
            if event.event_type == ViolationEventType::InAlarm {
                let level = event.behavior.name().as_str();
                let why = why.unwrap();
                let (begin, _) = why.split_once(" on ").unwrap();
                assert!(
                    begin.ends_with(&format!("limit of {level} confidence")),
                    "{why}"
                );
                told.push((
                    value,
                    level.to_owned(),
                    begin.split(',').next().unwrap().to_owned(),
                ));
            } else {
                assert_eq!(why, None);
            }
        }
    }
    let told: Vec<_> = told
        .iter()
        .map(|(v, l, why)| (*v, l.as_str(), why.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (14, "LOW", "14 is above 13.5"),
            (16, "LOW", "16 is above 13.5"),
            (16, "MEDIUM", "16 is above 15"),
            (18, "HIGH", "18 is above 17"),
            (18, "LOW", "18 is above 13.5"),
            (18, "MEDIUM", "18 is above 15"),
            (2, "HIGH", "2 is below 3"),
            (2, "LOW", "2 is below 6.5"),
            (2, "MEDIUM", "2 is below 5"),
        ]
    );
}

proptest! {
    /// A fleet in parts has the percentiles of the whole.
    #[test]
    fn parts_have_the_percentiles_of_the_whole(
        mut values in proptest::collection::vec(0_u32..1_000, 0..200),
        workers in 1_usize..9,
        negative in prop::bool::weighted(0.1),
    ) {
        let (profile, behavior) = names();
        let of = BehaviorRef { profile: &profile, behavior: &behavior };
        let mut fleet = FleetPercentiles::new();
        for part in values.chunks(values.len().div_ceil(workers).max(1)) {
            let mut sketch = Sketch::new();
            for value in part {
                sketch.insert(Number::from(*value));
            }
            fleet.merge(&profile, &behavior, sketch);
        }
        if negative {
            let mut sketch = Sketch::new();
            sketch.insert(Number::new(-1.0).unwrap());
            fleet.merge(&profile, &behavior, sketch);
        }
        values.sort_unstable();
        let mut whole: Vec<_> = values.iter().copied().map(Number::from).collect();
        for statistic in Statistic::ALL {
            let right = NearestRank.percentile(of, *statistic, &mut whole);
            let told = fleet.percentile(of, *statistic, &mut []);
            prop_assert_eq!(told, right.filter(|_| !negative));
        }
    }
}
