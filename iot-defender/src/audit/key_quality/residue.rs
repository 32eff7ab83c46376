//! Remainders of long numbers.

/// `number`, most significant byte first, modulo `modulus`, which is not 0.
pub(super) fn residue(number: &[u8], modulus: u32) -> u32 {
    let modulus = u64::from(modulus);
    let (head, limbs) = number.split_at(number.len() % 4);
    let head = head
        .iter()
        .fold(0, |head, byte| head << 8 | u64::from(*byte));
    let limbs = limbs.as_chunks::<4>().0;
    let rest = limbs.iter().fold(head % modulus, |rest, limb| {
        (rest << 32 | u64::from(u32::from_be_bytes(*limb))) % modulus
    });
    // INVARIANT: below the modulus.
    rest as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_what_bytewise_division_leaves(
            number in proptest::collection::vec(any::<u8>(), 0..40),
            modulus in 1..=u32::MAX,
        ) {
            let wide = u64::from(modulus);
            let slow = number.iter().fold(0, |rest, byte| (rest * 256 + u64::from(*byte)) % wide);
            prop_assert_eq!(u64::from(residue(&number, modulus)), slow);
        }
    }
}
