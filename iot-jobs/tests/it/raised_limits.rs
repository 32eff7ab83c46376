//! Accounts with quotas beyond those of AWS: what an execution cannot count is refused, so that
//! nothing goes on without an end.

use iot_jobs::{Engine, ExecutionStatus, Limits};
use serde_json::{Value, json};

use crate::account::Account;

fn account() -> Account {
    let mut limits = Limits::AWS_IOT;
    limits.retries = 1_000;
    limits.timeout_minutes = 1_000_000;
    let mut account = Account::new();
    account.engine = Engine::with_limits("us-east-1", "123456789012", limits);
    account
}

fn retries(kind: &str, number: u32) -> Value {
    json!({"document": "{}", "jobExecutionsRetryConfig": {"criteriaList": [
        {"failureType": kind, "numberOfRetries": number},
    ]}, "timeoutConfig": {"inProgressTimeoutInMinutes": 1}})
}

#[test]
fn retries_come_to_an_end() {
    let mut account = account();
    for (job, kind) in [("F", "FAILED"), ("A", "ALL")] {
        let error = account.create(job, &retries(kind, 16)).unwrap_err();
        assert!(error.message().contains("numberOfRetries"), "{error}");
        account.create(job, &retries(kind, 15)).unwrap();
    }
    for (job, status) in [("F", "FAILED"), ("A", "FAILED"), ("A", "IN_PROGRESS")] {
        // Each of the first eight of `A` fails, the others time out.
        for _ in 0..if job == "A" { 8 } else { 16 } {
            let report = json!({"status": status});
            let answer = account.device(&format!("{job}/update"), &report);
            assert_eq!(answer["code"], Value::Null, "{job}: {answer}");
            account.now += 60;
        }
    }
    for job in ["F", "A"] {
        assert_eq!(account.job(job)["status"], "COMPLETED");
        let last = account.engine.execution("T1", job, None).unwrap();
        assert_eq!((last.execution_number(), last.retry_attempt()), (16, 15));
    }
}

#[test]
fn a_timer_is_kept_or_refused() {
    let mut account = account();
    let timeout = |minutes: u32| json!({"document": "{}", "timeoutConfig": {"inProgressTimeoutInMinutes": minutes}});
    let error = account.create("A", &timeout(65_536)).unwrap_err();
    assert!(
        error.message().contains("inProgressTimeoutInMinutes"),
        "{error}"
    );
    account.create("A", &timeout(65_535)).unwrap();
    account.device("start-next", &json!({}));
    let left = |account: &Account| {
        let execution = account.engine.execution("T1", "A", None).unwrap();
        execution.approximate_seconds_before_timed_out()
    };
    assert_eq!(left(&account), Some(65_535 * 60));
    // A step timer is a time, and takes all that the limits allow.
    let report = json!({"status": "IN_PROGRESS", "stepTimeoutInMinutes": 1_000_000});
    let answer = account.device("A/update", &report);
    assert_eq!(answer["code"], Value::Null, "{answer}");
    account.now += 65_535 * 60;
    assert_eq!(account.job("A")["status"], "COMPLETED");
    let execution = account.engine.execution("T1", "A", None).unwrap();
    assert_eq!(execution.status(), ExecutionStatus::TimedOut);
}
