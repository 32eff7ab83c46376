//! A share as the console shows it.

use core::fmt;

/// A share in percent, with one decimal, rounded half up.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::Percent;
///
/// assert_eq!(Percent::of(5, 6).map(Percent::tenths), Some(833));
/// assert_eq!(Percent::of(1, 3).unwrap().to_string(), "33.3");
/// assert_eq!(Percent::of(0, 0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent {
    tenths: u128,
}

impl Percent {
    /// So many of so many; `None` of nothing.
    #[must_use]
    pub const fn of(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 {
            return None;
        }
        // Neither product nor sum comes near the end of the range.
        let (part, whole) = (part as u128, whole as u128);
        let tenths = (part * 2_000 + whole) / (whole * 2);
        Some(Self { tenths })
    }

    /// In tenths of a percent.
    #[must_use]
    pub const fn tenths(self) -> u128 {
        self.tenths
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.tenths / 10, self.tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_up() {
        for (part, whole, tenths) in [
            (0, 7, 0),
            (7, 7, 1_000),
            (1, 2_000, 1),
            (1, 2_001, 0),
            (2, 3, 667),
            (u64::MAX, u64::MAX, 1_000),
        ] {
            assert_eq!(Percent::of(part, whole).map(Percent::tenths), Some(tenths));
        }
    }
}
