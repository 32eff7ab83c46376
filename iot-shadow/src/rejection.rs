//! Why a request is refused: the codes and texts of AWS IoT.

use alloc::string::String;

use thiserror::Error;

use crate::json::JsonError;

/// Why a request is refused. `Display` is the text that AWS IoT sends, where it is known (developer
/// guide, Device Shadow error messages); match on the variant or the code, never on the text.
///
/// # Examples
///
/// ```
/// use iot_shadow::Rejection;
///
/// let rejection = Rejection::TooDeep { max: 8 };
/// assert_eq!(rejection.code(), 400);
/// assert_eq!(rejection.http_error(), "InvalidRequestException");
/// assert_eq!(
///     rejection.to_string(),
///     "JSON contains too many levels of nesting; maximum is 8",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The name of the thing is not one.
    #[error("Invalid thing name")]
    ThingName,
    /// The name of the shadow is not one.
    #[error("Invalid shadow name")]
    ShadowName,
    /// The payload is not UTF-8.
    #[error("Unsupported documented encoding; supported encoding is UTF-8")]
    Encoding,
    /// The payload is not JSON.
    #[error("Invalid JSON")]
    Json(JsonError),
    /// The payload is no object, or has no `state`.
    #[error("Missing required node: state")]
    MissingState,
    /// `state` is neither object nor null.
    #[error("State node must be an object")]
    State,
    /// `desired` is neither object nor null.
    #[error("Desired node must be an object")]
    Desired,
    /// `reported` is neither object nor null.
    #[error("Reported node must be an object")]
    Reported,
    /// `version` is no whole number that is not negative.
    #[error("Invalid version")]
    Version,
    /// `clientToken` is no string, or of more than 64 bytes.
    #[error("Invalid clientToken")]
    ClientToken,
    /// A section is deeper than the profile allows.
    #[error("JSON contains too many levels of nesting; maximum is {max}")]
    TooDeep {
        /// Levels that are allowed.
        max: usize,
    },
    /// A member of `state` is neither `desired` nor `reported`.
    #[error("State contains an invalid node: '{name}'")]
    UnknownMember {
        /// Its key.
        name: String,
    },
    /// An array of a section holds null, itself or deeper.
    #[error("Invalid JSON")]
    NullInArray,
    /// The request names another version than the shadow has.
    #[error("Version conflict")]
    VersionConflict {
        /// The version of the request.
        requested: u64,
        /// The version of the shadow, 0 if there is none.
        current: u64,
    },
    /// The document would be larger than the profile allows.
    #[error("The payload exceeds the maximum size allowed")]
    TooLarge {
        /// What it would have, counted as [`Profile::max_document_bytes`] is.
        ///
        /// [`Profile::max_document_bytes`]: crate::Profile::max_document_bytes
        bytes: usize,
        /// Bytes that are allowed.
        max: usize,
    },
    /// There is no such shadow. A message of AWS IoT names it: see [`ShadowId`](crate::ShadowId).
    #[error("No shadow exists with that name")]
    NotFound,
    /// The page of a list is not of 1 to 100 names.
    #[error("Invalid page size")]
    PageSize,
    /// The token of a list is not one that the list gave, or is that of another thing.
    #[error("Invalid next token")]
    NextToken,
    /// The precondition that the caller set does not hold. AWS IoT has none but `version`.
    #[error("Precondition failed")]
    Precondition,
    /// Raised by the host: the request carries no valid credentials.
    #[error("Unauthorized")]
    Unauthorized,
    /// Raised by the host: a policy does not allow the request.
    #[error("Forbidden")]
    Forbidden,
    /// Raised by the host: there is no such thing.
    #[error("Thing not found")]
    ThingNotFound,
    /// HTTP with a method that the path does not have.
    #[error("Method not allowed")]
    MethodNotAllowed,
    /// Raised by the host: more than 10 requests of a connection wait for their answers.
    #[error("The Device Shadow service has received too many requests")]
    TooManyRequests,
    /// Raised by the host.
    #[error("Internal service failure")]
    InternalFailure,
    /// Raised by the host.
    #[error("Service unavailable")]
    ServiceUnavailable,
}

impl Rejection {
    /// The code of a rejected message, and the status of the HTTP answer.
    #[must_use]
    pub const fn code(&self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound | Self::ThingNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::VersionConflict { .. } => 409,
            Self::Precondition => 412,
            Self::TooLarge { .. } => 413,
            Self::Encoding => 415,
            Self::TooManyRequests => 429,
            Self::InternalFailure => 500,
            Self::ServiceUnavailable => 503,
            _ => 400,
        }
    }

    /// The name of the error in the HTTP interface (API model of the IoT data plane).
    #[must_use]
    pub const fn http_error(&self) -> &'static str {
        match self.code() {
            401 | 403 => "UnauthorizedException",
            404 => "ResourceNotFoundException",
            405 => "MethodNotAllowedException",
            409 | 412 => "ConflictException",
            413 => "RequestEntityTooLargeException",
            415 => "UnsupportedDocumentEncodingException",
            429 => "ThrottlingException",
            500 => "InternalFailureException",
            503 => "ServiceUnavailableException",
            _ => "InvalidRequestException",
        }
    }
}
