//! CreateJob.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::{GroupName, JobId, ThingName, Timestamp};
use serde_json::{Map, Value};

use super::{invalid, required};
use crate::config::JobConfig;
use crate::engine::arguments::Arguments;
use crate::engine::jobs::{Job, Target};
use crate::engine::settings::Settings;
use crate::engine::{State, Turn};
use crate::reject::{ApiError, ApiErrorKind};
use crate::{PresignedUrlConfig, TargetSelection};

/// Members of the request that DescribeJob tells as they came.
const AS_GIVEN: [&str; 10] = [
    "abortConfig",
    "description",
    "destinationPackageVersions",
    "documentParameters",
    "documentSource",
    "jobExecutionsRetryConfig",
    "jobExecutionsRolloutConfig",
    "presignedUrlConfig",
    "schedulingConfig",
    "timeoutConfig",
];

impl Turn<'_> {
    pub(super) fn create_job(
        &mut self,
        members: Arguments<'_>,
        arguments: &Value,
    ) -> Result<Value, ApiError> {
        let id = required(members, "jobId")?;
        JobId::check(id).map_err(|error| invalid(&format!("`jobId`: {error}")))?;
        let limits = &self.state.limits;
        let at = Timestamp::from_secs(self.now.into());
        let config =
            JobConfig::from_json(arguments, limits, at).map_err(|error| invalid(&error))?;
        self.free_text(members, "description")?;
        let document = self.document(members)?;
        needs_role(document, config.presigned.as_ref())?;
        let targets = self.targets(members)?;
        if self.state.jobs.number(id).is_some() {
            let message = format!("there is a job `{id}`");
            return Err(ApiError::new(ApiErrorKind::ResourceAlreadyExists, message));
        }
        if self.state.jobs.active() >= limits.active_jobs {
            return Err(limit("too many active jobs"));
        }
        let given = AS_GIVEN.iter().filter_map(|name| {
            let value = members.get(name)?;
            Some((String::from(*name), value.clone()))
        });
        let given: Map<String, Value> = given.collect();
        let continuous = config.selection == TargetSelection::Continuous;
        let settings = Settings(config);
        let mut job = Job::new(id, continuous, targets, document, given, settings, self.now);
        job.start = job.config.start();
        job.end = job.config.end();
        let starts = job.start.is_none();
        if starts {
            job.status = crate::status::JobStatus::InProgress;
        }
        let number = self.state.jobs.insert(job);
        self.state.listen(number);
        let answer = self.named(number);
        if starts {
            self.start_job(number);
        }
        self.state.jobs.note(number);
        Ok(answer)
    }

    /// The document, which the caller must have read if it has a source.
    fn document<'a>(&self, members: Arguments<'a>) -> Result<&'a str, ApiError> {
        let limits = &self.state.limits;
        let source = members.text("documentSource").map_err(ApiError::invalid)?;
        if source
            .is_some_and(|it| it.is_empty() || it.chars().count() > limits.document_source_chars)
        {
            return Err(ApiError::invalid("`documentSource` is too long or empty"));
        }
        let document = required(members, "document")?;
        if document.len() > limits.document_bytes {
            let message = format!("`document` is longer than {} bytes", limits.document_bytes);
            return Err(match source {
                Some(_) => limit(&message),
                None => ApiError::invalid(message),
            });
        }
        if serde_json::from_str::<serde::de::IgnoredAny>(document).is_err() {
            return Err(ApiError::invalid("`document` is no JSON"));
        }
        Ok(document)
    }

    /// The targets, which must exist.
    pub(super) fn targets(&self, members: Arguments<'_>) -> Result<Vec<Target>, ApiError> {
        let targets = members.get("targets").and_then(Value::as_array);
        let targets = targets.filter(|targets| !targets.is_empty());
        let targets = targets.ok_or_else(|| ApiError::invalid("`targets` must be a list"))?;
        let parsed = targets.iter().map(|target| {
            let target = target.as_str().and_then(|arn| self.state.parse_target(arn));
            target.ok_or_else(|| ApiError::invalid("`targets` must be ARNs of things and groups"))
        });
        let parsed: Vec<Target> = parsed.collect::<Result<_, _>>()?;
        if parsed.len() > self.state.limits.targets {
            return Err(limit("too many targets"));
        }
        let unknown = parsed.iter().find(|target| match target {
            Target::Thing(name) => !self.world.has_thing(name),
            Target::Group(name) => !self.world.has_group(name),
        });
        match unknown {
            Some(target) => {
                let arn = self.state.target_arn(target);
                Err(ApiError::not_found(format!("no `{arn}`")))
            }
            None => Ok(parsed),
        }
    }
}

impl State {
    /// A target of this account and region.
    fn parse_target(&self, arn: &str) -> Option<Target> {
        let prefix = format!("arn:aws:iot:{}:{}:", self.region, self.account);
        let (kind, name) = arn.strip_prefix(&prefix)?.split_once('/')?;
        match kind {
            "thing" if ThingName::check(name).is_ok() => Some(Target::Thing(name.into())),
            "thinggroup" if GroupName::check(name).is_ok() => Some(Target::Group(name.into())),
            _ => None,
        }
    }
}

pub(super) fn limit(message: &str) -> ApiError {
    ApiError::new(ApiErrorKind::LimitExceeded, message)
}

/// Presigned URLs need a role that may read what they name (developer guide, Presigned URLs).
fn needs_role(document: &str, presigned: Option<&PresignedUrlConfig>) -> Result<(), ApiError> {
    let wants = document.contains("${aws:iot:s3-presigned-url");
    if wants && presigned.and_then(PresignedUrlConfig::role_arn).is_none() {
        let message = "`presignedUrlConfig.roleArn` is missing, and the document has such URLs";
        return Err(ApiError::invalid(message));
    }
    Ok(())
}
