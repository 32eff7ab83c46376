//! What the comparison with the naive model found in the engine.
#![expect(clippy::unwrap_used, reason = "what is asked for here is there")]

use iot_jobs::{Engine, Limits};
use serde_json::{Value, json};

use crate::registry::Registry;
use crate::service::Service;

/// Monday, 2024-03-04T10:00.
const START: u64 = 1_709_546_400;

fn world() -> Registry {
    let things = ["t1", "t2"].map(str::to_owned);
    let mut world = Registry {
        things: things.to_vec(),
        ..Registry::default()
    };
    world.groups.insert("g".to_owned(), things.to_vec());
    world
}

/// A job for both things, with more members.
fn job(id: &str, more: &Value) -> Value {
    let mut job = json!({
        "jobId": id,
        "targets": ["arn:aws:iot:us-east-1:123456789012:thinggroup/g"],
        "document": "{}",
    });
    let more = more.as_object().unwrap().clone();
    job.as_object_mut().unwrap().extend(more);
    job
}

fn windowed(minutes: u32, cron: &str) -> Value {
    json!({"targetSelection": "CONTINUOUS", "schedulingConfig": {
        "startTime": "2024-03-04T11:00",
        "maintenanceWindows": [{"startTime": cron, "durationInMinutes": minutes}],
    }})
}

fn engine(limits: Limits) -> Engine {
    Service::new(limits, false)
}

fn topics(out: &[Value]) -> Vec<&str> {
    out.iter().map(|it| it["topic"].as_str().unwrap()).collect()
}

#[test]
fn a_described_job_has_the_configurations_that_are_not_optional() {
    let (mut engine, world) = (engine(Limits::AWS_IOT), world());
    engine.ask("CreateJob", &job("A", &json!({})), &world, START);
    let told = engine.ask("DescribeJob", &json!({"jobId": "A"}), &world, START);
    let told = &told["ok"]["job"];
    for name in [
        "presignedUrlConfig",
        "jobExecutionsRolloutConfig",
        "timeoutConfig",
        "schedulingConfig",
    ] {
        assert_eq!(told[name], json!({}), "{name}");
    }
}

#[test]
fn a_job_that_waits_for_a_slot_rolls_out_in_the_call_that_frees_it() {
    let mut limits = Limits::AWS_IOT;
    limits.concurrent_jobs = 1;
    let (mut engine, world) = (engine(limits), world());
    let slow = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 1}});
    engine.ask("CreateJob", &job("A", &slow), &world, START);
    engine.ask("CreateJob", &job("B", &json!({})), &world, START);
    assert_eq!(Service::next_deadline(&engine), Some(START + 60));
    let out = Service::tick(&mut engine, &world, START + 60);
    // The second thing of the one, then both of the other.
    let notified = [
        "$aws/things/t2/jobs/notify",
        "$aws/things/t2/jobs/notify-next",
        "$aws/things/t1/jobs/notify",
        "$aws/things/t2/jobs/notify",
    ];
    assert_eq!(topics(&out), notified);
    assert_eq!(Service::next_deadline(&engine), None);
}

#[test]
fn canceling_what_a_closed_window_hides_is_not_notified() {
    let (mut engine, world) = (engine(Limits::AWS_IOT), world());
    let nightly = windowed(60, "cron(0 22 * * ? *)");
    engine.ask("CreateJob", &job("A", &nightly), &world, START);
    let night = START + 12 * 3_600;
    assert_eq!(Service::tick(&mut engine, &world, night).len(), 4);
    assert_eq!(Service::tick(&mut engine, &world, night + 3_600).len(), 4);
    let answer = engine.ask("CancelJob", &json!({"jobId": "A"}), &world, night + 3_601);
    assert_eq!(answer["out"], json!([]));
}

#[test]
fn a_window_that_stays_open_for_ever_has_no_deadline() {
    let (mut engine, world) = (engine(Limits::AWS_IOT), world());
    let always = windowed(30, "cron(0/30 * * * ? *)");
    engine.ask("CreateJob", &job("A", &always), &world, START);
    assert_eq!(Service::next_deadline(&engine), Some(START + 3_600));
    Service::tick(&mut engine, &world, START + 3_600);
    assert_eq!(Service::next_deadline(&engine), None);
}

#[test]
fn places_for_windowed_jobs_are_there_while_the_window_is_open() {
    let mut limits = Limits::AWS_IOT;
    limits.pending_shown = 1;
    let (mut engine, world) = (engine(limits), world());
    let mut windowed = windowed(60, "cron(0 22 * * ? *)");
    windowed["schedulingConfig"]["endTime"] = json!("2024-03-04T22:30");
    engine.ask("CreateJob", &job("A", &json!({})), &world, START);
    engine.ask("CreateJob", &job("B", &windowed), &world, START);
    let night = START + 12 * 3_600;
    let mut shown = |now| {
        let get = iot_jobs::Operation::Publish {
            topic: "$aws/things/t1/jobs/get",
            payload: b"",
        };
        let mut answer = Service::apply(&mut engine, get, &world, now);
        let last = answer["out"].as_array_mut().unwrap().pop().unwrap();
        last["payload"]["queuedJobs"].as_array().unwrap().len()
    };
    assert_eq!(shown(night), 2);
    assert_eq!(shown(night + 1_800), 1);
}
