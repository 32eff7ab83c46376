//! Actions applied to findings, one after the other.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::audit::task::TaskStatus;
use crate::words::words;

words! {
    audit:
    /// The status of one action on one finding.
    pub enum ExecutionStatus {
        /// It runs.
        InProgress = "IN_PROGRESS",
        /// It is done.
        Completed = "COMPLETED",
        /// It failed.
        Failed = "FAILED",
        /// The task was canceled before it was done.
        Canceled = "CANCELED",
        /// An action before it failed on the finding.
        Skipped = "SKIPPED",
        /// It waits for its turn.
        Pending = "PENDING",
    }
}

/// A task of mitigation as data: the caller takes what is next, does it, and tells how it went.
///
/// The actions on a finding run in their order. If one fails, the later ones on that finding are
/// skipped; other findings go on. Nothing is taken back. Suppressed findings are not given to it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ExecutionStatus, MitigationRun, TaskStatus};
///
/// let mut run = MitigationRun::new([2, 1]); // two actions on one finding, one on another
/// assert_eq!(run.start_next(), Some((0, 0)));
/// run.finish(0, 0, false);
/// assert_eq!(run.start_next(), Some((1, 0)));
/// run.finish(1, 0, true);
/// assert_eq!(run.start_next(), None);
///
/// let first: Vec<_> = run.executions(0).collect();
/// assert_eq!(first, [ExecutionStatus::Failed, ExecutionStatus::Skipped]);
/// assert_eq!(run.status(), TaskStatus::Failed);
/// assert_eq!(run.statistics().succeeded_findings_count, 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MitigationRun {
    findings: Vec<Vec<ExecutionStatus>>,
    /// No execution waits in a finding before this one.
    waiting: usize,
    /// Executions that wait or run.
    open: usize,
    has_failed: bool,
    is_canceled: bool,
}

impl MitigationRun {
    /// A task with so many actions for each finding.
    #[must_use]
    pub fn new(actions: impl IntoIterator<Item = usize>) -> Self {
        let pending = |actions| alloc::vec![ExecutionStatus::Pending; actions];
        let findings: Vec<_> = actions.into_iter().map(pending).collect();
        Self {
            open: findings.iter().map(Vec::len).sum(),
            findings,
            waiting: 0,
            has_failed: false,
            is_canceled: false,
        }
    }

    /// Starts the next action whose turn has come: the finding and the action, each from 0. An
    /// action waits for the one before it on the same finding, not for other findings.
    ///
    /// The cost is linear in the findings that run at once.
    pub fn start_next(&mut self) -> Option<(usize, usize)> {
        let done = self.findings.iter().skip(self.waiting);
        self.waiting += done
            .take_while(|executions| !executions.contains(&ExecutionStatus::Pending))
            .count();
        let findings = self.findings.iter_mut().enumerate().skip(self.waiting);
        for (finding, executions) in findings {
            let mut open = executions
                .iter_mut()
                .enumerate()
                .skip_while(|(_, status)| **status == ExecutionStatus::Completed);
            if let Some((action, status)) = open.next()
                && *status == ExecutionStatus::Pending
            {
                *status = ExecutionStatus::InProgress;
                return Some((finding, action));
            }
        }
        None
    }

    /// Tells how an action went that was started. `false`, and nothing changes, if it does not
    /// run.
    pub fn finish(&mut self, finding: usize, action: usize, succeeded: bool) -> bool {
        let executions = self.findings.get_mut(finding).into_iter().flatten();
        let mut executions = executions.skip(action);
        let status = executions.next();
        let Some(status) = status.filter(|status| **status == ExecutionStatus::InProgress) else {
            return false;
        };
        self.open -= 1;
        if succeeded {
            *status = ExecutionStatus::Completed;
        } else {
            *status = ExecutionStatus::Failed;
            self.has_failed = true;
            for later in executions {
                *later = ExecutionStatus::Skipped;
                self.open -= 1;
            }
        }
        true
    }

    /// Cancels what is not done. What is done stays done. `false`, and nothing changes, if the
    /// task does not run.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{MitigationRun, TaskStatus};
    ///
    /// let mut run = MitigationRun::new([1]);
    /// assert!(run.cancel());
    /// assert!(!run.cancel());
    /// assert_eq!(run.status(), TaskStatus::Canceled);
    /// assert_eq!(run.statistics().canceled_findings_count, 1);
    /// ```
    pub fn cancel(&mut self) -> bool {
        if self.status() != TaskStatus::InProgress {
            return false;
        }
        for status in self.findings.iter_mut().flatten() {
            if is_open(*status) {
                *status = ExecutionStatus::Canceled;
            }
        }
        self.open = 0;
        self.is_canceled = true;
        true
    }

    /// The status of each action on a finding; none, if there is no such finding.
    pub fn executions(&self, finding: usize) -> impl Iterator<Item = ExecutionStatus> {
        self.findings.get(finding).into_iter().flatten().copied()
    }

    /// The status of the task: failed, if an action failed on any finding.
    #[must_use]
    pub const fn status(&self) -> TaskStatus {
        if self.is_canceled {
            TaskStatus::Canceled
        } else if self.open > 0 {
            TaskStatus::InProgress
        } else if self.has_failed {
            TaskStatus::Failed
        } else {
            TaskStatus::Completed
        }
    }

    /// Counts one finding.
    pub(super) fn count(&self, finding: usize, counts: &mut MitigationStatistics) {
        counts.add(self.findings.get(finding).map_or(&[], Vec::as_slice));
    }

    /// How many findings ended how.
    #[must_use]
    pub fn statistics(&self) -> MitigationStatistics {
        let mut counts = MitigationStatistics::default();
        for executions in &self.findings {
            counts.add(executions);
        }
        counts
    }
}

const fn is_open(status: ExecutionStatus) -> bool {
    matches!(
        status,
        ExecutionStatus::Pending | ExecutionStatus::InProgress
    )
}

/// How many findings ended how. A finding without actions is skipped.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::MitigationRun;
///
/// let statistics = MitigationRun::new([1, 0]).statistics();
/// assert_eq!(statistics.total_findings_count, 2);
/// assert_eq!(statistics.skipped_findings_count, 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MitigationStatistics {
    /// All.
    pub total_findings_count: usize,
    /// Those on which an action failed.
    pub failed_findings_count: usize,
    /// Those on which all actions are done.
    pub succeeded_findings_count: usize,
    /// Those on which nothing was done.
    pub skipped_findings_count: usize,
    /// Those on which an action was canceled, and none failed.
    pub canceled_findings_count: usize,
}

impl MitigationStatistics {
    /// Counts a finding by the executions on it.
    fn add(&mut self, executions: &[ExecutionStatus]) {
        self.total_findings_count += 1;
        let has = |status| executions.contains(&status);
        if has(ExecutionStatus::Failed) {
            self.failed_findings_count += 1;
        } else if has(ExecutionStatus::Canceled) {
            self.canceled_findings_count += 1;
        } else if has(ExecutionStatus::Skipped) || executions.is_empty() {
            self.skipped_findings_count += 1;
        } else if !executions.iter().copied().any(is_open) {
            self.succeeded_findings_count += 1;
        }
    }

    /// Counts findings on which nothing is to be done.
    pub(super) const fn add_skipped(&mut self, findings: usize) {
        self.total_findings_count += findings;
        self.skipped_findings_count += findings;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However the actions go, and whenever it is canceled, the run ends, and nothing is done
        /// on a finding behind a failure.
        #[test]
        fn runs_end(
            actions in proptest::collection::vec(0_usize..5, 0..8),
            outcomes in proptest::collection::vec(prop::option::weighted(0.95, any::<bool>()), 0..60),
        ) {
            let mut run = MitigationRun::new(actions);
            for outcome in outcomes {
                let Some((finding, action)) = run.start_next() else { break };
                match outcome {
                    Some(succeeded) => prop_assert!(run.finish(finding, action, succeeded)),
                    None => prop_assert!(run.cancel()),
                };
                prop_assert!(!run.finish(finding, action, true), "it is over");
            }
            while let Some((finding, action)) = run.start_next() {
                run.finish(finding, action, true);
            }
            prop_assert_ne!(run.status(), TaskStatus::InProgress);
            let failed = run.findings.iter().flatten().any(|it| *it == ExecutionStatus::Failed);
            let canceled = run.findings.iter().flatten().any(|it| *it == ExecutionStatus::Canceled);
            let expected = match (canceled, failed) {
                (true, _) => TaskStatus::Canceled,
                (false, true) => TaskStatus::Failed,
                (false, false) => TaskStatus::Completed,
            };
            prop_assert_eq!(run.status(), expected);
            for finding in 0..run.findings.len() {
                let behind = run
                    .executions(finding)
                    .skip_while(|status| *status != ExecutionStatus::Failed)
                    .skip(1);
                prop_assert!(behind.into_iter().all(|status| status == ExecutionStatus::Skipped));
            }
            let counts = run.statistics();
            prop_assert_eq!(
                counts.total_findings_count,
                counts.failed_findings_count
                    + counts.succeeded_findings_count
                    + counts.skipped_findings_count
                    + counts.canceled_findings_count
            );
        }
    }
}
