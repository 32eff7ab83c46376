//! Connections as AWS IoT Core tells of them: why one ended, whether its will is sent, when a
//! silent one times out, and who is online.
//!
//! Sources: developer guide, "Lifecycle events" and "MQTT"; general reference, "AWS IoT Core
//! endpoints and quotas".

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
