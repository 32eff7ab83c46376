//! How far a job is, in numbers and without JSON; for the planner.

use iot_topics::Timestamp;

use super::Engine;
use super::effect::{Effect, Message};
use super::jobs::Job;
use super::settings::ends;
use crate::EndCounts;
use crate::status::{ExecutionStatus, JobStatus};
use crate::store::Record;

/// The counters of a job at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    pub(crate) status: JobStatus,
    pub(crate) queued: u32,
    pub(crate) in_progress: u32,
    pub(crate) succeeded: u32,
    pub(crate) canceled: u32,
    pub(crate) ends: EndCounts,
    /// Things that got an execution, retries aside.
    pub(crate) notified: u64,
    /// Things that wait for the rollout or, to be tried once more, for a window.
    pub(crate) waiting: u32,
    /// Its targets have been resolved.
    pub(crate) has_begun: bool,
    /// When its schedule ends, if it is to.
    pub(crate) end: Option<Timestamp>,
}

impl Progress {
    fn of(job: &Job) -> Self {
        let end = job.end.filter(|_| job.status.is_active());
        Self {
            status: job.status,
            queued: job.count(ExecutionStatus::Queued),
            in_progress: job.count(ExecutionStatus::InProgress),
            succeeded: job.count(ExecutionStatus::Succeeded),
            canceled: job.count(ExecutionStatus::Canceled),
            ends: ends(|status| job.count(status)),
            notified: job.notified,
            waiting: job.waiting.saturating_add(job.deferred),
            has_begun: job.start.is_none(),
            end: end.map(|end| Timestamp::from_secs(end.into())),
        }
    }
}

/// An execution that has come to the head of the list of its thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Next {
    /// Things are numbered from 0, in the order in which the engine met them.
    pub(crate) thing: u32,
    /// Which execution of its job on the thing.
    pub(crate) number: u32,
    pub(crate) queued_at: u32,
    /// How the execution before it ended, if it is a retry that has been queued this second, and
    /// not an older execution that is shown again.
    pub(crate) retried: Option<ExecutionStatus>,
}

impl Engine {
    /// In constant time, but for the look-up of the id.
    pub(crate) fn progress(&self, job: &str) -> Option<Progress> {
        let number = self.state.jobs.number(job)?;
        self.state.jobs.get(number).map(Progress::of)
    }

    /// Whether an execution can time out.
    pub(crate) fn has_timers(&self) -> bool {
        self.state.store.timers.first().is_some()
    }
}

impl Effect<'_> {
    /// The execution of which it tells a thing that it is next.
    pub(crate) fn next_execution(&self) -> Option<Next> {
        let Message::NotifyNext { head, .. } = self.message else {
            return None;
        };
        let store = &self.state.store;
        let record = store.get(head?)?;
        let before = record
            .number
            .checked_sub(1)
            .filter(|_| record.queued_at == self.now);
        let before = before.and_then(|before| store.find(record.job, record.thing, Some(before)));
        let before = before.and_then(|before| store.get(before));
        Some(Next {
            thing: record.thing,
            number: record.number,
            queued_at: record.queued_at,
            retried: before.and_then(Record::status),
        })
    }

    /// The counters of a job that is being canceled, while its executions are not canceled yet.
    pub(crate) fn cancellation(&self) -> Option<Progress> {
        match self.message {
            Message::JobEvent {
                job,
                operation: "cancellation_in_progress",
            } => self.state.jobs.get(job).map(Progress::of),
            _ => None,
        }
    }
}
