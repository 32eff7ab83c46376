//! `$share/<group>/<filter>`, taken apart.

use crate::error::{TopicError, TopicErrorKind};

const SHARE: &str = "$share";

/// Bytes in front of the share name: `$share/`.
const GROUP_START: usize = SHARE.len() + 1;

/// Where the filter behind `$share/<group>/` starts; 0 when `text` is no shared subscription
/// (MQTT 5.0, 4.8.2; developer guide, MQTT, shared subscriptions).
///
/// Only a first level that is `$share` exactly makes a shared subscription: `$shared/x` and
/// `$SHARE/x` are ordinary. What stands behind the group is read as it is, another `$share` too.
pub(crate) fn filter_start(text: &str, max_group_chars: usize) -> Result<usize, TopicError> {
    let Some(rest) = text.strip_prefix(SHARE) else {
        return Ok(0);
    };
    let rest = match rest.strip_prefix('/') {
        Some(rest) => rest,
        None if rest.is_empty() => {
            return Err(TopicError::new(TopicErrorKind::ShareNoGroup, text.len()));
        }
        None => return Ok(0),
    };
    let (group, filter) = match rest.split_once('/') {
        Some((group, filter)) => (group, Some(filter)),
        None => (rest, None),
    };
    if group.is_empty() {
        return Err(TopicError::new(TopicErrorKind::ShareNoGroup, GROUP_START));
    }
    for (count, (at, ch)) in group.char_indices().enumerate() {
        let kind = match ch {
            '\0' => TopicErrorKind::Nul,
            '+' | '#' => TopicErrorKind::ShareBadGroup,
            _ if count >= max_group_chars => TopicErrorKind::ShareBadGroup,
            _ => continue,
        };
        return Err(TopicError::new(kind, GROUP_START + at));
    }
    match filter {
        None | Some("") => Err(TopicError::new(TopicErrorKind::ShareNoFilter, text.len())),
        Some(_) => Ok(GROUP_START + group.len() + 1),
    }
}

/// The share name of a text whose filter starts at `start`, as [`filter_start`] told it.
pub(crate) fn group(text: &str, start: usize) -> Option<&str> {
    text.get(GROUP_START..start.checked_sub(1)?)
}
