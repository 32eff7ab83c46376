//! The payloads of events, with serde: feature `serde`.
//!
//! Keys and words are exactly those of AWS. On the way in unknown keys are taken and dropped, since
//! AWS adds keys to its events and a consumer must outlive that; a missing key that the
//! documentation always shows is an error, unless its value may be `null` or empty, and so is a
//! word that it does not list. On the way out
//! keys without a value are left out, but for the registry events, which write `null`, as the
//! samples of the documentation do.
//!
//! AWS IoT delivers events at least once and in no order (developer guide, Lifecycle events).
//!
//! # Examples
//!
//! ```
//! use iot_topics::event::Event;
//! use iot_topics::lifecycle::DisconnectReason;
//!
//! let payload = r#"{
//!     "clientId": "lamp",
//!     "timestamp": 1700000000123,
//!     "eventType": "disconnected",
//!     "sessionIdentifier": "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001",
//!     "principalIdentifier": "f0e1d2c3b4a5",
//!     "clientInitiatedDisconnect": false,
//!     "disconnectReason": "CONNECTION_LOST",
//!     "versionNumber": 4,
//!     "aKeyOfTomorrow": true
//! }"#;
//! let event: Event = serde_json::from_str(payload)?;
//! assert_eq!(
//!     event.topic().unwrap().to_string(),
//!     "$aws/events/presence/disconnected/lamp",
//! );
//! let Event::Disconnected(event) = event else { panic!("another event") };
//! assert_eq!(event.disconnect_reason, DisconnectReason::ConnectionLost);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod certificate;
mod command;
mod job;
mod presence;
mod registry;
mod wire;

use serde::{Deserialize, Deserializer, Serialize};

use crate::ident::{ClientId, LifecycleClientId};
use crate::reserved::{EventTopic, PresenceKind};

pub use self::certificate::{CertificateRegistered, PendingCertificateStatus};
pub use self::command::{CommandExecutionEvent, StatusReason};
pub use self::job::{
    JobEvent, JobExecutionEvent, JobExecutionEventStatus, JobProcessDetails, TargetSelection,
};
pub use self::presence::{
    ConnectFailed, ConnectFailureReason, Connected, Disconnected, SubscriptionEvent,
};
pub use self::registry::{
    ParentGroup, PropagatingAttribute, ThingEvent, ThingGroupEvent, ThingGroupHierarchyEvent,
    ThingGroupMembershipEvent, ThingTypeAssociationEvent, ThingTypeEvent,
};

/// The payload of any event.
///
/// Reading it tries one kind after the other, so that an error says only that none fits; a reader
/// who knows the topic gets the reason from [`Event::deserialize_on`], and one who knows the kind
/// reads that type.
///
/// # Examples
///
/// ```
/// use iot_topics::event::Event;
///
/// let event: Event = serde_json::from_str(r#"{
///     "eventType": "THING_TYPE_ASSOCIATION_EVENT",
///     "eventId": "e-1",
///     "operation": "ADDED",
///     "thingId": "b604f69c",
///     "thingName": "pump",
///     "thingTypeName": "pumps",
///     "timestamp": 1700000000123
/// }"#)?;
/// assert_eq!(
///     event.topic().unwrap().to_string(),
///     "$aws/events/thingTypeAssociation/thing/pump/thingType/pumps/added",
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "not the payload of a known event of AWS IoT")]
#[non_exhaustive]
pub enum Event {
    /// A client connected.
    Connected(Connected),
    /// A client disconnected.
    Disconnected(Disconnected),
    /// A client was not allowed to connect.
    ConnectFailed(ConnectFailed),
    /// A client subscribed or unsubscribed.
    Subscription(SubscriptionEvent),
    /// A job has changed.
    Job(JobEvent),
    /// A job execution has ended.
    JobExecution(JobExecutionEvent),
    /// A command execution has another status.
    CommandExecution(CommandExecutionEvent),
    /// A thing has changed.
    Thing(ThingEvent),
    /// A thing type has changed.
    ThingType(ThingTypeEvent),
    /// A thing got or lost its thing type.
    ThingTypeAssociation(ThingTypeAssociationEvent),
    /// A thing group has changed.
    ThingGroup(ThingGroupEvent),
    /// A thing was added to or removed from a group.
    ThingGroupMembership(ThingGroupMembershipEvent),
    /// A group was added to or removed from another.
    ThingGroupHierarchy(ThingGroupHierarchyEvent),
    /// A certificate waits for its activation.
    CertificateRegistered(CertificateRegistered),
}

impl Event {
    /// Reads the payload of a message that came on `topic`: the kind is known, so the error names
    /// what is wrong.
    ///
    /// That payload and topic name the same thing is not checked; `event.topic()` tells it.
    ///
    /// # Errors
    ///
    /// That of the deserializer, when the payload is not one of this topic.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::Event;
    /// use iot_topics::reserved::{EventTopic, PresenceKind};
    ///
    /// let topic = EventTopic::Presence { kind: PresenceKind::Connected, client: "lamp".parse()? };
    /// let mut json = serde_json::Deserializer::from_str(r#"{"clientId":"lamp"}"#);
    /// let error = Event::deserialize_on(&topic, &mut json).unwrap_err();
    /// assert!(error.to_string().starts_with("missing field `eventType`"));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn deserialize_on<'de, D>(topic: &EventTopic, deserializer: D) -> Result<Self, D::Error>
    where
        D: Deserializer<'de>,
    {
        match topic {
            EventTopic::CertificateRegistered { .. } => {
                Deserialize::deserialize(deserializer).map(Self::CertificateRegistered)
            }
            EventTopic::Presence { kind, .. } => match kind {
                PresenceKind::Connected => {
                    Deserialize::deserialize(deserializer).map(Self::Connected)
                }
                PresenceKind::Disconnected => {
                    Deserialize::deserialize(deserializer).map(Self::Disconnected)
                }
                PresenceKind::ConnectFailed => {
                    Deserialize::deserialize(deserializer).map(Self::ConnectFailed)
                }
            },
            EventTopic::Subscriptions { .. } => {
                Deserialize::deserialize(deserializer).map(Self::Subscription)
            }
            EventTopic::Job { .. } => Deserialize::deserialize(deserializer).map(Self::Job),
            EventTopic::JobExecution { .. } => {
                Deserialize::deserialize(deserializer).map(Self::JobExecution)
            }
            EventTopic::CommandExecution { .. } => {
                Deserialize::deserialize(deserializer).map(Self::CommandExecution)
            }
            EventTopic::Thing { .. } => Deserialize::deserialize(deserializer).map(Self::Thing),
            EventTopic::ThingGroup { .. } => {
                Deserialize::deserialize(deserializer).map(Self::ThingGroup)
            }
            EventTopic::ThingType { .. } => {
                Deserialize::deserialize(deserializer).map(Self::ThingType)
            }
            EventTopic::ThingTypeAssociation { .. } => {
                Deserialize::deserialize(deserializer).map(Self::ThingTypeAssociation)
            }
            EventTopic::ThingGroupMembership { .. } => {
                Deserialize::deserialize(deserializer).map(Self::ThingGroupMembership)
            }
            EventTopic::ThingGroupHierarchy { .. } => {
                Deserialize::deserialize(deserializer).map(Self::ThingGroupHierarchy)
            }
        }
    }

    /// The topic that the event is published to; `None` when there is none, because the client
    /// identifier holds `+` or `#` or an ARN does not name what it should.
    #[must_use]
    pub fn topic(&self) -> Option<EventTopic> {
        match self {
            Self::Connected(event) => event.topic(),
            Self::Disconnected(event) => event.topic(),
            Self::ConnectFailed(event) => event.topic(),
            Self::Subscription(event) => event.topic(),
            Self::Job(event) => Some(event.topic()),
            Self::JobExecution(event) => Some(event.topic()),
            Self::CommandExecution(event) => event.topic(),
            Self::Thing(event) => Some(event.topic()),
            Self::ThingType(event) => Some(event.topic()),
            Self::ThingTypeAssociation(event) => Some(event.topic()),
            Self::ThingGroup(event) => Some(event.topic()),
            Self::ThingGroupMembership(event) => event.topic(),
            Self::ThingGroupHierarchy(event) => Some(event.topic()),
            Self::CertificateRegistered(event) => Some(event.topic()),
        }
    }
}

/// The client identifier as a level of the lifecycle events of a client; `None` for one that holds
/// `+` or `#`, for which AWS IoT sends none (developer guide, Lifecycle events).
///
/// # Examples
///
/// ```
/// use iot_topics::event::lifecycle_client;
///
/// assert!(lifecycle_client(&"lamp/7".parse()?).is_some());
/// assert!(lifecycle_client(&"lamp+7".parse()?).is_none());
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[must_use]
pub fn lifecycle_client(client: &ClientId) -> Option<LifecycleClientId> {
    LifecycleClientId::parse(client.as_str()).ok()
}
