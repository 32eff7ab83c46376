//! The members of each event (developer guide, Jobs events).
#![expect(
    clippy::unwrap_used,
    reason = "functions that tests call: a failure is the test's"
)]

use alloc::collections::BTreeMap;

use iot_topics::event::{JobEvent, JobExecutionEvent};
use serde_json::{Value, json};

use crate::account::{Account, NOW, arn};

/// What happens to two jobs on two things, so that each event is sent.
fn events() -> BTreeMap<String, Value> {
    let mut account = Account::new();
    account.engine.set_events(true);
    let targets = json!([arn("thing/T1"), arn("thing/T2")]);
    let timer = json!({"inProgressTimeoutInMinutes": 1});
    let members = json!({
        "targets": targets, "document": "{}", "description": "d", "timeoutConfig": timer,
    });
    for (id, end) in [
        ("S", "SUCCEEDED"),
        ("F", "FAILED"),
        ("R", "REJECTED"),
        ("T", "IN_PROGRESS"),
        ("C", "IN_PROGRESS"),
        ("D", "SUCCEEDED"),
    ] {
        account.create(id, &members).unwrap();
        let report = json!({"status": end, "statusDetails": {"k": "v"}});
        account.device(&format!("{id}/update"), &report);
    }
    account.now += 60;
    let cancel = json!({"jobId": "C", "comment": "c", "reasonCode": "R", "force": true});
    // `T` and `C` have timed out by then.
    account.call("CancelJob", cancel).unwrap();
    let delete = json!({"jobId": "D", "force": true});
    account.call("DeleteJob", delete).unwrap();
    let gone = iot_jobs::Operation::ThingDeleted { thing: "T2" };
    account.apply(gone).unwrap();
    let events = account.sent.into_iter();
    let events = events.filter(|(topic, _)| topic.starts_with("$aws/events/"));
    events.collect()
}

#[test]
fn each_event_has_its_members() {
    let events = events();
    let of_execution = [
        "eventId",
        "eventType",
        "executionNumber",
        "jobId",
        "operation",
        "status",
        "thingArn",
        "timestamp",
    ];
    let of_job = [
        "createdAt",
        "description",
        "eventId",
        "eventType",
        "jobId",
        "lastUpdatedAt",
        "operation",
        "status",
        "targetSelection",
        "targets",
        "timestamp",
    ];
    let canceled = ["comment", "forceCanceled", "reasonCode"];
    let cases: [(&str, &[&str]); 12] = [
        ("jobExecution/S/succeeded", &["statusDetails"]),
        ("jobExecution/F/failed", &["statusDetails"]),
        ("jobExecution/R/rejected", &["statusDetails"]),
        ("jobExecution/T/timed_out", &["statusDetails"]),
        ("jobExecution/C/canceled", &["forceCanceled"]),
        ("jobExecution/S/removed", &[]),
        ("jobExecution/D/deleted", &[]),
        ("job/S/completed", &["completedAt", "jobProcessDetails"]),
        ("job/C/cancellation_in_progress", &canceled),
        (
            "job/C/canceled",
            &[
                "comment",
                "forceCanceled",
                "jobProcessDetails",
                "reasonCode",
            ],
        ),
        ("job/D/deletion_in_progress", &[]),
        ("job/D/deleted", &[]),
    ];
    for (topic, more) in cases {
        let event = &events[&format!("$aws/events/{topic}")];
        let is_job = topic.starts_with("job/");
        let common: &[&str] = if is_job { &of_job } else { &of_execution };
        let mut expected: Vec<_> = common.iter().chain(more).copied().collect();
        expected.sort_unstable();
        let mut names: Vec<_> = event.as_object().unwrap().keys().map(|it| &**it).collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{topic}");
        let parts: Vec<_> = topic.split('/').collect();
        let kind = if is_job { "JOB" } else { "JOB_EXECUTION" };
        assert_eq!(event["eventType"], kind);
        assert_eq!(
            (&event["jobId"], &event["operation"]),
            (&json!(parts[1]), &json!(parts[2]))
        );
        let status = match topic {
            // As it was before (developer guide, Jobs events, its last note); that of `T2` is last.
            "jobExecution/D/deleted" => "QUEUED".to_owned(),
            _ => parts[2].to_uppercase(),
        };
        assert_eq!(event["status"], status, "{topic}");
        let at = event["timestamp"].as_u64().unwrap();
        assert!((NOW..=NOW + 60).contains(&at), "{topic}");
        assert!(event["eventId"].as_str().unwrap().starts_with("event-"));
        if is_job {
            // Milliseconds, while the time stamp is in seconds.
            assert_eq!(event["createdAt"], NOW * 1_000);
            assert_eq!(event["targets"], json!([arn("thing/T1"), arn("thing/T2")]));
        }
    }
    let counts = &events["$aws/events/job/S/completed"]["jobProcessDetails"];
    assert_eq!(
        *counts,
        json!({
            "numberOfCanceledThings": 0, "numberOfFailedThings": 0, "numberOfRejectedThings": 0,
            "numberOfRemovedThings": 1, "numberOfSucceededThings": 1, "numberOfTimedOutThings": 0,
        })
    );
}

/// Who reads the events by the types of `iot-topics` loses nothing.
#[test]
fn events_have_the_shapes_of_their_types() {
    for (topic, event) in events() {
        let text = event.to_string();
        let (read, written) = if event["eventType"] == "JOB" {
            let read: JobEvent = serde_json::from_str(&text).unwrap();
            (read.topic(), serde_json::to_value(read))
        } else {
            let read: JobExecutionEvent = serde_json::from_str(&text).unwrap();
            (read.topic(), serde_json::to_value(read))
        };
        assert_eq!((read.to_string(), written.unwrap()), (topic, event));
    }
}

#[test]
fn a_deletion_tells_the_status_before() {
    let mut account = Account::new();
    account.engine.set_events(true);
    let targets = json!([arn("thing/T1"), arn("thing/T2")]);
    let retry = json!({"criteriaList": [{"failureType": "FAILED", "numberOfRetries": 1}]});
    let members = json!({
        "targets": targets, "document": "{}", "jobExecutionsRetryConfig": retry,
    });
    account.create("A", &members).unwrap();
    account.device("A/update", &json!({"status": "FAILED"}));
    account.device("start-next", &json!({}));
    account.sent.clear();
    let delete = json!({"jobId": "A", "force": true});
    account.call("DeleteJob", delete).unwrap();
    let told = account.sent.iter().map(|(topic, payload)| {
        let topic = topic.strip_prefix("$aws/").unwrap();
        let number = payload["executionNumber"].as_u64();
        (topic, payload["status"].as_str(), number)
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (
                "events/job/A/deletion_in_progress",
                Some("DELETION_IN_PROGRESS"),
                None
            ),
            ("events/jobExecution/A/deleted", Some("FAILED"), Some(1)),
            ("things/T2/jobs/notify", None, None),
            ("things/T2/jobs/notify-next", None, None),
            ("events/jobExecution/A/deleted", Some("QUEUED"), Some(1)),
            ("things/T1/jobs/notify", None, None),
            ("things/T1/jobs/notify-next", None, None),
            (
                "events/jobExecution/A/deleted",
                Some("IN_PROGRESS"),
                Some(2)
            ),
            ("events/job/A/deleted", Some("DELETED"), None),
        ]
    );
}
