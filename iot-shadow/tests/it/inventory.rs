//! What the source documents of the project name, row by row.
#![expect(
    clippy::expect_used,
    reason = "functions that tests call: a failure is the test's"
)]

use iot_shadow::{Json, Operation, Profile, Shadow, delta};
use iot_topics::Timestamp;
use serde_json::{Value, json};

/// The bodies of an update's messages: accepted, documents and, if there is one, delta.
fn update(shadow: &mut Shadow, payload: &Value, now: u64) -> Vec<Value> {
    let id = iot_shadow::ShadowId::classic("thingName".parse().expect("is a name"));
    let now = Timestamp::from_secs(now);
    let payload = payload.to_string();
    let outcome = shadow.handle(Operation::Update, payload.as_bytes(), now, &Profile::aws());
    let messages = outcome.publish(&id);
    messages
        .iter()
        .map(|message| serde_json::from_str(&message.payload).expect("is JSON"))
        .collect()
}

#[test]
fn d47_a_document_has_8192_bytes_without_metadata() {
    for (bytes, code) in [(8_192, 200), (8_193, 413)] {
        let text = "x".repeat(bytes - r#"{"k":""}"#.len());
        let payload = json!({"state": {"reported": {"k": text}}}).to_string();
        let mut shadow = Shadow::default();
        let now = Timestamp::from_secs(1);
        let outcome = shadow.handle(Operation::Update, payload.as_bytes(), now, &Profile::aws());
        assert_eq!(outcome.code(), code);
        assert_eq!(
            shadow.document().map(|document| document.size()),
            (code == 200).then_some(8_192)
        );
    }
}

#[test]
fn d68_d69_device_reports_app_wishes_reads_and_deletes() {
    let mut shadow = Shadow::default();
    update(
        &mut shadow,
        &json!({"state": {"reported": {"engine": "OFF", "fuel": 7}}}),
        1,
    );
    let wished = update(
        &mut shadow,
        &json!({"state": {"desired": {"engine": "ON"}}}),
        2,
    );
    assert_eq!(wished[2]["state"], json!({"engine": "ON"}));
    let document = shadow.document().expect("has one");
    assert_eq!(document.version(), 2);
    assert_eq!(
        document.reported().map(|json| json.to_string()),
        Some(r#"{"engine":"OFF","fuel":7}"#.into())
    );
    assert_eq!(
        document.metadata(),
        r#"{"desired":{"engine":{"timestamp":2}},"reported":{"engine":{"timestamp":1},"fuel":{"timestamp":1}}}"#,
    );
    let (now, aws) = (Timestamp::from_secs(3), Profile::aws());
    assert_eq!(shadow.handle(Operation::Delete, b"", now, &aws).code(), 200);
    assert_eq!(shadow.handle(Operation::Get, b"", now, &aws).code(), 404);
}

#[test]
fn d71_d72_the_delta_of_the_engine_comes_and_goes() {
    let mut shadow = Shadow::default();
    update(
        &mut shadow,
        &json!({"state": {"reported": {"engine": "OFF"}}}),
        1,
    );
    let on = update(
        &mut shadow,
        &json!({"state": {"desired": {"engine": "ON"}}}),
        2,
    );
    assert_eq!(on[2]["state"], json!({"engine": "ON"}));
    assert_eq!(on[2]["version"], 2);
    let done = update(
        &mut shadow,
        &json!({"state": {"reported": {"engine": "ON"}}}),
        3,
    );
    assert_eq!(done.len(), 2, "no delta");
    assert_eq!(done[0]["version"], 3);
    assert!(!shadow.document().expect("has one").has_delta());
}

#[test]
fn d73_a_device_that_is_operated_by_hand_is_told_to_go_back() {
    let mut shadow = Shadow::default();
    let both = json!({"state": {"desired": {"temp": 25}, "reported": {"temp": 25}}});
    assert_eq!(update(&mut shadow, &both, 1).len(), 2);
    let by_hand = update(
        &mut shadow,
        &json!({"state": {"reported": {"temp": 20}}}),
        2,
    );
    assert_eq!(by_hand[2]["state"], json!({"temp": 25}));
}

#[test]
fn d74_trailing_commas_are_no_json() {
    let payload = br#"{"state":{"desired":{"engine":"ON",},}}"#;
    let mut shadow = Shadow::default();
    let outcome = shadow.handle(
        Operation::Update,
        payload,
        Timestamp::default(),
        &Profile::aws(),
    );
    assert_eq!(outcome.code(), 400);
    assert_eq!(shadow, Shadow::Absent);
}

#[test]
fn d76_the_same_wish_again_is_documented_but_no_delta() {
    let mut shadow = Shadow::default();
    let both = json!({"state": {"desired": {"engine": "ON"}, "reported": {"engine": "ON"}}});
    update(&mut shadow, &both, 1);
    let again = update(
        &mut shadow,
        &json!({"state": {"desired": {"engine": "ON"}}}),
        2,
    );
    assert_eq!(again.len(), 2);
    assert_eq!(again[1]["previous"]["version"], 1);
    assert_eq!(again[1]["current"]["version"], 2);
}

#[test]
fn d77_the_delta_of_a_board() {
    let json = |value: Value| Json::try_from(&value).expect("is JSON");
    let desired = json(json!({
        "LED1": "YELLOW", "ACCEL": {"X": 1, "Y": 5, "Z": 4}, "TEMP": "60F",
    }));
    let reported = json(json!({
        "LED1": "RED", "ACCEL": {"X": 1, "Y": 5, "Z": 4}, "TEMP": "83F",
    }));
    assert_eq!(
        delta(desired.as_ref(), reported.as_ref()),
        Some(json(json!({"LED1": "YELLOW", "TEMP": "60F"}))),
    );
}

#[test]
fn w12_w13_the_console_writes_both_sections_and_a_client_one() {
    let mut shadow = Shadow::default();
    let off = json!({"state": {"desired": {"MOTOR": "OFF"}, "reported": {"MOTOR": "OFF"}}});
    update(&mut shadow, &off, 1);
    let console = json!({"state": {"desired": {"MOTOR": "ON"}, "reported": {"MOTOR": "OFF"}}});
    update(&mut shadow, &console, 2);
    let document = shadow.document().expect("has one");
    let ages: Vec<_> = document
        .leaves()
        .map(|leaf| leaf.timestamp().as_secs())
        .collect();
    assert_eq!(ages, [2, 2], "also where the value stays");
    let client = update(
        &mut shadow,
        &json!({"state": {"desired": {"MOTOR": "ON"}}}),
        3,
    );
    assert_eq!(client[2]["state"], json!({"MOTOR": "ON"}));
    let document = shadow.document().expect("has one");
    let ages: Vec<_> = document
        .leaves()
        .map(|leaf| leaf.timestamp().as_secs())
        .collect();
    assert_eq!(ages, [3, 2]);
}
