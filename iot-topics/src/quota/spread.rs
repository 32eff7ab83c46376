//! Spreading a fleet's work over a window.

use core::time::Duration;

/// When, within `window`, the device `id` should do what the whole fleet does: reconnect, report,
/// renew. Always less than `window`, in whole milliseconds; zero for a window of less than one.
///
/// The same id and window always give the same slot, on every machine and in every version of
/// this crate. Different ids spread evenly, as if drawn at random, and neighbours such as
/// `sensor-1` and `sensor-2` fall far apart. It is no secret: whoever chooses ids can choose slots.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::quota::spread_slot;
///
/// let window = Duration::from_secs(3_600);
/// let slot = spread_slot("sensor-0042", window);
/// assert!(slot < window);
/// assert_eq!(slot, spread_slot("sensor-0042", window));
/// assert_ne!(slot, spread_slot("sensor-0043", window));
/// ```
#[must_use]
pub fn spread_slot(id: &str, window: Duration) -> Duration {
    let window_ms = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
    // The hash as a fraction of 2^64, times the window: the high half of the product.
    let product = u128::from(hash(id.as_bytes())) * u128::from(window_ms);
    let slot_ms = u64::try_from(product >> 64).unwrap_or_default();
    Duration::from_millis(slot_ms)
}

/// FNV-1a with 64 bits, then the finalizer of SplitMix64, since the high bits of FNV-1a alone
/// hardly change with the last byte.
fn hash(bytes: &[u8]) -> u64 {
    const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash = bytes.iter().fold(FNV_OFFSET, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME)
    });
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
