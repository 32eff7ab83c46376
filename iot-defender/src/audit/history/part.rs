//! What a piece of a history holds of one key.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::{AuditWindow, Evidence, Overlap, Session};

type Rule = (Overlap, AuditWindow);

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part<T> {
    /// By the id of the session. All have a begin, and none has an end.
    open: BTreeMap<T, Session<T>>,
    evidence: Option<Evidence<T>>,
    /// The ends of sessions that began in a piece before. None, unless the piece is continued.
    ends: BTreeMap<T, Timestamp>,
    /// Of the sessions that began and ended in the piece and may count, the first, and the first
    /// of another user. None, unless the piece is continued.
    first: Vec<Session<T>>,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
            evidence: None,
            ends: BTreeMap::new(),
            first: Vec::new(),
        }
    }
}

impl<T: Ord + Clone> Part<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
            && self.evidence.is_none()
            && self.ends.is_empty()
            && self.first.is_empty()
    }

    pub(super) fn open(&mut self, session: Session<T>) {
        self.open.insert(session.id.clone(), session);
    }

    /// `ended` has an end and no begin.
    pub(super) fn close(
        &mut self,
        mut ended: Session<T>,
        duplicate: bool,
        rule: Rule,
        is_continued: bool,
    ) {
        if let Some(began) = self.open.remove(&ended.id) {
            ended.connected = began.connected;
            self.learn(&ended);
            self.compare(&ended, rule);
            if is_continued {
                self.keep_first(ended.clone(), rule);
            }
        } else if is_continued && let Some(at) = ended.disconnected {
            self.ends.insert(ended.id.clone(), at);
        }
        let (overlap, window) = rule;
        if let Some(at) = ended.disconnected
            && duplicate
            && overlap == Overlap::ConflictingClientId
            && window.has(at)
        {
            self.show(Evidence::of_end(at, ended));
        }
    }

    /// Sets the session that has ended against those that are open.
    fn compare(&mut self, ended: &Session<T>, (overlap, window): Rule) {
        // What begins behind the evidence there is cannot be the first.
        let known = self.evidence.as_ref().map(Evidence::at);
        let late =
            |session: &Session<T>| known.is_some_and(|known| session.connected > Some(known));
        if late(ended) {
            return;
        }
        let partners = self.open.values().filter(|open| !late(open));
        let found = partners
            .filter(|open| overlap.is_between(window, ended, open))
            .map(|open| Evidence::of_pair(ended.clone(), open.clone()))
            .reduce(Evidence::first);
        if let Some(found) = found {
            self.show(found);
        }
    }

    fn show(&mut self, found: Evidence<T>) {
        self.evidence = Some(match self.evidence.take() {
            Some(known) => known.first(found),
            None => found,
        });
    }

    /// The evidence may show a session that has ended since, or whose begin was not known.
    fn learn(&mut self, ended: &Session<T>) {
        if let Some(evidence) = &mut self.evidence {
            evidence.learn(|session| {
                if session.id == ended.id {
                    session.connected = ended.connected;
                    session.disconnected = ended.disconnected;
                }
            });
        }
    }

    fn keep_first(&mut self, session: Session<T>, (overlap, window): Rule) {
        if !overlap.may_count(window, session.connected, session.disconnected) {
            return;
        }
        self.first.push(session);
        self.first
            .sort_unstable_by(|a, b| (a.connected, &a.id).cmp(&(b.connected, &b.id)));
        let user = self.first.first().map(|session| session.user.clone());
        let other = self
            .first
            .iter()
            .position(|session| Some(&session.user) != user.as_ref());
        let mut at = 0;
        self.first.retain(|_| {
            at += 1;
            at == 1 || Some(at - 1) == other
        });
    }

    /// Puts the piece behind this one to it.
    pub(super) fn merge(&mut self, later: Self, rule: Rule, is_continued: bool) {
        let (overlap, window) = rule;
        let Self {
            open,
            evidence,
            mut ends,
            first,
        } = later;
        if let Some(found) = evidence {
            self.show(found);
        }
        // Those that end in the later piece meet those that are open behind it and each other;
        // all meet those that began and ended there.
        let began = core::mem::take(&mut self.open);
        let mut ended = Vec::new();
        for (id, mut session) in began {
            session.disconnected = ends.remove(&id);
            let meets = first
                .iter()
                .filter(|other| overlap.is_between(window, &session, other))
                .map(|other| Evidence::of_pair(session.clone(), other.clone()))
                .reduce(Evidence::first);
            if let Some(found) = meets {
                self.show(found);
            }
            if session.disconnected.is_some() {
                ended.push(session);
            } else {
                self.open.insert(id, session);
            }
        }
        self.open.extend(open);
        // In the order of their ends, each against those that are open then.
        ended.sort_unstable_by(|a, b| (a.disconnected, &a.id).cmp(&(b.disconnected, &b.id)));
        for session in &ended {
            let open = Session {
                disconnected: None,
                ..session.clone()
            };
            self.open(open);
        }
        for session in ended {
            self.open.remove(&session.id);
            self.learn(&session);
            self.compare(&session, rule);
            if is_continued {
                self.keep_first(session, rule);
            }
        }
        if is_continued {
            self.ends.append(&mut ends);
            for session in first {
                self.keep_first(session, rule);
            }
        }
    }

    /// The evidence, with that of the sessions that are open.
    pub(super) fn finding(&self, (overlap, window): Rule) -> Option<Evidence<T>> {
        let mut open: Vec<_> = self.open.values().collect();
        open.sort_unstable_by(|a, b| (a.connected, &a.id).cmp(&(b.connected, &b.id)));
        // The first that can overlap one before it does: if its user is not that of the very
        // first, it is not that of any before, or one of those had come first.
        let user = open.first().map(|session| &session.user);
        let later = open.iter().enumerate().skip(1).find(|(_, later)| {
            let differs = overlap == Overlap::ConflictingClientId || Some(&later.user) != user;
            differs && overlap.may_count(window, later.connected, None)
        });
        let pair = later.and_then(|(at, later)| {
            let before = open.iter().take(at);
            before
                .filter(|earlier| overlap.is_between(window, earlier, later))
                .map(|earlier| Evidence::of_pair((*earlier).clone(), (*later).clone()))
                .reduce(Evidence::first)
        });
        match (self.evidence.clone(), pair) {
            (Some(known), Some(pair)) => Some(known.first(pair)),
            (known, pair) => known.or(pair),
        }
    }
}
