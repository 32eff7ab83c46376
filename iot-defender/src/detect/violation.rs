//! Violations: alarms, what they look like in the API and to subscribers, and what people say of
//! them.
//!
//! Sources: API reference, `ViolationEvent`, `ActiveViolation`,
//! `PutVerificationStateOnViolation`; developer guide, "AWS IoT Device Defender Detect",
//! notifications.

use alloc::string::String;
use alloc::sync::Arc;

use iot_topics::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::behavior::Behavior;
use super::behavior::criteria::ConfidenceLevel;
use super::name::ProfileName;
use super::refusal::DetectError;
use super::value::MetricValue;
use crate::words::words;

words! {
    detect:
    /// What happened to an alarm.
    pub enum ViolationEventType {
        /// Enough datapoints in a row were not normal.
        InAlarm = "in-alarm",
        /// Enough datapoints in a row were normal again.
        AlarmCleared = "alarm-cleared",
        /// Nothing can be said any more: the device was silent for two days, or the behavior is not
        /// about it any more.
        AlarmInvalidated = "alarm-invalidated",
    }
}

words! {
    detect:
    /// What people found an alarm to be.
    pub enum VerificationState {
        /// Nobody has said: what a violation begins with.
        Unknown = "UNKNOWN",
        /// It is an attack.
        TruePositive = "TRUE_POSITIVE",
        /// It is as the behavior says, but harmless.
        BenignPositive = "BENIGN_POSITIVE",
        /// It should not have been an alarm.
        FalsePositive = "FALSE_POSITIVE",
    }
}

/// What people say of a violation (API reference, `PutVerificationStateOnViolation`).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectError, Verification, VerificationState};
///
/// let verification = Verification::new(VerificationState::FalsePositive, Some("maintenance"))?;
/// assert_eq!(verification.description(), Some("maintenance"));
/// assert_eq!(Verification::default().state(), VerificationState::Unknown);
/// let error = Verification::new(VerificationState::Unknown, Some("two\nlines"));
/// assert_eq!(error, Err(DetectError::Text("verificationStateDescription")));
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    state: VerificationState,
    description: Option<String>,
}

impl Verification {
    pub(super) const UNKNOWN: &Self = &Self {
        state: VerificationState::Unknown,
        description: None,
    };

    /// A state, and why: at most 1000 characters, none a control character.
    ///
    /// # Errors
    ///
    /// [`DetectError::Text`]: the description is longer, or has a control character.
    pub fn new(state: VerificationState, description: Option<&str>) -> Result<Self, DetectError> {
        let is_refused =
            |text: &str| text.chars().nth(1_000).is_some() || text.contains(char::is_control);
        if description.is_some_and(is_refused) {
            return Err(DetectError::Text("verificationStateDescription"));
        }
        Ok(Self {
            state,
            description: description.map(String::from),
        })
    }

    /// The state.
    #[must_use]
    pub const fn state(&self) -> VerificationState {
        self.state
    }

    /// Why.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("verificationState", &self.state)?;
        if let Some(description) = &self.description {
            map.serialize_entry("verificationStateDescription", description)?;
        }
        Ok(())
    }
}

impl Default for Verification {
    fn default() -> Self {
        Self::UNKNOWN.clone()
    }
}

/// What an alarm is about. Its JSON is a part of that of events.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ViolationSource, violation_id};
/// use iot_topics::Timestamp;
///
/// let source = ViolationSource {
///     profile: "lamps",
///     behavior: "Quiet",
///     thing: "lamp-7",
///     is_registered: true,
///     start: Timestamp::from_secs(1_573_786_800),
/// };
/// let id = violation_id(&source);
/// assert_eq!(id.len(), 32);
/// assert_eq!(id, violation_id(&source));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what an id can be made from")]
pub struct ViolationSource<'a> {
    /// The security profile.
    pub profile: &'a str,
    /// The behavior.
    pub behavior: &'a str,
    /// The thing or the client id.
    pub thing: &'a str,
    /// Whether it is in the registry.
    pub is_registered: bool,
    /// When the alarm began.
    pub start: Timestamp,
}

/// How violations are named: 1 to 128 of `a-z A-Z 0-9 -`. Two sources must not share a name.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ViolationId, violation_id};
///
/// let default: ViolationId = violation_id;
/// ```
pub type ViolationId = fn(&ViolationSource<'_>) -> String;

/// The id that an alarm has if nobody gives another: the first 32 digits of the SHA-256 of the
/// profile, the behavior, the thing and the start in milliseconds, with a zero byte between; of a
/// device that is not in the registry a zero byte follows, so that a thing of that name has another.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ViolationSource, violation_id};
/// use iot_topics::Timestamp;
///
/// let mut source = ViolationSource {
///     profile: "lamps",
///     behavior: "Quiet",
///     thing: "lamp-7",
///     is_registered: true,
///     start: Timestamp::from_secs(1_573_786_800),
/// };
/// let id = violation_id(&source);
/// source.is_registered = false;
/// assert_ne!(violation_id(&source), id);
/// ```
#[must_use]
pub fn violation_id(source: &ViolationSource<'_>) -> String {
    let start = alloc::format!("{}", source.start.as_millis());
    let mut hash = Sha256::new();
    for part in [source.profile, source.behavior, source.thing] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(start);
    if !source.is_registered {
        hash.update([0]);
    }
    let digest = hash.finalize();
    let digits = digest
        .iter()
        .take(16)
        .flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// What happened to an alarm, and when: [`Engine::step`](super::Engine::step) makes them. As JSON of
/// the API it is a [`ListedEvent`], as text for SNS a [`Notification`].
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{MetricValue, ViolationEventType};
/// # use iot_defender::detect::{
/// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading, Target,
/// #     Threat,
/// # };
/// # use iot_topics::Timestamp;
/// # let mut engine = Engine::new();
/// # let profile = Threat::Impersonation.profile("lamps".parse()?, &NormalDevice::default())?;
/// # engine.set_profile(&profile);
/// # engine.attach("lamps", Target::All)?;
/// # let device = engine.set_device("lamp-7", true, []);
/// # let failures = AwsMetric::NumAuthorizationFailures.into();
/// # let series = engine.series(&failures, None).expect("the profile looks at it");
/// # let reading = Reading { device, series, value: &Datapoint::Count(99) };
/// # let now = Timestamp::from_secs(1_573_786_800);
/// // `engine` holds `lamp-7` to the profile `lamps`; `reading` has 99 refused requests of it.
/// let events = engine.step(now, &[reading], &mut NearestRank, &NoModels);
/// assert_eq!(events[0].event_type, ViolationEventType::InAlarm);
/// assert_eq!((events[0].thing.as_str(), events[0].profile.as_str()), ("lamp-7", "lamps"));
/// assert_eq!(events[0].metric_value, Some(MetricValue::Count(99)));
/// assert_eq!(events[0].time, now);
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViolationEvent {
    /// The id of the violation: the same from the alarm to its end.
    pub violation_id: String,
    /// The thing or the client id.
    pub thing: String,
    /// Whether it is in the registry.
    pub is_registered: bool,
    /// The security profile.
    pub profile: ProfileName,
    /// The behavior, as it was then.
    pub behavior: Arc<Behavior>,
    /// The value that was judged; nothing if the alarm became invalid.
    pub metric_value: Option<MetricValue>,
    /// What happened.
    pub event_type: ViolationEventType,
    /// The end of the step in which it happened: a multiple of 300 seconds.
    pub time: Timestamp,
}

impl ViolationEvent {
    /// Whether subscribers of the SNS topic are told: not if the behavior has `suppressAlerts`.
    /// Nothing else depends on that.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_defender::detect::{
    /// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading, Target,
    /// #     Threat,
    /// # };
    /// # use iot_topics::Timestamp;
    /// # let mut engine = Engine::new();
    /// # let profile = Threat::Impersonation.profile("lamps".parse()?, &NormalDevice::default())?;
    /// # engine.set_profile(&profile);
    /// # engine.attach("lamps", Target::All)?;
    /// # let device = engine.set_device("lamp-7", true, []);
    /// # let failures = AwsMetric::NumAuthorizationFailures.into();
    /// # let series = engine.series(&failures, None).expect("the profile looks at it");
    /// # let reading = Reading { device, series, value: &Datapoint::Count(99) };
    /// # let now = Timestamp::from_secs(1_573_786_800);
    /// // `engine` holds `lamp-7` to the profile `lamps`; `reading` has 99 refused requests of it.
    /// let events = engine.step(now, &[reading], &mut NearestRank, &NoModels);
    /// assert!(events[0].is_notified());
    /// assert!(!events[0].behavior.suppress_alerts);
    /// # Ok::<(), DetectError>(())
    /// ```
    #[must_use]
    pub fn is_notified(&self) -> bool {
        !self.behavior.suppress_alerts
    }

    /// The text of the notification to SNS: times in milliseconds, nothing of verification.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_defender::detect::{
    /// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading, Target,
    /// #     Threat,
    /// # };
    /// # use iot_topics::Timestamp;
    /// # let mut engine = Engine::new();
    /// # let profile = Threat::Impersonation.profile("lamps".parse()?, &NormalDevice::default())?;
    /// # engine.set_profile(&profile);
    /// # engine.attach("lamps", Target::All)?;
    /// # let device = engine.set_device("lamp-7", true, []);
    /// # let failures = AwsMetric::NumAuthorizationFailures.into();
    /// # let series = engine.series(&failures, None).expect("the profile looks at it");
    /// # let reading = Reading { device, series, value: &Datapoint::Count(99) };
    /// # let now = Timestamp::from_secs(1_573_786_800);
    /// // `engine` holds `lamp-7` to the profile `lamps`; `reading` has 99 refused requests of it.
    /// let events = engine.step(now, &[reading], &mut NearestRank, &NoModels);
    /// let json = serde_json::to_value(events[0].notification()).expect("is plain JSON");
    /// assert_eq!(json["violationEventType"], "in-alarm");
    /// assert_eq!(json["violationEventTime"], 1_573_786_800_000_u64);
    /// # Ok::<(), DetectError>(())
    /// ```
    #[must_use]
    pub const fn notification(&self) -> Notification<'_> {
        Notification(self)
    }

    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("violationId", &self.violation_id)?;
        map.serialize_entry("thingName", &self.thing)?;
        map.serialize_entry("securityProfileName", &self.profile)?;
        map.serialize_entry("behavior", &*self.behavior)?;
        if let Some(value) = &self.metric_value {
            map.serialize_entry("metricValue", value)?;
        }
        if let Some(level) = self.behavior.confidence() {
            map.serialize_entry("violationEventAdditionalInfo", &AdditionalInfo(level))?;
        }
        map.serialize_entry("violationEventType", &self.event_type)
    }
}

/// An event, and what people say of its violation. As JSON it is `ViolationEvent` of the API
/// reference, times in seconds.
///
/// # Examples
///
/// See [`Engine::events`](super::Engine::events), which lists them.
///
/// ```
/// use iot_defender::detect::{ListedEvent, Verification};
/// # use iot_defender::detect::{
/// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading, Target,
/// #     Threat,
/// # };
/// # use iot_topics::Timestamp;
/// # let mut engine = Engine::new();
/// # let profile = Threat::Impersonation.profile("lamps".parse()?, &NormalDevice::default())?;
/// # engine.set_profile(&profile);
/// # engine.attach("lamps", Target::All)?;
/// # let device = engine.set_device("lamp-7", true, []);
/// # let failures = AwsMetric::NumAuthorizationFailures.into();
/// # let series = engine.series(&failures, None).expect("the profile looks at it");
/// # let reading = Reading { device, series, value: &Datapoint::Count(99) };
/// # let now = Timestamp::from_secs(1_573_786_800);
/// // `engine` holds `lamp-7` to the profile `lamps`; `reading` has 99 refused requests of it.
/// let events = engine.step(now, &[reading], &mut NearestRank, &NoModels);
/// let listed = ListedEvent { event: &events[0], verification: &Verification::default() };
/// let json = serde_json::to_value(&listed).expect("is plain JSON");
/// assert_eq!(json["metricValue"], serde_json::json!({ "count": 99 }));
/// assert_eq!(json["verificationState"], "UNKNOWN");
/// assert_eq!(json["violationEventTime"], 1_573_786_800);
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the two belong together")]
pub struct ListedEvent<'a> {
    /// The event.
    pub event: &'a ViolationEvent,
    /// What people say of its violation now.
    pub verification: &'a Verification,
}

impl Serialize for ListedEvent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.event.write(&mut map)?;
        self.verification.write(&mut map)?;
        map.serialize_entry("violationEventTime", &self.event.time.as_secs())?;
        map.end()
    }
}

/// A violation event as subscribers of the SNS topic get it: serialized it is that text (developer
/// guide, "AWS IoT Device Defender Detect", notifications).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Notification, ViolationEvent};
///
/// fn text(event: &ViolationEvent) -> String {
///     let notification: Notification<'_> = event.notification();
///     serde_json::to_string(&notification).expect("is plain JSON")
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Notification<'a>(&'a ViolationEvent);

impl Serialize for Notification<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.write(&mut map)?;
        map.serialize_entry("violationEventTime", &self.0.time.as_millis())?;
        map.end()
    }
}

/// How sure the model was.
struct AdditionalInfo(ConfidenceLevel);

impl Serialize for AdditionalInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("confidenceLevel", &self.0)?;
        map.end()
    }
}

/// An alarm that has not ended. As JSON it is the API's `ActiveViolation`, times in seconds.
///
/// # Examples
///
/// See [`Engine::active_violations`](super::Engine::active_violations), which makes them.
///
/// ```
/// # use iot_defender::detect::{
/// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading, Target,
/// #     Threat,
/// # };
/// # use iot_topics::Timestamp;
/// # let mut engine = Engine::new();
/// # let profile = Threat::Impersonation.profile("lamps".parse()?, &NormalDevice::default())?;
/// # engine.set_profile(&profile);
/// # engine.attach("lamps", Target::All)?;
/// # let device = engine.set_device("lamp-7", true, []);
/// # let failures = AwsMetric::NumAuthorizationFailures.into();
/// # let series = engine.series(&failures, None).expect("the profile looks at it");
/// # let reading = Reading { device, series, value: &Datapoint::Count(99) };
/// # let now = Timestamp::from_secs(1_573_786_800);
/// // `engine` holds `lamp-7` to the profile `lamps`; `reading` has 99 refused requests of it.
/// let events = engine.step(now, &[reading], &mut NearestRank, &NoModels);
/// let active = engine.active_violations();
/// assert_eq!(active[0].violation_id, events[0].violation_id);
/// assert_eq!((active[0].thing, active[0].start, active[0].last_time), ("lamp-7", now, now));
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActiveViolation<'a> {
    /// The id of the violation.
    pub violation_id: &'a str,
    /// The thing or the client id.
    pub thing: &'a str,
    /// Whether it is in the registry.
    pub is_registered: bool,
    /// The security profile.
    pub profile: &'a ProfileName,
    /// The behavior.
    pub behavior: &'a Behavior,
    /// The newest value that was not normal.
    pub last_value: &'a MetricValue,
    /// When that was.
    pub last_time: Timestamp,
    /// When the alarm began.
    pub start: Timestamp,
    /// What people say of the violation.
    pub verification: &'a Verification,
}

impl Serialize for ActiveViolation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("violationId", self.violation_id)?;
        map.serialize_entry("thingName", self.thing)?;
        map.serialize_entry("securityProfileName", self.profile)?;
        map.serialize_entry("behavior", self.behavior)?;
        map.serialize_entry("lastViolationValue", self.last_value)?;
        if let Some(level) = self.behavior.confidence() {
            map.serialize_entry("violationEventAdditionalInfo", &AdditionalInfo(level))?;
        }
        self.verification.write(&mut map)?;
        map.serialize_entry("lastViolationTime", &self.last_time.as_secs())?;
        map.serialize_entry("violationStartTime", &self.start.as_secs())?;
        map.end()
    }
}
