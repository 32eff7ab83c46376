//! What the messages of the service say.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use iot_topics::JobId;
use iot_topics::reserved::{Exchange, JobsMessage};
use serde_json::{Map, Value};

use super::event::{AgentError, AgentJob};
use super::record::{DETAILS, ExecutionId};
use crate::status::ExecutionStatus;
use crate::{Limits, StatusDetails};

/// A message of the service that has all that it must have.
#[derive(Debug)]
pub(super) enum Received {
    /// The first pending execution is this one.
    Head(Option<ExecutionId>),
    Answer {
        token: String,
        answer: Answer,
    },
    /// Something that the agent does not need.
    Other,
}

#[derive(Debug)]
pub(super) enum Answer {
    Started(Option<Execution>),
    Described(Option<Execution>),
    Updated(Option<State>),
    Rejected {
        code: String,
        message: String,
        state: Option<State>,
    },
}

#[derive(Debug)]
pub(super) struct Execution {
    pub(super) status: ExecutionStatus,
    pub(super) version: u64,
    pub(super) queued_at: u64,
    pub(super) job: AgentJob,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub(super) status: ExecutionStatus,
    pub(super) version: u64,
}

type Members = Map<String, Value>;

impl Received {
    pub(super) fn read(message: &JobsMessage, payload: &[u8]) -> Result<Self, AgentError> {
        use JobsMessage::{Describe, NotifyNext, StartNext, Update};
        let read: fn(&Members) -> Result<Answer, AgentError> = match message {
            NotifyNext => {
                let value = parse(payload)?;
                let head = present(object(&value)?, "execution")?;
                return Ok(Self::Head(head.map(id).transpose()?));
            }
            StartNext(Exchange::Accepted) => |it| Ok(Answer::Started(execution(it)?)),
            Describe(_, Exchange::Accepted) => |it| Ok(Answer::Described(execution(it)?)),
            Update(_, Exchange::Accepted) => |it| Ok(Answer::Updated(state(it)?)),
            StartNext(Exchange::Rejected)
            | Describe(_, Exchange::Rejected)
            | Update(_, Exchange::Rejected) => rejected,
            _ => return Ok(Self::Other),
        };
        let value = parse(payload)?;
        let members = object(&value)?;
        let Some(token) = text(members, "clientToken") else {
            return Ok(Self::Other);
        };
        Ok(Self::Answer {
            token: token.to_owned(),
            answer: read(members)?,
        })
    }
}

fn parse(payload: &[u8]) -> Result<Value, AgentError> {
    serde_json::from_slice(payload).map_err(|_| AgentError::Json)
}

pub(super) fn object(value: &Value) -> Result<&Members, AgentError> {
    value.as_object().ok_or(AgentError::Json)
}

pub(super) fn text<'a>(members: &'a Members, name: &str) -> Option<&'a str> {
    members.get(name)?.as_str()
}

/// A number, also as a text of digits, as in some examples of the developer guide.
pub(super) fn number(members: &Members, name: &str) -> Option<u64> {
    match members.get(name)? {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    }
}

/// An object that may be missing, null or empty: all three mean that there is nothing.
fn present<'a>(
    members: &'a Members,
    name: &'static str,
) -> Result<Option<&'a Members>, AgentError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members).filter(|members| !members.is_empty())),
        Some(_) => Err(AgentError::Member { name }),
    }
}

fn needed<T>(name: &'static str, value: Option<T>) -> Result<T, AgentError> {
    value.ok_or(AgentError::Member { name })
}

fn id(members: &Members) -> Result<ExecutionId, AgentError> {
    let job = text(members, "jobId").and_then(|job| JobId::parse(job).ok());
    let number = number(members, "executionNumber");
    Ok(ExecutionId {
        job: needed("jobId", job)?,
        number: needed("executionNumber", number)?,
    })
}

fn status(members: &Members) -> Result<ExecutionStatus, AgentError> {
    let status = text(members, "status").and_then(ExecutionStatus::parse);
    needed("status", status)
}

fn version(members: &Members) -> Result<u64, AgentError> {
    needed("versionNumber", number(members, "versionNumber"))
}

fn execution(members: &Members) -> Result<Option<Execution>, AgentError> {
    let Some(members) = present(members, "execution")? else {
        return Ok(None);
    };
    // A service that allows what AWS IoT does not must not keep the device from its job.
    let details = members.get(DETAILS);
    let details =
        details.and_then(|it| StatusDetails::from_json(DETAILS, it, &Limits::AWS_IOT).ok());
    Ok(Some(Execution {
        status: status(members)?,
        version: version(members)?,
        queued_at: number(members, "queuedAt").unwrap_or(0),
        job: AgentJob {
            id: id(members)?,
            document: members.get("jobDocument").cloned().unwrap_or(Value::Null),
            details,
            seconds_left: number(members, "approximateSecondsBeforeTimedOut"),
        },
    }))
}

fn state(members: &Members) -> Result<Option<State>, AgentError> {
    let Some(members) = present(members, "executionState")? else {
        return Ok(None);
    };
    Ok(Some(State {
        status: status(members)?,
        version: version(members)?,
    }))
}

fn rejected(members: &Members) -> Result<Answer, AgentError> {
    Ok(Answer::Rejected {
        code: needed("code", text(members, "code"))?.to_owned(),
        message: text(members, "message").unwrap_or_default().to_owned(),
        state: state(members)?,
    })
}
