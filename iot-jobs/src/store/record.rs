//! One execution in 52 bytes.

use super::NONE;
use crate::status::ExecutionStatus;

/// One execution. Times are whole seconds since the Unix epoch, which 32 bits hold until 2106;
/// zero is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) thing: u32,
    pub(crate) job: u32,
    pub(super) next_of_thing: u32,
    pub(super) next_of_job: u32,
    /// The place among all executions by when they were queued; settles every tie.
    pub(crate) sequence: u32,
    pub(crate) queued_at: u32,
    pub(crate) started_at: u32,
    pub(crate) updated_at: u32,
    pub(crate) version: u32,
    pub(crate) number: u32,
    /// When the step timer runs out.
    pub(crate) step_deadline: u32,
    /// The earliest entry of the timers that is known to stand for this record.
    pub(crate) armed: u32,
    /// What the in-progress timer was started with.
    pub(crate) in_progress_minutes: u16,
    pub(crate) retries: Retries,
    pub(crate) state: RecordState,
}

// Ten million of them, with names and timers, must fit into a GiB.
const _: () = assert!(size_of::<Record>() == 52);

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordState {
    /// Its turn in the rollout has not come; no execution yet.
    Waiting,
    /// The next window of its job has not opened; no execution yet.
    Deferred,
    /// An execution.
    Is(ExecutionStatus),
    /// A queued execution that is not shown, as no window of its job is open.
    Hidden,
    /// An execution canceled with force.
    ForceCanceled,
    /// A deleted execution, the newest of its job on its thing, kept for its number.
    Deleted,
    /// Nothing any more, but in a list of its job still.
    Gone,
}

/// Where a record stands among those of its thing; the order is that in which they are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In progress.
    Running,
    /// Queued and shown.
    Queued,
    /// Queued, and not shown.
    Hidden,
    /// No execution yet.
    Waiting,
    /// In the history.
    Ended,
    /// In no list of its thing.
    Nowhere,
}

impl Place {
    /// Its place in the order.
    pub(super) const fn rank(self) -> u32 {
        self as u32
    }
}

impl RecordState {
    /// The status, if it is an execution.
    pub(crate) const fn status(self) -> Option<ExecutionStatus> {
        match self {
            Self::Is(status) => Some(status),
            Self::Hidden => Some(ExecutionStatus::Queued),
            Self::ForceCanceled => Some(ExecutionStatus::Canceled),
            Self::Waiting | Self::Deferred | Self::Deleted | Self::Gone => None,
        }
    }

    pub(crate) const fn place(self) -> Place {
        match self {
            Self::Is(ExecutionStatus::InProgress) => Place::Running,
            Self::Is(ExecutionStatus::Queued) => Place::Queued,
            Self::Hidden => Place::Hidden,
            Self::Waiting | Self::Deferred => Place::Waiting,
            Self::Is(_) | Self::ForceCanceled | Self::Deleted => Place::Ended,
            Self::Gone => Place::Nowhere,
        }
    }
}

/// How often an execution was retried after a failure and after a timeout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Retries(u8);

impl Retries {
    /// Of each of the two.
    pub(crate) const MOST: u8 = 0xf;

    pub(crate) const fn after_failure(self) -> u8 {
        self.0 >> 4
    }

    pub(crate) const fn after_timeout(self) -> u8 {
        self.0 & 0xf
    }

    /// As a snapshot has it.
    pub(crate) const fn to_byte(self) -> u8 {
        self.0
    }

    /// Takes [`to_byte`](Self::to_byte) back; there is no byte that stands for none.
    pub(crate) const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    pub(crate) const fn total(self) -> u8 {
        self.after_failure() + self.after_timeout()
    }

    /// One more after an end with this status.
    pub(crate) const fn next(self, after: ExecutionStatus) -> Self {
        match after {
            ExecutionStatus::TimedOut if self.after_timeout() < Self::MOST => Self(self.0 + 1),
            ExecutionStatus::Failed if self.after_failure() < Self::MOST => Self(self.0 + 0x10),
            _ => self,
        }
    }
}

impl Record {
    pub(crate) const fn waiting(thing: u32, job: u32) -> Self {
        Self {
            thing,
            job,
            next_of_thing: NONE,
            next_of_job: NONE,
            sequence: 0,
            queued_at: 0,
            started_at: 0,
            updated_at: 0,
            version: 0,
            number: 0,
            step_deadline: 0,
            armed: 0,
            in_progress_minutes: 0,
            retries: Retries(0),
            state: RecordState::Waiting,
        }
    }

    /// The status, if it is an execution.
    pub(crate) const fn status(&self) -> Option<ExecutionStatus> {
        self.state.status()
    }

    /// Whether its device sees it as pending.
    pub(crate) const fn is_visible(&self) -> bool {
        matches!(self.state.place(), Place::Running | Place::Queued)
    }

    pub(crate) fn is(&self, status: ExecutionStatus) -> bool {
        self.status() == Some(status)
    }

    /// When it times out, if it runs and has a timer.
    pub(crate) fn deadline(&self) -> Option<u32> {
        if !self.is(ExecutionStatus::InProgress) {
            return None;
        }
        let step = (self.step_deadline != 0).then_some(self.step_deadline);
        let whole = (self.in_progress_minutes != 0).then(|| {
            self.started_at
                .saturating_add(u32::from(self.in_progress_minutes).saturating_mul(60))
        });
        step.into_iter().chain(whole).min()
    }
}
