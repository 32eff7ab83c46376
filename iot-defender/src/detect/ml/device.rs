//! What is kept of one device's values in a slot.

use super::level::LEVELS;
use crate::detect::quantile::of_sorted;
use crate::detect::{Number, Quantile};

/// Makes the median distance the standard deviation of a normal distribution.
const OF_MEDIAN_DISTANCE: f64 = 1.482_6;
/// Where the 90 % quantile of a normal distribution is, in standard deviations.
const Z_90: f64 = 1.281_6;
const P90: Quantile = Quantile::of(9_000);

/// A device's median, spreads, and the quantiles that guard the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DeviceBaseline {
    pub(super) median: Number,
    pub(super) below: Number,
    pub(super) above: Number,
    /// For each confidence level the low and the high one.
    pub(super) guards: [(Number, Number); LEVELS.len()],
}

impl DeviceBaseline {
    /// None of no values.
    pub(super) fn of(values: &mut [Number]) -> Option<Self> {
        values.sort_unstable();
        let at = |quantile| of_sorted(values, quantile);
        let median = at(Quantile::MEDIAN)?;
        // The values on each side, and on both those that are the median itself.
        let upper = values.get(values.partition_point(|x| *x < median)..)?;
        let lower = values.get(..values.partition_point(|x| *x <= median))?;
        let middle_above = of_sorted(upper, Quantile::MEDIAN)?;
        // By its distance, so that of an even number it is the upper of the two in the middle.
        let rank = Quantile::MEDIAN.rank(lower.len() as u64) as usize;
        let middle_below = lower.get(lower.len().checked_sub(rank)?)?;

        let mut guards = [(median, median); LEVELS.len()];
        for (guard, level) in guards.iter_mut().zip(&LEVELS) {
            *guard = (at(level.guard.mirrored())?, at(level.guard)?);
        }
        let distance = |low: Number, high: Number| high.get() - low.get();
        let spread = |near: f64, far: f64| finite(f64::max(OF_MEDIAN_DISTANCE * near, far / Z_90));
        Some(Self {
            median,
            below: spread(
                distance(*middle_below, median),
                distance(at(P90.mirrored())?, median),
            )?,
            above: spread(distance(median, middle_above), distance(median, at(P90)?))?,
            guards,
        })
    }
}

/// A sum or product of finite numbers that is too large for one becomes the largest: a device that
/// reports such values must not keep the fleet from having a model.
pub(super) fn finite(number: f64) -> Option<Number> {
    Number::new(number.clamp(f64::MIN, f64::MAX))
}
