//! What is told, as JSON.

use serde_json::{Map, Value, json};

use super::{Execution, Job, Naive};
use crate::service::{ACCOUNT, REGION};

pub(super) fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:iot:{REGION}:{ACCOUNT}:{kind}/{name}")
}

/// Only the members that are there.
pub(super) fn some(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    map.into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect()
}

const TERMINAL: [(&str, &str); 6] = [
    ("numberOfCanceledThings", "CANCELED"),
    ("numberOfFailedThings", "FAILED"),
    ("numberOfRejectedThings", "REJECTED"),
    ("numberOfRemovedThings", "REMOVED"),
    ("numberOfSucceededThings", "SUCCEEDED"),
    ("numberOfTimedOutThings", "TIMED_OUT"),
];

pub(super) fn counts(job: &Job, all: bool) -> Value {
    let pending = [
        ("numberOfInProgressThings", "IN_PROGRESS"),
        ("numberOfQueuedThings", "QUEUED"),
    ];
    let pending = pending.iter().filter(|_| all);
    let counts = TERMINAL.iter().chain(pending);
    let counts: Map<String, Value> = counts
        .map(|(name, status)| ((*name).to_owned(), job.count(status).into()))
        .collect();
    counts.into()
}

fn summary(job: &Job, it: &Execution) -> Value {
    some(json!({
        "jobId": job.id,
        "queuedAt": it.queued,
        "lastUpdatedAt": it.updated,
        "startedAt": it.started,
        "versionNumber": it.version,
        "executionNumber": it.number,
    }))
}

pub(super) fn state(it: &Execution) -> Value {
    some(json!({"status": it.status, "statusDetails": it.details, "versionNumber": it.version}))
}

impl Job {
    pub(super) fn document(&self) -> Value {
        serde_json::from_str(self.config["document"].as_str().unwrap()).unwrap()
    }
}

impl Naive {
    pub(super) fn execution_shape(&self, job: &Job, it: &Execution, document: bool) -> Value {
        some(json!({
            "jobId": job.id,
            "status": it.status,
            "statusDetails": it.details,
            "queuedAt": it.queued,
            "startedAt": it.started,
            "lastUpdatedAt": it.updated,
            "versionNumber": it.version,
            "executionNumber": it.number,
            "approximateSecondsBeforeTimedOut": it.deadline().map(|at| at.saturating_sub(self.now)),
            "jobDocument": document.then(|| job.document()),
        }))
    }

    /// The first ones, and a few more of windowed jobs.
    pub(super) fn shown(&self, thing: &str) -> (Vec<Value>, Vec<Value>) {
        let (mut room, mut more) = (
            self.limits.pending_shown,
            self.limits.pending_windowed_shown,
        );
        let (mut running, mut queued) = (Vec::new(), Vec::new());
        for (job, it) in self.pending(thing) {
            if room > 0 {
                room -= 1;
            } else if more > 0 && job.in_window() {
                more -= 1;
            } else {
                continue;
            }
            let list = match it.status {
                "QUEUED" => &mut queued,
                _ => &mut running,
            };
            list.push(summary(job, it));
        }
        (running, queued)
    }

    pub(super) fn notify_payload(&self, thing: &str) -> Value {
        let (running, queued) = self.shown(thing);
        let mut jobs = Map::new();
        for (name, list) in [("IN_PROGRESS", running), ("QUEUED", queued)] {
            if !list.is_empty() {
                jobs.insert(name.to_owned(), list.into());
            }
        }
        json!({"timestamp": self.now, "jobs": jobs})
    }

    pub(super) fn notify_next_payload(&self, thing: &str) -> Value {
        let list = self.pending(thing);
        let first = list.first();
        let first = first.map(|(job, it)| self.execution_shape(job, it, true));
        some(json!({"timestamp": self.now, "execution": first}))
    }

    pub(super) fn execution_event(
        &mut self,
        job: usize,
        thing: &str,
        number: u64,
        operation: &str,
    ) {
        if !self.events {
            return;
        }
        let now = self.now;
        let job = &mut self.jobs[job];
        let id = job.id.clone();
        let it = job.execution(thing, number);
        let payload = some(json!({
            "eventType": "JOB_EXECUTION",
            "eventId": "*",
            "timestamp": now,
            "operation": operation,
            "jobId": id,
            "thingArn": arn("thing", thing),
            "status": it.status,
            "statusDetails": it.details,
            "executionNumber": it.number,
            "forceCanceled": (operation == "canceled").then_some(it.forced),
        }));
        self.publish(
            &format!("$aws/events/jobExecution/{id}/{operation}"),
            &payload,
        );
    }

    pub(super) fn job_event(&mut self, job: usize, operation: &str) {
        if !self.events {
            return;
        }
        let job = &self.jobs[job];
        let cancel = matches!(operation, "canceled" | "cancellation_in_progress");
        let over = matches!(operation, "canceled" | "completed");
        let completed = (operation == "completed").then_some(self.now * 1_000);
        let payload = some(json!({
            "eventType": "JOB",
            "eventId": "*",
            "timestamp": self.now,
            "operation": operation,
            "jobId": job.id,
            "status": operation.to_uppercase(),
            "targetSelection": job.selection(),
            "targets": job.targets,
            "description": job.config["description"],
            "createdAt": job.created * 1_000,
            "lastUpdatedAt": job.updated * 1_000,
            "completedAt": completed,
            "jobProcessDetails": over.then(|| counts(job, false)),
            "comment": job.config["comment"],
            "reasonCode": job.config["reasonCode"],
            "forceCanceled": job.forced.filter(|_| cancel),
        }));
        let topic = format!("$aws/events/job/{}/{operation}", job.id);
        self.publish(&topic, &payload);
    }
}

impl Job {
    pub(super) fn selection(&self) -> &'static str {
        if self.continuous {
            "CONTINUOUS"
        } else {
            "SNAPSHOT"
        }
    }

    /// `now` is for the next windows.
    pub(super) fn described(&self, now: u64, shown: usize) -> Value {
        let config = &self.config;
        let or_empty = |name: &str| match &config[name] {
            Value::Null => json!({}),
            value => value.clone(),
        };
        let rollouts = self.active() && !self.ended && !self.schedule.windows.is_empty();
        let rollouts = rollouts.then(|| self.schedule.next_starts(now, shown));
        let mut details = counts(self, true);
        let rolled_out = !self.active() || self.started && self.waiting.is_empty();
        details["processingTargets"] = match rolled_out {
            true => Value::Null,
            false => json!(self.targets),
        };
        some(json!({
            "jobArn": arn("job", &self.id),
            "jobId": self.id,
            "targetSelection": self.selection(),
            "status": self.status,
            "forceCanceled": self.forced,
            "reasonCode": config["reasonCode"],
            "comment": config["comment"],
            "targets": self.targets,
            "description": config["description"],
            "presignedUrlConfig": or_empty("presignedUrlConfig"),
            "jobExecutionsRolloutConfig": or_empty("jobExecutionsRolloutConfig"),
            "abortConfig": config["abortConfig"],
            "createdAt": self.created,
            "lastUpdatedAt": self.updated,
            "completedAt": self.completed,
            "jobProcessDetails": details,
            "timeoutConfig": or_empty("timeoutConfig"),
            "jobExecutionsRetryConfig": config["jobExecutionsRetryConfig"],
            "schedulingConfig": or_empty("schedulingConfig"),
            "scheduledJobRollouts": rollouts,
            "isConcurrent": self.concurrent(),
        }))
    }

    fn in_window(&self) -> bool {
        self.active() && self.open && !self.ended && !self.schedule.windows.is_empty()
    }

    pub(super) fn concurrent(&self) -> bool {
        self.status == "IN_PROGRESS" && !self.waiting.is_empty()
    }

    pub(super) fn listed(&self) -> Value {
        some(json!({
            "jobArn": arn("job", &self.id),
            "jobId": self.id,
            "targetSelection": self.selection(),
            "status": self.status,
            "createdAt": self.created,
            "lastUpdatedAt": self.updated,
            "completedAt": self.completed,
            "isConcurrent": self.concurrent(),
        }))
    }
}

impl Execution {
    pub(super) fn listed(&self) -> Value {
        some(json!({
            "status": self.status,
            "queuedAt": self.queued,
            "startedAt": self.started,
            "lastUpdatedAt": self.updated,
            "executionNumber": self.number,
            "retryAttempt": self.attempt,
        }))
    }
}
