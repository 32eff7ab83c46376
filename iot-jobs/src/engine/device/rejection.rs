//! Why a request of a device is refused.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;

use super::view::ExecutionView;
use crate::reject::RejectCode;
use crate::status::ExecutionStatus;

/// A refused request of a device. Nothing has changed by it.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Engine, ExecutionStatus, NoWorld, RejectCode, Update};
/// use iot_topics::Timestamp;
///
/// let mut engine = Engine::new("us-east-1", "123456789012");
/// let report = Update::new(ExecutionStatus::Succeeded);
/// let now = Timestamp::from_secs(1);
/// let rejection = engine.update("pump", "fw-2", &report, &NoWorld, &mut (), now).unwrap_err();
/// assert_eq!(rejection.code(), RejectCode::ResourceNotFound);
/// assert_eq!(rejection.execution_state(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", .code.as_str())]
pub struct Rejection {
    code: RejectCode,
    message: Cow<'static, str>,
    state: Option<ExecutionState>,
}

/// The state of an execution, which two of the rejections tell, so that a device that lost track
/// learns it (developer guide, Jobs device MQTT API operations, JobExecutionState).
///
/// # Examples
///
/// ```
/// # use iot_jobs::{Engine, NoWorld, Operation, World};
/// # struct Fleet;
/// # impl World for Fleet {
/// #     fn has_thing(&self, _: &str) -> bool { true }
/// #     fn has_group(&self, _: &str) -> bool { false }
/// #     fn is_member(&self, _: &str, _: &str) -> bool { false }
/// #     fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
/// # }
/// use iot_jobs::{ExecutionStatus, RejectCode, Update};
/// use iot_topics::Timestamp;
///
/// # let mut engine = Engine::new("us-east-1", "123456789012");
/// # let job = serde_json::json!({"jobId": "fw-2", "document": "{}",
/// #     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/pump"]});
/// # let create = Operation::Control { api: "CreateJob", arguments: &job };
/// let now = Timestamp::from_secs(1_700_000_000);
/// # engine.apply(create, &Fleet, &mut (), now)?;
/// // The job `fw-2` is queued for `pump`, at version 1.
/// let mut report = Update::new(ExecutionStatus::Succeeded);
/// report.expected_version = Some(7);
/// let rejection = engine.update("pump", "fw-2", &report, &Fleet, &mut (), now).unwrap_err();
/// assert_eq!(rejection.code(), RejectCode::VersionMismatch);
/// let state = rejection.execution_state().expect("is told");
/// assert_eq!((state.status(), state.version()), (ExecutionStatus::Queued, 1));
/// assert_eq!(state.status_details_json(), None);
/// # Ok::<(), iot_jobs::ApiError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionState {
    status: ExecutionStatus,
    version: u32,
    details: Option<Box<str>>,
}

impl Rejection {
    pub(crate) const fn new(code: RejectCode, message: &'static str) -> Self {
        Self {
            code,
            message: Cow::Borrowed(message),
            state: None,
        }
    }

    pub(crate) const fn invalid(message: String) -> Self {
        Self {
            code: RejectCode::InvalidRequest,
            message: Cow::Owned(message),
            state: None,
        }
    }

    pub(crate) fn with_state(mut self, execution: Option<ExecutionView<'_>>) -> Self {
        self.state = execution.map(|execution| ExecutionState {
            status: execution.status(),
            version: execution.version(),
            details: execution.status_details_json().map(Into::into),
        });
        self
    }

    /// The code of the answer.
    #[must_use]
    pub const fn code(&self) -> RejectCode {
        self.code
    }

    /// What is wrong, for people; it names the member of the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, NoWorld, StartNext, StepTimeout};
    /// use iot_topics::Timestamp;
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let mut request = StartNext::default();
    /// request.step_timeout = Some(StepTimeout::Minutes(0));
    /// let answer = engine.start_next("pump", &request, &NoWorld, &mut (), Timestamp::default());
    /// assert!(answer.unwrap_err().message().contains("stepTimeoutInMinutes"));
    /// ```
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The state of the execution: of `VersionMismatch` and `InvalidStateTransition`, if there is
    /// one to tell.
    #[must_use]
    pub const fn execution_state(&self) -> Option<&ExecutionState> {
        self.state.as_ref()
    }
}

impl ExecutionState {
    /// The status.
    #[must_use]
    pub const fn status(&self) -> ExecutionStatus {
        self.status
    }

    /// The version.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The status details, as the text of a JSON object, if there are some.
    #[must_use]
    pub fn status_details_json(&self) -> Option<&str> {
        self.details.as_deref()
    }
}
