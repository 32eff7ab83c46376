//! How a rollout will go, before anything is sent: when it is done, when it would abort, how many
//! devices would be broken by then.
//!
//! [`Plan::new`] runs a job on the [`Engine`](crate::Engine) with a fleet that is assumed: so many
//! things, of which so many succeed, fail, reject the job or fall silent, after such times. All of
//! it is drawn from a seed, without floating point, so that the same assumptions give the same plan,
//! byte for byte, on every machine.
//!
//! # Examples
//!
//! ```
//! use iot_jobs::plan::{Assumptions, Delay, Plan};
//! use iot_jobs::{JobConfig, Limits};
//! use iot_topics::Timestamp;
//! use serde_json::json;
//!
//! let now = Timestamp::from_secs(1_709_546_400);
//! let config = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 100}});
//! let config = JobConfig::from_json(&config, &Limits::AWS_IOT, now).unwrap();
//! let mut fleet = Assumptions::new(1_000);
//! fleet.duration = Delay::fixed(90);
//! let plan = Plan::new(&config, &fleet, Limits::AWS_IOT, now)?;
//! assert_eq!(plan.ended.as_secs(), 9 * 60 + 90);
//! # Ok::<(), iot_jobs::plan::PlanError>(())
//! ```
//!
//! # Units and costs
//!
//! Delays are in whole seconds, as the time of the engine is; times in a plan are durations since
//! the creation of the job. A plan costs a few microseconds for each attempt of a device, and some
//! 100 bytes for each thing: about half a minute and 1 GB for ten million devices.
//! The series of samples is bounded by [`Assumptions::samples`]. A job with maintenance windows
//! costs in addition, for each opening and closing with something still to do, a walk over its
//! executions.
//!
//! # What is simple about it
//!
//! Each attempt of each thing is drawn for itself: things do not fail together, and a thing that
//! failed once is as likely as any other to fail again. Nothing joins or leaves the fleet. A device
//! sets no step timers, and goes on with an attempt that has timed out until it gets the next one.

use alloc::vec::Vec;
use core::time::Duration;

use iot_topics::Timestamp;

mod assume;
mod delay;
mod fleet;
mod queue;
mod random;
mod series;
mod simulate;

pub use self::assume::{Assumptions, Outcome, Outcomes};
pub use self::delay::Delay;
pub use self::simulate::Simulation;
use crate::{AbortCriterion, ApiError, EndCounts, JobConfig, Limits};

/// How a job goes on an assumed fleet.
///
/// # Examples
///
/// A tenth of the devices fail, and the job would go on until a fifth do:
///
/// ```
/// use iot_jobs::plan::{Assumptions, Delay, Outcome, Outcomes, Plan, PlanEnd};
/// use iot_jobs::{JobConfig, Limits};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_709_546_400);
/// let config = json!({
///     "jobExecutionsRolloutConfig": {"maximumPerMinute": 50},
///     "abortConfig": {"criteriaList": [{
///         "failureType": "FAILED", "action": "CANCEL",
///         "thresholdPercentage": 20, "minNumberOfExecutedThings": 100,
///     }]},
/// });
/// let config = JobConfig::from_json(&config, &Limits::AWS_IOT, now).unwrap();
/// let mut fleet = Assumptions::new(5_000);
/// fleet.duration = Delay::uniform(60, 300)?;
/// fleet.outcomes = Outcomes::new([(Outcome::Success, 9), (Outcome::Failure, 1)])?;
///
/// let plan = Plan::new(&config, &fleet, Limits::AWS_IOT, now)?;
/// assert_eq!(plan.end, PlanEnd::Completed);
/// assert_eq!(plan.rolled_out.unwrap().as_secs() / 60, 99); // 100 batches, the first at once
/// assert!((400..600).contains(&plan.things.broken()));
/// # Ok::<(), iot_jobs::plan::PlanError>(())
/// ```
///
/// With a third of them it aborts early:
///
/// ```
/// # use iot_jobs::plan::{Assumptions, Outcome, Outcomes, Plan, PlanEnd};
/// # use iot_jobs::{JobConfig, Limits};
/// # use iot_topics::Timestamp;
/// # use serde_json::json;
/// # let now = Timestamp::from_secs(1_709_546_400);
/// # let config = json!({
/// #     "jobExecutionsRolloutConfig": {"maximumPerMinute": 50},
/// #     "abortConfig": {"criteriaList": [{
/// #         "failureType": "FAILED", "action": "CANCEL",
/// #         "thresholdPercentage": 20, "minNumberOfExecutedThings": 100,
/// #     }]},
/// # });
/// # let config = JobConfig::from_json(&config, &Limits::AWS_IOT, now).unwrap();
/// let mut fleet = Assumptions::new(5_000);
/// fleet.outcomes = Outcomes::new([(Outcome::Success, 2), (Outcome::Failure, 1)])?;
/// let plan = Plan::new(&config, &fleet, Limits::AWS_IOT, now)?;
/// assert_eq!(plan.end, PlanEnd::Canceled);
/// let abort = plan.abort.unwrap();
/// assert_eq!(abort.ends.done, 100); // as soon as it may be judged
/// assert_eq!(plan.things.waiting, 4_900); // never told of it
/// # Ok::<(), iot_jobs::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// How it ends.
    pub end: PlanEnd,
    /// When the last change comes, since the creation of the job: for a completed job, when it is
    /// done.
    pub ended: Duration,
    /// When the last thing gets its execution; nothing, if that never comes.
    pub rolled_out: Option<Duration>,
    /// Where the things are at the end.
    pub things: ThingCounts,
    /// How executions have ended, each attempt by itself.
    pub ends: EndCounts,
    /// Things that have started at least once: those that were touched.
    pub started: u32,
    /// Executions that followed one that had failed or timed out.
    pub retries: u64,
    /// When the job was canceled by an abort criterion, and by which, if it was.
    pub abort: Option<PlanAbort>,
    /// How it came to that: at most as many as asked for, the first at the creation of the job, the
    /// last at [`ended`](Self::ended). Between two of them a straight line comes near to what was.
    pub samples: Vec<Sample>,
}

/// How a plan ends.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::{Assumptions, Outcome, Outcomes, Plan, PlanEnd};
/// use iot_jobs::{JobConfig, Limits};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// // Without a timer, what is silent runs for ever.
/// let now = Timestamp::from_secs(1_709_546_400);
/// let config = JobConfig::from_json(&json!({}), &Limits::AWS_IOT, now).unwrap();
/// let mut fleet = Assumptions::new(10);
/// fleet.outcomes = Outcomes::new([(Outcome::Silence, 1)])?;
/// let plan = Plan::new(&config, &fleet, Limits::AWS_IOT, now)?;
/// assert_eq!((plan.end, plan.things.in_progress), (PlanEnd::Open, 10));
/// # Ok::<(), iot_jobs::plan::PlanError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a caller must face every end")]
pub enum PlanEnd {
    /// The job is `COMPLETED`.
    Completed,
    /// The job is `CANCELED`, by the criterion of [`Plan::abort`] or, without one, because the
    /// limits leave no room for it.
    Canceled,
    /// The job is not over, and nothing more will happen: executions wait for devices that do not
    /// come, or the job is continuous and waits for things to join.
    Open,
    /// The job is not over at the horizon.
    Horizon,
}

/// The abort of a planned job.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::{Assumptions, Outcome, Outcomes, Plan};
/// use iot_jobs::{AbortFailure, JobConfig, Limits};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_709_546_400);
/// let config = json!({"abortConfig": {"criteriaList": [{
///     "failureType": "REJECTED", "action": "CANCEL",
///     "thresholdPercentage": 50, "minNumberOfExecutedThings": 3,
/// }]}});
/// let config = JobConfig::from_json(&config, &Limits::AWS_IOT, now).unwrap();
/// let mut fleet = Assumptions::new(10);
/// fleet.outcomes = Outcomes::new([(Outcome::Rejection, 1)])?;
/// let plan = Plan::new(&config, &fleet, Limits::AWS_IOT, now)?;
/// let abort = plan.abort.unwrap();
/// assert_eq!(abort.criterion.failure(), AbortFailure::Rejected);
/// assert_eq!((abort.ends.done, abort.things.queued), (3, 7));
/// assert_eq!(plan.things.canceled, 7);
/// # Ok::<(), iot_jobs::plan::PlanError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanAbort {
    /// When, since the creation of the job.
    pub at: Duration,
    /// The criterion that fired.
    pub criterion: AbortCriterion,
    /// Where the things were, before the queued ones were canceled.
    pub things: ThingCounts,
    /// What was judged: how executions had ended, each attempt by itself.
    pub ends: EndCounts,
}

/// Where things are, each counted once, by its last execution.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::ThingCounts;
///
/// let things = ThingCounts { waiting: 5, succeeded: 3, failed: 1, rejected: 1, ..ThingCounts::default() };
/// assert_eq!((things.total(), things.notified(), things.broken()), (10, 5, 2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "they add up to the fleet")]
pub struct ThingCounts {
    /// Without an execution: their turn in the rollout has not come, and after a cancellation it
    /// will not come any more.
    pub waiting: u32,
    /// `QUEUED`
    pub queued: u32,
    /// `IN_PROGRESS`
    pub in_progress: u32,
    /// `SUCCEEDED`
    pub succeeded: u32,
    /// `FAILED`, without those that are tried once more.
    pub failed: u32,
    /// `TIMED_OUT`, without those that are tried once more.
    pub timed_out: u32,
    /// `REJECTED`
    pub rejected: u32,
    /// `CANCELED`
    pub canceled: u32,
}

impl ThingCounts {
    /// The fleet.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::ThingCounts;
    ///
    /// assert_eq!(ThingCounts { waiting: 1, queued: 2, ..ThingCounts::default() }.total(), 3);
    /// ```
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.waiting.saturating_add(self.notified())
    }

    /// Things that have got an execution.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::ThingCounts;
    ///
    /// assert_eq!(ThingCounts { waiting: 1, queued: 2, ..ThingCounts::default() }.notified(), 2);
    /// ```
    #[must_use]
    pub const fn notified(&self) -> u32 {
        self.queued
            .saturating_add(self.in_progress)
            .saturating_add(self.succeeded)
            .saturating_add(self.broken())
            .saturating_add(self.canceled)
    }

    /// Things that failed, timed out or rejected the job.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::ThingCounts;
    ///
    /// assert_eq!(ThingCounts { failed: 1, timed_out: 2, ..ThingCounts::default() }.broken(), 3);
    /// ```
    #[must_use]
    pub const fn broken(&self) -> u32 {
        self.failed
            .saturating_add(self.timed_out)
            .saturating_add(self.rejected)
    }
}

/// One point of the series of a plan.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::{Assumptions, Plan};
/// use iot_jobs::{JobConfig, Limits};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_709_546_400);
/// let config = JobConfig::from_json(&json!({}), &Limits::AWS_IOT, now).unwrap();
/// let plan = Plan::new(&config, &Assumptions::new(2_500), Limits::AWS_IOT, now)?;
/// let series = plan.samples.iter().map(|sample| (sample.at.as_secs(), sample.things.succeeded));
/// assert!(series.eq([(0, 1_000), (60, 2_000), (120, 2_500)]));
/// # Ok::<(), iot_jobs::plan::PlanError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// The time since the creation of the job; what happened in that very second is in it.
    pub at: Duration,
    /// Where the things are.
    pub things: ThingCounts,
    /// How executions have ended so far, each attempt by itself: what abort criteria judge.
    pub ends: EndCounts,
}

/// Why there is no plan.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::{Delay, PlanError};
///
/// assert_eq!(Delay::uniform(2, 1), Err(PlanError::Order));
/// assert_eq!(PlanError::Order.to_string(), "the values of a delay must not descend");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The values of a delay are not in order.
    #[error("the values of a delay must not descend")]
    Order,
    /// A delay of no quantiles.
    #[error("a delay must have a value")]
    NoValues,
    /// Outcomes without weights.
    #[error("an outcome must have a weight above 0")]
    NoOutcome,
    /// More than [`Assumptions::MAX_THINGS`].
    #[error("there must be at most {max} things", max = Assumptions::MAX_THINGS)]
    TooManyThings,
    /// The engine does not take the job.
    #[error("the job is refused: {0}")]
    Refused(#[from] ApiError),
}

impl Plan {
    /// Plans a job that is created now.
    ///
    /// # Errors
    ///
    /// [`PlanError::TooManyThings`]; [`PlanError::Refused`], if the configuration was read with
    /// other limits or for another time.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::{Assumptions, Plan, PlanError};
    /// use iot_jobs::{JobConfig, Limits};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let now = Timestamp::from_secs(1_709_546_400);
    /// let config = JobConfig::from_json(&json!({}), &Limits::AWS_IOT, now).unwrap();
    /// let plan = Plan::new(&config, &Assumptions::new(2_000), Limits::AWS_IOT, now)?;
    /// assert_eq!(plan.ended.as_secs(), 60);
    ///
    /// let fleet = Assumptions::new(u32::MAX);
    /// let error = Plan::new(&config, &fleet, Limits::AWS_IOT, now);
    /// assert_eq!(error, Err(PlanError::TooManyThings));
    /// # Ok::<(), PlanError>(())
    /// ```
    pub fn new(
        config: &JobConfig,
        assumptions: &Assumptions,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Self, PlanError> {
        let mut simulation = Simulation::new(config, assumptions, limits, now)?;
        while simulation.advance() {}
        Ok(simulation.finish())
    }
}
