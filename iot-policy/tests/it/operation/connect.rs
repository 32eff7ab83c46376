//! CONNECT, its will, and what the other operations must not see of it.

use iot_policy::{
    Attachment, Authorize, ConnectAttributes, ConnectRequest, Context, ContextValues, Operation,
    PolicySet, ProtocolVersion, PublishRequest, SubscribeRequest, Thing, Variable, Will,
};

use super::{ask, filter, policy, scope, topic};

const CONNECT: &str = r#"{"Effect":"Allow","Action":"iot:Connect","Resource":"ARN/client/*"}"#;
const PUBLISH: &str = r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"ARN/topic/will"}"#;
const RETAIN: &str =
    r#"{"Effect":"Allow","Action":"iot:RetainPublish","Resource":"ARN/topic/will"}"#;

#[test]
fn a_will_asks_for_what_its_publish_asks_for() {
    let scope = scope();
    let context = Context::new(&scope);
    let will = Will::new(topic("will"));
    for chosen in 0..8_u8 {
        let has = |bit: u8| chosen & (1 << bit) != 0;
        let statements: Vec<_> = [CONNECT, PUBLISH, RETAIN]
            .into_iter()
            .zip(0..)
            .filter_map(|(statement, bit)| has(bit).then_some(statement))
            .collect();
        let policies = match statements.as_slice() {
            [] => PolicySet::default(),
            statements => policy(statements),
        };
        let plain = ConnectRequest::mqtt311("device1", true);
        for (packet, expected) in [
            (plain, has(0)),
            (plain.with_will(will), has(0) && has(1)),
            (
                plain.with_will(will.with_retain(true)),
                has(0) && has(1) && has(2),
            ),
        ] {
            let outcome = ask(&policies, packet.into(), &context);
            assert_eq!(outcome.is_allowed(), expected, "{chosen:03b} {packet:?}");
            let closes = outcome.refusal().is_none_or(|it| it.closes_connection());
            assert!(closes, "a refused will refuses the connection");
            if let Some(will) = packet.will() {
                let message = PublishRequest::new(packet.version(), will.topic());
                let message = message.with_retain(will.retain());
                let as_client = context.with_client_id("device1");
                let published = policies.publish(&message, &as_client).is_allowed();
                assert_eq!(outcome.is_allowed(), has(0) && published);
            }
        }
    }
}

#[test]
fn a_will_is_published_by_the_client_of_the_packet() {
    let scope = scope();
    let own =
        r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"ARN/topic/lost/${iot:ClientId}"}"#;
    let policies = policy(&[CONNECT, own]);
    let given = ContextValues::from([(Variable::ClientId, vec!["a".to_owned()])]);
    for (client_id, allowed) in [("a", true), ("b", false)] {
        let packet = ConnectRequest::mqtt5(client_id, 0).with_will(Will::new(topic("lost/a")));
        for context in [
            Context::new(&scope),
            Context::new(&scope).with_client_id("a"),
            Context::new(&scope).with_values(&given),
        ] {
            assert_eq!(
                ask(&policies, packet.into(), &context).is_allowed(),
                allowed
            );
        }
    }
}

#[test]
fn connect_attributes_come_from_the_packet() {
    let scope = scope();
    let will = Will::new(topic("will"));
    let only = |features: &str| {
        let connect = format!(
            r#"{{"Effect":"Allow","Action":"iot:Connect","Resource":"*","Condition":
               {{"ForAllValues:StringEquals":{{"iot:ConnectAttributes":[{features}]}}}}}}"#
        );
        policy(&[&connect, PUBLISH])
    };
    let (none, persistent, last_will) = (
        only(""),
        only(r#""PersistentConnect""#),
        only(r#""LastWill""#),
    );
    let both = only(r#""PersistentConnect","LastWill""#);
    for (packet, allowed) in [
        (ConnectRequest::mqtt311("c", true), [true; 4]),
        (ConnectRequest::mqtt5("c", 0), [true; 4]),
        (
            ConnectRequest::mqtt311("c", false),
            [false, true, false, true],
        ),
        (ConnectRequest::mqtt5("c", 1), [false, true, false, true]),
        (
            ConnectRequest::mqtt5("c", u32::MAX),
            [false, true, false, true],
        ),
        (
            ConnectRequest::mqtt311("c", true).with_will(will),
            [false, false, true, true],
        ),
        (
            ConnectRequest::mqtt5("c", 0).with_will(will),
            [false, false, true, true],
        ),
        (
            ConnectRequest::mqtt5("c", 9).with_will(will),
            [false, false, false, true],
        ),
    ] {
        let given = ConnectAttributes::new(false, false);
        for context in [
            Context::new(&scope),
            Context::new(&scope).with_connect_attributes(given),
        ] {
            let verdicts = [&none, &persistent, &last_will, &both]
                .map(|policies| ask(policies, packet.into(), &context).is_allowed());
            assert_eq!(verdicts, allowed, "{packet:?}");
        }
    }
}

#[test]
fn the_will_topic_is_an_arn_in_the_context() {
    let scope = scope();
    let connect = r#"{"Effect":"Allow","Action":"iot:Connect","Resource":"*",
        "Condition":{"ArnEquals":{"iot:LastWillTopic":"ARN/topic/will"}}}"#;
    let publish = r#"{"Effect":"Allow","Action":"iot:Publish","Resource":"*"}"#;
    let policies = policy(&[connect, publish]);
    let plain = ConnectRequest::mqtt5("c", 0);
    for (packet, allowed) in [
        (plain, false),
        (plain.with_will(Will::new(topic("will"))), true),
        (plain.with_will(Will::new(topic("other"))), false),
    ] {
        // A will topic that an earlier packet left behind does not count.
        for context in [
            Context::new(&scope),
            Context::new(&scope).with_last_will_topic(topic("will")),
        ] {
            assert_eq!(
                ask(&policies, packet.into(), &context).is_allowed(),
                allowed
            );
        }
    }
}

#[test]
fn the_client_id_is_that_of_the_packet() {
    let scope = scope();
    let own = r#"{"Effect":"Allow","Action":"iot:Connect","Resource":"ARN/client/*",
        "Condition":{"StringEquals":{"iot:ClientId":"mine"}}}"#;
    let thing = r#"{"Effect":"Allow","Action":"iot:Connect",
        "Resource":"ARN/client/${iot:Connection.Thing.ThingName}"}"#;
    let mine = Thing::attached("mine").with_attachment(Attachment::Attached);
    let given = ContextValues::from([(Variable::ClientId, vec!["mine".to_owned()])]);
    let context = Context::new(&scope).with_client_id("mine").with_thing(mine);
    for context in [context, context.with_values(&given)] {
        for (client_id, allowed) in [("mine", true), ("theirs", false)] {
            let packet = ConnectRequest::mqtt5(client_id, 0);
            for statement in [own, thing] {
                let outcome = ask(&policy(&[statement]), packet.into(), &context);
                assert_eq!(outcome.is_allowed(), allowed, "{client_id} {statement}");
            }
        }
    }
}

#[test]
fn only_connect_sees_its_values() {
    let scope = scope();
    let values = ContextValues::from([
        (Variable::ConnectAttributes, vec!["LastWill".to_owned()]),
        (Variable::LastWillTopic, vec!["will".to_owned()]),
    ]);
    let left = Context::new(&scope)
        .with_client_id("c")
        .with_connect_attributes(ConnectAttributes::new(true, true))
        .with_last_will_topic(topic("will"));
    let absent = policy(&[
        CONNECT,
        r#"{"Effect":"Allow","Action":"iot:*","Resource":"*","Condition":
           {"Null":{"iot:ConnectAttributes":"true","iot:LastWillTopic":"true"}}}"#,
    ]);
    let will = Will::new(topic("will")).with_retain(true);
    for context in [left, left.with_values(&values)] {
        for operation in [
            Operation::from(PublishRequest::new(ProtocolVersion::Mqtt5, topic("a"))),
            SubscribeRequest::new(ProtocolVersion::Mqtt5, filter("a")).into(),
            Operation::Deliver(topic("a")),
            iot_policy::HttpCall::ListRetainedMessages.into(),
            // The publish of a will is a publish like any other.
            ConnectRequest::mqtt5("c", 0).with_will(will).into(),
        ] {
            let outcome = ask(&absent, operation, &context);
            assert!(outcome.is_allowed(), "{operation:?}");
        }
    }
}
