//! Lints: each one fires where it should and not beside it, and keeps quiet about the samples of
//! the documentation that are sound.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod decisions;
mod laws;
mod relations;
mod statements;

use core::ops::Range;

use iot_policy::lint::{Lint, LintId, Suggestion, lint_text, lint_texts};
use iot_policy::{locate, locate_key};

const ARN: &str = "arn:aws:iot:us-east-1:123456789012:";

/// One lint: a statement list that it fires on, where, and one that it does not fire on. `~` is
/// short for the first five parts of an ARN.
struct Case {
    id: LintId,
    bad: &'static str,
    /// Behind `/Statement`; a `#` in front means the key.
    at: &'static str,
    good: &'static str,
}

const fn case(id: LintId, bad: &'static str, at: &'static str, good: &'static str) -> Case {
    Case { id, bad, at, good }
}

impl Case {
    fn check(&self) {
        let bad = document(self.bad);
        let found = lint_text(&bad).unwrap();
        let this: Vec<&Lint> = found.iter().filter(|lint| lint.id() == self.id).collect();
        let [lint] = this.as_slice() else {
            panic!("{}: {bad}\n{found:#?}", self.id);
        };
        let (is_key, at) = match self.at.strip_prefix('#') {
            Some(at) => (true, at),
            None => (false, self.at),
        };
        let location = lint.location();
        assert_eq!(location.pointer(), format!("/Statement{at}"), "{bad}");
        assert_eq!(location.is_key(), is_key, "{bad}");
        place(&bad, lint);
        if let Some(mended) = mended(&bad, lint) {
            let left = lint_text(&mended).unwrap();
            assert!(!left.contains(lint), "{mended}");
            assert!(
                left.iter().all(|left| left.id() != self.id),
                "{mended}\n{left:#?}"
            );
        }
        let good = document(self.good);
        let found = lint_text(&good).unwrap();
        assert!(
            found.iter().all(|lint| lint.id() != self.id),
            "{good}\n{found:#?}"
        );
    }
}

fn document(statements: &str) -> String {
    let statements = statements.replace('~', ARN);
    format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#)
}

fn ids(statements: &str) -> Vec<LintId> {
    lint_text(&document(statements))
        .unwrap()
        .iter()
        .map(Lint::id)
        .collect()
}

/// Where the text that a finding is about stands.
fn place(text: &str, lint: &Lint) -> Range<usize> {
    let location = lint.location();
    let range = if location.is_key() {
        locate_key(text, location.pointer())
    } else {
        locate(text, location.pointer())
    };
    range.unwrap_or_else(|| panic!("{lint:?} is nowhere in {text}"))
}

/// The document with the text of a suggestion in place.
fn mended(text: &str, lint: &Lint) -> Option<String> {
    let Some(Suggestion::Replace(with)) = lint.suggestion() else {
        return None;
    };
    let mut mended = text.to_owned();
    mended.replace_range(place(text, lint), &serde_json::to_string(with).unwrap());
    Some(mended)
}

#[test]
fn every_lint_has_a_case() {
    let cases = || statements::CASES.iter().chain(relations::CASES);
    for id in LintId::ALL {
        let in_table = cases().any(|case| case.id == *id);
        assert!(in_table || BY_HAND.contains(id), "no case of {id}");
    }
}

/// Lints of the document as a whole, with tests of their own below.
const BY_HAND: [LintId; 4] = [
    LintId::PolicyTooLong,
    LintId::VariableInOldVersion,
    LintId::OldVersion,
    LintId::IdIgnored,
];

#[test]
fn every_case() {
    for case in statements::CASES.iter().chain(relations::CASES) {
        case.check();
    }
}

#[test]
fn size() {
    // 2,048 characters without white space, then one more.
    let start = r#"{"Version":"2012-10-17","Statement":{"Sid":"","#;
    let rest = r#""Effect":"Allow","Action":"iot:Connect","Resource":"*"}}  "#;
    let sid = "x".repeat(2_048 - start.len() - rest.len() + 2);
    let text = |sid: &str| start.replace(r#""Sid":"""#, &format!(r#""Sid":"{sid}""#)) + rest;
    assert_eq!(lint_text(&text(&sid)).unwrap(), []);
    let lints = lint_text(&text(&(sid + "x"))).unwrap();
    assert_eq!(lints[0].id(), LintId::PolicyTooLong);
    assert_eq!((lints.len(), lints[0].location().pointer()), (1, ""));
    assert_eq!(
        lints[0].message(),
        "2049 characters without white space, at most 2048"
    );
}

#[test]
fn version_and_id() {
    let statement = |resource: &str| {
        format!(
            r#""Statement": {{"Effect": "Allow", "Action": "iot:Publish", "Resource": "{ARN}topic/{resource}"}}"#
        )
    };
    let found = |head: &str, resource: &str| {
        let text = format!("{{{head}{}}}", statement(resource));
        let found = lint_text(&text).unwrap();
        let found = found
            .iter()
            .map(|lint| (lint.id(), lint.location().pointer().to_owned()));
        found.collect::<Vec<_>>()
    };
    let at = |id: LintId, pointer: &str| vec![(id, pointer.to_owned())];
    let old = r#""Version": "2008-10-17", "#;
    let new = r#""Version": "2012-10-17", "#;
    let variable = "${iot:ClientId}";
    assert_eq!(found("", "a"), at(LintId::OldVersion, ""));
    assert_eq!(found(old, "a"), at(LintId::OldVersion, "/Version"));
    assert_eq!(found("", variable), at(LintId::VariableInOldVersion, ""));
    let expected = at(LintId::VariableInOldVersion, "/Version");
    assert_eq!(found(old, variable), expected);
    // An escape is no variable.
    assert_eq!(found(old, "a${*}"), at(LintId::OldVersion, "/Version"));
    assert_eq!(found(new, variable), []);
    let id = new.to_owned() + r#""Id": "x", "#;
    assert_eq!(found(&id, "a"), at(LintId::IdIgnored, "/Id"));
}

#[test]
fn documents_that_are_not_legal_are_errors() {
    assert!(lint_text("{").is_err());
    let good = document(r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}"#);
    let (index, _) = lint_texts(&[&good, "[]"]).unwrap_err();
    assert_eq!(index, 1);
    assert_eq!(lint_texts(&[]).unwrap(), []);
}

#[test]
fn messages_hold_no_control_characters() {
    let long = "x".repeat(500);
    let text = document(&format!(
        r#"{{"Effect": "Allow", "Action": "\u001b[31miot:{long}", "Resource": "*"}}"#
    ));
    let lints = lint_text(&text).unwrap();
    let [lint] = lints.as_slice() else { panic!() };
    assert!(lint.message().starts_with(r"`\u{1b}[31miot:xxx"));
    assert!(lint.message().len() < 250);
    assert!(!lint.to_string().contains(char::is_control));
}
