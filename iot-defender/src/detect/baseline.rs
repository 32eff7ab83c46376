//! What is usual: where percentiles and models come from.

use iot_topics::Timestamp;

use super::behavior::criteria::ConfidenceLevel;
use super::behavior::statistic::Statistic;
use super::name::{BehaviorName, ProfileName};
use super::number::Number;
use super::quantile::nearest_rank;

/// A behavior of a profile, by their names.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{BehaviorRef, NameError};
///
/// let profile = "lamps".parse()?;
/// let behavior = "Quiet".parse()?;
/// let of = BehaviorRef { profile: &profile, behavior: &behavior };
/// assert_eq!(of.behavior.as_str(), "Quiet");
/// # Ok::<(), NameError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "two names lead to a behavior")]
pub struct BehaviorRef<'a> {
    /// The profile.
    pub profile: &'a ProfileName,
    /// The behavior in it.
    pub behavior: &'a BehaviorName,
}

/// What turns the values of the devices of a profile into a percentile.
///
/// # Examples
///
/// A percentile that another system has found for the whole fleet.
///
/// ```
/// use iot_defender::detect::{BehaviorRef, NearestRank, Number, Percentiles, Statistic};
///
/// struct Known(Number);
///
/// impl Percentiles for Known {
///     fn percentile(
///         &mut self,
///         _: BehaviorRef<'_>,
///         _: Statistic,
///         _: &mut [Number],
///     ) -> Option<Number> {
///         Some(self.0)
///     }
/// }
///
/// let (profile, behavior) = ("lamps".parse().unwrap(), "Quiet".parse().unwrap());
/// let of = BehaviorRef { profile: &profile, behavior: &behavior };
/// let mut values = [1_u32, 2, 3].map(Number::from);
/// let mut known = Known(Number::from(7_u32));
/// assert_eq!(known.percentile(of, Statistic::P50, &mut values), Some(Number::from(7_u32)));
/// assert_eq!(NearestRank.percentile(of, Statistic::P50, &mut values), Some(Number::from(2_u32)));
/// ```
pub trait Percentiles {
    /// The percentile of the values that the devices of the profile have in one step; of a counter,
    /// of the sums over the behavior's duration, as far as they have a datapoint. `None` if it
    /// cannot be told, so that nothing is judged by it. The values may be put in another order.
    /// None of them is negative.
    fn percentile(
        &mut self,
        of: BehaviorRef<'_>,
        statistic: Statistic,
        values: &mut [Number],
    ) -> Option<Number>;
}

/// The exact percentile by nearest rank, of two devices or more.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{BehaviorRef, NearestRank, Number, Percentiles, Statistic};
///
/// let (profile, behavior) = ("lamps".parse().unwrap(), "Quiet".parse().unwrap());
/// let of = BehaviorRef { profile: &profile, behavior: &behavior };
/// let mut alone = [Number::from(3_u32)];
/// assert_eq!(NearestRank.percentile(of, Statistic::P50, &mut alone), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it has nothing to keep")]
pub struct NearestRank;

/// Fewer devices are no population.
const MIN_DEVICES: usize = 2;

impl Percentiles for NearestRank {
    fn percentile(
        &mut self,
        _: BehaviorRef<'_>,
        statistic: Statistic,
        values: &mut [Number],
    ) -> Option<Number> {
        if values.len() < MIN_DEVICES {
            return None;
        }
        nearest_rank(values, statistic)
    }
}

/// From where to where values are expected, both included.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Band, Number};
///
/// let band = Band::new(Number::from(2_u32), Number::from(8_u32));
/// assert!(band.contains(Number::from(8_u32)));
/// assert!(!band.contains(Number::from(9_u32)));
/// assert_eq!((band.low.get(), band.high.get()), (2.0, 8.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Band {
    /// The least that is expected.
    pub low: Number,
    /// The most that is expected.
    pub high: Number,
}

impl Band {
    /// From `low` to `high`. If they are the wrong way round nothing is in it.
    #[must_use]
    pub const fn new(low: Number, high: Number) -> Self {
        Self { low, high }
    }

    /// Whether a value is expected.
    #[must_use]
    pub fn contains(&self, value: Number) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// What knows the models of ML behaviors.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Band, BehaviorRef, ConfidenceLevel, Models, NoModels, Number};
/// use iot_topics::Timestamp;
///
/// struct Always;
///
/// impl Models for Always {
///     fn band(&self, _: BehaviorRef<'_>, level: ConfidenceLevel, _: Timestamp) -> Option<Band> {
///         let high = if level == ConfidenceLevel::High { 30_u32 } else { 20 };
///         Some(Band::new(Number::from(0_u32), Number::from(high)))
///     }
/// }
///
/// let (profile, behavior) = ("lamps".parse().unwrap(), "Unusual".parse().unwrap());
/// let of = BehaviorRef { profile: &profile, behavior: &behavior };
/// let now = Timestamp::from_secs(1_700_000_100);
/// let band = Always.band(of, ConfidenceLevel::High, now).expect("is always known");
/// assert!(band.contains(Number::from(25_u32)));
/// assert_eq!(NoModels.band(of, ConfidenceLevel::High, now), None);
/// ```
pub trait Models {
    /// What the model of a behavior expects of the step that ends at that time; `None` if there
    /// is no model yet, so that nothing is judged by it. It is asked once a step and behavior.
    fn band(&self, of: BehaviorRef<'_>, level: ConfidenceLevel, at: Timestamp) -> Option<Band>;
}

/// No model of any behavior.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::NoModels;
///
/// assert_eq!(NoModels, NoModels::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it has nothing to keep")]
pub struct NoModels;

impl Models for NoModels {
    fn band(&self, _: BehaviorRef<'_>, _: ConfidenceLevel, _: Timestamp) -> Option<Band> {
        None
    }
}
