//! What follows from the number of matches.

use crate::operator::{Operator, Quantifier};

use super::trace::Compared;

/// How many values the request has, and how many of them match a value of the policy.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    values: usize,
    matches: usize,
}

impl Counts {
    pub(super) fn add(&mut self, compared: Compared) {
        self.values += 1;
        self.matches += usize::from(matches!(compared, Compared::Matches { .. }));
    }

    /// An empty set of values counts as none.
    pub(super) const fn is_absent(self) -> bool {
        self.values == 0
    }

    /// Whether a condition of any operator but `Null` holds. A plain operator over several values
    /// is not foreseen in IAM: one value that matches suffices, and a negated operator is the
    /// contrary. Source: IAM user guide, "Condition operators", "Multivalued context keys".
    pub(super) const fn verdict(self, operator: Operator) -> bool {
        let is_negated = operator.is_negated();
        let quantifier = operator.quantifier();
        if self.is_absent() {
            let without_value = match quantifier {
                None => is_negated,
                Some(Quantifier::ForAllValues) => true,
                Some(Quantifier::ForAnyValue) => false,
            };
            return without_value || operator.if_exists();
        }
        let (any, all) = (self.matches > 0, self.matches == self.values);
        match (quantifier, is_negated) {
            (None | Some(Quantifier::ForAnyValue), false) => any,
            (None | Some(Quantifier::ForAllValues), true) => !any,
            (Some(Quantifier::ForAllValues), false) => all,
            (Some(Quantifier::ForAnyValue), true) => !all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row an operator; `x` is a value that matches, `.` one that does not. `+`: holds.
    #[test]
    fn verdicts() {
        let columns = ["", "x", ".", "xx", "x.", ".."];
        for (operator, expected) in [
            ("StringEquals", "-+-++-"),
            ("StringNotEquals", "+-+--+"),
            ("StringEqualsIfExists", "++-++-"),
            ("StringNotEqualsIfExists", "+-+--+"),
            ("ForAllValues:StringEquals", "++-+--"),
            ("ForAllValues:StringNotEquals", "+-+--+"),
            ("ForAllValues:StringEqualsIfExists", "++-+--"),
            ("ForAllValues:StringNotEqualsIfExists", "+-+--+"),
            ("ForAnyValue:StringEquals", "-+-++-"),
            ("ForAnyValue:StringNotEquals", "--+-++"),
            ("ForAnyValue:StringEqualsIfExists", "++-++-"),
            ("ForAnyValue:StringNotEqualsIfExists", "+-+-++"),
        ] {
            for (column, expected) in columns.into_iter().zip(expected.chars()) {
                let mut counts = Counts::default();
                for value in column.chars() {
                    counts.add(match value {
                        'x' => Compared::Matches { value: 0 },
                        _ => Compared::MatchesNone,
                    });
                }
                let holds = counts.verdict(operator.parse().unwrap());
                assert_eq!(holds, expected == '+', "{operator} {column:?}");
            }
        }
    }
}
