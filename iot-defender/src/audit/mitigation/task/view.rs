//! What the API tells of a task.

use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use super::{ActionFailure, MitigationTask};
use crate::audit::id::FindingId;
use crate::audit::mitigation::actions::DefinedAction;
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
        let index = self.plan.index(finding_id);
        index
            .into_iter()
            .flat_map(|index| self.executions_at(index))
    }

    fn executions_at(&self, index: usize) -> impl Iterator<Item = MitigationExecution<'_>> {
        let check = self.plan.finding(index).map(|it| it.finding.check);
        let attempts = self.plan.attempts(index).iter().enumerate();
        let executions = attempts.zip(self.run.executions(index));
        executions.filter_map(move |((place, attempt), status)| {
            Some(MitigationExecution {
                action: self.action(check?, place)?,
                status,
                start_time: attempt.start,
                end_time: attempt.end,
                failure: attempt.failure.as_ref(),
            })
        })
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
        let executions = self.executions(finding_id);
        let executions = executions.filter(|it| status.is_none_or(|status| it.status == status));
        let metadata = executions.map(|execution| {
            let mut members = json!({
                "taskId": self.request.task_id(),
                "findingId": finding_id,
                "actionName": execution.action.action().name(),
                "actionId": execution.action.id(),
                "status": execution.status,
            });
            if let Some(members) = members.as_object_mut() {
                times(members, TIMES, execution.start_time, execution.end_time);
                if let Some(failure) = execution.failure {
                    members.insert("errorCode".into(), failure.code().into());
                    members.insert("message".into(), failure.message().into());
                }
            }
            members
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
            "target": self.request.target().to_json(),
            "auditCheckToActionsMapping": self.request.mapping_json(),
            "actionsDefinition": definitions.collect::<Vec<_>>(),
        });
        if let Some(members) = members.as_object_mut() {
            times(members, TIMES, Some(self.start_time), self.end_time);
        }
        members
    }

    /// What `ListAuditMitigationActionsTasks` tells of it.
    pub(in crate::audit::mitigation) fn metadata(&self) -> Value {
        json!({
            "taskId": self.request.task_id(),
            "startTime": seconds::write(self.start_time),
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

/// Adds the start and the end, as far as there are any, by these names.
pub(crate) fn times(
    members: &mut Map<alloc::string::String, Value>,
    names: [&str; 2],
    start: Option<Timestamp>,
    end: Option<Timestamp>,
) {
    for (name, time) in names.into_iter().zip([start, end]) {
        if let Some(time) = time {
            members.insert(name.into(), seconds::write(time));
        }
    }
}
