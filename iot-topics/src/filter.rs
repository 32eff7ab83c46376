//! Topic filters: what a client subscribes to.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::error::{TopicError, TopicErrorKind};
use crate::limits::Limits;
use crate::name::TopicNameRef;

/// Which rule for `#` applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "two published rules, callers choose one"
)]
pub enum MatchMode {
    /// AWS IoT Core: `#` takes one or more levels, so `a/#` does not take `a`.
    #[default]
    Aws,
    /// MQTT 5.0, 4.7.1.2: `#` takes zero or more levels, so `a/#` takes `a`.
    Mqtt,
}

/// A legal topic filter, borrowed; a shared one keeps its `$share/<group>/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicFilterRef<'a> {
    text: &'a str,
    /// Where the filter behind `$share/<group>/` starts; 0 in an ordinary filter.
    start: usize,
}

impl<'a> TopicFilterRef<'a> {
    /// Checks `text` against the rules for topic filters and [`Limits::AWS_IOT`].
    ///
    /// # Errors
    ///
    /// [`TopicError`] for an empty or over-long text, a misplaced wildcard, U+0000, or a
    /// `$share` prefix that is not complete.
    pub fn parse(text: &'a str) -> Result<Self, TopicError> {
        Self::parse_with(text, Limits::AWS_IOT)
    }

    /// Checks `text` against the rules for topic filters and the given limits.
    ///
    /// # Errors
    ///
    /// As [`TopicFilterRef::parse`].
    pub fn parse_with(text: &'a str, limits: Limits) -> Result<Self, TopicError> {
        let filter = Self { text, start: 0 };
        let mut at = 0;
        for level in text.split('/') {
            match level.find(['+', '#']) {
                None => {}
                Some(_) if level == "+" => {}
                Some(_) if level == "#" && at + 1 == text.len() => {}
                Some(offset) => {
                    let kind = if level.as_bytes().get(offset) == Some(&b'+') {
                        TopicErrorKind::MisplacedPlus
                    } else {
                        TopicErrorKind::MisplacedHash
                    };
                    return Err(TopicError::new(kind, at + offset));
                }
            }
            at += level.len() + 1;
        }
        crate::limits::check(text, limits)?;
        Ok(filter)
    }

    /// The whole text, as the client sent it.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.text
    }

    /// The filter itself, without `$share/<group>/`.
    #[must_use]
    pub fn filter_part(self) -> &'a str {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// Whether the filter takes the name, by the rule of AWS IoT Core.
    #[must_use]
    pub fn matches(self, name: TopicNameRef<'_>) -> bool {
        self.matches_with(name, MatchMode::Aws)
    }

    /// Whether the filter takes the name.
    #[must_use]
    pub fn matches_with(self, name: TopicNameRef<'_>, mode: MatchMode) -> bool {
        let filter = self.filter_part();
        if name.is_reserved() && filter.starts_with(['+', '#']) {
            return false;
        }
        let mut names = name.levels();
        let mut levels = filter.split('/').peekable();
        while let Some(level) = levels.next() {
            if level == "#" {
                return names.next().is_some() || mode == MatchMode::Mqtt;
            }
            match names.next() {
                Some(name) if level == "+" || level == name => {}
                Some(_) => return false,
                None => return false,
            }
            if mode == MatchMode::Mqtt
                && levels.peek() == Some(&"#")
                && names.clone().next().is_none()
            {
                return true;
            }
        }
        names.next().is_none()
    }

    /// The levels of the filter itself.
    #[must_use]
    pub fn levels(self) -> FilterLevels<'a> {
        FilterLevels(self.filter_part().split('/'))
    }

    /// Whether the filter itself holds `+` or `#`.
    #[must_use]
    pub fn has_wildcard(self) -> bool {
        self.filter_part().contains(['+', '#'])
    }

    /// An owned copy.
    #[must_use]
    pub fn to_owned(self) -> TopicFilter {
        TopicFilter {
            text: self.text.to_owned(),
            start: self.start,
        }
    }
}

/// A legal topic filter, owned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicFilter {
    text: String,
    start: usize,
}

impl TopicFilter {
    /// The borrowed view.
    #[must_use]
    pub fn as_ref(&self) -> TopicFilterRef<'_> {
        TopicFilterRef {
            text: &self.text,
            start: self.start,
        }
    }

    /// The whole text, as the client sent it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for TopicFilter {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, TopicError> {
        TopicFilterRef::parse(text).map(TopicFilterRef::to_owned)
    }
}

impl fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for TopicFilterRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// One level of a topic filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "MQTT has these three, callers match on them"
)]
pub enum FilterLevel<'a> {
    /// Text to be compared.
    Literal(&'a str),
    /// `+`: any one level.
    SingleLevel,
    /// `#`: all remaining levels.
    MultiLevel,
}

/// The levels of a topic filter, in order.
#[derive(Clone, Debug)]
pub struct FilterLevels<'a>(core::str::Split<'a, char>);

impl<'a> Iterator for FilterLevels<'a> {
    type Item = FilterLevel<'a>;

    fn next(&mut self) -> Option<FilterLevel<'a>> {
        Some(match self.0.next()? {
            "+" => FilterLevel::SingleLevel,
            "#" => FilterLevel::MultiLevel,
            text => FilterLevel::Literal(text),
        })
    }
}
