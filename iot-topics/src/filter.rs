//! Topic filters: what a client subscribes to.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::iter::FusedIterator;

use crate::error::{TopicError, TopicErrorKind};
use crate::limits::{self, Limits};
use crate::matching;
use crate::name::TopicNameRef;
use crate::share;
use crate::text::text_conversions;

/// Which rule for `#` applies.
///
/// # Examples
///
/// ```
/// use iot_topics::{MatchMode, TopicFilterRef, TopicNameRef};
///
/// let filter = TopicFilterRef::parse("a/+/#")?;
/// let name = TopicNameRef::parse("a/b")?;
/// assert!(!filter.matches_with(name, MatchMode::Aws));
/// assert!(filter.matches_with(name, MatchMode::Mqtt));
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "two published rules, callers choose one"
)]
pub enum MatchMode {
    /// AWS IoT Core: `#` takes one or more levels, so `a/#` does not take `a` (developer guide,
    /// MQTT topics, topic filters).
    #[default]
    Aws,
    /// MQTT 5.0, 4.7.1.2: `#` takes zero or more levels, so `a/#` takes `a`.
    Mqtt,
}

/// A legal topic filter, borrowed; a shared one keeps its `$share/<group>/`.
///
/// Two filters are equal when their texts are.
///
/// # Examples
///
/// ```
/// use iot_topics::{TopicFilterRef, TopicNameRef};
///
/// let filter = TopicFilterRef::parse("$share/workers/plant/+/temperature")?;
/// assert_eq!(filter.share_name(), Some("workers"));
/// assert_eq!(filter.filter_part(), "plant/+/temperature");
/// assert_eq!(filter.as_str(), "$share/workers/plant/+/temperature");
/// assert!(filter.has_wildcard() && filter.levels().count() == 3);
/// assert!(filter.matches(TopicNameRef::parse("plant/7/temperature")?));
/// // What outlives the packet it came in.
/// let kept = filter.to_owned();
/// assert_eq!(kept.as_filter_ref(), filter);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TopicFilterRef<'a> {
    // INVARIANT: a legal filter; `start` follows from the text.
    text: &'a str,
    /// Where the filter behind `$share/<group>/` starts; 0 in an ordinary filter.
    start: u16,
}

impl<'a> TopicFilterRef<'a> {
    /// Checks `text` against the rules for topic filters and [`Limits::AWS_IOT`].
    ///
    /// Whether a filter that starts with `$` is one that AWS IoT Core knows is not asked here.
    ///
    /// # Errors
    ///
    /// The first that applies, in this order: the text is empty ([`TopicErrorKind::Empty`]) or
    /// longer than the protocol can carry ([`TopicErrorKind::TooLong`]); the first level is
    /// `$share` and the share name or the filter behind it is missing
    /// ([`TopicErrorKind::ShareNoGroup`], [`TopicErrorKind::ShareNoFilter`]) or the share name is
    /// not legal ([`TopicErrorKind::ShareBadGroup`]) or holds U+0000 ([`TopicErrorKind::Nul`]); the first byte of the filter itself that is
    /// a misplaced wildcard or U+0000 ([`TopicErrorKind::MisplacedHash`],
    /// [`TopicErrorKind::MisplacedPlus`], [`TopicErrorKind::Nul`]); more bytes or slashes than
    /// the limits ([`TopicErrorKind::TooLong`], [`TopicErrorKind::TooManySlashes`]), in which
    /// `$share/<group>/` does not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{TopicErrorKind, TopicFilterRef};
    ///
    /// let error = TopicFilterRef::parse("plant/#/temperature").unwrap_err();
    /// assert_eq!(error.kind(), TopicErrorKind::MisplacedHash);
    /// assert_eq!(error.position(), 6);
    /// let error = TopicFilterRef::parse("$share/workers").unwrap_err();
    /// assert_eq!(error.kind(), TopicErrorKind::ShareNoFilter);
    /// ```
    pub fn parse(text: &'a str) -> Result<Self, TopicError> {
        Self::parse_with(text, Limits::AWS_IOT)
    }

    /// Checks `text` against the rules for topic filters and the given limits.
    ///
    /// # Errors
    ///
    /// As [`TopicFilterRef::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{Limits, TopicFilterRef};
    ///
    /// let deep = "a/b/c/d/e/f/g/h/#"; // 8 slashes
    /// assert!(TopicFilterRef::parse(deep).is_err());
    /// assert!(TopicFilterRef::parse_with(deep, Limits::MQTT).is_ok());
    /// ```
    pub fn parse_with(text: &'a str, limits: Limits) -> Result<Self, TopicError> {
        limits::check_protocol(text)?;
        let start = share::filter_start(text, limits.max_share_name_chars)?;
        let filter = Self {
            text,
            start: u16::try_from(start).unwrap_or(u16::MAX), // the protocol's 65,535 bytes fit
        };
        let part = filter.filter_part();
        check_bytes(part.as_bytes())
            .and_then(|()| limits::check(part, 0, limits))
            .map_err(|error| error.shifted(start))?;
        Ok(filter)
    }

    /// A filter that was parsed before.
    pub(crate) const fn from_parts(text: &'a str, start: u16) -> Self {
        Self { text, start }
    }

    /// The whole text, as the client sent it.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.text
    }

    /// The filter itself, without `$share/<group>/`: what names are compared with.
    #[must_use]
    pub fn filter_part(self) -> &'a str {
        self.text.get(usize::from(self.start)..).unwrap_or_default()
    }

    /// The share name (group) of a shared subscription.
    #[must_use]
    pub fn share_name(self) -> Option<&'a str> {
        share::group(self.text, usize::from(self.start))
    }

    /// Whether the filter takes the name, by the rule of AWS IoT Core.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{TopicFilterRef, TopicNameRef};
    ///
    /// let filter = TopicFilterRef::parse("plant/#")?;
    /// assert!(filter.matches(TopicNameRef::parse("plant/7/temperature")?));
    /// assert!(!filter.matches(TopicNameRef::parse("plant")?)); // not the parent
    /// // A wildcard in front does not reach reserved topics.
    /// assert!(!TopicFilterRef::parse("#")?.matches(TopicNameRef::parse("$aws/events/job/j/deleted")?));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn matches(self, name: TopicNameRef<'_>) -> bool {
        self.matches_with(name, MatchMode::Aws)
    }

    /// Whether the filter takes the name. Allocates nothing; linear in the shorter of the two.
    ///
    /// A filter whose first level is a wildcard takes no name whose first character is `$`
    /// (MQTT 5.0, 4.7.2). For one filter and many names see [`CompiledFilter`].
    ///
    /// [`CompiledFilter`]: crate::CompiledFilter
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{MatchMode, TopicFilterRef, TopicNameRef};
    ///
    /// let (filter, name) = (TopicFilterRef::parse("plant/#")?, TopicNameRef::parse("plant")?);
    /// assert!(!filter.matches_with(name, MatchMode::Aws));
    /// assert!(filter.matches_with(name, MatchMode::Mqtt));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub fn matches_with(self, name: TopicNameRef<'_>, mode: MatchMode) -> bool {
        let filter = self.filter_part().as_bytes();
        if name.is_reserved() && matches!(filter, [b'+' | b'#', ..]) {
            return false;
        }
        matching::takes(filter, name.as_str().as_bytes(), mode)
    }

    /// The levels of the filter itself; there is always one.
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

impl PartialEq for TopicFilterRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for TopicFilterRef<'_> {}

impl PartialOrd for TopicFilterRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for TopicFilterRef<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(other.text)
    }
}

impl Hash for TopicFilterRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<'a> TryFrom<&'a str> for TopicFilterRef<'a> {
    type Error = TopicError;

    fn try_from(text: &'a str) -> Result<Self, TopicError> {
        Self::parse(text)
    }
}

impl<'a> From<&'a TopicFilter> for TopicFilterRef<'a> {
    fn from(filter: &'a TopicFilter) -> Self {
        filter.as_filter_ref()
    }
}

impl<'a> From<TopicFilterRef<'a>> for &'a str {
    fn from(filter: TopicFilterRef<'a>) -> Self {
        filter.text
    }
}

impl AsRef<str> for TopicFilterRef<'_> {
    fn as_ref(&self) -> &str {
        self.text
    }
}

impl fmt::Display for TopicFilterRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for TopicFilterRef<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text)
    }
}

/// A legal topic filter, owned; a shared one keeps its `$share/<group>/`.
///
/// The conversions from text, serde's too, check it against [`Limits::AWS_IOT`]. Two filters are
/// equal when their texts are.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicFilter;
///
/// let filter: TopicFilter = "plant/+/#".parse()?;
/// assert!(filter.as_filter_ref().has_wildcard());
/// assert_eq!(filter.as_str(), "plant/+/#");
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TopicFilter {
    // INVARIANT: as in `TopicFilterRef`.
    text: String,
    start: u16,
}

impl TopicFilter {
    /// The borrowed view.
    #[must_use]
    pub const fn as_filter_ref(&self) -> TopicFilterRef<'_> {
        TopicFilterRef::from_parts(self.text.as_str(), self.start)
    }

    /// The whole text, as the client sent it.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.text.as_str()
    }
}

impl PartialEq for TopicFilter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for TopicFilter {}

impl PartialOrd for TopicFilter {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for TopicFilter {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for TopicFilter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl TryFrom<&str> for TopicFilter {
    type Error = TopicError;

    fn try_from(text: &str) -> Result<Self, TopicError> {
        TopicFilterRef::parse(text).map(TopicFilterRef::to_owned)
    }
}

impl TryFrom<String> for TopicFilter {
    type Error = TopicError;

    fn try_from(text: String) -> Result<Self, TopicError> {
        let start = TopicFilterRef::parse(&text)?.start;
        Ok(Self { text, start })
    }
}

impl From<TopicFilterRef<'_>> for TopicFilter {
    fn from(filter: TopicFilterRef<'_>) -> Self {
        filter.to_owned()
    }
}

impl From<TopicFilter> for String {
    fn from(filter: TopicFilter) -> Self {
        filter.text
    }
}

text_conversions!(TopicFilter, TopicError);

/// One level of a topic filter.
///
/// # Examples
///
/// ```
/// use iot_topics::{FilterLevel, TopicFilterRef};
///
/// let levels: Vec<_> = TopicFilterRef::parse("a/+/#")?.levels().collect();
/// assert_eq!(
///     levels,
///     [FilterLevel::Literal("a"), FilterLevel::SingleLevel, FilterLevel::MultiLevel],
/// );
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
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

/// The levels of a topic filter, in order; made by [`TopicFilterRef::levels`].
///
/// # Examples
///
/// ```
/// use iot_topics::{FilterLevel, TopicFilterRef};
///
/// let mut levels = TopicFilterRef::parse("$share/group/+")?.levels();
/// assert_eq!(levels.next(), Some(FilterLevel::SingleLevel));
/// assert_eq!(levels.next(), None);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
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

impl FusedIterator for FilterLevels<'_> {}

/// Wildcards stand as whole levels, `#` as the last; there is no U+0000.
fn check_bytes(filter: &[u8]) -> Result<(), TopicError> {
    let mut level_starts = true;
    for (at, byte) in filter.iter().enumerate() {
        let next = filter.get(at + 1);
        let broken = match byte {
            0 => Some(TopicErrorKind::Nul),
            b'+' if !level_starts || !matches!(next, None | Some(b'/')) => {
                Some(TopicErrorKind::MisplacedPlus)
            }
            b'#' if !level_starts || next.is_some() => Some(TopicErrorKind::MisplacedHash),
            _ => None,
        };
        if let Some(kind) = broken {
            return Err(TopicError::new(kind, at));
        }
        level_starts = *byte == b'/';
    }
    Ok(())
}
