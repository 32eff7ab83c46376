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

use iot_jobs::{DocumentParameter, Limits, ManagedTemplate, Operation, TextPattern};
use serde_json::{Map, Value, json};

use crate::cases::Answers;
use crate::registry::Registry;
use crate::service::Service;

/// Runs the steps of a case, and says where the answers are others.
pub(crate) fn run<S: Service>(case: &Value) -> Answers {
    let (mut service, mut registry) = set_up::<S>(&case["setup"]);
    let mut differences = Vec::new();
    let steps = case["steps"].as_array().unwrap();
    let mut now = 0;
    for (index, (step, expected)) in steps
        .iter()
        .zip(case["expect"].as_array().unwrap())
        .enumerate()
    {
        now = step["now"].as_u64().unwrap();
        let actual = take(&mut service, &mut registry, step);
        if !agrees(expected, &actual) {
            differences.push((format!("step {index}: {expected}"), format!("{actual}")));
        }
    }
    let expected = &case["final"];
    let actual = last(&mut service, &registry, case, now);
    if *expected != actual {
        differences.push((format!("final: {expected}"), format!("{actual}")));
    }
    let (expected, actual): (Vec<_>, Vec<_>) = differences.into_iter().unzip();
    Answers {
        expected: expected.join(" "),
        actual: actual.join(" "),
    }
}

fn set_up<S: Service>(setup: &Value) -> (S, Registry) {
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
    let service = S::new(Limits::AWS_IOT, setup["events"] == true);
    (service, registry)
}

/// One operation, in the words of the format.
fn take<S: Service>(service: &mut S, registry: &mut Registry, step: &Value) -> Value {
    let args = &step["args"];
    let now = step["now"].as_u64().unwrap();
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
            let out = service.tick(registry, now);
            let next = service.next_deadline();
            return json!({"ok": {"nextDeadline": next}, "out": out});
        }
        "Publish" => Operation::Publish {
            topic: args["topic"].as_str().unwrap(),
            payload: payload.as_bytes(),
        },
        "AddThingToGroup" => {
            registry.join(thing, group);
            Operation::ThingJoined { thing, group }
        }
        "RemoveThingFromGroup" => {
            registry.leave(thing, group);
            Operation::ThingLeft { thing, group }
        }
        "DeleteThing" => {
            registry.delete(thing);
            Operation::ThingDeleted { thing }
        }
        "PutTemplate" => {
            put_template(service, registry, args, now);
            return json!({"ok": null, "out": []});
        }
        api => return service.ask(api, args, registry, now),
    };
    service.apply(operation, registry, now)
}

/// Puts a template in its place, managed if its ARN has no account or it has parameters. The format
/// does not say how a case names it: by ARN, id or name, with its members beside or under
/// `template`.
fn put_template<S: Service>(service: &mut S, registry: &mut Registry, args: &Value, now: u64) {
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
    service.ask("DeleteJobTemplate", &content, registry, now);
    let put = service.ask("CreateJobTemplate", &content, registry, now);
    assert!(put["err"].is_null(), "{put}");
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

pub(crate) fn same(expected: &Value, actual: &Value) -> bool {
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
fn last<S: Service>(service: &mut S, registry: &Registry, case: &Value, now: u64) -> Value {
    let mut ask = |api: &str, arguments: Value| {
        let mut answer = service.ask(api, &arguments, registry, now);
        assert_eq!(answer["out"], json!([]), "nothing is due");
        answer["ok"].take()
    };
    let (mut jobs, mut executions) = (Map::new(), Map::new());
    let listed = ask("ListJobs", json!({}));
    for job in listed["jobs"].as_array().unwrap() {
        let id = job["jobId"].as_str().unwrap();
        let job = ask("DescribeJob", json!({"jobId": id}))["job"].take();
        let mut counts = job["jobProcessDetails"].clone();
        counts.as_object_mut().unwrap().remove("processingTargets");
        let told = json!({"status": job["status"], "counts": counts});
        jobs.insert(id.to_owned(), told);
        let of_job = ask("ListJobExecutionsForJob", json!({"jobId": id}));
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
            let described = ask("DescribeJobExecution", arguments);
            let told = json!({
                "status": summary["status"],
                "versionNumber": described["execution"]["versionNumber"],
                "retryAttempt": summary["retryAttempt"],
            });
            executions.insert(format!("{thing}/{id}#{number}"), told);
        }
    }
    let unknown = service.ask(
        "DescribeJob",
        &json!({"jobId": "no-such-job"}),
        registry,
        now,
    );
    assert_eq!(unknown["err"], "ResourceNotFoundException");
    if case["final"].get("executions").is_none() {
        return Value::Null;
    }
    json!({"jobs": jobs, "executions": executions})
}
