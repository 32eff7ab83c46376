//! What a profile keeps of a device, to be written and read.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::alarm::Alarm;
use super::super::device::DeviceId;
use super::super::track::{self, Track};
use super::Machine;
use crate::detect::behavior::Behavior;
use crate::detect::metric::Metric;
use crate::detect::value::MetricValue;

/// A device of a profile: for each behavior how many datapoints in a row were the other way, the
/// alarms that are on, for each metric how many steps ago its newest datapoint came and how many
/// before that its first, and the newest steps of counters.
#[derive(Serialize, Deserialize)]
pub(in super::super) struct Row(Vec<u8>, Vec<AlarmWire>, Vec<Option<(u32, u32)>>, Vec<u64>);

/// The behavior, by its place; the id, the start, when the newest value was not normal, and that.
#[derive(Serialize, Deserialize)]
struct AlarmWire(u16, String, u32, u32, Value);

type Refused = Result<(), &'static str>;

impl Machine {
    pub(in super::super) fn row(&self, row: u32, now: u32) -> Row {
        let states = part(&self.states, row, self.rules.len());
        let streaks = states.iter().map(|state| state.streak());
        let places = states.iter().filter_map(|state| state.alarm());
        let alarms = places.filter_map(|place| self.alarms.get(place));
        let alarms = alarms.map(|alarm| {
            let value = json!(alarm.last_value);
            AlarmWire(alarm.rule, alarm.id.clone(), alarm.start, alarm.last, value)
        });
        let tracks = part(&self.tracks, row, self.series.len());
        let tracks = tracks.iter().map(|track| {
            let has_come = track.last != track::NEVER;
            has_come.then(|| (now - track.last, track.last - track.first))
        });
        let windows = part(&self.windows, row, self.stride);
        Row(
            streaks.collect(),
            alarms.collect(),
            tracks.collect(),
            windows.to_vec(),
        )
    }

    /// Takes in a device as it was, and gives its row.
    pub(in super::super) fn restore_row(
        &mut self,
        device: DeviceId,
        row: Row,
        now: u32,
    ) -> Result<u32, &'static str> {
        let Row(streaks, alarms, tracks, windows) = row;
        let fits = streaks.len() == self.rules.len()
            && tracks.len() == self.series.len()
            && windows.len() == self.stride;
        if !fits {
            return Err("must have what its profile asks for");
        }
        let place = self.join(device);
        let from = place as usize * self.stride;
        if let Some(slots) = self.windows.get_mut(from..from + self.stride) {
            slots.copy_from_slice(&windows);
        }
        for (series, track) in tracks.into_iter().enumerate() {
            let Some((ago, length)) = track else { continue };
            let last = now.checked_sub(ago);
            let first = last.and_then(|last| last.checked_sub(length));
            let (Some(last), Some(first)) = (last, first) else {
                return Err("must have datapoints that came");
            };
            if let Some(slot) = self.track_mut(place, series) {
                let touch = track::NEVER;
                *slot = Track { first, last, touch };
            }
            let is_ranked = self
                .series
                .get(series)
                .is_some_and(|series| series.is_ranked);
            if let Some(recent) = self.recent.get_mut(series).filter(|_| is_ranked) {
                recent.push(place);
            }
        }
        for alarm in alarms {
            self.restore_alarm(place, alarm)?;
        }
        for (rule, streak) in streaks.into_iter().enumerate() {
            self.restore_streak(place, rule, streak)?;
        }
        Ok(place)
    }

    /// When the newest datapoint of a behavior came.
    fn newest(&self, row: u32, rule: usize) -> Option<u32> {
        let series = self.rules.get(rule)?.series;
        let last = self.track(row, series)?.last;
        (last != track::NEVER).then_some(last)
    }

    fn restore_alarm(&mut self, row: u32, alarm: AlarmWire) -> Refused {
        let AlarmWire(number, id, start, last, value) = alarm;
        let rule = usize::from(number);
        let newest = self.newest(row, rule);
        let entry = self.rules.get(rule);
        let entry = entry.filter(|_| newest.is_some_and(|newest| start <= last && last <= newest));
        let entry = entry.ok_or("must have alarms of datapoints that came")?;
        let last_value = value_of(&entry.behavior, &value)?;
        let is_quiet = self
            .state(row, rule)
            .is_some_and(|state| state.alarm().is_none());
        if !is_quiet {
            return Err("must have one alarm of a behavior");
        }
        let alarm = Alarm {
            id,
            row,
            rule: number,
            start,
            last,
            last_value,
        };
        self.raise(rule, alarm);
        Ok(())
    }

    fn restore_streak(&mut self, row: u32, rule: usize, streak: u8) -> Refused {
        let has_datapoints = self.newest(row, rule).is_some();
        let criteria = self.rules.get(rule).map(|rule| rule.behavior.criteria());
        let limits = criteria.map(|criteria| (criteria.to_alarm, criteria.to_clear));
        if let (Some(state), Some((to_alarm, to_clear))) = (self.state(row, rule), limits) {
            let most = if state.alarm().is_none() {
                to_alarm
            } else {
                to_clear
            };
            if streak >= most.get() || streak > 0 && !has_datapoints {
                return Err("must have fewer datapoints in a row");
            }
            state.set_streak(streak);
        }
        Ok(())
    }

    /// The ids of the alarms that are on.
    pub(in super::super) fn alarm_ids(&self) -> impl Iterator<Item = &String> {
        self.alarms.iter().map(|alarm| &alarm.id)
    }
}

/// A value of the metric of a behavior.
pub(in super::super) fn value_of(
    behavior: &Behavior,
    json: &Value,
) -> Result<MetricValue, &'static str> {
    let value = MetricValue::from_json(json).ok();
    let fits = |value: &MetricValue| match behavior.metric() {
        Metric::Aws(metric) => metric.value_type() == value.value_type(),
        Metric::Custom(_) => true,
    };
    value
        .filter(fits)
        .ok_or("must have values of their metrics")
}

/// The part of a list that is a row's.
fn part<T>(items: &[T], row: u32, length: usize) -> &[T] {
    let from = row as usize * length;
    items.get(from..from + length).unwrap_or_default()
}
