//! The tasks of an account, of either plane.
//!
//! Sources: API reference, `StartAuditMitigationActionsTask` and
//! `StartDetectMitigationActionsTask`; "AWS IoT Device Defender quotas" for how many run at once
//! and how long they are kept.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use iot_topics::Timestamp;

use super::error::MitigationRequestError;
use super::executions::Executions;
use crate::audit::id::{ClientRequestToken, MitigationTaskId};
use crate::audit::retention::Retention;
use crate::audit::task::TaskStatus;
use crate::paging::Place;

/// A task, as far as its keeper looks at it.
pub(crate) trait KeptTask {
    /// What starts one.
    type Request;
    /// How many run at once.
    const MAX_RUNNING: usize;
    /// What refuses one more.
    const TOO_MANY: MitigationRequestError;

    /// The id of the task, and the token of the request: neither is used twice.
    fn names(request: &Self::Request) -> (&MitigationTaskId, Option<&ClientRequestToken>);

    fn request(&self) -> &Self::Request;

    fn executions(&self) -> &Executions;
}

/// Tasks by their id: so many run at once, and those that ended are kept for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaskKeeper<T> {
    tasks: BTreeMap<MitigationTaskId, T>,
    pub(crate) retention: Retention,
}

impl<T> Default for TaskKeeper<T> {
    /// None yet, kept for 90 days.
    fn default() -> Self {
        Self {
            tasks: BTreeMap::new(),
            retention: Retention::default(),
        }
    }
}

impl<T: KeptTask> TaskKeeper<T> {
    /// Drops the tasks whose time is over, then keeps the one that `start` makes of the request.
    pub(crate) fn start(
        &mut self,
        request: T::Request,
        now: Timestamp,
        start: impl FnOnce(T::Request) -> Result<T, MitigationRequestError>,
    ) -> Result<&mut T, MitigationRequestError> {
        self.purge(now);
        let (task_id, token) = T::names(&request);
        if self.tasks.contains_key(task_id) {
            return Err(MitigationRequestError::TaskExists(task_id.clone()));
        }
        let is_used = |token| {
            self.iter()
                .any(|task| T::names(task.request()).1 == Some(token))
        };
        if let Some(token) = token.filter(|token| is_used(token)) {
            return Err(MitigationRequestError::TokenExists(token.clone()));
        }
        let statuses = self.iter().map(|task| task.executions().status());
        let running = statuses.filter(|status| *status == TaskStatus::InProgress);
        let is_full = running.count() >= T::MAX_RUNNING;
        let task_id = task_id.clone();
        let task = start(request)?;
        if is_full {
            return Err(T::TOO_MANY);
        }
        Ok(self.tasks.entry(task_id).or_insert(task))
    }

    pub(crate) fn get(&self, task_id: &MitigationTaskId) -> Option<&T> {
        self.tasks.get(task_id)
    }

    pub(crate) fn get_mut(&mut self, task_id: &MitigationTaskId) -> Option<&mut T> {
        self.tasks.get_mut(task_id)
    }

    /// The task that a request names.
    pub(crate) fn named(
        &mut self,
        task_id: &MitigationTaskId,
    ) -> Result<&mut T, MitigationRequestError> {
        let missing = || MitigationRequestError::NoSuchTask(task_id.clone());
        self.tasks.get_mut(task_id).ok_or_else(missing)
    }

    pub(crate) fn purge(&mut self, now: Timestamp) {
        let retention = self.retention;
        self.tasks.retain(|_, task| {
            let end = task.executions().end_time();
            end.is_none_or(|end| retention.keeps(end, now))
        });
    }

    /// By id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.tasks.values()
    }

    /// Those that are asked for, each with its place: the newest first, those of one instant by
    /// id.
    pub(crate) fn newest(&self, is_asked: impl Fn(&T) -> bool) -> Vec<(TaskPlace<'_>, &T)> {
        let asked = self.tasks.iter().filter(|(_, task)| is_asked(task));
        let placed = asked.map(|(task_id, task)| {
            let start = Reverse(task.executions().start_time());
            let task_id = task_id.as_str();
            (TaskPlace { start, task_id }, task)
        });
        let mut tasks: Vec<_> = placed.collect();
        tasks.sort_unstable_by_key(|(place, _)| *place);
        tasks
    }
}

/// Where a task stands among all, the newest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TaskPlace<'a> {
    start: Reverse<Timestamp>,
    task_id: &'a str,
}

impl fmt::Display for TaskPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.start.0.as_millis(), self.task_id)
    }
}

impl<'a> Place<'a> for TaskPlace<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (start, task_id) = text.split_once('/')?;
        let start = Reverse(Timestamp::from_millis(start.parse().ok()?));
        let is_id = task_id.parse::<MitigationTaskId>().is_ok();
        is_id.then_some(Self { start, task_id })
    }
}

/// What is public of a keeper, which both planes have. The path in front is the public one, for
/// the examples.
macro_rules! kept_tasks {
    ($module:ident: $tasks:ident, $task:ident) => {
        impl $tasks {
            /// None yet, kept for 90 days after their end.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// With another time for which tasks are kept after their end.
            ///
            /// # Examples
            ///
            /// ```
            /// use iot_defender::audit::Retention;
            #[doc = concat!("use iot_defender::", stringify!($module), "::", stringify!($tasks), ";")]
            ///
            #[doc = concat!(
                "let tasks = ", stringify!($tasks), "::new().with_retention(Retention::of_days(7));",
            )]
            #[doc = concat!("assert_ne!(tasks, ", stringify!($tasks), "::default());")]
            /// ```
            #[must_use]
            pub const fn with_retention(mut self, retention: $crate::audit::Retention) -> Self {
                self.keeper.retention = retention;
                self
            }

            /// The task of that id.
            #[must_use]
            pub fn get(&self, task_id: &$crate::audit::MitigationTaskId) -> Option<&$task> {
                self.keeper.get(task_id)
            }

            /// The task of that id, to be carried on.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use iot_defender::", stringify!($module), "::", stringify!($tasks), ";")]
            ///
            #[doc = concat!(
                "assert!(", stringify!($tasks), "::new().get_mut(&\"m-1\".parse()?).is_none());",
            )]
            /// # Ok::<(), iot_defender::audit::AuditIdError>(())
            /// ```
            pub fn get_mut(
                &mut self,
                task_id: &$crate::audit::MitigationTaskId,
            ) -> Option<&mut $task> {
                self.keeper.get_mut(task_id)
            }

            #[doc = concat!("[`", stringify!($task), "::cancel`] of the task of that id.")]
            ///
            /// # Errors
            ///
            /// [`NoSuchTask`](crate::audit::MitigationRequestError::NoSuchTask), and that it does
            /// not run.
            pub fn cancel(
                &mut self,
                task_id: &$crate::audit::MitigationTaskId,
                now: ::iot_topics::Timestamp,
            ) -> Result<(), $crate::audit::MitigationRequestError> {
                self.keeper.named(task_id)?.cancel(now)
            }

            /// Drops the tasks whose end lies so far back that they are no longer kept: 90 days
            /// and more. The cost is linear in the tasks that are kept.
            pub fn purge(&mut self, now: ::iot_topics::Timestamp) {
                self.keeper.purge(now);
            }
        }
    };
}

pub(crate) use kept_tasks;
