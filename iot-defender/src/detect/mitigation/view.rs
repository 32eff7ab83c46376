//! What the API tells of a task.

use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::DetectExecutionStatus;
use super::task::DetectMitigationTask;
use crate::audit::{DefinedAction, ExecutionStatus};

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
        for place in 0..self.plan.violations.len() {
            for (status, _) in self.executions.on(place) {
                match told(status) {
                    Some(DetectExecutionStatus::Successful) => counts.actions_executed += 1,
                    Some(DetectExecutionStatus::Skipped) => counts.actions_skipped += 1,
                    Some(DetectExecutionStatus::Failed) => counts.actions_failed += 1,
                    Some(DetectExecutionStatus::InProgress) | None => {}
                }
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

    /// Adds the executions of a violation or a thing that began at a time that is asked for. What
    /// waits for its turn is not told.
    pub(super) fn list_executions(
        &self,
        violation_id: Option<&str>,
        thing: Option<&str>,
        is_listed: impl Fn(Option<Timestamp>) -> bool,
        listed: &mut Vec<Value>,
    ) {
        for (place, chosen) in self.plan.violations.iter().enumerate() {
            if violation_id.is_some_and(|id| id != chosen.id)
                || thing.is_some_and(|thing| thing != chosen.device)
            {
                continue;
            }
            let executions = self.executions.on(place).zip(&self.plan.definitions);
            for ((status, attempt), defined) in executions {
                let Some(status) = told(status).filter(|_| is_listed(attempt.start)) else {
                    continue;
                };
                let mut execution = json!({
                    "taskId": self.plan.request.task_id,
                    "violationId": chosen.id,
                    "actionName": defined.action().name(),
                    "thingName": chosen.device,
                    "status": status,
                });
                if let Some(members) = execution.as_object_mut() {
                    attempt.tell(["executionStartDate", "executionEndDate"], members);
                }
                listed.push(execution);
            }
        }
    }
}

/// The word of Detect for a status; nothing for what waits.
const fn told(status: ExecutionStatus) -> Option<DetectExecutionStatus> {
    Some(match status {
        ExecutionStatus::Pending => return None,
        ExecutionStatus::InProgress => DetectExecutionStatus::InProgress,
        ExecutionStatus::Completed => DetectExecutionStatus::Successful,
        ExecutionStatus::Failed => DetectExecutionStatus::Failed,
        ExecutionStatus::Canceled | ExecutionStatus::Skipped => DetectExecutionStatus::Skipped,
    })
}
