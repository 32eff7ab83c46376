//! Faults of keys that AWS does not look for.

use alloc::vec::Vec;

use iot_policy::{Curve, KeyKind, RsaKey, SignatureHash};

use super::super::finding::ReasonCode;
use super::fermat::has_close_factors;
use super::residue::residue;

/// In the order of the codes.
pub(super) fn key_faults(key: &KeyKind<'_>) -> Vec<ReasonCode> {
    match key {
        KeyKind::Rsa(key) => RSA
            .iter()
            .filter(|(_, is_faulty)| is_faulty(key))
            .map(|(code, _)| *code)
            .collect(),
        KeyKind::EllipticCurve(Curve::P256 | Curve::P384 | Curve::P521) => Vec::new(),
        KeyKind::EllipticCurve(_) => [ReasonCode::XEcCurveNotAllowed].into(),
        _ => [ReasonCode::XKeyAlgorithmNotAllowed].into(),
    }
}

pub(super) const fn signature_fault(hash: SignatureHash) -> Option<ReasonCode> {
    match hash {
        SignatureHash::Md5 => Some(ReasonCode::XSignatureMd5),
        SignatureHash::Sha1 => Some(ReasonCode::XSignatureSha1),
        _ => None,
    }
}

type Fault = fn(&RsaKey<'_>) -> bool;

const RSA: [(ReasonCode, Fault); 4] = [
    (ReasonCode::XRsaModulusTooSmall, |key| key.bits() < 2048),
    (ReasonCode::XRsaExponent, |key| {
        is_odd_exponent(key.exponent())
    }),
    (ReasonCode::XRsaSmallFactor, |key| {
        has_small_factor(key.modulus())
    }),
    (ReasonCode::XRsaFermat, |key| {
        has_close_factors(key.modulus())
    }),
];

/// Even, below 65537, or of 257 bits or more. The exponent has no leading zeros.
fn is_odd_exponent(exponent: &[u8]) -> bool {
    let even = exponent.last().is_none_or(|byte| byte & 1 == 0);
    let small = matches!(exponent, [] | [_] | [_, _]);
    even || small || exponent.len() > 32
}

/// Whether a prime of at most 65537 divides the modulus. Four thousand divisions a word of the
/// modulus: as many primes as a word holds are tried by one.
fn has_small_factor(modulus: &[u8]) -> bool {
    let mut product: u32 = 1;
    for prime in [2].into_iter().chain(odd_primes()).chain([LAST_PRIME]) {
        if let Some(more) = product.checked_mul(prime) {
            product = more;
            continue;
        }
        if shares_factor(modulus, product) {
            return true;
        }
        product = prime;
    }
    shares_factor(modulus, product)
}

/// Whether a number has a factor of `product` in it.
fn shares_factor(number: &[u8], product: u32) -> bool {
    let (mut a, mut b) = (product, residue(number, product));
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a > 1
}

/// The odd primes below 65536.
fn odd_primes() -> impl Iterator<Item = u32> {
    (0_u32..).zip(&COMPOSITE).flat_map(|(word, bits)| {
        (0..64_u32)
            .filter(move |bit| bits >> bit & 1 == 0)
            .map(move |bit| 2 * (64 * word + bit) + 1)
    })
}

const LAST_PRIME: u32 = 65_537;

/// Bit `i` of word `w`: whether `2 (64 w + i) + 1` is no prime.
static COMPOSITE: [u64; 512] = sieve();

#[expect(
    clippy::indexing_slicing,
    reason = "runs when this is compiled, where an index out of bounds is an error"
)]
const fn sieve() -> [u64; 512] {
    let mut composite = [0; 512];
    composite[0] = 1;
    let mut factor = 3;
    while factor < 256 {
        let mut multiple = factor * factor;
        while multiple < 65_536 {
            let bit = multiple / 2;
            composite[bit / 64] |= 1_u64 << (bit % 64);
            multiple += 2 * factor;
        }
        factor += 2;
    }
    composite
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sieve_leaves_the_primes() {
        let primes: Vec<_> = odd_primes().collect();
        assert_eq!(primes.len(), 6541); // of the 6542 primes below 65536
        assert_eq!(primes[..5], [3, 5, 7, 11, 13]);
        let is_prime =
            |at: u32| (2..256).all(|divisor| !at.is_multiple_of(divisor) || at == divisor);
        assert!(primes.into_iter().all(is_prime));
    }

    #[test]
    fn small_factors_are_found_up_to_the_last() {
        let product = |a: u64, b: u64| (u128::from(a) * u128::from(b)).to_be_bytes();
        // 2^61 - 1 is a prime.
        let large = (1 << 61) - 1;
        for small in [2, 3, 65_521, 65_537] {
            assert!(has_small_factor(&product(small, large)), "{small}");
        }
        assert!(!has_small_factor(&product(65_539, large)));
        assert!(has_small_factor(&[]), "every number divides 0");
    }

    #[test]
    fn exponents() {
        for odd in [&[][..], &[3], &[1, 0], &[1, 0, 0], &[1; 33]] {
            assert!(is_odd_exponent(odd), "{odd:?}");
        }
        for sound in [&[1, 0, 1][..], &[1; 32]] {
            assert!(!is_odd_exponent(sound), "{sound:?}");
        }
    }
}
