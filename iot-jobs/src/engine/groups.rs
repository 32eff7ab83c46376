//! What becomes of continuous jobs when things join and leave groups, and of all jobs when a thing
//! is deleted.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::ThingName;

use super::jobs::{Job, Target};
use super::{State, Turn};
use crate::status::{Cause, ExecutionStatus, JobStatus};
use crate::store::{Record, RecordState, Retries};

impl State {
    /// Lets a continuous job hear of joins and leaves of its groups.
    pub(super) fn listen(&mut self, number: u32) {
        for group in self.groups_of(number) {
            self.listeners.entry(group).or_default().insert(number);
        }
    }

    /// Lets a job hear of no group any more.
    pub(super) fn forget_listener(&mut self, number: u32) {
        for group in self.groups_of(number) {
            if let Some(jobs) = self.listeners.get_mut(&group) {
                jobs.remove(&number);
                if jobs.is_empty() {
                    self.listeners.remove(&group);
                }
            }
        }
    }

    fn groups_of(&self, number: u32) -> Vec<String> {
        let job = self.jobs.get(number).filter(|job| job.continuous);
        let targets = job.map_or(&[][..], |job| &job.targets);
        let groups = targets.iter().filter_map(|target| match target {
            Target::Group(group) => Some(group.clone()),
            Target::Thing(_) => None,
        });
        groups.collect()
    }

    fn listeners(&self, group: &str) -> BTreeSet<u32> {
        let jobs = self.listeners.get(group).cloned().unwrap_or_default();
        let hears = |job: &Job| job.is_open() && job.start.is_none();
        jobs.into_iter()
            .filter(|job| self.jobs.get(*job).is_some_and(hears))
            .collect()
    }

    /// Lets a thing have an execution of the job when the next window opens.
    pub(super) fn defer(&mut self, number: u32, thing: u32, retries: Retries) {
        if let Some(job) = self.jobs.get_mut(number) {
            let mut record = Record::waiting(thing, number);
            record.state = RecordState::Deferred;
            record.retries = retries;
            let id = self.store.insert(record);
            self.store.push(&mut job.deferred_list, id);
            job.deferred += 1;
        }
    }
}

impl Turn<'_> {
    pub(super) fn joined(&mut self, name: &str, group: &str) {
        let jobs = self.state.listeners(group);
        if !jobs.is_empty()
            && ThingName::check(name).is_ok()
            && let Some(thing) = self.state.store.intern(name)
        {
            self.join(&jobs, thing);
        }
    }

    /// Queues the executions of continuous jobs on a thing that they reach now, ahead of the rollout
    /// if that has not come to it.
    pub(super) fn join(&mut self, jobs: &BTreeSet<u32>, thing: u32) {
        let before = self.before(thing);
        let mut changed = false;
        for &number in jobs {
            if let Some(id) = self.state.store.unfinished_of(number, thing)
                && !self.leave_line(id, RecordState::Waiting)
            {
                continue;
            }
            let Some(job) = self.state.jobs.get(number) else {
                continue;
            };
            if job.status == JobStatus::Scheduled {
                self.state.defer(number, thing, Retries::default());
            } else {
                self.queue_new(number, thing, Retries::default());
                changed = true;
            }
            self.state.jobs.note(number);
        }
        self.notify(before, changed);
    }

    /// Gives up a place in a line of its job; whether it had one in that line.
    fn leave_line(&mut self, id: u32, line: RecordState) -> bool {
        let state = &mut *self.state;
        let leave = |record: &mut Record| {
            let is_there = record.state == line;
            if is_there {
                // Its place is given free when it comes up.
                record.state = RecordState::Gone;
            }
            is_there.then_some(record.job)
        };
        let Some(job) = state.store.change(id, leave).flatten() else {
            return false;
        };
        if let Some(job) = state.jobs.get_mut(job) {
            let length = match line {
                RecordState::Deferred => &mut job.deferred,
                _ => &mut job.waiting,
            };
            *length = length.saturating_sub(1);
        }
        true
    }

    pub(super) fn left(&mut self, name: &str, group: &str) {
        let jobs = self.state.listeners(group);
        let Some(thing) = self.state.store.thing(name) else {
            return;
        };
        let before = self.before(thing);
        let mut shown = false;
        let mut removed = Vec::new();
        for number in jobs {
            if self.is_reached(number, name) {
                continue;
            }
            if let Some(id) = self.state.store.unfinished_of(number, thing) {
                shown |= self.remove(id, Cause::LeftGroups, &mut removed);
            }
        }
        self.notify(before, shown);
        self.after_removals(&removed);
    }

    /// The pending executions are removed and nobody is told, as there is no thing to tell.
    pub(super) fn thing_deleted(&mut self, name: &str) {
        let Some(thing) = self.state.store.thing(name) else {
            return;
        };
        // Executions as they were queued, then what waits, as its jobs were created.
        let place = |record: &Record| match record.state {
            RecordState::Waiting | RecordState::Deferred => (true, record.job),
            _ => (false, record.sequence),
        };
        let pending = self.state.store.unfinished(thing);
        let mut pending: Vec<_> = pending.map(|(id, it)| (place(it), id)).collect();
        pending.sort_unstable();
        let mut removed = Vec::new();
        for (_, id) in pending {
            self.remove(id, Cause::ThingDeleted, &mut removed);
        }
        self.after_removals(&removed);
    }

    /// Removes what is pending; whether the thing saw it.
    fn remove(&mut self, id: u32, cause: Cause, removed: &mut Vec<u32>) -> bool {
        let Some(record) = self.state.store.get(id) else {
            return false;
        };
        let (shown, state) = (record.is_visible(), record.state);
        if let RecordState::Waiting | RecordState::Deferred = state {
            self.leave_line(id, state);
        } else if !self.end(id, ExecutionStatus::Removed, cause) {
            return false;
        }
        removed.push(id);
        shown
    }

    fn after_removals(&mut self, removed: &[u32]) {
        let removed: Vec<_> = removed
            .iter()
            .filter_map(|id| Some((*id, self.state.store.get(*id)?)))
            .map(|(id, record)| (id, record.job, record.status().is_some()))
            .collect();
        for &(id, _, _) in removed.iter().filter(|(_, _, ended)| *ended) {
            self.end_event(id, ExecutionStatus::Removed);
        }
        for (_, job, _) in removed {
            self.after_end(job);
        }
    }

    fn is_reached(&self, number: u32, name: &str) -> bool {
        let targets = self.state.jobs.get(number).map(|job| &job.targets);
        targets.into_iter().flatten().any(|target| match target {
            Target::Thing(thing) => thing == name,
            Target::Group(group) => self.world.is_member(name, group),
        })
    }
}
