//! The JSON shapes of lists and of events.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::State;
use super::device::Plane;
use super::jobs::{Job, Target};
use crate::json::{Object, array, string};
use crate::status::ExecutionStatus;
use crate::store::Record;
use crate::{PackageVersion, World};

/// The counters of `jobProcessDetails`, in the order of the API reference; the first six are
/// those of events.
pub(super) const COUNTERS: [(&str, ExecutionStatus); 8] = [
    ("numberOfCanceledThings", ExecutionStatus::Canceled),
    ("numberOfSucceededThings", ExecutionStatus::Succeeded),
    ("numberOfFailedThings", ExecutionStatus::Failed),
    ("numberOfRejectedThings", ExecutionStatus::Rejected),
    ("numberOfRemovedThings", ExecutionStatus::Removed),
    ("numberOfTimedOutThings", ExecutionStatus::TimedOut),
    ("numberOfQueuedThings", ExecutionStatus::Queued),
    ("numberOfInProgressThings", ExecutionStatus::InProgress),
];
const EVENT_COUNTERS: usize = 6;

/// Executions beyond those that are shown among which the windowed ones are looked for, so that a
/// list costs no more on a thing with very many.
const SEARCHED: usize = 250;

impl State {
    pub(super) fn job_of(&self, record: &Record) -> Option<&Job> {
        self.jobs.get(record.job)
    }

    /// The first pending execution: `$next`.
    pub(super) fn head(&self, thing: u32) -> Option<u32> {
        self.store.head(thing)
    }

    /// The pending executions that the device is shown in lists, in order. Those of windowed jobs
    /// have some places more than the others.
    pub(super) fn shown(&self, thing: u32) -> impl Iterator<Item = u32> {
        let most = self.limits.pending_shown;
        let more = if self.jobs.any_windowed() {
            SEARCHED
        } else {
            0
        };
        let mut windowed = self.limits.pending_windowed_shown;
        let pending = self.store.visible(thing).take(most.saturating_add(more));
        let shown = pending.enumerate().filter(move |(place, (_, record))| {
            *place < most || {
                let is_windowed = self.job_of(record).is_some_and(Job::is_windowed);
                let shown = is_windowed && windowed > 0;
                windowed -= usize::from(shown);
                shown
            }
        });
        shown.map(|(_, (id, _))| id)
    }

    /// The summaries of what is shown, by status.
    fn summaries(&self, thing: u32) -> [Vec<String>; 2] {
        let mut summaries = [Vec::new(), Vec::new()];
        for id in self.shown(thing) {
            let Some(execution) = self.view(id, 0) else {
                continue;
            };
            let [running, queued] = &mut summaries;
            let list = match execution.status() {
                ExecutionStatus::Queued => queued,
                _ => running,
            };
            list.push(execution.summary_json());
        }
        summaries
    }

    pub(super) fn notify_payload(&self, thing: u32, now: u32) -> String {
        let mut jobs = Object::new();
        for (status, list) in ["IN_PROGRESS", "QUEUED"].iter().zip(self.summaries(thing)) {
            if !list.is_empty() {
                jobs.raw(status, &array(list));
            }
        }
        let mut payload = Object::new();
        payload.number("timestamp", now);
        payload.raw("jobs", &jobs.finish());
        payload.finish()
    }

    pub(super) fn notify_next_payload(
        &self,
        head: Option<u32>,
        world: &dyn World,
        now: u32,
    ) -> String {
        let mut payload = Object::new();
        payload.number("timestamp", now);
        if let Some(execution) = head.and_then(|head| self.view(head, now)) {
            payload.raw("execution", &execution.to_json(Plane::Mqtt, Some(world)));
        }
        payload.finish()
    }

    pub(super) fn write_pending(&self, thing: &str, answer: &mut Object) {
        let thing = self.store.thing(thing);
        let lists = thing.map(|thing| self.summaries(thing)).unwrap_or_default();
        for (name, list) in ["inProgressJobs", "queuedJobs"].iter().zip(lists) {
            answer.raw(name, &array(list));
        }
    }

    /// What a thing has got with a job, as an update of its reserved named shadow `$package`
    /// (developer guide, Preparing to use the software package catalog).
    pub(super) fn packages_payload(packages: &[PackageVersion]) -> String {
        let mut reported = Object::new();
        for entry in packages {
            match entry.version() {
                Some(version) => {
                    let mut shape = Object::new();
                    shape.text("version", version);
                    reported.raw(entry.package(), &shape.finish());
                }
                None => {
                    reported.raw(entry.package(), "null");
                }
            }
        }
        let mut state = Object::new();
        state.raw("reported", &reported.finish());
        let mut out = Object::new();
        out.raw("state", &state.finish());
        out.finish()
    }

    pub(super) fn execution_event_payload(
        &self,
        id: u32,
        operation: &str,
        world: &dyn World,
        now: u32,
    ) -> String {
        let mut out = self.event("JOB_EXECUTION", operation, world, now);
        let Some(record) = self.store.get(id) else {
            return out.finish();
        };
        out.text("jobId", self.jobs.id(record.job));
        let thing = self.arn("thing", self.store.name(record.thing));
        out.text("thingArn", &thing);
        out.text("status", &operation.to_ascii_uppercase());
        if let Some(details) = self.store.details(id) {
            out.raw("statusDetails", details);
        }
        out.number("executionNumber", record.number);
        if operation == "canceled" {
            out.flag("forceCanceled", is_force_canceled(record));
        }
        out.finish()
    }

    pub(super) fn job_event_payload(
        &self,
        job: u32,
        operation: &str,
        world: &dyn World,
        now: u32,
    ) -> String {
        let mut out = self.event("JOB", operation, world, now);
        let Some(job) = self.jobs.get(job) else {
            return out.finish();
        };
        out.text("jobId", &job.id);
        out.text("status", &operation.to_ascii_uppercase());
        out.text("targetSelection", selection(job));
        let targets = job
            .targets
            .iter()
            .map(|target| string(&self.target_arn(target)));
        out.raw("targets", &array(targets));
        if let Some(description) = job.as_given.get("description").and_then(|it| it.as_str()) {
            out.text("description", description);
        }
        out.number("createdAt", millis(job.created_at));
        out.number("lastUpdatedAt", millis(job.updated_at));
        if operation == "completed" {
            out.number("completedAt", millis(job.over_at.unwrap_or(now)));
        }
        if matches!(operation, "completed" | "canceled") {
            let mut counts = Object::new();
            for (name, status) in COUNTERS.iter().take(EVENT_COUNTERS) {
                counts.number(name, job.count(*status));
            }
            out.raw("jobProcessDetails", &counts.finish());
        }
        if let Some(comment) = &job.comment {
            out.text("comment", comment);
        }
        if let Some(reason) = &job.reason_code {
            out.text("reasonCode", reason);
        }
        if let (Some(force), "canceled" | "cancellation_in_progress") = (job.canceled, operation) {
            out.flag("forceCanceled", force);
        }
        out.finish()
    }

    /// The members that all events have.
    fn event(&self, event_type: &str, operation: &str, world: &dyn World, now: u32) -> Object {
        let mut out = Object::new();
        out.text("eventType", event_type);
        out.text("eventId", &world.event_id(self.events_sent));
        out.number("timestamp", now);
        out.text("operation", operation);
        out
    }

    /// `arn:aws:iot:<region>:<account>:<kind>/<name>`.
    pub(super) fn arn(&self, kind: &str, name: &str) -> String {
        format!("arn:aws:iot:{}:{}:{kind}/{name}", self.region, self.account)
    }

    /// What the ARNs of this account and region begin with.
    pub(super) fn arn_prefix(&self) -> String {
        format!("arn:aws:iot:{}:{}:", self.region, self.account)
    }

    pub(super) fn target_arn(&self, target: &Target) -> String {
        match target {
            Target::Thing(name) => self.arn("thing", name),
            Target::Group(name) => self.arn("thinggroup", name),
        }
    }
}

pub(super) fn is_force_canceled(record: &Record) -> bool {
    record.state == crate::store::RecordState::ForceCanceled
}

pub(super) const fn selection(job: &Job) -> &'static str {
    if job.continuous {
        "CONTINUOUS"
    } else {
        "SNAPSHOT"
    }
}

fn millis(seconds: u32) -> u64 {
    u64::from(seconds) * 1_000
}
