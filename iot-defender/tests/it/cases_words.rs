//! What the answers to all kinds of cases share.
#![expect(
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use alloc::collections::BTreeMap;
use core::fmt::Debug;
use core::str::FromStr;

use serde_json::Value;

use crate::cases::Answers;

/// A word of a closed set.
pub(crate) fn word<T: FromStr<Err: Debug>>(value: &Value) -> T {
    value.as_str().unwrap().parse().unwrap()
}

/// Of what is known those members that the case asks for. One that it asks to be `null` may be
/// unknown.
pub(crate) fn answer(case: &Value, mut actual: Value) -> Answers {
    let expected = &case["expect"];
    let asked = expected.as_object().unwrap();
    let known = actual.as_object_mut().unwrap();
    known.retain(|key, _| asked.contains_key(key));
    for (key, _) in asked.iter().filter(|(_, value)| value.is_null()) {
        known.entry(key.as_str()).or_insert(Value::Null);
    }
    Answers {
        expected: sorted(expected).to_string(),
        actual: sorted(&actual).to_string(),
    }
}

/// With the members of each object in the order of their keys: a feature of serde_json that
/// another crate switches on may keep another.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            let members = members.into_iter();
            members
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        _ => value.clone(),
    }
}
