//! Policies whose Deny hardly denies what was meant.
//!
//! Source: developer guide, "AWS IoT policies potentially misconfigured". To a policy `+` and `#`
//! are plain characters, so that a Deny with them names one topic filter and no topic; and a
//! filter that is denied can be walked round by a wider one, if the topics may be received.
//! False alarms are to be expected, and to be suppressed.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::iter;
use core::slice;

use iot_policy::{Effect, PatternPart, PolicyDocument};
use iot_topics::TopicNameRef;

use super::access::StatementPlace;
use super::check::Check;
use super::finding::{Finding, ReasonCode, ResourceIdentifier};
use super::rules::{Applicable, NAME, OWN, ResourcePattern, Rules};

/// One way in which a policy is likely misconfigured.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ReasonCode, potential_misconfigurations};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let garden = "arn:aws:iot:us-east-1:123456789012:topic/garden/#";
/// let document = PolicyDocument::new(vec![
///     Statement::allow("iot:Publish", "*"),
///     Statement::deny("iot:Publish", garden),
/// ])?;
/// let found = &potential_misconfigurations(&document)?[0];
/// assert_eq!(found.reason_code, ReasonCode::PolicyContainsMqttWildcardsInDenyStatement);
/// assert_eq!(found.resources[0].statement.statement, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Misconfiguration {
    /// Which.
    pub reason_code: ReasonCode,
    /// Where: at least one resource of a Deny, in the order of the document.
    pub resources: Vec<DeniedResource>,
}

/// A resource of a Deny that does not do what it seems to.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::potential_misconfigurations;
/// use iot_policy::{PolicyDocument, Statement};
///
/// let filters = ["arn:aws:iot:us-east-1:1:topicfilter/a", "arn:aws:iot:us-east-1:1:topicfilter/#"];
/// let document = PolicyDocument::new(vec![Statement::deny("iot:Subscribe", filters)])?;
/// let resource = &potential_misconfigurations(&document)?[0].resources[0];
/// assert_eq!((resource.statement.statement, resource.resource), (0, 1));
/// assert!(resource.bypass.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct DeniedResource {
    /// The statement that denies.
    pub statement: StatementPlace,
    /// The resource in it, from 0.
    pub resource: usize,
    /// What walks round it.
    pub bypass: Option<Bypass>,
}

/// How a denied filter is walked round. The name `this-device` stands for variables.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::potential_misconfigurations;
/// use iot_policy::{PolicyDocument, Statement};
///
/// let arn = |resource| format!("arn:aws:iot:us-east-1:123456789012:{resource}");
/// let document = PolicyDocument::new(vec![
///     Statement::allow("iot:Subscribe", arn("topicfilter/building/*")),
///     Statement::deny("iot:Subscribe", arn("topicfilter/building/control_room/*")),
///     Statement::allow("iot:Receive", arn("topic/building/*")),
/// ])?;
/// let found = potential_misconfigurations(&document)?;
/// let bypass = found[0].resources[0].bypass.as_ref().unwrap();
/// assert_eq!(bypass.filter, "building/#");
/// assert_eq!(bypass.topic, "building/control_room/example");
/// assert_eq!(bypass.allowed_by.statement, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Bypass {
    /// A filter that may be subscribed to.
    pub filter: String,
    /// A topic of the denied filter that it brings, and that may be received.
    pub topic: String,
    /// The statement that allows the filter.
    pub allowed_by: StatementPlace,
}

/// A document with more resources than a policy of AWS IoT, of 2,048 characters, can have.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::potential_misconfigurations;
/// use iot_policy::{PolicyDocument, Statement};
///
/// let resources = vec!["*"; 513];
/// let document = PolicyDocument::new(vec![Statement::deny("iot:Subscribe", resources)])?;
/// let error = potential_misconfigurations(&document).unwrap_err();
/// assert_eq!(error.to_string(), "513 resources in a policy, at most 512 are looked at");
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("{got} resources in a policy, at most {MAX_PATTERNS} are looked at")]
#[non_exhaustive]
pub struct TooManyPatterns {
    /// How many there are.
    pub got: usize,
}

/// Each denied filter is tried against all others.
const MAX_PATTERNS: usize = 512;

impl Misconfiguration {
    /// The finding about the resource.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, ResourceIdentifier, potential_misconfigurations};
    /// use iot_policy::{PolicyDocument, Statement};
    ///
    /// let filter = "arn:aws:iot:us-east-1:123456789012:topicfilter/a/#";
    /// let document = PolicyDocument::new(vec![Statement::deny("iot:Subscribe", filter)])?;
    /// let found = &potential_misconfigurations(&document)?[0];
    /// // Stands in here for a policy and its version.
    /// let resource = ResourceIdentifier::Account("123456789012".parse()?);
    /// let finding = found.finding(resource);
    /// assert_eq!(finding.check, Check::IotPolicyPotentialMisconfiguration);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn finding(&self, policy: ResourceIdentifier) -> Finding {
        let check = Check::IotPolicyPotentialMisconfiguration;
        Finding::new(check, policy, self.reason_code)
    }
}

/// The ways in which a policy is likely misconfigured, at most two: MQTT wildcards in a Deny, then
/// denied filters that can be walked round. The check
/// `IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK` (developer guide, "AWS IoT policies potentially
/// misconfigured").
///
/// To a policy `+` and `#` are plain characters, so that a Deny with them names one topic filter
/// and no topic; and a filter that is denied can be walked round by a wider one, if the topics may
/// be received. False alarms are to be expected, and to be suppressed.
///
/// Cost: for each denied filter at most 16 filters are tried on all patterns.
///
/// # Errors
///
/// [`TooManyPatterns`] with more than 512 resources.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ReasonCode, potential_misconfigurations};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let arn = |resource| format!("arn:aws:iot:us-east-1:123456789012:{resource}");
/// let mut statements = vec![
///     Statement::allow("iot:Subscribe", arn("topicfilter/b/*")),
///     Statement::deny("iot:Subscribe", arn("topicfilter/b/secret")),
///     Statement::allow("iot:Receive", arn("topic/b/*")),
/// ];
/// let found = potential_misconfigurations(&PolicyDocument::new(statements.clone())?)?;
/// let code = ReasonCode::TopicFiltersIntendedToDenyAllowedUsingWildcards;
/// assert_eq!(found[0].reason_code, code);
/// // As the guide mends it.
/// statements.push(Statement::deny("iot:Receive", arn("topic/b/secret")));
/// assert!(potential_misconfigurations(&PolicyDocument::new(statements)?)?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn potential_misconfigurations(
    document: &PolicyDocument,
) -> Result<Vec<Misconfiguration>, TooManyPatterns> {
    let statements = document.statements().iter();
    let got = statements.map(|it| it.resources().len()).sum();
    if got > MAX_PATTERNS {
        return Err(TooManyPatterns { got });
    }
    let rules = Rules::new(slice::from_ref(document));
    let found = [
        (
            ReasonCode::PolicyContainsMqttWildcardsInDenyStatement,
            with_mqtt_wildcards(&rules),
        ),
        (
            ReasonCode::TopicFiltersIntendedToDenyAllowedUsingWildcards,
            walked_round(&rules),
        ),
    ];
    let found = found.into_iter().filter(|(_, found)| !found.is_empty());
    Ok(found
        .map(|(reason_code, resources)| Misconfiguration {
            reason_code,
            resources,
        })
        .collect())
}

fn with_mqtt_wildcards(rules: &Rules<'_>) -> Vec<DeniedResource> {
    let mut found = Vec::new();
    for rule in rules.with(Effect::Deny) {
        for (resource, pattern) in rule.listed() {
            let named = named(pattern.parts(), "topic/").or_else(|| named(pattern.parts(), FILTER));
            if named.is_some_and(|name| name.contains(['+', '#'])) {
                found.push(DeniedResource {
                    statement: rule.place,
                    resource,
                    bypass: None,
                });
            }
        }
    }
    found
}

const FILTER: &str = "topicfilter/";

fn walked_round(rules: &Rules<'_>) -> Vec<DeniedResource> {
    let subscribe = rules.about("iot:Subscribe");
    let receive = rules.about("iot:Receive");
    let mut found = Vec::new();
    if subscribe.is_silent() || receive.is_silent() {
        return found;
    }
    for rule in subscribe.denies() {
        for (resource, pattern) in rule.listed() {
            let topic = named(pattern.parts(), FILTER).filter(|topic| !topic.contains(['+', '#']));
            let bypass = topic.and_then(|topic| way_round(&topic, pattern, &subscribe, &receive));
            if bypass.is_some() {
                found.push(DeniedResource {
                    statement: rule.place,
                    resource,
                    bypass,
                });
            }
        }
    }
    found
}

/// What a pattern of such a type names, its wildcards and variables each a character of its own.
fn named<'p>(parts: impl Iterator<Item = PatternPart<'p>>, kind: &str) -> Option<String> {
    let mut name = String::new();
    for part in parts {
        match part {
            PatternPart::Literal(text) => name.push_str(text),
            PatternPart::AnyRun | PatternPart::AnyChar => name.push(NAME),
            PatternPart::Variable { .. } => name.push(OWN),
        }
    }
    name.strip_prefix(kind).map(String::from)
}

/// A filter that brings a denied topic and is allowed itself, if the topic may be received.
fn way_round(
    topic: &str,
    denied: &ResourcePattern<'_>,
    subscribe: &Applicable<'_, '_>,
    receive: &Applicable<'_, '_>,
) -> Option<Bypass> {
    // What is no topic (too long, too deep) carries no message. This bounds the filters tried.
    TopicNameRef::parse(topic).ok()?;
    receive.granted(&alloc::format!("topic/{topic}"))?;
    let allowed = |filter: &str| subscribe.granted(&alloc::format!("{FILTER}{filter}"));
    let (rule, filter) = wider(topic).find_map(|filter| Some((allowed(&filter)?.0, filter)))?;
    // A word must not run into a pattern that the character did not, nor be too long for one.
    let word = ["example", "x"].into_iter().find(|word| {
        let [topic, filter] = [topic, &filter].map(|text| text.replace(NAME, word));
        TopicNameRef::parse(&topic).is_ok()
            && denied.takes(&alloc::format!("{FILTER}{topic}"), false)
            && allowed(&filter).is_some()
            && receive.granted(&alloc::format!("topic/{topic}")).is_some()
    });
    let readable = |text: &str| {
        let text = word.map_or_else(|| text.into(), |word| text.replace(NAME, word));
        text.replace(OWN, "this-device")
    };
    Some(Bypass {
        filter: readable(&filter),
        topic: readable(topic),
        allowed_by: rule.place,
    })
}

/// Filters with wildcards that take a topic: `#`, what is below each of its parents, and itself
/// with one level as `+`. A wildcard in front takes no topic that begins with `$`.
fn wider(topic: &str) -> impl Iterator<Item = String> {
    let ends = topic.match_indices('/').map(|(slash, _)| slash);
    let first = usize::from(topic.starts_with('$'));
    let starts = iter::once(0).chain(ends.clone().map(|slash| slash + 1));
    let levels = starts.zip(ends.chain([topic.len()])).skip(first);
    let below = levels.clone().filter_map(|(start, _)| {
        let mut filter = topic.get(..start)?.to_string();
        filter.push('#');
        Some(filter)
    });
    let one = levels.filter_map(|(start, end)| {
        let (before, after) = (topic.get(..start)?, topic.get(end..)?);
        Some([before, "+", after].concat())
    });
    below.chain(one)
}
