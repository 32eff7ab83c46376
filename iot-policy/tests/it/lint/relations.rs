//! Lints of how statements relate, and whole policies.

use iot_policy::lint::{LintId as L, Severity, lint_text, lint_texts};

use super::{Case, case, document, ids};

pub(crate) const CASES: &[Case] = &[
    case(
        L::ReceiveMissing,
        r#"[{"Effect": "Allow", "Action": ["iot:Connect", "iot:Subscribe"], "Resource": ["~client/a", "~topicfilter/a"]}]"#,
        "/0/Action/1",
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a"},
            {"Effect": "Allow", "NotAction": "iot:Connect", "Resource": "~topic/b"}]"#,
    ),
    case(
        L::SubscribeMissing,
        r#"[{"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/a"}]"#,
        "/0/Action",
        r#"[{"Effect": "Deny", "Action": "iot:Receive", "Resource": "~topic/a"}]"#,
    ),
    case(
        L::SubscribeWithoutReceive,
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": ["~topicfilter/a/b", "~topicfilter/a/+/c"]},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/a/b"}]"#,
        "/0/Resource/1",
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": ["~topicfilter/a/b", "~topicfilter/a/+/c"]},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/a/b*"}]"#,
    ),
    case(
        // Another Region of the same topic.
        L::SubscribeWithoutReceive,
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "arn:aws:iot:eu-west-1:123456789012:topic/a"}]"#,
        "/0/Resource",
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "arn:aws:iot:*:*:topic/a"}]"#,
    ),
    case(
        // `#` takes no name that starts with `$`; a `*` may be `$aws/#`.
        L::SubscribeWithoutReceive,
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/#"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/$aws/things/*"}]"#,
        "/0/Resource",
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/*"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/$aws/things/*"}]"#,
    ),
    case(
        L::SubscribeWithoutReceive,
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/$share/g/a"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/$share/g/a"}]"#,
        "/0/Resource",
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/$share/g/a"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/a"}]"#,
    ),
    case(
        // The same variable has the same value on both sides; other ones may be anything.
        L::SubscribeWithoutReceive,
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/${iot:ClientId}/a"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/${iot:ClientId}/b/a"}]"#,
        "/0/Resource",
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/${iot:ClientId}/a"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/${iot:Connection.Thing.ThingName}/a"}]"#,
    ),
    case(
        L::ReceiveWithoutSubscribe,
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a/#"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": ["~topic/a/b", "~topic/b"]}]"#,
        "/1/Resource/1",
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a/#"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": ["~topic/a/b", "~topic/$aws/things/t/jobs/get/accepted"]}]"#,
    ),
    case(
        L::ParentNotDelivered,
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a/${iot:ClientId}/#"},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": ["~topic/a/${iot:ClientId}", "~topic/a/${iot:ClientId}/*"]}]"#,
        "/1/Resource/0",
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": ["~topicfilter/a/${iot:ClientId}/#", "~topicfilter/a/${iot:ClientId}"]},
            {"Effect": "Allow", "Action": "iot:Receive", "Resource": ["~topic/a/${iot:ClientId}", "~topic/a/${iot:ClientId}/*"]}]"#,
    ),
    case(
        L::DenyWalkedRound,
        r#"[{"Effect": "Allow", "Action": ["iot:Subscribe", "iot:Receive"], "Resource": ["~topicfilter/a/*", "~topic/a/*"]},
            {"Effect": "Deny", "Action": "iot:Subscribe", "Resource": "~topicfilter/a/secret/*"}]"#,
        "/1/Resource",
        r#"[{"Effect": "Allow", "Action": ["iot:Subscribe", "iot:Receive"], "Resource": ["~topicfilter/a/*", "~topic/a/*"]},
            {"Effect": "Deny", "Action": ["iot:Subscribe", "iot:Receive"], "Resource": ["~topicfilter/a/secret/*", "~topic/a/secret/*"]}]"#,
    ),
    case(
        L::DenyWalkedRound,
        r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "iot:Subscribe", "Resource": "~topicfilter/$aws/${iot:ClientId}/b"}]"#,
        "/1/Resource",
        r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "iot:Subscribe", "Resource": ["~topicfilter/$aws/b", "~topicfilter/$aws/?"]}]"#,
    ),
    case(
        L::DenyLostWithoutValue,
        r#"[{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a/*"},
            {"Effect": "Deny", "Action": "iot:*", "Resource": "~topic/a/${iot:Connection.Thing.ThingName}"}]"#,
        "/1/Resource",
        r#"[{"Effect": "Allow", "Action": "iot:Publish", "Resource": ["~topic/${iot:Connection.Thing.ThingName}/*", "~topic/b/*"]},
            {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
            {"Effect": "Deny", "Action": "iot:Publish", "Resource": "~topic/${iot:Connection.Thing.ThingName}/secret"},
            {"Effect": "Deny", "Action": "iot:Publish", "Resource": "~topic/c/${iot:Connection.Thing.ThingName}"},
            {"Effect": "Deny", "Action": "iot:Publish", "Resource": "~topic/b/${iot:Connection.Thing.ThingName, 'none'}"}]"#,
    ),
    case(
        L::RetainWithoutPublish,
        r#"[{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a"},
            {"Effect": "Allow", "Action": "iot:RetainPublish", "Resource": ["~topic/a", "~topic/b"]}]"#,
        "/1/Resource/1",
        r#"[{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/*"},
            {"Effect": "Allow", "Action": "iot:RetainPublish", "Resource": ["~topic/a", "~topic/b"]}]"#,
    ),
    case(
        L::OverruledStatement,
        r#"[{"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": ["~topic/a/b", "~topic/a/?*"]},
            {"Effect": "Deny", "Action": "iot:*", "Resource": ["~topic/a/*", "~client/*"]}]"#,
        "/0",
        r#"[{"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": ["~topic/a/b", "~topic/a/*"]},
            {"Effect": "Deny", "Action": "iot:*", "Resource": "~topic/a/?*"},
            {"Effect": "Deny", "Action": "iot:Publish", "Resource": "~topic/a/*"},
            {"Effect": "Deny", "Action": "iot:*", "Resource": "~topic/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]"#,
    ),
    case(
        L::OverruledStatement,
        r#"[{"Effect": "Deny", "Action": "*", "NotResource": "~topic/b/*"},
            {"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a/${iot:ClientId}"}]"#,
        "/1",
        r#"[{"Effect": "Deny", "Action": "*", "NotResource": "~topic/a/x"},
            {"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a/${iot:ClientId}"}]"#,
    ),
    case(
        L::RedundantStatement,
        r#"[{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Effect": "Allow", "Action": "iot:Pub*", "Resource": "~topic/?"}]"#,
        "/0",
        r#"[{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a"},
            {"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/?", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Effect": "Allow", "Action": "iot:P*", "Resource": "~topic/b?"}]"#,
    ),
    case(
        // Of two alike the later one.
        L::RedundantStatement,
        r#"[{"Effect": "Deny", "Action": "iot:Connect", "Resource": "*"},
            {"Effect": "Deny", "Action": "IOT:connect", "Resource": "**"}]"#,
        "/1",
        r#"[{"Effect": "Deny", "Action": "iot:Connect", "Resource": "*"},
            {"Effect": "Deny", "Action": "iot:Publish", "Resource": "*"}]"#,
    ),
];

fn warnings(statements: &str) -> Vec<String> {
    let lints = lint_text(&document(statements)).unwrap();
    lints
        .iter()
        .filter(|lint| lint.severity() > Severity::Info)
        .map(|lint| format!("{} {}", lint.id(), lint.location().pointer()))
        .collect()
}

/// The template of a Lambda function that registers devices just in time: it subscribes to what
/// is below a topic, and may receive the topic itself.
#[test]
fn just_in_time_registration_template() {
    let template = r#"[
        {"Effect": "Allow", "Action": ["iot:Connect"], "Resource": ["~client/{certId}"]},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": ["~topic/foo/bar/{certId}"]},
        {"Effect": "Allow", "Action": ["iot:Subscribe"], "Resource": ["~topicfilter/foo/bar/{certId}/#"]}
    ]"#;
    for certificate in ["0123abcd", "${iot:CertificateId}"] {
        let found = warnings(&template.replace("{certId}", certificate));
        let expected = [
            "parent-not-delivered /Statement/1/Resource/0",
            "subscribe-without-receive /Statement/2/Resource/0",
        ];
        assert_eq!(found, expected);
    }
}

/// The policy of the connection wizard: everything on everything.
#[test]
fn policy_of_the_wizard() {
    let all = r#"[{"Effect": "Allow", "Action": ["iot:Publish", "iot:Subscribe", "iot:Connect", "iot:Receive"], "Resource": ["*"]}]"#;
    let expected = ["subscribe-to-everything /Statement/0/Resource/0"];
    assert_eq!(warnings(all), expected);
}

/// The workshop's minimal policy of one thing is sound.
#[test]
fn minimal_policy() {
    let minimal = r#"[
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "~client/ratchet"},
        {"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/device/ratchet/data"},
        {"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/app/data"},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/app/data"}
    ]"#;
    assert_eq!(ids(minimal), []);
    // With the topic's type under Subscribe it is not.
    let found = ids(&minimal.replace("topicfilter", "topic"));
    let expected = [L::ReceiveWithoutSubscribe, L::WrongResourceType];
    assert_eq!(found, expected);
    // Without Receive nothing arrives, neither `app/data` nor the answers to a publish.
    let found = ids(&minimal.replace("iot:Receive", "iot:Publish"));
    assert_eq!(found, [L::ReceiveMissing]);
}

/// The workshop's third policy: topics of the device and its shadow, but `app/data` cannot be
/// received.
#[test]
fn policy_with_a_shadow() {
    let third = r#"[
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "~client/ratchet"},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource":
            ["~topic/data/temperature", "~topic/data/vibration", "~topic/$aws/things/ratchet/shadow/*"]},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource":
            ["~topicfilter/app/data", "~topicfilter/$aws/things/ratchet/shadow/*"]}
    ]"#;
    let expected = [
        "receive-without-subscribe /Statement/1/Resource/0",
        "receive-without-subscribe /Statement/1/Resource/1",
        "subscribe-without-receive /Statement/2/Resource/0",
    ];
    assert_eq!(warnings(third), expected);
}

/// What one document lacks another one may have.
#[test]
fn documents_speak_together() {
    let one = document(
        r#"[{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a/#"}]"#,
    );
    let two =
        document(r#"[{"Effect": "Allow", "Action": "iot:Receive", "Resource": "~topic/a/b"}]"#);
    assert_eq!(lint_text(&one).unwrap().len(), 1);
    assert_eq!(lint_text(&two).unwrap().len(), 1);
    assert_eq!(lint_texts(&[&one, &two]).unwrap(), []);
    let deny = document(r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#);
    let lints = lint_texts(&[&one, &deny, &two]).unwrap();
    let found: Vec<_> = lints
        .iter()
        .map(|lint| {
            let related = lint
                .related()
                .map(|place| (place.document(), place.pointer()));
            (lint.id(), lint.location().document(), related)
        })
        .collect();
    let expected = |document| (L::OverruledStatement, document, Some((1, "/Statement")));
    assert_eq!(found, [expected(0), expected(2)]);
}
