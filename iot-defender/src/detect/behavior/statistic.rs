//! The percentiles that behaviors can ask for.

use super::super::quantile::Quantile;
use crate::words::words;

words! {
    detect:
    /// A percentile of what the devices of a profile have in the same step (API reference,
    /// `StatisticalThreshold`).
    pub enum Statistic {
        /// The least value.
        P0 = "p0",
        /// One value of 10,000 is no greater.
        P0_01 = "p0.01",
        /// One of 1000 is no greater.
        P0_1 = "p0.1",
        /// One of 100 is no greater.
        P1 = "p1",
        /// One of ten is no greater.
        P10 = "p10",
        /// The median.
        P50 = "p50",
        /// Nine of ten are no greater.
        P90 = "p90",
        /// 99 of 100 are no greater.
        P99 = "p99",
        /// 999 of 1000 are no greater.
        P99_9 = "p99.9",
        /// 9999 of 10,000 are no greater.
        P99_99 = "p99.99",
        /// The greatest value.
        P100 = "p100",
    }
}

impl Statistic {
    /// The share of the values that are no greater, in ten-thousandths: 0 to 10,000.
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
        self.quantile().ten_thousandths() as u32
    }

    /// The share of the values that are no greater, as [`nearest_rank`](crate::detect::nearest_rank)
    /// and [`Sketch`](crate::detect::Sketch) take it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Quantile, Statistic};
    ///
    /// assert_eq!(Statistic::P50.quantile(), Quantile::MEDIAN);
    /// ```
    #[must_use]
    pub const fn quantile(self) -> Quantile {
        Quantile::of(match self {
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
        })
    }
}

impl From<Statistic> for Quantile {
    fn from(statistic: Statistic) -> Self {
        statistic.quantile()
    }
}
