//! What Device Defender costs a month.
//!
//! Begin with [`Prices`]: one [`Tiers`] each for the audit, rules and machine learning. With them
//! [`Prices::estimate`] makes of a [`Fleet`] an [`Estimate`], in cents of whatever currency the prices
//! have.
//!
//! Source: the pricing page's form, and its example from 2022 for Tokyo. Prices change and differ
//! by region: they are input. All arithmetic is exact; each line is rounded to cents, half up, and
//! the total is the sum of the rounded lines, as a bill has it.
//!
//! # Examples
//!
//! ```
//! use core::num::NonZeroU64;
//! use iot_defender::cost::{Fleet, Prices, Tiers};
//!
//! let datapoints = NonZeroU64::new(100_000).unwrap();
//! let prices = Prices::new(
//!     Tiers::flat(NonZeroU64::MIN, "0.00149".parse()?), // a device
//!     Tiers::flat(datapoints, "0.034".parse()?),
//!     Tiers::flat(datapoints, "2.70".parse()?),
//! );
//! let mut fleet = Fleet::default();
//! fleet.devices = 100;
//! let estimate = prices.estimate(&fleet);
//! assert_eq!(estimate.audit.to_string(), "0.15");
//! assert_eq!(estimate.total(), estimate.audit); // no metrics are watched
//! # Ok::<(), iot_defender::cost::PriceError>(())
//! ```

use alloc::collections::BTreeMap;
use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

/// A price, exact to the billionth of the currency.
///
/// # Examples
///
/// ```
/// use iot_defender::cost::{Price, PriceError};
///
/// assert_eq!("0.00149".parse(), Ok(Price::from_billionths(1_490_000)));
/// assert_eq!("-1".parse::<Price>(), Err(PriceError));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(u64);

/// A text that is no price: digits, and up to nine more behind a point.
///
/// # Examples
///
/// ```
/// use iot_defender::cost::{Price, PriceError};
///
/// assert_eq!("1e3".parse::<Price>(), Err(PriceError));
/// assert_eq!(PriceError.to_string(), "not a price like `0.00149`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not a price like `0.00149`")]
#[expect(clippy::exhaustive_structs, reason = "there is one way to be no price")]
pub struct PriceError;

const BILLION: u64 = 1_000_000_000;

impl Price {
    /// So many billionths.
    #[must_use]
    pub const fn from_billionths(billionths: u64) -> Self {
        Self(billionths)
    }
}

impl FromStr for Price {
    type Err = PriceError;

    fn from_str(text: &str) -> Result<Self, PriceError> {
        let digits = |text: &str| -> Option<u64> {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse().ok()).flatten()
        };
        let read = || {
            let Some((whole, fraction)) = text.split_once('.') else {
                return digits(text)?.checked_mul(BILLION);
            };
            let places = u32::try_from(fraction.len()).ok()?;
            let unit = 10_u64.pow(9_u32.checked_sub(places)?);
            let fraction = digits(fraction)? * unit;
            digits(whole)?.checked_mul(BILLION)?.checked_add(fraction)
        };
        read().map(Self).ok_or(PriceError)
    }
}

/// A price for each so many, which may fall as the number grows.
///
/// # Examples
///
/// ```
/// use core::num::NonZeroU64;
/// use iot_defender::cost::{Price, Tiers};
///
/// let hundred_thousand = NonZeroU64::new(100_000).unwrap();
/// let machine_learning = Tiers::flat(hundred_thousand, "1.00".parse()?)
///     .up_to(300_000, "2.70".parse()?);
/// assert_eq!(machine_learning.cost(864_000).to_string(), "13.74"); // 8.10 and 5.64
/// # Ok::<(), iot_defender::cost::PriceError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    unit: NonZeroU64,
    /// The price up to a number, which is in it.
    steps: BTreeMap<u64, Price>,
    rest: Price,
}

impl Tiers {
    /// One price for each `unit`, in proportion for a part of it.
    #[must_use]
    pub const fn flat(unit: NonZeroU64, price: Price) -> Self {
        Self {
            unit,
            steps: BTreeMap::new(),
            rest: price,
        }
    }

    /// Another price for those up to `edge`, from the edge before, or from nothing.
    #[must_use]
    pub fn up_to(mut self, edge: u64, price: Price) -> Self {
        self.steps.insert(edge, price);
        self
    }

    /// The price of `count`, rounded to cents, half up.
    #[must_use]
    pub fn cost(&self, count: u64) -> Cents {
        let last = (&u64::MAX, &self.rest);
        let mut from = 0;
        // INVARIANT: the parts of `count` add up to it, and both factors have 64 bits at most.
        let mut billionths: u128 = 0;
        for (edge, price) in self.steps.iter().chain([last]) {
            let to = count.min(*edge);
            billionths += u128::from(to - from) * u128::from(price.0);
            from = to;
        }
        let cent = u128::from(self.unit.get()) * u128::from(BILLION / 100);
        // Half up, without a sum that could be too large.
        let (whole, rest) = (billionths / cent, billionths % cent);
        Cents(whole + u128::from(rest >= cent.div_ceil(2)))
    }
}

/// An amount of whole cents.
///
/// # Examples
///
/// ```
/// use iot_defender::cost::Cents;
///
/// assert_eq!(Cents::new(1409).to_string(), "14.09");
/// assert_eq!(Cents::new(1409).get(), 1409);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(u128);

impl Cents {
    /// So many cents.
    #[must_use]
    pub const fn new(cents: u128) -> Self {
        Self(cents)
    }

    /// How many cents.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// What a fleet is watched by.
///
/// # Examples
///
/// ```
/// use iot_defender::cost::Fleet;
///
/// let mut fleet = Fleet::default();
/// fleet.devices = 100;
/// fleet.rule_metrics = 4;
/// fleet.rule_reports_an_hour = 2;
/// assert_eq!(fleet.rule_datapoints(), 576_000);
/// assert_eq!(fleet.ml_datapoints(), 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Fleet {
    /// Devices: for the audit, principals that are active, that is whose certificate was made,
    /// changed or used in the month.
    pub devices: u32,
    /// Metrics that rules watch.
    pub rule_metrics: u16,
    /// Datapoints of each an hour.
    pub rule_reports_an_hour: u16,
    /// Metrics that machine learning watches.
    pub ml_metrics: u16,
    /// Datapoints of each an hour.
    pub ml_reports_an_hour: u16,
}

impl Fleet {
    /// Datapoints of the rules in a month of 30 days.
    #[must_use]
    pub fn rule_datapoints(&self) -> u64 {
        self.datapoints(self.rule_metrics, self.rule_reports_an_hour)
    }

    /// Datapoints of machine learning in a month of 30 days.
    #[must_use]
    pub fn ml_datapoints(&self) -> u64 {
        self.datapoints(self.ml_metrics, self.ml_reports_an_hour)
    }

    fn datapoints(&self, metrics: u16, reports_an_hour: u16) -> u64 {
        let an_hour = u64::from(metrics) * u64::from(reports_an_hour);
        let a_month = an_hour * 24 * 30;
        u64::from(self.devices).saturating_mul(a_month)
    }
}

/// The prices of a region.
///
/// # Examples
///
/// The example of the pricing page for Tokyo:
///
/// ```
/// use core::num::NonZeroU64;
/// use iot_defender::cost::{Fleet, Prices, Tiers};
///
/// let datapoints = NonZeroU64::new(100_000).unwrap();
/// let prices = Prices::new(
///     Tiers::flat(NonZeroU64::MIN, "0.00149".parse()?),
///     Tiers::flat(datapoints, "0.034".parse()?),
///     Tiers::flat(datapoints, "1.00".parse()?).up_to(300_000, "2.70".parse()?),
/// );
/// let mut fleet = Fleet::default();
/// fleet.devices = 100;
/// (fleet.rule_metrics, fleet.rule_reports_an_hour) = (4, 2);
/// (fleet.ml_metrics, fleet.ml_reports_an_hour) = (6, 2);
///
/// let estimate = prices.estimate(&fleet);
/// assert_eq!(estimate.audit.to_string(), "0.15");
/// assert_eq!(estimate.rules.to_string(), "0.20");
/// assert_eq!(estimate.machine_learning.to_string(), "13.74");
/// assert_eq!(estimate.total().to_string(), "14.09"); // 14.08 if it were rounded once
/// # Ok::<(), iot_defender::cost::PriceError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prices {
    /// Of the audit, by devices.
    pub audit: Tiers,
    /// Of rules, by datapoints.
    pub rules: Tiers,
    /// Of machine learning, by datapoints.
    pub machine_learning: Tiers,
}

impl Prices {
    /// From the three.
    #[must_use]
    pub const fn new(audit: Tiers, rules: Tiers, machine_learning: Tiers) -> Self {
        Self {
            audit,
            rules,
            machine_learning,
        }
    }

    /// What a fleet costs a month.
    #[must_use]
    pub fn estimate(&self, fleet: &Fleet) -> Estimate {
        Estimate {
            audit: self.audit.cost(fleet.devices.into()),
            rules: self.rules.cost(fleet.rule_datapoints()),
            machine_learning: self.machine_learning.cost(fleet.ml_datapoints()),
        }
    }
}

/// The lines of a bill for a month, each rounded to cents.
///
/// # Examples
///
/// [`Prices`] shows how it comes about.
///
/// ```
/// use iot_defender::cost::{Cents, Estimate};
///
/// let mut estimate = Estimate::default();
/// (estimate.audit, estimate.rules) = (Cents::new(15), Cents::new(20));
/// assert_eq!(estimate.total().to_string(), "0.35");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Estimate {
    /// The audit.
    pub audit: Cents,
    /// Rules.
    pub rules: Cents,
    /// Machine learning.
    pub machine_learning: Cents,
}

impl Estimate {
    /// The sum of the lines, each of which is rounded.
    #[must_use]
    pub const fn total(&self) -> Cents {
        // INVARIANT: a line is far below a third of the range: 2^128 / 10^7 cents at most.
        Cents(self.audit.0 + self.rules.0 + self.machine_learning.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Edges between equal prices change nothing, and no amount is too large.
        #[test]
        fn edges_between_equal_prices_are_none(
            unit in 1..=u64::MAX,
            price in any::<u64>(),
            edges in proptest::collection::vec(any::<u64>(), 0..5),
            count in any::<u64>(),
        ) {
            let price = Price::from_billionths(price);
            let flat = Tiers::flat(NonZeroU64::new(unit).unwrap(), price);
            let edged = edges.into_iter().fold(flat.clone(), |tiers, edge| tiers.up_to(edge, price));
            prop_assert_eq!(edged.cost(count), flat.cost(count));
        }
    }

    #[test]
    fn halves_go_up() {
        let tiers = |price: &str| Tiers::flat(NonZeroU64::MIN, price.parse().unwrap());
        assert_eq!(tiers("0.005").cost(1), Cents::new(1));
        assert_eq!(tiers("0.004999999").cost(1), Cents::new(0));
        assert_eq!(tiers("0.005").cost(3), Cents::new(2));
        for wrong in [
            "",
            ".",
            ".5",
            "1.",
            "1.0000000001",
            "+1",
            "99999999999",
            "1,5",
        ] {
            assert_eq!(wrong.parse::<Price>(), Err(PriceError), "{wrong}");
        }
    }
}
