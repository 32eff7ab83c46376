//! Where executions live: a slab of small records with small ids, made for ten million of them.
//!
//! A thing has two lists through the records: what has not ended, in the order in which it was
//! queued, and what has ended, newest first. They are walked, so they are short: a thing with more
//! than [`FEW`] records has them in the [`Crowd`] instead. A job has lists as well: what waits for
//! its rollout, what waits for its next window, and what was queued, each in that order. The
//! status details of the few executions that have some stand beside the slab.

mod crowd;
mod rebuild;
mod record;
mod slab;
mod texts;
mod things;
mod timers;

#[cfg(test)]
mod oracle;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use self::crowd::Crowd;
pub(crate) use self::rebuild::Rebuild;
pub(crate) use self::record::{Place, Record, RecordState, Retries};
use self::slab::Slab;
use self::things::{Records, Thing, Things};
pub(crate) use self::timers::Timers;

/// No record: the end of a list.
pub(crate) const NONE: u32 = u32::MAX;

/// No record either: what stands for the first record of a thing whose records are in the crowd.
const CROWDED: u32 = NONE - 1;

/// Records that a thing may have in lists.
const FEW: usize = 16;

/// Records that are kept for others when none is used any more.
const KEPT: u32 = 1_024;

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

#[derive(Clone, Debug)]
pub(crate) struct Store {
    records: Slab<Record>,
    /// The first record that is free; the others follow through `next_of_job`.
    free: u32,
    /// Records that are not free.
    used: u32,
    things: Things,
    crowd: Crowd,
    details: BTreeMap<u32, Box<str>>,
    pub(crate) timers: Timers,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            records: Slab::default(),
            free: NONE,
            used: 0,
            things: Things::default(),
            crowd: Crowd::default(),
            details: BTreeMap::new(),
            timers: Timers::default(),
        }
    }
}

impl Store {
    /// The id of a thing, new if need be; `None` for what cannot be the name of one. The id holds
    /// until [`tidy`](Self::tidy), and on while the thing has records.
    pub(crate) fn intern(&mut self, name: &str) -> Option<u32> {
        self.things.intern(name)
    }

    pub(crate) fn thing(&self, name: &str) -> Option<u32> {
        self.things.find(name)
    }

    pub(crate) fn name(&self, thing: u32) -> &str {
        self.things.name(thing)
    }

    pub(crate) fn get(&self, id: u32) -> Option<&Record> {
        self.records.get(id)
    }

    /// Changes a record, and moves it to where it belongs then.
    pub(crate) fn change<T>(
        &mut self,
        id: u32,
        change: impl FnOnce(&mut Record) -> T,
    ) -> Option<T> {
        let record = self.records.get_mut(id)?;
        let before = *record;
        let answer = change(record);
        let after = *record;
        let stands = |record: &Record| (record.state.place(), record.sequence, record.number);
        if stands(&before) != stands(&after) {
            self.moved(id, &before, &after);
        }
        Some(answer)
    }

    /// Stores a record behind all others of its thing.
    pub(crate) fn insert(&mut self, record: Record) -> u32 {
        let new = self.records.len();
        let id = match self.records.get_mut(self.free) {
            Some(slot) => {
                let id = core::mem::replace(&mut self.free, slot.next_of_job);
                *slot = record;
                id
            }
            None if new < CROWDED => {
                self.records.push(record);
                new
            }
            None => return NONE,
        };
        self.used += 1;
        self.admit(id, &record);
        id
    }

    /// Gives a record free. It must be in no list of its job any more.
    pub(crate) fn free(&mut self, id: u32) {
        let Some(&record) = self.get(id) else {
            return;
        };
        self.unlink(id, &record);
        self.details.remove(&id);
        let next_of_job = core::mem::replace(&mut self.free, id);
        if let Some(place) = self.records.get_mut(id) {
            *place = Record {
                state: RecordState::Gone,
                next_of_job,
                ..Record::waiting(NONE, NONE)
            };
        }
        self.used = self.used.saturating_sub(1);
    }

    /// Takes an execution out of all lists of its thing, but for the newest of a job: that stays,
    /// as its number is never used again.
    pub(crate) fn delete(&mut self, id: u32) {
        let Some(&Record { job, thing, .. }) = self.get(id) else {
            return;
        };
        let newest = self
            .newest(job, thing)
            .is_some_and(|(newest, _)| newest == id);
        let state = if newest {
            RecordState::Deleted
        } else {
            RecordState::Gone
        };
        self.change(id, |record| record.state = state);
    }

    /// Gives back what the records and names take that are gone, if it is much. No id may be
    /// held, but in records and lists.
    pub(crate) fn tidy(&mut self) {
        if self.used == 0 && self.records.len() > KEPT {
            self.records = Slab::default();
            self.free = NONE;
        }
        self.things.sweep();
    }

    /// The first of what the device of a thing sees as pending.
    pub(crate) fn head(&self, thing: u32) -> Option<u32> {
        let visible = |(_, record): &(u32, &Record)| record.is_visible();
        let first = match self.records(thing) {
            Records::Many(pile) => self.read(self.crowd.pending(pile)).next().filter(visible),
            Records::Few { pending, .. } => {
                let all = self.chain(pending, Link::Thing).filter(visible);
                // Of several the first.
                all.min_by_key(|(_, record)| record.state.place())
            }
        };
        first.map(|(id, _)| id)
    }

    /// What the device of a thing sees as pending, running ones first.
    pub(crate) fn visible(&self, thing: u32) -> impl Iterator<Item = (u32, &Record)> {
        let at = move |place| {
            let all = self.pending_list(thing);
            all.filter(move |(_, record)| record.state.place() == place)
        };
        let crowd = self.crowd_pending(thing);
        at(Place::Running)
            .chain(at(Place::Queued))
            .chain(crowd.take_while(|(_, record)| record.is_visible()))
    }

    /// What has not ended, shown or not, and what is no execution yet.
    pub(crate) fn unfinished(&self, thing: u32) -> impl Iterator<Item = (u32, &Record)> {
        self.pending_list(thing).chain(self.crowd_pending(thing))
    }

    /// All records of a thing, in no order.
    pub(crate) fn of_thing(&self, thing: u32) -> impl Iterator<Item = (u32, &Record)> {
        let lists = self.pending_list(thing).chain(self.history_list(thing));
        lists.chain(self.read(self.crowd.all(self.pile(thing))))
    }

    /// What has not ended of a job on a thing, shown or not, or is no execution yet.
    pub(crate) fn unfinished_of(&self, job: u32, thing: u32) -> Option<u32> {
        let mut list = self.pending_list(thing);
        let in_list = list.find(|(_, record)| record.job == job);
        // No execution has a number below that of one that has not ended, but for what is none
        // yet, whose number is zero.
        let pile = self.pile(thing);
        let newest = self.crowd.of_job(pile, job, None).next();
        let none_yet = self.crowd.of_job(pile, job, Some(0)).next();
        let mut in_crowd = self.read(newest.into_iter().chain(none_yet));
        let in_crowd = in_crowd.find(|(_, record)| record.state.place() < Place::Ended);
        in_list.or(in_crowd).map(|(id, _)| id)
    }

    /// The execution of a job on a thing: that number, or else the newest.
    pub(crate) fn find(&self, job: u32, thing: u32, number: Option<u32>) -> Option<u32> {
        let lists = self.pending_list(thing).chain(self.history_list(thing));
        let fits = |record: &Record| {
            record.status().is_some() && number.is_none_or(|number| record.number == number)
        };
        let in_lists = lists
            .filter(|(_, record)| record.job == job && fits(record))
            .max_by_key(|(_, record)| record.number);
        // At most one of those before it was deleted.
        let mut in_crowd = self.read(self.crowd.of_job(self.pile(thing), job, number).take(2));
        let in_crowd = in_crowd.find(|(_, record)| fits(record));
        in_lists.or(in_crowd).map(|(id, _)| id)
    }

    /// The number that the next execution of a job on a thing gets.
    pub(crate) fn next_number(&mut self, job: u32, thing: u32) -> u32 {
        let Some((newest, record)) = self.newest(job, thing) else {
            return 1;
        };
        let (number, state) = (record.number, record.state);
        if state == RecordState::Deleted {
            // The next one keeps the number from now on.
            self.change(newest, |record| record.state = RecordState::Gone);
        }
        number.saturating_add(1)
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
        if let Some(record) = self.records.get_mut(id) {
            record.next_of_job = NONE;
        }
        match self.records.get_mut(list.tail) {
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

    /// The record of a job on a thing with the highest number, whatever it is.
    fn newest(&self, job: u32, thing: u32) -> Option<(u32, &Record)> {
        let lists = self.pending_list(thing).chain(self.history_list(thing));
        let in_lists = lists.filter(|(_, record)| record.job == job);
        let in_crowd = self.crowd.of_job(self.pile(thing), job, None);
        let in_crowd = self.read(in_crowd).next();
        in_lists
            .max_by_key(|(_, record)| record.number)
            .or(in_crowd)
    }

    fn records(&self, thing: u32) -> Records {
        let nothing = Records::Few {
            pending: NONE,
            history: NONE,
        };
        self.things.get(thing).map_or(nothing, Thing::records)
    }

    /// Where the crowd has the records of a thing; nowhere, if they are in lists.
    fn pile(&self, thing: u32) -> u32 {
        match self.records(thing) {
            Records::Many(pile) => pile,
            Records::Few { .. } => NONE,
        }
    }

    /// The list of what has not ended; empty for a thing in the crowd.
    fn pending_list(&self, thing: u32) -> Chain<'_> {
        self.chain(self.lists(thing).0, Link::Thing)
    }

    /// The list of what has ended; empty for a thing in the crowd.
    fn history_list(&self, thing: u32) -> Chain<'_> {
        self.chain(self.lists(thing).1, Link::Thing)
    }

    /// Where the lists of a thing begin.
    fn lists(&self, thing: u32) -> (u32, u32) {
        match self.records(thing) {
            Records::Few { pending, history } => (pending, history),
            Records::Many(_) => (NONE, NONE),
        }
    }

    fn crowd_pending(&self, thing: u32) -> impl Iterator<Item = (u32, &Record)> {
        self.read(self.crowd.pending(self.pile(thing)))
    }

    fn read(&self, ids: impl Iterator<Item = u32>) -> impl Iterator<Item = (u32, &Record)> {
        ids.filter_map(|id| Some((id, self.get(id)?)))
    }

    const fn chain(&self, at: u32, link: Link) -> Chain<'_> {
        Chain {
            store: self,
            at,
            link,
        }
    }

    /// Puts a new record behind all others of its thing.
    fn admit(&mut self, id: u32, record: &Record) {
        let lists = self.pending_list(record.thing);
        if lists.chain(self.history_list(record.thing)).count() >= FEW {
            self.crowd_out(record.thing);
        }
        self.link(id, record);
    }

    /// Moves all records of a thing from its lists to the crowd.
    fn crowd_out(&mut self, thing: u32) {
        let (pending, history) = self.lists(thing);
        let pile = self.crowd.open();
        for mut next in [pending, history] {
            while let Some(&record) = self.get(next) {
                self.crowd.insert(pile, next, &record);
                next = record.next_of_thing;
            }
        }
        if let Some(thing) = self.things.get_mut(thing) {
            thing.set_records(Records::Many(pile));
        }
    }

    fn moved(&mut self, id: u32, before: &Record, after: &Record) {
        if let Records::Many(pile) = self.records(after.thing) {
            return self.move_in_crowd(pile, id, before, Some(after));
        }
        let [from, to] = [before, after].map(|record| list_of(record.state.place()));
        // What is queued at last goes behind what was queued meanwhile.
        let queued = before.state.place() == Place::Waiting;
        if from != to || queued {
            self.unlink(id, before);
            self.link(id, after);
        }
    }

    /// Moves a record in the pile of its thing, or takes it out there.
    fn move_in_crowd(&mut self, pile: u32, id: u32, before: &Record, after: Option<&Record>) {
        if !self.crowd.replace(pile, id, before, after)
            && let Some(thing) = self.things.get_mut(before.thing)
        {
            thing.set_records(Records::Few {
                pending: NONE,
                history: NONE,
            });
            self.things.note(before.thing, false);
        }
    }

    /// Puts a record into the list of its thing that it belongs into.
    fn link(&mut self, id: u32, record: &Record) {
        let list = list_of(record.state.place());
        let Some(thing) = self.things.get_mut(record.thing) else {
            return;
        };
        let was_vacant = thing.is_vacant();
        let mut next = NONE;
        match (list, thing.records()) {
            (None, _) => return,
            (Some(_), Records::Many(pile)) => self.crowd.insert(pile, id, record),
            (Some(List::History), _) => next = core::mem::replace(&mut thing.history, id),
            (Some(List::Pending), _) if thing.pending == NONE => thing.pending = id,
            (Some(List::Pending), _) => {
                let last = self.pending_list(record.thing).last();
                let last = last.map_or(NONE, |(last, _)| last);
                self.set_next(last, id);
            }
        }
        self.set_next(id, next);
        self.things.note(record.thing, was_vacant);
    }

    /// Takes a record that stands like this out of the list of its thing.
    fn unlink(&mut self, id: u32, record: &Record) {
        if let Records::Many(pile) = self.records(record.thing) {
            return self.move_in_crowd(pile, id, record, None);
        }
        let list = list_of(record.state.place());
        let next = self.get(id).map_or(NONE, |it| it.next_of_thing);
        let Some(thing) = self.things.get_mut(record.thing) else {
            return;
        };
        let was_vacant = thing.is_vacant();
        let mut chain = match list {
            None => return,
            Some(List::Pending) if thing.pending == id => {
                thing.pending = next;
                return self.things.note(record.thing, was_vacant);
            }
            Some(List::History) if thing.history == id => {
                thing.history = next;
                return self.things.note(record.thing, was_vacant);
            }
            Some(List::Pending) => self.pending_list(record.thing),
            Some(List::History) => self.history_list(record.thing),
        };
        let before = chain.find(|(_, before)| before.next_of_thing == id);
        let before = before.map_or(NONE, |(before, _)| before);
        self.set_next(before, next);
    }

    fn set_next(&mut self, id: u32, next: u32) {
        if let Some(record) = self.records.get_mut(id) {
            record.next_of_thing = next;
        }
    }
}

/// The lists of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Pending,
    History,
}

const fn list_of(place: Place) -> Option<List> {
    match place {
        Place::Running | Place::Queued | Place::Hidden | Place::Waiting => Some(List::Pending),
        Place::Ended => Some(List::History),
        Place::Nowhere => None,
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
