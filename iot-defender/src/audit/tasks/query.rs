//! Questions about audits, answered page by page.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::AuditTasks;
use crate::audit::id::AuditTaskId;
use crate::audit::query::{QueryError, read_paging};
use crate::audit::report::AuditReport;
use crate::audit::task::{TaskStatus, TaskType};
use crate::paging::{PageSize, answer};
use crate::question::{parsed, time};

/// Which audits are asked for, as `ListAuditTasks` has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AuditTaskQuery, QueryError, TaskStatus, TaskType};
/// use serde_json::json;
///
/// let query = AuditTaskQuery::from_json(&json!({
///     "startTime": 1_650_000_000,
///     "endTime": 1_650_086_400.5,
///     "taskType": "SCHEDULED_AUDIT_TASK",
///     "taskStatus": "FAILED",
///     "maxResults": 50,
/// }))?;
/// assert_eq!(query.to.as_millis(), 1_650_086_400_500);
/// assert_eq!(query.task_type, Some(TaskType::Scheduled));
/// assert_eq!((query.status, query.max_results.get()), (Some(TaskStatus::Failed), 50));
///
/// let error = AuditTaskQuery::from_json(&json!({ "startTime": 1_650_000_000 }));
/// assert_eq!(error, Err(QueryError::Member("endTime")));
/// # Ok::<(), QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AuditTaskQuery {
    /// Those that started then or later.
    pub from: Timestamp,
    /// Those that started then or earlier.
    pub to: Timestamp,
    /// Those that someone, or a scheduled audit, started.
    pub task_type: Option<TaskType>,
    /// Those of this status.
    pub status: Option<TaskStatus>,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

/// What tells a token of this list from those of others. Behind it are a number and an id, which
/// have no slash: no other list has two in its tokens.
const MARK: &str = "audittask/";

impl AuditTaskQuery {
    /// All audits that started between two times, both ends included: the first page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::AuditTaskQuery;
    /// use iot_topics::Timestamp;
    ///
    /// let at = Timestamp::from_secs;
    /// let query = AuditTaskQuery::between(at(1_650_000_000), at(1_650_086_400));
    /// assert_eq!(query.max_results.get(), 25);
    /// ```
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self {
            from,
            to,
            task_type: None,
            status: None,
            max_results: PageSize::default(),
            next_token: None,
        }
    }

    /// Reads the question as the API has it. Members that it does not know are not looked at.
    ///
    /// # Errors
    ///
    /// [`QueryError`]: `NotAnObject`, or the first member that is missing or breaks its rule, in
    /// the order `startTime`, `endTime`, `taskType`, `taskStatus`, `maxResults`, `nextToken`.
    pub fn from_json(json: &Value) -> Result<Self, QueryError> {
        if !json.is_object() {
            return Err(QueryError::NotAnObject);
        }
        let (from, to) = (time(json, "startTime")?, time(json, "endTime")?);
        let task_type = parsed(json, "taskType")?;
        let status = parsed(json, "taskStatus")?;
        let (max_results, next_token) = read_paging(json)?;
        Ok(Self {
            from,
            to,
            task_type,
            status,
            max_results,
            next_token,
        })
    }

    /// Whether an audit is asked for, on whatever page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, AuditTaskQuery, TaskHeader, TaskType};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let report = Audit::new(&AuditSettings::new(task, []), &[]).report();
    /// let mut query = AuditTaskQuery::between(start, start);
    /// assert!(query.takes(&report));
    /// query.task_type = Some(TaskType::Scheduled);
    /// assert!(!query.takes(&report));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn takes(&self, report: &AuditReport) -> bool {
        let task = &report.task;
        (self.from..=self.to).contains(&task.start)
            && self.task_type.is_none_or(|asked| asked == task.task_type())
            && self.status.is_none_or(|asked| asked == report.status())
    }

    /// A page of the audits, the newest first, those of one instant by id. The cost is linear in
    /// the audits of the time behind the page before, until the page is full.
    ///
    /// The token tells the start and the id of the last. So the next page begins right though
    /// audits start and old ones are dropped, that one too.
    ///
    /// # Errors
    ///
    /// [`QueryError::NotKept`]: the first page of a time is asked for that begins before the 90
    /// days for which audits are kept. [`QueryError::NextToken`]: the token was not given out
    /// by this list, or is of another time.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditTaskQuery, AuditTasks, QueryError};
    /// use iot_topics::Timestamp;
    ///
    /// let (at, day) = (Timestamp::from_secs, 86_400);
    /// let tasks = AuditTasks::new("123456789012".parse()?);
    /// let query = AuditTaskQuery::between(at(0), at(day));
    /// assert!(query.list(&tasks, at(90 * day))?.tasks.is_empty());
    /// assert_eq!(query.list(&tasks, at(90 * day + 1)), Err(QueryError::NotKept));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn list<'t>(
        &self,
        tasks: &'t AuditTasks,
        now: Timestamp,
    ) -> Result<AuditTaskPage<'t>, QueryError> {
        let last = match &self.next_token {
            Some(token) => Some(self.place(token).ok_or(QueryError::NextToken)?),
            None if tasks.retention.reaches(self.from, now) => None,
            None => return Err(QueryError::NotKept),
        };
        let newest = last.as_ref().map_or(self.to, |(Reverse(start), _)| *start);
        // A range that ends before it begins would panic.
        let is_time = self.from <= newest;
        let starts = is_time.then(|| tasks.by_start.range(Reverse(newest)..=Reverse(self.from)));
        let places = starts.into_iter().flatten().flat_map(|(start, ids)| {
            let places = ids.iter().map(|task_id| (*start, task_id));
            places.filter(|(start, task_id)| {
                let last = last.as_ref();
                last.is_none_or(|(at, last)| (start, *task_id) > (at, last))
            })
        });
        let mut asked = places
            .filter_map(|(_, task_id)| tasks.get(task_id))
            .filter(|report| self.takes(report) && tasks.keeps(report, now));
        let page: Vec<_> = asked.by_ref().take(self.max_results.items()).collect();
        let last = page.last().filter(|_| asked.next().is_some());
        let next_token = last.map(|last| token(last.task.start, &last.task.task_id));
        Ok(AuditTaskPage {
            tasks: page,
            next_token,
        })
    }

    /// What a token of this question tells.
    fn place(&self, text: &str) -> Option<(Reverse<Timestamp>, AuditTaskId)> {
        let (start, task_id) = text.strip_prefix(MARK)?.split_once('/')?;
        let start = Timestamp::from_millis(start.parse().ok()?);
        let task_id: AuditTaskId = task_id.parse().ok()?;
        // Other spellings of the number were never given out.
        let is_ours = (self.from..=self.to).contains(&start) && token(start, &task_id) == text;
        is_ours.then_some((Reverse(start), task_id))
    }
}

fn token(start: Timestamp, task_id: &AuditTaskId) -> String {
    format!("{MARK}{}/{task_id}", start.as_millis())
}

/// A page of audits.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AuditTaskPage, AuditTaskQuery, AuditTasks};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_650_414_651);
/// let tasks = AuditTasks::new("123456789012".parse()?);
/// let page: AuditTaskPage<'_> = AuditTaskQuery::between(now, now).list(&tasks, now)?;
/// assert_eq!(page.to_api_json(), serde_json::json!({ "tasks": [] }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditTaskPage<'t> {
    /// The audits.
    pub tasks: Vec<&'t AuditReport>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl AuditTaskPage<'_> {
    /// The answer of `ListAuditTasks`.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let tasks = self.tasks.iter();
        let tasks: Value = tasks.map(|report| metadata(report)).collect();
        answer("tasks", &tasks, self.next_token.as_deref())
    }
}

/// `AuditTaskMetadata` of the API.
fn metadata(report: &AuditReport) -> Value {
    json!({
        "taskId": report.task.task_id,
        "taskStatus": report.status(),
        "taskType": report.task.task_type(),
    })
}
