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
    /// There is a job template of that id.
    Conflict,
    /// A placeholder of the job document is not known, breaks a rule, or has nothing to stand for.
    InvalidJobDocument,
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
            Self::Conflict => "ConflictException",
            Self::InvalidJobDocument => "InvalidJobDocumentException",
        }
    }

    /// The status of the HTTP response, as in the API reference.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::InvalidJobDocument => 400,
            Self::ResourceNotFound => 404,
            Self::ResourceAlreadyExists
            | Self::InvalidStateTransition
            | Self::VersionConflict
            | Self::Conflict => 409,
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
/// assert_eq!(RejectCode::TerminalStateReached.http_status(), 410);
/// assert_eq!(RejectCode::TerminalStateReached.http_error(), "TerminalStateException");
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
    /// Raised by the host: too many requests.
    RequestThrottled,
    /// Raised by the host: it cannot answer now.
    InternalError,
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
            Self::RequestThrottled => "RequestThrottled",
            Self::InternalError => "InternalError",
        }
    }

    /// The status of the HTTP response to the same request (API reference of the jobs data plane).
    /// A mismatch of versions is an invalid request there.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        self.http().0
    }

    /// The name of the exception in that response.
    #[must_use]
    pub const fn http_error(self) -> &'static str {
        self.http().1
    }

    const fn http(self) -> (u16, &'static str) {
        match self {
            Self::InvalidTopic
            | Self::InvalidJson
            | Self::InvalidRequest
            | Self::VersionMismatch => (400, "InvalidRequestException"),
            Self::ResourceNotFound => (404, "ResourceNotFoundException"),
            Self::InvalidStateTransition => (409, "InvalidStateTransitionException"),
            Self::TerminalStateReached => (410, "TerminalStateException"),
            Self::RequestThrottled => (429, "ThrottlingException"),
            Self::InternalError => (503, "ServiceUnavailableException"),
        }
    }
}
