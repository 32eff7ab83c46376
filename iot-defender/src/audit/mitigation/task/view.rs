//! What the API tells of a task.

use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use super::MitigationTask;
use crate::audit::id::FindingId;
use crate::audit::mitigation::actions::DefinedAction;
use crate::audit::mitigation::executions::{ActionFailure, Attempt, ExecutionKey};
use crate::audit::mitigation::run::ExecutionStatus;
use crate::audit::seconds;

/// One action on one finding, and how far it is.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ExecutionStatus, MitigationTask};
///
/// /// What went wrong about a finding.
/// fn failure(task: &MitigationTask, finding: &str) -> Option<String> {
///     let finding = finding.parse().ok()?;
///     let mut executions = task.executions(&finding);
///     let failed = executions.find(|it| it.status == ExecutionStatus::Failed)?;
///     Some(format!("{}: {}", failed.action.action().name(), failed.failure?.message()))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MitigationExecution<'a> {
    /// The action, as it was defined when the task started.
    pub action: &'a DefinedAction,
    /// How far it is.
    pub status: ExecutionStatus,
    /// When it started; `None` if it never did.
    pub start_time: Option<Timestamp>,
    /// When it ended; `None` while it runs, or if it never started.
    pub end_time: Option<Timestamp>,
    /// Why it failed.
    pub failure: Option<&'a ActionFailure>,
}

impl MitigationTask {
    /// The executions on a finding, in the order of its actions: at most five. None for a finding
    /// that the task does not work on.
    pub fn executions(
        &self,
        finding_id: &FindingId,
    ) -> impl Iterator<Item = MitigationExecution<'_>> {
        let told = self.told(finding_id);
        told.map(|(action, status, attempt)| MitigationExecution {
            action,
            status,
            start_time: attempt.start,
            end_time: attempt.end,
            failure: attempt.failure.as_ref(),
        })
    }

    fn told(
        &self,
        finding_id: &FindingId,
    ) -> impl Iterator<Item = (&DefinedAction, ExecutionStatus, &Attempt)> {
        let on_finding = move |finding| {
            let executions = self.executions.on(finding).enumerate();
            executions.filter_map(move |(action, (status, attempt))| {
                let action = self.plan.action(ExecutionKey { finding, action })?;
                Some((action, status, attempt))
            })
        };
        self.plan.index(finding_id).into_iter().flat_map(on_finding)
    }

    /// The answer of `ListAuditMitigationActionsExecutions` for a finding, of one status if one is
    /// given. There are at most five: they come on one page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::MitigationTask;
    ///
    /// fn print(task: &MitigationTask) {
    ///     for finding in task.findings() {
    ///         println!("{}", task.list_executions(&finding.finding_id, None));
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn list_executions(
        &self,
        finding_id: &FindingId,
        status: Option<ExecutionStatus>,
    ) -> Value {
        let told = self.told(finding_id);
        let asked = told.filter(|(_, found, _)| status.is_none_or(|status| *found == status));
        let metadata = asked.map(|(action, status, attempt)| {
            let mut metadata = json!({
                "taskId": self.request().task_id(),
                "findingId": finding_id,
                "actionName": action.action().name(),
                "actionId": action.id(),
                "status": status,
            });
            if let Some(members) = metadata.as_object_mut() {
                attempt.tell(TIMES, members);
            }
            metadata
        });
        json!({ "actionsExecutions": metadata.collect::<Vec<_>>() })
    }

    /// The answer of `DescribeAuditMitigationActionsTask`. Times are seconds with a fraction.
    #[must_use]
    pub fn describe(&self) -> Value {
        let statistics = self.statistics().into_iter();
        let statistics: Map<_, _> = statistics
            .map(|(check, counts)| (check.as_str().into(), json!(counts)))
            .collect();
        let definitions = self.plan.definitions().map(DefinedAction::definition);
        let mut members = json!({
            "taskStatus": self.status(),
            "taskStatistics": statistics,
            "target": self.request().target().to_json(),
            "auditCheckToActionsMapping": self.request().mapping_json(),
            "actionsDefinition": definitions.collect::<Vec<_>>(),
        });
        if let Some(members) = members.as_object_mut() {
            self.executions.tell_times(TIMES, members);
        }
        members
    }

    /// What `ListAuditMitigationActionsTasks` tells of it.
    pub(in crate::audit::mitigation) fn metadata(&self) -> Value {
        json!({
            "taskId": self.request().task_id(),
            "startTime": seconds::write(self.start_time()),
            "taskStatus": self.status(),
        })
    }

    /// Whether it works on the finding.
    pub(in crate::audit::mitigation) fn works_on(&self, finding_id: &FindingId) -> bool {
        self.plan.index(finding_id).is_some()
    }
}

/// How the API calls a start and an end.
const TIMES: [&str; 2] = ["startTime", "endTime"];
