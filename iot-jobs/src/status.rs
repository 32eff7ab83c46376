//! The states of jobs and job executions, and the one table of what may follow what.

use core::fmt;

/// The state of one job execution (developer guide, Job and job execution states).
///
/// # Examples
///
/// ```
/// use iot_jobs::{Cause, ExecutionStatus};
///
/// assert!(ExecutionStatus::Queued.can_become(ExecutionStatus::InProgress, Cause::Device));
/// assert!(!ExecutionStatus::Queued.can_become(ExecutionStatus::TimedOut, Cause::Timer));
/// assert!(ExecutionStatus::Removed.is_terminal());
/// assert_eq!(ExecutionStatus::parse("TIMED_OUT"), Some(ExecutionStatus::TimedOut));
/// assert_eq!(ExecutionStatus::TimedOut.to_string(), "TIMED_OUT");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a caller must face every state of an execution, and AWS closed the set"
)]
pub enum ExecutionStatus {
    /// Waits for its device.
    Queued,
    /// Its device has started it.
    InProgress,
    /// Its device reported success.
    Succeeded,
    /// Its device reported failure; may be retried.
    Failed,
    /// A timer of it ran out; may be retried.
    TimedOut,
    /// Its device will not run it; never retried.
    Rejected,
    /// Its thing was deleted, or left every target group of a continuous job.
    Removed,
    /// It, or its job, was canceled.
    Canceled,
}

impl ExecutionStatus {
    /// Every state, in the order of the counters.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::InProgress,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Rejected,
        Self::Removed,
        Self::Canceled,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Rejected => "REJECTED",
            Self::Removed => "REMOVED",
            Self::Canceled => "CANCELED",
        }
    }

    /// The state that a word on the wire stands for.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether nothing can follow.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::InProgress)
    }

    /// Whether a device may name it in an update; the others are the service's to set.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::ExecutionStatus;
    ///
    /// assert!(ExecutionStatus::Succeeded.is_settable_by_device());
    /// assert!(!ExecutionStatus::TimedOut.is_settable_by_device());
    /// ```
    #[must_use]
    pub fn is_settable_by_device(self) -> bool {
        let by_device = |row: &&Transition| row.cause == Cause::Device && row.to == self;
        TRANSITIONS.iter().any(|row| by_device(&row))
    }

    /// Whether the table has this change.
    #[must_use]
    pub fn can_become(self, next: Self, cause: Cause) -> bool {
        TRANSITIONS
            .iter()
            .any(|row| row.from == self && row.to == next && row.cause == cause)
    }
}

impl fmt::Display for ExecutionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What changes the state of a job execution.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Cause, ExecutionStatus};
///
/// let (running, canceled) = (ExecutionStatus::InProgress, ExecutionStatus::Canceled);
/// assert!(!running.can_become(canceled, Cause::Cancel));
/// assert!(running.can_become(canceled, Cause::ForceCancel));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the columns of the table of states, which is closed"
)]
pub enum Cause {
    /// A request of the device.
    Device,
    /// A timer of the execution.
    Timer,
    /// A cancellation without force: of the job, of the execution, by an abort criterion or at
    /// the end of a schedule.
    Cancel,
    /// A cancellation with force.
    ForceCancel,
    /// The thing left every target group of a continuous job.
    LeftGroups,
    /// The thing was deleted.
    ThingDeleted,
}

/// One row of [`TRANSITIONS`].
///
/// # Examples
///
/// ```
/// use iot_jobs::{Cause, TRANSITIONS};
///
/// let of_timers = TRANSITIONS.iter().filter(|row| row.cause == Cause::Timer);
/// assert_eq!(of_timers.count(), 1); // only a running execution times out
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a row is these three and no more"
)]
pub struct Transition {
    /// The state before.
    pub from: ExecutionStatus,
    /// The state after.
    pub to: ExecutionStatus,
    /// What may do it.
    pub cause: Cause,
}

const fn row(from: ExecutionStatus, to: ExecutionStatus, cause: Cause) -> Transition {
    Transition { from, to, cause }
}

/// Every change of state that there is (developer guide, Job and job execution states). What is
/// not here cannot happen.
///
/// # Examples
///
/// ```
/// use iot_jobs::TRANSITIONS;
///
/// assert!(TRANSITIONS.iter().all(|row| !row.from.is_terminal()));
/// ```
pub const TRANSITIONS: &[Transition] = {
    use Cause::{Cancel, Device, ForceCancel, LeftGroups, ThingDeleted, Timer};
    use ExecutionStatus::{
        Canceled, Failed, InProgress, Queued, Rejected, Removed, Succeeded, TimedOut,
    };
    &[
        row(Queued, InProgress, Device),
        row(Queued, Succeeded, Device),
        row(Queued, Failed, Device),
        row(Queued, Rejected, Device),
        row(Queued, Canceled, Cancel),
        row(Queued, Canceled, ForceCancel),
        row(Queued, Removed, LeftGroups),
        row(Queued, Removed, ThingDeleted),
        row(InProgress, InProgress, Device),
        row(InProgress, Succeeded, Device),
        row(InProgress, Failed, Device),
        row(InProgress, Rejected, Device),
        row(InProgress, TimedOut, Timer),
        row(InProgress, Canceled, ForceCancel),
        row(InProgress, Removed, ThingDeleted),
    ]
};

/// The state of a job (developer guide, Job and job execution states). A deletion is done within
/// the call that asks for it, so that `DELETION_IN_PROGRESS` is seen in events only.
///
/// # Examples
///
/// ```
/// use iot_jobs::JobStatus;
///
/// assert!(JobStatus::Scheduled.is_active());
/// assert!(!JobStatus::Canceled.is_active());
/// assert_eq!(JobStatus::InProgress.as_str(), "IN_PROGRESS");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a caller must face every state of a job, and AWS closed the set"
)]
pub enum JobStatus {
    /// Waits for its start, or for its next maintenance window.
    Scheduled,
    /// Rolls out and runs.
    InProgress,
    /// Canceled, by a caller or by an abort criterion.
    Canceled,
    /// Every execution has ended.
    Completed,
}

impl JobStatus {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::InProgress => "IN_PROGRESS",
            Self::Canceled => "CANCELED",
            Self::Completed => "COMPLETED",
        }
    }

    /// Whether it can still change by anything but its deletion.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Scheduled | Self::InProgress)
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
