//! Counts by small ranges of values: 64 equal parts between two powers of two.

use alloc::vec::Vec;

/// How many parts an octave has.
pub(super) const PARTS: usize = 64;
/// The bits of a floating point number behind its octave (the exponent) and part: what is left of
/// the significand's 52.
const REST: u32 = 52 - PARTS.ilog2();

/// A range: the octave, which is the exponent of its numbers as they are stored, and the part.
/// 0 is octave 0, part 0; there are no others in that octave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u32);

impl Key {
    /// One more than the last of finite numbers.
    const END: u32 = 2_047 * Self::PARTS;
    const PARTS: u32 = 1 << PARTS.ilog2();

    /// Where a number is: not negative, finite, 0 or normal.
    pub(super) const fn of(bits: u64) -> Self {
        // INVARIANT: at most 18 bits are left.
        Self((bits >> REST) as u32)
    }

    /// From its number, if there is such a range.
    pub(super) const fn from_index(index: u32) -> Option<Self> {
        if index == 0 || (index >= Self::PARTS && index < Self::END) {
            Some(Self(index))
        } else {
            None
        }
    }

    pub(super) const fn index(self) -> u32 {
        self.0
    }

    const fn octave(self) -> u32 {
        self.0 / Self::PARTS
    }

    const fn part(self) -> usize {
        (self.0 % Self::PARTS) as usize
    }

    /// The bits of the middle of the range. No further than 1/128 of any number in it: the range is
    /// as wide as 1/64 of the power of two that all its numbers reach.
    const fn middle(self) -> u64 {
        if self.0 == 0 {
            0
        } else {
            ((self.0 as u64) << REST) | (1 << (REST - 1))
        }
    }
}

/// The counts, and the bits of the smallest and the largest value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Octaves {
    /// None of no values.
    ends: Option<(u64, u64)>,
    zeros: u64,
    /// The octave that the counts begin with.
    first: u32,
    /// From the first octave with a count that is not 0 to the last one.
    counts: Vec<[u64; PARTS]>,
}

impl Octaves {
    /// Of values between two, which are to be counted still.
    pub(super) const fn between(smallest: u64, largest: u64) -> Self {
        Self {
            ends: Some((smallest, largest)),
            zeros: 0,
            first: 0,
            counts: Vec::new(),
        }
    }

    pub(super) fn insert(&mut self, bits: u64, count: u64) {
        self.reach(bits, bits);
        self.add(Key::of(bits), count);
    }

    /// Counts values of the range, which leave the ends as they are.
    pub(super) fn add(&mut self, key: Key, count: u64) {
        let part = if key.index() == 0 {
            Some(&mut self.zeros)
        } else {
            let octave = self.octave(key.octave());
            octave.and_then(|parts| parts.get_mut(key.part()))
        };
        if let Some(held) = part {
            *held = held.saturating_add(count);
        }
    }

    /// Values in ascending order.
    pub(super) fn extend(&mut self, values: &[(u64, u64)]) {
        if let (Some((first, _)), Some((last, _))) = (values.first(), values.last()) {
            self.reach(*first, *last);
        }
        for (bits, count) in values {
            self.add(Key::of(*bits), *count);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if let Some((first, last)) = other.ends {
            self.reach(first, last);
        }
        self.zeros = self.zeros.saturating_add(other.zeros);
        for (octave, more) in (other.first..).zip(&other.counts) {
            if let Some(parts) = self.octave(octave) {
                for (held, more) in parts.iter_mut().zip(more) {
                    *held = held.saturating_add(*more);
                }
            }
        }
    }

    /// The counts of an octave, for which there is room then.
    fn octave(&mut self, octave: u32) -> Option<&mut [u64; PARTS]> {
        if self.counts.is_empty() {
            self.first = octave;
        }
        if octave < self.first {
            let missing = (self.first - octave) as usize;
            let room = core::iter::repeat_n([0; PARTS], missing);
            self.counts.splice(0..0, room);
            self.first = octave;
        }
        let at = (octave - self.first) as usize;
        if at >= self.counts.len() {
            self.counts.resize(at + 1, [0; PARTS]);
        }
        self.counts.get_mut(at)
    }

    fn reach(&mut self, first: u64, last: u64) {
        let (smallest, largest) = self.ends.unwrap_or((first, last));
        self.ends = Some((smallest.min(first), largest.max(last)));
    }

    pub(super) fn count(&self) -> u64 {
        self.cells().fold(0, |sum, (_, n)| sum.saturating_add(n))
    }

    pub(super) const fn ends(&self) -> Option<(u64, u64)> {
        self.ends
    }

    /// Ascending, the ranges with a count.
    pub(super) fn cells(&self) -> impl Iterator<Item = (Key, u64)> {
        let keys = (self.first * Key::PARTS..).map(Key);
        let counts = keys.zip(self.counts.iter().flatten().copied());
        let all = core::iter::once((Key(0), self.zeros)).chain(counts);
        all.filter(|(_, n)| *n > 0)
    }

    /// The bits of the value of the rank, which is at least 1 and at most the count.
    pub(super) fn of_rank(&self, rank: u64) -> Option<u64> {
        let (smallest, largest) = self.ends?;
        if rank <= 1 {
            return Some(smallest);
        }
        if rank >= self.count() {
            return Some(largest);
        }
        let mut passed = 0_u64;
        let found = self.cells().find(|(_, n)| {
            passed = passed.saturating_add(*n);
            passed >= rank
        });
        // The ends are in the first and the last range, so that this moves nothing out of its own.
        let (key, _) = found?;
        Some(key.middle().clamp(smallest, largest))
    }
}
