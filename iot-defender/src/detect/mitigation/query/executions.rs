//! Questions about executions.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use iot_topics::Timestamp;
use serde_json::Value;

use crate::audit::query::{TaskOrTime, read_paging, task_or_time};
use crate::audit::{ExecutionKey, MitigationTaskId, QueryError};
use crate::detect::mitigation::target::is_id;
use crate::detect::mitigation::task::DetectMitigationTask;
use crate::detect::mitigation::tasks::DetectMitigationTasks;
use crate::detect::mitigation::view::DetectMitigationExecution;
use crate::paging::{PageSize, Paging, Place, answer};
use crate::question::{device, parsed};

/// Of which task, or from when, executions are asked for.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::ExecutionsOf;
/// use iot_topics::Timestamp;
///
/// let at = Timestamp::from_secs;
/// let day = ExecutionsOf::Time { from: at(0), to: at(86_400) };
/// assert_ne!(day, ExecutionsOf::Task("m-1".parse()?));
/// # Ok::<(), iot_defender::audit::AuditIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a question has one of the two")]
pub enum ExecutionsOf {
    /// Of this task.
    Task(MitigationTaskId),
    /// That began in this time, both ends in it.
    Time {
        /// The start of the time.
        from: Timestamp,
        /// The end of the time.
        to: Timestamp,
    },
}

/// Which executions are asked for, as `ListDetectMitigationActionsExecutions` has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::QueryError;
/// use iot_defender::detect::DetectMitigationExecutionQuery;
/// use serde_json::json;
///
/// let query = DetectMitigationExecutionQuery::from_json(&json!({
///     "startTime": 1_573_776_000,
///     "endTime": 1_573_862_400,
///     "thingName": "lamp-7",
/// }))?;
/// assert_eq!(query.thing.as_deref(), Some("lamp-7"));
///
/// let error = DetectMitigationExecutionQuery::from_json(&json!({ "thingName": "lamp-7" }));
/// assert_eq!(error, Err(QueryError::TaskOrTime));
/// # Ok::<(), QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DetectMitigationExecutionQuery {
    /// Of which task, or from when.
    pub of: ExecutionsOf,
    /// On this violation.
    pub violation_id: Option<String>,
    /// About this thing or client id.
    pub thing: Option<String>,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

impl DetectMitigationExecutionQuery {
    /// All executions of a task or a time, the first page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectMitigationExecutionQuery, ExecutionsOf};
    ///
    /// let of = ExecutionsOf::Task("m-1".parse()?);
    /// assert_eq!(DetectMitigationExecutionQuery::new(of).max_results.get(), 25);
    /// # Ok::<(), iot_defender::audit::AuditIdError>(())
    /// ```
    #[must_use]
    pub fn new(of: ExecutionsOf) -> Self {
        Self {
            of,
            violation_id: None,
            thing: None,
            max_results: PageSize::default(),
            next_token: None,
        }
    }

    /// Reads the question as the API has it. Members that it does not know are not looked at, and
    /// null stands for none.
    ///
    /// # Errors
    ///
    /// [`QueryError`]: not an object, the first member that breaks its rule, or neither or both of
    /// a task and a time.
    pub fn from_json(json: &Value) -> Result<Self, QueryError> {
        let (max_results, next_token) = read_paging(json)?;
        let of = match task_or_time(json)? {
            TaskOrTime::Task(task) => ExecutionsOf::Task(task),
            TaskOrTime::Time { from, to } => ExecutionsOf::Time { from, to },
        };
        let violation_id: Option<String> = parsed(json, "violationId")?;
        if violation_id.as_ref().is_some_and(|id| !is_id(id)) {
            return Err(QueryError::Member("violationId"));
        }
        Ok(Self {
            of,
            violation_id,
            thing: device(json)?,
            max_results,
            next_token,
        })
    }

    /// Whether an execution is asked for, on whatever page.
    fn takes(&self, execution: &DetectMitigationExecution<'_>) -> bool {
        let is_of = match &self.of {
            ExecutionsOf::Task(task_id) => task_id == execution.task_id,
            ExecutionsOf::Time { from, to } => {
                let start = execution.start_time;
                start.is_some_and(|start| (*from..=*to).contains(&start))
            }
        };
        let is_it = |asked: &Option<String>, found| asked.as_ref().is_none_or(|it| it == found);
        is_of
            && is_it(&self.violation_id, execution.violation_id)
            && is_it(&self.thing, execution.device)
    }

    /// A page of the executions, by task, violation and action. What waits for its turn is not
    /// listed, as the API has no status for it. If there is no such task, the page is empty. The cost is that of a look at each execution of
    /// the task, or of all tasks that are kept.
    ///
    /// The token tells the task of the last, and its place there, so that the next page begins
    /// right though tasks start and are forgotten, that one too.
    ///
    /// # Errors
    ///
    /// [`QueryError::NextToken`]: the token was not given out by this list.
    pub fn list<'t>(
        &self,
        tasks: &'t DetectMitigationTasks,
    ) -> Result<DetectMitigationExecutionPage<'t>, QueryError> {
        let paging = Paging {
            mark: "detectmitigationexecution",
            most: self.max_results,
            token: self.next_token.as_deref(),
        };
        let (named, all) = match &self.of {
            ExecutionsOf::Task(task_id) => (tasks.get(task_id), None),
            ExecutionsOf::Time { .. } => (None, Some(tasks.keeper.iter())),
        };
        let tasks = named.into_iter().chain(all.into_iter().flatten());
        let executions = tasks.flat_map(DetectMitigationTask::keyed_executions);
        let asked = executions.filter(|(_, execution)| self.takes(execution));
        let placed = asked.map(|(key, execution)| {
            let task_id = execution.task_id.as_str();
            (ExecutionPlace { task_id, key }, execution)
        });
        let (executions, next_token) = paging.cut(placed)?;
        Ok(DetectMitigationExecutionPage {
            executions,
            next_token,
        })
    }
}

/// Where an execution stands among those of all tasks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ExecutionPlace<'a> {
    task_id: &'a str,
    key: ExecutionKey,
}

impl fmt::Display for ExecutionPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ExecutionKey { finding, action } = self.key;
        write!(f, "{}/{finding}/{action}", self.task_id)
    }
}

impl<'a> Place<'a> for ExecutionPlace<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(3, '/');
        let task_id = parts.next()?;
        let key = ExecutionKey {
            finding: parts.next()?.parse().ok()?,
            action: parts.next()?.parse().ok()?,
        };
        let is_id = task_id.parse::<MitigationTaskId>().is_ok();
        is_id.then_some(Self { task_id, key })
    }
}

/// A page of executions.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     DetectMitigationExecutionQuery, DetectMitigationTasks, ExecutionsOf,
/// };
///
/// let query = DetectMitigationExecutionQuery::new(ExecutionsOf::Task("m-1".parse()?));
/// let tasks = DetectMitigationTasks::new();
/// let page = query.list(&tasks)?;
/// assert!(page.executions.is_empty() && page.next_token.is_none());
/// assert_eq!(page.to_api_json(), serde_json::json!({ "actionsExecutions": [] }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetectMitigationExecutionPage<'t> {
    /// The executions.
    pub executions: Vec<DetectMitigationExecution<'t>>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl DetectMitigationExecutionPage<'_> {
    /// The answer of `ListDetectMitigationActionsExecutions`. Times are seconds with a fraction.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let executions: Value = self.executions.iter().map(|it| it.to_api_json()).collect();
        answer("actionsExecutions", &executions, self.next_token.as_deref())
    }
}
