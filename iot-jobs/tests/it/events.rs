//! The members of each event (developer guide, Jobs events).
#![expect(
    clippy::unwrap_used,
    reason = "functions that tests call: a failure is the test's"
)]

use alloc::collections::BTreeMap;

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
        assert_eq!(event["status"], parts[2].to_uppercase());
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
