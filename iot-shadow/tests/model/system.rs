//! One state of the whole, and all that may happen next.
#![expect(
    clippy::unwrap_used,
    reason = "what a fixed name is made of, and what the parts send each other, is legal"
)]

use alloc::sync::Arc;
use core::fmt::{self, Write as _};
use core::hash::{Hash, Hasher};
use core::time::Duration;

use iot_shadow::{
    DeviceEvent, DeviceShadow, Json, Message, Operation, Profile, Shadow, ShadowId, merge_patch,
};
use iot_topics::Timestamp;
use iot_topics::reserved::{Exchange, ShadowMessage};

use crate::network::{Network, Packet};

/// How often what may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct System {
    pub(crate) guard: Guard,
    /// The shadow is there from the start, and desires what the device is not.
    pub(crate) desired: bool,
    /// The application desires another value of one of two keys.
    pub(crate) writes: u8,
    /// Somebody turns a knob of the device.
    pub(crate) edits: u8,
    /// The device forgets all but the number of its starts.
    pub(crate) restarts: u8,
    /// A request is lost, or the connection with one or all messages to the device.
    pub(crate) losses: u8,
    /// A packet arrives, and will again.
    pub(crate) repeats: u8,
    /// The device gives up a request although its answer may still come.
    pub(crate) timeouts: u8,
}

/// How the device tells new messages from old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// As the crate does.
    Tracker,
    /// What is not above the highest version seen is dropped, be it `accepted` or `delta`.
    OneVersion,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Act {
    Write(&'static str),
    Edit(&'static str),
    Deliver(Arc<Packet>),
    Repeat(Arc<Packet>),
    Lose(Arc<Packet>),
    LoseAll,
    Restart,
    Connect,
    GiveUp,
}

/// The counts say how often each has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    cloud: Shadow,
    device: DeviceShadow,
    connected: bool,
    network: Network,
    /// The token of the latest request of the device.
    requested: Option<Token>,
    /// The highest version that [`Guard::OneVersion`] has seen.
    seen: u64,
    writes: u8,
    edits: u8,
    restarts: u8,
    losses: u8,
    repeats: u8,
    timeouts: u8,
}

const KEYS: [&str; 2] = ["a", "b"];

/// Time stands still: what depends on it is told to happen.
const NOW: Timestamp = Timestamp::from_secs(0);
const TIMEOUT: Duration = Duration::from_secs(1);

/// Session and count.
type Token = (u8, u8);

/// The client token of a payload, which is its last member.
fn token(payload: &str) -> Option<Token> {
    let (_, token) = payload.split_once(r#""clientToken":""#)?;
    let (session, count) = token.strip_suffix("\"}")?.split_once('-')?;
    let number = |text| u8::from_str_radix(text, 16).unwrap();
    Some((number(session), number(count)))
}

fn json(text: &str) -> Json {
    text.parse().unwrap()
}

fn id() -> ShadowId {
    ShadowId::classic("t".parse().unwrap())
}

fn started(restarts: u8) -> DeviceShadow {
    let mut device = DeviceShadow::new(id(), restarts.into()).with_timeout(TIMEOUT);
    device.report(&json(r#"{"a":0,"b":0}"#)).unwrap();
    device
}

impl State {
    pub(crate) fn new(system: &System) -> Self {
        let mut cloud = Shadow::Absent;
        if system.desired {
            let update = br#"{"state":{"desired":{"a":1,"b":0}}}"#;
            let outcome = cloud.handle(Operation::Update, update, NOW, &Profile::aws());
            assert_eq!(outcome.code(), 200);
        }
        Self {
            cloud,
            device: started(0),
            connected: false,
            network: Network::default(),
            requested: None,
            seen: 0,
            writes: 0,
            edits: 0,
            restarts: 0,
            losses: 0,
            repeats: 0,
            timeouts: 0,
        }
    }

    /// What may happen next.
    pub(crate) fn actions(&self, system: &System, actions: &mut Vec<Act>) {
        if !self.connected {
            actions.push(Act::Connect);
        }
        for packet in self.network.kinds() {
            let may_lose = self.losses < system.losses && (packet.is_request() || self.connected);
            if packet.is_request() || self.connected {
                actions.push(Act::Deliver(packet.clone()));
                if self.repeats < system.repeats {
                    actions.push(Act::Repeat(packet.clone()));
                }
            }
            if may_lose {
                actions.push(Act::Lose(packet.clone()));
            }
        }
        if self.losses < system.losses && self.connected {
            actions.push(Act::LoseAll);
        }
        if self.device.poll_timeout().is_some()
            && (!self.answer_may_come() || self.timeouts < system.timeouts)
        {
            actions.push(Act::GiveUp);
        }
        if self.writes < system.writes {
            actions.extend(KEYS.map(Act::Write));
        }
        if self.edits < system.edits {
            actions.extend(KEYS.map(Act::Edit));
        }
        if self.restarts < system.restarts {
            actions.push(Act::Restart);
        }
    }

    /// Makes it happen; `false` if that is impossible.
    pub(crate) fn act(&mut self, system: &System, act: Act) -> bool {
        match act {
            Act::Write(key) => {
                self.writes += 1;
                let payload = format!(r#"{{"state":{{"desired":{{"{key}":{}}}}}}}"#, self.writes);
                self.network.send(Message {
                    topic: id().topic(ShadowMessage::Update(Exchange::Request)),
                    payload,
                });
            }
            Act::Edit(key) => {
                self.edits += 1;
                let change = json(&format!(r#"{{"{key}":{}}}"#, 10 + self.edits));
                self.carry_out(&change);
            }
            Act::Repeat(packet) => {
                self.repeats += 1;
                self.deliver(system, &packet);
            }
            Act::Deliver(packet) => {
                if !self.network.take(&packet) {
                    return false;
                }
                self.deliver(system, &packet);
            }
            Act::Lose(packet) => {
                self.losses += 1;
                if !self.network.take(&packet) {
                    return false;
                }
                if !packet.is_request() {
                    self.disconnect();
                }
            }
            Act::LoseAll => {
                self.losses += 1;
                self.network.lose_answers();
                self.disconnect();
            }
            Act::Restart => {
                self.restarts += 1;
                self.device = started(self.restarts);
                self.connected = false;
            }
            Act::Connect => {
                self.connected = true;
                self.device.connect();
            }
            Act::GiveUp => {
                self.timeouts += u8::from(self.answer_may_come());
                self.device.handle_timeout(NOW.saturating_add(TIMEOUT));
            }
        }
        while let Some(message) = self.device.poll_output(NOW) {
            self.requested = token(&message.payload);
            self.network.send(message);
        }
        true
    }

    fn disconnect(&mut self) {
        self.connected = false;
        self.device.disconnect();
    }

    fn deliver(&mut self, system: &System, packet: &Packet) {
        let payload = packet.payload.as_bytes();
        if let Some(operation) = Operation::requested_by(packet.message) {
            let outcome = self.cloud.handle(operation, payload, NOW, &Profile::aws());
            for message in outcome.publish(&id()) {
                // As few devices subscribe to it, this one does not.
                if message.topic.message != ShadowMessage::Documents {
                    self.network.send(message);
                }
            }
            return;
        }
        if system.guard == Guard::OneVersion && self.drops(packet) {
            return;
        }
        if let DeviceEvent::Delta { state, .. } =
            self.device.handle(packet.message, payload).unwrap()
        {
            self.carry_out(&state);
        }
    }

    fn carry_out(&mut self, change: &Json) {
        let local = self.device.local().unwrap();
        let local = merge_patch(local.as_ref(), change.as_ref());
        self.device.report(&local).unwrap();
    }

    /// What [`Guard::OneVersion`] says.
    fn drops(&mut self, packet: &Packet) -> bool {
        let accepted = ShadowMessage::Update(Exchange::Accepted);
        if packet.message != accepted && packet.message != ShadowMessage::Delta {
            return false;
        }
        let body = json(&packet.payload);
        let version = body.get("version").unwrap().as_str().parse().unwrap();
        let drops = version <= self.seen;
        self.seen = self.seen.max(version);
        drops
    }

    /// Whether the request that the device waits for, or its answer, is on its way: the token tells
    /// them from older ones by its session and count, which only grow.
    fn answer_may_come(&self) -> bool {
        let packets = self.network.packets().iter();
        let tokens = packets.filter_map(|packet| token(&packet.payload));
        tokens.max() == self.requested
    }

    /// Nothing is on its way, and the device waits for nothing.
    pub(crate) fn is_quiet(&self) -> bool {
        self.network.is_empty() && self.device.is_settled()
    }

    pub(crate) fn is_in_step(&self) -> bool {
        let document = self.cloud.document();
        document.is_some_and(|document| {
            document.delta().is_none()
                && document.reported() == self.device.local().map(Json::as_ref)
        })
    }

    /// Nothing will ever happen, and yet the device is not done.
    pub(crate) fn is_stuck(&self) -> bool {
        let idle = self.network.is_empty() && self.connected;
        idle && !self.device.is_settled() && self.device.poll_timeout().is_none()
    }

    pub(crate) fn is_spent(&self, system: &System) -> bool {
        let spent = System {
            guard: system.guard,
            desired: system.desired,
            writes: self.writes,
            edits: self.edits,
            restarts: self.restarts,
            losses: self.losses,
            repeats: self.repeats,
            timeouts: self.timeouts,
        };
        spent == *system
    }

    /// A rejection for a version that is not the current one is on its way.
    pub(crate) fn has_conflict(&self) -> bool {
        let rejected = ShadowMessage::Update(Exchange::Rejected);
        let mut packets = self.network.packets().iter();
        packets.any(|packet| packet.message == rejected && packet.payload.contains("\"code\":409"))
    }
}

/// The parts of the crate have no `Hash`, since equal numbers may be written in two ways. Here
/// they never are.
impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        struct Text<'a, H>(&'a mut H);
        impl<H: Hasher> fmt::Write for Text<'_, H> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.write(text.as_bytes());
                Ok(())
            }
        }
        let _ = write!(Text(state), "{:?}{:?}", self.cloud, self.device);
        self.network.hash(state);
        let counts = [
            self.writes,
            self.edits,
            self.restarts,
            self.losses,
            self.repeats,
            self.timeouts,
        ];
        (self.connected, self.requested, self.seen, counts).hash(state);
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(document) = self.cloud.document() {
            write!(f, "the cloud has {}, ", document.state())?;
        }
        write!(f, "the device is {}", self.device.local().unwrap())
    }
}

impl Act {
    /// Whether this is the arrival of a message at that topic.
    pub(crate) fn delivers(&self, topic: &str) -> bool {
        matches!(self, Self::Deliver(packet) if packet.topic() == topic)
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(key) => write!(f, "the application desires another `{key}`"),
            Self::Edit(key) => write!(f, "somebody changes `{key}` of the device"),
            Self::Deliver(packet) => write!(f, "arrives: {packet:?}"),
            Self::Repeat(packet) => write!(f, "arrives, not for the last time: {packet:?}"),
            Self::Lose(packet) => write!(f, "is lost: {packet:?}"),
            Self::LoseAll => f.write_str("the connection breaks, with all that was on its way"),
            Self::Restart => f.write_str("the device restarts"),
            Self::Connect => f.write_str("the device connects"),
            Self::GiveUp => f.write_str("the device waits no longer for an answer"),
        }
    }
}
