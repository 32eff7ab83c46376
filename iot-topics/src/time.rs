//! An instant, as the caller tells it.

use core::time::Duration;

/// Milliseconds since the Unix epoch. The crates read no clock: `now` is an argument.
///
/// With the feature `serde` it is a whole number of milliseconds, as in the lifecycle events of
/// AWS IoT; the few fields that AWS writes in seconds convert with [`Timestamp::from_secs`].
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// assert_eq!(now.saturating_add(Duration::from_millis(1_500)).as_millis(), 1_700_000_001_500);
/// assert_eq!(Timestamp::from_millis(1_700_000_000_999).as_secs(), 1_700_000_000);
///
/// let earlier = now.saturating_sub(Duration::from_secs(60));
/// assert_eq!(now.saturating_since(earlier), Duration::from_secs(60));
/// assert_eq!(earlier.saturating_since(now), Duration::ZERO); // never negative
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Timestamp(u64);

impl Timestamp {
    /// From whole seconds since the Unix epoch; saturates.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000))
    }

    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The instant `duration` later, at most the last that can be told. Fractions of a
    /// millisecond are dropped. A deadline beyond that last instant becomes it, and so counts as
    /// over when `now` is that instant.
    #[must_use]
    pub const fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// The instant `duration` earlier, at least the Unix epoch. Fractions of a millisecond are
    /// dropped.
    #[must_use]
    pub const fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Whole milliseconds, saturating.
const fn millis(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_mul(1_000)
        .saturating_add(duration.subsec_millis() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates() {
        let last = Timestamp::from_millis(u64::MAX);
        assert_eq!(last.saturating_add(Duration::MAX), last);
        assert_eq!(last.saturating_sub(Duration::MAX), Timestamp::default());
        assert_eq!(Timestamp::from_secs(u64::MAX), last);
        assert_eq!(Timestamp::default().saturating_since(last), Duration::ZERO);
    }

    #[test]
    fn fractions_of_a_millisecond_are_dropped() {
        let start = Timestamp::from_millis(10);
        let step = Duration::new(1, 2_999_999);
        assert_eq!(start.saturating_add(step).as_millis(), 1_012);
        assert_eq!(start.saturating_add(step).saturating_sub(step), start);
        assert_eq!(Timestamp::from_millis(1_999).as_secs(), 1);
    }
}
