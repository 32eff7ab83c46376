//! JSON pointers (RFC 6901).

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::Write;

/// Appends `/key`, with `~` and `/` escaped.
pub(crate) fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    for c in key.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// Appends `/index`.
pub(crate) fn push_index(pointer: &mut String, index: usize) {
    // Writing into a `String` cannot fail.
    let _ = write!(pointer, "/{index}");
}

/// The reference tokens of a pointer, without their escapes; none where the text is no pointer.
pub(crate) fn tokens(pointer: &str) -> Option<impl Iterator<Item = Option<Cow<'_, str>>>> {
    let mut parts = pointer.split('/');
    // What stands before the first slash must be empty.
    parts.next().filter(|first| first.is_empty())?;
    Some(parts.map(unescape))
}

fn unescape(token: &str) -> Option<Cow<'_, str>> {
    let mut parts = token.split('~');
    let first = parts.next().unwrap_or_default();
    if first.len() == token.len() {
        return Some(Cow::Borrowed(token));
    }
    let mut text = String::from(first);
    for part in parts {
        let (c, rest) = match part.strip_prefix('0') {
            Some(rest) => ('~', rest),
            None => ('/', part.strip_prefix('1')?),
        };
        text.push(c);
        text.push_str(rest);
    }
    Some(Cow::Owned(text))
}
