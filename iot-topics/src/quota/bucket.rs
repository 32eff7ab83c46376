//! The token bucket.

#[cfg(feature = "serde")]
mod wire;

use core::time::Duration;

use super::rate::Rate;
use crate::time::Timestamp;

/// A token bucket: it starts full with `burst` tokens and gains tokens at its rate until it is
/// full again. In any span of time t it gives at most burst + rate × t.
///
/// The arithmetic is exact, in whole numbers: a token's fractions are kept. Time never runs
/// backwards: an earlier `now` counts as the latest that [`Bucket::try_take`] has seen.
///
/// With the feature `serde` it can be kept over a restart: what is read back gives what was written
/// would have given.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::Timestamp;
/// use iot_topics::quota::{Bucket, Rate, RetryAfter};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut connects = Bucket::new(Rate::per_second(300), 300);
/// assert_eq!((connects.rate(), connects.burst()), (Rate::per_second(300), 300));
/// for _ in 0..300 {
///     connects.try_take(1, now)?;
/// }
/// // A token comes each 3⅓ ms.
/// let wait = RetryAfter::After(Duration::from_millis(4));
/// assert_eq!(connects.try_take(1, now), Err(wait));
/// let later = Timestamp::from_millis(1_700_000_000_100);
/// assert_eq!(connects.available(later), 30);
/// assert!(connects.check(30, later).is_ok()); // takes nothing
/// assert_eq!(connects.available(later), 30);
/// # Ok::<(), RetryAfter>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    rate: Rate,
    burst: u64,
    /// What is in the bucket, in tokens × milliseconds of the rate's period.
    // INVARIANT: at most burst × period.
    level: u128,
    latest: Timestamp,
}

/// A bucket gives nothing.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::Timestamp;
/// use iot_topics::quota::{Bucket, Rate, RetryAfter};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut bucket = Bucket::new(Rate::per_second(1), 2);
/// bucket.try_take(2, now)?;
/// let later = bucket.try_take(1, now).unwrap_err();
/// assert_eq!(later.duration(), Some(Duration::from_secs(1)));
/// let never = bucket.try_take(3, now).unwrap_err();
/// assert_eq!(never, RetryAfter::OverBurst { burst: 2 });
/// assert_eq!(never.duration(), None);
/// # Ok::<(), RetryAfter>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RetryAfter {
    /// After this time, counted from the `now` that was given, the same call succeeds if nobody
    /// else takes a token before.
    #[error("retry after {0:?}")]
    After(Duration),
    /// Never: more tokens are asked for than fit into the bucket.
    #[error("more than the burst of {burst}")]
    OverBurst {
        /// What fits.
        burst: u64,
    },
    /// Never: the rate is zero and too few tokens are left.
    #[error("the rate is zero")]
    NoRefill,
    /// Never: the tokens would not be there before the last instant that a [`Timestamp`] can tell,
    /// some 580 million years after the Unix epoch.
    #[error("not before time ends")]
    NotInTime,
}

impl RetryAfter {
    /// How long to wait; `None` if no waiting helps.
    #[must_use]
    pub const fn duration(self) -> Option<Duration> {
        match self {
            Self::After(wait) => Some(wait),
            Self::OverBurst { .. } | Self::NoRefill | Self::NotInTime => None,
        }
    }
}

impl Bucket {
    /// A full bucket that gains tokens at `rate` and holds `burst` of them.
    #[must_use]
    pub const fn new(rate: Rate, burst: u64) -> Self {
        Self {
            rate,
            burst,
            level: burst as u128 * rate.period_ms() as u128,
            latest: Timestamp::from_millis(0),
        }
    }

    /// A full bucket that holds as much as comes in one period of its rate.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::Timestamp;
    /// use iot_topics::quota::{Bucket, Rate};
    ///
    /// let a_minutes_worth = Bucket::of(Rate::per_minute(40));
    /// assert_eq!(a_minutes_worth.available(Timestamp::from_secs(1_700_000_000)), 40);
    /// ```
    #[must_use]
    pub const fn of(rate: Rate) -> Self {
        Self::new(rate, rate.tokens())
    }

    /// Takes `n` tokens, all or none.
    ///
    /// # Errors
    ///
    /// [`RetryAfter`] when there are not as many; no token is taken then.
    pub fn try_take(&mut self, n: u64, now: Timestamp) -> Result<(), RetryAfter> {
        self.level = self.level_at(now);
        self.latest = self.latest.max(now);
        self.level = self.after_taking(n, self.level, now)?;
        Ok(())
    }

    /// Whether [`Bucket::try_take`] would succeed; takes nothing.
    ///
    /// # Errors
    ///
    /// As [`Bucket::try_take`].
    pub fn check(&self, n: u64, now: Timestamp) -> Result<(), RetryAfter> {
        self.after_taking(n, self.level_at(now), now).map(drop)
    }

    /// How many whole tokens there are.
    #[must_use]
    pub fn available(&self, now: Timestamp) -> u64 {
        let tokens = self.level_at(now) / u128::from(self.rate.period_ms());
        u64::try_from(tokens).unwrap_or(self.burst)
    }

    /// The rate.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// How many tokens it holds.
    #[must_use]
    pub const fn burst(&self) -> u64 {
        self.burst
    }

    fn level_at(&self, now: Timestamp) -> u128 {
        let elapsed = now.as_millis().saturating_sub(self.latest.as_millis());
        let gained = u128::from(elapsed) * u128::from(self.rate.tokens());
        self.level
            .saturating_add(gained)
            .min(self.units(self.burst))
    }

    fn after_taking(&self, n: u64, level: u128, now: Timestamp) -> Result<u128, RetryAfter> {
        if n > self.burst {
            return Err(RetryAfter::OverBurst { burst: self.burst });
        }
        let wanted = self.units(n);
        if let Some(left) = level.checked_sub(wanted) {
            return Ok(left);
        }
        if self.rate.tokens() == 0 {
            return Err(RetryAfter::NoRefill);
        }
        let missing = (wanted - level).div_ceil(u128::from(self.rate.tokens()));
        // Tokens come from the latest instant seen on, which may lie ahead of `now`.
        let latest = self.latest.max(now).as_millis();
        let then = u64::try_from(missing)
            .ok()
            .and_then(|missing| latest.checked_add(missing))
            .ok_or(RetryAfter::NotInTime)?;
        let wait = Timestamp::from_millis(then).saturating_since(now);
        Err(RetryAfter::After(wait))
    }

    fn units(&self, tokens: u64) -> u128 {
        u128::from(tokens) * u128::from(self.rate.period_ms())
    }
}
