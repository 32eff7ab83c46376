//! A key that is not simply in use by one session.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::mem;

use iot_topics::Timestamp;

use super::part::{At, Change};
use super::window::Rule;
use super::{Evidence, Session};

/// Open sessions, evidence, and what a continued piece keeps for those before it.
///
/// INVARIANT: no pair of settled sessions is an overlap, and none will be, unless evidence precedes
/// it. So they all have the same user where that matters, and the next overlap is the first of a
/// fresh session.
#[derive(Clone, Debug)]
pub(super) struct Many<T> {
    /// Open, by id: the sessions that were compared.
    settled: BTreeMap<T, At<T>>,
    /// Open, by id: those of which it is not known yet whether the time that they have with others
    /// counts. They began at the last instant that is known, or before the window.
    fresh: BTreeMap<T, At<T>>,
    /// No fresh session began later, nor the passing one.
    newest: Timestamp,
    /// The first of the fresh sessions that took no time, if such may count. Whether one does is
    /// known when that instant is over: by then another one, open before it, may have ended too.
    passing: Option<At<T>>,
    evidence: Option<Evidence<T>>,
    /// The ends of sessions that began in a piece before. None, unless the piece is continued.
    ends: BTreeMap<T, At<T>>,
    /// Of the sessions that began and ended in the piece and may count, those that are the first
    /// for some session of a piece before. None, unless the piece is continued.
    first: Vec<(At<T>, Timestamp)>,
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self {
            settled: BTreeMap::new(),
            fresh: BTreeMap::new(),
            newest: Timestamp::default(),
            passing: None,
            evidence: None,
            ends: BTreeMap::new(),
            first: Vec::new(),
        }
    }
}

impl<T: Ord + Clone> Many<T> {
    pub(super) fn of(open: At<T>) -> Self {
        Self {
            newest: open.at,
            fresh: BTreeMap::from([(open.id.clone(), open)]),
            ..Self::default()
        }
    }

    pub(super) fn found(evidence: Evidence<T>) -> Self {
        Self {
            evidence: Some(evidence),
            ..Self::default()
        }
    }

    /// How many sessions are open.
    pub(super) fn len(&self) -> usize {
        self.settled.len() + self.fresh.len()
    }

    /// Whether nothing is held but open sessions.
    pub(super) fn is_only_open(&self) -> bool {
        let is_passed = self.passing.is_none();
        is_passed && self.evidence.is_none() && self.ends.is_empty() && self.first.is_empty()
    }

    pub(super) fn is_found_before(&self, now: Timestamp) -> bool {
        self.evidence.as_ref().is_some_and(|it| it.at() < now)
    }

    pub(super) fn into_evidence(self) -> Option<Evidence<T>> {
        self.evidence
    }

    /// One of the open sessions.
    pub(super) fn into_open(self) -> Option<At<T>> {
        self.fresh
            .into_values()
            .chain(self.settled.into_values())
            .next()
    }

    pub(super) fn open(&self, id: &T) -> Option<&At<T>> {
        self.fresh.get(id).or_else(|| self.settled.get(id))
    }

    pub(super) fn begin(&mut self, begun: At<T>, rule: Rule) {
        if self.open(&begun.id).is_some() {
            return; // told again
        }
        self.settle(begun.at, rule);
        if self.is_found_before(begun.at) || !rule.reaches(begun.at) {
            // Held for its end only, which a continued piece would take for that of another.
            if rule.is_continued {
                self.settled.insert(begun.id.clone(), begun);
            }
            return;
        }
        self.newest = self.newest.max(begun.at);
        self.fresh.insert(begun.id.clone(), begun);
    }

    pub(super) fn end(&mut self, mut ended: At<T>, is_duplicate: bool, rule: Rule) {
        self.settle(ended.at, rule);
        let at = ended.at;
        let begun = self.fresh.remove(&ended.id);
        if let Some(begun) = &begun
            && rule.may_pass(begun.at, at)
        {
            let first = self.passing.take().filter(|it| it.order() <= begun.order());
            self.passing = first.or_else(|| Some(begun.clone()));
        }
        let begun = begun.or_else(|| self.settled.remove(&ended.id));
        if self.settled.is_empty() {
            self.passing = None; // what is fresh was not open before
        }
        if let Some(evidence) = &mut self.evidence {
            evidence.learn_end(&ended.id, at);
        }
        let connected = begun.as_ref().map(|begun| begun.at);
        if let Some(begun) = &begun {
            ended.user = begun.user.clone(); // what was told first
        }
        if is_duplicate && rule.is_told_by_end(at) {
            let At { id, user, .. } = ended.clone();
            self.show(Evidence::of_end(
                at,
                Session::new(id, user, connected, Some(at)),
            ));
        }
        if rule.is_continued {
            match begun {
                Some(begun) => self.keep_first(begun, at, rule),
                None => {
                    self.ends.entry(ended.id.clone()).or_insert(ended);
                }
            }
        }
    }

    pub(super) fn show(&mut self, found: Evidence<T>) {
        self.evidence = Some(match self.evidence.take() {
            Some(known) => known.first(found),
            None => found,
        });
    }

    /// The evidence, with that of the sessions that are open and stay so.
    pub(super) fn finding(&self, rule: Rule) -> Option<Evidence<T>> {
        let found = [
            self.evidence.clone(),
            self.passed(),
            self.first_pair(None, rule),
        ];
        found.into_iter().flatten().reduce(Evidence::first)
    }

    /// The piece as changes in their order, without what it has found by itself.
    pub(super) fn into_changes(self) -> (Vec<Change<T>>, Option<Evidence<T>>) {
        // Of one instant, ends come before begins: of a session that was told of twice, the end is
        // that of the first. Between them is what took no time, in which each has its own.
        let ends = self.ends.into_values();
        let ends = ends.map(|ended| (ended.at, 0, Change::End(ended)));
        let begins = self.settled.into_values().chain(self.fresh.into_values());
        let begins = begins.map(|begun| (begun.at, 2, Change::Begin(begun)));
        let mut changes: Vec<_> = ends.chain(begins).collect();
        for (begun, end) in self.first {
            let ended = At {
                at: end,
                ..begun.clone()
            };
            let (begins, ends) = if begun.at < end { (2, 0) } else { (1, 1) };
            changes.push((begun.at, begins, Change::Begin(begun)));
            changes.push((end, ends, Change::End(ended)));
        }
        changes.sort_by_key(|(at, place, _)| (*at, *place));
        let changes = changes.into_iter().map(|(.., change)| change).collect();
        (changes, self.evidence)
    }

    /// Time goes on: what fresh sessions have in common with others up to `now` is known.
    fn settle(&mut self, now: Timestamp, rule: Rule) {
        let is_settled = self.fresh.is_empty() && self.passing.is_none();
        if is_settled || !rule.is_settled(self.newest, now) {
            return;
        }
        let found = [self.passed(), self.first_pair(Some(now), rule)];
        found.into_iter().flatten().for_each(|it| self.show(it));
        self.passing = None;
        let fresh = mem::take(&mut self.fresh);
        if self.settled.is_empty() {
            self.settled = fresh;
        } else {
            self.settled.extend(fresh); // one by one: `append` would walk all that are settled
        }
    }

    /// The first overlap of a fresh session with one that began before it, if all that are open
    /// stay so to `to`: the later is the first in the order of begin and id, the earlier that of
    /// the least id.
    fn first_pair(&self, to: Option<Timestamp>, rule: Rule) -> Option<Evidence<T>> {
        let mut fresh: Vec<_> = self.fresh.values().collect();
        fresh.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
        let mut least = self.settled.values().next();
        let user = least.or_else(|| fresh.first().copied())?.user.clone();
        for later in fresh {
            // If its user is not that of the very first, it is not that of any before it: else
            // one of those had been found.
            if let Some(earlier) = least
                && rule.may_count(later.at, to)
                && !(rule.is_of_users() && later.user == user)
            {
                return Some(Evidence::of_pair(open(earlier), open(later), later.at));
            }
            least = least.filter(|least| least.id < later.id).or(Some(later));
        }
        None
    }

    /// The overlap of a session that took no time with one that was open before it and still is.
    fn passed(&self) -> Option<Evidence<T>> {
        let later = self.passing.as_ref()?;
        let earlier = self.settled.values().next()?;
        let At { id, user, at } = later.clone();
        let session = Session::new(id, user, Some(at), Some(at));
        // Not so if events came out of order.
        let is_earlier = earlier.at < at && earlier.id != later.id;
        is_earlier.then(|| Evidence::of_pair(open(earlier), session, at))
    }

    fn keep_first(&mut self, begun: At<T>, end: Timestamp, rule: Rule) {
        if !rule.may_count(begun.at, Some(end)) && !rule.may_pass(begun.at, end) {
            return;
        }
        let lasts = begun.at < end;
        let is_of_use = |first: &At<T>, other: &At<T>| {
            if lasts {
                rule.is_of_users() && first.user != other.user
            } else {
                // One that begins in the instant in which the first passes overlaps with this one.
                first.at < other.at
            }
        };
        let mut known = self
            .first
            .iter()
            .filter(|(it, end)| (it.at < *end) == lasts);
        if let Some((first, _)) = known.next() {
            let other = known.next().map(|(other, _)| other);
            let is_behind = other.unwrap_or(first).order() < begun.order();
            if is_behind && (other.is_some() || !is_of_use(first, &begun)) {
                return;
            }
        }
        let all = mem::take(&mut self.first).into_iter();
        let (mut known, rest): (Vec<_>, _) = all.partition(|(it, end)| (it.at < *end) == lasts);
        known.push((begun, end));
        known.sort_unstable_by(|(a, _), (b, _)| a.order().cmp(&b.order()));
        let mut known = known.into_iter();
        self.first = rest;
        if let Some(first) = known.next() {
            let other = known.find(|(other, _)| is_of_use(&first.0, other));
            self.first.push(first);
            self.first.extend(other);
        }
    }
}

fn open<T: Clone>(begun: &At<T>) -> Session<T> {
    Session::new(begun.id.clone(), begun.user.clone(), Some(begun.at), None)
}
