//! The subscription index of a broker: many filters, one look-up.

use alloc::vec::Vec;
use core::fmt;

use crate::filter::{MatchMode, TopicFilterRef};
use crate::name::TopicNameRef;

mod arena;
mod bucket;
mod hash;
mod iter;
mod levels;
mod ordered;
mod shape;
mod table;

pub use iter::{FilterEntry, FilterMapIter, Matches};

use arena::{Arena, position};
use hash::LevelHasher;
use ordered::Ordered;
use shape::{ShapeKey, Shapes};

/// A map from topic filters to values, asked for all filters that match a topic name.
///
/// The key is the whole text of a filter. A shared subscription is found by the filter behind
/// `$share/<group>/`, and every group is an entry of its own: who gets the message within the
/// group is for the caller to decide, so `V` will often be a list.
///
/// # How it works, and what it costs
///
/// Filters are grouped by *shape*: the number of levels, which of them are `+`, and whether `#`
/// follows. A name can match only one filter text of a shape, the one in which its own levels
/// stand in place of the wildcards. So a look-up hashes the levels of the name once, derives the
/// hash for each shape in use whose number of levels fits, and probes one hash table per shape.
///
/// - A look-up allocates nothing. Its cost grows with the shapes in use that fit the name (within
///   the eight levels of AWS IoT at most 511, in practice a handful) and with the matches, not
///   with the filters that do not match.
/// - [`FilterMap::insert`] and [`FilterMap::remove`] take constant time, spread over many calls:
///   now and then a table grows by an eighth, or 64 KiB of text are packed anew.
/// - A filter needs its text, about 14 bytes, and for each begun 32 bytes of text the room of an
///   `Option<V>` (so a large `V` had better be boxed). The room of removed filters is used again.
///
/// # Hostile filters
///
/// The hash is keyed by a seed that [`FilterMap::with_seed`] sets. A broker whose clients are not
/// trusted had better choose one at random; nothing depends on it but speed. And even those who
/// know the seed do not get far: a table gives up on an entry that would lie more than eight
/// cache lines from its home, on the 17th entry with the same hash (say, the 17th group on one
/// filter), and on the 260th shape of more than eight levels, so that the 765 shapes of AWS IoT
/// always have room. Such filters, those with more than 16 levels and those longer than 4,096
/// bytes are kept in order instead, where inserting and removing take the logarithm of their
/// number times the length of the filter. A look-up there leaps from one possible match to the
/// next; as in a tree of levels it visits every beginning of a filter that matches a beginning of
/// the name, so filters that match the name but for their last level do cost time, one search
/// each.
///
/// # Examples
///
/// ```
/// use iot_topics::{FilterMap, TopicFilterRef, TopicNameRef};
///
/// let mut map = FilterMap::new();
/// map.insert(TopicFilterRef::parse("plant/+/temp")?, "thermometer");
/// map.insert(TopicFilterRef::parse("plant/#")?, "archive");
/// map.insert(TopicFilterRef::parse("plant/7/door")?, "guard");
///
/// let name = TopicNameRef::parse("plant/7/temp")?;
/// let mut takers: Vec<_> = map.matches(name).map(|entry| *entry.value()).collect();
/// takers.sort();
/// assert_eq!(takers, ["archive", "thermometer"]);
/// assert_eq!((map.len(), map.is_empty()), (3, false));
/// map.clear();
/// assert!(map.is_empty());
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone)]
pub struct FilterMap<V> {
    mode: MatchMode,
    hasher: LevelHasher,
    shapes: Shapes,
    arena: Arena<V>,
    /// How many filters are in `arena` and one of the tables in `shapes`.
    indexed: usize,
    /// All other filters.
    ordered: Ordered<V>,
}

/// Where an indexed filter is.
#[derive(Clone, Copy)]
struct Found {
    shape: ShapeKey,
    tag: u32,
    position: u32,
}

impl<V> FilterMap<V> {
    /// An empty map that matches by the rules of AWS IoT Core.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_mode(MatchMode::Aws)
    }

    /// An empty map that matches by the given rules.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, MatchMode, TopicFilterRef, TopicNameRef};
    ///
    /// let mut map = FilterMap::with_mode(MatchMode::Mqtt);
    /// map.insert(TopicFilterRef::parse("plant/#")?, ());
    /// assert_eq!(map.matches(TopicNameRef::parse("plant")?).count(), 1);
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub const fn with_mode(mode: MatchMode) -> Self {
        Self::with_seed(mode, 0)
    }

    /// An empty map whose hash is keyed: see "Hostile filters" above.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, MatchMode};
    ///
    /// let random = 0x5eed; // in earnest from the operating system
    /// let map: FilterMap<()> = FilterMap::with_seed(MatchMode::Aws, random);
    /// assert!(map.is_empty());
    /// ```
    #[must_use]
    pub const fn with_seed(mode: MatchMode, seed: u64) -> Self {
        Self {
            mode,
            hasher: LevelHasher::new(seed),
            shapes: Shapes::new(),
            arena: Arena::new(),
            indexed: 0,
            ordered: Ordered::new(),
        }
    }

    /// The rules that the map matches by.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, MatchMode};
    ///
    /// assert_eq!(FilterMap::<()>::new().mode(), MatchMode::Aws);
    /// ```
    #[must_use]
    pub const fn mode(&self) -> MatchMode {
        self.mode
    }

    /// How many filters the map holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indexed + self.ordered.len()
    }

    /// Whether the map holds no filter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sets the value of a filter; answers the value that it replaces.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, TopicFilterRef};
    ///
    /// let mut map = FilterMap::new();
    /// let filter = TopicFilterRef::parse("plant/+")?;
    /// assert_eq!(map.insert(filter, 1), None);
    /// assert_eq!(map.insert(filter, 2), Some(1));
    /// assert_eq!(map.len(), 1);
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    pub fn insert(&mut self, filter: TopicFilterRef<'_>, value: V) -> Option<V> {
        let shape = ShapeKey::of(filter.filter_part().as_bytes(), &self.hasher);
        let found = shape.and_then(|(shape, tag)| self.find(filter, shape, tag));
        let old = match found {
            Some(found) => self.arena.value_mut(found.position),
            None if self.ordered.is_empty() => None,
            None => self.ordered.get_mut(filter),
        };
        if let Some(old) = old {
            return Some(core::mem::replace(old, value));
        }
        self.add(shape, filter.as_str().as_bytes(), start_of(filter), value);
        self.pack();
        None
    }

    /// The value of a filter: of this very text, not of what it matches.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, TopicFilterRef};
    ///
    /// let mut map = FilterMap::new();
    /// map.insert(TopicFilterRef::parse("plant/+")?, 1);
    /// assert_eq!(map.get(TopicFilterRef::parse("plant/+")?), Some(&1));
    /// assert_eq!(map.get(TopicFilterRef::parse("plant/7")?), None);
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub fn get(&self, filter: TopicFilterRef<'_>) -> Option<&V> {
        match self.locate(filter) {
            Some(found) => self.arena.value(found.position),
            None => self.ordered.get(filter),
        }
    }

    /// The value of a filter, to be changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, TopicFilterRef};
    ///
    /// let mut map = FilterMap::new();
    /// let filter = TopicFilterRef::parse("plant/+")?;
    /// map.insert(filter, vec!["client-1"]);
    /// map.get_mut(filter).ok_or("missing")?.push("client-2");
    /// assert_eq!(map.remove(filter), Some(vec!["client-1", "client-2"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get_mut(&mut self, filter: TopicFilterRef<'_>) -> Option<&mut V> {
        match self.locate(filter) {
            Some(found) => self.arena.value_mut(found.position),
            None => self.ordered.get_mut(filter),
        }
    }

    /// Takes a filter out; answers its value. Its space is used again.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, TopicFilterRef};
    ///
    /// let mut map = FilterMap::new();
    /// let filter = TopicFilterRef::parse("plant/#")?;
    /// map.insert(filter, 1);
    /// assert_eq!(map.remove(filter), Some(1));
    /// assert_eq!(map.remove(filter), None);
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    pub fn remove(&mut self, filter: TopicFilterRef<'_>) -> Option<V> {
        let Some(found) = self.locate(filter) else {
            return self.ordered.remove(filter);
        };
        if let Some(shape) = self.shapes.get_mut(found.shape) {
            shape.table.remove(found.tag, found.position);
        }
        self.shapes.remove_if_empty(found.shape);
        let value = self.forget(found.position);
        self.pack();
        value
    }

    /// The entries whose filters match the name.
    ///
    /// Lazy and without allocation. Each matching filter comes once, and each group of a shared
    /// subscription is an entry of its own. The order follows from the inserts and removals that
    /// made the map and from its seed, but from nothing else.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, TopicFilterRef, TopicNameRef};
    ///
    /// let mut map = FilterMap::new();
    /// map.insert(TopicFilterRef::parse("+/log")?, 1);
    /// map.insert(TopicFilterRef::parse("#")?, 2);
    /// let count = |name| TopicNameRef::parse(name).map(|name| map.matches(name).count());
    /// assert_eq!(count("plant/log")?, 2);
    /// assert_eq!(count("plant")?, 1);
    /// assert_eq!(count("$aws/log")?, 0); // a wildcard in front never takes a `$`
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn matches<'m, 'n>(&'m self, name: TopicNameRef<'n>) -> Matches<'m, 'n, V> {
        Matches::new(self, name)
    }

    /// All entries.
    ///
    /// The order is that of insertion until the first removal. After that it still follows from
    /// the inserts and removals that made the map and from its seed, and from nothing else.
    /// Filters that are not indexed (see "Hostile filters" above) come last, in the order of
    /// their levels.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, TopicFilterRef};
    ///
    /// let mut map = FilterMap::new();
    /// map.insert(TopicFilterRef::parse("plant/+")?, 3);
    /// map.insert(TopicFilterRef::parse("hall/#")?, 4);
    /// assert_eq!(map.iter().map(|entry| entry.value()).sum::<i32>(), 7);
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub fn iter(&self) -> FilterMapIter<'_, V> {
        FilterMapIter::new(self)
    }

    /// Drops all entries and gives their space back.
    pub fn clear(&mut self) {
        *self = self.emptied();
    }

    /// Gives back space that is not in use. Takes time for every filter.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{FilterMap, TopicFilterRef};
    ///
    /// let mut map = FilterMap::new();
    /// for room in 0..1_000 {
    ///     map.insert(TopicFilterRef::parse(&format!("room/{room}"))?, room);
    /// }
    /// for room in 1..1_000 {
    ///     map.remove(TopicFilterRef::parse(&format!("room/{room}"))?);
    /// }
    /// map.shrink_to_fit(); // room for one filter again
    /// assert_eq!(map.get(TopicFilterRef::parse("room/0")?), Some(&0));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    pub fn shrink_to_fit(&mut self) {
        let fresh = self.emptied();
        let old = core::mem::replace(self, fresh);
        old.arena.drain(|record, value| {
            let shape = ShapeKey::of(record.filter_part(), &self.hasher);
            self.add(shape, record.text, record.start, value);
        });
        for (text, start, value) in old.ordered.into_entries() {
            let filter = text
                .as_bytes()
                .get(usize::from(start)..)
                .unwrap_or_default();
            let shape = ShapeKey::of(filter, &self.hasher);
            self.add(shape, text.as_bytes(), start, value);
        }
        let mut rejected = Vec::new();
        self.shapes.shrink_to_fit(&mut rejected);
        self.reorder(rejected);
        self.pack();
        self.arena.shrink_to_fit();
    }

    /// An empty map of the same mode and seed.
    fn emptied(&self) -> Self {
        Self {
            hasher: self.hasher,
            ..Self::with_mode(self.mode)
        }
    }

    fn locate(&self, filter: TopicFilterRef<'_>) -> Option<Found> {
        let (shape, tag) = ShapeKey::of(filter.filter_part().as_bytes(), &self.hasher)?;
        self.find(filter, shape, tag)
    }

    fn find(&self, filter: TopicFilterRef<'_>, shape: ShapeKey, tag: u32) -> Option<Found> {
        let table = &self.shapes.get(shape)?.table;
        let text = filter.as_str().as_bytes();
        let same = |position: &u32| {
            let record = self.arena.get(*position);
            record.is_some_and(|record| record.text == text)
        };
        let position = table.records(tag).find(same)?;
        Some(Found {
            shape,
            tag,
            position,
        })
    }

    /// Adds a new filter: to the index, or else to those kept in order.
    fn add(&mut self, shape: Option<(ShapeKey, u32)>, text: &[u8], start: u16, value: V) {
        let rest = match shape {
            Some((shape, tag)) => self.index(shape, tag, text, start, value),
            None => Err(value),
        };
        if let Err(value) = rest {
            self.order(text, start, value);
        }
    }

    /// Adds a new filter to the index; gives the value back when there is no room for it.
    fn index(
        &mut self,
        key: ShapeKey,
        tag: u32,
        text: &[u8],
        start: u16,
        value: V,
    ) -> Result<(), V> {
        let mut rejected = Vec::new();
        let room = match self.shapes.get_or_add(key) {
            Some(shape) => shape.table.make_room(tag, &mut rejected),
            None => false,
        };
        let pushed = match room {
            true => self.arena.push(text, start, value),
            false => Err(value),
        };
        let added = pushed.map(|position| {
            if let Some(shape) = self.shapes.get_mut(key) {
                shape.table.insert(tag, position);
                self.indexed += 1;
            }
        });
        self.shapes.remove_if_empty(key);
        self.reorder(rejected);
        added
    }

    /// Moves filters that a table has dropped out of the index.
    fn reorder(&mut self, rejected: Vec<u32>) {
        for position in rejected {
            let Some(record) = self.arena.get(position) else {
                continue;
            };
            let (text, start) = (Vec::from(record.text), record.start);
            if let Some(value) = self.forget(position) {
                self.order(&text, start, value);
            }
        }
    }

    fn order(&mut self, text: &[u8], start: u16, value: V) {
        if let Ok(text) = core::str::from_utf8(text) {
            self.ordered.insert(text, start, value);
        }
    }

    /// Drops the record and the value of a filter that no table names any longer.
    fn forget(&mut self, position: u32) -> Option<V> {
        let value = self.arena.remove(position)?;
        self.indexed -= 1;
        Some(value)
    }

    /// Moves what is left in chunks that are mostly dead.
    fn pack(&mut self) {
        while let Some((number, chunk)) = self.arena.take_victim() {
            chunk.drain(|offset, record, value| {
                let old = position(number, offset);
                let shape = ShapeKey::of(record.filter_part(), &self.hasher);
                // INVARIANT: it was pushed before, and the room it had is free by now.
                let new = self.arena.push(record.text, record.start, value).ok();
                if let (Some((key, tag)), Some(new)) = (shape, new)
                    && let Some(shape) = self.shapes.get_mut(key)
                {
                    shape.table.replace(tag, old, new);
                }
            });
        }
    }
}

/// Where the filter behind `$share/<group>/` starts in the whole text.
fn start_of(filter: TopicFilterRef<'_>) -> u16 {
    (filter.as_str().len() - filter.filter_part().len()) as u16
}

impl<V> Default for FilterMap<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: fmt::Debug> fmt::Debug for FilterMap<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self
            .iter()
            .map(|entry| (entry.filter().as_str(), entry.value()));
        f.debug_map().entries(entries).finish()
    }
}

impl<'m, V> IntoIterator for &'m FilterMap<V> {
    type Item = FilterEntry<'m, V>;
    type IntoIter = FilterMapIter<'m, V>;

    fn into_iter(self) -> FilterMapIter<'m, V> {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::*;

    fn insert(map: &mut FilterMap<u32>, text: &str, value: u32) -> Option<u32> {
        map.insert(TopicFilterRef::parse(text).unwrap(), value)
    }

    /// Texts that someone who knows the seed has made for one corner of the hash table.
    fn aimed(map: &FilterMap<u32>, count: usize) -> Vec<String> {
        let texts = (0..).map(|number| format!("aimed/{number}"));
        let corner = |text: &String| {
            let shape = ShapeKey::of(text.as_bytes(), &map.hasher);
            shape.is_some_and(|(_, tag)| tag >> 23 == 0)
        };
        texts.filter(corner).take(count).collect()
    }

    #[test]
    fn aimed_filters_are_kept_in_order_and_all_found() {
        let mut map = FilterMap::with_seed(MatchMode::Aws, 1);
        let texts = aimed(&map, 500);
        for (value, text) in (0..).zip(&texts) {
            assert_eq!(insert(&mut map, text, value), None);
        }
        assert_eq!(map.len(), 500);
        assert!(map.ordered.len() > 250, "{}", map.ordered.len());
        for (value, text) in (0..).zip(&texts) {
            let name = TopicNameRef::parse(text).unwrap();
            let found: Vec<u32> = map.matches(name).map(|entry| *entry.value()).collect();
            assert_eq!(found, [value]);
            assert_eq!(insert(&mut map, text, value + 1), Some(value));
        }
        // Under another seed they are filters as any other.
        let mut other = FilterMap::with_seed(MatchMode::Aws, 2);
        for entry in &map {
            other.insert(entry.filter(), *entry.value());
        }
        assert_eq!((other.len(), other.ordered.len()), (500, 0));
        for (value, text) in (0..).zip(&texts) {
            let removed = map.remove(TopicFilterRef::parse(text).unwrap());
            assert_eq!(removed, Some(value + 1));
        }
        assert!(map.is_empty() && map.ordered.is_empty());
    }

    #[test]
    fn deep_shapes_leave_room_for_all_others() {
        let mut map = FilterMap::new();
        let deep = |number: u32| {
            let levels = (0..11).map(|bit| if number >> bit & 1 == 0 { "/a" } else { "/+" });
            let levels: String = levels.collect();
            format!("$aws/events/presence/connected{levels}/+")
        };
        for number in 0..2_048 {
            let text = deep(number);
            let filter = TopicFilterRef::parse(&text).unwrap();
            assert!(crate::reserved::check_subscribe(filter).is_ok(), "{text}");
            map.insert(filter, number);
        }
        assert_eq!(map.shapes.len(), shape::MAX_DEEP_SHAPES);
        assert_eq!(map.ordered.len(), 2_048 - shape::MAX_DEEP_SHAPES);
        // Every shape of at most eight levels: each level `a` or `+`, the last one `#` too.
        let mut shallow = 0;
        for count in 1..=8 {
            for number in 0..1_u32 << count {
                let level = |bit: u32| if number >> bit & 1 == 0 { "a" } else { "+" };
                let levels: Vec<&str> = (0..count).map(level).collect();
                insert(&mut map, &levels.join("/"), number);
                shallow += 1;
                if count < 8 {
                    insert(&mut map, &format!("{}/#", levels.join("/")), number);
                    shallow += 1;
                }
            }
        }
        insert(&mut map, "#", 0);
        assert_eq!(shallow + 1, shape::MAX_SHAPES - shape::MAX_DEEP_SHAPES);
        assert_eq!(map.shapes.len(), shape::MAX_SHAPES);
        assert_eq!(map.ordered.len(), 2_048 - shape::MAX_DEEP_SHAPES);
        // Room that deep shapes give back serves other deep shapes.
        map.remove(TopicFilterRef::parse(&deep(0)).unwrap());
        insert(&mut map, &deep(0), 0);
        assert_eq!(map.ordered.len(), 2_048 - shape::MAX_DEEP_SHAPES);
    }

    /// Filters come and go for a long time: neither texts nor tables nor shapes pile up.
    #[test]
    fn room_is_used_again() {
        let mut map = FilterMap::new();
        let text = |number: u32| match number % 3 {
            0 => format!("plant/line-{number}/temperature"),
            1 => format!("plant/+/a-much-longer-level-for-{number}/#"),
            _ => format!("{number}"),
        };
        for number in 0..60_000 {
            insert(&mut map, &text(number), number);
            // Two in three go soon, one stays thirty times as long.
            let leaving = if number % 2 == 0 { number / 2 } else { number };
            if let Some(old) = leaving.checked_sub(1500) {
                map.remove(TopicFilterRef::parse(&text(old)).unwrap());
            }
            let live: usize = map.len();
            let room = map.arena.room();
            assert!(
                room <= live * 2 * 80 + 4 * 65_536,
                "{room} bytes for {live} filters"
            );
        }
        let live = map.len();
        map.shrink_to_fit();
        assert_eq!(map.len(), live);
        assert!(map.arena.room() <= live * 80 + 65_536);
        let texts: Vec<String> = map
            .iter()
            .map(|entry| entry.filter().as_str().into())
            .collect();
        for text in texts {
            map.remove(TopicFilterRef::parse(&text).unwrap());
        }
        assert!(map.is_empty());
        assert!(map.arena.room() <= 2 * 65_536, "{}", map.arena.room());
        assert_eq!(map.shapes.len(), 0);
    }
}
