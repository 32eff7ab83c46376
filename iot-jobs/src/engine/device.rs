//! The device plane: requests of devices over MQTT, and their answers.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString as _};

use iot_topics::TopicNameRef;
use iot_topics::reserved::{Exchange, JobSelector, JobsMessage, JobsTopic, ReservedTopic};
use serde_json::{Map, Value};

use super::Turn;
use super::arguments::{Arguments, Wrong};
use super::effect::Message;
use crate::json::Object;
use crate::reject::RejectCode;
use crate::status::{Cause, ExecutionStatus};
use crate::{StatusDetails, StepTimeout};

/// A refused request.
#[derive(Debug)]
struct Refused {
    code: RejectCode,
    message: Cow<'static, str>,
    /// The execution whose state the answer tells.
    state: Option<u32>,
}

impl Refused {
    const fn new(code: RejectCode, message: &'static str) -> Self {
        Self {
            code,
            message: Cow::Borrowed(message),
            state: None,
        }
    }

    const fn with_state(mut self, execution: u32) -> Self {
        self.state = Some(execution);
        self
    }
}

impl From<Wrong> for Refused {
    fn from(message: Wrong) -> Self {
        Self {
            code: RejectCode::InvalidRequest,
            message: Cow::Owned(message),
            state: None,
        }
    }
}

const NO_EXECUTION: Refused = Refused::new(
    RejectCode::ResourceNotFound,
    "the thing has no such job execution",
);

/// What a device says of an execution that it starts or updates.
#[derive(Debug)]
struct Report {
    details: Option<Box<str>>,
    /// Minutes, or nothing for a timer that is to be discarded.
    step: Option<Option<u16>>,
}

impl Turn<'_> {
    pub(super) fn publish(&mut self, topic: &str, payload: &[u8]) {
        if !is_of_jobs(topic) {
            return;
        }
        let parsed = TopicNameRef::parse(topic)
            .ok()
            .and_then(ReservedTopic::parse);
        let mut answer = Object::new();
        answer.number("timestamp", self.now);
        let result = match parsed {
            Some(ReservedTopic::Jobs(jobs)) => self.request(&jobs, payload, &mut answer),
            _ => Err(INVALID_TOPIC),
        };
        match result {
            Ok(after) => {
                self.answer(topic, "accepted", answer);
                self.finish(after);
            }
            Err(refused) => {
                answer.text("code", refused.code.as_str());
                answer.text("message", &refused.message);
                if let Some(state) = refused.state.and_then(|id| self.state.execution_state(id)) {
                    answer.raw("executionState", &state);
                }
                self.answer(topic, "rejected", answer);
            }
        }
    }

    fn answer(&mut self, topic: &str, reply: &str, answer: Object) {
        let topic = format!("{topic}/{reply}");
        let payload = answer.finish();
        let (topic, payload) = (&topic, &payload);
        self.send(Message::Answer { topic, payload });
    }

    /// Does what is asked for and writes the answer; tells what is to follow that.
    fn request(
        &mut self,
        topic: &JobsTopic,
        payload: &[u8],
        answer: &mut Object,
    ) -> Result<After, Refused> {
        use JobsMessage::{Describe, GetPending, Notify, NotifyNext, StartNext, Update};
        if !matches!(
            topic.message,
            GetPending(Exchange::Request)
                | StartNext(Exchange::Request)
                | Describe(_, Exchange::Request)
                | Update(_, Exchange::Request)
        ) {
            return Err(INVALID_TOPIC);
        }
        let members = read_object(payload)?;
        let members = Arguments::new(&members);
        if let Some(token) = members.text("clientToken")? {
            answer.text("clientToken", token);
        }
        let thing = self.state.store.thing(topic.thing.as_str());
        match &topic.message {
            GetPending(_) => {
                self.state.write_pending(thing, answer);
                Ok(After::Nothing)
            }
            StartNext(_) => self.start_next(thing, members, answer),
            Describe(job, _) => self.describe(thing, job, members, answer),
            Update(job, _) => self.update(thing, job.as_str(), members, answer),
            Notify | NotifyNext => Err(INVALID_TOPIC),
        }
    }

    fn start_next(
        &mut self,
        thing: Option<u32>,
        members: Arguments<'_>,
        answer: &mut Object,
    ) -> Result<After, Refused> {
        let report = self.report(members)?;
        let Some(id) = thing.and_then(|thing| self.state.head(thing)) else {
            return Ok(After::Nothing);
        };
        let queued = ExecutionStatus::Queued;
        if self.state.store.get(id).is_some_and(|it| it.is(queued)) {
            self.advance(id, report);
        }
        if let Some(execution) = self.state.execution(id, true, self.now) {
            answer.raw("execution", &execution);
        }
        Ok(After::Nothing)
    }

    fn describe(
        &self,
        thing: Option<u32>,
        job: &JobSelector,
        members: Arguments<'_>,
        answer: &mut Object,
    ) -> Result<After, Refused> {
        let number = execution_number(members)?;
        let with_document = members.flag("includeJobDocument")?.unwrap_or(true);
        let found = match job {
            JobSelector::Next => match thing.and_then(|thing| self.state.head(thing)) {
                Some(head) => head,
                None => return Ok(After::Nothing),
            },
            JobSelector::Id(job) => {
                let found = self.execution_of(thing, job.as_str(), number)?;
                let record = self.state.store.get(found).ok_or(NO_EXECUTION)?;
                if record.status().is_some_and(ExecutionStatus::is_terminal) {
                    let message = "the job execution has ended";
                    return Err(Refused::new(RejectCode::TerminalStateReached, message));
                }
                if !self.state.is_visible(record) {
                    return Err(NO_EXECUTION);
                }
                found
            }
        };
        if let Some(execution) = self.state.execution(found, with_document, self.now) {
            answer.raw("execution", &execution);
        }
        Ok(After::Nothing)
    }

    fn update(
        &mut self,
        thing: Option<u32>,
        job: &str,
        members: Arguments<'_>,
        answer: &mut Object,
    ) -> Result<After, Refused> {
        let number = execution_number(members)?;
        let expected = members.version("expectedVersion")?;
        let with_state = members.flag("includeJobExecutionState")?.unwrap_or(false);
        let with_document = members.flag("includeJobDocument")?.unwrap_or(false);
        let report = self.report(members)?;
        let status = members
            .text("status")?
            .ok_or_else(|| "`status` is missing".to_string())?;
        let status = ExecutionStatus::parse(status)
            .ok_or_else(|| format!("`status` is `{status}`, which is no status"))?;
        if !status.is_settable_by_device() {
            let message = "a device cannot set this status";
            return Err(Refused::new(RejectCode::InvalidStateTransition, message));
        }
        let id = self.execution_of(thing, job, number)?;
        let record = self.state.store.get(id).ok_or(NO_EXECUTION)?;
        if expected.is_some_and(|expected| expected != u64::from(record.version)) {
            let message = "the job execution is not at the expected version";
            return Err(Refused::new(RejectCode::VersionMismatch, message).with_state(id));
        }
        let may = |was: ExecutionStatus| was.can_become(status, Cause::Device);
        if !record.status().is_some_and(may) || !self.state.is_visible(record) {
            let message = "the state of the job execution does not allow it";
            return Err(Refused::new(RejectCode::InvalidStateTransition, message).with_state(id));
        }
        let (job, before) = (record.job, self.before(record.thing));
        let ends = status.is_terminal();
        if ends {
            self.conclude(id, status, report);
        } else {
            self.advance(id, report);
        }
        if let (true, Some(state)) = (with_state, self.state.execution_state(id)) {
            answer.raw("executionState", &state);
        }
        if let (true, Some(job)) = (with_document, self.state.jobs.get(job)) {
            answer.raw("jobDocument", &job.document);
        }
        Ok(After::Updated {
            id,
            before,
            ends: ends.then_some(status),
        })
    }

    /// Starts an execution, or takes a report of one that runs.
    fn advance(&mut self, id: u32, report: Report) {
        let now = self.now;
        let state = &mut *self.state;
        let Some(record) = state.store.get_mut(id) else {
            return;
        };
        if record.is(ExecutionStatus::Queued) {
            let job = state.jobs.get_mut(record.job);
            record.in_progress_minutes = job.map_or(0, |job| {
                job.recount(
                    Some(ExecutionStatus::Queued),
                    Some(ExecutionStatus::InProgress),
                );
                job.config.in_progress_minutes()
            });
            record.state = crate::store::RecordState::Is(ExecutionStatus::InProgress);
            record.started_at = now;
        }
        record.updated_at = now;
        record.version = record.version.saturating_add(1);
        if let Some(step) = report.step {
            record.step_deadline = step.map_or(0, |minutes| {
                now.saturating_add(u32::from(minutes).saturating_mul(60))
            });
        }
        if let Some(details) = report.details {
            state.store.set_details(id, details);
        }
        state.arm(id);
    }

    /// Takes the last report of an execution.
    fn conclude(&mut self, id: u32, status: ExecutionStatus, report: Report) {
        let now = self.now;
        if status != ExecutionStatus::Rejected
            && let Some(record) = self.state.store.get_mut(id)
            && record.started_at == 0
        {
            record.started_at = now;
        }
        self.end(id, status, Cause::Device);
        if let Some(details) = report.details {
            self.state.store.set_details(id, details);
        }
    }

    /// What follows an accepted request: the next attempt, the notifications, the event, and what
    /// it means for the job.
    fn finish(&mut self, after: After) {
        let After::Updated { id, before, ends } = after else {
            return;
        };
        let Some(status) = ends else {
            self.notify(before, false);
            return;
        };
        self.retry(id);
        self.notify(before, true);
        self.execution_event(id, event_of(status));
        if let Some(job) = self.state.store.get(id).map(|record| record.job) {
            self.after_end(job);
        }
    }

    fn execution_of(
        &self,
        thing: Option<u32>,
        job: &str,
        number: Option<u32>,
    ) -> Result<u32, Refused> {
        let found = thing.zip(self.state.jobs.number(job));
        found
            .and_then(|(thing, job)| self.find(job, thing, number))
            .ok_or(NO_EXECUTION)
    }

    fn report(&self, members: Arguments<'_>) -> Result<Report, Wrong> {
        let details = match members.get("statusDetails") {
            Some(details) => {
                let details =
                    StatusDetails::from_json("statusDetails", details, &self.state.limits)
                        .map_err(|error| error.to_string())?;
                Some(details.to_json().to_string().into())
            }
            None => None,
        };
        let step = match members.get("stepTimeoutInMinutes") {
            Some(minutes) => {
                let field = "stepTimeoutInMinutes";
                let step = StepTimeout::from_json(field, minutes, &self.state.limits)
                    .map_err(|error| error.to_string())?;
                Some(match step {
                    StepTimeout::Minutes(minutes) => u16::try_from(minutes).ok(),
                    StepTimeout::Discard => None,
                })
            }
            None => None,
        };
        Ok(Report { details, step })
    }
}

const INVALID_TOPIC: Refused =
    Refused::new(RejectCode::InvalidTopic, "the topic stands for no request");

/// What is done when the answer has gone out.
#[derive(Clone, Copy, Debug)]
enum After {
    Nothing,
    Updated {
        id: u32,
        before: super::change::Before,
        /// The status that it ended with.
        ends: Option<ExecutionStatus>,
    },
}

/// The operation of the event of an end.
pub(super) const fn event_of(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Succeeded => "succeeded",
        ExecutionStatus::Failed => "failed",
        ExecutionStatus::Rejected => "rejected",
        ExecutionStatus::TimedOut => "timed_out",
        ExecutionStatus::Removed => "removed",
        ExecutionStatus::Canceled => "canceled",
        ExecutionStatus::Queued | ExecutionStatus::InProgress => "",
    }
}

/// `$aws/things/<anything>/jobs/..`.
fn is_of_jobs(topic: &str) -> bool {
    let rest = topic.strip_prefix("$aws/things/");
    let rest = rest.and_then(|rest| rest.split_once('/'));
    rest.is_some_and(|(_, rest)| rest.starts_with("jobs/"))
}

fn read_object(payload: &[u8]) -> Result<Map<String, Value>, Refused> {
    if payload.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(payload) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Refused::new(
            RejectCode::InvalidJson,
            "the payload is no JSON object",
        )),
    }
}

fn execution_number(members: Arguments<'_>) -> Result<Option<u32>, Wrong> {
    let number = members.positive("executionNumber")?;
    // A number that no execution can have names none.
    Ok(number.map(|number| u32::try_from(number).unwrap_or(u32::MAX)))
}
