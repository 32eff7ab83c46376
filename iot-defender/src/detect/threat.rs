//! Ready profiles, one for each threat that the guide names.
//!
//! Which metrics tell of which threat is the guide's choice (developer guide, "Security use
//! cases"); what is normal is the fleet's own, so that a figure belongs into [`NormalDevice`] and
//! none stands here. Nothing can be said of a threat by one metric alone: an alarm is where to
//! begin to look.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::cidr::Cidr;
use super::definitions::Definitions;
use super::metric::AwsMetric;
use super::name::ProfileName;
use super::profile::SecurityProfile;
use super::refusal::DetectError;
use crate::words::words;

words! {
    detect:
    /// A threat to devices, or by them.
    pub enum Threat {
        /// Stolen devices and certificates, and copies of them.
        IntellectualPropertyTheft = "intellectual-property-theft",
        /// Data leaves in messages.
        Exfiltration = "exfiltration",
        /// Somebody connects with the credentials of a device.
        Impersonation = "impersonation",
        /// Messages are sent and received in masses, for others to pay.
        CloudAbuse = "cloud-abuse",
        /// A device floods others.
        DenialOfService = "denial-of-service",
        /// A device is used to reach the next one.
        LateralMovement = "lateral-movement",
        /// A device listens to its surroundings, and tells somebody else.
        Surveillance = "surveillance",
        /// A device does not do its work.
        Sabotage = "sabotage",
        /// A device computes for somebody else.
        Mining = "mining",
        /// A device is held by malware that takes commands from elsewhere.
        Ransomware = "ransomware",
    }
}

/// What an honest device does at most in five minutes of its busiest hour, and with whom. A figure
/// that is reached is normal still.
///
/// The figures of the default are of a small sensor with MQTT and a shell switched off; a fleet
/// finds its own with percentiles of its metrics.
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
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Open TCP connections.
    pub tcp_connections: u64,
    /// TCP ports that it listens on. None: those that attackers try first are not among them, and
    /// of others nothing is said.
    pub tcp_ports: Vec<u16>,
    /// UDP ports that it listens on. None: nothing is said of them.
    pub udp_ports: Vec<u16>,
    /// Networks that it connects from. None: nothing is known of them, and behaviors that need
    /// them are left out.
    pub sources: Vec<Cidr>,
    /// Networks that it connects to. None: as with `sources`.
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
            tcp_connections: 5,
            tcp_ports: Vec::new(),
            udp_ports: Vec::new(),
            sources: Vec::new(),
            destinations: Vec::new(),
        }
    }
}

/// Where remote shells and pages of administration listen: developer guide, "Detect", on measuring
/// the surface for attacks; with the other ports of telnet.
const OFTEN_ATTACKED: [u16; 7] = [22, 23, 80, 443, 2323, 8080, 8081];

/// How a figure is held against a metric.
enum Rule {
    /// Not more than it.
    AtMost(fn(&NormalDevice) -> u64),
    /// Over an hour, not more than twelve times it.
    AtMostInAnHour(fn(&NormalDevice) -> u64),
    /// Within these networks.
    Within(fn(&NormalDevice) -> &[Cidr]),
    /// Only these ports; of TCP, without any, none that is often attacked.
    Listens(fn(&NormalDevice) -> &[u16]),
}

/// A behavior: a metric, what of it is normal, and after how many datapoints in a row it is an
/// alarm: where one may be chance, more than one.
struct Row(AwsMetric, Rule, u8);

const SOURCES: Row = {
    let rule = Rule::Within(|it| &it.sources);
    Row(AwsMetric::SourceIpAddress, rule, 1)
};
const DESTINATIONS: Row = {
    let rule = Rule::Within(|it| &it.destinations);
    Row(AwsMetric::DestinationIpAddresses, rule, 1)
};
const SENT: Row = {
    let rule = Rule::AtMost(|it| it.messages_sent);
    Row(AwsMetric::NumMessagesSent, rule, 2)
};
const RECEIVED: Row = {
    let rule = Rule::AtMost(|it| it.messages_received);
    Row(AwsMetric::NumMessagesReceived, rule, 2)
};
const SIZE: Row = {
    let rule = Rule::AtMost(|it| it.message_bytes);
    Row(AwsMetric::MessageByteSize, rule, 1)
};
const FAILURES: Row = {
    let rule = Rule::AtMost(|it| it.authorization_failures);
    Row(AwsMetric::NumAuthorizationFailures, rule, 1)
};
const ATTEMPTS: Row = {
    let rule = Rule::AtMost(|it| it.connection_attempts);
    Row(AwsMetric::NumConnectionAttempts, rule, 1)
};
const DISCONNECTS: Row = {
    let rule = Rule::AtMost(|it| it.disconnects);
    Row(AwsMetric::NumDisconnects, rule, 1)
};
const ABSENCE: Row = {
    let rule = Rule::AtMost(|it| it.minutes_disconnected);
    Row(AwsMetric::DisconnectDuration, rule, 1)
};
const TCP_PORTS: Row = {
    let rule = Rule::Listens(|it| &it.tcp_ports);
    Row(AwsMetric::ListeningTcpPorts, rule, 1)
};
const UDP_PORTS: Row = {
    let rule = Rule::Listens(|it| &it.udp_ports);
    Row(AwsMetric::ListeningUdpPorts, rule, 1)
};
const CONNECTIONS: Row = {
    let rule = Rule::AtMost(|it| it.tcp_connections);
    Row(AwsMetric::NumEstablishedTcpConnections, rule, 2)
};
const BYTES_OUT: Row = {
    let rule = Rule::AtMost(|it| it.bytes_out);
    Row(AwsMetric::AllBytesOut, rule, 1)
};
const PACKETS_OUT: Row = {
    let rule = Rule::AtMost(|it| it.packets_out);
    Row(AwsMetric::AllPacketsOut, rule, 1)
};
/// Slow and long, where the others are quick.
const BYTES_OUT_IN_AN_HOUR: Row = {
    let rule = Rule::AtMostInAnHour(|it| it.bytes_out);
    Row(AwsMetric::AllBytesOut, rule, 1)
};
const BYTES_IN_IN_AN_HOUR: Row = {
    let rule = Rule::AtMostInAnHour(|it| it.bytes_in);
    Row(AwsMetric::AllBytesIn, rule, 1)
};
const PACKETS_OUT_IN_AN_HOUR: Row = {
    let rule = Rule::AtMostInAnHour(|it| it.packets_out);
    Row(AwsMetric::AllPacketsOut, rule, 1)
};
const PACKETS_IN_IN_AN_HOUR: Row = {
    let rule = Rule::AtMostInAnHour(|it| it.packets_in);
    Row(AwsMetric::AllPacketsIn, rule, 1)
};

impl Threat {
    const fn rows(self) -> &'static [Row] {
        match self {
            Self::IntellectualPropertyTheft => &[SOURCES, RECEIVED, SIZE],
            Self::Exfiltration => &[SOURCES, RECEIVED, SIZE, BYTES_OUT_IN_AN_HOUR, DESTINATIONS],
            Self::Impersonation => &[FAILURES, ATTEMPTS, DISCONNECTS, SOURCES],
            Self::CloudAbuse => &[SENT, RECEIVED, SIZE],
            Self::DenialOfService => &[PACKETS_OUT, BYTES_OUT, CONNECTIONS],
            Self::LateralMovement => &[TCP_PORTS, UDP_PORTS, CONNECTIONS, DESTINATIONS],
            Self::Surveillance => &[BYTES_OUT_IN_AN_HOUR, PACKETS_OUT_IN_AN_HOUR, DESTINATIONS],
            Self::Sabotage => &[ABSENCE, DISCONNECTS, TCP_PORTS],
            Self::Mining => &[
                DESTINATIONS,
                CONNECTIONS,
                PACKETS_OUT_IN_AN_HOUR,
                PACKETS_IN_IN_AN_HOUR,
            ],
            Self::Ransomware => &[DESTINATIONS, TCP_PORTS, CONNECTIONS, BYTES_IN_IN_AN_HOUR],
        }
    }
}

impl Rule {
    /// The operator, the value, and the seconds; none for what is not known of the device.
    fn criteria(
        &self,
        metric: AwsMetric,
        normal: &NormalDevice,
    ) -> Option<(&'static str, Value, Option<u32>)> {
        let is_counter = metric.kind() == super::metric::MetricKind::Counter;
        match self {
            Self::AtMost(figure) => Some((
                "less-than-equals",
                json!({ "count": figure(normal) }),
                is_counter.then_some(300),
            )),
            Self::AtMostInAnHour(figure) => Some((
                "less-than-equals",
                json!({ "count": figure(normal).saturating_mul(12) }),
                Some(3_600),
            )),
            Self::Within(networks) => {
                let networks = networks(normal);
                (!networks.is_empty()).then(|| ("in-cidr-set", json!({ "cidrs": networks }), None))
            }
            Self::Listens(ports) => match ports(normal) {
                [] if metric == AwsMetric::ListeningTcpPorts => {
                    Some(("not-in-port-set", json!({ "ports": OFTEN_ATTACKED }), None))
                }
                [] => None,
                ports => Some(("in-port-set", json!({ "ports": ports }), None)),
            },
        }
    }
}

impl Row {
    /// The API's `Behavior`.
    fn behavior(&self, threat: Threat, normal: &NormalDevice) -> Option<Value> {
        let Self(metric, rule, to_alarm) = self;
        let (operator, value, seconds) = rule.criteria(*metric, normal)?;
        let metric = metric.as_str();
        let name: String = format!("{threat}:{}", metric.trim_start_matches("aws:"));
        let mut criteria = json!({
            "comparisonOperator": operator,
            "value": value,
            "consecutiveDatapointsToAlarm": to_alarm,
            "consecutiveDatapointsToClear": 1,
        });
        if let (Some(seconds), Some(members)) = (seconds, criteria.as_object_mut()) {
            members.insert("durationSeconds".into(), seconds.into());
        }
        Some(json!({ "name": name, "metric": metric, "criteria": criteria }))
    }
}

impl Threat {
    /// The metrics that tell of it, in the order of its behaviors.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, Threat};
    ///
    /// assert!(Threat::Impersonation.metrics().any(|metric| metric == AwsMetric::NumDisconnects));
    /// ```
    pub fn metrics(self) -> impl Iterator<Item = AwsMetric> {
        self.rows().iter().map(|row| row.0)
    }

    /// The body of the request `CreateSecurityProfile` for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{NormalDevice, Threat};
    ///
    /// let request = Threat::CloudAbuse.request(&NormalDevice::default());
    /// let first = &request["behaviors"][0];
    /// assert_eq!(first["name"], "cloud-abuse:num-messages-sent");
    /// assert_eq!(first["criteria"]["value"]["count"], 300);
    /// ```
    #[must_use]
    pub fn request(self, normal: &NormalDevice) -> Value {
        let rows = self.rows().iter();
        let behaviors: Vec<_> = rows.filter_map(|row| row.behavior(self, normal)).collect();
        json!({ "behaviors": behaviors })
    }

    /// The profile for it.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: more networks and ports than a profile takes.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, NormalDevice, Threat};
    ///
    /// let name = "no-floods".parse()?;
    /// let profile = Threat::DenialOfService.profile(name, &NormalDevice::default())?;
    /// assert_eq!(profile.behaviors().len(), 3);
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn profile(
        self,
        name: ProfileName,
        normal: &NormalDevice,
    ) -> Result<SecurityProfile, DetectError> {
        SecurityProfile::create(name, &self.request(normal), &Definitions::default())
    }
}
