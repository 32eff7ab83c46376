//! The JSON shapes of lists and of events.

use alloc::format;
use alloc::string::String;
use core::iter;

use super::State;
use super::device::{ExecutionView, LastStamps, Plane};
use super::jobs::{Job, Target};
use crate::json::{Object, key};
use crate::status::ExecutionStatus;
use crate::store::{NONE, Record};
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
    /// have some places more than the others, while their window is open.
    pub(super) fn shown(&self, thing: u32) -> impl Iterator<Item = (u32, &Record)> {
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
                let in_window = self.job_of(record).is_some_and(Job::is_in_window);
                let shown = in_window && windowed > 0;
                windowed -= usize::from(shown);
                shown
            }
        });
        shown.map(|(_, shown)| shown)
    }

    /// JobExecutionsChanged; a status of which nothing is shown is left out.
    pub(super) fn write_notify(&self, thing: u32, now: u32, out: &mut Object) {
        out.number(key!("timestamp"), now);
        out.object(key!("jobs"), |jobs| {
            let (mut list, mut last) = (None, LastStamps::default());
            self.shown_views(thing).for_each(|execution| {
                let status = execution.status();
                if list.is_some_and(|list| list != status) {
                    jobs.close();
                }
                if list.replace(status) != Some(status) {
                    jobs.open(status.as_str());
                }
                jobs.item(|out| execution.write_summary(out, &mut last));
            });
            if list.is_some() {
                jobs.close();
            }
        });
    }

    /// NextJobExecutionChanged.
    pub(super) fn write_notify_next(
        &self,
        head: Option<u32>,
        world: &dyn World,
        now: u32,
        out: &mut Object,
    ) {
        out.number(key!("timestamp"), now);
        if let Some(execution) = head.and_then(|head| self.view(head, now)) {
            out.object(key!("execution"), |object| {
                execution.write(Plane::Mqtt, Some(world), object);
            });
        }
    }

    pub(super) fn write_pending(&self, thing: &str, answer: &mut Object) {
        // No thing has the id of none, so that its lists are empty.
        let thing = self.store.thing(thing).unwrap_or(NONE);
        let mut shown = self.shown_views(thing).peekable();
        let running =
            |execution: &ExecutionView<'_>| execution.status() == ExecutionStatus::InProgress;
        let list = iter::from_fn(|| shown.next_if(running));
        let mut last = LastStamps::default();
        let mut write = |out: &mut Object, execution: ExecutionView<'_>| {
            execution.write_summary(out, &mut last);
        };
        answer.objects(key!("inProgressJobs"), list, &mut write);
        answer.objects(key!("queuedJobs"), shown, write);
    }

    fn shown_views(&self, thing: u32) -> impl Iterator<Item = ExecutionView<'_>> {
        // Summaries do not tell how much time is left.
        self.shown(thing)
            .filter_map(|(id, record)| self.view_of(id, record, 0))
    }

    /// What a thing has got with a job, as an update of its reserved named shadow `$package`
    /// (developer guide, Preparing to use the software package catalog).
    pub(super) fn write_packages(packages: &[PackageVersion], out: &mut Object) {
        let write = |reported: &mut Object, entry: &PackageVersion| {
            match entry.version() {
                Some(version) => reported.object(entry.package(), |shape| {
                    shape.text(key!("version"), version);
                }),
                None => reported.raw(entry.package(), "null"),
            };
        };
        out.object(key!("state"), |state| {
            state.object(key!("reported"), |reported| {
                packages.iter().for_each(|entry| write(reported, entry));
            });
        });
    }

    /// What an event of an execution tells beside the members of all events.
    pub(super) fn write_execution_event(
        &self,
        id: u32,
        operation: &str,
        status: ExecutionStatus,
        out: &mut Object,
    ) {
        let Some(record) = self.store.get(id) else {
            return;
        };
        out.text(key!("jobId"), self.jobs.id(record.job));
        let thing = self.arn("thing", self.store.name(record.thing));
        out.text(key!("thingArn"), &thing);
        out.text(key!("status"), status.as_str());
        if let Some(details) = self.store.details(id) {
            out.raw(key!("statusDetails"), details);
        }
        out.number(key!("executionNumber"), record.number);
        if operation == "canceled" {
            out.flag(key!("forceCanceled"), is_force_canceled(record));
        }
    }

    /// What an event of a job tells beside the members of all events.
    pub(super) fn write_job_event(&self, job: u32, operation: &str, now: u32, out: &mut Object) {
        let Some(job) = self.jobs.get(job) else {
            return;
        };
        out.text(key!("jobId"), &job.id);
        out.text(key!("status"), &operation.to_ascii_uppercase());
        out.text(key!("targetSelection"), selection(job));
        let targets = job.targets.iter().map(|target| self.target_arn(target));
        out.texts(key!("targets"), targets);
        if let Some(description) = job.as_given.get("description").and_then(|it| it.as_str()) {
            out.text(key!("description"), description);
        }
        out.number(key!("createdAt"), millis(job.created_at));
        out.number(key!("lastUpdatedAt"), millis(job.updated_at));
        if operation == "completed" {
            out.number(key!("completedAt"), millis(job.over_at.unwrap_or(now)));
        }
        if matches!(operation, "completed" | "canceled") {
            out.object(key!("jobProcessDetails"), |counts| {
                for (name, status) in COUNTERS.iter().take(EVENT_COUNTERS) {
                    counts.number(*name, job.count(*status));
                }
            });
        }
        if let Some(comment) = &job.comment {
            out.text(key!("comment"), comment);
        }
        if let Some(reason) = &job.reason_code {
            out.text(key!("reasonCode"), reason);
        }
        if let (Some(force), "canceled" | "cancellation_in_progress") = (job.canceled, operation) {
            out.flag(key!("forceCanceled"), force);
        }
    }

    /// The members that all events have.
    pub(super) fn write_event(
        &self,
        event_type: &str,
        operation: &str,
        world: &dyn World,
        now: u32,
        out: &mut Object,
    ) {
        out.text(key!("eventType"), event_type);
        out.text(key!("eventId"), &world.event_id(self.events_sent));
        out.number(key!("timestamp"), now);
        out.text(key!("operation"), operation);
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
