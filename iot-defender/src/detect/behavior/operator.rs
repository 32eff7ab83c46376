//! Operators of criteria, and what has a set of values.

use super::super::metric::ValueType;
use super::super::value::MessageSizes;
use crate::words::words;

words! {
    detect:
    /// How a value is compared with what is normal.
    pub enum ComparisonOperator {
        /// Normal is what is smaller.
        LessThan = "less-than",
        /// Normal is what is not larger.
        LessThanEquals = "less-than-equals",
        /// Normal is what is larger.
        GreaterThan = "greater-than",
        /// Normal is what is not smaller.
        GreaterThanEquals = "greater-than-equals",
        /// Normal is that every address is in a network.
        InCidrSet = "in-cidr-set",
        /// Normal is that no address is in a network.
        NotInCidrSet = "not-in-cidr-set",
        /// Normal is that every port is in the set.
        InPortSet = "in-port-set",
        /// Normal is that no port is in the set.
        NotInPortSet = "not-in-port-set",
        /// Normal is that every element is in the set.
        InSet = "in-set",
        /// Normal is that no element is in the set.
        NotInSet = "not-in-set",
    }
}

/// How a number is compared with a limit.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Bound, ComparisonOperator};
///
/// assert!(Bound::LessThanEquals.holds(5, 5));
/// assert!(!Bound::LessThan.holds(5, 5));
/// assert_eq!(Bound::LessThan.operator(), ComparisonOperator::LessThan);
/// assert!(Bound::LessThan.is_upper() && !Bound::GreaterThan.is_upper());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "there are four ways to bound a number"
)]
pub enum Bound {
    /// `less-than`
    LessThan,
    /// `less-than-equals`
    LessThanEquals,
    /// `greater-than`
    GreaterThan,
    /// `greater-than-equals`
    GreaterThanEquals,
}

impl Bound {
    /// Whether a value is on the normal side of a limit.
    #[must_use]
    pub fn holds<T: PartialOrd + Copy>(self, value: T, limit: T) -> bool {
        match self {
            Self::LessThan => value < limit,
            Self::LessThanEquals => value <= limit,
            Self::GreaterThan => value > limit,
            Self::GreaterThanEquals => value >= limit,
        }
    }

    /// Whether normal is below the limit.
    #[must_use]
    pub const fn is_upper(self) -> bool {
        matches!(self, Self::LessThan | Self::LessThanEquals)
    }

    /// Of messages the size that a limit is about: the largest, or the smallest.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Bound, MessageSizes};
    ///
    /// let sizes = MessageSizes::of(10).and(MessageSizes::of(2000));
    /// assert_eq!(Bound::LessThan.worst(sizes), 2000);
    /// assert_eq!(Bound::GreaterThan.worst(sizes), 10);
    /// ```
    #[must_use]
    pub const fn worst(self, sizes: MessageSizes) -> u64 {
        if self.is_upper() {
            sizes.max()
        } else {
            sizes.min()
        }
    }

    /// The word on the wire.
    #[must_use]
    pub const fn operator(self) -> ComparisonOperator {
        match self {
            Self::LessThan => ComparisonOperator::LessThan,
            Self::LessThanEquals => ComparisonOperator::LessThanEquals,
            Self::GreaterThan => ComparisonOperator::GreaterThan,
            Self::GreaterThanEquals => ComparisonOperator::GreaterThanEquals,
        }
    }
}

/// How a list is compared with a set.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Membership;
///
/// assert!(Membership::In.holds([22, 80], |port| *port < 1024));
/// assert!(!Membership::NotIn.holds([22, 8080], |port| *port < 1024));
/// assert!(Membership::In.holds([], |port: &u16| *port < 1024)); // an empty list is always normal
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "an element is in a set or it is not"
)]
pub enum Membership {
    /// Every element is in the set.
    In,
    /// No element is in the set.
    NotIn,
}

impl Membership {
    /// Whether a list is normal.
    pub fn holds<T>(
        self,
        items: impl IntoIterator<Item = T>,
        is_in_set: impl Fn(&T) -> bool,
    ) -> bool {
        items
            .into_iter()
            .all(|item| is_in_set(&item) == (self == Self::In))
    }
}

/// What an operator does: numbers or lists.
pub(super) enum Class {
    Bound(Bound),
    Membership(Membership),
}

impl ComparisonOperator {
    pub(super) const fn class(self) -> Class {
        use Class::{Bound as B, Membership as M};

        match self {
            Self::LessThan => B(Bound::LessThan),
            Self::LessThanEquals => B(Bound::LessThanEquals),
            Self::GreaterThan => B(Bound::GreaterThan),
            Self::GreaterThanEquals => B(Bound::GreaterThanEquals),
            Self::InCidrSet | Self::InPortSet | Self::InSet => M(Membership::In),
            Self::NotInCidrSet | Self::NotInPortSet | Self::NotInSet => M(Membership::NotIn),
        }
    }

    /// Whether it compares values of that type (developer guide, "Cloud-side metrics" and
    /// "Device-side metrics", tables of operators).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ComparisonOperator, ValueType};
    ///
    /// assert!(ComparisonOperator::InPortSet.compares(ValueType::Ports));
    /// assert!(!ComparisonOperator::InSet.compares(ValueType::Ports));
    /// ```
    #[must_use]
    pub const fn compares(self, values: ValueType) -> bool {
        match self {
            Self::InCidrSet | Self::NotInCidrSet => matches!(values, ValueType::Cidrs),
            Self::InPortSet | Self::NotInPortSet => matches!(values, ValueType::Ports),
            Self::InSet | Self::NotInSet => {
                matches!(values, ValueType::Strings | ValueType::Numbers)
            }
            _ => !values.is_list(),
        }
    }

    /// The operator of lists of that type.
    pub(super) const fn of_list(membership: Membership, values: ValueType) -> Self {
        match (membership, values) {
            (Membership::In, ValueType::Cidrs) => Self::InCidrSet,
            (Membership::NotIn, ValueType::Cidrs) => Self::NotInCidrSet,
            (Membership::In, ValueType::Ports) => Self::InPortSet,
            (Membership::NotIn, ValueType::Ports) => Self::NotInPortSet,
            (Membership::In, _) => Self::InSet,
            (Membership::NotIn, _) => Self::NotInSet,
        }
    }
}
