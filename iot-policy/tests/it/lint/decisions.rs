//! What lints say about statements together, against the decisions themselves.

use iot_policy::lint::{LintId, lint_set};
use iot_policy::{
    Action, ArnScope, Context, Patterns, PolicyDocument, PolicySet, Request, ResourceKind,
    Statement, Thing,
};
use iot_topics::{TopicFilterRef, TopicNameRef};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const ACTIONS: [Action<'static>; 4] = [
    Action::CONNECT,
    Action::PUBLISH,
    Action::SUBSCRIBE,
    Action::RECEIVE,
];

/// Texts of at most four characters: topic names, filters and client ids.
fn samples() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..4 {
        let to = all.len();
        for index in from..to {
            for c in ['a', '/', 'b', '+', '#'] {
                all.push(format!("{}{c}", all[index]));
            }
        }
        from = to;
    }
    all
}

/// Statements over few actions and short patterns, so that they often have to do with each other.
fn statement() -> impl Strategy<Value = Statement> {
    let part = select(
        &[
            "a",
            "b",
            "/",
            "/",
            "*",
            "?",
            "+",
            "#",
            "${iot:ClientId}",
            "${aws:SourceVpc}",
        ][..],
    );
    let kind = select(&["client", "topic", "topicfilter", "topicfilter", "topic*"][..]);
    let arn = (kind, vec(part, 1..4))
        .prop_map(|(kind, parts)| format!("arn:aws:iot:r:1:{kind}/{}", parts.concat()));
    let resource = prop_oneof![1 => Just("*".to_owned()), 9 => arn];
    let action = select(
        &[
            "iot:Publish",
            "iot:Receive",
            "iot:Subscribe",
            "iot:Connect",
            "iot:*",
            "iot:?u*",
        ][..],
    );
    let parts = (
        any::<bool>(),
        prop::bool::weighted(0.15),
        vec(action, 1..3),
        vec(resource, 1..3),
    );
    parts.prop_map(|(denies, negated, actions, resources)| {
        let resources = if negated {
            Patterns::all_but(resources)
        } else {
            Patterns::only(resources)
        };
        if denies {
            Statement::deny(actions, resources)
        } else {
            Statement::allow(actions, resources)
        }
    })
}

/// Found by the law below: for the client `a` both resources take `aa`.
#[test]
fn a_value_may_bring_a_resource_into_the_excepted() {
    let resource = |tail: &str| vec![format!("arn:aws:iot:r:1:topicfilter/{tail}")];
    let actions = || vec!["iot:Subscribe".to_owned()];
    let document = PolicyDocument::new(vec![
        Statement::allow(actions(), Patterns::all_but(resource("*${iot:ClientId}"))),
        Statement::allow(actions(), Patterns::only(resource("${iot:ClientId}a"))),
    ]);
    let lints = document.unwrap().lints();
    let is_redundant = |id| id == LintId::RedundantStatement;
    assert!(!lints.iter().any(|lint| is_redundant(lint.id())));
}

fn statement_of(pointer: &str) -> usize {
    pointer.split('/').nth(2).unwrap().parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Without a statement that is said to be overruled or redundant every decision is the same,
    /// for any value of a variable and without one.
    #[test]
    fn dead_statements_decide_nothing(statements in vec(statement(), 2..5)) {
        let whole = PolicyDocument::new(statements.clone()).unwrap();
        for lint in whole.lints() {
            if !matches!(lint.id(), LintId::OverruledStatement | LintId::RedundantStatement) {
                continue;
            }
            let mut fewer = statements.clone();
            fewer.remove(statement_of(lint.location().pointer()));
            let fewer = PolicyDocument::new(fewer).unwrap();
            let with = PolicySet::compile([("with", whole.clone())]);
            let without = PolicySet::compile([("without", fewer)]);
            let scope = ArnScope::new("aws", "r", "1");
            for client in [None, Some("a"), Some("a/b"), Some("")] {
                let mut context = Context::new(&scope);
                if let Some(client) = client {
                    context = context.with_client_id(client).with_thing(Thing::attached(client));
                }
                for name in &samples() {
                    for (action, kind) in ACTIONS.into_iter().zip([
                        ResourceKind::Client,
                        ResourceKind::Topic,
                        ResourceKind::TopicFilter,
                        ResourceKind::Topic,
                    ]) {
                        let request = Request::on(action, kind, name, &context);
                        prop_assert_eq!(with.decide(&request), without.decide(&request), "{} {}", lint, request.resource());
                    }
                }
            }
        }
    }

    /// No filter that the resource of a finding allows brings a name that may be received, and
    /// the other way round. `a` is in patterns and no value of a variable.
    #[test]
    fn what_cannot_be_reached_is_not(statements in vec(statement(), 2..5)) {
        let document = PolicyDocument::new(statements.clone()).unwrap();
        let set = PolicySet::compile([("p", document.clone())]);
        let scope = ArnScope::new("aws", "r", "1");
        let context = Context::new(&scope).with_client_id("v");
        let samples: Vec<String> = samples();
        let filters: Vec<_> = samples.iter().filter_map(|text| TopicFilterRef::parse(text).ok()).collect();
        let names: Vec<_> = samples.iter().filter_map(|text| TopicNameRef::parse(text).ok()).collect();
        for lint in lint_set(&[&document]) {
            let is_filter = lint.id() == LintId::SubscribeWithoutReceive;
            if !is_filter && !matches!(lint.id(), LintId::ReceiveWithoutSubscribe | LintId::ParentNotDelivered) {
                continue;
            }
            // The resource alone, with its action alone.
            let mut path = lint.location().pointer().split('/').skip(2);
            let statement = &statements[path.next().unwrap().parse::<usize>().unwrap()];
            let item: usize = path.nth(1).unwrap().parse().unwrap();
            let resource = statement.resources().get(item).unwrap();
            let alone = PolicyDocument::new(vec![Statement::allow("iot:*", resource)]).unwrap();
            let alone = PolicySet::compile([("alone", alone)]);
            let (subscribe, receive) = if is_filter { (&alone, &set) } else { (&set, &alone) };
            for filter in &filters {
                if !subscribe.decide(&Request::subscribe(*filter, &context)).is_allowed() {
                    continue;
                }
                for name in &names {
                    let is_received = receive.decide(&Request::receive(*name, &context)).is_allowed();
                    prop_assert!(!(is_received && filter.matches(*name)), "{} {:?} {:?}", lint, filter, name);
                }
            }
        }
    }
}
