//! `update/accepted` tells a request in its own order; all else is canonical.
#![expect(clippy::unwrap_used, reason = "what is no answer must fail")]

use iot_shadow::strategies::{json_text, number, profile, request};
use iot_shadow::{
    Operation, Outcome, Profile, Shadow, ShadowId, ShadowStore, UnknownMember, UpdateRequest,
};
use iot_topics::Timestamp;
use iot_topics::reserved::{Exchange, ShadowMessage};
use proptest::prelude::*;

use crate::written::{Written, tells_as_written};

const NOW: Timestamp = Timestamp::from_secs(7);

/// Of the state in a payload: what accepted says, and its metadata.
fn accepted(state: &str) -> (String, String) {
    let (mut shadow, payload) = (Shadow::default(), format!(r#"{{"state":{state}}}"#));
    let outcome = shadow.handle(Operation::Update, payload.as_bytes(), NOW, &Profile::aws());
    let id = ShadowId::classic("lamp".parse().unwrap());
    let mut body = String::new();
    outcome.write(ShadowMessage::Update(Exchange::Accepted), &id, &mut body);
    let body = body.strip_prefix(r#"{"state":"#).unwrap();
    let body = body.strip_suffix(r#","version":1,"timestamp":7}"#).unwrap();
    let (state, metadata) = body.split_once(r#","metadata":"#).unwrap();
    (
        state.to_owned(),
        metadata.replace(r#"{"timestamp":7}"#, "T"),
    )
}

#[test]
fn accepted_has_the_order_of_the_request() {
    for (state, written, metadata) in [
        (
            r#"{"reported":{"b":1,"a":2},"desired":{"z":{"y":1,"x":{"d":1,"c":2}}}}"#,
            r#"{"reported":{"b":1,"a":2},"desired":{"z":{"y":1,"x":{"d":1,"c":2}}}}"#,
            r#"{"reported":{"b":T,"a":T},"desired":{"z":{"y":T,"x":{"d":T,"c":T}}}}"#,
        ),
        // Nulls, and what is empty.
        (
            r#"{"reported":null,"desired":{"b":null,"c":{},"a":[]}}"#,
            r#"{"reported":null,"desired":{"b":null,"c":{},"a":[]}}"#,
            r#"{"reported":T,"desired":{"b":T,"c":{},"a":[]}}"#,
        ),
        // Objects in arrays.
        (
            r#"{"desired":{"a":[{"y":1,"x":[{"d":{},"c":2}]},3]}}"#,
            r#"{"desired":{"a":[{"y":1,"x":[{"d":{},"c":2}]},3]}}"#,
            r#"{"desired":{"a":[{"y":T,"x":[{"d":{},"c":T}]},T]}}"#,
        ),
        // Of a key that comes twice the first place and the last value.
        (
            r#"{"desired":{"b":1,"a":{"x":1},"c":0,"b":{"z":1,"y":2,"z":3},"a":2}}"#,
            r#"{"desired":{"b":{"z":3,"y":2},"a":2,"c":0}}"#,
            r#"{"desired":{"b":{"z":T,"y":T},"a":T,"c":T}}"#,
        ),
        (
            r#"{"reported":{"n":1},"desired":{"b":1},"reported":{"b":[{"k":1,"j":2,"k":3}]}}"#,
            r#"{"reported":{"b":[{"k":3,"j":2}]},"desired":{"b":1}}"#,
            r#"{"reported":{"b":[{"k":T,"j":T}]},"desired":{"b":T}}"#,
        ),
        (
            r#"{"desired":{"a":1,"a":2}}"#,
            r#"{"desired":{"a":2}}"#,
            r#"{"desired":{"a":T}}"#,
        ),
        // The same key in other words; numbers as they are written; white space.
        (
            "{\"desired\" : { \"b\\/\\u0062\":1.0 ,\"a\" : 1e5,\t\"b/b\":-0,\"\\u000a\":\"\\u0041 \"}}",
            r#"{"desired":{"b/b":-0,"a":1e5,"\n":"A "}}"#,
            r#"{"desired":{"b/b":T,"a":T,"\n":T}}"#,
        ),
        ("null", "null", "T"),
        ("{}", "{}", "{}"),
    ] {
        let expected = (written.to_owned(), metadata.to_owned());
        assert_eq!(accepted(state), expected, "{state}");
    }
}

#[test]
fn what_is_kept_and_the_other_messages_are_canonical() {
    let (mut shadow, aws) = (Shadow::default(), Profile::aws());
    let payload = br#"{"state":{"reported":{"b":1,"a":[{"d":1,"c":2}]},"desired":{"z":1,"y":2}}}"#;
    let Outcome::Updated(updated) = shadow.handle(Operation::Update, payload, NOW, &aws) else {
        panic!("is accepted");
    };
    let state = r#"{"desired":{"y":2,"z":1},"reported":{"a":[{"c":2,"d":1}],"b":1}}"#;
    assert_eq!(updated.current().state().as_str(), state);
    let (mut documents, mut delta) = (String::new(), String::new());
    updated.write_documents(&mut documents);
    updated.write_delta(&mut delta);
    assert!(documents.starts_with(&format!(
        r#"{{"previous":null,"current":{{"state":{state},"#
    )));
    assert!(delta.starts_with(r#"{"version":1,"timestamp":7,"state":{"y":2,"z":1},"#));
}

/// Only the last `state` counts, and what stands beside it does not.
#[test]
fn the_order_of_other_members_does_not_count() {
    for (payload, written) in [
        (
            r#"{"state":{"desired":{"b":1,"a":2}},"state":{"desired":{"c":1}}}"#,
            r#"{"desired":{"c":1}}"#,
        ),
        (
            r#"{"state":{"desired":{"c":1}},"metadata":{"b":1,"a":2,"b":3},"\u0073tate":{"desired":{"b":1,"a":2}},"x":{"b":1,"a":2}}"#,
            r#"{"desired":{"b":1,"a":2}}"#,
        ),
        (
            r#"{"x":{"state":{"b":1,"a":2}},"state":{"desired":{"c":1,"d":2}},"a":{"b":1,"a":2}}"#,
            r#"{"desired":{"c":1,"d":2}}"#,
        ),
    ] {
        let request = UpdateRequest::parse(payload.as_bytes(), &Profile::aws()).unwrap();
        assert_eq!(request.state_as_written(), written, "{payload}");
        tells_as_written(&request, payload.as_bytes());
    }
}

#[test]
fn an_unknown_member_that_is_ignored_is_left_out() {
    let mut profile = Profile::aws();
    profile.unknown_state_member = UnknownMember::Ignore;
    for (payload, written) in [
        (
            r#"{"state":{"z":{"b":1,"a":2},"reported":{"b":1,"a":2},"delta":1,"desired":null,"a":1}}"#,
            r#"{"reported":{"b":1,"a":2},"desired":null}"#,
        ),
        (
            r#"{"state":{"z":{"b":1,"a":2},"reported":{"c":1}}}"#,
            r#"{"reported":{"c":1}}"#,
        ),
        (r#"{"state":{"z":1,"a":1}}"#, "{}"),
    ] {
        let request = UpdateRequest::parse(payload.as_bytes(), &profile).unwrap();
        assert_eq!(request.state_as_written(), written, "{payload}");
        tells_as_written(&request, payload.as_bytes());
    }
}

/// A request that was parsed before has the time at which it is carried out.
#[test]
fn a_parsed_request_keeps_its_order() {
    let payload = br#"{"state":{"reported":{"b":1,"a":[{"d":1,"c":2}]}}}"#;
    let request = UpdateRequest::parse(payload, &Profile::aws()).unwrap();
    let mut store = ShadowStore::new(Profile::aws());
    let id = ShadowId::classic("lamp".parse().unwrap());
    let outcome = store.update_if(&id, &request, NOW, |_| true);
    let body = r#"{"state":{"reported":{"b":1,"a":[{"d":1,"c":2}]}},"metadata":{"reported":{"b":{"timestamp":7},"a":[{"d":{"timestamp":7},"c":{"timestamp":7}}]}},"version":1,"timestamp":7}"#;
    assert_eq!(outcome.body(&id), body);
}

#[test]
fn requests_that_ask_the_same_are_equal_in_any_order() {
    let request = |state: &str| {
        let payload = format!(r#"{{"state":{state}}}"#);
        UpdateRequest::parse(payload.as_bytes(), &Profile::aws()).unwrap()
    };
    let a = request(r#"{"desired":{"a":1,"b":2}}"#);
    assert_eq!(a, request(r#"{"desired":{"b":2,"a":1.0}}"#));
    assert_ne!(a, request(r#"{"desired":{"b":1,"a":2}}"#));
    assert_ne!(a, request(r#"{"reported":{"a":1,"b":2}}"#));
}

#[test]
fn http_says_what_is_published() {
    let mut store = ShadowStore::new(Profile::aws());
    let payload = br#"{"state":{"reported":{"b":1,"a":2}}}"#;
    let answer = store.handle_http("POST", "/things/lamp/shadow", payload, NOW);
    let answer = answer.unwrap();
    assert_eq!(answer.body, answer.messages[0].payload);
    assert!(
        answer
            .body
            .starts_with(r#"{"state":{"reported":{"b":1,"a":2}},"#)
    );
}

/// Keys come down, each twice, so that every one of them must be looked for: were that a walk over
/// all of them, it would be 10^10 steps.
#[test]
fn a_large_object_in_any_order_takes_no_square() {
    let keys = (0..100_000_u32).rev();
    let members: Vec<_> = keys
        .chain(0..100_000)
        .map(|key| format!("\"k{key:06}\":{key}"))
        .collect();
    let payload = format!(r#"{{"state":{{"desired":{{{}}}}}}}"#, members.join(","));
    let request = UpdateRequest::parse(payload.as_bytes(), &Profile::aws()).unwrap();
    let once = members.get(..100_000).unwrap().join(",");
    assert_eq!(
        request.state_as_written(),
        format!(r#"{{"desired":{{{once}}}}}"#)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_state_is_told_as_written(payload in request(number()), profile in profile()) {
        if let Ok(request) = UpdateRequest::parse(payload.as_bytes(), &profile) {
            tells_as_written(&request, payload.as_bytes());
        }
    }

    /// The order alone: what is written in the order of its keys is the canonical text.
    #[test]
    fn canonical_text_is_told_as_it_is(text in json_text()) {
        let json: iot_shadow::Json = text.parse().unwrap();
        prop_assert_eq!(Written::read(json.as_str()).text(), json.as_str());
    }
}
