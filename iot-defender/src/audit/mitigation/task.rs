//! Mitigation tasks: a request, the findings that it chose, and how far each action is.
//!
//! Source: API reference, `StartAuditMitigationActionsTask`,
//! `DescribeAuditMitigationActionsTask`, `ListAuditMitigationActionsExecutions`.

mod plan;
mod view;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::{CertificateId, ThingName, Timestamp};

use self::plan::Plan;
use super::actions::MitigationActions;
use super::effect::MitigationEffect;
use super::error::MitigationRequestError;
use super::executions::{ActionFailure, ExecutionKey, Executions};
use super::run::MitigationStatistics;
use super::start::MitigationTaskRequest;
use crate::audit::audit_finding::AuditFinding;
use crate::audit::check::Check;
use crate::audit::id::FindingId;
use crate::audit::task::TaskStatus;
pub use view::MitigationExecution;

/// An action whose turn has come: what is to be done, in which role.
///
/// # Examples
///
/// See [`MitigationTask`].
///
/// ```
/// use iot_defender::audit::{MitigationEffect, MitigationStep};
///
/// fn log(step: &MitigationStep) -> String {
///     format!("{} on {}: {:?} as {}", step.action, step.finding_id, step.effect, step.role_arn)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MitigationStep {
    /// What [`MitigationTask::finish`] is told.
    pub key: ExecutionKey,
    /// The finding.
    pub finding_id: FindingId,
    /// The name of the action.
    pub action: String,
    /// The role to act in.
    pub role_arn: String,
    /// What is to be done.
    pub effect: MitigationEffect,
}

/// A mitigation task: it tells what is to be done next, and is told how that went (API reference,
/// `StartAuditMitigationActionsTask`).
///
/// The order of findings is fixed: by check, resource, reason and id, in whatever order they were
/// given. The actions on a finding run in the order of the request; several findings may be worked
/// on at once. When an action fails, the later ones on that finding are skipped and other findings
/// go on; nothing is taken back. Suppressed findings are not touched and not counted. Findings of
/// checks for which the request names no actions, and those that the filter of the target leaves out, are counted as
/// skipped.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     ActionParams, AuditFinding, MitigationAction, MitigationActions, MitigationTask,
///     MitigationTaskRequest, TaskStatus,
/// };
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_650_000_000);
/// let role = "arn:aws:iam::123456789012:role/mitigate";
/// let isolate = MitigationAction::new("Isolate", role, ActionParams::UpdateDeviceCertificate)?;
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// actions.create(isolate, "1", now)?;
///
/// let finding = AuditFinding::from_api_json(&serde_json::json!({
///     "findingId": "f-1",
///     "taskId": "9ccc92",
///     "checkName": "DEVICE_CERTIFICATE_SHARED_CHECK",
///     "taskStartTime": 1_649_999_000,
///     "findingTime": 1_649_999_000,
///     "nonCompliantResource": {
///         "resourceType": "DEVICE_CERTIFICATE",
///         "resourceIdentifier": { "deviceCertificateId": "ab".repeat(32) },
///     },
///     "reasonForNonComplianceCode": "CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES",
/// }))?;
/// let request = MitigationTaskRequest::from_json(&serde_json::json!({
///     "taskId": "m-1",
///     "target": { "auditTaskId": "9ccc92" },
///     "auditCheckToActionsMapping": { "DEVICE_CERTIFICATE_SHARED_CHECK": ["Isolate"] },
/// }))?;
/// let mut task = MitigationTask::start(request, &actions, [finding], now)?;
/// let step = task.start_next(|_| vec![], now).ok_or("nothing to do")?;
/// let calls = step.effect.calls();
/// assert_eq!(calls[0].operation, "UpdateCertificate");
/// assert_eq!(calls[0].arguments["newStatus"], "INACTIVE");
///
/// assert!(task.finish(step.key, Ok(()), now));
/// assert_eq!(task.status(), TaskStatus::Completed);
/// let statistics = &task.describe()["taskStatistics"]["DEVICE_CERTIFICATE_SHARED_CHECK"];
/// assert_eq!(statistics["succeededFindingsCount"], 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MitigationTask {
    plan: Plan,
    pub(super) executions: Executions,
}

impl MitigationTask {
    /// A task over those of the findings that the request chooses. Give it all findings of the
    /// audit, or those that it names; others are not looked at. Of two with one id the first
    /// counts. The definitions of the actions are kept: what happens to them later does not change
    /// the task.
    ///
    /// [`MitigationTasks::start`](super::MitigationTasks::start) does the same for an account, with
    /// its limits.
    ///
    /// The cost is that of sorting the findings that are chosen.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: what [`MitigationTaskRequest::check`] finds, or
    /// [`NoSuchFinding`](MitigationRequestError::NoSuchFinding), the first id that no finding has.
    pub fn start(
        request: MitigationTaskRequest,
        actions: &MitigationActions,
        findings: impl IntoIterator<Item = AuditFinding>,
        now: Timestamp,
    ) -> Result<Self, MitigationRequestError> {
        request.check(actions)?;
        let plan = Plan::new(request, actions, findings)?;
        let executions = Executions::new(plan.action_counts(), now);
        Ok(Self { plan, executions })
    }

    /// Starts the next action whose turn has come. An action waits for the one before it on the
    /// same finding, not for other findings: a caller that works on several at once asks again
    /// before it finishes one. `things_of` tells the things of a certificate.
    ///
    /// An action for which the finding has no fitting resource, for instance where the ARN of a
    /// certificate has no id in it, fails here with `InvalidRequestException`, and the next one is
    /// looked for.
    ///
    /// The cost is linear in the findings that are worked on at once.
    pub fn start_next(
        &mut self,
        mut things_of: impl FnMut(&CertificateId) -> Vec<ThingName>,
        now: Timestamp,
    ) -> Option<MitigationStep> {
        let plan = &self.plan;
        let step = |key| plan.step(key, &mut things_of);
        self.executions.start_next(step, UNFIT, now)
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

    /// `CancelAuditMitigationActionsTask`: what is not done is canceled, what is done stays.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::NotRunning`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     MitigationActions, MitigationRequestError, MitigationTask, TaskStatus,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// /// Ends what runs for more than an hour.
    /// fn supervise(task: &mut MitigationTask, now: Timestamp) -> Result<(), MitigationRequestError> {
    ///     let runs = task.status() == TaskStatus::InProgress;
    ///     if runs && now.saturating_since(task.start_time()).as_secs() > 3_600 {
    ///         task.cancel(now)?;
    ///         assert_eq!(task.end_time(), Some(now));
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), MitigationRequestError> {
        if !self.executions.cancel(now) {
            return Err(MitigationRequestError::NotRunning(self.status()));
        }
        Ok(())
    }

    /// What started it.
    #[must_use]
    pub const fn request(&self) -> &MitigationTaskRequest {
        self.plan.request()
    }

    /// How far it is: failed, if an action failed on any finding.
    #[must_use]
    pub const fn status(&self) -> TaskStatus {
        self.executions.status()
    }

    /// When it started.
    #[must_use]
    pub const fn start_time(&self) -> Timestamp {
        self.executions.start_time()
    }

    /// When it was completed or canceled; `None` while it runs.
    #[must_use]
    pub const fn end_time(&self) -> Option<Timestamp> {
        self.executions.end_time()
    }

    /// The findings that it works on, in their order; those that are skipped from the start are
    /// not among them.
    #[must_use]
    pub fn findings(&self) -> impl ExactSizeIterator<Item = &AuditFinding> {
        self.plan.findings()
    }

    /// How many findings of each check ended how, in the order of [`Check::ALL`]; checks without
    /// findings are left out.
    ///
    /// The cost is linear in the findings.
    #[must_use]
    pub fn statistics(&self) -> BTreeMap<Check, MitigationStatistics> {
        let mut by_check = BTreeMap::<_, MitigationStatistics>::new();
        for (check, count) in self.plan.left_out() {
            by_check.entry(check).or_default().add_skipped(count);
        }
        for (index, finding) in self.plan.findings().enumerate() {
            let counts = by_check.entry(finding.finding.check).or_default();
            self.executions.count(index, counts);
        }
        by_check
    }
}

const UNFIT: &str = "the resource of the finding is not of the kind that the action is for";
