//! The reader of JSON beside that of `serde_json`, canonical text, and equality.
#![expect(clippy::indexing_slicing, reason = "an index is made for its text")]

use iot_shadow::strategies::{exact_number, json, json_text, number, request};
use iot_shadow::{Json, JsonErrorKind};
use proptest::prelude::*;
use serde_json::Value;

use crate::oracle;
use crate::sound::{agrees, sound};

/// Texts that are JSON but for some bytes.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => prop::sample::select(b"{}[],:\"\\/-+.eE0123456789 tfnu\x00\x1f\x7f\xff\xc3\xa9d8".as_slice()),
        1 => any::<u8>(),
    ];
    let edit = (any::<prop::sample::Index>(), byte, 0..3_u8);
    (json_text(), prop::collection::vec(edit, 0..4)).prop_map(|(text, edits)| {
        let mut bytes = text.into_bytes();
        for (index, byte, edit) in edits {
            let at = index.index(bytes.len() + 1);
            match edit {
                0 => bytes.insert(at, byte),
                _ if at == bytes.len() => bytes.push(byte),
                1 => bytes[at] = byte,
                _ => {
                    bytes.remove(at);
                }
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn reads_as_serde_json_does(text in nearly_json()) {
        agrees(&text);
    }

    #[test]
    fn reads_strings_as_serde_json_does(inner in r#"([a"\\/bfnrtu]|\\u[0-9a-dA-D]{4}|[^a]){0,8}"#) {
        agrees(format!("\"{inner}\"").as_bytes());
    }

    #[test]
    fn reads_numbers_as_serde_json_does(text in "[-+]?[0-9]{0,2}[.]?[0-9]{0,2}([eE][+-]?[0-9]{0,2})?") {
        agrees(text.as_bytes());
    }

    #[test]
    fn canonical_text_is_a_fixed_point(json in json()) {
        sound(json.as_ref());
        let again: Json = json.as_str().parse().unwrap();
        prop_assert_eq!(again.as_str(), json.as_str());
        prop_assert_eq!(&again, &json);
        let value = serde_json::from_str::<Value>(json.as_str()).unwrap();
        sound(Json::try_from(&value).unwrap().as_ref());
        sound(Json::from_serialize(&value).unwrap().as_ref());
        prop_assert_eq!(json.deserialize::<Value>().unwrap(), value);
    }

    #[test]
    fn equality_of_numbers(a in number(), b in number(), c in number()) {
        let [x, y, z] = [&a, &b, &c].map(|text| {
            format!(r#"{{"a":[{text},"x"],"b":{text}}}"#).parse::<Json>().unwrap()
        });
        prop_assert_eq!(x == y, oracle::same_number(&a, &b), "{} {}", a, b);
        prop_assert_eq!(x == y, y == x);
        prop_assert!(x != y || y != z || x == z, "{} {} {}", a, b, c);
    }

    #[test]
    fn equality(a in request(exact_number()), b in request(exact_number())) {
        let (Ok(x), Ok(y)) = (a.parse::<Json>(), b.parse::<Json>()) else { return Ok(()) };
        prop_assert_eq!(&x, &x);
        let [a, b] = [&a, &b].map(|text| serde_json::from_str::<Value>(text).unwrap());
        prop_assert_eq!(x == y, oracle::same(&a, &b));
        // In other words.
        let again = Json::try_from(&a).unwrap();
        prop_assert_eq!(&again, &x);
        // One scalar is another one.
        let changed = x.as_str().replacen('1', "3", 1);
        let changed: Json = changed.parse().unwrap();
        let value: Value = serde_json::from_str(changed.as_str()).unwrap();
        prop_assert_eq!(changed == x, oracle::same(&a, &value));
    }
}

#[test]
fn nesting_ends_where_that_of_serde_json_does() {
    for levels in 125..=130 {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            agrees(text.as_bytes());
            assert_eq!(text.parse::<Json>().is_ok(), levels < 128, "{levels}");
        }
    }
    let endless = "[".repeat(1 << 20);
    let error = endless.parse::<Json>().unwrap_err();
    assert_eq!(
        (error.kind(), error.position()),
        (JsonErrorKind::Nesting, 127)
    );
}

#[test]
fn lengths_end_at_16_mib() {
    let text = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    assert!(text(16 << 20).parse::<Json>().is_ok());
    let error = text((16 << 20) + 1).parse::<Json>().unwrap_err();
    assert_eq!(error.kind(), JsonErrorKind::TooLong);
}

#[test]
fn errors_tell_what_and_where() {
    use JsonErrorKind::{
        End, Nesting, NotUtf8, Number, String as Text, Surrogate, Syntax, Trailing,
    };
    let deep = "[".repeat(128);
    for (text, kind, position) in [
        (&b""[..], End, 0),
        (b" ", End, 1),
        (b"\xef\xbb\xbf1", Syntax, 0),
        (b"\"\xff\"", NotUtf8, 1),
        (b"{\"a\":1,}", Syntax, 7),
        (b"[1,]", Syntax, 3),
        (b"[1 2]", Syntax, 3),
        (b"{\"a\" 1}", Syntax, 5),
        (b"{a:1}", Syntax, 1),
        (b"01", Trailing, 1),
        (b"1 1", Trailing, 2),
        (b"-", End, 1),
        (b"1.", End, 2),
        (b".1", Syntax, 0),
        (b"+1", Syntax, 0),
        (b"1e", End, 2),
        (b"1e400", Number, 0),
        (b"[-1e400]", Number, 1),
        (b"nul", End, 0),
        (b"nule", Syntax, 0),
        (b"NaN", Syntax, 0),
        (b"\"a", End, 2),
        (b"\"\n\"", Text, 1),
        (b"\"\\x\"", Text, 2),
        (b"\"\\u12g4\"", Text, 5),
        (b"\"\\ud800\"", Surrogate, 1),
        (b"\"\\ud800\\u0041\"", Surrogate, 1),
        (b"\"\\udc00\"", Surrogate, 1),
        (deep.as_bytes(), Nesting, 127),
    ] {
        let error = Json::parse(text).unwrap_err();
        let told = String::from_utf8_lossy(text);
        assert_eq!((error.kind(), error.position()), (kind, position), "{told}");
    }
}

#[test]
fn members_stand_in_the_order_of_their_keys_as_written() {
    let text = r#"{"b":1,"a\"":2,"a!":3,"a":4,"a\\":5,"\u0001":6,"":7,"Z":8,"a":9,"\u0062":10}"#;
    let json: Json = text.parse().unwrap();
    let expected = r#"{"":7,"Z":8,"\u0001":6,"a":9,"a!":3,"a\"":2,"a\\":5,"b":10}"#;
    assert_eq!(json.as_str(), expected);
    assert_eq!(json.get("\u{1}").unwrap().as_str(), "6");
    assert_eq!(json.get("a\"").unwrap().as_str(), "2");
    assert_eq!(json.get("c"), None);
}
