//! The calendar of a job: start, batches, windows, end.

use iot_topics::ThingName;

use super::Turn;
use super::jobs::{NEVER, Target};
use crate::status::{ExecutionStatus, JobStatus};
use crate::store::{JobList, Record, RecordState, Retries, Store};

/// Seconds between two batches.
const BATCH_EVERY: u32 = 60;

/// What is due of a job, in the order in which it is done within one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Start,
    End,
    Window,
    Batch,
}

impl Turn<'_> {
    /// Runs what is due of one job, once.
    pub(super) fn job_due(&mut self, number: u32) {
        let now = self.now;
        let due = self.state.jobs.get(number).and_then(|job| {
            let batch = job.next_batch.filter(|_| job.is_rolling_out());
            let all = [
                (job.start, Due::Start),
                (job.end, Due::End),
                (job.window_change, Due::Window),
                (batch, Due::Batch),
            ];
            let all = all.into_iter().filter_map(|(at, due)| Some((at?, due)));
            all.filter(|(at, _)| *at <= now).min()
        });
        match due {
            Some((_, Due::Start)) => self.start_job(number),
            Some((_, Due::End)) => self.end_job(number),
            Some((_, Due::Window)) => self.change_window(number),
            Some((_, Due::Batch)) => self.roll_out(number),
            None => {}
        }
        self.state.jobs.note(number);
    }

    /// Resolves the targets and sends out the first batch.
    pub(super) fn start_job(&mut self, number: u32) {
        let now = self.now;
        let at_limit = self.state.jobs.concurrent() >= self.state.limits.concurrent_jobs;
        let Some(job) = self.state.jobs.get_mut(number) else {
            return;
        };
        job.start = None;
        if job.is_windowed() {
            let (open, change) = job.config.window(now);
            if !open {
                // The opening was missed; the next one starts it.
                job.start = Some(change.unwrap_or(NEVER));
                return;
            }
            job.window_change = change;
        }
        if at_limit && job.is_windowed() {
            let comment = "canceled, as too many jobs were rolling out at its start";
            return self.cancel_job(number, false, None, Some(comment));
        }
        if job.status == JobStatus::Scheduled {
            job.status = JobStatus::InProgress;
            job.updated_at = now;
        }
        job.next_batch = Some(now);
        for target in job.targets.clone() {
            self.enlist(number, &target);
        }
        self.roll_out(number);
    }

    /// Puts the things of a target in line for the rollout, but for those that are in it.
    fn enlist(&mut self, number: u32, target: &Target) {
        let state = &mut *self.state;
        let Some(mut list) = state.jobs.get(number).map(|job| job.waiting_list) else {
            return;
        };
        let mut added = 0;
        let store = &mut state.store;
        let mut add = |name: &str| {
            // What has no such name is no thing, and no topic can name it.
            let thing = ThingName::check(name)
                .ok()
                .and_then(|()| store.intern(name));
            let Some(thing) = thing else {
                return;
            };
            if store.unfinished_of(number, thing).is_none() {
                let id = store.insert(Record::waiting(thing, number));
                store.push(&mut list, id);
                added += 1;
            }
        };
        match target {
            Target::Thing(name) if self.world.has_thing(name) => add(name),
            Target::Thing(_) => {}
            Target::Group(group) => self.world.members(group, &mut add),
        }
        if let Some(job) = state.jobs.get_mut(number) {
            job.waiting_list = list;
            job.waiting += added;
        }
    }

    /// Sends out one batch (developer guide, Job rollout configuration). Without a slot among the
    /// concurrent jobs it waits for one.
    fn roll_out(&mut self, number: u32) {
        let now = self.now;
        let limit = self.state.limits.concurrent_jobs;
        let Some(job) = self.state.jobs.get(number) else {
            return;
        };
        if job.is_rolling_out() {
            let succeeded = u64::from(job.count(ExecutionStatus::Succeeded));
            let rate = job.config.rate(job.notified, succeeded);
            if !self.state.jobs.take_slot(number, limit) {
                return;
            }
            for _ in 0..rate {
                if !self.release(number) {
                    break;
                }
            }
            if let Some(job) = self.state.jobs.get_mut(number) {
                job.next_batch = (job.waiting > 0).then(|| now.saturating_add(BATCH_EVERY));
            }
        }
        self.complete_if_done(number);
    }

    /// Queues the execution of the next thing that is still in line; whether there was one.
    fn release(&mut self, number: u32) -> bool {
        loop {
            let state = &mut *self.state;
            let Some(job) = state.jobs.get_mut(number) else {
                return false;
            };
            let Some(id) = state.store.pop(&mut job.waiting_list) else {
                return false;
            };
            let continuous = job.continuous;
            match state.store.get(id) {
                Some(record) if record.state == RecordState::Waiting => {
                    job.waiting = job.waiting.saturating_sub(1);
                    let thing = record.thing;
                    let before = self.before(thing);
                    // Nothing of a snapshot job comes twice to a thing.
                    let execution = if continuous {
                        self.state.store.next_number(number, thing)
                    } else {
                        1
                    };
                    self.queue(id, execution, Retries::default());
                    self.notify_queued(before, id);
                    return true;
                }
                _ => state.store.free(id),
            }
        }
    }

    /// The end of the schedule (developer guide, Job scheduling configuration).
    fn end_job(&mut self, number: u32) {
        let Some(job) = self.state.jobs.get_mut(number) else {
            return;
        };
        job.end = None;
        job.ended = true;
        job.start = None;
        job.window_change = None;
        let behavior = job.config.end_behavior();
        self.drop_waiting(number);
        if let Some(force) = behavior {
            self.cancel_executions(number, force);
        }
        self.unhide(number);
        self.after_end(number);
    }

    /// Opens or closes the window.
    fn change_window(&mut self, number: u32) {
        let now = self.now;
        let open = self.note_window(number);
        let Some(job) = self.state.jobs.get_mut(number) else {
            return;
        };
        match (open, job.status) {
            (true, JobStatus::Scheduled) => {
                job.status = JobStatus::InProgress;
                job.updated_at = now;
                // The pause between two batches counts on over a window.
                let waits = job.waiting > 0;
                job.next_batch = waits.then(|| job.next_batch.map_or(now, |at| at.max(now)));
                self.unhide(number);
                self.queue_deferred(number);
                self.roll_out_if_due(number);
            }
            (false, JobStatus::InProgress) => {
                job.status = JobStatus::Scheduled;
                job.updated_at = now;
                self.show_queued(number, false);
            }
            _ => {}
        }
    }

    fn roll_out_if_due(&mut self, number: u32) {
        let job = self.state.jobs.get(number);
        if job.is_some_and(|job| job.next_batch.is_some_and(|at| at <= self.now)) {
            self.roll_out(number);
        }
    }

    /// Finds out when the window changes next, and whether one is open now.
    fn note_window(&mut self, number: u32) -> bool {
        let now = self.now;
        let Some(job) = self.state.jobs.get_mut(number) else {
            return false;
        };
        let (open, change) = job.config.window(now);
        job.window_change = change;
        open
    }

    fn queue_deferred(&mut self, number: u32) {
        let Some(job) = self.state.jobs.get_mut(number) else {
            return;
        };
        job.deferred = 0;
        let mut list = core::mem::replace(&mut job.deferred_list, JobList::EMPTY);
        while let Some(id) = self.state.store.pop(&mut list) {
            let store = &self.state.store;
            let is_there = |record: &&Record| {
                record.state == RecordState::Deferred
                    && self.world.has_thing(store.name(record.thing))
            };
            match store.get(id).filter(is_there) {
                Some(&Record { thing, retries, .. }) => {
                    let before = self.before(thing);
                    let execution = self.state.store.next_number(number, thing);
                    self.queue(id, execution, retries);
                    self.notify_queued(before, id);
                }
                None => self.state.store.free(id),
            }
        }
    }

    /// Shows again what no open window hides.
    pub(super) fn unhide(&mut self, number: u32) {
        if self.state.jobs.get(number).is_some_and(|job| job.hidden) {
            if let Some(job) = self.state.jobs.get_mut(number)
                && job.status == JobStatus::Scheduled
            {
                job.status = JobStatus::InProgress;
                job.updated_at = self.now;
            }
            self.show_queued(number, true);
        }
    }

    /// Shows or hides the queued executions of a job, and tells their things.
    fn show_queued(&mut self, number: u32, shown: bool) {
        let Some(job) = self.state.jobs.get_mut(number) else {
            return;
        };
        job.hidden = !shown;
        let state = |shown| match shown {
            true => RecordState::Is(ExecutionStatus::Queued),
            false => RecordState::Hidden,
        };
        let mut next = Store::first(job.executions);
        while let Some(id) = next {
            next = self.state.store.after(id);
            let found = self.state.store.get(id);
            if let Some(&Record { thing, .. }) = found.filter(|it| it.state == state(!shown)) {
                let before = self.before(thing);
                let store = &mut self.state.store;
                store.change(id, |record| record.state = state(shown));
                self.notify(before, true);
            }
        }
    }
}
