//! Connections as AWS IoT Core tells of them: why one ended, whether its will is sent, when a
//! silent one times out, and who is online.
//!
//! Sources: developer guide, "Lifecycle events" and "MQTT".

mod reason;

pub use reason::{DisconnectReason, UnknownDisconnectReason};
