//! What a document keeps, and the laws of reading and printing.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use iot_policy::strategies::policy_document;
use iot_policy::{
    ArnScope, Condition, Context, Decision, DocumentLimits, Effect, Operator, Patterns,
    PolicyDocument, PolicyError, PolicyErrorKind as Kind, PolicySet, Position, Request, Statement,
    Test, Version, locate,
};
use proptest::prelude::*;
use serde_json::Value;

const REST: &str = r#""Effect": "Allow", "Action": "*", "Resource": "*""#;

fn statement(members: &str) -> String {
    format!("{{\"Statement\": [{{{members}}}]}}")
}

fn refusal(text: &str) -> PolicyError {
    PolicyDocument::from_json(text).expect_err(text)
}

#[test]
fn a_document_keeps_what_was_written() {
    let text = r#" {
      "Id": "i\"d", "Version": "2008-10-17",
      "Statement": {
        "Condition": {
          "Bool": {"aws:SecureTransport": false, "k": []},
          "ForAllValues:NumericLessThanIfExists": {"k": [1, -0.50, 1e3, 12345678901234567890123, "x", true]},
          "Null": {}
        },
        "NotResource": ["\u0041\ud83d\ude00\/\b\f\n\r\t\\\""], "NotAction": "iot:*", "Effect": "Deny", "Sid": ""
      }
    } "#;
    let document = PolicyDocument::from_json(text).unwrap();
    assert_eq!(document.id(), Some("i\"d"));
    assert_eq!(
        (document.version(), document.has_variables()),
        (Version::V2008_10_17, false)
    );
    assert!(document.is_single());
    assert_eq!(document.statement_pointer(0), "/Statement");
    let [statement] = document.statements() else {
        panic!()
    };
    assert_eq!(
        (statement.sid(), statement.effect()),
        (Some(""), Effect::Deny)
    );
    assert_eq!(
        (statement.action_key(), statement.resource_key()),
        ("NotAction", "NotResource")
    );
    assert!(statement.actions().is_single() && !statement.resources().is_single());
    assert!(
        statement
            .resources()
            .iter()
            .eq(["A😀/\u{8}\u{c}\n\r\t\\\""])
    );
    let [secure, empty, numbers] = statement.conditions() else {
        panic!()
    };
    assert_eq!(
        (secure.operator(), secure.key()),
        (Operator::from(Test::Bool), "aws:SecureTransport")
    );
    assert!(secure.values().eq(["false"]) && secure.is_single());
    assert!(empty.values().len() == 0 && !empty.is_single());
    assert_eq!(
        numbers.operator().to_string(),
        "ForAllValues:NumericLessThanIfExists"
    );
    // As written, whatever features of `serde_json` are on.
    assert!(
        numbers
            .values()
            .eq(["1", "-0.50", "1e3", "12345678901234567890123", "x", "true"])
    );
    assert_eq!(
        document.to_json(),
        concat!(
            r#"{"Version":"2008-10-17","Id":"i\"d","Statement":{"Sid":"","Effect":"Deny","NotAction":"iot:*","#,
            r#""NotResource":["A😀/\u0008\u000c\u000a\u000d\u0009\\\""],"Condition":{"#,
            r#""Bool":{"aws:SecureTransport":"false","k":[]},"ForAllValues:NumericLessThanIfExists":"#,
            r#"{"k":["1","-0.50","1e3","12345678901234567890123","x","true"]}}}}"#,
        )
    );
}

/// What the mitigation action `REPLACE_DEFAULT_POLICY_VERSION` writes.
#[test]
fn the_blank_policy_allows_nothing() {
    let text = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let blank = PolicyDocument::from_json(text).unwrap();
    assert_eq!(blank, PolicyDocument::new(vec![]).unwrap());
    assert_eq!(blank.to_json(), text);
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope).with_client_id("a");
    let policies = PolicySet::compile([("blank", blank)]);
    let decision = policies.decide(&Request::connect("a", &context));
    assert_eq!(decision, Decision::ImplicitDeny);
}

#[test]
fn without_a_version_variables_are_text() {
    let text = statement(REST);
    let document = PolicyDocument::from_json(&text).unwrap();
    assert_eq!(
        (document.version(), document.written_version()),
        (Version::V2008_10_17, None)
    );
    assert!(!document.has_variables() && !document.to_json().contains("Version"));
    assert_eq!(document.statement_pointer(0), "/Statement/0");
}

#[test]
fn documents_of_the_program_keep_the_same_rules() {
    let allow = || Statement::allow("iot:Connect", "*");
    let none: [&str; 0] = [];
    let cases = [
        (
            vec![allow(), Statement::allow(none, "*")],
            Kind::EmptyArray,
            "/Statement/1/Action",
        ),
        (
            vec![Statement::deny("*", Patterns::all_but(none))],
            Kind::EmptyArray,
            "/Statement/0/NotResource",
        ),
        (
            vec![allow().with_sid("a"), allow().with_sid("a")],
            Kind::DuplicateSid,
            "/Statement/1/Sid",
        ),
    ];
    for (statements, kind, pointer) in cases {
        let error = PolicyDocument::new(statements).unwrap_err();
        assert_eq!(
            (error.kind(), error.pointer(), error.position()),
            (kind, pointer, None)
        );
    }
    let condition = |test: Test, key: &str| Condition::new(test, key, none);
    let twice = allow()
        .with_condition(condition(Test::Bool, "k"))
        .with_condition(condition(Test::Null, "k"))
        .with_condition(condition(Test::Bool, "K"));
    // Conditions of one operator are brought together, as they stand in the text.
    let keys: Vec<_> = twice.conditions().iter().map(Condition::key).collect();
    assert_eq!(keys, ["k", "K", "k"]);
    let error = PolicyDocument::new(vec![twice]).unwrap_err();
    assert_eq!(
        (error.kind(), error.pointer()),
        (Kind::DuplicateKey, "/Statement/0/Condition/Bool/K")
    );
    assert_eq!(
        error.to_string(),
        "this key stands here twice at `/Statement/0/Condition/Bool/K`"
    );
}

#[test]
fn size_counts_characters_without_white_space() {
    let limits = &DocumentLimits::AWS_IOT;
    let size = |text: &str| PolicyDocument::check_size(text, limits).map_err(|error| error.kind());
    assert_eq!(size(&"é".repeat(2_048)), Ok(()));
    assert_eq!(
        size(&"é".repeat(2_049)),
        Err(Kind::TooManyChars {
            max: 2_048,
            got: 2_049
        })
    );
    let padded = "x".repeat(2_048) + &" \t\r\n".repeat(100_638);
    assert_eq!((padded.len(), size(&padded)), (404_600, Ok(())));
    assert_eq!(
        size(&(padded + " ")),
        Err(Kind::TooManyBytes {
            max: 404_600,
            got: 404_601
        })
    );
    // Only the white space of JSON: what else looks like it is counted.
    assert_eq!(DocumentLimits::count_chars(" \t\r\n\u{a0}\u{2003}"), 2);
    for empty in ["", " ", "\r\n\t "] {
        assert_eq!(refusal(empty).kind(), Kind::Empty);
        assert_eq!(
            PolicyDocument::check_size(empty, &DocumentLimits::UNLIMITED)
                .unwrap_err()
                .kind(),
            Kind::Empty
        );
    }
    let long = format!(
        "{{\"Id\": {:?}, \"Statement\": {{{REST}}}}}",
        "x".repeat(404_600)
    );
    assert_eq!(
        refusal(&long).kind(),
        Kind::TooManyBytes {
            max: 404_600,
            got: long.len()
        }
    );
    assert!(PolicyDocument::from_json_with(&long, &DocumentLimits::UNLIMITED).is_ok());
}

#[test]
fn every_document_of_the_conformance_cases_reads() {
    let mut count = 0;
    for line in include_str!("../conformance/policy.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        for policy in case["policies"].as_array().unwrap() {
            let document = PolicyDocument::from_json(&policy.to_string()).unwrap();
            let statements = policy["Statement"].as_array().map_or(1, Vec::len);
            assert_eq!(document.statements().len(), statements);
            assert_eq!(
                PolicyDocument::from_json(&document.to_json()).as_ref(),
                Ok(&document)
            );
            count += 1;
        }
    }
    assert!(count >= 200, "{count} documents");
}

/// What would be quadratic, or recursive, if it were done naively.
#[test]
fn hostile_documents_are_answered() {
    let count = 20_000;
    let keys: Vec<String> = (0..count).map(|n| format!("\"k{n}\": []")).collect();
    let block = format!(
        "{REST}, \"Condition\": {{\"Bool\": {{{}}}}}",
        keys.join(",")
    );
    let text = statement(&block);
    assert!(PolicyDocument::from_json(&text).is_ok());
    let text = statement(&block.replace("k19999", "K5"));
    assert_eq!(refusal(&text).pointer(), "/Statement/0/Condition/Bool/K5");

    let sids: Vec<String> = (0..5_000)
        .map(|n| format!("{{\"Sid\":\"{n}\",{REST}}}"))
        .collect();
    assert!(PolicyDocument::from_json(&format!("{{\"Statement\":[{}]}}", sids.join(","))).is_ok());

    let deep = "[".repeat(400_000);
    assert_eq!(refusal(&deep).pointer(), "");
    assert_eq!(locate(&deep, &"/0".repeat(128)), None);
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    assert_eq!(locate(&nested, ""), Some(0..200_000));
    assert_eq!(locate(&nested, &"/0".repeat(128)), Some(128..199_872));
    assert_eq!(locate(&nested, &"/0".repeat(129)), None);
}

proptest! {
    #[test]
    fn printing_and_reading_are_inverse(document in policy_document()) {
        let text = document.to_json();
        let read = PolicyDocument::from_json(&text);
        prop_assert_eq!(read.as_ref(), Ok(&document));
        // Another parser sees the same members, and white space changes nothing.
        let value: Value = serde_json::from_str(&text).unwrap();
        let spaced = serde_json::to_string_pretty(&value).unwrap();
        let again = PolicyDocument::from_json(&spaced).unwrap();
        prop_assert_eq!(again.statements().len(), document.statements().len());
        let sorted = |document: &PolicyDocument| serde_json::from_str::<Value>(&document.to_json()).unwrap();
        prop_assert_eq!(sorted(&again), value);
    }

    #[test]
    fn any_text_gets_an_answer(text in any::<String>(), pointer in any::<String>()) {
        let _ = PolicyDocument::from_json(&text);
        let _ = locate(&text, &pointer);
    }

    /// A valid document with some bytes changed: read only where `serde_json` reads it too, called
    /// broken only where `serde_json` says so, and refused within the text.
    #[test]
    fn changed_documents_are_judged_as_serde_json_does(
        document in policy_document(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, select_change()), 1..4),
    ) {
        let mut chars: Vec<char> = document.to_json().chars().collect();
        for (index, action, c) in changes {
            let index = index.index(chars.len());
            match action {
                0 => chars[index] = c,
                1 => chars.insert(index, c),
                _ => drop(chars.remove(index)),
            }
        }
        let text: String = chars.into_iter().collect();
        let theirs = serde_json::from_str::<Value>(&text);
        match PolicyDocument::from_json(&text) {
            Ok(document) => {
                prop_assert!(theirs.is_ok(), "{text}");
                let again = PolicyDocument::from_json(&document.to_json());
                prop_assert_eq!(again, Ok(document));
            }
            Err(error) => {
                let broken = matches!(error.kind(), Kind::Syntax { .. } | Kind::TrailingText);
                prop_assert!(!broken || theirs.is_err(), "{text}: {error}");
                let position = error.position().unwrap();
                prop_assert!(text.is_char_boundary(position.offset));
                prop_assert_eq!(Position::of(&text, position.offset), position);
                if !broken && error.kind() != Kind::Empty && theirs.is_ok() {
                    let theirs = theirs.unwrap();
                    let found = theirs.pointer(error.pointer());
                    prop_assert!(found.is_some(), "{text}: {error}");
                    let located = locate(&text, error.pointer()).unwrap();
                    let located = serde_json::from_str(text.get(located).unwrap()).ok();
                    prop_assert_eq!(found, located.as_ref());
                }
            }
        }
    }
}

/// What a change puts into a text: mostly what JSON gives a meaning.
fn select_change() -> impl Strategy<Value = char> {
    let json = prop::sample::select("{}[]\",:\\0123456789-+.ut \n".chars().collect::<Vec<_>>());
    prop_oneof![4 => json, 1 => any::<char>()]
}
