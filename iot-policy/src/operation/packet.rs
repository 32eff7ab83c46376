//! The parts of the packets of a client that policies ask about.

use iot_topics::{TopicFilterRef, TopicNameRef};

use crate::context::ConnectAttributes;

/// The protocol of a connection. AWS IoT Core speaks these two (developer guide, "MQTT"); MQTT
/// 3.1 is not among them.
///
/// # Examples
///
/// ```
/// use iot_policy::ProtocolVersion;
///
/// assert_eq!(ProtocolVersion::from_level(5), Some(ProtocolVersion::Mqtt5));
/// assert_eq!(ProtocolVersion::from_level(3), None); // MQTT 3.1: refuse the connection
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a broker must say what it does for each"
)]
pub enum ProtocolVersion {
    /// MQTT 3.1.1.
    Mqtt311,
    /// MQTT 5.
    Mqtt5,
}

impl ProtocolVersion {
    /// The version with this protocol level (the byte behind the protocol name in CONNECT).
    #[must_use]
    pub const fn from_level(level: u8) -> Option<Self> {
        match level {
            4 => Some(Self::Mqtt311),
            5 => Some(Self::Mqtt5),
            _ => None,
        }
    }
}

/// The quality of service of a message, as far as AWS IoT Core has it: it sends no
/// acknowledgement for level 2 (developer guide, "MQTT").
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     ArnScope, Authorize, Context, PolicySet, ProtocolVersion, PublishRequest, Qos,
/// };
/// use iot_topics::TopicNameRef;
///
/// let policies = PolicySet::default(); // nothing is allowed
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("lamp");
/// let packet = PublishRequest::new(ProtocolVersion::Mqtt5, TopicNameRef::parse("hall/7")?);
/// // With an acknowledgement to carry the refusal the connection stays.
/// for (qos, closes) in [(Qos::AtLeastOnce, false), (Qos::AtMostOnce, true)] {
///     let outcome = policies.publish(&packet.with_qos(qos), &context);
///     assert_eq!(outcome.refusal().unwrap().closes_connection(), closes);
/// }
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a broker must say what it does for each"
)]
pub enum Qos {
    /// Level 0: no acknowledgement.
    #[default]
    AtMostOnce,
    /// Level 1: acknowledged by PUBACK.
    AtLeastOnce,
}

/// The message that the broker is to publish when the client is lost.
///
/// # Examples
///
/// ```
/// use iot_policy::Will;
/// use iot_topics::TopicNameRef;
///
/// let will = Will::new(TopicNameRef::parse("lost/ratchet")?).with_retain(true);
/// assert!(will.retain());
/// assert_eq!(will.topic().as_str(), "lost/ratchet");
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Will<'a> {
    topic: TopicNameRef<'a>,
    retain: bool,
}

impl<'a> Will<'a> {
    /// A will on a topic, without Will Retain.
    #[must_use]
    pub const fn new(topic: TopicNameRef<'a>) -> Self {
        Self {
            topic,
            retain: false,
        }
    }

    /// Tells the Will Retain flag.
    #[must_use]
    pub const fn with_retain(mut self, retain: bool) -> Self {
        self.retain = retain;
        self
    }

    /// The will topic.
    #[must_use]
    pub const fn topic(&self) -> TopicNameRef<'a> {
        self.topic
    }

    /// The Will Retain flag.
    #[must_use]
    pub const fn retain(&self) -> bool {
        self.retain
    }
}

/// A CONNECT packet.
///
/// The endpoint, the address of the client, its certificate and its thing are in the
/// [`Context`](crate::Context).
///
/// # Examples
///
/// ```
/// use iot_policy::{ConnectRequest, ProtocolVersion, Will};
/// use iot_topics::TopicNameRef;
///
/// let clean_session = false;
/// let will = Will::new(TopicNameRef::parse("lost/ratchet")?);
/// let packet = ConnectRequest::mqtt311("ratchet", clean_session).with_will(will);
/// assert_eq!((packet.version(), packet.client_id()), (ProtocolVersion::Mqtt311, "ratchet"));
/// assert_eq!(packet.will(), Some(will));
/// let features: Vec<_> = packet.attributes().names().collect();
/// assert_eq!(features, ["PersistentConnect", "LastWill"]);
///
/// let an_hour = 3600;
/// assert!(ConnectRequest::mqtt5("ratchet", an_hour).attributes().persistent);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectRequest<'a> {
    version: ProtocolVersion,
    client_id: &'a str,
    persistent: bool,
    will: Option<Will<'a>>,
}

impl<'a> ConnectRequest<'a> {
    /// A CONNECT of MQTT 3.1.1. The session outlives the connection if `clean_session` is not set
    /// (developer guide, "Connect policy examples").
    #[must_use]
    pub const fn mqtt311(client_id: &'a str, clean_session: bool) -> Self {
        Self {
            version: ProtocolVersion::Mqtt311,
            client_id,
            persistent: !clean_session,
            will: None,
        }
    }

    /// A CONNECT of MQTT 5. `client_id`: the one that the broker assigned, if the client sent
    /// none. `session_expiry_interval`: in seconds, 0 if the packet has none; above 0 the session
    /// outlives the connection, whether it starts clean or not.
    #[must_use]
    pub const fn mqtt5(client_id: &'a str, session_expiry_interval: u32) -> Self {
        Self {
            version: ProtocolVersion::Mqtt5,
            client_id,
            persistent: session_expiry_interval > 0,
            will: None,
        }
    }

    /// Tells the will.
    #[must_use]
    pub const fn with_will(mut self, will: Will<'a>) -> Self {
        self.will = Some(will);
        self
    }

    /// The protocol.
    #[must_use]
    pub const fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// The client identifier.
    #[must_use]
    pub const fn client_id(&self) -> &'a str {
        self.client_id
    }

    /// The will.
    #[must_use]
    pub const fn will(&self) -> Option<Will<'a>> {
        self.will
    }

    /// The features that the packet asks for: the values of `iot:ConnectAttributes`.
    #[must_use]
    pub const fn attributes(&self) -> ConnectAttributes {
        ConnectAttributes::new(self.persistent, self.will.is_some())
    }
}

/// A PUBLISH packet that a client sent.
///
/// # Examples
///
/// ```
/// use iot_policy::{ProtocolVersion, PublishRequest, Qos};
/// use iot_topics::TopicNameRef;
///
/// let topic = TopicNameRef::parse("dt/sensor-7")?;
/// let packet = PublishRequest::new(ProtocolVersion::Mqtt5, topic)
///     .with_qos(Qos::AtLeastOnce)
///     .with_retain(true);
/// assert!(packet.retain());
/// assert_eq!((packet.version(), packet.qos()), (ProtocolVersion::Mqtt5, Qos::AtLeastOnce));
/// assert_eq!(packet.topic(), topic);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishRequest<'a> {
    version: ProtocolVersion,
    topic: TopicNameRef<'a>,
    qos: Qos,
    retain: bool,
}

impl<'a> PublishRequest<'a> {
    /// A PUBLISH with quality of service 0, without RETAIN.
    #[must_use]
    pub const fn new(version: ProtocolVersion, topic: TopicNameRef<'a>) -> Self {
        Self {
            version,
            topic,
            qos: Qos::AtMostOnce,
            retain: false,
        }
    }

    /// Tells the quality of service: whether there is an acknowledgement to carry a refusal.
    #[must_use]
    pub const fn with_qos(mut self, qos: Qos) -> Self {
        self.qos = qos;
        self
    }

    /// Tells the RETAIN flag.
    #[must_use]
    pub const fn with_retain(mut self, retain: bool) -> Self {
        self.retain = retain;
        self
    }

    /// The protocol.
    #[must_use]
    pub const fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// The topic name, that of the alias if the packet has a topic alias.
    #[must_use]
    pub const fn topic(&self) -> TopicNameRef<'a> {
        self.topic
    }

    /// The quality of service.
    #[must_use]
    pub const fn qos(&self) -> Qos {
        self.qos
    }

    /// The RETAIN flag.
    #[must_use]
    pub const fn retain(&self) -> bool {
        self.retain
    }
}

/// One topic filter of a SUBSCRIBE packet.
///
/// # Examples
///
/// ```
/// use iot_policy::{ProtocolVersion, SubscribeRequest};
/// use iot_topics::TopicFilterRef;
///
/// let filter = TopicFilterRef::parse("$share/workers/cmd/#")?;
/// let request = SubscribeRequest::new(ProtocolVersion::Mqtt5, filter);
/// assert_eq!(request.version(), ProtocolVersion::Mqtt5);
/// assert_eq!(request.filter().as_str(), "$share/workers/cmd/#");
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubscribeRequest<'a> {
    version: ProtocolVersion,
    filter: TopicFilterRef<'a>,
}

impl<'a> SubscribeRequest<'a> {
    /// A topic filter, as the client sent it.
    #[must_use]
    pub const fn new(version: ProtocolVersion, filter: TopicFilterRef<'a>) -> Self {
        Self { version, filter }
    }

    /// The protocol.
    #[must_use]
    pub const fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// The topic filter.
    #[must_use]
    pub const fn filter(&self) -> TopicFilterRef<'a> {
        self.filter
    }
}
