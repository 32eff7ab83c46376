//! The distribution of a metric over a fleet, in a state that workers fill apart and merge.

mod bytes;
mod fleet;
mod octaves;

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::mem;

use self::octaves::Octaves;
use super::number::Number;
use super::quantile::Quantile;
pub use bytes::SketchError;
pub use fleet::FleetPercentiles;

/// The distribution of a metric over a fleet, which workers fill apart and merge: how often each
/// value came; beyond [`Sketch::EXACT_VALUES`] different values, how often each small range of
/// values came.
///
/// Up to that, a quantile is exact. Beyond, it differs from the exact nearest rank by at most
/// [`Sketch::RELATIVE_ERROR`] of that: a range is one of 64 equal parts between two powers of two,
/// and answers with its middle. The smallest and the largest value stay exact. 0 is a value of its
/// own, and what is below the smallest normal number (2.2e-308) counts as 0.
///
/// The state is a function of *what* was inserted: neither order, nor grouping, nor who merged with
/// whom leaves a trace, so that equal populations have equal bytes. It holds counts only, which no
/// rounding touches; each stops at `u64::MAX`. Memory is 16 bytes a value up to 64 KiB, then half a
/// kilobyte for each power of two from the smallest value above 0 to the largest: 32 KiB for
/// counters of 64 bits, 1 MiB for all that floating point has.
///
/// Percentiles are not available if any value is negative (developer guide, "Device Defender
/// Detect"). So these are counted, and a sketch that has seen one has no quantiles.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Number, Sketch, Statistic};
///
/// let (mut north, mut south) = (Sketch::new(), Sketch::new());
/// for value in 0..70_000_u32 {
///     let half = if value % 3 == 0 { &mut north } else { &mut south };
///     half.insert(Number::from(value));
/// }
/// let south = Sketch::from_bytes(&south.to_bytes())?; // came from another machine
/// north.merge(south);
///
/// let p90 = north.quantile(Statistic::P90).unwrap().get();
/// assert!((p90 - 62_999.0).abs() <= Sketch::RELATIVE_ERROR * 62_999.0);
/// assert!(!north.is_exact());
/// # Ok::<(), iot_defender::detect::SketchError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    negatives: u64,
    held: Held,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Held {
    /// Ascending, the bits of different values with their counts, of which none is 0. The bits of
    /// numbers that are not negative are in the order of the numbers.
    Exact(Vec<(u64, u64)>),
    /// Only if there were more than [`Sketch::EXACT_VALUES`].
    Octaves(Octaves),
}

impl Default for Sketch {
    fn default() -> Self {
        Self::new()
    }
}

impl Sketch {
    /// How many different values are held exactly.
    pub const EXACT_VALUES: usize = 4_096;
    /// How far, in shares of it, an answer is at most from the exact one: less than 1 %.
    pub const RELATIVE_ERROR: f64 = 1.0 / 128.0;

    /// Of nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Quantile, Sketch};
    ///
    /// assert_eq!(Sketch::new().quantile(Quantile::MEDIAN), None);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            negatives: 0,
            held: Held::Exact(Vec::new()),
        }
    }

    /// Counts a value.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Quantile, Sketch};
    ///
    /// let mut sketch = Sketch::new();
    /// sketch.insert(Number::from(3));
    /// assert_eq!(sketch.quantile(Quantile::MEDIAN), Some(Number::from(3)));
    /// sketch.insert(Number::new(-0.1).unwrap());
    /// assert_eq!(sketch.quantile(Quantile::MEDIAN), None);
    /// ```
    pub fn insert(&mut self, value: Number) {
        self.insert_many(value, 1);
    }

    /// Counts a value that came so many times.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Sketch};
    ///
    /// let mut sketch = Sketch::new();
    /// sketch.insert_many(Number::from(7), 1_000);
    /// assert_eq!(sketch.count(), 1_000);
    /// ```
    pub fn insert_many(&mut self, value: Number, count: u64) {
        if count == 0 {
            return;
        }
        if value.is_negative() {
            self.negatives = self.negatives.saturating_add(count);
            return;
        }
        let bits = canonical(value.get());
        match &mut self.held {
            Held::Octaves(octaves) => octaves.insert(bits, count),
            Held::Exact(values) => match values.binary_search_by_key(&bits, |(bits, _)| *bits) {
                Ok(at) => {
                    if let Some((_, held)) = values.get_mut(at) {
                        *held = held.saturating_add(count);
                    }
                }
                Err(at) => {
                    values.insert(at, (bits, count));
                    self.fit();
                }
            },
        }
    }

    /// Counts all that the other has counted. The cost is linear in what both hold.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Sketch};
    ///
    /// let (mut left, mut right) = (Sketch::new(), Sketch::new());
    /// left.insert(Number::from(1));
    /// right.insert(Number::from(2));
    /// let mut other_way = right.clone();
    /// other_way.merge(left.clone());
    /// left.merge(right);
    /// assert_eq!(left.to_bytes(), other_way.to_bytes());
    /// ```
    pub fn merge(&mut self, other: Self) {
        self.negatives = self.negatives.saturating_add(other.negatives);
        match (&mut self.held, other.held) {
            (Held::Octaves(own), Held::Octaves(other)) => own.merge(&other),
            (Held::Octaves(own), Held::Exact(values)) => own.extend(&values),
            (Held::Exact(values), Held::Octaves(mut octaves)) => {
                octaves.extend(values);
                self.held = Held::Octaves(octaves);
            }
            (Held::Exact(values), Held::Exact(other)) => {
                *values = merged(values, &other);
                self.fit();
            }
        }
    }

    /// The nearest rank; none of nothing, and none if a value was negative. Exact while
    /// [`Sketch::is_exact`]. The cost is linear in what is held.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Quantile, Sketch};
    ///
    /// let mut sketch = Sketch::new();
    /// for value in [3, 0, 8, 5] {
    ///     sketch.insert(Number::from(value));
    /// }
    /// assert_eq!(sketch.quantile(Quantile::MEDIAN), Some(Number::from(3)));
    /// ```
    #[must_use]
    pub fn quantile(&self, quantile: impl Into<Quantile>) -> Option<Number> {
        if self.negatives > 0 {
            return None;
        }
        let rank = quantile.into().rank(self.count());
        let bits = match &self.held {
            Held::Exact(values) => {
                let mut passed = 0_u64;
                let found = values.iter().find(|(_, count)| {
                    passed = passed.saturating_add(*count);
                    passed >= rank
                });
                found.map(|(bits, _)| *bits)
            }
            Held::Octaves(octaves) => octaves.of_rank(rank),
        };
        Number::new(f64::from_bits(bits?))
    }

    /// How many values were counted, without the negative ones; at most `u64::MAX`. The cost is
    /// linear in what is held.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Sketch;
    ///
    /// assert_eq!(Sketch::new().count(), 0);
    /// ```
    #[must_use]
    pub fn count(&self) -> u64 {
        match &self.held {
            Held::Exact(values) => values
                .iter()
                .fold(0, |sum, (_, count)| sum.saturating_add(*count)),
            Held::Octaves(octaves) => octaves.count(),
        }
    }

    /// How many negative values were counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Sketch};
    ///
    /// let mut sketch = Sketch::new();
    /// sketch.insert(Number::new(-1.0).unwrap());
    /// assert_eq!((sketch.count(), sketch.negatives()), (0, 1));
    /// ```
    #[must_use]
    pub const fn negatives(&self) -> u64 {
        self.negatives
    }

    /// Whether quantiles are exact still.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Sketch;
    ///
    /// assert!(Sketch::new().is_exact());
    /// ```
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        matches!(self.held, Held::Exact(_))
    }

    /// Gives up exact values when they are too many. As a larger population has no fewer different
    /// values than a part of it, it does not matter when this is asked.
    fn fit(&mut self) {
        if let Held::Exact(values) = &mut self.held
            && values.len() > Self::EXACT_VALUES
        {
            let values = mem::take(values);
            let mut octaves = Octaves::default();
            octaves.extend(&values);
            self.held = Held::Octaves(octaves);
        }
    }
}

/// The bits of a number that is not negative; of 0, if it is smaller than what is normal.
const fn canonical(value: f64) -> u64 {
    if value < f64::MIN_POSITIVE {
        0
    } else {
        value.to_bits()
    }
}

/// Two ascending lists as one, with the counts of equal values added.
fn merged(left: &[(u64, u64)], right: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut merged = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let (Some((a, count)), Some((b, more))) = (left.peek(), right.peek()) {
        let entry = match a.cmp(b) {
            Ordering::Less => (*a, *count),
            Ordering::Greater => (*b, *more),
            Ordering::Equal => (*a, count.saturating_add(*more)),
        };
        if entry.0 == *a {
            left.next();
        }
        if right.peek().is_some_and(|(b, _)| *b == entry.0) {
            right.next();
        }
        merged.push(entry);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

#[cfg(test)]
mod tests;
