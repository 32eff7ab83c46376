//! The device plane.

use serde_json::{Value, json};

use super::config::{is_name, status_details, version};
use super::shapes::{some, state};
use super::{Execution, Naive};

/// The code, and the execution whose state is told.
type Refused = (&'static str, Option<Value>);
type Answer = Result<Value, Refused>;

const INVALID: Refused = ("InvalidRequest", None);

impl Naive {
    pub(super) fn device(&mut self, topic: &str, payload: &[u8]) {
        let Some(rest) = topic.strip_prefix("$aws/things/") else {
            return;
        };
        let (thing, path) = match (rest.split_once("/jobs/"), rest.strip_suffix("/jobs")) {
            (Some(parts), _) => parts,
            (None, Some(thing)) => (thing, ""),
            (None, None) => return,
        };
        let mut token = Value::Null;
        let before = self.see(thing);
        let mut ended = None;
        let answer = self.answer(thing, path, payload, &mut token, &mut ended);
        let now = self.now;
        match answer {
            Ok(mut answer) => {
                answer["timestamp"] = now.into();
                answer["clientToken"] = token;
                self.publish(&format!("{topic}/accepted"), &some(answer));
            }
            Err((code, state)) => {
                let answer = json!({
                    "timestamp": now,
                    "code": code,
                    "message": "*",
                    "clientToken": token,
                    "executionState": state,
                });
                self.publish(&format!("{topic}/rejected"), &some(answer));
            }
        }
        match ended {
            // The end is made after the answer, which tells of it already.
            Some((job, number, status)) => {
                self.jobs[job].execution(thing, number).version -= 1;
                self.end(job, thing, number, status);
                self.settle(job);
            }
            None => self.tell(thing, &before),
        }
    }

    fn answer(
        &mut self,
        thing: &str,
        path: &str,
        payload: &[u8],
        token: &mut Value,
        ended: &mut Option<(usize, u64, &'static str)>,
    ) -> Answer {
        let levels: Vec<&str> = path.split('/').collect();
        let job_id = |id: &str| is_name(id, 64, false);
        let known = match levels[..] {
            ["get" | "start-next"] => true,
            [id, "get"] => id == "$next" || job_id(id),
            [id, "update"] => job_id(id),
            _ => false,
        };
        if !known || !is_name(thing, 128, true) {
            return Err(("InvalidTopic", None));
        }
        let request: Value = match payload {
            b"" => json!({}),
            payload => serde_json::from_slice(payload).map_err(|_| ("InvalidJson", None))?,
        };
        if !request.is_object() {
            return Err(("InvalidJson", None));
        }
        match &request["clientToken"] {
            Value::Null => {}
            Value::String(text) => *token = text.clone().into(),
            _ => return Err(INVALID),
        }
        match levels[..] {
            ["get"] => {
                let (running, queued) = self.shown(thing);
                Ok(json!({"inProgressJobs": running, "queuedJobs": queued}))
            }
            ["start-next"] => self.start_next(thing, &request),
            [id, "get"] => self.describe(thing, id, &request),
            [id, _] => self.update(thing, id, &request, ended),
            _ => Err(("InvalidTopic", None)),
        }
    }

    fn start_next(&mut self, thing: &str, request: &Value) -> Answer {
        let (details, step) = (details(self, request)?, step(self, request)?);
        let list = self.pending(thing);
        let Some((id, number)) = list.first().map(|(job, it)| (job.id.clone(), it.number)) else {
            return Ok(json!({}));
        };
        let (job, now) = (self.find(&id).unwrap(), self.now);
        if self.jobs[job].execution(thing, number).status == "QUEUED" {
            self.begin(job, thing, number);
            let it = self.jobs[job].execution(thing, number);
            it.version += 1;
            it.updated = now;
            it.started = Some(now);
            it.details = details;
            set_step(it, step, now);
        }
        let it = self.jobs[job].execution(thing, number).clone();
        Ok(json!({"execution": self.execution_shape(&self.jobs[job], &it, true)}))
    }

    /// From queued to in progress.
    fn begin(&mut self, job: usize, thing: &str, number: u64) {
        let now = self.now;
        let minutes = self.jobs[job].config["timeoutConfig"]["inProgressTimeoutInMinutes"].as_u64();
        let it = self.jobs[job].execution(thing, number);
        it.status = "IN_PROGRESS";
        it.in_progress_deadline = minutes.map(|minutes| now + minutes * 60);
    }

    fn describe(&self, thing: &str, id: &str, request: &Value) -> Answer {
        let number = execution_number(request)?;
        let document = flag(&request["includeJobDocument"], true)?;
        let list = self.pending(thing);
        if id == "$next" {
            let first = list.first();
            let first = first.map(|(job, it)| self.execution_shape(job, it, document));
            return Ok(some(json!({"execution": first})));
        }
        let (job, it) = self.wanted(thing, id, number)?;
        let (job, it) = (&self.jobs[job], it);
        if !it.pending() {
            return Err(("TerminalStateReached", None));
        }
        if it.status == "QUEUED" && !job.visible() {
            return Err(("ResourceNotFound", None));
        }
        Ok(json!({"execution": self.execution_shape(job, it, document)}))
    }

    fn wanted(
        &self,
        thing: &str,
        id: &str,
        number: Option<u64>,
    ) -> Result<(usize, &Execution), Refused> {
        const NOT_FOUND: Refused = ("ResourceNotFound", None);
        let job = self.find(id).ok_or(NOT_FOUND)?;
        let it = match number {
            None => self.jobs[job].newest(thing),
            Some(number) => {
                let mut all = self.jobs[job].executions.iter();
                all.find(|it| it.thing == thing && it.number == number)
            }
        };
        Ok((job, it.ok_or(NOT_FOUND)?))
    }

    fn update(
        &mut self,
        thing: &str,
        id: &str,
        request: &Value,
        ended: &mut Option<(usize, u64, &'static str)>,
    ) -> Answer {
        let version = version(&request["expectedVersion"]).map_err(|_| INVALID)?;
        let number = execution_number(request)?;
        let with_state = flag(&request["includeJobExecutionState"], false)?;
        let with_document = flag(&request["includeJobDocument"], false)?;
        let (details, step) = (details(self, request)?, step(self, request)?);
        let status = match request["status"].as_str() {
            Some("IN_PROGRESS") => "IN_PROGRESS",
            Some("SUCCEEDED") => "SUCCEEDED",
            Some("FAILED") => "FAILED",
            Some("REJECTED") => "REJECTED",
            Some("QUEUED" | "CANCELED" | "TIMED_OUT" | "REMOVED") => {
                return Err(("InvalidStateTransition", None));
            }
            _ => return Err(INVALID),
        };
        let (job, it) = self.wanted(thing, id, number)?;
        if version.is_some_and(|version| version != it.version) {
            return Err(("VersionMismatch", Some(state(it))));
        }
        if !it.pending() || it.status == "QUEUED" && !self.jobs[job].visible() {
            return Err(("InvalidStateTransition", Some(state(it))));
        }
        let (number, queued, now) = (it.number, it.status == "QUEUED", self.now);
        if queued && status == "IN_PROGRESS" {
            self.begin(job, thing, number);
        }
        let it = self.jobs[job].execution(thing, number);
        it.version += 1;
        it.updated = now;
        if details.is_some() {
            it.details = details;
        }
        if it.started.is_none() && status != "REJECTED" {
            it.started = Some(now);
        }
        if status == "IN_PROGRESS" {
            set_step(it, step, now);
        } else {
            *ended = Some((job, number, status));
        }
        let mut told = it.clone();
        told.status = status;
        let document = with_document.then(|| self.jobs[job].document());
        let state = with_state.then(|| state(&told));
        Ok(some(
            json!({"executionState": state, "jobDocument": document}),
        ))
    }
}

fn flag(value: &Value, default: bool) -> Result<bool, Refused> {
    match value {
        Value::Null => Ok(default),
        value => value.as_bool().ok_or(INVALID),
    }
}

fn execution_number(request: &Value) -> Result<Option<u64>, Refused> {
    match &request["executionNumber"] {
        Value::Null => Ok(None),
        value => Ok(Some(value.as_u64().filter(|it| *it > 0).ok_or(INVALID)?)),
    }
}

fn details(naive: &Naive, request: &Value) -> Result<Option<Value>, Refused> {
    let details = &request["statusDetails"];
    status_details(details, &naive.limits).map_err(|_| INVALID)?;
    Ok(Some(details.clone()).filter(|it| !it.is_null()))
}

fn step(naive: &Naive, request: &Value) -> Result<Option<i64>, Refused> {
    let minutes = &request["stepTimeoutInMinutes"];
    if minutes.is_null() {
        return Ok(None);
    }
    let minutes = minutes.as_i64().ok_or(INVALID)?;
    let most = i64::from(naive.limits.timeout_minutes);
    match minutes == -1 || (1..=most).contains(&minutes) {
        true => Ok(Some(minutes)),
        false => Err(INVALID),
    }
}

fn set_step(it: &mut Execution, minutes: Option<i64>, now: u64) {
    match minutes {
        None => {}
        Some(-1) => it.step_deadline = None,
        Some(minutes) => it.step_deadline = Some(now + minutes as u64 * 60),
    }
}
