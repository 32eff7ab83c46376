//! The topics of smaller services that a device talks to: Device Defender, file delivery, secure
//! tunnels, Device Location, Greengrass.

use alloc::vec;
use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use super::typed::{Typed, typed_topic};
use super::words::{Exchange, GreengrassVersion, PayloadFormat, StreamRequest, StreamResponse};
use crate::ident::{DeviceLocationId, StreamId, ThingName};

/// A topic of Device Defender: `$aws/things/<thing>/defender/metrics/<format>`.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{DefenderTopic, Exchange, PayloadFormat};
///
/// let report = DefenderTopic {
///     thing: "camera".parse()?,
///     format: PayloadFormat::Json,
///     exchange: Exchange::Request,
/// };
/// assert_eq!(report.to_topic_name().as_str(), "$aws/things/camera/defender/metrics/json");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct DefenderTopic {
    /// The thing.
    pub thing: ThingName,
    /// How the report is encoded.
    pub format: PayloadFormat,
    /// The report or the answer to it.
    pub exchange: Exchange,
}

impl Typed for DefenderTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        match row {
            Row::Metrics | Row::MetricsReply => Some(Self {
                thing: captures.take()?,
                format: captures.take()?,
                exchange: captures.take_exchange()?,
            }),
            _ => None,
        }
    }

    fn row(&self) -> Row {
        match self.exchange {
            Exchange::Request => Row::Metrics,
            Exchange::Accepted | Exchange::Rejected => Row::MetricsReply,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let mut texts = vec![self.thing.as_str(), self.format.as_str()];
        texts.extend(self.exchange.reply_level());
        texts
    }
}

typed_topic!(DefenderTopic, Defender);

/// A topic of file delivery: `$aws/things/<thing>/streams/<stream>/<message>/<format>`.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{PayloadFormat, StreamMessage, StreamRequest, StreamTopic};
///
/// let get = StreamTopic {
///     thing: "camera".parse()?,
///     stream: "image-7".parse()?,
///     message: StreamMessage::Request(StreamRequest::Get),
///     format: PayloadFormat::Cbor,
/// };
/// assert_eq!(get.to_topic_name().as_str(), "$aws/things/camera/streams/image-7/get/cbor");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct StreamTopic {
    /// The thing.
    pub thing: ThingName,
    /// The stream.
    pub stream: StreamId,
    /// What is said about it.
    pub message: StreamMessage,
    /// How it is encoded.
    pub format: PayloadFormat,
}

/// What is said about a stream.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::{ReservedTopic, StreamMessage, StreamResponse};
///
/// let name = TopicNameRef::parse("$aws/things/camera/streams/image-7/data/cbor")?;
/// let topic = ReservedTopic::parse(name).unwrap();
/// assert!(topic.may_subscribe() && !topic.may_publish()); // a response
/// let ReservedTopic::Streams(topic) = topic else { panic!("no stream") };
/// assert_eq!(topic.message, StreamMessage::Response(StreamResponse::Data));
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no third direction")]
pub enum StreamMessage {
    /// What the device asks.
    Request(StreamRequest),
    /// What comes back.
    Response(StreamResponse),
}

impl Typed for StreamTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        Some(Self {
            thing: captures.take()?,
            stream: captures.take()?,
            message: match row {
                Row::StreamRequest => StreamMessage::Request(captures.take()?),
                Row::StreamResponse => StreamMessage::Response(captures.take()?),
                _ => return None,
            },
            format: captures.take()?,
        })
    }

    fn row(&self) -> Row {
        match self.message {
            StreamMessage::Request(_) => Row::StreamRequest,
            StreamMessage::Response(_) => Row::StreamResponse,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let message = match self.message {
            StreamMessage::Request(request) => request.as_str(),
            StreamMessage::Response(response) => response.as_str(),
        };
        vec![
            self.thing.as_str(),
            self.stream.as_str(),
            message,
            self.format.as_str(),
        ]
    }
}

typed_topic!(StreamTopic, Streams);

/// The topic that tells a device of a new secure tunnel: `$aws/things/<thing>/tunnels/notify`.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::TunnelTopic;
///
/// let notify = TunnelTopic { thing: "camera".parse()? };
/// assert_eq!(notify.to_topic_name().as_str(), "$aws/things/camera/tunnels/notify");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct TunnelTopic {
    /// The thing.
    pub thing: ThingName,
}

impl Typed for TunnelTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        match row {
            Row::TunnelNotify => Some(Self {
                thing: captures.take()?,
            }),
            _ => None,
        }
    }

    fn row(&self) -> Row {
        Row::TunnelNotify
    }

    fn texts(&self) -> Vec<&str> {
        vec![self.thing.as_str()]
    }
}

typed_topic!(TunnelTopic, Tunnels);

/// A topic of Device Location: `$aws/device_location/<device>/get_position_estimate`. A filter
/// for the answers may hold `+`, but not `#`.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{DeviceLocationTopic, Exchange};
///
/// let answer = DeviceLocationTopic { device: "tracker-7".parse()?, exchange: Exchange::Accepted };
/// assert_eq!(
///     answer.to_topic_name().as_str(),
///     "$aws/device_location/tracker-7/get_position_estimate/accepted",
/// );
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct DeviceLocationTopic {
    /// The device, by an id of the customer's own.
    pub device: DeviceLocationId,
    /// The measurements or the answer to them.
    pub exchange: Exchange,
}

impl Typed for DeviceLocationTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        match row {
            Row::Location | Row::LocationReply => Some(Self {
                device: captures.take()?,
                exchange: captures.take_exchange()?,
            }),
            _ => None,
        }
    }

    fn row(&self) -> Row {
        match self.exchange {
            Exchange::Request => Row::Location,
            Exchange::Accepted | Exchange::Rejected => Row::LocationReply,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let mut texts = vec![self.device.as_str()];
        texts.extend(self.exchange.reply_level());
        texts
    }
}

typed_topic!(DeviceLocationTopic, DeviceLocation);

/// The topic of the health of a Greengrass core: `$aws/things/<thing>/greengrassv2/health/json`.
///
/// Uncertain: the table of reserved topics does not list it; the policies that the Greengrass
/// guide asks for allow to publish to it.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{GreengrassTopic, GreengrassVersion};
///
/// let health = GreengrassTopic { thing: "core".parse()?, version: GreengrassVersion::V2 };
/// assert_eq!(health.to_topic_name().as_str(), "$aws/things/core/greengrassv2/health/json");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct GreengrassTopic {
    /// The thing of the core device.
    pub thing: ThingName,
    /// The major version of Greengrass.
    pub version: GreengrassVersion,
}

impl Typed for GreengrassTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        match row {
            Row::Health => Some(Self {
                thing: captures.take()?,
                version: captures.take()?,
            }),
            _ => None,
        }
    }

    fn row(&self) -> Row {
        Row::Health
    }

    fn texts(&self) -> Vec<&str> {
        vec![self.thing.as_str(), self.version.as_str()]
    }
}

typed_topic!(GreengrassTopic, Greengrass);
