//! Policy actions, as a table.

use core::fmt;

use crate::resource::ResourceKind;
use crate::statement::Patterns;

/// The name of an action, such as `iot:Publish`.
///
/// The set is open: the constants are the actions that the developer guide lists for policies,
/// any other name is compared with the patterns of a policy as text.
///
/// # Examples
///
/// ```
/// use iot_policy::{Action, ResourceKind};
///
/// let publish = Action::parse("iot:publish");
/// assert_eq!(publish, Action::PUBLISH); // letter case does not count
/// assert_eq!(publish.as_str(), "iot:Publish");
/// assert_eq!(Action::SUBSCRIBE.resource_kind(), Some(ResourceKind::TopicFilter));
/// assert!(!Action::parse("iot:Dance").is_known());
/// assert_eq!(Action::LIST_RETAINED_MESSAGES.resource_kind(), None); // its resource is `*`
/// assert!(Action::known().all(Action::is_known));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action<'a>(Repr<'a>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr<'a> {
    /// An index into `TABLE`.
    Known(u8),
    Other(&'a str),
}

/// Actions and the one resource type that a request for them carries (developer guide, "AWS IoT
/// Core policy actions" and "AWS IoT Core action resources"; service authorization reference for
/// the last ones). `None`: the resource must be written `*`.
const TABLE: &[(&str, Option<ResourceKind>)] = &[
    ("iot:Connect", Some(ResourceKind::Client)),
    ("iot:Publish", Some(ResourceKind::Topic)),
    ("iot:Subscribe", Some(ResourceKind::TopicFilter)),
    ("iot:Receive", Some(ResourceKind::Topic)),
    ("iot:RetainPublish", Some(ResourceKind::Topic)),
    ("iot:GetRetainedMessage", Some(ResourceKind::Topic)),
    ("iot:ListRetainedMessages", None),
    ("iot:GetThingShadow", Some(ResourceKind::Thing)),
    ("iot:UpdateThingShadow", Some(ResourceKind::Thing)),
    ("iot:DeleteThingShadow", Some(ResourceKind::Thing)),
    ("iot:ListNamedShadowsForThing", Some(ResourceKind::Thing)),
    (
        "iot:AssumeRoleWithCertificate",
        Some(ResourceKind::RoleAlias),
    ),
    (
        "iotjobsdata:DescribeJobExecution",
        Some(ResourceKind::Thing),
    ),
    (
        "iotjobsdata:GetPendingJobExecutions",
        Some(ResourceKind::Thing),
    ),
    (
        "iotjobsdata:StartNextPendingJobExecution",
        Some(ResourceKind::Thing),
    ),
    ("iotjobsdata:UpdateJobExecution", Some(ResourceKind::Thing)),
    ("iot:DeleteConnection", Some(ResourceKind::Client)),
    ("iot:GetConnection", Some(ResourceKind::Client)),
    ("iot:ListSubscriptions", Some(ResourceKind::Client)),
    ("iot:SendDirectMessage", Some(ResourceKind::Client)),
];

macro_rules! actions {
    ($($index:literal $name:ident $text:literal)*) => {
        impl Action<'static> {
            $(
                #[doc = concat!("`", $text, "`.")]
                pub const $name: Self = Self(Repr::Known($index));
            )*
        }

        #[cfg(test)]
        const NAMED: &[(Action<'static>, &str)] = &[$((Action::$name, $text)),*];
    };
}

actions! {
    0 CONNECT "iot:Connect"
    1 PUBLISH "iot:Publish"
    2 SUBSCRIBE "iot:Subscribe"
    3 RECEIVE "iot:Receive"
    4 RETAIN_PUBLISH "iot:RetainPublish"
    5 GET_RETAINED_MESSAGE "iot:GetRetainedMessage"
    6 LIST_RETAINED_MESSAGES "iot:ListRetainedMessages"
    7 GET_THING_SHADOW "iot:GetThingShadow"
    8 UPDATE_THING_SHADOW "iot:UpdateThingShadow"
    9 DELETE_THING_SHADOW "iot:DeleteThingShadow"
    10 LIST_NAMED_SHADOWS_FOR_THING "iot:ListNamedShadowsForThing"
    11 ASSUME_ROLE_WITH_CERTIFICATE "iot:AssumeRoleWithCertificate"
    12 DESCRIBE_JOB_EXECUTION "iotjobsdata:DescribeJobExecution"
    13 GET_PENDING_JOB_EXECUTIONS "iotjobsdata:GetPendingJobExecutions"
    14 START_NEXT_PENDING_JOB_EXECUTION "iotjobsdata:StartNextPendingJobExecution"
    15 UPDATE_JOB_EXECUTION "iotjobsdata:UpdateJobExecution"
    16 DELETE_CONNECTION "iot:DeleteConnection"
    17 GET_CONNECTION "iot:GetConnection"
    18 LIST_SUBSCRIPTIONS "iot:ListSubscriptions"
    19 SEND_DIRECT_MESSAGE "iot:SendDirectMessage"
}

impl<'a> Action<'a> {
    /// Reads a name; letter case does not count (IAM JSON policy elements, "Action").
    #[must_use]
    pub fn parse(name: &'a str) -> Self {
        let known = TABLE
            .iter()
            .zip(0..)
            .find(|((known, _), _)| known.eq_ignore_ascii_case(name));
        Self(known.map_or(Repr::Other(name), |(_, index)| Repr::Known(index)))
    }

    /// The name, as the developer guide prints it or as the caller gave it.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        match self.0 {
            Repr::Known(index) => TABLE.get(usize::from(index)).map_or("", |(name, _)| name),
            Repr::Other(name) => name,
        }
    }

    /// Whether the developer guide lists the action for policies.
    #[must_use]
    pub const fn is_known(self) -> bool {
        matches!(self.0, Repr::Known(_))
    }

    /// The resource type that a request for the action carries; `None` for an unknown action and
    /// for those whose resource is `*`.
    #[must_use]
    pub fn resource_kind(self) -> Option<ResourceKind> {
        match self.0 {
            Repr::Known(index) => TABLE.get(usize::from(index)).and_then(|(_, kind)| *kind),
            Repr::Other(_) => None,
        }
    }

    /// All known actions, in the order of the table.
    pub fn known() -> impl Iterator<Item = Action<'static>> {
        TABLE
            .iter()
            .zip(0..)
            .map(|(_, index)| Action(Repr::Known(index)))
    }

    /// Whether a list of patterns names the action, as `Action` or `NotAction` does.
    pub(crate) fn matches(self, patterns: &Patterns) -> bool {
        let listed = patterns
            .iter()
            .any(|pattern| matches(pattern, self.as_str()));
        listed != patterns.is_negated()
    }

    /// The actions that a list of patterns names.
    pub(crate) fn set_of(patterns: &Patterns) -> ActionSet {
        let listed = patterns.iter().fold(ActionSet::EMPTY, |set, pattern| {
            if pattern.contains(['*', '?']) {
                let known = Action::known().filter(|action| matches(pattern, action.as_str()));
                known.fold(set.union(ActionSet::OTHER), |set, action| {
                    set.union(action.bit())
                })
            } else {
                set.union(Action::parse(pattern).bit())
            }
        });
        if patterns.is_negated() {
            listed.complement().union(ActionSet::OTHER)
        } else {
            listed
        }
    }

    pub(crate) const fn bit(self) -> ActionSet {
        match self.0 {
            Repr::Known(index) => ActionSet(1 << index),
            Repr::Other(_) => ActionSet::OTHER,
        }
    }
}

impl fmt::Display for Action<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `*` (any run) and `?` (any character) make `pattern` take `name`; ASCII letter case does
/// not count. Steps back to the last `*` only: names of actions are short.
fn matches(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    let mut retry = None;
    loop {
        let before = name.clone();
        let stands = match (pattern.next(), name.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                name = before;
                retry = Some((pattern.clone(), name.clone()));
                continue;
            }
            (Some('?'), Some(_)) => true,
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b),
            (Some(_), None) => return false,
            (None, Some(_)) => false,
        };
        if !stands {
            let Some((after_star, from)) = &mut retry else {
                return false;
            };
            if from.next().is_none() {
                return false;
            }
            (pattern, name) = (after_star.clone(), from.clone());
        }
    }
}

/// A set of known actions, with one more bit for "some action that is not known", for which the
/// patterns themselves must be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ActionSet(u32);

impl ActionSet {
    pub(crate) const OTHER: Self = Self(1 << 31);
    pub(crate) const EMPTY: Self = Self(0);
    pub(crate) const ALL: Self = Self(u32::MAX);

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn complement(self) -> Self {
        Self(!self.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("*", "iot:Publish", true),
            ("iot:*", "iot:Publish", true),
            ("IOT:PUBLISH", "iot:Publish", true),
            ("iot:*Publish", "iot:RetainPublish", true),
            ("iot:P?blish", "iot:Publish", true),
            ("iot:*", "iotjobsdata:UpdateJobExecution", false),
            ("iot:Publish", "iot:PublishX", false),
            ("iot:PublishX", "iot:Publish", false),
            ("*i*h", "iot:Publish", true),
            ("", "", true),
            ("**", "", true),
            ("?", "", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn constants_name_their_row() {
        assert_eq!(NAMED.len(), TABLE.len());
        for (action, text) in NAMED {
            assert_eq!(action.as_str(), *text);
            assert_eq!(Action::parse(text), *action);
        }
        assert!(TABLE.len() < 31, "bit 31 is taken");
    }
}
