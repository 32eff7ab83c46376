//! What the engine sends, as it sends it.

use alloc::string::String;
use core::fmt;

use super::State;
use super::device::ExecutionView;
use crate::json::Object;
use crate::status::ExecutionStatus;
use crate::store::NONE;
use crate::{PackageVersion, World};

/// One thing that the service does to the outside, most often a message that it publishes. Its texts are made when they are asked for, so that a
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
#[derive(Clone, Copy)]
pub struct Effect<'a> {
    pub(super) state: &'a State,
    pub(super) world: &'a dyn World,
    pub(super) message: Message<'a>,
    pub(super) now: u32,
}

#[derive(Clone, Copy, Debug)]
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
    /// With its operation, as `timed_out`, and the status, which is that before if it was deleted.
    ExecutionEvent {
        execution: u32,
        operation: &'static str,
        status: ExecutionStatus,
    },
    JobEvent {
        job: u32,
        operation: &'static str,
    },
    PackagesInstalled {
        execution: u32,
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
    /// A thing has got package versions with a job that has succeeded there. Jobs publishes nothing
    /// for it: topic and payload are the update of the reserved named shadow `$package` of the
    /// thing that the service asks of the shadow service.
    PackageVersionsInstalled {
        /// The name of the thing.
        thing: &'a str,
        /// What it has got, and what is gone from it.
        packages: &'a [PackageVersion],
    },
}

impl fmt::Debug for Effect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Effect");
        out.field("message", &self.message).field("now", &self.now);
        out.finish_non_exhaustive()
    }
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
                ..
            } => EffectKind::ExecutionEvent {
                execution: state.view(execution, self.now),
                operation,
            },
            Message::JobEvent { job, operation } => EffectKind::JobEvent {
                job: state.jobs.id(job),
                operation,
            },
            Message::PackagesInstalled { execution } => {
                let (thing, packages) = self.installed(execution);
                EffectKind::PackageVersionsInstalled { thing, packages }
            }
        }
    }

    fn installed(&self, execution: u32) -> (&'a str, &'a [PackageVersion]) {
        let state = self.state;
        let record = state.store.get(execution);
        let thing = record.map(|record| state.store.name(record.thing));
        let job = record.and_then(|record| state.job_of(record));
        let packages = job.map(|job| job.document.packages());
        (thing.unwrap_or_default(), packages.unwrap_or_default())
    }
}

impl Effect<'_> {
    /// The topic name.
    #[must_use]
    pub fn topic(&self) -> String {
        let mut out = String::new();
        self.write_topic(&mut out);
        out
    }

    /// Writes the topic name behind what the text holds. Nothing is allocated, if there is room.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Effect, Engine, NoWorld, Operation};
    /// use iot_topics::Timestamp;
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let mut sent = String::new();
    /// let mut sink = |effect: Effect<'_>| {
    ///     effect.write_topic(&mut sent);
    ///     sent.push(' ');
    ///     effect.write_payload(&mut sent);
    /// };
    /// let next = Operation::Publish { topic: "$aws/things/pump/jobs/$next/get", payload: b"" };
    /// engine.apply(next, &NoWorld, &mut sink, Timestamp::from_secs(7))?;
    /// assert_eq!(sent, r#"$aws/things/pump/jobs/$next/get/accepted {"timestamp":7}"#);
    /// # Ok::<(), iot_jobs::ApiError>(())
    /// ```
    pub fn write_topic(&self, out: &mut String) {
        let (store, jobs) = (&self.state.store, &self.state.jobs);
        let mut write = |before, name: &str, after, last| {
            out.push_str(before);
            out.push_str(name);
            out.push_str(after);
            out.push_str(last);
        };
        let of_things = "$aws/things/";
        match self.message {
            Message::Answer { topic, .. } => out.push_str(topic),
            Message::Notify { thing } => write(of_things, store.name(thing), "/jobs/notify", ""),
            Message::NotifyNext { thing, .. } => {
                write(of_things, store.name(thing), "/jobs/notify-next", "");
            }
            Message::ExecutionEvent {
                execution,
                operation,
                ..
            } => {
                let job = store.get(execution).map_or(NONE, |it| it.job);
                write("$aws/events/jobExecution/", jobs.id(job), "/", operation);
            }
            Message::JobEvent { job, operation } => {
                write("$aws/events/job/", jobs.id(job), "/", operation);
            }
            Message::PackagesInstalled { execution } => {
                let (thing, _) = self.installed(execution);
                write(of_things, thing, "/shadow/name/$package/update", "");
            }
        }
    }

    /// The payload, which is JSON text.
    #[must_use]
    pub fn payload(&self) -> String {
        let mut out = String::new();
        self.write_payload(&mut out);
        out
    }

    /// Writes the payload behind what the text holds: see [`write_topic`](Self::write_topic). Nothing
    /// is allocated, if there is room, but for events and for documents with URLs to sign.
    pub fn write_payload(&self, out: &mut String) {
        let (state, world, now) = (self.state, self.world, self.now);
        if let Message::Answer { payload, .. } = self.message {
            return out.push_str(payload);
        }
        let mut object = Object::on(core::mem::take(out));
        match self.message {
            Message::Answer { .. } => {}
            Message::Notify { thing } => state.write_notify(thing, now, &mut object),
            Message::NotifyNext { head, .. } => {
                state.write_notify_next(head, world, now, &mut object);
            }
            Message::ExecutionEvent {
                execution,
                operation,
                status,
            } => {
                state.write_event("JOB_EXECUTION", operation, world, now, &mut object);
                state.write_execution_event(execution, operation, status, &mut object);
            }
            Message::JobEvent { job, operation } => {
                state.write_event("JOB", operation, world, now, &mut object);
                state.write_job_event(job, operation, now, &mut object);
            }
            Message::PackagesInstalled { execution } => {
                let (_, packages) = self.installed(execution);
                State::write_packages(packages, &mut object);
            }
        }
        *out = object.finish();
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
