//! What is told elsewhere of violations: figures for CloudWatch, fields for the fleet index.
//!
//! Sources: developer guide, "AWS IoT metrics and dimensions", Device Defender; "Managing thing
//! indexing", Device Defender violations.

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::metric::Metric;
use super::name::{BehaviorName, ProfileName};
use super::value::MetricValue;
use super::violation::{ActiveViolation, ViolationEvent, ViolationEventType};
use iot_topics::Timestamp;

/// How many alarms of a behavior began and ended.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::ViolationFigures;
///
/// let figures = ViolationFigures::default();
/// let names = figures.metrics().map(|(name, _)| name);
/// assert_eq!(names, ["Violations", "ViolationsCleared", "ViolationsInvalidated"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ViolationFigures {
    /// Alarms that began.
    pub violations: u64,
    /// Alarms that were cleared.
    pub cleared: u64,
    /// Alarms that became invalid.
    pub invalidated: u64,
}

impl ViolationFigures {
    /// With the names that CloudWatch has for them.
    #[must_use]
    pub const fn metrics(&self) -> [(&'static str, u64); 3] {
        [
            ("Violations", self.violations),
            ("ViolationsCleared", self.cleared),
            ("ViolationsInvalidated", self.invalidated),
        ]
    }
}

/// The figures of some events, by security profile and behavior, which are their dimensions in
/// CloudWatch (developer guide, "AWS IoT metrics and dimensions").
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading,
///     Target, Threat, violation_figures,
/// };
/// use iot_topics::Timestamp;
///
/// let mut engine = Engine::new();
/// let profile = Threat::Impersonation.profile("lamps".parse()?, &NormalDevice::default())?;
/// engine.set_profile(&profile);
/// engine.attach("lamps", Target::All)?;
/// let device = engine.set_device("lamp-7", true, []);
/// let failures = AwsMetric::NumAuthorizationFailures.into();
/// let series = engine.series(&failures, None).expect("the profile looks at it");
/// let reading = Reading { device, series, value: &Datapoint::Count(99) };
/// let now = Timestamp::from_secs(1_573_786_800);
/// let events = engine.step(now, &[reading], &mut NearestRank, &NoModels);
///
/// let all = violation_figures(&events);
/// assert_eq!(all.len(), 1);
/// for ((profile, behavior), figures) in all {
///     assert_eq!(profile.as_str(), "lamps");
///     assert_eq!(behavior.as_str(), "impersonation:num-authorization-failures");
///     assert_eq!(figures.metrics()[0], ("Violations", 1));
/// }
/// # Ok::<(), DetectError>(())
/// ```
#[must_use]
pub fn violation_figures<'e>(
    events: impl IntoIterator<Item = &'e ViolationEvent>,
) -> BTreeMap<(&'e ProfileName, &'e BehaviorName), ViolationFigures> {
    let mut all: BTreeMap<_, ViolationFigures> = BTreeMap::new();
    for event in events {
        let figures = all
            .entry((&event.profile, event.behavior.name()))
            .or_default();
        match event.event_type {
            ViolationEventType::InAlarm => figures.violations += 1,
            ViolationEventType::AlarmCleared => figures.cleared += 1,
            ViolationEventType::AlarmInvalidated => figures.invalidated += 1,
        }
    }
    all
}

/// What the fleet index has of the violations of a thing. Its JSON is the object
/// `deviceDefender`: `violationCount`, and `PROFILE.BEHAVIOR` with `metricName`,
/// `lastViolationTime` in milliseconds, `lastViolationValue` and `inViolation`.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::IndexedViolations;
///
/// let none = IndexedViolations::default();
/// assert_eq!(serde_json::to_string(&none).unwrap(), r#"{"violationCount":0}"#);
/// assert_eq!(none.count(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexedViolations {
    profiles: BTreeMap<ProfileName, BTreeMap<BehaviorName, Indexed>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Indexed {
    metric: Metric,
    last_time: Timestamp,
    last_value: Option<MetricValue>,
    is_in_violation: bool,
}

impl IndexedViolations {
    /// How many behaviors the thing violates now.
    #[must_use]
    pub fn count(&self) -> usize {
        let behaviors = self.profiles.values().flat_map(BTreeMap::values);
        behaviors.filter(|indexed| indexed.is_in_violation).count()
    }
}

/// What the fleet index has of the violations of things in the registry, by name of the thing
/// (developer guide, "Managing thing indexing"): from the events that are kept, in the order of
/// time, and the alarms that are on. The cost grows with their number.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading,
///     Target, Threat, fleet_index,
/// };
/// use iot_topics::Timestamp;
///
/// let mut engine = Engine::new();
/// let profile = Threat::Impersonation.profile("lamps".parse()?, &NormalDevice::default())?;
/// engine.set_profile(&profile);
/// engine.attach("lamps", Target::All)?;
/// let device = engine.set_device("lamp-7", true, []);
/// let failures = AwsMetric::NumAuthorizationFailures.into();
/// let series = engine.series(&failures, None).expect("the profile looks at it");
/// let reading = Reading { device, series, value: &Datapoint::Count(99) };
/// let now = Timestamp::from_secs(1_573_786_800);
/// engine.step(now, &[reading], &mut NearestRank, &NoModels);
///
/// let events = engine.events().map(|listed| listed.event);
/// let index = fleet_index(events, engine.active_violations());
/// assert_eq!(index["lamp-7"].count(), 1);
/// # Ok::<(), DetectError>(())
/// ```
#[must_use]
pub fn fleet_index<'e>(
    events: impl IntoIterator<Item = &'e ViolationEvent>,
    active: impl IntoIterator<Item = ActiveViolation<'e>>,
) -> BTreeMap<String, IndexedViolations> {
    let mut index: BTreeMap<String, IndexedViolations> = BTreeMap::new();
    let alarms = events
        .into_iter()
        .filter(|event| event.is_registered && event.event_type == ViolationEventType::InAlarm);
    for event in alarms {
        let thing = index.entry(event.thing.clone()).or_default();
        let behaviors = thing.profiles.entry(event.profile.clone()).or_default();
        let indexed = Indexed {
            metric: event.behavior.metric().clone(),
            last_time: event.time,
            last_value: event.metric_value.clone(),
            is_in_violation: false,
        };
        behaviors.insert(event.behavior.name().clone(), indexed);
    }
    for violation in active {
        if !violation.is_registered {
            continue;
        }
        let thing = index.entry(violation.thing.into()).or_default();
        let behaviors = thing.profiles.entry(violation.profile.clone()).or_default();
        let indexed = Indexed {
            metric: violation.behavior.metric().clone(),
            last_time: violation.last_time,
            last_value: Some(violation.last_value.clone()),
            is_in_violation: true,
        };
        behaviors.insert(violation.behavior.name().clone(), indexed);
    }
    index
}

impl Serialize for IndexedViolations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("violationCount", &self.count())?;
        for (profile, behaviors) in &self.profiles {
            map.serialize_entry(profile, behaviors)?;
        }
        map.end()
    }
}

impl Serialize for Indexed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("metricName", &self.metric)?;
        map.serialize_entry("lastViolationTime", &self.last_time.as_millis())?;
        if let Some(value) = &self.last_value {
            map.serialize_entry("lastViolationValue", value)?;
        }
        map.serialize_entry("inViolation", &self.is_in_violation)?;
        map.end()
    }
}
