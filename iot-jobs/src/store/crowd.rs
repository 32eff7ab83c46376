//! The records of the few things that have many.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::record::{Place, Record};

/// Records by thing, in a pile each, under small numbers. They cost some 45 bytes a record, which is
/// why a thing with a handful of records has lists instead.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    piles: Vec<Pile>,
    /// Piles that are empty, to be used for other things.
    free: Vec<u32>,
}

/// The records of a thing, in two orders. Trees of their own are low, whatever others have.
#[derive(Clone, Debug, Default)]
struct Pile {
    /// What has not ended: place, when it was queued, id.
    pending: BTreeSet<u128>,
    /// All: job, execution number, id.
    by_job: BTreeSet<u128>,
}

impl Crowd {
    /// How many piles there are, with those that are empty.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.piles.len()
    }

    /// A pile for a thing, which must put a record there.
    pub(super) fn open(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.piles.push(Pile::default());
            // No more of them than of records, whose ids are below.
            u32::try_from(self.piles.len() - 1).unwrap_or(super::NONE)
        })
    }

    pub(super) fn insert(&mut self, pile: u32, id: u32, record: &Record) {
        if let Some(pile) = self.pile_mut(pile) {
            pile.pending.extend(pending_key(id, record));
            pile.by_job.extend(job_key(id, record));
        }
    }

    /// Puts a record where it belongs now that stood as it did `before`. Whether its pile is still
    /// one: it is given back with its last record.
    pub(super) fn replace(
        &mut self,
        number: u32,
        id: u32,
        before: &Record,
        after: Option<&Record>,
    ) -> bool {
        let Some(pile) = self.pile_mut(number) else {
            return false;
        };
        let after = |key: fn(u32, &Record) -> Option<u128>| after.and_then(|after| key(id, after));
        exchange(
            &mut pile.pending,
            pending_key(id, before),
            after(pending_key),
        );
        exchange(&mut pile.by_job, job_key(id, before), after(job_key));
        if !pile.by_job.is_empty() {
            return true;
        }
        self.free.push(number);
        if self.free.len() == self.piles.len() {
            *self = Self::default();
        }
        false
    }

    /// What has not ended, in the order in which it is served.
    pub(super) fn pending(&self, pile: u32) -> impl Iterator<Item = u32> {
        let pile = self.pile(pile).into_iter();
        pile.flat_map(|pile| &pile.pending).copied().map(id_of)
    }

    /// All records of a thing.
    pub(super) fn all(&self, pile: u32) -> impl Iterator<Item = u32> {
        let pile = self.pile(pile).into_iter();
        pile.flat_map(|pile| &pile.by_job).copied().map(id_of)
    }

    /// The records of a job on a thing, from those with the highest execution number; up to that
    /// number only, if one is given.
    pub(super) fn of_job(
        &self,
        pile: u32,
        job: u32,
        most: Option<u32>,
    ) -> impl Iterator<Item = u32> {
        let most = most.unwrap_or(u32::MAX);
        let all = key([job, 0, 0])..=key([job, most, u32::MAX]);
        let pile = self.pile(pile).into_iter();
        let found = pile.flat_map(move |pile| pile.by_job.range(all.clone()).rev());
        found.copied().map(id_of)
    }

    fn pile(&self, pile: u32) -> Option<&Pile> {
        self.piles.get(usize::try_from(pile).ok()?)
    }

    fn pile_mut(&mut self, pile: u32) -> Option<&mut Pile> {
        self.piles.get_mut(usize::try_from(pile).ok()?)
    }
}

fn exchange(set: &mut BTreeSet<u128>, before: Option<u128>, after: Option<u128>) {
    if before != after {
        if let Some(before) = before {
            set.remove(&before);
        }
        set.extend(after);
    }
}

fn pending_key(id: u32, record: &Record) -> Option<u128> {
    let place = record.state.place();
    let key = key([place.rank(), record.sequence, id]);
    (place < Place::Ended).then_some(key)
}

fn job_key(id: u32, record: &Record) -> Option<u128> {
    let key = key([record.job, record.number, id]);
    (record.state.place() != Place::Nowhere).then_some(key)
}

/// Three numbers as one that is in the same order, and compared at once.
fn key(parts: [u32; 3]) -> u128 {
    parts
        .into_iter()
        .fold(0, |key, part| key << 32 | u128::from(part))
}

/// The last of the three.
fn id_of(key: u128) -> u32 {
    u32::try_from(key & u128::from(u32::MAX)).unwrap_or_default()
}
