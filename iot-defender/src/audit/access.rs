//! What a policy lets its principal do that the audit finds fault with, and the proof of it.

use alloc::string::String;
use alloc::vec::Vec;

use iot_policy::{
    Action, ArnScope, Context, Effect, PolicyDocument, PolicySet, Request, Resource,
    StatementTrace, Thing,
};

use super::check::Check;
use super::finding::{Finding, ReasonCode, ResourceIdentifier};
use super::rules::Guard;

/// Where a statement stands among the documents that were judged; both count from 0.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Profile, broad_data_plane_access};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", "*")])?;
/// let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
/// let place = access.actions[0].statement.unwrap();
/// assert_eq!((place.document, place.statement), (0, 0));
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct StatementPlace {
    /// The document.
    pub document: usize,
    /// The statement in it.
    pub statement: usize,
}

/// One reason why documents are overly permissive, and what is within reach for it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Profile, ReasonCode, broad_data_plane_access};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Co*", "*")])?;
/// let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
/// assert_eq!(access.reason_code, ReasonCode::AllowsBroadAccessToIotDataPlaneActions);
/// assert_eq!(
///     access.reason(),
///     "Policy allows broad access to IoT data plane actions: [iot:Connect].",
/// );
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Access {
    /// The reason.
    pub reason_code: ReasonCode,
    /// What is within reach: at least one action or service, in a fixed order.
    pub actions: Vec<Reached>,
}

/// An action or service within reach, and which statement gives it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Profile, broad_data_plane_access};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let client = "arn:aws:iot:eu-west-1:123456789012:client/${iot:ClientId}";
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", client)])?;
/// let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
/// let reached = &access.actions[0];
/// assert_eq!(reached.action, "iot:Connect");
/// let witness = reached.witness.as_ref().unwrap();
/// assert_eq!(witness.arn, "arn:aws:iot:eu-west-1:123456789012:client/another-device");
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Reached {
    /// `iot:Publish`, or the pattern of a service such as `s3:*`.
    pub action: String,
    /// The first statement that allows it.
    pub statement: Option<StatementPlace>,
    /// What proves it, for actions that are judged by what of a foreign device they reach.
    pub witness: Option<Witness>,
}

/// A resource of another device that the principal may act on.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Profile, broad_data_plane_access};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let shadows = "arn:aws:iot:eu-west-1:123456789012:topic/$aws/things/*/shadow/*";
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Publish", shadows)])?;
/// let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
/// let witness = access.actions[0].witness.as_ref().unwrap();
/// assert_eq!(witness.name(), "$aws/things/another-device/shadow/update");
/// assert_eq!(witness.resource, Some(0));
/// // The same is said by the policy engine, which knows nothing of the audit.
/// assert!(witness.is_confirmed_by(&[document]));
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Witness {
    /// The action.
    pub action: String,
    /// The resource.
    pub arn: String,
    /// The pattern of the statement that takes it, from 0; none under `NotResource`.
    pub resource: Option<usize>,
}

impl Access {
    pub(crate) const fn new(reason_code: ReasonCode, actions: Vec<Reached>) -> Self {
        Self {
            reason_code,
            actions,
        }
    }

    /// An access, if there is anything within reach.
    pub(crate) fn of(reason_code: ReasonCode, actions: Vec<Reached>) -> Option<Self> {
        (!actions.is_empty()).then(|| Self::new(reason_code, actions))
    }

    /// The reason for a reader, the actions named: for a policy the sentence of AWS's own samples.
    /// Of more than 20 actions the first 20 are named, then their number.
    #[must_use]
    pub fn reason(&self) -> String {
        const MOST: usize = 20;
        let text = self.reason_code.text();
        let mut reason = String::from(text.strip_suffix('.').unwrap_or(text));
        reason.push_str(": [");
        for (at, reached) in self.actions.iter().take(MOST).enumerate() {
            reason.extend([if at == 0 { "" } else { ", " }, &reached.action]);
        }
        match self.actions.len().checked_sub(MOST) {
            Some(more @ 1..) => reason.push_str(&alloc::format!(", {more} more].")),
            _ => reason.push_str("]."),
        }
        reason
    }

    /// The finding of a check about a resource.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, Profile, ResourceIdentifier, broad_data_plane_access};
    /// use iot_policy::{PolicyDocument, Statement};
    ///
    /// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", "*")])?;
    /// let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
    /// let alias = ResourceIdentifier::RoleAliasArn("arn:aws:iot:us-east-1:1:rolealias/cam".into());
    /// let finding = access.finding(Check::IotRoleAliasOverlyPermissive, alias);
    /// assert_eq!(finding.reason_code, access.reason_code);
    /// assert!(finding.reason.ends_with(": [iot:Connect]."));
    /// # Ok::<(), iot_policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn finding(&self, check: Check, resource: ResourceIdentifier) -> Finding {
        let mut finding = Finding::new(check, resource, self.reason_code);
        finding.reason = self.reason();
        finding
    }
}

impl Witness {
    /// The resource without its type: a topic, a topic filter, a client id, or the name of a thing
    /// (and, behind a `/`, of a shadow).
    #[must_use]
    pub fn name(&self) -> &str {
        let part = self.arn.splitn(6, ':').nth(5).unwrap_or_default();
        let part = part.strip_prefix('/').unwrap_or(part);
        part.split_once('/').map_or(part, |(_, name)| name)
    }

    /// Whether the policy engine allows it too: `iot-policy` evaluates the action on the resource
    /// for a device that is not the one meant. As the audit does, it takes conditions of an Allow
    /// to hold and those of a Deny not to, but for `iot:Connection.Thing.IsAttached`. Where the
    /// documents have no condition, this is [`PolicySet::evaluate`] and nothing else.
    #[must_use]
    pub fn is_confirmed_by(&self, documents: &[PolicyDocument]) -> bool {
        const OWN: &str = "this-device";
        let scope = ArnScope::of_arn(&self.arn).unwrap_or_else(|| ArnScope::new("", "", ""));
        let action = Action::parse(&self.action);
        let is_connect = action == Action::CONNECT;
        // Who connects says who it is; otherwise the principal is itself.
        let context = Context::new(&scope);
        let context = if is_connect {
            context
                .with_client_id(self.name())
                .with_thing(Thing::not_attached(self.name()))
        } else {
            context.with_client_id(OWN).with_thing(Thing::attached(OWN))
        };
        let named = documents.iter().map(|document| ("", document.clone()));
        let policies = PolicySet::compile(named);
        let request = Request::new(action, Resource::from_arn(&self.arn), &context);
        let response = policies.evaluate(&request);
        let speaks = |trace: &&StatementTrace<'_>| {
            let statement = trace.statement();
            trace.action_matches()
                && trace.resource_matches()
                && statement.is_some_and(|it| Guard::of(it).counts(it.effect(), is_connect))
        };
        let mut speaking = response.statements().iter().filter(speaks).peekable();
        speaking.peek().is_some() && speaking.all(|trace| trace.effect() == Effect::Allow)
    }
}
