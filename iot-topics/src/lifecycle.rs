//! Connections as AWS IoT Core tells of them: why one ended, whether its will is sent, when a
//! silent one times out, and who is online.
//!
//! Sources: developer guide, "Lifecycle events" and "MQTT"; general reference, "AWS IoT Core
//! endpoints and quotas".
//!
//! # Examples
//!
//! ```
//! use iot_topics::lifecycle::{DisconnectReason, KeepAlive, disconnect};
//! use iot_topics::{ClientId, Timestamp};
//!
//! // The network of a device is cut: after 1.5 times its keep-alive the broker notices.
//! let client: ClientId = "ratchet".parse()?;
//! let last_packet = Timestamp::from_secs(1_700_000_000);
//! let now = Timestamp::from_secs(1_700_000_090);
//! assert!(KeepAlive::requested(60).is_timed_out(last_packet, now));
//!
//! let effects = disconnect(&client, DisconnectReason::MqttKeepAliveTimeout, true, false);
//! assert!(effects.will.is_sent() && effects.lifecycle_event);
//! # Ok::<(), iot_topics::IdentError>(())
//! ```

mod keep_alive;
mod presence;
mod reason;
mod will;

pub use keep_alive::KeepAlive;
pub use presence::{
    Change, Presence, PresenceConfig, PresenceEvent, PresenceKind, PresenceTracker,
};
pub use reason::DisconnectReason;
pub use will::{
    DisconnectEffects, WillDecision, WillRule, WillWithheld, disconnect, will_decision,
};
