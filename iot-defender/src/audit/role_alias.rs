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
use super::rules::{ActionIndex, FOREIGN, Rule, Rules};

/// Services that watch over the account, by prefix and in the order of the guide.
const SECURITY_AUDITING: [&str; 5] = [
    "iam",
    "cloudtrail",
    "guardduty",
    "inspector",
    "trustedadvisor",
];

/// What is wrong with the role of a role alias: one [`Access`] a reason, in the order of
/// [`Check::reason_codes`](super::Check::reason_codes); nothing if it complies (developer guide,
/// "Role alias overly permissive").
///
/// `used_services` are the prefixes of the services that the role used in the last year. For one
/// of these no statement may allow every action, on whatever resource; of the services that audit
/// the account no action may be allowed at all. An Allow with `NotAction` counts as one of `*` for
/// both, and no Deny undoes it. For AWS IoT itself the rules of
/// [`CognitoRole::Authenticated`](super::CognitoRole::Authenticated) apply as well.
///
/// Cost: that of [`cognito_access`](super::cognito_access), and of each used service against each
/// pattern of an action with wildcards. After 67 million such matches, which no role takes that IAM
/// has room for, a service counts as allowed.
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
    let whole = allowed_whole(&rules, &used, MOST);
    let auditing = SECURITY_AUDITING.iter().filter_map(|service| {
        let rule = rules
            .with(Effect::Allow)
            .find(|rule| services(rule).any(|pattern| pattern.matches(service)))?;
        Some(reached((*service).into(), rule.place))
    });
    let services = [
        Access::of(ReasonCode::AllowsBroadAccessToUsedServices, whole),
        Access::of(
            ReasonCode::AllowsAccessToSecurityAuditingServices,
            auditing.collect(),
        ),
    ];
    let iot = authenticated(&rules, profile);
    services.into_iter().flatten().chain(iot).collect()
}

/// The services that the role of a role alias lets devices use and that were not used in the last
/// year (developer guide, "Role alias allows access to unused services"), `None` if there are none. Their prefixes are in lower case and in alphabetical order. A
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

/// Matches of services with patterns: those of all services that there are with all patterns that
/// IAM has room for in a role are fewer.
const MOST: usize = 1 << 26;

/// The services of which a statement allows every action: it takes one whose name no policy has.
/// Once `most` matches were made, a service counts as allowed, by no statement in particular.
fn allowed_whole(rules: &Rules<'_>, services: &BTreeSet<String>, most: usize) -> Vec<Reached> {
    let (negated, listing): (Vec<_>, Vec<_>) = rules
        .with(Effect::Allow)
        .partition(|rule| rule.is_not_action());
    let everything = negated.first().map(|rule| rule.place);
    let index = ActionIndex::new(listing.iter().copied());
    let no_action = String::from(FOREIGN).repeat(64);
    let mut left = Some(most);
    let whole = services.iter().filter_map(|service| {
        let listed = index.first(&format!("{service}:{no_action}"), &mut left);
        let listed = listed.and_then(|at| listing.get(at)).map(|rule| rule.place);
        let statement = listed.into_iter().chain(everything).min();
        (statement.is_some() || left.is_none()).then(|| Reached {
            action: format!("{service}:*"),
            statement,
            witness: None,
        })
    });
    whole.collect()
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

#[cfg(test)]
mod tests {
    use iot_policy::Statement;

    use super::*;

    #[test]
    fn the_first_statement_that_allows_a_whole_service() {
        let allow = |actions: &[&str]| Statement::allow(actions.to_vec(), "*");
        let statements = Vec::from([
            allow(&["s3:Get*", "iot:*"]),
            allow(&["s?:*", "*:Get"]),
            allow(&["kinesis:*"]),
        ]);
        let documents = [PolicyDocument::new(statements).unwrap()];
        let rules = Rules::new(&documents);
        let services = lower(&["S3", "iot", "kinesis", "sqs"]);
        let told = |most| -> Vec<_> {
            let whole = allowed_whole(&rules, &services, most).into_iter();
            let place = |it: &Reached| it.statement.map(|place| place.statement);
            whole.map(|it| (place(&it), it.action)).collect()
        };
        let whole = [
            (Some(0), "iot:*".into()),
            (Some(2), "kinesis:*".into()),
            (Some(1), "s3:*".into()),
        ];
        assert_eq!(told(MOST), whole);
        // What could not be tried counts as allowed.
        let named = |(_, action): &(_, String)| action.clone();
        let all: Vec<String> = told(0).iter().map(named).collect();
        assert_eq!(all, ["iot:*", "kinesis:*", "s3:*", "sqs:*"]);
    }
}
