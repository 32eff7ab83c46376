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

use iot_jobs::{
    ApiErrorKind, DocumentParameter, Effect, EffectKind, Engine, ManagedTemplate, Operation,
    TextPattern,
};
use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use crate::cases::Answers;
use crate::registry::Registry;

/// Runs the steps of a case, and says where the answers are others.
pub(crate) fn run(case: &Value) -> Answers {
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
    Answers {
        expected: expected.join(" "),
        actual: actual.join(" "),
    }
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
        if matches!(effect.kind(), EffectKind::PackageVersionsInstalled { .. }) {
            return; // no message of the service
        }
        let payload: Value = serde_json::from_str(&effect.payload()).unwrap();
        out.push(json!({"topic": effect.topic(), "payload": payload}));
    };
    let thing = args["thingName"].as_str().unwrap_or_default();
    let group = args["thingGroupName"].as_str().unwrap_or_default();
    let payload = match &args["payload"] {
        Value::String(raw) => raw.clone(),
        payload => payload.to_string(),
    };
    if let Some(pure) = crate::conformance::answer(step) {
        return pure;
    }
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
        "PutTemplate" => {
            put_template(engine, registry, args, now);
            return json!({"ok": null, "out": out});
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

/// Puts a template in its place, managed if its ARN has no account or it has parameters. The format
/// does not say how a case names it: by ARN, id or name, with its members beside or under
/// `template`.
fn put_template(engine: &mut Engine, registry: &mut Registry, args: &Value, now: Timestamp) {
    let named = |names: &[&str]| {
        let mut given = names.iter().filter_map(|name| args[*name].as_str());
        given.next().map(str::to_owned)
    };
    let content = ["template", "jobTemplate"];
    let content = content.into_iter().find(|name| args[*name].is_object());
    let mut content = content.map_or(args, |name| &args[name]).clone();
    let arn = named(&["jobTemplateArn", "templateArn", "arn"]);
    let name = arn
        .as_deref()
        .and_then(|arn| arn.split_once("jobtemplate/"));
    let name = name.map(|(_, name)| name.to_owned());
    let ids = ["jobTemplateId", "templateId", "id", "templateName", "name"];
    let name = name.or_else(|| named(&ids)).unwrap();
    let managed = arn.is_some_and(|arn| arn.contains("::jobtemplate/"));
    if managed || content["documentParameters"].is_array() {
        let (name, version) = name.split_once(':').unwrap_or((&name, "1.0"));
        let parameters = content["documentParameters"].as_array();
        let parameters = parameters.into_iter().flatten().map(|parameter| {
            let regex = parameter["regex"].as_str().unwrap();
            let pattern = TextPattern::parse(regex).unwrap();
            let key = parameter["key"].as_str().unwrap().to_owned();
            DocumentParameter::new(key, pattern, parameter["optional"] == true)
        });
        let document = content["document"].as_str().unwrap();
        let template = ManagedTemplate::new(name.to_owned(), document, parameters.collect());
        let description = content["description"].as_str().unwrap_or_default();
        let template = template.with_version(version.to_owned());
        let template = template.with_description(description.to_owned());
        registry.managed.push(template);
        return;
    }
    content["jobTemplateId"] = name.into();
    if content["description"].is_null() {
        content["description"] = "as the case has none".into();
    }
    for api in ["DeleteJobTemplate", "CreateJobTemplate"] {
        let operation = Operation::Control {
            api,
            arguments: &content,
        };
        let put = engine.apply(operation, registry, &mut (), now);
        assert!(put.is_ok() || api == "DeleteJobTemplate", "{put:?}");
    }
}

/// Compares by the rules of the format: `"*"` is anything, texts for people are not compared, and
/// of an answer of the control plane only what the case tells.
fn agrees(expected: &Value, actual: &Value) -> bool {
    let told = |name: &str| match (&expected[name], &actual[name]) {
        (Value::Object(expected), Value::Object(actual)) => contains(expected, actual),
        (expected, actual) => expected == actual,
    };
    let told = told("ok") && told("err");
    told && same(&expected["out"], &actual["out"])
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
        let mut counts = job["jobProcessDetails"].clone();
        counts.as_object_mut().unwrap().remove("processingTargets");
        let told = json!({"status": job["status"], "counts": counts});
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
