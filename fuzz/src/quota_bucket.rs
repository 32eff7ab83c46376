//! The token bucket.

use core::time::Duration;

use iot_topics::Timestamp;
use iot_topics::quota::{Bucket, Rate, RetryAfter};

use crate::input::Bytes;

/// A rate and a burst, then calls: each waits a while and asks for some tokens.
///
/// In no span of time does the bucket give more than burst + rate × t. What it says about waiting
/// is so: after that time the same call succeeds, a millisecond earlier it does not.
pub fn quota_bucket(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let (unit, tokens, burst) = (bytes.byte(), bytes.number(), bytes.number());
    let (rate, period) = match unit {
        b'm' => (Rate::per_minute(tokens), 60_000),
        _ => (Rate::per_second(tokens), 1_000),
    };
    let mut bucket = Bucket::new(rate, burst);
    let mut now = bytes.number();
    let mut given: Vec<(u64, u64)> = Vec::new();
    while !bytes.is_empty() && given.len() < MAX_CALLS {
        now = now.saturating_add(bytes.number());
        let n = bytes.number();
        let at = Timestamp::from_millis(now);

        let available = bucket.available(at);
        assert!(available <= burst);
        let before = bucket.clone();
        let answer = bucket.try_take(n, at);
        assert_eq!(before.check(n, at), answer);
        assert_eq!(answer.is_ok(), n <= available);
        match answer {
            Ok(()) => {
                assert_eq!(bucket.available(at), available - n);
                given.push((now, n));
                never_more(&given, rate, period, burst);
            }
            Err(RetryAfter::After(wait)) => waits(&before, n, at, wait),
            Err(RetryAfter::OverBurst { burst: most }) => assert!(most == burst && n > burst),
            Err(RetryAfter::NoRefill) => {
                assert_eq!(rate.tokens(), 0);
                assert!(before.check(n, END).is_err());
            }
            Err(RetryAfter::NotInTime) => {
                assert!(rate.tokens() > 0 && n <= burst);
                assert!(before.check(n, END).is_err());
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// The last instant that can be told.
const END: Timestamp = Timestamp::from_millis(u64::MAX);

/// Each new call looks back at all the others.
const MAX_CALLS: usize = 256;

/// Over each span that ends now.
fn never_more(given: &[(u64, u64)], rate: Rate, period: u64, burst: u64) {
    let Some((end, _)) = given.last() else { return };
    let mut taken = 0;
    for (start, n) in given.iter().rev() {
        taken += u128::from(*n) * u128::from(period);
        let gained = u128::from(end - start) * u128::from(rate.tokens());
        let most = (u128::from(burst) * u128::from(period)).saturating_add(gained);
        assert!(taken <= most, "{given:?} {rate:?} burst {burst}");
    }
}

fn waits(bucket: &Bucket, n: u64, at: Timestamp, wait: Duration) {
    assert!(!wait.is_zero());
    assert_eq!(bucket.check(n, at.saturating_add(wait)), Ok(()));
    let earlier = at.saturating_add(wait - Duration::from_millis(1));
    assert!(bucket.check(n, earlier).is_err());
}
