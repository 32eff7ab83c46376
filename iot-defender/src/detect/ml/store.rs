//! The models of an account.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::{Explanation, Model, ModelLifecycle, ModelStatus, TrainingAttempt, TrainingSummary};
use crate::detect::{
    Band, BehaviorName, BehaviorRef, ConfidenceLevel, MetricValue, Models, Number, ProfileName,
    ViolationEvent,
};

/// The models of behaviors with their lifecycles: a source of bands for the engine.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     BehaviorName, BehaviorRef, ConfidenceLevel, Models, Number, ProfileName, TrainedModels,
///     Training, ValueKind,
/// };
/// use iot_topics::Timestamp;
///
/// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Unusual".parse()?);
/// let of = BehaviorRef { profile: &profile, behavior: &behavior };
/// let mut models = TrainedModels::new();
/// models.start(of, Timestamp::from_secs(0));
/// let day = |n: u64| Timestamp::from_secs(n * 86_400);
/// for n in 1..=14 {
///     models.end_day(of, 2_016, || {
///         let mut training = Training::new(ValueKind::Whole, day(n));
///         training.add_device([(day(n), Number::from(10))]); // all datapoints of the 14 days
///         training.finish()
///     });
///     let band = models.band(of, ConfidenceLevel::Medium, day(n));
///     assert_eq!(band.is_some(), n == 14);
/// }
/// assert_eq!(
///     models.explain(of, ConfidenceLevel::Medium, day(15), Number::from(16)).unwrap().to_string(),
///     "16 is above 15, the upper limit of MEDIUM confidence on any day: the median of 1 datapoints \
///      of 1 devices is 10, and the limit 5 scales of 1 above it",
/// );
/// # Ok::<(), iot_defender::detect::NameError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrainedModels {
    behaviors: BTreeMap<ProfileName, BTreeMap<BehaviorName, Learnt>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Learnt {
    lifecycle: ModelLifecycle,
    model: Option<Model>,
}

impl Learnt {
    /// A model that has expired does not hold any more.
    fn model(&self) -> Option<&Model> {
        let is_valid = self.lifecycle.status() != ModelStatus::Expired;
        self.model.as_ref().filter(|_| is_valid)
    }
}

impl TrainedModels {
    /// Of no behavior.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::TrainedModels;
    ///
    /// assert_eq!(TrainedModels::new(), TrainedModels::default());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            behaviors: BTreeMap::new(),
        }
    }

    /// Data of a behavior is collected from that time on. What was learnt of it before is
    /// forgotten.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{BehaviorName, BehaviorRef, ProfileName, TrainedModels};
    /// use iot_topics::Timestamp;
    ///
    /// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Unusual".parse()?);
    /// let mut models = TrainedModels::new();
    /// models.start(BehaviorRef { profile: &profile, behavior: &behavior }, Timestamp::from_secs(0));
    /// assert_eq!(models.summaries(&profile).len(), 1);
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    pub fn start(&mut self, of: BehaviorRef<'_>, at: Timestamp) {
        self.restore(of, ModelLifecycle::new(at), None);
    }

    /// A lifecycle that began elsewhere, and the model that there was; that of a lifecycle which
    /// has expired does not hold.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{
    ///     BehaviorName, BehaviorRef, ModelLifecycle, ModelStatus, ProfileName, TrainedModels,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Unusual".parse()?);
    /// let of = BehaviorRef { profile: &profile, behavior: &behavior };
    /// let mut models = TrainedModels::new();
    /// models.restore(of, ModelLifecycle::new(Timestamp::from_secs(0)), None);
    /// assert_eq!(models.summaries(&profile)[0].model_status, ModelStatus::PendingBuild);
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    pub fn restore(
        &mut self,
        of: BehaviorRef<'_>,
        lifecycle: ModelLifecycle,
        model: Option<Model>,
    ) {
        let behaviors = self.behaviors.entry(of.profile.clone()).or_default();
        behaviors.insert(of.behavior.clone(), Learnt { lifecycle, model });
    }

    /// Forgets a behavior; says whether it was known.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{BehaviorName, BehaviorRef, ProfileName, TrainedModels};
    ///
    /// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Unusual".parse()?);
    /// let mut models = TrainedModels::new();
    /// assert!(!models.remove(BehaviorRef { profile: &profile, behavior: &behavior }));
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    pub fn remove(&mut self, of: BehaviorRef<'_>) -> bool {
        let Some(behaviors) = self.behaviors.get_mut(of.profile) else {
            return false;
        };
        let is_known = behaviors.remove(of.behavior).is_some();
        if behaviors.is_empty() {
            self.behaviors.remove(of.profile);
        }
        is_known
    }

    /// A day of collection is over, in which the behavior had so many datapoints. `train` is called
    /// if a model is due, and makes it of the datapoints of the last 14 days; a model that there is
    /// stays, if it makes none. None, if data of the behavior is not collected.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{
    ///     BehaviorName, BehaviorRef, ProfileName, TrainedModels, TrainingAttempt,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Unusual".parse()?);
    /// let of = BehaviorRef { profile: &profile, behavior: &behavior };
    /// let mut models = TrainedModels::new();
    /// assert_eq!(models.end_day(of, 2_016, || None), None);
    /// models.start(of, Timestamp::from_secs(0));
    /// assert_eq!(models.end_day(of, 2_016, || None), Some(TrainingAttempt::TooEarly));
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    pub fn end_day(
        &mut self,
        of: BehaviorRef<'_>,
        datapoints: u64,
        train: impl FnOnce() -> Option<Model>,
    ) -> Option<TrainingAttempt> {
        let learnt = self.behaviors.get_mut(of.profile)?.get_mut(of.behavior)?;
        let attempt = learnt.lifecycle.end_day(datapoints);
        match attempt {
            TrainingAttempt::Build => learnt.model = train().or_else(|| learnt.model.take()),
            TrainingAttempt::Expired => learnt.model = None,
            TrainingAttempt::TooEarly | TrainingAttempt::TooFew => {}
        }
        Some(attempt)
    }

    /// What the API tells of the behaviors of a profile, in the order of their names.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ProfileName, TrainedModels};
    ///
    /// let profile: ProfileName = "lamps".parse()?;
    /// assert!(TrainedModels::new().summaries(&profile).is_empty());
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    #[must_use]
    pub fn summaries(&self, profile: &ProfileName) -> Vec<TrainingSummary> {
        let behaviors = self.behaviors.get(profile).into_iter().flatten();
        let summaries = behaviors.map(|(behavior, learnt)| {
            let lifecycle = &learnt.lifecycle;
            lifecycle.summary(profile.as_str(), behavior.as_str())
        });
        summaries.collect()
    }

    /// The model of a behavior, if there is one that holds.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{BehaviorName, BehaviorRef, ProfileName, TrainedModels};
    ///
    /// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Unusual".parse()?);
    /// let of = BehaviorRef { profile: &profile, behavior: &behavior };
    /// assert_eq!(TrainedModels::new().model(of), None);
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    #[must_use]
    pub fn model(&self, of: BehaviorRef<'_>) -> Option<&Model> {
        self.behaviors.get(of.profile)?.get(of.behavior)?.model()
    }

    /// The lifecycle of a behavior, to be written down.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{BehaviorName, BehaviorRef, ProfileName, TrainedModels};
    ///
    /// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Unusual".parse()?);
    /// let of = BehaviorRef { profile: &profile, behavior: &behavior };
    /// assert_eq!(TrainedModels::new().lifecycle(of), None);
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    #[must_use]
    pub fn lifecycle(&self, of: BehaviorRef<'_>) -> Option<&ModelLifecycle> {
        let learnt = self.behaviors.get(of.profile)?.get(of.behavior)?;
        Some(&learnt.lifecycle)
    }

    /// Why a datapoint alarms; none if it is normal, or if there is no model.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{
    ///     BehaviorName, BehaviorRef, ConfidenceLevel, Number, ProfileName, TrainedModels,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let (profile, behavior): (ProfileName, BehaviorName) = ("lamps".parse()?, "Unusual".parse()?);
    /// let of = BehaviorRef { profile: &profile, behavior: &behavior };
    /// let (at, value) = (Timestamp::from_secs(300), Number::from(99));
    /// assert_eq!(TrainedModels::new().explain(of, ConfidenceLevel::Low, at, value), None);
    /// # Ok::<(), iot_defender::detect::NameError>(())
    /// ```
    #[must_use]
    pub fn explain(
        &self,
        of: BehaviorRef<'_>,
        level: ConfidenceLevel,
        at: Timestamp,
        value: Number,
    ) -> Option<Explanation<'_>> {
        self.model(of)?.explain(at, value, level)
    }

    /// Why an alarm began, by the model that there is now: ask before the next refresh. None for an
    /// event without a value, and for a behavior without a model.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{TrainedModels, ViolationEvent};
    ///
    /// fn sentence(models: &TrainedModels, event: &ViolationEvent) -> String {
    ///     let why = models.explain_event(event);
    ///     why.map(|why| format!("{}: {why}", event.thing)).unwrap_or_default()
    /// }
    /// ```
    #[must_use]
    pub fn explain_event(&self, event: &ViolationEvent) -> Option<Explanation<'_>> {
        let of = BehaviorRef {
            profile: &event.profile,
            behavior: event.behavior.name(),
        };
        let value = match event.metric_value.as_ref()? {
            MetricValue::Count(count) => Number::from_count(*count),
            MetricValue::Number(number) => *number,
            _ => return None,
        };
        self.explain(of, event.behavior.confidence()?, event.time, value)
    }
}

impl Models for TrainedModels {
    fn band(&self, of: BehaviorRef<'_>, level: ConfidenceLevel, at: Timestamp) -> Option<Band> {
        Some(self.model(of)?.band(at, level))
    }
}
