//! The ready profiles: an attack of each threat alarms, and a busy honest device does not.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a trace that cannot be played must fail"
)]

mod attacks;

use alloc::collections::{BTreeMap, BTreeSet};

use iot_defender::detect::{
    AwsMetric, Datapoint, Definitions, Engine, MessageSizes, Metric, NearestRank, NoModels,
    NormalDevice, Reading, SecurityProfile, Target, Threat, ViolationEventType,
};
use iot_topics::Timestamp;

use self::attacks::{Attack, addresses, attacks, count};
use AwsMetric as M;

/// What arrives in a step.
type Step = BTreeMap<AwsMetric, Datapoint>;

const DAY: u64 = 288;
const START: u64 = 1_700_000_100 / 300 * 300;

/// A fleet of which everything is known, and one of which only the figures are.
fn fleets() -> [NormalDevice; 2] {
    let mut known = NormalDevice::default();
    known.tcp_ports = vec![502, 8_883];
    known.udp_ports = vec![68, 123];
    known.sources = vec!["203.0.113.0/24".parse().unwrap()];
    known.destinations = vec![
        "10.20.0.0/16".parse().unwrap(),
        "2001:db8::/32".parse().unwrap(),
    ];
    [NormalDevice::default(), known]
}

/// A step of an honest device in which it does a share of what is normal, 1 being all of it.
fn honest(normal: &NormalDevice, share: f64) -> Step {
    let part = |figure: u64| Datapoint::Count((figure as f64 * share) as u64);
    let sizes = |max: u64| MessageSizes::new(1, max, max * 20).unwrap();
    let or = |ports: &[u16], other: &[u16]| match ports {
        [] => other.to_vec(),
        ports => ports.to_vec(),
    };
    let (tcp, udp) = (
        or(&normal.tcp_ports, &[8_883]),
        or(&normal.udp_ports, &[68]),
    );
    let count = |ports: &[u16]| Datapoint::Count(ports.len() as u64);
    Step::from([
        (M::NumMessagesSent, part(normal.messages_sent)),
        (M::NumMessagesReceived, part(normal.messages_received)),
        (
            M::MessageByteSize,
            Datapoint::Sizes(sizes(normal.message_bytes)),
        ),
        (
            M::NumAuthorizationFailures,
            part(normal.authorization_failures),
        ),
        (M::NumConnectionAttempts, part(normal.connection_attempts)),
        (M::NumDisconnects, part(normal.disconnects)),
        (M::DisconnectDuration, part(normal.minutes_disconnected)),
        (M::AllBytesOut, part(normal.bytes_out)),
        (M::AllBytesIn, part(normal.bytes_in)),
        (M::AllPacketsOut, part(normal.packets_out)),
        (M::AllPacketsIn, part(normal.packets_in)),
        (
            M::NumEstablishedTcpConnections,
            part(normal.tcp_connections),
        ),
        (M::NumListeningTcpPorts, count(&tcp)),
        (M::NumListeningUdpPorts, count(&udp)),
        (M::ListeningTcpPorts, Datapoint::Ports(tcp)),
        (M::ListeningUdpPorts, Datapoint::Ports(udp)),
        (M::SourceIpAddress, addresses(&["203.0.113.9"])),
        (
            M::DestinationIpAddresses,
            addresses(&["10.20.3.4", "2001:db8::53"]),
        ),
    ])
}

/// A day: busy at once each hour, as much as is normal, and quiet else, so that an hour has exactly
/// what is normal of one.
fn busy_day(normal: &NormalDevice) -> Vec<Step> {
    let hourly = [
        (M::AllBytesOut, normal.bytes_out, normal.bytes_out_hourly),
        (M::AllBytesIn, normal.bytes_in, normal.bytes_in_hourly),
        (
            M::AllPacketsOut,
            normal.packets_out,
            normal.packets_out_hourly,
        ),
        (M::AllPacketsIn, normal.packets_in, normal.packets_in_hourly),
    ];
    let step = |step: u64| {
        let is_busy = step % 12 == 7;
        let mut values = honest(normal, if is_busy { 1.0 } else { 0.4 });
        for (metric, figure, in_an_hour) in hourly {
            let (quiet, left) = ((in_an_hour - figure) / 11, (in_an_hour - figure) % 11);
            let count = match step % 12 {
                7 => figure,
                8 => quiet + left,
                _ => quiet,
            };
            values.insert(metric, Datapoint::Count(count));
        }
        values
    };
    (0..DAY).map(step).collect()
}

/// The metrics whose behaviors alarm, each with the step of its first alarm and its behavior.
fn alarms(threat: Threat, normal: &NormalDevice, trace: &[Step]) -> BTreeMap<String, u64> {
    let profile = threat.profile("preset".parse().unwrap(), normal).unwrap();
    let mut engine = Engine::new();
    engine.set_profile(&profile);
    engine.attach("preset", Target::All).unwrap();
    let device = engine.set_device("camera-7", true, []);
    let mut first = BTreeMap::new();
    for (step, values) in (0..).zip(trace) {
        let readings: Vec<_> = values
            .iter()
            .filter_map(|(metric, value)| {
                let series = engine.series(&(*metric).into(), None)?;
                Some(Reading {
                    device,
                    series,
                    value,
                })
            })
            .collect();
        let now = Timestamp::from_secs(START + step * 300);
        for event in engine.step(now, &readings, &mut NearestRank, &NoModels) {
            if event.event_type == ViolationEventType::InAlarm {
                let behavior = event.behavior.name().as_str().to_owned();
                first.entry(behavior).or_insert(step);
            }
        }
    }
    first
}

/// A quiet day with the attack in it, from noon on.
fn attacked(normal: &NormalDevice, attack: &Attack) -> Vec<Step> {
    let (_, steps, change) = attack;
    let mut trace: Vec<_> = (0..DAY).map(|_| honest(normal, 0.05)).collect();
    let noon = DAY as usize / 2;
    for step in trace.iter_mut().skip(noon).take(*steps as usize) {
        change(normal, step);
    }
    trace
}

// F03, F04
#[test]
fn an_attack_of_each_threat_alarms_while_it_lasts() {
    for normal in fleets() {
        for threat in Threat::ALL {
            for attack in attacks(*threat) {
                let (name, steps, _) = attack;
                let alarms = alarms(*threat, &normal, &attacked(&normal, &attack));
                let is_about_networks = ["a stolen device, somewhere else"].contains(&name);
                if normal.sources.is_empty() && is_about_networks {
                    assert_eq!(alarms, BTreeMap::new(), "nothing is known of networks");
                    continue;
                }
                assert!(!alarms.is_empty(), "{threat}: {name}");
                let during = DAY / 2..DAY / 2 + steps;
                for (behavior, step) in alarms {
                    assert!(during.contains(&step), "{behavior} at {step}: {name}");
                }
            }
        }
    }
}

// F03, F04
#[test]
fn a_busy_honest_device_does_not() {
    for normal in fleets() {
        let trace = busy_day(&normal);
        for threat in Threat::ALL {
            let alarms = alarms(*threat, &normal, &trace);
            assert_eq!(alarms, BTreeMap::new(), "{threat}");
        }
        // The same device is no model of a quiet one: a little less is normal, and all is lost.
        let mut less = normal.clone();
        (less.messages_received, less.bytes_out_hourly) = (39, normal.bytes_out_hourly - 1);
        let alarms = alarms(Threat::Exfiltration, &less, &trace);
        let expected = ["all-bytes-out-hourly", "num-messages-received"];
        let expected = expected.map(|name| format!("exfiltration:{name}"));
        assert_eq!(alarms.into_keys().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn no_behavior_is_there_that_cannot_alarm() {
    for normal in fleets() {
        for threat in Threat::ALL {
            let profile = threat.profile("preset".parse().unwrap(), &normal).unwrap();
            let names = profile
                .behaviors()
                .iter()
                .map(|it| it.name().as_str().to_owned());
            let mut violated = BTreeSet::new();
            for attack in attacks(*threat) {
                let alarms = alarms(*threat, &normal, &attacked(&normal, &attack));
                violated.extend(alarms.into_keys());
            }
            assert_eq!(violated, names.collect(), "{threat}");
        }
    }
}

/// One datapoint may be chance where messages and connections are counted.
#[test]
fn a_single_burst_of_messages_is_no_attack() {
    let [normal, _] = fleets();
    let burst: Attack = ("one", 1, |it, step| {
        count(step, M::NumMessagesSent, it.messages_sent * 50);
    });
    let alarms = alarms(Threat::CloudAbuse, &normal, &attacked(&normal, &burst));
    assert_eq!(alarms, BTreeMap::new());
}

// F03, F04, F42: the table of the guide, CPU usage left out.
#[test]
fn each_threat_has_the_metrics_of_the_guide() {
    let table: [(Threat, &[AwsMetric]); 8] = [
        (
            Threat::IntellectualPropertyTheft,
            &[
                M::SourceIpAddress,
                M::NumMessagesReceived,
                M::MessageByteSize,
            ],
        ),
        (
            Threat::Exfiltration,
            &[
                M::SourceIpAddress,
                M::NumMessagesReceived,
                M::MessageByteSize,
                M::AllPacketsOut,
                M::AllBytesOut,
                M::DestinationIpAddresses,
            ],
        ),
        (
            Threat::Impersonation,
            &[
                M::NumAuthorizationFailures,
                M::NumConnectionAttempts,
                M::NumDisconnects,
            ],
        ),
        (
            Threat::CloudAbuse,
            &[
                M::NumMessagesReceived,
                M::NumMessagesSent,
                M::MessageByteSize,
                M::SourceIpAddress,
            ],
        ),
        (
            Threat::DenialOfService,
            &[
                M::AllPacketsOut,
                M::AllBytesOut,
                M::DestinationIpAddresses,
                M::ListeningTcpPorts,
                M::NumListeningTcpPorts,
                M::ListeningUdpPorts,
                M::NumListeningUdpPorts,
            ],
        ),
        (
            Threat::LateralMovement,
            &[
                M::AllPacketsOut,
                M::AllBytesOut,
                M::DestinationIpAddresses,
                M::NumAuthorizationFailures,
            ],
        ),
        (
            Threat::Surveillance,
            &[M::AllPacketsOut, M::AllBytesOut, M::DestinationIpAddresses],
        ),
        (
            Threat::Ransomware,
            &[
                M::DestinationIpAddresses,
                M::ListeningTcpPorts,
                M::NumListeningTcpPorts,
                M::ListeningUdpPorts,
                M::NumListeningUdpPorts,
            ],
        ),
    ];
    for (threat, metrics) in table {
        let has: BTreeSet<_> = threat.metrics().collect();
        for metric in metrics {
            assert!(has.contains(metric), "{threat} without {metric}");
        }
    }
    let mining: Vec<_> = Threat::Mining.metrics().collect();
    assert!(mining.contains(&M::DestinationIpAddresses));
}

#[test]
fn the_request_of_each_is_one_that_aws_takes() {
    let [_, mut known] = fleets();
    let definitions = Definitions::default();
    for threat in Threat::ALL {
        let request = threat.request(&known);
        let name = threat.as_str().parse().unwrap();
        let profile = SecurityProfile::create(name, &request, &definitions).unwrap();
        let metrics = profile.behaviors().iter().map(|it| it.metric().clone());
        let of_threat = threat.metrics().map(Metric::from);
        assert_eq!(metrics.collect::<BTreeSet<_>>(), of_threat.collect());
        // As the API lists them.
        for (behavior, json) in profile
            .behaviors()
            .iter()
            .zip(request["behaviors"].as_array().unwrap())
        {
            assert_eq!(serde_json::to_value(behavior).unwrap(), *json);
        }
    }
    // More networks than a profile takes, and figures beyond those of the API.
    known.messages_sent = u64::MAX;
    assert!(
        Threat::CloudAbuse
            .profile("preset".parse().unwrap(), &known)
            .is_ok()
    );
    known.sources = vec!["10.0.0.0/8".parse().unwrap(); 1_001];
    assert!(
        Threat::CloudAbuse
            .profile("preset".parse().unwrap(), &known)
            .is_err()
    );
}

#[test]
fn what_is_normal_is_read_from_json() {
    let read = |text: &str| serde_json::from_str::<NormalDevice>(text);
    assert_eq!(read("{}").unwrap(), NormalDevice::default());
    let [_, known] = fleets();
    let json = r#"{ "tcpPorts": [502, 8883], "udpPorts": [68, 123], "sources": ["203.0.113.0/24"],
        "destinations": ["10.20.0.0/16", "2001:db8::/32"] }"#;
    assert_eq!(read(json).unwrap(), known);
    let error = read(r#"{ "sources": ["10.0.0.0/33"] }"#)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("`10.0.0.0/33`: not an address or a network"),
        "{error}"
    );
    for wrong in [
        r#"{ "tcpPorts": [65536] }"#,
        r#"{ "bytesOut": -1 }"#,
        r#"{ "bytes": 1 }"#,
        "null",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}
