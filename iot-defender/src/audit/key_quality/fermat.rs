//! Fermat's factorization: finds factors that lie close together.

use num_bigint::BigUint;

/// As many as badkeys and zlint do.
const ROUNDS: u32 = 100;

/// Bits of a modulus that is searched. Roots of a longer one cost too much for what an audit is
/// handed by strangers; AWS IoT itself takes no key of that length.
const MAX_BITS: usize = 16_384;

/// Whether the modulus is `(a - b)(a + b)` with one of the first hundred `a` from its root up.
pub(super) fn has_close_factors(modulus: &[u8]) -> bool {
    if modulus.len() * 8 > MAX_BITS {
        return false;
    }
    let modulus = BigUint::from_bytes_be(modulus);
    // Of an even number the two factors may have no middle; it has a small factor anyway.
    if !modulus.bit(0) || modulus.bits() < 2 {
        return false;
    }
    let root = modulus.sqrt();
    let start = if &root * &root < modulus {
        root + 1_u32
    } else {
        root
    };
    let mut square = &start * &start - &modulus;
    for step in 0..ROUNDS {
        if is_square(&square) {
            return true;
        }
        // (a + 1)² - a² = 2a + 1
        square += (&start + step) * 2_u32 + 1_u32;
    }
    false
}

/// Most numbers that are no squares show it modulo small numbers: one in 180 takes the root.
fn is_square(number: &BigUint) -> bool {
    let rest = |modulus: u32| {
        let rest = number % modulus;
        rest.iter_u32_digits().next().unwrap_or(0)
    };
    let may_be = SQUARES.iter().all(|modulus| {
        let rest = rest(*modulus);
        (0..=modulus / 2).any(|root| root * root % modulus == rest)
    });
    may_be && {
        let root = number.sqrt();
        &root * &root == *number
    }
}

const SQUARES: [u32; 5] = [64, 63, 65, 11, 17];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_square_is_one(root in any::<u128>()) {
            let root = BigUint::from(root);
            prop_assert!(is_square(&(&root * &root)));
            prop_assert!(!is_square(&(&root * &root + &root + 1_u32)) || root == BigUint::ZERO);
        }

        /// The root of the modulus is passed by (q - p)² / 8p, about.
        #[test]
        fn close_factors_are_found(half in 1_u64 << 40..1 << 62, apart in 0_u64..1 << 10) {
            let (p, q) = (2 * half + 1, 2 * half + 1 + 2 * apart);
            let modulus = BigUint::from(p) * BigUint::from(q);
            prop_assert!(has_close_factors(&modulus.to_bytes_be()));
        }
    }

    #[test]
    fn odd_inputs_have_none() {
        assert!(!has_close_factors(&[]));
        assert!(!has_close_factors(&[1]));
        assert!(!has_close_factors(&[0xff; 2049]));
        // 3 and 2^64 + 13, which are far apart.
        let far: BigUint = BigUint::from(3_u32) * ((BigUint::from(1_u32) << 64) + 13_u32);
        assert!(!has_close_factors(&far.to_bytes_be()));
    }
}
