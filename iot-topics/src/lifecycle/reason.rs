//! Why a connection ended, in the words of AWS.

use core::fmt;
use core::str::FromStr;

/// The `disconnectReason` of a lifecycle event.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::DisconnectReason;
///
/// let reason: DisconnectReason = "DUPLICATE_CLIENTID".parse()?;
/// assert_eq!(reason, DisconnectReason::DuplicateClientId);
/// assert_eq!(reason.to_string(), "DUPLICATE_CLIENTID");
/// assert!("duplicate_clientid".parse::<DisconnectReason>().is_err());
/// # Ok::<(), iot_topics::lifecycle::UnknownDisconnectReason>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// `AUTH_ERROR`: authentication or authorization failed.
    AuthError,
    /// `CLIENT_INITIATED_DISCONNECT`: the client sent DISCONNECT or a WebSocket close frame.
    ClientInitiatedDisconnect,
    /// `CLIENT_ERROR`: the client broke a rule, such as a second CONNECT or too large a payload.
    ClientError,
    /// `CONNECTION_LOST`: the network connection was cut.
    ConnectionLost,
    /// `DUPLICATE_CLIENTID`: another connection took the client identifier over.
    DuplicateClientId,
    /// `FORBIDDEN_ACCESS`: the client may not be connected, such as from a denied address.
    ForbiddenAccess,
    /// `MQTT_KEEP_ALIVE_TIMEOUT`: silent for 1.5 × the keep-alive time.
    MqttKeepAliveTimeout,
    /// `SERVER_ERROR`: an unexpected fault of the server.
    ServerError,
    /// `SERVER_INITIATED_DISCONNECT`: the server closed it for operational reasons.
    ServerInitiatedDisconnect,
    /// `API_INITIATED_DISCONNECT`: the `DeleteConnection` API was called.
    ApiInitiatedDisconnect,
    /// `THROTTLED`: the client exceeded a throttling limit.
    Throttled,
    /// `WEBSOCKET_TTL_EXPIRATION`: a WebSocket lived for longer than its time-to-live, 24 hours.
    WebsocketTtlExpiration,
    /// `CUSTOMAUTH_TTL_EXPIRATION`: older than the custom authorizer allowed.
    CustomauthTtlExpiration,
    /// `UNKNOWN`: in the API model alone; no lifecycle event documents it.
    Unknown,
    /// `NONE`: in the API model alone; the connection has not ended.
    None,
}

impl DisconnectReason {
    /// Every reason, in the order of the developer guide, the two of the API model last.
    pub const ALL: [Self; 15] = [
        Self::AuthError,
        Self::ClientInitiatedDisconnect,
        Self::ClientError,
        Self::ConnectionLost,
        Self::DuplicateClientId,
        Self::ForbiddenAccess,
        Self::MqttKeepAliveTimeout,
        Self::ServerError,
        Self::ServerInitiatedDisconnect,
        Self::ApiInitiatedDisconnect,
        Self::Throttled,
        Self::WebsocketTtlExpiration,
        Self::CustomauthTtlExpiration,
        Self::Unknown,
        Self::None,
    ];

    /// The text on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthError => "AUTH_ERROR",
            Self::ClientInitiatedDisconnect => "CLIENT_INITIATED_DISCONNECT",
            Self::ClientError => "CLIENT_ERROR",
            Self::ConnectionLost => "CONNECTION_LOST",
            Self::DuplicateClientId => "DUPLICATE_CLIENTID",
            Self::ForbiddenAccess => "FORBIDDEN_ACCESS",
            Self::MqttKeepAliveTimeout => "MQTT_KEEP_ALIVE_TIMEOUT",
            Self::ServerError => "SERVER_ERROR",
            Self::ServerInitiatedDisconnect => "SERVER_INITIATED_DISCONNECT",
            Self::ApiInitiatedDisconnect => "API_INITIATED_DISCONNECT",
            Self::Throttled => "THROTTLED",
            Self::WebsocketTtlExpiration => "WEBSOCKET_TTL_EXPIRATION",
            Self::CustomauthTtlExpiration => "CUSTOMAUTH_TTL_EXPIRATION",
            Self::Unknown => "UNKNOWN",
            Self::None => "NONE",
        }
    }

    /// Whether the client ended the connection itself: what a lifecycle event says in
    /// `clientInitiatedDisconnect`.
    #[must_use]
    pub const fn is_client_initiated(self) -> bool {
        matches!(self, Self::ClientInitiatedDisconnect)
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DisconnectReason {
    type Err = UnknownDisconnectReason;

    /// Takes the text on the wire, case and all.
    ///
    /// # Errors
    ///
    /// [`UnknownDisconnectReason`] for any text that is not listed.
    fn from_str(text: &str) -> Result<Self, UnknownDisconnectReason> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or(UnknownDisconnectReason)
    }
}

/// A text that names no [`DisconnectReason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("no such disconnect reason")]
#[non_exhaustive]
pub struct UnknownDisconnectReason;

#[cfg(feature = "serde")]
impl serde::Serialize for DisconnectReason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for DisconnectReason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ReasonVisitor)
    }
}

#[cfg(feature = "serde")]
struct ReasonVisitor;

#[cfg(feature = "serde")]
impl serde::de::Visitor<'_> for ReasonVisitor {
    type Value = DisconnectReason;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a disconnect reason")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<DisconnectReason, E> {
        text.parse()
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}
