//! The conformance cases against the crate: its own, or those of the directory that the
//! environment variable `IOT_CONFORMANCE` names.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a value of JSON gives null where there is nothing"
)]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use core::time::Duration;

use iot_shadow::{
    DeltaPolicy, EmptyObjects, EmptySection, HttpAnswer, Json, JsonRef, Notice, NullInArrays,
    Operation, Outcome, Profile, Shadow, ShadowDocument, ShadowId, ShadowStore, Tracker,
    UnknownMember, diff_patch,
};
use iot_topics::Timestamp;
use iot_topics::reserved::{Exchange, ShadowMessage};
use serde_json::{Value, json};

use crate::cases::{self, Answers, Run};

/// `edges.jsonl` was made by a second reading of the rule, in another language and without this crate.
const FILES: &[(&str, Run)] = &[("shadow.jsonl", shadow), ("edges.jsonl", shadow)];

#[test]
fn every_case_holds() {
    cases::hold(FILES);
}

fn shadow(case: &Value) -> Option<Answers> {
    let actual = match case["op"].as_str()? {
        "update" => operation(case, Operation::Update),
        "get" => operation(case, Operation::Get),
        "delete" => operation(case, Operation::Delete),
        "list" => list(case),
        "diff" => diff(case),
        "device" => device(case),
        _ => return None,
    };
    Some(answers(&case["expect"], &actual))
}

/// Compares numbers by value and objects without order. Texts of messages are not compared, nor
/// what the case says nothing of.
fn answers(expected: &Value, actual: &Value) -> Answers {
    let mut wrong = Vec::new();
    for (name, expected) in expected.as_object().unwrap() {
        let expected = without_message(expected);
        let actual = without_message(&actual[name]);
        let same = match (expected.as_str(), &actual) {
            (Some("<opaque>"), actual) => actual.is_string(),
            _ => same(&expected, &actual),
        };
        if name != "message" && !same {
            wrong.push((name, expected, actual));
        }
    }
    let tell = |pick: fn(&(&String, Value, Value)) -> String| {
        let told: Vec<_> = wrong.iter().map(pick).collect();
        told.join(" ")
    };
    Answers {
        expected: tell(|(name, expected, _)| format!("{name}: {expected}")),
        actual: tell(|(name, _, actual)| format!("{name}: {actual}")),
    }
}

/// Integers are the same exactly; a number with a fraction or an exponent may have been rounded by
/// who wrote the case, and is by `Value`.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let in_b = |(key, a)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(in_b)
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            let [a, b] = [a, b].map(|number| number.as_f64().unwrap());
            (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
        }
        // Where serde_json keeps the text of numbers, -0 is an integer.
        (Value::Number(a), Value::Number(b)) if a.as_i64() == Some(0) => b.as_i64() == Some(0),
        _ => expected == actual,
    }
}

fn without_message(value: &Value) -> Value {
    let mut value = value.clone();
    if value.get("code").is_some() {
        value.as_object_mut().unwrap().remove("message");
    }
    value
}

fn operation(case: &Value, operation: Operation) -> Value {
    let profile = profile(case);
    let store = ShadowStore::new(profile);
    let thing = case["thing"].as_str().unwrap_or("thing1");
    let Ok(id) = store.id(thing, case["shadow"].as_str()) else {
        return unnamed(case, operation, store);
    };
    let mut shadow = initial(case);
    let outcome = shadow.handle(operation, &payload(case), now(case), &profile);
    let mut actual = answered(operation, &outcome, &id);
    keep(&mut actual, &shadow);
    actual
}

/// Names that no topic of a shadow can hold can still be asked for over HTTP.
fn unnamed(case: &Value, operation: Operation, mut store: ShadowStore) -> Value {
    let method = match operation {
        Operation::Get => "GET",
        Operation::Update => "POST",
        Operation::Delete => "DELETE",
    };
    let thing = escaped(case["thing"].as_str().unwrap_or("thing1"));
    let shadow = escaped(case["shadow"].as_str().unwrap_or_default());
    let target = format!("/things/{thing}/shadow?name={shadow}");
    let answer = store.handle_http(method, &target, &payload(case), now(case));
    let HttpAnswer { status, body, .. } = answer.unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    let mut actual = json!({"code": status, "rejected": body});
    keep(&mut actual, &initial(case));
    actual
}

/// With the percent escapes of a URL, one for each byte.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn now(case: &Value) -> Timestamp {
    Timestamp::from_secs(case["now"].as_u64().unwrap())
}

fn answered(operation: Operation, outcome: &Outcome<'_>, id: &ShadowId) -> Value {
    let sent: Vec<_> = outcome.messages().collect();
    let body = |message: ShadowMessage| {
        let mut body = String::new();
        outcome.write(message, id, &mut body);
        assert_eq!(body.is_empty(), !sent.contains(&message));
        serde_json::from_str(&body).unwrap_or(Value::Null)
    };
    let mut actual = json!({
        "code": outcome.code(),
        "delta": body(ShadowMessage::Delta),
        "documents": body(ShadowMessage::Documents),
    });
    for (name, exchange) in [
        ("accepted", Exchange::Accepted),
        ("rejected", Exchange::Rejected),
    ] {
        let body = body(operation.message(exchange));
        if !body.is_null() {
            actual[name] = body;
        }
    }
    actual
}

/// Adds what is stored.
fn keep(actual: &mut Value, shadow: &Shadow) {
    let (state, metadata, version) = match shadow {
        Shadow::Live(document) => (
            serde_json::from_str(document.state().as_str()).unwrap(),
            serde_json::from_str(&document.metadata()).unwrap(),
            document.version(),
        ),
        Shadow::Deleted { counter, .. } => (Value::Null, Value::Null, *counter),
        Shadow::Absent => (Value::Null, Value::Null, 0),
    };
    actual["state"] = state;
    actual["metadata"] = metadata;
    actual["version"] = version.into();
}

fn initial(case: &Value) -> Shadow {
    let deleted = &case["deleted"];
    if let Some(counter) = deleted["version"].as_u64() {
        return Shadow::Deleted {
            counter,
            at: Timestamp::from_secs(deleted["at"].as_u64().unwrap()),
        };
    }
    let initial = &case["initial"];
    if initial.is_null() {
        return Shadow::Absent;
    }
    let text = member(case, "initial").unwrap();
    let part = |name: &str| text.get(name).unwrap().to_json();
    let version = initial["version"].as_u64().unwrap();
    let document = ShadowDocument::new(&part("state"), &part("metadata"), version);
    Shadow::Live(document.unwrap())
}

fn payload(case: &Value) -> Vec<u8> {
    if let Some(text) = case["payload_raw"].as_str() {
        return text.into();
    }
    if let Some(digits) = case["payload_hex"].as_str() {
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
        return digits.as_bytes().chunks(2).map(byte).collect();
    }
    member(case, "payload").map_or_else(Vec::new, |payload| payload.as_str().into())
}

/// A member of a case with its numbers as they stand there: a `Value` rounds some.
fn member(case: &Value, name: &str) -> Option<Json> {
    let case: Json = case[cases::LINE].as_str().unwrap().parse().unwrap();
    case.get(name).map(JsonRef::to_json)
}

/// `profile` is the name of a preset, or members of `Profile` on top of those of AWS IoT.
fn profile(case: &Value) -> Profile {
    let mut profile = match case["profile"].as_str() {
        None | Some("aws") => Profile::aws(),
        Some("greengrass") => Profile::greengrass(),
        Some(name) => panic!("there is no profile `{name}`"),
    };
    let set = [&case["limits"], &case["profile"]];
    for (name, value) in set.into_iter().filter_map(Value::as_object).flatten() {
        let size = || usize::try_from(value.as_u64().unwrap()).unwrap();
        let is = |named: &str| value.as_str().unwrap() == named;
        match name.as_str() {
            "max_depth" => profile.max_depth = size(),
            "max_doc_bytes" => profile.max_document_bytes = size(),
            "delta_policy" if is("OnSectionChange") => {
                profile.delta_policy = DeltaPolicy::OnSectionChange;
            }
            "delta_policy" if is("WheneverDiffers") => {
                profile.delta_policy = DeltaPolicy::WheneverDiffers;
            }
            "empty_objects" if is("Keep") => profile.empty_objects = EmptyObjects::Keep,
            "empty_objects" if is("Prune") => profile.empty_objects = EmptyObjects::Prune,
            "empty_section" if is("NoOp") => profile.empty_section = EmptySection::NoOp,
            "empty_section" if is("Clear") => profile.empty_section = EmptySection::Clear,
            "null_in_arrays" if is("Reject") => profile.null_in_arrays = NullInArrays::Reject,
            "null_in_arrays" if is("Keep") => profile.null_in_arrays = NullInArrays::Keep,
            "unknown_state_member" if is("Reject") => {
                profile.unknown_state_member = UnknownMember::Reject;
            }
            "unknown_state_member" if is("Ignore") => {
                profile.unknown_state_member = UnknownMember::Ignore;
            }
            "tombstone_ttl" => profile.tombstone_ttl = value.as_u64().map(Duration::from_secs),
            "recreate_gap" => profile.recreate_gap = value.as_u64().unwrap(),
            "rejected_timestamp" => profile.rejected_timestamp = value.as_bool().unwrap(),
            "metadata_delta_in_get" => profile.metadata_delta_in_get = value.as_bool().unwrap(),
            "shadow_name_dollar" => profile.shadow_name_dollar = value.as_bool().unwrap(),
            name => panic!("the profile has no `{name}` of `{value}`"),
        }
    }
    profile
}

fn list(case: &Value) -> Value {
    let mut store = ShadowStore::new(profile(case));
    let thing = case["thing"].as_str().unwrap_or("thing1");
    let initial = &case["initial"];
    let names = |name: &str| initial[name].as_array().cloned().unwrap_or_default();
    let (named, deleted) = (names("named"), names("deleted"));
    let mut create = |name| {
        let id = store.id(thing, name).unwrap();
        store.handle(&id, Operation::Update, br#"{"state":{}}"#, now(case));
    };
    if initial["classic"] == true {
        create(None);
    }
    for name in named.iter().chain(&deleted) {
        create(name.as_str());
    }
    for name in &deleted {
        let id = store.id(thing, name.as_str()).unwrap();
        store.handle(&id, Operation::Delete, b"", now(case));
    }
    // As over HTTP, where a page may be of any size, legal or not.
    let thing = escaped(thing);
    let mut target = format!("/api/things/shadow/ListNamedShadowsForThing/{thing}?");
    for name in ["pageSize", "nextToken"] {
        let value = match &case["payload"][name] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        target += &format!("{name}={}&", escaped(&value));
    }
    let answer = store.handle_http("GET", &target, b"", now(case)).unwrap();
    let mut actual: Value = serde_json::from_str(&answer.body).unwrap();
    actual["code"] = answer.status.into();
    actual
}

fn diff(case: &Value) -> Value {
    let [old, new] = ["initial", "payload"].map(|name| member(case, name).unwrap());
    let patch = diff_patch(old.as_ref(), new.as_ref());
    json!({"patch": serde_json::from_str::<Value>(patch.as_str()).unwrap()})
}

fn device(case: &Value) -> Value {
    let initial = &case["initial"];
    let mut tracker = Tracker::new(
        initial["known_version"].as_u64(),
        initial["applied_delta_version"].as_u64(),
    );
    let body = &case["payload"]["body"];
    let version = |body: &Value| body["version"].as_u64().unwrap();
    let rejected = |operation| Notice::Rejected {
        operation,
        code: body["code"].as_u64().unwrap().try_into().unwrap(),
    };
    let notice = match case["payload"]["topic"].as_str().unwrap() {
        "update/delta" => Notice::Delta {
            version: version(body),
        },
        "update/accepted" => Notice::Updated {
            version: version(body),
        },
        "update/documents" => Notice::Updated {
            version: version(&body["current"]),
        },
        "get/accepted" => Notice::Got {
            version: version(body),
            has_delta: body["state"].get("delta").is_some(),
        },
        "delete/accepted" => Notice::Deleted {
            version: version(body),
        },
        "get/rejected" => rejected(Operation::Get),
        "update/rejected" => rejected(Operation::Update),
        "delete/rejected" => rejected(Operation::Delete),
        topic => panic!("the service does not publish `{topic}`"),
    };
    let action = tracker.take(notice);
    json!({
        "action": action.as_str(),
        "known_version": tracker.known(),
        "applied_delta_version": tracker.applied_delta(),
    })
}
