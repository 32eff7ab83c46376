//! What the configuration of a job says to the engine.

use iot_topics::Timestamp;

use super::jobs::NEVER;
use crate::config::JobConfig;
use crate::status::ExecutionStatus;
use crate::store::Retries;
use crate::{EndBehavior, EndCounts, RetryEnd, RetryFailure};

#[derive(Clone, Debug)]
pub(super) struct Settings(pub(super) JobConfig);

impl Settings {
    /// The in-progress timer; zero for none.
    pub(super) fn in_progress_minutes(&self) -> u16 {
        let minutes = self.0.timeout.in_progress_minutes();
        minutes
            .and_then(|minutes| u16::try_from(minutes).ok())
            .unwrap_or_default()
    }

    /// Whether an execution that ended like this, after so many retries, is tried once more.
    pub(super) fn allows_retry(&self, status: ExecutionStatus, retries: Retries) -> bool {
        let end = match status {
            ExecutionStatus::Failed => RetryEnd::Failed,
            ExecutionStatus::TimedOut => RetryEnd::TimedOut,
            _ => return false,
        };
        let matching = self.0.retry.as_ref().and_then(|retry| retry.matching(end));
        matching.is_some_and(|(_, criterion)| {
            let used = match criterion.failure() {
                RetryFailure::Failed => retries.after_failure(),
                RetryFailure::TimedOut => retries.after_timeout(),
                RetryFailure::All => retries.total(),
            };
            u32::from(used) < criterion.retries()
        })
    }

    /// Whether an abort criterion fires at these counts.
    pub(super) fn aborts(&self, count: impl Fn(ExecutionStatus) -> u32) -> bool {
        let Some(abort) = &self.0.abort else {
            return false;
        };
        abort.fires(&ends(count)).is_some()
    }

    /// How many executions the next batch has.
    pub(super) fn rate(&self, notified: u64, succeeded: u64) -> u32 {
        self.0.rollout.rate(notified, succeeded)
    }

    pub(super) fn is_windowed(&self) -> bool {
        self.0.schedule.is_windowed()
    }

    /// When the rollout starts, if not at once: with windows, when the first of them opens.
    pub(super) fn start(&self) -> Option<u32> {
        let start = self.0.schedule.start()?.timestamp();
        if !self.is_windowed() {
            return Some(seconds(start));
        }
        // Windows that never open are a start that never comes.
        let opens = self.0.schedule.openings(start).next();
        Some(opens.map_or(NEVER, |opening| seconds(opening.opens())))
    }

    pub(super) fn end(&self) -> Option<u32> {
        self.0.schedule.end().map(|end| seconds(end.timestamp()))
    }

    /// Whether the end cancels, and if so whether with force.
    pub(super) const fn end_behavior(&self) -> Option<bool> {
        match self.0.schedule.end_behavior() {
            EndBehavior::StopRollout => None,
            EndBehavior::Cancel => Some(false),
            EndBehavior::ForceCancel => Some(true),
        }
    }

    /// Whether a window is open, and when that changes.
    pub(super) fn window(&self, now: u32) -> (bool, Option<u32>) {
        let now = Timestamp::from_secs(now.into());
        let schedule = &self.0.schedule;
        match schedule.open_at(now) {
            Some(opening) => (true, opening.closes().map(seconds)),
            None => {
                let next = schedule.openings(now).next();
                (false, next.map(|opening| seconds(opening.opens())))
            }
        }
    }
}

/// The ends that abort criteria judge.
pub(super) fn ends(count: impl Fn(ExecutionStatus) -> u32) -> EndCounts {
    let ended = ExecutionStatus::ALL
        .into_iter()
        .filter(|status| status.is_terminal());
    EndCounts {
        done: ended.map(|status| u64::from(count(status))).sum(),
        failed: count(ExecutionStatus::Failed).into(),
        rejected: count(ExecutionStatus::Rejected).into(),
        timed_out: count(ExecutionStatus::TimedOut).into(),
    }
}

fn seconds(time: Timestamp) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}
