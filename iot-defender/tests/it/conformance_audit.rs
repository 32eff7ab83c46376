//! The conformance cases of the audit against the crate: its own, or those of the directory that
//! the environment variable `IOT_CONFORMANCE` names. Each kind of case has its function.

use serde_json::Value;

use crate::cases::{self, Answers, Run};
use crate::{cases_certificate, cases_history, cases_machinery, cases_policy};

const FILES: &[(&str, Run)] = &[("audit.jsonl", run)];

/// What answers a kind of case.
type Answer = fn(&Value) -> Answers;

const KINDS: &[(&str, Answer)] = &[
    ("age", cases_certificate::age_case),
    ("config", cases_certificate::config),
    ("expiry", cases_certificate::expiry_case),
    ("keyQuality", cases_certificate::key_quality_case),
    ("keyQualityDer", cases_certificate::key_quality_der),
    (
        "keyQualityExtended",
        cases_certificate::key_quality_extended,
    ),
    ("logging", cases_certificate::logging),
    ("revocation", cases_certificate::revocation),
    ("mitigationMap", cases_machinery::mitigation_map),
    ("mitigationParams", cases_machinery::mitigation_params),
    ("mitigationTask", cases_machinery::mitigation_task),
    ("schedule", cases_machinery::schedule),
    ("scheduleValidation", cases_machinery::schedule_validation),
    ("start", cases_machinery::start),
    ("suppression", cases_machinery::suppression),
    (
        "suppressionValidation",
        cases_machinery::suppression_validation,
    ),
    ("task", cases_machinery::task),
    ("taskCancel", cases_machinery::task_cancel),
    ("clientIds", cases_history::client_ids),
    ("shared", cases_history::shared),
    ("policy", cases_policy::policy),
    ("cognito", cases_policy::cognito),
    ("cognitoScope", cases_policy::cognito_scope),
    ("roleAlias", cases_policy::role_alias),
    ("roleAliasUnused", cases_policy::role_alias_unused),
    ("misconfig", cases_policy::misconfig),
];

#[test]
fn every_case_holds() {
    cases::hold(FILES);
}

fn run(case: &Value) -> Option<Answers> {
    let kind = case["kind"].as_str()?;
    let (_, answer) = KINDS.iter().find(|(name, _)| *name == kind)?;
    Some(answer(case))
}
