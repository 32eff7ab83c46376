//! Topic names: what a message is published to.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::iter::FusedIterator;

use crate::error::{TopicError, TopicErrorKind};
use crate::limits::{self, Limits};
use crate::text::text_conversions;

/// A legal topic name, borrowed. `Copy`, the size of a `&str`.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
///
/// let name = TopicNameRef::parse("plant/7//temperature")?;
/// assert_eq!(name.levels().collect::<Vec<_>>(), ["plant", "7", "", "temperature"]);
/// assert_eq!(name.as_str(), "plant/7//temperature");
/// assert!(!name.is_reserved() && TopicNameRef::parse("$aws/rules/store")?.is_reserved());
/// assert_eq!(name.to_owned().as_name_ref(), name);
/// assert!(TopicNameRef::parse("plant/+").is_err());
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicNameRef<'a>(&'a str);

impl<'a> TopicNameRef<'a> {
    /// Checks `text` against the rules for topic names and [`Limits::AWS_IOT`].
    ///
    /// Whether a name that starts with `$` is one that AWS IoT Core knows is not asked here.
    ///
    /// # Errors
    ///
    /// The first that applies, in this order: the text is empty ([`TopicErrorKind::Empty`]) or
    /// longer than the protocol can carry ([`TopicErrorKind::TooLong`]); the first byte that is a
    /// wildcard or U+0000 ([`TopicErrorKind::WildcardInName`], [`TopicErrorKind::Nul`]); more bytes
    /// or slashes than the limits ([`TopicErrorKind::TooLong`],
    /// [`TopicErrorKind::TooManySlashes`]), in which `$aws/rules/<rule>/` does not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{TopicErrorKind, TopicNameRef};
    ///
    /// let error = TopicNameRef::parse("plant/#").unwrap_err();
    /// assert_eq!((error.kind(), error.position()), (TopicErrorKind::WildcardInName, 6));
    /// // Bytes count, not characters.
    /// assert!(TopicNameRef::parse(&"a".repeat(256)).is_ok());
    /// assert!(TopicNameRef::parse(&"é".repeat(129)).is_err());
    /// ```
    pub fn parse(text: &'a str) -> Result<Self, TopicError> {
        Self::parse_with(text, Limits::AWS_IOT)
    }

    /// Checks `text` against the rules for topic names and the given limits.
    ///
    /// # Errors
    ///
    /// As [`TopicNameRef::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{Limits, TopicNameRef};
    ///
    /// let long = "a".repeat(257);
    /// assert!(TopicNameRef::parse(&long).is_err());
    /// assert!(TopicNameRef::parse_with(&long, Limits::MQTT).is_ok());
    /// ```
    pub fn parse_with(text: &'a str, limits: Limits) -> Result<Self, TopicError> {
        limits::check_protocol(text)?;
        for (position, byte) in text.bytes().enumerate() {
            let kind = match byte {
                b'+' | b'#' => TopicErrorKind::WildcardInName,
                0 => TopicErrorKind::Nul,
                _ => continue,
            };
            return Err(TopicError::new(kind, position));
        }
        limits::check(text, limits::basic_ingest_prefix(text), limits)?;
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// The levels, empty ones too; there is always one.
    #[must_use]
    pub fn levels(self) -> Levels<'a> {
        Levels(self.0.split('/'))
    }

    /// Whether the name starts with `$`.
    #[must_use]
    pub const fn is_reserved(self) -> bool {
        matches!(self.0.as_bytes(), [b'$', ..])
    }

    /// An owned copy.
    #[must_use]
    pub fn to_owned(self) -> TopicName {
        TopicName(self.0.to_owned())
    }
}

impl<'a> TryFrom<&'a str> for TopicNameRef<'a> {
    type Error = TopicError;

    fn try_from(text: &'a str) -> Result<Self, TopicError> {
        Self::parse(text)
    }
}

impl<'a> From<&'a TopicName> for TopicNameRef<'a> {
    fn from(name: &'a TopicName) -> Self {
        name.as_name_ref()
    }
}

impl<'a> From<TopicNameRef<'a>> for &'a str {
    fn from(name: TopicNameRef<'a>) -> Self {
        name.0
    }
}

impl AsRef<str> for TopicNameRef<'_> {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl fmt::Display for TopicNameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for TopicNameRef<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

/// A legal topic name, owned.
///
/// The conversions from text, serde's too, check it against [`Limits::AWS_IOT`]. So they refuse
/// the text of some values that were made otherwise: by [`TopicNameRef::parse_with`] under other
/// limits, or by [`ReservedTopic::to_topic_name`](crate::reserved::ReservedTopic::to_topic_name)
/// from two long identifiers, which makes names of events with more than 256 bytes.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicName;
///
/// let name: TopicName = "plant/7/temperature".parse()?;
/// assert_eq!(name.as_name_ref().levels().count(), 3);
/// assert_eq!(name.as_str(), "plant/7/temperature");
/// assert_eq!(String::from(name), "plant/7/temperature");
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicName(String);

impl TopicName {
    /// The borrowed view.
    #[must_use]
    pub const fn as_name_ref(&self) -> TopicNameRef<'_> {
        TopicNameRef(self.0.as_str())
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<&str> for TopicName {
    type Error = TopicError;

    fn try_from(text: &str) -> Result<Self, TopicError> {
        TopicNameRef::parse(text).map(TopicNameRef::to_owned)
    }
}

impl TryFrom<String> for TopicName {
    type Error = TopicError;

    fn try_from(text: String) -> Result<Self, TopicError> {
        TopicNameRef::parse(&text)?;
        Ok(Self(text))
    }
}

impl From<TopicNameRef<'_>> for TopicName {
    fn from(name: TopicNameRef<'_>) -> Self {
        name.to_owned()
    }
}

impl From<TopicName> for String {
    fn from(name: TopicName) -> Self {
        name.0
    }
}

text_conversions!(TopicName, TopicError);

/// The levels of a topic name, in order; made by [`TopicNameRef::levels`].
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
///
/// let mut levels = TopicNameRef::parse("/a")?.levels();
/// assert_eq!(levels.next(), Some(""));
/// assert_eq!(levels.next(), Some("a"));
/// assert_eq!(levels.next(), None);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Levels<'a>(core::str::Split<'a, char>);

impl<'a> Iterator for Levels<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.0.next()
    }
}

impl FusedIterator for Levels<'_> {}
