//! Which topic names the filters of a policy pattern can deliver.

use super::pattern::{Atom, Loop, Pattern, Step};

/// What comes of subscribing to the filters that a `topicfilter/` pattern allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Messages on the names of the pattern.
    Names(Names),
    /// Nothing: no legal filter fits the pattern.
    NoFilter,
}

/// The names that filters take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    pattern: Pattern,
    /// Whether the filters start with a wildcard, which takes no name that starts with `$`.
    skips_dollar: bool,
}

impl Names {
    /// Whether some name of the policy pattern may be delivered.
    pub(crate) fn reach(&self, names: &Pattern, budget: &mut super::pattern::Budget) -> bool {
        !(self.skips_dollar && names.starts_with('$')) && self.pattern.overlaps(names, budget)
    }
}

impl Delivery {
    /// The names that the filters of a policy pattern take, by the rule of AWS IoT: `x/#` takes
    /// `x/` and all below, not `x`.
    ///
    /// What the pattern leaves open may hold MQTT wildcards too: `a/*` allows the filter `a/#`.
    /// For a run that makes no difference, the names are those of the pattern; a `?` may be a
    /// whole level `+` or `#`, and then stands for more than one character. Where that is possible
    /// it counts as any text. So does a run next to `+` or `#`. The answer thus holds all names,
    /// and in those two cases may hold more.
    pub(crate) fn of(filter: &[Atom]) -> Self {
        let filter = unshared(filter);
        let mut pattern = Pattern::empty();
        let mut before = None;
        let mut rest = filter.iter().copied().peekable();
        while let Some(atom) = rest.next() {
            let after = rest.peek().copied();
            let is_level = may_end_level(before) && may_end_level(after);
            match atom {
                Atom::Char('+') if is_level => pattern.widen(Loop::Level),
                Atom::Char('#') if may_end_level(before) && may_be_empty(rest.clone()) => {
                    pattern.widen(Loop::Any);
                    break;
                }
                Atom::Char('+' | '#') => return Self::NoFilter,
                Atom::AnyChar if is_level => pattern.widen(Loop::Any),
                Atom::AnyChar => pattern.push(Step::AnyChar),
                Atom::AnyRun => pattern.widen(Loop::Any),
                Atom::Char(c) => pattern.push(Step::Char(c)),
                Atom::Variable(number) => pattern.push(Step::Variable(number)),
            }
            before = Some(atom);
        }
        Self::Names(Names {
            pattern,
            skips_dollar: matches!(filter.first(), Some(Atom::Char('+' | '#'))),
        })
    }
}

/// Takes `$share/<group>/` off: the names are those of the filter behind it. A group that is not
/// literal may end anywhere, so that any text may stand before the rest.
fn unshared(filter: &[Atom]) -> alloc::borrow::Cow<'_, [Atom]> {
    let share = "$share/".chars().map(Atom::Char);
    if !filter.iter().copied().take(7).eq(share) {
        return filter.into();
    }
    let behind = filter.get(7..).unwrap_or_default();
    let slash = behind.iter().position(|atom| *atom == Atom::Char('/'));
    let Some((group, rest)) = slash.and_then(|at| behind.split_at_checked(at)) else {
        return alloc::vec![Atom::AnyRun].into();
    };
    let rest = rest.get(1..).unwrap_or_default();
    if group.iter().all(|atom| matches!(atom, Atom::Char(_))) {
        return rest.into();
    }
    let mut open = alloc::vec![Atom::AnyRun];
    open.extend_from_slice(rest);
    open.into()
}

/// Whether a level may end next to this part.
const fn may_end_level(neighbour: Option<Atom>) -> bool {
    matches!(
        neighbour,
        None | Some(Atom::Char('/') | Atom::AnyChar | Atom::AnyRun | Atom::Variable(_))
    )
}

fn may_be_empty(mut rest: impl Iterator<Item = Atom>) -> bool {
    rest.all(|atom| matches!(atom, Atom::AnyRun | Atom::Variable(_)))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use iot_topics::{TopicFilterRef, TopicNameRef};

    use super::super::pattern::Budget;
    use super::super::pattern::tests::texts;
    use super::*;
    use crate::wildcard::WildcardPattern;

    fn delivery(pattern: &str) -> Delivery {
        let atom = |c| match c {
            '?' => Atom::AnyChar,
            '*' => Atom::AnyRun,
            'V' => Atom::Variable(1),
            c => Atom::Char(c),
        };
        Delivery::of(&pattern.chars().map(atom).collect::<Vec<_>>())
    }

    fn reaches(pattern: &str, name: &str) -> bool {
        match delivery(pattern) {
            Delivery::Names(names) => names.reach(&Pattern::literal(name), &mut Budget::default()),
            Delivery::NoFilter => false,
        }
    }

    #[test]
    fn every_name_of_every_filter_is_found() {
        let filters = texts(&['a', '/', '$', '+', '#'], 5);
        let filters: Vec<_> = filters
            .iter()
            .filter_map(|text| TopicFilterRef::parse(text).ok())
            .collect();
        let names = texts(&['a', '/', '$'], 4);
        let names: Vec<_> = names
            .iter()
            .filter_map(|text| TopicNameRef::parse(text).ok())
            .collect();
        let mut compared = 0;
        for pattern in texts(&['a', '/', '+', '#', '*', '?'], 3) {
            let glob = WildcardPattern::new(&pattern);
            let mut allowed = filters
                .iter()
                .filter(|filter| glob.matches(filter.as_str()))
                .peekable();
            if delivery(&pattern) == Delivery::NoFilter {
                assert!(allowed.peek().is_none(), "{pattern} allows {allowed:?}");
            }
            let allowed: Vec<_> = allowed.collect();
            for name in &names {
                let expected = allowed.iter().any(|filter| filter.matches(*name));
                let found = reaches(&pattern, name.as_str());
                let is_exact = !["?", "*+", "+*", "*#", "#*"]
                    .iter()
                    .any(|wide| pattern.contains(wide));
                let holds = found == expected || (found && !is_exact);
                assert!(holds, "{pattern} and {}", name.as_str());
                compared += 1;
            }
        }
        assert!(compared > 10_000);
    }

    #[test]
    fn the_parent_of_a_multi_level_wildcard_is_not_delivered() {
        assert!(!reaches("foo/bar/c1/#", "foo/bar/c1"));
        assert!(reaches("foo/bar/c1/#", "foo/bar/c1/"));
        assert!(reaches("foo/bar/c1*", "foo/bar/c1"));
        assert!(!reaches("#", "$aws/things/a/shadow/get"));
        assert!(reaches("*", "$aws/things/a/shadow/get"));
    }

    #[test]
    fn a_share_name_is_no_part_of_the_topic() {
        for pattern in [
            "$share/g/a/b",
            "$share/*/a/b",
            "$share/V/a/b",
            "$share/g*/+/b",
        ] {
            assert!(reaches(pattern, "a/b"), "{pattern}");
            assert!(!reaches(pattern, "a/c"), "{pattern}");
        }
        assert!(reaches("$share/*", "a/b"));
        assert!(!reaches("$share/g/a", "$share/g/a"));
    }

    #[test]
    fn misplaced_wildcards_fit_no_filter() {
        for pattern in ["a+", "a/+b", "#/a", "a#", "+a/*", "a/#?"] {
            assert_eq!(delivery(pattern), Delivery::NoFilter, "{pattern}");
        }
        for pattern in ["*+", "+*", "V+/a", "*#", "#*", "?+?", "a/#V"] {
            assert_ne!(delivery(pattern), Delivery::NoFilter, "{pattern}");
        }
    }
}
