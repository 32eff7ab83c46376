//! Reports of devices, in both formats.

use core::num::NonZeroU64;

use iot_defender::detect::{
    Connection, CustomMetricType, Datapoints, DeviceSample, ListeningPort, MetricsReport, Names,
    ReportBuilder, ReportError, ReportLimits, TrafficCounters,
};
use iot_topics::Timestamp;
use serde_json::Value;

use crate::input::Bytes;

/// What begins with `b` says what a device sees of itself, and with `{` or a space it is a report
/// as JSON; anything else is one as CBOR.
///
/// Any bytes have an answer. What is JSON to us is JSON; the same values as CBOR, written by other
/// hands, are the same report. What is read and what a device builds is read again as it was.
pub fn detect_reports(data: &[u8]) {
    match data.split_first() {
        Some((b'b', rest)) => built(Bytes::new(rest)),
        Some((b'{' | b' ', _)) => json(data),
        _ => {
            if let Some(report) = checked(MetricsReport::from_cbor(data)) {
                rewritten(report);
            }
        }
    }
}

fn json(data: &[u8]) {
    let Some(report) = checked(MetricsReport::from_json(data)) else {
        return;
    };
    // That one refuses numbers beyond `f64`; here they can be in what is ignored or dropped.
    match serde_json::from_slice::<Value>(data) {
        Ok(value) => {
            let mut twin = Vec::new();
            transcode(&value, &mut twin);
            if twin.len() <= ReportLimits::AWS_IOT.max_bytes {
                let twin = MetricsReport::from_cbor(&twin).map(|twin| datapoints(&twin));
                assert_eq!(twin, Ok(datapoints(&report)));
            }
        }
        Err(error) => assert!(error.to_string().contains("out of range"), "{error}"),
    }
    rewritten(report);
}

fn datapoints(report: &MetricsReport) -> (NonZeroU64, Datapoints) {
    let declared = |name: &str| match name.len() % 5 {
        0 => None,
        kind => CustomMetricType::ALL.get(kind - 1).copied(),
    };
    (report.header.report_id, report.datapoints(declared))
}

/// What is wrong is told with a place that a reader can follow.
fn checked(read: Result<MetricsReport, ReportError>) -> Option<MetricsReport> {
    match read {
        Ok(report) => {
            assert!(report.metrics.is_some() || report.custom_metrics.is_some());
            assert!(report.dropped.is_sorted_by(|a, b| a.name < b.name));
            Some(report)
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(error.path().is_empty() || error.path().starts_with('/'));
            assert_ne!(error.report_id(), Some(0));
            None
        }
    }
}

/// What was dropped is not written, and that is all that is lost.
fn rewritten(mut report: MetricsReport) {
    report.dropped.clear();
    for names in [Names::Long, Names::Short] {
        let (json, cbor) = (report.to_json(names), report.to_cbor(names));
        let max = ReportLimits::AWS_IOT.max_bytes;
        if json.len() <= max && cbor.len() <= max {
            assert_eq!(
                MetricsReport::from_json(json.as_bytes()).as_ref(),
                Ok(&report)
            );
            assert_eq!(MetricsReport::from_cbor(&cbor).as_ref(), Ok(&report));
            assert!(serde_json::from_str::<Value>(&json).is_ok());
        }
    }
}

fn built(mut bytes: Bytes<'_>) {
    let mut builder = ReportBuilder::new().with_max_items(usize::from(bytes.byte() % 8));
    let mut last_id = 0;
    let mut is_first = true;
    for _ in 0..8 {
        let (sample, [connections, ports]) = sample(&mut bytes);
        let draw = bytes.byte();
        let now = Timestamp::from_secs(bytes.number());
        let report = builder.report(sample, |below| usize::from(draw) % below, now);
        assert_eq!(report.is_none(), is_first);
        is_first = false;
        let Some(report) = report else { continue };
        let id = report.header.report_id.get();
        assert!(id > last_id || id == u64::MAX);
        last_id = id;
        let metrics = report.metrics.as_ref().unwrap();
        let counted = metrics.established_connections.as_ref().unwrap();
        assert_eq!(counted.count(), Some(connections));
        assert_eq!(
            metrics.listening_tcp_ports.as_ref().unwrap().count(),
            Some(ports)
        );
        rewritten(report);
    }
}

/// A sample, and how many connections and TCP ports it has.
fn sample(bytes: &mut Bytes<'_>) -> (DeviceSample, [u64; 2]) {
    let mut counters = TrafficCounters::default();
    for counter in [
        &mut counters.bytes_in,
        &mut counters.bytes_out,
        &mut counters.packets_in,
        &mut counters.packets_out,
    ] {
        *counter = (bytes.byte() & 1 == 0).then(|| bytes.number());
    }
    let connections = (0..bytes.byte() % 16).map(|_| {
        let address = [bytes.byte(), 0, 0, bytes.byte()];
        let mut connection = Connection::new((address, u16::from(bytes.byte())).into());
        connection.local_port = (bytes.byte() & 1 == 0).then(|| bytes.number());
        connection
    });
    let connections: Vec<Connection> = connections.collect();
    let ports = (0..bytes.byte() % 16).map(|_| ListeningPort::new(u16::from(bytes.byte()) + 1));
    let ports: Vec<ListeningPort> = ports.collect();
    let counts = [connections.len() as u64, ports.len() as u64];
    let mut sample = DeviceSample::default();
    sample.counters = (bytes.byte() & 1 == 0).then_some(counters);
    sample.connections = Some(connections);
    sample.listening_tcp_ports = Some(ports);
    (sample, counts)
}

/// JSON as CBOR, each length as eight bytes.
fn transcode(value: &Value, out: &mut Vec<u8>) {
    fn head(kind: u8, number: u64, out: &mut Vec<u8>) {
        out.push(kind << 5 | 27);
        out.extend(number.to_be_bytes());
    }

    match value {
        Value::Null => out.push(0xF6),
        Value::Bool(value) => out.push(0xF4 + u8::from(*value)),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => head(0, number, out),
            (None, Some(negative)) => head(1, (-1 - negative).unsigned_abs(), out),
            (None, None) => {
                out.push(0xFB);
                out.extend(number.as_f64().unwrap().to_be_bytes());
            }
        },
        Value::String(text) => {
            head(3, text.len() as u64, out);
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            head(4, items.len() as u64, out);
            items.iter().for_each(|item| transcode(item, out));
        }
        Value::Object(members) => {
            head(5, members.len() as u64, out);
            for (key, value) in members {
                head(3, key.len() as u64, out);
                out.extend(key.as_bytes());
                transcode(value, out);
            }
        }
    }
}
