//! Rates, and how long a number of calls takes at one.

use core::time::Duration;

/// So many in a period; none is possible.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::Rate;
///
/// assert!(Rate::per_second(1) > Rate::per_minute(59));
/// assert_eq!(Rate::per_second(1), Rate::per_minute(60));
/// assert_eq!(Rate::per_minute(1_000).tokens(), 1_000);
/// assert_eq!(Rate::per_minute(1_000).period().as_secs(), 60);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    tokens: u64,
    // INVARIANT: at least 1.
    period_ms: u64,
}

impl Rate {
    /// So many a second.
    #[must_use]
    pub const fn per_second(tokens: u64) -> Self {
        Self {
            tokens,
            period_ms: 1_000,
        }
    }

    /// So many a minute.
    #[must_use]
    pub const fn per_minute(tokens: u64) -> Self {
        Self {
            tokens,
            period_ms: 60_000,
        }
    }

    /// How many there are in a period.
    #[must_use]
    pub const fn tokens(self) -> u64 {
        self.tokens
    }

    /// The period.
    #[must_use]
    pub const fn period(self) -> Duration {
        Duration::from_millis(self.period_ms)
    }

    pub(super) const fn period_ms(self) -> u64 {
        self.period_ms
    }

    /// The milliseconds after which `count` have come, rounded up; `None` if they never come or
    /// the figure is out of range.
    fn millis_for(self, count: u64) -> Option<u64> {
        if count == 0 {
            return Some(0);
        }
        let units = u128::from(count) * u128::from(self.period_ms);
        let millis = (self.tokens > 0).then(|| units.div_ceil(u128::from(self.tokens)))?;
        u64::try_from(millis).ok()
    }
}

/// Rates are equal if they give equally many in equal times.
impl PartialEq for Rate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rate {}

impl PartialOrd for Rate {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rate {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        let ours = u128::from(self.tokens) * u128::from(other.period_ms);
        let theirs = u128::from(other.tokens) * u128::from(self.period_ms);
        ours.cmp(&theirs)
    }
}

/// How long `count` calls take at `rate`, in milliseconds, rounded up. [`Duration::MAX`] if they
/// never end.
///
/// # Examples
///
/// To tell 300,000 devices something, one call each:
///
/// ```
/// use core::time::Duration;
/// use iot_topics::quota::{Rate, plan};
///
/// let with_sleep_of_a_second = plan(300_000, Rate::per_second(1));
/// assert_eq!(with_sleep_of_a_second, Duration::from_secs(300_000)); // 3.5 days
/// let as_a_job = plan(300_000, Rate::per_minute(1_000));
/// assert_eq!(as_a_job, Duration::from_secs(300 * 60));
/// ```
#[must_use]
pub fn plan(count: u64, rate: Rate) -> Duration {
    rate.millis_for(count)
        .map_or(Duration::MAX, Duration::from_millis)
}

/// When to make each of `count` calls, from the start of all: the first at once, all within
/// [`plan`].
///
/// A [`Bucket`](super::Bucket) of the same rate refuses none of them if its burst is at least one
/// more than the tokens that come in a millisecond, rounded up: calls bunch by that much, since
/// they are made at whole milliseconds.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::quota::{Rate, paced};
///
/// let calls: Vec<Duration> = paced(4, Rate::per_minute(40)).collect();
/// assert_eq!(calls, [0, 1_500, 3_000, 4_500].map(Duration::from_millis));
/// ```
#[must_use]
pub const fn paced(count: u64, rate: Rate) -> Paced {
    Paced {
        next: 0,
        count,
        rate,
    }
}

/// The times of calls at a steady rate: see [`paced`].
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::quota::{Rate, paced};
///
/// let mut calls = paced(3, Rate::per_second(2));
/// assert_eq!(calls.next(), Some(Duration::ZERO));
/// assert_eq!(calls.next(), Some(Duration::from_millis(500)));
/// assert_eq!(calls.next(), Some(Duration::from_millis(1_000)));
/// assert_eq!(calls.next(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Paced {
    next: u64,
    count: u64,
    rate: Rate,
}

impl Iterator for Paced {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        if self.next >= self.count {
            return None;
        }
        let at = plan(self.next, self.rate);
        self.next += 1;
        Some(at)
    }
}
