//! Strategies for property tests (feature `proptest1`).
//!
//! They mix what policies look like with texts that they could hold: quotation marks, control
//! characters, other scripts, characters that JSON pointers escape.
//!
//! # Examples
//!
//! ```
//! use iot_policy::strategies::policy_document;
//! use iot_policy::{ArnScope, Context, PolicySet, Request};
//! use proptest::prelude::*;
//!
//! let scope = ArnScope::new("aws", "us-east-1", "123456789012");
//! let context = Context::new(&scope).with_client_id("lamp");
//! proptest!(|(document in policy_document())| {
//!     let policies = PolicySet::compile([("Any", document)]);
//!     let request = Request::connect("lamp", &context);
//!     prop_assert_eq!(policies.decide(&request), policies.evaluate(&request).decision());
//! });
//! ```

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::check;
use crate::document::{PolicyDocument, Version};
use crate::operator::{Operator, Quantifier, Test};
use crate::statement::{Condition, ConditionValues, Effect, Patterns, Statement, Texts};

/// Any condition operator.
///
/// # Examples
///
/// ```
/// use proptest::strategy::{Strategy, ValueTree};
/// use proptest::test_runner::TestRunner;
///
/// let tree = iot_policy::strategies::operator().new_tree(&mut TestRunner::default()).unwrap();
/// let operator = tree.current();
/// assert_eq!(operator.to_string().parse(), Ok(operator));
/// ```
pub fn operator() -> impl Strategy<Value = Operator> {
    let tests: Vec<Test> = Test::all().collect();
    let quantifier = option::of(select(&Quantifier::ALL[..]));
    (quantifier, select(tests), any::<bool>()).prop_map(|(quantifier, test, if_exists)| {
        // `Null` is the one test that has no `IfExists`.
        Operator::new(quantifier, test, if_exists).unwrap_or_else(|_| test.into())
    })
}

/// A condition, its values plausible for some operator.
///
/// # Examples
///
/// ```
/// use iot_policy::strategies::condition;
/// use iot_policy::{ArnScope, Context, Version};
/// use proptest::prelude::*;
///
/// // Whatever the condition, it has an answer: nothing panics.
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("lamp");
/// proptest!(|(condition in condition())| {
///     let trace = condition.examine(Version::V2012_10_17, &context);
///     prop_assert_eq!(trace.operator(), condition.operator());
/// });
/// ```
pub fn condition() -> impl Strategy<Value = Condition> {
    let key = prop_oneof![
        4 => select(&KEYS[..]).prop_map(String::from),
        1 => text(),
    ];
    let value = prop_oneof![
        4 => select(&VALUES[..]).prop_map(String::from),
        1 => text(),
    ];
    (operator(), key, texts(value, 0))
        .prop_map(|(operator, key, values)| Condition::new(operator, key, ConditionValues(values)))
}

/// A statement with at least one action and one resource and no condition key twice.
///
/// # Examples
///
/// ```
/// use iot_policy::PolicyDocument;
/// use iot_policy::strategies::statement;
/// use proptest::prelude::*;
///
/// proptest!(|(statement in statement())| {
///     prop_assert!(PolicyDocument::new(vec![statement]).is_ok());
/// });
/// ```
pub fn statement() -> impl Strategy<Value = Statement> {
    let action = prop_oneof![
        4 => select(&ACTIONS[..]).prop_map(String::from),
        1 => text(),
    ];
    let resource = prop_oneof![4 => resource(), 1 => text()];
    let statement = (
        option::of(prop_oneof!["[A-Za-z0-9]{0,8}", text()]),
        select(&[Effect::Allow, Effect::Deny][..]),
        (texts(action, 1), prop::bool::weighted(0.1)),
        (texts(resource, 1), prop::bool::weighted(0.1)),
        vec(condition(), 0..4),
    );
    statement.prop_map(|(sid, effect, actions, resources, conditions)| {
        let actions = Patterns::from_texts(actions.0, actions.1);
        let resources = Patterns::from_texts(resources.0, resources.1);
        let mut statement = Statement::new(effect, actions, resources);
        if let Some(sid) = sid {
            statement = statement.with_sid(sid);
        }
        for condition in conditions {
            let next = statement.clone().with_condition(condition);
            if check::condition_keys(&next).is_none() {
                statement = next;
            }
        }
        statement
    })
}

/// A document of either version or none, its statements in an array or single.
///
/// # Examples
///
/// ```
/// use iot_policy::PolicyDocument;
/// use iot_policy::strategies::policy_document;
/// use proptest::prelude::*;
///
/// proptest!(|(document in policy_document())| {
///     prop_assert_eq!(PolicyDocument::from_json(&document.to_json()), Ok(document));
/// });
/// ```
pub fn policy_document() -> impl Strategy<Value = PolicyDocument> {
    let version = select(&[None, Some(Version::V2008_10_17), Some(Version::V2012_10_17)][..]);
    let parts = (
        version,
        option::of(text()),
        vec(statement(), 0..6),
        any::<bool>(),
    );
    parts.prop_map(|(version, id, mut statements, is_single)| {
        // Equal Sids are rare; number all of them where it happens.
        if check::sids(&statements).is_some() {
            let numbered = statements.into_iter().enumerate();
            let rename =
                |(index, statement): (usize, Statement)| statement.with_sid(format!("S{index}"));
            statements = numbered.map(rename).collect();
        }
        let is_single = is_single && statements.len() == 1;
        let id = id.map(String::into_boxed_str);
        PolicyDocument::from_parts(version, id, statements.into_boxed_slice(), is_single)
    })
}

/// Any text, with a liking for what JSON and JSON pointers escape.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        r#"[ -~]{0,12}"#,
        "[\"\\\\/~\u{0}-\u{1f}\u{7f}é€😀${}*?\\[\\]]{0,8}",
        any::<String>(),
    ]
}

fn resource() -> impl Strategy<Value = String> {
    let kind = select(&["client", "topic", "topicfilter", "thing", "rolealias"][..]);
    let part = select(
        &[
            "a",
            "b",
            "+",
            "#",
            "*",
            "a?",
            "$aws",
            "${iot:ClientId}",
            "${*}",
            THING,
        ][..],
    );
    let arn = (kind, vec(part, 1..4)).prop_map(|(kind, parts)| {
        format!(
            "arn:aws:iot:eu-west-1:123456789012:{kind}/{}",
            parts.join("/")
        )
    });
    prop_oneof![1 => Just(String::from("*")), 4 => arn]
}

/// One text without an array, or an array of at least `min`.
fn texts(text: impl Strategy<Value = String> + Clone, min: usize) -> impl Strategy<Value = Texts> {
    let boxed = text.prop_map(String::into_boxed_str);
    let many = vec(boxed.clone(), min..4);
    prop_oneof![
        boxed.prop_map(Texts::One),
        many.prop_map(|texts: Vec<Box<str>>| Texts::Many(texts.into_boxed_slice())),
    ]
}

const THING: &str = "${iot:Connection.Thing.ThingName}";

const ACTIONS: [&str; 8] = [
    "iot:Connect",
    "iot:Publish",
    "iot:Receive",
    "iot:Subscribe",
    "iot:RetainPublish",
    "IOT:publish",
    "iot:*",
    "*",
];

const KEYS: [&str; 8] = [
    "aws:SourceIp",
    "AWS:SourceIP",
    "aws:SecureTransport",
    "aws:CurrentTime",
    "iot:ClientId",
    "iot:LastWillTopic",
    "iot:ConnectAttributes",
    "iot:Connection.Thing.Attributes[envType]",
];

const VALUES: [&str; 9] = [
    "192.0.2.0/24",
    "2001:db8::/32",
    "true",
    "false",
    "42",
    "2026-01-01T00:00:00Z",
    "PersistentConnect",
    "arn:aws:iot:*:123456789012:topic/*",
    THING,
];
