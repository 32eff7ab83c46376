//! How long a name may be.

/// A set of lengths from 1 to 128, which is the longest name of a thing. Each stands at the place
/// of one less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lengths(u128);

impl Lengths {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(u128::MAX);

    /// With the length at this place.
    pub(crate) fn and(self, at: usize) -> Self {
        Self(self.0 | bit(at))
    }

    /// With the length at this place and all that are longer.
    pub(crate) fn and_from(self, at: usize) -> Self {
        Self(self.0 | bit(at).wrapping_neg())
    }

    /// Without those others.
    pub(crate) const fn but(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Those of any one. Nothing is asked once they are all.
    pub(crate) fn union<T>(all: impl Iterator<Item = T>, mut of: impl FnMut(T) -> Self) -> Self {
        let mut union = Self::NONE;
        for one in all {
            if union == Self::ALL {
                break;
            }
            union.0 |= of(one).0;
        }
        union
    }

    /// Whether the length at this place is among them.
    pub(crate) fn has(self, at: usize) -> bool {
        self.0 & bit(at) != 0
    }
}

fn bit(at: usize) -> u128 {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    1_u128.checked_shl(at).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_lengths() {
        let longer = Lengths::NONE.and_from(3);
        assert!(!longer.has(2) && longer.has(3) && longer.has(127) && !longer.has(128));
        assert_eq!(Lengths::NONE.and_from(0), Lengths::ALL);
        assert_eq!(Lengths::NONE.and(128), Lengths::NONE);
        let one = Lengths::NONE.and(3);
        assert!(one.has(3) && !one.has(4) && !longer.but(one).has(3) && longer.but(one).has(4));
        let mut asked = 0;
        let union = Lengths::union([longer, Lengths::ALL, one].iter(), |it| {
            asked += 1;
            *it
        });
        assert_eq!((union, asked), (Lengths::ALL, 2));
    }
}
