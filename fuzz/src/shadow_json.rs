//! JSON as shadows hold it.

use iot_shadow::{Json, JsonRef, delta, diff_patch, has_delta, merge_patch};
use serde_json::Value;

use crate::shadow_it::oracle;
use crate::shadow_it::sound::{agrees, null_member, sound};

/// Two texts, a line each.
///
/// Each is read as `serde_json` reads it; what is written again is a fixed point; the two are equal
/// if they are the same value; merge, delta and diff keep their laws and write sound JSON.
pub fn shadow_json(data: &[u8]) {
    agrees(data);
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let [a, b] = [lines.next(), lines.next()].map(Option::unwrap_or_default);
    agrees(a);
    agrees(b);
    let (Ok(a), Ok(b)) = (Json::parse(a), Json::parse(b)) else {
        return;
    };
    assert_eq!(a == b, b.as_ref() == a.as_ref());
    if let (Some(left), Some(right)) = (exact(&a), exact(&b)) {
        assert_eq!(a == b, oracle::same(&left, &right));
    }
    if [&a, &b].iter().all(|it| is_number(it.as_str())) {
        assert_eq!(a == b, oracle::same_number(a.as_str(), b.as_str()));
    }
    laws(a.as_ref(), b.as_ref());
}

fn laws(a: JsonRef<'_>, b: JsonRef<'_>) {
    let merged = merge_patch(a, b);
    sound(merged.as_ref());
    let again = merge_patch(merged.as_ref(), b);
    assert_eq!(again.as_str(), merged.as_str());

    let open = delta(a, b);
    assert_eq!(open.is_some(), has_delta(a, b));
    assert_eq!(delta(a, a), None);
    if let Some(open) = open {
        sound(open.as_ref());
        if !null_member(a) {
            let closed = merge_patch(b, open.as_ref());
            assert_eq!(delta(a, closed.as_ref()), None);
        }
    }

    let patch = diff_patch(a, b);
    sound(patch.as_ref());
    if a.is_object() && b.is_object() && !null_member(b) {
        let patched = merge_patch(a, patch.as_ref());
        sound(patched.as_ref());
        assert_eq!(patched.as_ref(), b);
    }
}

/// The value, if `serde_json` holds each of its numbers as it is written.
pub(crate) fn exact(json: &Json) -> Option<Value> {
    let value = serde_json::from_str(json.as_str()).ok()?;
    let written = Json::try_from(&value).ok()?;
    (written.as_str() == json.as_str()).then_some(value)
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}
