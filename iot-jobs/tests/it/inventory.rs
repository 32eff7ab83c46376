//! What the source documents of the project name, row by row.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "functions that tests call: a failure is the test's"
)]

use core::time::Duration;

use iot_jobs::{ApiErrorKind, Effect, Engine, ExecutionStatus, Limits, Operation};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::registry::Registry;

/// An account with a clock that only goes forward.
struct Account {
    engine: Engine,
    registry: Registry,
    now: u64,
    /// Topics and payloads of what the last call sent.
    sent: Vec<(String, Value)>,
}

const NOW: u64 = 1_700_000_000;

impl Account {
    fn new(limits: Limits) -> Self {
        let mut registry = Registry::default();
        registry.groups.insert("pumps".into(), Vec::new());
        let engine = Engine::with_limits("us-east-1", "123456789012", limits);
        Self {
            engine,
            registry,
            now: NOW,
            sent: Vec::new(),
        }
    }

    fn with_things(names: &[&str]) -> Self {
        let mut account = Self::new(Limits::AWS_IOT);
        for name in names {
            account.registry.things.push((*name).into());
            account.join(name);
        }
        account
    }

    fn join(&mut self, thing: &str) {
        let members = self.registry.groups.get_mut("pumps").expect("is there");
        members.push(thing.into());
        let group = "pumps";
        self.apply(Operation::ThingJoined { thing, group })
            .expect("is no call");
    }

    fn apply(&mut self, operation: Operation<'_>) -> Result<Value, ApiErrorKind> {
        self.sent.clear();
        let sent = &mut self.sent;
        let mut sink = |effect: Effect<'_>| {
            let payload = serde_json::from_str(&effect.payload()).expect("is JSON");
            sent.push((effect.topic(), payload));
        };
        let now = Timestamp::from_secs(self.now);
        let answer = self.engine.apply(operation, &self.registry, &mut sink, now);
        answer.map_err(|error| error.kind())
    }

    fn call(&mut self, api: &str, arguments: &Value) -> Result<Value, ApiErrorKind> {
        self.apply(Operation::Control { api, arguments })
    }

    /// Creates the job `job` for the group, with these members besides.
    fn create(&mut self, members: &Value) -> Result<Value, ApiErrorKind> {
        let mut request = json!({
            "jobId": "job",
            "targets": ["arn:aws:iot:us-east-1:123456789012:thinggroup/pumps"],
            "document": "{}",
        });
        for (name, value) in members.as_object().expect("is an object") {
            request[name] = value.clone();
        }
        self.call("CreateJob", &request)
    }

    fn job(&mut self) -> Value {
        let described = self.call("DescribeJob", &json!({"jobId": "job"}));
        described.expect("is there")["job"].take()
    }

    /// What the service answers to a request of a device.
    fn ask(&mut self, thing: &str, request: &str, payload: &Value) -> Value {
        let topic = format!("$aws/things/{thing}/jobs/{request}");
        let payload = payload.to_string();
        let operation = Operation::Publish {
            topic: &topic,
            payload: payload.as_bytes(),
        };
        self.apply(operation).expect("is no call");
        self.sent[0].1.clone()
    }

    fn tick(&mut self) {
        let now = Timestamp::from_secs(self.now);
        self.engine.tick(&self.registry, &mut (), now);
    }

    fn count(&mut self, counter: &str) -> u64 {
        let job = self.job();
        job["jobProcessDetails"][counter].as_u64().expect("counts")
    }
}

const COUNTERS: [&str; ExecutionStatus::ALL.len()] = [
    "numberOfCanceledThings",
    "numberOfFailedThings",
    "numberOfInProgressThings",
    "numberOfQueuedThings",
    "numberOfRejectedThings",
    "numberOfRemovedThings",
    "numberOfSucceededThings",
    "numberOfTimedOutThings",
];

#[test]
fn d54_the_columns_of_the_console_sum_to_the_targets() {
    let mut account = Account::with_things(&["a", "b", "c", "d", "e", "f", "g", "h"]);
    let timeout = json!({"inProgressTimeoutInMinutes": 1});
    account
        .create(&json!({"targetSelection": "CONTINUOUS", "timeoutConfig": timeout}))
        .expect("is legal");
    for (thing, status) in [
        ("a", "IN_PROGRESS"),
        ("b", "SUCCEEDED"),
        ("c", "FAILED"),
        ("d", "REJECTED"),
    ] {
        account.ask(thing, "job/update", &json!({"status": status}));
    }
    account.now += 60;
    account.ask("h", "job/update", &json!({"status": "IN_PROGRESS"}));
    let cancel = json!({"thingName": "e", "jobId": "job"});
    account
        .call("CancelJobExecution", &cancel)
        .expect("is queued");
    let members = account.registry.groups.get_mut("pumps").expect("is there");
    members.retain(|name| name != "f");
    let (thing, group) = ("f", "pumps");
    account
        .apply(Operation::ThingLeft { thing, group })
        .expect("is no call");
    let told = account.job()["jobProcessDetails"].clone();
    for name in COUNTERS {
        assert_eq!(told[name], 1, "{name}: {told}");
    }
}

#[test]
fn d55_stamps_are_in_order() {
    let mut account = Account::with_things(&["qita-thing"]);
    account.create(&json!({})).expect("is legal");
    let queued = account.now;
    account.now += 672; // from 22:07:06 to 22:18:19 is 673 seconds
    account.ask("qita-thing", "start-next", &json!({}));
    account.now += 1;
    let report = json!({"status": "IN_PROGRESS", "statusDetails": {"step": "two"}});
    account.ask("qita-thing", "job/update", &report);
    let told = account.ask("qita-thing", "$next/get", &json!({}))["execution"].take();
    let stamps = ["queuedAt", "startedAt", "lastUpdatedAt"].map(|name| told[name].as_u64());
    assert_eq!(stamps, [queued, queued + 672, queued + 673].map(Some));
}

#[test]
fn d57_d64_a_snapshot_keeps_its_targets_and_completes() {
    let mut account = Account::with_things(&["old"]);
    account
        .create(&json!({"targetSelection": "SNAPSHOT"}))
        .expect("is legal");
    account.registry.things.push("new".into());
    account.join("new");
    assert!(account.sent.is_empty());
    assert_eq!(account.job()["status"], "IN_PROGRESS");
    account.ask("old", "job/update", &json!({"status": "SUCCEEDED"}));
    assert_eq!(account.job()["status"], "COMPLETED");
    let answer = account.ask("new", "start-next", &json!({}));
    assert_eq!(answer.get("execution"), None);
}

#[test]
fn d58_d64_a_continuous_job_goes_to_who_joins_and_goes_on() {
    let mut account = Account::with_things(&["old"]);
    account
        .create(&json!({"targetSelection": "CONTINUOUS"}))
        .expect("is legal");
    account.ask("old", "job/update", &json!({"status": "SUCCEEDED"}));
    assert_eq!(account.job()["status"], "IN_PROGRESS");
    account.registry.things.push("new".into());
    account.join("new");
    let topics: Vec<_> = account.sent.iter().map(|(topic, _)| topic).collect();
    let base = "$aws/things/new/jobs";
    assert_eq!(
        topics,
        [&format!("{base}/notify"), &format!("{base}/notify-next")]
    );
    assert_eq!(account.count("numberOfQueuedThings"), 1);
}

#[test]
fn d59_what_is_over_is_forgotten_after_the_retention() {
    for days in [90, 730] {
        let mut limits = Limits::AWS_IOT;
        if days != 730 {
            limits.retention = Duration::from_hours(24 * days);
        }
        let mut account = Account::new(limits);
        account.create(&json!({})).expect("is legal"); // of nobody, and so completed at once
        account.now = NOW + 24 * 3_600 * days - 1;
        account.tick();
        assert_eq!(account.job()["status"], "COMPLETED");
        account.now += 1;
        account.tick();
        let described = account.call("DescribeJob", &json!({"jobId": "job"}));
        assert_eq!(described, Err(ApiErrorKind::ResourceNotFound));
        let listed = account.call("ListJobs", &json!({})).expect("is legal");
        assert_eq!(listed["jobs"], json!([]));
    }
}

#[test]
fn d60_a_job_starts_at_its_time() {
    let mut account = Account::with_things(&["pump"]);
    // NOW is 2023-11-14T22:13:20.
    account
        .create(&json!({"schedulingConfig": {"startTime": "2023-11-14T23:00"}}))
        .expect("is legal");
    assert_eq!(account.job()["status"], "SCHEDULED");
    let start = account.engine.next_deadline().expect("has a start");
    assert_eq!(start, Timestamp::from_secs(NOW + 2_800));
    account.now = start.as_secs() - 1;
    account.tick();
    assert_eq!(account.job()["status"], "SCHEDULED");
    account.now += 1;
    account.tick();
    assert_eq!(account.job()["status"], "IN_PROGRESS");
    assert_eq!(account.count("numberOfQueuedThings"), 1);
}

#[test]
fn d62_what_a_job_is_made_of() {
    let mut account = Account::with_things(&["pump"]);
    let document = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    for (members, legal) in [
        (json!({"jobId": "Az09_-"}), true),
        (json!({"jobId": "x".repeat(64)}), true),
        (json!({"jobId": "x".repeat(65)}), false),
        (json!({"jobId": ""}), false),
        (json!({"jobId": "a.b"}), false),
        (json!({"jobId": "1", "document": document(32_768)}), true),
        (json!({"jobId": "2", "document": document(32_769)}), false),
        (json!({"jobId": "3", "document": "{\"a\":1,}"}), false),
        (json!({"jobId": "4", "document": {}}), false),
        (
            json!({"jobId": "5", "description": "x".repeat(2_028)}),
            true,
        ),
        (
            json!({"jobId": "6", "description": "x".repeat(2_029)}),
            false,
        ),
        (json!({"jobId": "7", "targets": []}), false),
        (json!({"jobId": "8", "targets": ["pump"]}), false),
    ] {
        let created = account.create(&members).map(|_| ());
        let expected = match legal {
            true => Ok(()),
            false => Err(ApiErrorKind::InvalidRequest),
        };
        assert_eq!(created, expected, "{members}");
    }
}

#[test]
fn d65_a_minute_has_1_to_1000_executions() {
    let mut account = Account::with_things(&["a", "b", "c"]);
    for rate in [0, 1_001] {
        let rollout = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": rate}});
        assert_eq!(account.create(&rollout), Err(ApiErrorKind::InvalidRequest));
    }
    let rollout = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 1}});
    account.create(&rollout).expect("is legal");
    for queued in 1..=3 {
        assert_eq!(account.count("numberOfQueuedThings"), queued);
        account.now += 59;
        account.tick();
        assert_eq!(account.count("numberOfQueuedThings"), queued);
        account.now += 1;
        account.tick();
    }
    assert_eq!(account.count("numberOfQueuedThings"), 3);
}

/// The fleet index finds who has old firmware, by what its shadow reports; who that is becomes
/// the members of a dynamic group.
#[test]
fn d67_old_firmware_makes_the_group_and_the_group_the_executions() {
    let mut account = Account::new(Limits::AWS_IOT);
    account
        .create(&json!({"targetSelection": "CONTINUOUS", "document": "{\"firmware\":\"1.1.0\"}"}))
        .expect("is legal");
    let reported = [("a", "1.0.0"), ("b", "1.1.0"), ("c", "1.0.0")];
    for (thing, firmware) in reported {
        account.registry.things.push(thing.into());
        if firmware != "1.1.0" {
            account.join(thing);
        }
    }
    for (thing, _) in reported {
        let next = account.ask(thing, "$next/get", &json!({}));
        let document = &next["execution"]["jobDocument"];
        let expected = match thing {
            "b" => Value::Null,
            _ => json!({"firmware": "1.1.0"}),
        };
        assert_eq!(*document, expected, "{thing}");
    }
    // The device installs it and reports it, and so is in the group no longer.
    account.ask("a", "job/update", &json!({"status": "SUCCEEDED"}));
    let members = account.registry.groups.get_mut("pumps").expect("is there");
    members.retain(|name| name != "a");
    let (thing, group) = ("a", "pumps");
    account
        .apply(Operation::ThingLeft { thing, group })
        .expect("is no call");
    assert_eq!(account.count("numberOfSucceededThings"), 1);
    assert_eq!(account.count("numberOfQueuedThings"), 1);
}
