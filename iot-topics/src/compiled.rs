//! One filter, made ready to be tested against many names.

use alloc::boxed::Box;
use core::fmt;

use crate::filter::{MatchMode, TopicFilterRef};
use crate::matching;
use crate::name::TopicNameRef;

/// A topic filter made ready for many names: it knows where its wildcards are, so that the text
/// before the first and behind the last of them is compared as a whole.
///
/// Answers exactly as [`TopicFilterRef::matches_with`] does. Compiling copies the text and scans
/// it; a test allocates nothing and is linear in the shorter of filter and name. 24 bytes and the
/// text.
///
/// # Examples
///
/// ```
/// use iot_topics::{CompiledFilter, MatchMode, TopicFilterRef, TopicNameRef};
///
/// let filter = CompiledFilter::new(TopicFilterRef::parse("plant/+/temperature")?);
/// assert!(filter.matches(TopicNameRef::parse("plant/7/temperature")?));
/// assert!(!filter.matches(TopicNameRef::parse("plant/7/8/temperature")?));
/// let filter = CompiledFilter::new(TopicFilterRef::parse("plant/#")?);
/// assert!(!filter.matches(TopicNameRef::parse("plant")?));
/// assert!(filter.matches_with(TopicNameRef::parse("plant")?, MatchMode::Mqtt));
/// assert_eq!(filter.as_filter_ref().as_str(), "plant/#");
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CompiledFilter {
    // INVARIANT: a legal filter, `start <= wildcards_start <= wildcards_end <= text.len()`, and
    // the three stand beside slashes, wildcards or ends of the text.
    text: Box<str>,
    /// Where the filter behind `$share/<group>/` starts.
    start: u16,
    /// The first wildcard, or the end of the text.
    wildcards_start: u16,
    /// Behind the last wildcard, or the end of the text.
    wildcards_end: u16,
}

impl CompiledFilter {
    /// Compiles a filter.
    #[must_use]
    pub fn new(filter: TopicFilterRef<'_>) -> Self {
        let text = filter.as_str();
        let part = filter.filter_part();
        let start = text.len() - part.len();
        let is_wildcard = |ch| matches!(ch, '+' | '#');
        let first = part.find(is_wildcard).unwrap_or(part.len());
        let behind_last = part.rfind(is_wildcard).map_or(part.len(), |at| at + 1);
        Self {
            text: text.into(),
            start: offset(start),
            wildcards_start: offset(start + first),
            wildcards_end: offset(start + behind_last),
        }
    }

    /// Whether the filter takes the name, by the rule of AWS IoT Core.
    #[must_use]
    #[inline]
    pub fn matches(&self, name: TopicNameRef<'_>) -> bool {
        self.matches_with(name, MatchMode::Aws)
    }

    /// Whether the filter takes the name.
    #[must_use]
    #[inline]
    pub fn matches_with(&self, name: TopicNameRef<'_>, mode: MatchMode) -> bool {
        let filter = self.text.as_bytes();
        let (filter, behind) = cut(filter, self.wildcards_end);
        let (filter, wildcards) = cut(filter, self.wildcards_start);
        let (_, before) = cut(filter, self.start);
        if before.is_empty() && name.is_reserved() {
            return false; // only a filter that starts with a wildcard has nothing before it
        }
        let name = name.as_str().as_bytes();
        let Some(rest) = matching::without_start(name, before) else {
            return mode == MatchMode::Mqtt
                && wildcards == b"#"
                && before.strip_suffix(b"/") == Some(name);
        };
        match wildcards {
            b"" => rest.is_empty(),
            b"#" => true,
            b"+" => {
                matching::has_end(rest, behind)
                    && matching::without_first_level(rest).len() == behind.len()
            }
            _ => {
                let (_, filter) = cut(self.text.as_bytes(), self.wildcards_start);
                matching::has_end(rest, behind) && matching::takes(filter, rest, mode)
            }
        }
    }

    /// The filter that was compiled.
    #[must_use]
    pub fn as_filter_ref(&self) -> TopicFilterRef<'_> {
        TopicFilterRef::from_parts(&self.text, self.start)
    }
}

impl From<TopicFilterRef<'_>> for CompiledFilter {
    fn from(filter: TopicFilterRef<'_>) -> Self {
        Self::new(filter)
    }
}

impl fmt::Display for CompiledFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// An offset in a filter, which has at most 65,535 bytes.
fn offset(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

fn cut(bytes: &[u8], at: u16) -> (&[u8], &[u8]) {
    bytes.split_at_checked(usize::from(at)).unwrap_or_default()
}
