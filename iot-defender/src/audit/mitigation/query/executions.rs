//! Questions about the executions of a mitigation task.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use crate::audit::id::{FindingId, MitigationTaskId};
use crate::audit::mitigation::run::ExecutionStatus;
use crate::audit::mitigation::task::MitigationExecution;
use crate::audit::mitigation::tasks::MitigationTasks;
use crate::audit::query::{QueryError, read_paging};
use crate::paging::{PageSize, Paging, answer};
use crate::question::{needed, parsed};

/// Which executions are asked for, as `ListAuditMitigationActionsExecutions` has it: those of a
/// task on a finding.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ExecutionStatus, MitigationExecutionQuery, QueryError};
/// use serde_json::json;
///
/// let query = MitigationExecutionQuery::from_json(&json!({
///     "taskId": "m-1",
///     "findingId": "f-1",
///     "actionStatus": "SKIPPED",
/// }))?;
/// assert_eq!(query.status, Some(ExecutionStatus::Skipped));
///
/// let error = MitigationExecutionQuery::from_json(&json!({ "taskId": "m-1" }));
/// assert_eq!(error, Err(QueryError::Member("findingId")));
/// # Ok::<(), QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MitigationExecutionQuery {
    /// Of this task.
    pub task_id: MitigationTaskId,
    /// On this finding.
    pub finding_id: FindingId,
    /// Those of this status.
    pub status: Option<ExecutionStatus>,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

impl MitigationExecutionQuery {
    /// All executions of a task on a finding, the first page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::MitigationExecutionQuery;
    ///
    /// let query = MitigationExecutionQuery::new("m-1".parse()?, "f-1".parse()?);
    /// assert_eq!((query.status, query.max_results.get()), (None, 25));
    /// # Ok::<(), iot_defender::audit::AuditIdError>(())
    /// ```
    #[must_use]
    pub fn new(task_id: MitigationTaskId, finding_id: FindingId) -> Self {
        Self {
            task_id,
            finding_id,
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
            task_id: needed(json, "taskId")?,
            finding_id: needed(json, "findingId")?,
            status: parsed(json, "actionStatus")?,
            max_results,
            next_token,
        })
    }

    /// A page of the executions, in the order of the actions: at most five in all. None, if there
    /// is no such task or it does not work on the finding, as the API has no error for that.
    ///
    /// The token tells the task, the finding, and the place of the last action, which do not
    /// change.
    ///
    /// # Errors
    ///
    /// [`QueryError::NextToken`]: the token was not given out for this task and finding.
    pub fn list<'t>(
        &self,
        tasks: &'t MitigationTasks,
    ) -> Result<MitigationExecutionPage<'t>, QueryError> {
        let paging = Paging {
            mark: &format!("mitigationexecution/{}/{}", self.task_id, self.finding_id),
            most: self.max_results,
            token: self.next_token.as_deref(),
        };
        let task = tasks.get(&self.task_id).into_iter();
        let executions = task.flat_map(|task| task.executions(&self.finding_id));
        let asked = executions
            .enumerate()
            .filter(|(_, it)| self.status.is_none_or(|status| it.status == status));
        let (executions, next_token) = paging.cut(asked)?;
        Ok(MitigationExecutionPage {
            executions,
            next_token,
        })
    }
}

/// A page of executions.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationExecutionQuery, MitigationTasks};
///
/// let query = MitigationExecutionQuery::new("m-1".parse()?, "f-1".parse()?);
/// let tasks = MitigationTasks::new();
/// let page = query.list(&tasks)?;
/// assert!(page.executions.is_empty() && page.next_token.is_none());
/// assert_eq!(page.to_api_json(), serde_json::json!({ "actionsExecutions": [] }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MitigationExecutionPage<'t> {
    /// The executions.
    pub executions: Vec<MitigationExecution<'t>>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl MitigationExecutionPage<'_> {
    /// The answer of `ListAuditMitigationActionsExecutions`. Times are seconds with a fraction.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let executions: Value = self.executions.iter().map(|it| it.to_api_json()).collect();
        answer("actionsExecutions", &executions, self.next_token.as_deref())
    }
}
