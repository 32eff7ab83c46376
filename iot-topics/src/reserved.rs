//! The topics that start with `$`: which there are, who may publish and subscribe, and typed
//! forms to read and to write them.
//!
//! AWS IoT keeps these topics for itself; new ones cannot be made, and a publish or subscribe that
//! is not supported can end the connection (developer guide, Reserved topics). The catalogue holds
//! the topics of that page and of the pages it points to, and a few that other guides name; the
//! latter say so in [`CatalogueEntry::note`].
//!
//! # Which filters may be subscribed to
//!
//! A filter that starts with `$` is refused unless it takes some topic of the catalogue that
//! clients may subscribe to. So `$aws/things/+/jobs/#` is fine, although it takes `jobs/get` as
//! well, to which clients only publish; and so is `$aws/#`, since no page forbids a wildcard there
//! and the policies of the client decide over each message. A filter that can never deliver is
//! refused: `$aws/rules/#` and `$aws/things/+/jobs/get`, where clients only publish, and
//! `$aws/thing/+/shadow/get` and `$SYS/#`, which take no topic at all. For Device Location the
//! guide allows `+` alone, so there `#` takes nothing. A shared subscription is judged by the
//! filter behind `$share/<group>/`.
//!
//! # Examples
//!
//! ```
//! use iot_topics::TopicNameRef;
//! use iot_topics::reserved::{self, Exchange, JobsMessage, ReservedTopic};
//!
//! let name = TopicNameRef::parse("$aws/things/pump/jobs/get/accepted")?;
//! let topic = ReservedTopic::parse(name).unwrap();
//! let ReservedTopic::Jobs(jobs) = &topic else { panic!("not of jobs") };
//! assert_eq!(jobs.thing.as_str(), "pump");
//! assert_eq!(jobs.message, JobsMessage::GetPending(Exchange::Accepted));
//! assert_eq!(topic.to_topic_name().as_name_ref(), name);
//!
//! assert!(!reserved::may_publish(name.as_str()) && reserved::may_subscribe(name.as_str()));
//! # Ok::<(), iot_topics::TopicError>(())
//! ```

mod basic_ingest;
mod catalogue;
mod commands;
mod device;
mod events;
mod jobs;
mod pattern;
mod provisioning;
mod selector;
mod services;
mod shadow;
mod split;
mod typed;
mod words;

use core::fmt;

use self::catalogue::Family;
use self::pattern::Captures;
use self::typed::Typed;
use crate::error::{TopicError, TopicErrorKind};
use crate::filter::TopicFilterRef;
use crate::name::{TopicName, TopicNameRef};

pub use self::basic_ingest::BasicIngestTopic;
pub(crate) use self::catalogue::exempts;
pub use self::catalogue::{CatalogueEntry, Payload, catalogue};
pub use self::commands::{CommandMessage, CommandTarget, CommandTopic};
pub use self::device::{
    DefenderTopic, DeviceLocationTopic, GreengrassTopic, StreamMessage, StreamTopic, TunnelTopic,
};
pub use self::events::{EventCategory, EventTopic};
pub use self::jobs::{JobsMessage, JobsTopic};
pub use self::provisioning::{ProvisioningCall, ProvisioningTopic};
pub use self::selector::JobSelector;
pub use self::services::{
    FleetWiseMessage, FleetWiseTopic, SiteWiseTopic, WirelessResource, WirelessTopic,
};
pub use self::shadow::{ShadowMessage, ShadowTopic};
pub use self::words::{
    CommandExecutionStatus, Exchange, FleetWiseDownload, FleetWiseUpload, GreengrassVersion,
    JobExecutionOperation, JobOperation, MembershipChange, PayloadFormat, PresenceKind,
    RegistryOperation, ShadowNotice, ShadowOperation, StreamRequest, StreamResponse,
    SubscriptionKind, WirelessNetwork,
};

/// A reserved topic, taken apart.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{ReservedTopic, ShadowTopic};
///
/// let topic = ReservedTopic::from(ShadowTopic::update("lamp".parse()?));
/// let name = topic.to_topic_name();
/// assert_eq!(name.as_str(), "$aws/things/lamp/shadow/update");
/// assert!(topic.may_publish() && topic.may_subscribe());
/// assert!(!topic.is_reply()); // a request
/// assert_eq!(
///     topic.entry().to_string(),
///     "$aws/things/{thingName}/shadow/{get|update|delete}",
/// );
/// assert_eq!(ReservedTopic::parse(name.as_name_ref()), Some(topic));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReservedTopic {
    /// Device shadows.
    Shadow(ShadowTopic),
    /// Jobs of a thing.
    Jobs(JobsTopic),
    /// Commands.
    Commands(CommandTopic),
    /// Fleet provisioning.
    Provisioning(ProvisioningTopic),
    /// Device Defender metrics.
    Defender(DefenderTopic),
    /// File delivery.
    Streams(StreamTopic),
    /// Secure tunnels.
    Tunnels(TunnelTopic),
    /// Device Location.
    DeviceLocation(DeviceLocationTopic),
    /// Basic Ingest.
    BasicIngest(BasicIngestTopic),
    /// AWS IoT SiteWise.
    SiteWise(SiteWiseTopic),
    /// Events.
    Events(EventTopic),
    /// AWS IoT Wireless.
    Wireless(WirelessTopic),
    /// AWS IoT FleetWise.
    FleetWise(FleetWiseTopic),
    /// AWS IoT Greengrass.
    Greengrass(GreengrassTopic),
}

impl ReservedTopic {
    /// Takes a topic name apart; `None` when the catalogue does not hold it.
    ///
    /// Identifiers are checked: `$aws/things/my thing/shadow/get` is not in the catalogue. Linear
    /// in the lines of the catalogue, about sixty, most of which end at their first level.
    #[must_use]
    pub fn parse(name: TopicNameRef<'_>) -> Option<Self> {
        fn read<T: Typed + Into<ReservedTopic>>(
            entry: &CatalogueEntry,
            mut captures: Captures<'_>,
        ) -> Option<ReservedTopic> {
            T::read(entry.row(), &mut captures).map(Into::into)
        }

        let (entry, name) = catalogue::find(name.as_str()).ok()?;
        let read = match entry.family() {
            Family::BasicIngest => read::<BasicIngestTopic>,
            Family::Commands => read::<CommandTopic>,
            Family::Defender => read::<DefenderTopic>,
            Family::DeviceLocation => read::<DeviceLocationTopic>,
            Family::Events => read::<EventTopic>,
            Family::FleetWise => read::<FleetWiseTopic>,
            Family::Greengrass => read::<GreengrassTopic>,
            Family::Jobs => read::<JobsTopic>,
            Family::Provisioning => read::<ProvisioningTopic>,
            Family::Shadow => read::<ShadowTopic>,
            Family::SiteWise => read::<SiteWiseTopic>,
            Family::Streams => read::<StreamTopic>,
            Family::Tunnels => read::<TunnelTopic>,
            Family::Wireless => read::<WirelessTopic>,
        };
        read(entry, entry.pattern().captures(name))
    }

    /// The topic name. [`ReservedTopic::parse`] is its inverse.
    ///
    /// The name of an event can be longer than [`Limits::AWS_IOT`](crate::Limits::AWS_IOT)
    /// allows, since AWS IoT itself makes it from two names of up to 128 bytes.
    #[must_use]
    pub fn to_topic_name(&self) -> TopicName {
        self.typed().name()
    }

    /// The line of the catalogue that the topic follows.
    #[must_use]
    pub fn entry(&self) -> &'static CatalogueEntry {
        self.typed().row().entry()
    }

    /// Whether clients may publish to the topic.
    #[must_use]
    pub fn may_publish(&self) -> bool {
        self.entry().may_publish()
    }

    /// Whether clients may subscribe to the topic.
    #[must_use]
    pub fn may_subscribe(&self) -> bool {
        self.entry().may_subscribe()
    }

    /// Whether the message goes straight to the client that asked, subscribed or not.
    #[must_use]
    pub fn is_reply(&self) -> bool {
        self.entry().is_reply()
    }

    /// The format of the payload, `None` when it is neither JSON nor CBOR, or not laid down.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::TopicNameRef;
    /// use iot_topics::reserved::{PayloadFormat, ReservedTopic};
    ///
    /// let name = TopicNameRef::parse("$aws/certificates/create/cbor")?;
    /// let topic = ReservedTopic::parse(name).unwrap();
    /// assert_eq!(topic.payload_format(), Some(PayloadFormat::Cbor));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub fn payload_format(&self) -> Option<PayloadFormat> {
        match self.entry().payload() {
            Payload::Json => Some(PayloadFormat::Json),
            Payload::NamedByTopic => match self {
                Self::Provisioning(topic) => Some(topic.format),
                Self::Defender(topic) => Some(topic.format),
                Self::Streams(topic) => Some(topic.format),
                Self::Commands(topic) => topic.format,
                _ => None,
            },
            Payload::Protobuf | Payload::Any => None,
        }
    }

    fn typed(&self) -> &dyn Typed {
        match self {
            Self::Shadow(topic) => topic,
            Self::Jobs(topic) => topic,
            Self::Commands(topic) => topic,
            Self::Provisioning(topic) => topic,
            Self::Defender(topic) => topic,
            Self::Streams(topic) => topic,
            Self::Tunnels(topic) => topic,
            Self::DeviceLocation(topic) => topic,
            Self::BasicIngest(topic) => topic,
            Self::SiteWise(topic) => topic,
            Self::Events(topic) => topic,
            Self::Wireless(topic) => topic,
            Self::FleetWise(topic) => topic,
            Self::Greengrass(topic) => topic,
        }
    }
}

impl fmt::Display for ReservedTopic {
    /// Writes the topic name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.to_topic_name().as_str())
    }
}

/// The line of the catalogue that a topic name follows, `None` for ordinary topics and for
/// reserved ones that are unknown. Allocates nothing.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved;
///
/// let entry = reserved::classify("$aws/things/lamp/shadow/update/accepted").unwrap();
/// assert_eq!(
///     entry.to_string(),
///     "$aws/things/{thingName}/shadow/{get|update|delete}/{accepted|rejected}",
/// );
/// assert!(reserved::classify("plant/7").is_none());
/// ```
#[must_use]
pub fn classify(name: &str) -> Option<&'static CatalogueEntry> {
    catalogue::find(name).ok().map(|(entry, _)| entry)
}

/// Whether clients may publish to this topic: a legal name (within
/// [`Limits::AWS_IOT`](crate::Limits::AWS_IOT)) that is ordinary, or in the catalogue as one to
/// publish to. Any text may be asked about.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::may_publish;
///
/// assert!(may_publish("plant/7"));
/// assert!(may_publish("$aws/things/lamp/shadow/update"));
/// assert!(!may_publish("$aws/things/lamp/shadow/update/accepted"));
/// assert!(!may_publish("$mine/7"));
/// assert!(!may_publish("plant/+"));
/// ```
#[must_use]
pub fn may_publish(name: &str) -> bool {
    TopicNameRef::parse(name).is_ok_and(|name| check_publish(name).is_ok())
}

/// Whether clients may subscribe to this filter: a legal one (within
/// [`Limits::AWS_IOT`](crate::Limits::AWS_IOT)) that is ordinary, or takes some topic of the
/// catalogue to subscribe to; the [module](self) says why. Any text may be asked about.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::may_subscribe;
///
/// assert!(may_subscribe("#"));
/// assert!(may_subscribe("$aws/things/+/jobs/#"));
/// assert!(may_subscribe("$aws/device_location/+/get_position_estimate/accepted"));
/// assert!(!may_subscribe("$aws/device_location/#"));
/// assert!(!may_subscribe("$aws/rules/store"));
/// assert!(!may_subscribe("$SYS/#"));
/// ```
#[must_use]
pub fn may_subscribe(filter: &str) -> bool {
    TopicFilterRef::parse(filter).is_ok_and(|filter| check_subscribe(filter).is_ok())
}

/// Checks that clients may publish to a topic.
///
/// # Errors
///
/// - [`TopicErrorKind::ReservedUnknown`] when the name starts with `$` and is not in the
///   catalogue; the position is that of the first level that no reserved topic has there.
/// - [`TopicErrorKind::ReservedNotPublishable`] when clients do not publish to it.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::check_publish;
/// use iot_topics::{TopicErrorKind, TopicNameRef};
///
/// let name = TopicNameRef::parse("$aws/things/lamp/shadov/update")?;
/// let error = check_publish(name).unwrap_err();
/// assert_eq!(error.kind(), TopicErrorKind::ReservedUnknown);
/// assert_eq!(error.to_string(), "no such reserved topic at byte 17");
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
pub fn check_publish(name: TopicNameRef<'_>) -> Result<(), TopicError> {
    if !name.is_reserved() {
        return Ok(());
    }
    match catalogue::find(name.as_str()) {
        Ok((entry, _)) if entry.may_publish() => Ok(()),
        Ok(_) => Err(TopicError::new(TopicErrorKind::ReservedNotPublishable, 0)),
        Err(position) => Err(TopicError::new(TopicErrorKind::ReservedUnknown, position)),
    }
}

/// Checks that clients may subscribe to a filter, by the rule that the [module](self) states.
///
/// # Errors
///
/// - [`TopicErrorKind::ReservedUnknown`] when the filter starts with `$` and takes no topic of
///   the catalogue; the position is that of the first level that no reserved topic has there.
/// - [`TopicErrorKind::ReservedNotSubscribable`] when it takes only topics that clients do not
///   subscribe to.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::check_subscribe;
/// use iot_topics::{TopicErrorKind, TopicFilterRef};
///
/// let filter = TopicFilterRef::parse("$aws/rules/#")?;
/// let error = check_subscribe(filter).unwrap_err();
/// assert_eq!(error.kind(), TopicErrorKind::ReservedNotSubscribable);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
pub fn check_subscribe(filter: TopicFilterRef<'_>) -> Result<(), TopicError> {
    let levels = filter.filter_part();
    if !levels.starts_with('$') {
        return Ok(());
    }
    let start = filter.as_str().len() - levels.len();
    let (kind, position) = match catalogue::subscribable(levels) {
        Ok(true) => return Ok(()),
        Ok(false) => (TopicErrorKind::ReservedNotSubscribable, 0),
        Err(position) => (TopicErrorKind::ReservedUnknown, position),
    };
    Err(TopicError::new(kind, start + position))
}

/// Checks that a message on a topic may carry RETAIN: on a reserved topic it never may (developer
/// guide, MQTT).
///
/// # Errors
///
/// [`TopicErrorKind::RetainOnReserved`] when the name starts with `$`.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::check_retain;
///
/// assert!(check_retain(TopicNameRef::parse("plant/7")?).is_ok());
/// assert!(check_retain(TopicNameRef::parse("$aws/things/lamp/shadow/update")?).is_err());
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
pub fn check_retain(name: TopicNameRef<'_>) -> Result<(), TopicError> {
    if name.is_reserved() {
        return Err(TopicError::new(TopicErrorKind::RetainOnReserved, 0));
    }
    Ok(())
}
