//! Answers to the cases about policies and roles.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use iot_defender::audit::{
    Access, Check, CognitoRole, Misconfiguration, Profile, broad_data_plane_access, cognito_access,
    is_cognito_pool_audited, potential_misconfigurations, role_alias_access, unused_service_access,
};
use iot_policy::PolicyDocument;
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::cases::Answers;
use crate::cases_words::answer;

pub(crate) fn policy(case: &Value) -> Answers {
    let profile = match &case["input"]["profile"] {
        Value::Null => Profile::Aws,
        Value::String(name) if name == "aws" => Profile::Aws,
        Value::String(name) if name == "extended" => Profile::Extended,
        other => panic!("{other} is no profile"),
    };
    let document = document(&case["input"]["document"]);
    let access = broad_data_plane_access(&document, profile);
    if let Some(access) = &access {
        confirm(core::slice::from_ref(access), &[document]);
    }
    let findings: Vec<Value> = access.iter().map(finding).collect();
    let mut actual = verdict(case, access.is_none());
    actual["findings"] = findings.into();
    answer(case, actual)
}

fn finding(access: &Access) -> Value {
    json!({"reasonCode": access.reason_code.as_str(), "actions": actions(access)})
}

pub(crate) fn cognito(case: &Value) -> Answers {
    let access = cognito_role(case);
    answer(case, with_codes(case, &access))
}

pub(crate) fn cognito_scope(case: &Value) -> Answers {
    const DAY: u64 = 86_400;
    let start = Timestamp::from_secs(10_000 * DAY);
    let days = case["input"]["lastConnectDaysAgo"].as_u64();
    let last = days.map(|days| Timestamp::from_secs(10_000 * DAY - days * DAY));
    if !is_cognito_pool_audited(last, start) {
        return answer(case, json!({"evaluated": false, "totalResourcesCount": 0}));
    }
    let access = cognito_role(case);
    let expected = json!({
        "evaluated": true,
        "compliant": access.is_empty(),
        "reasonCodes": codes(&access),
    });
    answer(case, expected)
}

fn cognito_role(case: &Value) -> Vec<Access> {
    let role = match check(case) {
        Check::UnauthenticatedCognitoRoleOverlyPermissive => CognitoRole::Unauthenticated,
        Check::AuthenticatedCognitoRoleOverlyPermissive => CognitoRole::Authenticated,
        other => panic!("{other} is not about Cognito"),
    };
    let policies = role_policies(case);
    let access = cognito_access(role, &policies, Profile::Aws);
    confirm(&access, &policies);
    access
}

pub(crate) fn role_alias(case: &Value) -> Answers {
    let policies = role_policies(case);
    let access = role_alias_access(&policies, &used(case), Profile::Aws);
    confirm(&access, &policies);
    let mut actual = with_codes(case, &access);
    actual["relatedResourceType"] = "IAM_ROLE".into();
    answer(case, actual)
}

pub(crate) fn role_alias_unused(case: &Value) -> Answers {
    let access = unused_service_access(&role_policies(case), &used(case));
    let mut actual = with_codes(case, access.as_slice());
    actual["unusedServices"] = access.as_ref().map(actions).unwrap_or_default().into();
    answer(case, actual)
}

pub(crate) fn misconfig(case: &Value) -> Answers {
    let document = document(&case["input"]["document"]);
    let found = potential_misconfigurations(&document).unwrap();
    let code = |found: &Misconfiguration| found.reason_code.as_str();
    let mut actual = verdict(case, found.is_empty());
    actual["reasonCodes"] = found.iter().map(code).collect::<Vec<_>>().into();
    answer(case, actual)
}

/// What every answer begins with.
fn verdict(case: &Value, compliant: bool) -> Value {
    let check = check(case);
    json!({
        "compliant": compliant,
        "severity": check.severity().as_str(),
        "resourceType": check.resource_type().as_str(),
    })
}

fn with_codes(case: &Value, access: &[Access]) -> Value {
    let mut actual = verdict(case, access.is_empty());
    actual["reasonCodes"] = codes(access).into();
    // The catalogue lists what a check can say, in this order.
    let known = check(case).reason_codes().iter();
    let said = known.filter(|code| access.iter().any(|access| access.reason_code == **code));
    assert!(said.eq(access.iter().map(|access| &access.reason_code)));
    actual
}

fn codes(access: &[Access]) -> Vec<&str> {
    let codes = access.iter().map(|access| access.reason_code.as_str());
    codes.collect()
}

fn actions(access: &Access) -> Vec<String> {
    let actions = access.actions.iter().map(|reached| reached.action.clone());
    actions.collect()
}

/// Every witness is allowed by the policy engine.
fn confirm(access: &[Access], policies: &[PolicyDocument]) {
    let reached = access.iter().flat_map(|access| &access.actions);
    for witness in reached.filter_map(|reached| reached.witness.as_ref()) {
        assert!(witness.is_confirmed_by(policies), "{witness:?}");
    }
}

fn check(case: &Value) -> Check {
    case["check"].as_str().unwrap().parse().unwrap()
}

fn document(value: &Value) -> PolicyDocument {
    PolicyDocument::from_json(&value.to_string()).unwrap()
}

fn role_policies(case: &Value) -> Vec<PolicyDocument> {
    let policies = case["input"]["rolePolicies"].as_array().unwrap();
    policies.iter().map(document).collect()
}

fn used(case: &Value) -> Vec<&str> {
    let used = case["input"]["servicesUsedLastYear"].as_array().unwrap();
    used.iter()
        .map(|service| service.as_str().unwrap())
        .collect()
}
