//! S3: a delta alone.

use iot_shadow::Json;
use serde_json::Value;

use crate::workload::{Differing, document_request, update_request};

/// The two sides of a delta of 10 leaves, for us and for a peer.
pub struct Sides {
    /// What is wished for, then what is there.
    pub ours: [Json; 2],
    /// The same.
    pub peer: [Value; 2],
}

impl Sides {
    /// The sections of the large document: 250 leaves each.
    #[must_use]
    pub fn sections() -> Self {
        let document = state_after(Differing::Few);
        Self::new([&document["desired"], &document["reported"]])
    }

    /// Twice the whole document: 500 leaves each.
    #[must_use]
    pub fn documents() -> Self {
        let mut before = state_after(Differing::Most);
        json_patch::merge(&mut before, &state_of(&update_request(0)));
        let mut after = before.clone();
        json_patch::merge(&mut after, &state_of(&update_request(1)));
        Self::new([&after, &before])
    }

    fn new(sides: [&Value; 2]) -> Self {
        let sides = Self {
            ours: sides.map(|side| Json::try_from(side).unwrap()),
            peer: sides.map(Clone::clone),
        };
        let (ours, peer) = (sides.delta(), sides.generate());
        assert_eq!(
            Some(ours.as_str()),
            peer.map(|peer| peer.to_string()).as_deref()
        );
        sides
    }

    /// Ours.
    #[must_use]
    pub fn delta(&self) -> Json {
        let [desired, reported] = &self.ours;
        iot_shadow::delta(desired.as_ref(), reported.as_ref()).unwrap()
    }

    /// The merge patch from what is there to what is wished for: the same, as neither side has
    /// members that the other has not.
    #[must_use]
    pub fn generate(&self) -> Option<Value> {
        let [desired, reported] = &self.peer;
        json_merge_patch_gen::generate(reported, desired)
    }
}

fn state_of(request: &str) -> Value {
    serde_json::from_str::<Value>(request).unwrap()["state"].take()
}

fn state_after(differing: Differing) -> Value {
    let mut state = state_of(&document_request(differing));
    json_patch::merge(&mut state, &state_of(&update_request(0)));
    state
}
