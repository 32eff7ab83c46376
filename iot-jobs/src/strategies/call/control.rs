//! Requests of the control plane.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::{Call, THINGS, group, job, maybe, members, number, thing, wish, words};
use crate::strategies::{
    abort_config, execution_status, group_arn, retry_config, rollout_config, slipped,
    status_details, thing_arn, timeout_config,
};

fn targets() -> impl Strategy<Value = Value> {
    let things = subsequence(THINGS, 1..=3).prop_shuffle();
    let things = things.prop_map(|it| it.iter().map(|name| thing_arn(name)).collect());
    let one = group().prop_map(|name| [group_arn(&name)].to_vec());
    let both = (thing(), group());
    let both = both.prop_map(|(thing, group)| [thing_arn(&thing), group_arn(&group)].to_vec());
    let all = [group_arn("g"), group_arn("h")].to_vec();
    let odd = select(
        [
            thing_arn("t9"),
            group_arn("k"),
            "t1".to_owned(),
            thing_arn(""),
        ]
        .to_vec(),
    );
    let targets = prop_oneof![
        6 => things,
        8 => one,
        3 => both,
        3 => Just(all),
        1 => odd.prop_map(|it| [it].to_vec()),
    ];
    targets.prop_map(|targets: Vec<String>| targets.into())
}

pub(super) fn create_job() -> impl Strategy<Value = Value> {
    let document = prop_oneof![
        12 => Just(json!("{\"op\":\"reboot\"}")),
        3 => Just(json!("{}")),
        1 => select([json!("{"), json!({}), json!("\u{7f}")].to_vec()),
    ];
    let base = (
        job(),
        targets(),
        document,
        maybe(0.6, Just("CONTINUOUS")),
        maybe(0.2, words()),
    );
    let configs = (
        maybe(0.6, slipped(rollout_config()).boxed()),
        maybe(0.4, slipped(abort_config()).boxed()),
        maybe(0.5, slipped(retry_config()).boxed()),
        maybe(0.6, slipped(timeout_config()).boxed()),
    );
    let whole = (base, configs).prop_map(|(base, configs)| {
        let (job, targets, document, selection, description) = base;
        let (rollout, abort, retry, timeout) = configs;
        members([
            ("jobId", Some(job)),
            ("targets", Some(targets)),
            ("document", Some(document)),
            ("targetSelection", selection),
            ("description", description),
            ("jobExecutionsRolloutConfig", rollout),
            ("abortConfig", abort),
            ("jobExecutionsRetryConfig", retry),
            ("timeoutConfig", timeout),
        ])
    });
    slipped(whole)
}

pub(super) fn control() -> impl Strategy<Value = Call> {
    let of_job = || job().prop_map(|job| json!({"jobId": job}));
    let lists = prop_oneof![
        list("ListJobs", Just(json!({})).boxed()),
        list("ListJobExecutionsForJob", of_job().boxed()),
        list(
            "ListJobExecutionsForThing",
            thing().prop_map(|it| json!({"thingName": it})).boxed()
        ),
    ];
    prop_oneof![
        4 => named("CancelJob", cancel_job()),
        2 => named("DeleteJob", (job(), wish()).prop_map(|(job, force)| {
            members([("jobId", Some(job)), ("force", force)])
        })),
        3 => named("UpdateJob", update_job()),
        3 => named("AssociateTargetsWithJob", associate()),
        6 => named("CancelJobExecution", cancel_execution()),
        4 => named("DeleteJobExecution", numbered(0.95)),
        2 => named("DescribeJobExecution", numbered(0.5)),
        1 => named("DescribeJob", of_job()),
        1 => named("GetJobDocument", of_job()),
        2 => lists,
        1 => (Just("RestartJob"), of_job()).prop_map(|(api, arguments)| Call::Control { api, arguments }),
    ]
}

fn named(
    api: &'static str,
    arguments: impl Strategy<Value = Value> + 'static,
) -> BoxedStrategy<Call> {
    let arguments = slipped(arguments);
    arguments
        .prop_map(move |arguments| Call::Control { api, arguments })
        .boxed()
}

/// Lists one page of everything, with the filters that there are.
fn list(api: &'static str, base: BoxedStrategy<Value>) -> impl Strategy<Value = Call> {
    let status = prop_oneof![
        execution_status().prop_map(|it| it.as_str()),
        select(["COMPLETED", "SCHEDULED", "DELETION_IN_PROGRESS"].as_slice()),
    ];
    let selection = select(["SNAPSHOT", "CONTINUOUS"].as_slice());
    let filters = (
        maybe(0.4, status),
        maybe(0.3, selection),
        maybe(0.3, group()),
    );
    (base, filters).prop_map(move |(mut arguments, (status, selection, group))| {
        let jobs = api == "ListJobs";
        let filters = members([
            ("status", status),
            ("targetSelection", selection.filter(|_| jobs)),
            ("thingGroupName", group.filter(|_| jobs)),
        ]);
        if let (Some(map), Value::Object(filters)) = (arguments.as_object_mut(), filters) {
            map.extend(filters);
        }
        Call::Control { api, arguments }
    })
}

fn cancel_job() -> impl Strategy<Value = Value> {
    let reason = prop_oneof![4 => "[A-Z_]{1,4}", 1 => "[a-z ]{1,2}"];
    let all = (job(), wish(), maybe(0.3, words()), maybe(0.3, reason));
    all.prop_map(|(job, force, comment, reason)| {
        members([
            ("jobId", Some(job)),
            ("force", force),
            ("comment", comment),
            ("reasonCode", reason),
        ])
    })
}

fn update_job() -> impl Strategy<Value = Value> {
    let retry = prop_oneof![
        1 => slipped(retry_config()).boxed(),
        3 => select(["ALL", "FAILED", "TIMED_OUT"].as_slice())
            .prop_map(|kind| json!({"criteriaList": [{"failureType": kind, "numberOfRetries": 0}]}))
            .boxed(),
    ];
    let all = (
        job(),
        maybe(0.3, words()),
        maybe(0.5, slipped(rollout_config()).boxed()),
        maybe(0.4, slipped(abort_config()).boxed()),
        maybe(0.3, retry),
        maybe(0.4, slipped(timeout_config()).boxed()),
    );
    all.prop_map(|(job, description, rollout, abort, retry, timeout)| {
        members([
            ("jobId", Some(job)),
            ("description", description),
            ("jobExecutionsRolloutConfig", rollout),
            ("abortConfig", abort),
            ("jobExecutionsRetryConfig", retry),
            ("timeoutConfig", timeout),
        ])
    })
}

fn associate() -> impl Strategy<Value = Value> {
    let targets = prop_oneof![
        4 => group().prop_map(|name| json!([group_arn(&name)])),
        1 => targets(),
    ];
    let all = (job(), targets, maybe(0.2, words()));
    all.prop_map(|(job, targets, comment)| {
        members([
            ("jobId", Some(job)),
            ("targets", Some(targets)),
            ("comment", comment),
        ])
    })
}

fn cancel_execution() -> impl Strategy<Value = Value> {
    let all = (
        job(),
        thing(),
        wish(),
        maybe(0.2, number()),
        maybe(0.3, slipped(status_details()).boxed()),
    );
    all.prop_map(|(job, thing, force, version, details)| {
        members([
            ("jobId", Some(job)),
            ("thingName", Some(thing.into())),
            ("force", force),
            ("expectedVersion", version),
            ("statusDetails", details),
        ])
    })
}

fn numbered(weight: f64) -> impl Strategy<Value = Value> {
    let all = (job(), thing(), maybe(weight, number()), wish());
    all.prop_map(|(job, thing, number, force)| {
        members([
            ("jobId", Some(job)),
            ("thingName", Some(thing.into())),
            ("executionNumber", number),
            ("force", force),
        ])
    })
}
