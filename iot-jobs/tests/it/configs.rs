//! The rules of configurations, each field at and beyond its bounds.

use iot_jobs::{
    FreeText, JobConfig, Limits, PresignedUrlConfig, ReasonCode, RetryConfig, StatusDetails,
};
use iot_topics::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

const LIMITS: Limits = Limits::AWS_IOT;

/// 2024-03-04T10:00, a Monday.
const NOW: Timestamp = Timestamp::from_secs(1_709_546_400);

fn fields(request: &Value) -> Vec<String> {
    let errors = JobConfig::check(request, &LIMITS, NOW);
    let first = JobConfig::from_json(request, &LIMITS, NOW).err();
    assert_eq!(
        errors.first(),
        first.as_ref(),
        "check and from_json differ for {request}"
    );
    errors
        .iter()
        .map(|error| error.field().to_owned())
        .collect()
}

/// Each request, and the fields that are wrong in it.
fn expect(cases: &[(Value, &[&str])]) {
    for (request, expected) in cases {
        assert_eq!(fields(request), *expected, "{request}");
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "what `json!` makes is given away"
)]
fn rate(base: Value, factor: Value, criteria: Value) -> Value {
    json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 100, "exponentialRate": {
        "baseRatePerMinute": base, "incrementFactor": factor, "rateIncreaseCriteria": criteria,
    }}})
}

#[test]
fn rollout() {
    let maximum = |value: Value| json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": value}});
    let wrong: &[&str] = &["jobExecutionsRolloutConfig.maximumPerMinute"];
    let one = || json!({"numberOfNotifiedThings": 1});
    let exponential = "jobExecutionsRolloutConfig.exponentialRate";
    let base = format!("{exponential}.baseRatePerMinute");
    let factor = format!("{exponential}.incrementFactor");
    let criteria = format!("{exponential}.rateIncreaseCriteria");
    let succeeded = format!("{criteria}.numberOfSucceededThings");
    expect(&[
        (json!({}), &[]),
        (
            json!({"jobExecutionsRolloutConfig": {}}),
            &["jobExecutionsRolloutConfig"],
        ),
        (json!({"jobExecutionsRolloutConfig": null}), &[]),
        (json!([]), &[""]),
        (maximum(json!(1)), &[]),
        (maximum(json!(1_000)), &[]),
        (maximum(json!(0)), wrong),
        (maximum(json!(1_001)), wrong),
        (maximum(json!(1.5)), wrong),
        (maximum(json!("5")), wrong),
        (
            json!({"jobExecutionsRolloutConfig": {"exponentialRate": {
                "baseRatePerMinute": 1, "incrementFactor": 2, "rateIncreaseCriteria": one(),
            }}}),
            wrong,
        ),
        (rate(json!(100), json!(1.1), one()), &[]),
        (rate(json!(101), json!(1.1), one()), &[&base]),
        (rate(json!(0), json!(5), one()), &[&base]),
        (rate(json!(1), json!(1), one()), &[&factor]),
        (rate(json!(1), json!(1.11), one()), &[&factor]),
        (rate(json!(1), json!(5.1), one()), &[&factor]),
        (rate(json!(1), json!("2"), one()), &[&factor]),
        (rate(json!(1), json!(2), json!({})), &[&criteria]),
        (
            rate(
                json!(1),
                json!(2),
                json!({"numberOfNotifiedThings": 1, "numberOfSucceededThings": 1}),
            ),
            &[&criteria],
        ),
        (
            rate(json!(1), json!(2), json!({"numberOfSucceededThings": 0})),
            &[&succeeded],
        ),
        (
            json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 1, "exponentialRate": {}}}),
            &[&base, &factor, &criteria],
        ),
    ]);
}

#[test]
fn abort() {
    let with = |name: &str, value: Value| {
        let mut criterion = json!({
            "failureType": "ALL", "action": "CANCEL",
            "thresholdPercentage": 10, "minNumberOfExecutedThings": 1,
        });
        criterion[name] = value;
        json!({"abortConfig": {"criteriaList": [criterion]}})
    };
    let (threshold, min) = ("thresholdPercentage", "minNumberOfExecutedThings");
    let wrong_threshold: &[&str] = &["abortConfig.criteriaList[0].thresholdPercentage"];
    expect(&[
        (with(threshold, json!(0.01)), &[]),
        (with(threshold, json!(100)), &[]),
        (with(threshold, json!(0)), wrong_threshold),
        (with(threshold, json!(-1)), wrong_threshold),
        (with(threshold, json!(0.001)), wrong_threshold),
        (with(threshold, json!(1e300)), wrong_threshold),
        (with(threshold, Value::Null), wrong_threshold),
        (
            with(min, json!(0)),
            &["abortConfig.criteriaList[0].minNumberOfExecutedThings"],
        ),
        (
            with("action", json!("STOP")),
            &["abortConfig.criteriaList[0].action"],
        ),
        (
            with("failureType", json!("CANCELED")),
            &["abortConfig.criteriaList[0].failureType"],
        ),
        (
            json!({"abortConfig": {"criteriaList": []}}),
            &["abortConfig.criteriaList"],
        ),
        (
            json!({"abortConfig": {"criteriaList": [1]}}),
            &["abortConfig.criteriaList[0]"],
        ),
        (json!({"abortConfig": 1}), &["abortConfig"]),
    ]);
    let mut twice = with(min, json!(1));
    let first = twice["abortConfig"]["criteriaList"][0].clone();
    twice["abortConfig"]["criteriaList"]
        .as_array_mut()
        .unwrap()
        .push(first);
    expect(&[(twice, &["abortConfig.criteriaList[1].failureType"])]);
}

fn retries(pairs: &[(&str, i64)]) -> Value {
    let criterion =
        |(kind, retries): &(&str, i64)| json!({"failureType": kind, "numberOfRetries": retries});
    json!({"criteriaList": pairs.iter().map(criterion).collect::<Vec<_>>()})
}

#[test]
fn retry() {
    let list: &[&str] = &["jobExecutionsRetryConfig.criteriaList"];
    let number: &[&str] = &["jobExecutionsRetryConfig.criteriaList[0].numberOfRetries"];
    let second: &[&str] = &["jobExecutionsRetryConfig.criteriaList[1].failureType"];
    type Criteria<'a> = &'a [(&'a str, i64)];
    let cases: [(Criteria<'_>, &[&str]); 10] = [
        (&[("FAILED", 0)], &[]),
        (&[("ALL", 10)], &[]),
        (&[("FAILED", 4), ("TIMED_OUT", 6)], &[]),
        (&[("FAILED", 5), ("TIMED_OUT", 6)], list),
        (&[("FAILED", 11)], number),
        (&[("FAILED", -1)], number),
        (&[("FAILED", 1), ("FAILED", 1)], second),
        (&[("ALL", 1), ("FAILED", 1)], second),
        (&[("FAILED", 1), ("ALL", 1)], second),
        (&[], list),
    ];
    for (pairs, expected) in cases {
        expect(&[(
            json!({"jobExecutionsRetryConfig": retries(pairs)}),
            expected,
        )]);
    }
    let parse = |pairs| RetryConfig::from_json(&retries(pairs), &LIMITS).unwrap();
    let job = parse(&[("FAILED", 3)]);
    let field = |update: &RetryConfig| job.updated(update).unwrap_err().field().to_owned();
    assert_eq!(
        field(&parse(&[("TIMED_OUT", 0)])),
        "jobExecutionsRetryConfig.criteriaList[0].failureType"
    );
    assert_eq!(
        field(&parse(&[("FAILED", 2)])),
        "jobExecutionsRetryConfig.criteriaList[0].numberOfRetries"
    );
    assert_eq!(
        job.updated(&parse(&[("FAILED", 0)])).unwrap().to_json(),
        retries(&[("FAILED", 0)])
    );
}

#[test]
fn schedule() {
    let with =
        |schedule: Value| json!({"targetSelection": "CONTINUOUS", "schedulingConfig": schedule});
    let (start, end) = ("schedulingConfig.startTime", "schedulingConfig.endTime");
    let start_at = |time: &str| with(json!({"startTime": time}));
    let end_at = |time: &str| with(json!({"endTime": time}));
    let window = |cron: &str, minutes: i64| {
        let window = json!({"startTime": cron, "durationInMinutes": minutes});
        with(json!({"startTime": "2024-03-04T11:00", "maintenanceWindows": [window]}))
    };
    let nightly = "cron(0 22 * * ? *)";
    let duration: &[&str] = &["schedulingConfig.maintenanceWindows[0].durationInMinutes"];
    let expression: &[&str] = &["schedulingConfig.maintenanceWindows[0].startTime"];
    let mut snapshot = window(nightly, 60);
    snapshot["targetSelection"] = json!("SNAPSHOT");
    let mut wrong_twice = window("cron(60 22 * * ? *)", 60);
    wrong_twice["targetSelection"] = json!("SNAPSHOT");
    let twice = &["schedulingConfig.maintenanceWindows", expression[0]];
    expect(&[
        (wrong_twice, twice),
        (start_at("2024-03-04T10:30"), &[]),
        (start_at("2024-03-04T10:29"), &[start]),
        (start_at("2025-03-04T10:00"), &[]),
        (start_at("2025-03-04T10:01"), &[start]),
        (start_at("2024-03-04T11:00:00"), &[start]),
        (start_at("2024-13-04T11:00"), &[start]),
        (start_at("2023-02-29T11:00"), &[start]),
        (end_at("2024-03-04T10:30"), &[]),
        (end_at("2024-03-04T10:29"), &[end]),
        (end_at("2026-03-04T10:00"), &[]),
        (end_at("2026-03-04T10:01"), &[end]),
        (
            with(json!({"startTime": "2024-03-04T11:00", "endTime": "2024-03-04T11:30"})),
            &[],
        ),
        (
            with(json!({"startTime": "2024-03-04T11:00", "endTime": "2024-03-04T11:29"})),
            &[end],
        ),
        (
            with(json!({"endBehavior": "CANCEL"})),
            &["schedulingConfig.endBehavior"],
        ),
        (
            with(json!({"endTime": "2024-03-05T10:00", "endBehavior": "PAUSE"})),
            &["schedulingConfig.endBehavior"],
        ),
        (window(nightly, 1), &[]),
        (window(nightly, 1_430), &[]),
        (window(nightly, 0), duration),
        (window(nightly, 1_431), duration),
        (window("cron(0 22 * * * *)", 60), expression),
        (
            window(&format!("cron(0 22 * * ? {}*)", " ".repeat(256)), 60),
            expression,
        ),
        (snapshot, &["schedulingConfig.maintenanceWindows"]),
        (
            with(json!({"maintenanceWindows": []})),
            &["schedulingConfig.maintenanceWindows"],
        ),
        (
            json!({"targetSelection": "BOTH", "schedulingConfig": {"startTime": 1}}),
            &["targetSelection", start],
        ),
    ]);
}

#[test]
fn timeout_and_presigned() {
    let timeout =
        |minutes: Value| json!({"timeoutConfig": {"inProgressTimeoutInMinutes": minutes}});
    let minutes: &[&str] = &["timeoutConfig.inProgressTimeoutInMinutes"];
    let expires = |seconds: Value| json!({"presignedUrlConfig": {"expiresInSec": seconds}});
    let seconds: &[&str] = &["presignedUrlConfig.expiresInSec"];
    expect(&[
        (timeout(json!(1)), &[]),
        (timeout(json!(10_080)), &[]),
        (timeout(json!(0)), minutes),
        (timeout(json!(10_081)), minutes),
        (json!({"timeoutConfig": {}}), &[]),
        (expires(json!(60)), &[]),
        (expires(json!(3_600)), &[]),
        (expires(json!(59)), seconds),
        (expires(json!(3_601)), seconds),
        (
            json!({"presignedUrlConfig": {"roleArn": "short"}}),
            &["presignedUrlConfig.roleArn"],
        ),
    ]);
    let presigned = PresignedUrlConfig::from_json(&json!({}), &LIMITS).unwrap();
    assert_eq!(
        (presigned.role_arn(), presigned.expires_in_seconds()),
        (None, 3_600)
    );
}

#[test]
fn texts() {
    let details = |value: Value| StatusDetails::from_json("statusDetails", &value, &LIMITS).is_ok();
    let pairs = |count: usize| {
        (0..count)
            .map(|n| (n.to_string(), json!("v")))
            .collect::<Value>()
    };
    assert!(details(pairs(10)) && !details(pairs(11)));
    assert!(
        details(json!({"a:_-Z9": "é".repeat(1_024)})) && !details(json!({"a": "é".repeat(1_025)}))
    );
    for wrong in [
        json!({"": "v"}),
        json!({"a b": "v"}),
        json!({"a": ""}),
        json!({"a": 1}),
        json!({"a": "\u{7}"}),
        json!([]),
    ] {
        assert!(!details(wrong.clone()), "{wrong}");
    }
    assert!(!details(json!({"k".repeat(129): "v"})) && details(json!({"k".repeat(128): "v"})));
    assert!(FreeText::parse("comment", &"é".repeat(2_028), &LIMITS).is_ok());
    assert!(FreeText::parse("comment", "zero\u{200b}width", &LIMITS).is_err());
    assert!(ReasonCode::parse("reasonCode", &"A".repeat(128), &LIMITS).is_ok());
    assert!(ReasonCode::parse("reasonCode", &"A".repeat(129), &LIMITS).is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[A-Z_]{0,9}|.{0,9}".prop_map(Value::from),
    ];
    let names = prop_oneof![
        "maximumPerMinute|exponentialRate|baseRatePerMinute|incrementFactor|rateIncreaseCriteria",
        "abortConfig|criteriaList|failureType|jobExecutionsRolloutConfig|schedulingConfig",
        "timeoutConfig|jobExecutionsRetryConfig|startTime|endTime|maintenanceWindows",
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(names.clone(), inner, 0..6)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    /// Any JSON gets an answer: a configuration, or an error for each field.
    #[test]
    fn any_request_is_read_or_refused(request in any_json()) {
        let errors = JobConfig::check(&request, &LIMITS, NOW);
        prop_assert_eq!(errors.is_empty(), JobConfig::from_json(&request, &LIMITS, NOW).is_ok());
        for error in errors {
            prop_assert!(error.rule().starts_with("must "), "{}", error);
        }
    }
}

#[test]
fn members_that_a_request_does_not_have() {
    let fields = |request: Value| -> Vec<String> {
        let unknown = JobConfig::unknown_members(&request);
        unknown
            .iter()
            .map(|error| error.field().to_owned())
            .collect()
    };
    let request = json!({
        "jobid": "a", "jobId": "a", "tags": [{"Key": "a", "value": "b"}],
        "documentParameters": {"any": "name"},
        "abortConfig": {"criteriaList": [{"action": "CANCEL"}, {"threshold": 1}], "criteria": null},
        "schedulingConfig": {"maintenanceWindows": [{"duration": 1}, 7, null]},
        "jobExecutionsRolloutConfig": {"exponentialRate": {"rateIncreaseCriteria": {"things": 1}}},
        "timeoutConfig": [{"inProgress": 1}],
    });
    let mut found = fields(request);
    found.sort();
    assert_eq!(
        found,
        [
            "abortConfig.criteria",
            "abortConfig.criteriaList[1].threshold",
            "jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria.things",
            "jobid",
            "schedulingConfig.maintenanceWindows[0].duration",
            "tags[0].value",
        ]
    );
    for other in [json!(null), json!([{"a": 1}]), json!("a")] {
        assert!(fields(other).is_empty());
    }
}
