//! What the engine sends, as it sends it.

use alloc::format;
use alloc::string::String;

use super::State;
use super::device::ExecutionView;

/// One message that the service publishes. Its texts are made when they are asked for, so that a
/// sink that only counts costs nothing.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Effect, Engine, NoWorld, Operation};
/// use iot_topics::Timestamp;
///
/// let mut engine = Engine::new("us-east-1", "123456789012");
/// let mut sent = Vec::new();
/// let mut sink = |effect: Effect<'_>| sent.push((effect.topic(), effect.payload()));
/// let get = Operation::Publish { topic: "$aws/things/pump/jobs/get", payload: b"" };
/// engine.apply(get, &NoWorld, &mut sink, Timestamp::from_secs(7))?;
/// assert_eq!(sent, [(
///     "$aws/things/pump/jobs/get/accepted".to_owned(),
///     r#"{"timestamp":7,"inProgressJobs":[],"queuedJobs":[]}"#.to_owned(),
/// )]);
/// # Ok::<(), iot_jobs::ApiError>(())
/// ```
#[derive(Debug)]
pub struct Effect<'a> {
    pub(super) state: &'a State,
    pub(super) message: Message<'a>,
    pub(super) now: u32,
}

#[derive(Debug)]
pub(super) enum Message<'a> {
    Answer {
        topic: &'a str,
        payload: &'a str,
    },
    Notify {
        thing: u32,
    },
    NotifyNext {
        thing: u32,
        head: Option<u32>,
    },
    /// With its operation, as `timed_out`.
    ExecutionEvent {
        execution: u32,
        operation: &'static str,
    },
    JobEvent {
        job: u32,
        operation: &'static str,
    },
}

/// What an [`Effect`] is, for those who have no use for texts.
///
/// # Examples
///
/// ```
/// # use iot_jobs::{Engine, Operation, World};
/// # struct Fleet;
/// # impl World for Fleet {
/// #     fn has_thing(&self, _: &str) -> bool { true }
/// #     fn has_group(&self, _: &str) -> bool { false }
/// #     fn is_member(&self, _: &str, _: &str) -> bool { false }
/// #     fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
/// # }
/// use iot_jobs::{Effect, EffectKind};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// # let mut engine = Engine::new("us-east-1", "123456789012");
/// let job = json!({"jobId": "fw-2", "document": "{}",
///     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/pump"]});
/// let create = Operation::Control { api: "CreateJob", arguments: &job };
/// let mut may_start = Vec::new();
/// let mut sink = |effect: Effect<'_>| match effect.kind() {
///     EffectKind::NotifyNext { thing, execution: Some(next) } => {
///         may_start.push((thing.to_owned(), next.job_id().to_owned()));
///     }
///     _ => {}
/// };
/// engine.apply(create, &Fleet, &mut sink, Timestamp::from_secs(1_700_000_000))?;
/// assert_eq!(may_start, [("pump".to_owned(), "fw-2".to_owned())]);
/// # Ok::<(), iot_jobs::ApiError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EffectKind<'a> {
    /// The answer to a request over MQTT.
    Answer {
        /// The topic name of the request, with `/accepted` or `/rejected` behind.
        topic: &'a str,
        /// JSON text.
        payload: &'a str,
    },
    /// The set of pending executions of a thing has changed.
    Notify {
        /// The name of the thing.
        thing: &'a str,
    },
    /// The first pending execution of a thing is another one.
    NotifyNext {
        /// The name of the thing.
        thing: &'a str,
        /// The first pending execution; none if nothing is left.
        execution: Option<ExecutionView<'a>>,
    },
    /// An event of an execution.
    ExecutionEvent {
        /// The execution; none if it was deleted just now.
        execution: Option<ExecutionView<'a>>,
        /// What happened, as `timed_out`.
        operation: &'static str,
    },
    /// An event of a job.
    JobEvent {
        /// The id of the job.
        job: &'a str,
        /// What happened, as `cancellation_in_progress`.
        operation: &'static str,
    },
}

impl<'a> Effect<'a> {
    /// What it is, without a text being made.
    #[must_use]
    pub fn kind(&self) -> EffectKind<'a> {
        let state = self.state;
        match self.message {
            Message::Answer { topic, payload } => EffectKind::Answer { topic, payload },
            Message::Notify { thing } => EffectKind::Notify {
                thing: state.store.name(thing),
            },
            Message::NotifyNext { thing, head } => EffectKind::NotifyNext {
                thing: state.store.name(thing),
                execution: head.and_then(|head| state.view(head, self.now)),
            },
            Message::ExecutionEvent {
                execution,
                operation,
            } => EffectKind::ExecutionEvent {
                execution: state.view(execution, self.now),
                operation,
            },
            Message::JobEvent { job, operation } => EffectKind::JobEvent {
                job: state.jobs.id(job),
                operation,
            },
        }
    }
}

impl Effect<'_> {
    /// The topic name.
    #[must_use]
    pub fn topic(&self) -> String {
        let store = &self.state.store;
        let things = |thing, last| format!("$aws/things/{}/jobs/{last}", store.name(thing));
        match self.message {
            Message::Answer { topic, .. } => topic.into(),
            Message::Notify { thing } => things(thing, "notify"),
            Message::NotifyNext { thing, .. } => things(thing, "notify-next"),
            Message::ExecutionEvent {
                execution,
                operation,
            } => {
                let job = store.get(execution).map_or(crate::store::NONE, |it| it.job);
                let job = self.state.jobs.id(job);
                format!("$aws/events/jobExecution/{job}/{operation}")
            }
            Message::JobEvent { job, operation } => {
                format!("$aws/events/job/{}/{operation}", self.state.jobs.id(job))
            }
        }
    }

    /// The payload, which is JSON text.
    #[must_use]
    pub fn payload(&self) -> String {
        match self.message {
            Message::Answer { payload, .. } => payload.into(),
            Message::Notify { thing } => self.state.notify_payload(thing, self.now),
            Message::NotifyNext { head, .. } => self.state.notify_next_payload(head, self.now),
            Message::ExecutionEvent {
                execution,
                operation,
            } => self
                .state
                .execution_event_payload(execution, operation, self.now),
            Message::JobEvent { job, operation } => {
                self.state.job_event_payload(job, operation, self.now)
            }
        }
    }
}

/// Takes what the engine sends. A closure is one, and `()` drops everything.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Effect, Sink};
///
/// struct Counter(usize);
/// impl Sink for Counter {
///     fn send(&mut self, _: Effect<'_>) {
///         self.0 += 1;
///     }
/// }
/// # let _ = Counter(0);
/// ```
pub trait Sink {
    /// Takes the next message.
    fn send(&mut self, effect: Effect<'_>);
}

impl Sink for () {
    fn send(&mut self, _: Effect<'_>) {}
}

impl<F: FnMut(Effect<'_>)> Sink for F {
    fn send(&mut self, effect: Effect<'_>) {
        self(effect);
    }
}
