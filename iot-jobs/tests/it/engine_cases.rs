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

use iot_jobs::{DocumentParameter, Limits, ManagedTemplate, Operation, TextPattern, World as _};
use serde_json::{Map, Value, json};

use crate::cases::Answers;
use crate::registry::Registry;
use crate::service::Service;

/// Runs the steps of a case, and says where the answers are others.
pub(crate) fn run<S: Service>(case: &Value) -> Answers {
    let (mut service, mut registry) = set_up::<S>(&case["setup"]);
    let mut differences = Vec::new();
    let steps = case["steps"].as_array().unwrap();
    let answers = case["expect"].as_array().unwrap();
    assert_eq!(steps.len(), answers.len(), "an answer for each step");
    let mut now = 0;
    for (index, (step, expected)) in steps.iter().zip(answers).enumerate() {
        now = step["now"].as_u64().unwrap();
        let actual = take(&mut service, &mut registry, step);
        if !agrees(expected, &actual) {
            differences.push((format!("step {index}: {expected}"), format!("{actual}")));
        }
    }
    let expected = &case["final"];
    let actual = last(&mut service, &registry, now);
    let told = expected.as_object().into_iter().flatten();
    for (name, expected) in told.filter(|(name, expected)| **expected != actual[*name]) {
        let actual = actual[name].to_string();
        differences.push((format!("final {name}: {expected}"), actual));
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
        let members = texts(things);
        members.iter().for_each(|thing| add(&mut registry, thing));
        registry.groups.insert(group.clone(), members);
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
    let payload = match args.get("payload") {
        Some(Value::String(raw)) => raw.clone(),
        Some(payload) => payload.to_string(),
        None => String::new(),
    };
    if let Some(pure) = crate::conformance::answer(step) {
        return pure;
    }
    let op = step["op"].as_str().unwrap();
    let around = [
        "AddThingToGroup",
        "RemoveThingFromGroup",
        "DeleteThing",
        "PutTemplate",
    ];
    let mut due = json!([]);
    if around.contains(&op) {
        // What is due before it changes still sees the things and groups as they were.
        let nothing = Operation::Publish {
            topic: "none/of/jobs",
            payload: b"",
        };
        due = service.apply(nothing, registry, now)["out"].take();
    }
    let operation = match op {
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
            if registry.is_member(thing, group) {
                // It does not become what it is.
                return json!({"ok": null, "out": due});
            }
            add(registry, thing);
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
            return json!({"ok": null, "out": due});
        }
        api => return service.ask(api, args, registry, now),
    };
    let mut answer = service.apply(operation, registry, now);
    if let (Some(out), Some(due)) = (answer["out"].as_array_mut(), due.as_array_mut()) {
        due.append(out);
        out.append(due);
    }
    answer
}

/// A case may name a thing first where it joins a group.
fn add(registry: &mut Registry, thing: &str) {
    if !registry.has_thing(thing) {
        registry.things.push(thing.to_owned());
    }
}

/// Puts a template in its place, managed if its ARN has no account, its name is one of AWS or it has
/// parameters. The format does not say how a case names it: by ARN, id or name, with its members
/// beside or under `template`.
fn put_template<S: Service>(service: &mut S, registry: &mut Registry, args: &Value, now: u64) {
    let content = ["template", "jobTemplate"];
    let content = content.into_iter().find(|name| args[*name].is_object());
    let mut content = content.map_or(args, |name| &args[name]).clone();
    if content["document"].is_object() {
        content["document"] = content["document"].to_string().into();
    }
    let named = |names: &[&str]| {
        let given = |value: &Value| {
            names
                .iter()
                .find_map(|name| value[*name].as_str().map(str::to_owned))
        };
        given(args).or_else(|| given(&content))
    };
    let arn = named(&["jobTemplateArn", "templateArn", "arn"]);
    let name = arn
        .as_deref()
        .and_then(|arn| arn.split_once("jobtemplate/"));
    let name = name.map(|(_, name)| name.to_owned());
    let ids = ["jobTemplateId", "templateId", "id", "templateName", "name"];
    let name = name.or_else(|| named(&ids)).unwrap();
    let version = named(&["templateVersion", "version"]);
    let managed = arn.is_some_and(|arn| arn.contains("::jobtemplate/")) || name.starts_with("AWS-");
    let parameters = ["documentParameters", "parameters"];
    let parameters = parameters.iter().find_map(|name| content[*name].as_array());
    if managed || parameters.is_some() {
        let version = version.as_deref().unwrap_or("1.0");
        let (name, version) = name.split_once(':').unwrap_or((&name, version));
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
    let (ok, answer) = (&expected["ok"], &actual["ok"]);
    let empty = answer.is_null() && ok.as_object().is_some_and(Map::is_empty);
    (empty || contains("ok", ok, answer))
        && expected["err"] == actual["err"]
        && same(&expected["out"], &actual["out"])
}

/// Lists have as many elements. Documents are compared as JSON, not by their blanks.
fn contains(name: &str, expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (expected, Value::String(actual)) if name == "document" => {
            let read = |text: &str| serde_json::from_str::<Value>(text).ok();
            let expected = match expected {
                Value::String(text) => read(text),
                document => Some(document.clone()),
            };
            expected.is_some() && expected == read(actual)
        }
        (Value::Object(expected), Value::Object(actual)) => {
            let member = |name| actual.get(name).unwrap_or(&Value::Null);
            let mut members = expected.iter();
            members.all(|(name, expected)| contains(name, expected, member(name)))
        }
        (Value::Array(expected), Value::Array(actual)) => {
            let mut pairs = expected.iter().zip(actual);
            expected.len() == actual.len()
                && pairs.all(|(expected, actual)| contains(name, expected, actual))
        }
        _ => fits(name, expected, actual),
    }
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
        (Value::String(expected), Value::String(actual)) if expected != actual => {
            is_signed(expected, actual)
        }
        _ => expected == actual,
    }
}

/// The format tells `signed:{kind}:{url}`, and not by which words it knows the kinds: others than
/// those of the placeholders are not compared.
fn is_signed(expected: &str, actual: &str) -> bool {
    let parts = |text: &str| -> Option<(String, String)> {
        let (kind, url) = text.strip_prefix("signed:")?.split_once(':')?;
        Some((kind.to_owned(), url.to_owned()))
    };
    let (Some((kind, url)), Some((_, other))) = (parts(expected), parts(actual)) else {
        return false;
    };
    url == other && !kind.starts_with("s3-presigned-url")
}

/// The jobs and executions at the end, asked for over the API.
fn last<S: Service>(service: &mut S, registry: &Registry, now: u64) -> Value {
    let mut ask = |api: &str, arguments: Value| {
        let mut answer = service.ask(api, &arguments, registry, now);
        assert_eq!(answer["out"], json!([]), "nothing is due");
        answer["ok"].take()
    };
    let (mut jobs, mut executions) = (Map::new(), Map::new());
    for job in pages(&mut ask, "ListJobs", json!({}), "jobs") {
        let id = job["jobId"].as_str().unwrap();
        let job = ask("DescribeJob", json!({"jobId": id}))["job"].take();
        let mut counts = job["jobProcessDetails"].clone();
        counts.as_object_mut().unwrap().remove("processingTargets");
        let told = json!({"status": job["status"], "counts": counts});
        jobs.insert(id.to_owned(), told);
        let (api, of_job) = ("ListJobExecutionsForJob", json!({"jobId": id}));
        for listed in pages(&mut ask, api, of_job, "executionSummaries") {
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
    json!({"jobs": jobs, "executions": executions})
}

/// A list of the control plane, all of its pages.
fn pages(
    ask: &mut impl FnMut(&str, Value) -> Value,
    api: &str,
    mut arguments: Value,
    name: &str,
) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let mut page = ask(api, arguments.clone());
        all.append(page[name].as_array_mut().unwrap());
        match page["nextToken"].take() {
            Value::Null => return all,
            token => arguments["nextToken"] = token,
        }
    }
}
