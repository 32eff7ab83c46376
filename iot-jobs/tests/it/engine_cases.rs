//! The conformance cases of the engine: setup, steps, the complete ordered output of each step,
//! and the final state.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a value of JSON gives null where there is nothing"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use std::fs;
use std::path::Path;

use iot_jobs::{ApiErrorKind, Effect, Engine, Operation};
use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use crate::cases::Answers;
use crate::registry::Registry;

/// Operations of cases that the runner cannot do yet.
const NOT_YET: &[&str] = &["PutTemplate"];

/// The cases with an operation of the engine that is not run.
pub(crate) fn left_out(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let cases = text.lines().map(serde_json::from_str);
    let cases = cases.map(|case| -> Value { case.unwrap() });
    cases
        .filter(|case| has(case, NOT_YET))
        .map(|case| case["id"].as_str().unwrap().to_owned())
        .collect()
}

fn has(case: &Value, operations: &[&str]) -> bool {
    let steps = case["steps"].as_array().into_iter().flatten();
    let mut used = steps.map(|step| step["op"].as_str().unwrap());
    used.any(|used| operations.contains(&used))
}

/// Nothing, if the case has an operation that is not run yet.
pub(crate) fn run(case: &Value) -> Option<Answers> {
    if has(case, NOT_YET) {
        return None;
    }
    let (mut engine, mut registry) = set_up(&case["setup"]);
    let mut differences = Vec::new();
    let steps = case["steps"].as_array().unwrap();
    let mut now = 0;
    for (index, (step, expected)) in steps
        .iter()
        .zip(case["expect"].as_array().unwrap())
        .enumerate()
    {
        now = step["now"].as_u64().unwrap();
        let actual = take(&mut engine, &mut registry, step);
        if !agrees(expected, &actual) {
            differences.push((format!("step {index}: {expected}"), format!("{actual}")));
        }
    }
    let expected = &case["final"];
    let actual = last(&mut engine, &registry, case, now);
    if *expected != actual {
        differences.push((format!("final: {expected}"), format!("{actual}")));
    }
    let (expected, actual): (Vec<_>, Vec<_>) = differences.into_iter().unzip();
    Some(Answers {
        expected: expected.join(" "),
        actual: actual.join(" "),
    })
}

fn set_up(setup: &Value) -> (Engine, Registry) {
    let texts = |list: &Value| -> Vec<String> {
        let list = list.as_array().into_iter().flatten();
        list.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let mut registry = Registry {
        things: texts(&setup["things"]),
        ..Registry::default()
    };
    for (group, things) in setup["groups"].as_object().into_iter().flatten() {
        registry.groups.insert(group.clone(), texts(things));
    }
    let mut engine = Engine::new("us-east-1", "123456789012");
    engine.set_events(setup["events"] == true);
    (engine, registry)
}

fn take(engine: &mut Engine, registry: &mut Registry, step: &Value) -> Value {
    let args = &step["args"];
    let now = Timestamp::from_secs(step["now"].as_u64().unwrap());
    let mut out = Vec::new();
    let mut sink = |effect: Effect<'_>| {
        let payload: Value = serde_json::from_str(&effect.payload()).unwrap();
        out.push(json!({"topic": effect.topic(), "payload": payload}));
    };
    let thing = args["thingName"].as_str().unwrap_or_default();
    let group = args["thingGroupName"].as_str().unwrap_or_default();
    let payload = match &args["payload"] {
        Value::String(raw) => raw.clone(),
        payload => payload.to_string(),
    };
    let operation = match step["op"].as_str().unwrap() {
        "Tick" => {
            engine.tick(registry, &mut sink, now);
            let next = engine.next_deadline().map(Timestamp::as_secs);
            return json!({"ok": {"nextDeadline": next}, "out": out});
        }
        "Publish" => Operation::Publish {
            topic: args["topic"].as_str().unwrap(),
            payload: payload.as_bytes(),
        },
        "AddThingToGroup" => {
            let members = registry.groups.get_mut(group).unwrap();
            members.push(thing.to_owned());
            Operation::ThingJoined { thing, group }
        }
        "RemoveThingFromGroup" => {
            let members = registry.groups.get_mut(group).unwrap();
            members.retain(|name| name != thing);
            Operation::ThingLeft { thing, group }
        }
        "DeleteThing" => {
            registry.things.retain(|name| name != thing);
            for members in registry.groups.values_mut() {
                members.retain(|name| name != thing);
            }
            Operation::ThingDeleted { thing }
        }
        api => Operation::Control {
            api,
            arguments: args,
        },
    };
    match engine.apply(operation, registry, &mut sink, now) {
        Ok(answer) => json!({"ok": answer, "out": out}),
        Err(error) => json!({"err": error.kind().as_str(), "out": out}),
    }
}

/// Compares by the rules of the format: `"*"` is anything, texts for people are not compared, and
/// of an answer of the control plane only what the case tells.
fn agrees(expected: &Value, actual: &Value) -> bool {
    let told = |name: &str| match (&expected[name], &actual[name]) {
        (Value::Object(expected), Value::Object(actual)) => contains(expected, actual),
        (expected, actual) => expected == actual,
    };
    told("ok") && told("err") && same(&expected["out"], &actual["out"])
}

fn contains(expected: &Map<String, Value>, actual: &Map<String, Value>) -> bool {
    expected.iter().all(|(name, expected)| {
        match (expected, actual.get(name).unwrap_or(&Value::Null)) {
            (Value::Object(expected), Value::Object(actual)) => contains(expected, actual),
            (expected, actual) => fits(name, expected, actual),
        }
    })
}

fn fits(name: &str, expected: &Value, actual: &Value) -> bool {
    let generated = name == "comment" && expected.as_str().is_some_and(|it| it.contains("*abort*"));
    match name {
        "message" => actual.is_string(),
        "comment" if generated => actual.as_str().is_some_and(|it| it.contains("abort")),
        _ => same(expected, actual),
    }
}

fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::String(any), actual) if any == "*" => !actual.is_null(),
        (Value::Object(expected), Value::Object(actual)) => {
            let names = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
            let mut names = [names(expected), names(actual)];
            names.iter_mut().for_each(|names| names.sort());
            let fits = |(name, value): (&String, _)| fits(name, value, &actual[name]);
            names[0] == names[1] && expected.iter().all(fits)
        }
        (Value::Array(expected), Value::Array(actual)) => {
            let mut pairs = expected.iter().zip(actual);
            expected.len() == actual.len() && pairs.all(|(expected, actual)| same(expected, actual))
        }
        _ => expected == actual,
    }
}

/// The jobs and executions at the end, asked for over the API.
fn last(engine: &mut Engine, registry: &Registry, case: &Value, now: u64) -> Value {
    let now = Timestamp::from_secs(now);
    let mut ask = |api: &str, arguments: Value| {
        let operation = Operation::Control {
            api,
            arguments: &arguments,
        };
        let nothing_is_due = &mut |effect: Effect<'_>| assert_eq!(effect.topic(), "nothing");
        engine.apply(operation, registry, nothing_is_due, now)
    };
    let (mut jobs, mut executions) = (Map::new(), Map::new());
    let listed = ask("ListJobs", json!({})).unwrap();
    for job in listed["jobs"].as_array().unwrap() {
        let id = job["jobId"].as_str().unwrap();
        let job = ask("DescribeJob", json!({"jobId": id})).unwrap()["job"].take();
        let told = json!({"status": job["status"], "counts": job["jobProcessDetails"]});
        jobs.insert(id.to_owned(), told);
        let of_job = ask("ListJobExecutionsForJob", json!({"jobId": id})).unwrap();
        for listed in of_job["executionSummaries"].as_array().unwrap() {
            let thing = listed["thingArn"]
                .as_str()
                .unwrap()
                .split_once('/')
                .unwrap()
                .1;
            let summary = &listed["jobExecutionSummary"];
            let number = &summary["executionNumber"];
            let arguments = json!({"jobId": id, "thingName": thing, "executionNumber": number});
            let described = ask("DescribeJobExecution", arguments).unwrap();
            let told = json!({
                "status": summary["status"],
                "versionNumber": described["execution"]["versionNumber"],
                "retryAttempt": summary["retryAttempt"],
            });
            executions.insert(format!("{thing}/{id}#{number}"), told);
        }
    }
    let unknown = ask("DescribeJob", json!({"jobId": "no-such-job"})).unwrap_err();
    assert_eq!(unknown.kind(), ApiErrorKind::ResourceNotFound);
    if case["final"].get("executions").is_none() {
        return Value::Null;
    }
    json!({"jobs": jobs, "executions": executions})
}
