//! Keyed hashing of topic levels.

/// Hashes levels. One key per map, so that who does not know the seed cannot aim at a bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct LevelHasher {
    start: u64,
    key: u64,
}

impl LevelHasher {
    pub(super) const fn new(seed: u64) -> Self {
        let start = scramble(seed ^ START);
        Self {
            start,
            key: scramble(start ^ seed.rotate_left(32)),
        }
    }

    /// The weight of one literal level at one place.
    ///
    /// The weights of a filter's literal levels are *added up*, so that the sum for any set of
    /// wildcards is the sum for the whole name less the weights of the levels that are replaced.
    #[inline]
    pub(super) fn weight(&self, position: usize, level: &[u8]) -> u64 {
        let place = self.start.wrapping_add(STEP.wrapping_mul(position as u64));
        let mut state = place ^ (level.len() as u64);
        let mut rest = level;
        while let (true, Some((head, tail))) = (rest.len() > 16, rest.split_first_chunk::<16>()) {
            let (low, high) = halves(head);
            state = fold(low ^ state, high ^ self.key);
            rest = tail;
        }
        let (low, high) = last_words(rest);
        fold(fold(low ^ state, high ^ self.key), place ^ FINISH)
    }
}

/// The tag of a sum of weights: 31 bits, never 0 (0 marks a free slot).
#[inline]
pub(super) fn tag(sum: u64) -> u32 {
    // The upper bits of a sum depend on all the bits of its terms.
    ((sum >> 33) as u32).max(1)
}

/// Up to 16 bytes as two words. Together with the length, one pair of words per text.
#[inline]
fn last_words(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        (u64::from(first), u64::from(last))
    } else if let (Some(first), Some(middle), Some(last)) =
        (bytes.first(), bytes.get(bytes.len() / 2), bytes.last())
    {
        let ends = (u64::from(*first) << 8) | u64::from(*last);
        (ends, u64::from(*middle))
    } else {
        (0, 0)
    }
}

#[inline]
fn halves(bytes: &[u8; 16]) -> (u64, u64) {
    let word = u128::from_le_bytes(*bytes);
    (word as u64, (word >> 64) as u64)
}

/// The product of two words, its halves folded into one word.
#[inline]
const fn fold(left: u64, right: u64) -> u64 {
    let product = (left as u128) * (right as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// The finishing step of SplitMix64: spreads each bit of a seed over the word.
const fn scramble(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

// Odd numbers with no pattern: fractional parts of the golden ratio and of square roots.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
const START: u64 = 0x6a09_e667_f3bc_c909;
const FINISH: u64 = 0xbb67_ae85_84ca_a73b;

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn every_byte_length_and_place_count() {
        let hasher = LevelHasher::new(7);
        let mut seen = BTreeSet::new();
        let mut texts = 0;
        for length in 0..70_usize {
            let text: Vec<u8> = (0..length).map(|at| at as u8).collect();
            for position in 0..16 {
                texts += 1;
                seen.insert(hasher.weight(position, &text));
                for at in 0..length {
                    let mut other = text.clone();
                    other[at] ^= 0x20;
                    texts += 1;
                    seen.insert(hasher.weight(position, &other));
                }
            }
        }
        assert_eq!(seen.len(), texts);
    }

    #[test]
    fn the_seed_moves_everything() {
        let (one, two) = (LevelHasher::new(1), LevelHasher::new(2));
        for text in ["", "a", "telemetry"] {
            assert_ne!(
                one.weight(0, text.as_bytes()),
                two.weight(0, text.as_bytes())
            );
        }
    }

    /// Device names differ in a few digits: their tags must spread as random ones do.
    #[test]
    fn tags_of_similar_levels_spread_evenly() {
        let hasher = LevelHasher::new(0);
        let mut buckets = [0_u32; 256];
        for device in 0..65_536_u32 {
            let text = alloc::format!("device-{device:06}");
            let sum = hasher.weight(2, text.as_bytes());
            buckets[(tag(sum) >> 23) as usize] += 1;
        }
        // 256 expected a bucket, standard deviation 16.
        assert!(
            buckets.iter().all(|count| (160..352).contains(count)),
            "{buckets:?}"
        );
    }
}
