//! A sorted map that is changed key by key in any order, faster than a tree takes each change.

use alloc::vec::Vec;

/// A map in chunks of keys, each with the changes that wait for it: they are made together, in
/// one walk over the chunk, when they are a quarter of its keys. So a change costs the search for
/// its chunk, among few, and its share of a walk: amortised, logarithmic in the number of keys. Of
/// millions of keys, most of them out of the cache, that is a fraction of what a `BTreeMap` costs.
/// The changes that came last are near each other whatever their chunk, so that one that comes is
/// written where the processor still knows the way.
///
/// `C` is a change; what it does is the caller's, who says it by a function from a key's value,
/// if it has one, to the one that it has then.
#[derive(Clone, Debug)]
pub(super) struct Table<K, V, C> {
    /// Never empty.
    chunks: Vec<Chunk<K, V, C>>,
    /// Of each chunk but the first: a key that is not above its keys, and above those before it.
    bounds: Vec<K>,
    /// Of each chunk: the changes that came last.
    last: Vec<Last<K, C>>,
    /// Empty, with room for the next walk.
    spare: Vec<(K, V)>,
}

#[derive(Clone, Debug)]
struct Chunk<K, V, C> {
    /// Sorted by key.
    entries: Vec<(K, V)>,
    /// In the order they came.
    waiting: Vec<(K, C)>,
}

/// Up to [`FEW`] changes in the order they came.
#[derive(Clone, Debug)]
struct Last<K, C> {
    count: usize,
    held: [Option<(K, C)>; FEW],
}

/// At most so many keys are in a chunk behind a walk, or as many as there are chunks, if that is
/// more: so to put in a chunk costs less than it took to fill it.
const CHUNK: usize = 8_192;
/// So many changes go on to a chunk at once, and are worth a walk in any case.
const FEW: usize = 8;

impl<K, V, C> Table<K, V, C> {
    pub(super) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            bounds: Vec::new(),
            last: Vec::new(),
            spare: Vec::new(),
        }
    }
}

impl<K: Ord + Clone, V, C> Table<K, V, C> {
    pub(super) fn push(&mut self, key: K, change: C, make: impl Fn(Option<V>, C) -> Option<V>) {
        let place = self.bounds.partition_point(|bound| *bound <= key);
        if self.last.is_empty() {
            self.chunks.push(Chunk::new(Vec::new()));
            self.last.push(Last::new());
        }
        let Some(last) = self.last.get_mut(place) else {
            return; // of each place there is one
        };
        if !last.is_full_with(key, change) {
            return;
        }
        let Some(chunk) = self.chunks.get_mut(place) else {
            return;
        };
        chunk.waiting.extend(last.drain());
        if chunk.waiting.len() < chunk.entries.len() / 4 {
            return;
        }
        chunk.walk(&mut self.spare, make);
        self.balance(place);
    }

    /// Cuts a chunk in two, or puts it to the one below it.
    fn balance(&mut self, place: usize) {
        let most = CHUNK.max(self.chunks.len());
        let Some(chunk) = self.chunks.get_mut(place) else {
            return;
        };
        let count = chunk.entries.len();
        if count > most {
            let entries = chunk.entries.split_off(count / 2);
            chunk.entries.shrink_to_fit();
            if let Some((bound, _)) = entries.first() {
                self.bounds.insert(place, bound.clone());
                self.chunks.insert(place + 1, Chunk::new(entries));
                self.last.insert(place + 1, Last::new());
            }
        } else if count < most / 8
            && let Some(below) = place.checked_sub(1)
        {
            self.bounds.remove(below);
            self.last.remove(place); // has gone on to the chunk, which was walked
            let mut chunk = self.chunks.remove(place);
            if let Some(below) = self.chunks.get_mut(below) {
                below.entries.append(&mut chunk.entries);
                below.waiting.append(&mut chunk.waiting);
            }
        }
    }

    /// All in the order of the keys, with every change made.
    pub(super) fn into_entries(
        self,
        make: impl Fn(Option<V>, C) -> Option<V>,
    ) -> impl Iterator<Item = (K, V)> {
        let mut spare = self.spare;
        let chunks = self.chunks.into_iter().zip(self.last);
        chunks.flat_map(move |(mut chunk, mut last)| {
            chunk.waiting.extend(last.drain());
            chunk.walk(&mut spare, &make);
            chunk.entries
        })
    }

    /// Shows all in the order of the keys, as they are with every change made.
    pub(super) fn visit<'a>(
        &'a self,
        make: impl Fn(Option<V>, C) -> Option<V>,
        mut see: impl FnMut(&'a K, &V),
    ) where
        V: Clone,
        C: Clone,
    {
        for (chunk, last) in self.chunks.iter().zip(&self.last) {
            let last = last.held.iter().flatten();
            let mut waiting: Vec<_> = chunk.waiting.iter().chain(last).collect();
            waiting.sort_by(|(a, _), (b, _)| a.cmp(b));
            let mut waiting = waiting.into_iter().peekable();
            let mut entries = chunk.entries.iter().peekable();
            loop {
                let next = waiting.peek().map(|(key, _)| key);
                let before = entries.next_if(|(key, _)| next.is_none_or(|next| key < next));
                if let Some((key, value)) = before {
                    see(key, value);
                    continue;
                }
                let Some((key, change)) = waiting.next() else {
                    break;
                };
                let value = entries.next_if(|(other, _)| other == key);
                let mut value = make(value.map(|(_, value)| value.clone()), change.clone());
                while let Some((_, change)) = waiting.next_if(|(other, _)| other == key) {
                    value = make(value, change.clone());
                }
                value.iter().for_each(|value| see(key, value));
            }
        }
    }
}

impl<K, C> Last<K, C> {
    const fn new() -> Self {
        Self {
            count: 0,
            held: [const { None }; FEW],
        }
    }

    /// Takes a change in; whether there is no room for another one then.
    fn is_full_with(&mut self, key: K, change: C) -> bool {
        if let Some(place) = self.held.get_mut(self.count) {
            *place = Some((key, change));
        }
        self.count += 1;
        self.count >= FEW
    }

    fn drain(&mut self) -> impl Iterator<Item = (K, C)> {
        self.count = 0;
        self.held.iter_mut().filter_map(Option::take)
    }
}

impl<K, V, C> Chunk<K, V, C> {
    const fn new(entries: Vec<(K, V)>) -> Self {
        let waiting = Vec::new();
        Self { entries, waiting }
    }
}

impl<K: Ord, V, C> Chunk<K, V, C> {
    /// Makes the changes.
    fn walk(&mut self, spare: &mut Vec<(K, V)>, make: impl Fn(Option<V>, C) -> Option<V>) {
        // Stable: the changes of a key stay in their order.
        self.waiting.sort_by(|(a, _), (b, _)| a.cmp(b));
        spare.reserve(self.entries.len() + self.waiting.len());
        let mut entries = self.entries.drain(..).peekable();
        let mut waiting = self.waiting.drain(..).peekable();
        while let Some((key, change)) = waiting.next() {
            while let Some(entry) = entries.next_if(|(other, _)| *other < key) {
                spare.push(entry);
            }
            let value = entries.next_if(|(other, _)| *other == key);
            let mut value = make(value.map(|(_, value)| value), change);
            while let Some((_, change)) = waiting.next_if(|(other, _)| *other == key) {
                value = make(value, change);
            }
            spare.extend(value.map(|value| (key, value)));
        }
        spare.extend(entries);
        if self.entries.capacity() / 8 * 7 > spare.len() {
            self.entries.shrink_to(spare.len());
        }
        self.entries.reserve_exact(spare.len());
        self.entries.append(spare);
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The last three changes, so that their order shows; gone by a change to 0.
    fn make(value: Option<u32>, change: u8) -> Option<u32> {
        (change != 0).then(|| value.unwrap_or_default() << 8 | u32::from(change))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        /// Fills many chunks, empties most of them, and goes on.
        #[test]
        fn is_as_a_tree(seed in any::<u64>(), width in 1_u64..80_000) {
            let mut table = Table::new();
            let mut tree = BTreeMap::new();
            let mut drawn = seed | 1;
            for step in 0..160_000_u64 {
                drawn ^= drawn << 13;
                drawn ^= drawn >> 7;
                drawn ^= drawn << 17;
                let key = drawn % width;
                // Of four changes, three fill, then three empty.
                let is_gone = (drawn >> 40) % 4 == 0;
                let is_gone = if step / 40_000 == 2 { !is_gone } else { is_gone };
                let change = if is_gone { 0 } else { (drawn >> 32) as u8 };
                table.push(key, change, make);
                match make(tree.remove(&key), change) {
                    Some(value) => tree.insert(key, value),
                    None => None,
                };
            }
            let mut seen = Vec::new();
            table.visit(make, |key, value| seen.push((*key, *value)));
            prop_assert!(seen.iter().copied().eq(tree.clone()));
            prop_assert!(table.bounds.len() + 1 == table.chunks.len());
            prop_assert!(table.chunks.len() <= 1 + 8 * tree.len() / CHUNK + 160_000 / CHUNK);
            prop_assert!(table.into_entries(make).eq(tree));
        }
    }
}
