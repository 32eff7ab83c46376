//! Which execution a device works on, and what of that must survive a restart.

use alloc::string::String;
use core::fmt;

use iot_topics::JobId;
use serde_json::Value;

use super::event::AgentError;
use super::received::{number, object, text};
use crate::json::Object;
use crate::status::ExecutionStatus;
use crate::{Limits, StatusDetails};

/// One run of a job on this thing: the job, and the number of the execution. Each retry of a job
/// is another execution, with the next number.
///
/// # Examples
///
/// ```
/// use iot_jobs::ExecutionId;
///
/// let first = ExecutionId::new("fw-2".parse()?, 1);
/// assert_eq!(first.to_string(), "fw-2#1");
/// assert_ne!(first, ExecutionId::new("fw-2".parse()?, 2));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "these two name an execution of a thing"
)]
pub struct ExecutionId {
    /// The job.
    pub job: JobId,
    /// `executionNumber`
    pub number: u64,
}

impl ExecutionId {
    /// The execution of that number.
    ///
    /// # Examples
    ///
    /// ```
    /// let id = iot_jobs::ExecutionId::new("fw-2".parse()?, 3);
    /// assert_eq!((id.job.as_str(), id.number), ("fw-2", 3));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub const fn new(job: JobId, number: u64) -> Self {
        Self { job, number }
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.job, self.number)
    }
}

/// How a device may end an execution.
///
/// # Examples
///
/// ```
/// use iot_jobs::{ExecutionStatus, Outcome};
///
/// assert!(Outcome::ALL.iter().all(|outcome| outcome.status().is_terminal()));
/// assert_eq!(Outcome::Rejected.status(), ExecutionStatus::Rejected);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the terminal states that a device may set, which AWS closed"
)]
pub enum Outcome {
    /// It was carried out.
    Succeeded,
    /// It could not be carried out; the job may try again.
    Failed,
    /// The device will not carry it out; the job does not try again.
    Rejected,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Rejected];

    /// The status that is reported.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iot_jobs::Outcome::Failed.status().as_str(), "FAILED");
    /// ```
    #[must_use]
    pub const fn status(self) -> ExecutionStatus {
        match self {
            Self::Succeeded => ExecutionStatus::Succeeded,
            Self::Failed => ExecutionStatus::Failed,
            Self::Rejected => ExecutionStatus::Rejected,
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.status().as_str() == word)
    }
}

/// What a device must keep through a restart, so that no execution runs twice and none is
/// forgotten: which one it has, and how that ended. It changes when an execution is handed out,
/// when the application ends it, and when the service knows; never with a report of progress.
///
/// # Examples
///
/// ```
/// use iot_jobs::{JobRecord, Outcome};
///
/// let kept = r#"{"jobId":"fw-2","executionNumber":1,"queuedAt":1700000000,"phase":"ended","status":"SUCCEEDED"}"#;
/// let record = JobRecord::from_json(kept.as_bytes())?;
/// assert_eq!(record.id().to_string(), "fw-2#1");
/// assert_eq!(record.outcome(), Some(Outcome::Succeeded));
/// assert!(!record.is_over()); // the service may not know
/// assert_eq!(record.to_json(), kept);
/// # Ok::<(), iot_jobs::AgentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRecord {
    pub(super) id: ExecutionId,
    /// As the service told it: a deleted job's id may be used anew, and its executions are numbered
    /// from 1 again.
    pub(super) queued_at: u64,
    pub(super) phase: Phase,
}

/// How far the work on an execution is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The application has it.
    Running,
    /// The application is done; the service must be told.
    Ended {
        outcome: Outcome,
        details: Option<StatusDetails>,
    },
    /// The service knows, or has ended it by itself. Kept to know it again.
    Over { outcome: Outcome },
}

const RUNNING: &str = "running";
const ENDED: &str = "ended";
const OVER: &str = "over";

impl JobRecord {
    /// Reads what [`JobRecord::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// [`AgentError::Json`] and [`AgentError::Member`] if it is something else.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{AgentError, JobRecord};
    ///
    /// assert_eq!(JobRecord::from_json(b"half a rec"), Err(AgentError::Json));
    /// assert_eq!(JobRecord::from_json(b"{}"), Err(AgentError::Member { name: "jobId" }));
    /// ```
    pub fn from_json(bytes: &[u8]) -> Result<Self, AgentError> {
        let value: Value = serde_json::from_slice(bytes).map_err(|_| AgentError::Json)?;
        let members = object(&value)?;
        let wrong = |name| AgentError::Member { name };
        let job = text(members, "jobId").and_then(|job| JobId::parse(job).ok());
        let id = ExecutionId {
            job: job.ok_or_else(|| wrong("jobId"))?,
            number: number(members, "executionNumber").ok_or_else(|| wrong("executionNumber"))?,
        };
        let outcome = || {
            let status = text(members, "status").and_then(Outcome::parse);
            status.ok_or_else(|| wrong("status"))
        };
        let phase = match text(members, "phase") {
            Some(RUNNING) => Phase::Running,
            Some(ENDED) => Phase::Ended {
                outcome: outcome()?,
                details: members
                    .get(DETAILS)
                    .map(|details| StatusDetails::from_json(DETAILS, details, &Limits::AWS_IOT))
                    .transpose()
                    .map_err(|_| wrong(DETAILS))?,
            },
            Some(OVER) => Phase::Over {
                outcome: outcome()?,
            },
            _ => return Err(wrong("phase")),
        };
        let queued_at = number(members, "queuedAt").ok_or_else(|| wrong("queuedAt"))?;
        Ok(Self {
            id,
            queued_at,
            phase,
        })
    }

    /// JSON text of at most some ten kilobytes, and of less than 200 bytes without status details.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::JobRecord;
    ///
    /// let kept = br#"{"jobId":"fw-2","executionNumber":1,"queuedAt":7,"phase":"running"}"#;
    /// let record = JobRecord::from_json(kept)?;
    /// assert_eq!(record.to_json().as_bytes(), kept);
    /// # Ok::<(), iot_jobs::AgentError>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = Object::new();
        out.text("jobId", self.id.job.as_str());
        out.number("executionNumber", self.id.number);
        out.number("queuedAt", self.queued_at);
        let (phase, outcome) = match &self.phase {
            Phase::Running => (RUNNING, None),
            Phase::Ended { outcome, .. } => (ENDED, Some(outcome)),
            Phase::Over { outcome } => (OVER, Some(outcome)),
        };
        out.text("phase", phase);
        if let Some(outcome) = outcome {
            out.text("status", outcome.status().as_str());
        }
        if let Phase::Ended {
            details: Some(details),
            ..
        } = &self.phase
        {
            write_details(details, &mut out);
        }
        out.finish()
    }

    /// Which execution.
    #[must_use]
    pub const fn id(&self) -> &ExecutionId {
        &self.id
    }

    /// How it ended; `None` while the application works on it. One that was taken away while it
    /// ran has failed.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::JobRecord;
    ///
    /// let kept = br#"{"jobId":"fw-2","executionNumber":1,"queuedAt":7,"phase":"running"}"#;
    /// assert_eq!(JobRecord::from_json(kept)?.outcome(), None);
    /// # Ok::<(), iot_jobs::AgentError>(())
    /// ```
    #[must_use]
    pub const fn outcome(&self) -> Option<Outcome> {
        match self.phase {
            Phase::Running => None,
            Phase::Ended { outcome, .. } | Phase::Over { outcome } => Some(outcome),
        }
    }

    /// Whether the service knows of the end. The record is then kept only to know the execution
    /// again if the service hands it out once more.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over { .. })
    }
}

pub(super) const DETAILS: &str = "statusDetails";

pub(super) fn write_details(details: &StatusDetails, out: &mut Object) {
    let mut pairs = Object::new();
    for (key, value) in details.iter() {
        pairs.text(key, value);
    }
    out.raw(DETAILS, &pairs.finish());
}
