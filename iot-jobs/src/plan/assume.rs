//! What is assumed of the devices of a fleet.

use core::time::Duration;

use super::random::Random;
use super::{Delay, PlanError};

/// What becomes of one attempt to run a job.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::Outcome;
///
/// assert_eq!(Outcome::ALL.len(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "all that a device can do of itself"
)]
pub enum Outcome {
    /// The device starts, and reports `SUCCEEDED` when it is done.
    Success,
    /// The device starts, and reports `FAILED` when it is done.
    Failure,
    /// The device reports `REJECTED` instead of starting.
    Rejection,
    /// The device starts and is not heard of again: it times out, if the job has a timer, and
    /// stays `IN_PROGRESS` if not.
    Silence,
    /// The device never asks for the execution, which stays `QUEUED`.
    Absence,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [
        Self::Success,
        Self::Failure,
        Self::Rejection,
        Self::Silence,
        Self::Absence,
    ];
}

/// How often attempts end in which way: a weight for each outcome, of which only the proportions
/// count.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::{Outcome, Outcomes, PlanError};
///
/// let outcomes = Outcomes::new([(Outcome::Success, 97), (Outcome::Failure, 3)])?;
/// assert_eq!(outcomes.weight(Outcome::Failure), 3);
/// assert_eq!(outcomes.weight(Outcome::Silence), 0);
/// assert_eq!(Outcomes::new([(Outcome::Success, 0)]), Err(PlanError::NoOutcome));
/// # Ok::<(), PlanError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcomes([u32; Outcome::ALL.len()]);

impl Outcomes {
    /// Every attempt succeeds.
    pub const SUCCESS: Self = Self([1, 0, 0, 0, 0]);

    /// Weights by outcome; one that is not named has none, of one that is named twice the last
    /// counts.
    ///
    /// # Errors
    ///
    /// [`PlanError::NoOutcome`], if no weight is above 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::{Outcome, Outcomes};
    ///
    /// assert_eq!(Outcomes::new([(Outcome::Success, 1)]), Ok(Outcomes::SUCCESS));
    /// ```
    pub fn new(weights: impl IntoIterator<Item = (Outcome, u32)>) -> Result<Self, PlanError> {
        let mut all = [0; Outcome::ALL.len()];
        for (outcome, weight) in weights {
            for (place, slot) in Outcome::ALL.into_iter().zip(&mut all) {
                if place == outcome {
                    *slot = weight;
                }
            }
        }
        if all == [0; Outcome::ALL.len()] {
            return Err(PlanError::NoOutcome);
        }
        Ok(Self(all))
    }

    /// The weight of an outcome.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::{Outcome, Outcomes};
    ///
    /// assert_eq!(Outcomes::SUCCESS.weight(Outcome::Success), 1);
    /// ```
    #[must_use]
    pub fn weight(&self, outcome: Outcome) -> u32 {
        let mut all = Outcome::ALL.into_iter().zip(self.0);
        let found = all.find(|(place, _)| *place == outcome);
        found.map_or(0, |(_, weight)| weight)
    }

    pub(super) fn draw(&self, random: &mut Random) -> Outcome {
        let sum: u64 = self.0.into_iter().map(u64::from).sum();
        let mut drawn = random.below(sum);
        for (outcome, weight) in Outcome::ALL.into_iter().zip(self.0) {
            match drawn.checked_sub(weight.into()) {
                Some(rest) => drawn = rest,
                None => return outcome,
            }
        }
        // Not reached: what is drawn is below the sum.
        Outcome::Success
    }
}

/// What is assumed of a fleet. Each attempt draws for itself, by the seed, the number of the thing
/// and the number of the attempt: another rate, fleet size or delay leaves every outcome as it is.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::{Assumptions, Delay, Outcome, Outcomes, PlanError};
///
/// let mut fleet = Assumptions::new(300_000);
/// fleet.outcomes = Outcomes::new([(Outcome::Success, 98), (Outcome::Failure, 2)])?;
/// fleet.pickup = Delay::exponential(600);
/// fleet.duration = Delay::uniform(60, 300)?;
/// fleet.seed = 7;
/// # let _ = fleet;
/// # Ok::<(), PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumptions {
    /// Things that the job is aimed at; at most [`Assumptions::MAX_THINGS`].
    pub things: u32,
    /// What becomes of an attempt.
    pub outcomes: Outcomes,
    /// Seconds from when an execution is queued to when its device asks for it.
    pub pickup: Delay,
    /// Seconds from the start of an execution to its device's report.
    pub duration: Delay,
    /// Two plans with the same seed and the same assumptions are the same.
    pub seed: u64,
    /// When to stop at the latest, counted from the creation of the job.
    pub horizon: Duration,
    /// Samples that the series has at most; 16 at least.
    pub samples: usize,
}

impl Assumptions {
    /// The greatest fleet: it needs some 12 GB.
    pub const MAX_THINGS: u32 = 100_000_000;

    /// Devices that are always online, start at once, need no time and succeed; with the seed 0, a
    /// horizon of ten years and up to 500 samples.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::{Assumptions, Delay};
    ///
    /// assert_eq!(Assumptions::new(7).pickup, Delay::fixed(0));
    /// ```
    #[must_use]
    pub const fn new(things: u32) -> Self {
        Self {
            things,
            outcomes: Outcomes::SUCCESS,
            pickup: Delay::fixed(0),
            duration: Delay::fixed(0),
            seed: 0,
            horizon: Duration::from_secs(10 * 365 * 86_400),
            samples: 500,
        }
    }

    pub(super) fn outcome(&self, thing: u32, attempt: u32) -> Outcome {
        self.outcomes.draw(&mut self.random(thing, attempt, 0))
    }

    pub(super) fn pickup(&self, thing: u32, attempt: u32) -> u32 {
        self.pickup.draw(&mut self.random(thing, attempt, 1))
    }

    pub(super) fn duration(&self, thing: u32, attempt: u32) -> u32 {
        self.duration.draw(&mut self.random(thing, attempt, 2))
    }

    fn random(&self, thing: u32, attempt: u32, purpose: u64) -> Random {
        let key = u64::from(thing) << 32 | u64::from(attempt) << 8 | purpose;
        Random::of(self.seed, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_have_their_shares() {
        let weights = Outcome::ALL.into_iter().zip([50, 20, 0, 29, 1]);
        let outcomes = Outcomes::new(weights.clone()).unwrap();
        let mut random = Random::of(3, 3);
        let drawn: alloc::vec::Vec<_> = (0..100_000).map(|_| outcomes.draw(&mut random)).collect();
        for (outcome, weight) in weights {
            let count = drawn.iter().filter(|drawn| **drawn == outcome).count();
            let expected = usize::try_from(weight * 1_000).unwrap();
            assert!(
                count.abs_diff(expected) <= 150 + expected / 50 && (weight > 0 || count == 0),
                "{outcome:?}: {count}"
            );
        }
    }
}
