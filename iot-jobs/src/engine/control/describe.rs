//! DescribeJob, GetJobDocument, DescribeJobExecution.

use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use super::executions::no_execution;
use super::request::Request;
use crate::engine::jobs::Job;
use crate::engine::shape::{COUNTERS, is_force_canceled, selection};
use crate::engine::{State, Turn};
use crate::reject::ApiError;
use crate::status::ExecutionStatus;

/// Shows a document and its packages as they were given.
const BEFORE: &str = "beforeSubstitution";

impl Turn<'_> {
    pub(super) fn describe_job(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let number = self.job(request)?;
        let mut answer = Map::new();
        if let Some(job) = self.state.jobs.get(number) {
            if let Some(source) = job.as_given.get("documentSource") {
                answer.insert("documentSource".into(), source.clone());
            }
            answer.insert(
                "job".into(),
                self.state.job_shape(job, request.flag(BEFORE), self.now),
            );
        }
        Ok(Value::Object(answer))
    }

    pub(super) fn job_document(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let number = self.job(request)?;
        let document = self.state.jobs.get(number).map(|job| {
            if request.flag(BEFORE) {
                job.document.given()
            } else {
                job.document.unsigned()
            }
        });
        Ok(json!({"document": document}))
    }

    pub(super) fn describe_execution(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let id = self.execution_named(request)?;
        let Some(record) = self.state.store.get(id) else {
            return Err(no_execution());
        };
        let details = self.state.store.details(id);
        let details = details.and_then(|details| serde_json::from_str::<Value>(details).ok());
        let mut out = json!({
            "jobId": self.state.jobs.id(record.job),
            "status": record.status().map(ExecutionStatus::as_str),
            "forceCanceled": is_force_canceled(record),
            "statusDetails": details.map_or_else(|| json!({}), |map| json!({"detailsMap": map})),
            "thingArn": self.state.arn("thing", self.state.store.name(record.thing)),
            "queuedAt": record.queued_at,
            "lastUpdatedAt": record.updated_at,
            "executionNumber": record.number,
            "versionNumber": record.version,
        });
        if let Value::Object(out) = &mut out {
            if record.started_at != 0 {
                out.insert("startedAt".into(), record.started_at.into());
            }
            if let Some(deadline) = record.deadline() {
                let left = deadline.saturating_sub(self.now);
                out.insert("approximateSecondsBeforeTimedOut".into(), left.into());
            }
        }
        Ok(json!({"execution": out}))
    }
}

impl State {
    fn job_shape(&self, job: &Job, as_given: bool, now: u32) -> Value {
        let mut out = job.as_given.clone();
        out.remove("documentSource");
        for empty in [
            "presignedUrlConfig",
            "jobExecutionsRolloutConfig",
            "timeoutConfig",
            "schedulingConfig",
        ] {
            out.entry(empty).or_insert_with(|| json!({}));
        }
        let mut put = |name: &str, value: Value| {
            out.insert(name.into(), value);
        };
        put("jobArn", self.arn("job", &job.id).into());
        put("jobId", (&*job.id).into());
        put("targetSelection", selection(job).into());
        put("status", job.status.as_str().into());
        let targets = job.targets.iter().map(|target| self.target_arn(target));
        put("targets", targets.collect::<Value>());
        put("createdAt", job.created_at.into());
        put("lastUpdatedAt", job.updated_at.into());
        put("isConcurrent", job.is_rolling_out().into());
        if let Some(at) = job.over_at {
            put("completedAt", at.into());
        }
        let counts = COUNTERS
            .iter()
            .map(|(name, status)| ((*name).into(), job.count(*status).into()));
        let mut details: Map<_, _> = counts.collect();
        let processing = job.status.is_active() && !job.is_rolled_out();
        let targets = job.targets.iter().map(|target| self.target_arn(target));
        let targets = processing.then(|| targets.collect::<Value>());
        details.insert("processingTargets".into(), targets.into());
        put("jobProcessDetails", Value::Object(details));
        let packages = job.document.packages();
        if !as_given && !packages.is_empty() {
            let prefix = self.arn_prefix();
            let packages = packages.iter().map(|it| alloc::format!("{prefix}{it}"));
            put("destinationPackageVersions", packages.collect());
        }
        if let Some(force) = job.canceled {
            put("forceCanceled", force.into());
        }
        if let Some(reason) = &job.reason_code {
            put("reasonCode", (&**reason).into());
        }
        if let Some(comment) = &job.comment {
            put("comment", (&**comment).into());
        }
        if job.is_open() && job.is_windowed() {
            let schedule = &job.config.0.schedule;
            let at = Timestamp::from_secs(now.into());
            let starts = schedule.next_starts(at, self.limits.rollouts_shown);
            let starts = starts
                .iter()
                .map(|start| json!({"startTime": alloc::format!("{start}")}));
            put("scheduledJobRollouts", starts.collect());
        }
        Value::Object(out)
    }
}
