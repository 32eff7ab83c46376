//! What is on its way. It may arrive in any order.

use alloc::sync::Arc;
use core::fmt;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Packet {
    /// From the device to the service.
    pub(crate) is_request: bool,
    pub(crate) topic: String,
    pub(crate) payload: String,
}

impl Packet {
    /// What follows `$aws/things/<thing>/jobs/`.
    pub(crate) fn about(&self) -> &str {
        let about = self.topic.split_once("/jobs/");
        about.map_or(self.topic.as_str(), |(_, about)| about)
    }

    pub(crate) fn is_notice(&self) -> bool {
        self.about() == "notify-next"
    }
}

impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.about(), self.payload)
    }
}

/// In a fixed order, so that the same packets are the same state however they came here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Network(Vec<Arc<Packet>>);

impl Network {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn put(&mut self, packet: Packet) {
        let packet = Arc::new(packet);
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
        self.0.retain(|packet| packet.is_request);
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
