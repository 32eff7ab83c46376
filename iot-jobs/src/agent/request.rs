//! The requests of a device.

use alloc::string::String;

use iot_topics::reserved::JobsTopic;

use super::record::{ExecutionId, write_details};
use crate::json::Object;
use crate::{ExecutionStatus, StatusDetails, StepTimeout};

/// A message for the device to publish.
///
/// # Examples
///
/// ```
/// use iot_jobs::JobAgent;
/// use iot_topics::Timestamp;
///
/// let mut agent = JobAgent::new("pump".parse()?, 7);
/// agent.connect();
/// let request = agent.poll_output(Timestamp::from_secs(1)).expect("asks for a job");
/// assert_eq!(request.topic.to_string(), "$aws/things/pump/jobs/start-next");
/// assert_eq!(request.payload, r#"{"clientToken":"7-1"}"#);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what is published is a topic and a payload"
)]
pub struct AgentRequest {
    /// Where.
    pub topic: JobsTopic,
    /// JSON text.
    pub payload: String,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    StartNext,
    Describe,
    Progress(Progress),
    /// The last report.
    End,
}

/// A report that an execution goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) details: Option<StatusDetails>,
    pub(super) step: Option<StepTimeout>,
}

impl Progress {
    /// This with what is newer: details replace each other whole, as the service does it, and a
    /// timer that was to be set still is.
    pub(super) fn then(self, newer: Self) -> Self {
        Self {
            details: newer.details.or(self.details),
            step: newer.step.or(self.step),
        }
    }
}

pub(super) fn start_next(step_minutes: Option<u32>, token: &str) -> String {
    let mut out = Object::new();
    if let Some(minutes) = step_minutes {
        out.number(STEP, minutes);
    }
    out.text(TOKEN, token);
    out.finish()
}

pub(super) fn describe(id: &ExecutionId, with_document: bool, token: &str) -> String {
    let mut out = Object::new();
    out.number(NUMBER, id.number);
    out.flag("includeJobDocument", with_document);
    out.text(TOKEN, token);
    out.finish()
}

pub(super) fn update(
    id: &ExecutionId,
    version: Option<u64>,
    status: ExecutionStatus,
    details: Option<&StatusDetails>,
    step: Option<StepTimeout>,
    token: &str,
) -> String {
    let mut out = Object::new();
    out.text("status", status.as_str());
    if let Some(details) = details {
        write_details(details, &mut out);
    }
    if let Some(version) = version {
        out.number("expectedVersion", version);
    }
    out.number(NUMBER, id.number);
    out.flag("includeJobExecutionState", true);
    match step {
        Some(StepTimeout::Minutes(minutes)) => {
            out.number(STEP, minutes);
        }
        Some(StepTimeout::Discard) => {
            out.raw(STEP, "-1");
        }
        None => {}
    }
    out.text(TOKEN, token);
    out.finish()
}

const NUMBER: &str = "executionNumber";
const STEP: &str = "stepTimeoutInMinutes";
const TOKEN: &str = "clientToken";
