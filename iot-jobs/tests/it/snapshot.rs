//! An engine that was restored answers as the one that the snapshot was taken of, and no bytes do
//! it harm.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests make operations that are right"
)]

use iot_jobs::{Effect, Engine, Operation};
use iot_topics::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::account::{ROLE, arn};
use crate::registry::Registry;

/// A Monday, 2024-03-04T10:00.
const START: u64 = 1_709_546_400;
const THINGS: [&str; 4] = ["T0", "T1", "T2", "T3"];
const JOBS: [&str; 5] = ["a", "b", "c", "d", "e"];
const GROUPS: [&str; 2] = ["g", "h"];

#[derive(Clone, Debug)]
enum Step {
    Call(&'static str, Value),
    Device(&'static str, String, Value),
    Join(&'static str, &'static str),
    Leave(&'static str, &'static str),
    Delete(&'static str),
    Tick,
}

/// A step, some seconds after the one before.
type Timed = (Step, u64);

/// Members of jobs, which are put together at random.
fn members() -> impl Strategy<Value = Value> {
    let targets = prop_oneof![
        2 => Just(json!([arn("thinggroup/g"), arn("thinggroup/h")])),
        1 => Just(json!([arn("thing/T0"), arn("thinggroup/g"), arn("thing/T1")])),
        1 => Just(json!([arn("thing/T2")])),
    ];
    let document = select(vec![
        r#"{"plain": 1}"#,
        r#"["${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}", "${aws:iot:s3-presigned-url-upload:https://s3.amazonaws.com/b/${thingName}}", 1]"#,
        r#"{"a": "${aws:iot:package::version::artifact-location:s3-presigned-url}"}"#,
    ]);
    let more = select(vec![
        json!({}),
        json!({"timeoutConfig": {"inProgressTimeoutInMinutes": 1}}),
        json!({"jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "ALL", "numberOfRetries": 2}]}}),
        json!({"abortConfig": {"criteriaList": [{
            "failureType": "FAILED", "action": "CANCEL", "thresholdPercentage": 40.25,
            "minNumberOfExecutedThings": 2,
        }]}}),
        json!({"jobTemplateArn": arn("jobtemplate/t"), "description": "d\n".trim()}),
        json!({"namespaceId": "n"}),
    ]);
    let rate = select(vec![
        json!({"maximumPerMinute": 1}),
        json!({"maximumPerMinute": 9, "exponentialRate": {
            "baseRatePerMinute": 1, "incrementFactor": 1.5,
            "rateIncreaseCriteria": {"numberOfNotifiedThings": 1},
        }}),
        json!(null),
    ]);
    let window = json!([{"startTime": "cron(0/30 * * * ? *)", "durationInMinutes": 10}]);
    let schedule = select(vec![
        json!(null),
        json!(null),
        json!({"startTime": "2024-03-04T12:00", "endTime": "2024-03-04T14:00", "endBehavior": "CANCEL"}),
        json!({"startTime": "2024-03-04T12:00", "maintenanceWindows": window}),
        json!({
            "startTime": "2024-03-04T12:00", "endTime": "2024-03-04T15:15",
            "endBehavior": "FORCE_CANCEL", "maintenanceWindows": window,
        }),
    ]);
    let continuous = any::<bool>();
    (targets, document, more, rate, schedule, continuous).prop_map(
        |(targets, document, more, rate, schedule, continuous)| {
            let windowed = schedule["maintenanceWindows"].is_array();
            let mut job = json!({
                "targets": targets,
                "document": document,
                "jobExecutionsRolloutConfig": rate,
                "schedulingConfig": schedule,
                "presignedUrlConfig": {"roleArn": ROLE},
                "targetSelection": if continuous || windowed { "CONTINUOUS" } else { "SNAPSHOT" },
                "destinationPackageVersions": [arn("package/app/version/1")],
            });
            for (name, value) in more.as_object().unwrap() {
                job[name] = value.clone();
            }
            job
        },
    )
}

fn step() -> impl Strategy<Value = Timed> {
    let job = || select(&JOBS[..]);
    let thing = || select(&THINGS[..]);
    let group = || select(&GROUPS[..]);
    let status = select(vec!["IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED"]);
    let details = select(vec![
        json!(null),
        json!({"k": "v\"é"}),
        json!({"a": "1", "b": "2"}),
    ]);
    let create = (job(), members()).prop_map(|(id, mut job)| {
        job["jobId"] = id.into();
        Step::Call("CreateJob", job)
    });
    let update = (thing(), job(), status, details, -1_i64..3).prop_map(
        |(thing, job, status, details, minutes)| {
            let step = (minutes != 0).then_some(minutes);
            let report = json!({
                "status": status, "statusDetails": details, "stepTimeoutInMinutes": step,
                "includeJobDocument": true, "includeJobExecutionState": true,
            });
            Step::Device(thing, format!("{job}/update"), report)
        },
    );
    let next = thing().prop_map(|thing| Step::Device(thing, "start-next".into(), json!({})));
    let api = select(vec![
        "CancelJob",
        "DeleteJob",
        "CancelJobExecution",
        "DeleteJobExecution",
    ]);
    let control =
        (api, job(), thing(), any::<bool>(), 1..3).prop_map(|(api, job, thing, force, number)| {
            let arguments = json!({
                "jobId": job, "thingName": thing, "force": force, "executionNumber": number,
                "reasonCode": "WHY", "comment": "because",
            });
            Step::Call(api, arguments)
        });
    let change = job().prop_map(|job| {
        let rollout = json!({"maximumPerMinute": 2});
        Step::Call(
            "UpdateJob",
            json!({"jobId": job, "jobExecutionsRolloutConfig": rollout}),
        )
    });
    let template = select(vec!["CreateJobTemplate", "DeleteJobTemplate"]).prop_map(|api| {
        let template = json!({"jobTemplateId": "t", "description": "d", "document": "[]"});
        Step::Call(api, template)
    });
    let member = |make: fn(&'static str, &'static str) -> Step| {
        (thing(), group()).prop_map(move |(thing, group)| make(thing, group))
    };
    let step = prop_oneof![
        5 => create,
        8 => update,
        4 => next,
        3 => control,
        1 => change,
        1 => template,
        2 => member(Step::Join),
        2 => member(Step::Leave),
        1 => thing().prop_map(Step::Delete),
        3 => Just(Step::Tick),
    ];
    let wait = prop_oneof![8 => Just(0), 4 => 1_u64..90, 1 => 600_u64..7_200];
    (step, wait)
}

/// The engine, the world and the time.
#[derive(Clone, Debug)]
struct Side {
    engine: Engine,
    registry: Registry,
    now: u64,
}

impl Side {
    fn new() -> Self {
        let mut registry = Registry {
            things: THINGS.map(str::to_owned).to_vec(),
            ..Registry::default()
        };
        for group in GROUPS {
            registry.groups.insert(
                group.to_owned(),
                ["T0", "T1", "T3"].map(str::to_owned).to_vec(),
            );
        }
        let mut limits = iot_jobs::Limits::AWS_IOT;
        limits.concurrent_jobs = 1;
        let mut engine = Engine::with_limits("us-east-1", "123456789012", limits);
        engine.set_events(true);
        Self {
            engine,
            registry,
            now: START,
        }
    }

    /// All that a step gives: the answer, and what was sent.
    fn take(&mut self, (step, wait): &Timed) -> (String, Vec<(String, String)>) {
        self.now += wait;
        let mut sent = Vec::new();
        let mut sink = |effect: Effect<'_>| sent.push((effect.topic(), effect.payload()));
        let now = Timestamp::from_secs(self.now);
        let (topic, payload);
        let operation = match step {
            Step::Tick => {
                self.engine.tick(&self.registry, &mut sink, now);
                return (String::new(), sent);
            }
            Step::Call(api, arguments) => Operation::Control { api, arguments },
            Step::Device(thing, request, members) => {
                topic = format!("$aws/things/{thing}/jobs/{request}");
                payload = members.to_string();
                Operation::Publish {
                    topic: &topic,
                    payload: payload.as_bytes(),
                }
            }
            Step::Join(thing, group) => {
                let members = self.registry.groups.get_mut(*group).unwrap();
                members.retain(|name| name != thing);
                members.push((*thing).to_owned());
                Operation::ThingJoined { thing, group }
            }
            Step::Leave(thing, group) => {
                let members = self.registry.groups.get_mut(*group).unwrap();
                members.retain(|name| name != thing);
                Operation::ThingLeft { thing, group }
            }
            Step::Delete(thing) => Operation::ThingDeleted { thing },
        };
        let answer = self.engine.apply(operation, &self.registry, &mut sink, now);
        (
            format!("{answer:?} {:?}", self.engine.next_deadline()),
            sent,
        )
    }

    /// What all reads of the control plane tell.
    fn told(&mut self) -> Vec<String> {
        let jobs = JOBS.into_iter().flat_map(|id| {
            let id = json!({"jobId": id});
            let apis = ["DescribeJob", "GetJobDocument", "ListJobExecutionsForJob"];
            apis.map(|api| Step::Call(api, id.clone()))
        });
        let things = THINGS.into_iter().flat_map(|thing| {
            let name = json!({"thingName": thing});
            let get = |request: &str| Step::Device(thing, request.into(), json!({}));
            [
                Step::Call("ListJobExecutionsForThing", name),
                get("get"),
                get("$next/get"),
            ]
        });
        let lists = ["ListJobs", "ListJobTemplates"].map(|api| Step::Call(api, json!({})));
        let page = Step::Call("ListJobs", json!({"nextToken": "2"}));
        let all = jobs.chain(things).chain(lists).chain([page]);
        all.map(|step| format!("{:?}", self.take(&(step, 0))))
            .collect()
    }
}

fn restored(side: &Side) -> Side {
    let bytes = side.engine.snapshot();
    let engine = Engine::restore(&bytes).unwrap();
    assert_eq!(engine.snapshot(), bytes);
    Side {
        engine,
        ..side.clone()
    }
}

/// A snapshot with much in it.
fn busy() -> Vec<u8> {
    let mut side = Side::new();
    let call = |api, arguments| (Step::Call(api, arguments), 0);
    let window = json!([{"startTime": "cron(0/30 * * * ? *)", "durationInMinutes": 10}]);
    let schedule = json!({"startTime": "2024-03-04T12:00", "maintenanceWindows": window});
    let url = r#"["${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}", 1]"#;
    let group = json!([arn("thinggroup/g"), arn("thing/T1")]);
    let template = json!({"jobTemplateId": "t", "description": "d", "document": "{}"});
    side.take(&call("CreateJobTemplate", template));
    for (id, members) in [
        (
            "a",
            json!({"document": url, "presignedUrlConfig": {"roleArn": ROLE}}),
        ),
        (
            "b",
            json!({"document": "{}", "jobExecutionsRolloutConfig": {"maximumPerMinute": 1}}),
        ),
        (
            "c",
            json!({"document": "{}", "targetSelection": "CONTINUOUS", "schedulingConfig": schedule}),
        ),
        (
            "d",
            json!({"jobTemplateArn": arn("jobtemplate/t"), "timeoutConfig": {"inProgressTimeoutInMinutes": 9}}),
        ),
        (
            "e",
            json!({"document": "{}", "jobExecutionsRolloutConfig": {"maximumPerMinute": 1}}),
        ),
    ] {
        let mut job = members;
        job["jobId"] = id.into();
        job["targets"] = group.clone();
        job["destinationPackageVersions"] = json!([arn("package/app/version/$null")]);
        side.take(&call("CreateJob", job));
    }
    let report = |status| json!({"status": status, "statusDetails": {"k": "v"}});
    for (thing, job, status) in [
        ("T0", "a", "SUCCEEDED"),
        ("T3", "a", "FAILED"),
        ("T0", "d", "IN_PROGRESS"),
    ] {
        side.take(&(
            Step::Device(thing, format!("{job}/update"), report(status)),
            1,
        ));
    }
    side.take(&call(
        "CancelJobExecution",
        json!({"jobId": "d", "thingName": "T3"}),
    ));
    let delete = json!({"jobId": "a", "thingName": "T3", "executionNumber": 1});
    side.take(&call("DeleteJobExecution", delete));
    side.engine.snapshot()
}

#[test]
fn a_snapshot_that_ends_early_is_refused() {
    let bytes = busy();
    assert!(Engine::restore(&bytes).is_ok());
    for length in 0..bytes.len() {
        let error = Engine::restore(&bytes[..length]).unwrap_err();
        assert!(error.offset() <= length, "{error}");
        assert!(error.rule().starts_with("must "), "{error}");
    }
}

/// Bytes that one change makes wrong: the text that is there, the other, and what is said of it.
#[test]
fn what_is_wrong_is_said() {
    let bytes = busy();
    let find = |text: &str| {
        let mut places = bytes.windows(text.len());
        places.position(|it| it == text.as_bytes()).unwrap()
    };
    let cases = [
        (
            "iot-jobs\u{1}",
            "iot-jobs\u{2}",
            "must be a snapshot of iot-jobs in form 1",
        ),
        ("T3", "T0", "must be a name that did not come yet"),
        ("T3", "T/", "must be the name of a thing"),
        (r#"{"k":"v"}"#, r#"{"k": 1 }"#, "must be status details"),
        (
            "\u{19}package/app",
            "\u{19}package?app",
            "must be the end of the ARN of a package version",
        ),
        (", 1]", ", 1}", "must be the end of a document that is JSON"),
        (
            r#"Minute":1"#,
            r#"Minute":0"#,
            "must be the members of a job: `jobExecutionsRolloutConfig.maximumPerMinute` is `0`",
        ),
        ("\u{1}t", "\u{1}?", "must be the id of a job template"),
        (
            "\u{1}e\u{4}",
            "\u{1}e\u{3}",
            "must be the end of a job that was created later",
        ),
        (
            "\u{1}e",
            "\u{1}d",
            "must be the end of a job with an id of its own",
        ),
    ];
    for (text, other, rule) in cases {
        let mut changed = bytes.clone();
        let at = find(text);
        changed[at..at + other.len()].copy_from_slice(other.as_bytes());
        let error = Engine::restore(&changed).unwrap_err();
        assert!(error.rule().starts_with(rule), "{text:?}: {error}");
    }
}

/// A thing with more records than a list takes, and one that has none any more.
#[test]
fn a_thing_with_many_executions() {
    let mut side = Side::new();
    let call = |api, arguments| (Step::Call(api, arguments), 1);
    for index in 0..40 {
        let job = json!({
            "jobId": format!("J{index}"), "document": "{}",
            "targets": [arn("thing/T0"), arn(&format!("thing/T{}", index % 2))],
        });
        side.take(&call("CreateJob", job));
    }
    let update = |index: u32, status| {
        let report = json!({"status": status});
        (Step::Device("T0", format!("J{index}/update"), report), 1)
    };
    for index in 0..30 {
        let status = ["SUCCEEDED", "FAILED", "IN_PROGRESS"][index as usize % 3];
        side.take(&update(index, status));
    }
    let mut restored = restored(&side);
    assert_eq!(side.told(), restored.told());
    for index in (0..40).rev() {
        let step = update(index, "SUCCEEDED");
        assert_eq!(side.take(&step), restored.take(&step));
        let next = (Step::Device("T0", "start-next".into(), json!({})), 1);
        assert_eq!(side.take(&next), restored.take(&next));
    }
    let gone = (Step::Delete("T0"), 1);
    assert_eq!(side.take(&gone), restored.take(&gone));
    assert_eq!(side.told(), restored.told());
    assert_eq!(side.engine.snapshot(), restored.engine.snapshot());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever was done before, and whatever is done after.
    #[test]
    fn both_go_on_alike(before in vec(step(), 0..40), after in vec(step(), 0..40)) {
        let mut original = Side::new();
        for step in &before {
            original.take(step);
        }
        let mut restored = restored(&original);
        prop_assert_eq!(original.told(), restored.told());
        for step in &after {
            prop_assert_eq!(original.take(step), restored.take(step), "{:?}", step);
        }
        prop_assert_eq!(original.told(), restored.told());
        prop_assert_eq!(original.engine.snapshot(), restored.engine.snapshot());
    }

    /// Changed bytes are refused, or are an engine that can be used.
    #[test]
    fn any_change_is_refused_or_usable(
        changes in vec((any::<Index>(), any::<u8>()), 1..4),
        after in vec(step(), 0..20),
    ) {
        let mut bytes = busy();
        for (at, byte) in changes {
            *at.get_mut(&mut bytes) = byte;
        }
        if let Ok(engine) = Engine::restore(&bytes) {
            let mut side = Side { engine, ..Side::new() };
            for step in &after {
                side.take(step);
            }
            restored(&side);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
        let mut snapshot = b"iot-jobs\x01".to_vec();
        snapshot.extend(&bytes);
        prop_assert!(Engine::restore(&bytes).is_err());
        let _ = Engine::restore(&snapshot);
    }
}
