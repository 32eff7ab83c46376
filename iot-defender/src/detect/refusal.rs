//! Why Detect refuses a request.

use alloc::string::String;

use super::behavior::validation::BehaviorError;
use super::dimension::DimensionError;
use super::metric::MetricError;
use super::name::{NameError, ProfileName};
use crate::paging::ForeignToken;
use crate::question::Malformed;

/// Why AWS IoT refuses a request about profiles, targets, metrics, dimensions or violations.
/// [`exception`](Self::exception) has the name that the API gives the refusal.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::DetectError;
///
/// let error = DetectError::VersionConflict { expected: 1, current: 2 };
/// assert_eq!(error.exception(), "VersionConflictException");
/// assert_eq!(error.to_string(), "version 1 is expected, 2 is current");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// A behavior breaks a rule.
    #[error(transparent)]
    Behavior(#[from] BehaviorError),
    /// A name is not allowed.
    #[error(transparent)]
    Name(#[from] NameError),
    /// There is no such metric, or none can have that name.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// A dimension breaks a rule.
    #[error(transparent)]
    Dimension(#[from] DimensionError),
    /// A member that is missing, not of its type or too long; or a token that the list did not give
    /// out.
    #[error("{0}: not in its form")]
    Member(&'static str),
    /// A text that is too long or has control characters.
    #[error("{0}: too long, or with a control character")]
    Text(&'static str),
    /// A member that is to be set and deleted at once.
    #[error("{0}: set and deleted at once")]
    SetAndDeleted(&'static str),
    /// A text that is no ARN of a target of security profiles.
    #[error("`{0}` is no target of security profiles")]
    Target(String),
    /// There is one of that name already.
    #[error("there is `{0}` already")]
    Exists(String),
    /// There is none of that name.
    #[error("there is no `{0}`")]
    NotFound(String),
    /// A profile names what is to be deleted.
    #[error("the security profile `{0}` names it")]
    Referenced(ProfileName),
    /// There are as many as there may be.
    #[error("there are {0} already")]
    Limit(&'static str),
    /// More behaviors or elements than a profile may have.
    #[error("{found} {what}, the limit is {max}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        max: usize,
    },
    /// The profile has another version.
    #[error("version {expected} is expected, {current} is current")]
    VersionConflict {
        /// The version that the request expects.
        expected: u64,
        /// The version that the profile has.
        current: u64,
    },
}

impl DetectError {
    /// The name of the error in the API: `VersionConflictException`, `ResourceNotFoundException`,
    /// `ResourceAlreadyExistsException`, `LimitExceededException`, or else
    /// `InvalidRequestException`.
    #[must_use]
    pub const fn exception(&self) -> &'static str {
        match self {
            Self::VersionConflict { .. } => "VersionConflictException",
            Self::NotFound(_) => "ResourceNotFoundException",
            Self::Exists(_) => "ResourceAlreadyExistsException",
            Self::Limit(_) => "LimitExceededException",
            _ => "InvalidRequestException",
        }
    }
}

impl From<Malformed> for DetectError {
    fn from(Malformed(member): Malformed) -> Self {
        Self::Member(member)
    }
}

impl From<ForeignToken> for DetectError {
    fn from(ForeignToken: ForeignToken) -> Self {
        Self::Member("nextToken")
    }
}
