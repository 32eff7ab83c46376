//! The topics on which other services of AWS IoT send: SiteWise, Wireless, FleetWise.

use alloc::vec;
use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use super::typed::{Typed, typed_topic};
use super::words::{FleetWiseDownload, FleetWiseUpload, WirelessNetwork};
use crate::ident::{ThingName, TopicLevel};

/// The values of an asset property of AWS IoT SiteWise:
/// `$aws/sitewise/asset-models/<model>/assets/<asset>/properties/<property>`.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::SiteWiseTopic;
///
/// let topic = SiteWiseTopic {
///     asset_model: "m-1".parse()?,
///     asset: "a-2".parse()?,
///     property: "p-3".parse()?,
/// };
/// assert_eq!(
///     topic.to_topic_name().as_str(),
///     "$aws/sitewise/asset-models/m-1/assets/a-2/properties/p-3",
/// );
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct SiteWiseTopic {
    /// The asset model.
    pub asset_model: TopicLevel,
    /// The asset.
    pub asset: TopicLevel,
    /// The property.
    pub property: TopicLevel,
}

impl Typed for SiteWiseTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        match row {
            Row::AssetProperty => Some(Self {
                asset_model: captures.take()?,
                asset: captures.take()?,
                property: captures.take()?,
            }),
            _ => None,
        }
    }

    fn row(&self) -> Row {
        Row::AssetProperty
    }

    fn texts(&self) -> Vec<&str> {
        vec![
            self.asset_model.as_str(),
            self.asset.as_str(),
            self.property.as_str(),
        ]
    }
}

typed_topic!(SiteWiseTopic, SiteWise);

/// An event of AWS IoT Wireless:
/// `$aws/iotwireless/events/<name>/<type>/<network>/<resource type>[/<identifier type>/<id>]`.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{WirelessNetwork, WirelessTopic};
///
/// let joins = WirelessTopic {
///     event_name: "join".parse()?,
///     event_type: "join_req_0_received".parse()?,
///     network: WirelessNetwork::LoRaWan,
///     resource_type: "wireless_devices".parse()?,
///     resource: None,
/// };
/// assert_eq!(
///     joins.to_topic_name().as_str(),
///     "$aws/iotwireless/events/join/join_req_0_received/lorawan/wireless_devices",
/// );
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct WirelessTopic {
    /// What happened, such as `join` or `proximity`.
    pub event_name: TopicLevel,
    /// In which way, such as `beacon_discovered`.
    pub event_type: TopicLevel,
    /// The radio network.
    pub network: WirelessNetwork,
    /// The kind of resource, such as `wireless_devices`.
    pub resource_type: TopicLevel,
    /// One resource, `None` for the topic of all of that kind.
    pub resource: Option<WirelessResource>,
}

/// One resource of AWS IoT Wireless, by one of its identifiers.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::ReservedTopic;
///
/// let name = "$aws/iotwireless/events/join/join_req_0_received/lorawan/wireless_devices/dev_eui/a1b2";
/// let topic = ReservedTopic::parse(TopicNameRef::parse(name)?);
/// let Some(ReservedTopic::Wireless(topic)) = topic else { panic!("not wireless") };
/// let device = topic.resource.unwrap();
/// assert_eq!((device.identifier_type.as_str(), device.id.as_str()), ("dev_eui", "a1b2"));
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct WirelessResource {
    /// Which identifier, such as `wireless_device_id` or `dev_eui`.
    pub identifier_type: TopicLevel,
    /// The identifier.
    pub id: TopicLevel,
}

impl Typed for WirelessTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        Some(Self {
            event_name: captures.take()?,
            event_type: captures.take()?,
            network: captures.take()?,
            resource_type: captures.take()?,
            resource: match row {
                Row::WirelessResources => None,
                Row::WirelessResource => Some(WirelessResource {
                    identifier_type: captures.take()?,
                    id: captures.take()?,
                }),
                _ => return None,
            },
        })
    }

    fn row(&self) -> Row {
        match self.resource {
            None => Row::WirelessResources,
            Some(_) => Row::WirelessResource,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let mut texts = vec![
            self.event_name.as_str(),
            self.event_type.as_str(),
            self.network.as_str(),
            self.resource_type.as_str(),
        ];
        if let Some(resource) = &self.resource {
            texts.extend([resource.identifier_type.as_str(), resource.id.as_str()]);
        }
        texts
    }
}

typed_topic!(WirelessTopic, Wireless);

/// A topic of a vehicle of AWS IoT FleetWise: `$aws/iotfleetwise/vehicles/<vehicle>/..`.
///
/// Uncertain: the table of reserved topics of AWS IoT Core does not list it; the policies of the
/// FleetWise guide do. A vehicle is a thing.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{FleetWiseMessage, FleetWiseTopic, FleetWiseUpload};
///
/// let signals = FleetWiseTopic {
///     vehicle: "van-12".parse()?,
///     message: FleetWiseMessage::Upload(FleetWiseUpload::Signals),
/// };
/// assert_eq!(signals.to_topic_name().as_str(), "$aws/iotfleetwise/vehicles/van-12/signals");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct FleetWiseTopic {
    /// The vehicle.
    pub vehicle: ThingName,
    /// What is said.
    pub message: FleetWiseMessage,
}

/// What is said between a vehicle and AWS IoT FleetWise.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{FleetWiseDownload, FleetWiseMessage, FleetWiseTopic, ReservedTopic};
///
/// let schemes = FleetWiseTopic {
///     vehicle: "van-12".parse()?,
///     message: FleetWiseMessage::Download(FleetWiseDownload::CollectionSchemes),
/// };
/// assert_eq!(schemes.to_string(), "$aws/iotfleetwise/vehicles/van-12/collection_schemes");
/// assert!(!ReservedTopic::from(schemes).may_publish()); // it comes from the service
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FleetWiseMessage {
    /// From the vehicle.
    Upload(FleetWiseUpload),
    /// To the vehicle.
    Download(FleetWiseDownload),
    /// `last_known_state/<template>/data`: the last known state, by a state template.
    LastKnownState(TopicLevel),
}

impl Typed for FleetWiseTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        Some(Self {
            vehicle: captures.take()?,
            message: match row {
                Row::VehicleUpload => FleetWiseMessage::Upload(captures.take()?),
                Row::VehicleDownload => FleetWiseMessage::Download(captures.take()?),
                Row::VehicleState => FleetWiseMessage::LastKnownState(captures.take()?),
                _ => return None,
            },
        })
    }

    fn row(&self) -> Row {
        match self.message {
            FleetWiseMessage::Upload(_) => Row::VehicleUpload,
            FleetWiseMessage::Download(_) => Row::VehicleDownload,
            FleetWiseMessage::LastKnownState(_) => Row::VehicleState,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let message = match &self.message {
            FleetWiseMessage::Upload(upload) => upload.as_str(),
            FleetWiseMessage::Download(download) => download.as_str(),
            FleetWiseMessage::LastKnownState(template) => template.as_str(),
        };
        vec![self.vehicle.as_str(), message]
    }
}

typed_topic!(FleetWiseTopic, FleetWise);
