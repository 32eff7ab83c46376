//! The metadata of a document: its shape with a time for each leaf.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use crate::document::{DocumentError, pointer};
use crate::json::{JsonRef, is_integer, push_number, string_end};
use crate::patch::Pairs;

/// Appends the metadata of a value. Cost: linear.
pub(crate) fn write(value: JsonRef<'_>, out: &mut String) {
    Writer::default().write(value, out);
}

const TIMESTAMP: &str = "\"timestamp\":";

const LEAF_BYTES: usize = r#"{"timestamp":1700000000}"#.len();

/// Appends metadata to one buffer that does not shrink in between. Leaves are mostly written
/// together: what was written for one is copied for others.
#[derive(Default)]
pub(crate) struct Writer {
    last: Written,
    /// The one with another time before it: those of a document and of an update alternate.
    before: Written,
}

/// A leaf in the output.
#[derive(Clone, Default)]
struct Written {
    stamp: u32,
    /// Empty before the first one.
    place: Range<usize>,
}

impl Writer {
    /// The text of the value with its time in the place of each leaf.
    pub(crate) fn write(&mut self, value: JsonRef<'_>, out: &mut String) {
        // Two thirds of a leaf is its time; a key and the rest stand in the text too.
        out.reserve(value.as_str().len() + value.count() * LEAF_BYTES);
        let mut leaves = value.leaves();
        for (before, leaf, stamp) in leaves.by_ref() {
            out.push_str(before);
            if leaf.as_bytes().first() == Some(&b'[') {
                self.array(leaf, stamp, out);
            } else {
                self.leaf(stamp, out);
            }
        }
        out.push_str(leaves.rest());
    }

    #[inline]
    fn leaf(&mut self, stamp: u32, out: &mut String) {
        if self.last.stamp != stamp || self.last.place.is_empty() {
            mem::swap(&mut self.last, &mut self.before);
        }
        if self.last.stamp == stamp && !self.last.place.is_empty() {
            out.extend_from_within(self.last.place.clone());
            return;
        }
        let start = out.len();
        out.push('{');
        out.push_str(TIMESTAMP);
        push_number(out, u64::from(stamp));
        out.push('}');
        let place = start..out.len();
        self.last = Written { stamp, place };
    }

    /// Every element, at any depth, was written when the array was: the text with the time in the
    /// place of each scalar.
    fn array(&mut self, text: &str, stamp: u32, out: &mut String) {
        for token in tokens(text) {
            match token {
                Token::Scalar => self.leaf(stamp, out),
                Token::Other(text) => out.push_str(text),
            }
        }
    }
}

/// A piece of an array.
enum Token<'a> {
    Scalar,
    /// A key, or a character that separates.
    Other(&'a str),
}

fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let first = *rest.as_bytes().first()?;
        let length = match first {
            b'"' => string_end(rest).unwrap_or(rest.len()),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => rest
                .bytes()
                .position(|byte| matches!(byte, b',' | b'}' | b']'))
                .unwrap_or(rest.len()),
        };
        let (token, others) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = others;
        Some(match first {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => Token::Other(token),
            b'"' if rest.starts_with(':') => Token::Other(token),
            _ => Token::Scalar,
        })
    })
}

/// The times of the leaves of a state, in order, out of its metadata as canonical text; `None` if
/// that is not the metadata of this state. Cost: linear, and nothing is parsed: the texts of both
/// are the same between leaves.
pub(crate) fn times(state: JsonRef<'_>, metadata: &str) -> Option<Vec<u32>> {
    let (mut leaves, mut rest) = (state.leaves(), metadata);
    let mut times = Vec::with_capacity(state.count());
    for (before, leaf, _) in leaves.by_ref() {
        rest = rest.strip_prefix(before)?;
        let time = match leaf.as_bytes().first()? {
            b'[' => array_time(leaf, &mut rest)?,
            b'n' => return None,
            _ => time(&mut rest)?,
        };
        times.push(time);
    }
    (rest == leaves.rest()).then_some(times)
}

/// The one time in the metadata of an array, which is taken off the text. An array without a
/// scalar in it has no time.
fn array_time(array: &str, metadata: &mut &str) -> Option<u32> {
    let mut first = None;
    for token in tokens(array) {
        match token {
            Token::Other(text) => *metadata = metadata.strip_prefix(text)?,
            Token::Scalar => {
                let time = time(metadata)?;
                if *first.get_or_insert(time) != time {
                    return None;
                }
            }
        }
    }
    Some(first.unwrap_or(0))
}

/// The time of a scalar, which is taken off the text: `{"timestamp":1}`.
fn time(metadata: &mut &str) -> Option<u32> {
    let rest = metadata.strip_prefix('{')?.strip_prefix(TIMESTAMP)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = rest.split_at_checked(digits)?;
    // JSON has no number that begins with 0 but 0 itself.
    if !is_integer(digits) || (digits.starts_with('0') && digits != "0") {
        return None;
    }
    *metadata = rest.strip_prefix('}')?;
    digits.parse().ok()
}

/// Why [`times`] found none.
pub(crate) fn fault(state: JsonRef<'_>, metadata: JsonRef<'_>) -> DocumentError {
    let mut path = Vec::new();
    match check(state, metadata, &mut path) {
        Err(error) => error,
        Ok(()) => DocumentError::Metadata {
            path: String::new(),
        },
    }
}

fn check<'a>(
    state: JsonRef<'a>,
    metadata: JsonRef<'a>,
    path: &mut Vec<&'a str>,
) -> Result<(), DocumentError> {
    let wrong = |path: &[&str]| DocumentError::Metadata {
        path: pointer(path),
    };
    if state.is_null() {
        return Err(DocumentError::Null {
            path: pointer(path),
        });
    }
    if !state.is_object() {
        return match times(state, metadata.as_str()) {
            Some(_) => Ok(()),
            None => Err(wrong(path)),
        };
    }
    if !metadata.is_object() {
        return Err(wrong(path));
    }
    for pair in Pairs::new(state, metadata) {
        path.push(pair.key);
        let (Some(state), Some(metadata)) = (pair.left, pair.right) else {
            return Err(wrong(path));
        };
        check(state, metadata, path)?;
        path.pop();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    fn times_of(state: &str, metadata: &str) -> Option<Vec<u32>> {
        let state: Json = state.parse().unwrap();
        times(state.as_ref(), metadata)
    }

    #[test]
    fn of_each_leaf_in_order() {
        let state = r#"{"a":{"b":1,"c":{}},"d":[2,{"timestamp":"}"}],"e":[],"f":"{","g":{"h":{}}}"#;
        let metadata = r#"{"a":{"b":{"timestamp":7},"c":{}},"d":[{"timestamp":8},{"timestamp":{"timestamp":8}}],"e":[],"f":{"timestamp":4294967295},"g":{"h":{}}}"#;
        assert_eq!(times_of(state, metadata), Some([7, 8, 0, u32::MAX].into()));
        let mut state: Json = state.parse().unwrap();
        state = state.with_times(&[7, 8, 0, u32::MAX]);
        let mut written = String::new();
        write(state.as_ref(), &mut written);
        assert_eq!(written, metadata);
    }

    #[test]
    fn of_nothing_but_the_metadata_of_that_state() {
        for (state, metadata) in [
            (r#"{"a":1}"#, r#"{"a":{"timestamp":07}}"#),
            (r#"{"a":1}"#, r#"{"a":{"timestamp":}}"#),
            (r#"{"a":1}"#, r#"{"a":{"timestamp":-1}}"#),
            (r#"{"a":1}"#, r#"{"a":{"timestamp":1.0}}"#),
            (r#"{"a":1}"#, r#"{"a":{"timestamp":4294967296}}"#),
            (r#"{"a":1}"#, r#"{"a":{"timestamp":1}},"#),
            (r#"{"a":1}"#, r#"{"a":{"timestamp":1},"b":{}}"#),
            (r#"{"a":1}"#, r#"{"a":{}}"#),
            (r#"{"a":null}"#, r#"{"a":{"timestamp":1}}"#),
            (r#"{"a":{}}"#, r#"{"a":{"timestamp":1}}"#),
            (
                r#"{"a":[1,2]}"#,
                r#"{"a":[{"timestamp":1},{"timestamp":2}]}"#,
            ),
            (r#"{"a":[1]}"#, r#"{"a":[{"timestamp":1},{"timestamp":1}]}"#),
        ] {
            assert_eq!(times_of(state, metadata), None, "{metadata}");
        }
    }
}
