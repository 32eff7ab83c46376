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

use super::access::{Access, Reached, StatementPlace};
use super::action_class::ActionClass;
use super::check::Check;
use super::finding::ReasonCode;
use super::key_quality::Profile;
use super::permissive::{Judged, broad, data_plane};
use super::rules::{ActionIndex, Rules};

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
/// [`Check::reason_codes`]; nothing if it complies (developer guide, "Unauthenticated Cognito role
/// overly permissive" and "Authenticated Cognito role overly permissive"). `policies` are all of its
/// documents, inline and attached.
///
/// A guest must not administer anything, on whatever resource. A user may read what the registry
/// has of things that are named, not of all. Nobody may reach the data plane of foreign devices,
/// as with an IoT policy: the guide says so for users too, though its list of codes does not. An
/// action is not counted as granted if a Deny without conditions names it on `*`.
///
/// Cost: some 300 matches a pattern of an action, and as [`broad_data_plane_access`] says of those of
/// resources. Actions that no table knows are tried against each pattern, but with at most 67
/// million matches, which IAM has no room for in a role; beyond, what a statement writes out counts
/// as granted unless a Deny writes it out too.
///
/// [`broad_data_plane_access`]: super::broad_data_plane_access
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
        reached.extend(unknown(rules, MOST));
        reached.sort_unstable();
    }
    reached
}

fn reached_by(rules: &Rules<'_>, action: &str) -> Option<Reached> {
    let rule = rules.about(action).granted_somewhere()?;
    Some(reached(action, rule.place))
}

/// Matches that the unknown actions of a role may take. The documents that IAM has room for in a
/// role, 133,120 characters, cannot take them all.
const MOST: usize = 1 << 26;

/// The actions of AWS IoT that are written out and that the table does not have, each once, as far
/// as they are granted.
///
/// Each is tried against each pattern with wildcards. Once `most` matches were made, an action is
/// granted by the statement that writes it out, unless another one that does denies it.
fn unknown(rules: &Rules<'_>, most: usize) -> Vec<Reached> {
    let mut by_name: BTreeMap<String, (&str, StatementPlace)> = BTreeMap::new();
    for rule in rules.with(Effect::Allow) {
        let unknown = rule.literal_actions().filter(|action| {
            ActionClass::known_as(action).is_none() && ActionClass::of(action).is_some()
        });
        for action in unknown {
            let known = by_name.entry(action.to_ascii_lowercase());
            known.or_insert((action, rule.place)).0 = action;
        }
    }
    let allowing = rules.with(Effect::Allow).filter(|rule| rule.is_about_iot());
    let allowing: Vec<_> = allowing.collect();
    let allows = ActionIndex::new(allowing.iter().copied());
    let denies = rules.with(Effect::Deny).filter(|rule| rule.is_of_all());
    let denies = ActionIndex::new(denies);
    let mut left = Some(most);
    let granted = by_name.into_iter().filter_map(|(name, (action, writer))| {
        let first = allows.first(&name, &mut left);
        let first = first.and_then(|at| allowing.get(at)).map(|rule| rule.place);
        if denies.first(&name, &mut left).is_some() {
            return None;
        }
        let place = first.or_else(|| left.is_none().then_some(writer))?;
        Some(reached(action, place))
    });
    granted.collect()
}

fn reached(action: &str, place: StatementPlace) -> Reached {
    Reached {
        action: action.into(),
        statement: Some(place),
        witness: None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use iot_policy::Statement;

    use super::*;

    #[test]
    fn what_is_written_out_is_looked_up() {
        let actions = (0..40).map(|at| format!("iot:Unknown{at}"));
        let denied: Vec<_> = actions.clone().step_by(2).collect();
        let statements = Vec::from([
            Statement::allow(actions.collect::<Vec<_>>(), "*"),
            Statement::deny(denied, "*"),
        ]);
        let documents = [PolicyDocument::new(statements).unwrap()];
        assert_eq!(unknown(&Rules::new(&documents), 0).len(), 20);
    }

    #[test]
    fn a_pattern_of_many_statements_is_tried_once() {
        let bucket = "arn:aws:s3:::bucket";
        let written = (0..40).map(|at| Statement::allow(format!("iot:Unknown{at}"), bucket));
        let wild = (0..40).map(|_| Statement::allow("iot:*1", "*"));
        let documents = [PolicyDocument::new(written.chain(wild).collect()).unwrap()];
        let rules = Rules::new(&documents);
        // 1, 11, 21 and 31.
        assert_eq!(unknown(&rules, 40).len(), 4);
        assert_eq!(unknown(&rules, 39).len(), 5);
    }

    /// What could not be tried counts as allowed.
    #[test]
    fn an_audit_that_ran_out_of_matches_fails_closed() {
        let statements = Vec::from([
            Statement::allow("iot:Unknown1", "arn:aws:s3:::bucket"),
            Statement::allow("iot:Unkn*", "*"),
            Statement::allow("iot:Unknown2", "*"),
            Statement::deny(["iot:*2", "iot:Unknown3"], "*"),
            Statement::allow("iot:Unknown3", "*"),
        ]);
        let documents = [PolicyDocument::new(statements).unwrap()];
        let rules = Rules::new(&documents);
        let told = |most| -> Vec<_> {
            let reached = unknown(&rules, most).into_iter();
            let place = |it: &Reached| it.statement.map(|place| place.statement);
            reached.map(|it| (place(&it), it.action)).collect()
        };
        assert_eq!(told(MOST), [(Some(1), "iot:Unknown1".into())]);
        let all = [
            (Some(0), "iot:Unknown1".into()),
            (Some(2), "iot:Unknown2".into()),
        ];
        assert_eq!(told(0), all);
    }
}
