//! Policy documents as text.

use iot_policy::{
    ArnScope, Context, Decision, DocumentLimits, PolicyDocument, PolicySet, Request, Statement,
    locate,
};
use iot_topics::TopicNameRef;
use serde_json::Value;

/// A text is a policy or has an error with a place in the text. A policy is JSON to other readers
/// too and says the same to them; printed and read again it is the same; and it can be asked.
pub fn policy_parse(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let document = match PolicyDocument::from_json(&text) {
        Ok(document) => document,
        Err(error) => {
            let position = error.position().unwrap();
            assert!(position.offset <= text.len(), "{error}");
            assert!(text.is_char_boundary(position.offset), "{error}");
            assert!(!error.to_string().contains(char::is_control), "{error}");
            // In whole JSON the pointer names something.
            if serde_json::from_str::<Value>(&text).is_ok() {
                assert!(locate(&text, error.pointer()).is_some(), "{error}");
            }
            let again = PolicyDocument::from_json_with(&text, &DocumentLimits::AWS_IOT);
            assert!(again.is_err());
            return;
        }
    };
    let printed = document.to_json();
    assert_eq!(PolicyDocument::from_json(&printed).as_ref(), Ok(&document));
    same(
        &document,
        &serde_json::from_str(&printed).unwrap(),
        &printed,
    );
    match serde_json::from_str(&text) {
        Ok(value) => same(&document, &value, &text),
        // The policy keeps the text of a number, which need not fit into one of the machine.
        Err(error) => assert!(
            error.to_string().starts_with("number out of range"),
            "{error}"
        ),
    }
    answers(document);
}

/// The document says what the JSON says.
fn same(document: &PolicyDocument, value: &Value, text: &str) {
    assert_eq!(
        document.written_version().map(|it| it.as_str()),
        value["Version"].as_str()
    );
    assert_eq!(document.id(), value["Id"].as_str());
    let statements = one_or_many(&value["Statement"]);
    assert_eq!(document.statements().len(), statements.len());
    for (index, (statement, value)) in document.statements().iter().zip(statements).enumerate() {
        let pointer = document.statement_pointer(index);
        let range = locate(text, &pointer).unwrap();
        assert_eq!(
            &serde_json::from_str::<Value>(&text[range]).unwrap(),
            value,
            "{pointer}"
        );
        same_statement(statement, value);
    }
}

fn same_statement(statement: &Statement, value: &Value) {
    assert_eq!(statement.sid(), value["Sid"].as_str());
    assert_eq!(Some(statement.effect().as_str()), value["Effect"].as_str());
    for (key, patterns) in [
        (statement.action_key(), statement.actions()),
        (statement.resource_key(), statement.resources()),
    ] {
        let written = one_or_many(&value[key]).iter().map(Value::as_str);
        assert!(patterns.iter().map(Some).eq(written), "{key}");
    }
    let empty = serde_json::Map::new();
    let operators = value["Condition"].as_object().unwrap_or(&empty);
    let keys = operators
        .values()
        .filter_map(Value::as_object)
        .map(|it| it.len());
    assert_eq!(statement.conditions().len(), keys.sum::<usize>());
    for condition in statement.conditions() {
        let written = &operators[&condition.operator().to_string()][condition.key()];
        let written = one_or_many(written);
        assert_eq!(condition.values().count(), written.len());
        for (value, written) in condition.values().zip(written) {
            match written {
                Value::String(written) => assert_eq!(value, written),
                Value::Bool(written) => assert_eq!(value, written.to_string()),
                // The text of the document, where another reader has made a number of it.
                Value::Number(_) => assert!(serde_json::from_str::<Value>(value).is_ok()),
                other => panic!("{other}"),
            }
        }
    }
}

fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => core::slice::from_ref(one),
    }
}

/// Any policy has an answer; without statements that deny it is never an explicit one.
fn answers(document: PolicyDocument) {
    let effects: Vec<_> = document
        .statements()
        .iter()
        .map(Statement::effect)
        .collect();
    let set = PolicySet::compile([("policy", document)]);
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope).with_client_id("*");
    let topic = TopicNameRef::parse("a/*").unwrap();
    match set.decide(&Request::publish(topic, &context)) {
        Decision::Allowed => assert!(effects.contains(&iot_policy::Effect::Allow)),
        Decision::ExplicitDeny => assert!(effects.contains(&iot_policy::Effect::Deny)),
        Decision::ImplicitDeny => {}
    }
}
