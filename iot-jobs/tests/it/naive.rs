//! The service once more, from the contract and without regard to cost: everything is kept as
//! lists, and whatever can be told from them is told by searching them anew.
//!
//! Placeholders and templates are not in it: a document is sent as it is.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "indexing a value of JSON gives null where there is nothing; a slip of the model must fail"
)]

mod clock;
mod config;
mod control;
mod device;
mod groups;
mod shapes;
mod windows;

use alloc::collections::{BTreeMap, BTreeSet};

use iot_jobs::{Limits, Operation};
use serde_json::{Value, json};

use crate::registry::Registry;
use crate::service::Service;

/// The engine keeps 32 bits of seconds and has one of them for never.
const LAST: u64 = u32::MAX as u64 - 1;

#[derive(Debug)]
pub(crate) struct Naive {
    limits: Limits,
    events: bool,
    now: u64,
    /// In the order in which they were created.
    jobs: Vec<Job>,
    sequence: u64,
    out: Vec<Value>,
}

#[derive(Clone, Debug)]
struct Job {
    id: String,
    status: &'static str,
    /// The members of the request that made it, as later updates left them.
    config: Value,
    targets: Vec<String>,
    continuous: bool,
    created: u64,
    updated: u64,
    completed: Option<u64>,
    forced: Option<bool>,
    schedule: Schedule,
    /// The rollout has begun.
    started: bool,
    /// Its end time has passed.
    ended: bool,
    /// A maintenance window is open; always, if it has none.
    open: bool,
    /// Things that the rollout has not reached, with a sequence number each, and when it goes on.
    waiting: Vec<(String, u64)>,
    next_batch: u64,
    /// When its windows were last looked at.
    looked: u64,
    /// Things with an execution to come when the next window opens.
    later: Vec<Later>,
    executions: Vec<Execution>,
    /// The highest execution number ever given to a thing.
    numbers: BTreeMap<String, u64>,
    /// It has one of the slots for jobs that roll out.
    slot: bool,
    /// How many executions were handed out, but for retries.
    notified: u64,
}

#[derive(Clone, Debug, Default)]
struct Schedule {
    start: Option<u64>,
    end: Option<u64>,
    behavior: String,
    windows: Vec<(String, u64)>,
}

#[derive(Clone, Debug)]
struct Later {
    thing: String,
    attempt: u64,
    used: Used,
}

/// How many retries were spent, by the type of the criterion.
type Used = BTreeMap<String, u64>;

#[derive(Clone, Debug)]
struct Execution {
    thing: String,
    number: u64,
    sequence: u64,
    status: &'static str,
    version: u64,
    queued: u64,
    started: Option<u64>,
    updated: u64,
    details: Option<Value>,
    forced: bool,
    attempt: u64,
    used: Used,
    in_progress_deadline: Option<u64>,
    step_deadline: Option<u64>,
}

impl Execution {
    fn pending(&self) -> bool {
        matches!(self.status, "QUEUED" | "IN_PROGRESS")
    }

    fn deadline(&self) -> Option<u64> {
        let deadlines = [self.in_progress_deadline, self.step_deadline];
        let deadline = deadlines.into_iter().flatten().min()?;
        (self.status == "IN_PROGRESS").then_some(deadline)
    }
}

impl Job {
    fn active(&self) -> bool {
        matches!(self.status, "IN_PROGRESS" | "SCHEDULED")
    }

    /// Whether its queued executions are seen.
    fn visible(&self) -> bool {
        self.open || self.ended
    }

    fn count(&self, status: &str) -> u64 {
        let counted = self.executions.iter();
        counted.filter(|it| it.status == status).count() as u64
    }

    fn newest(&self, thing: &str) -> Option<&Execution> {
        let of_thing = self.executions.iter().filter(|it| it.thing == thing);
        of_thing.max_by_key(|it| it.number)
    }

    fn execution(&mut self, thing: &str, number: u64) -> &mut Execution {
        let mut all = self.executions.iter_mut();
        all.find(|it| it.thing == thing && it.number == number)
            .unwrap()
    }

    fn done(&self) -> bool {
        self.started
            && self.waiting.is_empty()
            && self.later.is_empty()
            && !self.executions.iter().any(Execution::pending)
            && (!self.continuous || self.ended)
    }
}

/// The pending executions of a thing as a set, and the first of them.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    all: BTreeSet<(String, u64)>,
    first: Option<(String, u64)>,
}

impl Naive {
    fn find(&self, id: &str) -> Option<usize> {
        self.jobs.iter().position(|job| job.id == id)
    }

    /// The pending list: the job and its execution.
    fn pending(&self, thing: &str) -> Vec<(&Job, &Execution)> {
        let all = self.jobs.iter();
        let all = all.flat_map(|job| job.executions.iter().map(move |it| (job, it)));
        let mut list: Vec<_> = all
            .filter(|(job, it)| {
                it.thing == thing && it.pending() && (it.status != "QUEUED" || job.visible())
            })
            .collect();
        list.sort_by_key(|(_, it)| (it.status == "QUEUED", it.queued, it.sequence));
        list
    }

    fn see(&self, thing: &str) -> Seen {
        let list = self.pending(thing);
        let key = |(job, it): &(&Job, &Execution)| (job.id.clone(), it.number);
        Seen {
            all: list.iter().map(key).collect(),
            first: list.first().map(key),
        }
    }

    fn publish(&mut self, topic: &str, payload: &Value) {
        self.out.push(json!({"topic": topic, "payload": payload}));
    }

    /// Tells a thing what changed since.
    fn tell(&mut self, thing: &str, before: &Seen) {
        let after = self.see(thing);
        if after.all != before.all {
            let payload = self.notify_payload(thing);
            self.publish(&format!("$aws/things/{thing}/jobs/notify"), &payload);
        }
        if after.first != before.first {
            let payload = self.notify_next_payload(thing);
            self.publish(&format!("$aws/things/{thing}/jobs/notify-next"), &payload);
        }
    }

    /// Gives the thing the next execution of the job.
    fn queue(&mut self, job: usize, thing: &str, attempt: u64, used: Used) {
        let (now, sequence) = (self.now, self.sequence);
        self.sequence += 1;
        let job = &mut self.jobs[job];
        let number = job.numbers.get(thing).map_or(1, |last| last + 1);
        job.numbers.insert(thing.to_owned(), number);
        job.notified += u64::from(attempt == 0);
        job.executions.push(Execution {
            thing: thing.to_owned(),
            number,
            sequence,
            status: "QUEUED",
            version: 1,
            queued: now,
            started: None,
            updated: now,
            details: None,
            forced: false,
            attempt,
            used,
            in_progress_deadline: None,
            step_deadline: None,
        });
    }

    fn queue_and_tell(&mut self, job: usize, thing: &str, attempt: u64, used: Used) {
        let before = self.see(thing);
        self.queue(job, thing, attempt, used);
        self.tell(thing, &before);
    }

    /// Ends an execution for good: the retry, the messages and the event. Abort and completion are
    /// looked at by the caller, with `settle`.
    fn end(&mut self, job: usize, thing: &str, number: u64, status: &'static str) {
        let before = self.see(thing);
        let now = self.now;
        let it = self.jobs[job].execution(thing, number);
        it.status = status;
        it.updated = now;
        it.in_progress_deadline = None;
        it.step_deadline = None;
        it.version += 1;
        self.retry(job, thing, number);
        self.tell(thing, &before);
        self.execution_event(job, thing, number, &status.to_lowercase());
    }

    fn retry(&mut self, job: usize, thing: &str, number: u64) {
        let ended = self.jobs[job].execution(thing, number).clone();
        let it = &self.jobs[job];
        if !matches!(ended.status, "FAILED" | "TIMED_OUT") || !it.active() || it.ended {
            return;
        }
        let criteria = it.config["jobExecutionsRetryConfig"]["criteriaList"].clone();
        let mut criteria = criteria.as_array().into_iter().flatten();
        let matching =
            criteria.find(|it| it["failureType"] == "ALL" || it["failureType"] == ended.status);
        let Some(criterion) = matching else { return };
        let kind = criterion["failureType"].as_str().unwrap().to_owned();
        let mut used = ended.used.clone();
        let spent = used.entry(kind).or_default();
        if *spent >= criterion["numberOfRetries"].as_u64().unwrap() {
            return;
        }
        *spent += 1;
        let attempt = ended.attempt + 1;
        if it.open {
            self.queue(job, thing, attempt, used);
        } else {
            let thing = thing.to_owned();
            self.jobs[job].later.push(Later {
                thing,
                attempt,
                used,
            });
        }
    }

    /// Abort, then completion.
    fn settle(&mut self, job: usize) {
        if self.jobs[job].active() && self.aborts(job) {
            self.jobs[job].config["comment"] = json!("*abort*");
            self.jobs[job].config["reasonCode"] = json!("ABORT_CANCEL");
            self.cancel_job(job, false);
        }
        self.complete_if_done(job);
    }

    fn aborts(&self, job: usize) -> bool {
        let job = &self.jobs[job];
        let bad = |kind: &str| match kind {
            "ALL" => job.count("FAILED") + job.count("REJECTED") + job.count("TIMED_OUT"),
            kind => job.count(kind),
        };
        let done = job.executions.iter().filter(|it| !it.pending()).count() as u64;
        let criteria = job.config["abortConfig"]["criteriaList"].as_array();
        criteria.into_iter().flatten().any(|it| {
            let hundredths = (it["thresholdPercentage"].as_f64().unwrap() * 100.0).round() as u64;
            let min = it["minNumberOfExecutedThings"].as_u64().unwrap();
            let bad = bad(it["failureType"].as_str().unwrap());
            done >= min && bad * 10_000 >= hundredths * done
        })
    }

    fn complete_if_done(&mut self, job: usize) {
        let now = self.now;
        let it = &mut self.jobs[job];
        if it.active() && it.done() {
            it.status = "COMPLETED";
            it.updated = now;
            it.completed = Some(now);
            self.job_event(job, "completed");
        }
    }

    /// Cancels what is queued, and with force what runs, then the job is canceled.
    fn cancel_job(&mut self, job: usize, force: bool) {
        let now = self.now;
        let it = &mut self.jobs[job];
        it.status = "CANCELED";
        it.updated = now;
        it.completed = Some(now);
        it.forced = Some(force);
        it.waiting.clear();
        it.later.clear();
        it.slot = false;
        self.job_event(job, "cancellation_in_progress");
        self.cancel_executions(job, force);
        self.job_event(job, "canceled");
    }

    fn cancel_executions(&mut self, job: usize, force: bool) {
        for it in self.jobs[job].executions.clone() {
            if it.status == "QUEUED" || force && it.status == "IN_PROGRESS" {
                self.jobs[job].execution(&it.thing, it.number).forced = force;
                self.end(job, &it.thing, it.number, "CANCELED");
            }
        }
    }
}

impl Service for Naive {
    fn new(limits: Limits, events: bool) -> Self {
        Self {
            limits,
            events,
            now: 0,
            jobs: Vec::new(),
            sequence: 0,
            out: Vec::new(),
        }
    }

    fn apply(&mut self, operation: Operation<'_>, world: &Registry, now: u64) -> Value {
        self.now = self.now.max(now).min(LAST);
        self.run_due(world);
        let answer = match operation {
            Operation::Control { api, arguments } => self.control(api, arguments, world),
            Operation::Publish { topic, payload } => {
                self.device(topic, payload);
                Ok(Value::Null)
            }
            Operation::ThingJoined { thing, group } => {
                self.joined(thing, group);
                Ok(Value::Null)
            }
            Operation::ThingLeft { thing, group } => {
                self.left(thing, group, world);
                Ok(Value::Null)
            }
            Operation::ThingDeleted { thing } => {
                self.thing_deleted(thing);
                Ok(Value::Null)
            }
            _ => unreachable!("no other operation is told here"),
        };
        self.fill_slots();
        let out = core::mem::take(&mut self.out);
        match answer {
            Ok(answer) => json!({"ok": answer, "out": out}),
            Err(error) => json!({"err": error, "out": out}),
        }
    }

    fn tick(&mut self, world: &Registry, now: u64) -> Vec<Value> {
        self.now = self.now.max(now).min(LAST);
        self.run_due(world);
        let (now, retention) = (self.now, self.limits.retention.as_secs());
        self.jobs
            .retain(|job| job.completed.is_none_or(|at| at + retention > now));
        self.fill_slots();
        core::mem::take(&mut self.out)
    }

    fn next_deadline(&self) -> Option<u64> {
        self.next_due()
    }
}
