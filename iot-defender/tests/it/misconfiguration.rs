//! Potentially misconfigured policies: the pairs of the guide, and what the cases do not reach.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build documents from fixed texts"
)]

use iot_defender::audit::{Bypass, Misconfiguration, ReasonCode, potential_misconfigurations};
use iot_policy::{
    ArnScope, Condition, Context, PolicyDocument, PolicySet, Request, Statement, Test,
};
use iot_topics::{TopicFilterRef, TopicNameRef};

const WILDCARDS: ReasonCode = ReasonCode::PolicyContainsMqttWildcardsInDenyStatement;
const BYPASSED: ReasonCode = ReasonCode::TopicFiltersIntendedToDenyAllowedUsingWildcards;

fn arn(resource: &str) -> String {
    format!("arn:aws:iot:us-east-1:123456789012:{resource}")
}

fn allow(action: &str, resource: &str) -> Statement {
    Statement::allow(action, arn(resource))
}

fn deny(action: &str, resource: &str) -> Statement {
    Statement::deny(action, arn(resource))
}

fn found(statements: Vec<Statement>) -> Vec<Misconfiguration> {
    let document = PolicyDocument::new(statements).unwrap();
    potential_misconfigurations(&document).unwrap()
}

fn codes(statements: Vec<Statement>) -> Vec<ReasonCode> {
    let found = found(statements);
    found.iter().map(|found| found.reason_code).collect()
}

/// Everything below `building` may be subscribed to and received, but for this filter.
fn building(denied: &str) -> Vec<Statement> {
    vec![
        allow("iot:Subscribe", "topicfilter/building/*"),
        deny("iot:Subscribe", denied),
        allow("iot:Receive", "topic/building/*"),
    ]
}

#[test]
fn the_pairs_of_the_guide() {
    let with_hash = building("topicfilter/building/control_room/#");
    assert_eq!(codes(with_hash), [WILDCARDS]);
    let with_star = building("topicfilter/building/control_room/*");
    assert_eq!(codes(with_star.clone()), [BYPASSED]);
    let denied = deny("iot:Receive", "topic/building/control_room/*");
    assert_eq!(codes([with_star, vec![denied]].concat()), []);
}

#[test]
fn mqtt_wildcards_count_in_a_deny_of_topics() {
    let condition = Condition::new(Test::IpAddress, "aws:SourceIp", "192.0.2.0/24");
    let filter = "topicfilter/a/+/b";
    assert_eq!(codes(vec![deny("iot:Subscribe", filter)]), [WILDCARDS]);
    assert_eq!(
        codes(vec![
            deny("iot:Subscribe", filter).with_condition(condition)
        ]),
        [WILDCARDS]
    );
    assert_eq!(codes(vec![deny("iot:Connect", "client/a#")]), []);
    assert_eq!(codes(vec![deny("iot:Publish", "topic/a/*")]), []);
    assert_eq!(codes(vec![allow("iot:Subscribe", filter)]), []);
    // In the name of an attribute it is none.
    let attribute = "topic/${iot:Connection.Thing.Attributes[a#b]}/*";
    assert_eq!(codes(vec![deny("iot:Publish", attribute)]), []);
}

#[test]
fn what_walks_round_a_filter() {
    for (denied, filter, topic) in [
        ("building/a/*", Some("building/#"), "building/a/example"),
        ("building/a", Some("building/#"), "building/a"),
        ("building/?/b", Some("building/#"), "building/example/b"),
        (
            "building/${iot:ClientId}/b",
            Some("building/#"),
            "building/this-device/b",
        ),
        ("building/*", None, ""),
        // Nobody can receive these.
        ("garden/a", None, ""),
        ("building/a/b/c/d/e/f/g/h", None, ""),
    ] {
        let found = found(building(&format!("topicfilter/{denied}")));
        let bypass: Option<&Bypass> = found
            .first()
            .map(|found| found.resources[0].bypass.as_ref().unwrap());
        assert_eq!(bypass.map(|bypass| &*bypass.filter), filter, "{denied}");
        assert_eq!(
            bypass.map_or("", |bypass| &*bypass.topic),
            topic,
            "{denied}"
        );
    }
    // A wildcard in front takes no reserved topic.
    let reserved = |filter: &str| {
        codes(vec![
            allow("iot:Subscribe", filter),
            deny("iot:Subscribe", "topicfilter/$aws/events/x"),
            allow("iot:Receive", "topic/*"),
        ])
    };
    assert_eq!(reserved("topicfilter/#"), []);
    assert_eq!(reserved("topicfilter/+/events/x"), []);
    assert_eq!(reserved("topicfilter/$aws/#"), [BYPASSED]);
    // A Deny with a condition is not looked at.
    let condition = Condition::new(Test::IpAddress, "aws:SourceIp", "192.0.2.0/24");
    let mut statements = building("topicfilter/building/a");
    statements[1] = statements[1].clone().with_condition(condition);
    assert_eq!(codes(statements), []);
}

#[test]
fn the_policy_engine_confirms_what_walks_round() {
    let statements = building("topicfilter/building/control_room/*");
    let found = found(statements.clone());
    let bypass = found[0].resources[0].bypass.as_ref().unwrap();
    let policies = PolicySet::compile([("", PolicyDocument::new(statements).unwrap())]);
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope).with_client_id("lamp");
    let filter = TopicFilterRef::parse(&bypass.filter).unwrap();
    let topic = TopicNameRef::parse(&bypass.topic).unwrap();
    assert!(filter.matches(topic));
    assert!(
        policies
            .decide(&Request::subscribe(filter, &context))
            .is_allowed()
    );
    assert!(
        policies
            .decide(&Request::receive(topic, &context))
            .is_allowed()
    );
    let same = TopicFilterRef::parse(&bypass.topic).unwrap();
    assert!(
        !policies
            .decide(&Request::subscribe(same, &context))
            .is_allowed()
    );
}
