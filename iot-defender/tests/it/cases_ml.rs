//! Cases about models: their bands, slots and states.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use iot_defender::detect::{Baseline, ConfidenceLevel, ModelLifecycle, Number, Season, ValueKind};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::cases::Answers;

pub(crate) fn ml_train(case: &Value) -> Answers {
    let input = &case["input"];
    let mut devices = Vec::new();
    for group in input["devices"].as_array().unwrap() {
        let mut values = Vec::new();
        for pair in group["multiset"].as_array().unwrap() {
            let value = number(&pair[0]);
            let count = pair[1].as_u64().unwrap();
            values.extend((0..count).map(|_| value));
        }
        let count = group["count"].as_u64().unwrap();
        devices.extend((0..count).map(|_| values.clone()));
    }
    let is_whole = input["integerMetric"].as_bool().unwrap();
    let kind = if is_whole {
        ValueKind::Whole
    } else {
        ValueKind::Any
    };
    let baseline = Baseline::train(kind, &devices).unwrap();
    let thresholds = ConfidenceLevel::ALL.iter().map(|level| {
        let band = baseline.band(*level);
        (level.to_string(), json!([band.low.get(), band.high.get()]))
    });
    let actual = json!({
        "median": baseline.median().get(),
        "scaleLow": baseline.scale_below().get(),
        "scaleHigh": baseline.scale_above().get(),
        "thresholds": thresholds.collect::<serde_json::Map<_, _>>(),
    });
    near(case, actual)
}

pub(crate) fn ml_slot(case: &Value) -> Answers {
    let points = ["hourOfWeekPoints", "hourOfDayPoints", "allPoints"];
    let points = points.map(|name| case["input"][name].as_u64().unwrap());
    let season = Season::finest(points);
    // What a slot is called is no rule: `hour-of-week` is one too.
    let plain = |name: &str| name.replace(['-', '_', ' '], "").to_lowercase();
    let expected = case["expect"]["slot"].as_str().unwrap();
    Answers {
        expected: plain(expected),
        actual: plain(season.as_str()),
    }
}

pub(crate) fn ml_status(case: &Value) -> Answers {
    let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
    let mut rows = vec![row(&lifecycle, 0)];
    for pair in case["input"]["dailyDatapoints"].as_array().unwrap() {
        for _ in 0..pair[0].as_u64().unwrap() {
            lifecycle.end_day(pair[1].as_u64().unwrap());
            rows.push(row(&lifecycle, rows.len()));
        }
    }
    let asked = case["expect"]["byDay"].as_array().unwrap();
    let told = asked.iter().map(|day| {
        let day = usize::try_from(day["day"].as_u64().unwrap()).unwrap();
        rows[day].clone()
    });
    let actual = json!({"byDay": told.collect::<Vec<_>>()});
    near(case, actual)
}

fn row(lifecycle: &ModelLifecycle, day: usize) -> Value {
    json!({
        "day": day,
        "status": lifecycle.status(),
        "lastRefreshDay": lifecycle.last_refresh_day(),
        "datapointsCollectionPercentage": lifecycle.datapoints_percentage(),
    })
}

fn number(value: &Value) -> Number {
    Number::new(value.as_f64().unwrap()).unwrap()
}

/// The two, with numbers that are near enough made the same.
fn near(case: &Value, mut actual: Value) -> Answers {
    let tolerance = case["input"]["tolerance"].as_f64().unwrap_or(1e-9);
    let expected = &case["expect"];
    settle(expected, &mut actual, tolerance);
    Answers {
        expected: expected.to_string(),
        actual: actual.to_string(),
    }
}

fn settle(expected: &Value, actual: &mut Value, tolerance: f64) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, actual) in actual {
                settle(
                    expected.get(name).unwrap_or(&Value::Null),
                    actual,
                    tolerance,
                );
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            for (expected, actual) in expected.iter().zip(actual) {
                settle(expected, actual, tolerance);
            }
        }
        (Value::Number(_), actual @ Value::Number(_)) => {
            let (right, told) = (expected.as_f64().unwrap(), actual.as_f64().unwrap());
            if (right - told).abs() <= tolerance * right.abs() {
                *actual = expected.clone();
            }
        }
        _ => {}
    }
}
