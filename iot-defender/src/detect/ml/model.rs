//! A model: the baselines of all slots.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::level::ByLevel;
use super::{Baseline, Explanation, Season, Slot};
use crate::detect::{Band, ConfidenceLevel, Number};

/// What is normal of a metric, hour by hour. [`Training`](super::Training) makes it.
///
/// **This is not the algorithm of AWS**, which is not published: it is a robust band around the
/// median of the fleet, a [`Baseline`] for each [`Slot`], and that one tells how it is made. What
/// surrounds it is as documented (developer guide, "ML Detect"): 14 days and 25,000 datapoints to
/// build it, a refresh each day, three confidence levels. [`ModelLifecycle`](super::ModelLifecycle)
/// has that.
///
/// With serde it is an object: `builtAt` in epoch milliseconds, and `baselines`, of which each has the
/// `season` and `hour` of its slot, how many `devices` and `points` it was learnt from, `median`,
/// `scaleBelow`, `scaleAbove`, and `bands` of a low and a high number for `LOW`, `MEDIUM` and
/// `HIGH`. Numbers come back with the same bits. What is read is a model: a slot that is missing, is
/// there twice or has too few points, and bands that do not hold each other, are errors.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ConfidenceLevel, Model, Number, Training, ValueKind};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(2_000_000);
/// let mut training = Training::new(ValueKind::Whole, now);
/// for value in [4, 5, 6] {
///     training.add_device([(now, Number::from(value))]);
/// }
/// let model = training.finish().unwrap();
/// assert_eq!(model.band(now, ConfidenceLevel::Low).high.get(), 5.0 + 3.5 * 1.0);
///
/// let text = serde_json::to_string(&model)?;
/// assert_eq!(serde_json::from_str::<Model>(&text)?, model);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    built_at: Timestamp,
    all: Baseline,
    /// Of the finer slots, those with enough points.
    baselines: BTreeMap<Slot, Baseline>,
}

impl Model {
    pub(super) const fn new(
        built_at: Timestamp,
        all: Baseline,
        baselines: BTreeMap<Slot, Baseline>,
    ) -> Self {
        Self {
            built_at,
            all,
            baselines,
        }
    }

    /// Up to when datapoints counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut training = Training::new(ValueKind::Whole, now);
    /// training.add_device([(now, Number::from(4))]);
    /// assert_eq!(training.finish().unwrap().built_at(), now);
    /// ```
    #[must_use]
    pub const fn built_at(&self) -> Timestamp {
        self.built_at
    }

    /// The finest slot of a time that has a baseline, and that. The cost is logarithmic in the slots.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Season, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut training = Training::new(ValueKind::Whole, now);
    /// for _ in 0..500 {
    ///     training.add_device([(now, Number::from(4))]);
    /// }
    /// let model = training.finish().unwrap();
    /// let (slot, baseline) = model.at(now);
    /// assert_eq!((slot.season(), baseline.points()), (Season::HourOfWeek, 500));
    /// ```
    #[must_use]
    pub fn at(&self, at: Timestamp) -> (Slot, &Baseline) {
        let mut slots = Season::ALL.iter().map(|season| Slot::of(*season, at));
        slots
            .find_map(|slot| Some((slot, self.baselines.get(&slot)?)))
            .unwrap_or((Slot::ALL, &self.all))
    }

    /// All baselines, from the finest season to the coarsest.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Slot, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut training = Training::new(ValueKind::Whole, now);
    /// training.add_device([(now, Number::from(4))]);
    /// let model = training.finish().unwrap();
    /// assert!(model.baselines().map(|(slot, _)| slot).eq([Slot::ALL]));
    /// ```
    pub fn baselines(&self) -> impl Iterator<Item = (Slot, &Baseline)> {
        let finer = self
            .baselines
            .iter()
            .map(|(slot, baseline)| (*slot, baseline));
        finer.chain([(Slot::ALL, &self.all)])
    }

    /// Between which values a datapoint of that time is normal.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ConfidenceLevel, Number, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut training = Training::new(ValueKind::Whole, now);
    /// training.add_device([(now, Number::from(10))]);
    /// let band = training.finish().unwrap().band(now, ConfidenceLevel::High);
    /// assert_eq!((band.low.get(), band.high.get()), (3.0, 17.0));
    /// ```
    #[must_use]
    pub fn band(&self, at: Timestamp, level: ConfidenceLevel) -> Band {
        self.at(at).1.band(level)
    }

    /// Why a datapoint alarms; none if it is normal.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ConfidenceLevel, Number, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut training = Training::new(ValueKind::Whole, now);
    /// training.add_device([(now, Number::from(10))]);
    /// let model = training.finish().unwrap();
    /// assert!(model.explain(now, Number::from(18), ConfidenceLevel::High).is_some());
    /// assert_eq!(model.explain(now, Number::from(17), ConfidenceLevel::High), None);
    /// ```
    #[must_use]
    pub fn explain(
        &self,
        at: Timestamp,
        value: Number,
        level: ConfidenceLevel,
    ) -> Option<Explanation<'_>> {
        let (slot, baseline) = self.at(at);
        Explanation::of(slot, baseline, value, level)
    }
}

/// A model as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ModelForm {
    built_at: Timestamp,
    baselines: Vec<BaselineForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BaselineForm {
    season: Season,
    hour: u8,
    devices: u64,
    points: u64,
    median: f64,
    scale_below: f64,
    scale_above: f64,
    bands: BandsForm,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE", deny_unknown_fields)]
struct BandsForm {
    low: [f64; 2],
    medium: [f64; 2],
    high: [f64; 2],
}

impl Serialize for Model {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = ModelForm {
            built_at: self.built_at,
            baselines: self.baselines().map(BaselineForm::of).collect(),
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = ModelForm::deserialize(deserializer)?;
        let mut all = None;
        let mut baselines = BTreeMap::new();
        for form in form.baselines {
            let (slot, baseline) = form.read().map_err(serde::de::Error::custom)?;
            let before = if slot == Slot::ALL {
                all.replace(baseline)
            } else {
                baselines.insert(slot, baseline)
            };
            if before.is_some() {
                return Err(serde::de::Error::custom("a slot has two baselines"));
            }
        }
        let all =
            all.ok_or_else(|| serde::de::Error::custom("there is no baseline of all hours"))?;
        Ok(Self::new(form.built_at, all, baselines))
    }
}

impl BaselineForm {
    fn of((slot, baseline): (Slot, &Baseline)) -> Self {
        let pair = |level| {
            let band = baseline.band(level);
            [band.low.get(), band.high.get()]
        };
        Self {
            season: slot.season(),
            hour: slot.hour(),
            devices: baseline.devices,
            points: baseline.points,
            median: baseline.median.get(),
            scale_below: baseline.below.get(),
            scale_above: baseline.above.get(),
            bands: BandsForm {
                low: pair(ConfidenceLevel::Low),
                medium: pair(ConfidenceLevel::Medium),
                high: pair(ConfidenceLevel::High),
            },
        }
    }

    fn read(self) -> Result<(Slot, Baseline), &'static str> {
        let slot = Slot::new(self.season, self.hour).ok_or("the season has no such hour")?;
        if self.devices == 0 || self.devices > self.points {
            return Err("a baseline needs at least one device, and a point of each");
        }
        if slot != Slot::ALL && self.points < Slot::MIN_POINTS {
            return Err("the slot has too few points");
        }
        let number = |number| Number::new(number).ok_or("a number must be finite");
        let (below, above) = (number(self.scale_below)?, number(self.scale_above)?);
        if below.is_negative() || above.is_negative() {
            return Err("a scale must not be negative");
        }
        let median = number(self.median)?;
        let band = |[low, high]: [f64; 2]| -> Result<Band, &'static str> {
            Ok(Band::new(number(low)?, number(high)?))
        };
        let low = band(self.bands.low)?;
        let medium = band(self.bands.medium)?;
        let high = band(self.bands.high)?;
        if !(low.contains(median) && holds(medium, low) && holds(high, medium)) {
            return Err("a band must hold the median and those of the levels before");
        }
        let baseline = Baseline {
            devices: self.devices,
            points: self.points,
            median,
            below,
            above,
            bands: ByLevel([low, medium, high]),
        };
        Ok((slot, baseline))
    }
}

/// Whether all that is normal by the second is normal by the first.
fn holds(outer: Band, inner: Band) -> bool {
    outer.contains(inner.low) && outer.contains(inner.high)
}
