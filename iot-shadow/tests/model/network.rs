//! What is on its way. It may arrive in any order.

use alloc::sync::Arc;
use core::fmt;

use iot_shadow::Message;
use iot_topics::reserved::{Exchange, ShadowMessage};

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Packet {
    pub(crate) message: ShadowMessage,
    pub(crate) payload: String,
}

impl Packet {
    pub(crate) fn is_request(&self) -> bool {
        use ShadowMessage::{Delete, Get, Update};
        matches!(
            self.message,
            Get(Exchange::Request) | Update(Exchange::Request) | Delete(Exchange::Request)
        )
    }

    pub(crate) fn topic(&self) -> &'static str {
        use ShadowMessage::{Delete, Delta, Documents, Get, Update};
        match self.message {
            Get(Exchange::Request) => "get",
            Get(Exchange::Accepted) => "get/accepted",
            Get(Exchange::Rejected) => "get/rejected",
            Update(Exchange::Request) => "update",
            Update(Exchange::Accepted) => "update/accepted",
            Update(Exchange::Rejected) => "update/rejected",
            Delta => "update/delta",
            Documents | Delete(_) => "not in this model",
        }
    }
}

impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.topic(), self.payload)
    }
}

/// In a fixed order, so that the same packets are the same state however they came here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Network(Vec<Arc<Packet>>);

impl Network {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn send(&mut self, message: Message) {
        self.put(Arc::new(Packet {
            message: message.topic.message,
            payload: message.payload,
        }));
    }

    pub(crate) fn put(&mut self, packet: Arc<Packet>) {
        let at = self.0.partition_point(|other| *other < packet);
        self.0.insert(at, packet);
    }

    /// Takes one such packet out; `false` if there is none.
    pub(crate) fn take(&mut self, packet: &Arc<Packet>) -> bool {
        match self.0.binary_search(packet) {
            Ok(at) => {
                self.0.remove(at);
                true
            }
            Err(_) => false,
        }
    }

    /// Loses all that is on its way to the device.
    pub(crate) fn lose_answers(&mut self) {
        self.0.retain(|packet| packet.is_request());
    }

    pub(crate) fn packets(&self) -> &[Arc<Packet>] {
        &self.0
    }

    /// Each packet once, however often it is on its way.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &Arc<Packet>> {
        let before = [None].into_iter().chain(self.0.iter().map(Some));
        let pairs = self.0.iter().zip(before);
        pairs.filter_map(|(packet, before)| (Some(packet) != before).then_some(packet))
    }
}
