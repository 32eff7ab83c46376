//! Requests of devices, read from the members of a JSON object.

use alloc::format;
use alloc::string::{String, ToString as _};

use serde_json::{Map, Value};

use super::{Rejection, StartNext, Update};
use crate::engine::arguments::{Arguments, Wrong};
use crate::reject::RejectCode;
use crate::status::ExecutionStatus;
use crate::{Limits, StatusDetails, StepTimeout};

/// What an answer to an update is to hold.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Included {
    pub(in crate::engine) state: bool,
    pub(in crate::engine) document: bool,
}

impl From<Wrong> for Rejection {
    fn from(message: Wrong) -> Self {
        Self::invalid(message)
    }
}

/// The object of a payload; without any bytes an empty one.
pub(in crate::engine) fn read_object(payload: &[u8]) -> Result<Map<String, Value>, Rejection> {
    if payload.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(payload) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Rejection::new(
            RejectCode::InvalidJson,
            "the payload is no JSON object",
        )),
    }
}

pub(in crate::engine) fn start_next(
    members: Arguments<'_>,
    limits: &Limits,
) -> Result<StartNext, Rejection> {
    Ok(StartNext {
        status_details: status_details(members, limits)?,
        step_timeout: step_timeout(members, limits)?,
    })
}

/// The update, and what its answer is to hold; the status is read last.
pub(in crate::engine) fn update(
    members: Arguments<'_>,
    limits: &Limits,
) -> Result<(Update, Included), Rejection> {
    let execution_number = execution_number(members)?;
    let expected_version = members.version("expectedVersion")?;
    let included = Included {
        state: members.flag("includeJobExecutionState")?.unwrap_or(false),
        document: members.flag("includeJobDocument")?.unwrap_or(false),
    };
    let status_details = status_details(members, limits)?;
    let step_timeout = step_timeout(members, limits)?;
    let status = members.text("status")?;
    let status = status.ok_or_else(|| "`status` is missing".to_string())?;
    let status = ExecutionStatus::parse(status)
        .ok_or_else(|| format!("`status` is `{status}`, which is no status"))?;
    let update = Update {
        status,
        status_details,
        expected_version,
        execution_number,
        step_timeout,
    };
    Ok((update, included))
}

pub(in crate::engine) fn execution_number(members: Arguments<'_>) -> Result<Option<u32>, Wrong> {
    let number = members.positive("executionNumber")?;
    // A number that no execution can have names none.
    Ok(number.map(|number| u32::try_from(number).unwrap_or(u32::MAX)))
}

fn status_details(
    members: Arguments<'_>,
    limits: &Limits,
) -> Result<Option<StatusDetails>, Rejection> {
    let field = "statusDetails";
    let details = members.get(field);
    let details = details.map(|details| StatusDetails::from_json(field, details, limits));
    details
        .transpose()
        .map_err(|error| Rejection::invalid(error.to_string()))
}

fn step_timeout(members: Arguments<'_>, limits: &Limits) -> Result<Option<StepTimeout>, Rejection> {
    let field = "stepTimeoutInMinutes";
    let minutes = members.get(field);
    let step = minutes.map(|minutes| StepTimeout::from_json(field, minutes, limits));
    step.transpose()
        .map_err(|error| Rejection::invalid(error.to_string()))
}
