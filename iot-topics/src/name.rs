//! Topic names: what a message is published to.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::error::{TopicError, TopicErrorKind};
use crate::limits::Limits;

/// A legal topic name, borrowed. `Copy`, the size of a `&str`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicNameRef<'a>(&'a str);

impl<'a> TopicNameRef<'a> {
    /// Checks `text` against the rules for topic names and [`Limits::AWS_IOT`].
    ///
    /// # Errors
    ///
    /// [`TopicError`] when `text` is empty, too long, too deep, or holds a wildcard or U+0000.
    pub fn parse(text: &'a str) -> Result<Self, TopicError> {
        Self::parse_with(text, Limits::AWS_IOT)
    }

    /// Checks `text` against the rules for topic names and the given limits.
    ///
    /// # Errors
    ///
    /// As [`TopicNameRef::parse`].
    pub fn parse_with(text: &'a str, limits: Limits) -> Result<Self, TopicError> {
        for (position, byte) in text.bytes().enumerate() {
            match byte {
                b'+' | b'#' => {
                    return Err(TopicError::new(TopicErrorKind::WildcardInName, position));
                }
                0 => return Err(TopicError::new(TopicErrorKind::Nul, position)),
                _ => {}
            }
        }
        crate::limits::check(text, limits)?;
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// The levels, empty ones too.
    #[must_use]
    pub fn levels(self) -> Levels<'a> {
        Levels(self.0.split('/'))
    }

    /// Whether the name starts with `$`.
    #[must_use]
    pub fn is_reserved(self) -> bool {
        self.0.starts_with('$')
    }

    /// An owned copy.
    #[must_use]
    pub fn to_owned(self) -> TopicName {
        TopicName(self.0.to_owned())
    }
}

/// A legal topic name, owned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicName(String);

impl TopicName {
    /// The borrowed view.
    #[must_use]
    pub fn as_ref(&self) -> TopicNameRef<'_> {
        TopicNameRef(&self.0)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TopicName {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, TopicError> {
        TopicNameRef::parse(text).map(TopicNameRef::to_owned)
    }
}

impl fmt::Display for TopicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for TopicNameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The levels of a topic name, in order.
#[derive(Clone, Debug)]
pub struct Levels<'a>(core::str::Split<'a, char>);

impl<'a> Iterator for Levels<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.0.next()
    }
}
