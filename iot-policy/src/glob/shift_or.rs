//! The Shift-Or automaton: finds text with `?` in it in one pass, whatever the text.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::hay::Hay;

/// An automaton over characters, one bit for each of the pattern's.
///
/// A bit is 0 while the pattern up to there stands right before the place reached. Neighbours among
/// the pattern's characters are dealt out to neighbouring words: then a step hands each word on as
/// it is, and only the one that goes from the last to the first is shifted. The pattern ends at the
/// highest bit of the last word; the bits before its start stay 0, as if `?` stood there and every
/// text had as many more characters in front.
#[derive(Clone, Debug)]
pub(super) struct ShiftOr {
    classes: Classes,
    /// The state before the first character.
    start: Box<[u64]>,
    masks: Masks,
}

/// Which characters the pattern tells apart.
#[derive(Clone, Debug)]
struct Classes {
    /// The class of each ASCII character.
    ascii: Box<[u16; 128]>,
    /// The class of the other characters of the pattern, sorted.
    other: Box<[(char, u16)]>,
}

/// For each class a row of bits: 0 where such a character may stand. Class 0 is every character
/// that the pattern does not name.
#[derive(Clone, Debug)]
enum Masks {
    One(Box<[[u64; 1]]>),
    Two(Box<[[u64; 2]]>),
    Four(Box<[[u64; 4]]>),
    Eight(Box<[[u64; 8]]>),
    /// Rows of several blocks.
    Blocks(Box<[[u64; BLOCK]]>),
}

const BLOCK: usize = 8;

/// Words of state on the stack: patterns of up to 2,048 characters, the size limit of a policy.
const MAX_WORDS: usize = 4 * BLOCK;

impl ShiftOr {
    /// `None` stands for `?`. No automaton for an empty pattern or one of more than 2,048 characters.
    pub(super) fn new(pattern: &[Option<char>]) -> Option<Self> {
        let needed = pattern.len().div_ceil(64);
        let words = match needed {
            0 => return None,
            1 | 2 => needed,
            3 | 4 => 4,
            _ => needed.next_multiple_of(BLOCK),
        };
        if words > MAX_WORDS {
            return None;
        }
        let mut named: Vec<char> = pattern.iter().copied().flatten().collect();
        named.sort_unstable();
        named.dedup();
        let spare = words * 64 - pattern.len();
        let mut rows = vec![0_u64; (named.len() + 1) * words];
        for (class, row) in rows.chunks_exact_mut(words).enumerate() {
            let name = class.checked_sub(1).and_then(|at| named.get(at));
            for (expected, bit) in pattern.iter().zip(spare..) {
                let refused = expected.is_some() && expected.as_ref() != name;
                if let Some(word) = row.get_mut(bit % words) {
                    *word |= u64::from(refused) << (bit / words);
                }
            }
        }
        let mut start = vec![0_u64; words];
        for bit in spare..words * 64 {
            if let Some(word) = start.get_mut(bit % words) {
                *word |= 1 << (bit / words);
            }
        }
        Some(Self {
            classes: Classes::new(&named),
            start: start.into_boxed_slice(),
            masks: match words {
                1 => Masks::One(in_rows(&rows)),
                2 => Masks::Two(in_rows(&rows)),
                4 => Masks::Four(in_rows(&rows)),
                8 => Masks::Eight(in_rows(&rows)),
                _ => Masks::Blocks(in_rows(&rows)),
            },
        })
    }

    /// Where the first place in `from..to` that the pattern takes ends.
    pub(super) fn find(&self, hay: impl Hay, from: usize, to: usize) -> Option<usize> {
        match &self.masks {
            Masks::One(rows) => self.run(rows, hay, from, to),
            Masks::Two(rows) => self.run(rows, hay, from, to),
            Masks::Four(rows) => self.run(rows, hay, from, to),
            Masks::Eight(rows) => self.run(rows, hay, from, to),
            Masks::Blocks(rows) => self.run_blocks(rows, hay, from, to),
        }
    }

    fn run<const N: usize>(
        &self,
        rows: &[[u64; N]],
        hay: impl Hay,
        from: usize,
        to: usize,
    ) -> Option<usize> {
        let mut state: [u64; N] = *self.start.first_chunk()?;
        self.classes.scan(hay, from, to, |class| {
            let first = state.last()? << 1;
            step(&mut state, rows.get(class)?, first);
            Some(found(&state))
        })
    }

    fn run_blocks(
        &self,
        rows: &[[u64; BLOCK]],
        hay: impl Hay,
        from: usize,
        to: usize,
    ) -> Option<usize> {
        let mut room = [[0; BLOCK]; MAX_WORDS / BLOCK];
        let blocks = self.start.len() / BLOCK;
        let state = room.get_mut(..blocks)?;
        state.as_flattened_mut().copy_from_slice(&self.start);
        self.classes.scan(hay, from, to, |class| {
            let row = rows.get(class * blocks..)?.get(..blocks)?;
            let mut carry = state.last()?.last()? << 1;
            for (words, masks) in state.iter_mut().zip(row) {
                carry = step(words, masks, carry);
            }
            Some(found(state.last()?))
        })
    }
}

/// Takes one character in; `carry` is the word below, the result the one for the words above.
#[inline(always)]
fn step<const N: usize>(state: &mut [u64; N], masks: &[u64; N], mut carry: u64) -> u64 {
    for (word, mask) in state.iter_mut().zip(masks) {
        let next = carry | mask;
        carry = *word;
        *word = next;
    }
    carry
}

#[inline(always)]
fn found<const N: usize>(state: &[u64; N]) -> bool {
    state.last().is_some_and(|word| word >> 63 == 0)
}

/// Rows of words, all of the same length.
fn in_rows<const N: usize>(words: &[u64]) -> Box<[[u64; N]]> {
    words.as_chunks().0.into()
}

impl Classes {
    /// Numbers the characters, which are sorted, from 1.
    fn new(named: &[char]) -> Self {
        let mut ascii = Box::new([0; 128]);
        let mut other = Vec::new();
        for (ch, class) in named.iter().zip(1..) {
            match ascii.get_mut(*ch as usize) {
                Some(slot) => *slot = class,
                None => other.push((*ch, class)),
            }
        }
        let other = other.into_boxed_slice();
        Self { ascii, other }
    }

    /// Shows the class of each character to `take` until that says `true`: where the character ends.
    #[inline(always)]
    fn scan(
        &self,
        hay: impl Hay,
        from: usize,
        to: usize,
        mut take: impl FnMut(usize) -> Option<bool>,
    ) -> Option<usize> {
        for (part, end) in hay.parts(from, to) {
            let mut chars = part.chars();
            while let Some(ch) = chars.next() {
                let class = match self.ascii.get(ch as usize) {
                    Some(class) => *class,
                    None => self.other(ch),
                };
                if take(usize::from(class))? {
                    return Some(end - chars.as_str().len());
                }
            }
        }
        None
    }

    #[inline(never)]
    fn other(&self, ch: char) -> u16 {
        self.other
            .binary_search_by_key(&ch, |(named, _)| *named)
            .ok()
            .and_then(|at| self.other.get(at))
            .map_or(0, |(_, class)| *class)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    /// Each number of words, to the last bit and one beyond.
    #[test]
    fn finds_patterns_of_all_lengths() {
        for length in [
            1, 2, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1_024, 1_025, 1_536,
            2_047, 2_048,
        ] {
            let pattern: Vec<Option<char>> = (0..length)
                .map(|at| match at * at % 7 {
                    0 => Some('a'),
                    1 => Some('é'),
                    2 if at + 1 < length => None,
                    _ => Some('b'),
                })
                .collect();
            let automaton = ShiftOr::new(&pattern).unwrap();
            let filled: String = pattern.iter().map(|ch| ch.unwrap_or('z')).collect();
            let text = alloc::format!("xé{filled}é{filled}");
            let end = "xé".len() + filled.len();
            let len = text.len();
            assert_eq!(automaton.find(text.as_str(), 0, len), Some(end), "{length}");
            assert_eq!(automaton.find(text.as_str(), 0, end), Some(end), "{length}");
            assert_eq!(automaton.find(text.as_str(), 0, end - 1), None, "{length}");
            assert_eq!(automaton.find(text.as_str(), 3, end), Some(end), "{length}");
            assert_eq!(automaton.find(text.as_str(), 4, end), None, "{length}");
            for (at, expected) in pattern.iter().enumerate() {
                if expected.is_some() && (at % 61 == 0 || at + 1 == length) {
                    let wrong = filled.chars().enumerate();
                    let wrong = wrong.map(|(place, ch)| if place == at { 'x' } else { ch });
                    let wrong: String = wrong.collect();
                    assert_eq!(
                        automaton.find(wrong.as_str(), 0, wrong.len()),
                        None,
                        "{length} {at}"
                    );
                }
            }
        }
        assert!(ShiftOr::new(&[]).is_none());
        assert!(ShiftOr::new(&[Some('a'); 2_049]).is_none());
    }
}
