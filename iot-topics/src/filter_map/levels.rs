//! A name or filter taken apart into levels and their weights, in one pass.

use super::hash::LevelHasher;

/// How many levels are told apart; what lies deeper is left to the ordered part of the map.
pub(super) const MAX_LEVELS: usize = 16;

/// The levels of a topic name, hashed.
#[derive(Clone, Debug)]
pub(super) struct NameLevels {
    /// 1 to 17, where 17 is "more than 16".
    count: usize,
    /// Where each of the first 17 levels starts, or would start if a slash came before it.
    starts: [u32; MAX_LEVELS + 1],
    /// The sums of the weights of the first 0, 1, 2, .. 16 levels.
    sums: [u64; MAX_LEVELS + 1],
}

impl NameLevels {
    const EMPTY: Self = Self {
        count: 0,
        starts: [0; MAX_LEVELS + 1],
        sums: [0; MAX_LEVELS + 1],
    };

    #[inline]
    pub(super) fn of(name: &[u8], hasher: &LevelHasher) -> Self {
        let mut levels = Self::EMPTY;
        let mut sum = 0_u64;
        split(name, |position, start, end| {
            let next = position + 1;
            levels.count = next;
            let slots = (levels.starts.get_mut(next), levels.sums.get_mut(next));
            let (Some(next_start), Some(total)) = slots else {
                return false;
            };
            let level = name.get(start..end).unwrap_or_default();
            sum = sum.wrapping_add(hasher.weight(position, level));
            // INVARIANT: a name comes in a packet, and a packet has at most 256 MiB.
            (*next_start, *total) = ((end + 1) as u32, sum);
            true
        });
        levels
    }

    /// The number of levels; [`MAX_LEVELS`]` + 1` stands for any larger number.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// The sum of the weights of the first `levels` levels.
    #[inline]
    pub(super) fn sum(&self, levels: usize) -> u64 {
        self.sums.get(levels).copied().unwrap_or_default()
    }

    /// The weight of the level at `position`.
    #[inline]
    pub(super) fn weight(&self, position: usize) -> u64 {
        self.sum(position + 1).wrapping_sub(self.sum(position))
    }

    /// Where the level at `position` starts and ends.
    #[inline]
    pub(super) fn span(&self, position: usize) -> (usize, usize) {
        let start = |position| self.starts.get(position).map_or(0, |start| *start as usize);
        (start(position), start(position + 1).saturating_sub(1))
    }
}

/// Calls `each` with the position, start and end of each level until it answers `false`.
#[inline]
pub(super) fn split(text: &[u8], mut each: impl FnMut(usize, usize, usize) -> bool) {
    let (mut position, mut start) = (0, 0);
    for (block, bytes) in text.chunks(64).enumerate() {
        let mut slashes = slashes(bytes);
        while slashes != 0 {
            let end = block * 64 + slashes.trailing_zeros() as usize;
            slashes &= slashes - 1;
            if !each(position, start, end) {
                return;
            }
            position += 1;
            start = end + 1;
        }
    }
    each(position, start, text.len());
}

/// Bit `i` is set when byte `i` is a slash; at most 64 bytes.
#[inline]
fn slashes(bytes: &[u8]) -> u64 {
    let Some(last) = bytes.last_chunk::<8>() else {
        return bytes
            .iter()
            .rev()
            .fold(0, |found, byte| (found << 1) | u64::from(*byte == b'/'));
    };
    // The last word may overlap the one before, and finds the same slashes there.
    let mut found = slashes_in_word(u64::from_le_bytes(*last)) << (bytes.len() - 8);
    for (word, bytes) in bytes.as_chunks::<8>().0.iter().enumerate() {
        found |= slashes_in_word(u64::from_le_bytes(*bytes)) << (8 * word);
    }
    found
}

/// Bit `i` of the answer is set when byte `i` of the word is a slash.
#[inline]
const fn slashes_in_word(word: u64) -> u64 {
    const ALL: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f * ALL;
    let zero_where_slash = word ^ (b'/' as u64 * ALL);
    // The upper bit of each byte: set exactly when the byte is zero.
    let flags = !(((zero_where_slash & LOW) + LOW) | zero_where_slash | LOW);
    // The product gathers the eight flags in its topmost byte, in order.
    (flags >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    fn spans(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        split(text.as_bytes(), |position, start, end| {
            assert_eq!(position, found.len());
            found.push(text.get(start..end).unwrap());
            true
        });
        found
    }

    #[test]
    fn splits_as_the_standard_library_does() {
        for text in [
            "",
            "/",
            "//",
            "a",
            "a/b",
            "/a",
            "a/",
            "a//b",
            "\u{2f}é/\u{af}/ \u{12f}/",
        ] {
            assert_eq!(spans(text), text.split('/').collect::<Vec<_>>());
        }
        for length in 0..200 {
            for gap in [1, 2, 7, 8, 9, 63, 64, 65] {
                let text: String = (0..length)
                    .map(|at| if at % gap == gap - 1 { '/' } else { '.' })
                    .collect();
                assert_eq!(spans(&text), text.split('/').collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn spans_and_sums_agree_with_the_text() {
        let hasher = LevelHasher::new(3);
        let name = "plant//line-7/€/";
        let levels = NameLevels::of(name.as_bytes(), &hasher);
        assert_eq!(levels.count(), 5);
        for (position, level) in name.split('/').enumerate() {
            let (start, end) = levels.span(position);
            assert_eq!(name.get(start..end), Some(level));
            assert_eq!(
                levels.weight(position),
                hasher.weight(position, level.as_bytes())
            );
        }
    }

    #[test]
    fn deeper_levels_are_only_counted_as_more() {
        let hasher = LevelHasher::new(3);
        for (deep, count) in [(15, 15), (16, 16), (17, 17), (18, 17), (300, 17)] {
            let name = alloc::vec!["x"; deep].join("/");
            assert_eq!(NameLevels::of(name.as_bytes(), &hasher).count(), count);
        }
    }
}
