//! Which statement names an action first, for many actions.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use iot_policy::WildcardPattern;

use super::Rule;

/// Statements by the actions that they name. What is written out is looked up, and a pattern that
/// stands in many statements is tried once.
pub(crate) struct ActionIndex<'r> {
    /// Written out: the first statement, by its place.
    literals: BTreeMap<&'r str, usize>,
    /// With wildcards, and the first statement; in the order of the statements.
    wild: Vec<(usize, &'r WildcardPattern)>,
    /// With `NotAction`.
    negated: Vec<(usize, AllBut<'r>)>,
}

struct AllBut<'r> {
    literals: BTreeSet<&'r str>,
    wild: Vec<&'r WildcardPattern>,
}

impl<'r> ActionIndex<'r> {
    /// Of statements; the places are those in what is given.
    pub(crate) fn new<'d: 'r>(rules: impl Iterator<Item = &'r Rule<'d>>) -> Self {
        let mut literals = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let (mut wild, mut negated) = (Vec::new(), Vec::new());
        for (place, rule) in rules.enumerate() {
            if rule.is_not_action() {
                negated.push((place, AllBut::new(rule.actions())));
                continue;
            }
            for pattern in rule.actions() {
                let text = pattern.as_str();
                if is_literal(text) {
                    literals.entry(text).or_insert(place);
                } else if seen.insert(text) {
                    wild.push((place, pattern));
                }
            }
        }
        Self {
            literals,
            wild,
            negated,
        }
    }

    /// The place of the first statement that names an action, given in lower case.
    ///
    /// `left` is how many matches may still be made, `None` once they did not suffice. Then what is
    /// written out counts, and of the others those that were tried.
    pub(crate) fn first(&self, action: &str, left: &mut Option<usize>) -> Option<usize> {
        let mut first = self.literals.get(action).copied();
        let is_before = |place: usize, first: Option<usize>| first.is_none_or(|it| place < it);
        for (place, pattern) in &self.wild {
            if !is_before(*place, first) || !spend(left, 1) {
                break;
            }
            if pattern.matches(action) {
                first = Some(*place);
            }
        }
        for (place, all_but) in &self.negated {
            if !is_before(*place, first) || !spend(left, 1 + all_but.wild.len()) {
                break;
            }
            if all_but.names(action) {
                first = Some(*place);
            }
        }
        first
    }
}

impl<'r> AllBut<'r> {
    fn new(listed: &'r [WildcardPattern]) -> Self {
        let mut own = Self {
            literals: BTreeSet::new(),
            wild: Vec::new(),
        };
        for pattern in listed {
            let text = pattern.as_str();
            if is_literal(text) {
                own.literals.insert(text);
            } else {
                own.wild.push(pattern);
            }
        }
        own
    }

    fn names(&self, action: &str) -> bool {
        let mut wild = self.wild.iter();
        !self.literals.contains(action) && !wild.any(|pattern| pattern.matches(action))
    }
}

fn is_literal(action: &str) -> bool {
    !action.contains(['*', '?'])
}

fn spend(left: &mut Option<usize>, matches: usize) -> bool {
    *left = left.and_then(|left| left.checked_sub(matches));
    left.is_some()
}
