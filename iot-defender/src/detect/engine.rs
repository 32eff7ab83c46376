//! The engine: datapoints in, violation events out.
//!
//! Sources: developer guide, "AWS IoT Device Defender Detect", "Cloud-side metrics",
//! "Troubleshooting Device Defender".

mod alarm;
mod attached;
mod device;
mod judge;
mod machine;
mod snapshot;
mod targets;
mod track;
mod view;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;

use iot_topics::{GroupName, Timestamp};

use self::alarm::Alarm;
use self::attached::Attached;
pub(super) use self::attached::MAX_PROFILES_OF_TARGET;
pub use self::device::DeviceId;
use self::device::{Device, Devices};
use self::judge::{Court, step_time as time_of};
use self::machine::Machine;
pub use self::snapshot::SnapshotError;
use super::baseline::{Models, Percentiles};
use super::behavior::Behavior;
use super::dimension::MetricDimension;
use super::history::History;
use super::metric::Metric;
use super::name::ProfileName;
use super::profile::SecurityProfile;
use super::refusal::DetectError;
use super::target::Target;
use super::value::{Datapoint, MetricValue};
use super::violation::{
    ActiveViolation, ListedEvent, Verification, ViolationEvent, ViolationEventType, ViolationId,
    violation_id,
};

/// A step: five minutes.
const STEP_SECONDS: u64 = 300;

/// Without a datapoint for more steps than these, two days, an alarm is invalid.
const INVALID_STEPS: u32 = 172_800 / STEP_SECONDS as u32;

/// A metric with its dimension, as an engine knows it. It stays what it is as profiles come and go.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, Engine, SeriesId};
///
/// let series: Option<SeriesId> = Engine::new().series(&AwsMetric::NumDisconnects.into(), None);
/// assert_eq!(series, None); // nobody asks for it
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesId(u32);

/// A datapoint of a device.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Datapoint, DeviceId, Reading, SeriesId};
///
/// fn silent<'a>(device: DeviceId, series: SeriesId, none: &'a Datapoint) -> Reading<'a> {
///     Reading { device, series, value: none }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whose, of what, and how much")]
pub struct Reading<'a> {
    /// The device.
    pub device: DeviceId,
    /// The metric.
    pub series: SeriesId,
    /// The value in this step.
    pub value: &'a Datapoint,
}

/// Security profiles at work. Time goes in steps of five minutes: [`step`](Self::step) takes the
/// datapoints of one and gives what they change, in the order of profile, behavior and thing.
///
/// - A counter is added over the duration of the behavior, and judged from when the device's
///   datapoints fill that. Lists, gauges and sizes of messages are judged as they come.
/// - A percentile of a counter is taken of all devices of the profile whose window is full and has a
///   datapoint, also of those that are silent in the step; of anything else, of what came in it.
/// - A step without a datapoint changes nothing.
/// - An alarm becomes invalid when its device had no datapoint for more than two days, and when the
///   behavior is not about the device any more.
///
/// A step costs what arrives in it, not the fleet, besides a look at each profile. What changes
/// nothing allocates nothing, once the engine has seen as much.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     AwsMetric, Datapoint, Definitions, DetectError, Engine, NearestRank, NoModels, Reading,
///     SecurityProfile, Target, ViolationEventType,
/// };
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let request = json!({ "behaviors": [{
///     "name": "Authorization",
///     "metric": "aws:num-authorization-failures",
///     "criteria": { "comparisonOperator": "less-than", "value": { "count": 5 } },
/// }] });
/// let profile = SecurityProfile::create("lamps".parse()?, &request, &Definitions::default())?;
///
/// let mut engine = Engine::new();
/// engine.set_profile(&profile);
/// engine.attach("lamps", Target::Registered)?;
/// let device = engine.set_device("lamp-7", true, []);
/// let metric = AwsMetric::NumAuthorizationFailures.into();
/// let series = engine.series(&metric, None).expect("a behavior is about it");
///
/// let now = Timestamp::from_secs(1_573_786_800);
/// let reading = Reading { device, series, value: &Datapoint::Count(7) };
/// let events = engine.step(now, &[reading], &mut NearestRank, &NoModels);
/// assert_eq!(events[0].event_type, ViolationEventType::InAlarm);
/// assert_eq!(events[0].thing, "lamp-7");
/// assert_eq!(events[0].time, now);
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    devices: Devices,
    machines: Vec<Option<Machine>>,
    attached: Attached,
    names: BTreeMap<ProfileName, u32>,
    series: BTreeMap<(Metric, Option<MetricDimension>), SeriesId>,
    /// The newest step.
    now: u32,
    /// Alarms that ended since.
    ended: Vec<ViolationEvent>,
    active: BTreeSet<String>,
    history: History,
    id: ViolationId,
    outcomes: Vec<Outcome>,
}

/// What a step changes for a device.
#[derive(Clone, Debug)]
struct Outcome {
    id: String,
    device: DeviceId,
    behavior: Arc<Behavior>,
    value: Option<MetricValue>,
    event_type: ViolationEventType,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine without profiles and devices.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_ids(violation_id)
    }

    /// An engine whose violations are named by another function.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Engine;
    ///
    /// let engine = Engine::with_ids(|source| format!("{}-{}", source.thing, source.start.as_secs()));
    /// assert!(engine.active_violations().is_empty());
    /// ```
    #[must_use]
    pub const fn with_ids(id: ViolationId) -> Self {
        Self {
            devices: Devices::EMPTY,
            machines: Vec::new(),
            attached: Attached::EMPTY,
            names: BTreeMap::new(),
            series: BTreeMap::new(),
            now: 0,
            ended: Vec::new(),
            active: BTreeSet::new(),
            history: History::EMPTY,
            id,
            outcomes: Vec::new(),
        }
    }

    /// Takes a new profile, which is about no device until it is attached, or a new version of
    /// one. A behavior whose metric and criteria are as before keeps what is known of its devices;
    /// alarms of the others become invalid in the next step. The cost grows with the devices that
    /// the profile is about.
    pub fn set_profile(&mut self, profile: &SecurityProfile) {
        let place = match self.names.get(profile.name()) {
            Some(place) => *place,
            None => {
                let free = self.machines.iter().position(Option::is_none);
                let place = free.unwrap_or(self.machines.len());
                if place == self.machines.len() {
                    self.machines.push(None);
                }
                self.names.insert(profile.name().clone(), place as u32);
                place as u32
            }
        };
        let Some(slot) = self.machines.get_mut(place as usize) else {
            return;
        };
        let machine = slot.get_or_insert_with(|| Machine::new(profile));
        let series = &mut self.series;
        let mut intern = |behavior: &Behavior| {
            let key = (behavior.metric().clone(), behavior.dimension().cloned());
            let next = SeriesId(series.len() as u32);
            *series.entry(key).or_insert(next)
        };
        let ended = machine.set_behaviors(profile, &mut intern);
        for (alarm, behavior) in ended {
            let device = machine
                .member(alarm.row)
                .and_then(|id| self.devices.get(id));
            let event = device.map(|device| invalid(&machine.name, device, alarm, behavior));
            self.ended.extend(event);
        }
    }

    /// Attaches a profile to a target: it is about its devices from now on. It looks at each device
    /// once.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is no such profile, or the target has five others.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, Engine, Target};
    ///
    /// let error = Engine::new().attach("lamps", Target::All);
    /// assert_eq!(error, Err(DetectError::NotFound("lamps".into())));
    /// ```
    pub fn attach(&mut self, profile: &str, target: Target) -> Result<(), DetectError> {
        let not_found = || DetectError::NotFound(profile.to_string());
        let place = *self.names.get(profile).ok_or_else(not_found)?;
        if !self.attached.attach(&target, place) {
            return Err(DetectError::Limit("5 profiles of the target"));
        }
        if let Some(Some(machine)) = self.machines.get_mut(place as usize) {
            for (id, device) in self.devices.iter_mut() {
                let groups = device.groups.iter().map(GroupName::as_str);
                if target.matches(device.is_registered, groups) {
                    visit(machine, place, id, device, true, &mut self.ended);
                }
            }
            machine.targets.insert(target);
        }
        Ok(())
    }

    /// Detaches a profile from a target. Alarms of devices that it is not about any more become
    /// invalid in the next step.
    ///
    /// # Errors
    ///
    /// [`DetectError::NotFound`]: there is no such profile.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, Engine, Target};
    ///
    /// let error = Engine::new().detach("lamps", &Target::All);
    /// assert_eq!(error, Err(DetectError::NotFound("lamps".into())));
    /// ```
    pub fn detach(&mut self, profile: &str, target: &Target) -> Result<(), DetectError> {
        let not_found = || DetectError::NotFound(profile.to_string());
        let place = *self.names.get(profile).ok_or_else(not_found)?;
        if let Some(Some(machine)) = self.machines.get_mut(place as usize) {
            machine.targets.remove(target);
        }
        self.attached.detach(target, place);
        self.settle(place);
        Ok(())
    }

    /// Removes a profile, or does nothing if there is none. Its alarms become invalid in the next
    /// step.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ViolationEventType;
    /// use core::time::Duration;
    /// # use iot_defender::detect::{
    /// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading,
    /// #     Target, Threat,
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
    /// engine.step(now, &[reading], &mut NearestRank, &NoModels);
    /// engine.remove_profile("lamps");
    /// let later = now.saturating_add(Duration::from_secs(300));
    /// let events = engine.step(later, &[], &mut NearestRank, &NoModels);
    /// assert_eq!(events[0].event_type, ViolationEventType::AlarmInvalidated);
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn remove_profile(&mut self, profile: &str) {
        let Some(place) = self.names.remove(profile) else {
            return;
        };
        if let Some(Some(machine)) = self.machines.get_mut(place as usize) {
            for target in core::mem::take(&mut machine.targets) {
                self.attached.detach(&target, place);
            }
        }
        self.settle(place);
        if let Some(slot) = self.machines.get_mut(place as usize) {
            *slot = None;
        }
    }

    /// Lets those leave a profile whom none of its targets means any more.
    fn settle(&mut self, place: u32) {
        let Some(Some(machine)) = self.machines.get_mut(place as usize) else {
            return;
        };
        let members: Vec<DeviceId> = machine.devices().collect();
        for id in members {
            if let Some(device) = self.devices.get_mut(id) {
                let is_about = self.attached.of(device).any(|of| of == place);
                visit(machine, place, id, device, is_about, &mut self.ended);
            }
        }
    }

    /// Says that there is a device, and in which groups it is, parents of them included; a device
    /// that is not in the registry is a thing name or a client id, and in no group. A thing and a
    /// device that has its name and is not in the registry are two. The work grows with its groups
    /// and its profiles, not with those of others.
    pub fn set_device(
        &mut self,
        name: &str,
        is_registered: bool,
        groups: impl IntoIterator<Item = GroupName>,
    ) -> DeviceId {
        let known = self.devices.find(name, is_registered);
        let id = known.unwrap_or_else(|| self.devices.insert(name, is_registered));
        if let Some(device) = self.devices.get_mut(id) {
            device.groups = groups.into_iter().collect();
            let wanted: BTreeSet<u32> = self.attached.of(device).collect();
            let mut places = wanted.clone();
            places.extend(device.rows.iter().map(|(place, _)| *place));
            for place in places {
                if let Some(Some(machine)) = self.machines.get_mut(place as usize) {
                    let is_about = wanted.contains(&place);
                    visit(machine, place, id, device, is_about, &mut self.ended);
                }
            }
        }
        id
    }

    /// Forgets a device. Its alarms become invalid in the next step. Whoever sees client ids that
    /// come once should let go of them when they are silent.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Engine;
    ///
    /// let mut engine = Engine::new();
    /// let lamp = engine.set_device("lamp-7", true, []);
    /// engine.remove_device(lamp);
    /// assert_eq!(engine.device("lamp-7", true), None);
    /// ```
    pub fn remove_device(&mut self, id: DeviceId) {
        let Some(device) = self.devices.remove(id) else {
            return;
        };
        for (place, row) in &device.rows {
            if let Some(Some(machine)) = self.machines.get_mut(*place as usize) {
                let ended = machine.leave(*row);
                let event = |(alarm, behavior)| invalid(&machine.name, &device, alarm, behavior);
                self.ended.extend(ended.into_iter().map(event));
            }
        }
    }

    /// A device that the engine knows.
    #[must_use]
    pub fn device(&self, name: &str, is_registered: bool) -> Option<DeviceId> {
        self.devices.find(name, is_registered)
    }

    /// A metric that a behavior was ever about; `None` if there was none.
    #[must_use]
    pub fn series(&self, metric: &Metric, dimension: Option<&MetricDimension>) -> Option<SeriesId> {
        let key = (metric.clone(), dimension.cloned());
        self.series.get(&key).copied()
    }

    /// Judges the step that ended last before `now`: its datapoints, and alarms that become
    /// invalid. Of more than one datapoint of a metric of a device, counters and sizes are added,
    /// and of others the last counts. Readings of devices that are not known, of metrics that no
    /// behavior is about and of another type are passed over.
    ///
    /// Time never runs backwards: an earlier `now` is the newest. A step is judged once; what comes
    /// for it later counts only in the windows of counters.
    #[must_use = "what happened is told once"]
    pub fn step(
        &mut self,
        now: Timestamp,
        readings: &[Reading<'_>],
        percentiles: &mut dyn Percentiles,
        models: &dyn Models,
    ) -> Vec<ViolationEvent> {
        let step = u32::try_from(now.as_secs() / STEP_SECONDS).unwrap_or(LAST_STEP);
        self.now = step.min(LAST_STEP).max(self.now);
        let time = time_of(self.now);
        let mut events = core::mem::take(&mut self.ended);
        for event in &mut events {
            event.time = time;
        }
        self.invalidate(&mut events);
        for machine in self.machines.iter_mut().flatten() {
            machine.advance(self.now);
        }
        self.take_in(readings);
        let mut court = Court {
            now: self.now,
            readings,
            devices: &self.devices,
            percentiles,
            models,
            id: self.id,
        };
        for machine in self.machines.iter_mut().flatten() {
            machine.judge(&mut court, &mut self.outcomes);
            for outcome in self.outcomes.drain(..) {
                let Some(device) = self.devices.get(outcome.device) else {
                    continue;
                };
                events.push(outcome.event(&machine.name, device, time));
            }
        }
        events.sort_by(|one, other| sort_key(one).cmp(&sort_key(other)));
        for event in &events {
            if event.event_type == ViolationEventType::InAlarm {
                self.active.insert(event.violation_id.clone());
            } else {
                self.active.remove(&event.violation_id);
            }
        }
        self.history.extend(&events);
        self.history.expire(time, &self.active);
        events
    }

    /// Ends the alarms of devices that have been silent for too long.
    fn invalidate(&mut self, events: &mut Vec<ViolationEvent>) {
        let time = time_of(self.now);
        for machine in self.machines.iter_mut().flatten() {
            while let Some((alarm, behavior)) = machine.next_invalid(self.now) {
                let device = machine
                    .member(alarm.row)
                    .and_then(|id| self.devices.get(id));
                events.extend(device.map(|device| {
                    let mut event = invalid(&machine.name, device, alarm, behavior);
                    event.time = time;
                    event
                }));
            }
        }
    }

    fn take_in(&mut self, readings: &[Reading<'_>]) {
        for (index, reading) in readings.iter().enumerate() {
            let Some(device) = self.devices.get(reading.device) else {
                continue;
            };
            for (place, row) in &device.rows {
                if let Some(Some(machine)) = self.machines.get_mut(*place as usize) {
                    machine.arrive(*row, reading.series, index as u32, reading.value, self.now);
                }
            }
        }
    }

    /// The alarms that are on, by profile, behavior and thing. The cost grows with their number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_defender::detect::{
    /// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading,
    /// #     Target, Threat,
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
    /// engine.step(now, &[reading], &mut NearestRank, &NoModels);
    /// let active = engine.active_violations();
    /// assert_eq!((active.len(), active[0].thing), (1, "lamp-7"));
    /// assert_eq!(active[0].behavior.name().as_str(), "impersonation:num-authorization-failures");
    /// # Ok::<(), DetectError>(())
    /// ```
    #[must_use]
    pub fn active_violations(&self) -> Vec<ActiveViolation<'_>> {
        let mut active = Vec::new();
        for place in self.names.values() {
            let Some(Some(machine)) = self.machines.get(*place as usize) else {
                continue;
            };
            let begin = active.len();
            active.extend(machine.alarms.iter().filter_map(|alarm| {
                let device = self.devices.get(machine.member(alarm.row)?)?;
                Some(ActiveViolation {
                    violation_id: &alarm.id,
                    thing: &device.name,
                    is_registered: device.is_registered,
                    profile: &machine.name,
                    behavior: &machine.rules.get(usize::from(alarm.rule))?.behavior,
                    last_value: &alarm.last_value,
                    last_time: time_of(alarm.last),
                    start: time_of(alarm.start),
                    verification: self.history.verification(&alarm.id),
                })
            }));
            if let Some(own) = active.get_mut(begin..) {
                own.sort_by_key(|violation: &ActiveViolation<'_>| {
                    (
                        violation.behavior.name(),
                        violation.thing,
                        violation.is_registered,
                    )
                });
            }
        }
        active
    }

    /// The events of the past 30 days, the oldest first.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ViolationEventType;
    /// # use iot_defender::detect::{
    /// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading,
    /// #     Target, Threat,
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
    /// engine.step(now, &[reading], &mut NearestRank, &NoModels);
    /// let listed = engine.events().next().expect("an alarm has begun");
    /// assert_eq!(listed.event.event_type, ViolationEventType::InAlarm);
    /// assert_eq!(listed.verification.state().as_str(), "UNKNOWN");
    /// # Ok::<(), DetectError>(())
    /// ```
    #[must_use]
    pub fn events(&self) -> impl DoubleEndedIterator<Item = ListedEvent<'_>> {
        self.history.events()
    }

    /// Keeps at most so many events from the next step on: the oldest go first. A device whose alarm
    /// comes and goes in each step has 8640 in 30 days.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_defender::detect::{
    /// #     AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, NormalDevice, Reading,
    /// #     Target, Threat,
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
    /// engine.keep_events(0);
    /// engine.step(now, &[reading], &mut NearestRank, &NoModels);
    /// assert_eq!(engine.events().count(), 0);
    /// assert_eq!(engine.active_violations().len(), 1); // alarms do not depend on it
    /// # Ok::<(), DetectError>(())
    /// ```
    pub const fn keep_events(&mut self, most: usize) {
        self.history.set_most(most);
    }

    /// Says what people found a violation to be: all its events have it from now on.
    ///
    /// # Errors
    ///
    /// [`DetectError::NotFound`]: no alarm of that id is on, and none had an event in the past 30
    /// days.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, Engine, Verification};
    ///
    /// let error = Engine::new().verify("none", Verification::default());
    /// assert_eq!(error, Err(DetectError::NotFound("none".into())));
    /// ```
    pub fn verify(&mut self, id: &str, verification: Verification) -> Result<(), DetectError> {
        if !self.active.contains(id) && !self.history.contains(id) {
            return Err(DetectError::NotFound(id.to_string()));
        }
        self.history.verify(id, verification);
        Ok(())
    }
}

/// So that the steps behind the last still count.
const LAST_STEP: u32 = u32::MAX - 2 * INVALID_STEPS;

/// Lets a device join or leave a profile, as it is about the device or not.
fn visit(
    machine: &mut Machine,
    place: u32,
    id: DeviceId,
    device: &mut Device,
    is_about: bool,
    ended: &mut Vec<ViolationEvent>,
) {
    let row = device.rows.iter().position(|(of, _)| *of == place);
    match (row, is_about) {
        (None, true) => {
            let row = machine.join(id);
            device.rows.push((place, row));
        }
        (Some(index), false) => {
            let (_, row) = device.rows.swap_remove(index);
            for (alarm, behavior) in machine.leave(row) {
                ended.push(invalid(&machine.name, device, alarm, behavior));
            }
        }
        _ => {}
    }
}

/// An alarm that became invalid. Its time is told by the step.
fn invalid(
    profile: &ProfileName,
    device: &Device,
    alarm: Alarm,
    behavior: Arc<Behavior>,
) -> ViolationEvent {
    ViolationEvent {
        violation_id: alarm.id,
        thing: (*device.name).into(),
        is_registered: device.is_registered,
        profile: profile.clone(),
        behavior,
        metric_value: None,
        event_type: ViolationEventType::AlarmInvalidated,
        time: Timestamp::default(),
    }
}

impl Outcome {
    fn event(self, profile: &ProfileName, device: &Device, time: Timestamp) -> ViolationEvent {
        ViolationEvent {
            violation_id: self.id,
            thing: (*device.name).into(),
            is_registered: device.is_registered,
            profile: profile.clone(),
            behavior: self.behavior,
            metric_value: self.value,
            event_type: self.event_type,
            time,
        }
    }
}

/// The order within a step. An alarm that ended is told before one that begins: the sort is stable.
fn sort_key(event: &ViolationEvent) -> impl Ord + '_ {
    (
        &event.profile,
        event.behavior.name(),
        &event.thing,
        event.is_registered,
    )
}
