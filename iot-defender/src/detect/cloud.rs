//! What the cloud sees of devices: events of brokers, counted in steps of five minutes.
//!
//! Each gateway has a [`CloudCollector`] and tells it what happens. At the end of a step it gives a
//! [`StepPart`]; the parts of all gateways, merged in whatever order, give the datapoints of the
//! fleet. Parts are written as text, so that the merge can be done anywhere.
//!
//! A metric can be counted for a [dimension](super::Dimension): then the topic of a message decides
//! whether it counts. Each dimension and operator is a scope of the collector.
//!
//! Sources: developer guide, "Cloud-side metrics", "Scoping metrics in security profiles using
//! dimensions".

mod collector;
mod part;
mod snapshot;
mod sources;
mod tally;
mod wire;

use core::net::IpAddr;

use iot_topics::TopicNameRef;

pub use self::collector::{CloudCollector, StepIsOver};
pub use self::part::{CloudDatapoint, MergeError, StepPart};
pub use self::wire::StepPartError;

/// What a broker sees of a device, and from where.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{CloudEvent, Observation};
///
/// let seen = Observation::new("lamp-7", CloudEvent::ConnectAttempt)
///     .from("192.0.2.7".parse().unwrap());
/// assert_eq!(seen.device, "lamp-7");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// The thing, or the client id of a device that is in no registry.
    pub device: &'a str,
    /// What happened.
    pub event: CloudEvent<'a>,
    /// The address of the device, if it is known. An IPv4 address that is written as an IPv6 one
    /// counts as the IPv4 address.
    pub source: Option<IpAddr>,
}

impl<'a> Observation<'a> {
    /// An event of a device, from an unknown address.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CloudEvent, Observation};
    ///
    /// assert_eq!(Observation::new("lamp-7", CloudEvent::Connected).source, None);
    /// ```
    #[must_use]
    pub const fn new(device: &'a str, event: CloudEvent<'a>) -> Self {
        Self {
            device,
            event,
            source: None,
        }
    }

    /// The same from that address.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CloudEvent, Observation};
    ///
    /// let address = "2001:db8::7".parse().unwrap();
    /// let seen = Observation::new("lamp-7", CloudEvent::Connected).from(address);
    /// assert_eq!(seen.source, Some(address));
    /// ```
    #[must_use]
    pub const fn from(mut self, source: IpAddr) -> Self {
        self.source = Some(source);
        self
    }
}

/// What a broker sees of a device. "Sent" and "received" are the device's, as in the names of the
/// metrics.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::CloudEvent;
/// use iot_topics::TopicNameRef;
///
/// let topic = TopicNameRef::parse("plant/7")?;
/// let event = CloudEvent::MessageSent { topic, bytes: 120 };
/// assert_ne!(event, CloudEvent::MessageReceived { topic, bytes: 120 });
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloudEvent<'a> {
    /// The device asks to be connected, whatever becomes of it.
    ConnectAttempt,
    /// The device is connected. This is no attempt of its own.
    Connected,
    /// A connection of the device has ended.
    Disconnected,
    /// The policies of the device refuse what it asks for.
    AuthorizationFailure {
        /// The topic it was about. A failure without one is in no scope.
        topic: Option<TopicNameRef<'a>>,
    },
    /// The device publishes a message.
    MessageSent {
        /// Its topic.
        topic: TopicNameRef<'a>,
        /// The size of its payload.
        bytes: u64,
    },
    /// The device is sent a message.
    MessageReceived {
        /// Its topic.
        topic: TopicNameRef<'a>,
        /// The size of its payload.
        bytes: u64,
    },
}
