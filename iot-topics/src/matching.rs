//! One filter against one name, over their bytes, eight at a time.
//!
//! A name holds neither `+` nor `#`, and a filter holds them only as whole levels. So wherever the
//! two texts first differ, either the filter has a wildcard there, at the start of a level of
//! both, or the name is not taken. UTF-8 never has the byte of an ASCII character inside a longer
//! one, so bytes may be compared without regard to characters.

use crate::filter::MatchMode;

/// Whether `filter` takes `name`, the rule for a leading `$` aside. Linear in the shorter text.
pub(crate) fn takes(mut filter: &[u8], mut name: &[u8], mode: MatchMode) -> bool {
    loop {
        (filter, name) = without_common_start(filter, name);
        match filter.split_first() {
            None => return name.is_empty(),
            // The slash before `#` was met in the name as well, so a level follows, if an empty one.
            Some((b'#', _)) => return true,
            Some((b'+', rest)) => {
                filter = rest;
                name = without_first_level(name);
                if filter.is_empty() {
                    return name.is_empty();
                }
            }
            Some(_) => return mode == MatchMode::Mqtt && name.is_empty() && filter == b"/#",
        }
    }
}

/// Both texts from the first byte on in which they differ.
#[inline]
fn without_common_start<'f, 'n>(mut filter: &'f [u8], mut name: &'n [u8]) -> (&'f [u8], &'n [u8]) {
    while let (Some((left, filter_rest)), Some((right, name_rest))) =
        (filter.split_first_chunk(), name.split_first_chunk())
    {
        let differing = u64::from_le_bytes(*left) ^ u64::from_le_bytes(*right);
        if differing != 0 {
            let same = first_byte(differing);
            return (skip(filter, same), skip(name, same));
        }
        (filter, name) = (filter_rest, name_rest);
    }
    if let (Some((left, filter_rest)), Some((right, name_rest))) = (
        filter.split_first_chunk::<4>(),
        name.split_first_chunk::<4>(),
    ) && left == right
    {
        (filter, name) = (filter_rest, name_rest);
    }
    while let (Some((left, filter_rest)), Some((right, name_rest))) =
        (filter.split_first(), name.split_first())
        && left == right
    {
        (filter, name) = (filter_rest, name_rest);
    }
    (filter, name)
}

/// The name from its first slash on; empty if it has none.
#[inline]
pub(crate) fn without_first_level(mut name: &[u8]) -> &[u8] {
    while let Some((chunk, rest)) = name.split_first_chunk() {
        let found = zero_bytes(u64::from_le_bytes(*chunk) ^ SLASHES);
        if found != 0 {
            return skip(name, first_byte(found));
        }
        name = rest;
    }
    while let Some((byte, rest)) = name.split_first()
        && *byte != b'/'
    {
        name = rest;
    }
    name
}

/// What follows `start` in `text`, if it starts so. As `strip_prefix`, but without the call to
/// `memcmp` that costs more than texts this short are worth.
#[inline]
pub(crate) fn without_start<'t>(text: &'t [u8], start: &[u8]) -> Option<&'t [u8]> {
    let (head, rest) = text.split_at_checked(start.len())?;
    same(head, start).then_some(rest)
}

/// Whether `text` ends with `end`; as `ends_with`, without the call.
#[inline]
pub(crate) fn has_end(text: &[u8], end: &[u8]) -> bool {
    text.len()
        .checked_sub(end.len())
        .is_some_and(|at| same(skip(text, at), end))
}

/// Whether two texts are the same: the last word first, in which the names of one plant differ
/// most, and word by word up to it.
#[inline]
pub(crate) fn same(mut left: &[u8], mut right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let ends = (left.last_chunk(), right.last_chunk());
    let (Some(left_end), Some(right_end)) = ends else {
        return left.iter().zip(right).all(|(a, b)| a == b);
    };
    if u64::from_le_bytes(*left_end) != u64::from_le_bytes(*right_end) {
        return false;
    }
    while let (Some((a, left_rest)), Some((b, right_rest))) =
        (left.split_first_chunk(), right.split_first_chunk())
    {
        if u64::from_le_bytes(*a) != u64::from_le_bytes(*b) {
            return false;
        }
        (left, right) = (left_rest, right_rest);
    }
    true
}

const SLASHES: u64 = u64::from_le_bytes([b'/'; 8]);

/// A word whose lowest set bit lies in the first byte of `word` that is zero; 0 if none is.
const fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    word.wrapping_sub(LOW) & !word & HIGH
}

/// The byte, in the order of the text, of the lowest set bit.
const fn first_byte(word: u64) -> usize {
    (word.trailing_zeros() / 8) as usize
}

fn skip(bytes: &[u8], count: usize) -> &[u8] {
    bytes.get(count..).unwrap_or_default()
}
