//! What is wrong with a JSON text.

use thiserror::Error;

/// Why a text is not JSON, and where.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, JsonErrorKind};
///
/// let error = Json::parse(br#"{"on":NaN}"#).unwrap_err();
/// assert_eq!(error.kind(), JsonErrorKind::Syntax);
/// assert_eq!(error.to_string(), "no JSON stands here at byte 6");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{kind} at byte {position}")]
pub struct JsonError {
    kind: JsonErrorKind,
    position: usize,
}

/// What is wrong with a JSON text.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, JsonErrorKind};
///
/// for (text, kind) in [
///     (&b"\xff"[..], JsonErrorKind::NotUtf8),
///     (b"[1", JsonErrorKind::End),
///     (b"[1,]", JsonErrorKind::Syntax),
///     (b"{} {}", JsonErrorKind::Trailing),
///     (br#""\x""#, JsonErrorKind::String),
///     (br#""\ud800""#, JsonErrorKind::Surrogate),
///     (b"1e999", JsonErrorKind::Number),
/// ] {
///     assert_eq!(Json::parse(text).map_err(|error| error.kind()), Err(kind));
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The bytes are not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
    /// The text ends too early.
    #[error("text ends in the middle of a value")]
    End,
    /// A character that JSON does not have in this place, a byte order mark among them.
    #[error("no JSON stands here")]
    Syntax,
    /// More text behind the value.
    #[error("text goes on behind the value")]
    Trailing,
    /// A control character in a string, or a backslash with something that it does not escape.
    #[error("string has a control character or a wrong escape")]
    String,
    /// Half of a surrogate pair as an escape.
    #[error("string has half of a surrogate pair")]
    Surrogate,
    /// A number that is too large for a double.
    #[error("number is too large")]
    Number,
    /// More than 127 nested arrays and objects.
    #[error("more than 127 arrays and objects are nested")]
    Nesting,
    /// More than 16 MiB of text.
    #[error("text is longer than 16 MiB")]
    TooLong,
}

impl JsonError {
    pub(super) const fn new(kind: JsonErrorKind, position: usize) -> Self {
        Self { kind, position }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// The byte at which it is wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = iot_shadow::Json::parse(br#"{"on":tru}"#).unwrap_err();
    /// assert_eq!(error.position(), 6);
    /// ```
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }
}
