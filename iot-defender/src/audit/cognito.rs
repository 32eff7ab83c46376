//! Overly permissive roles of Cognito identity pools.
//!
//! Sources: developer guide, "Unauthenticated Cognito role overly permissive" and "Authenticated
//! Cognito role overly permissive". All policies of a role, inline and attached, speak together.
//! A role's policies are written in the same language as those of AWS IoT, and read by the same
//! reader, [`PolicyDocument::from_json`]; only what they say of the service `iot` counts here.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use iot_policy::{Effect, PolicyDocument};
use iot_topics::Timestamp;

use super::access::{Access, Reached};
use super::action_class::ActionClass;
use super::check::Check;
use super::finding::ReasonCode;
use super::key_quality::Profile;
use super::permissive::{Judged, broad, data_plane};
use super::rules::{Rule, Rules};

/// Whose role of an identity pool.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, CognitoRole};
///
/// let check = Check::UnauthenticatedCognitoRoleOverlyPermissive;
/// assert_eq!(CognitoRole::Unauthenticated.check(), check);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "an identity pool has these two roles"
)]
pub enum CognitoRole {
    /// Of guests: anyone.
    Unauthenticated,
    /// Of users that have signed in.
    Authenticated,
}

impl CognitoRole {
    /// The check that judges the role.
    #[must_use]
    pub const fn check(self) -> Check {
        match self {
            Self::Unauthenticated => Check::UnauthenticatedCognitoRoleOverlyPermissive,
            Self::Authenticated => Check::AuthenticatedCognitoRoleOverlyPermissive,
        }
    }
}

/// How long a pool is looked at after someone connected by it.
const SCOPE: Duration = Duration::from_secs(31 * 86_400);

/// Whether a pool is audited: someone connected to AWS IoT by it, signed in or not, in the 31 days
/// before the audit started. A pool that is not counts among no resources.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::is_cognito_pool_audited;
/// use iot_topics::Timestamp;
///
/// let day = |day: u64| Timestamp::from_secs(day * 86_400);
/// assert!(is_cognito_pool_audited(Some(day(100)), day(131)));
/// assert!(!is_cognito_pool_audited(Some(day(100)), day(132)));
/// assert!(!is_cognito_pool_audited(None, day(132)));
/// ```
#[must_use]
pub fn is_cognito_pool_audited(last_connection: Option<Timestamp>, start: Timestamp) -> bool {
    last_connection.is_some_and(|last| start.saturating_since(last) <= SCOPE)
}

/// What is wrong with the role of an identity pool: one [`Access`] a reason, in the order of
/// [`Check::reason_codes`]; nothing if it complies.
///
/// A guest must not administer anything, on whatever resource. A user may read what the registry
/// has of things that are named, not of all. Nobody may reach the data plane of foreign devices,
/// as with an IoT policy: the guide says so for users too, though its list of codes does not. An
/// action is not counted as granted if a Deny without conditions names it on `*`.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{CognitoRole, Profile, ReasonCode, cognito_access};
/// use iot_policy::PolicyDocument;
///
/// let document = PolicyDocument::from_json(r#"{
///     "Version": "2012-10-17",
///     "Statement": {
///         "Effect": "Allow",
///         "Action": ["iot:DescribeThing", "s3:*"],
///         "Resource": "arn:aws:iot:us-east-1:123456789012:thing/lamp"
///     }
/// }"#)?;
/// let role = [document];
/// assert!(cognito_access(CognitoRole::Authenticated, &role, Profile::Aws).is_empty());
/// let access = cognito_access(CognitoRole::Unauthenticated, &role, Profile::Aws);
/// assert_eq!(access[0].reason_code, ReasonCode::AllowsAccessToIotAdminActions);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[must_use]
pub fn cognito_access(
    role: CognitoRole,
    policies: &[PolicyDocument],
    profile: Profile,
) -> Vec<Access> {
    let rules = Rules::new(policies);
    match role {
        CognitoRole::Unauthenticated => unauthenticated(&rules, profile),
        CognitoRole::Authenticated => authenticated(&rules, profile),
    }
}

fn unauthenticated(rules: &Rules<'_>, profile: Profile) -> Vec<Access> {
    let classes = [
        ActionClass::ThingAdminRead,
        ActionClass::ThingAdminWrite,
        ActionClass::NonThingAdmin,
    ];
    let admin = classes.iter().flat_map(|class| granted(rules, *class));
    let mut admin: Vec<_> = admin.collect();
    admin.sort_unstable();
    let admin = Access::of(ReasonCode::AllowsAccessToIotAdminActions, admin);
    admin
        .into_iter()
        .chain(data_plane(rules, profile))
        .collect()
}

/// The four reasons that a role alias has too.
pub(super) fn authenticated(rules: &Rules<'_>, profile: Profile) -> Vec<Access> {
    let reads = ActionClass::ThingAdminRead.actions();
    let reads = reads.filter_map(|action| broad(rules, &Judged::on_things(action), profile));
    let others = granted(rules, ActionClass::NonThingAdmin);
    let writes = granted(rules, ActionClass::ThingAdminWrite);
    let access = [
        Access::of(
            ReasonCode::AllowsBroadAccessToIotThingAdminReadActions,
            reads.collect(),
        ),
        Access::of(ReasonCode::AllowsAccessToIotNonThingAdminActions, others),
        Access::of(ReasonCode::AllowsAccessToIotThingAdminWriteActions, writes),
        data_plane(rules, profile),
    ];
    access.into_iter().flatten().collect()
}

/// The actions of a class that are granted on some resource, in alphabetical order.
fn granted(rules: &Rules<'_>, class: ActionClass) -> Vec<Reached> {
    let mut reached: Vec<Reached> = class
        .actions()
        .filter_map(|action| reached_by(rules, action))
        .collect();
    if class == ActionClass::NonThingAdmin {
        reached.extend(unknown(rules).filter_map(|action| reached_by(rules, action)));
        reached.sort_unstable();
    }
    reached
}

fn reached_by(rules: &Rules<'_>, action: &str) -> Option<Reached> {
    let rule = rules.about(action).granted_somewhere()?;
    Some(Reached {
        action: action.into(),
        statement: Some(rule.place),
        witness: None,
    })
}

/// The actions of AWS IoT that are written out and that the table does not have, each once.
fn unknown<'d>(rules: &Rules<'d>) -> impl Iterator<Item = &'d str> {
    let literal = rules.with(Effect::Allow).flat_map(Rule::literal_actions);
    let unknown = literal.filter(|action| {
        ActionClass::known_as(action).is_none() && ActionClass::of(action).is_some()
    });
    let by_name: BTreeMap<String, &str> = unknown
        .map(|action| (action.to_ascii_lowercase(), action))
        .collect();
    by_name.into_values()
}
