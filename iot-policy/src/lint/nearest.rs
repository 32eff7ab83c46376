//! The known name that a misspelt one was meant to be.

use alloc::string::String;
use alloc::vec::Vec;

/// The candidate that differs least from `name`: in letter case only, or by at most two letters
/// added, left out or replaced, and less than a third of the name. None for a long name.
pub(crate) fn nearest(name: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    const LONGEST: usize = 80;
    const MOST: usize = 2;
    if name.len() > LONGEST {
        return None;
    }
    let lower = |text: &str| text.chars().map(|c| c.to_ascii_lowercase()).collect();
    let name: Vec<char> = lower(name);
    let close = MOST.min(name.len() / 3);
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= close + 1)
        .map(|candidate| (distance(&name, &lower(&candidate)), candidate))
        .filter(|(distance, _)| *distance <= close)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters must be added, taken away or replaced (Levenshtein distance).
fn distance(one: &[char], two: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (index, c) in one.iter().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let mut cells = row.iter_mut();
        if let Some(first) = cells.next() {
            *first = left;
        }
        for (cell, d) in cells.zip(two) {
            let replaced = diagonal + usize::from(c != d);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    fn near(name: &str) -> Option<String> {
        let names = ["iot:Publish", "iot:Subscribe", "topic", "topicfilter"];
        nearest(name, names.iter().map(|&name| name.to_owned()))
    }

    #[test]
    fn near_names() {
        for (name, expected) in [
            ("iot:publsh", Some("iot:Publish")),
            ("IOT:SUBSCRIBE", Some("iot:Subscribe")),
            ("topics", Some("topic")),
            ("topicFilter", Some("topicfilter")),
            ("iot:Dance", None),
            ("tp", None),
            ("", None),
        ] {
            assert_eq!(near(name).as_deref(), expected, "{name}");
        }
        assert_eq!(near(&"x".repeat(1_000)), None);
    }

    #[test]
    fn distances() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for (one, two, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!(distance(&chars(one), &chars(two)), expected);
        }
    }
}
