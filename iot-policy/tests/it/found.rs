//! What reviews found, each with the input that showed it.

use iot_policy::{
    ArnScope, Certificate, Condition, Context, Decision, NameField, PolicyDocument, PolicySet,
    Request, ResourceKind, Statement, Test,
};
use iot_topics::TopicNameRef;

/// More variables than a node of the index can tell apart: the rest are patterns, and none is lost.
#[test]
fn no_variable_is_one_too_many() {
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope).with_client_id("c");
    let mut resources = vec!["*".to_owned()];
    resources.extend((0..66_000).map(|number| format!(":::::${{v{number}}}")));
    let allow = Statement::allow("*", resources);
    let own = "arn:aws:iot:us-east-1:123456789012:topic/${iot:ClientId}";
    let deny = Statement::deny("*", own);
    let document = PolicyDocument::new(vec![allow, deny]).unwrap();
    let policies = PolicySet::compile([("p", document)]);
    let topic = TopicNameRef::parse("c").unwrap();
    let request = Request::publish(topic, &context);
    assert_eq!(policies.decide(&request), Decision::ExplicitDeny);
}

/// A `:` in a part of the scope cannot move the fifth colon.
#[test]
fn a_scope_has_five_colons() {
    let scope = ArnScope::new("aws", "r", "1:topic/x");
    assert_eq!(
        scope.arn(ResourceKind::Topic, "a"),
        "arn:aws:iot:r:1topic/x:topic/a"
    );
}

/// An IPv4 address is the same address when it comes mapped into IPv6.
#[test]
fn a_mapped_address_is_the_address() {
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let document = PolicyDocument::new(vec![
        Statement::allow("*", "*"),
        Statement::deny("*", "*").with_condition(Condition::new(
            Test::StringLike,
            "aws:SourceIp",
            "10.*",
        )),
    ]);
    let policies = PolicySet::compile([("p", document.unwrap())]);
    let topic = TopicNameRef::parse("a").unwrap();
    for (address, expected) in [
        ("10.0.0.1", Decision::ExplicitDeny),
        ("::ffff:10.0.0.1", Decision::ExplicitDeny),
        ("192.0.2.1", Decision::Allowed),
    ] {
        let context = Context::new(&scope).with_source_ip(address.parse().unwrap());
        assert_eq!(
            policies.decide(&Request::publish(topic, &context)),
            expected
        );
    }
}

/// A topic cannot forge a line of an explanation.
#[test]
fn an_explanation_has_the_lines_that_it_means() {
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope).with_client_id("c\nALLOWED");
    let statement = Statement::allow("iot:Publish", "arn:aws:iot:us-east-1:123456789012:topic/x")
        .with_sid("a\rb")
        .with_condition(Condition::new(Test::StringEquals, "iot:ClientId", "c"));
    let document = PolicyDocument::new(vec![statement]).unwrap();
    let policies = PolicySet::compile([("p\u{1b}[2K", document)]);
    let topic = TopicNameRef::parse("x\nALLOWED: iot:Publish on y\u{1b}[2K").unwrap();
    for topic in [topic, TopicNameRef::parse("x").unwrap()] {
        let response = policies.evaluate(&Request::publish(topic, &context));
        let text = format!("{:#}", response.explain());
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(
            text.chars().all(|ch| ch == '\n' || !ch.is_control()),
            "{text:?}"
        );
    }
}

/// A default stands for a value that is not there. One that is refused stays a lack, wherever the
/// variable stands.
#[test]
fn a_default_does_not_hide_a_refused_value() {
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let variable = "${iot:Certificate.Subject.CommonName, 'none'}";
    let in_resource = Statement::allow(
        "iot:Publish",
        format!("arn:aws:iot:us-east-1:123456789012:topic/{variable}"),
    );
    let in_condition = Statement::allow("iot:Publish", "*").with_condition(Condition::new(
        Test::StringEquals,
        "iot:ClientId",
        variable,
    ));
    let refused = Certificate::builder()
        .subject(NameField::CommonName, "a*")
        .build();
    let absent = Certificate::builder().build();
    for statement in [in_resource, in_condition] {
        let document = PolicyDocument::new(vec![statement]).unwrap();
        let policies = PolicySet::compile([("p", document)]);
        let topic = TopicNameRef::parse("none").unwrap();
        let missing = |certificate| {
            let context = Context::new(&scope)
                .with_client_id("none")
                .with_certificate(certificate);
            let request = Request::publish(topic, &context);
            let response = policies.evaluate(&request);
            let missing = response.missing_context();
            let names: Vec<_> = missing.map(|(variable, _)| variable.to_string()).collect();
            (response.decision(), names)
        };
        let name = "iot:Certificate.Subject.CommonName".to_owned();
        assert_eq!(missing(&refused), (Decision::ImplicitDeny, vec![name]));
        assert_eq!(missing(&absent), (Decision::Allowed, vec![]));
    }
}
