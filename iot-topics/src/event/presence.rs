//! Lifecycle events of clients.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::lifecycle_client;
use super::wire::payload;
use crate::ident::{ClientId, ThingName};
use crate::lifecycle::{self, DisconnectReason, PresenceEvent};
use crate::reserved::{EventTopic, PresenceKind, SubscriptionKind};
use crate::time::Timestamp;
use crate::words::words;

payload! {
    /// A client connected (developer guide, Lifecycle events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::Timestamp;
    /// use iot_topics::event::Connected;
    ///
    /// let event = Connected {
    ///     client_id: "lamp".parse()?,
    ///     thing_name: None,
    ///     timestamp: Timestamp::from_millis(1_700_000_000_123),
    ///     session_identifier: "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001".into(),
    ///     principal_identifier: "f0e1d2c3b4a5".into(),
    ///     ip_address: "192.0.2.7".into(),
    ///     version_number: 4,
    /// };
    /// let json = serde_json::to_value(&event)?;
    /// assert_eq!(json["eventType"], "connected");
    /// assert_eq!(json["timestamp"], 1_700_000_000_123_u64);
    /// assert_eq!(json.get("thingName"), None);
    /// assert_eq!(
    ///     event.topic().unwrap().to_string(),
    ///     "$aws/events/presence/connected/lamp",
    /// );
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub struct Connected: "connected" {
        /// The client.
        pub client_id: ClientId,
        /// The thing; only for a client that connects as an exclusive thing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub thing_name: Option<ThingName>,
        /// About when; milliseconds on the wire.
        pub timestamp: Timestamp,
        /// The session, unique over all of AWS IoT.
        pub session_identifier: String,
        /// What the client authenticated with: the id of its certificate, or IAM credentials.
        pub principal_identifier: String,
        /// Where the client connects from, IPv4 or IPv6.
        pub ip_address: String,
        /// The same number as in the event of the disconnection; it grows with each connection of
        /// the client, may skip, and starts at 0 again after about an hour offline.
        pub version_number: u64,
    }
}

payload! {
    /// A client disconnected (developer guide, Lifecycle events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::Disconnected;
    /// use iot_topics::lifecycle::DisconnectReason;
    ///
    /// let event: Disconnected = serde_json::from_str(r#"{
    ///     "clientId": "lamp",
    ///     "timestamp": 1700000000123,
    ///     "eventType": "disconnected",
    ///     "sessionIdentifier": "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001",
    ///     "principalIdentifier": "f0e1d2c3b4a5",
    ///     "clientInitiatedDisconnect": false,
    ///     "disconnectReason": "CONNECTION_LOST",
    ///     "versionNumber": 4
    /// }"#)?;
    /// assert_eq!(event.disconnect_reason, DisconnectReason::ConnectionLost);
    /// assert_eq!(
    ///     event.topic().unwrap().to_string(),
    ///     "$aws/events/presence/disconnected/lamp",
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct Disconnected: "disconnected" {
        /// The client.
        pub client_id: ClientId,
        /// The thing; only for a client that connects as an exclusive thing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub thing_name: Option<ThingName>,
        /// About when; milliseconds on the wire.
        pub timestamp: Timestamp,
        /// The session, unique over all of AWS IoT.
        pub session_identifier: String,
        /// What the client authenticated with: the id of its certificate, or IAM credentials.
        pub principal_identifier: String,
        /// Whether the client ended the connection itself.
        pub client_initiated_disconnect: bool,
        /// Why the connection ended.
        pub disconnect_reason: DisconnectReason,
        /// The same number as in the event of the connection.
        pub version_number: u64,
    }
}

payload! {
    /// A client was not allowed to connect, or to publish the will that it set (developer guide,
    /// Lifecycle events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::{ConnectFailed, ConnectFailureReason};
    ///
    /// let event: ConnectFailed = serde_json::from_str(r#"{
    ///     "clientId": "lamp",
    ///     "timestamp": 1700000000123,
    ///     "eventType": "connect_failed",
    ///     "connectFailureReason": "AUTHORIZATION_FAILED",
    ///     "principalIdentifier": "f0e1d2c3b4a5",
    ///     "sessionIdentifier": "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001",
    ///     "ipAddress": "192.0.2.7"
    /// }"#)?;
    /// assert_eq!(event.connect_failure_reason, ConnectFailureReason::AuthorizationFailed);
    /// assert_eq!(
    ///     event.topic().unwrap().to_string(),
    ///     "$aws/events/presence/connect_failed/lamp",
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct ConnectFailed: "connect_failed" {
        /// The client.
        pub client_id: ClientId,
        /// The thing; only for a client that connects as an exclusive thing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub thing_name: Option<ThingName>,
        /// About when; milliseconds on the wire.
        pub timestamp: Timestamp,
        /// Why, always the same.
        pub connect_failure_reason: ConnectFailureReason,
        /// What the client authenticated with: the id of its certificate, or IAM credentials.
        pub principal_identifier: String,
        /// The session, unique over all of AWS IoT.
        pub session_identifier: String,
        /// Where the client connects from, IPv4 or IPv6.
        pub ip_address: String,
    }
}

words! {
    event:
    /// Why a client could not connect.
    pub enum ConnectFailureReason {
        /// A policy does not allow it.
        AuthorizationFailed = "AUTHORIZATION_FAILED",
    }
}

/// A client subscribed or unsubscribed (developer guide, Lifecycle events).
///
/// # Examples
///
/// ```
/// use iot_topics::Timestamp;
/// use iot_topics::event::SubscriptionEvent;
/// use iot_topics::reserved::SubscriptionKind;
///
/// let event = SubscriptionEvent {
///     client_id: "lamp".parse()?,
///     thing_name: None,
///     timestamp: Timestamp::from_millis(1_700_000_000_123),
///     event_type: SubscriptionKind::Subscribed,
///     session_identifier: "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001".into(),
///     principal_identifier: "f0e1d2c3b4a5".into(),
///     topics: vec!["hall/#".into()],
/// };
/// let topic = event.topic().unwrap();
/// assert_eq!(topic.to_string(), "$aws/events/subscriptions/subscribed/lamp");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::exhaustive_structs,
    reason = "who sends such an event writes every key, and wants to hear of a new one"
)]
pub struct SubscriptionEvent {
    /// The client.
    pub client_id: ClientId,
    /// The thing; only for a client that connects as an exclusive thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thing_name: Option<ThingName>,
    /// About when; milliseconds on the wire.
    pub timestamp: Timestamp,
    /// Which of the two.
    pub event_type: SubscriptionKind,
    /// The session, unique over all of AWS IoT.
    pub session_identifier: String,
    /// What the client authenticated with: the id of its certificate, or IAM credentials.
    pub principal_identifier: String,
    /// The topic filters, as the client sent them.
    pub topics: Vec<String>,
}

macro_rules! presence_topic {
    ($name:ident, $kind:ident) => {
        impl $name {
            /// The topic of the event; `None` for a client identifier with `+` or `#`.
            #[must_use]
            pub fn topic(&self) -> Option<EventTopic> {
                let client = lifecycle_client(&self.client_id)?;
                let kind = PresenceKind::$kind;
                Some(EventTopic::Presence { kind, client })
            }
        }
    };
}

presence_topic!(Connected, Connected);
presence_topic!(Disconnected, Disconnected);
presence_topic!(ConnectFailed, ConnectFailed);

macro_rules! presence_event {
    ($name:ident) => {
        impl $name {
            /// What a [`PresenceTracker`](lifecycle::PresenceTracker) needs of the event.
            ///
            /// # Examples
            ///
            /// ```
            /// use iot_topics::Timestamp;
            /// use iot_topics::event::Connected;
            /// use iot_topics::lifecycle::{Change, PresenceTracker};
            ///
            /// let event: Connected = serde_json::from_str(r#"{
            ///     "clientId": "lamp",
            ///     "timestamp": 1700000000123,
            ///     "eventType": "connected",
            ///     "sessionIdentifier": "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001",
            ///     "principalIdentifier": "f0e1d2c3b4a5",
            ///     "ipAddress": "192.0.2.7",
            ///     "versionNumber": 4
            /// }"#)?;
            /// let mut tracker = PresenceTracker::default();
            /// let now = Timestamp::from_secs(1_700_000_001);
            /// assert_eq!(tracker.observe(event.presence_event(), now), Change::Online);
            /// # Ok::<(), serde_json::Error>(())
            /// ```
            #[must_use]
            pub const fn presence_event(&self) -> PresenceEvent<'_> {
                PresenceEvent {
                    client: &self.client_id,
                    kind: lifecycle::PresenceKind::$name,
                    version: self.version_number,
                    at: self.timestamp,
                }
            }
        }
    };
}

presence_event!(Connected);
presence_event!(Disconnected);

impl SubscriptionEvent {
    /// The topic of the event; `None` for a client identifier with `+` or `#`.
    #[must_use]
    pub fn topic(&self) -> Option<EventTopic> {
        let client = lifecycle_client(&self.client_id)?;
        let kind = self.event_type;
        Some(EventTopic::Subscriptions { kind, client })
    }
}
