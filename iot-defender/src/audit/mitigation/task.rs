//! Mitigation tasks: a request, the findings that it chose, and how far each action is.
//!
//! Source: API reference, `StartAuditMitigationActionsTask`,
//! `DescribeAuditMitigationActionsTask`, `ListAuditMitigationActionsExecutions`.

mod plan;
pub(crate) mod view;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::{CertificateId, ThingName, Timestamp};

use self::plan::Plan;
use super::actions::{DefinedAction, MitigationActions};
use super::effect::MitigationEffect;
use super::error::MitigationRequestError;
use super::run::{MitigationRun, MitigationStatistics};
use super::start::MitigationTaskRequest;
use crate::audit::audit_finding::AuditFinding;
use crate::audit::check::Check;
use crate::audit::id::FindingId;
use crate::audit::task::TaskStatus;
pub use view::MitigationExecution;

/// Which execution of a task: one action on one finding, or one violation.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::ExecutionKey;
///
/// fn is_copy<T: Copy + Ord>() {}
/// is_copy::<ExecutionKey>(); // a caller that does many at once keeps them in a map
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutionKey {
    /// The place of the finding, or of the violation.
    pub(crate) finding: usize,
    pub(crate) action: usize,
}

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

/// Why an action failed, as executions are listed with it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::ActionFailure;
///
/// let failure = ActionFailure::new("AccessDeniedException", "the role may not do that");
/// assert_eq!(failure.code(), "AccessDeniedException");
/// assert_eq!(failure.message(), "the role may not do that");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ActionFailure {
    code: String,
    message: String,
}

impl ActionFailure {
    /// A code and a text; of that the first 2048 characters are kept.
    #[must_use]
    pub fn new(code: &str, message: &str) -> Self {
        Self {
            code: code.into(),
            message: message.chars().take(MAX_MESSAGE).collect(),
        }
    }

    /// `errorCode`.
    #[must_use]
    pub const fn code(&self) -> &str {
        self.code.as_str()
    }

    /// `message`.
    #[must_use]
    pub const fn message(&self) -> &str {
        self.message.as_str()
    }
}

const MAX_MESSAGE: usize = 2048;

/// The times of an execution, and why it failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) start: Option<Timestamp>,
    pub(crate) end: Option<Timestamp>,
    pub(crate) failure: Option<ActionFailure>,
}

/// A mitigation task: it tells what is to be done next, and is told how that went.
///
/// The order of findings is fixed: by check, resource, reason and id, in whatever order they were
/// given. The actions on a finding run in the order of the request; several findings may be worked
/// on at once. When an action fails, the later ones on that finding are skipped and other findings
/// go on; nothing is taken back. Suppressed findings are not touched and not counted. Findings of
/// checks that are not mapped, and those that the filter of the target leaves out, are counted as
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
    request: MitigationTaskRequest,
    plan: Plan,
    run: MitigationRun,
    start_time: Timestamp,
    end_time: Option<Timestamp>,
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
        let plan = Plan::new(&request, actions, findings)?;
        let checks = plan.findings().map(|finding| finding.finding.check);
        let run = MitigationRun::new(checks.map(|check| request.actions_for(check).len()));
        let mut task = Self {
            request,
            plan,
            run,
            start_time: now,
            end_time: None,
        };
        task.note_end(now);
        Ok(task)
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
        while let Some((finding, action)) = self.run.start_next() {
            let key = ExecutionKey { finding, action };
            if let Some(attempt) = self.plan.attempt(key) {
                attempt.start = Some(now);
            }
            let step = self.step(key, &mut things_of);
            if step.is_some() {
                return step;
            }
            let failure = ActionFailure::new(
                "InvalidRequestException",
                "the resource of the finding is not of the kind that the action is for",
            );
            self.finish(key, Err(failure), now);
        }
        None
    }

    fn step(
        &self,
        key: ExecutionKey,
        things_of: impl FnOnce(&CertificateId) -> Vec<ThingName>,
    ) -> Option<MitigationStep> {
        let chosen = self.plan.finding(key.finding)?;
        let defined = self.action(chosen.finding.check, key.action)?;
        let params = defined.action().params();
        Some(MitigationStep {
            key,
            finding_id: chosen.finding_id.clone(),
            action: defined.action().name().to_string(),
            role_arn: defined.action().role_arn().to_string(),
            effect: MitigationEffect::of(chosen, params, things_of)?,
        })
    }

    /// The action that comes at this place for findings of a check.
    fn action(&self, check: Check, place: usize) -> Option<&DefinedAction> {
        let name = self.request.actions_for(check).get(place)?;
        self.plan.definition(name)
    }

    /// Tells how an action went that was started. `false`, and nothing changes, if it does not
    /// run: it was told before, or the task was canceled.
    pub fn finish(
        &mut self,
        key: ExecutionKey,
        outcome: Result<(), ActionFailure>,
        now: Timestamp,
    ) -> bool {
        if !self.run.finish(key.finding, key.action, outcome.is_ok()) {
            return false;
        }
        if let Some(attempt) = self.plan.attempt(key) {
            attempt.end = Some(now);
            attempt.failure = outcome.err();
        }
        self.note_end(now);
        true
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
        if !self.run.cancel() {
            return Err(MitigationRequestError::NotRunning(self.status()));
        }
        self.plan.end_open(now);
        self.note_end(now);
        Ok(())
    }

    fn note_end(&mut self, now: Timestamp) {
        if self.status() != TaskStatus::InProgress {
            self.end_time.get_or_insert(now);
        }
    }

    /// What started it.
    #[must_use]
    pub const fn request(&self) -> &MitigationTaskRequest {
        &self.request
    }

    /// How far it is: failed, if an action failed on any finding.
    #[must_use]
    pub const fn status(&self) -> TaskStatus {
        self.run.status()
    }

    /// When it started.
    #[must_use]
    pub const fn start_time(&self) -> Timestamp {
        self.start_time
    }

    /// When it was completed or canceled; `None` while it runs.
    #[must_use]
    pub const fn end_time(&self) -> Option<Timestamp> {
        self.end_time
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
    pub fn statistics(&self) -> alloc::collections::BTreeMap<Check, MitigationStatistics> {
        let mut by_check = alloc::collections::BTreeMap::<_, MitigationStatistics>::new();
        for (check, count) in self.plan.left_out() {
            by_check.entry(check).or_default().add_skipped(count);
        }
        for (index, finding) in self.plan.findings().enumerate() {
            let counts = by_check.entry(finding.finding.check).or_default();
            self.run.count(index, counts);
        }
        by_check
    }
}
