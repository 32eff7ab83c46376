//! Ready profiles, one for each threat that the guide names.
//!
//! What is normal is the fleet's own, so that figures belong in [`NormalDevice`] and none stands
//! here.

mod normal;

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use serde_json::{Value, json};

pub use self::normal::NormalDevice;
use super::cidr::Cidr;
use super::definitions::Definitions;
use super::metric::{AwsMetric, AwsMetric as M, MetricKind};
use super::name::ProfileName;
use super::profile::SecurityProfile;
use super::refusal::DetectError;
use super::value::MAX_COUNT;
use crate::words::words;

words! {
    detect:
    /// A threat to devices, or by them, with a ready profile.
    ///
    /// Each has the metrics that the guide names for it (developer guide, "Security use cases"), but
    /// for CPU usage, which is a custom metric of whoever has it; and some more. What is normal is
    /// the fleet's own, and told by a [`NormalDevice`]. No metric alone proves a threat: an alarm is
    /// where to begin to look.
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

/// Where remote shells and pages of administration listen: developer guide, "Detect", on measuring
/// the surface for attacks; with the other ports of telnet.
const OFTEN_ATTACKED: [u16; 7] = [22, 23, 80, 443, 2323, 8080, 8081];

/// How a figure is held against a metric.
enum Rule {
    /// Not more than it.
    AtMost(fn(&NormalDevice) -> u64),
    /// Over an hour, not more than it.
    Hourly(fn(&NormalDevice) -> u64),
    /// Within these networks.
    Within(fn(&NormalDevice) -> &[Cidr]),
    /// Only these ports; of TCP, without any, none that is often attacked.
    Listens(fn(&NormalDevice) -> &[u16]),
    /// Not more ports than these. Agents cut long lists, and tell how long they were.
    AsMany(fn(&NormalDevice) -> &[u16]),
}

/// A behavior: a metric, what of it is normal, and after how many datapoints in a row it is an
/// alarm: where one may be chance, more than one.
struct Row(AwsMetric, Rule, u8);

impl Row {
    const fn at_most(metric: AwsMetric, figure: fn(&NormalDevice) -> u64) -> Self {
        Self(metric, Rule::AtMost(figure), 1)
    }

    const fn hourly(metric: AwsMetric, figure: fn(&NormalDevice) -> u64) -> Self {
        Self(metric, Rule::Hourly(figure), 1)
    }

    const fn twice(self) -> Self {
        let Self(metric, rule, _) = self;
        Self(metric, rule, 2)
    }
}

const SOURCES: Row = Row(M::SourceIpAddress, Rule::Within(|it| &it.sources), 1);
const DESTINATIONS: Row = Row(
    M::DestinationIpAddresses,
    Rule::Within(|it| &it.destinations),
    1,
);
const TCP_PORTS: Row = Row(M::ListeningTcpPorts, Rule::Listens(|it| &it.tcp_ports), 1);
const UDP_PORTS: Row = Row(M::ListeningUdpPorts, Rule::Listens(|it| &it.udp_ports), 1);
const TCP_COUNT: Row = Row(M::NumListeningTcpPorts, Rule::AsMany(|it| &it.tcp_ports), 1);
const UDP_COUNT: Row = Row(M::NumListeningUdpPorts, Rule::AsMany(|it| &it.udp_ports), 1);
const SENT: Row = Row::at_most(M::NumMessagesSent, |it| it.messages_sent).twice();
const RECEIVED: Row = Row::at_most(M::NumMessagesReceived, |it| it.messages_received).twice();
const SIZE: Row = Row::at_most(M::MessageByteSize, |it| it.message_bytes);
const FAILURES: Row = Row::at_most(M::NumAuthorizationFailures, |it| it.authorization_failures);
const ATTEMPTS: Row = Row::at_most(M::NumConnectionAttempts, |it| it.connection_attempts);
const DISCONNECTS: Row = Row::at_most(M::NumDisconnects, |it| it.disconnects);
const ABSENCE: Row = Row::at_most(M::DisconnectDuration, |it| it.minutes_disconnected);
const CONNECTIONS: Row =
    Row::at_most(M::NumEstablishedTcpConnections, |it| it.tcp_connections).twice();
const BYTES_OUT: Row = Row::at_most(M::AllBytesOut, |it| it.bytes_out);
const PACKETS_OUT: Row = Row::at_most(M::AllPacketsOut, |it| it.packets_out);
/// Slow and long, where the others are quick.
const BYTES_OUT_HOURLY: Row = Row::hourly(M::AllBytesOut, |it| it.bytes_out_hourly);
const BYTES_IN_HOURLY: Row = Row::hourly(M::AllBytesIn, |it| it.bytes_in_hourly);
const PACKETS_OUT_HOURLY: Row = Row::hourly(M::AllPacketsOut, |it| it.packets_out_hourly);
const PACKETS_IN_HOURLY: Row = Row::hourly(M::AllPacketsIn, |it| it.packets_in_hourly);

impl Threat {
    const fn rows(self) -> &'static [Row] {
        match self {
            Self::IntellectualPropertyTheft => &[SOURCES, RECEIVED, SIZE],
            Self::Exfiltration => &[
                SOURCES,
                RECEIVED,
                SIZE,
                BYTES_OUT,
                BYTES_OUT_HOURLY,
                PACKETS_OUT_HOURLY,
                DESTINATIONS,
            ],
            Self::Impersonation => &[FAILURES, ATTEMPTS, DISCONNECTS, SOURCES],
            Self::CloudAbuse => &[SENT, RECEIVED, SIZE, SOURCES],
            Self::DenialOfService => &[
                PACKETS_OUT,
                BYTES_OUT,
                CONNECTIONS,
                DESTINATIONS,
                TCP_PORTS,
                TCP_COUNT,
                UDP_PORTS,
                UDP_COUNT,
            ],
            Self::LateralMovement => &[
                PACKETS_OUT,
                BYTES_OUT,
                FAILURES,
                DESTINATIONS,
                CONNECTIONS,
                TCP_PORTS,
                UDP_PORTS,
            ],
            Self::Surveillance => &[
                BYTES_OUT,
                BYTES_OUT_HOURLY,
                PACKETS_OUT_HOURLY,
                DESTINATIONS,
            ],
            Self::Sabotage => &[ABSENCE, DISCONNECTS, TCP_PORTS],
            Self::Mining => &[
                DESTINATIONS,
                CONNECTIONS,
                PACKETS_OUT_HOURLY,
                PACKETS_IN_HOURLY,
            ],
            Self::Ransomware => &[
                DESTINATIONS,
                TCP_PORTS,
                TCP_COUNT,
                UDP_PORTS,
                UDP_COUNT,
                CONNECTIONS,
                BYTES_IN_HOURLY,
            ],
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
        let at_most = |count: u64, seconds| {
            let value = json!({ "count": count.min(MAX_COUNT) });
            Some(("less-than-equals", value, seconds))
        };
        match self {
            Self::AtMost(figure) => {
                let is_counter = metric.kind() == MetricKind::Counter;
                at_most(figure(normal), is_counter.then_some(300))
            }
            Self::Hourly(figure) => at_most(figure(normal), Some(3_600)),
            Self::Within(networks) => {
                let networks = networks(normal);
                (!networks.is_empty()).then(|| ("in-cidr-set", json!({ "cidrs": networks }), None))
            }
            Self::Listens(ports) => match ports(normal) {
                [] if metric == M::ListeningTcpPorts => {
                    Some(("not-in-port-set", json!({ "ports": OFTEN_ATTACKED }), None))
                }
                [] => None,
                ports => Some(("in-port-set", json!({ "ports": ports }), None)),
            },
            Self::AsMany(ports) => match ports(normal) {
                [] => None,
                ports => {
                    let ports: BTreeSet<_> = ports.iter().collect();
                    at_most(ports.len() as u64, None)
                }
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
        let hourly = match rule {
            Rule::Hourly(_) => "-hourly",
            _ => "",
        };
        let name = format!("{threat}:{}{hourly}", metric.trim_start_matches("aws:"));
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
    /// The metrics that tell of it, in the order of its behaviors. One of which there are two
    /// behaviors, with five minutes and with an hour, is there once.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, Threat};
    ///
    /// assert!(Threat::Impersonation.metrics().any(|metric| metric == AwsMetric::NumDisconnects));
    /// ```
    pub fn metrics(self) -> impl Iterator<Item = AwsMetric> {
        let rows = self.rows();
        let is_first = move |(place, row): &(usize, &Row)| {
            let mut before = rows.iter().take(*place);
            !before.any(|earlier| earlier.0 == row.0)
        };
        rows.iter()
            .enumerate()
            .filter(is_first)
            .map(|(_, row)| row.0)
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
    /// assert_eq!(profile.behaviors().len(), 4); // nothing is known of its peers and its UDP ports
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
