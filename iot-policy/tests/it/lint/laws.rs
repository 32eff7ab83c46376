//! Laws of lints over any document, and the samples of the documentation.

use alloc::collections::BTreeMap;
use core::time::Duration;
use std::fs;
use std::time::Instant;

use iot_policy::lint::{LintId, Severity, Suggestion, lint_set, lint_text, lint_texts};
use iot_policy::strategies::policy_document;
use iot_policy::{DocumentLimits, PolicyDocument};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::{mended, place};
use crate::cases;

/// Lines of lints that are right about a sample of the documentation: the sample has the slip, or
/// shows what the lint warns of.
const ACCEPTED: &[(&str, LintId, &str)] = &[
    (
        "job-02",
        LintId::WrongResourceType,
        "the sample lists `topic/` under Subscribe",
    ),
    (
        "job-02",
        LintId::JobActionPrefix,
        "the sample is older than the prefix `iotjobsdata:`",
    ),
    (
        "var-03",
        LintId::ClientIdInConnect,
        "the page goes on to show the risk and the remedy",
    ),
    (
        "cmd-01",
        LintId::ClientIdInConnect,
        "the sample lets any client id connect",
    ),
    (
        "cert-13",
        LintId::ForAllValuesAllow,
        "IAM: true without a value; the page says otherwise",
    ),
    (
        "aud-12",
        LintId::MqttWildcardInDeny,
        "the page's example of the mistake",
    ),
    (
        "aud-16",
        LintId::DenyWalkedRound,
        "the page's example of the mistake",
    ),
    (
        "eval-18",
        LintId::WrongResourceType,
        "a case of the mistake",
    ),
];

/// Over the cases that follow the developer guide: an error or warning only where the list says
/// so, and every line of the list is needed.
#[test]
fn samples_of_the_developer_guide() {
    let text = fs::read_to_string(cases::own().join("policy.jsonl")).unwrap();
    let mut unused: Vec<_> = ACCEPTED.iter().map(|(id, lint, _)| (*id, *lint)).collect();
    // Cases share policies: the first one names them.
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut seen = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let policies = case["policies"].as_array().unwrap();
        let texts: Vec<String> = policies.iter().map(Value::to_string).collect();
        let id = case["id"].as_str().unwrap();
        let name = first.entry(texts.concat()).or_insert_with(|| id.to_owned());
        let is_allowed = case["expect"] == "allowed";
        let is_of_iot = case["tag"] == "iot";
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let worst = if is_of_iot {
            Severity::Info
        } else {
            Severity::Warning
        };
        for lint in lint_texts(&texts).unwrap() {
            if lint.severity() <= worst || !(is_allowed || is_of_iot) {
                continue;
            }
            let known = (name.as_str(), lint.id());
            let is_accepted = ACCEPTED.iter().any(|(id, lint, _)| (*id, *lint) == known);
            assert!(is_accepted, "{id}: {lint}");
            unused.retain(|line| *line != known);
        }
        seen += 1;
    }
    assert!(seen > 100);
    assert_eq!(unused, []);
}

proptest! {
    /// Any documents can be examined; findings are in order, lie in the text, and the text says
    /// what the documents say.
    #[test]
    fn any_documents(documents in vec(policy_document(), 0..4)) {
        let refs: Vec<&PolicyDocument> = documents.iter().collect();
        let lints = lint_set(&refs);
        let texts: Vec<String> = documents.iter().map(PolicyDocument::to_json).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut of_text = lint_texts(&texts).unwrap();
        of_text.retain(|lint| lint.id() != LintId::PolicyTooLong);
        prop_assert_eq!(&lints, &of_text);
        for lint in &lints {
            place(texts[lint.location().document()], lint);
            if let Some(related) = lint.related() {
                prop_assert!(related.document() < texts.len());
            }
            prop_assert!(!lint.message().contains(char::is_control), "{}", lint);
        }
        let order = lints.iter().map(|lint| lint.location().document());
        prop_assert!(order.is_sorted());
        if let [document] = refs.as_slice() {
            prop_assert_eq!(document.lints(), lints);
        }
    }

    /// A suggested text mends what it was suggested for.
    #[test]
    fn suggestions_mend(document in policy_document()) {
        let text = document.to_json();
        for lint in lint_text(&text).unwrap() {
            if let Some(Suggestion::Replace(with)) = lint.suggestion() {
                let mended = mended(&text, &lint).unwrap();
                // Two keys may become the same one, two Sids too.
                if let Ok(left) = lint_text(&mended) {
                    prop_assert!(!left.contains(&lint), "{} {}: {:?}", text, with, lint);
                }
            }
        }
    }
}

/// Ten policies of 2,048 characters, all of them Subscribe and Receive, are examined to the last.
#[test]
fn the_largest_legal_set() {
    let arn = "arn:aws:iot:*:*:";
    let text = |number: usize, last: &str| {
        let list = |kind: &str| {
            let names = (0..29).map(|index| format!("\"{arn}{kind}/*/{number}{index}\""));
            names.collect::<Vec<_>>().join(",")
        };
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["iot:Subscribe","iot:Receive"],"Resource":[{},{},"{arn}topicfilter/{last}"]}}]}}"#,
            list("topicfilter"),
            list("topic"),
        )
    };
    let texts: Vec<String> = (0..10)
        .map(|number| text(number, if number == 9 { "none" } else { "a/90" }))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let size = DocumentLimits::count_chars(texts[0]);
    assert!((1_950..=2_048).contains(&size), "{size}");
    let lints = lint_texts(&texts).unwrap();
    let found: Vec<_> = lints
        .iter()
        .map(|lint| (lint.id(), lint.location().document()))
        .collect();
    assert_eq!(found, [(LintId::SubscribeWithoutReceive, 9)]);
}

/// Huge documents made to be expensive take seconds at most, unoptimised: nothing is quadratic
/// without a bound.
#[test]
fn hostile_documents() {
    let arn = "arn:aws:iot:us-east-1:123456789012:";
    let list = |count: usize, item: &dyn Fn(usize) -> String| {
        let items: Vec<String> = (0..count)
            .map(|index| format!("\"{}\"", item(index)))
            .collect();
        items.join(",")
    };
    let statement = |action: &str, resources: &str| {
        format!(r#"{{"Effect":"Allow","Action":{action},"Resource":[{resources}]}}"#)
    };
    let both = |name: &dyn Fn(&str, usize) -> String| {
        let filters = list(1_500, &|index| name("topicfilter", index));
        let topics = list(1_500, &|index| name("topic", index));
        let subscribe = statement(r#""iot:Subscribe""#, &filters);
        format!("{subscribe},{}", statement(r#""iot:Receive""#, &topics))
    };
    let key = "k".repeat(100_000);
    let texts = [
        // Many pairs that differ late, or never in their literal text.
        both(&|kind, index| format!("{arn}{kind}/{kind}/{index}")),
        both(&|kind, index| format!("{arn}{kind}/*a*b*{kind}?*{index}")),
        // Many small statements.
        list(3_000, &|_| String::new()).replace("\"\"", &statement(r#""iot:Publish""#, "\"*\"")),
        // Many unknown names, each compared with the known ones.
        statement(
            &format!("[{}]", list(15_000, &|index| format!("iot:Publsh{index}"))),
            "\"*\"",
        ),
        statement(
            r#""*""#,
            &list(1, &|_| {
                arn.to_owned() + "topic/" + &"${iot:ClientIt}".repeat(20_000)
            }),
        ),
        statement(
            r#""*""#,
            &list(1, &|_| {
                (0..8_000)
                    .map(|index| format!("${{iot:Thing.ThingName,'{index}'}}"))
                    .collect()
            }),
        ),
        // A long key in front of many bad values.
        format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"NumericEquals":{{"{key}":[{}]}}}}}}"#,
            list(50_000, &|_| "a".to_owned())
        ),
        // Deep topics under Deny, and one long pattern.
        format!(
            r#"{},{{"Effect":"Deny","Action":"*","Resource":"{arn}topicfilter/{}"}}"#,
            statement(r#""*""#, "\"*\""),
            "a/".repeat(100_000)
        ),
        statement(
            r#""*""#,
            &list(2, &|index| {
                arn.to_owned() + "topic/" + &"?*a".repeat(60_000 + index)
            }),
        ),
    ];
    for (number, text) in texts.iter().enumerate() {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{text}]}}"#);
        let start = Instant::now();
        let lints = lint_text(&text).unwrap_or_else(|error| panic!("{number}: {error}"));
        let took = start.elapsed();
        assert!((1..20_000).contains(&lints.len()), "{number}");
        assert!(took < Duration::from_secs(30), "{number}: {took:?}");
    }
}
