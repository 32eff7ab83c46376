//! Where executions live: a slab of small records with small ids, made for ten million of them.
//!
//! A thing has two lists through the records: what is pending, in the order in which it was
//! queued, and what has ended, newest first. A job has two as well: what waits for its rollout,
//! and what was queued, in that order. The status details of the few executions that have some
//! stand beside the slab.

mod names;
mod record;
mod timers;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

pub(crate) use self::names::Names;
pub(crate) use self::record::{Record, RecordState, Retries};
pub(crate) use self::timers::Timers;

/// No record: the end of a list.
pub(crate) const NONE: u32 = u32::MAX;

/// The heads of the two lists of a thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heads {
    pending: u32,
    history: u32,
}

/// A list of records through `next_of_job`, oldest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JobList {
    head: u32,
    tail: u32,
}

impl JobList {
    pub(crate) const EMPTY: Self = Self {
        head: NONE,
        tail: NONE,
    };
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    records: Vec<Record>,
    free: Vec<u32>,
    names: Names,
    heads: Vec<Heads>,
    details: BTreeMap<u32, Box<str>>,
    pub(crate) timers: Timers,
}

impl Store {
    /// The id of a thing, new if need be.
    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        let id = self.names.intern(name);
        if usize::try_from(id).is_ok_and(|id| id == self.heads.len()) {
            self.heads.push(Heads {
                pending: NONE,
                history: NONE,
            });
        }
        id
    }

    pub(crate) fn thing(&self, name: &str) -> Option<u32> {
        self.names.find(name)
    }

    pub(crate) fn name(&self, thing: u32) -> &str {
        self.names.name(thing)
    }

    pub(crate) fn get(&self, id: u32) -> Option<&Record> {
        self.records.get(usize::try_from(id).ok()?)
    }

    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut Record> {
        self.records.get_mut(usize::try_from(id).ok()?)
    }

    /// Stores a record and puts it at the end of the pending list of its thing.
    pub(crate) fn insert(&mut self, record: Record) -> u32 {
        let thing = record.thing;
        let id = if let Some(id) = self.free.pop() {
            if let Some(slot) = self.get_mut(id) {
                *slot = record;
            }
            id
        } else {
            let id = u32::try_from(self.records.len()).unwrap_or(NONE);
            self.records.push(record);
            id
        };
        self.append_pending(thing, id);
        id
    }

    /// Gives a record free. It must be in no list of its job any more.
    pub(crate) fn free(&mut self, id: u32) {
        self.unlink(id);
        self.details.remove(&id);
        if let Some(record) = self.get_mut(id) {
            record.state = RecordState::Deleted;
            record.job = NONE;
            self.free.push(id);
        }
    }

    /// Moves a record to the end of the pending list of its thing.
    pub(crate) fn requeue(&mut self, id: u32) {
        self.unlink(id);
        if let Some(thing) = self.get(id).map(|record| record.thing) {
            self.append_pending(thing, id);
        }
    }

    /// Moves a record from the pending list of its thing to the front of its history.
    pub(crate) fn retire(&mut self, id: u32) {
        self.unlink(id);
        let Some(thing) = self.get(id).map(|record| record.thing) else {
            return;
        };
        let Some(heads) = self.heads_mut(thing) else {
            return;
        };
        let next = core::mem::replace(&mut heads.history, id);
        if let Some(record) = self.get_mut(id) {
            record.next_of_thing = next;
        }
    }

    pub(crate) fn pending(&self, thing: u32) -> Chain<'_> {
        let heads = self.heads(thing);
        self.chain(heads.map_or(NONE, |heads| heads.pending), Link::Thing)
    }

    pub(crate) fn history(&self, thing: u32) -> Chain<'_> {
        let heads = self.heads(thing);
        self.chain(heads.map_or(NONE, |heads| heads.history), Link::Thing)
    }

    pub(crate) const fn of_job(&self, list: JobList) -> Chain<'_> {
        self.chain(list.head, Link::Job)
    }

    /// The record after this one in the list of its job.
    pub(crate) fn after(&self, id: u32) -> Option<u32> {
        let next = self.get(id)?.next_of_job;
        (next != NONE).then_some(next)
    }

    /// The first record of a list of a job.
    pub(crate) const fn first(list: JobList) -> Option<u32> {
        if list.head == NONE {
            None
        } else {
            Some(list.head)
        }
    }

    /// Puts a record at the end of a list of its job.
    pub(crate) fn push(&mut self, list: &mut JobList, id: u32) {
        if let Some(record) = self.get_mut(id) {
            record.next_of_job = NONE;
        }
        match self.get_mut(list.tail) {
            Some(last) => last.next_of_job = id,
            None => list.head = id,
        }
        list.tail = id;
    }

    /// Takes the first record from a list of its job.
    pub(crate) fn pop(&mut self, list: &mut JobList) -> Option<u32> {
        let id = Self::first(*list)?;
        list.head = self.after(id).unwrap_or(NONE);
        if list.head == NONE {
            list.tail = NONE;
        }
        Some(id)
    }

    /// The status details of an execution, as JSON text.
    pub(crate) fn details(&self, id: u32) -> Option<&str> {
        self.details.get(&id).map(AsRef::as_ref)
    }

    pub(crate) fn set_details(&mut self, id: u32, json: Box<str>) {
        self.details.insert(id, json);
    }

    fn heads(&self, thing: u32) -> Option<&Heads> {
        self.heads.get(usize::try_from(thing).ok()?)
    }

    fn heads_mut(&mut self, thing: u32) -> Option<&mut Heads> {
        self.heads.get_mut(usize::try_from(thing).ok()?)
    }

    const fn chain(&self, at: u32, link: Link) -> Chain<'_> {
        Chain {
            store: self,
            at,
            link,
        }
    }

    fn append_pending(&mut self, thing: u32, id: u32) {
        if let Some(record) = self.get_mut(id) {
            record.next_of_thing = NONE;
        }
        let last = self.pending(thing).last().map_or(NONE, |(last, _)| last);
        match self.get_mut(last) {
            Some(last) => last.next_of_thing = id,
            None => {
                if let Some(heads) = self.heads_mut(thing) {
                    heads.pending = id;
                }
            }
        }
    }

    /// Takes a record out of whichever list of its thing it is in.
    fn unlink(&mut self, id: u32) {
        let Some(&Record {
            thing,
            next_of_thing: next,
            ..
        }) = self.get(id)
        else {
            return;
        };
        let before = |chain: Chain<'_>| {
            let mut chain = chain;
            chain
                .find(|(_, record)| record.next_of_thing == id)
                .map(|(before, _)| before)
        };
        let Some(heads) = self.heads_mut(thing) else {
            return;
        };
        if heads.pending == id {
            heads.pending = next;
        } else if heads.history == id {
            heads.history = next;
        } else {
            let found = before(self.pending(thing)).or_else(|| before(self.history(thing)));
            if let Some(record) = found.and_then(|before| self.get_mut(before)) {
                record.next_of_thing = next;
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Link {
    Thing,
    Job,
}

/// The records of a list.
#[derive(Clone, Debug)]
pub(crate) struct Chain<'a> {
    store: &'a Store,
    at: u32,
    link: Link,
}

impl<'a> Iterator for Chain<'a> {
    type Item = (u32, &'a Record);

    fn next(&mut self) -> Option<Self::Item> {
        let id = self.at;
        let record = self.store.get(id)?;
        self.at = match self.link {
            Link::Thing => record.next_of_thing,
            Link::Job => record.next_of_job,
        };
        Some((id, record))
    }
}
