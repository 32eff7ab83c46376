//! The five ways in which numbers and dates are compared.

use core::cmp::Ordering;

use crate::operator::Test;

/// How the value of the request must stand to the value of the policy. The sixth operator of each
/// family, `NotEquals`, is `Equals` negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Relation {
    pub(super) const fn of(test: Test) -> Self {
        match test {
            Test::NumericLessThan | Test::DateLessThan => Self::LessThan,
            Test::NumericLessThanEquals | Test::DateLessThanEquals => Self::LessThanEquals,
            Test::NumericGreaterThan | Test::DateGreaterThan => Self::GreaterThan,
            Test::NumericGreaterThanEquals | Test::DateGreaterThanEquals => Self::GreaterThanEquals,
            _ => Self::Equals,
        }
    }

    /// Whether the relation holds, given how the request's value compares with the policy's.
    pub(super) const fn allows(self, ordering: Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThan => ordering.is_gt(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_has_its_relation() {
        for (suffix, expected) in [
            ("NotEquals", "-+-"), // negated elsewhere
            ("LessThanEquals", "++-"),
            ("GreaterThanEquals", "-++"),
            ("LessThan", "+--"),
            ("GreaterThan", "--+"),
            ("Equals", "-+-"),
        ] {
            for family in ["Numeric", "Date"] {
                let name = alloc::format!("{family}{suffix}");
                let test = Test::all().find(|test| test.as_str() == name).unwrap();
                let orderings = [Ordering::Less, Ordering::Equal, Ordering::Greater];
                for (ordering, expected) in orderings.into_iter().zip(expected.chars()) {
                    let allows = Relation::of(test).allows(ordering);
                    assert_eq!(allows, expected == '+', "{name} {ordering:?}");
                }
            }
        }
    }
}
