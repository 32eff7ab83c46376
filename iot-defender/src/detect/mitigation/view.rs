//! What the API tells of a task.

use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::DetectExecutionStatus;
use super::task::DetectMitigationTask;
use crate::audit::mitigation::executions::{reason, times};
use crate::audit::{ActionFailure, DefinedAction, ExecutionKey, ExecutionStatus, MitigationTaskId};

/// How many actions of a task ended how.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::DetectMitigationStatistics;
///
/// let statistics = DetectMitigationStatistics::default();
/// let json = serde_json::to_value(statistics).unwrap();
/// assert_eq!(json["actionsExecuted"], 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DetectMitigationStatistics {
    /// Those that are done.
    pub actions_executed: usize,
    /// Those that were not tried.
    pub actions_skipped: usize,
    /// Those that failed.
    pub actions_failed: usize,
}

/// One action on one violation, and how far it is.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectExecutionStatus, DetectMitigationTask};
///
/// /// What went wrong.
/// fn failure(task: &DetectMitigationTask) -> Option<String> {
///     let failed = task.executions().find(|it| it.status == DetectExecutionStatus::Failed)?;
///     Some(format!("{} of {}: {}", failed.action.action().name(), failed.device, failed.failure?.message()))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetectMitigationExecution<'a> {
    /// The task.
    pub task_id: &'a MitigationTaskId,
    /// The violation.
    pub violation_id: &'a str,
    /// The thing or the client id.
    pub device: &'a str,
    /// The action, as it was defined when the task started.
    pub action: &'a DefinedAction,
    /// How far it is.
    pub status: DetectExecutionStatus,
    /// When it started; `None` if it never did.
    pub start_time: Option<Timestamp>,
    /// When it ended; `None` while it runs, or if it never started.
    pub end_time: Option<Timestamp>,
    /// Why it failed.
    pub failure: Option<&'a ActionFailure>,
}

impl DetectMitigationExecution<'_> {
    /// What `ListDetectMitigationActionsExecutions` tells of it. Times are seconds with a fraction.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::DetectMitigationTask;
    ///
    /// fn print(task: &DetectMitigationTask) {
    ///     for execution in task.executions() {
    ///         println!("{}", execution.to_api_json());
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let mut execution = json!({
            "taskId": self.task_id,
            "violationId": self.violation_id,
            "actionName": self.action.action().name(),
            "thingName": self.device,
            "status": self.status,
        });
        if let Some(members) = execution.as_object_mut() {
            let names = ["executionStartDate", "executionEndDate"];
            times(members, names, self.start_time, self.end_time);
            reason(members, self.failure);
        }
        execution
    }
}

impl DetectMitigationTask {
    /// How many actions ended how. Linear in the violations.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::DetectMitigationTask;
    ///
    /// fn is_clean(task: &DetectMitigationTask) -> bool {
    ///     task.statistics().actions_failed == 0
    /// }
    /// ```
    #[must_use]
    pub fn statistics(&self) -> DetectMitigationStatistics {
        let mut counts = DetectMitigationStatistics {
            actions_skipped: self.plan.left_out * self.plan.definitions.len(),
            ..DetectMitigationStatistics::default()
        };
        for execution in self.executions() {
            match execution.status {
                DetectExecutionStatus::Successful => counts.actions_executed += 1,
                DetectExecutionStatus::Skipped => counts.actions_skipped += 1,
                DetectExecutionStatus::Failed => counts.actions_failed += 1,
                DetectExecutionStatus::InProgress => {}
            }
        }
        counts
    }

    /// The answer of `DescribeDetectMitigationActionsTask`. Times are seconds with a fraction.
    #[must_use]
    pub fn describe(&self) -> Value {
        json!({ "taskSummary": self.summary() })
    }

    pub(super) fn summary(&self) -> Value {
        let definitions = self.plan.definitions.iter().map(DefinedAction::definition);
        let mut summary = json!({
            "taskId": self.plan.request.task_id,
            "taskStatus": self.status(),
            "target": self.plan.request.target.to_json(),
            "onlyActiveViolationsIncluded": self.plan.request.only_active,
            "suppressedAlertsIncluded": self.plan.request.takes_suppressed(),
            "actionsDefinition": definitions.collect::<Vec<_>>(),
            "taskStatistics": self.statistics(),
        });
        if let Some(members) = summary.as_object_mut() {
            let names = ["taskStartTime", "taskEndTime"];
            self.executions.tell_times(names, members);
            let range = self.plan.request.range_json();
            members.extend(range.map(|range| ("violationEventOccurrenceRange".into(), range)));
        }
        summary
    }

    /// The executions, in the order of the violations and of the actions on each. What waits for
    /// its turn is not told.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectExecutionStatus, DetectMitigationTask};
    ///
    /// /// Which things are still where they were.
    /// fn left(task: &DetectMitigationTask) -> impl Iterator<Item = &str> {
    ///     let failed = task.executions().filter(|it| it.status == DetectExecutionStatus::Failed);
    ///     failed.map(|it| it.device)
    /// }
    /// ```
    pub fn executions(&self) -> impl Iterator<Item = DetectMitigationExecution<'_>> {
        self.keyed_executions().map(|(_, execution)| execution)
    }

    pub(super) fn keyed_executions(
        &self,
    ) -> impl Iterator<Item = (ExecutionKey, DetectMitigationExecution<'_>)> {
        let violations = self.plan.violations.iter().enumerate();
        violations.flat_map(move |(finding, chosen)| {
            let executions = self.executions.on(finding).zip(&self.plan.definitions);
            let told = executions.enumerate();
            told.filter_map(move |(action, ((status, attempt), defined))| {
                let execution = DetectMitigationExecution {
                    task_id: &self.plan.request.task_id,
                    violation_id: &chosen.id,
                    device: &chosen.device,
                    action: defined,
                    status: told_as(status)?,
                    start_time: attempt.start,
                    end_time: attempt.end,
                    failure: attempt.failure.as_ref(),
                };
                Some((ExecutionKey { finding, action }, execution))
            })
        })
    }
}

/// The word of Detect for a status; nothing for what waits.
const fn told_as(status: ExecutionStatus) -> Option<DetectExecutionStatus> {
    Some(match status {
        ExecutionStatus::Pending => return None,
        ExecutionStatus::InProgress => DetectExecutionStatus::InProgress,
        ExecutionStatus::Completed => DetectExecutionStatus::Successful,
        ExecutionStatus::Failed => DetectExecutionStatus::Failed,
        ExecutionStatus::Canceled | ExecutionStatus::Skipped => DetectExecutionStatus::Skipped,
    })
}
