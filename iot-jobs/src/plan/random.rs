//! Numbers that look random and are the same each time.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

/// 2^64 over the golden ratio, odd.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// The numbers of one key under a seed: a key has its own, whatever is drawn for others.
    pub(super) const fn of(seed: u64, key: u64) -> Self {
        Self(mix(mix(seed.wrapping_add(STEP)) ^ mix(key)))
    }

    /// All 64 bits are uniform.
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Below a bound that is not 0; each value is off its share by less than 2^-32.
    pub(super) const fn below(&mut self, bound: u64) -> u64 {
        scale(self.next(), bound)
    }
}

/// The whole part of `fraction / 2^64 x whole`.
pub(super) const fn scale(fraction: u64, whole: u64) -> u64 {
    ((fraction as u128 * whole as u128) >> 64) as u64
}

const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs for the state 1234567, as the reference implementation gives them.
    #[test]
    fn gives_the_published_numbers() {
        let mut random = Random(1_234_567);
        let numbers = [(); 3].map(|()| random.next());
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(numbers, published);
    }

    #[test]
    fn keys_and_seeds_have_their_own() {
        let first = |seed, key| Random::of(seed, key).next();
        assert_eq!(first(1, 2), first(1, 2));
        assert_ne!(first(1, 2), first(1, 3));
        assert_ne!(first(1, 2), first(2, 2));
        assert_ne!(first(0, 0), 0);
    }

    #[test]
    fn shares_are_even() {
        let mut random = Random::of(7, 7);
        let mut counts = [0; 5];
        for _ in 0..100_000 {
            counts[usize::try_from(random.below(5)).unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| (19_500..20_500).contains(count)),
            "{counts:?}"
        );
    }
}
