//! The answers of TestAuthorization, for tools that read them.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::action::Action;
use crate::context::Context;
use crate::evaluate::Response;
use crate::request::Request;
use crate::resource::Resource;
use crate::set::{Decision, PolicySet};

/// The `actionType` of TestAuthorization.
///
/// # Examples
///
/// ```
/// use iot_policy::{Action, ActionType};
///
/// assert_eq!(ActionType::Subscribe.action(), Action::SUBSCRIBE);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(clippy::exhaustive_enums, reason = "the API model has these four")]
pub enum ActionType {
    /// `iot:Publish`.
    Publish,
    /// `iot:Subscribe`.
    Subscribe,
    /// `iot:Receive`.
    Receive,
    /// `iot:Connect`.
    Connect,
}

impl ActionType {
    /// The action that a policy names.
    #[must_use]
    pub const fn action(self) -> Action<'static> {
        match self {
            Self::Publish => Action::PUBLISH,
            Self::Subscribe => Action::SUBSCRIBE,
            Self::Receive => Action::RECEIVE,
            Self::Connect => Action::CONNECT,
        }
    }
}

/// One question of TestAuthorization: may this be done on all of these?
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     ActionType, ArnScope, AuthInfo, Context, Decision, PolicyDocument, PolicySet, Statement,
/// };
///
/// let arn = |name| format!("arn:aws:iot:us-east-1:123456789012:topic/{name}");
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Publish", arn("plant/7"))])?;
/// let policies = PolicySet::compile([("Plant", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
///
/// // Both, or nothing.
/// let question = AuthInfo::new(ActionType::Publish, vec![arn("plant/7"), arn("plant/8")]);
/// let answer = policies.test_authorization(question, &Context::new(&scope));
/// assert_eq!(answer.auth_decision, Decision::ImplicitDeny);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthInfo {
    /// What is to be done.
    pub action_type: ActionType,
    /// The ARNs.
    pub resources: Vec<String>,
}

impl AuthInfo {
    /// A question.
    #[must_use]
    pub const fn new(action_type: ActionType, resources: Vec<String>) -> Self {
        Self {
            action_type,
            resources,
        }
    }
}

/// One answer of TestAuthorization (API reference, `AuthResult`), with policy names in the place
/// of policies.
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     ActionType, ArnScope, AuthInfo, Context, Decision, PolicyDocument, PolicySet, Statement,
/// };
///
/// let arn = "arn:aws:iot:us-east-1:123456789012:topic/plant/7";
/// let policies = PolicySet::compile([
///     ("All", PolicyDocument::new(vec![Statement::allow("iot:*", "*")])?),
///     ("Quarantine", PolicyDocument::new(vec![Statement::deny("iot:Publish", "*")])?),
/// ]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let question = AuthInfo::new(ActionType::Publish, vec![arn.into()]);
/// let answer = policies.test_authorization(question, &Context::new(&scope));
/// assert_eq!(answer.auth_info.resources, [arn]);
/// assert_eq!(answer.auth_decision, Decision::ExplicitDeny);
/// assert_eq!(answer.allowed.policies, ["All"]);
/// assert_eq!(answer.denied.explicit_deny.policies, ["Quarantine"]);
/// assert!(answer.missing_context_values.is_empty());
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthResult {
    /// The question.
    pub auth_info: AuthInfo,
    /// The policies that allow some of the resources.
    pub allowed: PolicyNames,
    /// The policies that do not.
    pub denied: Denied,
    /// The worst of the decisions on the resources.
    #[serde(serialize_with = "as_wire_string")]
    pub auth_decision: Decision,
    /// The variables and keys that had no value.
    pub missing_context_values: Vec<String>,
}

/// Names of policies, sorted.
///
/// # Examples
///
/// ```
/// use iot_policy::{ActionType, ArnScope, AuthInfo, Context, PolicyDocument, PolicySet, Statement};
///
/// let allow = PolicyDocument::new(vec![Statement::allow("iot:Connect", "*")])?;
/// let policies = PolicySet::compile([("Pumps", allow.clone()), ("Lamps", allow)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let client = "arn:aws:iot:us-east-1:123456789012:client/c1";
/// let question = AuthInfo::new(ActionType::Connect, vec![client.into()]);
/// let answer = policies.test_authorization(question, &Context::new(&scope));
/// assert_eq!(answer.allowed.policies, ["Lamps", "Pumps"]);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyNames {
    /// The names.
    pub policies: Vec<String>,
}

/// The policies that do not allow a request.
///
/// # Examples
///
/// ```
/// use iot_policy::{ActionType, ArnScope, AuthInfo, Context, PolicyDocument, PolicySet, Statement};
///
/// let policies = PolicySet::compile([
///     ("Connect", PolicyDocument::new(vec![Statement::allow("iot:Connect", "*")])?),
///     ("Quarantine", PolicyDocument::new(vec![Statement::deny("*", "*")])?),
/// ]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let topic = "arn:aws:iot:us-east-1:123456789012:topic/plant/7";
/// let question = AuthInfo::new(ActionType::Publish, vec![topic.into()]);
/// let denied = policies.test_authorization(question, &Context::new(&scope)).denied;
/// assert_eq!(denied.implicit_deny.policies, ["Connect"]); // does not speak of Publish
/// assert_eq!(denied.explicit_deny.policies, ["Quarantine"]);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Denied {
    /// The policies without any statement that matches.
    pub implicit_deny: PolicyNames,
    /// The policies with a Deny that matches.
    pub explicit_deny: PolicyNames,
}

impl PolicySet {
    /// Answers a question as TestAuthorization does. Of several resources the worst decision
    /// counts; with none, or with one of a type that the action never has, nothing is allowed.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{
    ///     ActionType, ArnScope, AuthInfo, Context, Decision, PolicyDocument, PolicySet,
    /// };
    ///
    /// let document = PolicyDocument::from_json(r#"{"Version": "2012-10-17", "Statement": {
    ///     "Effect": "Allow", "Action": "iot:Connect",
    ///     "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:ClientId}"
    /// }}"#)?;
    /// let policies = PolicySet::compile([("Self", document)]);
    /// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    /// let client = "arn:aws:iot:us-east-1:123456789012:client/c1".to_string();
    ///
    /// let question = AuthInfo::new(ActionType::Connect, vec![client]);
    /// let answer = policies.test_authorization(question, &Context::new(&scope));
    /// assert_eq!(answer.auth_decision, Decision::ImplicitDeny);
    /// assert_eq!(answer.missing_context_values, ["iot:ClientId"]);
    /// # Ok::<(), iot_policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn test_authorization(&self, question: AuthInfo, context: &Context<'_>) -> AuthResult {
        let action = question.action_type.action();
        let request = |arn| Request::new(action, Resource::from_arn(arn), context);
        let responses: Vec<Response<'_>> = question
            .resources
            .iter()
            .map(|arn| self.evaluate(&request(arn)))
            .collect();
        let decisions = responses.iter().map(Response::decision);
        // A resource of another type is none that the action is ever asked for.
        let kind = |arn: &String| Resource::from_arn(arn).kind();
        let is_asked = question
            .resources
            .iter()
            .all(|arn| kind(arn) == action.resource_kind());
        let floor = if is_asked {
            Decision::Allowed
        } else {
            Decision::ImplicitDeny
        };
        let auth_decision = decisions
            .reduce(Decision::worst)
            .map_or(Decision::ImplicitDeny, |worst| worst.worst(floor));
        let missing: BTreeSet<_> = responses
            .iter()
            .flat_map(Response::missing_context)
            .collect();
        let mut missing: Vec<_> = missing
            .into_iter()
            .map(|(name, _)| name.to_string())
            .collect();
        missing.dedup();
        let spoke = |effect: crate::statement::Effect| {
            let traces = responses.iter().flat_map(Response::statements);
            let traces = traces.filter(move |trace| trace.matches() && trace.effect() == effect);
            traces.map(|trace| trace.policy()).collect::<BTreeSet<_>>()
        };
        let allowing = spoke(crate::statement::Effect::Allow);
        let denying = spoke(crate::statement::Effect::Deny);
        let silent = self.policies().iter().map(|policy| policy.name());
        let silent: BTreeSet<_> = silent
            .filter(|name| !allowing.contains(name) && !denying.contains(name))
            .collect();
        AuthResult {
            allowed: names(&allowing),
            denied: Denied {
                implicit_deny: names(&silent),
                explicit_deny: names(&denying),
            },
            auth_decision,
            missing_context_values: missing,
            auth_info: question,
        }
    }
}

fn names(of: &BTreeSet<&str>) -> PolicyNames {
    PolicyNames {
        policies: of.iter().map(|name| (*name).into()).collect(),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn as_wire_string<S: serde::Serializer>(of: &Decision, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(of.as_str())
}
