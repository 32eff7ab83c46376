//! The service a second time, as naively as it can be said: over `serde_json::Value`, from the
//! contract alone, everything copied at every step.
//!
//! It is right only for numbers that a `Value` holds as they were written.

use iot_shadow::{
    DeltaPolicy, EmptyObjects, EmptySection, NullInArrays, Operation, Profile, UnknownMember,
};
use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

/// State and metadata side by side.
type Pair = (Value, Value);

/// One shadow.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Slot {
    Absent,
    Live { document: Pair, version: u64 },
    Dead { version: u64, at: Timestamp },
}

/// What is answered and published: the ends of the topics, and the bodies.
pub(crate) type Messages = Vec<(&'static str, Value)>;

/// The code, the messages and what is kept then.
pub(crate) fn apply(
    slot: &Slot,
    name: &str,
    operation: Operation,
    payload: &[u8],
    now: Timestamp,
    profile: &Profile,
) -> (u16, Messages, Slot) {
    let root: Option<Value> = serde_json::from_slice(payload).ok();
    let token = root.as_ref().and_then(token);
    let done = match operation {
        Operation::Get => get(slot, now, profile),
        Operation::Delete => delete(slot, now),
        Operation::Update => update(slot, payload, now, profile),
    };
    let ending = |mut body: Value| {
        if let (Some(token), Some(body)) = (&token, body.as_object_mut()) {
            body.insert("clientToken".into(), token.clone().into());
        }
        body
    };
    match done {
        Ok((messages, after)) => {
            let messages = messages.into_iter();
            let messages = messages.map(|(topic, body)| (topic, ending(body)));
            (200, messages.collect(), after)
        }
        Err((code, message)) => {
            let message = message.replace("{name}", name);
            let mut body = json!({"code": code, "message": message});
            if profile.rejected_timestamp {
                body = with(body, "timestamp", now.as_secs().into());
            }
            let topic = match operation {
                Operation::Get => "get/rejected",
                Operation::Delete => "delete/rejected",
                Operation::Update => "update/rejected",
            };
            (code, vec![(topic, ending(body))], slot.clone())
        }
    }
}

type Done = Result<(Messages, Slot), (u16, String)>;

fn get(slot: &Slot, now: Timestamp, profile: &Profile) -> Done {
    let Slot::Live { document, version } = slot else {
        return refuse(404, "No shadow exists with name: '{name}'");
    };
    let (mut state, mut metadata) = document.clone();
    if let Some((open, times)) = open(document) {
        state = with(state, "delta", open);
        if profile.metadata_delta_in_get {
            metadata = with(metadata, "delta", times);
        }
    }
    let body = json!({
        "state": state, "metadata": metadata, "version": version, "timestamp": now.as_secs(),
    });
    Ok((vec![("get/accepted", body)], slot.clone()))
}

fn delete(slot: &Slot, now: Timestamp) -> Done {
    let Slot::Live { version, .. } = *slot else {
        return refuse(404, "No shadow exists with name: '{name}'");
    };
    let body = json!({"version": version, "timestamp": now.as_secs()});
    let after = Slot::Dead { version, at: now };
    Ok((vec![("delete/accepted", body)], after))
}

fn update(slot: &Slot, payload: &[u8], now: Timestamp, profile: &Profile) -> Done {
    let Ok(text) = str::from_utf8(payload) else {
        return refuse(
            415,
            "Unsupported documented encoding; supported encoding is UTF-8",
        );
    };
    let Ok(root) = serde_json::from_str::<Value>(text) else {
        return refuse(400, "Invalid JSON");
    };
    let Some(state) = root.get("state") else {
        return refuse(400, "Missing required node: state");
    };
    let object_or_null = |value: &Value| value.is_object() || value.is_null();
    if !object_or_null(state) {
        return refuse(400, "State node must be an object");
    }
    for (section, message) in [
        ("desired", "Desired node must be an object"),
        ("reported", "Reported node must be an object"),
    ] {
        if !state.get(section).is_none_or(object_or_null) {
            return refuse(400, message);
        }
    }
    if root
        .get("version")
        .is_some_and(|version| version.as_u64().is_none())
    {
        return refuse(400, "Invalid version");
    }
    if root.get("clientToken").is_some() && token(&root).is_none() {
        return refuse(400, "Invalid clientToken");
    }
    let sections: Vec<&Value> = ["desired", "reported"]
        .iter()
        .filter_map(|section| state.get(section))
        .collect();
    let max = profile.max_depth;
    if sections.iter().any(|section| depth(section) > max) {
        let message = "JSON contains too many levels of nesting; maximum is ";
        return refuse(400, &format!("{message}{max}"));
    }
    let members = state.as_object().into_iter().flatten();
    let mut unknown: Vec<&String> = members
        .map(|(key, _)| key)
        .filter(|key| *key != "desired" && *key != "reported")
        .collect();
    // Which of several is named is open: the first in the order of their JSON texts.
    unknown.sort_by_key(|key| inner(key));
    if let (Some(key), UnknownMember::Reject) = (unknown.first(), profile.unknown_state_member) {
        return refuse(400, &format!("State contains an invalid node: '{key}'"));
    }
    let nulls = sections.iter().any(|section| null_in_array(section, false));
    if nulls && profile.null_in_arrays == NullInArrays::Reject {
        return refuse(400, "Invalid JSON");
    }
    let current = current_version(slot, now, profile);
    let wanted = root.get("version").and_then(Value::as_u64);
    if wanted.is_some_and(|wanted| wanted != current) {
        return refuse(409, "Version conflict");
    }
    let before = match slot {
        Slot::Live { document, .. } => document.clone(),
        _ => (json!({}), json!({})),
    };
    let document = merge_sections(&before, state, now, profile);
    let section_sizes = document.0.as_object().into_iter().flatten();
    let size: usize = section_sizes.map(|(_, it)| it.to_string().len()).sum();
    if size > profile.max_document_bytes {
        return refuse(413, "The payload exceeds the maximum size allowed");
    }
    let version = current + 1;
    let kept = state.as_object().map(|state| {
        let sections = state.iter().filter(|(key, _)| !unknown.contains(key));
        let sections = sections.map(|(key, value)| (key.clone(), value.clone()));
        Value::Object(sections.collect())
    });
    let accepted = kept.unwrap_or(Value::Null);
    let shown = |(state, metadata): &Pair, version: u64| json!({"state": state, "metadata": metadata, "version": version});
    let previous = match slot {
        Slot::Live { document, version } => shown(document, *version),
        _ => Value::Null,
    };
    let time = now.as_secs();
    let changed = previous.is_null() || !same(&before.0, &document.0);
    let mut messages = vec![
        (
            "update/accepted",
            json!({
                "state": accepted, "metadata": stamp(&accepted, now),
                "version": version, "timestamp": time,
            }),
        ),
        (
            "update/documents",
            json!({
                "previous": previous, "current": shown(&document, version), "timestamp": time,
            }),
        ),
    ];
    if changed || profile.delta_policy == DeltaPolicy::WheneverDiffers {
        let open = open(&document).map(|(state, metadata)| {
            json!({"version": version, "timestamp": time, "state": state, "metadata": metadata})
        });
        messages.extend(open.map(|body| ("update/delta", body)));
    }
    Ok((messages, Slot::Live { document, version }))
}

fn current_version(slot: &Slot, now: Timestamp, profile: &Profile) -> u64 {
    match slot {
        Slot::Absent => 0,
        Slot::Live { version, .. } => *version,
        Slot::Dead { version, at } => match profile.tombstone_ttl {
            Some(ttl) if now.saturating_since(*at) <= ttl => version + profile.recreate_gap - 1,
            _ => 0,
        },
    }
}

/// The sections after a request.
fn merge_sections(before: &Pair, state: &Value, now: Timestamp, profile: &Profile) -> Pair {
    let mut after = (json!({}), json!({}));
    for section in ["desired", "reported"] {
        let old = member(before, section);
        let new = match state.get(section) {
            _ if state.is_null() => None,
            None => old,
            Some(Value::Object(patch))
                if patch.is_empty() && profile.empty_section == EmptySection::Clear =>
            {
                None
            }
            Some(patch) => merge(old, patch, now, profile.empty_objects),
        };
        if let Some((state, metadata)) = new.filter(|(state, _)| *state != json!({})) {
            after.0 = with(after.0, section, state);
            after.1 = with(after.1, section, metadata);
        }
    }
    after
}

/// A value after a patch; `None` if it is gone.
fn merge(base: Option<Pair>, patch: &Value, now: Timestamp, empty: EmptyObjects) -> Option<Pair> {
    let Value::Object(patch) = patch else {
        return (!patch.is_null()).then(|| (patch.clone(), stamp(patch, now)));
    };
    let mut merged = base
        .filter(|(state, _)| state.is_object())
        .unwrap_or_else(|| (json!({}), json!({})));
    for (key, value) in patch {
        let new = merge(member(&merged, key), value, now, empty);
        merged = (without(merged.0, key), without(merged.1, key));
        if let Some((state, metadata)) = new {
            merged = (with(merged.0, key, state), with(merged.1, key, metadata));
        }
    }
    (empty == EmptyObjects::Keep || merged.0 != json!({})).then_some(merged)
}

/// The delta of a document, with the times of what it lists.
pub(crate) fn open((state, metadata): &Pair) -> Option<Pair> {
    let desired = (state.get("desired")?, metadata.get("desired")?);
    let nothing = json!({});
    delta(desired, state.get("reported").unwrap_or(&nothing))
}

fn delta((desired, times): (&Value, &Value), reported: &Value) -> Option<Pair> {
    let mut open = (json!({}), json!({}));
    for (key, value) in desired.as_object()? {
        let here = (value, times.get(key)?);
        let whole = || Some((here.0.clone(), here.1.clone()));
        let differs = match reported.get(key) {
            None => whole(),
            Some(other) if value.is_object() && other.is_object() => delta(here, other),
            Some(other) if same(value, other) => None,
            Some(_) => whole(),
        };
        if let Some((state, metadata)) = differs {
            open = (with(open.0, key, state), with(open.1, key, metadata));
        }
    }
    (open.0 != json!({})).then_some(open)
}

/// The shape of a value with the time in the place of each scalar.
fn stamp(value: &Value, now: Timestamp) -> Value {
    match value {
        Value::Object(members) => {
            let stamped = members.iter();
            let stamped = stamped.map(|(key, value)| (key.clone(), stamp(value, now)));
            Value::Object(stamped.collect())
        }
        Value::Array(elements) => elements.iter().map(|element| stamp(element, now)).collect(),
        _ => json!({"timestamp": now.as_secs()}),
    }
}

/// Equality as the contract has it: numbers by value, objects without order.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(&a.to_string(), &b.to_string()),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let has = |(key, value): (&String, &Value)| b.get(key).is_some_and(|b| same(value, b));
            a.len() == b.len() && a.iter().all(has)
        }
        (a, b) => a == b,
    }
}

/// Whether two numbers of JSON are the same: digits without a point, zeros cut off, and the power
/// of ten.
pub(crate) fn same_number(a: &str, b: &str) -> bool {
    let normal = |text: &str| {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").replace('-', "");
        let significant = digits.trim_end_matches('0').trim_start_matches('0');
        if significant.is_empty() {
            return (false, String::new(), 0);
        }
        let cut = digits.len() - digits.trim_end_matches('0').len();
        let exponent: i128 = exponent.parse().unwrap_or(i128::MAX / 2);
        let exponent = exponent - fraction.len() as i128 + cut as i128;
        (text.starts_with('-'), significant.to_owned(), exponent)
    };
    normal(a) == normal(b)
}

fn token(root: &Value) -> Option<String> {
    let token = root.get("clientToken")?.as_str()?;
    (token.len() <= 64).then(|| token.to_owned())
}

fn depth(value: &Value) -> usize {
    let below = |depths: &mut dyn Iterator<Item = usize>| depths.max().map_or(0, |it| it + 1);
    match value {
        Value::Object(members) => below(&mut members.values().map(depth)),
        Value::Array(elements) => below(&mut elements.iter().map(depth)),
        _ => 0,
    }
}

fn null_in_array(value: &Value, inside: bool) -> bool {
    match value {
        Value::Null => inside,
        Value::Array(elements) => elements.iter().any(|element| null_in_array(element, true)),
        Value::Object(members) => members.values().any(|member| null_in_array(member, inside)),
        _ => false,
    }
}

/// JSON text without its quotes.
fn inner(key: &str) -> String {
    let text = json!(key).to_string();
    text.get(1..text.len() - 1).unwrap_or_default().to_owned()
}

fn refuse(code: u16, message: &str) -> Done {
    Err((code, message.to_owned()))
}

fn member((state, metadata): &Pair, key: &str) -> Option<Pair> {
    Some((state.get(key)?.clone(), metadata.get(key)?.clone()))
}

fn with(object: Value, key: &str, value: Value) -> Value {
    let mut members = as_map(object);
    members.insert(key.to_owned(), value);
    Value::Object(members)
}

fn without(object: Value, key: &str) -> Value {
    let mut members = as_map(object);
    members.remove(key);
    Value::Object(members)
}

fn as_map(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
