//! Numbers of custom metrics.

use core::fmt;

use serde::{Serialize, Serializer};

/// A number of a custom metric, a percentile or a model: finite, so that all can be compared and put
/// in order. Minus zero is zero.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Number;
///
/// let low = Number::new(-0.5).expect("is finite");
/// assert!(low < Number::from(2_u32));
/// assert!(low.is_negative());
/// assert_eq!(low.get(), -0.5);
/// assert_eq!(Number::new(-0.0), Number::new(0.0));
/// assert_eq!(Number::new(f64::NAN), None);
/// assert_eq!(Number::from_count(7).to_string(), "7");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Number(f64);

impl Number {
    /// A number; `None` if it is infinite or not a number (NaN).
    #[must_use]
    pub const fn new(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        // Minus zero and zero are one.
        Some(Self(if number == 0.0 { 0.0 } else { number }))
    }

    /// The number nearest to a count: beyond 2^53 counts next to each other may be the same.
    #[must_use]
    pub const fn from_count(count: u64) -> Self {
        Self(count as f64)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0.0
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self(f64::from(number))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        // INVARIANT: finite and never minus zero, so that this is the order of the numbers.
        self.0.total_cmp(&other.0)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The largest whole number that is written as one: 2^53.
const WHOLE: f64 = 9_007_199_254_740_992.0;

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0 as i64;
        if whole as f64 == self.0 && (-WHOLE..=WHOLE).contains(&self.0) {
            return serializer.serialize_i64(whole);
        }
        serializer.serialize_f64(self.0)
    }
}
