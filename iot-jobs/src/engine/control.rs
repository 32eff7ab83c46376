//! The control plane: calls by name, with the members of the API reference.

mod create;
mod describe;
mod executions;
mod jobs;
mod list;

use alloc::format;
use alloc::string::String;

use serde_json::Value;

use super::Turn;
use super::arguments::Arguments;
use crate::reject::ApiError;
use crate::text::{FreeText, ReasonCode};

impl Turn<'_> {
    pub(super) fn control(&mut self, api: &str, arguments: &Value) -> Result<Value, ApiError> {
        let Value::Object(members) = arguments else {
            return Err(ApiError::invalid("the request must be an object"));
        };
        let members = Arguments::new(members);
        match api {
            "CreateJob" => self.create_job(members, arguments),
            "UpdateJob" => self.update_job(members, arguments),
            "CancelJob" => self.cancel(members),
            "DeleteJob" => self.delete_job(members),
            "AssociateTargetsWithJob" => self.associate(members),
            "DescribeJob" => self.describe_job(members),
            "GetJobDocument" => self.job_document(members),
            "ListJobs" => self.list_jobs(members),
            "DescribeJobExecution" => self.describe_execution(members),
            "CancelJobExecution" => self.cancel_execution(members),
            "DeleteJobExecution" => self.delete_execution(members),
            "ListJobExecutionsForJob" => self.list_executions_of_job(members),
            "ListJobExecutionsForThing" => self.list_executions_of_thing(members),
            _ => Err(ApiError::invalid(format!("no operation `{api}`"))),
        }
    }

    /// The job that a request names.
    fn job(&self, members: Arguments<'_>) -> Result<u32, ApiError> {
        let id = required(members, "jobId")?;
        let found = self.state.jobs.number(id);
        found.ok_or_else(|| ApiError::not_found(format!("no job `{id}`")))
    }

    /// The answer of the calls that name a job: its ARN, its id, its description.
    fn named(&self, number: u32) -> Value {
        let mut answer = serde_json::Map::new();
        if let Some(job) = self.state.jobs.get(number) {
            let arn = self.state.arn("job", &job.id);
            answer.insert("jobArn".into(), arn.into());
            answer.insert("jobId".into(), (&*job.id).into());
            if let Some(description) = job.as_given.get("description") {
                answer.insert("description".into(), description.clone());
            }
        }
        Value::Object(answer)
    }

    fn free_text(&self, members: Arguments<'_>, name: &str) -> Result<Option<String>, ApiError> {
        let text = members.text(name).map_err(ApiError::invalid)?;
        text.map(
            |text| match FreeText::parse(name, text, &self.state.limits) {
                Ok(text) => Ok(text.as_str().into()),
                Err(error) => Err(invalid(&error)),
            },
        )
        .transpose()
    }

    fn reason_code(&self, members: Arguments<'_>) -> Result<Option<String>, ApiError> {
        let text = members.text("reasonCode").map_err(ApiError::invalid)?;
        let limits = &self.state.limits;
        text.map(|text| match ReasonCode::parse("reasonCode", text, limits) {
            Ok(code) => Ok(code.as_str().into()),
            Err(error) => Err(invalid(&error)),
        })
        .transpose()
    }
}

fn required<'a>(members: Arguments<'a>, name: &str) -> Result<&'a str, ApiError> {
    let text = members.text(name).map_err(ApiError::invalid)?;
    text.ok_or_else(|| ApiError::invalid(format!("`{name}` is missing")))
}

fn force(members: Arguments<'_>) -> Result<bool, ApiError> {
    let force = members.flag("force").map_err(ApiError::invalid)?;
    Ok(force.unwrap_or(false))
}

fn invalid(error: &dyn core::fmt::Display) -> ApiError {
    ApiError::invalid(format!("{error}"))
}
