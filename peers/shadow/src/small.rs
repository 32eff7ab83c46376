//! S4: many shadows of 200 bytes; ours alone.

use iot_shadow::{Operation, Outcome, Profile, Shadow, ShadowId, ShadowStore};
use iot_topics::{ThingName, Timestamp};

use crate::workload::{START, small_document_request, small_update_request};

/// Requests that follow each other, so that no update repeats the one before.
const REQUESTS: u32 = 64;

/// One shadow.
pub struct One {
    shadow: Shadow,
    profile: Profile,
    requests: Vec<String>,
    buffer: String,
}

impl One {
    /// The shadow after its first update.
    #[must_use]
    pub fn new() -> Self {
        let (mut shadow, profile) = (Shadow::default(), Profile::aws());
        let payload = small_document_request().as_bytes();
        let now = Timestamp::from_secs(START);
        let outcome = shadow.handle(Operation::Update, payload, now, &profile);
        assert_eq!(outcome.code(), 200);
        assert_eq!(shadow.document().unwrap().size(), 200);
        let mut one = Self {
            shadow,
            profile,
            requests: requests(),
            buffer: String::new(),
        };
        assert!(one.update(0) > 1_500);
        one
    }

    /// Makes an update and writes all three messages; tells how many bytes these have.
    pub fn update(&mut self, round: usize) -> usize {
        let payload = self.requests[round % self.requests.len()].as_bytes();
        let now = Timestamp::from_secs(START + round as u64);
        let outcome = self
            .shadow
            .handle(Operation::Update, payload, now, &self.profile);
        write_all(&outcome, &mut self.buffer)
    }
}

impl Default for One {
    fn default() -> Self {
        Self::new()
    }
}

fn requests() -> Vec<String> {
    (0..REQUESTS).map(small_update_request).collect()
}

fn write_all(outcome: &Outcome<'_>, buffer: &mut String) -> usize {
    let Outcome::Updated(updated) = outcome else {
        panic!("is accepted");
    };
    buffer.clear();
    updated.write_accepted(buffer);
    updated.write_documents(buffer);
    updated.write_delta(buffer);
    buffer.len()
}

/// Many shadows in a store.
pub struct Many {
    store: ShadowStore,
    requests: Vec<String>,
    buffer: String,
}

impl Many {
    /// A store with a shadow for each name, each as small as [`One`].
    #[must_use]
    pub fn new(ids: &[ShadowId]) -> Self {
        let mut many = Self {
            store: ShadowStore::new(Profile::aws()),
            requests: requests(),
            buffer: String::new(),
        };
        let now = Timestamp::from_secs(START);
        for id in ids {
            let payload = small_document_request().as_bytes();
            let outcome = many.store.handle(id, Operation::Update, payload, now);
            write_all(&outcome, &mut many.buffer);
        }
        many
    }

    /// Updates each of them once and writes all messages.
    pub fn update(&mut self, ids: &[ShadowId], time: u64) -> usize {
        let now = Timestamp::from_secs(START + time);
        let mut bytes = 0;
        for (id, round) in ids.iter().zip(time as usize..) {
            let payload = self.requests[round % self.requests.len()].as_bytes();
            let outcome = self.store.handle(id, Operation::Update, payload, now);
            bytes += write_all(&outcome, &mut self.buffer);
        }
        bytes
    }
}

/// Names of things, in their order.
#[must_use]
pub fn ids(count: u32) -> Vec<ShadowId> {
    (0..count)
        .map(|number| {
            let name = format!("sensor-{number:09}");
            ShadowId::classic(ThingName::parse(&name).unwrap())
        })
        .collect()
}

/// The same in an order that looks random and is always the same.
#[must_use]
pub fn shuffled(ids: &[ShadowId]) -> Vec<ShadowId> {
    let mut ids = ids.to_vec();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for at in (1..ids.len()).rev() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        ids.swap(at, (random % (at as u64 + 1)) as usize);
    }
    ids
}
