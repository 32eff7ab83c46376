//! The topics of jobs.

use alloc::vec;
use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use super::selector::JobSelector;
use super::typed::{Typed, typed_topic};
use super::words::Exchange;
use crate::ident::{JobId, ThingName};

/// A topic of the jobs of a thing: `$aws/things/<thing>/jobs/..` (developer guide, Jobs device
/// MQTT API operations).
///
/// A job may be called `get` or `start-next`: the number of levels tells it apart.
///
/// # Examples
///
/// ```
/// use iot_topics::ThingName;
/// use iot_topics::reserved::{JobSelector, JobsTopic};
///
/// let pump: ThingName = "pump".parse()?;
/// let next = JobsTopic::describe(pump.clone(), JobSelector::Next);
/// assert_eq!(next.to_string(), "$aws/things/pump/jobs/$next/get");
/// for (topic, name) in [
///     (JobsTopic::get_pending(pump.clone()), "$aws/things/pump/jobs/get"),
///     (JobsTopic::start_next(pump.clone()), "$aws/things/pump/jobs/start-next"),
///     (JobsTopic::update(pump.clone(), "fw-2".parse()?), "$aws/things/pump/jobs/fw-2/update"),
///     (JobsTopic::notify(pump.clone()), "$aws/things/pump/jobs/notify"),
///     (JobsTopic::notify_next(pump.clone()), "$aws/things/pump/jobs/notify-next"),
/// ] {
///     assert_eq!(topic.to_topic_name().as_str(), name);
/// }
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct JobsTopic {
    /// The thing.
    pub thing: ThingName,
    /// What is said about its jobs.
    pub message: JobsMessage,
}

/// What is said about the jobs of a thing.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::{Exchange, JobSelector, JobsMessage, ReservedTopic};
///
/// let message = |name| match ReservedTopic::parse(TopicNameRef::parse(name).ok()?)? {
///     ReservedTopic::Jobs(topic) => Some(topic.message),
///     _ => None,
/// };
/// assert_eq!(
///     message("$aws/things/pump/jobs/$next/get"),
///     Some(JobsMessage::Describe(JobSelector::Next, Exchange::Request)),
/// );
/// assert_eq!(message("$aws/things/pump/jobs/notify"), Some(JobsMessage::Notify));
/// assert_eq!(message("$aws/things/pump/jobs/$next/update"), None); // by id only
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a client of the jobs service must face every message"
)]
pub enum JobsMessage {
    /// `get`: GetPendingJobExecutions.
    GetPending(Exchange),
    /// `start-next`: StartNextPendingJobExecution.
    StartNext(Exchange),
    /// `<job>/get`: DescribeJobExecution.
    Describe(JobSelector, Exchange),
    /// `<job>/update`: UpdateJobExecution.
    Update(JobId, Exchange),
    /// `notify`: the list of pending job executions has changed.
    Notify,
    /// `notify-next`: the first pending job execution is another one.
    NotifyNext,
}

impl JobsTopic {
    /// The topic of GetPendingJobExecutions.
    #[must_use]
    pub const fn get_pending(thing: ThingName) -> Self {
        let message = JobsMessage::GetPending(Exchange::Request);
        Self { thing, message }
    }

    /// The topic of StartNextPendingJobExecution.
    #[must_use]
    pub const fn start_next(thing: ThingName) -> Self {
        let message = JobsMessage::StartNext(Exchange::Request);
        Self { thing, message }
    }

    /// The topic of DescribeJobExecution.
    #[must_use]
    pub fn describe(thing: ThingName, job: impl Into<JobSelector>) -> Self {
        let message = JobsMessage::Describe(job.into(), Exchange::Request);
        Self { thing, message }
    }

    /// The topic of UpdateJobExecution.
    #[must_use]
    pub const fn update(thing: ThingName, job: JobId) -> Self {
        let message = JobsMessage::Update(job, Exchange::Request);
        Self { thing, message }
    }

    /// The topic that tells of changes in the list of pending job executions.
    #[must_use]
    pub const fn notify(thing: ThingName) -> Self {
        let message = JobsMessage::Notify;
        Self { thing, message }
    }

    /// The topic that tells of another first pending job execution.
    #[must_use]
    pub const fn notify_next(thing: ThingName) -> Self {
        let message = JobsMessage::NotifyNext;
        Self { thing, message }
    }
}

impl Typed for JobsTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        use JobsMessage::{Describe, GetPending, Notify, NotifyNext, StartNext, Update};
        let thing = captures.take()?;
        let message = match row {
            Row::JobsGet => GetPending(Exchange::Request),
            Row::JobsGetReply => GetPending(captures.take_reply()?),
            Row::JobsStartNext => StartNext(Exchange::Request),
            Row::JobsStartNextReply => StartNext(captures.take_reply()?),
            Row::JobGet => Describe(captures.take()?, Exchange::Request),
            Row::JobGetReply => Describe(captures.take()?, captures.take_reply()?),
            Row::JobUpdate => Update(captures.take()?, Exchange::Request),
            Row::JobUpdateReply => Update(captures.take()?, captures.take_reply()?),
            Row::JobsNotify => Notify,
            Row::JobsNotifyNext => NotifyNext,
            _ => return None,
        };
        Some(Self { thing, message })
    }

    fn row(&self) -> Row {
        use JobsMessage::{Describe, GetPending, Notify, NotifyNext, StartNext, Update};
        match &self.message {
            GetPending(Exchange::Request) => Row::JobsGet,
            GetPending(_) => Row::JobsGetReply,
            StartNext(Exchange::Request) => Row::JobsStartNext,
            StartNext(_) => Row::JobsStartNextReply,
            Describe(_, Exchange::Request) => Row::JobGet,
            Describe(..) => Row::JobGetReply,
            Update(_, Exchange::Request) => Row::JobUpdate,
            Update(..) => Row::JobUpdateReply,
            Notify => Row::JobsNotify,
            NotifyNext => Row::JobsNotifyNext,
        }
    }

    fn texts(&self) -> Vec<&str> {
        use JobsMessage::{Describe, GetPending, Notify, NotifyNext, StartNext, Update};
        let mut texts = vec![self.thing.as_str()];
        match &self.message {
            GetPending(exchange) | StartNext(exchange) => texts.extend(exchange.reply_level()),
            Describe(job, exchange) => {
                texts.push(job.as_str());
                texts.extend(exchange.reply_level());
            }
            Update(job, exchange) => {
                texts.push(job.as_str());
                texts.extend(exchange.reply_level());
            }
            Notify | NotifyNext => {}
        }
        texts
    }
}

typed_topic!(JobsTopic, Jobs);
