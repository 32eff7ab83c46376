//! Which executions run again.

use alloc::format;
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::RETRY;
use super::read::{self, Node, Reader};
use crate::{ConfigError, Limits};

/// `jobExecutionsRetryConfig`: how often an execution that ended badly runs again.
///
/// Source: developer guide, "Job configurations details", the retry configuration.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, RetryConfig, RetryEnd};
/// use serde_json::json;
///
/// let config = json!({"criteriaList": [
///     {"failureType": "FAILED", "numberOfRetries": 3},
///     {"failureType": "TIMED_OUT", "numberOfRetries": 1},
/// ]});
/// let retry = RetryConfig::from_json(&config, &Limits::AWS_IOT).unwrap();
/// assert_eq!(retry.to_json(), config);
///
/// // Which counter an end goes on, and how far it may count.
/// let (slot, criterion) = retry.matching(RetryEnd::TimedOut).unwrap();
/// assert_eq!((slot, criterion.retries()), (1, 1));
///
/// // A later update may only stop the retries that there are.
/// let stop = json!({"criteriaList": [{"failureType": "FAILED", "numberOfRetries": 0}]});
/// let stop = RetryConfig::from_json(&stop, &Limits::AWS_IOT).unwrap();
/// let stopped = retry.updated(&stop).unwrap();
/// assert_eq!(stopped.criteria()[0].retries(), 0);
/// assert_eq!(stopped.criteria()[1].retries(), 1);
/// assert!(retry.updated(&retry).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryConfig {
    criteria: Vec<RetryCriterion>,
}

/// One criterion of a retry configuration.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, RetryConfig, RetryFailure};
/// use serde_json::json;
///
/// let config = json!({"criteriaList": [{"failureType": "ALL", "numberOfRetries": 2}]});
/// let retry = RetryConfig::from_json(&config, &Limits::AWS_IOT).unwrap();
/// assert_eq!(retry.criteria()[0].failure(), RetryFailure::All);
/// assert_eq!(retry.criteria()[0].retries(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryCriterion {
    failure: RetryFailure,
    retries: u32,
}

/// `failureType` of a retry criterion.
///
/// # Examples
///
/// ```
/// use iot_jobs::{RetryEnd, RetryFailure};
///
/// assert!(RetryFailure::All.matches(RetryEnd::Failed));
/// assert!(!RetryFailure::TimedOut.matches(RetryEnd::Failed));
/// assert_eq!(RetryFailure::TimedOut.as_str(), "TIMED_OUT");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed: the types of the API")]
pub enum RetryFailure {
    /// The device reported `FAILED`.
    Failed,
    /// A timer ran out.
    TimedOut,
    /// Either.
    All,
}

/// The two ends after which an execution may run again.
///
/// # Examples
///
/// ```
/// use iot_jobs::{RetryEnd, RetryFailure};
///
/// assert!(RetryFailure::Failed.matches(RetryEnd::Failed));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "closed: the others are never retried"
)]
pub enum RetryEnd {
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
}

impl RetryFailure {
    /// The word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::All => "ALL",
        }
    }

    /// Whether an end is of the type.
    #[must_use]
    pub const fn matches(self, end: RetryEnd) -> bool {
        match self {
            Self::Failed => matches!(end, RetryEnd::Failed),
            Self::TimedOut => matches!(end, RetryEnd::TimedOut),
            Self::All => true,
        }
    }
}

impl RetryCriterion {
    /// `failureType`
    #[must_use]
    pub const fn failure(&self) -> RetryFailure {
        self.failure
    }

    /// `numberOfRetries`
    #[must_use]
    pub const fn retries(&self) -> u32 {
        self.retries
    }
}

impl RetryConfig {
    /// Reads the JSON of the API.
    ///
    /// # Errors
    ///
    /// The first field that breaks a rule: not one or two criteria, a type twice, `ALL` beside
    /// another, more than 10 retries of one or of all together.
    pub fn from_json(value: &Value, limits: &Limits) -> Result<Self, ConfigError> {
        read::first(limits, |reader| {
            Self::read(&Node::new(RETRY, value), reader)
        })
    }

    /// The criteria in their order; one or two.
    #[must_use]
    pub fn criteria(&self) -> &[RetryCriterion] {
        &self.criteria
    }

    /// The criterion of an end, and its place in the list: retries are counted by criterion.
    #[must_use]
    pub fn matching(&self, end: RetryEnd) -> Option<(usize, &RetryCriterion)> {
        self.criteria
            .iter()
            .enumerate()
            .find(|(_, criterion)| criterion.failure.matches(end))
    }

    /// What `UpdateJob` makes of it: a type that the update names has no retries any more.
    ///
    /// # Errors
    ///
    /// A type that the job does not have, or a number other than 0.
    pub fn updated(&self, update: &Self) -> Result<Self, ConfigError> {
        let mut updated = self.clone();
        for (index, change) in update.criteria.iter().enumerate() {
            let field = |name: &str| format!("{RETRY}.{LIST}[{index}].{name}");
            let same = |criterion: &&mut RetryCriterion| criterion.failure == change.failure;
            let Some(criterion) = updated.criteria.iter_mut().find(same) else {
                let value = Value::from(change.failure.as_str());
                return Err(ConfigError::new(
                    field(TYPE),
                    Some(&value),
                    "must be a type that the job has",
                ));
            };
            if change.retries != 0 {
                let value = Value::from(change.retries);
                return Err(ConfigError::new(
                    field(RETRIES),
                    Some(&value),
                    "must be 0 in an update",
                ));
            }
            criterion.retries = 0;
        }
        Ok(updated)
    }

    /// The JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let criterion = |criterion: &RetryCriterion| json!({TYPE: criterion.failure.as_str(), RETRIES: criterion.retries});
        json!({LIST: self.criteria.iter().map(criterion).collect::<Vec<_>>()})
    }

    pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let node = reader.object(Node::new(&node.path, node.value))?;
        let list = reader.required(&node, LIST)?;
        let items = reader.list(&list, 1, reader.limits.retry_criteria)?;
        let mut criteria: Vec<RetryCriterion> = Vec::new();
        let mut whole = true;
        for item in items {
            let failure = item.member(TYPE);
            let Some(criterion) = criterion(item, reader) else {
                whole = false;
                continue;
            };
            if let (Some(failure), Some(rule)) = (failure, clash(&criteria, criterion.failure)) {
                reader.refuse::<()>(&failure, rule);
                whole = false;
            }
            criteria.push(criterion);
        }
        let sum = criteria.iter().fold(0_u32, |sum, criterion| {
            sum.saturating_add(criterion.retries)
        });
        let max = reader.limits.retries;
        if whole && sum > max {
            return reader.refuse(&list, format!("must have at most {max} retries in all"));
        }
        whole.then_some(Self { criteria })
    }
}

const LIST: &str = "criteriaList";
const TYPE: &str = "failureType";
const RETRIES: &str = "numberOfRetries";

/// As many retries of one kind as an execution counts, whatever the limits of the account: more
/// would never be used up.
const COUNTED: u32 = crate::store::Retries::MOST as u32;

const WORDS: &[(&str, RetryFailure)] = &[
    ("FAILED", RetryFailure::Failed),
    ("TIMED_OUT", RetryFailure::TimedOut),
    ("ALL", RetryFailure::All),
];

fn criterion(node: Node<'_>, reader: &mut Reader<'_>) -> Option<RetryCriterion> {
    let node = reader.object(node)?;
    let failure = reader
        .required(&node, TYPE)
        .and_then(|word| reader.word(&word, WORDS));
    let most = reader.limits.retries.min(COUNTED);
    let retries = reader.required(&node, RETRIES);
    let retries = retries.and_then(|retries| reader.whole(&retries, 0, most));
    Some(RetryCriterion {
        failure: failure?,
        retries: retries?,
    })
}

/// Why a type cannot stand beside those before it.
fn clash(before: &[RetryCriterion], failure: RetryFailure) -> Option<&'static str> {
    let has = |failure| before.iter().any(|criterion| criterion.failure == failure);
    if has(failure) {
        return Some("must not be repeated");
    }
    let beside_all = has(RetryFailure::All) || failure == RetryFailure::All && !before.is_empty();
    beside_all.then_some("must not be beside another, as `ALL` has them all")
}
