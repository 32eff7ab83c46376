//! What a client sees of a refusal.

use core::fmt;

use super::{Cause, Operation, ProtocolVersion, Qos};

/// What a client sees of a refusal.
///
/// | operation | MQTT 3.1.1 | MQTT 5 |
/// |---|---|---|
/// | CONNECT | CONNACK with return code 7, then closed | CONNACK 0x87, then closed |
/// | PUBLISH, level 1 | closed | PUBACK 0x87, the connection stays |
/// | PUBLISH, level 0 | closed | DISCONNECT 0x87: there is no PUBACK to say it in |
/// | SUBSCRIBE | closed, whichever of the filters is refused | SUBACK 0x87 for the filter, the connection stays |
/// | delivery | the message is dropped, the session stays | the same |
/// | HTTP | 403 | 403 |
///
/// Where a reserved topic does not support the operation, no policy is asked. The client then sees
/// the same, but for the codes: 0x8F in SUBACK, 0x90 in the other packets of MQTT 5, 400 over HTTP.
///
/// The codes of MQTT 5 are those of the developer guide, "MQTT reason codes"; that PUBACK and
/// SUBACK leave the connection open is decided here. The return code 7, where MQTT 3.1.1 has 5, is
/// from the 2022 and 2023 editions of the guide's list of differences from MQTT 3.1.1; later
/// editions leave the line out. That an unauthorised PUBLISH or SUBSCRIBE closes the connection is
/// what AWS staff answered to users of its SDKs. Deliveries: "AWS IoT Core policy actions".
///
/// # Examples
///
/// ```
/// use iot_policy::{ClientEffect, ReasonCode};
///
/// let effect = ClientEffect::PacketRefused(ReasonCode::NotAuthorized);
/// assert_eq!(effect.reason_code(), Some(ReasonCode::NotAuthorized));
/// assert!(!effect.closes_connection());
/// assert_eq!(
///     effect.to_string(),
///     "the acknowledgement carries 0x87 (not authorized), the connection stays"
/// );
/// assert_eq!(ClientEffect::MessageDropped.reason_code(), None); // nobody is told
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientEffect {
    /// CONNACK carries this code, then the connection is closed.
    ConnectionRefused(ReasonCode),
    /// The open connection is closed; over MQTT 5 a DISCONNECT with this code goes before.
    Disconnected(Option<ReasonCode>),
    /// The acknowledgement (PUBACK, or SUBACK for this filter) carries this code. The connection
    /// stays.
    PacketRefused(ReasonCode),
    /// The client gets no message, and hears nothing of it. The session stays.
    MessageDropped,
    /// The answer has this HTTP status.
    HttpRefused(u16),
}

impl ClientEffect {
    /// The code in the packet that tells the client, if there is such a packet.
    #[must_use]
    pub const fn reason_code(self) -> Option<ReasonCode> {
        match self {
            Self::ConnectionRefused(code) | Self::PacketRefused(code) => Some(code),
            Self::Disconnected(code) => code,
            Self::MessageDropped | Self::HttpRefused(_) => None,
        }
    }

    /// Whether the network connection is closed.
    #[must_use]
    pub const fn closes_connection(self) -> bool {
        matches!(self, Self::ConnectionRefused(_) | Self::Disconnected(_))
    }

    /// The effect of refusing an operation for this cause.
    pub(super) const fn of(operation: &Operation<'_>, cause: &Cause<'_>) -> Self {
        const BAD_REQUEST: u16 = 400;
        const FORBIDDEN: u16 = 403;
        let (name, filter, status) = match cause {
            Cause::Policy { .. } => (
                ReasonCode::NotAuthorized,
                ReasonCode::NotAuthorized,
                FORBIDDEN,
            ),
            Cause::Topic { .. } => (
                ReasonCode::TopicNameInvalid,
                ReasonCode::TopicFilterInvalid,
                BAD_REQUEST,
            ),
        };
        match operation {
            Operation::Connect(packet) => Self::ConnectionRefused(match packet.version() {
                ProtocolVersion::Mqtt311 => ReasonCode::ConnectRefused,
                ProtocolVersion::Mqtt5 => name,
            }),
            Operation::Publish(packet) => match (packet.version(), packet.qos()) {
                (ProtocolVersion::Mqtt311, _) => Self::Disconnected(None),
                (ProtocolVersion::Mqtt5, Qos::AtMostOnce) => Self::Disconnected(Some(name)),
                (ProtocolVersion::Mqtt5, Qos::AtLeastOnce) => Self::PacketRefused(name),
            },
            Operation::Subscribe(packet) => match packet.version() {
                ProtocolVersion::Mqtt311 => Self::Disconnected(None),
                ProtocolVersion::Mqtt5 => Self::PacketRefused(filter),
            },
            Operation::Deliver(_) => Self::MessageDropped,
            Operation::Http(_) => Self::HttpRefused(status),
        }
    }
}

impl fmt::Display for ClientEffect {
    /// A clause, such as `the connection is closed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionRefused(code) => {
                write!(f, "CONNACK carries {code} and the connection is closed")
            }
            Self::Disconnected(None) => f.write_str("the connection is closed"),
            Self::Disconnected(Some(code)) => {
                write!(f, "DISCONNECT carries {code} and the connection is closed")
            }
            Self::PacketRefused(code) => {
                write!(
                    f,
                    "the acknowledgement carries {code}, the connection stays"
                )
            }
            Self::MessageDropped => f.write_str("the message is dropped, the session stays"),
            Self::HttpRefused(status) => write!(f, "the answer is HTTP {status}"),
        }
    }
}

/// The byte that tells a client of a refusal.
///
/// # Examples
///
/// ```
/// use iot_policy::ReasonCode;
///
/// assert_eq!(ReasonCode::NotAuthorized.as_u8(), 0x87);
/// assert_eq!(ReasonCode::NotAuthorized.name(), "not authorized");
/// assert_eq!(ReasonCode::NotAuthorized.to_string(), "0x87 (not authorized)");
/// assert_eq!(ReasonCode::ConnectRefused.as_u8(), 7); // of MQTT 3.1.1
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum ReasonCode {
    /// Return code 7 of CONNACK over MQTT 3.1.1: AWS IoT sends it where MQTT has 5, not
    /// authorized.
    ConnectRefused = 0x07,
    /// `Not authorized` of MQTT 5.
    NotAuthorized = 0x87,
    /// `Topic Filter invalid` of MQTT 5.
    TopicFilterInvalid = 0x8F,
    /// `Topic Name invalid` of MQTT 5.
    TopicNameInvalid = 0x90,
}

impl ReasonCode {
    /// The byte.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConnectRefused | Self::NotAuthorized => "not authorized",
            Self::TopicFilterInvalid => "topic filter invalid",
            Self::TopicNameInvalid => "topic name invalid",
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:02X} ({})", self.as_u8(), self.name())
    }
}
