//! The oracle is worth what it answers to the cases: all of them, before it judges the engine.

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::cases::{self, Answers};
use crate::oracle::{OneOrMany, OracleContext, decide};

#[test]
fn oracle_answers_every_case() {
    let answer = |case: &Value| {
        let context = OracleContext::deserialize(&case["context"]).unwrap();
        let request = &case["request"];
        let actual = decide(
            case["policies"].as_array().unwrap(),
            &context,
            request["action"].as_str().unwrap(),
            request["resource"].as_str().unwrap(),
        );
        Some(Answers {
            expected: case["expect"].as_str().unwrap().to_owned(),
            actual: actual.to_owned(),
        })
    };
    let report = cases::run(&cases::own(), &[("policy.jsonl", answer)]);
    assert_eq!(report.failed, 0, "{}", report.text);
    assert!(report.passed >= 208, "{}", report.text);
}

/// The operators of which the cases have few or none: the operator, the policy's value, the value
/// of the key.
#[test]
fn oracle_compares_by_type() {
    let holds = [
        ("NumericEquals", "1.50", "1.5"),
        ("NumericEquals", "-0", "0"),
        ("NumericEquals", "007", "7"),
        ("NumericGreaterThan", "-2", "-1.5"),
        ("NumericNotEquals", "many", "1"),
        ("DateEquals", "2020-01-01T00:00:00Z", "1577836800"),
        ("DateEquals", "2020-01-01T01:30:00+01:30", "2020-01-01"),
        ("DateLessThan", "1970-01-01", "1969-12-31T23:59:59.5Z"),
        ("DateEquals", "2020", "2020-01-01"),
        ("DateLessThan", "2020-03-01", "2020-02-29T23:59:59.999Z"),
        ("DateGreaterThanEquals", "2020-02", "1580515200"),
        ("IpAddress", "10.0.0.0/8", "10.255.0.1"),
        ("IpAddress", "0.0.0.0/0", "1.2.3.4"),
        ("IpAddress", "2001:DB8::/33", "2001:db8:7fff::1"),
        ("NotIpAddress", "10.0.0.0/33", "10.0.0.0"),
        ("NotIpAddress", "::/0", "10.0.0.0"),
        ("BinaryEquals", "", ""),
        ("BinaryEquals", "w6lh", "w6lh"),
        ("Bool", "TRUE", "true"),
        ("StringNotEqualsIgnoreCase", "ab", "AC"),
        ("ArnNotLike", "arn:*:topic/a", "arn:aws:iot:r:1:topic/a"),
        ("ArnLike", "arn:*:*:*:*:*/a", "arn:aws:iot:r:1:topic/x:y/a"),
    ];
    let fails = [
        ("NumericEquals", "1.", "1"),
        ("NumericLessThan", "+2", "1"),
        ("DateEquals", "2019-02-29", "1551398400"),
        ("DateEquals", "2020-01-01T24:00:00Z", "1577923200"),
        ("IpAddress", "10.0.0.0/33", "10.0.0.0"),
        ("BinaryEquals", "YQ==", "a"),
        ("BinaryEquals", "YQ==", "yq=="),
        ("BinaryEquals", "YQ", "YQ"),
        ("BinaryEquals", "YQ==YQ==", "YQ==YQ=="),
        ("Bool", "yes", "yes"),
        ("ArnLike", "*", "arn:aws:iot:r:1:topic/a"),
        ("StringEquals", "a*", "ab"),
    ];
    let answer = |(operator, test, value): (&str, &str, &str)| {
        let policy = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {"x:Key": test}},
        }});
        let context = OracleContext {
            keys: [("x:Key".into(), OneOrMany::One(value.into()))].into(),
            ..OracleContext::default()
        };
        decide(&[policy], &context, "iot:Publish", "*")
    };
    for case in holds {
        assert_eq!(answer(case), "allowed", "{case:?}");
    }
    for case in fails {
        assert_eq!(answer(case), "implicitDeny", "{case:?}");
    }
}
