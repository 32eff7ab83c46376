//! Nearest rank: the value of a population below or at which a share of it lies.
//!
//! Source: developer guide, "Device Defender Detect": a statistical threshold is a percentile of
//! what the devices report. That it is a value of the population, and not one between two of them,
//! is decided here.

/// A share of a population in ten-thousandths, so that `p99.99` is exact.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Quantile;
///
/// let p90 = Quantile::new(9_000).unwrap();
/// assert_eq!(p90.rank(10), 9);
/// assert_eq!(p90.rank(11), 10); // 9.9, up
/// assert_eq!(Quantile::new(0).unwrap().rank(10), 1);
/// assert_eq!(Quantile::new(10_001), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantile(u16);

/// The denominator.
const WHOLE: u16 = 10_000;

impl Quantile {
    /// The smallest value.
    pub const MIN: Self = Self(0);
    /// Half of the population; of an even number the lower of the two in the middle.
    pub const MEDIAN: Self = Self(WHOLE / 2);
    /// The largest value.
    pub const MAX: Self = Self(WHOLE);

    /// From ten-thousandths; `None` above 10,000.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Quantile;
    ///
    /// assert_eq!(Quantile::new(5_000), Some(Quantile::MEDIAN));
    /// ```
    #[must_use]
    pub const fn new(ten_thousandths: u16) -> Option<Self> {
        if ten_thousandths <= WHOLE {
            Some(Self(ten_thousandths))
        } else {
            None
        }
    }

    /// From ten-thousandths of which it is known that they are no more than all.
    pub(super) const fn of(ten_thousandths: u16) -> Self {
        Self(if ten_thousandths < WHOLE {
            ten_thousandths
        } else {
            WHOLE
        })
    }

    /// The share in ten-thousandths.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Quantile;
    ///
    /// assert_eq!(Quantile::MEDIAN.ten_thousandths(), 5_000);
    /// ```
    #[must_use]
    pub const fn ten_thousandths(self) -> u16 {
        self.0
    }

    /// The same share, counted from the other end.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Quantile;
    ///
    /// assert_eq!(Quantile::new(9_999).map(Quantile::mirrored), Quantile::new(1));
    /// ```
    #[must_use]
    pub const fn mirrored(self) -> Self {
        Self(WHOLE - self.0)
    }

    /// Which value it is, counted from 1, of `count` in ascending order: `max(1, ⌈count · share⌉)`.
    /// Computed without rounding, for any count. For a count of 0 it is 1 too, a rank that no value
    /// has.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Quantile;
    ///
    /// let p0_01 = Quantile::new(1).unwrap();
    /// assert_eq!(p0_01.rank(10_000), 1);
    /// assert_eq!(p0_01.rank(10_001), 2);
    /// assert_eq!(Quantile::MAX.rank(u64::MAX), u64::MAX);
    /// ```
    #[must_use]
    pub const fn rank(self, count: u64) -> u64 {
        // In two parts, so that no product is too large.
        let (whole, share) = (WHOLE as u64, self.0 as u64);
        let rank = count / whole * share + (count % whole * share).div_ceil(whole);
        if rank == 0 { 1 } else { rank }
    }
}

/// The value of that rank; `None` if there are no values. They may come in any order, and are left
/// in another one.
///
/// That a percentile is a value of the population, and not one between two of them, is our choice:
/// the developer guide says nothing of it.
///
/// The cost is linear in the values.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Quantile, Statistic, nearest_rank};
///
/// let mut messages = [7, 1, 9, 3, 5, 2, 10, 4, 8, 6];
/// assert_eq!(nearest_rank(&mut messages, Statistic::P90), Some(9));
/// assert_eq!(nearest_rank(&mut messages, Quantile::MEDIAN), Some(5));
/// assert_eq!(nearest_rank::<u64>(&mut [], Statistic::P90), None);
/// ```
#[must_use]
pub fn nearest_rank<T: Ord + Copy>(values: &mut [T], quantile: impl Into<Quantile>) -> Option<T> {
    let at = place(values.len(), quantile.into())?;
    Some(*values.select_nth_unstable(at).1)
}

/// As [`nearest_rank`], of values in ascending order.
pub(super) fn of_sorted<T: Copy>(values: &[T], quantile: Quantile) -> Option<T> {
    values.get(place(values.len(), quantile)?).copied()
}

/// Counted from 0, below `len`; none of nothing.
fn place(len: usize, quantile: Quantile) -> Option<usize> {
    let rank = quantile.rank(u64::try_from(len).ok()?);
    let at = usize::try_from(rank).ok()?.checked_sub(1)?;
    (at < len).then_some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranks_at_the_edges() {
        let rank = |share, count| Quantile::new(share).unwrap().rank(count);
        for (share, of_1000) in [
            (0, 1),
            (1, 1),
            (10, 1),
            (11, 2),
            (100, 10),
            (1_000, 100),
            (5_000, 500),
            (9_000, 900),
            (9_900, 990),
            (9_990, 999),
            (9_999, 1_000),
            (10_000, 1_000),
        ] {
            assert_eq!(rank(share, 1_000), of_1000, "{share}");
            assert_eq!(rank(share, 1), 1, "{share}");
            assert_eq!(rank(share, 0), 1, "{share}");
        }
    }

    proptest! {
        #[test]
        fn rank_is_the_formula(share in 0..=WHOLE, count in any::<u64>()) {
            let exact = (u128::from(count) * u128::from(share)).div_ceil(u128::from(WHOLE)).max(1);
            prop_assert_eq!(u128::from(Quantile(share).rank(count)), exact);
        }

        #[test]
        fn selects_what_sorting_finds(
            mut values in proptest::collection::vec(any::<i8>(), 0..50),
            share in 0..=WHOLE,
        ) {
            let mut sorted = values.clone();
            sorted.sort();
            let quantile = Quantile(share);
            prop_assert_eq!(nearest_rank(&mut values, quantile), of_sorted(&sorted, quantile));
            prop_assert_eq!(nearest_rank(&mut values, quantile).is_none(), sorted.is_empty());
        }
    }
}
