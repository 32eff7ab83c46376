//! PUBLISH, SUBSCRIBE and deliveries.

use iot_policy::{
    Authorize, Cause, ConnectRequest, Context, Decision, HttpCall, Operation, Outcome, PolicySet,
    ProtocolVersion, PublishRequest, Qos, ReasonCode, Request, SubscribeRequest,
};
use iot_topics::lifecycle::{DisconnectReason, disconnect};

use super::{JITR, MINIMAL, SHADOW, WIZARD, ask, compile, filter, policy, scope, topic};

const V311: ProtocolVersion = ProtocolVersion::Mqtt311;
const V5: ProtocolVersion = ProtocolVersion::Mqtt5;

fn publish(text: &str) -> Operation<'_> {
    PublishRequest::new(V5, topic(text)).into()
}

fn subscribe(text: &str) -> Operation<'_> {
    SubscribeRequest::new(V5, filter(text)).into()
}

fn deliver(text: &str) -> Operation<'_> {
    Operation::Deliver(topic(text))
}

fn connect(client_id: &str) -> Operation<'_> {
    ConnectRequest::mqtt5(client_id, 0).into()
}

#[test]
fn truth_tables_of_the_workshop_and_the_deck() {
    let scope = scope();
    for (name, text, client_id, table) in [
        (
            "minimal",
            MINIMAL,
            "ratchet",
            &[
                (connect("ratchet"), true),
                (connect("clank"), false),
                (publish("device/ratchet/data"), true),
                (publish("device/clank/data"), false),
                (publish("app/data"), false),
                (subscribe("app/data"), true),
                (subscribe("app/#"), false),
                (subscribe("device/ratchet/data"), false),
                (deliver("app/data"), true),
                (deliver("device/ratchet/data"), false),
            ] as &[_],
        ),
        (
            "shadow",
            SHADOW,
            "ratchet",
            &[
                (publish("data/vibration"), true),
                (publish("$aws/things/ratchet/shadow/update"), true),
                (publish("$aws/things/ratchet/shadow/name/motor/get"), true),
                (publish("$aws/things/clank/shadow/update"), false),
                (
                    subscribe("$aws/things/ratchet/shadow/update/accepted"),
                    true,
                ),
                (subscribe("$aws/things/ratchet/shadow/#"), true),
                (subscribe("$aws/things/+/shadow/#"), false),
                (deliver("$aws/things/ratchet/shadow/update/delta"), true),
                (deliver("$aws/things/clank/shadow/update/delta"), false),
                // A subscription that nothing is delivered by.
                (subscribe("app/data"), true),
                (deliver("app/data"), false),
            ],
        ),
        (
            "jitr",
            JITR,
            "5a3c0f",
            &[
                (connect("5a3c0f"), true),
                (connect("00ff00"), false),
                (publish("foo/bar/5a3c0f"), true),
                (publish("foo/bar/00ff00"), false),
                (deliver("foo/bar/5a3c0f"), true),
                (deliver("foo/bar/00ff00"), false),
                (subscribe("foo/bar/5a3c0f/#"), true),
                (subscribe("foo/bar/00ff00/#"), false),
                // The one topic that may be received is not behind the one filter.
                (deliver("foo/bar/5a3c0f/x"), false),
                (subscribe("foo/bar/5a3c0f"), false),
            ],
        ),
        (
            "wizard",
            WIZARD,
            "anyone",
            &[
                (connect("anyone"), true),
                (publish("a/b"), true),
                (subscribe("$aws/things/+/shadow/#"), true),
                (deliver("a/b"), true),
                // Publish, Subscribe, Connect and Receive alone: no RETAIN.
                (
                    PublishRequest::new(V5, topic("a/b"))
                        .with_retain(true)
                        .into(),
                    false,
                ),
            ],
        ),
    ] {
        let policies = compile(text);
        let context = Context::new(&scope).with_client_id(client_id);
        for (operation, allowed) in table {
            let outcome = ask(&policies, *operation, &context);
            assert_eq!(outcome.is_allowed(), *allowed, "{name}: {operation:?}");
        }
    }
}

#[test]
fn what_the_client_sees() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("ratchet");
    let publish = |version, qos| PublishRequest::new(version, topic("a")).with_qos(qos);
    for (operation, code, closes, reason, words) in [
        (
            Operation::from(ConnectRequest::mqtt311("ratchet", true)),
            Some(0x07),
            true,
            None,
            "CONNACK carries 0x07 (not authorized) and the connection is closed",
        ),
        (
            ConnectRequest::mqtt5("ratchet", 0).into(),
            Some(0x87),
            true,
            None,
            "CONNACK carries 0x87 (not authorized) and the connection is closed",
        ),
        (
            publish(V311, Qos::AtMostOnce).into(),
            None,
            true,
            Some(DisconnectReason::AuthError),
            "the connection is closed",
        ),
        (
            publish(V311, Qos::AtLeastOnce).into(),
            None,
            true,
            Some(DisconnectReason::AuthError),
            "the connection is closed",
        ),
        (
            publish(V5, Qos::AtMostOnce).into(),
            Some(0x87),
            true,
            Some(DisconnectReason::AuthError),
            "DISCONNECT carries 0x87 (not authorized) and the connection is closed",
        ),
        (
            publish(V5, Qos::AtLeastOnce).into(),
            Some(0x87),
            false,
            None,
            "the acknowledgement carries 0x87 (not authorized), the connection stays",
        ),
        (
            SubscribeRequest::new(V311, filter("a")).into(),
            None,
            true,
            Some(DisconnectReason::AuthError),
            "the connection is closed",
        ),
        (
            SubscribeRequest::new(V5, filter("a")).into(),
            Some(0x87),
            false,
            None,
            "the acknowledgement carries 0x87 (not authorized), the connection stays",
        ),
        (
            Operation::Deliver(topic("a")),
            None,
            false,
            None,
            "the message is dropped, the session stays",
        ),
        (
            HttpCall::ListRetainedMessages.into(),
            None,
            false,
            None,
            "the answer is HTTP 403",
        ),
    ] {
        let outcome = ask(&PolicySet::default(), operation, &context);
        let refusal = outcome.refusal().unwrap();
        assert_eq!(refusal.reason_code().map(ReasonCode::as_u8), code);
        assert_eq!(refusal.closes_connection(), closes, "{operation:?}");
        assert_eq!(refusal.disconnect_reason(), reason, "{operation:?}");
        assert_eq!(refusal.effect().to_string(), words);
        assert_eq!(refusal.decision(), Decision::ImplicitDeny);
        assert_eq!(outcome.into_result(), Err(*refusal));
    }
}

#[test]
fn retain_needs_both_actions() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("device1");
    let publish = r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"ARN/topic/a"}"#;
    let retain = r#"{"Effect":"Allow","Action":"iot:RetainPublish","Resource":"ARN/topic/a"}"#;
    let no_retain = r#"{"Effect":"Deny","Action":"iot:RetainPublish","Resource":"*"}"#;
    let packet = PublishRequest::new(V5, topic("a"));
    for (statements, plain, retained, missing) in [
        (&[publish] as &[_], true, false, "iot:RetainPublish"),
        (&[retain], false, false, "iot:Publish"),
        (&[publish, retain], true, true, ""),
        (
            &[publish, retain, no_retain],
            true,
            false,
            "iot:RetainPublish",
        ),
    ] {
        let policies = policy(statements);
        assert_eq!(policies.publish(&packet, &context).is_allowed(), plain);
        let outcome = ask(&policies, packet.with_retain(true).into(), &context);
        assert_eq!(outcome.is_allowed(), retained);
        let action = outcome.refusal().map(|refusal| match refusal.cause() {
            Cause::Policy { action, .. } => action.as_str(),
            cause => panic!("{cause:?}"),
        });
        assert_eq!(action.unwrap_or_default(), missing);
    }
    let denied = policy(&[publish, retain, no_retain]);
    let outcome = denied.publish(&packet.with_retain(true), &context);
    assert_eq!(outcome.decision(), Decision::ExplicitDeny);
    assert_eq!(
        outcome.refusal().unwrap().to_string(),
        "a statement denies `iot:RetainPublish` on \
         `arn:aws:iot:us-east-1:123456789012:topic/a`: \
         DISCONNECT carries 0x87 (not authorized) and the connection is closed"
    );
}

#[test]
fn each_filter_has_its_verdict() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("ratchet");
    let policies = compile(MINIMAL);
    let filters = ["app/data", "app/#", "app/data", "#"].map(filter);
    for (version, codes) in [
        (V5, [None, Some(0x87), None, Some(0x87)]),
        (V311, [None; 4]),
    ] {
        let outcomes = policies.subscribe(version, filters, &context);
        assert_eq!(outcomes.size_hint(), (4, Some(4)));
        let outcomes: Vec<_> = outcomes.collect();
        let asked: Vec<_> = outcomes.iter().map(|(filter, _)| *filter).collect();
        assert_eq!(asked, filters);
        let allowed: Vec<_> = outcomes.iter().map(|(_, it)| it.is_allowed()).collect();
        assert_eq!(allowed, [true, false, true, false]);
        for ((_, outcome), code) in outcomes.iter().zip(codes) {
            let refusal = outcome.refusal();
            let sent = refusal.and_then(|refusal| refusal.reason_code());
            assert_eq!(sent.map(ReasonCode::as_u8), code);
            if let Some(refusal) = refusal {
                assert_eq!(refusal.closes_connection(), version == V311);
            }
        }
    }
}

#[test]
fn shared_subscriptions_are_asked_whole_and_delivered_by_topic() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("worker");
    let shared = r#"{"Effect":"Allow","Action":"iot:Subscribe",
        "Resource":"ARN/topicfilter/$share/*/test/topic"}"#;
    let receive = r#"{"Effect":"Allow","Action":"iot:Receive","Resource":"ARN/topic/test/topic"}"#;
    let policies = policy(&[shared, receive]);
    for (operation, allowed) in [
        (subscribe("$share/group/test/topic"), true),
        (subscribe("test/topic"), false),
        (subscribe("$share/group/other"), false),
        (deliver("test/topic"), true),
    ] {
        let outcome = ask(&policies, operation, &context);
        assert_eq!(outcome.is_allowed(), allowed, "{operation:?}");
    }
    let plain =
        policy(&[r#"{"Effect":"Allow","Action":"iot:*","Resource":"ARN/topicfilter/test/*"}"#]);
    assert!(!ask(&plain, subscribe("$share/group/test/topic"), &context).is_allowed());
}

#[test]
fn shadows_over_mqtt_ask_for_topics_alone() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("ratchet");
    let rest = policy(&[r#"{"Effect":"Allow","Action":"iot:*ThingShadow","Resource":"*"}"#]);
    let update = publish("$aws/things/ratchet/shadow/update");
    assert!(!ask(&rest, update, &context).is_allowed());
}

#[test]
fn a_reply_without_subscription_asks_for_receive() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("ratchet");
    let publish = r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"*"}"#;
    let reply = deliver("$aws/things/ratchet/jobs/get/accepted");
    assert!(!ask(&policy(&[publish]), reply, &context).is_allowed());
    let receive = r#"{"Effect":"Allow","Action":"iot:Receive",
        "Resource":"ARN/topic/$aws/things/${iot:ClientId}/jobs/*"}"#;
    assert!(ask(&policy(&[publish, receive]), reply, &context).is_allowed());
}

#[test]
fn a_refusal_that_disconnects_sends_the_will_and_the_event() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("ratchet");
    let outcome = ask(&compile(MINIMAL), publish("device/clank/data"), &context);
    let reason = outcome.refusal().unwrap().disconnect_reason().unwrap();
    let effects = disconnect(&"ratchet".parse().unwrap(), reason, true, false);
    assert!(effects.will.is_sent() && effects.lifecycle_event);
}

/// What an engine with several sets of policies does: both must allow.
#[derive(Debug)]
struct Both<'p>(&'p PolicySet, &'p PolicySet);

impl Authorize for Both<'_> {
    fn decide(&self, request: &Request<'_>) -> Decision {
        self.0.decide(request).worst(self.1.decide(request))
    }
}

#[test]
fn whatever_decides_can_authorize() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("ratchet");
    let (minimal, shadow, wizard) = (compile(MINIMAL), compile(SHADOW), compile(WIZARD));
    let packet = PublishRequest::new(V5, topic("data/vibration"));
    assert_eq!(
        Both(&shadow, &wizard).publish(&packet, &context),
        Outcome::Allowed
    );
    assert!(
        !Both(&shadow, &minimal)
            .publish(&packet, &context)
            .is_allowed()
    );

    let dynamic: &dyn Authorize = &shadow;
    assert!(dynamic.publish(&packet, &context).is_allowed());
    let filters = [filter("app/data")];
    assert!(
        (&dynamic)
            .subscribe(V5, filters, &context)
            .all(|(_, it)| it.is_allowed())
    );
}

#[test]
fn versions_by_their_level() {
    let levels = [3, 4, 5, 6].map(ProtocolVersion::from_level);
    assert_eq!(levels, [None, Some(V311), Some(V5), None]);
}
