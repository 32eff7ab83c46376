//! The Shift-And automaton: finds text with `?` in it in one pass, whatever the text.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// An automaton over characters, one bit for each of the pattern's.
#[derive(Clone, Debug)]
pub(super) struct ShiftAnd {
    /// Machine words for one set of bits: 1, 2, 4, 8 or `MAX_WORDS`, so that the loop is unrolled.
    words: usize,
    /// The word and the bit of the last character.
    last: usize,
    accept: u64,
    /// The class of each ASCII character.
    ascii: Box<[u16; 128]>,
    /// The class of the other characters of the pattern, sorted.
    other: Box<[(char, u16)]>,
    /// For each class the bits at which such a character may stand; class 0 is every character
    /// that the pattern does not name.
    masks: Box<[u64]>,
}

/// Words of state on the stack: patterns of up to 2,048 characters, the size limit of a policy.
const MAX_WORDS: usize = 32;

impl ShiftAnd {
    /// `None` stands for `?`. No automaton for an empty pattern or one of more than 2,048 characters.
    pub(super) fn new(pattern: &[Option<char>]) -> Option<Self> {
        let last = pattern.len().checked_sub(1)? / 64;
        let words = [1, 2, 4, 8, MAX_WORDS]
            .into_iter()
            .find(|words| last < *words)?;
        let mut named: Vec<char> = pattern.iter().copied().flatten().collect();
        named.sort_unstable();
        named.dedup();
        let mut masks = vec![0; (named.len() + 1) * words];
        let mut ascii = Box::new([0; 128]);
        let mut other = Vec::new();
        for (ch, class) in named.iter().zip(1..) {
            match ascii.get_mut(*ch as usize) {
                Some(slot) => *slot = class,
                None => other.push((*ch, class)),
            }
        }
        for (class, row) in masks.chunks_exact_mut(words).enumerate() {
            let name = class.checked_sub(1).and_then(|at| named.get(at));
            for (bit, expected) in pattern.iter().enumerate() {
                let takes = expected.is_none() || expected.as_ref() == name;
                if let Some(word) = row.get_mut(bit / 64) {
                    *word |= u64::from(takes) << (bit % 64);
                }
            }
        }
        Some(Self {
            words,
            last,
            accept: 1 << ((pattern.len() - 1) % 64),
            ascii,
            other: other.into_boxed_slice(),
            masks: masks.into_boxed_slice(),
        })
    }

    /// Where the first place that the pattern takes ends. `chars` tells where each character ends.
    pub(super) fn find(&self, chars: impl Iterator<Item = (usize, char)>) -> Option<usize> {
        match self.words {
            1 => self.run::<1>(chars),
            2 => self.run::<2>(chars),
            4 => self.run::<4>(chars),
            8 => self.run::<8>(chars),
            _ => self.run::<MAX_WORDS>(chars),
        }
    }

    fn run<const N: usize>(&self, chars: impl Iterator<Item = (usize, char)>) -> Option<usize> {
        let mut state = [0_u64; N];
        for (end, ch) in chars {
            let masks: &[u64; N] = self.masks.get(self.class(ch) * N..)?.first_chunk()?;
            let mut carry = 1;
            for (word, mask) in state.iter_mut().zip(masks) {
                let next = (*word << 1 | carry) & mask;
                carry = *word >> 63;
                *word = next;
            }
            if state.get(self.last)? & self.accept != 0 {
                return Some(end);
            }
        }
        None
    }

    #[inline]
    fn class(&self, ch: char) -> usize {
        let class = match self.ascii.get(ch as usize) {
            Some(class) => *class,
            None => self
                .other
                .binary_search_by_key(&ch, |(named, _)| *named)
                .ok()
                .and_then(|at| self.other.get(at))
                .map_or(0, |(_, class)| *class),
        };
        usize::from(class)
    }
}
