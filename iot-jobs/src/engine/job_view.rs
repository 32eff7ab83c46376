//! Jobs as types, without JSON.

use alloc::borrow::Cow;
use core::fmt;

use iot_topics::Timestamp;

use super::Engine;
use super::device::{ExecutionView, seconds};
use super::jobs::Job;
use crate::TargetSelection;
use crate::status::{ExecutionStatus, JobStatus};

/// One job, borrowed from the [`Engine`]: what DescribeJob tells, without JSON and in no time.
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
/// use iot_jobs::{ExecutionStatus, JobStatus, TargetSelection};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// # let mut engine = Engine::new("us-east-1", "123456789012");
/// let job = json!({
///     "jobId": "fw-2",
///     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/a", "arn:aws:iot:us-east-1:123456789012:thing/b"],
///     "document": "{}",
///     "jobExecutionsRolloutConfig": {"maximumPerMinute": 1},
/// });
/// let create = Operation::Control { api: "CreateJob", arguments: &job };
/// engine.apply(create, &Fleet, &mut (), Timestamp::from_secs(1_700_000_000))?;
///
/// let job = engine.job("fw-2").expect("was created");
/// assert_eq!((job.id(), job.status()), ("fw-2", JobStatus::InProgress));
/// assert_eq!(job.target_selection(), TargetSelection::Snapshot);
/// assert_eq!((job.count(ExecutionStatus::Queued), job.waiting(), job.notified()), (1, 1, 1));
/// assert_eq!(job.executions(), 1);
/// assert!(job.is_rolling_out());
/// assert_eq!(job.next_batch(), Some(Timestamp::from_secs(1_700_000_060)));
/// assert_eq!((job.starts_at(), job.ends_at(), job.over_at()), (None, None, None));
/// assert_eq!(job.created_at(), job.last_updated_at());
/// assert_eq!(job.document(), "{}");
/// assert_eq!((job.force_canceled(), job.reason_code(), job.comment()), (None, None, None));
/// # Ok::<(), iot_jobs::ApiError>(())
/// ```
#[derive(Clone, Copy)]
pub struct JobView<'a>(&'a Job);

/// Reading what is, without JSON and as of the last call; nothing that became due since is seen.
impl Engine {
    /// The job of that id, if it is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// let engine = iot_jobs::Engine::new("us-east-1", "123456789012");
    /// assert!(engine.job("fw-2").is_none());
    /// ```
    #[must_use]
    pub fn job(&self, id: &str) -> Option<JobView<'_>> {
        let number = self.state.jobs.number(id)?;
        self.state.jobs.get(number).map(JobView)
    }

    /// All jobs that are kept, the newest first.
    ///
    /// # Examples
    ///
    /// ```
    /// let engine = iot_jobs::Engine::new("us-east-1", "123456789012");
    /// assert_eq!(engine.jobs().count(), 0);
    /// ```
    pub fn jobs(&self) -> impl Iterator<Item = JobView<'_>> {
        self.state.jobs.iter().map(|(_, job)| JobView(job))
    }

    /// An execution of a job on a thing, whatever its status: that number, or else the newest.
    ///
    /// # Examples
    ///
    /// ```
    /// let engine = iot_jobs::Engine::new("us-east-1", "123456789012");
    /// assert!(engine.execution("pump", "fw-2", None).is_none());
    /// ```
    #[must_use]
    pub fn execution(
        &self,
        thing: &str,
        job: &str,
        number: Option<u32>,
    ) -> Option<ExecutionView<'_>> {
        let thing = self.state.store.thing(thing)?;
        let job = self.state.jobs.number(job)?;
        self.view(self.state.store.find(job, thing, number)?)
    }
}

impl<'a> JobView<'a> {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.0.id
    }

    /// Its status.
    #[must_use]
    pub const fn status(&self) -> JobStatus {
        self.0.status
    }

    /// Whether things that join a target group later get it too.
    #[must_use]
    pub const fn target_selection(&self) -> TargetSelection {
        if self.0.continuous {
            TargetSelection::Continuous
        } else {
            TargetSelection::Snapshot
        }
    }

    /// How many of its executions have that status. Each attempt counts, and those that were
    /// deleted do not.
    #[must_use]
    pub fn count(&self, status: ExecutionStatus) -> u32 {
        self.0.count(status)
    }

    /// How many executions it has.
    #[must_use]
    pub fn executions(&self) -> u64 {
        let counts = ExecutionStatus::ALL.map(|status| u64::from(self.count(status)));
        counts.iter().sum()
    }

    /// Things whose turn in the rollout has not come.
    #[must_use]
    pub const fn waiting(&self) -> u32 {
        self.0.waiting
    }

    /// Things that got an execution, by the rollout or by joining a group; retries do not count.
    #[must_use]
    pub const fn notified(&self) -> u64 {
        self.0.notified
    }

    /// Whether it has things that wait for their turn, and is in progress: `isConcurrent`.
    #[must_use]
    pub fn is_rolling_out(&self) -> bool {
        self.0.is_rolling_out()
    }

    /// When the next batch goes out, if things wait for it and no slot among the concurrent jobs
    /// is missing. Outside a maintenance window it is the earliest time, and the window comes on
    /// top.
    #[must_use]
    pub fn next_batch(&self) -> Option<Timestamp> {
        let next = self.0.next_batch.filter(|_| self.0.waiting > 0);
        next.map(seconds)
    }

    /// When it starts, if it is scheduled and has not.
    #[must_use]
    pub fn starts_at(&self) -> Option<Timestamp> {
        self.0.start.map(seconds)
    }

    /// When its schedule ends, if it has an end that has not come.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.0.end.map(seconds)
    }

    /// When it was created.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        seconds(self.0.created_at)
    }

    /// When it changed last; its executions do not count.
    #[must_use]
    pub fn last_updated_at(&self) -> Timestamp {
        seconds(self.0.updated_at)
    }

    /// When it was completed or canceled, if it was.
    #[must_use]
    pub fn over_at(&self) -> Option<Timestamp> {
        self.0.over_at.map(seconds)
    }

    /// How it was canceled, if it was: with force or not.
    #[must_use]
    pub const fn force_canceled(&self) -> Option<bool> {
        self.0.canceled
    }

    /// Why it was canceled: `ABORT_CANCEL` by an abort criterion.
    #[must_use]
    pub fn reason_code(&self) -> Option<&'a str> {
        self.0.reason_code.as_deref()
    }

    /// What was said when it was changed or canceled.
    #[must_use]
    pub fn comment(&self) -> Option<&'a str> {
        self.0.comment.as_deref()
    }

    /// The document, as GetJobDocument gives it.
    #[must_use]
    pub fn document(&self) -> Cow<'a, str> {
        self.0.document.unsigned()
    }
}

impl fmt::Debug for JobView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobView")
            .field("id", &self.id())
            .field("status", &self.status())
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}
