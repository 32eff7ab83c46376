//! What the engine sends, as it sends it.

use alloc::format;
use alloc::string::String;

use super::State;

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
