//! The service of an account.

mod arguments;
mod change;
mod control;
mod device;
mod document;
mod effect;
mod groups;
mod http;
mod job_view;
mod jobs;
mod progress;
mod rollout;
mod settings;
mod shape;
mod snapshot;
mod template;
mod timer;

use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::string::String;

use iot_topics::Timestamp;
use serde_json::Value;

pub use self::device::{Describe, ExecutionState, ExecutionView, Rejection, StartNext, Update};
pub use self::effect::{Effect, EffectKind, Sink};
pub use self::http::{HttpAnswer, HttpApi, HttpRequest};
pub use self::job_view::JobView;
use self::jobs::{Jobs, NEVER};
pub(crate) use self::progress::Progress;
pub use self::snapshot::SnapshotError;
use self::template::Template;
use crate::limits::Limits;
use crate::reject::ApiError;
use crate::store::Store;
use crate::world::World;

/// The Jobs service of one account in one region: every job, every execution, every timer.
///
/// It reads no clock: each call says what time it is, in whole seconds, and first runs what has
/// become due by then. [`next_deadline`](Self::next_deadline) tells when to call
/// [`tick`](Self::tick) if nothing else happens. Two engines that are told the same answer the
/// same, byte for byte. A clone is a second one in the same state, to try something out; it costs
/// the copy of all that is kept.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Effect, Engine, Operation, World};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// struct OnePump;
/// impl World for OnePump {
///     fn has_thing(&self, thing: &str) -> bool { thing == "pump" }
///     fn has_group(&self, _: &str) -> bool { false }
///     fn is_member(&self, _: &str, _: &str) -> bool { false }
///     fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
/// }
///
/// let mut engine = Engine::new("us-east-1", "123456789012");
/// let mut sent = Vec::new();
/// let mut sink = |effect: Effect<'_>| sent.push(effect.topic());
/// let now = Timestamp::from_secs(1_700_000_000);
///
/// let job = json!({
///     "jobId": "fw-2",
///     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/pump"],
///     "document": r#"{"version": 2}"#,
/// });
/// let create = Operation::Control { api: "CreateJob", arguments: &job };
/// engine.apply(create, &OnePump, &mut sink, now)?;
///
/// let start = Operation::Publish { topic: "$aws/things/pump/jobs/start-next", payload: b"{}" };
/// engine.apply(start, &OnePump, &mut sink, now)?;
/// assert_eq!(sent, [
///     "$aws/things/pump/jobs/notify",
///     "$aws/things/pump/jobs/notify-next",
///     "$aws/things/pump/jobs/start-next/accepted",
/// ]);
/// # Ok::<(), iot_jobs::ApiError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    state: State,
    /// The latest time that it was told.
    now: u32,
}

/// One thing that happens to the service.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Engine, NoWorld, Operation};
/// use iot_topics::Timestamp;
///
/// let mut engine = Engine::new("us-east-1", "123456789012");
/// let gone = Operation::ThingDeleted { thing: "pump" };
/// let answer = engine.apply(gone, &NoWorld, &mut (), Timestamp::from_secs(1))?;
/// assert!(answer.is_null());
/// # Ok::<(), iot_jobs::ApiError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// A call of the control plane, by the name and with the members of the API reference.
    Control {
        /// The name, as `CreateJob`.
        api: &'a str,
        /// An object with the members of URI, query and body together.
        arguments: &'a Value,
    },
    /// A message of a device. One to a topic that is none of jobs does nothing.
    Publish {
        /// The topic name.
        topic: &'a str,
        /// The payload, whatever it is.
        payload: &'a [u8],
    },
    /// A thing has become a member of a group, static or dynamic.
    ThingJoined {
        /// The name of the thing.
        thing: &'a str,
        /// The name of the group.
        group: &'a str,
    },
    /// A thing is no member of a group any more.
    ThingLeft {
        /// The name of the thing.
        thing: &'a str,
        /// The name of the group.
        group: &'a str,
    },
    /// A thing is gone.
    ThingDeleted {
        /// Its name.
        thing: &'a str,
    },
}

#[derive(Clone, Debug)]
struct State {
    region: String,
    account: String,
    limits: Limits,
    events: bool,
    store: Store,
    jobs: Jobs,
    /// The number of the last execution that was queued.
    sequence: u32,
    /// The number of the last event.
    events_sent: u64,
    /// Jobs by the group that they target and listen to, each for as long as it does.
    listeners: BTreeMap<String, alloc::collections::BTreeSet<u32>>,
    /// Job templates by id.
    templates: BTreeMap<alloc::boxed::Box<str>, Template>,
}

/// One call, with all that it needs.
struct Turn<'a> {
    state: &'a mut State,
    world: &'a dyn World,
    sink: &'a mut dyn Sink,
    now: u32,
}

impl Engine {
    /// A service without jobs, with the limits that AWS documents.
    #[must_use]
    pub fn new(region: &str, account: &str) -> Self {
        Self::with_limits(region, account, Limits::AWS_IOT)
    }

    /// A service without jobs.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, Limits};
    ///
    /// let mut limits = Limits::AWS_IOT;
    /// limits.concurrent_jobs = 1;
    /// let engine = Engine::with_limits("us-east-1", "123456789012", limits);
    /// assert_eq!(engine.next_deadline(), None);
    /// ```
    #[must_use]
    pub fn with_limits(region: &str, account: &str, limits: Limits) -> Self {
        let state = State {
            region: region.to_owned(),
            account: account.to_owned(),
            limits,
            events: false,
            store: Store::default(),
            jobs: Jobs::default(),
            sequence: 0,
            events_sent: 0,
            listeners: BTreeMap::new(),
            templates: BTreeMap::new(),
        };
        Self { state, now: 0 }
    }

    /// Turns the events of jobs and executions on or off (developer guide, Jobs events). They are
    /// off in a new account.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, Operation, World};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// struct Fleet;
    /// impl World for Fleet {
    ///     fn has_thing(&self, _: &str) -> bool { true }
    ///     fn has_group(&self, _: &str) -> bool { false }
    ///     fn is_member(&self, _: &str, _: &str) -> bool { false }
    ///     fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
    /// }
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let job = json!({
    ///     "jobId": "fw-2",
    ///     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/a", "arn:aws:iot:us-east-1:123456789012:thing/b"],
    ///     "document": "{}",
    ///     "jobExecutionsRolloutConfig": {"maximumPerMinute": 1},
    /// });
    /// let create = Operation::Control { api: "CreateJob", arguments: &job };
    /// engine.set_events(true);
    /// let mut topics = Vec::new();
    /// let mut sink = |effect: iot_jobs::Effect<'_>| topics.push(effect.topic());
    /// engine.apply(create, &Fleet, &mut sink, now)?;
    /// let cancel = json!({"jobId": "fw-2"});
    /// let cancel = Operation::Control { api: "CancelJob", arguments: &cancel };
    /// engine.apply(cancel, &Fleet, &mut sink, now)?;
    /// assert!(topics.contains(&"$aws/events/job/fw-2/canceled".into()));
    /// # Ok::<(), iot_jobs::ApiError>(())
    /// ```
    pub const fn set_events(&mut self, on: bool) {
        self.state.events = on;
    }

    /// The limits of the account; a snapshot brings its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, Limits};
    ///
    /// let engine = Engine::restore(&Engine::new("us-east-1", "123456789012").snapshot())?;
    /// assert_eq!(*engine.limits(), Limits::AWS_IOT);
    /// # Ok::<(), iot_jobs::SnapshotError>(())
    /// ```
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.state.limits
    }

    /// Runs what is due, then the operation, and tells the sink what is sent, in that order. The
    /// answer is that of the control plane; for everything else, and where AWS answers with an
    /// empty body, it is null.
    ///
    /// # Errors
    ///
    /// [`ApiError`], if a call of the control plane is refused. What was due has run even so.
    pub fn apply(
        &mut self,
        operation: Operation<'_>,
        world: &dyn World,
        sink: &mut dyn Sink,
        now: Timestamp,
    ) -> Result<Value, ApiError> {
        let mut turn = self.turn(world, sink, now);
        turn.run_due();
        let answer = match operation {
            Operation::Control { api, arguments } => turn.control(api, arguments),
            Operation::Publish { topic, payload } => {
                turn.publish(topic, payload);
                Ok(Value::Null)
            }
            Operation::ThingJoined { thing, group } => {
                turn.joined(thing, group);
                Ok(Value::Null)
            }
            Operation::ThingLeft { thing, group } => {
                turn.left(thing, group);
                Ok(Value::Null)
            }
            Operation::ThingDeleted { thing } => {
                turn.thing_deleted(thing);
                Ok(Value::Null)
            }
        };
        turn.settle();
        answer
    }

    /// Runs what is due, and forgets jobs that are over for longer than the retention.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, Operation, World};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// struct Fleet;
    /// impl World for Fleet {
    ///     fn has_thing(&self, _: &str) -> bool { true }
    ///     fn has_group(&self, _: &str) -> bool { false }
    ///     fn is_member(&self, _: &str, _: &str) -> bool { false }
    ///     fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
    /// }
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let job = json!({
    ///     "jobId": "fw-2",
    ///     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/a", "arn:aws:iot:us-east-1:123456789012:thing/b"],
    ///     "document": "{}",
    ///     "jobExecutionsRolloutConfig": {"maximumPerMinute": 1},
    /// });
    /// let create = Operation::Control { api: "CreateJob", arguments: &job };
    /// engine.apply(create, &Fleet, &mut (), now)?;
    /// let mut topics = Vec::new();
    /// let mut sink = |effect: iot_jobs::Effect<'_>| topics.push(effect.topic());
    /// engine.tick(&Fleet, &mut sink, Timestamp::from_secs(1_700_000_059));
    /// engine.tick(&Fleet, &mut sink, Timestamp::from_secs(1_700_000_060));
    /// assert_eq!(topics, ["$aws/things/b/jobs/notify", "$aws/things/b/jobs/notify-next"]);
    /// # Ok::<(), iot_jobs::ApiError>(())
    /// ```
    pub fn tick(&mut self, world: &dyn World, sink: &mut dyn Sink, now: Timestamp) {
        let mut turn = self.turn(world, sink, now);
        turn.run_due();
        turn.retain();
        turn.settle();
    }

    /// When something becomes due next: a timer of an execution, a batch of a rollout, a point of
    /// a schedule. The sweep of old jobs is not among them, as it hurries no one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, Operation, World};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// struct Fleet;
    /// impl World for Fleet {
    ///     fn has_thing(&self, _: &str) -> bool { true }
    ///     fn has_group(&self, _: &str) -> bool { false }
    ///     fn is_member(&self, _: &str, _: &str) -> bool { false }
    ///     fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
    /// }
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let job = json!({
    ///     "jobId": "fw-2",
    ///     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/a", "arn:aws:iot:us-east-1:123456789012:thing/b"],
    ///     "document": "{}",
    ///     "jobExecutionsRolloutConfig": {"maximumPerMinute": 1},
    /// });
    /// let create = Operation::Control { api: "CreateJob", arguments: &job };
    /// assert_eq!(engine.next_deadline(), None);
    /// engine.apply(create, &Fleet, &mut (), now)?;
    /// assert_eq!(engine.next_deadline(), Some(Timestamp::from_secs(1_700_000_060)));
    /// # Ok::<(), iot_jobs::ApiError>(())
    /// ```
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let next = self.state.next_deadline()?;
        Some(Timestamp::from_secs(next.into()))
    }

    /// Time does not run backwards: an earlier `now` is taken as the latest seen. It ends in 2106,
    /// a second before the time that does not come.
    fn turn<'a>(
        &'a mut self,
        world: &'a dyn World,
        sink: &'a mut dyn Sink,
        now: Timestamp,
    ) -> Turn<'a> {
        self.now = self
            .now
            .max(u32::try_from(now.as_secs()).unwrap_or(NEVER))
            .min(NEVER - 1);
        Turn {
            state: &mut self.state,
            world,
            sink,
            now: self.now,
        }
    }
}
