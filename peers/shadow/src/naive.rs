//! A shadow made of `serde_json` values and a merge patch of `json-patch`.
//!
//! It does what the inputs here ask for and no more: it checks nothing, it keeps no document of
//! before, it takes nothing out of the metadata, and it compares `1` and `1.0` as different.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// State and metadata, each a tree.
#[derive(Debug, Default)]
pub struct Naive {
    /// The sections.
    pub state: Value,
    /// A time for each leaf.
    pub metadata: Value,
    /// How many updates there were.
    pub version: u64,
}

#[derive(Deserialize)]
struct Request {
    state: Value,
    #[serde(rename = "clientToken")]
    client_token: Option<String>,
}

#[derive(Serialize)]
struct Accepted<'a> {
    state: &'a Value,
    metadata: &'a Value,
    version: u64,
    timestamp: u64,
    #[serde(rename = "clientToken", skip_serializing_if = "Option::is_none")]
    client_token: Option<&'a str>,
}

#[derive(Serialize)]
struct Delta<'a> {
    version: u64,
    timestamp: u64,
    state: &'a Map<String, Value>,
    metadata: &'a Map<String, Value>,
    #[serde(rename = "clientToken", skip_serializing_if = "Option::is_none")]
    client_token: Option<&'a str>,
}

impl Naive {
    /// Carries out an update and appends the messages `accepted` and `delta`.
    pub fn update(&mut self, payload: &[u8], now: u64, messages: &mut [Vec<u8>; 2]) {
        let [accepted, delta] = messages;
        let request: Request = serde_json::from_slice(payload).unwrap();
        let times = times(&request.state, now);
        json_patch::merge(&mut self.state, &request.state);
        json_patch::merge(&mut self.metadata, &times);
        self.version += 1;
        let client_token = request.client_token.as_deref();
        let message = Accepted {
            state: &request.state,
            metadata: &times,
            version: self.version,
            timestamp: now,
            client_token,
        };
        serde_json::to_writer(accepted, &message).unwrap();
        let (Some(desired), Some(metadata)) = (
            self.state.get("desired").and_then(Value::as_object),
            self.metadata.get("desired").and_then(Value::as_object),
        ) else {
            return;
        };
        let reported = self.state.get("reported").and_then(Value::as_object);
        let (state, metadata) = difference(desired, reported, metadata);
        if !state.is_empty() {
            let message = Delta {
                version: self.version,
                timestamp: now,
                state: &state,
                metadata: &metadata,
                client_token,
            };
            serde_json::to_writer(delta, &message).unwrap();
        }
    }
}

/// The shape of a value with a time in the place of each leaf.
fn times(value: &Value, now: u64) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), times(value, now)))
            .collect(),
        Value::Array(elements) => elements.iter().map(|value| times(value, now)).collect(),
        _ => Value::Object(Map::from_iter([("timestamp".to_string(), now.into())])),
    }
}

/// What is desired and not reported, and its metadata.
fn difference(
    desired: &Map<String, Value>,
    reported: Option<&Map<String, Value>>,
    metadata: &Map<String, Value>,
) -> (Map<String, Value>, Map<String, Value>) {
    let (mut state, mut times) = (Map::new(), Map::new());
    for (key, wish) in desired {
        let said = reported.and_then(|reported| reported.get(key));
        match (wish, said, &metadata[key]) {
            (Value::Object(wish), Some(Value::Object(said)), Value::Object(metadata)) => {
                let below = difference(wish, Some(said), metadata);
                if !below.0.is_empty() {
                    state.insert(key.clone(), below.0.into());
                    times.insert(key.clone(), below.1.into());
                }
            }
            (wish, Some(said), _) if wish == said => {}
            (wish, _, metadata) => {
                state.insert(key.clone(), wish.clone());
                times.insert(key.clone(), metadata.clone());
            }
        }
    }
    (state, times)
}
