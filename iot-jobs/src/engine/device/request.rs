//! What a device may ask, as types.

use crate::status::ExecutionStatus;
use crate::{StatusDetails, StepTimeout};

/// StartNextPendingJobExecution: start the first pending execution, or get the one that runs
/// (developer guide, Jobs device MQTT API operations).
///
/// # Examples
///
/// ```
/// use iot_jobs::{StartNext, StepTimeout};
///
/// let mut request = StartNext::default();
/// request.step_timeout = Some(StepTimeout::Minutes(15));
/// assert!(request.status_details.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StartNext {
    /// Its details from now on; they are left alone without any, and if it runs already.
    pub status_details: Option<StatusDetails>,
    /// Its step timer; it is left alone without one, and if the execution runs already.
    pub step_timeout: Option<StepTimeout>,
}

/// DescribeJobExecution: what is one execution, or the first pending one, like? (developer guide,
/// Jobs device MQTT API operations)
///
/// # Examples
///
/// ```
/// use iot_jobs::Describe;
///
/// assert_eq!(Describe::next().job, None);
/// assert_eq!(Describe::job("fw-2").job, Some("fw-2"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Describe<'a> {
    /// The id of the job, or nothing for `$next`.
    pub job: Option<&'a str>,
    /// Which execution of that job; the newest without one. It does not count for `$next`.
    pub execution_number: Option<u32>,
}

impl<'a> Describe<'a> {
    /// Asks for the first pending execution.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iot_jobs::Describe::next(), iot_jobs::Describe::default());
    /// ```
    #[must_use]
    pub const fn next() -> Self {
        Self {
            job: None,
            execution_number: None,
        }
    }

    /// Asks for the newest execution of a job.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut second = iot_jobs::Describe::job("fw-2");
    /// second.execution_number = Some(2);
    /// ```
    #[must_use]
    pub const fn job(id: &'a str) -> Self {
        Self {
            job: Some(id),
            execution_number: None,
        }
    }
}

/// UpdateJobExecution: a device reports on one execution (developer guide, Jobs device MQTT API
/// operations).
///
/// # Examples
///
/// ```
/// use iot_jobs::{ExecutionStatus, Update};
///
/// let mut report = Update::new(ExecutionStatus::Succeeded);
/// report.expected_version = Some(2);
/// assert_eq!(report.execution_number, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Update {
    /// The status from now on: `IN_PROGRESS`, `SUCCEEDED`, `FAILED` or `REJECTED`.
    pub status: ExecutionStatus,
    /// Its details from now on; they are left alone without any.
    pub status_details: Option<StatusDetails>,
    /// The version that the execution must be at.
    pub expected_version: Option<u64>,
    /// Which execution of the job; the newest without one.
    pub execution_number: Option<u32>,
    /// Its step timer, if it is still in progress afterwards; it is left alone without one.
    pub step_timeout: Option<StepTimeout>,
}

impl Update {
    /// A report of a status and nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{ExecutionStatus, Update};
    ///
    /// assert_eq!(Update::new(ExecutionStatus::Failed).status_details, None);
    /// ```
    #[must_use]
    pub const fn new(status: ExecutionStatus) -> Self {
        Self {
            status,
            status_details: None,
            expected_version: None,
            execution_number: None,
            step_timeout: None,
        }
    }
}
