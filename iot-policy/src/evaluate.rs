//! The explaining path: every statement, and what it says of a request.
//!
//! It does not use the compiled index: each pattern is read from its document again, though matched
//! and compared by the same pieces. A law says that both give the same answer.

mod pattern;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::condition::ConditionTrace;
use crate::context::{Context, Unresolved};
use crate::document::PolicyDocument;
use crate::request::Request;
use crate::set::{Decision, PolicySet};
use crate::statement::{Effect, Statement};
use crate::token::{Syntax, Token, tokens};
use crate::variable::Variable;

pub use pattern::{PatternTrace, UnresolvedVariable};

/// What a set of policies says of a request, statement by statement.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Context, Decision, PolicyDocument, PolicySet, Request};
/// use iot_topics::TopicFilterRef;
///
/// let document = PolicyDocument::from_json(r#"{
///     "Version": "2012-10-17",
///     "Statement": [{
///         "Effect": "Allow",
///         "Action": "iot:Subscribe",
///         "Resource": "arn:aws:iot:us-east-1:123456789012:topic/app/data"
///     }]
/// }"#)?;
/// let policies = PolicySet::compile([("Ratchet", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("ratchet");
///
/// let response = policies.evaluate(&Request::subscribe(TopicFilterRef::parse("app/data")?, &context));
/// assert_eq!(response.decision(), Decision::ImplicitDeny);
/// assert_eq!(response.action(), "iot:Subscribe");
/// assert!(response.resource().ends_with(":topicfilter/app/data"));
/// assert!(response.statements()[0].action_matches() && response.deciding().next().is_none());
/// assert_eq!(response.missing_context().count(), 0);
/// assert_eq!(
///     response.explain().to_string(),
///     "IMPLICIT_DENY: iot:Subscribe on `arn:aws:iot:us-east-1:123456789012:topicfilter/app/data`\n\
///      iot:Subscribe needs `topicfilter/`, statement 1 of Ratchet says `topic/`",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response<'s> {
    decision: Decision,
    action: String,
    resource: String,
    statements: Vec<StatementTrace<'s>>,
    missing: BTreeMap<Variable, Unresolved>,
}

/// What one statement says of a request.
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     ArnScope, Context, Effect, PolicyDocument, PolicySet, Request, Statement,
/// };
/// use iot_topics::TopicNameRef;
///
/// let document = PolicyDocument::new(vec![
///     Statement::allow("iot:*", "*"),
///     Statement::deny("iot:Publish", "arn:aws:iot:us-east-1:123456789012:topic/$aws/*"),
/// ])?;
/// let policies = PolicySet::compile([("Lamps", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("lamp");
/// let response = policies.evaluate(&Request::publish(TopicNameRef::parse("hall/7")?, &context));
///
/// let deny = &response.statements()[1];
/// assert_eq!((deny.policy(), deny.index(), deny.effect()), ("Lamps", 1, Effect::Deny));
/// assert_eq!(deny.pointer(), "/Statement/1");
/// assert!(deny.action_matches() && !deny.resource_matches());
/// assert!(deny.conditions_hold() && deny.conditions().is_empty());
/// assert!(!deny.matches());
/// assert!(!deny.resources()[0].matches());
/// assert_eq!(deny.statement().unwrap().effect(), Effect::Deny);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementTrace<'s> {
    policy: &'s str,
    document: &'s PolicyDocument,
    index: usize,
    action: bool,
    resource: bool,
    resources: Vec<PatternTrace<'s>>,
    conditions: Vec<ConditionTrace>,
    /// The variables in condition values that have no value.
    without_value: Vec<(Variable, Unresolved)>,
}

impl PolicySet {
    /// Decides a request and tells why. For tools and logs: it looks at every statement, and
    /// allocates; [`decide`](Self::decide) gives the same decision.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{ArnScope, Context, PolicyDocument, PolicySet, Request, Statement, Variable};
    ///
    /// let own = "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}";
    /// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", own)])?;
    /// let policies = PolicySet::compile([("Things", document)]);
    /// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    /// let context = Context::new(&scope).with_client_id("lamp");
    /// let request = Request::connect("lamp", &context);
    /// let response = policies.evaluate(&request);
    /// assert_eq!(response.decision(), policies.decide(&request));
    /// assert_eq!(response.deciding().count(), 0); // nothing allows it
    /// let missing: Vec<_> = response.missing_context().map(|(variable, _)| variable.clone()).collect();
    /// assert_eq!(missing, [Variable::ThingName]);
    /// # Ok::<(), iot_policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn evaluate<'s>(&'s self, request: &Request<'_>) -> Response<'s> {
        let mut statements = Vec::new();
        for policy in self.policies() {
            for (index, statement) in policy.document().statements().iter().enumerate() {
                let trace = trace(policy.name(), policy.document(), index, statement, request);
                statements.push(trace);
            }
        }
        let speaks = |effect| {
            statements
                .iter()
                .any(|trace: &StatementTrace<'_>| trace.matches() && trace.effect() == effect)
        };
        let decision = if speaks(Effect::Deny) {
            Decision::ExplicitDeny
        } else if speaks(Effect::Allow) {
            Decision::Allowed
        } else {
            Decision::ImplicitDeny
        };
        let missing = missing(&statements);
        Response {
            decision,
            action: request.action().as_str().into(),
            resource: alloc::format!("{}", request.resource()),
            statements,
            missing,
        }
    }
}

fn trace<'s>(
    policy: &'s str,
    document: &'s PolicyDocument,
    index: usize,
    statement: &'s Statement,
    request: &Request<'_>,
) -> StatementTrace<'s> {
    let context: &Context<'_> = request.context();
    let text = request.resource().text;
    let variables = document.has_variables();
    let patterns = statement.resources().iter();
    let resources: Vec<_> = patterns
        .map(|pattern| PatternTrace::new(pattern, variables, text, context))
        .collect();
    let listed = resources.iter().any(PatternTrace::matches);
    let conditions = statement.conditions().iter();
    StatementTrace {
        policy,
        document,
        index,
        action: request.action().matches(statement.actions()),
        resource: listed != statement.resources().is_negated(),
        resources,
        without_value: without_value(statement, variables, context),
        conditions: conditions
            .map(|condition| condition.examine(document.version(), context))
            .collect(),
    }
}

/// The variables without a value in the condition values of a statement.
fn without_value(
    statement: &Statement,
    variables: bool,
    context: &Context<'_>,
) -> Vec<(Variable, Unresolved)> {
    let takes = statement
        .conditions()
        .iter()
        .filter(|condition| variables && condition.operator().test().family().takes_variables());
    let syntax = Syntax {
        wildcards: false,
        variables,
    };
    let tokens = takes
        .flat_map(|condition| condition.values())
        .flat_map(|value| tokens(value, syntax));
    let unresolved = tokens.filter_map(|token| {
        let Token::Variable { name, default } = token else {
            return None;
        };
        let variable = Variable::parse(name);
        let why = context.single(&variable).err()?;
        // A default replaces a value that is not there, not one that is refused.
        (default.is_none() || why.is_refusal()).then_some((variable, why))
    });
    unresolved.collect()
}

/// The variables without a value that a statement about the action looked at.
fn missing(statements: &[StatementTrace<'_>]) -> BTreeMap<Variable, Unresolved> {
    let mut missing = BTreeMap::new();
    for trace in statements.iter().filter(|trace| trace.action) {
        for unresolved in trace.resources.iter().flat_map(PatternTrace::unresolved) {
            missing.insert(unresolved.variable().clone(), unresolved.why());
        }
        for condition in &trace.conditions {
            if let Err(why) = condition.values() {
                missing.insert(condition.key().clone(), why);
            }
        }
        missing.extend(trace.without_value.iter().cloned());
    }
    missing
}

impl<'s> Response<'s> {
    /// The decision, the same as [`PolicySet::decide`] gives.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// The action that was asked for.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The ARN of the resource that was asked for.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// Every statement of the set, in its order.
    #[must_use]
    pub fn statements(&self) -> &[StatementTrace<'s>] {
        &self.statements
    }

    /// The statements that made the decision: those that match, and deny if any denies. None if
    /// nothing allows the request.
    pub fn deciding(&self) -> impl Iterator<Item = &StatementTrace<'s>> {
        let effect = match self.decision {
            Decision::ExplicitDeny => Effect::Deny,
            Decision::Allowed | Decision::ImplicitDeny => Effect::Allow,
        };
        self.statements
            .iter()
            .filter(move |trace| trace.matches() && trace.effect() == effect)
    }

    /// The variables and keys without a value that a statement about the action looked at, and
    /// why they have none: `missingContextValues` of TestAuthorization.
    pub fn missing_context(&self) -> impl Iterator<Item = (&Variable, Unresolved)> {
        self.missing.iter().map(|(variable, why)| (variable, *why))
    }
}

impl<'s> StatementTrace<'s> {
    /// The name of the policy.
    #[must_use]
    pub const fn policy(&self) -> &'s str {
        self.policy
    }

    /// The place of the statement in its policy, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The statement.
    #[must_use]
    pub fn statement(&self) -> Option<&'s Statement> {
        self.document.statements().get(self.index)
    }

    /// Where the statement stands in its document, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> String {
        self.document.statement_pointer(self.index)
    }

    /// Allow or Deny.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.statement().map_or(Effect::Deny, Statement::effect)
    }

    /// Whether the statement is about the action.
    #[must_use]
    pub const fn action_matches(&self) -> bool {
        self.action
    }

    /// Whether the statement is about the resource.
    #[must_use]
    pub const fn resource_matches(&self) -> bool {
        self.resource
    }

    /// Whether all conditions hold.
    #[must_use]
    pub fn conditions_hold(&self) -> bool {
        self.conditions.iter().all(ConditionTrace::holds)
    }

    /// Whether the statement speaks: action, resource and conditions all match.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.action && self.resource && self.conditions_hold()
    }

    /// The resource patterns, in the order of the document. Under `NotResource` the statement is
    /// about a resource that none of them takes.
    #[must_use]
    pub fn resources(&self) -> &[PatternTrace<'s>] {
        &self.resources
    }

    /// The conditions, in the order of the document.
    #[must_use]
    pub fn conditions(&self) -> &[ConditionTrace] {
        &self.conditions
    }
}
