//! The device plane: what requests of devices do. MQTT, HTTP and typed calls are three ways in.

pub(super) mod members;
mod mqtt;
mod rejection;
mod request;
mod shape;
mod typed;
mod view;

use alloc::boxed::Box;
use alloc::format;

pub use self::rejection::{ExecutionState, Rejection};
pub use self::request::{Describe, StartNext, Update};
pub(super) use self::shape::{LastStamps, Plane};
pub use self::view::ExecutionView;
pub(super) use self::view::seconds;
use super::Turn;
use super::change::Before;
use crate::reject::RejectCode;
use crate::status::{Cause, ExecutionStatus};
use crate::store::RecordState;
use crate::{StatusDetails, StepTimeout};

pub(super) const NO_EXECUTION: Rejection = Rejection::new(
    RejectCode::ResourceNotFound,
    "the thing has no such job execution",
);

/// What a device says of an execution that it starts or updates.
#[derive(Debug)]
struct Report {
    details: Option<Box<str>>,
    /// Minutes, or zero for a timer that is to be discarded.
    step: Option<u32>,
}

/// An accepted update, of which others are still to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Updated {
    pub(super) id: u32,
    before: Before,
    /// The status that it ended with.
    ends: Option<ExecutionStatus>,
}

impl Turn<'_> {
    /// The execution that runs now, if anything is pending.
    pub(super) fn start_next(
        &mut self,
        thing: &str,
        request: &StartNext,
    ) -> Result<Option<u32>, Rejection> {
        let report = self.report(request.status_details.as_ref(), request.step_timeout)?;
        let thing = self.state.store.thing(thing);
        let head = thing.and_then(|thing| self.state.head(thing));
        if let Some(id) = head {
            let queued = ExecutionStatus::Queued;
            if self.state.store.get(id).is_some_and(|it| it.is(queued)) {
                self.advance(id, report);
            }
        }
        Ok(head)
    }

    pub(super) fn describe(
        &self,
        thing: &str,
        request: &Describe<'_>,
    ) -> Result<Option<u32>, Rejection> {
        let Some(job) = request.job else {
            let thing = self.state.store.thing(thing);
            return Ok(thing.and_then(|thing| self.state.head(thing)));
        };
        let found = self.execution_of(thing, job, request.execution_number)?;
        let record = self.state.store.get(found).ok_or(NO_EXECUTION)?;
        if record.status().is_some_and(ExecutionStatus::is_terminal) {
            let message = "the job execution has ended";
            return Err(Rejection::new(RejectCode::TerminalStateReached, message));
        }
        if !record.is_visible() {
            return Err(NO_EXECUTION);
        }
        Ok(Some(found))
    }

    /// Does what the update asks for; [`finish`](Self::finish) must follow.
    pub(super) fn update(
        &mut self,
        thing: &str,
        job: &str,
        request: &Update,
    ) -> Result<Updated, Rejection> {
        let report = self.report(request.status_details.as_ref(), request.step_timeout)?;
        let status = request.status;
        if !status.is_settable_by_device() {
            let message = "a device cannot set this status";
            return Err(Rejection::new(RejectCode::InvalidStateTransition, message));
        }
        let id = self.execution_of(thing, job, request.execution_number)?;
        let record = self.state.store.get(id).ok_or(NO_EXECUTION)?;
        let refuse = |code, message| {
            let execution = self.state.view(id, self.now);
            Err(Rejection::new(code, message).with_state(execution))
        };
        let expected = request.expected_version;
        if expected.is_some_and(|expected| expected != u64::from(record.version)) {
            let message = "the job execution is not at the expected version";
            return refuse(RejectCode::VersionMismatch, message);
        }
        let may = |was: ExecutionStatus| was.can_become(status, Cause::Device);
        if !record.status().is_some_and(may) || !record.is_visible() {
            let message = "the state of the job execution does not allow it";
            return refuse(RejectCode::InvalidStateTransition, message);
        }
        let before = self.before(record.thing);
        let ends = status.is_terminal();
        if ends {
            self.conclude(id, status, report);
        } else {
            self.advance(id, report);
        }
        Ok(Updated {
            id,
            before,
            ends: ends.then_some(status),
        })
    }

    /// What follows an accepted update: the next attempt, the notifications, the event, and what
    /// it means for the job.
    pub(super) fn finish(&mut self, updated: Updated) {
        let Updated { id, before, ends } = updated;
        let Some(status) = ends else {
            self.notify(before, false);
            return;
        };
        self.retry(id);
        self.notify(before, true);
        self.end_event(id, status);
        if status == ExecutionStatus::Succeeded {
            self.installed(id);
        }
        if let Some(job) = self.state.store.get(id).map(|record| record.job) {
            self.after_end(job);
        }
    }

    /// Starts an execution, or takes a report of one that runs.
    fn advance(&mut self, id: u32, report: Report) {
        let now = self.now;
        let state = &mut *self.state;
        let running = ExecutionStatus::InProgress;
        let jobs = &mut state.jobs;
        state.store.change(id, |record| {
            if record.is(ExecutionStatus::Queued) {
                let job = jobs.get_mut(record.job);
                record.in_progress_minutes = job.map_or(0, |job| {
                    job.recount(Some(ExecutionStatus::Queued), Some(running));
                    job.config.in_progress_minutes()
                });
                record.state = RecordState::Is(running);
                record.started_at = now;
            }
            record.updated_at = now;
            record.version = record.version.saturating_add(1);
            match report.step {
                Some(0) => record.step_deadline = 0,
                Some(step) => record.step_deadline = now.saturating_add(step.saturating_mul(60)),
                None => {}
            }
        });
        if let Some(details) = report.details {
            state.store.set_details(id, details);
        }
        state.arm(id);
    }

    /// Takes the last report of an execution.
    fn conclude(&mut self, id: u32, status: ExecutionStatus, report: Report) {
        let now = self.now;
        if status != ExecutionStatus::Rejected {
            self.state.store.change(id, |record| {
                if record.started_at == 0 {
                    record.started_at = now;
                }
            });
        }
        self.end(id, status, Cause::Device);
        if let Some(details) = report.details {
            self.state.store.set_details(id, details);
        }
    }

    fn execution_of(&self, thing: &str, job: &str, number: Option<u32>) -> Result<u32, Rejection> {
        let thing = self.state.store.thing(thing);
        let found = thing.zip(self.state.jobs.number(job));
        found
            .and_then(|(thing, job)| self.state.store.find(job, thing, number))
            .ok_or(NO_EXECUTION)
    }

    fn report(
        &self,
        details: Option<&StatusDetails>,
        step: Option<StepTimeout>,
    ) -> Result<Report, Rejection> {
        let most = self.state.limits.timeout_minutes;
        let step = match step {
            Some(StepTimeout::Minutes(minutes)) if !(1..=most).contains(&minutes) => {
                let message = format!("`stepTimeoutInMinutes` must be from 1 to {most}");
                return Err(Rejection::invalid(message));
            }
            Some(StepTimeout::Minutes(minutes)) => Some(minutes),
            Some(StepTimeout::Discard) => Some(0),
            None => None,
        };
        Ok(Report {
            details: details.map(|details| details.to_text().into()),
            step,
        })
    }
}

/// The operation of the event of an end.
pub(super) const fn event_of(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Succeeded => "succeeded",
        ExecutionStatus::Failed => "failed",
        ExecutionStatus::Rejected => "rejected",
        ExecutionStatus::TimedOut => "timed_out",
        ExecutionStatus::Removed => "removed",
        ExecutionStatus::Canceled => "canceled",
        ExecutionStatus::Queued | ExecutionStatus::InProgress => "",
    }
}
