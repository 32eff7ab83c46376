//! Overly permissive policies: rules that the cases do not reach, and laws.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build documents from fixed texts"
)]

use iot_defender::audit::{
    Access, CognitoRole, Profile, ReasonCode, broad_data_plane_access, cognito_access,
    role_alias_access, unused_service_access,
};
use iot_policy::{Condition, Effect, Patterns, PolicyDocument, Statement, Test};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const SCOPE: &str = "arn:aws:iot:us-east-1:123456789012:";

fn one(action: &str, resource: &str) -> PolicyDocument {
    PolicyDocument::new(vec![Statement::allow(action, resource)]).unwrap()
}

fn broad(document: &PolicyDocument, profile: Profile) -> Vec<String> {
    let access = broad_data_plane_access(document, profile);
    let reached = access.into_iter().flat_map(|access| access.actions);
    reached.map(|reached| reached.action).collect()
}

#[test]
fn resources_are_read_as_the_guide_writes_them() {
    for (action, resource, is_broad) in [
        ("iot:Connect", "client/????????", true),
        ("iot:Connect", "client/?", true),
        ("iot:Connect", "client/sensor-????", false),
        ("iot:Connect", "client/${?}", false),
        ("iot:Connect", "client/${iot:ClientId}", true),
        ("iot:Connect", "client/${iot:clientid}", true),
        ("iot:Connect", "client/${iot:ClientId}-1", false),
        ("iot:Connect", "client*", true),
        ("iot:Connect", "Client/*", false),
        ("iot:Connect", "/client/*", true),
        ("iot:Publish", "topic*", true),
        ("iot:Publish", "topic/sensors/*", false),
        ("iot:Publish", "topic/$aws/things/????/jobs/*", true),
        (
            "iot:Subscribe",
            "topicfilter/$aws/things/+/shadow/update",
            true,
        ),
        ("iot:Subscribe", "topicfilter/$aws/#", true),
        ("iot:Subscribe", "topicfilter/#", false),
        ("iot:GetThingShadow", "thing/*/?", true),
        ("iot:GetThingShadow", "/thing/*", true),
        ("iot:UpdateJobExecution", "thing/*/?", false),
    ] {
        let document = one(action, &format!("{SCOPE}{resource}"));
        assert_eq!(
            !broad(&document, Profile::Aws).is_empty(),
            is_broad,
            "{resource}"
        );
    }
    for (resource, is_broad) in [
        ("*", true),
        ("**", true),
        ("arn:*", true),
        ("arn:aws:iot:*", true),
        ("arn:aws:iot:eu-*", true),
        ("arn:aws:iot:eu-*client/*", true),
        ("arn:aws-cn:i*:*:*:client/*", true),
        ("arn:aws:s3:::*", false),
        ("arn:aws:s3*", false),
        ("client/*", false),
        ("", false),
        ("arn:aws:iot:us-east-1:123456789012", false),
    ] {
        let document = one("iot:Connect", resource);
        let access = broad_data_plane_access(&document, Profile::Aws);
        assert_eq!(access.is_some(), is_broad, "{resource}");
        for reached in access.into_iter().flat_map(|access| access.actions) {
            let witness = reached.witness.unwrap();
            assert!(
                witness.is_confirmed_by(core::slice::from_ref(&document)),
                "{witness:?}"
            );
        }
    }
}

#[test]
fn a_document_of_2008_has_no_variables() {
    let text = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Action": "iot:Connect",
            "Resource": "{SCOPE}client/${{iot:ClientId}}"}}}}"#
    );
    let document = PolicyDocument::from_json(&text).unwrap();
    assert!(broad(&document, Profile::Aws).is_empty());
}

#[test]
fn the_extended_profile_adds_to_the_end() {
    let document = one("*", "*");
    let aws = broad(&document, Profile::Aws);
    let extended = broad(&document, Profile::Extended);
    assert_eq!(
        extended.split_last().unwrap(),
        (&"iot:RetainPublish".into(), &*aws)
    );
    for filter in ["#", "+/#"] {
        let document = one("iot:Subscribe", &format!("{SCOPE}topicfilter/{filter}"));
        assert!(broad(&document, Profile::Aws).is_empty());
        assert_eq!(broad(&document, Profile::Extended), ["iot:Subscribe"]);
    }
}

#[test]
fn the_condition_that_ties_a_connection_to_its_thing() {
    let key = "iot:Connection.Thing.IsAttached";
    for (test, value, is_guard) in [
        (Test::Bool, "true", true),
        (Test::Bool, "TRUE", true),
        (Test::StringEquals, "true", true),
        (Test::Bool, "false", false),
        (Test::StringLike, "true", false),
        (Test::StringNotEquals, "true", false),
    ] {
        let condition = Condition::new(test, key, value);
        let allow = Statement::allow("iot:Connect", "*").with_condition(condition);
        let document = PolicyDocument::new(vec![allow]).unwrap();
        assert_eq!(
            broad(&document, Profile::Aws).is_empty(),
            is_guard,
            "{value}"
        );
    }
    let none = Condition::new(Test::Bool, "IOT:connection.thing.isattached", "false");
    let office = Condition::new(Test::IpAddress, "aws:SourceIp", "192.0.2.0/24");
    for (deny, is_guard) in [
        (
            Statement::deny("iot:Connect", "*").with_condition(none.clone()),
            true,
        ),
        (
            Statement::deny("iot:Connect", "*")
                .with_condition(none.clone())
                .with_condition(office),
            false,
        ),
    ] {
        let statements = vec![Statement::allow("iot:*", "*"), deny];
        let document = PolicyDocument::new(statements).unwrap();
        let broad = broad(&document, Profile::Aws);
        assert_eq!(!broad.contains(&"iot:Connect".into()), is_guard);
        assert!(broad.contains(&"iot:Publish".into()));
    }
}

#[test]
fn a_name_that_only_a_length_tells() {
    // All but names of three characters are denied.
    let document = PolicyDocument::new(vec![
        Statement::allow("iot:Connect", format!("{SCOPE}client/???")),
        Statement::deny("iot:Connect", format!("{SCOPE}client/????*")),
    ])
    .unwrap();
    let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
    let witness = access.actions[0].witness.as_ref().unwrap();
    assert_eq!(witness.name(), "zzz");
    assert!(witness.is_confirmed_by(&[document]));
    // The longest name of a thing has 128 characters.
    for (length, is_broad) in [(128, true), (129, false)] {
        let resource = format!("{SCOPE}client/{}", "?".repeat(length));
        assert_eq!(
            !broad(&one("iot:Connect", &resource), Profile::Aws).is_empty(),
            is_broad
        );
    }
}

#[test]
fn unknown_and_denied_actions_of_a_role() {
    let role = |statements| [PolicyDocument::new(statements).unwrap()];
    let codes = |role: &[PolicyDocument]| -> Vec<ReasonCode> {
        let access = cognito_access(CognitoRole::Authenticated, role, Profile::Aws);
        access.iter().map(|access| access.reason_code).collect()
    };
    let other = ReasonCode::AllowsAccessToIotNonThingAdminActions;
    let write = ReasonCode::AllowsAccessToIotThingAdminWriteActions;
    let allow = |action: &str| Statement::allow(action, "*");
    assert_eq!(codes(&role(vec![allow("iot:BrandNew")])), [other]);
    assert_eq!(codes(&role(vec![allow("iot:Brand*")])), []);
    assert_eq!(codes(&role(vec![allow("iotwireless:*")])), []);
    let thing = format!("{SCOPE}thing/a");
    let bucket = Statement::allow("*", "arn:aws:s3:::bucket/*");
    assert_eq!(codes(&role(vec![bucket])), []);
    let denied = |deny| role(vec![allow("iot:CreateThing"), deny]);
    assert_eq!(codes(&denied(Statement::deny("iot:Create*", "*"))), []);
    assert_eq!(
        codes(&denied(Statement::deny("iot:Create*", thing))),
        [write]
    );
    // A Deny of another document of the role counts too.
    let [allow] = role(vec![allow("iot:CreatePolicy")]);
    let [deny] = role(vec![Statement::deny(Patterns::all_but(["s3:*"]), "*")]);
    assert_eq!(codes(&[allow, deny]), []);
}

#[test]
fn a_long_reason_is_cut() {
    let role = [one("iot:*", "*")];
    let access = cognito_access(CognitoRole::Unauthenticated, &role, Profile::Aws);
    assert_eq!(access[0].actions.len(), 271);
    assert!(access[0].reason().ends_with(", 251 more]."));
    assert!(access[0].reason().len() < 1_000);
}

/// All of one account and Region, or of any: the audit does not compare these.
fn resource() -> impl Strategy<Value = String> {
    let scope = select(vec![SCOPE, "arn:aws:iot:*:*:", "arn:aws:s3:::"]);
    let kind = select(vec![
        "client/",
        "topic/",
        "topicfilter/",
        "thing/",
        "/thing/",
        "topic",
        "",
    ]);
    let piece = select(vec![
        "*",
        "*",
        "?",
        "??",
        "/",
        "$aws/",
        "things/",
        "$aws/things/*/",
        "shadow/update",
        "shadow/*",
        "jobs/",
        "get",
        "+",
        "#",
        "a",
        "z",
        "another-device",
        "example",
        "${*}",
        "${iot:ClientId}",
        "${iot:Connection.Thing.ThingName}",
        "${iot:CertificateId, 'z'}",
    ]);
    let part = proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat());
    prop_oneof![
        12 => (scope, kind, part).prop_map(|(scope, kind, part)| format!("{scope}{kind}{part}")),
        1 => Just("*".to_owned()),
        1 => Just("arn:aws:iot:*".to_owned()),
    ]
}

fn statement(effect: Effect) -> impl Strategy<Value = Statement> {
    let names = vec![
        "iot:Connect",
        "iot:Publish",
        "iot:Subscribe",
        "iot:GetThingShadow",
        "iot:*",
        "iot:UpdateJobExecution",
        "iot:ListThings",
        "iot:DescribeThing",
        "iot:*Job*",
        "*",
        "s3:*",
    ];
    let actions = subsequence(names, 1..4);
    let resources = proptest::collection::vec(resource(), 1..4);
    let patterns = |texts: Vec<String>, negated: bool| {
        if negated {
            Patterns::all_but(texts)
        } else {
            Patterns::only(texts)
        }
    };
    let negated = || prop::bool::weighted(0.1);
    (actions, negated(), resources, negated()).prop_map(move |(actions, no, resources, not)| {
        let actions = actions.into_iter().map(str::to_owned).collect();
        Statement::new(effect, patterns(actions, no), patterns(resources, not))
    })
}

fn conditional(effect: Effect) -> impl Strategy<Value = Statement> {
    let key = "iot:Connection.Thing.IsAttached";
    let conditions = vec![
        Condition::new(Test::Bool, key, "true"),
        Condition::new(Test::Bool, key, "false"),
        Condition::new(Test::IpAddress, "aws:SourceIp", "192.0.2.0/24"),
    ];
    (
        statement(effect),
        proptest::option::weighted(0.3, select(conditions)),
    )
        .prop_map(|(statement, condition)| match condition {
            Some(condition) => statement.with_condition(condition),
            None => statement,
        })
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    let allows = proptest::collection::vec(conditional(Effect::Allow), 1..4);
    let denies = proptest::collection::vec(conditional(Effect::Deny), 0..3);
    (allows, denies).prop_map(|(allows, denies)| [allows, denies].concat())
}

/// Everything that the checks say of documents, as pairs of reason and action.
fn all(documents: &[PolicyDocument]) -> Vec<(ReasonCode, String)> {
    let policy = documents
        .iter()
        .filter_map(|document| broad_data_plane_access(document, Profile::Extended));
    let roles = [CognitoRole::Unauthenticated, CognitoRole::Authenticated];
    let cognito = roles
        .iter()
        .flat_map(|role| cognito_access(*role, documents, Profile::Extended));
    let alias = role_alias_access(documents, &["s3", "iot"], Profile::Aws);
    let said = policy.chain(cognito).chain(alias);
    said.flat_map(|access: Access| {
        let code = access.reason_code;
        let reached = access.actions.into_iter();
        reached.map(move |reached| {
            if let Some(witness) = &reached.witness {
                assert!(witness.is_confirmed_by(documents), "{witness:?}");
            }
            (code, reached.action)
        })
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What the audit calls reachable, the policy engine allows.
    #[test]
    fn every_witness_is_confirmed(statements in statements()) {
        all(&[PolicyDocument::new(statements).unwrap()]);
    }

    /// Another Deny without conditions takes findings away, if anything.
    #[test]
    fn a_deny_adds_nothing(statements in statements(), deny in statement(Effect::Deny)) {
        let before = all(&[PolicyDocument::new(statements.clone()).unwrap()]);
        let more = [statements, vec![deny]].concat();
        let after = all(&[PolicyDocument::new(more).unwrap()]);
        for said in &after {
            prop_assert!(before.contains(said), "{said:?}");
        }
    }

    /// Another Allow without conditions takes no finding away.
    #[test]
    fn an_allow_hides_nothing(statements in statements(), allow in statement(Effect::Allow)) {
        let before = all(&[PolicyDocument::new(statements.clone()).unwrap()]);
        let more = [statements, vec![allow]].concat();
        let after = all(&[PolicyDocument::new(more).unwrap()]);
        for said in &before {
            prop_assert!(after.contains(said), "{said:?}");
        }
    }

    /// What the policy engine lets a device without a thing connect as, whatever its name, the
    /// audit reports.
    #[test]
    fn what_every_client_may_do_is_found(statements in statements(), lengths in 1..129_usize) {
        let document = PolicyDocument::new(statements).unwrap();
        let name = "\u{F000}".repeat(lengths);
        if is_connectable(&document, &name) {
            prop_assert!(broad(&document, Profile::Aws).contains(&"iot:Connect".into()));
        }
    }
}

/// Whether any statement without conditions lets a client of this name connect.
fn is_connectable(document: &PolicyDocument, name: &str) -> bool {
    use iot_policy::{ArnScope, Context, PolicySet, Request, Thing};
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope)
        .with_client_id(name)
        .with_thing(Thing::not_attached(name));
    let policies = PolicySet::compile([("", document.clone())]);
    policies
        .decide(&Request::connect(name, &context))
        .is_allowed()
}

#[test]
fn the_policies_of_a_role_are_those_of_iam() {
    let text = r#"{
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:*:*:table/T",
             "Condition": {"ForAllValues:StringEquals": {
                 "dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}"]}}},
            {"Effect": "Allow", "Action": ["S3:Get*", "i*:Describe*"], "Resource": "*"},
            {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*",
             "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": false}}}
        ]
    }"#;
    let role = [PolicyDocument::from_json(text).unwrap()];
    let said = |used: &[&str]| -> Vec<(ReasonCode, Vec<String>)> {
        let access = role_alias_access(&role, used, Profile::Aws);
        let said = access.into_iter().map(|access| {
            let actions = access.actions.into_iter().map(|reached| reached.action);
            (access.reason_code, actions.collect())
        });
        said.collect()
    };
    let auditing = ReasonCode::AllowsAccessToSecurityAuditingServices;
    let read = ReasonCode::AllowsBroadAccessToIotThingAdminReadActions;
    let iot = said(&["s3", "DynamoDB"]);
    let whole = ReasonCode::AllowsBroadAccessToUsedServices;
    assert_eq!(iot[0], (whole, vec!["dynamodb:*".into()]));
    assert_eq!(iot[1], (auditing, vec!["iam".into(), "inspector".into()]));
    assert_eq!(iot[2], (read, vec!["iot:DescribeThing".into()]));
    assert_eq!(said(&["s3"])[0].0, auditing);
    let unused = unused_service_access(&role, &["dynamodb", "s3", "iam"]).unwrap();
    assert_eq!(unused.actions.len(), 1);
    assert_eq!(unused.actions[0].action, "i*");
    // What is no policy of a role is an error, not a finding.
    for text in [
        "",
        "{}",
        "[1]",
        r#"{"Statement": [{"Effect": "Allow", "Principal": "*"}]}"#,
    ] {
        assert!(PolicyDocument::from_json(text).is_err(), "{text}");
    }
}

/// A Deny of all but what another account has leaves nothing, unless the Allow is about that
/// account too.
#[test]
fn a_witness_is_of_an_account_that_is_not_denied() {
    let but = |not: &str, allow: &str| {
        let deny = Statement::new(
            Effect::Deny,
            Patterns::only(["iot:*"]),
            Patterns::all_but([not]),
        );
        PolicyDocument::new(vec![Statement::allow("iot:Connect", allow), deny]).unwrap()
    };
    let other = "arn:aws:iot:eu-west-1:999999999999:client/*";
    let document = but(other, "*");
    let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
    let witness = access.actions[0].witness.as_ref().unwrap();
    assert_eq!(witness.arn, other.replace('*', "another-device"));
    assert!(witness.is_confirmed_by(&[document]));
    assert!(broad(&but(other, &format!("{SCOPE}client/*")), Profile::Aws).is_empty());
    // Fewer colons than an ARN has: the account is `client/a` and more.
    let document = but("arn:aws:iot:eu-west-1-999999999999:client/a*", "*");
    let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
    let witness = access.actions[0].witness.as_ref().unwrap();
    assert!(witness.is_confirmed_by(&[document]), "{witness:?}");
}
