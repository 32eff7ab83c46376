//! What is normal in one slot: what all devices make of it.

mod bytes;

use alloc::vec::Vec;

use super::device::{DeviceBaseline, finite};
use super::level::{ByLevel, LEVELS};
use crate::detect::{Band, ConfidenceLevel, Number, Quantile, nearest_rank};

/// Where a quarter of a normal distribution begins, in standard deviations.
const Z_75: f64 = 0.674_5;
const P75: Quantile = Quantile::of(7_500);
/// The least scale, in shares of the median.
const FLOOR: f64 = 0.05;

/// Whether a metric has whole numbers only, of which one more or less is nothing.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Baseline, Number, ValueKind};
///
/// let zeros = [[Number::from(0); 20]];
/// assert_eq!(Baseline::train(ValueKind::Whole, &zeros).unwrap().scale_above(), Number::from(1));
/// assert_eq!(Baseline::train(ValueKind::Any, &zeros).unwrap().scale_above(), Number::from(0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a metric counts, or measures")]
pub enum ValueKind {
    /// Whole numbers: all metrics of AWS.
    Whole,
    /// Any numbers: custom metrics.
    Any,
}

impl ValueKind {
    const fn floor(self) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Any => 0.0,
        }
    }
}

/// What is normal in one slot, and what that was learnt from.
///
/// # How it is made
///
/// **This is not the algorithm of AWS**, which is not published.
///
/// 1. The datapoints of the last 14 days are put into [`Slot`](super::Slot)s: each hour of the week, each hour
///    of the day, and all. A datapoint is judged by the finest of its slots that has
///    [`Slot::MIN_POINTS`](super::Slot::MIN_POINTS) of them.
/// 2. In a slot each device with [`Baseline::MIN_DEVICE_POINTS`] of them has a median, a spread above
///    and a spread below it: 1.4826 times the median distance of the values on that side, or the
///    distance of its 90 % (10 %) quantile divided by 1.2816, whichever is larger. Both are the
///    standard deviation if the values are normally distributed. Other devices are pooled.
/// 3. The fleet has the median of the medians; and as its scale above (below) the median of the
///    spreads, the distance of the 75 % (25 %) quantile of the medians divided by 0.6745, or a
///    floor, whichever is largest. The floor is 5 % of the median, and 1 if values are whole.
/// 4. The upper limit is the median and so many scales, or what half of the devices reach with a
///    quantile of their own, whichever is higher; the lower is mirrored. The scales and quantiles
///    are 3.5 and 99 % for `LOW`, 5 and 99.9 % for `MEDIUM`, 7 and 99.99 % for `HIGH`.
///
/// Median and median distance, and the cut at 3.5, are those of Iglewicz and Hoaglin (How to detect
/// and handle outliers, 1993) and of Leys and others (Detecting outliers, 2013). One scale for each
/// side is for skewed metrics. The quantiles admit bursts that most devices show. As everything is
/// a median over devices, a quarter of them may be compromised while the model learns, and half as
/// far as only the median is concerned. Only sorting and `+ - * / max` is used, so that a model has the same
/// bits on any machine, and the order of the devices does not matter.
///
/// # Examples
///
/// Five of twenty devices are compromised while the model learns, and do not move it:
///
/// ```
/// use iot_defender::detect::{Baseline, ConfidenceLevel, Number, ValueKind};
///
/// let device = |value: u32| vec![Number::from(value); 100];
/// let devices: Vec<_> = (0..20).map(|n| device(if n < 15 { 10 } else { 1_000 })).collect();
/// let baseline = Baseline::train(ValueKind::Whole, &devices).unwrap();
/// assert_eq!(baseline.median(), Number::from(10));
/// assert_eq!(baseline.band(ConfidenceLevel::Medium).high, Number::from(15));
/// assert_eq!((baseline.devices(), baseline.points()), (20, 2_000));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    pub(super) devices: u64,
    pub(super) points: u64,
    pub(super) median: Number,
    pub(super) below: Number,
    pub(super) above: Number,
    /// Each holds those before it, and all the median.
    pub(super) bands: ByLevel<Band>,
}

impl Baseline {
    /// How many values of a device make it count by itself.
    pub const MIN_DEVICE_POINTS: usize = 20;

    /// That of the values of devices; none of no values. The order of neither matters.
    ///
    /// Devices with fewer than [`Baseline::MIN_DEVICE_POINTS`] values are pooled: together they count as
    /// one device, if they have so many values, or if there is no other.
    ///
    /// Each device's values are sorted: the cost is `n log n`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Baseline, Number, ValueKind};
    ///
    /// let few = [[Number::from(1)], [Number::from(2)], [Number::from(3)]];
    /// let baseline = Baseline::train(ValueKind::Whole, &few).unwrap();
    /// assert_eq!(baseline.median(), Number::from(2));
    /// assert_eq!(baseline.devices(), 3);
    /// let none: [Vec<Number>; 0] = [];
    /// assert_eq!(Baseline::train(ValueKind::Whole, &none), None);
    /// ```
    #[must_use]
    pub fn train<D: AsRef<[Number]>>(kind: ValueKind, devices: &[D]) -> Option<Self> {
        let mut fleet = Fleet::default();
        for values in devices {
            fleet.add(values.as_ref().to_vec());
        }
        fleet.baseline(kind)
    }

    /// Between which values the metric is normal.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Baseline, ConfidenceLevel, Number, ValueKind};
    ///
    /// let baseline = Baseline::train(ValueKind::Whole, &[[Number::from(10); 20]]).unwrap();
    /// let band = baseline.band(ConfidenceLevel::Low);
    /// assert_eq!((band.low.get(), band.high.get()), (6.5, 13.5));
    /// ```
    #[must_use]
    pub const fn band(&self, level: ConfidenceLevel) -> Band {
        *self.bands.get(level)
    }

    /// The median of the devices' medians.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Baseline, Number, ValueKind};
    ///
    /// let baseline = Baseline::train(ValueKind::Whole, &[[Number::from(10); 20]]).unwrap();
    /// assert_eq!(baseline.median(), Number::from(10));
    /// ```
    #[must_use]
    pub const fn median(&self) -> Number {
        self.median
    }

    /// How far values spread below the median, as a standard deviation.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Baseline, Number, ValueKind};
    ///
    /// let baseline = Baseline::train(ValueKind::Whole, &[[Number::from(1_000); 20]]).unwrap();
    /// assert_eq!(baseline.scale_below(), Number::from(50)); // the floor
    /// ```
    #[must_use]
    pub const fn scale_below(&self) -> Number {
        self.below
    }

    /// How far values spread above the median, as a standard deviation.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Baseline, Number, ValueKind};
    ///
    /// let baseline = Baseline::train(ValueKind::Whole, &[[Number::from(1_000); 20]]).unwrap();
    /// assert_eq!(baseline.scale_above(), Number::from(50)); // the floor
    /// ```
    #[must_use]
    pub const fn scale_above(&self) -> Number {
        self.above
    }

    /// How many devices had values.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Baseline, Number, ValueKind};
    ///
    /// let baseline = Baseline::train(ValueKind::Whole, &[[Number::from(10); 20]; 3]).unwrap();
    /// assert_eq!(baseline.devices(), 3);
    /// ```
    #[must_use]
    pub const fn devices(&self) -> u64 {
        self.devices
    }

    /// How many values there were.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Baseline, Number, ValueKind};
    ///
    /// let baseline = Baseline::train(ValueKind::Whole, &[[Number::from(10); 20]; 3]).unwrap();
    /// assert_eq!(baseline.points(), 60);
    /// ```
    #[must_use]
    pub const fn points(&self) -> u64 {
        self.points
    }
}

/// The devices of a slot while they come in.
#[derive(Clone, Debug, Default)]
pub(super) struct Fleet {
    devices: u64,
    points: u64,
    baselines: Vec<DeviceBaseline>,
    /// The values of devices that have too few of them.
    pool: Vec<Number>,
}

impl Fleet {
    /// The values of one device.
    pub(super) fn add(&mut self, mut values: Vec<Number>) {
        if values.is_empty() {
            return;
        }
        self.devices += 1;
        self.points += values.len() as u64;
        if values.len() < Baseline::MIN_DEVICE_POINTS {
            self.pool.append(&mut values);
        } else {
            self.baselines.extend(DeviceBaseline::of(&mut values));
        }
    }

    /// Other devices.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.devices = self.devices.saturating_add(other.devices);
        // Of bytes that anybody may write.
        self.points = self.points.saturating_add(other.points);
        self.baselines.append(&mut other.baselines);
        self.pool.append(&mut other.pool);
    }

    pub(super) const fn points(&self) -> u64 {
        self.points
    }

    pub(super) fn baseline(mut self, kind: ValueKind) -> Option<Baseline> {
        if self.baselines.is_empty() || self.pool.len() >= Baseline::MIN_DEVICE_POINTS {
            self.baselines.extend(DeviceBaseline::of(&mut self.pool));
        }
        let mut row = Vec::with_capacity(self.baselines.len());
        let mut over_devices = |of: &dyn Fn(&DeviceBaseline) -> Number, quantile| {
            row.clear();
            row.extend(self.baselines.iter().map(of));
            nearest_rank(&mut row, quantile).map(Number::get)
        };
        let median = over_devices(&|device| device.median, Quantile::MEDIAN)?;
        let floor = f64::max(kind.floor(), FLOOR * median.abs());
        let far = over_devices(&|device| device.median, P75)? - median;
        let near = over_devices(&|device| device.above, Quantile::MEDIAN)?;
        let above = near.max(far / Z_75).max(floor);
        let far = median - over_devices(&|device| device.median, P75.mirrored())?;
        let near = over_devices(&|device| device.below, Quantile::MEDIAN)?;
        let below = near.max(far / Z_75).max(floor);

        let mut bands = [Band::new(Number::new(median)?, Number::new(median)?); LEVELS.len()];
        for (at, (level, band)) in LEVELS.iter().zip(&mut bands).enumerate() {
            let guard = |device: &DeviceBaseline| device.guards.get(at).copied();
            let low = over_devices(&|d| guard(d).map_or(d.median, |g| g.0), Quantile::MEDIAN)?;
            let high = over_devices(&|d| guard(d).map_or(d.median, |g| g.1), Quantile::MEDIAN)?;
            *band = Band::new(
                finite(f64::min(median - level.scales * below, low))?,
                finite(f64::max(median + level.scales * above, high))?,
            );
        }
        Some(Baseline {
            devices: self.devices,
            points: self.points,
            median: Number::new(median)?,
            below: finite(below)?,
            above: finite(above)?,
            bands: ByLevel(bands),
        })
    }
}
