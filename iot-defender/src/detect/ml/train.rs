//! From the datapoints of 14 days to a model.

mod bytes;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use iot_topics::Timestamp;

pub use self::bytes::TrainingError;
use super::baseline::Fleet;
use super::{Model, Season, Slot, ValueKind};
use crate::detect::Number;

/// What a model is built of, device by device.
///
/// A fleet can be split: each worker takes in its devices, whole, and the trainings are merged, in
/// any order, on one machine or, as [bytes](Self::to_bytes), on many. Of a device stays what a model needs: in each slot the values, if they are fewer than
/// [`Baseline::MIN_DEVICE_POINTS`](super::Baseline::MIN_DEVICE_POINTS), else nine numbers.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_defender::detect::{ConfidenceLevel, Number, Slot, Training, ValueKind};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_573_430_400); // a Monday
/// let at = |step: u32| start.saturating_add(Duration::from_secs(300) * step);
/// let mut training = Training::new(ValueKind::Whole, at(14 * 288));
/// for _ in 0..7 {
///     // Each lamp sends 20 messages at noon, else 2.
///     let noon = |step: u32| (144..156).contains(&(step % 288));
///     training.add_device((1..=14 * 288).map(|step| {
///         (at(step), Number::from(if noon(step) { 20 } else { 2 }))
///     }));
/// }
/// assert_eq!(training.points(), 28_224);
/// let model = training.finish().expect("there are datapoints");
/// let high = |step| model.band(at(step), ConfidenceLevel::High).high.get();
/// assert_eq!((high(150), high(200)), (27.0, 9.0));
/// ```
#[derive(Clone, Debug)]
pub struct Training {
    kind: ValueKind,
    until: Timestamp,
    slots: BTreeMap<Slot, Fleet>,
}

impl Training {
    /// How far back datapoints count: 14 days.
    pub const WINDOW: Duration = Duration::from_secs(14 * 86_400);

    /// Of no device yet. The datapoints of the 14 days up to `until` count, that of 14 days before
    /// not.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// // A target without things has no model.
    /// let nothing = Training::new(ValueKind::Whole, Timestamp::from_secs(0));
    /// assert_eq!(nothing.finish(), None);
    /// ```
    #[must_use]
    pub const fn new(kind: ValueKind, until: Timestamp) -> Self {
        Self {
            kind,
            until,
            slots: BTreeMap::new(),
        }
    }

    /// The datapoints of a device, in any order. All of them: those of a second call are another
    /// device's.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let mut training = Training::new(ValueKind::Any, Timestamp::from_secs(2_000_000));
    /// training.add_device([
    ///     (Timestamp::from_secs(2_000_000), Number::from(1)),
    ///     (Timestamp::from_secs(2_000_001), Number::from(2)), // is ahead
    ///     (Timestamp::from_secs(2_000_000 - 14 * 86_400), Number::from(3)), // is too old
    /// ]);
    /// assert_eq!(training.points(), 1);
    /// ```
    pub fn add_device(&mut self, points: impl IntoIterator<Item = (Timestamp, Number)>) {
        let mut values: BTreeMap<Slot, Vec<Number>> = BTreeMap::new();
        for (at, value) in points {
            if at <= self.until && self.until.saturating_since(at) < Self::WINDOW {
                for season in Season::ALL {
                    values.entry(Slot::of(*season, at)).or_default().push(value);
                }
            }
        }
        for (slot, values) in values {
            self.slots.entry(slot).or_default().add(values);
        }
    }

    /// Takes in the devices of the other, which must be others than its own. Kind and time of this
    /// one hold.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut north = Training::new(ValueKind::Any, now);
    /// let mut south = north.clone();
    /// north.add_device([(now, Number::from(1))]);
    /// south.add_device([(now, Number::from(2))]);
    /// north.merge(south);
    /// assert_eq!(north.points(), 2);
    /// ```
    pub fn merge(&mut self, other: Self) {
        for (slot, fleet) in other.slots {
            self.slots.entry(slot).or_default().merge(fleet);
        }
    }

    /// How many datapoints count so far.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let training = Training::new(ValueKind::Any, Timestamp::from_secs(0));
    /// assert_eq!(training.points(), 0);
    /// ```
    #[must_use]
    pub fn points(&self) -> u64 {
        self.slots.get(&Slot::ALL).map_or(0, Fleet::points)
    }

    /// The model; none of no datapoints. Whether they are enough for one is asked by
    /// [`ModelLifecycle`](super::ModelLifecycle).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Slot, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut training = Training::new(ValueKind::Any, now);
    /// training.add_device([(now, Number::from(7))]);
    /// let model = training.finish().unwrap();
    /// assert_eq!(model.at(now).0, Slot::ALL);
    /// ```
    #[must_use]
    pub fn finish(self) -> Option<Model> {
        let Self { kind, until, slots } = self;
        let mut all = None;
        let mut baselines = BTreeMap::new();
        for (slot, fleet) in slots {
            if slot == Slot::ALL {
                all = fleet.baseline(kind);
            } else if fleet.points() >= Slot::MIN_POINTS
                && let Some(baseline) = fleet.baseline(kind)
            {
                baselines.insert(slot, baseline);
            }
        }
        Some(Model::new(until, all?, baselines))
    }
}
