//! What is held of one key, and what changes it.

use alloc::boxed::Box;

use iot_topics::Timestamp;

use super::Evidence;
use super::many::Many;
use super::window::Rule;

/// A session at its begin, or at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) id: T,
    pub(super) user: T,
    pub(super) at: Timestamp,
}

impl<T> At<T> {
    /// By which sessions come one after another.
    pub(super) const fn order(&self) -> (Timestamp, &T) {
        (self.at, &self.id)
    }
}

/// What happens to a key.
#[derive(Clone, Debug)]
pub(super) enum Change<T> {
    Begin(At<T>),
    End(At<T>),
    /// An end for the reason that the client id was used again.
    EndAsDuplicate(At<T>),
    /// All that a later piece has of the key.
    Later(Part<T>),
}

impl<T> Change<T> {
    fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Begin(it) | Self::End(it) | Self::EndAsDuplicate(it) => Some(it.at),
            Self::Later(_) => None,
        }
    }
}

/// One key: small for what nearly all keys are, in use by one session.
#[derive(Clone, Debug)]
pub(super) enum Part<T> {
    /// A session that is open, and nothing else is known.
    One(At<T>),
    /// The evidence that nothing can precede any more. Never of a continued piece.
    Found(Box<Evidence<T>>),
    Many(Box<Many<T>>),
}

impl<T: Ord + Clone> Part<T> {
    /// The key behind a change; `None`: nothing is held of it.
    pub(super) fn after(part: Option<Self>, change: Change<T>, rule: Rule) -> Option<Self> {
        match (part, change) {
            (part, Change::Later(later)) => Self::merge(part, later, rule),
            (None, Change::Begin(begun)) => {
                (rule.is_continued || rule.reaches(begun.at)).then_some(Self::One(begun))
            }
            (None, Change::End(_)) if !rule.is_continued => None,
            (Some(Self::One(open)), Change::End(ended)) if !rule.is_continued => {
                (open.id != ended.id).then_some(Self::One(open))
            }
            (Some(Self::One(open)), Change::Begin(begun)) if open.id == begun.id => {
                Some(Self::One(open))
            }
            (Some(Self::Found(evidence)), Change::Begin(_)) => Some(Self::Found(evidence)),
            (Some(Self::Found(mut evidence)), Change::End(ended)) => {
                evidence.learn_end(&ended.id, ended.at);
                Some(Self::Found(evidence))
            }
            (part, change) => {
                let now = change.at();
                let mut many = part.map_or_else(Box::default, Self::into_many);
                match change {
                    Change::Begin(begun) => many.begin(begun, rule),
                    Change::End(ended) => many.end(ended, false, rule),
                    Change::EndAsDuplicate(ended) => many.end(ended, true, rule),
                    Change::Later(_) => {}
                }
                Self::smallest(many, now, rule)
            }
        }
    }

    /// The evidence, with that of the sessions that are open.
    pub(super) fn finding(&self, rule: Rule) -> Option<Evidence<T>> {
        match self {
            Self::One(_) => None,
            Self::Found(evidence) => Some((**evidence).clone()),
            Self::Many(many) => many.finding(rule),
        }
    }

    /// The later piece as changes: it holds all that matters to the pieces before it. Its own
    /// evidence is compared at the end.
    fn merge(part: Option<Self>, later: Self, rule: Rule) -> Option<Self> {
        let later = later.into_many();
        let (changes, evidence) = later.into_changes();
        let evidence = evidence.map(|mut evidence| {
            evidence
                .sessions_mut()
                .filter(|session| session.connected.is_none())
                .for_each(|session| {
                    if let Some(begun) = part.as_ref().and_then(|part| part.open(&session.id)) {
                        session.connected = Some(begun.at);
                        session.user = begun.user.clone();
                    }
                });
            evidence
        });
        let merged = changes
            .into_iter()
            .fold(part, |part, change| Self::after(part, change, rule));
        let Some(evidence) = evidence else {
            return merged;
        };
        let mut many = merged.map_or_else(Box::default, Self::into_many);
        many.show(evidence);
        Self::smallest(many, None, rule)
    }

    /// The session of this id, if it is open.
    fn open(&self, id: &T) -> Option<&At<T>> {
        match self {
            Self::One(open) => (open.id == *id).then_some(open),
            Self::Found(_) => None,
            Self::Many(many) => many.open(id),
        }
    }

    fn into_many(self) -> Box<Many<T>> {
        match self {
            Self::One(open) => Box::new(Many::of(open)),
            Self::Found(evidence) => Box::new(Many::found(*evidence)),
            Self::Many(many) => many,
        }
    }

    /// `now`: the instant of the last event, if it is known.
    fn smallest(many: Box<Many<T>>, now: Option<Timestamp>, rule: Rule) -> Option<Self> {
        // Events to come are not before this one, and pairs of theirs not before the evidence.
        if !rule.is_continued
            && let Some(now) = now
            && many.is_found_before(now)
        {
            return many.into_evidence().map(Box::new).map(Self::Found);
        }
        if many.is_only_open() && many.len() < 2 {
            return many.into_open().map(Self::One);
        }
        Some(Self::Many(many))
    }
}
