//! Questions about mitigation tasks.

use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::Value;

use crate::audit::id::{AuditTaskId, FindingId};
use crate::audit::mitigation::task::MitigationTask;
use crate::audit::mitigation::tasks::MitigationTasks;
use crate::audit::query::{QueryError, read_paging};
use crate::audit::task::TaskStatus;
use crate::paging::{PageSize, Paging, answer};
use crate::question::{parsed, time};

/// Which mitigation tasks are asked for, as `ListAuditMitigationActionsTasks` has it. A task that
/// runs has no end, and is listed if it began in time.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationTaskQuery, QueryError, TaskStatus};
/// use serde_json::json;
///
/// let query = MitigationTaskQuery::from_json(&json!({
///     "startTime": 1_650_000_000,
///     "endTime": 1_650_086_400.5,
///     "taskStatus": "FAILED",
///     "maxResults": 50,
/// }))?;
/// assert_eq!(query.end_time.as_millis(), 1_650_086_400_500);
/// assert_eq!((query.status, query.max_results.get()), (Some(TaskStatus::Failed), 50));
///
/// let error = MitigationTaskQuery::from_json(&json!({ "startTime": 1_650_000_000 }));
/// assert_eq!(error, Err(QueryError::Member("endTime")));
/// # Ok::<(), QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MitigationTaskQuery {
    /// Tasks that began then or later.
    pub start_time: Timestamp,
    /// Tasks that ended then or earlier.
    pub end_time: Timestamp,
    /// Tasks over findings of this audit.
    pub audit_task_id: Option<AuditTaskId>,
    /// Tasks that work on this finding.
    pub finding_id: Option<FindingId>,
    /// Tasks of this status.
    pub status: Option<TaskStatus>,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

impl MitigationTaskQuery {
    /// All tasks of a time, both ends included: the first page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{MitigationTaskQuery, TaskStatus};
    /// use iot_topics::Timestamp;
    ///
    /// let day = Timestamp::from_secs(1_650_000_000);
    /// let mut query = MitigationTaskQuery::between(day, Timestamp::from_secs(1_650_086_400));
    /// query.status = Some(TaskStatus::Failed);
    /// assert_eq!(query.max_results.get(), 25);
    /// ```
    #[must_use]
    pub fn between(start_time: Timestamp, end_time: Timestamp) -> Self {
        Self {
            start_time,
            end_time,
            audit_task_id: None,
            finding_id: None,
            status: None,
            max_results: PageSize::default(),
            next_token: None,
        }
    }

    /// Reads the question as the API has it. Members that it does not know are not looked at, and
    /// null stands for none.
    ///
    /// # Errors
    ///
    /// [`QueryError`]: not an object, or the first member that is missing or breaks its rule.
    pub fn from_json(json: &Value) -> Result<Self, QueryError> {
        let (max_results, next_token) = read_paging(json)?;
        Ok(Self {
            start_time: time(json, "startTime")?,
            end_time: time(json, "endTime")?,
            audit_task_id: parsed(json, "auditTaskId")?,
            finding_id: parsed(json, "findingId")?,
            status: parsed(json, "taskStatus")?,
            max_results,
            next_token,
        })
    }

    fn takes(&self, task: &MitigationTask) -> bool {
        let audit = self.audit_task_id.as_ref();
        let of_audit = |audit: &AuditTaskId| {
            task.request().target().audit_task_id() == Some(audit)
                || task.findings().any(|finding| finding.task_id == *audit)
        };
        let finding = self.finding_id.as_ref();
        task.executions.are_within(self.start_time, self.end_time)
            && audit.is_none_or(of_audit)
            && finding.is_none_or(|finding| task.works_on(finding))
            && self.status.is_none_or(|status| task.status() == status)
    }

    /// A page of the tasks: the newest first, those of one instant by id. The cost is that of a
    /// look at each task that is kept and of sorting those that are asked for.
    ///
    /// The token tells the start and the id of the last, so that the next page begins right though
    /// tasks start and are forgotten, that one too.
    ///
    /// # Errors
    ///
    /// [`QueryError::NextToken`]: the token was not given out by this list.
    pub fn list<'t>(
        &self,
        tasks: &'t MitigationTasks,
    ) -> Result<MitigationTaskPage<'t>, QueryError> {
        let paging = Paging {
            mark: "mitigationtask",
            most: self.max_results,
            token: self.next_token.as_deref(),
        };
        let asked = tasks.keeper.newest(|task| self.takes(task));
        let (tasks, next_token) = paging.cut(asked)?;
        Ok(MitigationTaskPage { tasks, next_token })
    }
}

/// A page of mitigation tasks.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationTaskQuery, MitigationTasks};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_650_000_000);
/// let tasks = MitigationTasks::new();
/// let page = MitigationTaskQuery::between(now, now).list(&tasks)?;
/// assert!(page.tasks.is_empty() && page.next_token.is_none());
/// assert_eq!(page.to_api_json(), serde_json::json!({ "tasks": [] }));
/// # Ok::<(), iot_defender::audit::QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MitigationTaskPage<'t> {
    /// The tasks.
    pub tasks: Vec<&'t MitigationTask>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl MitigationTaskPage<'_> {
    /// The answer of `ListAuditMitigationActionsTasks`. Times are seconds with a fraction.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let tasks: Value = self.tasks.iter().map(|task| task.metadata()).collect();
        answer("tasks", &tasks, self.next_token.as_deref())
    }
}
