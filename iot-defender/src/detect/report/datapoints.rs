//! From a report to datapoints of metrics.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::custom::{CustomFault, DroppedMetric};
use super::model::{ListeningPort, Listing, MetricsReport};
use crate::detect::metric::{AwsMetric, CustomMetricType, Metric};
use crate::detect::value::Datapoint;

/// What a report says of metrics.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, Datapoint, Datapoints, MetricsReport};
///
/// let payload = br#"{"hed":{"rid":1,"v":"1.0"},"met":{"ns":{"bi":512}}}"#;
/// let datapoints: Datapoints = MetricsReport::from_json(payload)?.datapoints(|_| None);
/// assert_eq!(datapoints.values, [(AwsMetric::AllBytesIn.into(), Datapoint::Count(512))]);
/// assert!(datapoints.dropped.is_empty());
/// # Ok::<(), iot_defender::detect::ReportError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a custom metric is one of these two"
)]
pub struct Datapoints {
    /// A value of each metric, in the order of [`Metric`].
    pub values: Vec<(Metric, Datapoint)>,
    /// Custom metrics that are not kept, in the order of their names.
    pub dropped: Vec<DroppedMetric>,
}

impl MetricsReport {
    /// The datapoints of the report. `declared` gives the type that the account has declared for a
    /// custom metric, by its name; `None` if it has no such metric.
    ///
    /// - Ports and addresses are sets: each once, in order. An IPv4 address that is written as an
    ///   IPv6 one is the IPv4 address.
    /// - Counts are the total, or where it is not told the length of the list, in which the same
    ///   port or address may be twice.
    /// - Counters say what came in since the report before, as the device told it.
    /// - Custom metrics keep the order and the repetitions that they were sent with.
    ///
    /// What the report leaves out has no datapoint: no list is not an empty list.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, CustomMetricType, Datapoint, MetricsReport};
    ///
    /// let payload = br#"{"hed":{"rid":1,"v":"1.0"},
    ///     "met":{"tp":{"pts":[{"pt":80},{"pt":22},{"pt":80}]}},
    ///     "cmet":{"load":[{"number":0.5}],"ghost":[{"number":1}]}}"#;
    /// let declared = |name: &str| (name == "load").then_some(CustomMetricType::Number);
    /// let datapoints = MetricsReport::from_json(payload)?.datapoints(declared);
    ///
    /// let [count, ports, ..] = &datapoints.values[..] else { panic!() };
    /// assert_eq!(*count, (AwsMetric::NumListeningTcpPorts.into(), Datapoint::Count(3)));
    /// assert_eq!(*ports, (AwsMetric::ListeningTcpPorts.into(), Datapoint::Ports(vec![22, 80])));
    /// assert_eq!(datapoints.dropped[0].to_string(), "`ghost`: not declared");
    /// # Ok::<(), iot_defender::detect::ReportError>(())
    /// ```
    #[must_use]
    pub fn datapoints(&self, declared: impl Fn(&str) -> Option<CustomMetricType>) -> Datapoints {
        let mut values = Vec::new();
        let mut push = |metric: AwsMetric, value: Option<Datapoint>| {
            values.extend(value.map(|value| (Metric::Aws(metric), value)));
        };
        if let Some(metrics) = &self.metrics {
            let count = |count: Option<u64>| count.map(Datapoint::Count);
            let stats = metrics.network_stats.unwrap_or_default();
            push(AwsMetric::AllBytesOut, count(stats.bytes_out));
            push(AwsMetric::AllBytesIn, count(stats.bytes_in));
            push(AwsMetric::AllPacketsOut, count(stats.packets_out));
            push(AwsMetric::AllPacketsIn, count(stats.packets_in));
            let tcp = metrics.listening_tcp_ports.as_ref();
            let udp = metrics.listening_udp_ports.as_ref();
            let connections = metrics.established_connections.as_ref();
            push(
                AwsMetric::NumListeningTcpPorts,
                count(tcp.and_then(Listing::count)),
            );
            push(
                AwsMetric::NumListeningUdpPorts,
                count(udp.and_then(Listing::count)),
            );
            push(
                AwsMetric::NumEstablishedTcpConnections,
                count(connections.and_then(Listing::count)),
            );
            push(AwsMetric::ListeningTcpPorts, tcp.and_then(ports));
            push(AwsMetric::ListeningUdpPorts, udp.and_then(ports));
            let peers = connections.and_then(|connections| {
                let items = connections.items.as_ref()?;
                let address = items.iter().map(|it| it.remote_addr.ip().to_canonical());
                Some(Datapoint::Addresses(set(address)))
            });
            push(AwsMetric::DestinationIpAddresses, peers);
        }
        let mut dropped = self.dropped.clone();
        for (name, value) in self.custom_metrics.iter().flat_map(|custom| custom.iter()) {
            let found = value.metric_type();
            let fault = match declared(name.as_str()) {
                Some(declared) if declared == found => {
                    values.push((Metric::Custom(name.clone()), value.clone().into()));
                    continue;
                }
                Some(declared) => CustomFault::OtherType { found, declared },
                None => CustomFault::Undeclared,
            };
            let name = name.to_string();
            dropped.push(DroppedMetric { name, fault });
        }
        dropped.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Datapoints { values, dropped }
    }
}

fn ports(listing: &Listing<ListeningPort>) -> Option<Datapoint> {
    let items = listing.items.as_ref()?;
    Some(Datapoint::Ports(set(items.iter().filter_map(|it| it.port))))
}

fn set<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}
