//! What holds of every set of policies.
#![expect(
    clippy::unwrap_used,
    reason = "a question that cannot be asked ends the test that asks it"
)]

use core::slice::{from_mut, from_ref};

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::engine;
use crate::oracle::{self, OracleContext};
use crate::strategy::{
    ARN, Question, condition_question, context, name, policy, question, resource_pattern,
};

fn ask(question: &Question) -> &'static str {
    let Question {
        policies,
        context,
        action,
        resource,
    } = question;
    engine::decide(policies, context, action, resource).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// `engine::decide` holds `decide` and `evaluate` against each other.
    #[test]
    fn engine_is_the_oracle(question in prop_oneof![question(), condition_question()]) {
        let Question { policies, context, action, resource } = &question;
        prop_assert_eq!(ask(&question), oracle::decide(policies, context, action, resource));
    }
}

proptest! {
    #[test]
    fn added_policy_moves_one_way(before in question(), mut added in policy(), deny in any::<bool>()) {
        let effect = if deny { "Deny" } else { "Allow" };
        for statement in statements(&mut added) {
            statement["Effect"] = effect.into();
        }
        let mut after = before.clone();
        after.policies.push(added);
        let moved = match (ask(&before), effect) {
            ("explicitDeny", _) => &["explicitDeny"][..],
            (now, "Deny") => &[now, "explicitDeny"],
            (now, _) => &[now, "allowed"],
        };
        prop_assert!(moved.contains(&ask(&after)));
    }

    #[test]
    fn order_does_not_matter((question, other) in question().prop_flat_map(|question| {
        let policies = Just(question.policies.clone()).prop_shuffle();
        (Just(question), policies)
    })) {
        let mut turned = Question { policies: other, ..question.clone() };
        for policy in &mut turned.policies {
            statements(policy).reverse();
        }
        prop_assert_eq!(ask(&question), ask(&turned));
    }

    #[test]
    fn documents_of_one_statement_say_the_same(mut question in question()) {
        let together = ask(&question);
        let split = |policy: &mut Value| -> Vec<Value> {
            let version = policy.get("Version").cloned();
            let alone = |statement: &Value| match &version {
                Some(version) => json!({"Version": version, "Statement": statement}),
                None => json!({"Statement": statement}),
            };
            statements(policy).iter().map(alone).collect()
        };
        question.policies = question.policies.iter_mut().flat_map(split).collect();
        prop_assert_eq!(together, ask(&question));
    }

    /// A resource that holds a variable without value is as good as none, whatever is around it.
    #[test]
    fn unresolved_variable_matches_nothing(
        mut question in question(),
        before in resource_tail(),
        variable in select(&[
            "${x:None}",
            "${iot:Nope}",
            "${}",
            "${iot:Certificate.Subject.Title}",
            "${iot:Connection.Thing.Attributes[none]}",
        ][..]),
        after in resource_tail(),
        effect in select(&["Allow", "Deny"][..]),
    ) {
        let pattern = format!("arn:*:*:*:*:*{before}{variable}{after}*");
        let alone = json!({"Version": "2012-10-17", "Statement": {
            "Effect": effect, "Action": "*", "Resource": [pattern],
        }});
        question.policies = vec![alone];
        prop_assert_eq!(ask(&question), "implicitDeny");

        let all_but = |patterns: Value| json!({"Version": "2012-10-17", "Statement": {
            "Effect": effect, "Action": "*", "NotResource": patterns,
        }});
        question.policies = vec![all_but(json!([pattern, "arn:aws:iot:*:*:topic/a"]))];
        let with = ask(&question);
        question.policies = vec![all_but(json!(["arn:aws:iot:*:*:topic/a"]))];
        prop_assert_eq!(with, ask(&question));
    }

    /// A value is one opaque thing: if every client identifier is replaced by another one, in the
    /// connection and in what is asked, the answer stays. The policy must not be able to tell the
    /// two apart by its own text, so it has no characters of theirs.
    #[test]
    fn value_is_data(
        odd in select(&[
            "*", "?", "+", "#", "$", "**", "?*", "${*}", "${iot:ClientId}", "${", "}", "é𝄞", "\\", "'", ", '",
        ][..]),
        resources in prop::collection::vec(own_pattern(), 1..=3),
        not_resource in any::<bool>(),
        denied in own_pattern(),
        tests in prop::collection::vec(own_name(), 1..=2),
        operator in select(&["StringLike", "StringNotLike"][..]),
        asked in prop::collection::vec(select(&["a", "b", "/", "ID", "ID"][..]), 0..=5),
    ) {
        let list = if not_resource { "NotResource" } else { "Resource" };
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "iot:Publish", list: resources},
            {"Effect": "Deny", "Action": "iot:*", "Resource": denied,
             "Condition": {operator: {"iot:ClientId": tests}}},
        ]});
        let answer = |id: &str| {
            let context = OracleContext { client_id: Some(id.to_owned()), ..OracleContext::default() };
            let name = asked.concat().replace("ID", id);
            engine::decide(from_ref(&policy), &context, "iot:Publish", &format!("{ARN}topic/{name}"))
        };
        prop_assert_eq!(answer(odd).unwrap(), answer("~").unwrap());
    }

    /// Nothing panics, whatever stands in the place of a name; and it stands there whole.
    #[test]
    fn any_value_is_itself(id in any_name(), other in any_name(), context in context()) {
        let policy = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "iot:Publish",
            "Resource": format!("{ARN}topic/${{iot:ClientId}}"),
            "Condition": {"StringLike": {"iot:ClientId": "${iot:ClientId}"}},
        }});
        let context = OracleContext { client_id: Some(id.clone()), ..context };
        let ask = |name: &str| {
            let resource = format!("{ARN}topic/{name}");
            engine::decide(from_ref(&policy), &context, "iot:Publish", &resource).unwrap()
        };
        prop_assert_eq!(ask(&id), "allowed");
        prop_assert_eq!(ask(&other) == "allowed", id == other);
    }
}

/// The random questions are worth something: each answer is given often, and most policies speak
/// of what is asked.
#[test]
fn questions_have_all_answers() {
    let mut runner = TestRunner::deterministic();
    let mut answers = [("allowed", 0), ("explicitDeny", 0), ("implicitDeny", 0)];
    for _ in 0..2000 {
        let question = question().new_tree(&mut runner).unwrap().current();
        let Question {
            policies,
            context,
            action,
            resource,
        } = &question;
        let answer = oracle::decide(policies, context, action, resource);
        for (name, count) in &mut answers {
            *count += usize::from(*name == answer);
        }
    }
    assert!(answers.iter().all(|(_, count)| *count > 100), "{answers:?}");
}

fn statements(policy: &mut Value) -> &mut [Value] {
    match &mut policy["Statement"] {
        Value::Array(statements) => statements,
        one => from_mut(one),
    }
}

/// Some more of a resource; one without a `}` or `$` that could join what is put beside it.
fn resource_tail() -> impl Strategy<Value = String> {
    resource_pattern().prop_map(|pattern| {
        let tail = pattern.rsplit(':').next().unwrap_or_default();
        tail.replace(['$', '{', '}'], "")
    })
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![name(), any::<String>()]
}

/// A pattern that has no character of the names in [`value_is_data`].
fn own_pattern() -> impl Strategy<Value = String> {
    own_name().prop_map(|name| format!("{ARN}topic/{name}"))
}

fn own_name() -> impl Strategy<Value = String> {
    let pieces = &["a", "b", "/", "*", "${iot:ClientId}", "${iot:ClientId}"][..];
    prop::collection::vec(select(pieces), 0..=4).prop_map(|pieces| pieces.concat())
}
