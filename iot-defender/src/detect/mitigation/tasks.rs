//! The mitigation tasks of an account.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::DetectTaskStatus;
use super::request::DetectMitigationRequest;
use super::task::DetectMitigationTask;
use crate::audit::mitigation::MAX_RUNNING_DETECT;
use crate::audit::{MitigationActions, MitigationRequestError, MitigationTaskId, Retention};
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
    tasks: BTreeMap<MitigationTaskId, DetectMitigationTask>,
    retention: Retention,
}

impl DetectMitigationTasks {
    /// None yet, kept for 90 days after their end.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With another time for which tasks are kept after their end.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::Retention;
    /// use iot_defender::detect::DetectMitigationTasks;
    ///
    /// let tasks = DetectMitigationTasks::new().with_retention(Retention::of_days(7));
    /// assert_ne!(tasks, DetectMitigationTasks::default());
    /// ```
    #[must_use]
    pub const fn with_retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

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
        self.purge(now);
        let task_id = request.task_id.clone();
        if self.tasks.contains_key(&task_id) {
            return Err(MitigationRequestError::TaskExists(task_id));
        }
        if let Some(token) = &request.token {
            let mut started = self.tasks.values().map(|task| &task.request().token);
            if started.any(|used| used.as_ref() == Some(token)) {
                return Err(MitigationRequestError::TokenExists(token.clone()));
            }
        }
        let statuses = self.tasks.values().map(DetectMitigationTask::status);
        let running = statuses.filter(|status| *status == DetectTaskStatus::InProgress);
        let is_full = running.count() >= MAX_RUNNING_DETECT;
        let task = DetectMitigationTask::start(request, actions, engine, now)?;
        if is_full {
            return Err(MitigationRequestError::TooManyDetectTasks);
        }
        Ok(self.tasks.entry(task_id).or_insert(task))
    }

    /// The task of that id.
    #[must_use]
    pub fn get(&self, task_id: &MitigationTaskId) -> Option<&DetectMitigationTask> {
        self.tasks.get(task_id)
    }

    /// The task of that id, to be carried on.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::DetectMitigationTasks;
    ///
    /// assert!(DetectMitigationTasks::new().get_mut(&"m-1".parse()?).is_none());
    /// # Ok::<(), iot_defender::audit::AuditIdError>(())
    /// ```
    pub fn get_mut(&mut self, task_id: &MitigationTaskId) -> Option<&mut DetectMitigationTask> {
        self.tasks.get_mut(task_id)
    }

    /// `CancelDetectMitigationActionsTask`.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::NoSuchTask`] and [`MitigationRequestError::HasEnded`].
    pub fn cancel(
        &mut self,
        task_id: &MitigationTaskId,
        now: Timestamp,
    ) -> Result<(), MitigationRequestError> {
        let found = self.tasks.get_mut(task_id);
        let missing = || MitigationRequestError::NoSuchTask(task_id.clone());
        found.ok_or_else(missing)?.cancel(now)
    }

    /// Drops the tasks whose end lies 90 days back and more.
    pub fn purge(&mut self, now: Timestamp) {
        let retention = self.retention;
        self.tasks.retain(|_, task| {
            let end = task.end_time();
            end.is_none_or(|end| retention.keeps(end, now))
        });
    }

    /// The answer of `ListDetectMitigationActionsTasks`, all on one page: tasks that began and
    /// ended in a time, or began in it and run; the newest first, those of one instant by id.
    #[must_use]
    pub fn list(&self, from: Timestamp, to: Timestamp) -> Value {
        let is_listed = |task: &&DetectMitigationTask| {
            let end = task.end_time().unwrap_or_else(|| task.start_time());
            task.start_time() >= from && end <= to
        };
        let mut tasks: Vec<_> = self.tasks.values().filter(is_listed).collect();
        tasks.sort_by_key(|task| Reverse(task.start_time()));
        let tasks: Vec<_> = tasks.into_iter().map(|task| task.summary()).collect();
        json!({ "tasks": tasks })
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
        for task in self.tasks.values() {
            let is_listed = |start: Option<Timestamp>| match of {
                ExecutionsOf::Task(task_id) => *task_id == task.request().task_id,
                ExecutionsOf::Time { from, to } => {
                    start.is_some_and(|start| (*from..=*to).contains(&start))
                }
            };
            task.list_executions(violation_id, thing, is_listed, &mut listed);
        }
        json!({ "actionsExecutions": listed })
    }
}
