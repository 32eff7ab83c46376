//! What the API tells of a task.

use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use super::MitigationTask;
use crate::audit::id::{FindingId, MitigationTaskId};
use crate::audit::mitigation::actions::DefinedAction;
use crate::audit::mitigation::executions::{ActionFailure, ExecutionKey, reason, times};
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
    /// The task.
    pub task_id: &'a MitigationTaskId,
    /// The finding.
    pub finding_id: &'a FindingId,
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

impl MitigationExecution<'_> {
    /// What `ListAuditMitigationActionsExecutions` tells of it. Times are seconds with a fraction.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::MitigationTask;
    ///
    /// fn print(task: &MitigationTask) {
    ///     for finding in task.findings() {
    ///         for execution in task.executions(&finding.finding_id) {
    ///             println!("{}", execution.to_api_json());
    ///         }
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let mut metadata = json!({
            "taskId": self.task_id,
            "findingId": self.finding_id,
            "actionName": self.action.action().name(),
            "actionId": self.action.id(),
            "status": self.status,
        });
        if let Some(members) = metadata.as_object_mut() {
            times(members, TIMES, self.start_time, self.end_time);
            reason(members, self.failure);
        }
        metadata
    }
}

impl MitigationTask {
    /// The executions on a finding, in the order of its actions: at most five. None for a finding
    /// that the task does not work on.
    pub fn executions(
        &self,
        finding_id: &FindingId,
    ) -> impl Iterator<Item = MitigationExecution<'_>> {
        let on_finding = move |place| {
            let executions = self.executions.on(place).enumerate();
            executions.filter_map(move |(action, (status, attempt))| {
                let key = ExecutionKey {
                    finding: place,
                    action,
                };
                Some(MitigationExecution {
                    task_id: self.request().task_id(),
                    finding_id: self.plan.finding_id(place)?,
                    action: self.plan.action(key)?,
                    status,
                    start_time: attempt.start,
                    end_time: attempt.end,
                    failure: attempt.failure.as_ref(),
                })
            })
        };
        self.plan.index(finding_id).into_iter().flat_map(on_finding)
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
