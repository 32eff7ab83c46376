//! Mitigation tasks: what is to be done, and how far that is.

use alloc::string::String;

use iot_topics::{ThingName, Timestamp};

use super::DetectTaskStatus;
use super::plan::Plan;
use super::request::DetectMitigationRequest;
use crate::audit::mitigation::executions::Executions;
use crate::audit::{
    ActionFailure, ExecutionKey, MitigationActions, MitigationEffect, MitigationRequestError,
    TaskStatus,
};
use crate::detect::engine::Engine;

/// An action whose turn has come: what is to be done, in which role.
///
/// # Examples
///
/// See [`DetectMitigationTask`].
///
/// ```
/// use iot_defender::detect::DetectMitigationStep;
///
/// fn log(step: &DetectMitigationStep) -> String {
///     format!("{} on {}: {:?} as {}", step.action, step.thing, step.effect, step.role_arn)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetectMitigationStep {
    /// What [`DetectMitigationTask::finish`] is told.
    pub key: ExecutionKey,
    /// The violation.
    pub violation_id: String,
    /// The thing.
    pub thing: ThingName,
    /// The name of the action.
    pub action: String,
    /// The role to act in.
    pub role_arn: String,
    /// What is to be done.
    pub effect: MitigationEffect,
}

/// A mitigation task of Detect: it tells what is to be done next, and is told how that went.
///
/// The violations are those that the engine has when the task starts, in the order of profile,
/// behavior, thing and id. The actions on a violation run in the order of the request; several
/// violations may be worked on at once. When an action fails, the later ones on that violation are
/// skipped and other violations go on; nothing is taken back. A violation that the target names and
/// the filters leave out is skipped too.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationAction, MitigationActions, MitigationRequestError};
/// use iot_defender::detect::{
///     DetectMitigationRequest, DetectMitigationTask, DetectTaskStatus, Engine,
/// };
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// /// Puts all lamps whose alarm is on into quarantine.
/// fn quarantine(
///     engine: &Engine,
///     actions: &MitigationActions,
///     now: Timestamp,
/// ) -> Result<DetectMitigationTask, MitigationRequestError> {
///     let request = DetectMitigationRequest::from_json(&json!({
///         "taskId": "m-1",
///         "target": { "securityProfileName": "lamps" },
///         "actions": ["Quarantine"],
///         "includeOnlyActiveViolations": true,
///     }))?;
///     let mut task = DetectMitigationTask::start(request, actions, engine, now)?;
///     while let Some(step) = task.start_next(now) {
///         for call in step.effect.calls() {
///             println!("{} {}", call.operation, call.arguments);
///         }
///         task.finish(step.key, Ok(()), now);
///     }
///     Ok(task)
/// }
///
/// let now = Timestamp::from_secs(1_573_786_800);
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// actions.create(MitigationAction::from_json(&json!({
///     "actionName": "Quarantine",
///     "roleArn": "arn:aws:iam::123456789012:role/mitigate",
///     "actionParams": { "addThingsToThingGroupParams": { "thingGroupNames": ["quarantine"] } },
/// }))?, "1", now)?;
/// let task = quarantine(&Engine::new(), &actions, now)?;
/// assert_eq!(task.status(), DetectTaskStatus::Successful); // there was nothing to do
/// # Ok::<(), MitigationRequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectMitigationTask {
    pub(super) plan: Plan,
    pub(super) executions: Executions,
}

impl DetectMitigationTask {
    /// A task over those violations of the engine that the request chooses. The definitions of the
    /// actions are kept: what happens to them later does not change the task.
    ///
    /// [`DetectMitigationTasks::start`](super::DetectMitigationTasks::start) does the same for an
    /// account, with its limits.
    ///
    /// The cost is a look at each event that the engine keeps and each alarm that is on.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: an action does not exist or is not for violations, or there is
    /// no violation of an id.
    pub fn start(
        request: DetectMitigationRequest,
        actions: &MitigationActions,
        engine: &Engine,
        now: Timestamp,
    ) -> Result<Self, MitigationRequestError> {
        let plan = Plan::new(request, actions, engine)?;
        let executions = Executions::new(plan.action_counts(), now);
        Ok(Self { plan, executions })
    }

    /// Starts the next action whose turn has come. An action waits for the one before it on the
    /// same violation, not for other violations.
    ///
    /// An action on a device that is not in the registry fails here with
    /// `InvalidRequestException`, and the next one is looked for: there is no thing to move.
    ///
    /// The cost is linear in the violations that are worked on at once.
    pub fn start_next(&mut self, now: Timestamp) -> Option<DetectMitigationStep> {
        let step = |key| self.plan.step(key);
        self.executions
            .start_next(step, "the device is not in the registry", now)
    }

    /// Tells how an action went that was started. `false`, and nothing changes, if it does not
    /// run: it was told before, or the task was canceled.
    pub fn finish(
        &mut self,
        key: ExecutionKey,
        outcome: Result<(), ActionFailure>,
        now: Timestamp,
    ) -> bool {
        self.executions.finish(key, outcome, now)
    }

    /// `CancelDetectMitigationActionsTask`: what is not done is skipped, what is done stays.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::HasEnded`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::MitigationRequestError;
    /// use iot_defender::detect::{DetectMitigationTask, DetectTaskStatus};
    /// use iot_topics::Timestamp;
    ///
    /// /// Ends what runs for more than an hour.
    /// fn supervise(
    ///     task: &mut DetectMitigationTask,
    ///     now: Timestamp,
    /// ) -> Result<(), MitigationRequestError> {
    ///     let runs = task.status() == DetectTaskStatus::InProgress;
    ///     if runs && now.saturating_since(task.start_time()).as_secs() > 3_600 {
    ///         task.cancel(now)?;
    ///         assert_eq!(task.end_time(), Some(now));
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), MitigationRequestError> {
        if !self.executions.cancel(now) {
            return Err(MitigationRequestError::HasEnded);
        }
        Ok(())
    }

    /// What started it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::DetectMitigationTask;
    ///
    /// fn id(task: &DetectMitigationTask) -> &str {
    ///     task.request().task_id.as_str()
    /// }
    /// ```
    #[must_use]
    pub const fn request(&self) -> &DetectMitigationRequest {
        &self.plan.request
    }

    /// How far it is: failed, if an action failed on any violation.
    #[must_use]
    pub const fn status(&self) -> DetectTaskStatus {
        match self.executions.status() {
            TaskStatus::InProgress => DetectTaskStatus::InProgress,
            TaskStatus::Completed => DetectTaskStatus::Successful,
            TaskStatus::Failed => DetectTaskStatus::Failed,
            TaskStatus::Canceled => DetectTaskStatus::Canceled,
        }
    }

    /// When it started.
    #[must_use]
    pub const fn start_time(&self) -> Timestamp {
        self.executions.start_time()
    }

    /// When it ended; `None` while it runs.
    #[must_use]
    pub const fn end_time(&self) -> Option<Timestamp> {
        self.executions.end_time()
    }
}
