//! Comparing short texts. What a policy compares while it walks is mostly shorter than 16 bytes,
//! and a call to `memcmp` then costs more than the comparison.

/// What follows `prefix` in `text`, if `text` starts with it.
#[inline]
pub(crate) fn strip_prefix<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    equal(start, prefix).then_some(rest)
}

/// The place of a byte among different ones.
#[inline]
pub(crate) fn position(keys: &[u8], byte: u8) -> Option<u32> {
    let found = if keys.len() <= 8 {
        keys.iter().position(|key| *key == byte)
    } else {
        memchr::memchr(byte, keys)
    };
    found.and_then(|at| u32::try_from(at).ok())
}

/// Whether both texts are the same.
#[inline]
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        0 => true,
        1 => a.first() == b.first(),
        // Two loads that may overlap cover every length between one and two of them.
        2..=3 => ends::<2>(a) == ends::<2>(b),
        4..=7 => ends::<4>(a) == ends::<4>(b),
        8..=16 => ends::<8>(a) == ends::<8>(b),
        _ => a == b,
    }
}

#[inline]
fn ends<const N: usize>(text: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
    Some((text.first_chunk()?, text.last_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_is_equality() {
        let text: alloc::vec::Vec<u8> = (0..40).collect();
        for length in 0..=text.len() {
            let one = &text[..length];
            assert!(equal(one, one));
            assert_eq!(strip_prefix(&text, one), text.get(length..));
            for at in 0..length {
                let mut other = one.to_vec();
                other[at] ^= 1;
                assert!(!equal(one, &other));
                assert_eq!(strip_prefix(&text, &other), None);
            }
            assert!(!equal(one, &[one, &[0]].concat()));
            assert_eq!(strip_prefix(one, &[one, &[0]].concat()), None);
            assert_eq!(position(&text[..length], 7), (length > 7).then_some(7));
        }
    }
}
