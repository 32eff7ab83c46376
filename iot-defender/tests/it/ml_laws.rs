//! Laws of what is learnt, and the bands beside their formula written down once more.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use core::time::Duration;

use iot_defender::detect::{
    Band, Baseline, ConfidenceLevel, Model, Number, Season, Slot, Training, ValueKind,
};
use iot_topics::Timestamp;
use proptest::prelude::*;

type Devices = Vec<Vec<Number>>;

fn number(value: f64) -> Number {
    Number::new(value).unwrap()
}

/// Devices with few or many values, near each other or far.
fn devices() -> impl Strategy<Value = Devices> {
    let whole = (-50..1_000_i32).prop_map(f64::from);
    let value = prop_oneof![6 => whole, 3 => -1.0..1.0_f64, 1 => -1e9..1e9_f64].prop_map(number);
    let seeds = proptest::collection::vec(value, 1..30);
    let device = (seeds, 1_usize..4).prop_map(|(seeds, times)| seeds.repeat(times));
    proptest::collection::vec(device, 1..12)
}

fn kind() -> impl Strategy<Value = ValueKind> {
    prop_oneof![Just(ValueKind::Whole), Just(ValueKind::Any)]
}

/// Nearest rank of a list, by sorting.
fn rank(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    // A ten-thousandth is no exact number: the product may be a little too large.
    let rank = (values.len() as f64 * share - 1e-9).ceil().max(1.0);
    values[rank as usize - 1]
}

/// Median, scale below, scale above, and for each level the limits: as the module tells it.
fn by_formula(kind: ValueKind, devices: &Devices) -> (f64, f64, f64, Vec<(f64, f64)>) {
    let plain = |values: &Vec<Number>| values.iter().map(|value| value.get()).collect::<Vec<_>>();
    let (mut counted, few): (Vec<_>, Vec<_>) = devices
        .iter()
        .map(plain)
        .partition(|values| values.len() >= 20);
    let pool = few.concat();
    if counted.is_empty() || pool.len() >= 20 {
        counted.push(pool);
    }
    let over = |of: &dyn Fn(&[f64]) -> f64, share| {
        rank(
            &counted.iter().map(|values| of(values)).collect::<Vec<_>>(),
            share,
        )
    };
    let median = |values: &[f64]| rank(values, 0.5);
    let up = |values: &[f64]| {
        let m = median(values);
        let distances: Vec<_> = values.iter().filter(|x| **x >= m).map(|x| x - m).collect();
        (1.4826 * rank(&distances, 0.5)).max((rank(values, 0.9) - m) / 1.2816)
    };
    let down = |values: &[f64]| {
        let m = median(values);
        let distances: Vec<_> = values.iter().filter(|x| **x <= m).map(|x| m - x).collect();
        (1.4826 * rank(&distances, 0.5)).max((m - rank(values, 0.1)) / 1.2816)
    };
    let m = over(&median, 0.5);
    let floor = if kind == ValueKind::Whole {
        1.0_f64.max(0.05 * m.abs())
    } else {
        0.05 * m.abs()
    };
    let high = over(&up, 0.5)
        .max((over(&median, 0.75) - m) / 0.6745)
        .max(floor);
    let low = over(&down, 0.5)
        .max((m - over(&median, 0.25)) / 0.6745)
        .max(floor);
    let limits = [(3.5, 0.99), (5.0, 0.999), (7.0, 0.9999)].map(|(k, q)| {
        let guard = |share: f64| over(&|values| rank(values, share), 0.5);
        (
            (m - k * low).min(guard(1.0 - q)),
            (m + k * high).max(guard(q)),
        )
    });
    (m, low, high, limits.to_vec())
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn pair(band: Band) -> (f64, f64) {
    (band.low.get(), band.high.get())
}

fn start() -> Timestamp {
    Timestamp::from_secs(1_573_430_400)
}

fn model(kind: ValueKind, devices: &Devices, spread: u32) -> Training {
    let mut training = Training::new(kind, start().saturating_add(Training::WINDOW));
    for values in devices {
        let times =
            (1..).map(|at| start().saturating_add(Duration::from_secs(300) * (1 + at % spread)));
        training.add_device(times.zip(values.iter().copied()));
    }
    training
}

proptest! {
    #[test]
    fn band_is_the_formula(kind in kind(), devices in devices()) {
        let baseline = Baseline::train(kind, &devices).unwrap();
        let (median, low, high, limits) = by_formula(kind, &devices);
        prop_assert_eq!(baseline.median().get(), median);
        prop_assert!(near(baseline.scale_below().get(), low), "{} {}", baseline.scale_below(), low);
        prop_assert!(near(baseline.scale_above().get(), high), "{} {}", baseline.scale_above(), high);
        for (level, right) in ConfidenceLevel::ALL.iter().zip(limits) {
            let told = pair(baseline.band(*level));
            prop_assert!(near(told.0, right.0) && near(told.1, right.1), "{told:?} {right:?}");
        }
        prop_assert_eq!(baseline.devices(), devices.len() as u64);
    }

    /// What alarms with a confidence alarms with each lower one.
    #[test]
    fn higher_confidence_alarms_less(kind in kind(), devices in devices(), value in -2e9..2e9_f64) {
        let baseline = Baseline::train(kind, &devices).unwrap();
        let alarms = |level| !baseline.band(level).contains(number(value));
        let [low, medium, high] =
            [ConfidenceLevel::Low, ConfidenceLevel::Medium, ConfidenceLevel::High].map(alarms);
        prop_assert!((!high || medium) && (!medium || low));
        for level in ConfidenceLevel::ALL {
            prop_assert!(baseline.band(*level).contains(baseline.median()));
        }
    }

    /// Neither the order of devices and values nor who took in which device leaves a trace.
    #[test]
    fn order_and_workers_do_not_matter(
        kind in kind(),
        (devices, shuffled) in devices().prop_flat_map(|d| (Just(d.clone()), Just(d).prop_shuffle())),
        cut in any::<prop::sample::Index>(),
    ) {
        let whole = model(kind, &devices, 10_000).finish().unwrap();
        let (left, right) = shuffled.split_at(cut.index(shuffled.len()));
        let mut merged = model(kind, &right.to_vec(), 10_000);
        merged.merge(model(kind, &left.to_vec(), 10_000));
        let merged = merged.finish().unwrap();
        let text = |model: &Model| serde_json::to_string(model).unwrap();
        prop_assert_eq!(text(&merged), text(&whole));
        prop_assert_eq!(merged, whole);

        let turned: Devices = shuffled.iter().map(|d| d.iter().rev().copied().collect()).collect();
        prop_assert_eq!(Baseline::train(kind, &turned), Baseline::train(kind, &devices));
    }

    /// Where no floor acts, what is added to all values is added to the limits.
    #[test]
    fn limits_move_with_the_values(devices in devices(), by in -100..100_i32) {
        let by = f64::from(by);
        let moved: Devices = devices
            .iter()
            .map(|values| values.iter().map(|x| number(x.get() + by)).collect())
            .collect();
        let (here, there) = (Baseline::train(ValueKind::Any, &devices), Baseline::train(ValueKind::Any, &moved));
        let (here, there) = (here.unwrap(), there.unwrap());
        let floor = 0.05 * here.median().get().abs().max(there.median().get().abs());
        let scales = [&here, &there].map(|baseline| baseline.scale_above().min(baseline.scale_below()).get());
        prop_assume!(scales.iter().all(|scale| *scale > floor));
        for level in ConfidenceLevel::ALL {
            let (before, after) = (pair(here.band(*level)), pair(there.band(*level)));
            // What is rounded is as large as the largest value.
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(1e3);
            prop_assert!(near(before.0 + by, after.0) && near(before.1 + by, after.1));
        }
    }

    #[test]
    fn json_leads_back(kind in kind(), devices in devices(), spread in 1_u32..9_000) {
        let many: Devices = devices.iter().cycle().take(60).cloned().collect();
        let model = model(kind, &many, spread).finish().unwrap();
        let text = serde_json::to_string(&model).unwrap();
        prop_assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model);
    }

    /// An explanation is given for an alarm and for nothing else, and names the value first.
    #[test]
    fn alarms_are_explained(devices in devices(), value in -2e9..2e9_f64) {
        let model = model(ValueKind::Any, &devices, 10_000).finish().unwrap();
        let at = start();
        for level in ConfidenceLevel::ALL {
            let why = model.explain(at, number(value), *level);
            let band = model.band(at, *level);
            prop_assert_eq!(why.is_some(), !band.contains(number(value)));
            let Some(why) = why else { continue };
            let text = why.to_string();
            let side = if value > band.high.get() { "above" } else { "below" };
            let rest = text.strip_prefix(&format!("{value} is {side} "));
            let (told, _) = rest.and_then(|rest| rest.split_once(',')).unwrap();
            let told: f64 = told.parse().unwrap();
            prop_assert_eq!(told < value, side == "above");
            prop_assert!(text.contains(level.as_str()));
        }
    }
}

#[test]
fn the_guard_is_named_where_it_is_the_limit() {
    let mut values = vec![number(1.0); 1_150];
    values.extend([number(50.0); 100]);
    let model = model(ValueKind::Whole, &vec![values; 20], 11)
        .finish()
        .unwrap();
    let why = model
        .explain(start(), number(51.0), ConfidenceLevel::High)
        .unwrap();
    assert_eq!(
        why.to_string(),
        "51 is above 50, the upper limit of HIGH confidence on Mondays 00:00 to 01:00 UTC: the median of 25000 \
         datapoints of 20 devices is 1, and the limit what half of the devices reach with a 99.99 % \
         quantile of their own"
    );
    assert_eq!(why.slot().season(), Season::HourOfWeek);
    assert_eq!(why.baseline().devices(), 20);
}

#[test]
fn numbers_are_told_so_that_the_sentence_stays_true() {
    let model = model(ValueKind::Any, &vec![vec![number(1_000.0); 20]], 100)
        .finish()
        .unwrap();
    let high = ConfidenceLevel::High;
    let tell = |value| {
        model
            .explain(start(), number(value), high)
            .unwrap()
            .to_string()
    };
    assert!(tell(1_350.000_1).starts_with("1350.0001 is above 1350,"));
    assert!(tell(649.999_9).starts_with("649.9999 is below 650,"));
}

/// Values at the ends of what a number can be stop at the ends; they are no reason for no model.
#[test]
fn the_largest_numbers_have_a_band() {
    let ends = [f64::MAX, f64::MIN].map(number);
    for devices in [
        vec![ends.to_vec(); 30],
        vec![vec![ends[0]; 20], vec![ends[1]; 20]],
    ] {
        let baseline = Baseline::train(ValueKind::Any, &devices).unwrap();
        for level in ConfidenceLevel::ALL {
            assert!(ends.iter().all(|end| baseline.band(*level).contains(*end)));
        }
    }
}

/// A device with fewer than 20 values does not count by itself.
#[test]
fn devices_with_few_values_are_pooled() {
    let device = |value: f64, count| vec![number(value); count];
    let median = |devices: &[Vec<Number>]| {
        Baseline::train(ValueKind::Any, devices)
            .unwrap()
            .median()
            .get()
    };
    // Each of two counts; the lower one is the median.
    assert_eq!(median(&[device(1.0, 20), device(9.0, 20)]), 1.0);
    // One does not, and nothing else is in the pool.
    assert_eq!(median(&[device(1.0, 19), device(9.0, 20)]), 9.0);
    // Two of them count together.
    assert_eq!(
        median(&[device(1.0, 10), device(1.0, 10), device(9.0, 20)]),
        1.0
    );
    // Without others, however few they are.
    assert_eq!(median(&[device(1.0, 1), device(9.0, 2)]), 9.0);
}

/// The finest season of which the slot has 500 points, in the model as in the rule.
#[test]
fn slots_fall_back() {
    let in_one_hour = |points: usize, hour: u64| {
        let at = start().saturating_add(Duration::from_secs(3_600 * hour + 300));
        let mut training = Training::new(ValueKind::Any, start().saturating_add(Training::WINDOW));
        for _ in 0..points {
            training.add_device([(at, number(1.0))]);
        }
        (training.finish().unwrap(), at)
    };
    for (points, season) in [(499, Season::All), (500, Season::HourOfWeek)] {
        let (model, at) = in_one_hour(points, 30);
        assert_eq!(model.at(at).0.season(), season, "{points}");
    }
    let (model, at) = in_one_hour(500, 30);
    let day = Duration::from_secs(86_400);
    assert_eq!(
        model.at(at.saturating_add(day)).0.season(),
        Season::HourOfDay
    );
    assert_eq!(
        model.at(at.saturating_add(day * 7)).0.season(),
        Season::HourOfWeek
    );
    assert_eq!(model.at(at.saturating_add(day / 24)).0, Slot::ALL);
    assert_eq!(model.baselines().count(), 3);
}

#[test]
fn what_is_no_model_is_refused() {
    let model = model(ValueKind::Any, &vec![vec![number(10.0); 600]], 2)
        .finish()
        .unwrap();
    let right = serde_json::to_value(&model).unwrap();
    assert_eq!(right["baselines"].as_array().unwrap().len(), 3);
    assert!(serde_json::from_value::<Model>(right.clone()).is_ok());
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value = right.clone();
        change(&mut value);
        serde_json::from_value::<Model>(value)
            .unwrap_err()
            .to_string()
    };
    let set = |member: &str, to: serde_json::Value| {
        refused(&|value| value["baselines"][0][member] = to.clone())
    };
    assert_eq!(set("hour", 168.into()), "the season has no such hour");
    assert_eq!(set("points", 499.into()), "the slot has too few points");
    let devices = "a baseline needs at least one device, and a point of each";
    assert_eq!(set("devices", 0.into()), devices);
    assert_eq!(set("devices", 601.into()), devices);
    assert_eq!(
        set("scaleAbove", (-1).into()),
        "a scale must not be negative"
    );
    let nested = "a band must hold the median and those of the levels before";
    assert_eq!(set("median", 99.into()), nested);
    let band = |level: &str, low: f64, high: f64| {
        refused(&|value| value["baselines"][0]["bands"][level] = serde_json::json!([low, high]))
    };
    assert_eq!(band("LOW", 10.5, 9.5), nested);
    assert_eq!(band("HIGH", 9.0, 11.0), nested);
    assert_eq!(
        refused(&|value| value["baselines"][1] = value["baselines"][0].clone()),
        "a slot has two baselines"
    );
    let no_all = refused(&|value| {
        value["baselines"].as_array_mut().unwrap().pop();
    });
    assert_eq!(no_all, "there is no baseline of all hours");
    assert!(set("more", 1.into()).starts_with("unknown field `more`"));
}
