//! How long a client may be silent.

use core::time::Duration;

use crate::time::Timestamp;

/// The keep-alive time that AWS IoT Core uses for a connection, which may differ from the one
/// that the client asked for ("AWS IoT Core endpoints and quotas", connection inactivity).
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::Timestamp;
/// use iot_topics::lifecycle::KeepAlive;
///
/// let keep_alive = KeepAlive::requested(5);
/// assert_eq!(keep_alive.as_secs(), 30);
/// assert_eq!(keep_alive.timeout(), Duration::from_secs(45));
///
/// let last_packet = Timestamp::from_secs(1_000);
/// assert_eq!(keep_alive.deadline(last_packet), Timestamp::from_secs(1_045));
/// assert!(!keep_alive.is_timed_out(last_packet, Timestamp::from_millis(1_044_999)));
/// assert!(keep_alive.is_timed_out(last_packet, Timestamp::from_secs(1_045)));
/// assert_eq!(KeepAlive::requested(0), KeepAlive::MAX); // 20 minutes
/// assert_eq!(KeepAlive::requested_over_vpc_endpoint(0), KeepAlive::MAX_VPC_ENDPOINT);
/// assert_eq!(KeepAlive::requested_over_vpc_endpoint(5), KeepAlive::MIN);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeepAlive(u16);

impl KeepAlive {
    /// The least: what a client gets that asks for 1 to 29 seconds.
    pub const MIN: Self = Self(30);

    /// The most, and the default: what a client gets that asks for 0 or for more.
    pub const MAX: Self = Self(1_200);

    /// The most over a VPC endpoint.
    pub const MAX_VPC_ENDPOINT: Self = Self(230);

    /// What a client gets that sends `seconds` in CONNECT: 0 and more than 1,200 become 1,200,
    /// and 1 to 29 become 30.
    #[must_use]
    pub const fn requested(seconds: u16) -> Self {
        match seconds {
            0 => Self::MAX,
            1..=29 => Self::MIN,
            30..=1_200 => Self(seconds),
            _ => Self::MAX,
        }
    }

    /// As [`KeepAlive::requested`], for a connection over a VPC endpoint: never more than 230
    /// seconds.
    #[must_use]
    pub const fn requested_over_vpc_endpoint(seconds: u16) -> Self {
        let granted = Self::requested(seconds);
        if granted.0 > Self::MAX_VPC_ENDPOINT.0 {
            Self::MAX_VPC_ENDPOINT
        } else {
            granted
        }
    }

    /// The keep-alive time in seconds.
    #[must_use]
    pub const fn as_secs(self) -> u16 {
        self.0
    }

    /// The silence that ends the connection: 1.5 × the keep-alive time ("Lifecycle events",
    /// `MQTT_KEEP_ALIVE_TIMEOUT`).
    #[must_use]
    pub const fn timeout(self) -> Duration {
        Duration::from_millis(self.0 as u64 * 1_500)
    }

    /// When a connection times out whose client was last heard at `last_packet`.
    #[must_use]
    pub fn deadline(self, last_packet: Timestamp) -> Timestamp {
        last_packet.saturating_add(self.timeout())
    }

    /// Whether a connection has timed out whose client was last heard at `last_packet`. The
    /// deadline itself is too late.
    #[must_use]
    pub fn is_timed_out(self, last_packet: Timestamp, now: Timestamp) -> bool {
        now >= self.deadline(last_packet)
    }
}
