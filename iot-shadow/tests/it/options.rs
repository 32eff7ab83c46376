//! What each option of a profile changes, each on its own.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "an answer without what is asked for must fail"
)]

use core::slice::from_ref;
use core::time::Duration;

use iot_shadow::{
    DeltaPolicy, EmptyObjects, EmptySection, NullInArrays, Operation, Profile, Shadow, ShadowId,
    ShadowStore, UnknownMember,
};
use iot_topics::{Timestamp, TopicNameRef};
use serde_json::{Value, json};

/// The bodies of all messages that the payloads cause one after the other, a second apart.
fn bodies(profile: &Profile, steps: &[(Operation, Value)]) -> Vec<Vec<Value>> {
    let id = ShadowId::classic("lamp".parse().unwrap());
    let mut shadow = Shadow::default();
    let mut now = Timestamp::from_secs(100);
    let mut answers = Vec::new();
    for (operation, payload) in steps {
        now = now.saturating_add(Duration::from_secs(1));
        let outcome = shadow.handle(*operation, payload.to_string().as_bytes(), now, profile);
        let messages = outcome.publish(&id).into_iter();
        let messages = messages.map(|message| serde_json::from_str(&message.payload).unwrap());
        answers.push(messages.collect());
    }
    answers
}

fn update(profile: &Profile, states: &[Value]) -> Vec<Vec<Value>> {
    let steps = states.iter();
    let steps = steps.map(|state| (Operation::Update, json!({"state": state})));
    bodies(profile, &steps.collect::<Vec<_>>())
}

/// The state after the last of them.
fn kept(profile: &Profile, states: &[Value]) -> Value {
    update(profile, states).last().unwrap()[1]["current"]["state"].clone()
}

fn aws(change: impl FnOnce(&mut Profile)) -> Profile {
    let mut profile = Profile::aws();
    change(&mut profile);
    profile
}

#[test]
fn max_depth() {
    let state = json!({"desired": {"a": {"b": [[7]]}}});
    let six = aws(|profile| profile.max_depth = 4);
    assert_eq!(update(&six, from_ref(&state))[0][0]["version"], 1);
    let three = aws(|profile| profile.max_depth = 3);
    let message = "JSON contains too many levels of nesting; maximum is 3";
    let rejected = json!({"code": 400, "message": message});
    assert_eq!(update(&three, &[state]), [[rejected]]);
    // A leaf that is empty adds nothing.
    let shallow = json!({"reported": {"a": {"b": {"c": [], "d": {}}}}});
    assert_eq!(update(&three, &[shallow])[0][0]["version"], 1);
}

#[test]
fn max_document_bytes() {
    // {"a":"é"} and {"b":1} are 10 and 7 bytes.
    let state = json!({"desired": {"a": "é"}, "reported": {"b": 1}});
    let exact = aws(|profile| profile.max_document_bytes = 17);
    assert_eq!(update(&exact, from_ref(&state))[0][0]["version"], 1);
    let less = aws(|profile| profile.max_document_bytes = 16);
    let answers = update(&less, &[state, json!({"desired": {"a": 1, "b": null}})]);
    assert_eq!(
        answers[0],
        [json!({"code": 413, "message": "The payload exceeds the maximum size allowed"})]
    );
    assert_eq!(
        answers[1][0]["version"], 1,
        "what counts is the document after the merge"
    );
}

#[test]
fn delta_policy() {
    let states = [
        json!({"desired": {"a": 1}}),
        json!({"desired": {"a": 1.0}}),
        json!({"reported": {"b": 1}}),
        json!({"desired": {"c": null}}),
    ];
    let published = |profile: &Profile| {
        let answers = update(profile, &states).into_iter();
        answers.map(|it| it.len() == 3).collect::<Vec<_>>()
    };
    assert_eq!(published(&Profile::aws()), [true, true, true, true]);
    let changes = aws(|profile| profile.delta_policy = DeltaPolicy::OnSectionChange);
    assert_eq!(published(&changes), [true, false, true, false]);
}

#[test]
fn empty_objects() {
    let states = [
        json!({"desired": {"a": {"b": 1}, "c": {"d": null}, "e": [{}]}}),
        json!({"desired": {"a": {"b": null}}}),
    ];
    assert_eq!(
        kept(&Profile::aws(), &states),
        json!({"desired": {"a": {}, "c": {}, "e": [{}]}})
    );
    let prune = aws(|profile| profile.empty_objects = EmptyObjects::Prune);
    assert_eq!(kept(&prune, &states), json!({"desired": {"e": [{}]}}));
    let last = json!({"desired": {"e": null}});
    let [first, second] = states;
    assert_eq!(kept(&prune, &[first, second, last]), json!({}));
}

#[test]
fn empty_section() {
    let states = [
        json!({"desired": {"a": 1}, "reported": {"b": 1}}),
        json!({"desired": {}}),
    ];
    assert_eq!(kept(&Profile::aws(), &states), states[0]);
    let clear = aws(|profile| profile.empty_section = EmptySection::Clear);
    assert_eq!(kept(&clear, &states), json!({"reported": {"b": 1}}));
}

#[test]
fn rejected_timestamp() {
    let get = [(Operation::Get, json!({"clientToken": "t"}))];
    let mut rejected = json!({
        "code": 404, "message": "No shadow exists with name: 'lamp'", "clientToken": "t",
    });
    assert_eq!(bodies(&Profile::aws(), &get), [[rejected.clone()]]);
    rejected["timestamp"] = 101.into();
    let on = aws(|profile| profile.rejected_timestamp = true);
    assert_eq!(bodies(&on, &get), [[rejected]]);
}

#[test]
fn metadata_delta_in_get() {
    let steps = [
        (Operation::Update, json!({"state": {"desired": {"a": 1}}})),
        (Operation::Get, Value::Null),
    ];
    let got = |profile: &Profile| bodies(profile, &steps)[1][0]["metadata"].clone();
    let time = json!({"a": {"timestamp": 101}});
    assert_eq!(got(&Profile::aws()), json!({"desired": time}));
    let on = aws(|profile| profile.metadata_delta_in_get = true);
    assert_eq!(got(&on), json!({"desired": time, "delta": time}));
}

#[test]
fn null_in_arrays() {
    for value in [json!([null]), json!([[{"a": null}]])] {
        let state = json!({"reported": {"a": value}});
        let rejected = json!({"code": 400, "message": "Invalid JSON"});
        assert_eq!(update(&Profile::aws(), from_ref(&state)), [[rejected]]);
        let keep = aws(|profile| profile.null_in_arrays = NullInArrays::Keep);
        assert_eq!(kept(&keep, from_ref(&state)), state);
    }
}

#[test]
fn tombstone_ttl_and_recreate_gap() {
    let version = |ttl: Option<u64>, gap: u64, after: u64, named: Option<u64>| {
        let profile = aws(|profile| {
            profile.tombstone_ttl = ttl.map(Duration::from_secs);
            profile.recreate_gap = gap;
        });
        let mut shadow = Shadow::default();
        let payload = json!({"state": {}}).to_string();
        let mut now = Timestamp::from_secs(100);
        for _ in 0..3 {
            shadow.handle(Operation::Update, payload.as_bytes(), now, &profile);
        }
        let deleted = shadow.handle(Operation::Delete, b"", now, &profile);
        assert_eq!(
            deleted.body(&ShadowId::classic("lamp".parse().unwrap())),
            r#"{"version":3,"timestamp":100}"#
        );
        now = now.saturating_add(Duration::from_secs(after));
        let again = match named {
            Some(version) => json!({"state": {}, "version": version}).to_string(),
            None => payload,
        };
        let outcome = shadow.handle(Operation::Update, again.as_bytes(), now, &profile);
        match outcome.code() {
            200 => shadow.document().unwrap().version(),
            code => code.into(),
        }
    };
    let hours_48 = Profile::aws().tombstone_ttl.map(|ttl| ttl.as_secs());
    assert_eq!(hours_48, Some(172_800));
    assert_eq!(version(hours_48, 2, 172_800, None), 5);
    assert_eq!(version(hours_48, 2, 172_801, None), 1);
    assert_eq!(version(hours_48, 1, 0, None), 4);
    assert_eq!(
        version(hours_48, 0, 0, None),
        4,
        "a version never comes twice"
    );
    assert_eq!(version(None, 2, 0, None), 1);
    assert_eq!(version(Some(5), 2, 5, None), 5);
    assert_eq!(version(Some(5), 2, 6, None), 1);
    // The version to name is the one before.
    assert_eq!(version(hours_48, 2, 0, Some(4)), 5);
    assert_eq!(version(hours_48, 2, 0, Some(3)), 409);
    assert_eq!(version(hours_48, 1, 0, Some(3)), 4);
    assert_eq!(version(None, 2, 0, Some(0)), 1);
}

#[test]
fn shadow_name_dollar() {
    let refused = aws(|profile| profile.shadow_name_dollar = false);
    for (profile, code) in [(Profile::aws(), 200), (refused, 400)] {
        let mut store = ShadowStore::new(profile);
        let topic = "$aws/things/lamp/shadow/name/$package/update";
        let topic = TopicNameRef::parse(topic).unwrap();
        let sent = store.handle_message(topic, br#"{"state":{}}"#, Timestamp::default());
        let answer: Value = serde_json::from_str(&sent.unwrap()[0].payload).unwrap();
        assert_eq!(answer["code"].as_u64().unwrap_or(200), code);
        assert_eq!(store.id("lamp", Some("$package")).is_ok(), code == 200);
    }
}

#[test]
fn unknown_state_member() {
    let state = json!({"desired": {"a": 1}, "delta": {"a": 1}});
    let message = "State contains an invalid node: 'delta'";
    let rejected = json!({"code": 400, "message": message});
    assert_eq!(update(&Profile::aws(), from_ref(&state)), [[rejected]]);
    let ignore = aws(|profile| profile.unknown_state_member = UnknownMember::Ignore);
    let answers = update(&ignore, &[state]);
    assert_eq!(answers[0][0]["state"], json!({"desired": {"a": 1}}));
    assert_eq!(
        answers[0][1]["current"]["state"],
        json!({"desired": {"a": 1}})
    );
}

#[test]
fn greengrass() {
    let (aws, greengrass) = (Profile::aws(), Profile::greengrass());
    let deep = json!({"desired": {"1": {"2": {"3": {"4": {"5": {"6": {"7": 7}}}}}}}});
    assert_eq!(update(&aws, from_ref(&deep))[0][0]["version"], 1);
    let rejected = &update(&greengrass, &[deep])[0][0];
    assert_eq!(
        rejected["message"],
        "JSON contains too many levels of nesting; maximum is 6"
    );
    assert_eq!(rejected["timestamp"], 101);
    let states = [
        json!({"desired": {"a": [null], "b": {}}, "reported": {"c": 1}, "x": 0}),
        json!({"reported": {}}),
    ];
    assert_eq!(
        kept(&greengrass, &states),
        json!({"desired": {"a": [null]}})
    );
    let steps = [Operation::Update, Operation::Delete, Operation::Update];
    let steps = steps.map(|operation| (operation, json!({"state": {}})));
    assert_eq!(bodies(&greengrass, &steps)[2][0]["version"], 1);
    assert_eq!(bodies(&aws, &steps)[2][0]["version"], 3);
    assert_eq!(greengrass.delta_policy, aws.delta_policy);
    assert!(!greengrass.shadow_name_dollar && aws.shadow_name_dollar);
}
