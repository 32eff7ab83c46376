//! The executions of a task: which action was tried when on what, and how that went.
//!
//! Source: API reference, `AuditMitigationActionExecutionMetadata` and
//! `DetectMitigationActionExecution`.

use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::{Map, Value};

use super::run::{ExecutionStatus, MitigationRun, MitigationStatistics};
use crate::audit::seconds;
use crate::audit::task::TaskStatus;

/// Which execution of a task: one action on one finding, or one violation.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::ExecutionKey;
///
/// fn is_copy<T: Copy + Ord>() {}
/// is_copy::<ExecutionKey>(); // a caller that does many at once keeps them in a map
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutionKey {
    /// The place of the finding, or of the violation.
    pub(crate) finding: usize,
    pub(crate) action: usize,
}

/// Why an action failed, as executions are listed with it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::ActionFailure;
///
/// let failure = ActionFailure::new("AccessDeniedException", "the role may not do that");
/// assert_eq!(failure.code(), "AccessDeniedException");
/// assert_eq!(failure.message(), "the role may not do that");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ActionFailure {
    code: String,
    message: String,
}

impl ActionFailure {
    /// A code and a text; of that the first 2048 characters are kept.
    #[must_use]
    pub fn new(code: &str, message: &str) -> Self {
        Self {
            code: code.into(),
            message: message.chars().take(MAX_MESSAGE).collect(),
        }
    }

    /// `errorCode`.
    #[must_use]
    pub const fn code(&self) -> &str {
        self.code.as_str()
    }

    /// `message`.
    #[must_use]
    pub const fn message(&self) -> &str {
        self.message.as_str()
    }
}

const MAX_MESSAGE: usize = 2048;

/// The times of an execution, and why it failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) start: Option<Timestamp>,
    pub(crate) end: Option<Timestamp>,
    pub(crate) failure: Option<ActionFailure>,
}

/// Adds the start and the end, as far as there are any, by these names.
pub(crate) fn times(
    members: &mut Map<String, Value>,
    names: [&str; 2],
    start: Option<Timestamp>,
    end: Option<Timestamp>,
) {
    for (name, time) in names.into_iter().zip([start, end]) {
        if let Some(time) = time {
            members.insert(name.into(), seconds::write(time));
        }
    }
}

/// Adds why an execution failed, if it did.
pub(crate) fn reason(members: &mut Map<String, Value>, failure: Option<&ActionFailure>) {
    if let Some(failure) = failure {
        members.insert("errorCode".into(), failure.code().into());
        members.insert("message".into(), failure.message().into());
    }
}

/// The life of a task of either plane: its run, what was tried, when it began and when it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Executions {
    run: MitigationRun,
    /// Of each finding or violation, of each action on it: as many as the run has.
    attempts: Vec<Vec<Attempt>>,
    start_time: Timestamp,
    /// Something, if and only if nothing is open.
    end_time: Option<Timestamp>,
}

impl Executions {
    /// So many actions for each finding or violation, from now on.
    pub(crate) fn new(actions: impl IntoIterator<Item = usize>, now: Timestamp) -> Self {
        let untried = |actions| alloc::vec![Attempt::default(); actions];
        let attempts: Vec<_> = actions.into_iter().map(untried).collect();
        let mut executions = Self {
            run: MitigationRun::new(attempts.iter().map(Vec::len)),
            attempts,
            start_time: now,
            end_time: None,
        };
        executions.note_end(now);
        executions
    }

    /// Starts the next action whose turn has come, for which there is a step. One for which there
    /// is none fails with `InvalidRequestException` and this text.
    pub(crate) fn start_next<S>(
        &mut self,
        mut step: impl FnMut(ExecutionKey) -> Option<S>,
        unfit: &str,
        now: Timestamp,
    ) -> Option<S> {
        while let Some((finding, action)) = self.run.start_next() {
            let key = ExecutionKey { finding, action };
            if let Some(attempt) = self.attempt(key) {
                attempt.start = Some(now);
            }
            let step = step(key);
            if step.is_some() {
                return step;
            }
            let failure = ActionFailure::new("InvalidRequestException", unfit);
            self.finish(key, Err(failure), now);
        }
        None
    }

    /// Tells how an action went that was started. `false`, and nothing changes, if it does not
    /// run.
    pub(crate) fn finish(
        &mut self,
        key: ExecutionKey,
        outcome: Result<(), ActionFailure>,
        now: Timestamp,
    ) -> bool {
        if !self.run.finish(key.finding, key.action, outcome.is_ok()) {
            return false;
        }
        if let Some(attempt) = self.attempt(key) {
            attempt.end = Some(now);
            attempt.failure = outcome.err();
        }
        self.note_end(now);
        true
    }

    /// Cancels what is not done, and ends what has started. `false`, and nothing changes, if
    /// nothing is open.
    pub(crate) fn cancel(&mut self, now: Timestamp) -> bool {
        if !self.run.cancel() {
            return false;
        }
        let attempts = self.attempts.iter_mut().flatten();
        for attempt in attempts.filter(|it| it.start.is_some()) {
            attempt.end.get_or_insert(now);
        }
        self.note_end(now);
        true
    }

    fn note_end(&mut self, now: Timestamp) {
        if self.status() != TaskStatus::InProgress {
            self.end_time.get_or_insert(now);
        }
    }

    fn attempt(&mut self, key: ExecutionKey) -> Option<&mut Attempt> {
        self.attempts.get_mut(key.finding)?.get_mut(key.action)
    }

    /// The executions on a finding or violation, in the order of its actions.
    pub(crate) fn on(&self, finding: usize) -> impl Iterator<Item = (ExecutionStatus, &Attempt)> {
        let attempts = self.attempts.get(finding).into_iter().flatten();
        self.run.executions(finding).zip(attempts)
    }

    /// Counts one finding.
    pub(crate) fn count(&self, finding: usize, counts: &mut MitigationStatistics) {
        self.run.count(finding, counts);
    }

    pub(crate) const fn status(&self) -> TaskStatus {
        self.run.status()
    }

    pub(crate) const fn start_time(&self) -> Timestamp {
        self.start_time
    }

    pub(crate) const fn end_time(&self) -> Option<Timestamp> {
        self.end_time
    }

    /// Whether all of it lies in a time, both ends in it. What runs has no end, and is in it if it
    /// began in time.
    pub(crate) fn are_within(&self, from: Timestamp, to: Timestamp) -> bool {
        self.start_time >= from && self.end_time.unwrap_or(self.start_time) <= to
    }

    /// Adds the start and the end, if there is one, by these names.
    pub(crate) fn tell_times(&self, names: [&str; 2], members: &mut Map<String, Value>) {
        times(members, names, Some(self.start_time), self.end_time);
    }
}
