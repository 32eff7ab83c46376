//! How far each confidence level goes.

use crate::detect::{ConfidenceLevel, Quantile};

pub(super) struct Level {
    pub(super) name: ConfidenceLevel,
    /// Scales between the median and a limit.
    pub(super) scales: f64,
    /// The quantile that half of the devices may reach.
    pub(super) guard: Quantile,
}

/// In the order of the levels. Each goes further than the one before, so that what alarms with a
/// level alarms with those before it too.
pub(super) const LEVELS: [Level; 3] = [
    Level {
        name: ConfidenceLevel::Low,
        scales: 3.5,
        guard: Quantile::of(9_900),
    },
    Level {
        name: ConfidenceLevel::Medium,
        scales: 5.0,
        guard: Quantile::of(9_990),
    },
    Level {
        name: ConfidenceLevel::High,
        scales: 7.0,
        guard: Quantile::of(9_999),
    },
];

/// Something for each confidence level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ByLevel<T>(pub(super) [T; LEVELS.len()]);

impl<T> ByLevel<T> {
    pub(super) const fn get(&self, level: ConfidenceLevel) -> &T {
        let [low, medium, high] = &self.0;
        match level {
            ConfidenceLevel::Low => low,
            ConfidenceLevel::Medium => medium,
            ConfidenceLevel::High => high,
        }
    }
}
