//! The part of the map that no input can slow down: filters in order, searched by leaps.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::ops::Bound;

use super::FilterEntry;
use crate::filter::{MatchMode, TopicFilterRef};
use crate::name::TopicNameRef;

/// Filters in the order of their levels, those with equal levels in the order of their groups.
///
/// A look-up starts at the first filter and leaps from each filter that does not match to the
/// next place in the order where one could: it visits no more places than a walk through a tree
/// of levels would, at the cost of one search of the tree a place.
#[derive(Clone, Debug)]
pub(super) struct Ordered<V> {
    filters: BTreeMap<Key, V>,
}

impl<V> Ordered<V> {
    pub(super) const fn new() -> Self {
        Self {
            filters: BTreeMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.filters.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    pub(super) fn insert(&mut self, text: &str, start: u16, value: V) -> Option<V> {
        let text = text.into();
        self.filters.insert(Key { text, start }, value)
    }

    pub(super) fn get(&self, filter: TopicFilterRef<'_>) -> Option<&V> {
        self.filters.get(&Target::at(filter) as &dyn Place)
    }

    pub(super) fn get_mut(&mut self, filter: TopicFilterRef<'_>) -> Option<&mut V> {
        self.filters.get_mut(&Target::at(filter) as &dyn Place)
    }

    pub(super) fn remove(&mut self, filter: TopicFilterRef<'_>) -> Option<V> {
        self.filters.remove(&Target::at(filter) as &dyn Place)
    }

    pub(super) fn iter(&self) -> Entries<'_, V> {
        Entries(self.filters.iter())
    }

    /// The filters with their texts, where `$share/<group>/` ends in them, and their values.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (Box<str>, u16, V)> {
        let entries = self.filters.into_iter();
        entries.map(|(key, value)| (key.text, key.start, value))
    }

    #[inline]
    pub(super) fn matches<'m, 'n>(
        &'m self,
        name: TopicNameRef<'n>,
        mode: MatchMode,
    ) -> OrderedMatches<'m, 'n, V> {
        OrderedMatches {
            ordered: self,
            ahead: self.filters.range::<Key, _>(..),
            name,
            mode,
        }
    }
}

/// All filters, in order.
#[derive(Debug)]
pub(super) struct Entries<'m, V>(btree_map::Iter<'m, Key, V>);

impl<V> Clone for Entries<'_, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'m, V> Iterator for Entries<'m, V> {
    type Item = FilterEntry<'m, V>;

    fn next(&mut self) -> Option<FilterEntry<'m, V>> {
        self.0.next().map(|(key, value)| key.entry(value))
    }
}

/// The filters that match a name, in order.
#[derive(Debug)]
pub(super) struct OrderedMatches<'m, 'n, V> {
    ordered: &'m Ordered<V>,
    ahead: btree_map::Range<'m, Key, V>,
    name: TopicNameRef<'n>,
    mode: MatchMode,
}

impl<V> Clone for OrderedMatches<'_, '_, V> {
    fn clone(&self) -> Self {
        Self {
            ahead: self.ahead.clone(),
            ..*self
        }
    }
}

impl<'m, V> Iterator for OrderedMatches<'m, '_, V> {
    type Item = FilterEntry<'m, V>;

    fn next(&mut self) -> Option<FilterEntry<'m, V>> {
        loop {
            let (key, value) = self.ahead.next()?;
            let filters = &self.ordered.filters;
            self.ahead = match judge(key.filter_part(), self.name, self.mode) {
                Verdict::Match => return Some(key.entry(value)),
                Verdict::Leap(head, tail) => {
                    let target: &dyn Place = &Target {
                        head,
                        tail,
                        group: "",
                    };
                    filters.range::<dyn Place + '_, _>((Bound::Included(target), Bound::Unbounded))
                }
                Verdict::Past => btree_map::Range::default(),
            };
        }
    }
}

/// What a filter says about where the matches of a name lie.
enum Verdict<'f, 'n> {
    /// It is one.
    Match,
    /// The next one is at or behind the place made of these two texts, which lies behind it.
    Leap(&'f str, &'n str),
    /// There is none behind it.
    Past,
}

fn judge<'f, 'n>(filter: &'f str, name: TopicNameRef<'n>, mode: MatchMode) -> Verdict<'f, 'n> {
    // Both texts are walked level by level: `start` and `name_end` are where the level of the
    // filter starts and where the levels of the name before it end.
    let mut levels = Walk {
        filter,
        name: name.as_str(),
        start: 0,
        name_start: Some(0),
    };
    loop {
        let (level, wanted) = (levels.level(), levels.wanted(mode));
        if !wanted.contains(level) {
            break;
        }
        match (level, levels.advance()) {
            ("#", _) => return Verdict::Match,
            (_, Advance::Level) => {}
            (_, Advance::BothEnd) => return Verdict::Match,
            (_, Advance::FilterEnds) => return Verdict::Leap(filter, "/"),
        }
    }
    loop {
        if let Some(next) = levels.wanted(mode).above(levels.level()) {
            return Verdict::Leap(filter.get(..levels.start).unwrap_or_default(), next);
        }
        if !levels.retreat() {
            return Verdict::Past;
        }
    }
}

/// A filter and a name, both at the level of one position.
struct Walk<'f, 'n> {
    filter: &'f str,
    name: &'n str,
    /// Where the level of the filter starts.
    start: usize,
    /// Where the level of the name starts; `None` right behind the last level.
    name_start: Option<usize>,
}

enum Advance {
    Level,
    BothEnd,
    FilterEnds,
}

impl<'f, 'n> Walk<'f, 'n> {
    fn level(&self) -> &'f str {
        first_level(self.filter, self.start)
    }

    fn wanted(&self, mode: MatchMode) -> Wanted<'n> {
        let literal = self.name_start.map(|start| first_level(self.name, start));
        // A wildcard in front never takes a name that starts with `$`.
        let wild = self.start > 0 || !self.name.starts_with('$');
        Wanted {
            multi: (wild && (literal.is_some() || mode == MatchMode::Mqtt)).then_some("#"),
            single: (wild && literal.is_some()).then_some("+"),
            literal,
        }
    }

    fn advance(&mut self) -> Advance {
        let end = self.start + self.level().len();
        let name_end = match self.name_start {
            Some(start) => start + first_level(self.name, start).len(),
            None => self.name.len(),
        };
        let name_start = (name_end < self.name.len()).then_some(name_end + 1);
        match (end < self.filter.len(), name_start) {
            (false, None) => return Advance::BothEnd,
            (false, Some(_)) => return Advance::FilterEnds,
            (true, _) => {}
        }
        self.start = end + 1;
        self.name_start = name_start;
        Advance::Level
    }

    /// One level back; `false` at the first.
    fn retreat(&mut self) -> bool {
        let Some(end) = self.start.checked_sub(1) else {
            return false;
        };
        let name_end = match self.name_start {
            Some(start) => start.saturating_sub(1),
            None => self.name.len(),
        };
        self.start = last_level_start(self.filter, end);
        self.name_start = Some(last_level_start(self.name, name_end));
        true
    }
}

fn first_level(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    rest.split_once('/').map_or(rest, |(level, _)| level)
}

fn last_level_start(text: &str, end: usize) -> usize {
    let slash = text.get(..end).and_then(|before| before.rfind('/'));
    slash.map_or(0, |slash| slash + 1)
}

/// The texts of a filter's level that match at one position of a name.
struct Wanted<'n> {
    multi: Option<&'static str>,
    single: Option<&'static str>,
    literal: Option<&'n str>,
}

impl<'n> Wanted<'n> {
    fn all(&self) -> impl Iterator<Item = &'n str> {
        [self.multi, self.single, self.literal]
            .into_iter()
            .flatten()
    }

    fn contains(&self, level: &str) -> bool {
        self.all().any(|wanted| wanted == level)
    }

    /// The first that comes after `level` in the order.
    fn above(&self, level: &str) -> Option<&'n str> {
        self.all().filter(|wanted| *wanted > level).min()
    }
}

/// A stored filter.
#[derive(Clone, Debug)]
struct Key {
    text: Box<str>,
    /// Where the filter behind `$share/<group>/` starts.
    start: u16,
}

impl Key {
    fn filter_part(&self) -> &str {
        self.text.get(usize::from(self.start)..).unwrap_or_default()
    }

    fn entry<'m, V>(&'m self, value: &'m V) -> FilterEntry<'m, V> {
        FilterEntry::new(self.text.as_bytes(), self.start, value)
    }
}

/// A place in the order, stored or sought; what is sought needs no text of its own.
struct Target<'a> {
    head: &'a str,
    /// Follows `head` without a gap.
    tail: &'a str,
    /// `$share/<group>/` or nothing.
    group: &'a str,
}

impl<'a> Target<'a> {
    fn at(filter: TopicFilterRef<'a>) -> Self {
        let start = super::start_of(filter);
        Self {
            head: filter.filter_part(),
            tail: "",
            group: filter
                .as_str()
                .get(..usize::from(start))
                .unwrap_or_default(),
        }
    }

    /// The bytes in the order of levels: a level ends before any longer level goes on.
    fn levels(&self) -> impl Iterator<Item = u16> {
        let bytes = self.head.bytes().chain(self.tail.bytes());
        bytes.map(|byte| match byte {
            b'/' => 0,
            _ => u16::from(byte) + 1,
        })
    }
}

trait Place {
    fn place(&self) -> Target<'_>;
}

impl Place for Key {
    fn place(&self) -> Target<'_> {
        Target {
            head: self.filter_part(),
            tail: "",
            group: self.text.get(..usize::from(self.start)).unwrap_or_default(),
        }
    }
}

impl Place for Target<'_> {
    fn place(&self) -> Target<'_> {
        Target { ..*self }
    }
}

impl<'a> Borrow<dyn Place + 'a> for Key {
    fn borrow(&self) -> &(dyn Place + 'a) {
        self
    }
}

impl Ord for dyn Place + '_ {
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, other) = (self.place(), other.place());
        let levels = own.levels().cmp(other.levels());
        levels.then_with(|| own.group.cmp(other.group))
    }
}

impl PartialOrd for dyn Place + '_ {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for dyn Place + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for dyn Place + '_ {}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, other): (&dyn Place, &dyn Place) = (self, other);
        own.cmp(other)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}
