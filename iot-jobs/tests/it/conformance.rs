//! The conformance cases against the crate: its own, or those of the directory that the
//! environment variable `IOT_CONFORMANCE` names. Those of pure rules are answered here, the others
//! by the engine.
#![expect(
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use alloc::collections::BTreeMap;

use iot_jobs::{
    AbortConfig, Cron, DocumentError, DocumentParameter, Engine, JobDocument, Limits, Minute,
    RolloutConfig, TextPattern, fill_parameters,
};
use serde_json::{Value, json};

use crate::cases::{self, Answers, Run};
use crate::engine_cases;
use crate::naive::Naive;

/// Those of `more.jsonl` were derived by hand where the others have gaps.
const FILES: [(&str, Run); 2] = [("jobs.jsonl", run), ("more.jsonl", run)];
const LIMITS: Limits = Limits::AWS_IOT;
const INVALID: &str = "InvalidRequestException";

#[test]
fn every_case_holds() {
    cases::hold(&FILES);
}

/// The naive model is right before anything is compared with it.
#[test]
fn every_case_holds_in_the_naive_model() {
    let naive: Run = |case| {
        // It knows neither templates, placeholders, sources nor pages.
        let text = case.to_string();
        let words = ["${aws:iot:", "jobTemplate", "documentSource", "maxResults"];
        let foreign = words.iter().any(|word| text.contains(word));
        let steps = case["steps"].as_array().unwrap();
        if foreign || steps.iter().any(|step| answer(step).is_some()) {
            return None;
        }
        Some(engine_cases::run::<Naive>(case))
    };
    let files = FILES.map(|(file, _)| (file, naive));
    let report = cases::run(&cases::own(), &files);
    assert_eq!(report.failed, 0, "{}", report.text);
    assert!(report.passed > 0, "no case ran");
}

fn run(case: &Value) -> Option<Answers> {
    Some(engine_cases::run::<Engine>(case))
}

/// The answer to a step of a pure rule; nothing, if it is for the engine.
pub(crate) fn answer(step: &Value) -> Option<Value> {
    let args = &step["args"];
    let answer = match step["op"].as_str().unwrap() {
        "RolloutRate" => rollout_rate(args),
        "ValidateRollout" => RolloutConfig::from_json(args, &LIMITS)
            .map(|_| Value::Null)
            .map_err(|_| INVALID),
        "ValidateAbort" => AbortConfig::from_json(args, &LIMITS)
            .map(|_| Value::Null)
            .map_err(|_| INVALID),
        "CronNext" => cron_next(args),
        "Placeholders" => placeholders(args),
        "SubstituteParameters" => substitute_parameters(args),
        _ => return None,
    };
    Some(match answer {
        Ok(ok) => json!({"ok": ok, "out": []}),
        Err(error) => json!({"err": error, "out": []}),
    })
}

/// `{}` stands for a job without a rollout configuration.
fn rollout_rate(args: &Value) -> Result<Value, &'static str> {
    let config = match &args["config"] {
        Value::Object(map) if map.is_empty() => RolloutConfig::default(),
        config => RolloutConfig::from_json(config, &LIMITS).map_err(|_| INVALID)?,
    };
    let count = |name: &str| args[name].as_u64().unwrap();
    Ok(json!({"rate": config.rate(count("notified"), count("succeeded"))}))
}

fn cron_next(args: &Value) -> Result<Value, &'static str> {
    let cron = Cron::parse(args["cron"].as_str().unwrap()).map_err(|_| INVALID)?;
    let mut from = Minute::parse(args["after"].as_str().unwrap()).unwrap();
    let mut occurrences = Vec::new();
    for _ in 0..args["count"].as_u64().unwrap_or(1) {
        let Some(hit) = cron.next(from) else { break };
        occurrences.push(hit.to_string());
        let after = hit.timestamp().as_millis() + 1;
        from = Minute::ceil(iot_topics::Timestamp::from_millis(after));
    }
    Ok(json!({"occurrences": occurrences}))
}

fn placeholders(args: &Value) -> Result<Value, &'static str> {
    let destinations = args["destinationPackageVersions"].as_array();
    match JobDocument::parse(args["document"].as_str().unwrap(), &LIMITS) {
        // A package without a name is that of the one destination.
        Ok(document) if document.needs_destination() && destinations.map_or(0, Vec::len) != 1 => {
            Err("InvalidJobDocumentException")
        }
        Ok(_) => Ok(Value::Null),
        Err(error) => Err(error_of(&error)),
    }
}

fn error_of(error: &DocumentError) -> &'static str {
    if error.is_placeholder() {
        "InvalidJobDocumentException"
    } else {
        INVALID
    }
}

fn substitute_parameters(args: &Value) -> Result<Value, &'static str> {
    let parameter = |parameter: &Value| {
        let pattern = TextPattern::parse(parameter["regex"].as_str().unwrap());
        let key = parameter["key"].as_str().unwrap().to_owned();
        DocumentParameter::new(key, pattern.unwrap(), parameter["optional"] == true)
    };
    let parameters = args["documentParameters"].as_array();
    let parameters = parameters.into_iter().flatten();
    let parameters: Vec<_> = parameters.map(parameter).collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let given = args["given"].as_object();
    let given: BTreeMap<_, _> = given
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), text(value)))
        .collect();
    let document = args["document"].as_str().unwrap();
    fill_parameters(document, &parameters, &given, &LIMITS)
        .map(|document| json!({"document": document}))
        .map_err(|_| INVALID)
}
