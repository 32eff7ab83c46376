//! How a request is refused, on the control plane and on the device plane.

use alloc::string::String;

/// Why a call of the control plane is refused.
///
/// # Examples
///
/// ```
/// use iot_jobs::ApiErrorKind;
///
/// let kind = ApiErrorKind::ResourceNotFound;
/// assert_eq!((kind.as_str(), kind.http_status()), ("ResourceNotFoundException", 404));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// A member of the request is wrong, or the job is not in a state for it.
    InvalidRequest,
    /// No such job, execution, thing or group.
    ResourceNotFound,
    /// There is a job of that id.
    ResourceAlreadyExists,
    /// A limit of the service.
    LimitExceeded,
    /// The state of the job or execution does not allow it.
    InvalidStateTransition,
    /// The execution is not at the expected version.
    VersionConflict,
}

impl ApiErrorKind {
    /// The name of the exception, as in the API reference.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "InvalidRequestException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::ResourceAlreadyExists => "ResourceAlreadyExistsException",
            Self::LimitExceeded => "LimitExceededException",
            Self::InvalidStateTransition => "InvalidStateTransitionException",
            Self::VersionConflict => "VersionConflictException",
        }
    }

    /// The status of the HTTP response, as in the API reference.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::ResourceNotFound => 404,
            Self::ResourceAlreadyExists | Self::InvalidStateTransition | Self::VersionConflict => {
                409
            }
            Self::LimitExceeded => 410,
        }
    }
}

/// A refused call of the control plane. Nothing has changed by it.
///
/// # Examples
///
/// ```
/// use iot_jobs::{ApiErrorKind, Engine, NoWorld, Operation};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let mut engine = Engine::new("us-east-1", "123456789012");
/// let arguments = json!({"jobId": "fw-2"});
/// let describe = Operation::Control { api: "DescribeJob", arguments: &arguments };
/// let error = engine.apply(describe, &NoWorld, &mut (), Timestamp::from_secs(1)).unwrap_err();
/// assert_eq!(error.kind(), ApiErrorKind::ResourceNotFound);
/// assert_eq!(error.to_string(), "ResourceNotFoundException: no job `fw-2`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", .kind.as_str())]
pub struct ApiError {
    kind: ApiErrorKind,
    message: String,
}

impl ApiError {
    pub(crate) fn new(kind: ApiErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ApiErrorKind::InvalidRequest, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(ApiErrorKind::ResourceNotFound, message)
    }

    /// Which exception it is.
    #[must_use]
    pub const fn kind(&self) -> ApiErrorKind {
        self.kind
    }

    /// What is wrong, for people.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{ApiErrorKind, Engine, NoWorld, Operation};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let job = json!({"jobId": "a b"});
    /// let create = Operation::Control { api: "CreateJob", arguments: &job };
    /// let error = engine.apply(create, &NoWorld, &mut (), Timestamp::default()).unwrap_err();
    /// assert_eq!(error.kind(), ApiErrorKind::InvalidRequest);
    /// assert!(error.message().contains("jobId"), "{}", error.message());
    /// ```
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// The code in the answer to a refused request of a device (developer guide, Jobs device MQTT
/// API operations, ErrorCode).
///
/// # Examples
///
/// ```
/// use iot_jobs::RejectCode;
///
/// assert_eq!(RejectCode::VersionMismatch.as_str(), "VersionMismatch");
/// assert_eq!(RejectCode::TerminalStateReached.http_status(), Some(410));
/// assert_eq!(RejectCode::InvalidTopic.http_status(), None); // of MQTT only
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RejectCode {
    /// A topic of jobs that stands for no request.
    InvalidTopic,
    /// Not a JSON object.
    InvalidJson,
    /// A member of the request is wrong.
    InvalidRequest,
    /// No such execution.
    ResourceNotFound,
    /// The execution is not at the expected version.
    VersionMismatch,
    /// The state of the execution does not allow it.
    InvalidStateTransition,
    /// The described execution has ended.
    TerminalStateReached,
}

impl RejectCode {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidTopic => "InvalidTopic",
            Self::InvalidJson => "InvalidJson",
            Self::InvalidRequest => "InvalidRequest",
            Self::ResourceNotFound => "ResourceNotFound",
            Self::VersionMismatch => "VersionMismatch",
            Self::InvalidStateTransition => "InvalidStateTransition",
            Self::TerminalStateReached => "TerminalStateReached",
        }
    }

    /// The status of the HTTP response to the same request; `None` where HTTP has no such case.
    #[must_use]
    pub const fn http_status(self) -> Option<u16> {
        match self {
            Self::InvalidTopic | Self::InvalidJson => None,
            Self::InvalidRequest | Self::VersionMismatch => Some(400),
            Self::ResourceNotFound => Some(404),
            Self::InvalidStateTransition => Some(409),
            Self::TerminalStateReached => Some(410),
        }
    }
}
