//! The mitigation tasks of an account.
//!
//! Sources: API reference, `StartAuditMitigationActionsTask`,
//! `ListAuditMitigationActionsTasks`, `CancelAuditMitigationActionsTask`; "AWS IoT Device Defender
//! quotas" for how many run at once and how long they are kept.

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::MAX_RUNNING;
use super::actions::MitigationActions;
use super::error::MitigationRequestError;
use super::executions::Executions;
use super::keeper::{KeptTask, TaskKeeper, kept_tasks};
use super::start::MitigationTaskRequest;
use super::task::MitigationTask;
use crate::audit::audit_finding::AuditFinding;
use crate::audit::id::{AuditTaskId, ClientRequestToken, FindingId, MitigationTaskId};
use crate::audit::task::TaskStatus;

/// The mitigation tasks of an account: at most ten run at once, and those that ended are kept for
/// 90 days.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     ActionParams, MitigationAction, MitigationActions, MitigationRequestError,
///     MitigationTaskFilter, MitigationTaskRequest, MitigationTasks, TaskStatus,
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
/// let listed = tasks.list(&MitigationTaskFilter::between(now, now));
/// assert_eq!(listed["tasks"][0]["taskId"], "m-1");
/// tasks.purge(Timestamp::from_secs(1_650_000_000 + 90 * 86_400));
/// assert!(tasks.get(request.task_id()).is_none());
/// # Ok::<(), MitigationRequestError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MitigationTasks {
    keeper: TaskKeeper<MitigationTask>,
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

    /// The answer of `ListAuditMitigationActionsTasks`, all on one page: the newest first, those
    /// of one instant by id.
    #[must_use]
    pub fn list(&self, filter: &MitigationTaskFilter) -> Value {
        let tasks = self.keeper.newest(|task| filter.takes(task));
        json!({ "tasks": tasks.into_iter().map(MitigationTask::metadata).collect::<Value>() })
    }
}

/// Which tasks are listed. A task that runs has no end, and is listed if it began in time.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationTaskFilter, TaskStatus};
/// use iot_topics::Timestamp;
///
/// let day = Timestamp::from_secs(1_650_000_000);
/// let mut filter = MitigationTaskFilter::between(day, Timestamp::from_secs(1_650_086_400));
/// filter.status = Some(TaskStatus::Failed);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MitigationTaskFilter {
    /// Tasks that began then or later.
    pub start_time: Timestamp,
    /// Tasks that ended then or earlier.
    pub end_time: Timestamp,
    /// Tasks over findings of this audit.
    pub audit_task_id: Option<AuditTaskId>,
    /// Tasks that work on this finding.
    pub finding_id: Option<FindingId>,
    /// Tasks of this status.
    pub status: Option<TaskStatus>,
}

impl MitigationTaskFilter {
    /// All tasks of a time.
    #[must_use]
    pub const fn between(start_time: Timestamp, end_time: Timestamp) -> Self {
        Self {
            start_time,
            end_time,
            audit_task_id: None,
            finding_id: None,
            status: None,
        }
    }

    fn takes(&self, task: &MitigationTask) -> bool {
        let audit = self.audit_task_id.as_ref();
        let of_audit = |audit: &AuditTaskId| {
            task.request().target().audit_task_id() == Some(audit)
                || task.findings().any(|finding| finding.task_id == *audit)
        };
        let finding = self.finding_id.as_ref();
        task.executions.are_within(self.start_time, self.end_time)
            && audit.is_none_or(of_audit)
            && finding.is_none_or(|finding| task.works_on(finding))
            && self.status.is_none_or(|status| task.status() == status)
    }
}
