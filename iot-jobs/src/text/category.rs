//! The Unicode category C.

/// Ranges of the categories Cc, Cf and Co, and the noncharacters of Cn. Code points that are
/// merely not assigned yet are let through: which they are changes with each edition of Unicode.
const OTHER: &[(char, char)] = &[
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{2066}', '\u{206f}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0001}', '\u{e0001}'),
    ('\u{e0020}', '\u{e007f}'),
    ('\u{f0000}', '\u{10ffff}'),
];

pub(crate) fn is_other(c: char) -> bool {
    // Printable ASCII, which nearly all is.
    if (' '..='~').contains(&c) {
        return false;
    }
    let after = OTHER.partition_point(|&(first, _)| first <= c);
    let range = after.checked_sub(1).and_then(|index| OTHER.get(index));
    range.is_some_and(|&(_, last)| c <= last) || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_rise_and_do_not_meet() {
        for pair in OTHER.windows(2) {
            assert!(pair[0].0 <= pair[0].1 && pair[0].1 < pair[1].0, "{pair:?}");
        }
    }

    #[test]
    fn every_control_character_and_no_visible_one() {
        for c in '\0'..=char::MAX {
            if c.is_control() {
                assert!(is_other(c), "{c:?}");
            }
            if c.is_alphanumeric() {
                assert!(!is_other(c), "{c:?}");
            }
        }
        assert!(is_other('\u{200d}') && is_other('\u{e000}') && is_other('\u{ffff}'));
        assert!(!is_other(' ') && !is_other('\u{2028}') && !is_other('😀'));
    }
}
