//! What the source documents of the project name of metrics and agents, row by row: from what
//! happens to datapoints.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that read what is legal"
)]

use alloc::collections::BTreeSet;

use iot_defender::detect::{
    AwsMetric, CloudCollector, CloudEvent, Connection, CustomMetric, CustomValue, Datapoint,
    Definitions, DeviceSample, ListeningPort, MetricSide, MetricsReport, Names, Number,
    Observation, ReportBuilder, TrafficCounters,
};
use iot_topics::{Timestamp, TopicNameRef};

fn of_side(side: MetricSide) -> BTreeSet<&'static str> {
    let metrics = AwsMetric::ALL.iter().filter(|metric| metric.side() == side);
    metrics.map(|metric| metric.as_str()).collect()
}

#[test]
fn f38_what_brokers_see_becomes_the_metrics_of_the_cloud() {
    let start = Timestamp::from_secs(1_700_000_100);
    let mut gateway = CloudCollector::new([], start);
    let topic = TopicNameRef::parse("plant/7").unwrap();
    for event in [
        CloudEvent::ConnectAttempt,
        CloudEvent::Connected,
        CloudEvent::MessageSent { topic, bytes: 128 },
        CloudEvent::MessageReceived { topic, bytes: 64 },
        CloudEvent::AuthorizationFailure { topic: Some(topic) },
        CloudEvent::Disconnected,
    ] {
        let seen = Observation::new("pump", event).from([198, 51, 100, 7].into());
        gateway.observe(seen, start).unwrap();
    }
    let part = gateway.close();
    assert_eq!(part.end().as_secs() % 300, 0);
    let metrics = part.datapoints().map(|it| it.metric.as_str());
    assert_eq!(metrics.collect::<BTreeSet<_>>(), of_side(MetricSide::Cloud));
    let ones = part
        .datapoints()
        .filter(|it| it.value == Datapoint::Count(1));
    assert_eq!(ones.count(), 5, "each counter, once");
}

/// The second of two reports of a device that has all that it can measure.
fn full_report() -> MetricsReport {
    let mut builder = ReportBuilder::new();
    let mut sample = DeviceSample::default();
    let mut counters = TrafficCounters::default();
    counters.bytes_in = Some(1000);
    counters.bytes_out = Some(2000);
    counters.packets_in = Some(10);
    counters.packets_out = Some(20);
    sample.counters = Some(counters);
    let peer = "203.0.113.9:8883".parse().unwrap();
    sample.connections = Some(vec![Connection::new(peer)]);
    sample.listening_tcp_ports = Some(vec![ListeningPort::new(22)]);
    sample.listening_udp_ports = Some(vec![ListeningPort::new(5353)]);
    for (name, value) in [
        ("battery", CustomValue::Number(Number::from(87))),
        ("temperatures", CustomValue::Numbers(vec![Number::from(21)])),
        ("processes", CustomValue::Strings(vec!["sshd".into()])),
        (
            "gateways",
            CustomValue::Addresses(vec![[192, 0, 2, 1].into()]),
        ),
    ] {
        let metrics = &mut sample.custom_metrics;
        metrics.insert(name.parse().unwrap(), value).unwrap();
    }
    let first = builder.report(sample.clone(), |_| 0, Timestamp::from_secs(600));
    assert_eq!(first, None, "nothing to be set against");
    builder
        .report(sample, |_| 0, Timestamp::from_secs(900))
        .unwrap()
}

#[test]
fn f39_devices_report_their_metrics_with_long_and_short_names() {
    let report = full_report();
    for names in [Names::Long, Names::Short] {
        let read = MetricsReport::from_json(report.to_json(names).as_bytes()).unwrap();
        let values = read.datapoints(|_| None).values;
        let metrics = values.iter().map(|(metric, _)| metric.as_str());
        assert_eq!(
            metrics.collect::<BTreeSet<_>>(),
            of_side(MetricSide::Device)
        );
    }
}

#[test]
fn f40_devices_report_custom_metrics_of_four_types() {
    let report = full_report();
    let mut definitions = Definitions::default();
    for (name, value) in report.custom_metrics.as_ref().unwrap().iter() {
        let metric = CustomMetric::new(name.clone(), value.metric_type());
        definitions.create_custom_metric(metric).unwrap();
    }
    let declared = |name: &str| {
        definitions
            .custom_metric(name)
            .map(CustomMetric::metric_type)
    };
    let datapoints = report.datapoints(declared);
    assert_eq!(datapoints.dropped, []);
    let custom = datapoints
        .values
        .iter()
        .skip(of_side(MetricSide::Device).len());
    let custom = custom.map(|(metric, value)| (metric.as_str(), value.value_type().as_str()));
    let expected = [
        ("battery", "number"),
        ("gateways", "cidrs"),
        ("processes", "strings"),
        ("temperatures", "numbers"),
    ];
    assert_eq!(custom.collect::<Vec<_>>(), expected);
}

/// The shapes that agents write, each with its oddities.
#[test]
fn f41_reports_of_agents_are_taken() {
    let count = |payload: &str| {
        let report = MetricsReport::from_json(payload.as_bytes()).unwrap();
        report.datapoints(|_| None).values.len()
    };
    // Of the agent for Python, in short names: its own tags for remote ports and states.
    let python = r#"{"hed": {"rid": 1530305228, "v": "1.0"}, "met": {
        "up": {"pts": [{"if": "eth0", "pt": 67}], "t": 60},
        "tp": {"pts": [{"pt": 22}], "t": 1},
        "ns": {"bi": 1157864, "bo": 2709, "pi": 2, "po": 3},
        "tc": {"ec": {"cs": [{"rad": "192.0.2.1:8000", "rp": 8000, "s": "ESTABLISHED",
            "lp": 80, "li": "eth0"}], "t": 1}}}}"#;
    assert_eq!(count(python), 10);
    // Of the SDKs for C and C++: other names in connections, the total beside them, no traffic in
    // the first report.
    let c = "{\n\t\"header\":\t{\n\t\t\"report_id\":\t1001,\n\t\t\"version\":\t\"1.0\"\n\t},\n\
        \t\"metrics\":\t{\"listening_tcp_ports\":\t{\"ports\":\t[], \"total\":\t0},\n\
        \t\"tcp_connections\":\t{\"established_connections\":\t{\"connections\":\t\
        [{\"interface\":\t\"eth0\", \"port\":\t80, \"remote_addr\":\t\"192.0.2.1:443\"}]},\
        \t\"total\":\t1}, \"listening_udp_ports\":\t{\"ports\":\t[], \"total\":\t0}}}";
    assert_eq!(count(c), 6);
    // Of the library for FreeRTOS, which has a part of the metrics.
    let freertos = r#"{"hed":{"rid":3,"v":"1.0"},"met":{"tp":{"pts":[],"t":0},
        "tc":{"ec":{"cs":[{"lp":80,"rad":"192.0.2.1:443"}],"t":1}}}}"#;
    assert_eq!(count(freertos), 4);
}
