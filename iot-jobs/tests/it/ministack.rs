//! The same calls to the engine and to ministack: `tests/ministack/README.md` tells how.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a line that is not in the format must fail"
)]

use alloc::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use iot_jobs::{Engine, ExecutionStatus, JobStatus, JobView, Operation};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::registry::Registry;

/// The environment variable that names the file of ministack's answers.
const VARIABLE: &str = "IOT_MINISTACK";

/// Fewer calls show too little.
const LEAST: usize = 2_000;

#[test]
#[ignore = "needs the answers of ministack"]
fn answers_as_ministack() {
    let file = std::env::var_os(VARIABLE).expect("a file of ministack's answers");
    let answers = std::fs::read_to_string(file).unwrap();
    let lines = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let lines: Vec<Value> = lines.collect();
    let (mut calls, mut agree, mut accepted, mut after) = (0, 0, 0, 0);
    let mut differences: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unknown = String::new();
    for sequence in lines.chunk_by(|one, other| one["sequence"] == other["sequence"]) {
        let mut account = Account::new();
        for (at, call) in sequence.iter().enumerate() {
            calls += 1;
            let (mut ours, mut theirs) = (account.take(call), told(call));
            let untold = level(call, &mut ours, &mut theirs);
            if ours == theirs {
                agree += usize::from(untold.is_empty());
                accepted += usize::from(!ours.is_array());
                for name in untold {
                    *differences.entry(name).or_default() += 1;
                }
                continue;
            }
            let case = Case {
                call,
                account: &account,
                ours: &ours,
                theirs: &theirs,
            };
            let known = KNOWN.iter().find(|known| (known.is)(&case));
            let Some(known) = known else {
                unknown += &format!("{call}\n ours: {ours}\n ministack: {theirs}\n");
                after += sequence.len() - at - 1;
                break;
            };
            *differences.entry(known.name).or_default() += 1;
            if !(known.goes_on)(&case) {
                // From here on the two are not in the same state.
                after += sequence.len() - at - 1;
                break;
            }
        }
    }
    let mut report =
        format!("{calls} calls, {agree} answered alike, {accepted} accepted by both\n");
    for (name, count) in &differences {
        report += &format!("{count:6} {name}\n");
    }
    report += &format!("{after:6} calls after one that leaves the two in different states\n");
    // Not `print!`: the harness would keep that to itself while the test passes.
    std::io::stdout()
        .lock()
        .write_all(report.as_bytes())
        .unwrap();
    assert!(unknown.is_empty(), "{unknown}");
    assert!(agree >= LEAST && accepted > agree / 2);
}

/// Answers that differ.
struct Case<'a> {
    call: &'a Value,
    account: &'a Account,
    ours: &'a Value,
    theirs: &'a Value,
}

struct Known {
    /// As in the README, which has the reason.
    name: &'static str,
    is: fn(&Case<'_>) -> bool,
    /// Whether the two are in the same state nevertheless.
    goes_on: fn(&Case<'_>) -> bool,
}

/// A member that one of the two tells and the other does not.
struct Untold {
    name: &'static str,
    at: &'static str,
    member: &'static str,
    /// Who does not tell it.
    by: By,
    /// Of the call, and of what has the member.
    when: fn(&Value, &Value) -> bool,
}

#[derive(Clone, Copy)]
enum By {
    Engine,
    Ministack,
}

const UNTOLD: [Untold; 3] = [
    Untold {
        name: "forceCanceled of an execution",
        at: "/execution",
        member: "forceCanceled",
        by: By::Ministack,
        when: |_, execution| execution["status"] == "CANCELED",
    },
    Untold {
        name: "step timer of start-next",
        at: "/execution",
        member: "approximateSecondsBeforeTimedOut",
        by: By::Ministack,
        when: |_, execution| execution["status"] == "IN_PROGRESS",
    },
    Untold {
        name: "document of $next, not asked for",
        at: "/execution",
        member: "jobDocument",
        by: By::Engine,
        when: |call, _| {
            let target = call["target"].as_str().unwrap_or_default();
            target.contains("$next") && target.contains("includeJobDocument=false")
        },
    },
];

/// Takes out what only one tells, and gives the names of these differences.
fn level(call: &Value, ours: &mut Value, theirs: &mut Value) -> Vec<&'static str> {
    let mut names = Vec::new();
    for untold in &UNTOLD {
        let (telling, silent) = match untold.by {
            By::Engine => (&mut *theirs, &mut *ours),
            By::Ministack => (&mut *ours, &mut *theirs),
        };
        let telling = telling.pointer_mut(untold.at);
        let silent = silent.pointer(untold.at);
        if let (Some(telling), Some(silent)) = (telling, silent)
            && silent.get(untold.member).is_none()
            && (untold.when)(call, telling)
            && let Some(members) = telling.as_object_mut()
            && members.remove(untold.member).is_some()
        {
            names.push(untold.name);
        }
    }
    names
}

/// Answers that are others. `tests/ministack/README.md` has the reason of each.
const KNOWN: [Known; 11] = [
    Known {
        name: "member that is not checked",
        is: |case| case.ours[1] == INVALID && is_malformed(case.call),
        goes_on: |case| case.both_refuse(),
    },
    Known {
        name: "order of checks",
        is: |case| case.both_refuse() && has_two_faults(case.call),
        goes_on: |_| true,
    },
    Known {
        name: "target of another account",
        is: |case| {
            case.both_refuse()
                && case.call["arguments"]["targets"]
                    .to_string()
                    .contains(FOREIGN)
        },
        goes_on: |_| true,
    },
    Known {
        name: "AssociateTargetsWithJob",
        is: |case| case.call["api"] == "AssociateTargetsWithJob",
        goes_on: |case| case.both_refuse(),
    },
    Known {
        name: "snapshot of no things",
        is: |case| case.account.empty_snapshots.contains(&job_of(case.call)),
        goes_on: |_| false,
    },
    Known {
        name: "abort by the last end",
        is: |case| {
            let [ours, theirs] = [case.ours, case.theirs].map(|answer| &answer["job"]);
            ours["reasonCode"] == "ABORT_CANCEL" && theirs["status"] == "COMPLETED"
        },
        goes_on: |_| false,
    },
    Known {
        name: "number of a deleted execution",
        is: |case| {
            case.account.had_deleted_execution && unnumbered(case.ours) == unnumbered(case.theirs)
        },
        goes_on: |_| false,
    },
    Known {
        name: "running execution first",
        is: |case| case.hands_out_a_running_one(),
        goes_on: |case| case.call["method"] == "GET",
    },
    Known {
        name: "execution that is not the newest",
        is: |case| case.both_refuse() && case.account.names_an_older_one(case.call),
        goes_on: |_| true,
    },
    // What shows in any later answer, and so comes last.
    Known {
        name: "retry",
        is: |case| case.account.had_retries,
        goes_on: |_| false,
    },
    Known {
        name: "step timer that is discarded",
        is: |case| case.account.had_discarded_timer,
        goes_on: |_| false,
    },
];

const INVALID: &str = "InvalidRequestException";
const FOREIGN: &str = ":999999999999:";

impl Case<'_> {
    fn both_refuse(&self) -> bool {
        self.ours.is_array() && self.theirs.is_array()
    }

    /// Of `$next`, where ministack takes one that was queued before.
    fn hands_out_a_running_one(&self) -> bool {
        let (thing, job) = named(self.call);
        let [ours, theirs] = [self.ours, self.theirs].map(|answer| &answer["execution"]);
        let status = |execution: &Value| {
            let (job, number) = (
                execution["jobId"].as_str()?,
                execution["executionNumber"].as_u64()?,
            );
            let number = u32::try_from(number).ok()?;
            let found = self.account.engine.execution(&thing, job, Some(number))?;
            Some(found.status())
        };
        job == "$next"
            && status(ours) == Some(ExecutionStatus::InProgress)
            && status(theirs) == Some(ExecutionStatus::Queued)
    }
}

/// The thing and the job that a path of the device plane names.
fn named(call: &Value) -> (String, String) {
    let target = call["target"].as_str().unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let mut levels = path.split('/').map(str::to_owned).skip(2);
    let thing = levels.next().unwrap_or_default();
    (thing, levels.nth(1).unwrap_or_default())
}

/// The job that a call of either plane names.
fn job_of(call: &Value) -> String {
    let job = call["arguments"]["jobId"].as_str().map(str::to_owned);
    job.unwrap_or_else(|| named(call).1)
}

/// The number of the execution that a call of the device plane names.
fn number(call: &Value) -> Option<u64> {
    let target = call["target"].as_str()?;
    if let Some((_, number)) = target.split_once("executionNumber=") {
        return number.split('&').next()?.parse().ok();
    }
    let body: Value = serde_json::from_str(call["payload"].as_str()?).unwrap();
    body["executionNumber"].as_u64()
}

/// An answer without the numbers of executions.
fn unnumbered(answer: &Value) -> Value {
    match answer {
        Value::Object(members) => {
            let members = members
                .iter()
                .filter(|(name, _)| *name != "executionNumber");
            members
                .map(|(name, value)| (name.clone(), unnumbered(value)))
                .collect()
        }
        Value::Array(values) => values.iter().map(unnumbered).collect(),
        value => value.clone(),
    }
}

/// Whether the call has a member that is outside of the limits, the patterns or the types of the
/// API model.
fn is_malformed(call: &Value) -> bool {
    let arguments = &call["arguments"];
    let body: Value = match call["payload"].as_str() {
        Some(payload) => serde_json::from_str(payload).unwrap(),
        None => Value::Null,
    };
    let step = &body["stepTimeoutInMinutes"];
    let version = &body["expectedVersion"];
    let details = body["statusDetails"].as_object();
    let rate = &arguments["jobExecutionsRolloutConfig"]["maximumPerMinute"];
    let minutes = &arguments["timeoutConfig"]["inProgressTimeoutInMinutes"];
    arguments["description"] == "x\n"
        || arguments["reasonCode"] == "because"
        || [0, 1_001].iter().any(|wrong| rate == wrong)
        || *minutes == 0
        || [0, 10_081].iter().any(|wrong| step == wrong)
        || body["includeJobDocument"].is_string()
        || *version == "x"
        || *version == -1
        || version.is_boolean()
        || details.is_some_and(|pairs| {
            let wrong = |value: &Value| {
                value
                    .as_str()
                    .is_none_or(|it| !(1..=1_024).contains(&it.len()))
            };
            pairs.len() > 10 || pairs.contains_key("a b") || pairs.values().any(wrong)
        })
}

/// Whether there are two reasons to refuse the call.
fn has_two_faults(call: &Value) -> bool {
    let arguments = &call["arguments"];
    let is_update = call["api"] == "UpdateJob" && arguments.get("description").is_none();
    let document = arguments["document"].as_str();
    let no_document = document.is_some_and(|document| !document.starts_with("{\""));
    let targets = arguments["targets"].to_string();
    is_update || no_document || targets.contains("nobody") || targets == "[]"
}

struct Account {
    engine: Engine,
    registry: Registry,
    had_retries: bool,
    /// The jobs that were over as soon as they were there.
    empty_snapshots: BTreeSet<String>,
    had_discarded_timer: bool,
    had_deleted_execution: bool,
}

const THINGS: [&str; 3] = ["t1", "t2", "t3"];
const GROUPS: [&str; 2] = ["g", "h"];

impl Account {
    fn new() -> Self {
        Self {
            engine: Engine::new("us-east-1", "123456789012"),
            registry: Registry {
                things: THINGS.map(Into::into).into(),
                groups: GROUPS.map(|group| (group.into(), Vec::new())).into(),
                ..Registry::default()
            },
            had_retries: false,
            empty_snapshots: BTreeSet::new(),
            had_discarded_timer: false,
            had_deleted_execution: false,
        }
    }

    /// The answer, and what follows from it for later ones.
    fn take(&mut self, call: &Value) -> Value {
        let answer = self.answer(call);
        if !answer.is_array() {
            let payload = call["payload"].as_str().unwrap_or_default();
            self.had_retries |= call["arguments"].get("jobExecutionsRetryConfig").is_some();
            self.had_discarded_timer |=
                call["method"] == "POST" && payload.contains(r#""stepTimeoutInMinutes": -1"#);
            self.had_deleted_execution |= call["api"] == "DeleteJobExecution";
        }
        let is_empty =
            |job: &JobView<'_>| job.status() == JobStatus::Completed && job.executions() == 0;
        let empty = self.engine.jobs().filter(is_empty);
        self.empty_snapshots
            .extend(empty.map(|job| job.id().to_owned()));
        answer
    }

    fn names_an_older_one(&self, call: &Value) -> bool {
        let (thing, job) = named(call);
        let newest = self.engine.execution(&thing, &job, None);
        let newest = newest.map(|newest| u64::from(newest.execution_number()));
        number(call).is_some() && number(call) < newest
    }

    fn answer(&mut self, call: &Value) -> Value {
        let now = Timestamp::from_secs(call["now"].as_u64().unwrap());
        let Self {
            engine, registry, ..
        } = self;
        let group = call["group"].as_str().unwrap_or_default();
        if let Some(method) = call["method"].as_str() {
            let target = call["target"].as_str().unwrap();
            let payload = call["payload"].as_str().unwrap_or_default().as_bytes();
            let answer = engine.handle_http(method, target, payload, registry, &mut (), now);
            let answer = answer.unwrap();
            let body = serde_json::from_str(&answer.body).unwrap();
            return shown(answer.status, answer.error, body);
        }
        let operation = if let Some(thing) = call["join"].as_str() {
            registry.groups.get_mut(group).unwrap().push(thing.into());
            Operation::ThingJoined { thing, group }
        } else if let Some(thing) = call["leave"].as_str() {
            let members = registry.groups.get_mut(group).unwrap();
            members.retain(|name| name != thing);
            Operation::ThingLeft { thing, group }
        } else {
            Operation::Control {
                api: call["api"].as_str().unwrap(),
                arguments: &call["arguments"],
            }
        };
        match engine.apply(operation, registry, &mut (), now) {
            Ok(body) => shown(200, None, body),
            Err(error) => {
                let kind = error.kind();
                shown(kind.http_status(), Some(kind.as_str()), Value::Null)
            }
        }
    }
}

fn told(call: &Value) -> Value {
    let status = call["status"].as_u64().unwrap();
    let status = u16::try_from(status).unwrap();
    shown(status, call["error"].as_str(), call["answer"].clone())
}

/// What is compared of an answer: the status and the name of an error, and all but the times of a
/// body.
fn shown(status: u16, error: Option<&str>, mut body: Value) -> Value {
    if let Some(error) = error {
        return json!([status, error]);
    }
    assert_eq!(status, 200);
    settle(&mut body);
    if body.is_null() { json!({}) } else { body }
}

/// Only what can be the same: that there are times, not which; lists that go by time in another
/// order; the comment of an abort in other words. What is null, false or empty may be missing.
fn settle(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                settle(value);
                match (name.as_str(), &mut *value) {
                    (name, Value::Number(_)) if TIMES.contains(&name) => *value = json!("time"),
                    ("comment", Value::String(text)) if text.to_lowercase().contains("abort") => {
                        *value = json!("abort");
                    }
                    ("executionSummaries", Value::Array(list)) => {
                        list.sort_by_key(ToString::to_string);
                    }
                    _ => {}
                }
            }
            let empty = [Value::Null, json!(false), json!({})];
            members.retain(|_, value| !empty.contains(value));
        }
        Value::Array(values) => values.iter_mut().for_each(settle),
        _ => {}
    }
}

const TIMES: [&str; 6] = [
    "approximateSecondsBeforeTimedOut",
    "completedAt",
    "createdAt",
    "lastUpdatedAt",
    "queuedAt",
    "startedAt",
];
