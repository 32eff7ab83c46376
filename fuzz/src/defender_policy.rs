//! Policies before the checks of the audit.

use core::slice;

use iot_defender::audit::{
    Access, CognitoRole, Profile, ReasonCode, broad_data_plane_access, cognito_access,
    potential_misconfigurations, role_alias_access, unused_service_access,
};
use iot_policy::PolicyDocument;
use serde_json::{Value, json};

/// Any text that is a policy: of a certificate, of a role.
///
/// iot-policy confirms every witness. The extended profile tells what that of AWS tells and more,
/// and another Deny without conditions takes findings away, if anything.
pub fn defender_policy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(document) = PolicyDocument::from_json(&text) else {
        return;
    };
    let documents = slice::from_ref(&document);
    let broad = actions(&document, Profile::Extended);
    let aws = actions(&document, Profile::Aws);
    assert!(aws.iter().all(|action| broad.contains(action)), "{aws:?}");

    for role in [CognitoRole::Unauthenticated, CognitoRole::Authenticated] {
        for access in cognito_access(role, documents, Profile::Extended) {
            confirmed(&access, &document);
        }
    }
    for access in role_alias_access(documents, &["s3", "iot"], Profile::Aws) {
        confirmed(&access, &document);
    }
    // More use leaves less unused.
    let unused = |used: &[&str]| {
        let access = unused_service_access(documents, used);
        access.map_or_else(Vec::new, |access| access.actions)
    };
    let less = unused(&["s3", "iot"]);
    let more = unused(&["s3"]);
    assert!(
        less.iter().all(|reached| more.contains(reached)),
        "{less:?}"
    );

    if let Ok(found) = potential_misconfigurations(&document) {
        let codes: Vec<_> = found.iter().map(|it| it.reason_code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        for it in &found {
            assert!(!it.resources.is_empty());
            let is_walked_round =
                it.reason_code == ReasonCode::TopicFiltersIntendedToDenyAllowedUsingWildcards;
            for denied in &it.resources {
                assert_eq!(denied.bypass.is_some(), is_walked_round);
                let statement = &document.statements()[denied.statement.statement];
                assert!(statement.resources().iter().nth(denied.resource).is_some());
            }
        }
    }
    with_denies(&document, &broad);
}

/// The actions that are broad.
fn actions(document: &PolicyDocument, profile: Profile) -> Vec<String> {
    let Some(access) = broad_data_plane_access(document, profile) else {
        return Vec::new();
    };
    confirmed(&access, document);
    let reached = access.actions.into_iter();
    reached
        .map(|reached| {
            assert!(reached.witness.is_some(), "{}", reached.action);
            reached.action
        })
        .collect()
}

fn confirmed(access: &Access, document: &PolicyDocument) {
    assert!(!access.actions.is_empty());
    assert!(!access.reason().is_empty());
    for reached in &access.actions {
        if let Some(witness) = &reached.witness {
            assert!(
                witness.is_confirmed_by(slice::from_ref(document)),
                "{witness:?}"
            );
        }
    }
}

/// Denies what the policy speaks of, resource by resource, and everything.
fn with_denies(document: &PolicyDocument, broad: &[String]) {
    // The number of a condition may be too large for the reader of JSON.
    let Ok(mut value) = serde_json::from_str::<Value>(&document.to_json()) else {
        return;
    };
    let mut statements = match value["Statement"].take() {
        Value::Array(statements) => statements,
        statement => vec![statement],
    };
    let resources = document
        .statements()
        .iter()
        .flat_map(|it| it.resources().iter());
    let resources: Vec<_> = resources.chain(["*"]).take(8).collect();
    for resource in resources {
        statements.push(json!({"Effect": "Deny", "Action": "iot:*", "Resource": resource}));
        value["Statement"] = Value::Array(statements.clone());
        let denying = PolicyDocument::from_json(&value.to_string()).unwrap();
        let left = actions(&denying, Profile::Extended);
        assert!(
            left.iter().all(|action| broad.contains(action)),
            "{resource}: {left:?}"
        );
        statements.pop();
    }
}
