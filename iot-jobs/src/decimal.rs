//! Decimal fractions without rounding.

use core::fmt;

use alloc::string::ToString as _;
use serde_json::{Number, Value};

/// A number that is not negative, with at most `PLACES` decimals, held as a whole number of its
/// last decimal: no binary fraction comes near a rate or a threshold.
///
/// # Examples
///
/// ```
/// use iot_jobs::{IncrementFactor, Percentage};
/// use serde_json::json;
///
/// let factor = IncrementFactor::from_json(&json!(1.5)).unwrap();
/// assert_eq!(factor.units(), 15);
/// assert_eq!(factor.to_string(), "1.5");
/// assert_eq!(factor.to_json(), json!(1.5));
///
/// assert_eq!(Percentage::parse("10.9"), Some(Percentage::from_units(1_090)));
/// assert_eq!(Percentage::parse("10.999"), None); // a decimal too many
/// assert_eq!(Percentage::parse("-1"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal<const PLACES: u32>(u32);

/// `incrementFactor` of a rollout: one decimal.
///
/// # Examples
///
/// ```
/// use iot_jobs::IncrementFactor;
///
/// assert_eq!(IncrementFactor::parse("1.5"), Some(IncrementFactor::from_units(15)));
/// assert_eq!(IncrementFactor::parse("1.55"), None);
/// ```
pub type IncrementFactor = Decimal<1>;

/// `thresholdPercentage` of an abort criterion: two decimals.
///
/// # Examples
///
/// ```
/// use iot_jobs::Percentage;
///
/// assert_eq!(Percentage::parse("0.25"), Some(Percentage::from_units(25)));
/// ```
pub type Percentage = Decimal<2>;

impl<const PLACES: u32> Decimal<PLACES> {
    /// Units in one: 10 to the power of `PLACES`.
    pub const SCALE: u32 = 10_u32.pow(PLACES);

    /// So many units of the last decimal.
    #[must_use]
    pub const fn from_units(units: u32) -> Self {
        Self(units)
    }

    /// In units of the last decimal.
    #[must_use]
    pub const fn units(self) -> u32 {
        self.0
    }

    /// Reads digits, with a point between or without. Zeros at the end count for nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let fraction_digits = fraction.trim_end_matches('0');
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let places = u32::try_from(fraction_digits.len()).ok()?;
        let missing = PLACES.checked_sub(places)?;
        let units = match fraction_digits {
            "" => 0,
            digits => digits
                .parse::<u32>()
                .ok()?
                .checked_mul(10_u32.checked_pow(missing)?)?,
        };
        let whole = whole.parse::<u32>().ok()?;
        whole.checked_mul(Self::SCALE)?.checked_add(units).map(Self)
    }

    /// Reads a JSON number by the decimal digits that it is written with.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        // The shortest digits that give the same double: those that were written, up to 15.
        value
            .as_number()
            .map(Number::to_string)
            .as_deref()
            .and_then(Self::parse)
    }

    /// A JSON number, a whole one without a point.
    #[must_use]
    pub fn to_json(self) -> Value {
        if self.0.is_multiple_of(Self::SCALE) {
            return Value::from(self.0 / Self::SCALE);
        }
        // Both are whole and small, so that the quotient is the double nearest to the decimal,
        // which prints as the decimal.
        Value::from(f64::from(self.0) / f64::from(Self::SCALE))
    }
}

impl<const PLACES: u32> fmt::Display for Decimal<PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / Self::SCALE, self.0 % Self::SCALE);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        let width = PLACES as usize;
        let digits = alloc::format!("{fraction:0width$}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}
