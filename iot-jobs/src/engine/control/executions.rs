//! CancelJobExecution, DeleteJobExecution.

use alloc::format;
use alloc::string::ToString as _;

use serde_json::Value;

use super::invalid;
use super::request::Request;
use crate::StatusDetails;
use crate::engine::Turn;
use crate::reject::{ApiError, ApiErrorKind};
use crate::status::{Cause, ExecutionStatus};

impl Turn<'_> {
    pub(super) fn cancel_execution(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let force = request.flag("force");
        let expected = request.version("expectedVersion");
        let details = request.get("statusDetails").map(|details| {
            StatusDetails::from_json("statusDetails", details, &self.state.limits)
                .map_err(|error| invalid(&error))
        });
        let details = details.transpose()?;
        let id = self.execution_of_request(request, None)?;
        let Some(record) = self.state.store.get(id) else {
            return Err(no_execution());
        };
        if expected.is_some_and(|expected| expected != u64::from(record.version)) {
            let message = format!("the version is {}", record.version);
            return Err(ApiError::new(ApiErrorKind::VersionConflict, message));
        }
        let cause = if force {
            Cause::ForceCancel
        } else {
            Cause::Cancel
        };
        let may = |status: ExecutionStatus| status.can_become(ExecutionStatus::Canceled, cause);
        if !record.status().is_some_and(may) {
            return Err(wrong_state("its state does not allow to cancel it"));
        }
        let job = record.job;
        if let Some(details) = details {
            let details = details.to_json().to_string();
            self.state.store.set_details(id, details.into());
        }
        self.cancel_one(id, cause);
        self.after_end(job);
        Ok(Value::Null)
    }

    pub(super) fn delete_execution(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let force = request.flag("force");
        let id = self.execution_named(request)?;
        let Some(record) = self.state.store.get(id) else {
            return Err(no_execution());
        };
        if record.is(ExecutionStatus::InProgress) && !force {
            return Err(wrong_state("it is in progress"));
        }
        let job = record.job;
        self.delete_one(id);
        self.after_end(job);
        Ok(Value::Null)
    }

    /// Deletes an execution; its record stays, as its number is never used again.
    pub(super) fn delete_one(&mut self, id: u32) {
        let Some(record) = self.state.store.get(id) else {
            return;
        };
        let Some(status) = record.status() else {
            return;
        };
        let shown = record.is_visible();
        let (job, before) = (record.job, self.before(record.thing));
        self.state.store.delete(id);
        if let Some(job) = self.state.jobs.get_mut(job) {
            job.recount(Some(status), None);
        }
        self.notify(before, shown);
        self.execution_event(id, "deleted", status);
    }

    /// The execution that a request names: that number, or else the newest.
    pub(super) fn execution_named(&self, request: Request<'_>) -> Result<u32, ApiError> {
        self.execution_of_request(request, request.execution_number())
    }

    fn execution_of_request(
        &self,
        request: Request<'_>,
        number: Option<u32>,
    ) -> Result<u32, ApiError> {
        let job = self.job(request)?;
        let thing = self.state.store.thing(request.required("thingName"));
        thing
            .and_then(|thing| self.state.store.find(job, thing, number))
            .ok_or_else(no_execution)
    }
}

pub(super) fn no_execution() -> ApiError {
    ApiError::not_found("the thing has no such job execution")
}

fn wrong_state(message: &str) -> ApiError {
    ApiError::new(ApiErrorKind::InvalidStateTransition, message)
}
