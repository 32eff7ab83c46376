//! The records of the few things that have many.

use alloc::collections::BTreeSet;

use super::record::{Place, Record};

/// Records by thing, in two orders. They cost some 45 bytes a record, which is why a thing with a
/// handful of records has lists instead.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    /// What has not ended: thing, place, when it was queued, id.
    pending: BTreeSet<u128>,
    /// All: thing, job, execution number, id.
    by_job: BTreeSet<u128>,
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
        let all = key([thing, 0, 0, 0])..=key([thing, u32::MAX, u32::MAX, u32::MAX]);
        self.pending.range(all).copied().map(id_of)
    }

    pub(super) fn of_thing(&self, thing: u32) -> impl Iterator<Item = u32> {
        let all = key([thing, 0, 0, 0])..=key([thing, u32::MAX, u32::MAX, u32::MAX]);
        self.by_job.range(all).copied().map(id_of)
    }

    /// The records of a job on a thing, from those with the highest execution number; up to that
    /// number only, if one is given.
    pub(super) fn of_job(
        &self,
        thing: u32,
        job: u32,
        most: Option<u32>,
    ) -> impl Iterator<Item = u32> {
        let most = most.unwrap_or(u32::MAX);
        let all = key([thing, job, 0, 0])..=key([thing, job, most, u32::MAX]);
        self.by_job.range(all).rev().copied().map(id_of)
    }
}

fn pending_key(id: u32, record: &Record) -> Option<u128> {
    let place = record.state.place();
    let key = key([record.thing, place.rank(), record.sequence, id]);
    (place < Place::Ended).then_some(key)
}

fn job_key(id: u32, record: &Record) -> u128 {
    key([record.thing, record.job, record.number, id])
}

/// Four numbers as one that is in the same order, and compared at once.
fn key(parts: [u32; 4]) -> u128 {
    parts
        .into_iter()
        .fold(0, |key, part| key << 32 | u128::from(part))
}

/// The last of the four.
fn id_of(key: u128) -> u32 {
    u32::try_from(key & u128::from(u32::MAX)).unwrap_or_default()
}
