//! A bucket of the hash table: one cache line.

/// How many slots share a cache line.
pub(super) const SLOTS: usize = 8;
const SLOT_BITS: [u32; SLOTS] = [1, 2, 4, 8, 16, 32, 64, 128];
/// In tag `i` of a bucket: an entry with `tag % 8 == i` that belongs here or further left lies
/// further right. So most searches for what is not there end here, full bucket or not.
const SPILLED: u32 = 1 << 31;
const TAG: u32 = !SPILLED;

/// A cache line: eight tags, 0 for a free slot, and eight positions of records.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Bucket {
    tags: [u32; SLOTS],
    records: [u32; SLOTS],
}

impl Bucket {
    pub(super) const EMPTY: Self = Self {
        tags: [0; SLOTS],
        records: [0; SLOTS],
    };

    /// Bit `i` is set when slot `i` has the tag.
    #[inline]
    pub(super) fn hits(&self, tag: u32) -> u32 {
        // Arithmetic in place of comparisons, so that it compiles to vector instructions: of 31
        // bits less one, only those of 0 have a sign.
        let mut bits = SLOT_BITS;
        for (bits, other) in bits.iter_mut().zip(&self.tags) {
            let differing = (other ^ tag) & TAG;
            *bits &= (differing.wrapping_sub(1).cast_signed() >> 31).cast_unsigned();
        }
        bits.iter().fold(0, |all, bits| all | bits)
    }

    /// Whether an entry with this tag may lie further right.
    #[inline]
    pub(super) fn spilled(&self, tag: u32) -> bool {
        let flags = self.tags.get(tag as usize % SLOTS);
        flags.is_some_and(|flags| flags & SPILLED != 0)
    }

    pub(super) fn any_spilled(&self) -> bool {
        self.tags.iter().any(|tag| tag & SPILLED != 0)
    }

    pub(super) fn set_spilled(&mut self, tag: u32) {
        if let Some(flags) = self.tags.get_mut(tag as usize % SLOTS) {
            *flags |= SPILLED;
        }
    }

    /// Takes over the flags of another bucket.
    pub(super) fn copy_spilled(&mut self, other: &Self) {
        for (tag, flags) in self.tags.iter_mut().zip(other.tags) {
            *tag = (*tag & TAG) | (flags & SPILLED);
        }
    }

    /// The record of a slot that has one.
    #[inline]
    pub(super) fn record(&self, slot: usize) -> Option<u32> {
        self.records.get(slot).copied()
    }

    /// The entry of a slot; a tag of 0 when the slot is free.
    pub(super) fn entry(&self, slot: usize) -> Entry {
        Entry {
            tag: self.tags.get(slot).map_or(0, |tag| tag & TAG),
            record: self.records.get(slot).copied().unwrap_or_default(),
        }
    }

    pub(super) fn set(&mut self, slot: usize, entry: Entry) {
        if let (Some(tag), Some(record)) = (self.tags.get_mut(slot), self.records.get_mut(slot)) {
            *tag = (*tag & SPILLED) | entry.tag;
            *record = entry.record;
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        (0..SLOTS)
            .map(|slot| self.entry(slot))
            .filter(|entry| entry.tag != 0)
    }
}

/// A tag and the position of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) tag: u32,
    pub(super) record: u32,
}

impl Entry {
    pub(super) const FREE: Self = Self { tag: 0, record: 0 };
}
