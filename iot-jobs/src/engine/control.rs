//! The control plane: calls by name, with the members of the API reference.

mod apis;
mod create;
mod describe;
mod executions;
mod jobs;
mod list;
mod managed;
mod request;
mod templates;

use alloc::format;

use serde_json::Value;

use self::request::Request;
use super::Turn;
use crate::reject::ApiError;

impl Turn<'_> {
    pub(super) fn control(&mut self, api: &str, arguments: &Value) -> Result<Value, ApiError> {
        let Some(api) = apis::APIS.iter().find(|known| known.name == api) else {
            return Err(ApiError::invalid(format!("no operation `{api}`")));
        };
        let request = Request::check(api.members, arguments, &self.state.limits)?;
        (api.run)(self, request)
    }

    /// The job that a request names.
    fn job(&self, request: Request<'_>) -> Result<u32, ApiError> {
        let id = request.required("jobId");
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
}

fn invalid(error: &dyn core::fmt::Display) -> ApiError {
    ApiError::invalid(format!("{error}"))
}
