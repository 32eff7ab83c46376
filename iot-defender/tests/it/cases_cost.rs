//! Cases about what a month costs.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use core::num::NonZeroU64;

use iot_defender::cost::{Cents, Fleet, Price, Prices, Tiers};
use serde_json::{Value, json};

use crate::cases::Answers;
use crate::cases_behavior::text;
use crate::cases_words::answer;

/// Prices that are this much higher show in cents what is far below one.
const FINE: u64 = 10_000_000;

fn tiers(unit: u64, price: &Value, fine: u64) -> Tiers {
    Tiers::flat(NonZeroU64::new(unit).unwrap(), self::price(price, fine))
}

/// A price, times `fine`: by adding digits, as it is text.
fn price(price: &Value, fine: u64) -> Price {
    let (whole, fraction) = text(price)
        .split_once('.')
        .unwrap_or_else(|| (text(price), ""));
    let billionths = format!("{whole}{fraction:0<9}").parse::<u64>().unwrap();
    assert_eq!(text(price).parse(), Ok(Price::from_billionths(billionths)));
    Price::from_billionths(billionths * fine)
}

fn prices(json: &Value, fine: u64) -> Prices {
    let steps = json["mlTiers"].as_array().unwrap();
    let per = |step: &Value| price(&step["per100k"], fine);
    let rest = steps.last().unwrap();
    let flat = tiers(100_000, &rest["per100k"], fine);
    let edges = steps
        .iter()
        .filter_map(|step| Some((step["upTo"].as_u64()?, per(step))));
    Prices::new(
        tiers(1, &json["auditPerDevice"], fine),
        tiers(100_000, &json["rulesPer100k"], fine),
        edges.fold(flat, |tiers, (edge, price)| tiers.up_to(edge, price)),
    )
}

/// A decimal without zeros at the end of its fraction.
fn short(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}

fn exact(cents: Cents) -> String {
    let unit = u128::from(FINE) * 100;
    let (whole, fraction) = (cents.get() / unit, cents.get() % unit);
    short(&format!("{whole}.{fraction:09}")).to_owned()
}

/// What a member may be called. Any other must not be taken for a zero.
const NAMES: &[&str] = &[
    "prices",
    "devices",
    "metrics",
    "rulesMetrics",
    "ruleMetrics",
    "datapointsPerHour",
    "mlMetrics",
    "mlDatapointsPerHour",
    "mlDatapoints",
];

pub(crate) fn cost(case: &Value) -> Answers {
    let input = &case["input"];
    for name in input.as_object().unwrap().keys() {
        assert!(NAMES.contains(&name.as_str()), "no such member: {name}");
    }
    let number = |names: &[&str]| {
        let given = names.iter().find_map(|name| input.get(name));
        given.map(|given| given.as_u64().unwrap())
    };
    let mut fleet = Fleet::default();
    let count = |names: &[&str]| number(names).unwrap_or(0);
    fleet.devices = count(&["devices"]).try_into().unwrap();
    let metrics = count(&["metrics", "rulesMetrics", "ruleMetrics"]);
    fleet.rule_metrics = metrics.try_into().unwrap();
    fleet.rule_reports_an_hour = count(&["datapointsPerHour"]).try_into().unwrap();
    // A case that has no metrics of models asks what these would be charged for the same.
    let ml_metrics = number(&["mlMetrics"]).unwrap_or(metrics);
    fleet.ml_metrics = ml_metrics.try_into().unwrap();
    let ml_rate = count(&["mlDatapointsPerHour", "datapointsPerHour"]);
    fleet.ml_reports_an_hour = ml_rate.try_into().unwrap();
    let ml = number(&["mlDatapoints"]).unwrap_or_else(|| fleet.ml_datapoints());
    let lines = |fine: u64| {
        let prices = prices(&input["prices"], fine);
        let mut estimate = prices.estimate(&fleet);
        estimate.machine_learning = prices.machine_learning.cost(ml);
        estimate
    };
    let (estimate, fine) = (lines(1), lines(FINE));
    let mut case = case.clone();
    for (key, value) in case["expect"].as_object_mut().unwrap() {
        if key.ends_with("Exact") {
            *value = json!(short(text(value)));
        }
    }
    let actual = json!({
        "datapoints": fleet.rule_datapoints(),
        "rulesDatapoints": fleet.rule_datapoints(),
        "mlDatapoints": ml,
        "audit": estimate.audit.to_string(),
        "auditExact": exact(fine.audit),
        "rules": estimate.rules.to_string(),
        "rulesExact": exact(fine.rules),
        "ml": estimate.machine_learning.to_string(),
        "mlExact": exact(fine.machine_learning),
        "total": estimate.total().to_string(),
        "totalExact": exact(fine.total()),
    });
    answer(&case, actual)
}
