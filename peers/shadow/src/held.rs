//! S1: documents that are held in memory between two updates.

use iot_shadow::{Operation, Outcome, Profile, Shadow};
use iot_topics::Timestamp;
use serde_json::Value;

use crate::naive::Naive;
use crate::workload::{Differing, START, document_request, update_request};

/// Updates one shadow again and again, with two requests in turns.
pub trait Held {
    /// What does it.
    const NAME: &'static str;

    /// A shadow with the large document.
    fn new(differing: Differing) -> Self;

    /// The next update; tells how many bytes the messages `accepted` and `delta` have.
    fn update(&mut self) -> usize;

    /// The messages of the last one.
    fn messages(&self) -> [Value; 2];
}

/// Both, after it was seen that they say the same.
#[must_use]
pub fn pair<O: Held, P: Held>(differing: Differing) -> (O, P) {
    let (mut ours, mut peer) = (O::new(differing), P::new(differing));
    for _ in 0..3 {
        assert_eq!(ours.update(), peer.update());
        assert_eq!(ours.messages(), peer.messages());
    }
    (ours, peer)
}

/// The rules that ours follows.
pub(crate) fn aws() -> &'static Profile {
    static AWS: Profile = Profile::aws();
    &AWS
}

/// The requests, and how many were made.
pub(crate) struct Requests {
    payloads: [String; 2],
    made: usize,
}

impl Requests {
    pub(crate) fn new() -> Self {
        Self {
            payloads: [update_request(0), update_request(1)],
            made: 0,
        }
    }

    /// A payload and the time at which it comes.
    pub(crate) fn next(&mut self) -> (&str, u64) {
        self.made += 1;
        (&self.payloads[self.made % 2], START + self.made as u64)
    }
}

/// Where `accepted` and `delta` are written, each time anew.
#[derive(Default)]
pub(crate) struct Buffers<B>([B; 2]);

impl Buffers<String> {
    pub(crate) fn cleared(&mut self) -> &mut [String; 2] {
        self.0.iter_mut().for_each(String::clear);
        &mut self.0
    }
}

impl Buffers<Vec<u8>> {
    pub(crate) fn cleared(&mut self) -> &mut [Vec<u8>; 2] {
        self.0.iter_mut().for_each(Vec::clear);
        &mut self.0
    }
}

impl<B: AsRef<[u8]>> Buffers<B> {
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(|buffer| buffer.as_ref().len()).sum()
    }

    pub(crate) fn values(&self) -> [Value; 2] {
        self.0
            .each_ref()
            .map(|text| serde_json::from_slice(text.as_ref()).unwrap())
    }
}

/// iot-shadow.
pub struct Ours {
    requests: Requests,
    shadow: Shadow,
    buffers: Buffers<String>,
}

impl Held for Ours {
    const NAME: &'static str = "iot-shadow";

    fn new(differing: Differing) -> Self {
        let mut shadow = Shadow::default();
        let payload = document_request(differing);
        let now = Timestamp::from_secs(START);
        let outcome = shadow.handle(Operation::Update, payload.as_bytes(), now, aws());
        assert_eq!(outcome.code(), 200);
        Self {
            requests: Requests::new(),
            shadow,
            buffers: Buffers::default(),
        }
    }

    fn update(&mut self) -> usize {
        let (payload, now) = self.requests.next();
        let (payload, now) = (payload.as_bytes(), Timestamp::from_secs(now));
        let outcome = self.shadow.handle(Operation::Update, payload, now, aws());
        let Outcome::Updated(updated) = outcome else {
            panic!("is accepted");
        };
        let [accepted, delta] = self.buffers.cleared();
        updated.write_accepted(accepted);
        updated.write_delta(delta);
        self.buffers.bytes()
    }

    fn messages(&self) -> [Value; 2] {
        self.buffers.values()
    }
}

/// `serde_json` and `json-patch`.
pub struct Peer {
    requests: Requests,
    shadow: Naive,
    buffers: Buffers<Vec<u8>>,
}

impl Held for Peer {
    const NAME: &'static str = "serde_json and json-patch";

    fn new(differing: Differing) -> Self {
        let mut shadow = Naive::default();
        let mut buffers = Buffers::<Vec<u8>>::default();
        let payload = document_request(differing);
        shadow.update(payload.as_bytes(), START, buffers.cleared());
        Self {
            requests: Requests::new(),
            shadow,
            buffers,
        }
    }

    fn update(&mut self) -> usize {
        let (payload, now) = self.requests.next();
        self.shadow
            .update(payload.as_bytes(), now, self.buffers.cleared());
        self.buffers.bytes()
    }

    fn messages(&self) -> [Value; 2] {
        self.buffers.values()
    }
}
