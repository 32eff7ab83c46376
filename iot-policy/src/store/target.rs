//! What a policy can be attached to.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

use iot_topics::{CertificateId, GroupName, IdentError, PolicyName};

use super::error::{InvalidRequest, StoreError};
use crate::resource::{ArnScope, ResourceKind};

/// What a policy is attached to (API reference, `AttachPolicy`, `target`).
///
/// # Examples
///
/// ```
/// use iot_policy::ArnScope;
/// use iot_policy::store::PolicyTarget;
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let arn = "arn:aws:iot:us-east-1:123456789012:thinggroup/room-7";
/// let target = PolicyTarget::parse(arn, &scope)?;
/// assert_eq!(target, PolicyTarget::ThingGroup("room-7".parse()?));
/// assert_eq!(target.to_text(&scope), arn);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PolicyTarget {
    /// An X.509 certificate.
    Certificate(CertificateId),
    /// An authenticated Amazon Cognito identity.
    CognitoIdentity(CognitoIdentityId),
    /// A static thing group; [`PolicyTarget::group`] refuses dynamic ones.
    ThingGroup(GroupName),
}

impl PolicyTarget {
    /// A thing group. Dynamic groups cannot hold policies (developer guide, "Dynamic thing
    /// groups").
    ///
    /// # Errors
    ///
    /// `InvalidRequestException` for a dynamic group.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::store::{GroupKind, PolicyTarget};
    ///
    /// let name: iot_topics::GroupName = "hot".parse().unwrap();
    /// assert!(PolicyTarget::group(name.clone(), GroupKind::Static).is_ok());
    /// let error = PolicyTarget::group(name, GroupKind::Dynamic).unwrap_err();
    /// assert_eq!(error.aws_name(), "InvalidRequestException");
    /// ```
    pub fn group(name: GroupName, kind: GroupKind) -> Result<Self, StoreError> {
        match kind {
            GroupKind::Static => Ok(Self::ThingGroup(name)),
            GroupKind::Dynamic => Err(StoreError::InvalidRequest(InvalidRequest::DynamicGroup(
                name,
            ))),
        }
    }

    /// Reads `arn:...:cert/<id>`, `arn:...:thinggroup/<name>` of this partition, Region and
    /// account, or `<region>:<id>` of a Cognito identity.
    ///
    /// # Errors
    ///
    /// `InvalidRequestException` for any other text.
    pub fn parse(text: &str, scope: &ArnScope) -> Result<Self, StoreError> {
        let target = match text.strip_prefix(prefix(scope)) {
            Some(rest) => in_account(rest),
            None => CognitoIdentityId::parse(text)
                .ok()
                .map(Self::CognitoIdentity),
        };
        target.ok_or_else(|| StoreError::InvalidRequest(InvalidRequest::Target(text.to_owned())))
    }

    /// The text that [`parse`](Self::parse) reads.
    #[must_use]
    pub fn to_text(&self, scope: &ArnScope) -> String {
        match self {
            Self::Certificate(id) => format!("{}cert/{id}", prefix(scope)),
            Self::CognitoIdentity(id) => id.as_str().to_owned(),
            Self::ThingGroup(name) => format!("{}thinggroup/{name}", prefix(scope)),
        }
    }
}

fn in_account(rest: &str) -> Option<PolicyTarget> {
    let (kind, name) = rest.split_once('/')?;
    match kind {
        "cert" => CertificateId::parse(name)
            .ok()
            .map(PolicyTarget::Certificate),
        "thinggroup" => GroupName::parse(name).ok().map(PolicyTarget::ThingGroup),
        _ => None,
    }
}

/// `arn:<partition>:iot:<region>:<account>:`.
fn prefix(scope: &ArnScope) -> &str {
    let head = scope.head(ResourceKind::Client);
    head.strip_suffix("client/").unwrap_or(head)
}

/// The ARN of a policy: `arn:<partition>:iot:<region>:<account>:policy/<name>`.
pub(crate) fn policy_arn(scope: &ArnScope, name: &PolicyName) -> String {
    format!("{}policy/{name}", prefix(scope))
}

impl fmt::Display for PolicyTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(id) => write!(f, "certificate `{id}`"),
            Self::CognitoIdentity(id) => write!(f, "Cognito identity `{id}`"),
            Self::ThingGroup(name) => write!(f, "thing group `{name}`"),
        }
    }
}

/// How the members of a thing group are found.
///
/// # Examples
///
/// ```
/// use iot_policy::store::{GroupKind, PolicyTarget};
/// use iot_topics::GroupName;
///
/// let room: GroupName = "room-7".parse()?;
/// let target = PolicyTarget::group(room.clone(), GroupKind::Static);
/// assert_eq!(target, Ok(PolicyTarget::ThingGroup(room.clone())));
/// assert!(PolicyTarget::group(room, GroupKind::Dynamic).is_err());
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a group is one or the other")]
pub enum GroupKind {
    /// Things are added one by one.
    Static,
    /// A query of the fleet index selects the things.
    Dynamic,
}

/// The id of an Amazon Cognito identity: `<region>:<id>`, at most 55 bytes (Amazon Cognito API
/// reference, `IdentityId`).
///
/// # Examples
///
/// ```
/// use iot_policy::store::CognitoIdentityId;
///
/// let id: CognitoIdentityId = "us-east-1:12345678-abcd-1234-abcd-1234567890ab".parse()?;
/// assert!(id.as_str().starts_with("us-east-1:"));
/// assert!(id.as_str().len() <= CognitoIdentityId::MAX_BYTES);
/// assert!("us-east-1".parse::<CognitoIdentityId>().is_err());
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CognitoIdentityId(String);

impl CognitoIdentityId {
    /// The most bytes of an id.
    pub const MAX_BYTES: usize = 55;

    /// Checks an id: letters, digits, `_` and `-`, a colon, then digits, `a` to `f` and `-`.
    ///
    /// # Errors
    ///
    /// [`IdentError`] when the length or a character is not allowed, or a part is missing.
    pub fn parse(text: &str) -> Result<Self, IdentError> {
        if text.len() > Self::MAX_BYTES {
            return Err(IdentError::TooLong {
                max: Self::MAX_BYTES,
                got: text.len(),
            });
        }
        let (region, id) = text.split_once(':').ok_or(IdentError::Empty)?;
        if region.is_empty() || id.is_empty() {
            return Err(IdentError::Empty);
        }
        let wrong = |(position, ch): &(usize, char)| match position.cmp(&region.len()) {
            core::cmp::Ordering::Less => !ch.is_ascii_alphanumeric() && !matches!(ch, '_' | '-'),
            core::cmp::Ordering::Equal => false,
            core::cmp::Ordering::Greater => !matches!(ch, '0'..='9' | 'a'..='f' | '-'),
        };
        match text.char_indices().find(wrong) {
            Some((position, ch)) => Err(IdentError::BadChar { ch, position }),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl core::str::FromStr for CognitoIdentityId {
    type Err = IdentError;

    fn from_str(text: &str) -> Result<Self, IdentError> {
        Self::parse(text)
    }
}

impl fmt::Display for CognitoIdentityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
