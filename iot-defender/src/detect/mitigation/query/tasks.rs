//! Questions about mitigation tasks.

use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::Value;

use crate::audit::QueryError;
use crate::audit::query::read_paging;
use crate::detect::mitigation::task::DetectMitigationTask;
use crate::detect::mitigation::tasks::DetectMitigationTasks;
use crate::paging::{PageSize, Paging, answer};
use crate::question::time;

/// Which mitigation tasks are asked for, as `ListDetectMitigationActionsTasks` has it: those that
/// began and ended in a time, or began in it and run.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::QueryError;
/// use iot_defender::detect::DetectMitigationTaskQuery;
/// use serde_json::json;
///
/// let day = json!({ "startTime": 1_573_776_000, "endTime": 1_573_862_400, "maxResults": 10 });
/// let query = DetectMitigationTaskQuery::from_json(&day)?;
/// assert_eq!((query.from.as_secs(), query.max_results.get()), (1_573_776_000, 10));
///
/// let error = DetectMitigationTaskQuery::from_json(&json!({ "startTime": 0 })).unwrap_err();
/// assert_eq!(error, QueryError::Member("endTime"));
/// assert_eq!(error.exception(), "InvalidRequestException");
/// # Ok::<(), QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DetectMitigationTaskQuery {
    /// Tasks that began then or later.
    pub from: Timestamp,
    /// Tasks that ended then or earlier.
    pub to: Timestamp,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

impl DetectMitigationTaskQuery {
    /// All tasks of a time, both ends included: the first page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::DetectMitigationTaskQuery;
    ///
    /// let query = DetectMitigationTaskQuery::between(Default::default(), Default::default());
    /// assert_eq!(query.max_results.get(), 25);
    /// ```
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self {
            from,
            to,
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
            from: time(json, "startTime")?,
            to: time(json, "endTime")?,
            max_results,
            next_token,
        })
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
        tasks: &'t DetectMitigationTasks,
    ) -> Result<DetectMitigationTaskPage<'t>, QueryError> {
        let paging = Paging {
            mark: "detectmitigationtask",
            most: self.max_results,
            token: self.next_token.as_deref(),
        };
        let is_asked = |task: &DetectMitigationTask| task.executions.are_within(self.from, self.to);
        let (tasks, next_token) = paging.cut(tasks.keeper.newest(is_asked))?;
        Ok(DetectMitigationTaskPage { tasks, next_token })
    }
}

/// A page of mitigation tasks.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectMitigationTaskQuery, DetectMitigationTasks};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_573_786_800);
/// let tasks = DetectMitigationTasks::new();
/// let page = DetectMitigationTaskQuery::between(now, now).list(&tasks)?;
/// assert!(page.tasks.is_empty() && page.next_token.is_none());
/// assert_eq!(page.to_api_json(), serde_json::json!({ "tasks": [] }));
/// # Ok::<(), iot_defender::audit::QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetectMitigationTaskPage<'t> {
    /// The tasks.
    pub tasks: Vec<&'t DetectMitigationTask>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl DetectMitigationTaskPage<'_> {
    /// The answer of `ListDetectMitigationActionsTasks`. Times are seconds with a fraction.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let tasks: Value = self.tasks.iter().map(|task| task.summary()).collect();
        answer("tasks", &tasks, self.next_token.as_deref())
    }
}
