//! UpdateJob, CancelJob, DeleteJob, AssociateTargetsWithJob.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::{ThingName, Timestamp};
use serde_json::Value;

use super::create::{limit, needs_role};
use super::invalid;
use super::request::Request;
use crate::config::JobConfig;
use crate::engine::Turn;
use crate::engine::jobs::{Job, Target};
use crate::reject::{ApiError, ApiErrorKind};
use crate::status::JobStatus;

/// What UpdateJob may change.
const UPDATABLE: [&str; 6] = [
    "abortConfig",
    "description",
    "jobExecutionsRetryConfig",
    "jobExecutionsRolloutConfig",
    "presignedUrlConfig",
    "timeoutConfig",
];

impl Turn<'_> {
    pub(super) fn update_job(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let now = self.now;
        let given = UPDATABLE
            .iter()
            .filter_map(|name| Some((String::from(*name), request.get(name)?.clone())));
        let given: serde_json::Map<_, _> = given.collect();
        // What is no member of the call, as `schedulingConfig`, is ignored here too.
        let members = Value::Object(given.clone());
        let at = Timestamp::from_secs(now.into());
        let change = JobConfig::from_json(&members, &self.state.limits, at)
            .map_err(|error| invalid(&error))?;
        let number = self.job(request)?;
        if given.is_empty() {
            return Err(ApiError::invalid("nothing to update"));
        }
        let job = self.active_job(number)?;
        if given.contains_key("presignedUrlConfig") && job.document.needs_role() {
            needs_role(change.presigned.as_ref())?;
        }
        let config = &mut job.config.0;
        let retry = match (&config.retry, &change.retry) {
            (Some(retry), Some(change)) => {
                Some(retry.updated(change).map_err(|error| invalid(&error))?)
            }
            (None, Some(_)) => return Err(ApiError::invalid("the job has no retries to change")),
            (retry, None) => retry.clone(),
        };
        config.retry = retry;
        for name in given.keys() {
            match name.as_str() {
                "abortConfig" => config.abort.clone_from(&change.abort),
                "jobExecutionsRolloutConfig" => config.rollout = change.rollout,
                "presignedUrlConfig" => config.presigned.clone_from(&change.presigned),
                "timeoutConfig" => config.timeout = change.timeout,
                _ => {}
            }
        }
        let retry = config.retry.as_ref().map(crate::RetryConfig::to_json);
        job.as_given.extend(given);
        if let Some(retry) = retry {
            job.as_given
                .insert("jobExecutionsRetryConfig".into(), retry);
        }
        job.updated_at = now;
        self.after_end(number);
        Ok(Value::Null)
    }

    pub(super) fn cancel(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let force = request.flag("force");
        let (reason, comment) = (request.text("reasonCode"), request.text("comment"));
        let number = self.job(request)?;
        self.active_job(number)?;
        let answer = self.named(number);
        self.cancel_job(number, force, reason, comment);
        Ok(answer)
    }

    /// Deletes a job and all of its executions within the call.
    pub(super) fn delete_job(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let force = request.flag("force");
        let number = self.job(request)?;
        if self.state.jobs.is_active(number) && !force {
            let message = "the job is neither completed nor canceled";
            return Err(ApiError::new(ApiErrorKind::InvalidStateTransition, message));
        }
        self.drop_waiting(number);
        self.job_event(number, "deletion_in_progress");
        let list = self.state.jobs.get(number).map(|job| job.executions);
        let mut next = list.and_then(crate::store::Store::first);
        while let Some(id) = next {
            next = self.state.store.after(id);
            self.delete_one(id);
        }
        self.job_event(number, "deleted");
        self.forget(number);
        Ok(Value::Null)
    }

    pub(super) fn associate(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let comment = request.text("comment");
        let number = self.job(request)?;
        let targets = self.targets(request)?;
        let (limits, now) = (self.state.limits.targets, self.now);
        let job = self.active_job(number)?;
        if !job.continuous || job.status != JobStatus::InProgress || job.ended {
            let message = "the job is not continuous and in progress, or its end has come";
            return Err(ApiError::invalid(message));
        }
        let groups = targets
            .iter()
            .all(|target| matches!(target, Target::Group(_)));
        if !groups {
            return Err(ApiError::invalid("`targets` must be groups"));
        }
        let mut new = Vec::new();
        for target in targets {
            if !job.targets.contains(&target) && !new.contains(&target) {
                new.push(target);
            }
        }
        if job.targets.len() + new.len() > limits {
            return Err(limit(&format!("a job has at most {limits} targets")));
        }
        job.targets.extend(new.iter().cloned());
        job.updated_at = now;
        if let Some(comment) = comment {
            job.comment = Some(comment.into());
        }
        self.state.listen(number);
        let only = BTreeSet::from([number]);
        for target in new {
            if let Target::Group(group) = target {
                let world = self.world;
                world.members(&group, &mut |name| {
                    let thing = ThingName::check(name).ok();
                    let thing = thing.and_then(|()| self.state.store.intern(name));
                    if let Some(thing) = thing
                        && self.state.store.find(number, thing, None).is_none()
                    {
                        self.join(&only, thing);
                    }
                });
            }
        }
        self.state.jobs.note(number);
        Ok(self.named(number))
    }

    fn active_job(&mut self, number: u32) -> Result<&mut Job, ApiError> {
        match self.state.jobs.get_mut(number) {
            Some(job) if job.status.is_active() => Ok(job),
            _ => Err(ApiError::invalid("the job is completed or canceled")),
        }
    }
}
