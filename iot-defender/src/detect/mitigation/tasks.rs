//! The mitigation tasks of an account.

use iot_topics::Timestamp;

use super::request::DetectMitigationRequest;
use super::task::DetectMitigationTask;
use crate::audit::mitigation::MAX_RUNNING_DETECT;
use crate::audit::mitigation::executions::Executions;
use crate::audit::mitigation::keeper::{KeptTask, TaskKeeper, kept_tasks};
use crate::audit::{
    ClientRequestToken, MitigationActions, MitigationRequestError, MitigationTaskId,
};
use crate::detect::engine::Engine;

/// The mitigation tasks of Detect of an account: at most five run at once, and those that ended
/// are kept for 90 days.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationAction, MitigationActions, MitigationRequestError};
/// use iot_defender::detect::{
///     DetectMitigationRequest, DetectMitigationTaskQuery, DetectMitigationTasks, Engine,
/// };
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
/// let page = DetectMitigationTaskQuery::between(now, now).list(&tasks)?;
/// assert_eq!(page.to_api_json()["tasks"][0]["taskId"], "m-1");
/// tasks.purge(Timestamp::from_secs(1_573_786_800 + 90 * 86_400));
/// assert!(tasks.get(&request.task_id).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetectMitigationTasks {
    pub(super) keeper: TaskKeeper<DetectMitigationTask>,
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
}
