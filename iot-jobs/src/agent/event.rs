//! What a message means to the application, and why something means nothing.

use alloc::string::String;

use serde_json::Value;
use thiserror::Error;

use super::record::{ExecutionId, Outcome};
use crate::StatusDetails;
use crate::status::ExecutionStatus;

/// An execution that the application has to carry out.
///
/// # Examples
///
/// ```
/// use iot_jobs::{AgentEvent, JobAgent};
/// use iot_topics::reserved::{Exchange, JobsMessage};
/// use iot_topics::Timestamp;
///
/// let (mut agent, now) = (JobAgent::new("pump".parse()?, 1), Timestamp::from_secs(100));
/// agent.connect();
/// agent.poll_output(now).expect("asks for a job");
/// let answer = br#"{"clientToken":"1-1","timestamp":100,"execution":{"jobId":"fw-2","status":"IN_PROGRESS",
///     "queuedAt":90,"lastUpdatedAt":100,"versionNumber":2,"executionNumber":1,"jobDocument":{"url":"x"}}}"#;
/// let event = agent.handle(&JobsMessage::StartNext(Exchange::Accepted), answer, now);
/// let Ok(AgentEvent::Run(job)) = event else { panic!("is handed out") };
/// assert_eq!(job.id.to_string(), "fw-2#1");
/// assert_eq!(job.document["url"], "x");
/// assert_eq!(job.seconds_left, None); // no timer
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentJob {
    /// Which one. Reports name it.
    pub id: ExecutionId,
    /// What to do.
    pub document: Value,
    /// What was reported before, by this device in a former life for instance.
    pub details: Option<StatusDetails>,
    /// `approximateSecondsBeforeTimedOut`: what is left before a timer ends it.
    pub seconds_left: Option<u64>,
}

/// What a message means to the application.
///
/// # Examples
///
/// ```
/// use iot_jobs::{AgentEvent, JobAgent};
/// use iot_topics::reserved::{Exchange, JobsMessage};
/// use iot_topics::Timestamp;
///
/// let (mut agent, now) = (JobAgent::new("pump".parse()?, 1), Timestamp::from_secs(100));
/// agent.connect();
/// agent.poll_output(now).expect("asks for a job");
/// let nothing = br#"{"clientToken":"1-1","timestamp":100}"#;
/// let event = agent.handle(&JobsMessage::StartNext(Exchange::Accepted), nothing, now);
/// assert_eq!(event, Ok(AgentEvent::Idle));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgentEvent {
    /// Nothing: late, twice, somebody else's, or dealt with.
    Nothing,
    /// Carry this out. It was never handed out before: keep [`JobAgent::record`], then begin. What
    /// was told to stop must have stopped by then.
    ///
    /// [`JobAgent::record`]: crate::JobAgent::record
    Run(AgentJob),
    /// Go on with this one, which was handed out before the restart.
    Resume(AgentJob),
    /// A report of progress was accepted.
    Reported {
        /// The execution.
        id: ExecutionId,
        /// Its version now.
        version: u64,
    },
    /// The service knows how the application ended it.
    Finished {
        /// The execution.
        id: ExecutionId,
        /// How it ended.
        outcome: Outcome,
    },
    /// The execution is none of this device's any more, whatever the application does or did.
    /// Stop working on it; reports of it are refused.
    Stop {
        /// The execution.
        id: ExecutionId,
        /// What became of it.
        reason: StopReason,
    },
    /// Nothing is pending.
    Idle,
    /// A request was refused. What can be made again is, after a pause; a report of progress that
    /// the service calls wrong is dropped, and a last report goes out again without its details.
    Refused {
        /// The code, as `RequestThrottled`.
        code: String,
        /// The text, which is nothing to match on.
        message: String,
    },
}

/// Why an execution is to be stopped.
///
/// # Examples
///
/// ```
/// use iot_jobs::{ExecutionStatus, StopReason};
///
/// let reason = StopReason::Ended(ExecutionStatus::TimedOut);
/// assert_ne!(reason, StopReason::Terminal);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// It has that status: canceled, timed out or removed, or ended by another client of the thing.
    Ended(ExecutionStatus),
    /// It has ended, and the service did not say how.
    Terminal,
    /// There is no such execution: it or its job was deleted, and perhaps created anew.
    NotFound,
}

/// Why something given to a [`JobAgent`] means nothing. The agent is as it was.
///
/// # Examples
///
/// ```
/// use iot_jobs::{AgentError, JobAgent};
/// use iot_topics::{Timestamp, TopicNameRef};
///
/// let mut agent = JobAgent::new("pump".parse()?, 1);
/// let topic = TopicNameRef::parse("$aws/things/fan/jobs/notify-next").expect("is a name");
/// let error = agent.handle_message(topic, b"{}", Timestamp::from_secs(1)).unwrap_err();
/// assert_eq!(error, AgentError::Topic);
/// assert_eq!(error.to_string(), "topic is none of this thing's jobs");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
///
/// [`JobAgent`]: crate::JobAgent
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The topic is none of the jobs of this thing.
    #[error("topic is none of this thing's jobs")]
    Topic,
    /// The payload or the record is no JSON object.
    #[error("payload is no JSON object")]
    Json,
    /// The payload lacks a member, or that has another type.
    #[error("member `{name}` is missing or not what it must be")]
    Member {
        /// Its key.
        name: &'static str,
    },
    /// The execution is not the one that runs: it was ended, or stopped.
    #[error("execution `{id}` does not run")]
    NotRunning {
        /// The execution that was named.
        id: ExecutionId,
    },
    /// A step timer outside of 1 to 10,080 minutes.
    #[error("step timeout is `{minutes}` minutes, but must be 1 to 10080")]
    StepTimeout {
        /// The minutes that were given.
        minutes: u32,
    },
}
