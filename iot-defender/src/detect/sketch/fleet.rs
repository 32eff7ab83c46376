//! Percentiles of a fleet that no worker sees whole.

use alloc::collections::BTreeMap;

use super::Sketch;
use crate::detect::{BehaviorName, BehaviorRef, Number, Percentiles, ProfileName, Statistic};

/// The merged sketches of a step, one for each statistical behavior: a source of thresholds for an
/// engine that has a part of the devices.
///
/// Each worker puts the values of its devices into sketches and sends these; merged, they go to all
/// workers, and each evaluates its devices by the percentile of all. A behavior that has no sketch,
/// of fewer than two values, or with a negative one, has no percentile, and is not evaluated.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     BehaviorName, BehaviorRef, FleetPercentiles, Number, Percentiles, ProfileName, Sketch,
///     Statistic,
/// };
///
/// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Loud".parse()?);
/// let mut fleet = FleetPercentiles::new();
/// for worker in [1, 2, 3_u32] {
///     let mut sketch = Sketch::new();
///     sketch.insert_many(Number::from(worker * 10), 5);
///     fleet.merge(&profile, &behavior, sketch);
/// }
/// let of = BehaviorRef { profile: &profile, behavior: &behavior };
/// let mut own = [Number::from(10)];
/// assert_eq!(fleet.percentile(of, Statistic::P90, &mut own), Some(Number::from(30)));
/// # Ok::<(), iot_defender::detect::NameError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FleetPercentiles {
    sketches: BTreeMap<ProfileName, BTreeMap<BehaviorName, Sketch>>,
}

/// Fewer values are no population.
const MIN_VALUES: u64 = 2;

impl FleetPercentiles {
    /// Of no behavior.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::FleetPercentiles;
    ///
    /// assert_eq!(FleetPercentiles::new(), FleetPercentiles::default());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            sketches: BTreeMap::new(),
        }
    }

    /// Adds what a worker has of a behavior.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{BehaviorName, FleetPercentiles, ProfileName, Sketch};
    ///
    /// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Loud".parse()?);
    /// let mut fleet = FleetPercentiles::new();
    /// fleet.merge(&profile, &behavior, Sketch::new());
    /// assert_ne!(fleet, FleetPercentiles::new());
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    pub fn merge(&mut self, profile: &ProfileName, behavior: &BehaviorName, sketch: Sketch) {
        let behaviors = self.sketches.entry(profile.clone()).or_default();
        behaviors.entry(behavior.clone()).or_default().merge(sketch);
    }
}

impl Percentiles for FleetPercentiles {
    fn percentile(
        &mut self,
        of: BehaviorRef<'_>,
        statistic: Statistic,
        _: &mut [Number],
    ) -> Option<Number> {
        let sketch = self.sketches.get(of.profile)?.get(of.behavior)?;
        if sketch.count() < MIN_VALUES {
            return None;
        }
        sketch.quantile(statistic)
    }
}
