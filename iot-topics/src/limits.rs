//! How long and how deep a topic may be.

use crate::error::{TopicError, TopicErrorKind};
use crate::ident::RuleName;

/// The limits that a topic name or a topic filter is checked against.
///
/// Whatever they say, no text is longer than the 65,535 bytes of the protocol.
///
/// # Examples
///
/// ```
/// use iot_topics::{Limits, TopicNameRef};
///
/// let deep = "a/b/c/d/e/f/g/h/i"; // 8 slashes
/// assert!(TopicNameRef::parse(deep).is_err());
/// assert!(TopicNameRef::parse_with(deep, Limits::MQTT).is_ok());
///
/// let mut own = Limits::AWS_IOT;
/// own.max_slashes = 8;
/// assert!(TopicNameRef::parse_with(deep, own).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of UTF-8 that are counted.
    pub max_bytes: usize,
    /// The most slashes that are counted; `usize::MAX` for no limit.
    pub max_slashes: usize,
    /// The most characters of a share name; `usize::MAX` for no limit.
    pub max_share_name_chars: usize,
}

impl Limits {
    /// AWS IoT Core: 256 bytes, 7 slashes, share names of 128 characters ("AWS IoT Core endpoints
    /// and quotas"). The three levels `$aws/rules/<rule>/` of Basic Ingest in a name and the two
    /// levels `$share/<group>/` in a filter are not counted, and the topics of the reserved
    /// catalogue are exempt from the slash limit. The guide states the 256 bytes for names and
    /// for the filter behind `$share/<group>/`; here they hold for every filter.
    pub const AWS_IOT: Self = Self {
        max_bytes: 256,
        max_slashes: 7,
        max_share_name_chars: 128,
    };

    /// The MQTT protocol: 65,535 bytes, any number of slashes, share names of any length
    /// (MQTT 5.0, 4.7.3 and 4.8.2).
    pub const MQTT: Self = Self {
        max_bytes: PROTOCOL_MAX_BYTES,
        max_slashes: usize::MAX,
        max_share_name_chars: usize::MAX,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::AWS_IOT
    }
}

/// A UTF-8 string of MQTT carries its length in two bytes (MQTT 5.0, 1.5.4).
const PROTOCOL_MAX_BYTES: usize = 65_535;

/// What holds for every text: it has a byte, and not more than the protocol can carry.
pub(crate) const fn check_protocol(text: &str) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::new(TopicErrorKind::Empty, 0));
    }
    check_bytes(text.len(), 0, PROTOCOL_MAX_BYTES)
}

/// Counts the bytes and slashes of a name, or of a filter without its `$share/<group>/`. The
/// first `free` bytes of `text` are not counted.
pub(crate) fn check(text: &str, free: usize, limits: Limits) -> Result<(), TopicError> {
    check_bytes(text.len(), free, limits.max_bytes)?;
    check_slashes(text, free, limits.max_slashes)
}

const fn check_bytes(len: usize, free: usize, max: usize) -> Result<(), TopicError> {
    let got = len.saturating_sub(free);
    if got > max {
        return Err(TopicError::new(
            TopicErrorKind::TooLong { max, got },
            free + max,
        ));
    }
    Ok(())
}

/// The one place where slashes are counted; `text` is the whole name, or the whole filter part.
fn check_slashes(text: &str, free: usize, max: usize) -> Result<(), TopicError> {
    let mut slashes = text
        .bytes()
        .enumerate()
        .skip(free)
        .filter(|(_, byte)| *byte == b'/');
    let Some((position, _)) = slashes.nth(max) else {
        return Ok(());
    };
    if crate::reserved::exempts(text) {
        return Ok(());
    }
    let got = max + 1 + slashes.count();
    Err(TopicError::new(
        TopicErrorKind::TooManySlashes { max, got },
        position,
    ))
}

/// The bytes of `$aws/rules/<rule>/` at the start of a name, 0 when it does not start so: they
/// are not counted (developer guide, Reducing messaging costs with Basic Ingest).
pub(crate) fn basic_ingest_prefix(name: &str) -> usize {
    const RULES: &str = "$aws/rules/";
    name.strip_prefix(RULES)
        .and_then(|rest| rest.split_once('/'))
        .filter(|(rule, _)| RuleName::check(rule).is_ok())
        .map_or(0, |(rule, _)| RULES.len() + rule.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_ingest_prefixes() {
        assert_eq!(basic_ingest_prefix("$aws/rules/r_1/a/b"), 15);
        assert_eq!(basic_ingest_prefix("$aws/rules/r/"), 13);
        assert_eq!(basic_ingest_prefix("$aws/rules/r"), 0);
        assert_eq!(basic_ingest_prefix("$aws/rules//a"), 0);
        assert_eq!(basic_ingest_prefix("$aws/rules/a-b/c"), 0);
        assert_eq!(basic_ingest_prefix("x/$aws/rules/r/c"), 0);
    }

    #[test]
    fn no_slash_limit_does_not_overflow() {
        assert_eq!(check("///", 0, Limits::MQTT), Ok(()));
    }
}
