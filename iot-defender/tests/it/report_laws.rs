//! Laws of reports, as property tests.
#![expect(
    clippy::unwrap_used,
    reason = "what is asked for is there, or the test fails"
)]

use core::fmt::Debug;
use core::net::{IpAddr, SocketAddr};
use core::num::NonZeroU64;

use iot_defender::detect::{
    Connection, CustomMetrics, CustomValue, DeviceMetrics, DeviceSample, ListeningPort, Listing,
    MetricsReport, Names, NetworkStats, Number, ReportBuilder, ReportErrorKind, ReportHeader,
    ReportVersion,
};
use iot_topics::Timestamp;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use serde_json::Value;

fn number() -> impl Strategy<Value = Number> {
    let digits = -999_999_999_999_999_i64..=999_999_999_999_999;
    (digits, 0_i32..20).prop_map(|(digits, shift)| {
        let text = format!("{digits}e-{shift}");
        Number::new(text.parse().unwrap()).unwrap()
    })
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(IpAddr::from),
        any::<[u8; 16]>().prop_map(IpAddr::from),
    ]
}

fn custom_value() -> impl Strategy<Value = CustomValue> {
    prop_oneof![
        number().prop_map(CustomValue::Number),
        vec(number(), 0..4).prop_map(CustomValue::Numbers),
        vec("[A-Za-z0-9:_/.-]{0,9}", 0..4).prop_map(CustomValue::Strings),
        vec(address(), 0..4).prop_map(CustomValue::Addresses),
    ]
}

fn custom_metrics() -> impl Strategy<Value = CustomMetrics> {
    vec(("[a-z0-9:_-]{1,9}", custom_value()), 0..4).prop_map(|members| {
        let mut metrics = CustomMetrics::default();
        for (name, value) in members {
            metrics.insert(name.parse().unwrap(), value).unwrap();
        }
        metrics
    })
}

fn listing<T: Debug>(item: impl Strategy<Value = T>) -> impl Strategy<Value = Listing<T>> {
    let parts = (of(vec(item, 0..6)), any::<Option<u64>>());
    parts.prop_map(|(items, total)| Listing { items, total })
}

fn connection() -> impl Strategy<Value = Connection> {
    let local = any::<(Option<u64>, Option<String>)>();
    (address(), any::<u16>(), local).prop_map(|(ip, port, (local_port, local_interface))| {
        let mut connection = Connection::new(SocketAddr::new(ip, port));
        connection.local_port = local_port;
        connection.local_interface = local_interface;
        connection
    })
}

fn listening_port() -> impl Strategy<Value = ListeningPort> {
    (of(1_u16..), any::<Option<String>>()).prop_map(|(port, interface)| {
        let mut listening = ListeningPort::new(1);
        listening.port = port;
        listening.interface = interface;
        listening
    })
}

fn metrics() -> impl Strategy<Value = DeviceMetrics> {
    let ports = || of(listing(listening_port()));
    let stats = of(any::<[Option<u64>; 4]>());
    let parts = (of(listing(connection())), ports(), ports(), stats);
    parts.prop_map(|(connections, tcp, udp, counters)| {
        let mut metrics = DeviceMetrics::default();
        metrics.established_connections = connections;
        metrics.listening_tcp_ports = tcp;
        metrics.listening_udp_ports = udp;
        metrics.network_stats = counters.map(|counters| {
            let mut stats = NetworkStats::default();
            [
                stats.bytes_in,
                stats.bytes_out,
                stats.packets_in,
                stats.packets_out,
            ] = counters;
            stats
        });
        metrics
    })
}

fn report() -> impl Strategy<Value = MetricsReport> {
    let blocks = prop_oneof![
        metrics().prop_map(|metrics| (Some(metrics), None)),
        custom_metrics().prop_map(|custom| (None, Some(custom))),
        (metrics(), custom_metrics()).prop_map(|(metrics, custom)| (Some(metrics), Some(custom))),
    ];
    let parts = (1_u64.., any::<[u32; 2]>(), blocks);
    parts.prop_map(|(id, [major, minor], (metrics, custom_metrics))| {
        let mut header = ReportHeader::new(NonZeroU64::new(id).unwrap());
        header.version = ReportVersion { major, minor };
        let mut report = MetricsReport::new(header);
        report.metrics = metrics;
        report.custom_metrics = custom_metrics;
        report
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(report in report(), short: bool) {
        let names = if short { Names::Short } else { Names::Long };
        let json = report.to_json(names);
        prop_assert!(serde_json::from_str::<Value>(&json).is_ok(), "{}", json);
        prop_assert_eq!(MetricsReport::from_json(json.as_bytes()), Ok(report.clone()));
        #[cfg(feature = "cbor")]
        prop_assert_eq!(MetricsReport::from_cbor(&report.to_cbor(names)), Ok(report));
    }

    #[test]
    fn what_is_cut_short_is_refused(report in report(), cut: prop::sample::Index) {
        let json = report.to_json(Names::Short);
        let cut_json = &json.as_bytes()[..cut.index(json.len())];
        prop_assert!(MetricsReport::from_json(cut_json).is_err());
        #[cfg(feature = "cbor")]
        {
            let cbor = report.to_cbor(Names::Short);
            prop_assert!(MetricsReport::from_cbor(&cbor[..cut.index(cbor.len())]).is_err());
        }
    }

    /// What is ignored is JSON to us if it is JSON to `serde_json`.
    #[test]
    fn json_is_what_serde_json_takes(ignored in r#"[\[\]{},:"\\u0-9a-f.eE+\-tn ]{0,24}"#) {
        let payload = format!(r#"{{"x":{ignored},"hed":{{"rid":1,"v":"1.0"}},"met":{{}}}}"#);
        let ours = MetricsReport::from_json(payload.as_bytes());
        let kind = ours.as_ref().map_err(|error| *error.kind());
        let is_syntax = matches!(kind, Err(ReportErrorKind::Syntax { .. }));
        match serde_json::from_str::<Value>(&payload) {
            Ok(_) => prop_assert!(!is_syntax, "{}: {:?}", payload, ours),
            // That one refuses numbers beyond `f64`.
            Err(error) if error.to_string().contains("out of range") => {}
            Err(_) => prop_assert!(ours.is_err(), "{}", payload),
        }
    }

    #[test]
    fn a_sample_is_a_part_in_order(
        count in 0_u16..200,
        max in 0_usize..80,
        draws: Vec<usize>,
    ) {
        let mut builder = ReportBuilder::new().with_max_items(max);
        let begun = builder.report(DeviceSample::default(), |_| 0, Timestamp::default());
        prop_assert!(begun.is_none());
        let mut sample = DeviceSample::default();
        sample.listening_tcp_ports = Some((1..=count).map(ListeningPort::new).collect());
        let mut draws = draws.into_iter();
        let draw = |below: usize| draws.next().unwrap_or_default() % below;
        let report = builder.report(sample, draw, Timestamp::default()).unwrap();
        let tcp = report.metrics.unwrap().listening_tcp_ports.unwrap();
        prop_assert_eq!(tcp.total, Some(count.into()));
        let ports: Vec<u16> = tcp.items.unwrap().iter().filter_map(|it| it.port).collect();
        prop_assert_eq!(ports.len(), usize::from(count).min(max));
        prop_assert!(ports.is_sorted_by(|a, b| a < b));
        prop_assert!(ports.iter().all(|port| (1..=count).contains(port)));
    }
}
