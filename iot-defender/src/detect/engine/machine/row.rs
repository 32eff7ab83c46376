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

/// A device of a profile: for each behavior how it stands, for each metric when its datapoints
/// came, and the newest steps of counters.
#[derive(Serialize, Deserialize)]
pub(in super::super) struct Row(Vec<Standing>, Vec<Option<(u32, u32)>>, Vec<u64>);

/// How many datapoints in a row were the other way, and the alarm that is on.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Standing {
    Quiet(u8),
    /// And the id, the start, the newest value that was not normal, and when that was.
    Alarm(u8, String, u32, u32, Value),
}

type Refused = Result<(), &'static str>;

impl Machine {
    pub(in super::super) fn row(&self, row: u32) -> Row {
        let states = part(&self.states, row, self.rules.len());
        let states = states.iter().map(|state| {
            let alarm = state.alarm().and_then(|place| self.alarms.get(place));
            match alarm {
                None => Standing::Quiet(state.streak()),
                Some(alarm) => Standing::Alarm(
                    state.streak(),
                    alarm.id.clone(),
                    alarm.start,
                    alarm.last,
                    json!(alarm.last_value),
                ),
            }
        });
        let tracks = part(&self.tracks, row, self.series.len());
        let tracks = tracks
            .iter()
            .map(|track| (track.last != track::NEVER).then_some((track.first, track.last)));
        let windows = part(&self.windows, row, self.stride);
        Row(states.collect(), tracks.collect(), windows.to_vec())
    }

    /// Takes in a device as it was, and gives its row.
    pub(in super::super) fn restore_row(
        &mut self,
        device: DeviceId,
        row: Row,
        now: u32,
    ) -> Result<u32, &'static str> {
        let Row(states, tracks, windows) = row;
        let fits = states.len() == self.rules.len()
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
            let Some((first, last)) = track else { continue };
            if first > last || last > now {
                return Err("must have datapoints that came");
            }
            if let Some(slot) = self.track_mut(place, series) {
                let touch = track::NEVER;
                *slot = Track { first, last, touch };
            }
        }
        for (rule, standing) in states.into_iter().enumerate() {
            self.restore_state(place, rule, standing)?;
        }
        Ok(place)
    }

    fn restore_state(&mut self, row: u32, rule: usize, standing: Standing) -> Refused {
        let Some(entry) = self.rules.get(rule) else {
            return Ok(());
        };
        let criteria = entry.behavior.criteria();
        let (to_alarm, to_clear) = (criteria.to_alarm.get(), criteria.to_clear.get());
        let track = self.track(row, entry.series).copied();
        let newest = track.filter(|track| track.last != track::NEVER);
        let (streak, most) = match &standing {
            Standing::Quiet(streak) => (*streak, to_alarm),
            Standing::Alarm(streak, ..) => (*streak, to_clear),
        };
        if streak >= most || streak > 0 && newest.is_none() {
            return Err("must have fewer datapoints in a row");
        }
        if let Standing::Alarm(_, id, start, last, value) = standing {
            let last_value = value_of(&entry.behavior, &value)?;
            let is_past = newest.is_some_and(|newest| start <= last && last <= newest.last);
            if !is_past {
                return Err("must have alarms of datapoints that came");
            }
            let alarm = Alarm {
                id,
                row,
                rule: rule as u16,
                start,
                last,
                last_value,
            };
            self.raise(rule, alarm);
        }
        if let Some(state) = self.state(row, rule) {
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
