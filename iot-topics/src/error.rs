//! Why a topic name or a topic filter is refused.

use core::fmt;

/// A topic name or topic filter that is not legal, with the byte at which the rule was broken.
///
/// # Examples
///
/// ```
/// use iot_topics::{TopicErrorKind, TopicFilterRef};
///
/// let error = TopicFilterRef::parse("a/#/b").unwrap_err();
/// assert_eq!(error.kind(), TopicErrorKind::MisplacedHash);
/// assert_eq!(error.position(), 2);
/// assert_eq!(error.to_string(), "`#` is not the last, whole level at byte 2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TopicError {
    kind: TopicErrorKind,
    position: usize,
}

impl TopicError {
    pub(crate) const fn new(kind: TopicErrorKind, position: usize) -> Self {
        Self { kind, position }
    }

    /// The same error, seen from a text that has `bytes` more in front.
    pub(crate) const fn shifted(self, bytes: usize) -> Self {
        Self::new(self.kind, self.position + bytes)
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn kind(&self) -> TopicErrorKind {
        self.kind
    }

    /// The byte at which it was broken, from the start of the whole text (of `$share/...` too).
    /// It is the length of the text where something is missing at its end.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for TopicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.position)
    }
}

impl core::error::Error for TopicError {}

/// The rules that a topic name or a topic filter can break.
///
/// # Examples
///
/// ```
/// use iot_topics::{TopicErrorKind, TopicNameRef};
///
/// let error = TopicNameRef::parse("a/b/c/d/e/f/g/h/i").unwrap_err();
/// assert_eq!(error.kind(), TopicErrorKind::TooManySlashes { max: 7, got: 8 });
/// assert_eq!(error.position(), 15); // the eighth slash
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TopicErrorKind {
    /// The text has no byte.
    #[error("the text is empty")]
    Empty,
    /// More bytes than the limit.
    #[error("{got} bytes exceed the limit of {max}")]
    TooLong {
        /// The limit in bytes.
        max: usize,
        /// The bytes that were counted.
        got: usize,
    },
    /// More slashes than the limit.
    #[error("{got} slashes exceed the limit of {max}")]
    TooManySlashes {
        /// The limit.
        max: usize,
        /// The slashes that were counted.
        got: usize,
    },
    /// U+0000, which MQTT forbids.
    #[error("U+0000 is not allowed")]
    Nul,
    /// `+` or `#` in a topic name.
    #[error("a topic name has no wildcard")]
    WildcardInName,
    /// `#` that is not the last, whole level.
    #[error("`#` is not the last, whole level")]
    MisplacedHash,
    /// `+` that is not a whole level.
    #[error("`+` is not a whole level")]
    MisplacedPlus,
    /// `$share` without a share name.
    #[error("`$share` needs a share name")]
    ShareNoGroup,
    /// A share name that is longer than the limit or has a wildcard.
    #[error("the share name is too long or has a wildcard")]
    ShareBadGroup,
    /// `$share/<group>` without a topic filter behind it.
    #[error("`$share/<group>` needs a topic filter")]
    ShareNoFilter,
    /// A topic that starts with `$` and is not in the catalogue.
    #[error("no such reserved topic")]
    ReservedUnknown,
    /// A reserved topic that clients do not publish to.
    #[error("clients may not publish to this reserved topic")]
    ReservedNotPublishable,
    /// A reserved topic that clients do not subscribe to.
    #[error("clients may not subscribe to this reserved topic")]
    ReservedNotSubscribable,
    /// RETAIN on a reserved topic.
    #[error("a message on a reserved topic is never retained")]
    RetainOnReserved,
}
