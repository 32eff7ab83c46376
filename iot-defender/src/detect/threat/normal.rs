//! What is normal for the devices of a fleet.

use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::detect::cidr::Cidr;

/// What an honest device does at most in five minutes, or in an hour, and with whom. A figure that
/// is reached is normal still.
///
/// The figures of the default are of a small sensor with MQTT and a shell switched off, that seldom
/// has two busy times within an hour; a fleet finds its own with percentiles of its metrics. As JSON
/// it has the members below in `camelCase`; what is left out is as in the default.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::NormalDevice;
///
/// let mut normal = NormalDevice::default();
/// normal.messages_sent = 1_200;
/// normal.destinations = vec!["10.0.0.0/8".parse().unwrap()];
/// assert!(normal.sources.is_empty()); // nothing is known of where it connects from
///
/// let json = r#"{ "messagesSent": 1200, "destinations": ["10.0.0.0/8"] }"#;
/// assert_eq!(serde_json::from_str::<NormalDevice>(json)?, normal);
/// assert!(serde_json::from_str::<NormalDevice>(r#"{ "messages": 1200 }"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[non_exhaustive]
pub struct NormalDevice {
    /// Messages to AWS IoT Core.
    pub messages_sent: u64,
    /// Messages from it.
    pub messages_received: u64,
    /// Bytes of a message.
    pub message_bytes: u64,
    /// Refused requests.
    pub authorization_failures: u64,
    /// Attempts to connect.
    pub connection_attempts: u64,
    /// Ends of connections.
    pub disconnects: u64,
    /// Minutes without a connection.
    pub minutes_disconnected: u64,
    /// Bytes sent, in all protocols.
    pub bytes_out: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// Packets sent.
    pub packets_out: u64,
    /// Packets received.
    pub packets_in: u64,
    /// Bytes sent in an hour. If busy times are short this is less than twelve times `bytes_out`,
    /// so that what leaves slowly is seen.
    pub bytes_out_hourly: u64,
    /// Bytes received in an hour.
    pub bytes_in_hourly: u64,
    /// Packets sent in an hour.
    pub packets_out_hourly: u64,
    /// Packets received in an hour.
    pub packets_in_hourly: u64,
    /// Open TCP connections.
    pub tcp_connections: u64,
    /// TCP ports that it listens on. None: those that attackers try first are not among them, and
    /// of others nothing is said.
    pub tcp_ports: Vec<u16>,
    /// UDP ports that it listens on. None: nothing is said of them.
    pub udp_ports: Vec<u16>,
    /// Networks that it connects from. None: nothing is known of them, and behaviors that need
    /// them are left out.
    #[serde(deserialize_with = "cidrs")]
    pub sources: Vec<Cidr>,
    /// Networks that it connects to. None: as with `sources`.
    #[serde(deserialize_with = "cidrs")]
    pub destinations: Vec<Cidr>,
}

impl Default for NormalDevice {
    fn default() -> Self {
        Self {
            messages_sent: 300,
            messages_received: 100,
            message_bytes: 5_120,
            authorization_failures: 2,
            connection_attempts: 5,
            disconnects: 5,
            minutes_disconnected: 30,
            bytes_out: 2_000_000,
            bytes_in: 1_000_000,
            packets_out: 3_000,
            packets_in: 3_000,
            bytes_out_hourly: 6_000_000,
            bytes_in_hourly: 3_000_000,
            packets_out_hourly: 9_000,
            packets_in_hourly: 9_000,
            tcp_connections: 5,
            tcp_ports: Vec::new(),
            udp_ports: Vec::new(),
            sources: Vec::new(),
            destinations: Vec::new(),
        }
    }
}

fn cidrs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Cidr>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let read = |text: &String| {
        let cidr = text.parse();
        cidr.map_err(|error| D::Error::custom(format_args!("`{text}`: {error}")))
    };
    texts.iter().map(read).collect()
}
