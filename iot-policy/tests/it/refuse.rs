//! Every refusal, with its kind, its pointer and its place.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use iot_policy::{PolicyDocument, PolicyError, PolicyErrorKind as Kind, Position};
use serde_json::Value;

/// Splits `¦` out of a text: the place where the error must be.
fn marked(text: &str) -> (String, Option<usize>) {
    (text.replace('¦', ""), text.find('¦'))
}

fn refusal(text: &str) -> PolicyError {
    PolicyDocument::from_json(text).expect_err(text)
}

/// The text of a document whose one statement has these members.
fn statement(members: &str) -> String {
    format!("{{\"Statement\": [¦{{{members}}}]}}").replacen(
        '¦',
        "",
        usize::from(members.contains('¦')),
    )
}

const REST: &str = r#""Effect": "Allow", "Action": "*", "Resource": "*""#;

#[test]
fn documents_are_refused_where_they_break_a_rule() {
    let wrong = |expected, found| Kind::WrongType { expected, found };
    let missing = |key| Kind::Missing { key };
    let statements = "an object or an array of objects";
    let good = format!("\"Statement\": {{{REST}}}");
    let cases: &[(String, Kind, &str)] = &[
        ("¦7".into(), wrong("an object", "a number"), ""),
        ("¦[{}]".into(), wrong("an object", "an array"), ""),
        (" ¦\"x\"".into(), wrong("an object", "a string"), ""),
        ("¦null".into(), wrong("an object", "null"), ""),
        (" ¦{}".into(), missing("`Statement`"), ""),
        (
            "¦{\"Version\": \"2012-10-17\"}".into(),
            missing("`Statement`"),
            "",
        ),
        (
            format!("{{\"Version\": ¦\"2012-10-18\", {good}}}"),
            Kind::BadVersion,
            "/Version",
        ),
        (
            format!("{{\"Version\": ¦\"\", {good}}}"),
            Kind::BadVersion,
            "/Version",
        ),
        (
            format!("{{\"Version\": ¦2012, {good}}}"),
            wrong("a string", "a number"),
            "/Version",
        ),
        (
            format!("{{\"Version\": ¦null, {good}}}"),
            wrong("a string", "null"),
            "/Version",
        ),
        (
            format!("{{\"Id\": ¦[\"x\"], {good}}}"),
            wrong("a string", "an array"),
            "/Id",
        ),
        (
            format!("{{\"Id\": \"\", ¦\"Id\": \"\", {good}}}"),
            Kind::DuplicateKey,
            "/Id",
        ),
        (
            format!("{{{good}, ¦\"Statement\": []}}"),
            Kind::DuplicateKey,
            "/Statement",
        ),
        // Keys are compared after their escapes.
        (
            format!("{{\"Id\": \"\", ¦\"\\u0049d\": \"\", {good}}}"),
            Kind::DuplicateKey,
            "/Id",
        ),
        (
            format!("{{{good}, ¦\"version\": \"2012-10-17\"}}"),
            Kind::UnknownKey,
            "/version",
        ),
        (
            format!("{{{good}, ¦\"a~/b\": 1}}"),
            Kind::UnknownKey,
            "/a~0~1b",
        ),
        (format!("{{{good}, ¦\"\": 1}}"), Kind::UnknownKey, "/"),
        (
            "{\"Statement\": ¦\"x\"}".into(),
            wrong(statements, "a string"),
            "/Statement",
        ),
        (
            "{\"Statement\": ¦true}".into(),
            wrong(statements, "a Boolean"),
            "/Statement",
        ),
        (
            "{\"Statement\": [¦[]]}".into(),
            wrong("an object", "an array"),
            "/Statement/0",
        ),
        (
            format!("{{\"Statement\": [{{{REST}}}, ¦null]}}"),
            wrong("an object", "null"),
            "/Statement/1",
        ),
        (
            format!("{{\"Statement\": {{{REST}, ¦\"Effects\": 1}}}}"),
            Kind::UnknownKey,
            "/Statement/Effects",
        ),
        (format!("{{{good}}} ¦x"), Kind::TrailingText, ""),
        (format!("{{{good}}}\n¦{{{good}}}"), Kind::TrailingText, ""),
        (format!("{{{good}}}¦\u{feff}"), Kind::TrailingText, ""),
    ];
    for (text, kind, pointer) in cases {
        let (text, at) = marked(text);
        let error = refusal(&text);
        assert_eq!(error.kind(), *kind, "{text}");
        assert_eq!(error.pointer(), *pointer, "{text}");
        assert_eq!(error.position().map(|p| p.offset), at, "{text}");
    }
}

#[test]
fn statements_are_refused_where_they_break_a_rule() {
    let wrong = |expected, found| Kind::WrongType { expected, found };
    let missing = |key| Kind::Missing { key };
    let conflict = |key, other| Kind::Conflict { key, other };
    let text_or_list = "a string or an array of strings";
    let cases: &[(&str, Kind, &str)] = &[
        ("", missing("`Effect`"), ""),
        (r#""Action": "*", "Resource": "*""#, missing("`Effect`"), ""),
        (
            r#""Effect": "Allow", "Resource": "*""#,
            missing("`Action` or `NotAction`"),
            "",
        ),
        (
            r#""Effect": "Allow", "NotAction": "*""#,
            missing("`Resource` or `NotResource`"),
            "",
        ),
        (r#""Effect": ¦"allow""#, Kind::BadEffect, "/Effect"),
        (r#""Effect": ¦"""#, Kind::BadEffect, "/Effect"),
        (
            r#""Effect": ¦["Allow"]"#,
            wrong("a string", "an array"),
            "/Effect",
        ),
        (
            r#""Effect": "Deny", ¦"Effect": "Deny""#,
            Kind::DuplicateKey,
            "/Effect",
        ),
        (
            r#""Effect": "Allow", ¦"effect": "Allow""#,
            Kind::UnknownKey,
            "/effect",
        ),
        (r#""Sid": ¦7"#, wrong("a string", "a number"), "/Sid"),
        (r#""Sid": "", ¦"Sid": """#, Kind::DuplicateKey, "/Sid"),
        (r#""Action": ¦[]"#, Kind::EmptyArray, "/Action"),
        (r#""NotAction": ¦[ ]"#, Kind::EmptyArray, "/NotAction"),
        (r#""Resource": ¦[]"#, Kind::EmptyArray, "/Resource"),
        (r#""NotResource": ¦[]"#, Kind::EmptyArray, "/NotResource"),
        (
            r#""Action": ¦{}"#,
            wrong(text_or_list, "an object"),
            "/Action",
        ),
        (
            r#""Resource": ¦null"#,
            wrong(text_or_list, "null"),
            "/Resource",
        ),
        (
            r#""Action": ["a", ¦5]"#,
            wrong("a string", "a number"),
            "/Action/1",
        ),
        (
            r#""Resource": [¦["a"]]"#,
            wrong("a string", "an array"),
            "/Resource/0",
        ),
        (
            r#""Action": "a", ¦"Action": "a""#,
            Kind::DuplicateKey,
            "/Action",
        ),
        (
            r#""Action": "a", ¦"NotAction": "a""#,
            conflict("Action", "NotAction"),
            "/NotAction",
        ),
        (
            r#""NotAction": "a", ¦"Action": "a""#,
            conflict("Action", "NotAction"),
            "/Action",
        ),
        (
            r#""NotResource": "a", ¦"Resource": "a""#,
            conflict("Resource", "NotResource"),
            "/Resource",
        ),
        (
            r#""NotResource": "a", ¦"NotResource": "a""#,
            Kind::DuplicateKey,
            "/NotResource",
        ),
        (r#"¦"Principal": "*""#, Kind::Principal, "/Principal"),
        (
            r#"¦"NotPrincipal": {"AWS": "*"}"#,
            Kind::Principal,
            "/NotPrincipal",
        ),
    ];
    for (members, kind, pointer) in cases {
        let (text, at) = marked(&statement(members));
        let error = refusal(&text);
        assert_eq!(error.kind(), *kind, "{text}");
        assert_eq!(error.pointer(), format!("/Statement/0{pointer}"), "{text}");
        assert_eq!(error.position().map(|p| p.offset), at, "{text}");
    }
}

#[test]
fn conditions_are_refused_where_they_break_a_rule() {
    let wrong = |expected, found| Kind::WrongType { expected, found };
    let values = "a string, a number, a Boolean or an array of these";
    let value = "a string, a number or a Boolean";
    let cases: &[(&str, Kind, &str)] = &[
        ("¦[]", wrong("an object", "an array"), ""),
        ("¦null", wrong("an object", "null"), ""),
        (r#"{¦"Equals": {}}"#, Kind::UnknownOperator, "/Equals"),
        (
            r#"{¦"stringEquals": {}}"#,
            Kind::UnknownOperator,
            "/stringEquals",
        ),
        (
            r#"{¦"ForAllValues:": {}}"#,
            Kind::UnknownOperator,
            "/ForAllValues:",
        ),
        (r#"{¦"a/b": {}}"#, Kind::UnknownOperator, "/a~1b"),
        (
            r#"{¦"NullIfExists": {}}"#,
            Kind::NullIfExists,
            "/NullIfExists",
        ),
        (r#"{"Bool": {}, ¦"Bool": {}}"#, Kind::DuplicateKey, "/Bool"),
        (
            r#"{"Bool": {"a": 1}, ¦"Bool": {"b": 1}}"#,
            Kind::DuplicateKey,
            "/Bool",
        ),
        (r#"{"Bool": ¦"a"}"#, wrong("an object", "a string"), "/Bool"),
        (
            r#"{"Bool": {"a": ¦null}}"#,
            wrong(values, "null"),
            "/Bool/a",
        ),
        (
            r#"{"Bool": {"a": ¦{}}}"#,
            wrong(values, "an object"),
            "/Bool/a",
        ),
        (
            r#"{"Bool": {"a": ["", ¦null]}}"#,
            wrong(value, "null"),
            "/Bool/a/1",
        ),
        (
            r#"{"Bool": {"a": [¦[]]}}"#,
            wrong(value, "an array"),
            "/Bool/a/0",
        ),
        (
            r#"{"Bool": {"x": "", "a/b": "", ¦"a/b": ""}}"#,
            Kind::DuplicateKey,
            "/Bool/a~1b",
        ),
        (
            r#"{"Bool": {"a": "", ¦"A": ""}}"#,
            Kind::DuplicateKey,
            "/Bool/A",
        ),
        (
            r#"{"Null": {"a": ""}, "Bool": {"a[x]": "", ¦"A[x]": ""}}"#,
            Kind::DuplicateKey,
            "/Bool/A[x]",
        ),
    ];
    for (condition, kind, pointer) in cases {
        let (text, at) = marked(&statement(&format!("{REST}, \"Condition\": {condition}")));
        let error = refusal(&text);
        assert_eq!(error.kind(), *kind, "{text}");
        assert_eq!(
            error.pointer(),
            format!("/Statement/0/Condition{pointer}"),
            "{text}"
        );
        assert_eq!(error.position().map(|p| p.offset), at, "{text}");
    }
    // One key under two operators, and attribute names that differ in case, are no repetition.
    for condition in [
        r#"{"StringLike": {"a": "1"}, "StringNotLike": {"a": "2"}}"#,
        r#"{"Bool": {"x[a]": "1", "x[A]": "1"}}"#,
        r#"{"Bool": {"x": "1", "x[": "1"}}"#,
    ] {
        let text = statement(&format!("{REST}, \"Condition\": {condition}")).replace('¦', "");
        assert!(PolicyDocument::from_json(&text).is_ok(), "{text}");
    }
}

#[test]
fn a_sid_stands_once_unless_it_is_empty() {
    let sids = |sids: &[&str]| {
        let each = sids
            .iter()
            .map(|sid| format!("{{\"Sid\": ¦{sid:?}, {REST}}}"));
        format!(
            "{{\"Statement\": [{}]}}",
            each.collect::<Vec<_>>().join(", ")
        )
    };
    let text = sids(&["a", "b", "c", "b", "a"]);
    let at = text
        .match_indices('¦')
        .nth(3)
        .map(|(at, _)| at - 3 * '¦'.len_utf8());
    let error = refusal(&text.replace('¦', ""));
    assert_eq!(
        (error.kind(), error.pointer()),
        (Kind::DuplicateSid, "/Statement/3/Sid")
    );
    assert_eq!(error.position().map(|p| p.offset), at);
    for good in [&["a", "A"][..], &["", "", ""], &["a b-c_d!", "é"]] {
        assert!(PolicyDocument::from_json(&sids(good).replace('¦', "")).is_ok());
    }
}

#[test]
fn broken_json_is_refused_where_it_breaks() {
    let cases = [
        ("{¦", ""),
        ("{¦x", ""),
        ("{¦'Id'", ""),
        ("{¦,}", ""),
        ("{\"Id\"¦", ""),
        ("{\"Id\" ¦\"x\"", ""),
        ("{\"Id\": ¦", "/Id"),
        ("{\"Id\": ¦}", "/Id"),
        ("{\"Id\": \"x¦", "/Id"),
        ("{\"Id\": \"x\\\"¦", "/Id"),
        ("{\"Id\": \"x¦\n\"", "/Id"),
        ("{\"Id\": \"x¦\u{0}\"", "/Id"),
        ("{\"Id\": \"é¦\\x\"", "/Id"),
        ("{\"Id\": \"¦\\u12\"", "/Id"),
        ("{\"Id\": \"¦\\u+123\"", "/Id"),
        ("{\"Id\": \"¦\\u12é\"", "/Id"),
        ("{\"Id\": \"¦\\ud800\"", "/Id"),
        ("{\"Id\": \"¦\\ud800\\u0041\"", "/Id"),
        ("{\"Id\": \"¦\\ud800\\ud800\"", "/Id"),
        ("{\"Id\": \"¦\\udc00\"", "/Id"),
        ("{\"Id\": \"x\" ¦\"y\"", ""),
        ("{\"Id\": \"x\",¦}", ""),
        ("{\"Id\": \"x\", ¦,", ""),
        ("{\"Id\": \"x\"¦]", ""),
        ("{\"Statement\": [¦,]}", "/Statement/0"),
        (
            "{\"Statement\": [{\"Action\": [\"a\" ¦\"b\"]",
            "/Statement/0/Action",
        ),
        (
            "{\"Statement\": [{\"Action\": [\"a\",¦]",
            "/Statement/0/Action",
        ),
        ("{\"Statement\": [{\"Action\": ¦nul", "/Statement/0/Action"),
        ("{\"Statement\": [{\"Action\": ¦-", "/Statement/0/Action"),
        (
            "{\"Statement\": [{\"Action\": [\"a\", \"b¦",
            "/Statement/0/Action/1",
        ),
        (
            "{\"Statement\": {\"Condition\": {\"Bool\": {\"k\": [¦tru",
            "/Statement/Condition/Bool/k/0",
        ),
        (
            "{\"Statement\": {\"Condition\": {\"Bool\": {\"k\": 0¦1",
            "/Statement/Condition/Bool",
        ),
        (
            "{\"Statement\": {\"Condition\": {\"Bool\": {\"k\": ¦1.",
            "/Statement/Condition/Bool/k",
        ),
        (
            "{\"Statement\": {\"Condition\": {\"Bool\": {\"k\": ¦1e+",
            "/Statement/Condition/Bool/k",
        ),
        (
            "{\"Statement\": {\"Condition\": {\"Bool\": {\"k\": ¦.5",
            "/Statement/Condition/Bool/k",
        ),
        (
            "{\"Statement\": {\"Condition\": {\"Bool\": {\"k\": ¦+5",
            "/Statement/Condition/Bool/k",
        ),
        (
            "{\"Statement\": {\"Condition\": {\"Bool\": {\"k\": ¦NaN",
            "/Statement/Condition/Bool/k",
        ),
        (
            "{\"Statement\": {\"Condition\": {\"Bool\": {\"k\": true¦x",
            "/Statement/Condition/Bool",
        ),
        ("¦\u{feff}{}", ""),
    ];
    for (text, pointer) in cases {
        let (text, at) = marked(text);
        let error = refusal(&text);
        assert!(
            matches!(error.kind(), Kind::Syntax { .. }),
            "{text}: {error}"
        );
        assert_eq!(error.pointer(), pointer, "{text}: {error}");
        assert_eq!(error.position().map(|p| p.offset), at, "{text}: {error}");
        assert!(serde_json::from_str::<Value>(&text).is_err(), "{text}");
    }
}

#[test]
fn an_error_names_line_and_column() {
    let error = refusal("{\n  \"Id\": \"é\", \"Ïd\": 1\n}");
    let position = error.position().unwrap();
    assert_eq!(
        (position.line, position.column, position.offset),
        (2, 14, 16)
    );
    assert_eq!(
        error.to_string(),
        "unknown key at `/Ïd` (line 2, column 14)"
    );
    // What a document spells cannot move a terminal's cursor.
    let error = refusal("{\"\\u001b[2J\\u0085\": 1}");
    assert_eq!(error.pointer(), "/\u{1b}[2J\u{85}");
    assert_eq!(
        error.to_string(),
        "unknown key at `/\\u{1b}[2J\\u{85}` (line 1, column 2)"
    );
}

#[test]
fn positions_count_lines_and_characters() {
    let text = "a\né\r\n";
    let expected = [
        (0, 1, 1),
        (1, 1, 2),
        (2, 2, 1),
        (2, 2, 1),
        (4, 2, 2),
        (5, 2, 3),
        (6, 3, 1),
        (6, 3, 1),
    ];
    for (offset, expected) in expected.into_iter().enumerate() {
        let Position {
            offset: at,
            line,
            column,
            ..
        } = Position::of(text, offset);
        assert_eq!((at, line, column), expected, "offset {offset}");
    }
}
