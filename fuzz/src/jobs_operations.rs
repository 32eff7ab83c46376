//! Jobs, things and time.

use iot_jobs::{Engine, Limits, Minute, Operation};
use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use crate::input::{Bytes, choose};
use crate::jobs_it::observe::{Known, laws, observe, pending_in_order, refused, texts};
use crate::jobs_it::registry::Registry;
use crate::jobs_it::service::{ACCOUNT, REGION, Service};

/// A line for the limits, then a line for each operation: its letter, how long after the one before
/// it comes, the job, the thing, and what is its own.
///
/// Whatever is done: counters are those of the executions, what has ended stays so, versions do not
/// go back, lists are in order, what is refused changes nothing, the next deadline lies ahead, and
/// the same again gives the same again.
pub fn jobs_operations(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n').map(Bytes::new);
    let Some(first) = lines.next() else { return };
    let limits = limits(first);
    let mut engine: Engine = Service::new(limits.clone(), true);
    let (mut world, mut now, mut known) = (world(), NOW, Known::new());
    let mut done = Vec::new();
    let lines: Vec<_> = lines.take(MOST).collect();
    for (index, line) in lines.iter().enumerate() {
        let step = step(line.clone(), &mut world, &engine, &mut now);
        let is_seen = index % SEEN_EVERY == lines.len() % SEEN_EVERY || index + 1 == lines.len();
        let before = is_seen.then(|| engine.clone());
        let answer = step.make(&mut engine, &world, now);
        let next = Service::next_deadline(&engine);
        assert!(next.is_none_or(|next| next > now), "{next:?} at {now}");
        if let Some(before) = before.filter(|_| refused(&answer)) {
            // Both forget what is over for long.
            let [told, kept] = [before, engine.clone()].map(|mut it| {
                Service::tick(&mut it, &world, now);
                let next = Service::next_deadline(&it);
                (observe(&mut it, THINGS, &world, now), next)
            });
            assert_eq!(told, kept, "{answer}");
        }
        // Numbers start again with a job of the same name.
        if let Step::Control("DeleteJob" | "CreateJob", request) = &step {
            let name = request["jobId"].to_string();
            known.retain(|(job, ..), _| *job != name);
        }
        if is_seen {
            laws(&mut known, &observe(&mut engine, THINGS, &world, now));
            let thing = THINGS[index % THINGS.len()];
            pending_in_order(&mut engine, thing, &world, now);
        }
        done.push((now, step, world.clone()));
    }
    let done = || {
        done.iter()
            .map(|(now, step, world): &(_, Step, _)| (*now, step.operation(), world))
    };
    assert_eq!(texts(&limits, done()), texts(&limits, done()));
}

const MOST: usize = 40;

/// To look after each of them takes most of the time. A line more or less moves those that are seen.
const SEEN_EVERY: usize = 4;

/// Monday, 2024-03-04T10:00.
const NOW: u64 = 1_709_546_400;

const THINGS: &[&str] = &["t1", "t2", "t3"];

fn world() -> Registry {
    let mut world = Registry {
        things: THINGS.iter().map(|it| (*it).to_owned()).collect(),
        ..Registry::default()
    };
    for (group, things) in [("g", THINGS), ("h", &THINGS[..1])] {
        let things = things.iter().map(|it| (*it).to_owned()).collect();
        world.groups.insert(group.to_owned(), things);
    }
    world
}

/// A letter for each limit that is not that of AWS IoT.
fn limits(mut letters: Bytes<'_>) -> Limits {
    let mut limits = Limits::AWS_IOT;
    while !letters.is_empty() {
        match letters.byte() {
            b'c' => limits.concurrent_jobs = 1,
            b'a' => limits.active_jobs = 2,
            b'p' => limits.pending_shown = 1,
            b'w' => limits.pending_windowed_shown = 0,
            b'r' => limits.retention = core::time::Duration::from_secs(600),
            b't' => limits.targets = 1,
            _ => {}
        }
    }
    limits
}

enum Step {
    Tick,
    Control(&'static str, Value),
    Publish(String, Vec<u8>),
    Joined(&'static str, &'static str),
    Left(&'static str, &'static str),
    Deleted(&'static str),
}

impl Step {
    fn operation(&self) -> Option<Operation<'_>> {
        Some(match self {
            Self::Tick => return None,
            Self::Control(api, arguments) => Operation::Control { api, arguments },
            Self::Publish(topic, payload) => Operation::Publish { topic, payload },
            Self::Joined(thing, group) => Operation::ThingJoined { thing, group },
            Self::Left(thing, group) => Operation::ThingLeft { thing, group },
            Self::Deleted(thing) => Operation::ThingDeleted { thing },
        })
    }

    fn make(&self, engine: &mut Engine, world: &Registry, now: u64) -> Value {
        match self.operation() {
            Some(operation) => Service::apply(engine, operation, world, now),
            None => json!({"ok": null, "out": Service::tick(engine, world, now)}),
        }
    }
}

const PAUSES: &[(u8, u64)] = &[
    (b' ', 0),
    (b's', 1),
    (b'u', 59),
    (b'm', 60),
    (b'v', 61),
    (b'M', 600),
    (b'h', 1_800),
    (b'H', 3_600),
    (b'D', 43_200),
];

const JOBS: &[(u8, &str)] = &[(b'A', "A"), (b'B', "B"), (b'C', "get"), (b'N', "$next")];
const NAMES: &[(u8, &str)] = &[(b'1', "t1"), (b'2', "t2"), (b'3', "t3")];

/// What a line says. Joins and leaves come true in the registry.
fn step(mut line: Bytes<'_>, world: &mut Registry, engine: &Engine, now: &mut u64) -> Step {
    let letter = line.byte();
    *now += choose(PAUSES, line.byte());
    let (job, thing) = (choose(JOBS, line.byte()), choose(NAMES, line.byte()));
    let own = line.clone().byte();
    let force = letter.is_ascii_uppercase();
    let topic = |path: &str| format!("$aws/things/{thing}/jobs/{path}");
    let report = |status: &str| {
        let payload = json!({"status": status, "includeJobExecutionState": true});
        Step::Publish(
            topic(&format!("{job}/update")),
            payload.to_string().into_bytes(),
        )
    };
    let group = if own == b'h' { "h" } else { "g" };
    match letter {
        b'c' => Step::Control("CreateJob", create(job, line, *now)),
        b'U' => Step::Control("UpdateJob", request(json!({"jobId": job}), line, *now)),
        b'x' | b'X' => Step::Control("CancelJob", json!({"jobId": job, "force": force})),
        b'd' | b'D' => Step::Control("DeleteJob", json!({"jobId": job, "force": force})),
        b'a' => {
            let targets = [arn("thinggroup", group)];
            Step::Control(
                "AssociateTargetsWithJob",
                json!({"jobId": job, "targets": targets}),
            )
        }
        b'e' | b'E' => {
            let request = json!({"jobId": job, "thingName": thing, "force": force});
            Step::Control("CancelJobExecution", request)
        }
        b'r' | b'R' => {
            let number = u64::from(own % 8);
            let request = json!({"jobId": job, "thingName": thing, "force": force, "executionNumber": number});
            Step::Control("DeleteJobExecution", request)
        }
        b's' => Step::Publish(topic("start-next"), line.rest().to_vec()),
        b'w' => Step::Publish(topic(&format!("{job}/update")), line.rest().to_vec()),
        b'p' => report("IN_PROGRESS"),
        b'S' => report("SUCCEEDED"),
        b'F' => report("FAILED"),
        b'J' => report("REJECTED"),
        b'j' => {
            let member = world.groups[group].iter().any(|it| it == thing);
            if !member && world.things.iter().any(|it| it == thing) {
                world.join(thing, group);
            }
            Step::Joined(thing, group)
        }
        b'l' => {
            world.leave(thing, group);
            Step::Left(thing, group)
        }
        b'g' => {
            world.delete(thing);
            Step::Deleted(thing)
        }
        b'n' => {
            *now = Service::next_deadline(engine).map_or(*now, |next| next.max(*now));
            Step::Tick
        }
        _ => Step::Tick,
    }
}

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:iot:{REGION}:{ACCOUNT}:{kind}/{name}")
}

fn create(job: &str, letters: Bytes<'_>, now: u64) -> Value {
    let base = json!({
        "jobId": job,
        "targets": [arn("thinggroup", "g")],
        "document": "{\"op\":\"reboot\"}",
    });
    request(base, letters, now)
}

/// A letter for each member of a request.
fn request(mut request: Value, mut letters: Bytes<'_>, now: u64) -> Value {
    let after = |minutes: u64| Minute::ceil(Timestamp::from_secs(now + minutes * 60)).to_string();
    let retries = |kind: &str, retries: u64| json!({"criteriaList": [{"failureType": kind, "numberOfRetries": retries}]});
    let abort = |kind: &str, percentage: u64, min: u64| {
        json!({"criteriaList": [{
            "failureType": kind, "action": "CANCEL",
            "thresholdPercentage": percentage, "minNumberOfExecutedThings": min,
        }]})
    };
    let window = |cron: &str| json!({"startTime": after(30), "maintenanceWindows": [{"startTime": cron, "durationInMinutes": 20}]});
    let mut schedule = Map::new();
    while !letters.is_empty() {
        let (name, value) = match letters.byte() {
            b'c' => ("targetSelection", json!("CONTINUOUS")),
            b'h' => (
                "targets",
                json!([arn("thinggroup", "h"), arn("thing", "t2")]),
            ),
            b't' => ("targets", json!([arn("thing", "t3")])),
            b'1' => ("jobExecutionsRolloutConfig", json!({"maximumPerMinute": 1})),
            b'2' => ("jobExecutionsRolloutConfig", json!({"maximumPerMinute": 2})),
            b'f' => ("jobExecutionsRetryConfig", retries("FAILED", 1)),
            b'o' => ("jobExecutionsRetryConfig", retries("TIMED_OUT", 2)),
            b'l' => ("jobExecutionsRetryConfig", retries("ALL", 2)),
            b'0' => ("jobExecutionsRetryConfig", retries("ALL", 0)),
            b'a' => ("abortConfig", abort("ALL", 50, 2)),
            b'b' => ("abortConfig", abort("REJECTED", 1, 1)),
            b'i' => ("timeoutConfig", json!({"inProgressTimeoutInMinutes": 1})),
            b'y' => ("timeoutConfig", json!({"inProgressTimeoutInMinutes": 30})),
            b'd' => ("description", json!("d")),
            letter => {
                let more = match letter {
                    b's' => json!({"startTime": after(30)}),
                    b'e' => json!({"endTime": after(60)}),
                    b'E' => json!({"endTime": after(120)}),
                    b'x' => json!({"endBehavior": "CANCEL"}),
                    b'X' => json!({"endBehavior": "FORCE_CANCEL"}),
                    b'w' => window("cron(0 * * * ? *)"),
                    b'W' => window("cron(0/10 12-14 * * ? *)"),
                    _ => continue,
                };
                schedule.extend(more.as_object().unwrap().clone());
                ("schedulingConfig", Value::Object(schedule.clone()))
            }
        };
        request[name] = value;
    }
    request
}
