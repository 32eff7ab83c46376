//! S2: documents that are text between two updates, as a database holds them: the state, the
//! metadata and the version of each.

use iot_shadow::{Operation, Outcome, Shadow, ShadowDocument};
use iot_topics::Timestamp;
use serde_json::Value;

use crate::held::{Buffers, Held, Requests, aws};
use crate::naive::Naive;
use crate::workload::{Differing, START, document_request};

/// iot-shadow.
pub struct Ours {
    requests: Requests,
    state: String,
    metadata: String,
    version: u64,
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
        let document = shadow.document().unwrap();
        Self {
            requests: Requests::new(),
            state: document.state().as_str().into(),
            metadata: document.metadata(),
            version: document.version(),
            buffers: Buffers::default(),
        }
    }

    fn update(&mut self) -> usize {
        let (state, metadata) = (self.state.as_bytes(), self.metadata.as_bytes());
        let document = ShadowDocument::from_texts(state, metadata, self.version).unwrap();
        let mut shadow = Shadow::Live(document);
        let (payload, now) = self.requests.next();
        let now = Timestamp::from_secs(now);
        let outcome = shadow.handle(Operation::Update, payload.as_bytes(), now, aws());
        let Outcome::Updated(updated) = outcome else {
            panic!("is accepted");
        };
        let [accepted, delta] = self.buffers.cleared();
        updated.write_accepted(accepted);
        updated.write_delta(delta);
        let document = updated.current();
        self.state.clear();
        self.state.push_str(document.state().as_str());
        self.metadata.clear();
        document.write_metadata(&mut self.metadata);
        self.version = document.version();
        self.buffers.bytes()
    }

    fn messages(&self) -> [Value; 2] {
        self.buffers.values()
    }
}

/// `serde_json` and `json-patch`.
pub struct Peer {
    requests: Requests,
    state: Vec<u8>,
    metadata: Vec<u8>,
    version: u64,
    buffers: Buffers<Vec<u8>>,
}

impl Peer {
    fn store(&mut self, shadow: &Naive) {
        self.state.clear();
        serde_json::to_writer(&mut self.state, &shadow.state).unwrap();
        self.metadata.clear();
        serde_json::to_writer(&mut self.metadata, &shadow.metadata).unwrap();
        self.version = shadow.version;
    }
}

impl Held for Peer {
    const NAME: &'static str = "serde_json and json-patch";

    fn new(differing: Differing) -> Self {
        let mut peer = Self {
            requests: Requests::new(),
            state: Vec::new(),
            metadata: Vec::new(),
            version: 0,
            buffers: Buffers::default(),
        };
        let mut shadow = Naive::default();
        let payload = document_request(differing);
        shadow.update(payload.as_bytes(), START, peer.buffers.cleared());
        peer.store(&shadow);
        peer
    }

    fn update(&mut self) -> usize {
        let mut shadow = Naive {
            state: serde_json::from_slice(&self.state).unwrap(),
            metadata: serde_json::from_slice(&self.metadata).unwrap(),
            version: self.version,
        };
        let (payload, now) = self.requests.next();
        shadow.update(payload.as_bytes(), now, self.buffers.cleared());
        self.store(&shadow);
        self.buffers.bytes()
    }

    fn messages(&self) -> [Value; 2] {
        self.buffers.values()
    }
}
