//! The store beside one that keeps a plain list and looks through all of it.

use alloc::format;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::status::ExecutionStatus;

/// A record as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plain {
    id: u32,
    thing: u32,
    job: u32,
    number: u32,
    sequence: u32,
    state: RecordState,
}

impl Plain {
    fn is_of(&self, job: u32, thing: u32) -> bool {
        (self.job, self.thing) == (job, thing)
    }
}

#[derive(Default)]
struct Naive {
    all: Vec<Plain>,
    sequence: u32,
}

impl Naive {
    fn ids<K: Ord>(
        &self,
        wanted: impl Fn(&Plain) -> bool,
        order: impl Fn(&Plain) -> K,
    ) -> Vec<u32> {
        let mut found: Vec<_> = self.all.iter().filter(|it| wanted(it)).collect();
        found.sort_by_key(|it| order(it));
        found.into_iter().map(|it| it.id).collect()
    }

    fn visible(&self, thing: u32) -> Vec<u32> {
        let visible = |it: &Plain| matches!(it.state.place(), Place::Running | Place::Queued);
        self.ids(
            |it| it.thing == thing && visible(it),
            |it| (it.state.place(), it.sequence),
        )
    }

    fn unfinished_of(&self, job: u32, thing: u32) -> Option<u32> {
        let mut all = self.all.iter().filter(|it| it.is_of(job, thing));
        let found = all.find(|it| it.state.place() < Place::Ended);
        found.map(|it| it.id)
    }

    fn find(&self, job: u32, thing: u32, number: Option<u32>) -> Option<u32> {
        let all = self.all.iter().filter(|it| it.is_of(job, thing));
        let all = all.filter(|it| it.state.status().is_some());
        let all = all.filter(|it| number.is_none_or(|number| it.number == number));
        all.max_by_key(|it| it.number).map(|it| it.id)
    }

    fn next_number(&self, job: u32, thing: u32) -> u32 {
        let all = self.all.iter().filter(|it| it.is_of(job, thing));
        all.map(|it| it.number).max().map_or(1, |last| last + 1)
    }
}

/// Both, doing the same.
#[derive(Default)]
struct Both {
    store: Store,
    naive: Naive,
    lists: BTreeMap<u32, JobList>,
}

const THINGS: u32 = 3;
const JOBS: u32 = 40;

impl Both {
    fn thing(&mut self, thing: u32) -> u32 {
        self.store.intern(&format!("thing-{thing}")).unwrap()
    }

    /// One step: something that is done to what a job has on a thing.
    fn step(&mut self, what: u32, job: u32, thing: u32) {
        let thing = self.thing(thing);
        match (what, self.naive.unfinished_of(job, thing)) {
            (0..=3, None) => {
                let id = self.store.insert(Record::waiting(thing, job));
                let list = self.lists.entry(job).or_insert(JobList::EMPTY);
                self.store.push(list, id);
                self.naive.all.push(Plain {
                    id,
                    thing,
                    job,
                    number: 0,
                    sequence: 0,
                    state: RecordState::Waiting,
                });
            }
            (0..=3, Some(id)) => self.advance(id, job, thing),
            (4, Some(id)) => self.set(id, |state| match state {
                RecordState::Is(ExecutionStatus::Queued) => RecordState::Hidden,
                RecordState::Hidden => RecordState::Is(ExecutionStatus::Queued),
                state => state,
            }),
            (5, _) => {
                if let Some(id) = self.naive.find(job, thing, None) {
                    self.delete(id);
                }
            }
            (6, _) => {
                let number = self.naive.next_number(job, thing).saturating_sub(2);
                if let Some(id) = self.naive.find(job, thing, Some(number)) {
                    self.delete(id);
                }
            }
            (7, Some(id)) => self.set(id, |state| match state {
                RecordState::Waiting => RecordState::Gone,
                state => state,
            }),
            (8, _) => {
                if let Some(mut list) = self.lists.remove(&job) {
                    while let Some(id) = self.store.pop(&mut list) {
                        self.store.free(id);
                    }
                }
                self.naive.all.retain(|it| it.job != job);
                self.store.tidy();
            }
            _ => {}
        }
    }

    /// What waits is queued, what is queued starts, what runs ends.
    fn advance(&mut self, id: u32, job: u32, thing: u32) {
        let waits = self.store.get(id).unwrap().state == RecordState::Waiting;
        if waits {
            let right = self.naive.next_number(job, thing);
            let number = self.store.next_number(job, thing);
            assert_eq!(number, right);
            self.naive.sequence += 1;
            let sequence = self.naive.sequence;
            self.store.change(id, |record| {
                record.number = number;
                record.sequence = sequence;
                record.state = RecordState::Is(ExecutionStatus::Queued);
            });
            let plain = self.naive.all.iter_mut().find(|it| it.id == id).unwrap();
            plain.number = number;
            plain.sequence = sequence;
            plain.state = RecordState::Is(ExecutionStatus::Queued);
        } else {
            self.set(id, |state| match state {
                RecordState::Is(ExecutionStatus::InProgress) => {
                    RecordState::Is(ExecutionStatus::Failed)
                }
                _ => RecordState::Is(ExecutionStatus::InProgress),
            });
        }
    }

    fn set(&mut self, id: u32, next: impl Fn(RecordState) -> RecordState) {
        self.store
            .change(id, |record| record.state = next(record.state));
        let plain = self.naive.all.iter_mut().find(|it| it.id == id).unwrap();
        plain.state = next(plain.state);
    }

    fn delete(&mut self, id: u32) {
        self.store.delete(id);
        let plain = self.naive.all.iter_mut().find(|it| it.id == id).unwrap();
        plain.state = RecordState::Deleted;
    }

    fn compare(&self) {
        for thing in 0..THINGS {
            if let Some(thing) = self.store.thing(&format!("thing-{thing}")) {
                self.compare_thing(thing);
                (0..JOBS).for_each(|job| self.compare_job(job, thing));
            }
        }
    }

    fn compare_thing(&self, thing: u32) {
        let (store, naive) = (&self.store, &self.naive);
        let visible: Vec<_> = store.visible(thing).map(|(id, _)| id).collect();
        assert_eq!(visible, naive.visible(thing));
        assert_eq!(store.head(thing), visible.first().copied());
        let mut unfinished: Vec<_> = store.unfinished(thing).map(|(id, _)| id).collect();
        unfinished.sort_unstable();
        let right = |it: &Plain| it.thing == thing && it.state.place() < Place::Ended;
        assert_eq!(unfinished, naive.ids(right, |it| it.id));
        let executions = store
            .of_thing(thing)
            .filter(|(_, it)| it.status().is_some());
        let mut executions: Vec<_> = executions.map(|(id, _)| id).collect();
        executions.sort_unstable();
        let right = |it: &Plain| it.thing == thing && it.state.status().is_some();
        assert_eq!(executions, naive.ids(right, |it| it.id));
    }

    fn compare_job(&self, job: u32, thing: u32) {
        let (store, naive) = (&self.store, &self.naive);
        let right = naive.unfinished_of(job, thing);
        assert_eq!(store.unfinished_of(job, thing), right);
        for number in [None, Some(1), Some(2), Some(5)] {
            let right = naive.find(job, thing, number);
            assert_eq!(store.find(job, thing, number), right, "{job} {number:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn as_a_plain_list_does(
        // Most is done to few jobs, so that they get a history.
        steps in vec((0_u32..9, prop_oneof![0..3_u32, 0..JOBS], 0..THINGS), 1..300),
        crowded in any::<bool>(),
    ) {
        let mut both = Both::default();
        // No job is freed of a fleet that is to become crowded.
        for (what, job, thing) in steps {
            both.step(if crowded { what % 8 } else { what }, job, thing);
            let thing = both.thing(thing);
            both.compare_thing(thing);
            both.compare_job(job, thing);
        }
        both.compare();
    }
}

fn is_crowded(store: &Store, thing: u32) -> bool {
    matches!(store.records(thing), Records::Many(_))
}

#[test]
fn many_records_of_a_thing_are_in_the_crowd_until_the_last_goes() {
    let mut both = Both::default();
    for job in 0..JOBS {
        both.step(0, job, 0);
        let thing = both.thing(0);
        assert_eq!(is_crowded(&both.store, thing), job as usize >= FEW);
        both.step(0, job, 0);
        both.compare();
    }
    for job in 0..JOBS {
        let thing = both.thing(0);
        assert!(is_crowded(&both.store, thing));
        both.step(8, job, 0);
        both.compare();
    }
    let thing = both.thing(0);
    assert!(!is_crowded(&both.store, thing));
    assert_eq!(both.store.used, 0);
}

#[test]
fn a_thing_in_the_crowd_gives_its_place_to_another() {
    let mut both = Both::default();
    let half = JOBS / 2;
    let mut run = |what: u32, jobs: core::ops::Range<u32>, thing: u32, piles: usize| {
        for job in jobs {
            both.step(what, job, thing);
            both.compare();
        }
        assert_eq!(both.store.crowd.len(), piles);
    };
    run(0, 0..half, 0, 1);
    run(0, half..JOBS, 1, 2);
    run(8, 0..half, 0, 2);
    run(0, 0..half, 2, 2);
    run(8, half..JOBS, 1, 2);
    // With the last of them nothing is kept.
    run(8, 0..half, 2, 0);
}
