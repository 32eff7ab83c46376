//! What a chart shows of one behavior: the values it judged, what was normal, and the alarms.

use std::collections::BTreeMap;

use iot_defender::detect::{
    Behavior, BehaviorName, BehaviorRef, Bound, Condition, DeviceSeries, Metric, MetricKind,
    Models, Number, ProfileName, TrainedModels, ViolationEvent, ViolationEventType,
};
use iot_topics::Timestamp;

use super::feed::Step;
use super::line::Device;
use super::setup::{Setup, Watched};
use crate::output::Failure;

pub(super) struct Plot<'s> {
    setup: &'s Setup,
    watched: &'s Watched,
    pub(super) behavior: &'s Behavior,
    thing: Option<String>,
    series: BTreeMap<Device, DeviceSeries>,
    pub(super) curves: BTreeMap<Device, Vec<(Timestamp, f64)>>,
    /// What was normal, step by step.
    pub(super) limits: Vec<Limits>,
    pub(super) alarms: Vec<Alarm>,
}

/// What was normal in a step: from where, to where, if it is bounded there.
pub(super) struct Limits {
    pub(super) at: Timestamp,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
}

/// Where an alarm began, or ended as the values were normal again.
pub(super) struct Alarm {
    pub(super) device: Device,
    pub(super) at: Timestamp,
    pub(super) value: f64,
    pub(super) begins: bool,
}

impl<'s> Plot<'s> {
    pub(super) fn new(
        setup: &'s Setup,
        metric: &Metric,
        name: Option<&BehaviorName>,
        thing: Option<String>,
    ) -> Result<Self, Failure> {
        let behaviors = setup.profiles.iter().flat_map(|watched| {
            let behaviors = watched.profile.behaviors().iter();
            behaviors.map(move |behavior| (watched, behavior))
        });
        let is_it = |(_, behavior): &(&Watched, &Behavior)| {
            behavior.metric() == metric && name.is_none_or(|name| behavior.name() == name)
        };
        let mut about = behaviors.filter(is_it).peekable();
        if about.peek().is_none() {
            return Err(match name {
                Some(name) => format!("no behavior `{name}` is about `{metric}`"),
                None => format!("no behavior is about `{metric}`"),
            }
            .into());
        }
        let numeric = about.find(|(_, behavior)| behavior.kind() != MetricKind::List);
        let Some((watched, behavior)) = numeric else {
            return Err(format!("`{metric}` has lists, of which there is no chart").into());
        };
        Ok(Self {
            setup,
            watched,
            behavior,
            thing,
            series: BTreeMap::new(),
            curves: BTreeMap::new(),
            limits: Vec::new(),
            alarms: Vec::new(),
        })
    }

    pub(super) fn profile(&self) -> &ProfileName {
        self.watched.profile.name()
    }

    fn shows(&self, name: &str) -> bool {
        self.thing.as_deref().is_none_or(|thing| thing == name)
    }

    /// Keeps what was judged in a step. `percentile` tells what the engine held values to.
    pub(super) fn step(
        &mut self,
        step: &Step,
        events: &[ViolationEvent],
        percentile: impl Fn(&ProfileName, &BehaviorName) -> Option<Number>,
        models: &TrainedModels,
    ) {
        let (metric, dimension) = (self.behavior.metric(), self.behavior.dimension());
        for measured in &step.values {
            let is_it = measured.metric == *metric && measured.dimension.as_ref() == dimension;
            let device = &measured.device;
            let groups = || self.setup.groups(&device.name, device.is_registered);
            if !is_it
                || !self.shows(&device.name)
                || !self.watched.is_about(device.is_registered, &groups())
            {
                continue;
            }
            let kind = self.behavior.kind();
            let series = self.series.entry(device.clone());
            let series = series.or_insert_with(|| DeviceSeries::new(kind));
            series.push(step.end, &measured.value);
        }
        for (device, series) in &mut self.series {
            if let Some(value) = series.judged(self.behavior, step.end) {
                let curve = self.curves.entry(device.clone()).or_default();
                curve.push((step.end, value.get()));
            }
            // No window is longer than an hour.
            let hour = step.end.as_millis().saturating_sub(3_600_000);
            series.forget_before(Timestamp::from_millis(hour));
        }
        let normal = self.normal(step.end, percentile, models);
        self.limits.extend(normal);
        for event in events {
            self.alarm(event);
        }
    }

    fn normal(
        &self,
        at: Timestamp,
        percentile: impl Fn(&ProfileName, &BehaviorName) -> Option<Number>,
        models: &TrainedModels,
    ) -> Option<Limits> {
        let of = BehaviorRef {
            profile: self.profile(),
            behavior: self.behavior.name(),
        };
        let limits = |low, high| Some(Limits { at, low, high });
        let side = |bound: Bound, limit: f64| match bound.is_upper() {
            true => limits(None, Some(limit)),
            false => limits(Some(limit), None),
        };
        match self.behavior.criteria().condition {
            Condition::Count { bound, limit, .. } => side(bound, limit as f64),
            Condition::Number { bound, limit, .. } => side(bound, limit.get()),
            Condition::Percentile { bound, .. } => {
                let limit = percentile(of.profile, of.behavior)?;
                side(bound, limit.get())
            }
            Condition::Model { confidence } => {
                let band = models.band(of, confidence, at)?;
                limits(Some(band.low.get()), Some(band.high.get()))
            }
            _ => None,
        }
    }

    fn alarm(&mut self, event: &ViolationEvent) {
        let is_it = event.profile == *self.profile()
            && event.behavior.name() == self.behavior.name()
            && self.shows(&event.thing);
        let device = Device {
            name: event.thing.clone(),
            is_registered: event.is_registered,
        };
        let last = self.curves.get(&device).and_then(|curve| curve.last());
        // One that became invalid has no value, and so no place.
        if let Some((at, value)) = last
            && is_it
            && *at == event.time
        {
            let (at, value) = (*at, *value);
            self.alarms.push(Alarm {
                device,
                at,
                value,
                begins: event.event_type == ViolationEventType::InAlarm,
            });
        }
    }
}
