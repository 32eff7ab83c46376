//! What a broker asks: verdicts, codes, and who is cut off.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the tables of these tests hold legal names and policies, and a mismatch ends a test"
)]

mod connect;
mod http;
mod packets;
mod reserved;

use iot_policy::{
    ArnScope, Authorize, Cause, Check, Context, Operation, Outcome, PolicyDocument, PolicySet,
};
use iot_topics::{TopicFilterRef, TopicNameRef};

const MINIMAL: &str = include_str!("../../../examples/workshop/minimal.json");
const SHADOW: &str = include_str!("../../../examples/workshop/shadow.json");
const JITR: &str = include_str!("../../../examples/workshop/jitr.json");
const WIZARD: &str = include_str!("../../../examples/workshop/wizard.json");

fn scope() -> ArnScope {
    ArnScope::new("aws", "us-east-1", "123456789012")
}

fn compile(text: &str) -> PolicySet {
    PolicySet::compile([("policy", PolicyDocument::from_json(text).unwrap())])
}

/// A policy of the statements, in which `ARN/` stands for the start of an ARN.
fn policy(statements: &[&str]) -> PolicySet {
    let statements = statements
        .join(",")
        .replace("ARN/", "arn:aws:iot:us-east-1:123456789012:");
    compile(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
    ))
}

fn topic(text: &str) -> TopicNameRef<'_> {
    TopicNameRef::parse(text).unwrap()
}

fn filter(text: &str) -> TopicFilterRef<'_> {
    TopicFilterRef::parse(text).unwrap()
}

/// Decides an operation, and asserts that its checks, explained one by one, say the same. For
/// operations on topics that AWS IoT supports.
fn ask<'a>(policies: &PolicySet, operation: Operation<'a>, context: &Context<'a>) -> Outcome<'a> {
    let outcome = policies.authorize(&operation, context);
    let refused: Option<Check<'_>> = operation.checks(context).find(|check| {
        let response = policies.evaluate(&check.request());
        assert_eq!(response.decision(), policies.decide(&check.request()));
        !response.decision().is_allowed()
    });
    match (refused, outcome.refusal().map(|refusal| refusal.cause())) {
        (None, None) => {}
        (
            Some(check),
            Some(Cause::Policy {
                action,
                resource,
                decision,
                ..
            }),
        ) => {
            assert_eq!((action, resource), (check.action(), check.resource()));
            assert_eq!(decision, policies.decide(&check.request()));
            assert_eq!(decision, outcome.decision());
        }
        (check, cause) => panic!("{check:?} and {cause:?}"),
    }
    outcome
}
