//! The metadata of a document: its shape with a time for each leaf.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use crate::document::{DocumentError, pointer};
use crate::json::{Builder, JsonRef, is_integer, push_number, string_end};
use crate::patch::Pairs;

/// Appends the metadata of a value. Cost: linear.
pub(crate) fn write(value: JsonRef<'_>, out: &mut String) {
    // Two thirds of a leaf is its time; a key and the rest stand in the text too.
    out.reserve(value.as_str().len() + value.count() * LEAF_BYTES);
    Writer::default().value(value, out);
}

const TIMESTAMP: &str = "\"timestamp\":";

const LEAF_BYTES: usize = r#"{"timestamp":1700000000}"#.len();

/// Leaves are mostly written together: what was written for one is copied for others.
#[derive(Default)]
struct Writer {
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
    fn value(&mut self, value: JsonRef<'_>, out: &mut String) {
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
        let mut rest = text;
        while let Some(first) = rest.bytes().next() {
            let length = match first {
                b'"' => string_end(rest).unwrap_or(rest.len()),
                b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
                _ => rest
                    .bytes()
                    .position(|byte| matches!(byte, b',' | b'}' | b']'))
                    .unwrap_or(rest.len()),
            };
            let (token, others) = rest.split_at_checked(length).unwrap_or((rest, ""));
            let is_key = first == b'"' && others.starts_with(':');
            match first {
                b'{' | b'}' | b'[' | b']' | b',' | b':' => out.push_str(token),
                _ if is_key => out.push_str(token),
                _ => self.leaf(stamp, out),
            }
            rest = others;
        }
    }
}

/// Appends `state` with the times that `metadata` has for it.
pub(crate) fn read<'a>(
    out: &mut Builder,
    key: &'a str,
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
        let stamp = stamp_of(state, metadata).ok_or_else(|| wrong(path))?;
        out.push_leaf(key, state.as_str(), stamp);
        return Ok(());
    }
    let open = out.begin(key);
    if !metadata.is_object() {
        return Err(wrong(path));
    }
    for pair in Pairs::new(state, metadata) {
        path.push(pair.key);
        let (Some(state), Some(metadata)) = (pair.left, pair.right) else {
            return Err(wrong(path));
        };
        read(out, pair.key, state, metadata, path)?;
        path.pop();
    }
    out.end(&open);
    Ok(())
}

/// The one time of a leaf.
fn stamp_of(state: JsonRef<'_>, metadata: JsonRef<'_>) -> Option<u32> {
    if !state.as_str().starts_with('[') {
        return time(metadata.as_str());
    }
    let text = metadata.as_str();
    // The name may be a key of an array too, but only as the name of a time has it digits behind.
    let time = text
        .match_indices(TIMESTAMP)
        .filter_map(|(at, name)| text.get(at + name.len()..))
        .find(|rest| rest.starts_with(|ch: char| ch.is_ascii_digit()));
    // An array without a scalar in it has no time.
    let time = time.unwrap_or("0");
    let end = time.find(|ch: char| !ch.is_ascii_digit());
    let stamp = time.get(..end.unwrap_or(time.len()))?.parse().ok()?;
    let mut expected = String::new();
    Writer::default().array(state.as_str(), stamp, &mut expected);
    (expected == text).then_some(stamp)
}

/// The time of a scalar: `{"timestamp":1}`.
fn time(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('{')?.strip_prefix(TIMESTAMP)?;
    let digits = digits.strip_suffix('}')?;
    is_integer(digits).then(|| digits.parse().ok()).flatten()
}
