//! One state of the whole, and all that may happen next.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a fixed name is made of, and what the parts send each other, is legal"
)]

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use core::fmt::{self, Write as _};
use core::hash::{Hash, Hasher};
use core::time::Duration;

use iot_jobs::{AgentEvent, ExecutionId, JobAgent, JobStatus, Limits, Outcome, StatusDetails};
use iot_topics::{Timestamp, TopicName, TopicNameRef};
use serde_json::{Value, json};

use crate::cloud::{Cloud, THING};
use crate::network::{Network, Packet};

/// What may happen, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct System {
    pub(crate) guard: Guard,
    /// Jobs have a timer of a minute, and try once more after each end that may be retried.
    pub(crate) timer: bool,
    pub(crate) most: Counts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Counts {
    /// A job is created.
    pub(crate) creates: u8,
    /// A job is canceled, with force.
    pub(crate) cancels: u8,
    /// A job is deleted, and created anew under its name.
    pub(crate) replaces: u8,
    /// The time of the next timer of the service comes.
    pub(crate) ticks: u8,
    /// The application reports progress.
    pub(crate) reports: u8,
    /// The application fails instead of succeeding.
    pub(crate) failures: u8,
    /// The device forgets all but the number of its starts and its record.
    pub(crate) restarts: u8,
    /// A packet is lost, or the connection with all that is on its way to the device.
    pub(crate) losses: u8,
    /// A packet arrives, and will again.
    pub(crate) repeats: u8,
    /// The device gives up a request although its answer may still come.
    pub(crate) timeouts: u8,
}

impl Counts {
    pub(crate) const NONE: Self = Self {
        creates: 0,
        cancels: 0,
        replaces: 0,
        ticks: 0,
        reports: 0,
        failures: 0,
        restarts: 0,
        losses: 0,
        repeats: 0,
        timeouts: 0,
    };
}

/// One of the counts.
type Count = fn(&mut Counts) -> &mut u8;

/// What the device does against the traps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// All that the crate does.
    Agent,
    /// It listens to no notification while it waits for an answer.
    DeafWhileAsking,
    /// It keeps nothing through a restart.
    NoRecord,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Act {
    Create,
    Cancel(&'static str),
    Replace(&'static str),
    Tick,
    Report,
    Finish(Outcome),
    Deliver(Arc<Packet>),
    Repeat(Arc<Packet>),
    Lose(Arc<Packet>),
    LoseAll,
    Restart,
    Connect,
    Wait,
    Poll,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    cloud: Cloud,
    device: JobAgent,
    connected: bool,
    network: Network,
    /// What the application works on.
    work: Option<ExecutionId>,
    /// All that was handed out to be begun, as the records name it.
    begun: BTreeSet<String>,
    /// Something was handed out to be begun again, or beside something else.
    twice: bool,
    /// A notification was lost on the connection that is there.
    missed: bool,
    /// The token of the latest request of the device.
    requested: Option<Token>,
    spent: Counts,
}

const JOBS: [&str; 2] = ["a", "b"];

/// No pause and no wait for an answer is longer, and the service may be silent for longer.
const SHORT: Duration = Duration::from_secs(1_000);

/// Session and count.
type Token = (u8, u8);

/// The client token of a payload.
fn token(payload: &str) -> Option<Token> {
    let (_, rest) = payload.split_once(r#""clientToken":""#)?;
    let (token, _) = rest.split_once('"')?;
    let (session, count) = token.split_once('-')?;
    let number = |text| u8::from_str_radix(text, 16).unwrap();
    Some((number(session), number(count)))
}

fn started(restarts: u8) -> JobAgent {
    JobAgent::new(THING.parse().unwrap(), restarts.into())
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            cloud: Cloud::new(),
            device: started(0),
            connected: false,
            network: Network::default(),
            work: None,
            begun: BTreeSet::new(),
            twice: false,
            missed: false,
            requested: None,
            spent: Counts::NONE,
        }
    }

    /// What may happen next.
    pub(crate) fn actions(&self, system: &System, actions: &mut Vec<Act>) {
        let mut all = Vec::new();
        all.push(Act::Create);
        all.extend(JOBS.map(Act::Cancel));
        all.extend(JOBS.map(Act::Replace));
        all.extend([Act::Tick, Act::Report, Act::LoseAll, Act::Restart]);
        all.extend([Outcome::Succeeded, Outcome::Failed].map(Act::Finish));
        all.extend([Act::Connect, Act::Wait, Act::Poll]);
        for packet in self.network.kinds() {
            let packet = || packet.clone();
            all.extend([
                Act::Deliver(packet()),
                Act::Repeat(packet()),
                Act::Lose(packet()),
            ]);
        }
        let affordable = |act: &Act| {
            self.cost(act).is_none_or(|count| {
                let (mut spent, mut most) = (self.spent, system.most);
                count(&mut spent) < count(&mut most)
            })
        };
        actions.extend(
            all.into_iter()
                .filter(|act| affordable(act) && self.may(act)),
        );
    }

    /// What counts it; `None` for what may happen at any time.
    fn cost(&self, act: &Act) -> Option<Count> {
        Some(match act {
            Act::Create => |counts| &mut counts.creates,
            Act::Cancel(_) => |counts| &mut counts.cancels,
            Act::Replace(_) => |counts| &mut counts.replaces,
            Act::Tick => |counts| &mut counts.ticks,
            Act::Report => |counts| &mut counts.reports,
            Act::Finish(Outcome::Failed) => |counts| &mut counts.failures,
            Act::Restart => |counts| &mut counts.restarts,
            Act::Lose(_) | Act::LoseAll => |counts| &mut counts.losses,
            Act::Repeat(_) => |counts| &mut counts.repeats,
            Act::Wait if self.answer_may_come() => |counts| &mut counts.timeouts,
            Act::Finish(_) | Act::Deliver(_) | Act::Connect | Act::Wait | Act::Poll => return None,
        })
    }

    fn may(&self, act: &Act) -> bool {
        match act {
            Act::Create | Act::Restart => true,
            Act::Cancel(job) => self.cloud.job_status(job) == Some(JobStatus::InProgress),
            Act::Replace(job) => self.cloud.job_status(job).is_some(),
            Act::Tick => self.cloud.next_deadline().is_some(),
            Act::Report | Act::Finish(_) => self.work.is_some(),
            Act::Deliver(packet) | Act::Repeat(packet) => packet.is_request || self.connected,
            Act::Lose(_) => true,
            Act::LoseAll => self.connected,
            Act::Connect => !self.connected,
            Act::Wait => self.waits(),
            Act::Poll => self.missed && self.connected && !self.waits(),
        }
    }

    /// Makes it happen; `false` if that is impossible.
    pub(crate) fn act(&mut self, system: &System, act: Act) -> bool {
        if let Some(count) = self.cost(&act) {
            *count(&mut self.spent) += 1;
        }
        match act {
            Act::Create => {
                let created = usize::from(self.spent.creates) - 1;
                let job = JOBS.get(created).unwrap();
                self.create(system, job);
            }
            Act::Cancel(job) => {
                let sent = self
                    .cloud
                    .control("CancelJob", &json!({"jobId": job, "force": true}));
                self.send(sent);
            }
            Act::Replace(job) => {
                let sent = self
                    .cloud
                    .control("DeleteJob", &json!({"jobId": job, "force": true}));
                self.send(sent);
                self.cloud.now += 1;
                self.create(system, job);
            }
            Act::Tick => {
                self.cloud.now = self.cloud.next_deadline().unwrap();
                let sent = self.cloud.tick();
                self.send(sent);
            }
            Act::Report => {
                let details = [("step", "1")];
                let details = StatusDetails::from_pairs(details, &Limits::AWS_IOT).unwrap();
                let id = self.work.clone().unwrap();
                self.device.progress(&id, Some(details), None).unwrap();
            }
            Act::Finish(outcome) => {
                let id = self.work.take().unwrap();
                self.device.finish(&id, outcome, None).unwrap();
            }
            Act::Repeat(packet) => self.deliver(system, &packet),
            Act::Deliver(packet) => {
                if !self.network.take(&packet) {
                    return false;
                }
                self.deliver(system, &packet);
            }
            Act::Lose(packet) => {
                if !self.network.take(&packet) {
                    return false;
                }
                self.missed |= packet.is_notice();
            }
            Act::LoseAll => {
                self.network.lose_answers();
                self.connected = false;
                self.device.disconnect();
            }
            Act::Restart => {
                let record = self.device.record().cloned();
                self.device = started(self.spent.restarts);
                if let Some(record) = record.filter(|_| system.guard != Guard::NoRecord) {
                    self.device = self.device.clone().with_record(record);
                }
                self.work = None;
                self.connected = false;
            }
            Act::Connect => {
                self.connected = true;
                self.missed = false;
                self.device.connect();
            }
            Act::Wait => {
                while self.waits() && !self.asks() {
                    let until = self.device.poll_timeout().unwrap();
                    self.device.handle_timeout(until);
                }
            }
            Act::Poll => {
                self.missed = false;
                let until = self.device.poll_timeout().unwrap();
                self.device.handle_timeout(until);
            }
        }
        self.asks();
        true
    }

    /// Sends what the device has to ask; whether there is something.
    fn asks(&mut self) -> bool {
        let Some(request) = self.device.poll_output(self.cloud.time()) else {
            return false;
        };
        self.requested = token(&request.payload);
        self.network.put(Packet {
            is_request: true,
            topic: request.topic.to_string(),
            payload: request.payload,
        });
        true
    }

    fn create(&mut self, system: &System, job: &str) {
        let mut arguments = json!({
            "jobId": job,
            "targets": [format!("arn:aws:iot:us-east-1:123456789012:thing/{THING}")],
            "document": "{}",
        });
        if system.timer {
            arguments["timeoutConfig"] = json!({"inProgressTimeoutInMinutes": 1});
            let criterion = json!({"failureType": "ALL", "numberOfRetries": 1});
            arguments["jobExecutionsRetryConfig"] = json!({"criteriaList": [criterion]});
        }
        let sent = self.cloud.control("CreateJob", &arguments);
        self.send(sent);
    }

    /// Sends to the device what it has subscribed to.
    fn send(&mut self, packets: Vec<Packet>) {
        for packet in packets {
            let topic: TopicName = packet.topic.parse().unwrap();
            let mut filters = self.device.subscriptions();
            if filters.any(|filter| filter.as_filter_ref().matches(topic.as_name_ref())) {
                drop(filters);
                self.network.put(packet);
            }
        }
    }

    fn deliver(&mut self, system: &System, packet: &Packet) {
        if packet.is_request {
            let sent = self.cloud.publish(packet);
            self.send(sent);
            return;
        }
        if system.guard == Guard::DeafWhileAsking && packet.is_notice() && self.waits() {
            return;
        }
        let topic = TopicNameRef::parse(&packet.topic).unwrap();
        let payload = packet.payload.as_bytes();
        let now = self.cloud.time();
        match self.device.handle_message(topic, payload, now).unwrap() {
            AgentEvent::Run(job) => {
                let record = self.device.record().unwrap().to_json();
                self.twice |= !self.begun.insert(record) || self.work.is_some();
                self.work = Some(job.id);
            }
            AgentEvent::Resume(job) => self.work = Some(job.id),
            AgentEvent::Stop { id, .. } => {
                self.work.take_if(|work| *work == id);
            }
            _ => {}
        }
    }

    /// Whether the device waits for an answer, or for the end of a pause.
    fn waits(&self) -> bool {
        let short = self.cloud.time().saturating_add(SHORT);
        let until = self.device.poll_timeout();
        until.is_some_and(|until: Timestamp| until <= short)
    }

    /// Whether the request that the device waits for, or its answer, is on its way: the token tells
    /// them from older ones by its session and count, which only grow.
    fn answer_may_come(&self) -> bool {
        let packets = self.network.packets().iter();
        let tokens = packets.filter_map(|packet| token(&packet.payload));
        tokens.max() == self.requested
    }

    /// Nothing is on its way, and the device waits for nothing but its application.
    fn is_still(&self) -> bool {
        self.network.is_empty() && self.connected && !self.waits() && !self.missed
    }

    /// Nothing is on its way, and nobody waits for anything or works.
    pub(crate) fn is_quiet(&self) -> bool {
        self.is_still() && self.work.is_none()
    }

    /// The application works on what has ended, and nobody will tell it.
    pub(crate) fn works_in_vain(&self) -> bool {
        let Some(work) = self.work.as_ref().filter(|_| self.is_still()) else {
            return false;
        };
        let is_it = |execution: &Value| {
            execution["jobId"] == work.job.as_str() && execution["executionNumber"] == work.number
        };
        !self.cloud.pending().iter().any(is_it)
    }

    /// Nothing is left to do, in the cloud as on the device.
    pub(crate) fn is_done(&self) -> bool {
        self.device.is_idle() && self.cloud.pending().is_empty()
    }

    /// The device will ask again by itself, whatever comes or does not.
    pub(crate) fn is_awake(&self) -> bool {
        !self.connected || self.device.poll_timeout().is_some()
    }

    pub(crate) const fn has_run_twice(&self) -> bool {
        self.twice
    }

    pub(crate) const fn has_unmade_an_end(&self) -> bool {
        self.cloud.unmade
    }

    pub(crate) fn is_spent(&self, system: &System) -> bool {
        self.spent == system.most
    }

    /// A rejection with this code is on its way.
    pub(crate) fn has_rejection(&self, code: &str) -> bool {
        let code = format!(r#""code":"{code}""#);
        let mut packets = self.network.packets().iter();
        packets.any(|packet| packet.payload.contains(&code))
    }
}

/// The device has no `Hash`; its text has all that it keeps.
impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        struct Text<'a, H>(&'a mut H);
        impl<H: Hasher> fmt::Write for Text<'_, H> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.write(text.as_bytes());
                Ok(())
            }
        }
        let _ = write!(Text(state), "{:?}", self.device);
        self.cloud.hash(state);
        self.network.hash(state);
        (&self.work, &self.begun, self.twice, self.missed).hash(state);
        (self.connected, self.requested, self.spent).hash(state);
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service has pending:")?;
        let pending = self.cloud.pending();
        if pending.is_empty() {
            f.write_str(" nothing")?;
        }
        for execution in pending {
            write!(f, " {execution}")?;
        }
        let idle = if self.device.is_idle() {
            "idle"
        } else {
            "busy"
        };
        write!(f, "; the device is {idle}")
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("a job is created"),
            Self::Cancel(job) => write!(f, "job `{job}` is canceled"),
            Self::Replace(job) => write!(f, "job `{job}` is deleted and created anew"),
            Self::Tick => f.write_str("a timer of the service runs out"),
            Self::Report => f.write_str("the application reports progress"),
            Self::Finish(outcome) => write!(f, "the application ends with {}", outcome.status()),
            Self::Deliver(packet) => write!(f, "arrives: {packet:?}"),
            Self::Repeat(packet) => write!(f, "arrives, not for the last time: {packet:?}"),
            Self::Lose(packet) => write!(f, "is lost: {packet:?}"),
            Self::LoseAll => f.write_str("the connection breaks, with all that was on its way"),
            Self::Restart => f.write_str("the device restarts"),
            Self::Connect => f.write_str("the device connects"),
            Self::Wait => f.write_str("the device has waited for long enough"),
            Self::Poll => f.write_str("the service was silent for a day"),
        }
    }
}
