//! What ends a job before its time.

use alloc::vec::Vec;

use serde_json::{Value, json};

use super::ABORT;
use super::read::{self, Node, Reader};
use super::rollout::THINGS;
use crate::{ConfigError, Limits, Percentage};

/// `abortConfig`: which share of executions that ended badly cancels a job.
///
/// Source: developer guide, "Job configurations", the abort configuration.
///
/// # Examples
///
/// ```
/// use iot_jobs::{AbortConfig, AbortFailure, EndCounts, Limits};
/// use serde_json::json;
///
/// let config = json!({"criteriaList": [{
///     "failureType": "FAILED", "action": "CANCEL",
///     "thresholdPercentage": 20, "minNumberOfExecutedThings": 10,
/// }]});
/// let abort = AbortConfig::from_json(&config, &Limits::AWS_IOT).unwrap();
/// assert_eq!(abort.to_json(), config);
/// assert_eq!(abort.criteria().len(), 1);
///
/// let mut ends = EndCounts { done: 9, failed: 9, ..EndCounts::default() };
/// assert_eq!(abort.fires(&ends), None); // too few to judge
/// ends.done = 45;
/// assert_eq!(abort.fires(&ends).unwrap().failure(), AbortFailure::Failed); // exactly 20 %
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbortConfig {
    criteria: Vec<AbortCriterion>,
}

/// One criterion; its action is always `CANCEL`.
///
/// # Examples
///
/// ```
/// use iot_jobs::{AbortConfig, Limits, Percentage};
/// use serde_json::json;
///
/// let config = json!({"criteriaList": [{
///     "failureType": "ALL", "action": "CANCEL",
///     "thresholdPercentage": 12.5, "minNumberOfExecutedThings": 100,
/// }]});
/// let abort = AbortConfig::from_json(&config, &Limits::AWS_IOT).unwrap();
/// let criterion = &abort.criteria()[0];
/// assert_eq!(criterion.threshold(), Percentage::from_units(1_250));
/// assert_eq!(criterion.min_executed_things(), 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbortCriterion {
    failure: AbortFailure,
    threshold: Percentage,
    min_executed_things: u32,
}

/// `failureType`: which ends count as bad.
///
/// # Examples
///
/// ```
/// use iot_jobs::{AbortFailure, EndCounts};
///
/// let ends = EndCounts { done: 9, failed: 1, rejected: 2, timed_out: 4 };
/// assert_eq!(AbortFailure::TimedOut.count(&ends), 4);
/// assert_eq!(AbortFailure::All.count(&ends), 7);
/// assert_eq!(AbortFailure::TimedOut.as_str(), "TIMED_OUT");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed: the types of the API")]
pub enum AbortFailure {
    /// The device reported `FAILED`.
    Failed,
    /// The device reported `REJECTED`.
    Rejected,
    /// A timer ran out.
    TimedOut,
    /// Any of the three.
    All,
}

/// How executions of a job have ended so far.
///
/// # Examples
///
/// ```
/// use iot_jobs::EndCounts;
///
/// let ends = EndCounts { done: 3, failed: 1, ..EndCounts::default() };
/// assert_eq!(ends.timed_out, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers count all of them")]
pub struct EndCounts {
    /// In any terminal state, canceled and removed too.
    pub done: u64,
    /// `FAILED`
    pub failed: u64,
    /// `REJECTED`
    pub rejected: u64,
    /// `TIMED_OUT`
    pub timed_out: u64,
}

impl AbortFailure {
    /// The word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "FAILED",
            Self::Rejected => "REJECTED",
            Self::TimedOut => "TIMED_OUT",
            Self::All => "ALL",
        }
    }

    /// How many of the ends are bad.
    #[must_use]
    pub const fn count(self, ends: &EndCounts) -> u64 {
        match self {
            Self::Failed => ends.failed,
            Self::Rejected => ends.rejected,
            Self::TimedOut => ends.timed_out,
            Self::All => ends
                .failed
                .saturating_add(ends.rejected)
                .saturating_add(ends.timed_out),
        }
    }
}

impl AbortCriterion {
    /// `failureType`
    #[must_use]
    pub const fn failure(&self) -> AbortFailure {
        self.failure
    }

    /// `thresholdPercentage`
    #[must_use]
    pub const fn threshold(&self) -> Percentage {
        self.threshold
    }

    /// `minNumberOfExecutedThings`
    #[must_use]
    pub const fn min_executed_things(&self) -> u32 {
        self.min_executed_things
    }

    /// Enough are done, and the share of the bad ones is at least the threshold. Exact: the
    /// products cannot overflow.
    fn fires(&self, ends: &EndCounts) -> bool {
        let bad = u128::from(self.failure.count(ends)) * u128::from(100 * Percentage::SCALE);
        let share = u128::from(self.threshold.units()) * u128::from(ends.done);
        ends.done >= u64::from(self.min_executed_things) && bad >= share
    }
}

impl AbortConfig {
    /// Reads the JSON of the API.
    ///
    /// # Errors
    ///
    /// The first field that breaks a rule: no criterion, two of the same type, an unknown word, a
    /// threshold that is not above 0 and at most 100 or has three decimals, a minimum below 1.
    pub fn from_json(value: &Value, limits: &Limits) -> Result<Self, ConfigError> {
        read::first(limits, |reader| {
            Self::read(&Node::new(ABORT, value), reader)
        })
    }

    /// The criteria in their order; at least one.
    #[must_use]
    pub fn criteria(&self) -> &[AbortCriterion] {
        &self.criteria
    }

    /// The first criterion that these ends meet.
    #[must_use]
    pub fn fires(&self, ends: &EndCounts) -> Option<&AbortCriterion> {
        self.criteria.iter().find(|criterion| criterion.fires(ends))
    }

    /// The JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let criterion = |criterion: &AbortCriterion| {
            json!({
                TYPE: criterion.failure.as_str(),
                ACTION: CANCEL,
                THRESHOLD: criterion.threshold.to_json(),
                MINIMUM: criterion.min_executed_things,
            })
        };
        json!({LIST: self.criteria.iter().map(criterion).collect::<Vec<_>>()})
    }

    pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let node = reader.object(Node::new(&node.path, node.value))?;
        let list = reader.required(&node, LIST)?;
        let mut criteria: Vec<AbortCriterion> = Vec::new();
        let mut whole = true;
        for item in reader.list(&list, 1, WORDS.len())? {
            let failure = item.member(TYPE);
            let Some(criterion) = criterion(item, reader) else {
                whole = false;
                continue;
            };
            let double = criteria
                .iter()
                .any(|other| other.failure == criterion.failure);
            if let (true, Some(failure)) = (double, failure) {
                reader.refuse::<()>(&failure, "must not be repeated");
                whole = false;
            }
            criteria.push(criterion);
        }
        whole.then_some(Self { criteria })
    }
}

const LIST: &str = "criteriaList";
const TYPE: &str = "failureType";
const ACTION: &str = "action";
const CANCEL: &str = "CANCEL";
const THRESHOLD: &str = "thresholdPercentage";
const MINIMUM: &str = "minNumberOfExecutedThings";

const WORDS: &[(&str, AbortFailure)] = &[
    ("FAILED", AbortFailure::Failed),
    ("REJECTED", AbortFailure::Rejected),
    ("TIMED_OUT", AbortFailure::TimedOut),
    ("ALL", AbortFailure::All),
];

fn criterion(node: Node<'_>, reader: &mut Reader<'_>) -> Option<AbortCriterion> {
    let node = reader.object(node)?;
    let failure = reader
        .required(&node, TYPE)
        .and_then(|word| reader.word(&word, WORDS));
    let action = reader.required(&node, ACTION);
    let action = action.and_then(|word| reader.word(&word, &[(CANCEL, ())]));
    let threshold = reader
        .required(&node, THRESHOLD)
        .and_then(|node| threshold(&node, reader));
    let minimum = reader.required(&node, MINIMUM);
    let minimum = minimum.and_then(|minimum| reader.whole(&minimum, 1, THINGS));
    action?;
    Some(AbortCriterion {
        failure: failure?,
        threshold: threshold?,
        min_executed_things: minimum?,
    })
}

fn threshold(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Percentage> {
    let threshold = Percentage::from_json(node.value);
    match threshold.filter(|threshold| (1..=100 * Percentage::SCALE).contains(&threshold.units())) {
        Some(threshold) => Some(threshold),
        None => reader.refuse(
            node,
            "must be a number above 0, at most 100, with at most two decimals",
        ),
    }
}
