//! The execution that a device has.

use alloc::string::String;

use super::received::Execution;
use super::record::{ExecutionId, JobRecord, Phase};
use super::request::{self, Progress, Request};
use crate::status::ExecutionStatus;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) record: JobRecord,
    /// As the service told it last; `None` if it must be described before anything is reported.
    pub(super) version: Option<u64>,
    /// The application of this life has got it.
    told: bool,
    /// It must be asked whether it is still there.
    pub(super) verify: bool,
    pub(super) progress: Option<Progress>,
    /// The last report ran into another version or state.
    pub(super) conflicted: bool,
}

impl Held {
    /// One that is handed out.
    pub(super) fn new(execution: &Execution) -> Self {
        let record = JobRecord {
            id: execution.job.id.clone(),
            queued_at: execution.queued_at,
            phase: Phase::Running,
        };
        Self {
            version: Some(execution.version),
            told: true,
            verify: false,
            ..Self::kept(record)
        }
    }

    /// One of a former life.
    pub(super) const fn kept(record: JobRecord) -> Self {
        Self {
            record,
            version: None,
            told: false,
            verify: true,
            progress: None,
            conflicted: false,
        }
    }

    pub(super) const fn is_running(&self) -> bool {
        matches!(self.record.phase, Phase::Running)
    }

    pub(super) const fn is_busy(&self) -> bool {
        !self.record.is_over()
    }

    pub(super) fn is(&self, execution: &Execution) -> bool {
        self.record.id == execution.job.id && self.record.queued_at == execution.queued_at
    }

    /// What is to be asked about it, if anything.
    pub(super) fn due(&self) -> Option<Request> {
        match &self.record.phase {
            Phase::Over { .. } => None,
            _ if self.version.is_none() => Some(Request::Describe),
            Phase::Ended { .. } => Some(Request::End),
            Phase::Running => match &self.progress {
                Some(progress) => Some(Request::Progress(progress.clone())),
                None => (self.verify || !self.told).then_some(Request::Describe),
            },
        }
    }

    /// The payload of a request about it, which is about to be sent.
    pub(super) fn send(&mut self, request: &Request, token: &str) -> String {
        // An answer to what is sent now tells whether it was there by now.
        self.verify = false;
        let id = &self.record.id;
        match (request, &self.record.phase) {
            (Request::End, Phase::Ended { outcome, details }) => {
                let (status, details) = (outcome.status(), details.as_ref());
                request::update(id, self.version, status, details, None, token)
            }
            (Request::Progress(progress), _) => {
                self.progress = None;
                let (status, details) = (ExecutionStatus::InProgress, progress.details.as_ref());
                request::update(id, self.version, status, details, progress.step, token)
            }
            _ => request::describe(id, self.must_tell(), token),
        }
    }

    /// Takes back what was not answered.
    pub(super) fn put_back(&mut self, request: Request) {
        match request {
            Request::Describe => self.verify = true,
            Request::Progress(progress) if self.is_running() => {
                let newer = self.progress.take().unwrap_or_default();
                self.progress = Some(progress.then(newer));
            }
            _ => {}
        }
    }

    /// Adds a report to what was not sent so far.
    pub(super) fn report(&mut self, newer: Progress) {
        let older = self.progress.take().unwrap_or_default();
        self.progress = Some(older.then(newer));
    }

    /// Whether the application of this life still has to get it.
    const fn must_tell(&self) -> bool {
        !self.told && self.is_running()
    }

    /// Whether the application gets it now.
    pub(super) fn tell(&mut self) -> bool {
        let tells = self.must_tell();
        self.told |= tells;
        tells
    }

    pub(super) const fn id(&self) -> &ExecutionId {
        &self.record.id
    }
}
