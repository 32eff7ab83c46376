//! From a JSON pointer back to the text that it names.

use core::ops::Range;

use crate::pointer;
use crate::reader::{Kind, Reader, Turn};

/// The bytes of the value that `pointer` (RFC 6901) names in a JSON text.
///
/// None where the pointer names nothing, has more than 128 steps, or where the text in front of the
/// value, the value itself or the rest of an object around it is broken: of a repeated key the last
/// member counts, as for most JSON parsers, so that objects are read to their end. Cost: O(text) a step, no recursion.
///
/// # Examples
///
/// ```
/// let text = r#"{"Statement": [{"Effect": "Deny"}]}"#;
/// let range = iot_policy::locate(text, "/Statement/0/Effect").unwrap();
/// assert_eq!(&text[range], r#""Deny""#);
/// assert_eq!(iot_policy::locate(text, "/Statement/1"), None);
/// ```
#[must_use]
pub fn locate(text: &str, pointer: &str) -> Option<Range<usize>> {
    Some(member(text, pointer)?.value)
}

/// The bytes of the key, quotation marks included, whose value `pointer` names. None also where
/// the value is an array item or the whole text; otherwise as [`locate`].
///
/// # Examples
///
/// ```
/// let text = r#"{"Statement": [{"Effect": "Deny"}]}"#;
/// let range = iot_policy::locate_key(text, "/Statement/0/Effect").unwrap();
/// assert_eq!(&text[range], r#""Effect""#);
/// assert_eq!(iot_policy::locate_key(text, "/Statement/0"), None);
/// ```
#[must_use]
pub fn locate_key(text: &str, pointer: &str) -> Option<Range<usize>> {
    member(text, pointer)?.key
}

/// As deep as `serde_json` reads: together with O(text) a step this bounds the cost.
const MAX_STEPS: usize = 128;

struct Member {
    key: Option<Range<usize>>,
    value: Range<usize>,
}

fn member(text: &str, pointer: &str) -> Option<Member> {
    let (mut key, mut start) = (None, 0);
    for (step, token) in pointer::tokens(pointer)?.enumerate() {
        if step == MAX_STEPS {
            return None;
        }
        let mut reader = Reader::new(text, start);
        (key, start) = match reader.peek().ok()? {
            Kind::Object => last_member(&mut reader, &token?)?,
            Kind::Array => (None, item(&mut reader, &token?)?),
            _ => return None,
        };
    }
    let mut reader = Reader::new(text, start);
    reader.peek().ok()?;
    let start = reader.offset();
    reader.skip().ok()?;
    let value = start..reader.offset();
    Some(Member { key, value })
}

type Found = (Option<Range<usize>>, usize);

fn last_member(reader: &mut Reader<'_>, name: &str) -> Option<Found> {
    let mut turn: Turn = reader.enter(Kind::Object, "").ok()?;
    let mut found = None;
    while let Some(key) = reader.key(&mut turn).ok()? {
        if key.text == name {
            found = Some((Some(key.at..key.end), reader.offset()));
        }
        reader.skip().ok()?;
    }
    found
}

fn item(reader: &mut Reader<'_>, index: &str) -> Option<usize> {
    // RFC 6901: digits without a leading zero.
    let canonical = index == "0" || index.starts_with(|c: char| matches!(c, '1'..='9'));
    let digits = index.bytes().all(|byte| byte.is_ascii_digit());
    let mut left: usize = index.parse().ok().filter(|_| canonical && digits)?;
    let mut turn = reader.enter(Kind::Array, "").ok()?;
    while reader.item(&mut turn).ok()? {
        if left == 0 {
            return Some(reader.offset());
        }
        left -= 1;
        reader.skip().ok()?;
    }
    None
}
