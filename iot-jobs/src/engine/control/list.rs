//! ListJobs, ListJobExecutionsForJob, ListJobExecutionsForThing.

use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::request::Request;
use crate::engine::Turn;
use crate::engine::jobs::{Job, Target};
use crate::engine::shape::selection;
use crate::reject::ApiError;
use crate::status::ExecutionStatus;
use crate::store::Record;

/// The place of an execution in a list: newest update first, then the one queued last.
type Place = (Reverse<u32>, Reverse<u32>);

const fn place(record: &Record) -> Place {
    (Reverse(record.updated_at), Reverse(record.sequence))
}

impl Turn<'_> {
    /// Newest first.
    pub(super) fn list_jobs(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let (status, of_selection) = (request.text("status"), request.text("targetSelection"));
        let group = request.text("thingGroupName");
        let namespace = request.get("namespaceId");
        let after = request
            .text("nextToken")
            .map(|token| token.parse::<u64>().map_err(|_| bad_token()));
        let after = after.transpose()?.unwrap_or(u64::MAX);
        let size = request.page_size(&self.state.limits);
        let asked = |job: &Job| {
            status.is_none_or(|status| job.status.as_str() == status)
                && of_selection.is_none_or(|it| selection(job) == it)
                && namespace.is_none_or(|it| job.as_given.get("namespaceId") == Some(it))
                && group.is_none_or(|group| job.targets.contains(&Target::Group(group.into())))
        };
        let mut found = self
            .state
            .jobs
            .iter()
            .map(|(_, job)| job)
            .filter(|job| job.serial < after && asked(job));
        let page: Vec<_> = found.by_ref().take(size).collect();
        let jobs = page.iter().map(|job| {
            let mut out = json!({
                "jobArn": self.state.arn("job", &job.id),
                "jobId": &*job.id,
                "targetSelection": selection(job),
                "status": job.status.as_str(),
                "createdAt": job.created_at,
                "lastUpdatedAt": job.updated_at,
                "isConcurrent": job.is_rolling_out(),
            });
            if let (Some(at), Value::Object(out)) = (job.over_at, &mut out) {
                out.insert("completedAt".into(), at.into());
            }
            out
        });
        let mut answer = json!({"jobs": jobs.collect::<Value>()});
        if let (Some(last), Some(_), Value::Object(answer)) =
            (page.last(), found.next(), &mut answer)
        {
            answer.insert("nextToken".into(), last.serial.to_string().into());
        }
        Ok(answer)
    }

    pub(super) fn list_executions_of_job(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let number = self.job(request)?;
        let list = self.state.jobs.get(number).map(|job| job.executions);
        let list = list.unwrap_or(crate::store::JobList::EMPTY);
        let records = self.state.store.of_job(list).map(|(_, record)| record);
        self.page(request, records, |record| {
            let arn = self.state.arn("thing", self.state.store.name(record.thing));
            ("thingArn", arn.into())
        })
    }

    pub(super) fn list_executions_of_thing(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let name = request.required("thingName");
        if !self.world.has_thing(name) {
            return Err(ApiError::not_found(format!("no thing `{name}`")));
        }
        let (of_job, namespace) = (request.text("jobId"), request.get("namespaceId"));
        let store = &self.state.store;
        let all = store
            .thing(name)
            .map(|thing| store.of_thing(thing).map(|(_, record)| record));
        let records = all.into_iter().flatten();
        let records = records.filter(|record| {
            let job = self.state.job_of(record);
            let is = |job: &Job| {
                of_job.is_none_or(|id| *job.id == *id)
                    && namespace.is_none_or(|it| job.as_given.get("namespaceId") == Some(it))
            };
            job.is_some_and(is)
        });
        self.page(request, records, |record| {
            ("jobId", self.state.jobs.id(record.job).into())
        })
    }

    /// One page of executions; no more than a page is ever held.
    fn page<'r>(
        &self,
        request: Request<'_>,
        records: impl Iterator<Item = &'r Record>,
        name: impl Fn(&Record) -> (&'static str, Value),
    ) -> Result<Value, ApiError> {
        let status = request.text("status");
        let after = request.text("nextToken");
        let after = after.map(|token| read_token(token).ok_or_else(bad_token));
        let after = after.transpose()?;
        let size = request.page_size(&self.state.limits);
        let mut page = alloc::collections::BTreeMap::new();
        let mut more = false;
        for record in records {
            let word = record.status().map(ExecutionStatus::as_str);
            let asked = word.is_some() && status.is_none_or(|status| word == Some(status));
            let place = place(record);
            if !asked || after.is_some_and(|after| place <= after) {
                continue;
            }
            page.insert(place, record);
            if page.len() > size {
                page.pop_last();
                more = true;
            }
        }
        let summaries = page.values().map(|record| {
            let (key, value) = name(record);
            json!({key: value, "jobExecutionSummary": summary(record)})
        });
        let mut answer = json!({"executionSummaries": summaries.collect::<Value>()});
        if let (true, Some((last, _)), Value::Object(answer)) =
            (more, page.last_key_value(), &mut answer)
        {
            let (Reverse(updated_at), Reverse(sequence)) = *last;
            let token = format!("{updated_at}.{sequence}");
            answer.insert("nextToken".into(), token.into());
        }
        Ok(answer)
    }
}

fn read_token(token: &str) -> Option<Place> {
    let (updated_at, sequence) = token.split_once('.')?;
    let place = (updated_at.parse().ok()?, sequence.parse().ok()?);
    Some((Reverse(place.0), Reverse(place.1)))
}

fn bad_token() -> ApiError {
    ApiError::invalid("`nextToken` is not one of this service")
}

/// JobExecutionSummary of the control plane.
fn summary(record: &Record) -> Value {
    let mut out = Map::new();
    let status = record.status().map(ExecutionStatus::as_str);
    out.insert("status".into(), status.into());
    out.insert("queuedAt".into(), record.queued_at.into());
    out.insert("lastUpdatedAt".into(), record.updated_at.into());
    out.insert("executionNumber".into(), record.number.into());
    out.insert("retryAttempt".into(), record.retries.total().into());
    if record.started_at != 0 {
        out.insert("startedAt".into(), record.started_at.into());
    }
    Value::Object(out)
}
