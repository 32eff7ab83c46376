//! The things that have executions: a name once each, under a small id.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::slab::Slab;
use super::texts::Texts;
use super::{CROWDED, NONE};

/// Slots that are looked at for a name, from the one that its hash names.
const PROBES: usize = 64;

/// Names without records that are kept, however few the others are.
const KEPT: u32 = 1_024;

/// A thing, or the place of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thing {
    /// Where its name stands, or nowhere if the id is free.
    name: u32,
    /// The first record of its pending list; of a free id the next one that is free.
    pub(super) pending: u32,
    /// The first record of its history; of a thing in the crowd the number of its pile.
    pub(super) history: u32,
}

/// Where the records of a thing are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Records {
    /// In two lists, which begin here.
    Few { pending: u32, history: u32 },
    /// In a pile of the crowd.
    Many(u32),
}

impl Thing {
    /// Whether it has no records.
    pub(super) const fn is_vacant(&self) -> bool {
        self.pending == NONE && self.history == NONE
    }

    pub(super) const fn records(&self) -> Records {
        match (self.pending, self.history) {
            (CROWDED, pile) => Records::Many(pile),
            (pending, history) => Records::Few { pending, history },
        }
    }

    pub(super) const fn set_records(&mut self, records: Records) {
        (self.pending, self.history) = match records {
            Records::Many(pile) => (CROWDED, pile),
            Records::Few { pending, history } => (pending, history),
        };
    }
}

/// All things: 12 bytes, the name and a byte, and its slots in the table, which are 7 to 14 bytes.
///
/// Whoever chooses the names must not be able to make it slow. So a name is looked for in
/// [`PROBES`] slots of the table; one that finds them full goes into an ordered map beyond. That
/// needs no secret and holds whatever the hash is worth.
///
/// A name stays when its last record goes, as the next job is likely to need it. When more than
/// half of the names are of that kind, [`sweep`](Self::sweep) takes all of those back at once.
#[derive(Clone, Debug)]
pub(super) struct Things {
    all: Slab<Thing>,
    texts: Texts,
    /// Ids by hash; a power of two long, at most three quarters full.
    table: Vec<u32>,
    /// Another part of the hash for each slot of the table, so that few names are looked at in
    /// vain; zero where the slot is empty.
    tags: Vec<u8>,
    /// The names for which the table had no place.
    beyond: BTreeMap<Box<str>, u32>,
    /// The first id that is free.
    free: u32,
    /// How many ids have a name.
    named: u32,
    /// How many of these have no records.
    vacant: u32,
}

impl Default for Things {
    fn default() -> Self {
        Self {
            all: Slab::default(),
            texts: Texts::default(),
            table: Vec::new(),
            tags: Vec::new(),
            beyond: BTreeMap::new(),
            free: NONE,
            named: 0,
            vacant: 0,
        }
    }
}

/// Where a name stands.
#[derive(Clone, Copy)]
enum Slot {
    Found(u32),
    /// It is not there, and would stand here, with that tag.
    Empty(usize, u8),
    /// It can only be beyond.
    Full,
}

impl Things {
    /// How many things have records.
    pub(super) const fn occupied(&self) -> u32 {
        self.named.saturating_sub(self.vacant)
    }

    /// Makes the table as large as it grows to with so many names.
    pub(super) fn reserve(&mut self, count: usize) {
        let mut slots = self.table.len().max(16);
        while most(slots) < count {
            slots *= 2;
        }
        if slots > self.table.len() {
            self.rebuild(slots);
        }
    }

    /// How many ids there have been.
    pub(super) fn len(&self) -> u32 {
        self.all.len()
    }

    pub(super) fn get(&self, id: u32) -> Option<&Thing> {
        self.all.get(id)
    }

    /// The lists of a thing, to be changed; [`note`](Self::note) must follow.
    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut Thing> {
        self.all.get_mut(id)
    }

    /// Counts a thing that has got its first record or has lost its last one.
    pub(super) fn note(&mut self, id: u32, was_vacant: bool) {
        match (was_vacant, self.get(id).is_some_and(Thing::is_vacant)) {
            (true, false) => self.vacant = self.vacant.saturating_sub(1),
            (false, true) => self.vacant = self.vacant.saturating_add(1),
            _ => {}
        }
    }

    pub(super) fn name(&self, id: u32) -> &str {
        self.all.get(id).map_or("", |it| self.texts.get(it.name))
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        match self.slot(name) {
            Slot::Found(id) => Some(id),
            Slot::Empty(..) => None,
            Slot::Full => self.beyond.get(name).copied(),
        }
    }

    /// The id of a thing, new if need be; `None` for a name that cannot be one, or if there is no
    /// room for it.
    pub(super) fn intern(&mut self, name: &str) -> Option<u32> {
        let mut slot = self.slot(name);
        let found = match slot {
            Slot::Found(id) => Some(id),
            Slot::Empty(..) => None,
            Slot::Full => self.beyond.get(name).copied(),
        };
        if found.is_some() {
            return found;
        }
        let text = self.texts.push(name)?;
        let named = usize::try_from(self.named).ok()?;
        if named >= most(self.table.len()) {
            self.rebuild((self.table.len() * 2).max(16));
            slot = self.slot(name);
        }
        let thing = Thing {
            name: text,
            pending: NONE,
            history: NONE,
        };
        let id = match self.all.get_mut(self.free) {
            Some(place) => {
                let id = core::mem::replace(&mut self.free, place.pending);
                *place = thing;
                id
            }
            None => {
                let id = self.all.len();
                self.all.push(thing);
                id
            }
        };
        self.named += 1;
        self.vacant += 1;
        self.put(slot, id);
        Some(id)
    }

    /// Gives back the names without records, if they are the greater part. No id of such a thing
    /// may be held anywhere.
    pub(super) fn sweep(&mut self) {
        let named = self.named - self.vacant;
        if self.vacant <= named.max(KEPT) {
            return;
        }
        if named == 0 {
            *self = Self::default();
            return;
        }
        let old = core::mem::take(&mut self.texts);
        self.named = named;
        self.vacant = 0;
        self.free = NONE;
        for (id, thing) in (0..).zip(self.all.iter_mut()) {
            let kept = !thing.is_vacant() && thing.name != NONE;
            let name = if kept { old.get(thing.name) } else { "" };
            match self.texts.push(name) {
                Some(name) => thing.name = name,
                None => {
                    thing.name = NONE;
                    thing.history = NONE;
                    thing.pending = core::mem::replace(&mut self.free, id);
                }
            }
        }
        let slots = usize::try_from(named).unwrap_or_default();
        self.rebuild((slots * 2).next_power_of_two().max(16));
    }

    /// Puts all names into a table of that size.
    fn rebuild(&mut self, slots: usize) {
        self.table = vec![NONE; slots];
        self.tags = vec![0; slots];
        self.beyond.clear();
        for id in 0..self.all.len() {
            if let Some(text) = self.all.get(id).map(|it| it.name).filter(|it| *it != NONE) {
                let slot = self.slot(self.texts.get(text));
                self.put(slot, id);
            }
        }
    }

    fn put(&mut self, slot: Slot, id: u32) {
        match slot {
            Slot::Found(_) => {}
            Slot::Empty(slot, tag) => {
                let entry = self.table.get_mut(slot).zip(self.tags.get_mut(slot));
                if let Some((entry, its_tag)) = entry {
                    (*entry, *its_tag) = (id, tag);
                }
            }
            Slot::Full => {
                let name = self.name(id).into();
                self.beyond.insert(name, id);
            }
        }
    }

    fn slot(&self, name: &str) -> Slot {
        let Some(mask) = self.table.len().checked_sub(1) else {
            return Slot::Full;
        };
        let (home, tag) = hash(name);
        for probe in 0..PROBES.min(self.table.len()) {
            let slot = home.wrapping_add(probe) & mask;
            match self.tags.get(slot) {
                Some(0) | None => return Slot::Empty(slot, tag),
                Some(its_tag) if *its_tag == tag => {
                    let id = self.table.get(slot).copied().unwrap_or(NONE);
                    if self.name(id) == name {
                        return Slot::Found(id);
                    }
                }
                Some(_) => {}
            }
        }
        Slot::Full
    }
}

/// How many names a table of so many slots takes.
const fn most(slots: usize) -> usize {
    slots / 4 * 3
}

/// Where a name is looked for first, and its tag. Eight bytes at a time are multiplied and folded.
fn hash(name: &str) -> (usize, u8) {
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let rest = rest
        .iter()
        .fold(1, |word, byte| word << 8 | u64::from(*byte));
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let hash = words.chain([rest, 0]).fold(0, fold);
    let home = usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
    (home, u8::try_from(hash >> 56).unwrap_or_default().max(1))
}

fn fold(hash: u64, word: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = u128::from(hash ^ word ^ ODD) * u128::from(ODD);
    let [low, high] = [product, product >> 64].map(|half| half & u128::from(u64::MAX));
    u64::try_from(low ^ high).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Gives a thing its first record, or takes its last one.
    fn occupy(things: &mut Things, id: u32, occupied: bool) {
        let was_vacant = things.get(id).unwrap().is_vacant();
        things.get_mut(id).unwrap().history = if occupied { 7 } else { NONE };
        things.note(id, was_vacant);
    }

    #[test]
    fn a_name_keeps_its_id() {
        let mut things = Things::default();
        assert_eq!(things.find("pump-0"), None);
        for round in 0..2 {
            for id in 0..50_000 {
                let name = format!("pump-{id}");
                assert_eq!(things.intern(&name), Some(id), "round {round}");
            }
        }
        for id in 0..50_000 {
            assert_eq!(things.name(id), format!("pump-{id}"));
            assert_eq!(things.find(things.name(id)), Some(id));
        }
        assert_eq!(things.find("pump-50000"), None);
        assert_eq!(things.name(50_000), "");
        assert_eq!(things.intern(""), None);
        assert_eq!(things.intern(&"x".repeat(129)), None);
    }

    #[test]
    fn names_of_one_slot_are_beyond_and_found() {
        // Whatever the table grows to here, all of these start at its first slot.
        let names = (0..).map(|n| format!("{n}"));
        let hostile: Vec<String> = names
            .filter(|name| hash(name).0 & 0xfff == 0)
            .take(2 * PROBES)
            .collect();
        let mut things = Things::default();
        for (id, name) in (0..).zip(&hostile) {
            assert_eq!(things.find(name), None);
            assert_eq!(things.intern(name), Some(id));
        }
        assert!(things.beyond.len() >= PROBES);
        for (id, name) in (0..).zip(&hostile) {
            assert_eq!(
                (things.find(name), things.intern(name)),
                (Some(id), Some(id))
            );
        }
        // Growing leaves them where they can be found.
        for n in 0..2_000 {
            let other = format!("other-{n}");
            things.intern(&other).unwrap();
        }
        for (id, name) in (0..).zip(&hostile) {
            assert_eq!(things.find(name), Some(id));
        }
    }

    #[test]
    fn names_without_records_are_given_back() {
        let mut things = Things::default();
        let ids: Vec<u32> = (0..10_000)
            .map(|n| things.intern(&format!("pump-{n}")).unwrap())
            .collect();
        for id in &ids {
            occupy(&mut things, *id, true);
        }
        for id in ids.iter().skip(100) {
            occupy(&mut things, *id, false);
        }
        things.sweep();
        assert_eq!((things.named, things.vacant), (100, 0));
        assert_eq!(things.table.len(), 256);
        assert_eq!(things.find("pump-99"), Some(99));
        assert_eq!(things.find("pump-100"), None);
        // Free ids come first, before new ones.
        let (before, other) = (things.all.len(), things.intern("other").unwrap());
        assert!((100..10_000).contains(&other));
        assert_eq!((things.all.len(), things.name(other)), (before, "other"));
        for id in ids.iter().take(100) {
            occupy(&mut things, *id, false);
        }
        for n in 0..2_000 {
            things.intern(&format!("more-{n}")).unwrap();
        }
        things.sweep();
        assert_eq!((things.all.len(), things.named), (0, 0));
    }

    proptest! {
        #[test]
        fn as_a_map_does(steps in vec((prop_oneof![60 => 0..3, 1 => Just(3)], 0_u32..300), 1..200)) {
            let mut things = Things::default();
            // Names with records; those without may be forgotten whenever it sweeps.
            let mut right = BTreeMap::new();
            for (what, n) in steps {
                let name = format!("{n}");
                match (what, right.get(&name)) {
                    (0 | 1, None) => {
                        let id = things.intern(&name).unwrap();
                        occupy(&mut things, id, true);
                        right.insert(name, id);
                    }
                    (2, Some(id)) => {
                        occupy(&mut things, *id, false);
                        right.remove(&name);
                    }
                    (3, _) => {
                        for more in 0..1_500 {
                            things.intern(&format!("{n}-{more}")).unwrap();
                        }
                        things.sweep();
                        prop_assert_eq!(things.vacant, 0);
                    }
                    _ => {}
                }
                prop_assert_eq!(things.named - things.vacant, u32::try_from(right.len()).unwrap());
            }
            for (name, id) in &right {
                prop_assert_eq!(things.find(name), Some(*id));
                prop_assert_eq!(things.name(*id), name);
            }
        }
    }
}
