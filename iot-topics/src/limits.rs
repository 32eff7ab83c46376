//! How long a topic may be.

use crate::error::{TopicError, TopicErrorKind};

/// The limits that a topic name or a topic filter is checked against.
///
/// # Examples
///
/// ```
/// use iot_topics::{Limits, TopicNameRef};
///
/// let deep = "a/b/c/d/e/f/g/h/i"; // 8 slashes
/// assert!(TopicNameRef::parse(deep).is_err());
/// assert!(TopicNameRef::parse_with(deep, Limits::MQTT).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of UTF-8 that are counted.
    pub max_bytes: usize,
    /// The most slashes that are counted; `usize::MAX` for no limit.
    pub max_slashes: usize,
}

impl Limits {
    /// AWS IoT Core: 256 bytes, 7 slashes ("AWS IoT Core endpoints and quotas"). The three levels
    /// `$aws/rules/<rule>/` of Basic Ingest and the two levels `$share/<group>/` are not counted,
    /// and the topics of the reserved catalogue are exempt from the slash limit.
    pub const AWS_IOT: Self = Self {
        max_bytes: 256,
        max_slashes: 7,
    };

    /// The MQTT protocol: 65,535 bytes, any number of slashes (MQTT 5.0, 4.7.3).
    pub const MQTT: Self = Self {
        max_bytes: 65_535,
        max_slashes: usize::MAX,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::AWS_IOT
    }
}

/// Counts the bytes and slashes of a name, or of a filter without its `$share/<group>/`.
pub(crate) fn check(text: &str, limits: Limits) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::new(TopicErrorKind::Empty, 0));
    }
    if text.len() > limits.max_bytes {
        let kind = TopicErrorKind::TooLong {
            max: limits.max_bytes,
            got: text.len(),
        };
        return Err(TopicError::new(kind, limits.max_bytes));
    }
    let slashes = text.bytes().filter(|byte| *byte == b'/').count();
    if slashes > limits.max_slashes {
        let kind = TopicErrorKind::TooManySlashes {
            max: limits.max_slashes,
            got: slashes,
        };
        return Err(TopicError::new(kind, 0));
    }
    Ok(())
}
