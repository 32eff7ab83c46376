//! How long something takes, as a distribution in whole seconds.

use alloc::vec::Vec;

use super::PlanError;
use super::random::{Random, scale};

/// How long something takes, in whole seconds: a distribution to draw from, without floating
/// point, so that every machine draws the same.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::{Delay, PlanError};
///
/// let reboot = Delay::fixed(90);
/// let download = Delay::uniform(60, 600)?;
/// let offline = Delay::exponential(3_600);
/// // Half take up to a minute, a quarter up to five, and none more than a day.
/// let measured = Delay::quantiles([0, 20, 60, 300, 86_400])?;
/// assert_eq!(Delay::uniform(600, 60), Err(PlanError::Order));
/// # let _ = (reboot, download, offline, measured);
/// # Ok::<(), PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Uniform { min: u32, max: u32 },
    Exponential { mean: u32 },
    Quantiles(Vec<u32>),
}

impl Delay {
    /// Always the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::Delay;
    ///
    /// assert_eq!(Delay::uniform(5, 5), Ok(Delay::fixed(5)));
    /// ```
    #[must_use]
    pub const fn fixed(seconds: u32) -> Self {
        Self(Kind::Uniform {
            min: seconds,
            max: seconds,
        })
    }

    /// Each second from `min` to `max`, both included, as likely as any other.
    ///
    /// # Errors
    ///
    /// [`PlanError::Order`], if `min` is above `max`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::Delay;
    ///
    /// assert!(Delay::uniform(0, 60).is_ok());
    /// ```
    pub const fn uniform(min: u32, max: u32) -> Result<Self, PlanError> {
        if min > max {
            return Err(PlanError::Order);
        }
        Ok(Self(Kind::Uniform { min, max }))
    }

    /// What has the same chance to be over in each second, with this mean, rounded down to whole
    /// seconds: the time until a device comes online that does so at random.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::Delay;
    ///
    /// assert_ne!(Delay::exponential(60), Delay::fixed(60));
    /// ```
    #[must_use]
    pub const fn exponential(mean: u32) -> Self {
        Self(Kind::Exponential { mean })
    }

    /// Measured: the first value is the least, the last the greatest, those between part the
    /// measured ones into equally many (three values: least, median, greatest; 101 values:
    /// percentiles). Between two values it is uniform.
    ///
    /// # Errors
    ///
    /// [`PlanError::Order`], if a value is below the one before it; [`PlanError::NoValues`], if
    /// there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::{Delay, PlanError};
    ///
    /// assert!(Delay::quantiles([5, 30, 3_600]).is_ok());
    /// assert_eq!(Delay::quantiles([]), Err(PlanError::NoValues));
    /// assert_eq!(Delay::quantiles([5, 4]), Err(PlanError::Order));
    /// ```
    pub fn quantiles(seconds: impl Into<Vec<u32>>) -> Result<Self, PlanError> {
        let seconds = seconds.into();
        if seconds.is_empty() {
            return Err(PlanError::NoValues);
        }
        if !seconds.is_sorted() {
            return Err(PlanError::Order);
        }
        Ok(Self(Kind::Quantiles(seconds)))
    }

    pub(super) fn draw(&self, random: &mut Random) -> u32 {
        match &self.0 {
            Kind::Uniform { min, max } => {
                let span = u64::from(max - min) + 1;
                saturated(u64::from(*min) + random.below(span))
            }
            Kind::Exponential { mean } => exponential(*mean, random),
            Kind::Quantiles(values) => {
                let steps = values.len().saturating_sub(1);
                let at = random.below(u64::try_from(steps).unwrap_or(1).max(1));
                let at = usize::try_from(at).unwrap_or_default();
                let (low, high) = (value(values, at), value(values, at + 1));
                saturated(low + random.below(high - low + 1))
            }
        }
    }
}

/// The value at a place, or the last one: places ascend, and so do values.
fn value(values: &[u32], at: usize) -> u64 {
    let value = values.get(at).or_else(|| values.last());
    value.copied().unwrap_or_default().into()
}

/// Von Neumann's way, with comparisons alone (1951, "Various techniques used in connection with
/// random digits"): numbers are drawn for as long as they fall. Runs of an odd length give their
/// first number as the fraction; each run of an even length adds one to the whole part. Some six
/// numbers are drawn on average.
fn exponential(mean: u32, random: &mut Random) -> u32 {
    let mean = u64::from(mean);
    let mut whole = 0;
    loop {
        let first = random.next();
        let (mut last, mut length) = (first, 1_u32);
        loop {
            let next = random.next();
            if next >= last {
                break;
            }
            (last, length) = (next, length.wrapping_add(1));
        }
        if length % 2 == 1 {
            return saturated(
                mean.saturating_mul(whole)
                    .saturating_add(scale(first, mean)),
            );
        }
        whole += 1;
    }
}

fn saturated(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(delay: &Delay) -> Vec<u32> {
        let mut random = Random::of(1, 1);
        let mut draws: Vec<_> = (0..100_000).map(|_| delay.draw(&mut random)).collect();
        draws.sort_unstable();
        draws
    }

    #[test]
    fn a_uniform_delay_has_both_bounds_and_all_between() {
        assert!(draws(&Delay::fixed(9)).iter().all(|draw| *draw == 9));
        let mut dice = draws(&Delay::uniform(1, 6).unwrap());
        dice.dedup();
        assert_eq!(dice, [1, 2, 3, 4, 5, 6]);
        let widest = Delay::uniform(0, u32::MAX).unwrap();
        assert!(draws(&widest)[50_000].abs_diff(1 << 31) < 1 << 26);
    }

    /// Against the quantiles of the exponential distribution: `-ln(1 - p)` times the mean.
    #[test]
    fn an_exponential_delay_has_its_quantiles() {
        let many = draws(&Delay::exponential(1_000_000));
        for (percent, expected) in [
            (10_usize, 105_361),
            (50, 693_147),
            (90, 2_302_585),
            (99, 4_605_170),
        ] {
            let drawn = many[percent * 1_000];
            assert!(
                drawn.abs_diff(expected) < expected / 25,
                "{percent}: {drawn}"
            );
        }
        let none = draws(&Delay::exponential(0));
        assert!(none.iter().all(|draw| *draw == 0));
    }

    #[test]
    fn quantiles_are_kept() {
        let measured = [0, 20, 60, 300, 86_400];
        let draws = draws(&Delay::quantiles(measured).unwrap());
        for (quarter, expected) in [(1_usize, 20_u32), (2, 60), (3, 300)] {
            let drawn = draws[quarter * 25_000];
            assert!(
                drawn.abs_diff(expected) <= 1 + expected / 25,
                "{quarter}: {drawn}"
            );
        }
        assert!(*draws.last().unwrap() <= 86_400);
        let one = Delay::quantiles([7]).unwrap();
        assert_eq!(one.draw(&mut Random::of(1, 1)), 7);
    }
}
