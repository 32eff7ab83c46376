//! JSON pointers back to text.

use iot_policy::strategies::policy_document;
use iot_policy::{locate, locate_key};
use proptest::prelude::*;
use serde_json::Value;

#[test]
fn locate_finds_values_and_keys() {
    let text = r#" {"a": [10, {"~/é\u0041": "x" , "": null}], "a/b": 1, "d": 1, "d": 2} "#;
    let value = |pointer| locate(text, pointer).and_then(|range| text.get(range));
    let key = |pointer| locate_key(text, pointer).and_then(|range| text.get(range));
    assert_eq!(value(""), Some(text.trim()));
    assert_eq!((value("/a/0"), key("/a/0")), (Some("10"), None));
    assert_eq!(value("/a/1/"), Some("null"));
    assert_eq!(key("/a/1/"), Some("\"\""));
    assert_eq!(
        (value("/a/1/~0~1éA"), key("/a/1/~0~1éA")),
        (Some("\"x\""), Some(r#""~/é\u0041""#))
    );
    assert_eq!(value("/a~1b"), Some("1"));
    assert_eq!(value("/d"), Some("2"));
    for none in [
        "a",
        "/a/2",
        "/a/00",
        "/a/+0",
        "/a/-",
        "/a/",
        "/a/0/",
        "/a/99999999999999999999",
        "/~2",
        "/~",
        "/e",
        "/a/1/x",
    ] {
        assert_eq!((value(none), key(none)), (None, None), "{none}");
    }
    for broken in [
        "", " ", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "[1 2]", "nul",
    ] {
        assert_eq!(locate(broken, "/a"), None);
        assert_eq!(locate(broken, "/1"), None);
    }
}

proptest! {
    /// `locate` agrees with `Value::pointer` on every member of a document.
    #[test]
    fn locate_agrees_with_serde_json(document in policy_document()) {
        let text = document.to_json();
        let value: Value = serde_json::from_str(&text).unwrap();
        let mut pointers = vec![String::new()];
        while let Some(pointer) = pointers.pop() {
            let found = value.pointer(&pointer).unwrap();
            let range = locate(&text, &pointer).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Value>(text.get(range).unwrap()).unwrap(), found);
            match found {
                Value::Array(items) => pointers.extend((0..items.len()).map(|i| format!("{pointer}/{i}"))),
                Value::Object(members) => pointers.extend(members.keys().map(|key| {
                    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
                })),
                _ => {}
            }
        }
    }
}
