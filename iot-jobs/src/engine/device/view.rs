//! Executions as types, without JSON.

use alloc::borrow::Cow;
use core::fmt;

use iot_topics::Timestamp;

use super::shape::Stamps;
use crate::engine::State;
use crate::engine::jobs::Job;
use crate::engine::shape::is_force_canceled;
use crate::status::ExecutionStatus;
use crate::store::Record;
use crate::{StatusDetails, World};

/// One job execution, borrowed from the [`Engine`](crate::Engine). Each member costs a look-up at
/// most, but for the details.
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
/// use iot_jobs::{ExecutionStatus, StartNext, StepTimeout};
/// use iot_topics::Timestamp;
///
/// # let mut engine = Engine::new("us-east-1", "123456789012");
/// # let job = serde_json::json!({"jobId": "fw-2", "document": r#"{"version": 2}"#,
/// #     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/pump"]});
/// # let create = Operation::Control { api: "CreateJob", arguments: &job };
/// let now = Timestamp::from_secs(1_700_000_000);
/// # engine.apply(create, &Fleet, &mut (), now)?;
/// // The job `fw-2` is queued for `pump`.
/// let mut request = StartNext::default();
/// request.step_timeout = Some(StepTimeout::Minutes(1));
/// let started = engine.start_next("pump", &request, &Fleet, &mut (), now).expect("is right");
/// let execution = started.expect("something is pending");
///
/// assert_eq!((execution.thing(), execution.job_id()), ("pump", "fw-2"));
/// assert_eq!(execution.status(), ExecutionStatus::InProgress);
/// assert_eq!((execution.execution_number(), execution.version()), (1, 2));
/// assert_eq!((execution.queued_at(), execution.started_at()), (now, Some(now)));
/// assert_eq!(execution.last_updated_at(), now);
/// assert_eq!(execution.approximate_seconds_before_timed_out(), Some(60));
/// assert_eq!(execution.document(), r#"{"version": 2}"#);
/// assert_eq!(execution.device_document(&Fleet).as_deref(), Some(r#"{"version": 2}"#));
/// assert!(execution.status_details().is_empty());
/// assert_eq!(execution.status_details_json(), None);
/// assert_eq!(execution.retry_attempt(), 0);
/// assert!(!execution.is_force_canceled());
/// # Ok::<(), iot_jobs::ApiError>(())
/// ```
#[derive(Clone, Copy)]
pub struct ExecutionView<'a> {
    state: &'a State,
    record: &'a Record,
    job: &'a Job,
    id: u32,
    status: ExecutionStatus,
    now: u32,
}

impl State {
    /// What the record is, if it is an execution.
    pub(in crate::engine) fn view(&self, id: u32, now: u32) -> Option<ExecutionView<'_>> {
        self.view_of(id, self.store.get(id)?, now)
    }

    /// The same of a record that is at hand.
    pub(in crate::engine) fn view_of<'a>(
        &'a self,
        id: u32,
        record: &'a Record,
        now: u32,
    ) -> Option<ExecutionView<'a>> {
        Some(ExecutionView {
            state: self,
            record,
            job: self.job_of(record)?,
            id,
            status: record.status()?,
            now,
        })
    }
}

impl<'a> ExecutionView<'a> {
    /// The name of the thing.
    #[must_use]
    pub fn thing(&self) -> &'a str {
        self.state.store.name(self.record.thing)
    }

    /// The id of the job.
    #[must_use]
    pub fn job_id(&self) -> &'a str {
        &self.job.id
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> ExecutionStatus {
        self.status
    }

    /// Which execution of the job on the thing it is, from one.
    #[must_use]
    pub const fn execution_number(&self) -> u32 {
        self.record.number
    }

    /// The version, from one.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.record.version
    }

    /// When it was queued.
    #[must_use]
    pub fn queued_at(&self) -> Timestamp {
        seconds(self.record.queued_at)
    }

    /// When its device started it, if it has.
    #[must_use]
    pub fn started_at(&self) -> Option<Timestamp> {
        let started_at = self.record.started_at;
        (started_at != 0).then(|| seconds(started_at))
    }

    /// When it changed last.
    #[must_use]
    pub fn last_updated_at(&self) -> Timestamp {
        seconds(self.record.updated_at)
    }

    /// The id as the member `jobId`.
    pub(super) fn job_id_member(&self) -> &'a str {
        &self.job.id_member
    }

    pub(super) const fn stamps(&self) -> Stamps {
        let record = self.record;
        Stamps {
            queued_at: record.queued_at,
            started_at: record.started_at,
            updated_at: record.updated_at,
            version: record.version,
            number: record.number,
        }
    }

    /// Seconds until it times out, if it runs and has a timer.
    #[must_use]
    pub fn approximate_seconds_before_timed_out(&self) -> Option<u32> {
        let deadline = self.record.deadline()?;
        Some(deadline.saturating_sub(self.now))
    }

    /// The job document, JSON text in which no URL is signed.
    #[must_use]
    pub fn document(&self) -> Cow<'a, str> {
        self.job.document.unsigned()
    }

    /// The job document, as the device gets it: JSON text, its URLs signed by the world now. `None`
    /// if one cannot be signed. Without URLs nothing is copied.
    #[must_use]
    pub fn device_document(&self, world: &dyn World) -> Option<Cow<'a, str>> {
        let job = self.job;
        job.device_document(self.thing(), self.execution_number(), world)
    }

    /// The status details that the device has told last, read from their text.
    #[must_use]
    pub fn status_details(&self) -> StatusDetails {
        let text = self.status_details_json();
        text.map(StatusDetails::from_text).unwrap_or_default()
    }

    /// The status details as they are kept: the text of a JSON object, if there are some.
    #[must_use]
    pub fn status_details_json(&self) -> Option<&'a str> {
        self.state.store.details(self.id)
    }

    /// How many retries came before it.
    #[must_use]
    pub const fn retry_attempt(&self) -> u8 {
        self.record.retries.total()
    }

    /// Whether it was canceled with force.
    #[must_use]
    pub fn is_force_canceled(&self) -> bool {
        is_force_canceled(self.record)
    }
}

impl fmt::Debug for ExecutionView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutionView")
            .field("thing", &self.thing())
            .field("job_id", &self.job_id())
            .field("status", &self.status)
            .field("execution_number", &self.execution_number())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

pub(in crate::engine) fn seconds(seconds: u32) -> Timestamp {
    Timestamp::from_secs(seconds.into())
}
