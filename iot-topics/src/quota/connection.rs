//! What one connection may do.

use core::time::Duration;

use super::bucket::{Bucket, RetryAfter};
use super::rate::Rate;
use super::table::Excess;
use crate::time::Timestamp;

/// The sizes and rates of one connection ("AWS IoT Core endpoints and quotas", message broker).
/// A KB is 1,024 bytes. Topic lengths are in [`Limits`](crate::Limits).
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{ConnectionLimits, SubscribeRefusal};
///
/// let limits = ConnectionLimits::AWS_IOT;
/// assert_eq!(limits.subscribe(0, 8), Ok(8));
/// assert_eq!(limits.subscribe(46, 8), Ok(4)); // the last four fail in SUBACK
/// assert_eq!(limits.subscribe(0, 9), Err(SubscribeRefusal::TooManyFilters { max: 8, got: 9 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ConnectionLimits {
    /// The most bytes of a client identifier.
    pub client_id_bytes: u64,
    /// The most bytes of a payload.
    pub payload_bytes: u64,
    /// The most bytes of an MQTT 5 packet.
    pub packet_bytes: u64,
    /// The most topic filters in a SUBSCRIBE.
    pub filters_per_subscribe: usize,
    /// The most subscriptions at a time.
    pub subscriptions: usize,
    /// The greatest topic alias.
    pub topic_aliases: u16,
    /// The most publishes a second, inbound and outbound together.
    pub publishes_per_second: u64,
    /// The most bytes a second, inbound and outbound together.
    pub bytes_per_second: u64,
    /// The most QoS 1 publishes in each direction that are not acknowledged.
    pub in_flight: u32,
    /// The most shadow requests of a thing that are not answered.
    pub shadow_in_flight: u32,
    /// How long a persistent session outlives its connection.
    pub session_expiry: Duration,
    /// How long a WebSocket connection lives.
    pub websocket_lifetime: Duration,
}

impl ConnectionLimits {
    /// AWS IoT Core, every Region.
    pub const AWS_IOT: Self = Self {
        client_id_bytes: 128,
        payload_bytes: 128 * 1_024,
        packet_bytes: 146 * 1_024,
        filters_per_subscribe: 8,
        subscriptions: 50,
        topic_aliases: 8,
        publishes_per_second: 100,
        bytes_per_second: 512 * 1_024,
        in_flight: 100,
        shadow_in_flight: 10,
        session_expiry: Duration::from_secs(3_600),
        websocket_lifetime: Duration::from_secs(86_400),
    };

    /// How many topic filters of a SUBSCRIBE with `filters` of them are granted, the first ones, to
    /// a connection that holds `held` subscriptions, not counting those that the packet renews.
    ///
    /// # Errors
    ///
    /// [`SubscribeRefusal::TooManyFilters`] when the packet alone has too many.
    pub const fn subscribe(&self, held: usize, filters: usize) -> Result<usize, SubscribeRefusal> {
        if filters > self.filters_per_subscribe {
            return Err(SubscribeRefusal::TooManyFilters {
                max: self.filters_per_subscribe,
                got: filters,
            });
        }
        let free = self.subscriptions.saturating_sub(held);
        Ok(if filters < free { filters } else { free })
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self::AWS_IOT
    }
}

/// Why a SUBSCRIBE is refused whole.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{ConnectionLimits, SubscribeRefusal};
///
/// let error = ConnectionLimits::AWS_IOT.subscribe(0, 9).unwrap_err();
/// assert_eq!(error, SubscribeRefusal::TooManyFilters { max: 8, got: 9 });
/// assert_eq!(error.to_string(), "9 topic filters in one SUBSCRIBE, the limit is 8");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SubscribeRefusal {
    /// More topic filters than one SUBSCRIBE may have.
    #[error("{got} topic filters in one SUBSCRIBE, the limit is {max}")]
    TooManyFilters {
        /// The limit.
        max: usize,
        /// The topic filters in the packet.
        got: usize,
    },
}

/// The way of a publish.
///
/// # Examples
///
/// ```
/// use iot_topics::Timestamp;
/// use iot_topics::quota::{ConnectionLimits, ConnectionMeter, Direction, Publish, Verdict};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut connection = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
/// let delivery = Publish { direction: Direction::Outbound, qos_1: true, bytes: 200 };
/// assert_eq!(connection.publish(delivery, now), Verdict::Passed);
/// // Each direction has its own window of acknowledgements.
/// assert_eq!(connection.in_flight(Direction::Outbound), 1);
/// assert_eq!(connection.in_flight(Direction::Inbound), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there are two ways")]
pub enum Direction {
    /// From the client.
    Inbound,
    /// To the client.
    Outbound,
}

/// A publish on a connection.
///
/// # Examples
///
/// ```
/// use iot_topics::Timestamp;
/// use iot_topics::quota::{ConnectionLimits, ConnectionMeter, Direction, Publish, Verdict};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut connection = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
/// let large = Publish { direction: Direction::Inbound, qos_1: false, bytes: 512 * 1_024 + 1 };
/// assert_eq!(connection.publish(large, now), Verdict::Refused); // never passes in a second
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers build it from the packet they have"
)]
pub struct Publish {
    /// Its way.
    pub direction: Direction,
    /// Whether it waits for an acknowledgement: QoS 1.
    pub qos_1: bool,
    /// The bytes of the packet.
    pub bytes: u64,
}

/// What becomes of a publish.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::quota::{Excess, Verdict};
///
/// assert_eq!(Verdict::Passed.excess(), None);
/// assert_eq!(Verdict::Delayed(Duration::from_millis(250)).excess(), Some(Excess::Delayed));
/// assert_eq!(Verdict::AwaitsAck.excess(), Some(Excess::Delayed));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "callers must face each outcome")]
pub enum Verdict {
    /// It is processed now.
    Passed,
    /// It is processed after this time: offer it again then. Nothing is counted yet.
    Delayed(Duration),
    /// A delivery that waits for an acknowledgement of the client: offer it again after the next
    /// one. Nothing is counted yet.
    AwaitsAck,
    /// It is discarded; its bytes are counted.
    Dropped,
    /// It is not accepted: a client's publish while too many wait for an acknowledgement, whose
    /// bytes are counted; or one of either way that is larger than what passes in a second.
    Refused,
}

impl Verdict {
    /// What the verdict is in the words of the quotas; `None` for a publish that is within them.
    #[must_use]
    pub const fn excess(self) -> Option<Excess> {
        match self {
            Self::Passed => None,
            Self::Delayed(_) | Self::AwaitsAck => Some(Excess::Delayed),
            Self::Dropped => Some(Excess::Dropped),
            Self::Refused => Some(Excess::Refused),
        }
    }
}

/// Counts what goes over one connection.
///
/// A delivery of QoS 1 that must wait for an acknowledgement counts for nothing until it is sent.
/// Else bytes come first, since all data is read; then the acknowledgements outstanding; then the
/// rate of publishes. Each rate's bucket holds one second's tokens.
///
/// # Examples
///
/// ```
/// use iot_topics::Timestamp;
/// use iot_topics::quota::{ConnectionLimits, ConnectionMeter, Direction, Publish, Verdict};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut connection = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
/// let publish = Publish { direction: Direction::Inbound, qos_1: false, bytes: 200 };
/// for _ in 0..100 {
///     assert_eq!(connection.publish(publish, now), Verdict::Passed);
/// }
/// assert_eq!(connection.publish(publish, now), Verdict::Dropped);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionMeter {
    publishes: Bucket,
    bytes: Bucket,
    max_in_flight: u32,
    inbound: u32,
    outbound: u32,
}

impl ConnectionMeter {
    /// A new connection.
    #[must_use]
    pub const fn new(limits: ConnectionLimits) -> Self {
        Self {
            publishes: Bucket::of(Rate::per_second(limits.publishes_per_second)),
            bytes: Bucket::of(Rate::per_second(limits.bytes_per_second)),
            max_in_flight: limits.in_flight,
            inbound: 0,
            outbound: 0,
        }
    }

    /// Counts a publish, and tells what becomes of it.
    pub fn publish(&mut self, publish: Publish, now: Timestamp) -> Verdict {
        let full = publish.qos_1 && self.in_flight(publish.direction) >= self.max_in_flight;
        if full && publish.direction == Direction::Outbound {
            return Verdict::AwaitsAck;
        }
        match self.bytes.try_take(publish.bytes, now) {
            Ok(()) => {}
            Err(RetryAfter::After(wait)) => return Verdict::Delayed(wait),
            Err(_) => return Verdict::Refused,
        }
        if full {
            return Verdict::Refused;
        }
        if self.publishes.try_take(1, now).is_err() {
            return Verdict::Dropped;
        }
        if publish.qos_1 {
            *self.in_flight_mut(publish.direction) += 1;
        }
        Verdict::Passed
    }

    /// Counts a PUBACK for a publish of this direction; `false` if none was outstanding.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::Timestamp;
    /// use iot_topics::quota::{ConnectionLimits, ConnectionMeter, Direction, Publish, Verdict};
    ///
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let mut limits = ConnectionLimits::AWS_IOT;
    /// limits.in_flight = 1;
    /// let mut connection = ConnectionMeter::new(limits);
    /// let delivery = Publish { direction: Direction::Outbound, qos_1: true, bytes: 200 };
    /// assert_eq!(connection.publish(delivery, now), Verdict::Passed);
    /// assert_eq!(connection.publish(delivery, now), Verdict::AwaitsAck);
    /// assert!(connection.acknowledge(Direction::Outbound));
    /// assert_eq!(connection.publish(delivery, now), Verdict::Passed);
    /// assert!(!connection.acknowledge(Direction::Inbound)); // nothing was outstanding
    /// ```
    pub fn acknowledge(&mut self, direction: Direction) -> bool {
        let in_flight = self.in_flight_mut(direction);
        let outstanding = *in_flight > 0;
        *in_flight = in_flight.saturating_sub(1);
        outstanding
    }

    /// How many QoS 1 publishes of this direction are not acknowledged.
    #[must_use]
    pub const fn in_flight(&self, direction: Direction) -> u32 {
        match direction {
            Direction::Inbound => self.inbound,
            Direction::Outbound => self.outbound,
        }
    }

    const fn in_flight_mut(&mut self, direction: Direction) -> &mut u32 {
        match direction {
            Direction::Inbound => &mut self.inbound,
            Direction::Outbound => &mut self.outbound,
        }
    }
}
