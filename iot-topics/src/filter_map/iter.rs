//! What look-ups and iteration yield.

use core::fmt;
use core::iter::FusedIterator;
use core::ops::Range;

use super::FilterMap;
use super::arena::ArenaIter;
use super::levels::NameLevels;
use super::ordered::{Entries, OrderedMatches};
use super::table::Hits;
use crate::filter::TopicFilterRef;
use crate::name::TopicNameRef;

/// A filter of a [`FilterMap`] and its value, both borrowed from the map.
///
/// # Examples
///
/// ```
/// use iot_topics::{FilterMap, TopicFilterRef};
///
/// let mut map = FilterMap::new();
/// map.insert(TopicFilterRef::parse("$share/loggers/plant/#")?, 7);
/// let entry = map.iter().next().ok_or("empty")?;
/// assert!(entry.is_shared());
/// assert_eq!(entry.filter().share_name(), Some("loggers"));
/// assert_eq!(*entry.value(), 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FilterEntry<'m, V> {
    text: &'m [u8],
    start: u16,
    value: &'m V,
}

impl<'m, V> FilterEntry<'m, V> {
    /// `text` is the whole text of a filter, which starts at `start` in it.
    #[inline]
    pub(super) const fn new(text: &'m [u8], start: u16, value: &'m V) -> Self {
        Self { text, start, value }
    }

    /// The filter, as it was inserted.
    #[must_use]
    pub fn filter(&self) -> TopicFilterRef<'m> {
        // INVARIANT: the bytes are those of a filter's text.
        let text = core::str::from_utf8(self.text).unwrap_or_default();
        TopicFilterRef::from_parts(text, self.start)
    }

    /// Whether the filter is a shared subscription: one member of its group is to get a message.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.start > 0
    }

    /// The value.
    #[must_use]
    pub const fn value(&self) -> &'m V {
        self.value
    }
}

impl<V> Clone for FilterEntry<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for FilterEntry<'_, V> {}

impl<V: fmt::Debug> fmt::Debug for FilterEntry<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterEntry")
            .field("filter", &self.filter().as_str())
            .field("value", &self.value)
            .finish()
    }
}

/// How many shapes are probed before the first of their records is read.
const BATCH: usize = 8;

/// The entries whose filters match a name; see [`FilterMap::matches`].
///
/// # Examples
///
/// ```
/// use iot_topics::{FilterMap, TopicFilterRef, TopicNameRef};
///
/// let mut map = FilterMap::new();
/// map.insert(TopicFilterRef::parse("plant/+")?, "display");
/// map.insert(TopicFilterRef::parse("$share/loggers/plant/#")?, "logger");
/// let mut matches = map.matches(TopicNameRef::parse("plant/7")?);
/// assert_eq!(matches.clone().count(), 2); // begins anew, for nothing but the look-up
/// assert!(matches.any(|entry| entry.is_shared()));
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
pub struct Matches<'m, 'n, V> {
    map: &'m FilterMap<V>,
    name: TopicNameRef<'n>,
    levels: NameLevels,
    /// The places of the shapes that are still to be probed.
    fixed: Range<u16>,
    multi: Range<u16>,
    batch: Batch,
    ordered: Option<OrderedMatches<'m, 'n, V>>,
}

/// What the probes of some shapes have found.
#[derive(Clone, Debug)]
struct Batch {
    /// The places of shapes, of which the first `found` count.
    places: [u16; BATCH],
    /// The hits there. An array of its own: one of pairs has gaps, and is moved piece by piece.
    hits: [Hits; BATCH],
    found: usize,
    /// The one that is next.
    at: usize,
}

impl<'m, 'n, V> Matches<'m, 'n, V> {
    #[inline]
    pub(super) fn new(map: &'m FilterMap<V>, name: TopicNameRef<'n>) -> Self {
        let levels = NameLevels::of(name.as_str().as_bytes(), &map.hasher);
        let [fixed, multi] = map.shapes.for_levels(levels.count(), map.mode);
        Self {
            map,
            name,
            levels,
            fixed,
            multi,
            batch: Batch {
                places: [0; BATCH],
                hits: [Hits::default(); BATCH],
                found: 0,
                at: 0,
            },
            ordered: None,
        }
    }

    /// Probes the next shapes; `false` when none is left.
    ///
    /// First all tables are asked whether they may hold the filter, which leaves one or two; then
    /// their buckets are read. Neither waits for the answer before it asks the next, nor branches
    /// on it, so that the processor waits for cache misses at the same time. The filter without
    /// wildcards is the likeliest: its bucket is read at once.
    #[inline]
    fn probe(&mut self) -> bool {
        if self.fixed.is_empty() && self.multi.is_empty() {
            return false;
        }
        let reserved = self.name.is_reserved();
        let batch = &mut self.batch;
        let (mut probed, mut found) = (0, 0);
        for places in [&mut self.fixed, &mut self.multi] {
            let start = places.start;
            places.start = places.end.min(start + (BATCH - probed) as u16);
            let shapes = self.map.shapes.between(start, places.start);
            probed += shapes.len();
            for (place, shape) in (start..).zip(shapes) {
                let excluded = reserved & shape.wild;
                let aim = shape.table.aim(shape.key.tag_for(&self.levels));
                let likely = shape.exact || shape.table.may_hold(aim);
                let slots = (batch.places.get_mut(found), batch.hits.get_mut(found));
                if let (Some(own_place), Some(hits)) = slots {
                    (*own_place, *hits) = (place, Hits::at(aim));
                    found += usize::from(likely & !excluded);
                }
            }
        }
        for (place, hits) in batch.places.iter().zip(&mut batch.hits).take(found) {
            if let Some(shape) = self.map.shapes.at(*place) {
                *hits = shape.table.hits(hits.aim());
            }
        }
        (batch.found, batch.at) = (found, 0);
        true
    }

    /// The next match among the filters that are not indexed.
    #[cold]
    #[inline(never)]
    fn next_ordered(&mut self) -> Option<FilterEntry<'m, V>> {
        let matches = || self.map.ordered.matches(self.name, self.map.mode);
        self.ordered.get_or_insert_with(matches).next()
    }

    /// The next match among what the last probes have found.
    #[inline]
    fn next_found(&mut self) -> Option<FilterEntry<'m, V>> {
        let name = self.name.as_str().as_bytes();
        let batch = &mut self.batch;
        while batch.at < batch.found {
            let (place, hits) = (batch.places.get(batch.at)?, batch.hits.get_mut(batch.at)?);
            let shape = self.map.shapes.at(*place)?;
            let Some(position) = shape.table.next(hits) else {
                batch.at += 1;
                continue;
            };
            let record = self.map.arena.get(position)?;
            if shape.key.takes(record.filter_part(), name, &self.levels) {
                let value = self.map.arena.value(position)?;
                return Some(FilterEntry::new(record.text, record.start, value));
            }
        }
        None
    }
}

impl<'m, V> Iterator for Matches<'m, '_, V> {
    type Item = FilterEntry<'m, V>;

    #[inline]
    fn next(&mut self) -> Option<FilterEntry<'m, V>> {
        loop {
            if let Some(entry) = self.next_found() {
                return Some(entry);
            }
            if !self.probe() {
                break;
            }
        }
        if self.map.ordered.is_empty() {
            return None;
        }
        self.next_ordered()
    }
}

impl<V> FusedIterator for Matches<'_, '_, V> {}

impl<V> Clone for Matches<'_, '_, V> {
    fn clone(&self) -> Self {
        Self {
            levels: self.levels.clone(),
            fixed: self.fixed.clone(),
            multi: self.multi.clone(),
            batch: self.batch.clone(),
            ordered: self.ordered.clone(),
            ..*self
        }
    }
}

impl<V: fmt::Debug> fmt::Debug for Matches<'_, '_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// All entries of a map; see [`FilterMap::iter`].
///
/// # Examples
///
/// ```
/// use iot_topics::{FilterMap, TopicFilterRef};
///
/// let mut map = FilterMap::new();
/// map.insert(TopicFilterRef::parse("plant/+")?, 1);
/// map.insert(TopicFilterRef::parse("hall/#")?, 2);
/// let entries = map.iter();
/// assert_eq!(entries.len(), 2);
/// let texts: Vec<&str> = entries.map(|entry| entry.filter().as_str()).collect();
/// assert_eq!(texts, ["plant/+", "hall/#"]);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
pub struct FilterMapIter<'m, V> {
    indexed: ArenaIter<'m, V>,
    ordered: Entries<'m, V>,
    left: usize,
}

impl<'m, V> FilterMapIter<'m, V> {
    pub(super) fn new(map: &'m FilterMap<V>) -> Self {
        Self {
            indexed: map.arena.iter(),
            ordered: map.ordered.iter(),
            left: map.len(),
        }
    }
}

impl<'m, V> Iterator for FilterMapIter<'m, V> {
    type Item = FilterEntry<'m, V>;

    fn next(&mut self) -> Option<FilterEntry<'m, V>> {
        let indexed = self.indexed.next();
        let entry = match indexed {
            Some((record, value)) => FilterEntry::new(record.text, record.start, value),
            None => self.ordered.next()?,
        };
        self.left = self.left.saturating_sub(1);
        Some(entry)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<V> ExactSizeIterator for FilterMapIter<'_, V> {}

impl<V> FusedIterator for FilterMapIter<'_, V> {}

impl<V> Clone for FilterMapIter<'_, V> {
    fn clone(&self) -> Self {
        Self {
            indexed: self.indexed.clone(),
            ordered: self.ordered.clone(),
            ..*self
        }
    }
}

impl<V: fmt::Debug> fmt::Debug for FilterMapIter<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
