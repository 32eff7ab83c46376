//! Why a datapoint alarms.

use alloc::format;
use core::fmt;

use super::level::LEVELS;
use super::{Baseline, Slot};
use crate::detect::{Band, ConfidenceLevel, Number};

/// Why a datapoint alarms, with all numbers; `Display` makes a sentence of it.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ConfidenceLevel, Number, Training, ValueKind};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_573_786_800);
/// let mut training = Training::new(ValueKind::Whole, now);
/// for device in 0..600_u32 {
///     training.add_device([(now, Number::from(device % 11))]);
/// }
/// let model = training.finish().unwrap();
/// let why = model.explain(now, Number::from(30), ConfidenceLevel::Medium).unwrap();
/// assert_eq!(
///     why.to_string(),
///     "30 is above 20.61, the upper limit of MEDIUM confidence on Fridays 03:00 to 04:00 UTC: \
///      the median of 600 datapoints of 600 devices is 5, and the limit 5 scales of 3.121 above it",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation<'a> {
    slot: Slot,
    baseline: &'a Baseline,
    value: Number,
    level: ConfidenceLevel,
}

impl<'a> Explanation<'a> {
    /// None if the value is normal.
    pub(super) fn of(
        slot: Slot,
        baseline: &'a Baseline,
        value: Number,
        level: ConfidenceLevel,
    ) -> Option<Self> {
        (!baseline.band(level).contains(value)).then_some(Self {
            slot,
            baseline,
            value,
            level,
        })
    }

    /// The slot that the datapoint was judged by.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_defender::detect::{ConfidenceLevel, Number, Training, ValueKind};
    /// # use iot_topics::Timestamp;
    /// # let now = Timestamp::from_secs(0);
    /// # let mut training = Training::new(ValueKind::Whole, now);
    /// # training.add_device([(now, Number::from(10))]);
    /// # let model = training.finish().unwrap();
    /// let why = model.explain(now, Number::from(99), ConfidenceLevel::High).unwrap();
    /// assert_eq!(why.slot().to_string(), "any day");
    /// ```
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    /// The baseline of the slot.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_defender::detect::{ConfidenceLevel, Number, Training, ValueKind};
    /// # use iot_topics::Timestamp;
    /// # let now = Timestamp::from_secs(0);
    /// # let mut training = Training::new(ValueKind::Whole, now);
    /// # training.add_device([(now, Number::from(10))]);
    /// # let model = training.finish().unwrap();
    /// let why = model.explain(now, Number::from(99), ConfidenceLevel::High).unwrap();
    /// assert_eq!(why.baseline().median(), Number::from(10));
    /// ```
    #[must_use]
    pub const fn baseline(&self) -> &'a Baseline {
        self.baseline
    }

    /// The value of the datapoint.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_defender::detect::{ConfidenceLevel, Number, Training, ValueKind};
    /// # use iot_topics::Timestamp;
    /// # let now = Timestamp::from_secs(0);
    /// # let mut training = Training::new(ValueKind::Whole, now);
    /// # training.add_device([(now, Number::from(10))]);
    /// # let model = training.finish().unwrap();
    /// let why = model.explain(now, Number::from(99), ConfidenceLevel::High).unwrap();
    /// assert_eq!(why.value(), Number::from(99));
    /// ```
    #[must_use]
    pub const fn value(&self) -> Number {
        self.value
    }

    /// The limits that it is not between.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_defender::detect::{ConfidenceLevel, Number, Training, ValueKind};
    /// # use iot_topics::Timestamp;
    /// # let now = Timestamp::from_secs(0);
    /// # let mut training = Training::new(ValueKind::Whole, now);
    /// # training.add_device([(now, Number::from(10))]);
    /// # let model = training.finish().unwrap();
    /// let why = model.explain(now, Number::from(99), ConfidenceLevel::High).unwrap();
    /// assert_eq!(why.band().high, Number::from(17));
    /// ```
    #[must_use]
    pub const fn band(&self) -> Band {
        self.baseline.band(self.level)
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            slot,
            baseline,
            value,
            level,
        } = self;
        let band = self.band();
        let is_high = *value > band.high;
        let (limit, scale, side, end) = if is_high {
            (band.high, baseline.above, "above", "upper")
        } else {
            (band.low, baseline.below, "below", "lower")
        };
        let (devices, points, median) = (baseline.devices, baseline.points, baseline.median);
        write!(
            f,
            "{value} is {side} {}, the {end} limit of {level} confidence on {slot}: the median of \
             {points} datapoints of {devices} devices is {}, and the limit ",
            Short(limit, *value),
            Short(median, *value),
        )?;
        let Some(far) = LEVELS.iter().find(|other| other.name == *level) else {
            return Ok(());
        };
        let by_scale = if is_high {
            median.get() + far.scales * scale.get()
        } else {
            median.get() - far.scales * scale.get()
        };
        if by_scale == limit.get() {
            let scale = Short(scale, *value);
            return write!(f, "{} scales of {scale} {side} it", far.scales);
        }
        let share = if is_high {
            far.guard
        } else {
            far.guard.mirrored()
        };
        let percent = f64::from(share.ten_thousandths()) / 100.0;
        write!(
            f,
            "what half of the devices reach with a {percent} % quantile of their own"
        )
    }
}

/// A number with four digits, unless it would then be on the other side of the second.
struct Short(Number, Number);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number, other) = self;
        let short = format!("{:.3e}", number.get());
        let short = short.parse().ok().and_then(Number::new);
        match short {
            Some(short) if short.cmp(other) == number.cmp(other) => short.fmt(f),
            _ => number.fmt(f),
        }
    }
}
