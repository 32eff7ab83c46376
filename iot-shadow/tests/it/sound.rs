//! What must hold of every JSON value, and of what is read beside `serde_json`.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is not so must fail"
)]

use iot_shadow::{Json, JsonErrorKind, JsonRef};
use serde_json::Value;

/// Read by both readers or by none, and the same value then. Only where numbers are too large may
/// they differ: `serde_json` may round the last digit of the largest double, and with
/// `arbitrary_precision` it reads every number.
pub(crate) fn agrees(text: &[u8]) {
    let expected = serde_json::from_slice::<Value>(text);
    let too_large =
        |error: &serde_json::Error| error.to_string().starts_with("number out of range");
    match (Json::parse(text), expected) {
        (Ok(json), Ok(expected)) => {
            sound(json.as_ref());
            let value = serde_json::from_str::<Value>(json.as_str()).unwrap();
            assert_eq!(value, expected);
        }
        (Ok(json), Err(error)) => assert!(too_large(&error), "{error}: {json}"),
        (Err(error), expected) => {
            assert!(error.position() <= text.len());
            assert!(
                expected.is_err() || error.kind() == JsonErrorKind::Number,
                "{error}"
            );
        }
    }
}

/// The text is canonical, and the index tells of it what reading the text tells.
pub(crate) fn sound(json: JsonRef<'_>) {
    fn same(a: JsonRef<'_>, b: JsonRef<'_>) {
        assert_eq!(a.as_str(), b.as_str());
        let (mut left, mut right) = (a.members(), b.members());
        loop {
            match (left.next(), right.next()) {
                (None, None) => break,
                (Some((key, a)), Some((other, b))) => {
                    assert_eq!(key, other);
                    same(a, b);
                }
                (left, right) => panic!("{left:?} {right:?}"),
            }
        }
    }
    let again: Json = json.as_str().parse().unwrap();
    same(json, again.as_ref());
}

/// Whether null stands anywhere but in an array.
pub(crate) fn null_member(json: JsonRef<'_>) -> bool {
    json.is_null() || json.members().any(|(_, member)| null_member(member))
}
