//! Makes a store from what a snapshot tells, and holds it to what is true of each.

use alloc::vec::Vec;

use super::{JobList, Place, Record, RecordState, Store};

/// What the job that is being read has on a thing so far.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Which job told; another one has nothing there.
    job: u32,
    /// The number of its last execution.
    number: u32,
    /// What may still come.
    next: Next,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Anything,
    /// The newest execution was deleted, and no later one has taken over its number.
    NoExecution,
    /// Something has not ended.
    Nothing,
}

#[derive(Debug, Default)]
pub(crate) struct Rebuild {
    store: Store,
    /// By thing.
    seen: Vec<Seen>,
    job: u32,
    /// Executions with their places among all.
    order: Vec<(u32, u32)>,
    /// What is no execution yet.
    waiting: Vec<u32>,
}

impl Rebuild {
    /// Nothing yet, with room for the names of so many things.
    pub(crate) fn of(things: usize) -> Self {
        let mut rebuild = Self::default();
        rebuild.store.things.reserve(things);
        rebuild
    }

    /// The id of a thing that was not told yet.
    pub(crate) fn thing(&mut self, name: &str) -> Result<u32, &'static str> {
        match self.store.intern(name) {
            Some(id) if usize::try_from(id) == Ok(self.seen.len()) => {
                self.seen.push(Seen::default());
                Ok(id)
            }
            Some(_) => Err("must be a name that did not come yet"),
            None => Err("must be a name that there is room for"),
        }
    }

    /// How many things were told.
    pub(crate) const fn things(&self) -> usize {
        self.seen.len()
    }

    /// What is added from here on is of another job.
    pub(crate) const fn next_job(&mut self) {
        self.job += 1;
    }

    /// Adds a record of the job: executions in the order in which they were queued, and then what
    /// is none yet.
    pub(crate) fn add(
        &mut self,
        record: Record,
        details: Option<&str>,
        list: &mut JobList,
    ) -> Result<(), &'static str> {
        let place = record.state.place();
        let job = self.job;
        let seen = usize::try_from(record.thing).ok();
        let seen = seen.and_then(|thing| self.seen.get_mut(thing));
        let seen = seen.ok_or("must be a thing")?;
        if seen.job != job {
            *seen = Seen {
                job,
                ..Seen::default()
            };
        }
        match seen.next {
            Next::Nothing => return Err("must be nothing after what has not ended"),
            Next::NoExecution if place != Place::Waiting => {
                return Err("must be no execution after one that was deleted");
            }
            _ => {}
        }
        if place != Place::Waiting {
            if record.number <= seen.number {
                return Err("must have a greater number than those before it");
            }
            seen.number = record.number;
        }
        seen.next = match place {
            Place::Running | Place::Queued | Place::Hidden | Place::Waiting => Next::Nothing,
            Place::Ended | Place::Nowhere if record.state == RecordState::Deleted => {
                Next::NoExecution
            }
            Place::Ended | Place::Nowhere => Next::Anything,
        };
        let id = self.store.records.len();
        if place == Place::Waiting {
            self.waiting.push(id);
        } else {
            self.order.push((record.sequence, id));
        }
        self.store.records.push(record);
        self.store.used += 1;
        self.store.push(list, id);
        if let Some(details) = details {
            self.store.set_details(id, details.into());
        }
        Ok(())
    }

    /// The store, with the lists of each thing: executions as they were queued, and then what
    /// is none yet.
    pub(crate) fn finish(mut self) -> Result<Store, &'static str> {
        // Of one job they are sorted already.
        self.order.sort_unstable();
        let twice = |pair: &[(u32, u32)]| matches!(pair, [(a, _), (b, _)] if a == b);
        if self.order.windows(2).any(twice) {
            return Err("must be the end of executions with places of their own");
        }
        let mut last = 0;
        for record in self.order.iter().filter_map(|(_, id)| self.store.get(*id)) {
            if record.state == RecordState::Deleted {
                continue;
            }
            if record.queued_at < last {
                return Err("must be the end of executions whose times are in their order");
            }
            last = record.queued_at;
        }
        let executions = self.order.iter().map(|(_, id)| *id);
        for id in executions.chain(self.waiting) {
            if let Some(&record) = self.store.get(id) {
                self.store.admit(id, &record);
            }
        }
        Ok(self.store)
    }
}

impl Store {
    /// Executions that run and have a timer.
    pub(crate) fn with_deadline(&self) -> impl Iterator<Item = u32> {
        let runs = |id: &u32| self.get(*id).is_some_and(|it| it.deadline().is_some());
        (0..self.records.len()).filter(runs)
    }

    /// How many things have records.
    pub(crate) const fn occupied(&self) -> u32 {
        self.things.occupied()
    }

    /// No id of a thing is as great as this.
    pub(crate) fn things(&self) -> usize {
        usize::try_from(self.things.len()).unwrap_or_default()
    }
}
