//! A hash table from tags to records: flat, of cache lines, with a bounded reach.

use alloc::vec;
use alloc::vec::Vec;

use super::bucket::{Bucket, Entry, SLOTS};

/// How many buckets an entry may lie from its home, its home counted.
const REACH: usize = 8;
/// How many buckets an insertion or removal may touch; random tags need far fewer.
const MAX_MOVES: usize = 256;
/// How many entries of one tag a table takes: all of them are compared at each look-up.
const MAX_EQUAL: usize = 16;
/// Where in a bucket an entry would lie.
enum Place {
    Free(usize),
    /// The bucket is full; perhaps with an entry that is to go on instead.
    Taken(Option<(usize, Entry)>),
}

/// Where a search for a tag starts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Aim {
    bucket: u32,
    tag: u32,
}

/// Where a search for a tag has come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hits {
    aim: Aim,
    /// A bit for each slot of the bucket that has the tag.
    slots: u32,
    /// How many further buckets may hold the tag.
    ahead: u32,
}

impl Hits {
    /// Nothing yet.
    #[inline]
    pub(super) const fn at(aim: Aim) -> Self {
        Self {
            aim,
            slots: 0,
            ahead: 0,
        }
    }

    #[inline]
    pub(super) const fn aim(&self) -> Aim {
        self.aim
    }
}

/// Entries of one shape: the tag of a filter and the position of its record.
///
/// A bucket's home is proportional to the tag, so a table of any size will do, and growing moves
/// the entries in order. An entry that finds its home full lies at most seven buckets further
/// right: so a look-up reads at most eight cache lines, mostly one, and none at all for most of
/// the tags that are not there.
#[derive(Clone, Debug)]
pub(super) struct Table {
    buckets: Vec<Bucket>,
    /// For each bucket the marks of all tags whose home it is. An eighth of the size of the
    /// buckets, so that it is likelier to be in a cache.
    marks: Vec<u64>,
    len: usize,
}

/// Two of 64 bits, so that at 6 or 7 tags a bucket 29 of 30 others are told from them.
#[inline]
const fn marks(tag: u32) -> u64 {
    // The upper bits have chosen the bucket.
    (1 << (tag % 64)) | (1 << (tag / 64 % 64))
}

impl Table {
    pub(super) const fn new() -> Self {
        Self {
            buckets: Vec::new(),
            marks: Vec::new(),
            len: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where to search for a tag.
    #[inline]
    pub(super) fn aim(&self, tag: u32) -> Aim {
        let bucket = self.home(tag) as u32;
        Aim { bucket, tag }
    }

    /// Whether a search may find something; `false` is sure.
    #[inline]
    pub(super) fn may_hold(&self, aim: Aim) -> bool {
        let wanted = marks(aim.tag);
        let found = self.marks.get(aim.bucket as usize);
        found.is_some_and(|found| found & wanted == wanted)
    }

    /// What the bucket holds that is aimed at.
    #[inline]
    pub(super) fn hits(&self, aim: Aim) -> Hits {
        let Some(bucket) = self.buckets.get(aim.bucket as usize) else {
            return Hits::default();
        };
        let reach = self.reach() as u32;
        Hits {
            aim,
            slots: bucket.hits(aim.tag),
            ahead: if bucket.spilled(aim.tag) {
                reach - 1
            } else {
                0
            },
        }
    }

    /// The next record with the tag, going on to the next bucket where needed.
    #[inline]
    pub(super) fn next(&self, hits: &mut Hits) -> Option<u32> {
        while hits.slots == 0 {
            let ahead = hits.ahead.checked_sub(1)?;
            let bucket = self.step(hits.aim.bucket as usize, 1) as u32;
            let tag = hits.aim.tag;
            *hits = self.hits(Aim { bucket, tag });
            hits.ahead = hits.ahead.min(ahead);
        }
        let slot = hits.slots.trailing_zeros() as usize;
        hits.slots &= hits.slots - 1;
        self.buckets.get(hits.aim.bucket as usize)?.record(slot)
    }

    /// All records with a tag.
    pub(super) fn records(&self, tag: u32) -> impl Iterator<Item = u32> + '_ {
        let mut hits = self.hits(self.aim(tag));
        core::iter::from_fn(move || self.next(&mut hits))
    }

    /// Makes sure that [`Table::insert`] finds room for the tag, growing where that helps.
    ///
    /// `false` when there are too many entries with this tag, or when the neighbourhood of the tag
    /// is full in a table that is half empty: whoever chose the tags knows the seed, and more
    /// memory would not help. The records of entries that a larger table has no room for (the same
    /// case) are added to `rejected`.
    pub(super) fn make_room(&mut self, tag: u32, rejected: &mut Vec<u32>) -> bool {
        if self.records(tag).nth(MAX_EQUAL - 1).is_some() {
            return false;
        }
        loop {
            let slots = self.buckets.len() * SLOTS;
            // At 85 % a search goes on past its home bucket in one of five cases.
            let crowded = (self.len + 1) * 20 > slots * 17;
            if !crowded && self.has_room(tag) {
                return true;
            }
            if !crowded && self.len * 2 < slots {
                return false;
            }
            let now = self.buckets.len();
            let more = if now < 64 { now / 4 } else { now / 8 };
            let next = now + more.max(1);
            self.resize(next, rejected);
        }
    }

    /// Adds an entry; `false` when it has no room, see [`Table::make_room`].
    ///
    /// An entry that finds a full bucket takes the place of one that lies nearer to its home, and
    /// that one goes on instead: so all lie about equally far away, and few more than a bucket.
    pub(super) fn insert(&mut self, tag: u32, record: u32) -> bool {
        if !self.has_room(tag) {
            return false;
        }
        let mut index = self.home(tag);
        if let Some(all) = self.marks.get_mut(index) {
            *all |= marks(tag);
        }
        let mut carried = Entry { tag, record };
        while let Place::Taken(next) = self.place(index, carried.tag) {
            if let Some((slot, entry)) = next {
                self.put(index, slot, carried);
                carried = entry;
            }
            if let Some(bucket) = self.buckets.get_mut(index) {
                bucket.set_spilled(carried.tag);
            }
            index = self.step(index, 1);
        }
        if let Place::Free(slot) = self.place(index, carried.tag) {
            self.put(index, slot, carried);
        }
        self.len += 1;
        true
    }

    /// Whether [`Table::insert`] comes to a free slot before an entry lies too far away.
    fn has_room(&self, tag: u32) -> bool {
        let (mut index, mut carried) = (self.home(tag), tag);
        for _ in 0..MAX_MOVES.min(self.buckets.len()) {
            match self.place(index, carried) {
                Place::Free(_) => return true,
                Place::Taken(next) => carried = next.map_or(carried, |(_, entry)| entry.tag),
            }
            index = self.step(index, 1);
            if self.distance(self.home(carried), index) >= self.reach() {
                return false;
            }
        }
        false
    }

    /// Where an entry of this tag would lie in a bucket.
    fn place(&self, index: usize, tag: u32) -> Place {
        let Some(bucket) = self.buckets.get(index) else {
            return Place::Taken(None);
        };
        let free = bucket.hits(0);
        if free != 0 {
            return Place::Free(free.trailing_zeros() as usize);
        }
        let away = |tag| self.distance(self.home(tag), index);
        let entries = (0..SLOTS).map(|slot| (slot, bucket.entry(slot)));
        let nearest = entries.min_by_key(|(_, entry)| away(entry.tag));
        Place::Taken(nearest.filter(|(_, entry)| away(entry.tag) < away(tag)))
    }

    /// Lets the entry of a record point to where the record has moved.
    pub(super) fn replace(&mut self, tag: u32, old: u32, new: u32) {
        if let Some((index, slot)) = self.find(tag, old)
            && let Some(bucket) = self.buckets.get_mut(index)
        {
            bucket.set(slot, Entry { tag, record: new });
        }
    }

    /// Takes the entry of a record out.
    pub(super) fn remove(&mut self, tag: u32, record: u32) {
        let Some((first, slot)) = self.find(tag, record) else {
            return;
        };
        self.len -= 1;
        // Entries that had to pass the freed slot move back into it, one after the other.
        let (mut index, mut slot) = (first, slot);
        for _ in 0..MAX_MOVES {
            let Some((from, entry)) = self.passer(index) else {
                break;
            };
            self.put(index, slot, entry);
            (index, slot) = from;
        }
        self.put(index, slot, Entry::FREE);
        self.refresh_marks(self.home(tag));
        let moved = self.distance(first, index);
        if self.home(tag) != first || moved > 0 {
            for back in 0..self.reach() {
                self.refresh_spilled(self.step(first, self.buckets.len() - back));
            }
            for ahead in 1..=moved {
                self.refresh_spilled(self.step(first, ahead));
            }
        }
    }

    /// Gives back what the entries do not need.
    pub(super) fn shrink_to_fit(&mut self, rejected: &mut Vec<u32>) {
        let least = (self.len * 20).div_ceil(SLOTS * 17);
        if least < self.buckets.len() {
            self.resize(least, rejected);
        }
    }

    fn resize(&mut self, buckets: usize, rejected: &mut Vec<u32>) {
        let fresh = Self {
            buckets: vec![Bucket::EMPTY; buckets],
            marks: vec![0; buckets],
            len: 0,
        };
        let old = core::mem::replace(self, fresh);
        for entry in old.buckets.iter().flat_map(Bucket::entries) {
            if !self.insert(entry.tag, entry.record) {
                rejected.push(entry.record);
            }
        }
    }

    /// The bucket and slot that hold a record.
    fn find(&self, tag: u32, record: u32) -> Option<(usize, usize)> {
        let home = self.home(tag);
        let entry = Entry { tag, record };
        (0..self.reach()).find_map(|distance| {
            let index = self.step(home, distance);
            let bucket = self.buckets.get(index)?;
            let slot = (0..SLOTS).find(|slot| bucket.entry(*slot) == entry)?;
            Some((index, slot))
        })
    }

    /// The nearest entry right of a bucket that would rather lie in it.
    fn passer(&self, index: usize) -> Option<((usize, usize), Entry)> {
        if !self.buckets.get(index)?.any_spilled() {
            return None;
        }
        self.passers(index).next()
    }

    /// The entries right of a bucket that would rather lie in it or left of it.
    fn passers(&self, index: usize) -> impl Iterator<Item = ((usize, usize), Entry)> + '_ {
        (1..self.reach()).flat_map(move |ahead| {
            let from = self.step(index, ahead);
            (0..SLOTS).filter_map(move |slot| {
                let entry = self.buckets.get(from)?.entry(slot);
                let passes = entry.tag != 0 && self.distance(self.home(entry.tag), from) >= ahead;
                passes.then_some(((from, slot), entry))
            })
        })
    }

    fn refresh_spilled(&mut self, index: usize) {
        let mut fresh = Bucket::EMPTY;
        if !self.buckets.get(index).is_some_and(Bucket::any_spilled) {
            return;
        }
        for (_, entry) in self.passers(index) {
            fresh.set_spilled(entry.tag);
        }
        if let Some(bucket) = self.buckets.get_mut(index) {
            bucket.copy_spilled(&fresh);
        }
    }

    fn refresh_marks(&mut self, home: usize) {
        let at_home = |entry: &Entry| self.home(entry.tag) == home;
        let all = (0..self.reach())
            .filter_map(|distance| self.buckets.get(self.step(home, distance)))
            .flat_map(Bucket::entries)
            .filter(at_home)
            .fold(0, |all, entry| all | marks(entry.tag));
        if let Some(marks) = self.marks.get_mut(home) {
            *marks = all;
        }
    }

    fn put(&mut self, index: usize, slot: usize, entry: Entry) {
        if let Some(bucket) = self.buckets.get_mut(index) {
            bucket.set(slot, entry);
        }
    }

    #[inline]
    fn home(&self, tag: u32) -> usize {
        // A tag has 31 bits.
        ((u64::from(tag) * self.buckets.len() as u64) >> 31) as usize
    }

    #[inline]
    fn reach(&self) -> usize {
        REACH.min(self.buckets.len())
    }

    /// The bucket so many places right of another, which is at most one round.
    #[inline]
    fn step(&self, index: usize, ahead: usize) -> usize {
        let index = index + ahead;
        index.checked_sub(self.buckets.len()).unwrap_or(index)
    }

    /// How far right of bucket `from` bucket `to` lies.
    fn distance(&self, from: usize, to: usize) -> usize {
        to.checked_sub(from)
            .unwrap_or_else(|| to + self.buckets.len() - from)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: u32) -> u32 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            ((self.0 >> 33) as u32) % bound
        }
    }

    fn records(table: &Table, tag: u32) -> Vec<u32> {
        let mut found: Vec<u32> = table.records(tag).collect();
        found.sort_unstable();
        found
    }

    /// Adds an entry as the map does.
    fn add(table: &mut Table, model: &mut BTreeSet<(u32, u32)>, tag: u32, record: u32) -> bool {
        let mut rejected = Vec::new();
        let room = table.make_room(tag, &mut rejected);
        if !rejected.is_empty() {
            model.retain(|(_, record)| !rejected.contains(record));
        }
        if room {
            assert!(table.insert(tag, record));
            model.insert((tag, record));
        }
        room
    }

    fn assert_same(table: &Table, model: &BTreeSet<(u32, u32)>) {
        assert_eq!(table.len, model.len());
        for (tag, _) in model {
            let range = model.range((*tag, 0)..=(*tag, u32::MAX));
            let expected: Vec<u32> = range.map(|(_, record)| *record).collect();
            assert_eq!(records(table, *tag), expected);
        }
        // Each flag is set because of an entry: none is left over from one that is gone.
        for index in 0..table.buckets.len() {
            let mut copy = table.clone();
            copy.refresh_spilled(index);
            copy.refresh_marks(index);
            assert_eq!(copy.marks[index], table.marks[index]);
            for tag in 0..8 {
                let spilled = copy.buckets[index].spilled(tag);
                assert_eq!(spilled, table.buckets[index].spilled(tag));
            }
        }
    }

    /// Inserts and removals of tags of a kind, checked against a set now and then.
    fn churn(mut tag: impl FnMut(&mut Random) -> u32, most: usize) -> Table {
        let (mut table, mut model) = (Table::new(), BTreeSet::new());
        let mut random = Random(9);
        for record in 0..4000 {
            if model.len() < most && random.below(3) > 0 {
                let tag = tag(&mut random).max(1);
                add(&mut table, &mut model, tag, record);
            } else {
                let place = random.below(model.len().max(1) as u32) as usize;
                if let Some((tag, record)) = model.iter().copied().nth(place) {
                    table.remove(tag, record);
                    model.remove(&(tag, record));
                }
            }
            if record % 500 == 0 {
                assert_same(&table, &model);
            }
        }
        assert_same(&table, &model);
        for (tag, record) in core::mem::take(&mut model) {
            table.remove(tag, record);
        }
        assert_same(&table, &model);
        assert!(table.is_empty() && !table.buckets.iter().any(Bucket::any_spilled));
        table
    }

    #[test]
    fn random_tags_come_and_go() {
        let table = churn(|random| random.below(1 << 31), 600);
        // 600 entries fill 75 buckets; the table is a quarter and a growth step larger at most.
        assert!(table.buckets.len() <= 110, "{}", table.buckets.len());
    }

    #[test]
    fn crowded_and_equal_tags_come_and_go() {
        // All in one corner, wherever the table's buckets begin; few tags, many equal ones; and
        // both ends, so that entries spill over from the last bucket to the first.
        churn(|random| random.below(1 << 20), 600);
        churn(|random| random.below(40) << 24, 600);
        churn(
            |random| (random.below(2) << 31).wrapping_sub(random.below(1 << 12)) & (u32::MAX >> 1),
            600,
        );
    }

    #[test]
    fn aimed_tags_neither_spread_nor_grow_without_end() {
        let (mut table, mut model) = (Table::new(), BTreeSet::new());
        let taken = (0..10_000).filter(|tag| add(&mut table, &mut model, tag + 1, *tag));
        // Eight buckets of eight, perhaps, and not one entry more for all the room there is.
        assert!(taken.count() <= SLOTS * REACH);
        assert!(table.buckets.len() <= 2 * REACH + 4);
        assert_same(&table, &model);
        let equal = (0..100).filter(|record| add(&mut table, &mut model, 1 << 30, 20_000 + record));
        assert_eq!(equal.count(), MAX_EQUAL);
    }

    #[test]
    fn a_table_is_well_filled_and_entries_lie_near_their_homes() {
        let (mut table, mut model) = (Table::new(), BTreeSet::new());
        let mut random = Random(4);
        for record in 0..20_000 {
            assert!(add(
                &mut table,
                &mut model,
                random.below(1 << 31).max(1),
                record
            ));
        }
        let load = table.len as f64 / (table.buckets.len() * SLOTS) as f64;
        assert!((0.74..=0.85).contains(&load), "{load}");
        let mut rejected = Vec::new();
        table.shrink_to_fit(&mut rejected);
        assert_eq!(rejected, []);
        assert_eq!(table.len, 20_000);
    }
}
