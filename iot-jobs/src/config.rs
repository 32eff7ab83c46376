//! The configuration of a job: how fast, until when, how often, what ends it.

use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::Value;

use crate::{ConfigError, Limits};

pub(crate) mod abort;
mod members;
pub(crate) mod presigned;
mod read;
pub(crate) mod retry;
pub(crate) mod rollout;
pub(crate) mod schedule;
pub(crate) mod selection;
pub(crate) mod timeout;

use abort::AbortConfig;
use presigned::PresignedUrlConfig;
use read::Reader;
use retry::RetryConfig;
use rollout::RolloutConfig;
use schedule::SchedulingConfig;
use selection::TargetSelection;
use timeout::TimeoutConfig;

/// Names of the members of a request.
pub(crate) const ROLLOUT: &str = "jobExecutionsRolloutConfig";
pub(crate) const ABORT: &str = "abortConfig";
pub(crate) const RETRY: &str = "jobExecutionsRetryConfig";
pub(crate) const TIMEOUT: &str = "timeoutConfig";
pub(crate) const SCHEDULING: &str = "schedulingConfig";
pub(crate) const PRESIGNED: &str = "presignedUrlConfig";
pub(crate) const SELECTION: &str = "targetSelection";

/// The configurations of one job, as a `CreateJob` request holds them.
///
/// # Examples
///
/// ```
/// use iot_jobs::{JobConfig, Limits, TargetSelection};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_709_546_400); // 2024-03-04T10:00
/// let request = json!({
///     "targetSelection": "CONTINUOUS",
///     "jobExecutionsRolloutConfig": {"maximumPerMinute": 50},
///     "schedulingConfig": {"startTime": "2024-03-04T11:00"},
/// });
/// let config = JobConfig::from_json(&request, &Limits::AWS_IOT, now).unwrap();
/// assert_eq!(config.selection, TargetSelection::Continuous);
/// assert_eq!(config.rollout.maximum_per_minute(), 50);
/// assert_eq!(config.abort, None);
///
/// // All errors at once, for a person to read.
/// let request = json!({"timeoutConfig": {"inProgressTimeoutInMinutes": 0}, "abortConfig": {}});
/// let errors = JobConfig::check(&request, &Limits::AWS_IOT, now);
/// let fields: Vec<_> = errors.iter().map(|error| error.field()).collect();
/// assert_eq!(fields, ["abortConfig.criteriaList", "timeoutConfig.inProgressTimeoutInMinutes"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobConfig {
    /// `targetSelection`
    pub selection: TargetSelection,
    /// `jobExecutionsRolloutConfig`; 1,000 a minute, if there is none.
    pub rollout: RolloutConfig,
    /// `abortConfig`
    pub abort: Option<AbortConfig>,
    /// `jobExecutionsRetryConfig`
    pub retry: Option<RetryConfig>,
    /// `timeoutConfig`; no timer, if there is none.
    pub timeout: TimeoutConfig,
    /// `schedulingConfig`; at once and without an end, if there is none.
    pub schedule: SchedulingConfig,
    /// `presignedUrlConfig`
    pub presigned: Option<PresignedUrlConfig>,
}

impl JobConfig {
    /// Reads the configurations out of a request; other members are not looked at.
    ///
    /// # Errors
    ///
    /// The first of [`JobConfig::check`].
    pub fn from_json(
        request: &Value,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Self, ConfigError> {
        read::first(limits, |reader| Self::read(request, reader, now))
    }

    /// Every field that breaks a rule, in a fixed order; nothing, if the request is right.
    #[must_use]
    pub fn check(request: &Value, limits: &Limits, now: Timestamp) -> Vec<ConfigError> {
        read::all(limits, |reader| Self::read(request, reader, now))
    }

    fn read(request: &Value, reader: &mut Reader<'_>, now: Timestamp) -> Option<Self> {
        let request = reader.root(request)?;
        let selection = request.member(SELECTION);
        let selection = selection.map(|node| TargetSelection::read(&node, reader));
        let rollout = request
            .member(ROLLOUT)
            .map(|node| RolloutConfig::read(&node, reader));
        let abort = request
            .member(ABORT)
            .map(|node| AbortConfig::read(&node, reader));
        let retry = request
            .member(RETRY)
            .map(|node| RetryConfig::read(&node, reader));
        let timeout = request
            .member(TIMEOUT)
            .map(|node| TimeoutConfig::read(&node, reader));
        let presigned = request.member(PRESIGNED);
        let presigned = presigned.map(|node| PresignedUrlConfig::read(&node, reader));
        // Without a selection that can be read, the windows are held to the other rules alone.
        let selection = selection.unwrap_or(Some(TargetSelection::Snapshot));
        let schedule = request.member(SCHEDULING);
        let schedule = schedule.map(|node| SchedulingConfig::read(&node, reader, selection, now));
        Some(Self {
            selection: selection?,
            rollout: rollout.unwrap_or_else(|| Some(RolloutConfig::of(reader.limits)))?,
            abort: abort.map_or(Some(None), |abort| abort.map(Some))?,
            retry: retry.map_or(Some(None), |retry| retry.map(Some))?,
            timeout: timeout.unwrap_or_else(|| Some(TimeoutConfig::default()))?,
            schedule: schedule.unwrap_or_else(|| Some(SchedulingConfig::default()))?,
            presigned: presigned.map_or(Some(None), |presigned| presigned.map(Some))?,
        })
    }
}
