//! Percentiles by nearest rank.

use super::super::number::Number;
use crate::words::words;

words! {
    detect:
    /// A percentile of what the devices of a profile have at the same time.
    pub enum Statistic {
        /// The least.
        P0 = "p0",
        /// One of 10,000.
        P0_01 = "p0.01",
        /// One of 1000.
        P0_1 = "p0.1",
        /// One of 100.
        P1 = "p1",
        /// One of ten.
        P10 = "p10",
        /// The median.
        P50 = "p50",
        /// Nine of ten.
        P90 = "p90",
        /// 99 of 100.
        P99 = "p99",
        /// 999 of 1000.
        P99_9 = "p99.9",
        /// 9999 of 10,000.
        P99_99 = "p99.99",
        /// The greatest.
        P100 = "p100",
    }
}

impl Statistic {
    /// The share in 1/10,000.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Statistic;
    ///
    /// assert_eq!(Statistic::P99_9.ten_thousandths(), 9_990);
    /// ```
    #[must_use]
    pub const fn ten_thousandths(self) -> u32 {
        match self {
            Self::P0 => 0,
            Self::P0_01 => 1,
            Self::P0_1 => 10,
            Self::P1 => 100,
            Self::P10 => 1_000,
            Self::P50 => 5_000,
            Self::P90 => 9_000,
            Self::P99 => 9_900,
            Self::P99_9 => 9_990,
            Self::P99_99 => 9_999,
            Self::P100 => 10_000,
        }
    }

    /// Which of `count` values in order it is, from 1: the share of them, rounded up, but at least
    /// the first.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Statistic;
    ///
    /// assert_eq!(Statistic::P90.rank(10), 9);
    /// assert_eq!(Statistic::P90.rank(11), 10);
    /// assert_eq!(Statistic::P0.rank(11), 1);
    /// ```
    #[must_use]
    pub const fn rank(self, count: u64) -> u64 {
        let share = count as u128 * self.ten_thousandths() as u128;
        // INVARIANT: the share is at most the whole.
        let rank = share.div_ceil(10_000) as u64;
        if rank == 0 { 1 } else { rank }
    }
}

/// The percentile of some values, exact by nearest rank; `None` of none. The values are put in
/// another order, in time linear in their number.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Number, Statistic, nearest_rank};
///
/// let mut values = [3_u32, 1, 2].map(Number::from);
/// assert_eq!(nearest_rank(&mut values, Statistic::P50), Some(Number::from(2_u32)));
/// assert_eq!(nearest_rank(&mut [], Statistic::P50), None);
/// ```
pub fn nearest_rank(values: &mut [Number], statistic: Statistic) -> Option<Number> {
    if values.is_empty() {
        return None;
    }
    let rank = statistic.rank(values.len() as u64);
    let index = usize::try_from(rank - 1).ok()?;
    let (_, value, _) = values.select_nth_unstable(index);
    Some(*value)
}
