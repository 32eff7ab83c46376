//! Texts that the Jobs service reads.

use iot_jobs::{
    AbortConfig, Cron, Decimal, DocumentTarget, Engine, JobDocument, Limits, Minute, Package,
    PresignKind, PresignedUrlConfig, Presigner, Resolver, RetryConfig, RolloutConfig,
    SchedulingConfig, StatusDetails, TargetSelection, TimeoutConfig,
};
use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use crate::input::{Bytes, choose};
use crate::jobs_it::observe::{observe, refused};
use crate::jobs_it::oracle;
use crate::jobs_it::registry::Registry;
use crate::jobs_it::service::Service as _;

/// A letter that says what the rest is: a payload for a topic of a device, a topic and a payload,
/// a control-plane call, a cron expression, a configuration, a document, a number or a time.
///
/// What is answered is one message of the topic; what is refused changes nothing; what was read is
/// written so that it is read again.
pub fn jobs_inputs(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let kind = choose(KINDS, bytes.byte());
    kind(bytes.rest());
}

const KINDS: &[(u8, crate::Target)] = &[
    (b'g', |payload| device("get", payload)),
    (b's', |payload| device("start-next", payload)),
    (b'n', |payload| device("$next/get", payload)),
    (b'r', |payload| device("running/get", payload)),
    (b'u', |payload| device("running/update", payload)),
    (b'q', |payload| device("queued/update", payload)),
    (b'p', publish),
    (b'c', control),
    (b'k', cron),
    (b'j', config),
    (b'd', document),
    (b't', texts),
];

/// Monday, 2024-03-04T10:00.
const NOW: u64 = 1_709_546_400;
const LIMITS: Limits = Limits::AWS_IOT;

/// A thing with a job that runs and one that is queued.
fn fleet() -> (Engine, Registry) {
    let mut world = Registry {
        things: vec!["t".to_owned()],
        ..Registry::default()
    };
    world.groups.insert("g".to_owned(), vec!["t".to_owned()]);
    let mut engine = Engine::new("us-east-1", "123456789012");
    for id in ["running", "queued"] {
        let job = json!({
            "jobId": id,
            "targets": ["arn:aws:iot:us-east-1:123456789012:thinggroup/g"],
            "targetSelection": "CONTINUOUS",
            "document": "{\"op\":\"reboot\"}",
            "jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "ALL", "numberOfRetries": 1}]},
        });
        let created = engine.ask("CreateJob", &job, &world, NOW);
        assert_eq!(created["ok"]["jobId"], id);
    }
    let start = iot_jobs::Operation::Publish {
        topic: "$aws/things/t/jobs/start-next",
        payload: b"",
    };
    let started = crate::jobs_it::service::Service::apply(&mut engine, start, &world, NOW);
    assert!(!refused(&started));
    (engine, world)
}

fn device(path: &str, payload: &[u8]) {
    answered(&format!("$aws/things/t/jobs/{path}"), payload);
}

/// A line for the topic, then the payload.
fn publish(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let topic = String::from_utf8_lossy(parts.next().unwrap_or_default());
    answered(&topic, parts.next().unwrap_or_default());
}

fn answered(topic: &str, payload: &[u8]) {
    let (mut engine, world) = fleet();
    let before = observe(&mut engine, &["t"], &world, NOW);
    let operation = iot_jobs::Operation::Publish { topic, payload };
    let answer = crate::jobs_it::service::Service::apply(&mut engine, operation, &world, NOW);
    let first = answer["out"][0]["topic"].as_str();
    if let Some(first) = first {
        let answers = ["accepted", "rejected"].map(|it| format!("{topic}/{it}"));
        assert!(answers.iter().any(|it| it == first), "{answer}");
    }
    if first.is_none() || refused(&answer) {
        assert_eq!(
            observe(&mut engine, &["t"], &world, NOW),
            before,
            "{answer}"
        );
    }
}

/// A line for the operation, then its request.
fn control(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (api, request) = text.split_once('\n').unwrap_or((&text, "{}"));
    let Ok(request) = serde_json::from_str::<Value>(request) else {
        return;
    };
    let (mut engine, world) = fleet();
    let before = observe(&mut engine, &["t"], &world, NOW);
    let answer = engine.ask(api, &request, &world, NOW);
    let after = observe(&mut engine, &["t"], &world, NOW);
    let reads = ["Describe", "Get", "List"];
    if refused(&answer) || reads.iter().any(|it| api.starts_with(it)) {
        assert_eq!(answer["out"], json!([]));
        assert_eq!(after, before, "{answer}");
    }
}

fn cron(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(cron) = Cron::parse(&text) else { return };
    assert_eq!(cron.as_str(), text);
    let mut from = Minute::ceil(Timestamp::from_secs(NOW));
    for _ in 0..8 {
        let Some(hit) = cron.next(from) else { return };
        assert!(hit >= from);
        assert_eq!(cron.next(hit), Some(hit));
        assert!(oracle::fires(&text, hit), "{text} at {hit}");
        from = Minute::ceil(Timestamp::from_secs(hit.timestamp().as_secs() + 1));
    }
}

/// One value, as each kind of configuration.
fn config(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let now = Timestamp::from_secs(NOW);
    let minutes = |value: &Value| {
        SchedulingConfig::from_json(value, &LIMITS, TargetSelection::Continuous, now)
    };
    again(
        &value,
        |it| RolloutConfig::from_json(it, &LIMITS).ok(),
        RolloutConfig::to_json,
    );
    again(
        &value,
        |it| AbortConfig::from_json(it, &LIMITS).ok(),
        AbortConfig::to_json,
    );
    again(
        &value,
        |it| RetryConfig::from_json(it, &LIMITS).ok(),
        RetryConfig::to_json,
    );
    again(
        &value,
        |it| TimeoutConfig::from_json(it, &LIMITS).ok(),
        TimeoutConfig::to_json,
    );
    again(
        &value,
        |it| PresignedUrlConfig::from_json(it, &LIMITS).ok(),
        PresignedUrlConfig::to_json,
    );
    again(&value, |it| minutes(it).ok(), SchedulingConfig::to_json);
    let details = |it: &Value| StatusDetails::from_json("statusDetails", it, &LIMITS).ok();
    again(&value, details, StatusDetails::to_json);
    if let Ok(schedule) = minutes(&value) {
        let mut last = None;
        for opening in schedule.openings(now).take(3) {
            assert!(schedule.is_open_at(opening.opens()));
            assert!(last <= Some(opening.opens()));
            last = opening.closes();
        }
    }
}

/// What was read is written so that it is read again, and written the same.
fn again<T: PartialEq + core::fmt::Debug>(
    value: &Value,
    read: impl Fn(&Value) -> Option<T>,
    write: impl Fn(&T) -> Value,
) {
    if let Some(config) = read(value) {
        let written = write(&config);
        assert_eq!(read(&written).as_ref(), Some(&config), "{written}");
    }
}

struct Cloud;

impl Resolver for Cloud {
    fn attributes(&mut self, _: &Package) -> Option<Map<String, Value>> {
        let attributes = [("a", "\"b\\"), ("k", "${aws:iot:parameter:p}")];
        let attributes = attributes.into_iter();
        Some(
            attributes
                .map(|(key, value)| (key.to_owned(), value.into()))
                .collect(),
        )
    }

    fn signature(&mut self, of: &str) -> Option<String> {
        Some(of.to_owned())
    }
}

impl Presigner for Cloud {
    fn presign(&mut self, _: PresignKind, url: &str) -> Option<String> {
        Some(format!("https://signed/{url}\"\n"))
    }

    fn artifact(&mut self, _: &Package) -> Option<String> {
        Some("https://artifact".to_owned())
    }
}

/// Whatever is put in, JSON stays JSON.
fn document(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(document) = JobDocument::parse(&text, &LIMITS) else {
        return;
    };
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    assert_eq!(document.text(), text);
    assert!(is_json(&text));
    assert!(is_json(&document.with_parameters(&Default::default())));
    let Ok(resolved) = document.resolve(&mut Cloud) else {
        return;
    };
    assert!(is_json(&resolved.unsigned()));
    if document.placeholders().next().is_none() {
        assert_eq!(resolved.unsigned(), text);
    }
    let target = DocumentTarget {
        thing_name: "t",
        job_id: "j",
        execution_number: 1,
    };
    if let Ok(told) = resolved.for_device(&target, &mut Cloud) {
        assert!(is_json(&told), "{told}");
    }
}

fn texts(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(decimal) = Decimal::<2>::parse(&text) {
        assert_eq!(Decimal::parse(&decimal.to_string()), Some(decimal));
        assert_eq!(Decimal::from_json(&decimal.to_json()), Some(decimal));
    }
    if let Ok(minute) = Minute::parse(&text) {
        assert_eq!(minute.to_string(), text);
        assert_eq!(Minute::floor(minute.timestamp()), minute);
    }
}
