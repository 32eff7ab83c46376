//! Judges what arrived in a step.

use alloc::sync::Arc;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::super::baseline::{Band, BehaviorRef, Models, Percentiles};
use super::super::behavior::Behavior;
use super::super::behavior::criteria::Condition;
use super::super::behavior::operator::Bound;
use super::super::metric::MetricKind;
use super::super::number::Number;
use super::super::series::number;
use super::super::value::{Datapoint, MAX_COUNT, MetricValue};
use super::super::violation::{ViolationEventType, ViolationId, ViolationSource};
use super::alarm::{Alarm, Change};
use super::device::Devices;
use super::machine::{Arrived, Machine, Touch};
use super::{Outcome, Reading, time_of};

/// What a step is judged with.
pub(super) struct Court<'a> {
    pub(super) now: u32,
    pub(super) readings: &'a [Reading<'a>],
    pub(super) devices: &'a Devices,
    pub(super) percentiles: &'a mut dyn Percentiles,
    pub(super) models: &'a dyn Models,
    pub(super) id: ViolationId,
}

/// What a behavior sees of its metric in this step.
struct Seen<'a> {
    arrived: &'a Arrived,
    kind: MetricKind,
    series: usize,
    window: u32,
}

/// What a behavior asks of each value in this step.
enum Question<'a> {
    /// Whether it is as the condition says.
    Fixed(&'a Condition),
    Threshold(Bound, Number),
    Band(Band),
}

/// The value of a device in a step.
enum Judged<'a> {
    Own(Datapoint),
    Reading(&'a Datapoint),
}

impl Judged<'_> {
    const fn get(&self) -> &Datapoint {
        match self {
            Self::Own(value) => value,
            Self::Reading(value) => value,
        }
    }

    /// As a percentile or a model takes it: of messages the sum of their sizes.
    const fn number(&self) -> Option<Number> {
        number(self.get())
    }
}

impl Machine {
    /// Judges each behavior whose metric has datapoints in this step, and forgets these.
    pub(super) fn judge(&mut self, court: &mut Court<'_>, outcomes: &mut Vec<Outcome>) {
        for rule in 0..self.rules.len() {
            self.judge_rule(rule, court, outcomes);
        }
        for arrived in &mut self.arrived {
            arrived.touches.clear();
            arrived.sizes.clear();
        }
    }

    fn judge_rule(&mut self, rule: usize, court: &mut Court<'_>, outcomes: &mut Vec<Outcome>) {
        let Some(entry) = self.rules.get(rule) else {
            return;
        };
        let behavior = Arc::clone(&entry.behavior);
        let (series, window) = (entry.series, entry.window);
        let Some(place) = self.arrived.get_mut(series) else {
            return;
        };
        if place.touches.is_empty() {
            return;
        }
        // Taken out while the rest changes.
        let arrived = core::mem::take(place);
        let seen = Seen {
            arrived: &arrived,
            kind: behavior.kind(),
            series,
            window,
        };
        if let Some(question) = self.question(&behavior, &seen, court) {
            for (index, touch) in arrived.touches.iter().enumerate() {
                let value = self.value(&seen, index, touch, court);
                let is_normal = value.as_ref().and_then(|value| question.is_normal(value));
                if let (Some(value), Some(is_normal)) = (value, is_normal) {
                    let verdict = Verdict {
                        rule,
                        behavior: &behavior,
                        value: value.get(),
                        is_normal,
                    };
                    outcomes.extend(self.apply(touch.row, &verdict, court));
                }
            }
        }
        if let Some(place) = self.arrived.get_mut(series) {
            *place = arrived;
        }
    }

    /// The value of a device; nothing while the window is not full.
    fn value<'r>(
        &self,
        seen: &Seen<'_>,
        index: usize,
        touch: &Touch,
        court: &Court<'r>,
    ) -> Option<Judged<'r>> {
        let (series, window) = (seen.series, seen.window);
        Some(match seen.kind {
            MetricKind::Counter => {
                let sum = self.sum(touch.row, series, window, court.now)?;
                Judged::Own(Datapoint::Count(sum))
            }
            MetricKind::MessageSize => {
                Judged::Own(Datapoint::Sizes(*seen.arrived.sizes.get(index)?))
            }
            MetricKind::Gauge | MetricKind::List => {
                Judged::Reading(court.readings.get(touch.reading as usize)?.value)
            }
        })
    }

    fn question<'b>(
        &mut self,
        behavior: &'b Behavior,
        seen: &Seen<'_>,
        court: &mut Court<'_>,
    ) -> Option<Question<'b>> {
        let condition = &behavior.criteria().condition;
        match *condition {
            Condition::Percentile {
                bound, statistic, ..
            } => {
                let mut values = core::mem::take(&mut self.values);
                values.clear();
                match self.recent(seen.series) {
                    // Those who are silent in this step count with what their windows have.
                    Some(rows) => values.extend(rows.iter().filter_map(|row| {
                        let sum = self.sum(*row, seen.series, seen.window, court.now)?;
                        Some(Number::from_count(sum))
                    })),
                    None => {
                        let touches = seen.arrived.touches.iter().enumerate();
                        let number =
                            |(index, touch)| self.value(seen, index, touch, court)?.number();
                        values.extend(touches.filter_map(number));
                    }
                }
                // One negative value and the percentiles say nothing (developer guide, "Custom
                // metrics").
                let is_usable = !values.iter().any(|value| value.is_negative());
                let of = BehaviorRef {
                    profile: &self.name,
                    behavior: behavior.name(),
                };
                let percentile = is_usable
                    .then(|| court.percentiles.percentile(of, statistic, &mut values))
                    .flatten();
                self.values = values;
                Some(Question::Threshold(bound, percentile?))
            }
            Condition::Model { confidence } => {
                let of = BehaviorRef {
                    profile: &self.name,
                    behavior: behavior.name(),
                };
                let band = court.models.band(of, confidence, time_of(court.now))?;
                Some(Question::Band(band))
            }
            _ => Some(Question::Fixed(condition)),
        }
    }

    fn apply(&mut self, row: u32, verdict: &Verdict<'_>, court: &Court<'_>) -> Option<Outcome> {
        let Verdict { rule, behavior, .. } = *verdict;
        let change = self
            .state(row, rule)?
            .judge(verdict.is_normal, behavior.criteria());
        match change {
            Change::Nothing => None,
            Change::Stays(place) => {
                let alarm = self.alarms.get_mut(place)?;
                alarm.last = court.now;
                verdict.write_value(&mut alarm.last_value);
                None
            }
            Change::Begins => {
                let device = self.member(row)?;
                let device = court.devices.get(device)?;
                let id = (court.id)(&ViolationSource {
                    profile: self.name.as_str(),
                    behavior: behavior.name().as_str(),
                    thing: &device.name,
                    is_registered: device.is_registered,
                    start: time_of(court.now),
                });
                let alarm = Alarm {
                    id: id.clone(),
                    row,
                    rule: rule as u16,
                    start: court.now,
                    last: court.now,
                    last_value: verdict.metric_value(),
                };
                self.raise(rule, alarm);
                self.outcome(row, id, verdict, ViolationEventType::InAlarm)
            }
            Change::Ends(place) => {
                let (alarm, _) = self.end(place)?;
                self.outcome(row, alarm.id, verdict, ViolationEventType::AlarmCleared)
            }
        }
    }

    fn outcome(
        &self,
        row: u32,
        id: alloc::string::String,
        verdict: &Verdict<'_>,
        event_type: ViolationEventType,
    ) -> Option<Outcome> {
        Some(Outcome {
            id,
            device: self.member(row)?,
            behavior: Arc::clone(verdict.behavior),
            value: Some(verdict.metric_value()),
            event_type,
        })
    }
}

impl Question<'_> {
    /// Whether a value is normal; nothing if it is not of the type.
    fn is_normal(&self, value: &Judged<'_>) -> Option<bool> {
        match self {
            Self::Fixed(condition) => condition.holds(value.get()),
            Self::Threshold(bound, limit) => Some(bound.holds(value.number()?, *limit)),
            Self::Band(band) => Some(band.contains(value.number()?)),
        }
    }
}

/// A value of a device, and whether it is normal.
struct Verdict<'a> {
    rule: usize,
    behavior: &'a Arc<Behavior>,
    value: &'a Datapoint,
    is_normal: bool,
}

impl Verdict<'_> {
    /// The value that events tell. Of messages that are held to a limit it is the size of the one
    /// that was compared.
    fn metric_value(&self) -> MetricValue {
        match (self.value, &self.behavior.criteria().condition) {
            (Datapoint::Sizes(sizes), Condition::Count { bound, .. }) => {
                MetricValue::Count(bound.worst(*sizes).min(MAX_COUNT))
            }
            (value, _) => value.to_value(),
        }
    }

    /// The same in a place that has one already, whose memory is used again where it can be.
    fn write_value(&self, place: &mut MetricValue) {
        match (self.value, place) {
            (Datapoint::Ports(items), MetricValue::Ports(place)) => place.clone_from(items),
            (Datapoint::Numbers(items), MetricValue::Numbers(place)) => place.clone_from(items),
            (Datapoint::Strings(items), MetricValue::Strings(place)) => place.clone_from(items),
            (Datapoint::Addresses(items), MetricValue::Cidrs(place)) => {
                place.clear();
                place.extend(items.iter().copied().map(super::super::cidr::Cidr::from));
            }
            (_, place) => *place = self.metric_value(),
        }
    }
}

/// A step as a time.
pub(super) const fn step_time(step: u32) -> Timestamp {
    Timestamp::from_secs(step as u64 * super::STEP_SECONDS)
}
