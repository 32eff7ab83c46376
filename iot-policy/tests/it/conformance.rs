//! The conformance cases against the crate: its own, or those of the directory that the
//! environment variable `IOT_CONFORMANCE` names.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a value of JSON gives null where there is nothing"
)]

use std::fs;
use std::path::Path;

use iot_policy::WildcardPattern;
use serde::Deserialize as _;
use serde_json::Value;

use crate::cases::{self, Answers, Run};
use crate::engine;
use crate::oracle::OracleContext;

const FILES: &[(&str, Run)] = &[
    ("policy.jsonl", policy),
    ("glob.jsonl", glob),
    ("topics.jsonl", glob),
];

#[test]
fn every_case_holds() {
    cases::hold(FILES);
}

fn policy(case: &Value) -> Option<Answers> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (action, resource) = (
        text(&case["request"]["action"]),
        text(&case["request"]["resource"]),
    );
    let policies = case["policies"].as_array().cloned().unwrap_or_default();
    let actual = OracleContext::deserialize(&case["context"])
        .map_err(|error| format!("context: {error}"))
        .and_then(|context| {
            engine::decide(&policies, &context, &action, &resource)
                .map_err(|error| format!("policy: {error}"))
        });
    Some(Answers {
        expected: text(&case["expect"]),
        actual: actual.map_or_else(|error| error, str::to_owned),
    })
}

fn glob(case: &Value) -> Option<Answers> {
    if case["kind"] != "glob" {
        return None;
    }
    let text = |name: &str| case[name].as_str().unwrap_or_default();
    let matches = WildcardPattern::new(text("filter")).matches(text("topic"));
    Some(Answers {
        expected: text("expect").to_owned(),
        actual: if matches { "match" } else { "no" }.to_owned(),
    })
}

#[test]
fn runner_tells_what_failed() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("runner_tells_what_failed");
    fs::create_dir_all(&directory).unwrap();
    let case = |id: &str, expect: &str| {
        format!(r#"{{"id":"{id}","kind":"glob","filter":"a*","topic":"ab","expect":"{expect}"}}"#)
    };
    let lines = [
        case("right", "match"),
        case("wrong", "no"),
        case("known", "no"),
        case("mended", "match"),
        r#"{"id":"other","kind":"match"}"#.to_owned(),
        "{".to_owned(),
    ];
    fs::write(directory.join("topics.jsonl"), lines.join("\n\n")).unwrap();
    let listed = "# remark\nknown  a reason\nmended  another\n";
    fs::write(directory.join("expected-failures.txt"), listed).unwrap();

    let report = cases::run(&directory, FILES);
    let (headline, failures) = report.text.split_at(report.text.find("wrong").unwrap());
    assert_eq!(
        headline,
        "topics.jsonl: 1 passed, 3 failed\n\
         1 more failed as listed in expected-failures.txt\n",
    );
    let failures: Vec<_> = failures.lines().collect();
    assert_eq!(failures[0], "wrong: expected `no`, actual `match`");
    assert_eq!(
        failures[1],
        "mended: listed in expected-failures.txt, but passes"
    );
    assert!(failures[2].starts_with("not a case: "), "{}", failures[2]);
    assert_eq!((report.passed, report.listed, report.failed), (1, 1, 3));

    let short: Run = |case| {
        let actual = case["steps"].as_str().unwrap().to_owned();
        let expected = String::new();
        Some(Answers { expected, actual })
    };
    let report = cases::run(&directory, &[("topics.jsonl", short)]);
    let told = "\nright: expected `\"match\"`, actual `a panic: called ";
    assert!(report.text.contains(told), "{}", report.text);
    assert_eq!((report.passed, report.listed, report.failed), (0, 2, 4));

    let nothing = cases::run(&directory.join("missing"), FILES);
    assert_eq!((nothing.passed, nothing.failed), (0, 0));
}
