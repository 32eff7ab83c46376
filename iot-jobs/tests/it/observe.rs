//! All that can be seen of a service, and what holds of it whatever is done.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "indexing a value of JSON gives null where there is nothing; what is asked for here is there"
)]

use alloc::collections::BTreeMap;

use iot_jobs::{Effect, Engine, ExecutionStatus, Limits, Operation};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::registry::Registry;
use crate::service::Service;

/// All that can be asked for, in one value.
pub(crate) fn observe<S: Service>(
    service: &mut S,
    things: &[&str],
    world: &Registry,
    now: u64,
) -> Value {
    let mut ask = |api: &str, arguments: Value| {
        let mut answer = service.ask(api, &arguments, world, now);
        assert_eq!(answer["out"], json!([]), "nothing is due");
        answer["ok"].take()
    };
    let listed = ask("ListJobs", json!({}));
    let mut jobs = Vec::new();
    for job in listed["jobs"].as_array().unwrap() {
        let id = &job["jobId"];
        let described = ask("DescribeJob", json!({"jobId": id}));
        let document = ask("GetJobDocument", json!({"jobId": id}));
        let executions = ask("ListJobExecutionsForJob", json!({"jobId": id}));
        let list = executions["executionSummaries"].as_array().unwrap();
        let all: Vec<Value> = list
            .iter()
            .map(|it| {
                let thing = it["thingArn"].as_str().unwrap().split_once('/').unwrap().1;
                let number = &it["jobExecutionSummary"]["executionNumber"];
                let wanted = json!({"jobId": id, "thingName": thing, "executionNumber": number});
                ask("DescribeJobExecution", wanted)
            })
            .collect();
        jobs.push(json!([described["job"], document, executions, all]));
    }
    let of_things = things.iter();
    let of_things: Vec<Value> = of_things
        .map(|thing| ask("ListJobExecutionsForThing", json!({"thingName": thing})))
        .collect();
    json!({"listed": listed, "jobs": jobs, "things": of_things})
}

pub(crate) fn refused(answer: &Value) -> bool {
    let out = answer["out"].as_array().unwrap();
    let mut topics = out.iter().map(|it| it["topic"].as_str().unwrap());
    !answer["err"].is_null()
        || topics.any(|it| it.starts_with("$aws/things/") && it.ends_with("/rejected"))
}

/// What was seen of each execution: its state and version.
pub(crate) type Known = BTreeMap<(String, String, u64), (String, u64)>;

/// Those of `observe`: terminal is final, versions do not go back, and the counters are those of the executions.
pub(crate) fn laws(known: &mut Known, seen: &Value) {
    let mut now_known = Known::new();
    for job in seen["jobs"].as_array().unwrap() {
        let mut counts = BTreeMap::<String, u64>::new();
        for it in job[3].as_array().unwrap() {
            let it = &it["execution"];
            let (id, thing) = (it["jobId"].to_string(), it["thingArn"].to_string());
            let status = it["status"].as_str().unwrap().to_owned();
            let word = ExecutionStatus::parse(&status).unwrap();
            let version = it["versionNumber"].as_u64().unwrap();
            *counts.entry(status.clone()).or_default() += 1;
            let key = (id, thing, it["executionNumber"].as_u64().unwrap());
            if let Some((old, before)) = known.get(&key) {
                let old = ExecutionStatus::parse(old).unwrap();
                assert!(
                    old == word || !old.is_terminal(),
                    "{:?}: {} {}",
                    key,
                    old.as_str(),
                    status
                );
                assert!(*before <= version, "{:?}", key);
                assert!(old == word || word != ExecutionStatus::Queued);
            }
            now_known.insert(key, (status, version));
        }
        let told = job[0]["jobProcessDetails"].as_object().unwrap();
        let told: u64 = told.values().filter_map(Value::as_u64).sum();
        assert_eq!(told, counts.values().sum::<u64>(), "{}", job[0]);
    }
    *known = now_known;
}

/// What the thing is told of its pending executions: running ones first, then those that were queued
/// first, and `$next` is the first of them.
pub(crate) fn pending_in_order<S: Service>(
    service: &mut S,
    thing: &str,
    world: &Registry,
    now: u64,
) {
    let mut publish = |path: &str| -> Value {
        let topic = format!("$aws/things/{thing}/jobs/{path}");
        let operation = Operation::Publish {
            topic: &topic,
            payload: b"",
        };
        let mut answer = service.apply(operation, world, now);
        assert_eq!(answer["out"][0]["topic"], format!("{topic}/accepted"));
        answer["out"][0]["payload"].take()
    };
    let (listed, next) = (publish("get"), publish("$next/get"));
    let mut first = Value::Null;
    for name in ["queuedJobs", "inProgressJobs"] {
        let list = listed[name].as_array().unwrap();
        let queued: Vec<_> = list.iter().map(|it| it["queuedAt"].as_u64()).collect();
        assert!(queued.is_sorted(), "{listed}");
        first = list.first().cloned().unwrap_or(first);
    }
    for name in ["jobId", "executionNumber", "versionNumber"] {
        assert_eq!(first[name], next["execution"][name], "{listed} {next}");
    }
}

/// All texts of an engine to which that was done, an answer behind what was sent: `None` is a tick.
pub(crate) fn texts<'a>(
    limits: &Limits,
    done: impl IntoIterator<Item = (u64, Option<Operation<'a>>, &'a Registry)>,
) -> Vec<String> {
    let mut engine: Engine = Service::new(limits.clone(), true);
    let mut texts = Vec::new();
    for (now, operation, world) in done {
        let now = Timestamp::from_secs(now);
        let mut sink = |effect: Effect<'_>| texts.push(effect.topic() + " " + &effect.payload());
        let answer = match operation {
            Some(operation) => format!("{:?}", engine.apply(operation, world, &mut sink, now)),
            None => {
                engine.tick(world, &mut sink, now);
                String::new()
            }
        };
        texts.push(answer);
    }
    texts
}
