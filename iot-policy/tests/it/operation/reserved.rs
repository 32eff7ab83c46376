//! Reserved topics: what no policy can allow.

use iot_policy::{
    Authorize, Cause, ConnectRequest, Context, Decision, HttpCall, Operation, ProtocolVersion,
    PublishRequest, Qos, ReasonCode, SubscribeRequest, Will,
};
use iot_topics::TopicErrorKind;
use iot_topics::lifecycle::DisconnectReason;

use super::{ask, filter, policy, scope, topic};

const V311: ProtocolVersion = ProtocolVersion::Mqtt311;
const V5: ProtocolVersion = ProtocolVersion::Mqtt5;
const EVERYTHING: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

fn publish(text: &str) -> PublishRequest<'_> {
    PublishRequest::new(V5, topic(text)).with_qos(Qos::AtLeastOnce)
}

fn subscribe(text: &str) -> Operation<'_> {
    SubscribeRequest::new(V5, filter(text)).into()
}

fn will(text: &str) -> Will<'_> {
    Will::new(topic(text))
}

#[test]
fn no_policy_allows_what_a_reserved_topic_does_not_support() {
    use TopicErrorKind::{
        ReservedNotPublishable, ReservedNotSubscribable, ReservedUnknown, RetainOnReserved,
    };
    let scope = scope();
    let context = Context::new(&scope).with_client_id("lamp");
    let everything = policy(&[EVERYTHING]);
    let update = "$aws/things/lamp/shadow/update";
    let accepted = "$aws/things/lamp/shadow/update/accepted";
    let connect = ConnectRequest::mqtt5("lamp", 0);
    let http = |text, retain| {
        let topic = topic(text);
        Operation::Http(HttpCall::Publish { topic, retain })
    };
    for (operation, kind, code) in [
        (publish(accepted).into(), ReservedNotPublishable, Some(0x90)),
        (publish("$mine/7").into(), ReservedUnknown, Some(0x90)),
        (
            publish(update).with_retain(true).into(),
            RetainOnReserved,
            Some(0x90),
        ),
        (
            subscribe("$aws/rules/store/a"),
            ReservedNotSubscribable,
            Some(0x8F),
        ),
        (subscribe("$SYS/#"), ReservedUnknown, Some(0x8F)),
        (
            subscribe("$share/group/$SYS/#"),
            ReservedUnknown,
            Some(0x8F),
        ),
        (
            connect.with_will(will(accepted)).into(),
            ReservedNotPublishable,
            Some(0x90),
        ),
        (
            connect.with_will(will(update).with_retain(true)).into(),
            RetainOnReserved,
            Some(0x90),
        ),
        (
            ConnectRequest::mqtt311("lamp", true)
                .with_will(will("$mine"))
                .into(),
            ReservedUnknown,
            Some(0x07),
        ),
        (http("$mine/7", false), ReservedUnknown, None),
        (http(update, true), RetainOnReserved, None),
    ] {
        let outcome = everything.authorize(&operation, &context);
        let refusal = outcome.refusal().unwrap();
        let Cause::Topic { error, .. } = refusal.cause() else {
            panic!("{refusal}");
        };
        assert_eq!(error.kind(), kind, "{operation:?}");
        assert_eq!(refusal.reason_code().map(ReasonCode::as_u8), code);
        assert_eq!(outcome.decision(), Decision::ImplicitDeny);
        let connects = matches!(operation, Operation::Connect(_));
        assert_eq!(refusal.closes_connection(), connects, "{operation:?}");
    }
}

#[test]
fn an_unsupported_topic_ends_a_connection_of_mqtt_3() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("lamp");
    let everything = policy(&[EVERYTHING]);
    let quick = PublishRequest::new(V5, topic("$mine/7"));
    for (operation, words) in [
        (
            Operation::from(PublishRequest::new(V311, topic("$mine/7")).with_qos(Qos::AtLeastOnce)),
            "`$mine/7` is not supported, no such reserved topic at byte 0: the connection is closed",
        ),
        (
            SubscribeRequest::new(V311, filter("$aws/rules/#")).into(),
            "`$aws/rules/#` is not supported, clients may not subscribe to this reserved topic at \
             byte 0: the connection is closed",
        ),
        (
            quick.into(),
            "`$mine/7` is not supported, no such reserved topic at byte 0: DISCONNECT carries 0x90 \
             (topic name invalid) and the connection is closed",
        ),
    ] {
        let outcome = everything.authorize(&operation, &context);
        let refusal = outcome.refusal().unwrap();
        assert_eq!(refusal.to_string(), words);
        let reason = refusal.disconnect_reason();
        assert_eq!(reason, Some(DisconnectReason::ClientError));
    }
}

#[test]
fn supported_topics_are_up_to_the_policies() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("lamp");
    let everything = policy(&[EVERYTHING]);
    let ingest = policy(&[
        r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"ARN/topic/$aws/rules/store/*"}"#,
    ]);
    for (operation, by_ingest) in [
        (publish("$aws/rules/store/plant/7").into(), true),
        (publish("plant/7").into(), false),
        (publish("$aws/things/lamp/shadow/get").into(), false),
        (subscribe("$aws/#"), false),
        (subscribe("#"), false),
        // A broker delivers what it has reason to; the topic is not looked at again.
        (Operation::Deliver(topic("$aws/rules/store")), false),
        (
            ConnectRequest::mqtt5("lamp", 0)
                .with_will(will("$aws/rules/store/lost"))
                .into(),
            false,
        ),
    ] {
        assert!(ask(&everything, operation, &context).is_allowed());
        assert_eq!(
            ask(&ingest, operation, &context).is_allowed(),
            by_ingest,
            "{operation:?}"
        );
    }
}
