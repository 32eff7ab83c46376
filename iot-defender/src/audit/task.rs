//! Runs of the audit.
//!
//! Source: API reference, `DescribeAuditTask`.

use serde::{Deserialize, Serialize};

use super::request::RequestError;
use crate::words::words;

words! {
    audit:
    /// Who started an audit.
    pub enum TaskType {
        /// Someone.
        OnDemand = "ON_DEMAND_AUDIT_TASK",
        /// A scheduled audit.
        Scheduled = "SCHEDULED_AUDIT_TASK",
    }
}

words! {
    audit:
    /// The status of an audit.
    pub enum TaskStatus {
        /// A check of it is not done.
        InProgress = "IN_PROGRESS",
        /// Its checks are done.
        Completed = "COMPLETED",
        /// All of its checks failed.
        Failed = "FAILED",
        /// It was canceled.
        Canceled = "CANCELED",
    }
}

words! {
    audit:
    /// The status of a check of an audit.
    pub enum CheckRunStatus {
        /// It runs.
        InProgress = "IN_PROGRESS",
        /// It waits for data.
        WaitingForDataCollection = "WAITING_FOR_DATA_COLLECTION",
        /// The audit was canceled before it was done.
        Canceled = "CANCELED",
        /// Done, and all complies.
        CompletedCompliant = "COMPLETED_COMPLIANT",
        /// Done, and something does not comply.
        CompletedNonCompliant = "COMPLETED_NON_COMPLIANT",
        /// It could not be done.
        Failed = "FAILED",
    }
}

impl CheckRunStatus {
    /// Whether it stays so.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::CheckRunStatus;
    ///
    /// assert!(CheckRunStatus::Failed.is_final());
    /// assert!(!CheckRunStatus::WaitingForDataCollection.is_final());
    /// ```
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::InProgress | Self::WaitingForDataCollection)
    }
}

/// How many checks of an audit are in which status.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{CheckRunStatus, TaskStatistics};
///
/// let statistics = TaskStatistics::of([CheckRunStatus::Failed, CheckRunStatus::Failed]);
/// assert_eq!((statistics.total_checks, statistics.failed_checks), (2, 2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TaskStatistics {
    /// All.
    pub total_checks: usize,
    /// Those that run.
    pub in_progress_checks: usize,
    /// Those that wait for data.
    pub waiting_for_data_collection_checks: usize,
    /// Those that found nothing.
    pub compliant_checks: usize,
    /// Those that found something.
    pub non_compliant_checks: usize,
    /// Those that failed.
    pub failed_checks: usize,
    /// Those that were canceled.
    pub canceled_checks: usize,
}

impl TaskStatistics {
    /// Counts.
    #[must_use]
    pub fn of(checks: impl IntoIterator<Item = CheckRunStatus>) -> Self {
        let mut counts = Self::default();
        for status in checks {
            counts.total_checks += 1;
            *match status {
                CheckRunStatus::InProgress => &mut counts.in_progress_checks,
                CheckRunStatus::WaitingForDataCollection => {
                    &mut counts.waiting_for_data_collection_checks
                }
                CheckRunStatus::Canceled => &mut counts.canceled_checks,
                CheckRunStatus::CompletedCompliant => &mut counts.compliant_checks,
                CheckRunStatus::CompletedNonCompliant => &mut counts.non_compliant_checks,
                CheckRunStatus::Failed => &mut counts.failed_checks,
            } += 1;
        }
        counts
    }

    /// The status of the audit: in progress while a check is not done, canceled if one was
    /// canceled, failed if all failed, otherwise completed.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{CheckRunStatus, TaskStatistics, TaskStatus};
    ///
    /// let checks = [CheckRunStatus::Failed, CheckRunStatus::CompletedCompliant];
    /// assert_eq!(TaskStatistics::of(checks).task_status(), TaskStatus::Completed);
    /// assert_eq!(TaskStatistics::of(checks[..1].iter().copied()).task_status(), TaskStatus::Failed);
    /// ```
    #[must_use]
    pub const fn task_status(&self) -> TaskStatus {
        if self.in_progress_checks + self.waiting_for_data_collection_checks > 0 {
            TaskStatus::InProgress
        } else if self.canceled_checks > 0 {
            TaskStatus::Canceled
        } else if self.total_checks > 0 && self.failed_checks == self.total_checks {
            TaskStatus::Failed
        } else {
            TaskStatus::Completed
        }
    }
}

impl TaskStatus {
    /// Whether an audit in this status can be canceled.
    ///
    /// # Errors
    ///
    /// [`RequestError::NotRunning`]: it is not in progress.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{RequestError, TaskStatus};
    ///
    /// assert_eq!(TaskStatus::InProgress.check_cancel(), Ok(()));
    /// let error = TaskStatus::Completed.check_cancel();
    /// assert_eq!(error, Err(RequestError::NotRunning(TaskStatus::Completed)));
    /// ```
    pub const fn check_cancel(self) -> Result<(), RequestError> {
        match self {
            Self::InProgress => Ok(()),
            _ => Err(RequestError::NotRunning(self)),
        }
    }
}
