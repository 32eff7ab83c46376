//! The conformance cases of Detect against the crate: its own, or those of the directory that the
//! environment variable `IOT_CONFORMANCE` names. Each kind of case has its function.

use serde_json::Value;

use crate::cases::{self, Answers, Run};
use crate::{cases_behavior, cases_cost, cases_ml, cases_report, cases_series};

const FILES: &[(&str, Run)] = &[("detect.jsonl", run)];

/// What answers a kind of case.
type Answer = fn(&Value) -> Answers;

const KINDS: &[(&str, Answer)] = &[
    ("behaviorValidation", cases_behavior::behavior_validation),
    ("cost", cases_cost::cost),
    ("criteria", cases_behavior::criteria),
    ("dimension", cases_behavior::dimension),
    ("membership", cases_behavior::membership),
    ("mlSlot", cases_ml::ml_slot),
    ("mlStatus", cases_ml::ml_status),
    ("mlTrain", cases_ml::ml_train),
    ("percentile", cases_behavior::percentile),
    ("report", cases_report::report),
    ("series", cases_series::series),
    ("target", cases_behavior::target),
    ("topic", cases_report::topic),
    ("verification", cases_series::verification),
];

#[test]
fn every_case_holds() {
    cases::hold(FILES);
}

/// A kind that is not known fails.
fn run(case: &Value) -> Option<Answers> {
    let kind = case["kind"].as_str().unwrap_or_default();
    let known = KINDS.iter().find(|(name, _)| *name == kind);
    Some(match known {
        Some((_, answer)) => answer(case),
        None => Answers {
            expected: case["expect"].to_string(),
            actual: format!("no such kind: {kind}"),
        },
    })
}
