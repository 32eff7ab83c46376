//! How long a device waits for what.

use core::time::Duration;

/// How long an agent waits.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_jobs::AgentTimes;
///
/// let mut times = AgentTimes::default();
/// assert_eq!(times.least_pause, Duration::from_secs(10));
/// assert_eq!(times.most_pause, Duration::from_secs(640));
/// times.start_minutes = Some(30); // a device that dies must not block its job for ever
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentTimes {
    /// For the answer to a request, until it is given up. 10 seconds.
    pub answer: Duration,
    /// The shortest pause after a failed request. 10 seconds.
    pub least_pause: Duration,
    /// The longest one. Pauses double up to it, and are between half and all of what that gives.
    /// 640 seconds.
    pub most_pause: Duration,
    /// How often the service is asked when it tells nothing, so that a lost notification cannot
    /// hold up a job for longer; `None` for never. It is between half and all of this. A day, with
    /// which ten million things stay below the 200 writes in a second that an account has.
    pub poll: Option<Duration>,
    /// The step timer with which an execution starts, 1 to 10,080 minutes; `None` for that of the
    /// job alone. Without either, an execution whose device dies stays in progress for ever. A
    /// report of progress may set it anew.
    pub start_minutes: Option<u32>,
}

impl Default for AgentTimes {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            least_pause: Duration::from_secs(10),
            most_pause: Duration::from_secs(640),
            poll: Some(Duration::from_secs(24 * 60 * 60)),
            start_minutes: None,
        }
    }
}

impl AgentTimes {
    /// The pause after so many failures in a row, somewhere in the upper half of what it may be,
    /// as the seed says.
    pub(super) fn pause(&self, failures: u32, seed: u64) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.min(31));
        let whole = self
            .least_pause
            .saturating_mul(doubled)
            .min(self.most_pause.max(self.least_pause));
        upper_half(whole, seed).max(self.least_pause)
    }

    /// How long the service may be silent.
    pub(super) fn silence(&self, seed: u64) -> Option<Duration> {
        self.poll.map(|whole| upper_half(whole, seed))
    }
}

fn upper_half(whole: Duration, seed: u64) -> Duration {
    let half = whole / 2;
    let part = u32::try_from(mixed(seed) % u64::from(PARTS)).unwrap_or(0);
    half.saturating_add(half.saturating_mul(part) / PARTS)
}

/// How finely a pause is spread.
const PARTS: u32 = 1_024;

/// A number in which each bit of the seed counts (the finalizer of SplitMix64).
const fn mixed(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_in_their_bounds() {
        let times = AgentTimes::default();
        for failures in 0..100 {
            let whole = 10_u64.saturating_mul(1 << failures.min(20)).min(640);
            for seed in 0..50 {
                let pause = times.pause(failures, seed).as_millis();
                let least = u128::from(whole * 500).max(10_000);
                assert!(
                    (least..=u128::from(whole * 1_000)).contains(&pause),
                    "{failures} {pause}"
                );
            }
        }
    }

    #[test]
    fn seeds_spread_a_fleet() {
        let times = AgentTimes::default();
        let mut pauses: Vec<_> = (0..1_000).map(|seed| times.pause(6, seed)).collect();
        pauses.sort_unstable();
        assert!(pauses[100] < Duration::from_secs(370), "{:?}", pauses[100]);
        assert!(pauses[900] > Duration::from_secs(590), "{:?}", pauses[900]);
        pauses.dedup();
        assert!(pauses.len() > 500);
    }

    use alloc::vec::Vec;
}
