//! What reviews found, each with the input that showed it.

use iot_policy::{
    Action, ArnScope, Certificate, Condition, Context, Decision, NameField, NearMiss,
    PolicyDocument, PolicySet, Request, Resource, ResourceKind, Statement, Test,
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

/// The nearest pattern is the one that agrees furthest with the resource, also behind wildcards.
#[test]
fn the_nearest_pattern_is_found_behind_wildcards() {
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope).with_client_id("s-7");
    let miss = |patterns: &[&str], topic: &str| {
        let document =
            PolicyDocument::new(vec![Statement::allow("iot:Publish", patterns.to_vec())]);
        let policies = PolicySet::compile([("p", document.unwrap())]);
        let topic = TopicNameRef::parse(topic).unwrap();
        let response = policies.evaluate(&Request::publish(topic, &context));
        response.nearest_miss().unwrap().to_string()
    };
    let spelt_out = "arn:aws:iot:us-east-1:123456789012:topic/dt/s-8/temp";
    let wild = "arn:aws:iot:*:*:topic/*/${iot:ClientId}/?emp";
    assert_eq!(
        miss(&[spelt_out, wild], "dt/s-7/humid"),
        "statement 1 of p takes `arn:aws:iot:*:*:topic/*/s-7/?emp`, the resource differs from `emp` on",
    );
    assert_eq!(
        miss(&[spelt_out, wild], "dt/s-8"),
        format!("statement 1 of p takes `{spelt_out}`, the resource differs from `/temp` on"),
    );
    assert_eq!(
        miss(&[wild, spelt_out], "dt/s-7/temperature"),
        "statement 1 of p takes `arn:aws:iot:*:*:topic/*/s-7/?emp` only, the resource goes on",
    );
}

/// Patterns and resources far longer than AWS IoT takes are explained in time, though each piece
/// of a pattern is found nearly everywhere in the resource.
#[test]
fn a_near_miss_of_long_texts_is_found_in_time() {
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope);
    let resource = scope.arn(ResourceKind::Topic, &"a".repeat(60_000));
    for piece in ["*ab", "*a", "a", "*a?"] {
        let pattern = format!("*{}b", piece.repeat(180_000 / piece.len()));
        let statement = Statement::allow("*", [pattern.as_str(), pattern.as_str()]);
        let document = PolicyDocument::new(vec![statement]).unwrap();
        let policies = PolicySet::compile([("p", document)]);
        let resource = Resource::from_arn(&resource);
        let request = Request::new(Action::parse("iot:Publish"), resource, &context);
        let response = policies.evaluate(&request);
        let miss = response.nearest_miss();
        assert!(
            matches!(&miss, Some(NearMiss::Resource { agree, .. }) if *agree > 0),
            "{piece}"
        );
    }
}
