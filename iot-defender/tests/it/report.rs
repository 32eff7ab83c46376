//! Reports of devices: what is refused, where and why, and what an accepted one says.
#![expect(
    clippy::unwrap_used,
    reason = "what is asked for is there, or the test fails"
)]

use core::net::IpAddr;

use iot_defender::detect::{
    CounterRule, CustomFault, CustomMetricType, CustomValue, Datapoint, DeviceSample, Field,
    MetricsReport, Names, Number, ReceivedReport, ReportBuilder, ReportErrorCode, ReportErrorKind,
    ReportGate, ReportLimits, ReportPlace, ReportReply, ReportTopic, TrafficCounters,
    receive_report,
};
use iot_topics::Timestamp;
use iot_topics::reserved::{DefenderTopic, Exchange, PayloadFormat, ReservedTopic};
use serde_json::{Value, json};

/// A report that has only this block of metrics.
fn with_metrics(metrics: &str) -> String {
    format!(r#"{{"hed":{{"rid":7,"v":"1.0"}},"met":{metrics}}}"#)
}

#[track_caller]
fn refused(metrics: &str, path: &str, words: &str) {
    let payload = with_metrics(metrics);
    let error = MetricsReport::from_json(payload.as_bytes()).unwrap_err();
    let told = (error.path(), error.kind().to_string());
    assert_eq!(told, (path, words.to_owned()), "{payload}");
    assert_eq!(error.report_id(), Some(7));
}

fn kind(payload: &str) -> ReportErrorKind {
    let error = MetricsReport::from_json(payload.as_bytes()).unwrap_err();
    *error.kind()
}

fn with_custom(custom: &str) -> Result<MetricsReport, ReportErrorKind> {
    let payload = format!(r#"{{"hed":{{"rid":7,"v":"1.0"}},"cmet":{custom}}}"#);
    MetricsReport::from_json(payload.as_bytes()).map_err(|error| *error.kind())
}

const COUNTER: &str = "not a whole number from 0 to 2^64 - 1";

#[test]
fn counters_are_whole_numbers() {
    for field in ["bi", "bytes_out", "pi", "packets_out"] {
        let path = format!("/met/ns/{field}");
        for wrong in ["-1", "1.5", "1.0", "1e3", "18446744073709551616", "-0"] {
            refused(
                &format!(r#"{{"ns":{{"{field}":{wrong}}}}}"#),
                &path,
                COUNTER,
            );
        }
        for (wrong, found) in [
            ("\"1\"", "a string"),
            ("true", "a Boolean"),
            ("null", "null"),
            ("[]", "an array"),
        ] {
            let words = format!("{found} instead of a number");
            refused(&format!(r#"{{"ns":{{"{field}":{wrong}}}}}"#), &path, &words);
        }
        let largest = with_metrics(&format!(r#"{{"ns":{{"{field}":18446744073709551615}}}}"#));
        assert!(MetricsReport::from_json(largest.as_bytes()).is_ok());
    }
    refused(r#"{"tp":{"t":-1}}"#, "/met/tp/t", COUNTER);
}

#[test]
fn types_are_strict() {
    refused("[]", "/met", "an array instead of an object");
    refused("null", "/met", "null instead of an object");
    for port in ["0", "65536"] {
        let metrics = format!(r#"{{"up":{{"pts":[{{"pt":1}},{{"pt":{port}}}]}}}}"#);
        let words = "not a port from 1 to 65535";
        refused(&metrics, "/met/up/pts/1/pt", words);
    }
    for (metrics, path, words) in [
        (
            r#"{"tp":{"pts":[22]}}"#,
            "/met/tp/pts/0",
            "a number instead of an object",
        ),
        (
            r#"{"tp":{"pts":{}}}"#,
            "/met/tp/pts",
            "an object instead of an array",
        ),
        (
            r#"{"tp":{"pts":[{"if":1}]}}"#,
            "/met/tp/pts/0/if",
            "a number instead of a string",
        ),
        // A list in the table of the Python agent, an object in the guide.
        (
            r#"{"tc":{"ec":[]}}"#,
            "/met/tc/ec",
            "an array instead of an object",
        ),
        (
            r#"{"tc":{"ec":{"cs":[{"lp":1}]}}}"#,
            "/met/tc/ec/cs/0",
            "no `remote_addr`",
        ),
        // The guide's table says Number.
        (
            r#"{"tc":{"ec":{"cs":[{"rad":1}]}}}"#,
            "/met/tc/ec/cs/0/rad",
            "a number instead of a string",
        ),
    ] {
        refused(metrics, path, words);
    }
    for address in [
        "192.168.0.1",
        "192.168.0.1:65536",
        "192.168.0.1:",
        ":80",
        "host:80",
        "2001:db8::1:80",
        "[2001:db8::1]",
        "[fe80::1%2]:80",
        "010.0.0.1:80",
        "1.2.3.4:+80",
        "",
    ] {
        let metrics = format!(r#"{{"tc":{{"ec":{{"cs":[{{"rad":"{address}"}}]}}}}}}"#);
        refused(&metrics, "/met/tc/ec/cs/0/rad", "not `ip:port`");
    }
}

#[test]
fn a_header_and_a_block_are_required() {
    let missing = |field| ReportErrorKind::Missing { field };
    assert_eq!(kind(r#"{"met":{}}"#), missing(Field::Header));
    assert_eq!(
        kind(r#"{"hed":{"v":"1.0"},"met":{}}"#),
        missing(Field::ReportId)
    );
    assert_eq!(
        kind(r#"{"hed":{"rid":1},"met":{}}"#),
        missing(Field::Version)
    );
    assert_eq!(
        kind(r#"{"hed":{"rid":1,"v":"1.0"}}"#),
        ReportErrorKind::NoMetrics
    );
    let rule = "greater than 0";
    let zero = ReportErrorKind::OutOfRange { rule };
    assert_eq!(kind(r#"{"hed":{"rid":0,"v":"1.0"},"met":{}}"#), zero);
    for version in [
        "",
        "1",
        "1.",
        ".0",
        "1.0.0",
        "v1.0",
        "1,0",
        "+1.0",
        "-1.0",
        " 1.0",
        "1.99999999999",
    ] {
        let payload = format!(r#"{{"hed":{{"rid":1,"v":"{version}"}},"met":{{}}}}"#);
        let rule = "a version like `1.0`";
        assert_eq!(
            kind(&payload),
            ReportErrorKind::OutOfRange { rule },
            "{version}"
        );
    }
}

/// A member with a legal value.
fn member(field: Field, names: Names, place: ReportPlace) -> String {
    let value = match (field, place) {
        (Field::Header, _) => r#"{"rid":1,"v":"1.0"}"#,
        (Field::Connections | Field::Ports, _) => "[]",
        (Field::RemoteAddr, _) => r#""1.2.3.4:5""#,
        (Field::Version, _) => r#""1.0""#,
        (Field::LocalInterface | Field::Interface, _) => r#""eth0""#,
        (_, ReportPlace::Root | ReportPlace::Metrics | ReportPlace::TcpConnections) => "{}",
        _ => "1",
    };
    format!(r#""{}":{value}"#, field.name(names))
}

/// A report with an object of these members at that place.
fn with_object(place: ReportPlace, members: &[String]) -> String {
    let object = format!("{{{}}}", members.join(","));
    let metrics = match place {
        ReportPlace::Root => return object,
        ReportPlace::Header => return format!(r#"{{"hed":{object},"met":{{}}}}"#),
        ReportPlace::TcpConnections => format!(r#"{{"tc":{object}}}"#),
        ReportPlace::EstablishedConnections => format!(r#"{{"tc":{{"ec":{object}}}}}"#),
        ReportPlace::Connection => format!(r#"{{"tc":{{"ec":{{"cs":[{object}]}}}}}}"#),
        ReportPlace::ListeningPorts => format!(r#"{{"tp":{object}}}"#),
        ReportPlace::ListeningPort => format!(r#"{{"up":{{"pts":[{object}]}}}}"#),
        ReportPlace::NetworkStats => format!(r#"{{"ns":{object}}}"#),
        _ => object,
    };
    with_metrics(&metrics)
}

/// Each field of each object: mixed names are fine, a field by both names or by one twice is not.
#[test]
fn no_field_is_there_twice() {
    let mut seen = 0;
    let places = Field::ALL.iter().flat_map(|field| field.places());
    for place in places.copied() {
        let fields = Field::ALL.iter().copied();
        let fields: Vec<_> = fields.filter(|it| it.places().contains(&place)).collect();
        let names = [Names::Long, Names::Short].into_iter().cycle();
        let mixed = fields.iter().zip(names);
        let mixed: Vec<_> = mixed
            .map(|(field, names)| member(*field, names, place))
            .collect();
        let payload = with_object(place, &mixed);
        let read = MetricsReport::from_json(payload.as_bytes());
        assert!(read.is_ok(), "{read:?} of {payload}");
        for (index, field) in fields.into_iter().enumerate() {
            for (first, second) in [
                (Names::Long, Names::Long),
                (Names::Long, Names::Short),
                (Names::Short, Names::Long),
            ] {
                let mut members = mixed.clone();
                members[index] = member(field, first, place);
                members.push(member(field, second, place));
                let payload = with_object(place, &members);
                let error = MetricsReport::from_json(payload.as_bytes()).unwrap_err();
                assert_eq!(*error.kind(), ReportErrorKind::Repeated, "{payload}");
                assert!(error.path().ends_with(field.name(second)), "{error}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 3 * Field::ALL.len());
}

#[test]
fn what_is_no_field_is_ignored() {
    let plain = with_metrics(r#"{"tp":{"pts":[{"pt":22}]}}"#);
    let more = br#" {"x":{"met":[[],{"a":"\ud83d\ude00 }]"}],"met":-1.5e-3},
        "hed" : {"rid":7,"bi":"?","v":"1.0"}, "Met":0, "met":{"rid":null,
        "tp":{"status":[true,false,null],"pts":[{"pt":22,"rp":{}, "rp":1}]}}} "#;
    let plain = MetricsReport::from_json(plain.as_bytes());
    assert!(plain.is_ok());
    assert_eq!(plain, MetricsReport::from_json(more));
}

#[test]
fn custom_metrics_are_an_array_of_one_object() {
    let rule = "an array of one object";
    let not_one = Err(ReportErrorKind::OutOfRange { rule });
    let wrong = |expected, found| Err(ReportErrorKind::WrongType { expected, found });
    assert_eq!(with_custom(r#"{"n":[]}"#), not_one);
    assert_eq!(with_custom(r#"{"n":[{"number":1},{"number":2}]}"#), not_one);
    assert_eq!(
        with_custom(r#"{"n":{"number":1}}"#),
        wrong("an array", "an object")
    );
    assert_eq!(with_custom(r#"{"n":[1]}"#), wrong("an object", "a number"));
    assert_eq!(with_custom("[]"), wrong("an object", "an array"));
    let twice = Err(ReportErrorKind::Repeated);
    assert_eq!(
        with_custom(r#"{"n":[{"number":1}],"n":[{"number":1}]}"#),
        twice
    );
    assert_eq!(with_custom(r#"{"n":[{"number":1,"number":1}]}"#), twice);
    assert_eq!(with_custom(r#"{"n":[{"number":1,"ip_list":[]}]}"#), twice);
    // Even where the metric would be dropped.
    assert_eq!(
        with_custom(r#"{"?":[{"number":""}],"?":[{"number":""}]}"#),
        twice
    );
    let path = MetricsReport::from_json(br#"{"cmet":{"a/b~c":[{"number":1,"number":1}]}}"#);
    assert_eq!(path.unwrap_err().path(), "/cmet/a~1b~0c/0/number");
}

#[test]
fn a_wrong_value_costs_only_itself() {
    for (value, fault) in [
        (r#"{"number":"1"}"#, CustomFault::Number),
        (r#"{"number":[1]}"#, CustomFault::Number),
        (r#"{"number":null}"#, CustomFault::Number),
        (r#"{"number":1e999}"#, CustomFault::Number),
        (r#"{"number":1234567890123456}"#, CustomFault::Number),
        (r#"{"number":-0.1234567890123456}"#, CustomFault::Number),
        (r#"{"number":1e15}"#, CustomFault::Number),
        (r#"{"number_list":1}"#, CustomFault::List),
        (r#"{"number_list":[1,{"a":[]},2]}"#, CustomFault::Number),
        (r#"{"string_list":"a"}"#, CustomFault::List),
        (r#"{"string_list":["a",1]}"#, CustomFault::Text),
        (r#"{"string_list":["a b"]}"#, CustomFault::Text),
        (r#"{"string_list":["é"]}"#, CustomFault::Text),
        (r#"{"ip_list":["1.2.3.4:5"]}"#, CustomFault::Address),
        (r#"{"ip_list":["1.2.3.0/24"]}"#, CustomFault::Address),
        (r#"{"ip_list":["host"]}"#, CustomFault::Address),
        (r#"{"ip_list":[[1]]}"#, CustomFault::Address),
        (r#"{"numbers":[1]}"#, CustomFault::Kind),
        ("{}", CustomFault::Kind),
    ] {
        let custom = format!(r#"{{"bad":[{value}],"good":[{{"number":1}}]}}"#);
        let report = with_custom(&custom).unwrap();
        let kept = report.custom_metrics.as_ref().unwrap();
        let one = CustomValue::Number(Number::from(1));
        assert_eq!(kept.get("good"), Some(&one), "{value}");
        assert_eq!((kept.len(), report.dropped.len()), (1, 1));
        assert_eq!(report.dropped[0].name, "bad");
        assert_eq!(report.dropped[0].fault, fault, "{value}");
    }
    for name in ["two words", "aws:mine", "", &"n".repeat(129)] {
        let report = with_custom(&format!(r#"{{"{name}":[{{"number":1}}]}}"#)).unwrap();
        assert!(
            matches!(report.dropped[0].fault, CustomFault::Name(_)),
            "{name}"
        );
    }
    for value in [
        r#"{"number":-1.5}"#,
        r#"{"number":999999999999999}"#,
        r#"{"number":0.000123456789012345}"#,
        r#"{"number":1e14}"#,
        r#"{"number":5e-324}"#,
        r#"{"number_list":[]}"#,
        r#"{"string_list":["A:z_0-9/.",""]}"#,
        r#"{"ip_list":["::1","1.2.3.4"],"unit":"x"}"#,
    ] {
        let report = with_custom(&format!(r#"{{"n":[{value}]}}"#)).unwrap();
        assert_eq!(report.dropped, [], "{value}");
    }
}

#[test]
fn declarations_decide_which_custom_metrics_count() {
    let report = with_custom(
        r#"{"a":[{"number":1}],"b":[{"string_list":["x"]}],"c":[{"ip_list":["?"]}],
            "d":[{"ip_list":["::1"]}]}"#,
    );
    let declared = |name: &str| match name {
        "b" => Some(CustomMetricType::Number),
        "c" | "d" => Some(CustomMetricType::IpAddressList),
        _ => None,
    };
    let datapoints = report.unwrap().datapoints(declared);
    let names = datapoints.values.iter().map(|(metric, _)| metric.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["d"]);
    let dropped: Vec<String> = datapoints.dropped.iter().map(ToString::to_string).collect();
    let expected = [
        "`a`: not declared",
        "`b`: `string-list` instead of `number`",
        "`c`: not an IP address",
    ];
    assert_eq!(dropped, expected);
}

/// All metrics of the guide that devices report, with long and with short names.
#[test]
fn a_report_has_datapoints_of_every_metric() {
    let payload = json!({
        "header": { "report_id": 1, "version": "1.0" },
        "metrics": {
            "listening_tcp_ports": {
                "ports": [{ "port": 80 }, { "port": 22 }, { "interface": "lo" }],
                "total": 7,
            },
            "listening_udp_ports": { "ports": [] },
            "network_stats": {
                "bytes_in": 1, "bytes_out": 2, "packets_in": 3, "packets_out": u64::MAX,
            },
            "tcp_connections": { "established_connections": { "connections": [
                { "remote_addr": "[::ffff:10.0.0.9]:443", "local_port": 70_000 },
                { "remote_addr": "[2001:db8::1]:443" },
                { "remote_addr": "10.0.0.9:80", "remote_port": "x" },
            ] } },
        },
    });
    let long = MetricsReport::from_json(payload.to_string().as_bytes()).unwrap();
    let short = MetricsReport::from_json(long.to_json(Names::Short).as_bytes()).unwrap();
    assert_eq!(long, short);
    let values = short.datapoints(|_| None).values;
    let values: Vec<_> = values
        .iter()
        .map(|(metric, value)| (metric.as_str(), value))
        .collect();
    let peers: Vec<IpAddr> = ["10.0.0.9", "2001:db8::1"]
        .map(|it| it.parse().unwrap())
        .into();
    let expected = [
        ("aws:all-bytes-out", &Datapoint::Count(2)),
        ("aws:all-bytes-in", &Datapoint::Count(1)),
        ("aws:all-packets-out", &Datapoint::Count(u64::MAX)),
        ("aws:all-packets-in", &Datapoint::Count(3)),
        ("aws:num-listening-tcp-ports", &Datapoint::Count(7)),
        ("aws:num-listening-udp-ports", &Datapoint::Count(0)),
        ("aws:num-established-tcp-connections", &Datapoint::Count(3)),
        ("aws:listening-tcp-ports", &Datapoint::Ports(vec![22, 80])),
        ("aws:listening-udp-ports", &Datapoint::Ports(vec![])),
        ("aws:destination-ip-addresses", &Datapoint::Addresses(peers)),
    ];
    assert_eq!(values, expected);

    let untold = with_metrics(r#"{"tp":{"t":4},"up":{},"tc":{"ec":{}},"ns":{}}"#);
    let values = MetricsReport::from_json(untold.as_bytes())
        .unwrap()
        .datapoints(|_| None)
        .values;
    assert_eq!(values.len(), 1, "no list is not an empty one: {values:?}");
}

#[test]
fn json_is_that_of_the_rfc() {
    let syntax = |payload: &[u8]| match MetricsReport::from_json(payload).unwrap_err().kind() {
        ReportErrorKind::Syntax { reason, position } => (*reason, *position),
        other => panic!("{other:?} of {}", String::from_utf8_lossy(payload)),
    };
    let end = "the payload ends too early";
    let hex = "`\\u` needs four hexadecimal digits";
    for (payload, expected) in [
        (&b""[..], (end, 0)),
        (b"{\"a\":", (end, 5)),
        (b"{\"a\xFF\":1}", ("not UTF-8", 3)),
        (b"\xEF\xBB\xBF{}", ("expected a value", 0)),
        (b"{\"a\":1,}", ("a comma in front of the end", 7)),
        (b"{\"a\":[1,]}", ("a comma in front of the end", 8)),
        (b"{\"a\":[1 2]}", ("expected `,` or `]`", 8)),
        (b"{\"a\" 1}", ("expected `:`", 5)),
        (b"{a:1}", ("expected a key", 1)),
        (b"{,}", ("expected a key", 1)),
        (b"{\"a\":[,1]}", ("expected a value", 6)),
        (b"{\"a\":01}", ("expected `,` or `}`", 6)),
        (b"{\"a\":-}", ("expected a value", 5)),
        (b"{\"a\":tru}", ("expected a value", 5)),
        (b"{\"a\n\":1}", ("a control character in a string", 3)),
        (b"{\"a", ("a string without end", 3)),
        (b"{\"\\x\":1}", ("an unknown escape", 2)),
        (b"{\"\\", ("an unknown escape", 2)),
        (b"{\"\\u12G4\":1}", (hex, 2)),
        (b"{\"\\u+123\":1}", (hex, 2)),
        (b"{\"\\u12\xC3\xA94\":1}", (hex, 2)),
        (b"{\"\\ud800\":1}", ("an unpaired surrogate", 2)),
        (b"{\"\\ud800\\u0041\":1}", ("an unpaired surrogate", 2)),
        (b"{\"\\udc00\":1}", ("an unpaired surrogate", 2)),
    ] {
        assert_eq!(
            syntax(payload),
            expected,
            "{}",
            String::from_utf8_lossy(payload)
        );
    }
    let behind = with_metrics("{}") + "{}";
    assert_eq!(syntax(behind.as_bytes()), ("something behind the end", 36));
    // Escaped names are names.
    let escaped = br#"{"\u0068ed":{"rid":1,"v":"1\u002e0"},"me\u0074":{}}"#;
    assert!(MetricsReport::from_json(escaped).is_ok());
}

#[test]
fn size_and_depth_are_bounded() {
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        with_metrics(&format!(r#"{{"x":{open}{close}}}"#))
    };
    let max = ReportLimits::AWS_IOT.max_depth;
    assert!(MetricsReport::from_json(deep(max - 2).as_bytes()).is_ok());
    assert_eq!(kind(&deep(max - 1)), ReportErrorKind::TooDeep { max });
    assert_eq!(kind(&deep(60_000)), ReportErrorKind::TooDeep { max });

    let max = ReportLimits::AWS_IOT.max_bytes;
    let mut large = with_metrics("{}");
    large.extend(core::iter::repeat_n(' ', max - large.len()));
    assert!(MetricsReport::from_json(large.as_bytes()).is_ok());
    large.push(' ');
    assert_eq!(kind(&large), ReportErrorKind::TooLarge { max });
}

#[test]
fn an_answer_is_json_whatever_the_thing_is_called() {
    for thing in ["a\"b\\c", "\u{1}\n", "é😀"] {
        let text = ReportReply::accepted(u64::MAX, Timestamp::default()).to_json(thing);
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["thingName"], thing);
        assert_eq!(json["reportId"].as_u64(), Some(u64::MAX));
    }
}

#[test]
fn topics_are_those_of_the_catalogue() {
    for format in PayloadFormat::ALL.iter().copied() {
        for exchange in Exchange::ALL {
            let catalogue = DefenderTopic {
                thing: "a:b_c-9".parse().unwrap(),
                format,
                exchange,
            };
            let name = catalogue.to_topic_name();
            let topic = ReportTopic::parse(name.as_str()).unwrap();
            assert_eq!((topic.format, topic.exchange), (format, exchange));
            assert_eq!(topic.thing.as_str(), catalogue.thing.as_str());
            assert_eq!(topic.to_string(), name.as_str());
            let same = ReservedTopic::parse(name.as_name_ref());
            assert_eq!(same, Some(catalogue.into()));
        }
    }
    let of = |thing: &str| {
        let topic = format!("$aws/things/{thing}/defender/metrics/json");
        ReportTopic::parse(&topic)
    };
    for thing in ["a b", "é", &"n".repeat(128)] {
        assert_eq!(of(thing).unwrap().thing.as_str(), thing);
    }
    for wrong in [
        "",
        "a/b",
        "a\nb",
        "a\u{7F}",
        "+",
        "#",
        &"n".repeat(129),
        &"é".repeat(65),
    ] {
        assert_eq!(of(wrong), None, "{wrong:?}");
    }
    for wrong in [
        "",
        "$aws/things/T/defender/metrics",
        "$aws/things/T/defender/metrics/",
        "$aws/things/T/defender/metrics/Json",
        "$aws/things/T/defender/metrics/json/",
        "$aws/things/T/defender/metrics/json/denied",
        "$aws/things/T/defender/metrics/json/accepted/x",
        "aws/things/T/defender/metrics/json",
        "/$aws/things/T/defender/metrics/json",
        "$aws/thing/T/defender/metrics/json",
        "$aws/things/T/shadow/metrics/json",
        "$aws/things/T/defender/metric/json",
    ] {
        assert_eq!(ReportTopic::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn reports_come_every_five_minutes() {
    let mut gate = ReportGate::default();
    let mut send = |id: u32, at: u64| {
        let payload = format!(r#"{{"hed":{{"rid":{id},"v":"1.0"}},"met":{{}}}}"#);
        let (format, now) = (PayloadFormat::Json, Timestamp::from_secs(at));
        let received = receive_report(&mut gate, format, payload.as_bytes(), |_| None, now);
        match received.outcome {
            ReceivedReport::Accepted { is_rising, .. } => {
                assert_eq!(received.reply, ReportReply::accepted(id.into(), now));
                Ok(is_rising)
            }
            ReceivedReport::Throttled(throttled) => {
                assert_eq!(received.reply.error(), Some(ReportErrorCode::Throttled));
                Err(throttled.retry_at.as_secs())
            }
            ReceivedReport::Malformed(error) => panic!("{error}"),
        }
    };
    assert_eq!(send(1, 1000), Ok(true));
    // What is refused does not put the next one off.
    assert_eq!(send(2, 1299), Err(1300));
    assert_eq!(send(2, 1300), Ok(true));
    assert_eq!(send(2, 1600), Ok(false));
    assert_eq!(send(3, 1900), Ok(true));
    // A clock that ran back.
    assert_eq!(send(4, 1000), Err(2200));
    assert_eq!(send(4, 2200), Ok(true));
}

#[test]
fn a_builder_tells_what_came_since() {
    let mut builder = ReportBuilder::new();
    let mut stats = |counters: [Option<u64>; 2]| {
        let mut traffic = TrafficCounters::default();
        [traffic.bytes_in, traffic.packets_out] = counters;
        let mut sample = DeviceSample::default();
        sample.counters = Some(traffic);
        let report = builder.report(sample, |_| 0, Timestamp::default())?;
        let stats = report.metrics.unwrap().network_stats.unwrap();
        Some([stats.bytes_in, stats.packets_out])
    };
    assert_eq!(stats([Some(100), None]), None);
    assert_eq!(stats([Some(150), Some(9)]), Some([Some(50), None]));
    assert_eq!(stats([Some(20), Some(9)]), Some([Some(20), Some(0)]));
    assert_eq!(stats([None, Some(10)]), Some([None, Some(1)]));
    assert_eq!(stats([Some(70), Some(12)]), Some([None, Some(2)]));
    assert_eq!(CounterRule::Wraps32.delta(u64::from(u32::MAX), 0), 1);
    assert_eq!(CounterRule::Wraps32.delta(7, 7 + (3 << 32)), 0);
}
