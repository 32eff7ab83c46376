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
    /// No fresh session began later.
    newest: Timestamp,
    evidence: Option<Evidence<T>>,
    /// The ends of sessions that began in a piece before. None, unless the piece is continued.
    ends: BTreeMap<T, At<T>>,
    /// Of the sessions that began and ended in the piece and may count, the first, and the first
    /// of another user where that matters. None, unless the piece is continued.
    first: Vec<(At<T>, Timestamp)>,
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self {
            settled: BTreeMap::new(),
            fresh: BTreeMap::new(),
            newest: Timestamp::default(),
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
        self.evidence.is_none() && self.ends.is_empty() && self.first.is_empty()
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
        let begun = begun.or_else(|| self.settled.remove(&ended.id));
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
        match (self.evidence.clone(), self.first_pair(None, rule)) {
            (Some(known), Some(pair)) => Some(known.first(pair)),
            (known, pair) => known.or(pair),
        }
    }

    /// The piece as changes in their order, without what it has found by itself.
    pub(super) fn into_changes(self) -> (Vec<Change<T>>, Option<Evidence<T>>) {
        let begins = self.settled.into_values().chain(self.fresh.into_values());
        let begins = begins.map(|begun| (begun.at, true, Change::Begin(begun)));
        let ends = self.ends.into_values();
        let mut changes: Vec<_> = ends
            .map(|ended| (ended.at, false, Change::End(ended)))
            .chain(begins)
            .collect();
        for (begun, end) in self.first {
            let ended = At {
                at: end,
                ..begun.clone()
            };
            changes.push((begun.at, true, Change::Begin(begun)));
            changes.push((end, false, Change::End(ended)));
        }
        // Of one instant, ends before begins: of a session that was told of twice, the end is that
        // of the first. No session here takes no time.
        changes.sort_by_key(|(at, is_begin, _)| (*at, *is_begin));
        let changes = changes.into_iter().map(|(.., change)| change).collect();
        (changes, self.evidence)
    }

    /// Time goes on: what fresh sessions have in common with others up to `now` is known.
    fn settle(&mut self, now: Timestamp, rule: Rule) {
        if self.fresh.is_empty() || !rule.is_settled(self.newest, now) {
            return;
        }
        if let Some(found) = self.first_pair(Some(now), rule) {
            self.show(found);
        }
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
        fresh.sort_unstable_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
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

    fn keep_first(&mut self, begun: At<T>, end: Timestamp, rule: Rule) {
        if !rule.may_count(begun.at, Some(end)) {
            return;
        }
        self.first.push((begun, end));
        self.first
            .sort_unstable_by(|(a, _), (b, _)| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let mut kept = mem::take(&mut self.first).into_iter();
        if let Some(first) = kept.next() {
            let other = kept.find(|(other, _)| rule.is_of_users() && other.user != first.0.user);
            self.first.push(first);
            self.first.extend(other);
        }
    }
}

fn open<T: Clone>(begun: &At<T>) -> Session<T> {
    Session::new(begun.id.clone(), begun.user.clone(), Some(begun.at), None)
}
