//! AssociateTargetsWithJob beside what a group brings by itself.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests ask what is right"
)]

use iot_jobs::{ApiError, ApiErrorKind, Effect, Engine, Operation};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::registry::Registry;

const NOW: u64 = 1_709_546_400; // 2024-03-04T10:00

/// A continuous job on the group `G` of `T1` that ends at half past ten; `H` has `T1` and `T2`.
struct Account {
    engine: Engine,
    registry: Registry,
    topics: Vec<String>,
}

fn arns(groups: &[&str]) -> Value {
    let arn = |group| format!("arn:aws:iot:us-east-1:123456789012:thinggroup/{group}");
    groups.iter().map(arn).collect()
}

impl Account {
    fn new() -> Self {
        let names = |things: &[&str]| things.iter().map(|&thing| thing.to_owned()).collect();
        let groups = [("G", names(&["T1"])), ("H", names(&["T1", "T2"]))];
        let mut account = Self {
            engine: Engine::new("us-east-1", "123456789012"),
            registry: Registry {
                things: names(&["T1", "T2"]),
                groups: groups
                    .map(|(name, things)| (name.to_owned(), things))
                    .into(),
                ..Registry::default()
            },
            topics: Vec::new(),
        };
        let job = json!({
            "targets": arns(&["G"]), "document": "{}", "targetSelection": "CONTINUOUS",
            "schedulingConfig": {"endTime": "2024-03-04T10:30"},
        });
        account.ask("CreateJob", job, NOW).unwrap();
        account
    }

    fn ask(&mut self, api: &str, mut arguments: Value, now: u64) -> Result<Value, ApiError> {
        arguments["jobId"] = "A".into();
        let operation = Operation::Control {
            api,
            arguments: &arguments,
        };
        self.topics.clear();
        let mut sink = |effect: Effect<'_>| self.topics.push(effect.topic());
        let now = Timestamp::from_secs(now);
        self.engine.apply(operation, &self.registry, &mut sink, now)
    }
}

#[test]
fn a_group_that_is_named_twice_is_one_target() {
    let mut account = Account::new();
    let targets = json!({"targets": arns(&["H", "G", "H"])});
    account
        .ask("AssociateTargetsWithJob", targets, NOW + 1)
        .unwrap();
    assert_eq!(
        account.topics,
        [
            "$aws/things/T2/jobs/notify",
            "$aws/things/T2/jobs/notify-next"
        ]
    );
    let job = account.ask("DescribeJob", json!({}), NOW + 1).unwrap()["job"].take();
    assert_eq!(job["targets"], arns(&["G", "H"]));
    assert_eq!(job["lastUpdatedAt"], NOW + 1);
}

/// The execution of `T1` keeps the job in progress, but nothing new begins.
#[test]
fn no_group_comes_in_after_the_end() {
    let mut account = Account::new();
    let late = NOW + 30 * 60;
    let job = account.ask("DescribeJob", json!({}), late).unwrap()["job"].take();
    assert_eq!(job["status"], "IN_PROGRESS");
    let targets = json!({"targets": arns(&["H"])});
    let refused = account.ask("AssociateTargetsWithJob", targets, late);
    assert_eq!(refused.unwrap_err().kind(), ApiErrorKind::InvalidRequest);
    assert!(account.topics.is_empty());
}

/// A job that has come to `T1` alone in its first minute.
fn rolling_out(groups: &[&str]) -> Account {
    let mut account = Account::new();
    account
        .ask("DeleteJob", json!({"force": true}), NOW)
        .unwrap();
    let job = json!({
        "targets": arns(groups), "document": "{}", "targetSelection": "CONTINUOUS",
        "jobExecutionsRolloutConfig": {"maximumPerMinute": 1},
    });
    account.ask("CreateJob", job, NOW).unwrap();
    assert_eq!(account.topics, told("T1"));
    account
}

fn told(thing: &str) -> [String; 2] {
    ["notify", "notify-next"].map(|last| format!("$aws/things/{thing}/jobs/{last}"))
}

#[test]
fn who_joins_another_group_does_not_wait_for_the_rollout() {
    let mut account = rolling_out(&["H", "G"]);
    account.registry.join("T2", "G");
    let (thing, group) = ("T2", "G");
    for expected in [told("T2").to_vec(), Vec::new()] {
        account.topics.clear();
        let mut sink = |effect: Effect<'_>| account.topics.push(effect.topic());
        let operation = Operation::ThingJoined { thing, group };
        let now = Timestamp::from_secs(NOW + 1);
        let joined = account
            .engine
            .apply(operation, &account.registry, &mut sink, now);
        assert_eq!(joined.unwrap(), json!(null));
        assert_eq!(account.topics, expected);
    }
    assert_eq!(account.engine.next_deadline(), None);
    let job = account.engine.job("A").unwrap();
    assert_eq!((job.waiting(), job.executions()), (0, 2));
}

#[test]
fn who_is_in_an_associated_group_does_not_wait_for_the_rollout() {
    let mut account = rolling_out(&["H"]);
    account.registry.join("T2", "G");
    let targets = json!({"targets": arns(&["G"])});
    account
        .ask("AssociateTargetsWithJob", targets, NOW + 1)
        .unwrap();
    assert_eq!(account.topics, told("T2"));
    assert_eq!(account.engine.next_deadline(), None);
}
