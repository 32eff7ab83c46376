//! Whether a device violates a behavior: rows in a row, and the alarms that are on.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::behavior::criteria::Criteria;
use super::super::value::MetricValue;

/// No alarm.
const NONE: u32 = u32::MAX;

/// What is kept of a behavior of a device.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// The place of its alarm.
    alarm: u32,
    /// So many datapoints in a row were the other way.
    streak: u8,
}

/// What a datapoint changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Nothing,
    Begins,
    /// The alarm goes on.
    Stays(u32),
    Ends(u32),
}

impl State {
    pub(super) const NEW: Self = Self {
        alarm: NONE,
        streak: 0,
    };

    pub(super) const fn alarm(self) -> Option<u32> {
        if self.alarm == NONE {
            None
        } else {
            Some(self.alarm)
        }
    }

    pub(super) const fn streak(self) -> u8 {
        self.streak
    }

    pub(super) const fn set_streak(&mut self, streak: u8) {
        self.streak = streak;
    }

    /// An alarm begins.
    pub(super) const fn raise(&mut self, alarm: u32) {
        *self = Self { alarm, streak: 0 };
    }

    /// The datapoint before is too long ago to be followed by another.
    pub(super) const fn forget_streak(&mut self) {
        self.streak = 0;
    }

    /// A datapoint that is normal or not. After [`Change::Begins`] the caller raises the alarm.
    pub(super) const fn judge(&mut self, is_normal: bool, criteria: &Criteria) -> Change {
        let Some(alarm) = self.alarm() else {
            if is_normal {
                self.streak = 0;
                return Change::Nothing;
            }
            self.streak += 1;
            if self.streak < criteria.to_alarm.get() {
                return Change::Nothing;
            }
            self.streak = 0;
            return Change::Begins;
        };
        if !is_normal {
            self.streak = 0;
            return Change::Stays(alarm);
        }
        self.streak += 1;
        if self.streak < criteria.to_clear.get() {
            return Change::Nothing;
        }
        *self = Self::NEW;
        Change::Ends(alarm)
    }
}

/// An alarm that is on.
#[derive(Clone, Debug)]
pub(super) struct Alarm {
    pub(super) id: String,
    pub(super) row: u32,
    /// The behavior, by its place in the profile.
    pub(super) rule: u16,
    pub(super) start: u32,
    pub(super) last: u32,
    pub(super) last_value: MetricValue,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    alarm: Option<Alarm>,
    /// Somebody will come to look at it.
    is_armed: bool,
}

/// The alarms that are on, each in a place that does not change.
#[derive(Clone, Debug)]
pub(super) struct Alarms {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Alarms {
    pub(super) const EMPTY: Self = Self {
        slots: Vec::new(),
        free: Vec::new(),
    };

    /// Keeps an alarm and gives its place, and whether somebody must still say that he comes to
    /// look at that. Who comes for an alarm that had the place before does for this one too.
    pub(super) fn insert(&mut self, alarm: Alarm) -> (u32, bool) {
        let index = self.free.pop().unwrap_or(self.slots.len() as u32);
        if index as usize == self.slots.len() {
            self.slots.push(Slot::default());
        }
        let mut is_new = false;
        if let Some(slot) = self.slots.get_mut(index as usize) {
            slot.alarm = Some(alarm);
            is_new = !slot.is_armed;
            slot.is_armed = true;
        }
        (index, is_new)
    }

    pub(super) fn remove(&mut self, index: u32) -> Option<Alarm> {
        let alarm = self.slots.get_mut(index as usize)?.alarm.take()?;
        self.free.push(index);
        Some(alarm)
    }

    /// Nobody comes to look at the place any more.
    pub(super) fn disarm(&mut self, index: u32) {
        if let Some(slot) = self.slots.get_mut(index as usize) {
            slot.is_armed = false;
        }
    }

    pub(super) fn get(&self, index: u32) -> Option<&Alarm> {
        self.slots.get(index as usize)?.alarm.as_ref()
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut Alarm> {
        self.slots.get_mut(index as usize)?.alarm.as_mut()
    }

    /// The places that are taken.
    pub(super) fn places(&self) -> impl Iterator<Item = u32> + use<'_> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(place, slot)| slot.alarm.as_ref().map(|_| place as u32))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Alarm> {
        self.slots.iter().filter_map(|slot| slot.alarm.as_ref())
    }
}
