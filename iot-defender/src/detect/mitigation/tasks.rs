//! The mitigation tasks of an account.

use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::request::DetectMitigationRequest;
use super::task::DetectMitigationTask;
use crate::audit::mitigation::MAX_RUNNING_DETECT;
use crate::audit::mitigation::executions::Executions;
use crate::audit::mitigation::keeper::{KeptTask, TaskKeeper, kept_tasks};
use crate::audit::{
    ClientRequestToken, MitigationActions, MitigationRequestError, MitigationTaskId,
};
use crate::detect::engine::Engine;

/// Which executions are listed, as `ListDetectMitigationActionsExecutions` has it.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectMitigationTasks, ExecutionsOf};
/// use iot_topics::Timestamp;
///
/// let day = ExecutionsOf::Time { from: Timestamp::from_secs(0), to: Timestamp::from_secs(86_400) };
/// let listed = DetectMitigationTasks::new().list_executions(&day, None, None);
/// assert_eq!(listed, serde_json::json!({ "actionsExecutions": [] }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a question has one of the two")]
pub enum ExecutionsOf {
    /// Of this task.
    Task(MitigationTaskId),
    /// That began in this time, both ends in it.
    Time {
        /// The begin.
        from: Timestamp,
        /// The end.
        to: Timestamp,
    },
}

/// The mitigation tasks of Detect of an account: at most five run at once, and those that ended
/// are kept for 90 days.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationAction, MitigationActions, MitigationRequestError};
/// use iot_defender::detect::{DetectMitigationRequest, DetectMitigationTasks, Engine};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_573_786_800);
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// actions.create(MitigationAction::from_json(&json!({
///     "actionName": "Quarantine",
///     "roleArn": "arn:aws:iam::123456789012:role/mitigate",
///     "actionParams": { "addThingsToThingGroupParams": { "thingGroupNames": ["quarantine"] } },
/// }))?, "1", now)?;
/// let request = DetectMitigationRequest::from_json(&json!({
///     "taskId": "m-1",
///     "target": { "securityProfileName": "lamps" },
///     "actions": ["Quarantine"],
/// }))?;
/// let engine = Engine::new();
/// let mut tasks = DetectMitigationTasks::new();
/// let task = tasks.start(request.clone(), &actions, &engine, now)?;
/// assert_eq!(task.describe()["taskSummary"]["taskStatus"], "SUCCESSFUL");
/// let error = tasks.start(request.clone(), &actions, &engine, now).unwrap_err();
/// assert_eq!(error, MitigationRequestError::TaskExists(request.task_id.clone()));
/// assert!(tasks.cancel(&request.task_id, now).is_err());
///
/// assert_eq!(tasks.list(now, now)["tasks"][0]["taskId"], "m-1");
/// tasks.purge(Timestamp::from_secs(1_573_786_800 + 90 * 86_400));
/// assert!(tasks.get(&request.task_id).is_none());
/// # Ok::<(), MitigationRequestError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetectMitigationTasks {
    keeper: TaskKeeper<DetectMitigationTask>,
}

impl KeptTask for DetectMitigationTask {
    type Request = DetectMitigationRequest;
    const MAX_RUNNING: usize = MAX_RUNNING_DETECT;
    const TOO_MANY: MitigationRequestError = MitigationRequestError::TooManyDetectTasks;

    fn names(request: &Self::Request) -> (&MitigationTaskId, Option<&ClientRequestToken>) {
        (&request.task_id, request.token.as_ref())
    }

    fn request(&self) -> &Self::Request {
        self.request()
    }

    fn executions(&self) -> &Executions {
        &self.executions
    }
}

kept_tasks!(detect: DetectMitigationTasks, DetectMitigationTask);

impl DetectMitigationTasks {
    /// `StartDetectMitigationActionsTask`, as [`DetectMitigationTask::start`]; tasks whose time is
    /// over are dropped first.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: a task that is kept has the id (`TaskExists`) or the token
    /// (`TokenExists`), what [`DetectMitigationTask::start`] refuses, or five tasks that run
    /// (`TooManyDetectTasks`).
    pub fn start(
        &mut self,
        request: DetectMitigationRequest,
        actions: &MitigationActions,
        engine: &Engine,
        now: Timestamp,
    ) -> Result<&mut DetectMitigationTask, MitigationRequestError> {
        self.keeper.start(request, now, |request| {
            DetectMitigationTask::start(request, actions, engine, now)
        })
    }

    /// The answer of `ListDetectMitigationActionsTasks`, all on one page: tasks that began and
    /// ended in a time, or began in it and run; the newest first, those of one instant by id.
    #[must_use]
    pub fn list(&self, from: Timestamp, to: Timestamp) -> Value {
        let tasks = self
            .keeper
            .newest(|task| task.executions.are_within(from, to));
        json!({ "tasks": tasks.into_iter().map(|task| task.summary()).collect::<Value>() })
    }

    /// The answer of `ListDetectMitigationActionsExecutions`, all on one page: by task, violation
    /// and action, of one violation or thing if one is given.
    #[must_use]
    pub fn list_executions(
        &self,
        of: &ExecutionsOf,
        violation_id: Option<&str>,
        thing: Option<&str>,
    ) -> Value {
        let mut listed = Vec::new();
        for task in self.keeper.iter() {
            let is_listed = |start: Option<Timestamp>| match of {
                ExecutionsOf::Task(task_id) => *task_id == task.plan.request.task_id,
                ExecutionsOf::Time { from, to } => {
                    start.is_some_and(|start| (*from..=*to).contains(&start))
                }
            };
            task.list_executions(violation_id, thing, is_listed, &mut listed);
        }
        json!({ "actionsExecutions": listed })
    }
}
