//! The records of the few things that have many.

use alloc::collections::BTreeSet;

use super::record::{Place, Record};

/// Records by thing, in two orders. They cost some 45 bytes a record, which is why a thing with a
/// handful of records has lists instead.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    /// What has not ended: thing, place, when it was queued, id.
    pending: BTreeSet<(u32, Place, u32, u32)>,
    /// All: thing, job, execution number, id.
    by_job: BTreeSet<(u32, u32, u32, u32)>,
}

impl Crowd {
    pub(super) fn insert(&mut self, id: u32, record: &Record) {
        if let Some(pending) = pending_key(id, record) {
            self.pending.insert(pending);
        }
        if record.state.place() != Place::Nowhere {
            self.by_job.insert(job_key(id, record));
        }
    }

    /// Takes a record out that stands as it did.
    pub(super) fn remove(&mut self, id: u32, record: &Record) {
        if let Some(pending) = pending_key(id, record) {
            self.pending.remove(&pending);
        }
        self.by_job.remove(&job_key(id, record));
    }

    pub(super) fn has(&self, thing: u32) -> bool {
        self.of_thing(thing).next().is_some()
    }

    /// What has not ended, in the order in which it is served.
    pub(super) fn pending(&self, thing: u32) -> impl Iterator<Item = u32> {
        let all = (thing, Place::Running, 0, 0)..(thing, Place::Ended, 0, 0);
        self.pending.range(all).map(|(_, _, _, id)| *id)
    }

    pub(super) fn of_thing(&self, thing: u32) -> impl Iterator<Item = u32> {
        let all = (thing, 0, 0, 0)..=(thing, u32::MAX, u32::MAX, u32::MAX);
        self.by_job.range(all).map(|(_, _, _, id)| *id)
    }

    /// The records of a job on a thing, from those with the highest execution number; below that
    /// number only, if one is given.
    pub(super) fn of_job(
        &self,
        thing: u32,
        job: u32,
        most: Option<u32>,
    ) -> impl Iterator<Item = u32> {
        let most = most.unwrap_or(u32::MAX);
        let all = (thing, job, 0, 0)..=(thing, job, most, u32::MAX);
        self.by_job.range(all).rev().map(|(_, _, _, id)| *id)
    }
}

fn pending_key(id: u32, record: &Record) -> Option<(u32, Place, u32, u32)> {
    let place = record.state.place();
    (place < Place::Ended).then_some((record.thing, place, record.sequence, id))
}

const fn job_key(id: u32, record: &Record) -> (u32, u32, u32, u32) {
    (record.thing, record.job, record.number, id)
}
