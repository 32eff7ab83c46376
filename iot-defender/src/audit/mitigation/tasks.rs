//! The mitigation tasks of an account.
//!
//! Sources: API reference, `StartAuditMitigationActionsTask`,
//! `CancelAuditMitigationActionsTask`; "AWS IoT Device Defender
//! quotas" for how many run at once and how long they are kept.

use iot_topics::Timestamp;

use super::MAX_RUNNING;
use super::actions::MitigationActions;
use super::error::MitigationRequestError;
use super::executions::Executions;
use super::keeper::{KeptTask, TaskKeeper, kept_tasks};
use super::start::MitigationTaskRequest;
use super::task::MitigationTask;
use crate::audit::audit_finding::AuditFinding;
use crate::audit::id::{ClientRequestToken, MitigationTaskId};

/// The mitigation tasks of an account: at most ten run at once, and those that ended are kept for
/// 90 days.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     ActionParams, MitigationAction, MitigationActions, MitigationRequestError,
///     MitigationTaskQuery, MitigationTaskRequest, MitigationTasks, TaskStatus,
/// };
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_650_000_000);
/// let role = "arn:aws:iam::123456789012:role/mitigate";
/// let isolate = MitigationAction::new("Isolate", role, ActionParams::UpdateDeviceCertificate)?;
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// actions.create(isolate, "1", now)?;
///
/// let request = MitigationTaskRequest::from_json(&serde_json::json!({
///     "taskId": "m-1",
///     "target": { "auditTaskId": "9ccc92" },
///     "auditCheckToActionsMapping": { "DEVICE_CERTIFICATE_SHARED_CHECK": ["Isolate"] },
/// }))?;
/// let mut tasks = MitigationTasks::new();
/// let task = tasks.start(request.clone(), &actions, [], now)?;
/// assert_eq!(task.status(), TaskStatus::Completed); // the audit found nothing
/// let error = tasks.start(request.clone(), &actions, [], now).unwrap_err();
/// assert_eq!(error, MitigationRequestError::TaskExists(request.task_id().clone()));
/// assert!(tasks.cancel(request.task_id(), now).is_err());
///
/// let page = MitigationTaskQuery::between(now, now).list(&tasks)?;
/// assert_eq!(page.to_api_json()["tasks"][0]["taskId"], "m-1");
/// tasks.purge(Timestamp::from_secs(1_650_000_000 + 90 * 86_400));
/// assert!(tasks.get(request.task_id()).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MitigationTasks {
    pub(super) keeper: TaskKeeper<MitigationTask>,
}

impl KeptTask for MitigationTask {
    type Request = MitigationTaskRequest;
    const MAX_RUNNING: usize = MAX_RUNNING;
    const TOO_MANY: MitigationRequestError = MitigationRequestError::TooManyTasks;

    fn names(request: &Self::Request) -> (&MitigationTaskId, Option<&ClientRequestToken>) {
        (request.task_id(), request.token())
    }

    fn request(&self) -> &Self::Request {
        self.request()
    }

    fn executions(&self) -> &Executions {
        &self.executions
    }
}

kept_tasks!(audit: MitigationTasks, MitigationTask);

impl MitigationTasks {
    /// `StartAuditMitigationActionsTask`, as [`MitigationTask::start`]; tasks whose time is over
    /// are dropped first. The cost is linear in the tasks that are kept and that of sorting the
    /// findings.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: a task that is kept has the id (`TaskExists`) or the token
    /// (`TokenExists`), what [`MitigationTask::start`] refuses, or ten tasks that run
    /// (`TooManyTasks`).
    pub fn start(
        &mut self,
        request: MitigationTaskRequest,
        actions: &MitigationActions,
        findings: impl IntoIterator<Item = AuditFinding>,
        now: Timestamp,
    ) -> Result<&mut MitigationTask, MitigationRequestError> {
        self.keeper.start(request, now, |request| {
            MitigationTask::start(request, actions, findings, now)
        })
    }
}
