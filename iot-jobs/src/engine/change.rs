//! What changes an execution, and what things are told of it.

use super::Turn;
use super::device::event_of;
use super::effect::{Effect, Message};
use crate::status::{Cause, ExecutionStatus, JobStatus};
use crate::store::{Record, RecordState, Retries};

/// A thing before a change, so that it can be told what is different.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    thing: u32,
    head: Option<u32>,
}

impl Turn<'_> {
    pub(super) fn send(&mut self, message: Message<'_>) {
        self.sink.send(Effect {
            state: self.state,
            world: self.world,
            message,
            now: self.now,
        });
    }

    pub(super) fn before(&self, thing: u32) -> Before {
        let head = self.state.head(thing);
        Before { thing, head }
    }

    /// Tells a thing that its pending executions are others, if they are, and that the first of
    /// them is another one, if it is (developer guide, Jobs notifications).
    pub(super) fn notify(&mut self, before: Before, set_changed: bool) {
        let Before { thing, head } = before;
        if set_changed {
            self.send(Message::Notify { thing });
        }
        let now = self.state.head(thing);
        if now != head {
            self.send(Message::NotifyNext { thing, head: now });
        }
    }

    /// The same after an execution was queued, which stands behind all others of its thing: only
    /// if there are none it is the first, and need not be looked for.
    pub(super) fn notify_queued(&mut self, before: Before, queued: u32) {
        let Before { thing, head } = before;
        debug_assert_eq!(self.state.head(thing), head.or(Some(queued)));
        self.send(Message::Notify { thing });
        if head.is_none() {
            let head = Some(queued);
            self.send(Message::NotifyNext { thing, head });
        }
    }

    /// Tells that an execution has ended with this status.
    pub(super) fn end_event(&mut self, execution: u32, status: ExecutionStatus) {
        self.execution_event(execution, event_of(status), status);
    }

    /// Tells what has become of an execution that has this status, or had it, if it was deleted.
    pub(super) fn execution_event(
        &mut self,
        execution: u32,
        operation: &'static str,
        status: ExecutionStatus,
    ) {
        if self.state.events {
            self.state.events_sent += 1;
            self.send(Message::ExecutionEvent {
                execution,
                operation,
                status,
            });
        }
    }

    /// Tells which packages a thing has got with an execution that has succeeded.
    pub(super) fn installed(&mut self, execution: u32) {
        let record = self.state.store.get(execution);
        let job = record.and_then(|record| self.state.job_of(record));
        if job.is_some_and(|job| !job.document.packages().is_empty()) {
            self.send(Message::PackagesInstalled { execution });
        }
    }

    pub(super) fn job_event(&mut self, job: u32, operation: &'static str) {
        if self.state.events {
            self.state.events_sent += 1;
            self.send(Message::JobEvent { job, operation });
        }
    }

    /// Makes an execution of what waits for its rollout.
    pub(super) fn queue(&mut self, id: u32, number: u32, retries: Retries) {
        self.state.sequence = self.state.sequence.saturating_add(1);
        let (now, sequence) = (self.now, self.state.sequence);
        let store = &mut self.state.store;
        let job = store.change(id, |record| {
            record.state = RecordState::Is(ExecutionStatus::Queued);
            record.sequence = sequence;
            record.queued_at = now;
            record.updated_at = now;
            record.version = 1;
            record.number = number;
            record.retries = retries;
            record.job
        });
        let Some(job) = job.and_then(|job| self.state.jobs.get_mut(job)) else {
            return;
        };
        store.push(&mut job.executions, id);
        job.recount(None, Some(ExecutionStatus::Queued));
        if retries == Retries::default() {
            job.notified += 1;
        }
    }

    /// A new execution for a thing that need not wait for the rollout.
    pub(super) fn queue_new(&mut self, job: u32, thing: u32, retries: Retries) {
        let number = self.state.store.next_number(job, thing);
        let id = self.state.store.insert(Record::waiting(thing, job));
        self.queue(id, number, retries);
    }

    /// Ends a pending execution, if the table of states lets the cause do that; the caller tells
    /// the thing. Whether it has ended.
    pub(super) fn end(&mut self, id: u32, status: ExecutionStatus, cause: Cause) -> bool {
        let now = self.now;
        let Some(&Record { state, job, .. }) = self.state.store.get(id) else {
            return false;
        };
        let was = state.status().filter(|was| was.can_become(status, cause));
        if was.is_none() {
            return false;
        }
        self.state.store.change(id, |record| {
            record.state = match (status, cause) {
                (ExecutionStatus::Canceled, Cause::ForceCancel) => RecordState::ForceCanceled,
                _ => RecordState::Is(status),
            };
            record.updated_at = now;
            if status != ExecutionStatus::Removed {
                record.version = record.version.saturating_add(1);
            }
        });
        if let Some(job) = self.state.jobs.get_mut(job) {
            job.recount(was, Some(status));
        }
        true
    }

    /// Queues the next attempt of an execution that has just ended, if its job has one left.
    pub(super) fn retry(&mut self, id: u32) {
        let Some(record) = self.state.store.get(id) else {
            return;
        };
        let Record {
            job: number,
            thing,
            retries,
            ..
        } = *record;
        let (Some(status), Some(job)) = (record.status(), self.state.jobs.get_mut(number)) else {
            return;
        };
        if !job.is_open() || !job.config.allows_retry(status, retries) {
            return;
        }
        let retries = retries.next(status);
        if job.is_windowed() && job.status == JobStatus::Scheduled {
            self.state.defer(number, thing, retries);
        } else {
            self.queue_new(number, thing, retries);
        }
    }

    /// Cancels what is queued and, with force, what runs.
    pub(super) fn cancel_executions(&mut self, job: u32, force: bool) {
        let cause = if force {
            Cause::ForceCancel
        } else {
            Cause::Cancel
        };
        let Some(list) = self.state.jobs.get(job).map(|job| job.executions) else {
            return;
        };
        let mut next = crate::store::Store::first(list);
        while let Some(id) = next {
            next = self.state.store.after(id);
            self.cancel_one(id, cause);
        }
    }

    /// Cancels one execution, if the table of states lets that be. Whether it did.
    pub(super) fn cancel_one(&mut self, id: u32, cause: Cause) -> bool {
        let Some(record) = self.state.store.get(id) else {
            return false;
        };
        if !record
            .status()
            .is_some_and(|it| it.can_become(ExecutionStatus::Canceled, cause))
        {
            return false;
        }
        let shown = record.is_visible();
        let before = self.before(record.thing);
        self.end(id, ExecutionStatus::Canceled, cause);
        self.notify(before, shown);
        self.end_event(id, ExecutionStatus::Canceled);
        true
    }

    /// Drops what waits for the rollout or for the next window.
    pub(super) fn drop_waiting(&mut self, number: u32) {
        let state = &mut *self.state;
        let Some(job) = state.jobs.get_mut(number) else {
            return;
        };
        job.deferred = 0;
        job.waiting = 0;
        job.next_batch = None;
        for list in [&mut job.waiting_list, &mut job.deferred_list] {
            while let Some(id) = state.store.pop(list) {
                state.store.free(id);
            }
        }
    }

    /// What follows for the job from the end of an execution: abort, completion.
    pub(super) fn after_end(&mut self, number: u32) {
        self.abort_if_due(number);
        self.complete_if_done(number);
        self.state.jobs.note(number);
    }

    fn abort_if_due(&mut self, number: u32) {
        let Some(job) = self.state.jobs.get(number) else {
            return;
        };
        if job.status.is_active() && job.config.aborts(|status| job.count(status)) {
            let comment = "canceled by an abort criterion of the job";
            self.cancel_job(number, false, Some("ABORT_CANCEL"), Some(comment));
        }
    }

    /// Cancels an active job: at once, and then its executions.
    pub(super) fn cancel_job(
        &mut self,
        number: u32,
        force: bool,
        reason_code: Option<&str>,
        comment: Option<&str>,
    ) {
        if let Some(job) = self.state.jobs.get_mut(number) {
            job.status = JobStatus::Canceled;
            job.canceled = Some(force);
            job.reason_code = reason_code.map(Into::into);
            job.comment = comment.map(Into::into);
            job.start = None;
        }
        self.state.jobs.close(number, self.now);
        self.drop_waiting(number);
        self.job_event(number, "cancellation_in_progress");
        self.cancel_executions(number, force);
        if let Some(job) = self.state.jobs.get_mut(number) {
            job.hidden = false;
        }
        self.job_event(number, "canceled");
        self.state.forget_listener(number);
        self.state.jobs.note(number);
    }

    pub(super) fn complete_if_done(&mut self, number: u32) {
        let Some(job) = self.state.jobs.get_mut(number) else {
            return;
        };
        let may = job.ended || (!job.continuous && job.status == JobStatus::InProgress);
        if !job.status.is_active() || !may || !job.is_done() {
            return;
        }
        job.status = JobStatus::Completed;
        job.end = None;
        self.state.jobs.close(number, self.now);
        self.state.forget_listener(number);
        self.job_event(number, "completed");
    }
}
