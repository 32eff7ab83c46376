//! What a member of a request of a device may be (developer guide, Jobs device MQTT and HTTPS
//! APIs): each value alone, on a queued execution.

use serde_json::{Value, json};

use crate::account::Account;

/// Request, member, value, and the code of the refusal, if it is one.
fn members() -> Vec<(&'static str, &'static str, Value, Option<&'static str>)> {
    const INVALID: Option<&str> = Some("InvalidRequest");
    const UNKNOWN: Option<&str> = Some("ResourceNotFound");
    const STATE: Option<&str> = Some("InvalidStateTransition");
    const VERSION: Option<&str> = Some("VersionMismatch");
    let (update, get, start) = ("A/update", "A/get", "start-next");
    let mut rows = vec![
        (update, "expectedVersion", json!(1), None),
        (update, "expectedVersion", json!("1"), None),
        (update, "expectedVersion", json!("01"), None),
        (update, "expectedVersion", Value::Null, None),
        (update, "expectedVersion", json!(0), VERSION),
        (update, "expectedVersion", json!("0"), VERSION),
        (update, "expectedVersion", json!(2), VERSION),
        (update, "expectedVersion", json!(u64::MAX), VERSION),
        (update, "expectedVersion", json!("9".repeat(20)), VERSION),
        (update, "expectedVersion", json!(""), INVALID),
        (update, "expectedVersion", json!(" 1"), INVALID),
        (update, "expectedVersion", json!("+1"), INVALID),
        (update, "expectedVersion", json!("-1"), INVALID),
        (update, "expectedVersion", json!("1.0"), INVALID),
        (update, "expectedVersion", json!(1.5), INVALID),
        (update, "expectedVersion", json!(true), INVALID),
        (update, "expectedVersion", json!([1]), INVALID),
        (update, "status", json!("IN_PROGRESS"), None),
        (update, "status", json!("REJECTED"), None),
        (update, "status", json!("QUEUED"), STATE),
        (update, "status", json!("CANCELED"), STATE),
        (update, "status", json!("TIMED_OUT"), STATE),
        (update, "status", json!("REMOVED"), STATE),
        (update, "status", json!("queued"), INVALID),
        (update, "status", json!("DONE"), INVALID),
        (update, "status", json!("DELETED"), INVALID),
        (update, "status", json!(""), INVALID),
        (update, "status", json!(5), INVALID),
        (update, "status", Value::Null, INVALID),
        (update, "includeJobExecutionState", json!("true"), INVALID),
        (update, "includeJobDocument", json!(1), INVALID),
        (get, "includeJobDocument", json!(false), None),
        (get, "includeJobDocument", json!("false"), INVALID),
    ];
    for request in [update, get] {
        let name = "executionNumber";
        rows.extend([
            (request, name, json!(1), None),
            (request, name, json!(2), UNKNOWN),
            (request, name, json!(u64::MAX), UNKNOWN),
            (request, name, json!("1"), INVALID),
            (request, name, json!(1.5), INVALID),
        ]);
    }
    for request in [update, start] {
        let name = "stepTimeoutInMinutes";
        rows.extend([
            (request, name, json!(-1), None),
            (request, name, json!(1), None),
            (request, name, json!(10_080), None),
            (request, name, json!(10_081), INVALID),
            (request, name, json!(0), INVALID),
            (request, name, json!(-2), INVALID),
            (request, name, json!("5"), INVALID),
            (request, name, json!(5.5), INVALID),
        ]);
        let name = "statusDetails";
        rows.extend([
            (request, name, json!({}), None),
            (request, name, json!({"a:_-9": "\u{e9}"}), None),
            (request, name, json!({"a": "x".repeat(1_024)}), None),
            (request, name, json!({"a": "x".repeat(1_025)}), INVALID),
            (request, name, json!({"a": ""}), INVALID),
            (request, name, json!({"a": "\n"}), INVALID),
            (request, name, json!({"a": 1}), INVALID),
            (request, name, json!({"a": null}), INVALID),
            (request, name, json!({"": "x"}), INVALID),
            (request, name, json!({"a b": "x"}), INVALID),
            (request, name, json!([]), INVALID),
        ]);
    }
    for request in [update, get, start, "get", "$next/get"] {
        rows.extend([
            (request, "clientToken", json!("a b"), None),
            (request, "clientToken", json!(""), None),
            (request, "clientToken", Value::Null, None),
            (request, "clientToken", json!(5), INVALID),
            (request, "other", json!([5]), None),
        ]);
    }
    rows
}

#[test]
fn each_member_is_held_to_its_rule() {
    let mut queued = Account::new();
    queued.create("A", &json!({"document": "{}"})).unwrap();
    for (request, member, value, code) in members() {
        let engine = queued.engine.clone();
        let mut payload = json!({"clientToken": "t"});
        if request == "A/update" {
            payload["status"] = "IN_PROGRESS".into();
        }
        payload[member] = value.clone();
        let answer = queued.device(request, &payload);
        let shown = format!("{request} `{member}` {value}: {answer}");
        assert_eq!(answer["code"].as_str(), code, "{shown}");
        let token = payload["clientToken"].as_str();
        assert_eq!(answer["clientToken"].as_str(), token, "{shown}");
        if code == Some("InvalidRequest") {
            let told = answer["message"].as_str().unwrap();
            assert!(told.contains(&format!("`{member}")), "{shown}");
        }
        let state = &answer["executionState"];
        assert_eq!(state.is_null(), code != Some("VersionMismatch"), "{shown}");
        if code.is_some() {
            let execution = queued.engine.execution("T1", "A", None).unwrap();
            assert_eq!(execution.version(), 1, "{shown}");
        }
        queued.engine = engine;
    }
}
