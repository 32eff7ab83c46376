//! How long an execution may run.

use serde_json::{Map, Value};

use super::TIMEOUT;
use super::read::{self, Node, Reader};
use crate::{ConfigError, Limits};

/// `timeoutConfig`: minutes from the start of an execution to `TIMED_OUT`.
///
/// Source: developer guide, "Job configurations details", the timeout configuration.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, TimeoutConfig};
/// use serde_json::json;
///
/// let config = json!({"inProgressTimeoutInMinutes": 30});
/// let timeout = TimeoutConfig::from_json(&config, &Limits::AWS_IOT).unwrap();
/// assert_eq!(timeout.in_progress_minutes(), Some(30));
/// assert_eq!(timeout.to_json(), config);
/// assert_eq!(TimeoutConfig::default().to_json(), json!({})); // no timer
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeoutConfig {
    in_progress_minutes: Option<u32>,
}

/// `stepTimeoutInMinutes` of a device: a timer for what it does now.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, StepTimeout};
/// use serde_json::json;
///
/// let parse = |value| StepTimeout::from_json("stepTimeoutInMinutes", &value, &Limits::AWS_IOT);
/// assert_eq!(parse(json!(5)), Ok(StepTimeout::Minutes(5)));
/// assert_eq!(parse(json!(-1)), Ok(StepTimeout::Discard));
/// assert!(parse(json!(0)).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "closed: a time, or none")]
pub enum StepTimeout {
    /// -1: no step timer any more.
    Discard,
    /// A step timer from now.
    Minutes(u32),
}

impl TimeoutConfig {
    /// Reads the JSON of the API.
    ///
    /// # Errors
    ///
    /// Not an object, or not 1 to 10,080 minutes.
    pub fn from_json(value: &Value, limits: &Limits) -> Result<Self, ConfigError> {
        read::first(limits, |reader| {
            Self::read(&Node::new(TIMEOUT, value), reader)
        })
    }

    /// `inProgressTimeoutInMinutes`
    #[must_use]
    pub const fn in_progress_minutes(&self) -> Option<u32> {
        self.in_progress_minutes
    }

    /// The JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let member = self
            .in_progress_minutes
            .map(|minutes| (IN_PROGRESS.into(), minutes.into()));
        Value::Object(member.into_iter().collect::<Map<_, _>>())
    }

    pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let node = reader.object(Node::new(&node.path, node.value))?;
        let Some(minutes) = node.member(IN_PROGRESS) else {
            return Some(Self::default());
        };
        // As many as an execution keeps, whatever the limits of the account.
        let most = reader.limits.timeout_minutes.min(u16::MAX.into());
        let minutes = reader.whole(&minutes, 1, most)?;
        Some(Self {
            in_progress_minutes: Some(minutes),
        })
    }
}

const IN_PROGRESS: &str = "inProgressTimeoutInMinutes";

impl StepTimeout {
    /// Reads the number of a request; `field` is its name in an error.
    ///
    /// # Errors
    ///
    /// Neither -1 nor 1 to 10,080.
    pub fn from_json(field: &str, value: &Value, limits: &Limits) -> Result<Self, ConfigError> {
        if value.as_i64() == Some(-1) {
            return Ok(Self::Discard);
        }
        let max = limits.timeout_minutes;
        let minutes = value
            .as_u64()
            .and_then(|minutes| u32::try_from(minutes).ok());
        let minutes = minutes.filter(|minutes| (1..=max).contains(minutes));
        minutes.map(Self::Minutes).ok_or_else(|| {
            let rule = alloc::format!("must be a whole number from 1 to {max}, or -1");
            ConfigError::new(field, Some(value), rule)
        })
    }
}
