//! A broker that starts again between any two calls: what arrived, the values, and the gates of
//! reports, written and read.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build values of parts that are legal"
)]

use iot_defender::detect::{
    AwsMetric, CloudCollector, CloudEvent, CustomMetricType, Datapoint, Engine, Intake,
    MessageSizes, Metric, MetricDimension, MetricLog, NearestRank, NoModels, Number, Observation,
    Received, ReceivedReport, ReportGates, SecurityProfile, SnapshotError, Target, ThrottledBy,
    Told,
};
use iot_defender::detect::{CustomMetric, Definitions, Dimension, DimensionOperator};
use iot_topics::quota::{Bucket, Rate};
use iot_topics::reserved::PayloadFormat;
use iot_topics::{Timestamp, TopicNameRef};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

const START: u64 = 1_573_786_800;
const THINGS: [&str; 3] = ["a", "lamp \"2\"\n", "é"];

#[derive(Clone, Copy, Debug)]
enum Call {
    /// A thing reports, with that number.
    Report(usize, u32),
    /// What is no report.
    Noise(usize),
    /// A datapoint of a thing, as anybody may bring it.
    Take(usize, usize, u8),
    /// A message of a thing, as a broker counts it.
    Count(usize),
    Wait(u16),
    Step,
    Silence(u8),
    Forget(usize),
    Remove(usize),
}

fn call() -> impl Strategy<Value = Call> {
    let thing = || 0..THINGS.len();
    prop_oneof![
        4 => (thing(), 1..5_u32).prop_map(|(thing, id)| Call::Report(thing, id)),
        1 => thing().prop_map(Call::Noise),
        4 => (thing(), 0..9_usize, any::<u8>()).prop_map(|(at, what, n)| Call::Take(at, what, n)),
        2 => thing().prop_map(Call::Count),
        3 => (0..400_u16).prop_map(Call::Wait),
        3 => Just(Call::Step),
        1 => (0..16_u8).prop_map(Call::Silence),
        1 => thing().prop_map(Call::Forget),
        1 => thing().prop_map(Call::Remove),
    ]
}

#[derive(Clone, Debug)]
struct Broker {
    engine: Engine,
    gates: ReportGates,
    intake: Intake,
    log: MetricLog,
    /// In milliseconds.
    now: u64,
    received: Vec<Received>,
    told: Vec<Told>,
}

fn definitions() -> Definitions {
    let mut definitions = Definitions::default();
    for (name, kind) in [
        ("battery", CustomMetricType::Number),
        ("users", CustomMetricType::StringList),
        ("levels", CustomMetricType::NumberList),
        ("peers", CustomMetricType::IpAddressList),
    ] {
        let metric = CustomMetric::new(name.parse().unwrap(), kind);
        definitions.create_custom_metric(metric).unwrap();
    }
    let own = Dimension::new("Own".parse().unwrap(), ["a/#".to_string()]).unwrap();
    definitions.create_dimension(own).unwrap();
    definitions
}

fn own() -> MetricDimension {
    MetricDimension::new("Own".parse().unwrap(), DimensionOperator::NotIn)
}

fn measured() -> Vec<(Metric, Option<MetricDimension>)> {
    let aws = |metric: AwsMetric| (metric.into(), None);
    let custom = |name: &str| (name.parse().unwrap(), None);
    vec![
        aws(AwsMetric::AllBytesIn),
        aws(AwsMetric::MessageByteSize),
        (AwsMetric::NumMessagesSent.into(), Some(own())),
        aws(AwsMetric::SourceIpAddress),
        aws(AwsMetric::ListeningTcpPorts),
        custom("battery"),
        custom("users"),
        custom("levels"),
        custom("peers"),
    ]
}

fn datapoint(what: usize, n: u8) -> Datapoint {
    let count = u64::from(n);
    match what {
        1 if n > 99 => Datapoint::Sizes(MessageSizes::new(1, count, u64::MAX).unwrap()),
        0..=2 => Datapoint::Count(count),
        3 | 8 => {
            let texts = ["::ffff:10.0.0.1", "10.0.0.1", "2001:db8::1"];
            Datapoint::Addresses(
                texts
                    .iter()
                    .take(n.into())
                    .map(|it| it.parse().unwrap())
                    .collect(),
            )
        }
        4 => Datapoint::Ports(vec![n.into(), 65_535]),
        5 => Datapoint::Number(Number::new((f64::from(n) - 100.0) / 1.5).unwrap()),
        6 => Datapoint::Strings(vec![format!("root \"{n}\"\n"), String::new()]),
        _ => {
            let numbers = [f64::MAX, -0.0, f64::MIN_POSITIVE, f64::from(n)];
            Datapoint::Numbers(numbers.map(|it| Number::new(it).unwrap()).to_vec())
        }
    }
}

impl Broker {
    fn new() -> Self {
        let definitions = definitions();
        let dimension = json!({ "dimensionName": "Own", "operator": "NOT_IN" });
        let retained = measured().into_iter().map(|(metric, scope)| match scope {
            None => json!({ "metric": metric, "exportMetric": true }),
            Some(_) => json!({ "metric": metric, "metricDimension": dimension }),
        });
        let request = json!({
            "behaviors": [{
                "name": "b",
                "metric": "aws:all-bytes-in",
                "criteria": { "comparisonOperator": "less-than", "value": { "count": 50 } },
            }],
            "additionalMetricsToRetainV2": retained.collect::<Vec<_>>(),
            "alertTargets": { "SNS": { "alertTargetArn": "arn:t", "roleArn": "arn:r" } },
            "metricsExportConfig": { "mqttTopic": "m", "roleArn": "arn:r" },
        });
        let profile = SecurityProfile::create("p".parse().unwrap(), &request, &definitions);
        let mut engine = Engine::new();
        engine.set_profile(&profile.unwrap());
        engine.attach("p", Target::All).unwrap();
        for thing in THINGS {
            engine.set_device(thing, true, []);
        }
        // So few that a broker feels it.
        let quota = Bucket::new(Rate::per_minute(1), 2);
        Self {
            engine,
            gates: ReportGates::with_quota(quota),
            intake: Intake::default(),
            log: MetricLog::default(),
            now: START * 1_000,
            received: Vec::new(),
            told: Vec::new(),
        }
    }

    fn restarted(&self) -> Result<Self, SnapshotError> {
        Ok(Self {
            engine: Engine::restore(self.engine.snapshot().as_bytes())?,
            gates: ReportGates::restore(self.gates.snapshot().as_bytes())?,
            intake: Intake::restore(self.intake.snapshot().as_bytes())?,
            log: MetricLog::restore(self.log.snapshot().as_bytes())?,
            ..self.clone()
        })
    }

    fn receive(&mut self, thing: usize, payload: &[u8]) {
        let name = *THINGS.get(thing).unwrap();
        let definitions = definitions();
        let declared = |name: &str| Some(definitions.custom_metric(name)?.metric_type());
        let now = Timestamp::from_millis(self.now);
        let json = PayloadFormat::Json;
        let received = self.gates.receive(name, json, payload, declared, now);
        if let ReceivedReport::Accepted { datapoints, .. } = &received.outcome
            && let Some(device) = self.engine.device(name, true)
        {
            self.intake.take_report(device, datapoints.clone());
        }
        self.received.push(received);
    }

    fn step(&mut self) {
        let now = Timestamp::from_millis(self.now);
        let (engine, log) = (&mut self.engine, Some(&mut self.log));
        let told = self
            .intake
            .step(engine, log, now, &mut NearestRank, &NoModels);
        self.told.push(told);
    }

    fn call(&mut self, call: Call) {
        let name = |thing: usize| *THINGS.get(thing).unwrap();
        match call {
            Call::Report(thing, id) => {
                let payload = json!({
                    "header": { "report_id": id, "version": "1.0" },
                    "metrics": { "network_stats": { "bytes_in": id * 20, "bytes_out": 1 } },
                    "custom_metrics": { "battery": [{ "number": 7.5 }] },
                });
                self.receive(thing, payload.to_string().as_bytes());
            }
            Call::Noise(thing) => self.receive(thing, b"{}"),
            Call::Take(thing, what, n) => {
                let (metric, dimension) = measured().swap_remove(what);
                if let Some(device) = self.engine.device(name(thing), true) {
                    let value = datapoint(what, n);
                    self.intake.take(device, metric, dimension, value);
                }
            }
            Call::Count(thing) => {
                let now = Timestamp::from_millis(self.now);
                let own = definitions().dimension("Own").unwrap().clone();
                let mut gateway = CloudCollector::new([(own, DimensionOperator::NotIn)], now);
                let topic = TopicNameRef::parse("b").unwrap();
                let event = CloudEvent::MessageSent { topic, bytes: 9 };
                gateway
                    .observe(Observation::new(name(thing), event), now)
                    .unwrap();
                self.intake.take_cloud(&gateway.close(), &mut self.engine);
            }
            Call::Wait(seconds) => self.now += u64::from(seconds) * 1_000 + 7,
            Call::Step => {
                self.now += 300_000;
                self.step();
            }
            Call::Silence(days) => {
                self.now += u64::from(days) * 86_400_000;
                self.step();
            }
            Call::Forget(thing) => self.gates.forget(name(thing)),
            Call::Remove(thing) => {
                if let Some(device) = self.engine.device(name(thing), true) {
                    self.engine.remove_device(device);
                }
            }
        }
    }

    fn texts(&self) -> [String; 3] {
        let (gates, intake) = (self.gates.snapshot(), self.intake.snapshot());
        [gates, intake, self.log.snapshot()]
    }
}

/// From a text to the text of what it was taken for.
type Restore = fn(&[u8]) -> Option<String>;

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_restarted_broker_goes_on_as_before(calls in vec(call(), 0..60)) {
        let mut straight = Broker::new();
        let mut restarted = straight.clone();
        for call in calls {
            let texts = restarted.texts();
            restarted = restarted.restarted().unwrap();
            prop_assert_eq!(restarted.texts(), texts);
            straight.call(call);
            restarted.call(call);
            prop_assert_eq!(&straight.gates, &restarted.gates);
            prop_assert_eq!(&straight.intake, &restarted.intake);
            prop_assert_eq!(&straight.log, &restarted.log);
        }
        prop_assert_eq!(&straight.received, &restarted.received);
        prop_assert_eq!(&straight.told, &restarted.told);
        prop_assert_eq!(straight.texts(), restarted.texts());
    }

    /// A part of a text is none; of any other text there is an answer, and what is taken can be
    /// written and read again.
    #[test]
    fn any_text_has_an_answer(
        calls in vec(call(), 0..30),
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..4),
    ) {
        let mut broker = Broker::new();
        calls.into_iter().for_each(|call| broker.call(call));
        let restore: [Restore; 3] = [
            |text| Some(ReportGates::restore(text).ok()?.snapshot()),
            |text| Some(Intake::restore(text).ok()?.snapshot()),
            |text| Some(MetricLog::restore(text).ok()?.snapshot()),
        ];
        for (text, restore) in broker.texts().into_iter().zip(restore) {
            let mut text = text.into_bytes();
            for end in (0..text.len()).step_by(1 + text.len() / 200) {
                let part = text.get(..end).unwrap();
                prop_assert_eq!(restore(part), None, "{}", end);
            }
            for (place, byte, is_cut) in &changes {
                let at = place.index(text.len());
                if *is_cut {
                    text.remove(at);
                } else {
                    let bytes = b"0123456789,null[]-.e\"";
                    let byte = bytes.get(usize::from(*byte) % bytes.len()).unwrap();
                    *text.get_mut(at).unwrap() = *byte;
                }
            }
            if let Some(again) = restore(&text) {
                prop_assert_eq!(restore(again.as_bytes()), Some(again));
            }
        }
    }
}

/// A change, and the line and the rule that it breaks.
type Change = (&'static str, &'static str, usize, &'static str);

fn refused<T: core::fmt::Debug>(
    text: &str,
    restore: impl Fn(&[u8]) -> Result<T, SnapshotError>,
    changes: &[Change],
) {
    assert!(restore(text.as_bytes()).is_ok());
    for (from, to, line, rule) in changes {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let error = restore(changed.as_bytes()).unwrap_err();
        assert_eq!((error.line(), error.rule()), (*line, *rule), "{from}");
    }
    let error = restore(format!("{text}[]\n").as_bytes()).unwrap_err();
    let end = text.lines().count() + 1;
    assert_eq!((error.line(), error.rule()), (end, "must be the end"));
}

#[test]
fn a_snapshot_is_refused_by_its_line() {
    let mut broker = Broker::new();
    broker.call(Call::Report(0, 3));
    broker.call(Call::Take(0, 5, 7));
    broker.call(Call::Step);
    broker.call(Call::Report(2, 4));
    broker.call(Call::Take(0, 5, 7));
    broker.call(Call::Step);
    broker.call(Call::Take(1, 1, 100));
    let [gates, intake, log] = broker.texts();
    let head = "must be the head of a snapshot in form 1";
    refused(
        &gates,
        ReportGates::restore,
        &[
            ("gates\":1", "gates\":2", 1, head),
            (
                "\"burst\":2",
                "\"burst\":0",
                2,
                "must be a count and a quota",
            ),
            (
                "\"period\":60000",
                "\"period\":60001",
                2,
                "must be a count and a quota",
            ),
            (",3]", ",0]", 3, "must have the number of a report"),
            ("[\"é\"", "[\"A\"", 4, "must be a thing that comes later"),
            ("[\"a\"", "[7", 3, "must be the gate of a thing"),
        ],
    );
    refused(
        &intake,
        Intake::restore,
        &[
            ("intake\":1", "intake\":2", 1, head),
            ("\"arrived\":1", "\"arrived\":-1", 2, "must be a count"),
            (
                "\"arrived\":1",
                "\"arrived\":2",
                4,
                "must be a datapoint of a device",
            ),
            ("[1,100,", "[101,100,", 3, "must be a value of its metric"),
            (
                "aws:message-byte-size",
                "aws:all-bytes-in",
                3,
                "must be a value of its metric",
            ),
            (
                "aws:message-byte-size",
                "battery",
                3,
                "must be a value of its metric",
            ),
            (
                "aws:message-byte-size",
                "aws:none",
                3,
                "must be a value of its metric",
            ),
        ],
    );
    let order = "must have values of 14 days in order";
    refused(
        &log,
        MetricLog::restore,
        &[
            ("metric-log\":1", "metric-log\":2", 1, head),
            ("\"series\":4", "\"series\":3", 6, "must be the end"),
            ("[\"a\"", "[\"z\"", 4, "must be of what comes later"),
            (
                "\"aws:all-bytes-in\"",
                "\"aws:none\"",
                3,
                "must be of a metric",
            ),
            ("{\"count\":", "{\"counts\":", 3, "must have values"),
            ("[1573787400000", "[1573787100000", 4, order),
            ("[1573787400000", "[1583787400000", 4, order),
        ],
    );
}

/// The quota of the account: it stops no device whose gate is shut anyhow, and what is no report
/// costs nothing.
#[test]
fn an_account_may_send_3500_reports_a_second() {
    let mut gates = ReportGates::with_quota(Bucket::of(ReportGates::QUOTA));
    let now = Timestamp::from_secs(START);
    let report = br#"{"hed":{"rid":7,"v":"1.0"},"met":{}}"#;
    let mut send = |thing: u32, payload: &[u8], now| {
        let thing = format!("lamp-{thing}");
        gates.receive(&thing, PayloadFormat::Json, payload, |_| None, now)
    };
    let throttled = |received: &Received| match received.outcome {
        ReceivedReport::Throttled(throttled) => Some((throttled.by, throttled.retry_at)),
        _ => None,
    };
    for thing in 0..3_500 {
        assert_eq!(throttled(&send(thing, report, now)), None);
        let noise = send(9_999, b"?", now).outcome;
        let is_read = matches!(noise, ReceivedReport::Malformed(_));
        assert_eq!(is_read, thing < 3_499);
    }
    // A token comes each 2/7 ms.
    let soon = Timestamp::from_millis(START * 1_000 + 1);
    let refused = send(3_500, report, now);
    assert_eq!(throttled(&refused), Some((ThrottledBy::Account, soon)));
    assert_eq!(
        refused.reply.to_json("lamp-3500"),
        concat!(
            r#"{"thingName":"lamp-3500","status":"REJECTED","statusDetails":{"ErrorCode":"#,
            r#""Throttled","ErrorMessage":"The account sends too many metrics reports"},"#,
            r#""timestamp":1573786800000}"#,
        )
    );
    let gap = Timestamp::from_secs(START + 300);
    assert_eq!(
        throttled(&send(0, report, now)),
        Some((ThrottledBy::Gap, gap))
    );
    for thing in 3_500..3_503 {
        assert_eq!(throttled(&send(thing, report, soon)), None);
    }
    let (by, at) = throttled(&send(3_503, report, soon)).unwrap();
    assert_eq!(
        (by, at),
        (
            ThrottledBy::Account,
            Timestamp::from_millis(START * 1_000 + 2)
        )
    );
    assert_eq!(throttled(&send(3_503, report, at)), None);

    let never = Bucket::of(Rate::per_second(0));
    let mut none = ReportGates::with_quota(never);
    let refused = none.receive("lamp", PayloadFormat::Json, report, |_| None, now);
    let end = Timestamp::from_millis(u64::MAX);
    assert_eq!(throttled(&refused), Some((ThrottledBy::Account, end)));
    // Things have gates alone whose reports were taken.
    assert_eq!(none.snapshot().lines().count(), 2);
}
