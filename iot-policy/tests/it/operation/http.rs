//! The HTTP data plane.

use iot_policy::{
    Certificate, ClientEffect, Context, ContextValues, Decision, HttpCall, Operation, ShadowPath,
    Thing, Variable,
};
use iot_topics::{ShadowName, ThingName};

use super::{SHADOW, WIZARD, ask, compile, policy, scope, topic};

fn lamp() -> ThingName {
    "lamp".parse().unwrap()
}

#[test]
fn calls_and_what_they_ask_for() {
    let scope = scope();
    let context = Context::new(&scope);
    let thing = lamp();
    let classic = ShadowPath::classic(&thing);
    let named = ShadowPath::named(&thing, &"colour".parse().unwrap());
    let name = topic("a/b");
    let client_id = "sensor/7";
    for (call, expected) in [
        (
            HttpCall::Publish {
                topic: name,
                retain: false,
            },
            "iot:Publish topic/a/b",
        ),
        (
            HttpCall::Publish {
                topic: name,
                retain: true,
            },
            "iot:Publish topic/a/b, iot:RetainPublish topic/a/b",
        ),
        (
            HttpCall::GetThingShadow(&classic),
            "iot:GetThingShadow thing/lamp",
        ),
        (
            HttpCall::GetThingShadow(&named),
            "iot:GetThingShadow thing/lamp/colour",
        ),
        (
            HttpCall::UpdateThingShadow(&named),
            "iot:UpdateThingShadow thing/lamp/colour",
        ),
        (
            HttpCall::DeleteThingShadow(&classic),
            "iot:DeleteThingShadow thing/lamp",
        ),
        (
            HttpCall::ListNamedShadowsForThing(&thing),
            "iot:ListNamedShadowsForThing thing/lamp",
        ),
        (
            HttpCall::GetRetainedMessage(name),
            "iot:GetRetainedMessage topic/a/b",
        ),
        (HttpCall::ListRetainedMessages, "iot:ListRetainedMessages *"),
        (
            HttpCall::DescribeJobExecution {
                thing: &thing,
                job: "$next",
            },
            "iotjobsdata:DescribeJobExecution thing/lamp",
        ),
        (
            HttpCall::GetPendingJobExecutions(&thing),
            "iotjobsdata:GetPendingJobExecutions thing/lamp",
        ),
        (
            HttpCall::StartNextPendingJobExecution(&thing),
            "iotjobsdata:StartNextPendingJobExecution thing/lamp",
        ),
        (
            HttpCall::UpdateJobExecution {
                thing: &thing,
                job: "job-1",
            },
            "iotjobsdata:UpdateJobExecution thing/lamp",
        ),
        (
            HttpCall::DeleteConnection { client_id },
            "iot:DeleteConnection client/sensor/7",
        ),
        (
            HttpCall::GetConnection {
                client_id,
                include_socket_information: false,
            },
            "iot:GetConnection client/sensor/7",
        ),
        (
            HttpCall::ListSubscriptions { client_id },
            "iot:ListSubscriptions client/sensor/7",
        ),
        (
            HttpCall::SendDirectMessage {
                client_id,
                topic: name,
            },
            "iot:SendDirectMessage client/sensor/7",
        ),
    ] {
        let operation = Operation::from(call);
        let asked: Vec<_> = operation
            .checks(&context)
            .map(|check| format!("{} {}", check.action(), check.resource()))
            .collect();
        let asked = asked
            .join(", ")
            .replace("arn:aws:iot:us-east-1:123456789012:", "");
        assert_eq!(asked, expected);

        let denied = policy(&[
            r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Deny","Action":["iot:*","iotjobsdata:*"],"Resource":"*"}"#,
        ]);
        let outcome = ask(&denied, operation, &context);
        let refusal = outcome.refusal().unwrap();
        assert_eq!(refusal.effect(), ClientEffect::HttpRefused(403));
        assert_eq!(refusal.decision(), Decision::ExplicitDeny);
        let everything = policy(&[r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#]);
        assert!(ask(&everything, operation, &context).is_allowed());
    }
}

#[test]
fn the_list_of_retained_messages_is_the_resource_star() {
    let scope = scope();
    let context = Context::new(&scope);
    for (resource, allowed) in [("*", true), ("ARN/topic/*", false), ("ARN/*", false)] {
        let statement = format!(
            r#"{{"Effect":"Allow","Action":"iot:ListRetainedMessages","Resource":"{resource}"}}"#
        );
        let outcome = ask(
            &policy(&[&statement]),
            HttpCall::ListRetainedMessages.into(),
            &context,
        );
        assert_eq!(outcome.is_allowed(), allowed, "{resource}");
    }
}

#[test]
fn shadows_over_http_do_not_ask_for_topics() {
    let scope = scope();
    let context = Context::new(&scope);
    let ratchet = ShadowPath::classic(&"ratchet".parse().unwrap());
    for call in [
        HttpCall::GetThingShadow(&ratchet),
        HttpCall::UpdateThingShadow(&ratchet),
    ] {
        for text in [SHADOW, WIZARD] {
            assert!(!ask(&compile(text), call.into(), &context).is_allowed());
        }
        let rest = r#"{"Effect":"Allow","Action":["iot:GetThingShadow","iot:UpdateThingShadow"],
            "Resource":"ARN/thing/ratchet"}"#;
        assert!(ask(&policy(&[rest]), call.into(), &context).is_allowed());
    }
}

#[test]
fn client_and_thing_have_no_value() {
    let scope = scope();
    let certificate = Certificate::builder().build();
    let given = ContextValues::from([
        (Variable::ClientId, vec!["c".to_owned()]),
        (Variable::ThingName, vec!["c".to_owned()]),
        (Variable::ThingIsAttached, vec!["true".to_owned()]),
        (Variable::ThingTypeName, vec!["kind".to_owned()]),
        (
            Variable::parse("iot:Connection.Thing.Attributes[a]"),
            vec!["b".to_owned()],
        ),
        (Variable::parse("iot:DomainName"), vec!["host".to_owned()]),
    ]);
    let full = Context::new(&scope)
        .with_client_id("c")
        .with_thing(
            Thing::attached("c")
                .with_type("kind")
                .with_attributes(&[("a", "b")]),
        )
        .with_certificate(&certificate)
        .with_values(&given);
    let call = HttpCall::Publish {
        topic: topic("dt/c"),
        retain: false,
    };
    for (statement, allowed) in [
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"ARN/topic/dt/${iot:ClientId}"}"#,
            false,
        ),
        (
            r#"{"Effect":"Allow","Action":"*",
                "Resource":"ARN/topic/dt/${iot:Connection.Thing.ThingName}"}"#,
            false,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{
                "iot:ClientId":"true",
                "iot:Connection.Thing.ThingName":"true",
                "iot:Connection.Thing.ThingTypeName":"true",
                "iot:Connection.Thing.IsAttached":"true",
                "iot:Connection.Thing.Attributes[a]":"true",
                "iot:DomainName":"false"}}}"#,
            true,
        ),
    ] {
        let outcome = ask(&policy(&[statement]), call.into(), &full);
        assert_eq!(outcome.is_allowed(), allowed, "{statement}");
    }
}

#[test]
fn values_that_a_call_brings_along() {
    let scope = scope();
    let stale = ContextValues::from([
        (Variable::JobId, vec!["job-1".to_owned()]),
        (Variable::Topic, vec!["cmd/stop".to_owned()]),
        (Variable::IncludeSocketInformation, vec!["false".to_owned()]),
    ]);
    let plain = Context::new(&scope);
    let allow = |action: &str, condition: &str| {
        policy(&[&format!(
            r#"{{"Effect":"Allow","Action":"{action}","Resource":"*","Condition":{condition}}}"#
        )])
    };
    let thing = lamp();
    let jobs = allow("iotjobsdata:*", r#"{"StringEquals":{"iot:JobId":"job-1"}}"#);
    let messages = allow(
        "iot:SendDirectMessage",
        r#"{"StringEquals":{"iot:Topic":["cmd/start","cmd/stop"]}}"#,
    );
    let sockets = allow(
        "iot:GetConnection",
        r#"{"Bool":{"iot:IncludeSocketInformation":"false"}}"#,
    );
    let describe = |job| HttpCall::DescribeJobExecution { thing: &thing, job };
    let update = |job| HttpCall::UpdateJobExecution { thing: &thing, job };
    let send = |text| HttpCall::SendDirectMessage {
        client_id: "c",
        topic: topic(text),
    };
    let get = |include_socket_information| HttpCall::GetConnection {
        client_id: "c",
        include_socket_information,
    };
    for (policies, call, allowed) in [
        (&jobs, describe("job-1"), true),
        (&jobs, describe("job-2"), false),
        (&jobs, update("job-1"), true),
        (&jobs, update("$next"), false),
        (&jobs, HttpCall::GetPendingJobExecutions(&thing), false),
        (&messages, send("cmd/stop"), true),
        (&messages, send("cmd/burn"), false),
        (&sockets, get(false), true),
        (&sockets, get(true), false),
    ] {
        for context in [plain, plain.with_values(&stale)] {
            let outcome = ask(policies, call.into(), &context);
            assert_eq!(outcome.is_allowed(), allowed, "{call:?}");
        }
    }
}

#[test]
fn shadow_paths_hold_the_longest_names() {
    let thing: ThingName = "t".repeat(128).parse().unwrap();
    let shadow: ShadowName = "s".repeat(64).parse().unwrap();
    let named = ShadowPath::named(&thing, &shadow);
    assert_eq!(named.to_string(), format!("{thing}/{shadow}"));
    assert_ne!(named, ShadowPath::classic(&thing));
    let short = ShadowPath::classic(&lamp());
    assert_eq!(
        format!("{short:?} {short:>6}"),
        "ShadowPath(\"lamp\")   lamp"
    );
}
