//! How many things are told of a job in a minute.

use serde_json::{Map, Value, json};

use super::ROLLOUT;
use super::read::{self, Node, Reader};
use crate::{ConfigError, IncrementFactor, Limits};

/// `jobExecutionsRolloutConfig`: how fast a job reaches its things.
///
/// Source: developer guide, "Job configurations details", the rollout rates.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, RolloutConfig};
/// use serde_json::json;
///
/// let config = json!({
///     "maximumPerMinute": 1000,
///     "exponentialRate": {
///         "baseRatePerMinute": 50,
///         "incrementFactor": 2,
///         "rateIncreaseCriteria": {"numberOfNotifiedThings": 1000},
///     },
/// });
/// let rollout = RolloutConfig::from_json(&config, &Limits::AWS_IOT).unwrap();
/// assert_eq!(rollout.rate(0, 0), 50);
/// assert_eq!(rollout.rate(2_999, 0), 200);
/// assert_eq!(rollout.rate(1_000_000, 0), 1_000);
/// assert_eq!(rollout.to_json(), config);
///
/// // Without a configuration: as many as the service allows.
/// assert_eq!(RolloutConfig::default().rate(0, 0), 1_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RolloutConfig {
    maximum_per_minute: u32,
    exponential: Option<ExponentialRate>,
}

/// `exponentialRate`: the rate is multiplied each time that so many things more are done.
///
/// # Examples
///
/// ```
/// use iot_jobs::{IncrementFactor, Limits, RateIncrease, RolloutConfig};
/// use serde_json::json;
///
/// let config = json!({"maximumPerMinute": 100, "exponentialRate": {
///     "baseRatePerMinute": 10, "incrementFactor": 1.5,
///     "rateIncreaseCriteria": {"numberOfSucceededThings": 20},
/// }});
/// let rollout = RolloutConfig::from_json(&config, &Limits::AWS_IOT).unwrap();
/// let rate = rollout.exponential().unwrap();
/// assert_eq!(rate.base_rate_per_minute(), 10);
/// assert_eq!(rate.increment_factor(), IncrementFactor::from_units(15));
/// assert_eq!(rate.increase(), RateIncrease::SucceededThings(20));
/// assert_eq!(rollout.rate(1_000, 40), 22); // 10 x 1.5 x 1.5, rounded down
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExponentialRate {
    base_rate_per_minute: u32,
    increment_factor: IncrementFactor,
    increase: RateIncrease,
}

/// `rateIncreaseCriteria`: what is counted, and how many of them raise the rate once.
///
/// # Examples
///
/// ```
/// use iot_jobs::RateIncrease;
///
/// // The rate of a job that has notified 2,500 things has been raised twice.
/// assert_eq!(RateIncrease::NotifiedThings(1_000).steps(2_500, 0), 2);
/// assert_eq!(RateIncrease::SucceededThings(1_000).steps(2_500, 999), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "closed: the two criteria of the API"
)]
pub enum RateIncrease {
    /// `numberOfNotifiedThings`
    NotifiedThings(u32),
    /// `numberOfSucceededThings`
    SucceededThings(u32),
}

impl RateIncrease {
    /// How many times the rate has been raised.
    #[must_use]
    pub const fn steps(self, notified: u64, succeeded: u64) -> u64 {
        let (done, threshold) = match self {
            Self::NotifiedThings(threshold) => (notified, threshold),
            Self::SucceededThings(threshold) => (succeeded, threshold),
        };
        match done.checked_div(threshold as u64) {
            Some(steps) => steps,
            None => 0,
        }
    }
}

impl ExponentialRate {
    /// `baseRatePerMinute`
    #[must_use]
    pub const fn base_rate_per_minute(&self) -> u32 {
        self.base_rate_per_minute
    }

    /// `incrementFactor`
    #[must_use]
    pub const fn increment_factor(&self) -> IncrementFactor {
        self.increment_factor
    }

    /// `rateIncreaseCriteria`
    #[must_use]
    pub const fn increase(&self) -> RateIncrease {
        self.increase
    }

    /// `min(maximum, floor(base x factor^steps))`, exactly.
    fn rate(&self, steps: u64, maximum: u32) -> u32 {
        // A factor of 1 never gets there, which the limits of an account could allow.
        if self.increment_factor.units() <= IncrementFactor::SCALE {
            return self.base_rate_per_minute.min(maximum);
        }
        // The least factor, 1.1, takes a rate from 1 to 1,000 in 73 steps.
        let mut rate = exact::Rate::from(self.base_rate_per_minute);
        for _ in 0..steps {
            if rate.floor() >= maximum {
                return maximum;
            }
            rate.multiply_tenths(self.increment_factor.units());
        }
        rate.floor().min(maximum)
    }
}

impl RolloutConfig {
    /// Reads the JSON of the API.
    ///
    /// # Errors
    ///
    /// The first field that breaks a rule: a rate out of its range, an exponential rate without a
    /// maximum or above it, a factor with two decimals, not exactly one criterion, nothing at all.
    pub fn from_json(value: &Value, limits: &Limits) -> Result<Self, ConfigError> {
        read::first(limits, |reader| {
            Self::read(&Node::new(ROLLOUT, value), reader)
        })
    }

    /// `maximumPerMinute`
    #[must_use]
    pub const fn maximum_per_minute(&self) -> u32 {
        self.maximum_per_minute
    }

    /// `exponentialRate`
    #[must_use]
    pub const fn exponential(&self) -> Option<&ExponentialRate> {
        self.exponential.as_ref()
    }

    /// How many things the next batch reaches, when so many have been notified and so many have
    /// succeeded. Exact; costs at most 73
    /// multiplications of a number with as many decimals.
    #[must_use]
    pub fn rate(&self, notified: u64, succeeded: u64) -> u32 {
        match &self.exponential {
            Some(rate) => rate.rate(
                rate.increase.steps(notified, succeeded),
                self.maximum_per_minute,
            ),
            None => self.maximum_per_minute,
        }
    }

    /// The JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert(MAXIMUM.into(), self.maximum_per_minute.into());
        if let Some(rate) = &self.exponential {
            let criteria = match rate.increase {
                RateIncrease::NotifiedThings(things) => json!({NOTIFIED: things}),
                RateIncrease::SucceededThings(things) => json!({SUCCEEDED: things}),
            };
            let rate = json!({
                BASE: rate.base_rate_per_minute,
                FACTOR: rate.increment_factor.to_json(),
                CRITERIA: criteria,
            });
            map.insert(EXPONENTIAL.into(), rate);
        }
        Value::Object(map)
    }

    /// That of a job without a configuration.
    pub(super) const fn of(limits: &Limits) -> Self {
        Self {
            maximum_per_minute: limits.maximum_per_minute,
            exponential: None,
        }
    }

    pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let node = reader.object(Node::new(&node.path, node.value))?;
        let most = reader.limits.maximum_per_minute;
        let (maximum, exponential) = (node.member(MAXIMUM), node.member(EXPONENTIAL));
        if maximum.is_none() && exponential.is_none() {
            return reader.refuse(&node, "must have `maximumPerMinute`");
        }
        let given = match &maximum {
            Some(maximum) => reader.whole(maximum, 1, most),
            None => reader.missing(&node, MAXIMUM, "must be given beside `exponentialRate`"),
        };
        let exponential = exponential.map(|node| exponential_rate(node, reader, given));
        Some(Self {
            maximum_per_minute: given?,
            exponential: exponential.map_or(Some(None), |rate| rate.map(Some))?,
        })
    }
}

impl Default for RolloutConfig {
    fn default() -> Self {
        Self::of(&Limits::AWS_IOT)
    }
}

const MAXIMUM: &str = "maximumPerMinute";
const EXPONENTIAL: &str = "exponentialRate";
const BASE: &str = "baseRatePerMinute";
const FACTOR: &str = "incrementFactor";
const CRITERIA: &str = "rateIncreaseCriteria";
const NOTIFIED: &str = "numberOfNotifiedThings";
const SUCCEEDED: &str = "numberOfSucceededThings";

fn exponential_rate(
    node: Node<'_>,
    reader: &mut Reader<'_>,
    maximum: Option<u32>,
) -> Option<ExponentialRate> {
    let node = reader.object(node)?;
    let base = reader.required(&node, BASE);
    let base = base.and_then(|base| {
        reader.whole(
            &base,
            1,
            maximum.unwrap_or(reader.limits.maximum_per_minute),
        )
    });
    let factor = reader
        .required(&node, FACTOR)
        .and_then(|factor| factor_of(&factor, reader));
    let criteria = reader
        .required(&node, CRITERIA)
        .and_then(|node| criterion(node, reader));
    Some(ExponentialRate {
        base_rate_per_minute: base?,
        increment_factor: factor?,
        increase: criteria?,
    })
}

fn factor_of(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<IncrementFactor> {
    let min = IncrementFactor::from_units(reader.limits.increment_factor_min_tenths);
    let max = IncrementFactor::from_units(reader.limits.increment_factor_max_tenths);
    let factor = IncrementFactor::from_json(node.value);
    match factor.filter(|factor| (min..=max).contains(factor)) {
        Some(factor) => Some(factor),
        None => reader.refuse(
            node,
            alloc::format!("must be a number from {min} to {max} with at most one decimal"),
        ),
    }
}

fn criterion(node: Node<'_>, reader: &mut Reader<'_>) -> Option<RateIncrease> {
    let node = reader.object(node)?;
    match (node.member(NOTIFIED), node.member(SUCCEEDED)) {
        (Some(things), None) => reader
            .whole(&things, 1, THINGS)
            .map(RateIncrease::NotifiedThings),
        (None, Some(things)) => reader
            .whole(&things, 1, THINGS)
            .map(RateIncrease::SucceededThings),
        _ => reader.refuse(
            &node,
            "must have exactly one of `numberOfNotifiedThings` and `numberOfSucceededThings`",
        ),
    }
}

/// The greatest number of the API's type.
pub(super) const THINGS: u32 = i32::MAX as u32;

mod exact;
