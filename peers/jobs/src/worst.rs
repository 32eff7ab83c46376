//! What would be slow, if lists were walked.

use iot_jobs::{ExecutionStatus, Operation};
use serde_json::json;

use crate::fleet::{Fleet, name};
use crate::service::{Reader, Service};

/// A thing that gets that many jobs, and runs all of them, the newest first.
pub fn many_jobs_on_a_thing(jobs: u32) -> u64 {
    let mut service = Service::new(Fleet::of(1), Reader::write());
    for job in 0..jobs {
        let thing = name(0);
        let arguments = json!({
            "jobId": format!("job-{job}"),
            "targets": [format!("arn:aws:iot:us-east-1:123456789012:thing/{}", thing.as_str())],
            "document": "{}",
        });
        service.call("CreateJob", &arguments);
    }
    for job in (0..jobs).rev() {
        let job = format!("job-{job}");
        service.update(&job, 0, ExecutionStatus::InProgress);
        service.update(&job, 0, ExecutionStatus::Succeeded);
    }
    written(&service)
}

/// A thing that joins a group again and again, and runs the job each time.
pub fn rejoining(times: u32) -> u64 {
    let mut service = Service::new(Fleet::of(1), Reader::write());
    let arguments = json!({
        "jobId": "onboard",
        "targets": ["arn:aws:iot:us-east-1:123456789012:thinggroup/all"],
        "targetSelection": "CONTINUOUS",
        "document": "{}",
    });
    service.call("CreateJob", &arguments);
    let thing = name(0);
    for _ in 0..times {
        service.start_next(0);
        service.update("onboard", 0, ExecutionStatus::Succeeded);
        let thing = thing.as_str();
        service.apply(Operation::ThingLeft {
            thing,
            group: "all",
        });
        service.apply(Operation::ThingJoined {
            thing,
            group: "all",
        });
    }
    let execution = service.engine.execution(thing.as_str(), "onboard", None);
    assert_eq!(execution.expect("is there").execution_number(), times + 1);
    written(&service)
}

/// 2023-11-15T00:00:00Z, when the window opens first.
const OPENS: u64 = 1_700_006_400;

/// A fleet all of which joins outside the window, and is queued when it opens.
pub fn joining_outside_the_window(things: u32) -> u64 {
    let mut service = Service::new(
        Fleet {
            things,
            parts: things,
        },
        Reader::write(),
    );
    let arguments = json!({
        "jobId": "nightly",
        "targets": ["arn:aws:iot:us-east-1:123456789012:thinggroup/part-0"],
        "targetSelection": "CONTINUOUS",
        "document": "{}",
        "schedulingConfig": {
            "startTime": "2023-11-15T00:00",
            "maintenanceWindows": [{"startTime": "cron(0 0 * * ? *)", "durationInMinutes": 60}],
        },
    });
    service.call("CreateJob", &arguments);
    for hours in [0, 2] {
        service.now = OPENS + hours * 3_600;
        service.tick();
    }
    for number in 0..things {
        let (thing, group) = (name(number), "part-0");
        let thing = thing.as_str();
        service.apply(Operation::ThingJoined { thing, group });
    }
    service.now = OPENS + 86_400;
    service.tick();
    let job = service.engine.job("nightly").expect("is there");
    assert_eq!(job.count(ExecutionStatus::Queued), things);
    written(&service)
}

fn written(service: &Service) -> u64 {
    match &service.reader {
        Reader::Write(_, bytes) => *bytes,
        _ => 0,
    }
}
