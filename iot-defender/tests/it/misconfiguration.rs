//! Potentially misconfigured policies: the pairs of the guide, and what the cases do not reach.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build documents from fixed texts"
)]

use iot_defender::audit::{Bypass, Misconfiguration, ReasonCode, potential_misconfigurations};
use iot_policy::{
    ArnScope, Condition, Context, PolicyDocument, PolicySet, Request, Statement, Test, Thing,
};
use iot_topics::{TopicFilterRef, TopicNameRef};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;

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
        ("building/?/b", Some("building/#"), "building/x/b"),
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
    assert_eq!(confirm(&PolicyDocument::new(statements).unwrap()), 1);
}

/// The device that a bypass speaks of as its own.
const OWN: &str = "this-device";

/// Every bypass is one to the policy engine: the topic is received by the filter, not by itself. How
/// many there are.
fn confirm(document: &PolicyDocument) -> usize {
    let found = potential_misconfigurations(document).unwrap();
    let policies = PolicySet::compile([("", document.clone())]);
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope)
        .with_client_id(OWN)
        .with_thing(Thing::attached(OWN));
    let resources = found.iter().flat_map(|found| &found.resources);
    let mut bypasses = 0;
    for bypass in resources.filter_map(|resource| resource.bypass.as_ref()) {
        let filter = TopicFilterRef::parse(&bypass.filter).unwrap();
        let same = TopicFilterRef::parse(&bypass.topic).unwrap();
        let topic = TopicNameRef::parse(&bypass.topic).unwrap();
        let may = |request: &Request<'_>| policies.decide(request).is_allowed();
        assert!(filter.matches(topic), "{bypass:?}");
        assert!(may(&Request::subscribe(filter, &context)), "{bypass:?}");
        assert!(may(&Request::receive(topic, &context)), "{bypass:?}");
        assert!(!may(&Request::subscribe(same, &context)), "{bypass:?}");
        bypasses += 1;
    }
    bypasses
}

/// Statements about few topics, so that they meet. A variable stands for one character to the lint,
/// so that the own name of a device is not asked beside `?`.
fn statements() -> impl Strategy<Value = Vec<Statement>> {
    prop_oneof![
        some_statements("?"),
        some_statements("${iot:ClientId}"),
        some_statements("${iot:Connection.Thing.ThingName}"),
    ]
}

fn some_statements(own: &'static str) -> impl Strategy<Value = Vec<Statement>> {
    let level = select(vec!["a", "b", "*", "a*", "+", "#", own, "example", "x", ""]);
    let name = proptest::collection::vec(level, 1..4).prop_map(|levels| levels.join("/"));
    let about = select(vec![
        ("iot:Subscribe", "topicfilter/"),
        ("iot:Subscribe", "topicfilter/"),
        ("iot:Receive", "topic/"),
        ("iot:*", "topic*/"),
    ]);
    let condition = Condition::new(Test::IpAddress, "aws:SourceIp", "192.0.2.0/24");
    let one = (about, name, 0..3_u8, prop::bool::weighted(0.1));
    let one = one.prop_map(move |((action, kind), name, effect, is_conditional)| {
        let resource = format!("{kind}{name}");
        match effect {
            0 if is_conditional => deny(action, &resource).with_condition(condition.clone()),
            0 => deny(action, &resource),
            _ => allow(action, &resource),
        }
    });
    let wide = [
        allow("iot:Subscribe", "topicfilter/*"),
        allow("iot:Receive", "topic/*"),
    ];
    (proptest::collection::vec(one, 1..7), any::<bool>()).prop_map(move |(some, is_wide)| {
        if is_wide {
            [&some[..], &wide].concat()
        } else {
            some
        }
    })
}

proptest! {
    #[test]
    fn every_bypass_is_one(statements in statements()) {
        confirm(&PolicyDocument::new(statements).unwrap());
    }

    /// Who is denied everything walks round nothing.
    #[test]
    fn a_deny_of_everything_adds_nothing(statements in statements()) {
        let before = codes(statements.clone());
        let after = codes([statements, vec![Statement::deny("iot:*", "*")]].concat());
        prop_assert!(!after.contains(&BYPASSED));
        prop_assert_eq!(after.contains(&WILDCARDS), before.contains(&WILDCARDS));
    }
}

/// That the law above is asked of enough.
#[test]
fn bypasses_are_drawn() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let drawn = (0..256).map(|_| statements().new_tree(&mut runner).unwrap().current());
    let bypasses: usize = drawn
        .map(|drawn| confirm(&PolicyDocument::new(drawn).unwrap()))
        .sum();
    assert!(bypasses > 30, "{bypasses}");
}
