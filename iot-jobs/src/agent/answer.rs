//! What each message that arrives does to what the device knows.

use alloc::string::String;
use core::mem;

use iot_topics::Timestamp;

use super::JobAgent;
use super::event::{AgentEvent, StopReason};
use super::held::Held;
use super::reaction::Reaction;
use super::received::{Answer, Execution, State};
use super::record::{ExecutionId, Outcome, Phase};
use super::request::Request;
use crate::status::ExecutionStatus;

impl JobAgent {
    /// The first pending execution is another one. While the device has none, that is a reason to
    /// ask, and be it once more than needed; else it may mean that its own has ended.
    pub(super) fn on_head(&mut self, head: Option<&ExecutionId>) {
        match self.held.as_mut().filter(|held| held.is_busy()) {
            Some(held) => held.verify |= head != Some(held.id()),
            None => {
                self.ask |= head.is_some();
                self.noticed = true;
            }
        }
    }

    /// Only the answer to the request that waits counts: what answers an older one, of this
    /// connection or a former one, says how things were.
    pub(super) fn on_answer(&mut self, token: &str, answer: Answer, now: Timestamp) -> AgentEvent {
        let is_it = |request: &Request| match answer {
            Answer::Started(_) => *request == Request::StartNext,
            Answer::Described(_) => *request == Request::Describe,
            Answer::Updated(_) => matches!(request, Request::Progress(_) | Request::End),
            Answer::Rejected { .. } => true,
        };
        let waiting = self
            .waiting
            .take_if(|waiting| waiting.token == token && is_it(&waiting.request));
        let Some(waiting) = waiting else {
            return AgentEvent::Nothing;
        };
        match answer {
            Answer::Started(execution) => self.on_started(execution, now),
            Answer::Described(execution) => self.on_described(execution, now),
            Answer::Updated(state) => self.on_updated(&waiting.request, state, now),
            Answer::Rejected {
                code,
                message,
                state,
            } => self.on_rejected(waiting.request, code, message, state, now),
        }
    }

    fn on_started(&mut self, execution: Option<Execution>, now: Timestamp) -> AgentEvent {
        self.calm(now);
        let Some(execution) = execution else {
            return if self.ask {
                AgentEvent::Nothing
            } else {
                AgentEvent::Idle
            };
        };
        if execution.status.is_terminal() {
            self.ask = true;
            self.back_off(now);
            return AgentEvent::Nothing;
        }
        if let Some(held) = self.held.as_mut().filter(|held| held.is(&execution)) {
            // It is over, and handed out nevertheless: it must end, and must not run again.
            held.version = Some(execution.version);
            if let Phase::Over { outcome } = held.record.phase {
                let details = None;
                held.record.phase = Phase::Ended { outcome, details };
            }
            self.back_off(now);
            return AgentEvent::Nothing;
        }
        let held = self.held.insert(Held::new(&execution));
        held.verify = self.noticed;
        AgentEvent::Run(execution.job)
    }

    fn on_described(&mut self, execution: Option<Execution>, now: Timestamp) -> AgentEvent {
        let Some(held) = &mut self.held else {
            return AgentEvent::Nothing;
        };
        // Nothing that has begun is ever queued again: that would be another one of the same number.
        let is_it = |it: &Execution| held.is(it) && it.status != ExecutionStatus::Queued;
        let Some(execution) = execution.filter(is_it) else {
            return self.conclude(StopReason::NotFound, now);
        };
        if execution.status.is_terminal() {
            return self.conclude(StopReason::Ended(execution.status), now);
        }
        held.version = Some(execution.version);
        let tells = held.tell();
        self.calm(now);
        if tells {
            AgentEvent::Resume(execution.job)
        } else {
            AgentEvent::Nothing
        }
    }

    fn on_updated(
        &mut self,
        request: &Request,
        state: Option<State>,
        now: Timestamp,
    ) -> AgentEvent {
        if *request == Request::End {
            let outcome = self.held.as_ref().and_then(|held| held.record.outcome());
            let status = outcome.unwrap_or(Outcome::Failed).status();
            return self.conclude(StopReason::Ended(status), now);
        }
        self.calm(now);
        let Some(held) = &mut self.held else {
            return AgentEvent::Nothing;
        };
        held.conflicted = false;
        held.version = match state {
            Some(state) => Some(state.version),
            None => held.version.and_then(|version| version.checked_add(1)),
        };
        AgentEvent::Reported {
            id: held.id().clone(),
            version: held.version.unwrap_or_default(),
        }
    }

    fn on_rejected(
        &mut self,
        request: Request,
        code: String,
        message: String,
        state: Option<State>,
        now: Timestamp,
    ) -> AgentEvent {
        let reaction = match request {
            Request::StartNext => Reaction::Retry,
            _ => Reaction::to(&code),
        };
        match reaction {
            Reaction::Retry => {
                self.put_back(request);
                self.back_off(now);
            }
            Reaction::Stop if code == NOT_FOUND => return self.conclude(StopReason::NotFound, now),
            Reaction::Stop => return self.conclude(StopReason::Terminal, now),
            Reaction::Reread => {
                self.put_back(request);
                return self.on_conflict(state, now);
            }
            Reaction::Amend => self.amend(request, now),
        }
        AgentEvent::Refused { code, message }
    }

    /// The report was made for another version or state.
    fn on_conflict(&mut self, state: Option<State>, now: Timestamp) -> AgentEvent {
        match state.map(|state| state.status) {
            Some(status) if status.is_terminal() => {
                return self.conclude(StopReason::Ended(status), now);
            }
            // As above.
            Some(ExecutionStatus::Queued) => return self.conclude(StopReason::NotFound, now),
            _ => {}
        }
        let Some(held) = &mut self.held else {
            return AgentEvent::Nothing;
        };
        held.version = state.map(|state| state.version);
        // The first time is what the lost answer to a report leads to. A second time in a row is
        // something else, and may never end.
        if mem::replace(&mut held.conflicted, true) {
            self.back_off(now);
        }
        AgentEvent::Nothing
    }

    /// Takes away from a request what may be wrong with it.
    fn amend(&mut self, request: Request, now: Timestamp) {
        let amended = match (&request, &mut self.held) {
            (Request::Progress(_), Some(held)) => {
                // The report goes, and with it the question whether the execution is there.
                held.verify = true;
                true
            }
            (Request::End, Some(held)) => match &mut held.record.phase {
                Phase::Ended { details, .. } => details.take().is_some(),
                _ => false,
            },
            _ => false,
        };
        if !amended {
            self.put_back(request);
            self.back_off(now);
        }
    }

    /// The execution is over, whoever ended it.
    fn conclude(&mut self, reason: StopReason, now: Timestamp) -> AgentEvent {
        self.calm(now);
        self.ask = true;
        let Some(held) = &mut self.held else {
            return AgentEvent::Nothing;
        };
        let reported = held.record.outcome();
        let outcome = reported.unwrap_or(Outcome::Failed);
        held.record.phase = Phase::Over { outcome };
        held.progress = None;
        let id = held.id().clone();
        if reported.map(Outcome::status).map(StopReason::Ended) == Some(reason) {
            AgentEvent::Finished { id, outcome }
        } else {
            AgentEvent::Stop { id, reason }
        }
    }
}

const NOT_FOUND: &str = "ResourceNotFound";
