//! The metadata of a document: its shape with a time for each leaf.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use crate::document::{DocumentError, pointer};
use crate::json::{Builder, JsonRef, string_end};
use crate::patch::Pairs;

/// Appends the metadata of a value. Cost: linear.
pub(crate) fn write(value: JsonRef<'_>, out: &mut String) {
    // Two thirds of a leaf is its time; a key and the rest stand in the text too.
    out.reserve(value.as_str().len() + value.count() * LEAF_BYTES);
    Writer::default().value(value, out);
}

const TIMESTAMP: &str = "\"timestamp\":";

const LEAF_BYTES: usize = r#"{"timestamp":1700000000}"#.len();

/// Leaves are mostly written together: the last time is kept as text.
#[derive(Default)]
struct Writer {
    stamp: u32,
    leaf: String,
}

impl Writer {
    fn value(&mut self, value: JsonRef<'_>, out: &mut String) {
        if value.is_object() {
            if value.is_empty_object() {
                out.push('{');
            }
            for (lead, value) in value.segments() {
                out.push_str(lead);
                self.value(value, out);
            }
            out.push('}');
            return;
        }
        self.set(value.raw_stamp());
        if value.as_str().starts_with('[') {
            self.array(value.as_str(), out);
        } else {
            out.push_str(&self.leaf);
        }
    }

    fn set(&mut self, stamp: u32) {
        if self.leaf.is_empty() || self.stamp != stamp {
            self.stamp = stamp;
            self.leaf.clear();
            // A `String` takes everything.
            let _ = write!(self.leaf, "{{\"timestamp\":{stamp}}}");
        }
    }

    /// Every element, at any depth, was written when the array was: the text with the time in the
    /// place of each scalar.
    fn array(&self, text: &str, out: &mut String) {
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
                _ => out.push_str(&self.leaf),
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
    let mut writer = Writer::default();
    writer.set(stamp);
    let mut expected = String::new();
    match state.as_str().starts_with('[') {
        true => writer.array(state.as_str(), &mut expected),
        false => expected.push_str(&writer.leaf),
    }
    (expected == metadata.as_str()).then_some(stamp)
}
