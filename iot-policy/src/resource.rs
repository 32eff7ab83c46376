//! The resource of a request: an ARN in two pieces.

use alloc::boxed::Box;
use alloc::format;
use core::fmt;

use crate::text::Text;
use crate::token::{Syntax, Token, tokens};

/// The type of a resource, the word before the first `/` of the sixth part of an ARN.
///
/// # Examples
///
/// ```
/// use iot_policy::{Action, ResourceKind};
///
/// assert_eq!(Action::RECEIVE.resource_kind(), Some(ResourceKind::Topic));
/// assert_eq!(
///     ResourceKind::ALL.map(ResourceKind::as_str),
///     ["client", "topic", "topicfilter", "thing", "rolealias"],
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ResourceKind {
    /// `client/<client id>`.
    Client,
    /// `topic/<topic name>`.
    Topic,
    /// `topicfilter/<topic filter>`.
    TopicFilter,
    /// `thing/<thing name>` or `thing/<thing name>/<shadow name>`.
    Thing,
    /// `rolealias/<role alias>`.
    RoleAlias,
}

impl ResourceKind {
    /// All types, in the order of the declaration.
    pub const ALL: [Self; 5] = [
        Self::Client,
        Self::Topic,
        Self::TopicFilter,
        Self::Thing,
        Self::RoleAlias,
    ];

    /// The word in an ARN.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Topic => "topic",
            Self::TopicFilter => "topicfilter",
            Self::Thing => "thing",
            Self::RoleAlias => "rolealias",
        }
    }

    /// Takes `client/`, `topic/`, ... off the sixth part of an ARN.
    pub(crate) fn strip(part: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|kind| {
            let name = part.strip_prefix(kind.as_str())?.strip_prefix('/')?;
            Some((kind, name))
        })
    }
}

/// The partition, Region and account that all resources of a broker are in: what precedes the
/// resource type in their ARNs.
///
/// Built once; every [`Context`](crate::Context) borrows it.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, ResourceKind};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// assert_eq!(scope.arn(ResourceKind::Client, "c1"), "arn:aws:iot:us-east-1:123456789012:client/c1");
/// assert_eq!(ArnScope::of_arn("arn:aws:iot:us-east-1:123456789012:thing/lamp"), Some(scope));
/// assert_eq!(ArnScope::of_arn("arn:aws:s3:::bucket"), None); // of another service
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArnScope {
    /// `arn:<partition>:iot:<region>:<account>:<type>/`, in the order of `ResourceKind::ALL`.
    heads: [Box<str>; 5],
    /// The length of the part before the type.
    prefix: usize,
}

impl ArnScope {
    /// The scope of a partition (`aws`, `aws-cn`, `aws-us-gov`), Region and account. A `:`, which
    /// no part of an ARN has, is left out.
    #[must_use]
    pub fn new(partition: &str, region: &str, account: &str) -> Self {
        let [partition, region, account] =
            [partition, region, account].map(|part| part.replace(':', ""));
        let prefix = format!("arn:{partition}:iot:{region}:{account}:");
        Self {
            heads: ResourceKind::ALL
                .map(|kind| format!("{prefix}{}/", kind.as_str()).into_boxed_str()),
            prefix: prefix.len(),
        }
    }

    /// Reads the first five parts of an ARN of AWS IoT, for instance of any resource of the broker.
    #[must_use]
    pub fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let (partition, service) = (parts.next()?, parts.next()?);
        let (region, account, _) = (parts.next()?, parts.next()?, parts.next()?);
        (service == "iot").then(|| Self::new(partition, region, account))
    }

    /// The ARN of a resource.
    #[must_use]
    pub fn arn(&self, kind: ResourceKind, name: &str) -> alloc::string::String {
        format!("{}{name}", self.head(kind))
    }

    pub(crate) fn head(&self, kind: ResourceKind) -> &str {
        let [client, topic, topic_filter, thing, role_alias] = &self.heads;
        match kind {
            ResourceKind::Client => client,
            ResourceKind::Topic => topic,
            ResourceKind::TopicFilter => topic_filter,
            ResourceKind::Thing => thing,
            ResourceKind::RoleAlias => role_alias,
        }
    }

    pub(crate) fn resource<'a>(&'a self, kind: ResourceKind, name: &'a str) -> Resource<'a> {
        Resource {
            kind: Some(kind),
            prefix: self.prefix,
            text: Text::new(self.head(kind), name),
        }
    }
}

/// The resource that a request is for.
///
/// # Examples
///
/// ```
/// use iot_policy::{Resource, ResourceKind};
///
/// let arn = "arn:aws:iot:us-east-1:123456789012:topicfilter/plant/+/temp";
/// let resource = Resource::from_arn(arn);
/// assert_eq!(resource.kind(), Some(ResourceKind::TopicFilter));
/// assert_eq!(resource.name(), "plant/+/temp"); // all behind the first `/`
/// assert_eq!(resource.to_string(), arn);
/// assert_eq!(Resource::from_arn("*").kind(), None);
/// ```
#[derive(Clone, Copy)]
pub struct Resource<'a> {
    /// `None` if the text is not an ARN with one of the known types.
    pub(crate) kind: Option<ResourceKind>,
    /// The length of `arn:<partition>:<service>:<region>:<account>:` in `text.head`.
    pub(crate) prefix: usize,
    pub(crate) text: Text<'a>,
}

impl<'a> Resource<'a> {
    /// Reads a whole ARN, or `*`. Any text is a resource; one that is not written as AWS IoT writes
    /// the ARN is matched by few patterns, those of a Deny included. For a resource of the broker
    /// itself, [`Request`](crate::Request) builds the right one.
    #[must_use]
    pub fn from_arn(arn: &'a str) -> Self {
        if let Some((prefix, part)) = split_arn(arn)
            && let Some((kind, name)) = ResourceKind::strip(part)
            && let Some((head, tail)) = arn.split_at_checked(arn.len() - name.len())
        {
            return Self {
                kind: Some(kind),
                prefix: prefix.len(),
                text: Text::new(head, tail),
            };
        }
        Self {
            kind: None,
            prefix: 0,
            text: Text::whole(arn),
        }
    }

    /// The type, if it is one that AWS IoT policies know.
    #[must_use]
    pub const fn kind(self) -> Option<ResourceKind> {
        self.kind
    }

    /// What follows the type: the topic name, topic filter, client id, ...; the whole text if the
    /// type is not known.
    #[must_use]
    pub const fn name(self) -> &'a str {
        self.text.tail
    }
}

impl PartialEq for Resource<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text.equals(other.text)
    }
}

impl Eq for Resource<'_> {}

impl fmt::Display for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.head)?;
        f.write_str(self.text.tail)
    }
}

impl fmt::Debug for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resource(\"{self}\")")
    }
}

/// Splits a pattern or an ARN behind its fifth colon.
pub(crate) fn split_arn(text: &str) -> Option<(&str, &str)> {
    let colon = memchr::memchr_iter(b':', text.as_bytes()).nth(4)?;
    text.split_at_checked(colon + 1)
}

/// The parts of a resource pattern. Variables stand behind the fifth colon only (IAM user guide,
/// "Variables and tags": in the resource element, in the resource part of the ARN).
pub(crate) fn resource_tokens(pattern: &str, variables: bool) -> impl Iterator<Item = Token<'_>> {
    let (prefix, part) = split_arn(pattern).unwrap_or((pattern, ""));
    let syntax = |variables| Syntax {
        wildcards: true,
        variables,
    };
    tokens(prefix, syntax(false)).chain(tokens(part, syntax(variables)))
}
