//! What costs no memory. A binary of its own, since it counts the allocations of the program.
#![expect(
    clippy::unwrap_used,
    reason = "what is asked for is there, or the test fails"
)]

use allocation_counter::measure;
use iot_defender::detect::{CloudCollector, CloudEvent, Dimension, DimensionOperator, Observation};
use iot_topics::{Timestamp, TopicNameRef};

/// One of each event, of devices that were seen in a step before.
fn observe(collector: &mut CloudCollector, devices: &[String]) {
    let now = collector
        .end()
        .saturating_sub(core::time::Duration::from_secs(1));
    for device in devices {
        let topic = TopicNameRef::parse("cmd/on").unwrap();
        for event in [
            CloudEvent::ConnectAttempt,
            CloudEvent::Connected,
            CloudEvent::AuthorizationFailure { topic: Some(topic) },
            CloudEvent::MessageSent { topic, bytes: 100 },
            CloudEvent::MessageReceived { topic, bytes: 200 },
            CloudEvent::Disconnected,
        ] {
            let seen = Observation::new(device, event).from([192, 0, 2, 7].into());
            collector.observe(seen, now).unwrap();
        }
    }
}

#[test]
fn events_of_known_devices_allocate_nothing() {
    let values = ["cmd/#".to_owned(), "auth/${iot:ClientId}".to_owned()];
    let dimension = Dimension::new("Commands".parse().unwrap(), values).unwrap();
    let scopes = [DimensionOperator::In, DimensionOperator::NotIn];
    let scopes = scopes.map(|operator| (dimension.clone(), operator));
    let mut collector = CloudCollector::new(scopes, Timestamp::from_secs(600));
    let devices: Vec<String> = (0..100).map(|it| format!("lamp-{it}")).collect();
    let first = measure(|| observe(&mut collector, &devices));
    assert!(first.count_total > 0, "the measure measures nothing");
    for _ in 0..3 {
        collector.close();
        let steady = measure(|| observe(&mut collector, &devices));
        assert_eq!(steady.count_total, 0);
    }
}

/// What is ignored, and what a length claims, is not kept.
#[cfg(feature = "cbor")]
#[test]
fn hostile_reports_allocate_little() {
    use iot_defender::detect::MetricsReport;

    let depth = [&b"\xA1\x61x"[..], &b"\x81".repeat(100_000)].concat();
    let items = [
        &b"\xA1\x61x\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"[..],
        &[0; 100_000],
    ]
    .concat();
    let ports = b"\xA1\x63met\xA1\x62tp\xA1\x63pts\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    let text = b"\xA1\x61x\x7B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    for payload in [&depth[..], &items, ports, text] {
        let used = measure(|| assert!(MetricsReport::from_cbor(payload).is_err()));
        assert!(used.bytes_max < 4096, "{} bytes", used.bytes_max);
    }
    // At worst each byte is an entry of a list.
    let entries = [&ports[..], &b"\xA0".repeat(100_000)].concat();
    let used = measure(|| assert!(MetricsReport::from_cbor(&entries).is_err()));
    let most = 64 * entries.len() as u64 * 3 / 2;
    assert!(used.bytes_max < most, "{} bytes", used.bytes_max);
}
