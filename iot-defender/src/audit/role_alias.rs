//! Roles that devices take on by a role alias.
//!
//! Sources: developer guide, "Role alias overly permissive" and "Role alias allows access to unused
//! services". The services that were used in the last year are the caller's to know (IAM, "last
//! accessed" information).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use iot_policy::{Effect, PolicyDocument, WildcardPattern};

use super::access::{Access, Reached, StatementPlace};
use super::cognito::authenticated;
use super::finding::ReasonCode;
use super::key_quality::Profile;
use super::rules::{Rule, Rules};

/// Services that watch over the account, by prefix and in the order of the guide.
const SECURITY_AUDITING: [&str; 5] = [
    "iam",
    "cloudtrail",
    "guardduty",
    "inspector",
    "trustedadvisor",
];

/// What is wrong with the role of a role alias: one [`Access`] a reason, in the order of
/// [`Check::reason_codes`](super::Check::reason_codes); nothing if it complies.
///
/// `used_services` are the prefixes of the services that the role used in the last year. For one
/// of these no statement may allow every action, on whatever resource; of the services that audit
/// the account no action may be allowed at all. An Allow with `NotAction` counts as one of `*` for
/// both, and no Deny undoes it. For AWS IoT itself the rules of
/// [`CognitoRole::Authenticated`](super::CognitoRole::Authenticated) apply as well.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Profile, ReasonCode, role_alias_access};
/// use iot_policy::PolicyDocument;
///
/// let document = PolicyDocument::from_json(r#"{
///     "Version": "2012-10-17",
///     "Statement": {"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}
/// }"#)?;
/// let role = [document];
/// let access = role_alias_access(&role, &["kinesis"], Profile::Aws);
/// assert_eq!(access[0].reason_code, ReasonCode::AllowsBroadAccessToUsedServices);
/// assert_eq!(access[0].actions[0].action, "kinesis:*");
/// assert!(role_alias_access(&role, &["s3"], Profile::Aws).is_empty());
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[must_use]
pub fn role_alias_access<S: AsRef<str>>(
    policies: &[PolicyDocument],
    used_services: &[S],
    profile: Profile,
) -> Vec<Access> {
    let rules = Rules::new(policies);
    let used = lower(used_services);
    let whole = used.iter().filter_map(|service| {
        let rule = rules
            .with(Effect::Allow)
            .find(|rule| allows_all_of(rule, service))?;
        Some(reached(format!("{service}:*"), rule.place))
    });
    let auditing = SECURITY_AUDITING.iter().filter_map(|service| {
        let rule = rules
            .with(Effect::Allow)
            .find(|rule| services(rule).any(|pattern| pattern.matches(service)))?;
        Some(reached((*service).into(), rule.place))
    });
    let services = [
        Access::of(ReasonCode::AllowsBroadAccessToUsedServices, whole.collect()),
        Access::of(
            ReasonCode::AllowsAccessToSecurityAuditingServices,
            auditing.collect(),
        ),
    ];
    let iot = authenticated(&rules, profile);
    services.into_iter().flatten().chain(iot).collect()
}

/// The services that the role of a role alias lets devices use and that were not used in the last
/// year, `None` if there is none. Their prefixes are in lower case and in alphabetical order. A
/// prefix with a wildcard always counts as unused, an Allow with `NotAction` as `*`; a Deny is not
/// looked at.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::unused_service_access;
/// use iot_policy::{PolicyDocument, Statement};
///
/// let actions = ["iot:Publish", "iam:GetRole", "dynamodb:PutItem"];
/// let role = [PolicyDocument::new(vec![Statement::allow(actions, "*")])?];
/// let access = unused_service_access(&role, &["iot"]).unwrap();
/// let services: Vec<_> = access.actions.iter().map(|reached| &*reached.action).collect();
/// assert_eq!(services, ["dynamodb", "iam"]);
/// assert_eq!(unused_service_access(&role, &["dynamodb", "iam", "iot"]), None);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[must_use]
pub fn unused_service_access<S: AsRef<str>>(
    policies: &[PolicyDocument],
    used_services: &[S],
) -> Option<Access> {
    let rules = Rules::new(policies);
    let used = lower(used_services);
    let mut unused: BTreeMap<String, StatementPlace> = BTreeMap::new();
    for rule in rules.with(Effect::Allow) {
        for service in services(rule) {
            let service = service.as_str();
            if service.contains(['*', '?']) || !used.contains(service) {
                unused.entry(service.into()).or_insert(rule.place);
            }
        }
    }
    let reached = unused
        .into_iter()
        .map(|(service, place)| reached(service, place));
    Access::of(ReasonCode::AllowsAccessToUnusedServices, reached.collect())
}

fn lower<S: AsRef<str>>(services: &[S]) -> BTreeSet<String> {
    let services = services.iter();
    services
        .map(|service| service.as_ref().to_ascii_lowercase())
        .collect()
}

const fn reached(action: String, place: StatementPlace) -> Reached {
    Reached {
        action,
        statement: Some(place),
        witness: None,
    }
}

/// Whether a statement is about every action of a service: it takes one whose name no policy has.
fn allows_all_of(rule: &Rule<'_>, service: &str) -> bool {
    let any = format!("{service}:{}", "\u{E001}".repeat(64));
    let mut actions = rule.actions().iter();
    rule.is_not_action() || actions.any(|action| action.matches(&any))
}

/// The services that a statement is about, as patterns in lower case.
fn services(rule: &Rule<'_>) -> impl Iterator<Item = WildcardPattern> {
    let listed = (!rule.is_not_action()).then(|| rule.actions().iter());
    let prefixes = listed.into_iter().flatten().map(|action| {
        let text = action.as_str();
        text.split_once(':').map_or(text, |(service, _)| service)
    });
    let everything = rule.is_not_action().then_some("*");
    prefixes.chain(everything).map(WildcardPattern::new)
}
