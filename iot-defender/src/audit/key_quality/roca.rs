//! CVE-2017-15361, "ROCA": primes of the form `k M + (65537^a mod M)` (Nemec et al., "The Return
//! of Coppersmith's Attack", CCS 2017), `M` the product of the first primes.
//!
//! The modulus of such a key is a power of 65537 modulo `M`: one exponent for all primes. That is
//! asked here of the primes that every such `M` has, those to 167, by discrete logarithms; a sound
//! key passes with a probability of 2^-154.9. To ask each prime by itself whether the rest is some
//! power of 65537, as the first public tools did, errs at 2^-27.8.

use super::residue::residue;

/// Whether an RSA modulus, most significant byte first, has the form of CVE-2017-15361.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::is_roca;
///
/// assert!(is_roca(&[1, 0, 1])); // 65537 itself
/// assert!(!is_roca(&[1, 0, 3]));
/// ```
#[must_use]
pub fn is_roca(modulus: &[u8]) -> bool {
    // The exponents found, each with the order that it is known up to.
    let mut found = [(0, 1); PRIMES];
    let mut logs = found.iter_mut();
    for (product, primes) in GROUPS {
        let rest = residue(modulus, product);
        for prime in primes {
            let Some((log, order)) = logarithm(rest % prime, *prime) else {
                return false;
            };
            if let Some(slot) = logs.next() {
                *slot = (log, order);
            }
        }
    }
    found.iter().enumerate().all(|(at, (log, order))| {
        found.iter().take(at).all(|(other, other_order)| {
            let common = gcd(*order, *other_order);
            log % common == other % common
        })
    })
}

/// The exponent of 65537 that leaves `rest` modulo `prime`, and the order of 65537.
fn logarithm(rest: u32, prime: u32) -> Option<(u32, u32)> {
    let base = 65_537 % prime;
    let mut power = 1;
    let mut log = None;
    for exponent in 0..prime {
        if exponent > 0 && power == 1 {
            return log.map(|log| (log, exponent));
        }
        if power == rest {
            log = Some(exponent);
        }
        power = power * base % prime;
    }
    None
}

const fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

const PRIMES: usize = 38;

/// The odd primes to 167, in groups whose product a word holds, so that one division serves all
/// of a group. First those that sound keys fail at most.
const GROUPS: [(u32, &[u32]); 8] = [
    group(&[11, 37, 53, 97, 19, 61]),
    group(&[73, 79, 103, 107]),
    group(&[109, 127, 151, 157, 13]),
    group(&[17, 71, 3, 5, 7, 23, 29, 31]),
    group(&[41, 43, 47, 59, 67]),
    group(&[83, 89, 101, 113]),
    group(&[131, 137, 139, 149]),
    group(&[163, 167]),
];

const fn group(primes: &'static [u32]) -> (u32, &'static [u32]) {
    let mut product: u32 = 1;
    let mut rest = primes;
    while let [prime, behind @ ..] = rest {
        // Overflow does not compile.
        product *= *prime;
        rest = behind;
    }
    (product, primes)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_groups_are_the_odd_primes_to_167() {
        let mut primes: Vec<_> = GROUPS.iter().flat_map(|(_, primes)| *primes).collect();
        primes.sort_unstable();
        let sieved: Vec<u32> = (3..=167)
            .filter(|at| (2..*at).all(|divisor| at % divisor != 0))
            .collect();
        assert!(primes.into_iter().eq(&sieved));
        assert_eq!(sieved.len(), PRIMES);
    }

    #[test]
    fn odd_inputs_are_sound() {
        assert!(!is_roca(&[]));
        assert!(!is_roca(&[0; 9]));
        assert!(is_roca(&[0, 0, 1])); // 65537^0
    }

    proptest! {
        /// Powers of 65537 are of the form whatever multiple of the product is added, and stop
        /// being so by one.
        #[test]
        fn powers_are_of_the_form(exponent in 0_u32..60, multiple in any::<u64>()) {
            use num_bigint::BigUint;

            let product: BigUint = GROUPS.iter().map(|(product, _)| BigUint::from(*product)).product();
            let power = BigUint::from(65_537_u32).pow(exponent) + product * multiple;
            prop_assert!(is_roca(&power.to_bytes_be()));
            prop_assert!(!is_roca(&(power + 2_u32).to_bytes_be()));
        }
    }
}
