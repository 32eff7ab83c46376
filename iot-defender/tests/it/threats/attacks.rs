//! What attackers do to the metrics of a device.

use iot_defender::detect::AwsMetric as M;
use iot_defender::detect::{AwsMetric, Datapoint, MessageSizes, NormalDevice, Threat};

use super::Step;

pub(super) fn addresses(texts: &[&str]) -> Datapoint {
    Datapoint::Addresses(texts.iter().map(|text| text.parse().unwrap()).collect())
}

/// An attack, in the middle of a quiet day: how long it takes, and what it does to a step.
pub(super) type Attack = (&'static str, u64, fn(&NormalDevice, &mut Step));

pub(super) fn count(step: &mut Step, metric: AwsMetric, count: u64) {
    step.insert(metric, Datapoint::Count(count));
}

fn talks_to(step: &mut Step, address: &str) {
    step.insert(
        M::DestinationIpAddresses,
        addresses(&["10.20.3.4", address]),
    );
}

fn listens(step: &mut Step, metric: AwsMetric, number: AwsMetric, port: u16) {
    if let Some(Datapoint::Ports(ports)) = step.get_mut(&metric) {
        ports.push(port);
        let ports = ports.len() as u64;
        count(step, number, ports);
    }
}

fn size(step: &mut Step, bytes: u64) {
    let sizes = MessageSizes::new(1, bytes, bytes * 3).unwrap();
    step.insert(M::MessageByteSize, Datapoint::Sizes(sizes));
}

/// The attacks of a threat: together they violate each of its behaviors.
pub(super) fn attacks(threat: Threat) -> Vec<Attack> {
    match threat {
        Threat::IntellectualPropertyTheft => vec![
            ("a stolen device, somewhere else", 1, |_, step| {
                step.insert(M::SourceIpAddress, addresses(&["198.51.100.7"]));
            }),
            ("a copied certificate reads the drawings", 3, |it, step| {
                count(step, M::NumMessagesReceived, it.messages_received * 4);
                size(step, 120_000);
            }),
        ],
        Threat::Exfiltration => vec![
            ("a dump of the store, at once", 1, |it, step| {
                count(step, M::AllBytesOut, it.bytes_out * 10);
                talks_to(step, "198.51.100.7");
            }),
            (
                "a copy of everything, as busy as it ever is",
                12,
                |it, step| {
                    count(step, M::AllBytesOut, it.bytes_out);
                    count(step, M::AllPacketsOut, it.packets_out);
                },
            ),
            ("what the cloud has, through MQTT", 3, |it, step| {
                count(step, M::NumMessagesReceived, it.messages_received * 9);
                size(step, 128_000);
                step.insert(M::SourceIpAddress, addresses(&["198.51.100.7"]));
            }),
        ],
        Threat::Impersonation => vec![
            (
                "two with one identity push each other out",
                2,
                |it, step| {
                    count(step, M::NumConnectionAttempts, it.connection_attempts + 20);
                    count(step, M::NumDisconnects, it.disconnects + 20);
                    let both = ["203.0.113.9", "198.51.100.7"];
                    step.insert(M::SourceIpAddress, addresses(&both));
                },
            ),
            ("a stolen key tries what it may", 1, |it, step| {
                count(
                    step,
                    M::NumAuthorizationFailures,
                    it.authorization_failures + 1,
                );
            }),
        ],
        Threat::CloudAbuse => vec![
            ("a flood of messages, for others to pay", 2, |it, step| {
                count(step, M::NumMessagesSent, it.messages_sent * 50);
                count(step, M::NumMessagesReceived, it.messages_received * 50);
            }),
            ("large messages from elsewhere", 1, |it, step| {
                size(step, it.message_bytes + 1);
                step.insert(M::SourceIpAddress, addresses(&["198.51.100.7"]));
            }),
        ],
        Threat::DenialOfService => vec![
            ("a bot waits for its orders", 1, |_, step| {
                listens(step, M::ListeningTcpPorts, M::NumListeningTcpPorts, 23);
                listens(step, M::ListeningUdpPorts, M::NumListeningUdpPorts, 48_101);
            }),
            ("small packets in masses", 1, |it, step| {
                count(step, M::AllPacketsOut, it.packets_out * 100);
            }),
            ("large ones, over many connections", 2, |it, step| {
                count(step, M::AllBytesOut, it.bytes_out * 30);
                count(
                    step,
                    M::NumEstablishedTcpConnections,
                    it.tcp_connections + 200,
                );
                talks_to(step, "198.51.100.7");
            }),
        ],
        Threat::LateralMovement => vec![
            ("a scan of the neighbours", 2, |it, step| {
                count(step, M::AllPacketsOut, it.packets_out * 3);
                count(step, M::AllBytesOut, it.bytes_out + 1);
                count(
                    step,
                    M::NumEstablishedTcpConnections,
                    it.tcp_connections + 1,
                );
                talks_to(step, "192.168.1.20");
            }),
            (
                "the next device, with what was stolen of it",
                1,
                |it, step| {
                    count(
                        step,
                        M::NumAuthorizationFailures,
                        it.authorization_failures * 8,
                    );
                    listens(step, M::ListeningTcpPorts, M::NumListeningTcpPorts, 2_323);
                    listens(step, M::ListeningUdpPorts, M::NumListeningUdpPorts, 1_900);
                },
            ),
        ],
        Threat::Surveillance => vec![
            ("the microphone is on, all the time", 12, |it, step| {
                count(step, M::AllBytesOut, it.bytes_out_hourly / 12 + 1);
                count(step, M::AllPacketsOut, it.packets_out_hourly / 12 + 1);
                talks_to(step, "198.51.100.7");
            }),
            ("a record of the day", 1, |it, step| {
                count(step, M::AllBytesOut, it.bytes_out + 1);
            }),
        ],
        Threat::Sabotage => vec![
            ("it is off", 1, |it, step| {
                count(step, M::DisconnectDuration, it.minutes_disconnected + 5);
            }),
            (
                "it starts over and over, with a door left open",
                1,
                |it, step| {
                    count(step, M::NumDisconnects, it.disconnects * 6);
                    listens(step, M::ListeningTcpPorts, M::NumListeningTcpPorts, 22);
                },
            ),
        ],
        Threat::Mining => vec![("work and results, day and night", 24, |it, step| {
            count(step, M::AllPacketsOut, it.packets_out_hourly / 12 + 1);
            count(step, M::AllPacketsIn, it.packets_in_hourly / 12 + 1);
            count(
                step,
                M::NumEstablishedTcpConnections,
                it.tcp_connections + 2,
            );
            talks_to(step, "198.51.100.7");
        })],
        Threat::Ransomware => vec![
            ("the tools arrive, slowly", 12, |it, step| {
                count(step, M::AllBytesIn, it.bytes_in_hourly / 12 + 1);
                talks_to(step, "2001:db9::1");
            }),
            ("it takes commands", 2, |it, step| {
                listens(step, M::ListeningTcpPorts, M::NumListeningTcpPorts, 8_081);
                listens(step, M::ListeningUdpPorts, M::NumListeningUdpPorts, 5_353);
                count(
                    step,
                    M::NumEstablishedTcpConnections,
                    it.tcp_connections + 1,
                );
            }),
        ],
        _ => panic!("no attack of {threat}"),
    }
}
