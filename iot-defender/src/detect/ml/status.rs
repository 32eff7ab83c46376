//! When a model is built, and what is told of it.
//!
//! Sources: developer guide, "ML Detect" (14 days, 25,000 datapoints, a refresh each day, 30 days of
//! retries); API reference, `GetBehaviorModelTrainingSummaries`.

use alloc::string::String;
use core::time::Duration;

use iot_topics::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::words::words;

words! {
    detect:
    /// The state of the model of a behavior (API reference, `BehaviorModelTrainingSummary`).
    pub enum ModelStatus {
        /// There were not enough datapoints yet.
        PendingBuild = "PENDING_BUILD",
        /// There is a model.
        Active = "ACTIVE",
        /// For too long there were not enough datapoints: no model is built any more.
        Expired = "EXPIRED",
    }
}

/// What the end of a day of collection means for the model of a behavior.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ModelLifecycle, TrainingAttempt};
/// use iot_topics::Timestamp;
///
/// let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
/// assert_eq!(lifecycle.end_day(4_000), TrainingAttempt::TooEarly);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever trains must know all of them"
)]
pub enum TrainingAttempt {
    /// Data was collected for fewer than 14 days.
    TooEarly,
    /// The model is to be built, of the datapoints of the last 14 days. It counts as built.
    Build,
    /// There are not enough datapoints. A model that there is stays.
    TooFew,
    /// No model is built any more, and one that there is no longer holds.
    Expired,
}

/// When the model of a behavior is built, from the counts of its datapoints day by day.
///
/// A model is built at the end of the 14th day and of each day after it, if the last 14 days had
/// 25,000 datapoints. If they had not for the 31st time in a row, it expires for good: the first
/// time, and 30 retries.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ModelLifecycle, ModelStatus, TrainingAttempt};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_573_430_400);
/// let mut lifecycle = ModelLifecycle::new(start);
/// for _ in 1..14 {
///     // 7 devices, each 5 minutes.
///     assert_eq!(lifecycle.end_day(2_016), TrainingAttempt::TooEarly);
/// }
/// assert_eq!(lifecycle.status(), ModelStatus::PendingBuild);
/// assert_eq!(lifecycle.end_day(2_016), TrainingAttempt::Build);
/// assert_eq!(lifecycle.status(), ModelStatus::Active);
/// assert_eq!(lifecycle.last_refresh_day(), Some(14));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelLifecycle {
    start: Timestamp,
    /// Days that are over.
    days: u64,
    /// The datapoints of the last days; that of day `n` is at `n` modulo their number.
    recent: [u64; DAYS],
    failures: u8,
    last_refresh_day: Option<u64>,
}

/// Days of data.
const DAYS: usize = 14;
const DAY: u64 = 86_400;
/// In a row: the first, and 30 retries.
const MAX_FAILURES: u8 = 31;

impl ModelLifecycle {
    /// How many datapoints 14 days must have.
    pub const MIN_POINTS: u64 = 25_000;

    /// Of a behavior for which data is collected from `start` on.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ModelLifecycle, ModelStatus};
    /// use iot_topics::Timestamp;
    ///
    /// let lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
    /// assert_eq!(lifecycle.status(), ModelStatus::PendingBuild);
    /// ```
    #[must_use]
    pub const fn new(start: Timestamp) -> Self {
        Self {
            start,
            days: 0,
            recent: [0; DAYS],
            failures: 0,
            last_refresh_day: None,
        }
    }

    /// A day of collection is over, in which the fleet had so many datapoints.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ModelLifecycle, TrainingAttempt};
    /// use iot_topics::Timestamp;
    ///
    /// let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
    /// let attempts: Vec<_> = (1..=44).map(|_| lifecycle.end_day(0)).collect();
    /// assert_eq!(attempts[12..15], [
    ///     TrainingAttempt::TooEarly, TrainingAttempt::TooFew, TrainingAttempt::TooFew,
    /// ]);
    /// assert_eq!(attempts[42..], [TrainingAttempt::TooFew, TrainingAttempt::Expired]);
    /// ```
    pub fn end_day(&mut self, datapoints: u64) -> TrainingAttempt {
        self.days = self.days.saturating_add(1);
        // INVARIANT: below 14.
        let at = (self.days % DAYS as u64) as usize;
        if let Some(day) = self.recent.get_mut(at) {
            *day = datapoints;
        }
        if self.status() == ModelStatus::Expired {
            TrainingAttempt::Expired
        } else if self.days < DAYS as u64 {
            TrainingAttempt::TooEarly
        } else if self.datapoints() >= Self::MIN_POINTS {
            self.failures = 0;
            self.last_refresh_day = Some(self.days);
            TrainingAttempt::Build
        } else {
            self.failures += 1;
            if self.status() == ModelStatus::Expired {
                TrainingAttempt::Expired
            } else {
                TrainingAttempt::TooFew
            }
        }
    }

    /// When the next day is over, and [`ModelLifecycle::end_day`] wants to know; none if the model
    /// has expired.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ModelLifecycle;
    /// use iot_topics::Timestamp;
    ///
    /// let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
    /// assert_eq!(lifecycle.next_day_end(), Some(Timestamp::from_secs(86_400)));
    /// lifecycle.end_day(0);
    /// assert_eq!(lifecycle.next_day_end(), Some(Timestamp::from_secs(2 * 86_400)));
    /// ```
    #[must_use]
    pub fn next_day_end(&self) -> Option<Timestamp> {
        (self.status() != ModelStatus::Expired).then(|| self.end_of(self.days.saturating_add(1)))
    }

    /// The state of the model.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ModelLifecycle, ModelStatus};
    /// use iot_topics::Timestamp;
    ///
    /// let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
    /// for _ in 0..44 {
    ///     lifecycle.end_day(0);
    /// }
    /// assert_eq!(lifecycle.status(), ModelStatus::Expired);
    /// ```
    #[must_use]
    pub const fn status(&self) -> ModelStatus {
        if self.failures >= MAX_FAILURES {
            ModelStatus::Expired
        } else if self.last_refresh_day.is_some() {
            ModelStatus::Active
        } else {
            ModelStatus::PendingBuild
        }
    }

    /// After which day of collection, from 1, the model was last built.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ModelLifecycle;
    /// use iot_topics::Timestamp;
    ///
    /// assert_eq!(ModelLifecycle::new(Timestamp::from_secs(0)).last_refresh_day(), None);
    /// ```
    #[must_use]
    pub const fn last_refresh_day(&self) -> Option<u64> {
        self.last_refresh_day
    }

    /// The datapoints of the last 14 days.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ModelLifecycle;
    /// use iot_topics::Timestamp;
    ///
    /// let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
    /// lifecycle.end_day(7);
    /// lifecycle.end_day(8);
    /// assert_eq!(lifecycle.datapoints(), 15);
    /// ```
    #[must_use]
    pub fn datapoints(&self) -> u64 {
        let days = self.recent.iter();
        days.fold(0, |sum, day| sum.saturating_add(*day))
    }

    /// Of the datapoints that a model needs, how many the last 14 days had, in percent: at most
    /// 100.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ModelLifecycle;
    /// use iot_topics::Timestamp;
    ///
    /// let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
    /// lifecycle.end_day(2_016);
    /// assert_eq!(lifecycle.datapoints_percentage(), 8.064);
    /// ```
    #[must_use]
    pub fn datapoints_percentage(&self) -> f64 {
        self.datapoints().min(Self::MIN_POINTS) as f64 / 250.0
    }

    /// Of the days that a model needs, how many are over, in percent: at most 100.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ModelLifecycle;
    /// use iot_topics::Timestamp;
    ///
    /// let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(0));
    /// for _ in 0..7 {
    ///     lifecycle.end_day(0);
    /// }
    /// assert_eq!(lifecycle.days_percentage(), 50.0);
    /// ```
    #[must_use]
    pub fn days_percentage(&self) -> f64 {
        let days = DAYS as u64;
        self.days.min(days) as f64 * 100.0 / days as f64
    }

    /// What the API tells of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ModelLifecycle;
    /// use iot_topics::Timestamp;
    ///
    /// let lifecycle = ModelLifecycle::new(Timestamp::from_secs(1_573_430_400));
    /// let summary = lifecycle.summary("MachineLearning", "Messages_sent_ML_behavior");
    /// assert_eq!(summary.model_status.as_str(), "PENDING_BUILD");
    /// ```
    #[must_use]
    pub fn summary(&self, profile: &str, behavior: &str) -> TrainingSummary {
        TrainingSummary {
            security_profile_name: profile.into(),
            behavior_name: behavior.into(),
            training_data_collection_start_date: self.start,
            model_status: self.status(),
            datapoints_collection_percentage: self.datapoints_percentage(),
            last_model_refresh_date: self.last_refresh_day.map(|day| self.end_of(day)),
        }
    }

    const fn end_of(&self, day: u64) -> Timestamp {
        let duration = Duration::from_secs(day.saturating_mul(DAY));
        self.start.saturating_add(duration)
    }
}

/// A member of `summaries` in the answer to `GetBehaviorModelTrainingSummaries`. As JSON its
/// instants are epoch seconds; without a model there is no `lastModelRefreshDate`.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::ModelLifecycle;
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let mut lifecycle = ModelLifecycle::new(Timestamp::from_secs(1_573_430_400));
/// for _ in 0..14 {
///     lifecycle.end_day(2_016);
/// }
/// let summary = lifecycle.summary("MachineLearning", "Messages_sent_ML_behavior");
/// assert_eq!(serde_json::to_value(&summary)?, json!({
///     "securityProfileName": "MachineLearning",
///     "behaviorName": "Messages_sent_ML_behavior",
///     "trainingDataCollectionStartDate": 1_573_430_400,
///     "modelStatus": "ACTIVE",
///     "datapointsCollectionPercentage": 100.0,
///     "lastModelRefreshDate": 1_574_640_000,
/// }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TrainingSummary {
    /// The profile.
    pub security_profile_name: String,
    /// The behavior.
    pub behavior_name: String,
    /// Since when datapoints are collected.
    #[serde(serialize_with = "seconds")]
    pub training_data_collection_start_date: Timestamp,
    /// The state.
    pub model_status: ModelStatus,
    /// Of the datapoints that a model needs, how many there are: 0 to 100.
    pub datapoints_collection_percentage: f64,
    /// When the model was last built.
    #[serde(
        serialize_with = "optional_seconds",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_model_refresh_date: Option<Timestamp>,
}

fn seconds<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(at.as_secs())
}

fn optional_seconds<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.map(Timestamp::as_secs).serialize(serializer)
}
