//! Who is online.

use alloc::collections::BTreeMap;
use core::time::Duration;

use iot_topics::lifecycle::{
    Change, Presence, PresenceConfig, PresenceEvent, PresenceKind, PresenceTracker,
};
use iot_topics::{ClientId, Timestamp};

use crate::input::{Bytes, choose};

/// Five bytes a call: what, of which client, the version and the timestamp of the event, and the
/// seconds that have passed.
///
/// The tracker answers as a plain map does. All events lie so near together that the version
/// decides which is the later one.
pub fn presence_tracker(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let mut tracker = PresenceTracker::new(PresenceConfig::AWS_IOT);
    let mut model = Model::default();
    let near = PresenceConfig::AWS_IOT.reset_after / 2;
    let mut now = START;
    while !bytes.is_empty() {
        let call = choose(&CALLS, bytes.byte());
        let name = choose(
            &[(b'a', "a"), (b'b', "b"), (b'c', "c"), (b'd', "d")],
            bytes.byte(),
        );
        let client = ClientId::parse(name).unwrap();
        let version = u64::from(bytes.byte());
        let at = START.saturating_add(Duration::from_secs(bytes.byte().into()));
        now = now.saturating_add(Duration::from_secs(bytes.byte().into()));
        if now.saturating_since(START) >= near {
            return;
        }
        match call {
            Call::Event(kind) => {
                let event = PresenceEvent {
                    client: &client,
                    kind,
                    version,
                    at,
                };
                let expected = model.observe(event, now);
                assert_eq!(tracker.observe(event, now), expected);
            }
            Call::Heard => {
                let known = model.clients.entry(client.clone()).or_default();
                known.heard = known.heard.max(now);
                tracker.heard(&client, now);
            }
            Call::Confirm => assert_eq!(tracker.confirm(now), model.confirm(now)),
            Call::Forget => {
                let known = model.clients.remove(&client).is_some();
                assert_eq!(tracker.forget(&client), known);
            }
        }
        model.agrees(&tracker, now);
    }
}

const START: Timestamp = Timestamp::from_secs(1_700_000_000);

#[derive(Clone, Copy)]
enum Call {
    Event(PresenceKind),
    Heard,
    Confirm,
    Forget,
}

const CALLS: [(u8, Call); 5] = [
    (b'+', Call::Event(PresenceKind::Connected)),
    (b'-', Call::Event(PresenceKind::Disconnected)),
    (b'h', Call::Heard),
    (b'?', Call::Confirm),
    (b'f', Call::Forget),
];

#[derive(Default)]
struct Model {
    clients: BTreeMap<ClientId, Client>,
}

#[derive(Default)]
struct Client {
    last: Option<(u64, PresenceKind)>,
    /// When an absence counts that nobody has been told of.
    deadline: Option<Timestamp>,
    heard: Timestamp,
}

impl Model {
    fn observe(&mut self, event: PresenceEvent<'_>, now: Timestamp) -> Change {
        let client = self.clients.entry(event.client.clone()).or_default();
        client.heard = client.heard.max(event.at.min(now));
        let this = (event.version, event.kind);
        if client.last.is_some_and(|last| last >= this) {
            return Change::Stale;
        }
        client.last = Some(this);
        client.deadline = None;
        match event.kind {
            PresenceKind::Connected => Change::Online,
            PresenceKind::Disconnected => {
                let confirm_at = now.saturating_add(PresenceConfig::AWS_IOT.confirm_after);
                client.deadline = Some(confirm_at);
                Change::Offline { confirm_at }
            }
        }
    }

    fn confirm(&mut self, now: Timestamp) -> Vec<ClientId> {
        let mut due = Vec::new();
        for (id, client) in &mut self.clients {
            if let Some(at) = client.deadline.take_if(|at| *at <= now) {
                due.push((at, id.clone()));
            }
        }
        due.sort();
        due.into_iter().map(|(_, id)| id).collect()
    }

    fn agrees(&self, tracker: &PresenceTracker, now: Timestamp) {
        for (id, client) in &self.clients {
            let expected = client.last.map(|(_, kind)| match (kind, client.deadline) {
                (PresenceKind::Connected, _) => Presence::Online,
                (PresenceKind::Disconnected, Some(confirm_at)) if confirm_at > now => {
                    Presence::Leaving { confirm_at }
                }
                (PresenceKind::Disconnected, _) => Presence::Offline,
            });
            assert_eq!(tracker.presence(id, now), expected, "{id}");
        }
        let next = self.clients.values().filter_map(|it| it.deadline).min();
        assert_eq!(tracker.poll_timeout(), next);
        let silence = Duration::from_secs(60);
        let silent: Vec<_> = tracker.silent(silence, now).collect();
        let mut expected: Vec<_> = self.clients.iter().map(|(id, it)| (id, it.heard)).collect();
        expected.retain(|(_, heard)| now.saturating_since(*heard) > silence);
        assert_eq!(silent, expected);
    }
}
