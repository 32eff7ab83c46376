//! Why the store refuses a call, as AWS names it.

use alloc::string::String;

use iot_topics::{GroupName, PolicyName, Timestamp};

use super::target::PolicyTarget;
use super::version::PolicyVersionId;
use crate::error::PolicyError;

/// A call that AWS IoT would refuse. The store is then as it was before the call.
///
/// # Examples
///
/// ```
/// use iot_policy::store::PolicyStore;
/// use iot_topics::Timestamp;
///
/// let mut store = PolicyStore::default();
/// let name = "Sensors".parse().unwrap();
/// let error = store.create_policy(&name, "{}", Timestamp::default()).unwrap_err();
/// assert_eq!(error.aws_name(), "MalformedPolicyException");
/// assert_eq!(error.http_status(), 400);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The document is not a policy, or too long.
    #[error("the policy document is malformed: {0}")]
    MalformedPolicy(#[source] PolicyError),
    /// A policy of that name exists, whatever its document.
    #[error("policy `{0}` exists already")]
    ResourceAlreadyExists(PolicyName),
    /// No policy of that name, or no version of that id.
    #[error("policy `{policy}`{} does not exist", .version.map(|id| alloc::format!(" version {id}")).unwrap_or_default())]
    ResourceNotFound {
        /// The policy that was named.
        policy: PolicyName,
        /// The version that the policy lacks; none if there is no such policy.
        version: Option<PolicyVersionId>,
    },
    /// The policy has as many versions as it may have.
    #[error("policy `{policy}` has {max} versions already")]
    VersionsLimitExceeded {
        /// The policy.
        policy: PolicyName,
        /// The limit.
        max: usize,
    },
    /// The target has as many policies as it may have.
    #[error("{target} has {max} policies already")]
    LimitExceeded {
        /// The certificate, identity or group.
        target: PolicyTarget,
        /// The limit.
        max: usize,
    },
    /// The policy or the version is in use.
    #[error("policy `{policy}` cannot be deleted: {reason}")]
    DeleteConflict {
        /// The policy.
        policy: PolicyName,
        /// What stands in the way.
        reason: DeleteConflict,
    },
    /// The call makes no sense.
    #[error("{0}")]
    InvalidRequest(InvalidRequest),
}

impl StoreError {
    /// The name of the exception in the API model.
    #[must_use]
    pub const fn aws_name(&self) -> &'static str {
        match self {
            Self::MalformedPolicy(_) => "MalformedPolicyException",
            Self::ResourceAlreadyExists(_) => "ResourceAlreadyExistsException",
            Self::ResourceNotFound { .. } => "ResourceNotFoundException",
            Self::VersionsLimitExceeded { .. } => "VersionsLimitExceededException",
            Self::LimitExceeded { .. } => "LimitExceededException",
            Self::DeleteConflict { .. } => "DeleteConflictException",
            Self::InvalidRequest(_) => "InvalidRequestException",
        }
    }

    /// The status code of the HTTP answer, from the API model.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::MalformedPolicy(_) | Self::InvalidRequest(_) => 400,
            Self::ResourceNotFound { .. } => 404,
            Self::ResourceAlreadyExists(_)
            | Self::VersionsLimitExceeded { .. }
            | Self::DeleteConflict { .. } => 409,
            Self::LimitExceeded { .. } => 410,
        }
    }
}

/// What a deletion is refused for (API reference, `DeletePolicy` and `DeletePolicyVersion`).
///
/// # Examples
///
/// ```
/// use iot_policy::store::{DeleteConflict, PolicyStore, PolicyVersionId, StoreError};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut store = PolicyStore::default();
/// let name = "Sensors".parse()?;
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&name, text, now)?;
/// let first = PolicyVersionId::FIRST;
/// let error = store.delete_version(&name, first, now).unwrap_err();
/// let reason = DeleteConflict::DefaultVersion(first);
/// assert_eq!(error, StoreError::DeleteConflict { policy: name.clone(), reason });
///
/// let second = store.create_version(&name, text, true, now)?;
/// let error = store.delete_policy(&name, now).unwrap_err();
/// let reason = DeleteConflict::OtherVersions;
/// assert_eq!(error, StoreError::DeleteConflict { policy: name.clone(), reason });
/// store.delete_version(&name, first, now)?; // no longer the default
/// store.delete_policy(&name, now)?; // the second goes with the policy
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DeleteConflict {
    /// The version is the default one, which goes with the policy alone.
    #[error("version {0} is the default version")]
    DefaultVersion(PolicyVersionId),
    /// The policy has versions besides the default one.
    #[error("it has versions besides the default version")]
    OtherVersions,
    /// The policy is attached to something.
    #[error("it is attached")]
    Attached,
    /// The last detachment has not settled, see
    /// [`detach_settling`](super::StoreLimits::detach_settling).
    #[error("it was detached a moment ago")]
    Detaching {
        /// From when on the policy can be deleted.
        until: Timestamp,
    },
}

/// What makes a call senseless.
///
/// # Examples
///
/// ```
/// use iot_policy::ArnScope;
/// use iot_policy::store::{InvalidRequest, PolicyTarget, StoreError};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let thing = "arn:aws:iot:us-east-1:123456789012:thing/lamp"; // things have no policies
/// let error = PolicyTarget::parse(thing, &scope).unwrap_err();
/// assert_eq!(error, StoreError::InvalidRequest(InvalidRequest::Target(thing.into())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// A dynamic thing group cannot hold policies.
    #[error("thing group `{0}` is dynamic and cannot hold policies")]
    DynamicGroup(GroupName),
    /// Not a certificate, group or identity of the account.
    #[error("`{}` is not a target for policies", .0.escape_debug())]
    Target(String),
}
