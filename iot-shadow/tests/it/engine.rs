//! The crate beside the oracle: one operation given to both, and what must hold of the answer
//! whatever the oracle says.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is no answer must fail"
)]

use iot_shadow::{
    Json, JsonRef, Leaf, Operation, Outcome, Profile, Shadow, ShadowDocument, ShadowId,
    UpdateRequest, delta,
};
use iot_topics::Timestamp;
use iot_topics::reserved::{Exchange, ShadowMessage};
use serde_json::Value;

use super::oracle::{self, Messages, Slot};
use super::sound::{null_member, sound};
use super::written::{echoes_as_written, tells_as_written};

/// A shadow with its history.
pub(crate) struct Engine {
    pub(crate) id: ShadowId,
    pub(crate) profile: Profile,
    pub(crate) shadow: Shadow,
    /// What the last message on `documents` said of now; forgotten at a deletion.
    documented: Option<Value>,
}

impl Engine {
    pub(crate) fn new(id: ShadowId, profile: Profile) -> Self {
        Self {
            id,
            profile,
            shadow: Shadow::default(),
            documented: None,
        }
    }

    /// Carries out an operation, and checks all that the contract says of every answer. `now` must
    /// not go back.
    pub(crate) fn apply(
        &mut self,
        operation: Operation,
        payload: &[u8],
        now: Timestamp,
    ) -> (u16, Messages) {
        let before = self.shadow.clone();
        let outcome = self.shadow.handle(operation, payload, now, &self.profile);
        let (code, messages) = (outcome.code(), published(&outcome, &self.id));
        match &outcome {
            Outcome::Updated(updated) => {
                let current = updated.current();
                assert_eq!(
                    current.version(),
                    named_version(&before, now, &self.profile) + 1
                );
                assert_eq!(updated.previous(), before.document());
                let same = before
                    .document()
                    .is_some_and(|before| before.state() == current.state());
                assert_eq!(updated.noop(), same);
                assert!(current.size() <= self.profile.max_document_bytes);
                let mut accepted = String::new();
                updated.write_accepted(&mut accepted);
                // Leaves tell no later time than the last that an index holds.
                let time = now.as_secs().min(u64::from(u32::MAX));
                echoes_as_written(&accepted, payload, time);
                let request = UpdateRequest::parse(payload, &self.profile);
                tells_as_written(&request.unwrap(), payload);
                if let Some(published) = updated.delta() {
                    assert_eq!(Some(published), current.delta().as_ref());
                }
            }
            Outcome::Deleted(deleted) => {
                assert_eq!(
                    Some(deleted.version()),
                    before.document().map(ShadowDocument::version)
                );
                assert_eq!(self.shadow.document(), None);
            }
            Outcome::Got(_) | Outcome::Rejected(_) => assert_eq!(text(&self.shadow), text(&before)),
        }
        echoes(operation, payload, &messages);
        self.documents(&messages);
        if code == 200 && operation != Operation::Get {
            self.rest(now);
        }
        (code, messages)
    }

    /// `previous` is what was `current`.
    fn documents(&mut self, messages: &Messages) {
        match messages[..] {
            [_, ("update/documents", ref body), ..] => {
                let previous = Some(&body["previous"]).filter(|it| !it.is_null());
                assert_eq!(previous, self.documented.as_ref());
                self.documented = Some(body["current"].clone());
            }
            [("delete/accepted", _)] => self.documented = None,
            _ => {}
        }
    }

    /// What is kept is sound, and a get shows it.
    fn rest(&self, now: Timestamp) {
        let got = self.shadow.get(None, now, &self.profile);
        let Some(document) = self.shadow.document() else {
            assert_eq!(got.code(), 404);
            return;
        };
        let mut body: Value = serde_json::from_str(&got.body(&self.id)).unwrap();
        let open = body["state"].as_object_mut().unwrap().remove("delta");
        assert_eq!(open.is_some(), document.has_delta());
        assert_eq!(open.is_some(), document.delta().is_some());
        assert_eq!(
            Some(&body["state"]),
            self.documented.as_ref().map(|it| &it["state"])
        );

        let state = document.state();
        sound(state);
        assert!(!null_member(state));
        let metadata: Json = document.metadata().parse().unwrap();
        same_shape(state, metadata.as_ref());
        let mut leaves = 0;
        for leaf in document.leaves() {
            assert!(leaf.timestamp() <= now);
            let keys: Vec<_> = leaf.keys().collect();
            let found = keys.iter().try_fold(state, |at, key| at.get(key));
            assert_eq!(found, Some(leaf.value()));
            leaves += 1;
        }
        assert_eq!(leaves, count_leaves(state));
        let again = ShadowDocument::new(&state.to_json(), &metadata, document.version());
        let again = again.unwrap();
        // An array without a scalar has no time in metadata.
        let timeless = |leaf: &Leaf<'_>| leaf.timestamp() == Timestamp::default();
        let same = |(a, b): &(Leaf<'_>, Leaf<'_>)| a.timestamp() == b.timestamp();
        let leaves = || again.leaves().zip(document.leaves());
        assert!(leaves().all(|pair| same(&pair) || timeless(&pair.0)));
        assert_eq!(again == *document, leaves().all(|pair| same(&pair)));
        assert_eq!(again.state().as_str(), state.as_str());
        assert_eq!(again.metadata(), document.metadata());
        if let (Some(desired), Some(reported)) = (document.desired(), document.reported()) {
            assert_eq!(document.delta(), delta(desired, reported));
        }
    }
}

/// Engine and oracle take the same operation to the same answer and the same shadow.
pub(crate) fn compare(
    engine: &mut Engine,
    slot: &mut Slot,
    (operation, payload): (Operation, &[u8]),
    now: Timestamp,
) -> u16 {
    let (code, messages) = engine.apply(operation, payload, now);
    let name = engine.id.to_string();
    let (expected, bodies, after) =
        oracle::apply(slot, &name, operation, payload, now, &engine.profile);
    let told = || String::from_utf8_lossy(payload).into_owned();
    assert_eq!(code, expected, "{}", told());
    let topics = |messages: &Messages| messages.iter().map(|(it, _)| *it).collect::<Vec<_>>();
    assert_eq!(topics(&messages), topics(&bodies), "{}", told());
    for ((_, actual), (topic, expected)) in messages.iter().zip(&bodies) {
        assert!(
            oracle::same(actual, expected),
            "{topic}: {actual} {expected} {}",
            told()
        );
    }
    let kept = match &engine.shadow {
        Shadow::Absent => Slot::Absent,
        Shadow::Live(document) => Slot::Live {
            document: (
                value(document.state().as_str()),
                value(&document.metadata()),
            ),
            version: document.version(),
        },
        Shadow::Deleted { counter, at } => Slot::Dead {
            version: counter - 1,
            at: *at,
        },
    };
    *slot = after;
    assert_eq!(kept, *slot, "{}", told());
    code
}

/// The messages by the ends of their topics.
fn published(outcome: &Outcome<'_>, id: &ShadowId) -> Messages {
    let messages: Messages = outcome
        .publish(id)
        .iter()
        .map(|message| {
            let (end, known) = topic_end(message.topic.message);
            assert!(message.topic.to_string().ends_with(&format!(
                "/shadow{}/{end}",
                match &id.shadow {
                    Some(name) => format!("/name/{}", name.as_str()),
                    None => String::new(),
                }
            )));
            let mut again = "before".to_owned();
            outcome.write(known, id, &mut again);
            assert_eq!(again, format!("before{}", message.payload));
            (end, value(&message.payload))
        })
        .collect();
    let every = ENDS.iter().map(|(message, end)| (message, end));
    for (message, end) in every {
        let mut buffer = String::new();
        outcome.write(*message, id, &mut buffer);
        assert_eq!(
            buffer.is_empty(),
            !messages.iter().any(|(sent, _)| sent == end)
        );
    }
    assert_eq!(value(&outcome.body(id)), messages[0].1);
    messages
}

fn topic_end(message: ShadowMessage) -> (&'static str, ShadowMessage) {
    let found = ENDS.iter().find(|(known, _)| *known == message);
    found.map(|(known, end)| (*end, *known)).unwrap()
}

const ENDS: &[(ShadowMessage, &str)] = &[
    (ShadowMessage::Get(Exchange::Accepted), "get/accepted"),
    (ShadowMessage::Get(Exchange::Rejected), "get/rejected"),
    (ShadowMessage::Delete(Exchange::Accepted), "delete/accepted"),
    (ShadowMessage::Delete(Exchange::Rejected), "delete/rejected"),
    (ShadowMessage::Update(Exchange::Accepted), "update/accepted"),
    (ShadowMessage::Update(Exchange::Rejected), "update/rejected"),
    (ShadowMessage::Documents, "update/documents"),
    (ShadowMessage::Delta, "update/delta"),
];

/// The version that a request may name.
fn named_version(shadow: &Shadow, now: Timestamp, profile: &Profile) -> u64 {
    match shadow {
        Shadow::Absent => 0,
        Shadow::Live(document) => document.version(),
        Shadow::Deleted { counter, at } => match profile.tombstone_ttl {
            Some(ttl) if now.saturating_since(*at) <= ttl => counter + profile.recreate_gap - 2,
            _ => 0,
        },
    }
}

/// A valid token comes back in every message, and nothing else does.
fn echoes(operation: Operation, payload: &[u8], messages: &Messages) {
    let root = Json::parse(payload).ok();
    let token = root.as_ref().and_then(|root| root.get("clientToken"));
    let token = token.filter(|token| {
        let text = token.as_string();
        text.is_some_and(|text| text.len() <= 64)
    });
    for (topic, body) in messages {
        let echoed = body.get("clientToken").map(ToString::to_string);
        assert_eq!(
            echoed.as_deref(),
            token.map(JsonRef::as_str),
            "{operation:?} {topic}"
        );
    }
}

/// All of a shadow, as text.
fn text(shadow: &Shadow) -> String {
    match shadow {
        Shadow::Live(document) => {
            let (state, metadata) = (document.state(), document.metadata());
            format!("{state} {metadata} {}", document.version())
        }
        other => format!("{other:?}"),
    }
}

fn count_leaves(json: JsonRef<'_>) -> usize {
    match json.is_object() {
        true => json.members().map(|(_, member)| count_leaves(member)).sum(),
        false => 1,
    }
}

/// The same keys, and a time for each scalar.
fn same_shape(state: JsonRef<'_>, metadata: JsonRef<'_>) {
    fn walk(state: &Value, metadata: &Value) {
        match state {
            Value::Object(members) => {
                assert_eq!(Some(members.len()), metadata.as_object().map(|it| it.len()));
                for (key, member) in members {
                    walk(member, &metadata[key]);
                }
            }
            Value::Array(elements) => {
                assert_eq!(Some(elements.len()), metadata.as_array().map(Vec::len));
                for (at, element) in elements.iter().enumerate() {
                    walk(element, &metadata[at]);
                }
            }
            _ => {
                let only = metadata.as_object().filter(|it| it.len() == 1);
                assert!(only.is_some_and(|it| it["timestamp"].is_u64()));
            }
        }
    }
    walk(&value(state.as_str()), &value(metadata.as_str()));
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
