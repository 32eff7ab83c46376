//! An entry of the index beside a canonical text.

/// A value in the index: itself, then its members, each with all that is below it. Values inside
/// of an array have no nodes: to a shadow an array is one leaf.
///
/// The index is more than half of what a shadow takes in memory, so an entry is 12 bytes: what
/// objects alone have and what leaves alone have shares one of three words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// Bytes of the key as JSON text, with its quotes, 0 for a value that is no member; and
    /// [`OBJECT`]. Keys come from texts of at most 16 MiB.
    key: u32,
    /// Bytes of the value.
    value: u32,
    /// Of an object how many nodes it has with itself; of a leaf when it was last written, in
    /// seconds since the Unix epoch, saturated (in 2106).
    other: u32,
}

/// The bit of `key` that tells an object from a leaf.
const OBJECT: u32 = 1 << 31;

impl Node {
    pub(super) fn leaf(key: usize, value: usize, stamp: u32) -> Self {
        Self {
            key: small(key),
            value: small(value),
            other: stamp,
        }
    }

    pub(super) fn object(key: usize, value: usize, nodes: usize) -> Self {
        Self {
            key: small(key) | OBJECT,
            value: small(value),
            other: small(nodes),
        }
    }

    pub(super) const fn is_object(self) -> bool {
        self.key & OBJECT != 0
    }

    pub(super) const fn key(self) -> usize {
        (self.key & !OBJECT) as usize
    }

    pub(super) fn set_key(&mut self, key: usize) {
        self.key = small(key) | (self.key & OBJECT);
    }

    pub(super) const fn value(self) -> usize {
        self.value as usize
    }

    /// How many nodes this value has, this one among them.
    #[inline]
    pub(super) const fn nodes(self) -> usize {
        if self.is_object() {
            self.other as usize
        } else {
            1
        }
    }

    /// 0 for an object.
    pub(super) const fn stamp(self) -> u32 {
        if self.is_object() { 0 } else { self.other }
    }

    /// Nothing for an object.
    pub(super) const fn set_stamp(&mut self, stamp: u32) {
        if !self.is_object() {
            self.other = stamp;
        }
    }
}

/// The parser refuses texts of which a length would not fit.
fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
