//! Cloud-side metrics: held to a naive count, merged in any order, and when they are there.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is asked for is there, or the test fails"
)]

use alloc::collections::{BTreeMap, BTreeSet};
use core::net::{IpAddr, Ipv4Addr};

use iot_defender::detect::{
    AwsMetric, CloudCollector, CloudEvent, Datapoint, Dimension, DimensionOperator, MergeError,
    MessageSizes, MetricSide, Observation, StepIsOver, StepPart,
};
use iot_topics::{Timestamp, TopicNameRef};
use proptest::collection::vec;
use proptest::prelude::*;

const START: u64 = 600;
const DEVICES: [&str; 3] = ["lamp-7", "pump", "door 3"];
const TOPICS: [&str; 5] = [
    "cmd/on",
    "cmd/lamp-7/off",
    "state",
    "auth/pump",
    "$aws/things/pump/shadow/get",
];

fn scopes() -> Vec<(Dimension, DimensionOperator)> {
    let dimension = |name: &str, values: &[&str]| {
        let values = values.iter().map(|value| String::from(*value));
        Dimension::new(name.parse().unwrap(), values).unwrap()
    };
    let commands = dimension("Commands", &["cmd/on", "cmd/+/off"]);
    let own = dimension("Own", &["+/${iot:ClientId}", "cmd/${iot:ClientId}/#"]);
    let any = dimension("Any", &["#"]);
    vec![
        (commands.clone(), DimensionOperator::In),
        (own.clone(), DimensionOperator::NotIn),
        (commands, DimensionOperator::NotIn),
        (own, DimensionOperator::In),
        (any, DimensionOperator::In),
    ]
}

/// What [`scopes`] say, topic by topic.
fn is_in(scope: usize, device: &str, topic: &str) -> bool {
    let is_command = topic.starts_with("cmd/");
    let is_own = matches!(
        (device, topic),
        ("lamp-7", "cmd/lamp-7/off") | ("pump", "auth/pump")
    );
    match scope {
        0 => is_command,
        1 => !is_own,
        2 => !is_command,
        3 => is_own,
        _ => !topic.starts_with('$'),
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Attempt,
    Connected,
    Disconnected,
    Failure(Option<usize>),
    Sent(usize, u64),
    Received(usize, u64),
}

#[derive(Clone, Copy, Debug)]
struct Event {
    gateway: usize,
    device: usize,
    kind: Kind,
    source: Option<u8>,
    second: u64,
}

fn event() -> impl Strategy<Value = Event> {
    let topic = || 0..TOPICS.len();
    let bytes = || prop_oneof![0_u64..9, Just(u64::MAX)];
    let kind = prop_oneof![
        Just(Kind::Attempt),
        Just(Kind::Connected),
        Just(Kind::Disconnected),
        prop::option::of(topic()).prop_map(Kind::Failure),
        (topic(), bytes()).prop_map(|(topic, bytes)| Kind::Sent(topic, bytes)),
        (topic(), bytes()).prop_map(|(topic, bytes)| Kind::Received(topic, bytes)),
    ];
    let place = (0_usize..4, 0..DEVICES.len());
    (place, kind, any::<Option<u8>>(), 0_u64..300).prop_map(
        |((gateway, device), kind, source, second)| Event {
            gateway,
            device,
            kind,
            source,
            second,
        },
    )
}

fn observe(collector: &mut CloudCollector, event: &Event) {
    let topic = |index: usize| TopicNameRef::parse(TOPICS[index]).unwrap();
    let what = match event.kind {
        Kind::Attempt => CloudEvent::ConnectAttempt,
        Kind::Connected => CloudEvent::Connected,
        Kind::Disconnected => CloudEvent::Disconnected,
        Kind::Failure(index) => CloudEvent::AuthorizationFailure {
            topic: index.map(topic),
        },
        Kind::Sent(index, bytes) => CloudEvent::MessageSent {
            topic: topic(index),
            bytes,
        },
        Kind::Received(index, bytes) => CloudEvent::MessageReceived {
            topic: topic(index),
            bytes,
        },
    };
    let mut seen = Observation::new(DEVICES[event.device], what);
    seen.source = event.source.map(address);
    let now = Timestamp::from_secs(START + event.second);
    collector.observe(seen, now).unwrap();
}

/// Odd ones are written as IPv6.
fn address(last: u8) -> IpAddr {
    let address = Ipv4Addr::new(192, 0, 2, last & !1);
    if last.is_multiple_of(2) {
        address.into()
    } else {
        address.to_ipv6_mapped().into()
    }
}

fn gateway() -> CloudCollector {
    CloudCollector::new(scopes(), Timestamp::from_secs(START))
}

/// Every datapoint, by device, metric and scope, of what a gateway sees that sees it all; but for
/// how long devices are away.
fn oracle(events: &[Event]) -> Vec<(String, &'static str, usize, Datapoint)> {
    let mut expected = Vec::new();
    let names: BTreeSet<&str> = events.iter().map(|it| DEVICES[it.device]).collect();
    for name in names {
        let of_device = events.iter().filter(|it| DEVICES[it.device] == name);
        let of_device: Vec<&Event> = of_device.collect();
        for metric in AwsMetric::ALL.iter().copied() {
            if metric.side() == MetricSide::Device || metric == AwsMetric::DisconnectDuration {
                continue;
            }
            let scopes = if metric.supports_dimension() { 6 } else { 1 };
            for scope in 0..scopes {
                let counts = |it: &&&Event| {
                    let topic = match it.kind {
                        Kind::Sent(topic, _) | Kind::Received(topic, _) => Some(topic),
                        Kind::Failure(topic) => topic,
                        _ => None,
                    };
                    scope == 0 || topic.is_some_and(|it| is_in(scope - 1, name, TOPICS[it]))
                };
                let counted: Vec<&Event> = of_device.iter().filter(counts).copied().collect();
                let of_kind = |is: fn(&Kind) -> bool| {
                    let count = counted.iter().filter(|it| is(&it.kind)).count();
                    Some(Datapoint::Count(count as u64))
                };
                let value = match metric {
                    AwsMetric::NumMessagesSent => of_kind(|it| matches!(it, Kind::Sent(..))),
                    AwsMetric::NumMessagesReceived => {
                        of_kind(|it| matches!(it, Kind::Received(..)))
                    }
                    AwsMetric::NumAuthorizationFailures => {
                        of_kind(|it| matches!(it, Kind::Failure(_)))
                    }
                    AwsMetric::NumConnectionAttempts => of_kind(|it| matches!(it, Kind::Attempt)),
                    AwsMetric::NumDisconnects => of_kind(|it| matches!(it, Kind::Disconnected)),
                    AwsMetric::SourceIpAddress => {
                        let sources = counted.iter().filter_map(|it| it.source);
                        let sources: BTreeSet<IpAddr> =
                            sources.map(|it| address(it).to_canonical()).collect();
                        let sources: Vec<IpAddr> = sources.into_iter().collect();
                        (!sources.is_empty()).then_some(Datapoint::Addresses(sources))
                    }
                    _ => {
                        let sizes = counted.iter().filter_map(|it| match it.kind {
                            Kind::Sent(_, bytes) | Kind::Received(_, bytes) => Some(bytes),
                            _ => None,
                        });
                        let sizes: Vec<u64> = sizes.collect();
                        let total = sizes.iter().fold(0, |sum: u64, it| sum.saturating_add(*it));
                        let range = sizes.iter().min().zip(sizes.iter().max());
                        range.map(|(min, max)| {
                            Datapoint::Sizes(MessageSizes::new(*min, *max, total).unwrap())
                        })
                    }
                };
                let value = value.map(|value| (name.to_owned(), metric.as_str(), scope, value));
                expected.extend(value);
            }
        }
    }
    expected
}

fn datapoints(part: &StepPart) -> Vec<(String, &'static str, usize, Datapoint)> {
    let names: Vec<_> = scopes()
        .iter()
        .map(|(it, operator)| (it.name().clone(), *operator))
        .collect();
    let scope = |name: Option<(_, _)>| {
        name.map_or(0, |name| {
            1 + names.iter().position(|it| *it == name).unwrap()
        })
    };
    let datapoints = part
        .datapoints()
        .filter(|it| it.metric != AwsMetric::DisconnectDuration);
    datapoints
        .map(|it| {
            let dimension = it.dimension.map(|it| (it.name.clone(), it.operator));
            (
                it.device.to_owned(),
                it.metric.as_str(),
                scope(dimension),
                it.value,
            )
        })
        .collect()
}

/// Merges two of the parts, whichever they are, until one is left.
fn merge(mut parts: Vec<StepPart>, choices: &[prop::sample::Index]) -> StepPart {
    let mut choices = choices.iter().cycle();
    while parts.len() > 1 {
        let other = parts.swap_remove(choices.next().unwrap().index(parts.len()));
        let place = choices.next().unwrap().index(parts.len());
        parts[place].merge(&other).unwrap();
    }
    parts.remove(0)
}

proptest! {
    #[test]
    fn any_gateways_count_as_one(
        events in vec(event(), 0..60),
        choices in vec(any::<prop::sample::Index>(), 12),
        others in vec(any::<prop::sample::Index>(), 12),
    ) {
        let mut gateways = vec![gateway(); 4];
        for event in &events {
            observe(&mut gateways[event.gateway], event);
        }
        let parts: Vec<StepPart> = gateways.iter_mut().map(CloudCollector::close).collect();
        let merged = merge(parts.clone(), &choices);
        prop_assert_eq!(datapoints(&merged), oracle(&events));
        let again = merge(parts, &others);
        prop_assert_eq!(merged.to_json(), again.to_json());
        prop_assert_eq!(StepPart::from_json(&again.to_json()), Ok(merged));
    }

    /// The order of events does not matter either, but for connections that end before they begin.
    #[test]
    fn events_of_a_step_may_come_in_any_order(events in vec(event(), 0..40).prop_shuffle()) {
        let is_counted = |it: &&Event| !matches!(it.kind, Kind::Connected | Kind::Disconnected);
        let (mut forth, mut back) = (gateway(), gateway());
        events.iter().filter(is_counted).for_each(|it| observe(&mut forth, it));
        events.iter().filter(is_counted).rev().for_each(|it| observe(&mut back, it));
        prop_assert_eq!(forth.close(), back.close());
    }
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_secs(second)
}

/// The values of a device by metric, of all messages.
fn values(part: &StepPart, device: &str) -> BTreeMap<&'static str, Datapoint> {
    let all = part
        .datapoints()
        .filter(|it| it.device == device && it.dimension.is_none());
    all.map(|it| (it.metric.as_str(), it.value)).collect()
}

#[test]
fn silent_devices_have_zeros_while_they_are_connected() {
    let mut collector = CloudCollector::new([], at(600));
    let address: IpAddr = "192.0.2.7".parse().unwrap();
    let lamp = |event| Observation::new("lamp-7", event).from(address);
    collector
        .observe(lamp(CloudEvent::Connected), at(601))
        .unwrap();
    let first = collector.close();
    let second = collector.close();
    let away = "aws:disconnect-duration";
    let expected = BTreeMap::from([
        ("aws:num-messages-sent", Datapoint::Count(0)),
        ("aws:num-messages-received", Datapoint::Count(0)),
        ("aws:num-authorization-failures", Datapoint::Count(0)),
        ("aws:num-connection-attempts", Datapoint::Count(0)),
        ("aws:num-disconnects", Datapoint::Count(0)),
        ("aws:source-ip-address", Datapoint::Addresses(vec![address])),
        (away, Datapoint::Count(0)),
    ]);
    assert_eq!(values(&first, "lamp-7"), expected);
    assert_eq!(values(&second, "lamp-7"), expected);

    // It goes 110 seconds before the end of the step.
    collector
        .observe(lamp(CloudEvent::Disconnected), at(1390))
        .unwrap();
    let third = values(&collector.close(), "lamp-7");
    assert_eq!(third["aws:num-disconnects"], Datapoint::Count(1));
    assert_eq!(third[away], Datapoint::Count(1));
    let fourth = values(&collector.close(), "lamp-7");
    assert_eq!(fourth, BTreeMap::from([(away, Datapoint::Count(6))]));
    // An attempt that fails.
    collector
        .observe(lamp(CloudEvent::ConnectAttempt), at(1800))
        .unwrap();
    let fifth = values(&collector.close(), "lamp-7");
    assert_eq!(fifth["aws:num-connection-attempts"], Datapoint::Count(1));
    assert_eq!(fifth[away], Datapoint::Count(11));
    collector
        .observe(lamp(CloudEvent::Connected), at(2100))
        .unwrap();
    assert_eq!(
        values(&collector.close(), "lamp-7")[away],
        Datapoint::Count(0)
    );
}

/// A device that came back elsewhere is not away, whichever gateway tells first.
#[test]
fn a_device_is_away_if_no_gateway_has_it() {
    let lamp = |event| Observation::new("lamp-7", event);
    let mut gateways = [(); 2].map(|()| CloudCollector::new([], at(600)));
    gateways[0]
        .observe(lamp(CloudEvent::Connected), at(610))
        .unwrap();
    gateways[1]
        .observe(lamp(CloudEvent::Connected), at(700))
        .unwrap();
    gateways[0]
        .observe(lamp(CloudEvent::Disconnected), at(701))
        .unwrap();
    let [first, second] = gateways.each_mut().map(CloudCollector::close);
    let [mut both, mut swapped] = [first.clone(), second.clone()];
    both.merge(&second).unwrap();
    swapped.merge(&first).unwrap();
    assert_eq!(both, swapped);
    assert_eq!(
        values(&both, "lamp-7")["aws:disconnect-duration"],
        Datapoint::Count(0)
    );
    assert_eq!(
        values(&first, "lamp-7")["aws:disconnect-duration"],
        Datapoint::Count(3)
    );
}

#[test]
fn devices_are_forgotten_after_two_weeks() {
    let mut collector = CloudCollector::new([], at(0));
    let gone = Observation::new("gone", CloudEvent::Disconnected);
    collector.observe(gone, at(10)).unwrap();
    let stranger = Observation::new("stranger", CloudEvent::ConnectAttempt);
    collector.observe(stranger, at(10)).unwrap();
    assert_eq!(values(&collector.close(), "stranger").len(), 5);
    let mut minutes = Vec::new();
    loop {
        let part = collector.close();
        assert!(values(&part, "stranger").is_empty());
        match values(&part, "gone").pop_first() {
            Some((_, Datapoint::Count(count))) => minutes.push(count),
            _ => break,
        }
    }
    assert!(minutes.is_sorted());
    assert_eq!(minutes.last(), Some(&(14 * 24 * 60 + 4)));
}

#[test]
fn steps_and_scopes_must_agree() {
    let mut collector = gateway();
    let seen = Observation::new("lamp-7", CloudEvent::ConnectAttempt);
    assert_eq!(
        collector.observe(seen, at(900)),
        Err(StepIsOver { end: at(900) })
    );
    assert_eq!(collector.observe(seen, at(899)), Ok(()));
    // Late, and counted now.
    assert_eq!(collector.observe(seen, at(1)), Ok(()));
    let mut part = collector.close();
    assert_eq!(
        values(&part, "lamp-7")["aws:num-connection-attempts"],
        Datapoint::Count(2)
    );
    let before = part.clone();
    assert_eq!(part.merge(&collector.close()), Err(MergeError::Step));
    let other = CloudCollector::new([], at(600)).close();
    assert_eq!(part.merge(&other), Err(MergeError::Scopes));
    assert_eq!(part, before);
}

#[test]
fn texts_that_are_no_part_are_refused() {
    let cell = r#"{"sent":0,"received":0,"failures":0,"sizes":null,"sources":[]}"#;
    let part = |end: u64, open: &str, cells: &str| {
        format!(
            r#"{{"end":{end},"scopes":[],"devices":{{"a":{{"seen":true,"open":{open},"disconnected":null,"attempts":0,"disconnects":0,"cells":[{cells}]}}}}}}"#
        )
    };
    assert!(StepPart::from_json(&part(900_000, "0", cell)).is_ok());
    for wrong in [
        String::new(),
        part(900_001, "0", cell),
        part(900_000, "-1", cell),
        part(900_000, "0", ""),
        part(900_000, "0", &format!("{cell},{cell}")),
        part(900_000, "0", &cell.replace("null", "[5,4,9]")),
        part(900_000, "0", &cell.replace("null", "[4,5]")),
        part(900_000, "0", &cell.replace("[]", r#"["x"]"#)),
        part(900_000, "0", &cell.replace("sent", "send")),
        part(900_000, "0", cell) + "x",
    ] {
        assert!(StepPart::from_json(&wrong).is_err(), "{wrong}");
    }
}
