//! The ways into the device plane are encodings of one set of rules: the same requests, asked
//! each way of an engine of its own, get the same answers and tell others the same.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a value of JSON gives null where there is nothing"
)]
#![expect(clippy::unwrap_used, reason = "a request that cannot be put must fail")]

use iot_jobs::{
    Describe, Effect, EffectKind, Engine, ExecutionStatus, ExecutionView, Limits, Operation,
    Rejection, StartNext, StatusDetails, StepTimeout, Update,
};
use iot_topics::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::registry::Registry;

const START: u64 = 1_700_000_000;
const THING: &str = "pump";
const DOCUMENT: &str = "{\"do\": \"it\"}";

/// A request of the one device, or what comes in between.
#[derive(Clone, Debug)]
enum Step {
    Pending,
    StartNext(Value),
    Describe(Option<&'static str>, Value),
    Update(&'static str, Value),
    Cancel(&'static str),
    Wait(u64),
}

/// Jobs of the device: plain, with a timer, and with retries; and one that there is not.
const JOBS: [&str; 4] = ["plain", "timed", "retried", "none"];

fn engine(registry: &Registry) -> Engine {
    let mut engine = Engine::new("us-east-1", "123456789012");
    engine.set_events(true);
    for (id, more) in [
        ("plain", json!({})),
        (
            "timed",
            json!({"timeoutConfig": {"inProgressTimeoutInMinutes": 3}}),
        ),
        (
            "retried",
            json!({"jobExecutionsRetryConfig": {"criteriaList": [
                {"failureType": "ALL", "numberOfRetries": 2},
            ]}}),
        ),
    ] {
        let mut job = json!({
            "jobId": id,
            "document": DOCUMENT,
            "targets": ["arn:aws:iot:us-east-1:123456789012:thing/pump"],
        });
        let members = job.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        let create = Operation::Control {
            api: "CreateJob",
            arguments: &job,
        };
        let now = Timestamp::from_secs(START);
        engine.apply(create, registry, &mut (), now).unwrap();
    }
    engine
}

/// What one step gave: the answer, and what others were told.
type Taken = (Value, Vec<(String, String)>);

fn over_mqtt(engine: &mut Engine, registry: &Registry, step: &Step, now: u64) -> Taken {
    let (topic, members) = match step {
        Step::Pending => ("get".into(), json!({})),
        Step::StartNext(members) => ("start-next".into(), members.clone()),
        Step::Describe(job, members) => {
            (format!("{}/get", job.unwrap_or("$next")), members.clone())
        }
        Step::Update(job, members) => (format!("{job}/update"), members.clone()),
        Step::Cancel(_) | Step::Wait(_) => return other(engine, registry, step, now),
    };
    let (mut answer, mut told) = (Value::Null, Vec::new());
    let mut sink = |effect: Effect<'_>| match effect.kind() {
        EffectKind::Answer { topic, payload } => {
            let mut payload: Value = serde_json::from_str(payload).unwrap();
            assert_eq!(payload["timestamp"], now);
            let members = payload.as_object_mut().unwrap();
            members.remove("timestamp");
            members.remove("message");
            assert_eq!(topic.ends_with("/rejected"), members.contains_key("code"));
            answer = payload;
        }
        _ => told.push((effect.topic(), effect.payload())),
    };
    let payload = members.to_string();
    let operation = Operation::Publish {
        topic: &format!("$aws/things/{THING}/jobs/{topic}"),
        payload: payload.as_bytes(),
    };
    let now = Timestamp::from_secs(now);
    engine.apply(operation, registry, &mut sink, now).unwrap();
    (answer, told)
}

fn typed(engine: &mut Engine, registry: &Registry, step: &Step, now: u64) -> Taken {
    let mut told = Vec::new();
    let mut sink = |effect: Effect<'_>| told.push((effect.topic(), effect.payload()));
    let (sink, at) = (&mut sink, Timestamp::from_secs(now));
    let details = |members: &Value| {
        let details = members.get("statusDetails")?;
        Some(StatusDetails::from_json("statusDetails", details, &Limits::AWS_IOT).unwrap())
    };
    let timeout = |members: &Value| match members["stepTimeoutInMinutes"].as_i64()? {
        -1 => Some(StepTimeout::Discard),
        minutes => Some(StepTimeout::Minutes(u32::try_from(minutes).unwrap())),
    };
    let number =
        |members: &Value| Some(u32::try_from(members["executionNumber"].as_u64()?).unwrap());
    let one = |answer: Result<Option<ExecutionView<'_>>, Rejection>| match answer {
        Ok(Some(execution)) => json!({"execution": execution_shape(execution)}),
        Ok(None) => json!({}),
        Err(rejection) => error_shape(&rejection),
    };
    let answer = match step {
        Step::Pending => {
            let (running, queued): (Vec<_>, Vec<_>) = engine
                .pending(THING, registry, sink, at)
                .partition(|it| it.status() == ExecutionStatus::InProgress);
            let list = |list: Vec<_>| list.into_iter().map(summary_shape).collect::<Value>();
            json!({"inProgressJobs": list(running), "queuedJobs": list(queued)})
        }
        Step::StartNext(members) => {
            let mut request = StartNext::default();
            request.status_details = details(members);
            request.step_timeout = timeout(members);
            one(engine.start_next(THING, &request, registry, sink, at))
        }
        Step::Describe(job, members) => {
            let mut request = job.map_or_else(Describe::next, Describe::job);
            request.execution_number = number(members);
            one(engine.describe(THING, &request, registry, sink, at))
        }
        Step::Update(job, members) => {
            let status = ExecutionStatus::parse(members["status"].as_str().unwrap()).unwrap();
            let mut request = Update::new(status);
            request.status_details = details(members);
            request.expected_version = members["expectedVersion"].as_u64();
            request.execution_number = number(members);
            request.step_timeout = timeout(members);
            match engine.update(THING, job, &request, registry, sink, at) {
                Ok(execution) => {
                    let state = state_shape(
                        execution.status(),
                        execution.status_details_json(),
                        execution.version(),
                    );
                    json!({"executionState": state, "jobDocument": document(execution)})
                }
                Err(rejection) => error_shape(&rejection),
            }
        }
        Step::Cancel(_) | Step::Wait(_) => return other(engine, registry, step, now),
    };
    (answer, told)
}

/// The answer is told as MQTT tells it: see [`as_http`] for what differs.
fn over_http(engine: &mut Engine, registry: &Registry, step: &Step, now: u64) -> Taken {
    let base = format!("/things/{THING}/jobs");
    let (method, target, body) = match step {
        Step::Pending => ("GET", base, None),
        Step::StartNext(members) => ("PUT", format!("{base}/$next"), Some(members)),
        Step::Describe(job, members) => {
            let query = match &members["executionNumber"] {
                Value::Null => String::new(),
                number => format!("?executionNumber={number}&includeJobDocument=true"),
            };
            (
                "GET",
                format!("{base}/{}{query}", job.unwrap_or("%24next")),
                None,
            )
        }
        Step::Update(job, members) => ("POST", format!("{base}/{job}"), Some(members)),
        Step::Cancel(_) | Step::Wait(_) => return other(engine, registry, step, now),
    };
    let mut told = Vec::new();
    let mut sink = |effect: Effect<'_>| told.push((effect.topic(), effect.payload()));
    let now = Timestamp::from_secs(now);
    let body = body.map(Value::to_string).unwrap_or_default();
    let answer = engine.handle_http(method, &target, body.as_bytes(), registry, &mut sink, now);
    let answer = answer.unwrap();
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let answer = match answer.error {
        None => json!({"status": answer.status, "body": body}),
        Some(error) => {
            assert!(body["message"].is_string());
            json!({"status": answer.status, "error": error})
        }
    };
    (answer, told)
}

/// The answer over HTTP to a request that was answered like this over MQTT.
fn as_http(mut answer: Value) -> Value {
    let (status, error) = match answer["code"].as_str() {
        Some("InvalidRequest" | "VersionMismatch") => (400, "InvalidRequestException"),
        Some("ResourceNotFound") => (404, "ResourceNotFoundException"),
        Some("InvalidStateTransition") => (409, "InvalidStateTransitionException"),
        Some("TerminalStateReached") => (410, "TerminalStateException"),
        Some(_) => (0, "an error that HTTP does not have"),
        None => {
            let as_text = |answer: &mut Value| {
                if let Some(document) = answer.get_mut("jobDocument") {
                    assert_eq!(*document, json!({"do": "it"}));
                    *document = DOCUMENT.into();
                }
            };
            as_text(&mut answer);
            if let Some(execution) = answer.get_mut("execution") {
                execution["thingName"] = THING.into();
                as_text(execution);
            }
            return json!({"status": 200, "body": answer});
        }
    };
    json!({"status": status, "error": error})
}

/// What is the same each way.
fn other(engine: &mut Engine, registry: &Registry, step: &Step, now: u64) -> Taken {
    let mut told = Vec::new();
    let mut sink = |effect: Effect<'_>| told.push((effect.topic(), effect.payload()));
    let now = Timestamp::from_secs(now);
    if let Step::Cancel(job) = step {
        let arguments = json!({"thingName": THING, "jobId": job, "force": true});
        let operation = Operation::Control {
            api: "CancelJobExecution",
            arguments: &arguments,
        };
        // Whether it could be canceled shows in what is told.
        let _ = engine.apply(operation, registry, &mut sink, now);
    } else {
        engine.tick(registry, &mut sink, now);
    }
    (Value::Null, told)
}

fn document(execution: ExecutionView<'_>) -> Value {
    serde_json::from_str(&execution.document()).unwrap()
}

fn summary_shape(execution: ExecutionView<'_>) -> Value {
    let mut shape = json!({
        "jobId": execution.job_id(),
        "queuedAt": execution.queued_at().as_secs(),
        "lastUpdatedAt": execution.last_updated_at().as_secs(),
        "versionNumber": execution.version(),
        "executionNumber": execution.execution_number(),
    });
    if let Some(started_at) = execution.started_at() {
        shape["startedAt"] = started_at.as_secs().into();
    }
    shape
}

fn execution_shape(execution: ExecutionView<'_>) -> Value {
    let mut shape = summary_shape(execution);
    shape["status"] = execution.status().as_str().into();
    shape["jobDocument"] = document(execution);
    if let Some(left) = execution.approximate_seconds_before_timed_out() {
        shape["approximateSecondsBeforeTimedOut"] = left.into();
    }
    let details = execution.status_details();
    if execution.status_details_json().is_some() {
        shape["statusDetails"] = details.to_json();
    }
    assert_eq!(execution.thing(), THING);
    shape
}

fn state_shape(status: ExecutionStatus, details: Option<&str>, version: u32) -> Value {
    let mut shape = json!({"status": status.as_str(), "versionNumber": version});
    if let Some(details) = details {
        shape["statusDetails"] = serde_json::from_str(details).unwrap();
    }
    shape
}

fn error_shape(rejection: &Rejection) -> Value {
    let mut shape = json!({"code": rejection.code().as_str()});
    if let Some(state) = rejection.execution_state() {
        shape["executionState"] =
            state_shape(state.status(), state.status_details_json(), state.version());
    }
    shape
}

fn members(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let member = |name: &'static str| match name {
        "statusDetails" => select(vec![json!({}), json!({"a": "1"}), json!({"b": "\"\u{e9}"})]),
        "stepTimeoutInMinutes" => select(vec![json!(-1), json!(1), json!(2), json!(10_080)]),
        "executionNumber" => select(vec![json!(1), json!(2), json!(3)]),
        _ => select(vec![json!(1), json!(2), json!(3), json!(9)]),
    };
    let pairs: Vec<_> = of
        .iter()
        .map(|name| option::weighted(0.3, member(name)).prop_map(move |it| Some((*name, it?))))
        .collect();
    pairs.prop_map(|pairs| {
        let pairs = pairs.into_iter().flatten();
        pairs
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Value>()
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let report = &["statusDetails", "stepTimeoutInMinutes"];
    let update = &[
        "statusDetails",
        "stepTimeoutInMinutes",
        "executionNumber",
        "expectedVersion",
    ];
    let statuses = select(ExecutionStatus::ALL.to_vec());
    let step = prop_oneof![
        1 => Just(Step::Pending),
        4 => members(report).prop_map(Step::StartNext),
        2 => (option::of(select(JOBS.to_vec())), members(&["executionNumber"]))
            .prop_map(|(job, members)| Step::Describe(job, members)),
        6 => (select(JOBS.to_vec()), statuses, members(update)).prop_map(
            |(job, status, mut members)| {
                members["status"] = status.as_str().into();
                members["includeJobExecutionState"] = true.into();
                members["includeJobDocument"] = true.into();
                Step::Update(job, members)
            }
        ),
        1 => select(JOBS.to_vec()).prop_map(Step::Cancel),
        2 => (0_u64..200).prop_map(Step::Wait),
    ];
    vec(step, 1..30)
}

proptest! {
    #[test]
    fn each_way_in_is_the_same(steps in steps()) {
        let registry = Registry { things: vec![THING.to_owned()], ..Registry::default() };
        let (mut by_mqtt, mut by_types) = (engine(&registry), engine(&registry));
        let mut by_http = engine(&registry);
        let mut now = START;
        for step in steps {
            if let Step::Wait(seconds) = step {
                now += seconds;
            }
            let expected = over_mqtt(&mut by_mqtt, &registry, &step, now);
            prop_assert_eq!(&typed(&mut by_types, &registry, &step, now), &expected, "{:?}", step);
            let is_request = !matches!(step, Step::Cancel(_) | Step::Wait(_));
            let (answer, told) = expected;
            let answer = if is_request { as_http(answer) } else { answer };
            let expected = (answer, told);
            prop_assert_eq!(&over_http(&mut by_http, &registry, &step, now), &expected, "{:?}", step);
            prop_assert_eq!(by_types.next_deadline(), by_mqtt.next_deadline());
            prop_assert_eq!(by_http.next_deadline(), by_mqtt.next_deadline());
            // All is rolled out, so that nothing but executions can be due.
            prop_assert_eq!(by_mqtt.next_deadline(), first_timeout(&by_mqtt, now));
        }
        for job in JOBS {
            let counts = |engine: &Engine| {
                let job = engine.job(job)?;
                Some((job.status(), ExecutionStatus::ALL.map(|status| job.count(status))))
            };
            prop_assert_eq!(counts(&by_types), counts(&by_mqtt));
        }
    }
}

/// When the first execution times out, found by asking each of them.
fn first_timeout(engine: &Engine, now: u64) -> Option<Timestamp> {
    let executions = JOBS.map(|job| engine.execution(THING, job, None));
    let left = executions.into_iter().flatten().filter_map(|execution| {
        let left = execution.approximate_seconds_before_timed_out()?;
        assert_eq!(execution.status(), ExecutionStatus::InProgress);
        assert!(left > 0, "it is overdue");
        Some(left)
    });
    left.min()
        .map(|left| Timestamp::from_secs(now + u64::from(left)))
}

#[test]
fn wrong_requests_over_http() {
    let registry = Registry {
        things: vec![THING.to_owned()],
        ..Registry::default()
    };
    let mut engine = engine(&registry);
    let mut ask = |method: &str, target: &str, body: &str| {
        let mut nobody_is_told = |effect: Effect<'_>| panic!("{}", effect.topic());
        let (body, now) = (body.as_bytes(), Timestamp::from_secs(START));
        let answer = engine.handle_http(method, target, body, &registry, &mut nobody_is_told, now);
        answer.map(|answer| answer.status)
    };
    for (method, target, body, status) in [
        ("GET", "/things/pump/shadow", "", None),
        ("GET", "/things/pump/jobs/plain/more", "", None),
        ("GET", "/things/pump/jobsite", "", None),
        ("GET", "/things/pump", "", None),
        ("DELETE", "/things/pump/jobs", "", Some(405)),
        ("POST", "/things/pump/jobs", "", Some(405)),
        ("PUT", "/things/pump/jobs/plain", "{}", Some(405)),
        ("GET", "/things/pu%20mp/jobs", "", Some(400)),
        ("GET", "/things/pu%2/jobs", "", Some(400)),
        ("GET", "/things/pu%+2mp/jobs", "", Some(400)),
        ("GET", "/things/pump/jobs/pl%61in", "", Some(200)),
        ("GET", "/things/pump/jobs/", "", Some(400)),
        ("GET", "/things/pump/jobs/pl+in", "", Some(400)),
        (
            "POST",
            "/things/pump/jobs/$next",
            r#"{"status":"FAILED"}"#,
            Some(400),
        ),
        ("POST", "/things/pump/jobs/plain", "", Some(400)),
        ("POST", "/things/pump/jobs/plain", "[]", Some(400)),
        (
            "POST",
            "/things/pump/jobs/plain",
            r#"{"status":"DONE"}"#,
            Some(400),
        ),
        (
            "PUT",
            "/things/pump/jobs/$next",
            r#"{"stepTimeoutInMinutes":0}"#,
            Some(400),
        ),
        (
            "GET",
            "/things/pump/jobs/plain?executionNumber=0",
            "",
            Some(400),
        ),
        (
            "GET",
            "/things/pump/jobs/plain?executionNumber=",
            "",
            Some(400),
        ),
        (
            "GET",
            "/things/pump/jobs/plain?executionNumber=%31",
            "",
            Some(200),
        ),
        (
            "GET",
            "/things/pump/jobs/plain?executionNumber=99999999999",
            "",
            Some(404),
        ),
        (
            "GET",
            "/things/pump/jobs/plain?includeJobDocument=1",
            "",
            Some(400),
        ),
        (
            "GET",
            "/things/pump/jobs/plain?includeJobDocument=%",
            "",
            Some(400),
        ),
    ] {
        assert_eq!(
            ask(method, target, body),
            status,
            "{method} {target} {body}"
        );
    }
}
