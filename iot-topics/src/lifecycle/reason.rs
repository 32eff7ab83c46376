//! Why a connection ended, in the words of AWS.

use crate::words::words;

words! {
    lifecycle:
    /// The `disconnectReason` of a lifecycle event: those of the developer guide ("Lifecycle
    /// events"), then two of the API model.
    pub enum DisconnectReason {
        /// Authentication or authorization failed.
        AuthError = "AUTH_ERROR",
        /// The client sent DISCONNECT or a WebSocket close frame.
        ClientInitiatedDisconnect = "CLIENT_INITIATED_DISCONNECT",
        /// The client broke a rule, such as a second CONNECT or too large a payload.
        ClientError = "CLIENT_ERROR",
        /// The network connection was cut.
        ConnectionLost = "CONNECTION_LOST",
        /// Another connection took the client identifier over.
        DuplicateClientId = "DUPLICATE_CLIENTID",
        /// The client may not be connected, such as from a denied address.
        ForbiddenAccess = "FORBIDDEN_ACCESS",
        /// Silent for 1.5 × the keep-alive time.
        MqttKeepAliveTimeout = "MQTT_KEEP_ALIVE_TIMEOUT",
        /// An unexpected fault of the server.
        ServerError = "SERVER_ERROR",
        /// The server closed it for operational reasons.
        ServerInitiatedDisconnect = "SERVER_INITIATED_DISCONNECT",
        /// The `DeleteConnection` API was called.
        ApiInitiatedDisconnect = "API_INITIATED_DISCONNECT",
        /// The client exceeded a throttling limit.
        Throttled = "THROTTLED",
        /// A WebSocket lived for longer than its time-to-live, 24 hours.
        WebsocketTtlExpiration = "WEBSOCKET_TTL_EXPIRATION",
        /// Older than the custom authorizer allowed.
        CustomauthTtlExpiration = "CUSTOMAUTH_TTL_EXPIRATION",
        /// In the API model alone; no lifecycle event documents it.
        Unknown = "UNKNOWN",
        /// In the API model alone; the connection has not ended.
        None = "NONE",
    }
}

impl DisconnectReason {
    /// Whether the client ended the connection itself: what a lifecycle event says in
    /// `clientInitiatedDisconnect`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::lifecycle::DisconnectReason;
    ///
    /// assert!(DisconnectReason::ClientInitiatedDisconnect.is_client_initiated());
    /// assert!(!DisconnectReason::DuplicateClientId.is_client_initiated());
    /// ```
    #[must_use]
    pub const fn is_client_initiated(self) -> bool {
        matches!(self, Self::ClientInitiatedDisconnect)
    }
}
