//! Questions about findings, answered page by page.
//!
//! Source: API reference, `ListAuditFindings` and `ListRelatedResourcesForAuditFinding`.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::str::FromStr;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::audit_finding::AuditFinding;
use super::check::Check;
use super::finding::{RelatedResource, ResourceIdentifier};
use super::id::AuditTaskId;
pub use crate::paging::PageSize;
use crate::paging::{ForeignToken, answer};
use crate::question::{Malformed, given, paging, parsed, time};

/// Of which audit, or from when, findings are asked for.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::FindingsOf;
/// use iot_topics::Timestamp;
///
/// let at = Timestamp::from_secs;
/// let day = FindingsOf::Time { from: at(0), to: at(86_400) };
/// assert_ne!(day, FindingsOf::Task("monday".parse()?));
/// # Ok::<(), iot_defender::audit::AuditIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a question has one of the two")]
pub enum FindingsOf {
    /// Of this audit.
    Task(AuditTaskId),
    /// Found in this time, both ends in it.
    Time {
        /// The begin.
        from: Timestamp,
        /// The end.
        to: Timestamp,
    },
}

/// Which findings are asked for, as `ListAuditFindings` has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Audit, AuditSettings, Check, FindingQuery, Logging, TaskHeader};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
/// let findings = Audit::new(&settings, &[]).feed(&Logging::default()).findings;
///
/// let query = FindingQuery::from_json(&json!({
///     "taskId": "monday",
///     "checkName": "LOGGING_DISABLED_CHECK",
///     "listSuppressedFindings": false,
/// }))?;
/// let page = query.list(&findings)?;
/// assert_eq!(page.findings, [&findings[0]]);
/// assert_eq!(page.next_token, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FindingQuery {
    /// Of which audit, or from when.
    pub of: FindingsOf,
    /// Of this check.
    pub check: Option<Check>,
    /// About this resource.
    pub resource: Option<ResourceIdentifier>,
    /// Those that are suppressed, or those that are not; otherwise both.
    pub suppressed: Option<bool>,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

impl FindingQuery {
    /// All findings of an audit or a time, the first page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{FindingQuery, FindingsOf};
    ///
    /// let query = FindingQuery::new(FindingsOf::Task("monday".parse()?));
    /// assert_eq!(query.max_results.get(), 25);
    /// # Ok::<(), iot_defender::audit::AuditIdError>(())
    /// ```
    #[must_use]
    pub fn new(of: FindingsOf) -> Self {
        Self {
            of,
            check: None,
            resource: None,
            suppressed: None,
            max_results: PageSize::default(),
            next_token: None,
        }
    }

    /// Reads the question as the API has it. Members that it does not know are not looked at.
    ///
    /// # Errors
    ///
    /// [`QueryError`]: not an object, the first member that breaks its rule, or neither or both of
    /// a task and a time.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{FindingQuery, QueryError};
    /// use serde_json::json;
    ///
    /// let both = json!({ "taskId": "monday", "startTime": 0, "endTime": 1.5 });
    /// assert_eq!(FindingQuery::from_json(&both), Err(QueryError::TaskOrTime));
    /// let half = json!({ "startTime": 0 });
    /// assert_eq!(FindingQuery::from_json(&half), Err(QueryError::TaskOrTime));
    /// ```
    pub fn from_json(json: &Value) -> Result<Self, QueryError> {
        let (max_results, next_token) = read_paging(json)?;
        let of = match task_or_time(json)? {
            TaskOrTime::Task(task) => FindingsOf::Task(task),
            TaskOrTime::Time { from, to } => FindingsOf::Time { from, to },
        };
        let resource = given(json, "resourceIdentifier").map(|identifier| {
            let identifier = serde_json::from_value(identifier.clone());
            identifier.map_err(|_| QueryError::Member("resourceIdentifier"))
        });
        let suppressed = given(json, "listSuppressedFindings").map(|suppressed| {
            let suppressed = suppressed.as_bool();
            suppressed.ok_or(QueryError::Member("listSuppressedFindings"))
        });
        Ok(Self {
            of,
            check: parsed(json, "checkName")?,
            resource: resource.transpose()?,
            suppressed: suppressed.transpose()?,
            max_results,
            next_token,
        })
    }

    /// Whether a finding is asked for, on whatever page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditSettings, Check, FindingQuery, FindingsOf, Logging, TaskHeader,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let finding = Audit::new(&settings, &[]).feed(&Logging::default()).findings.remove(0);
    /// let mut query = FindingQuery::new(FindingsOf::Time { from: start, to: start });
    /// assert!(query.takes(&finding));
    /// query.suppressed = Some(true);
    /// assert!(!query.takes(&finding));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn takes(&self, finding: &AuditFinding) -> bool {
        let is_of = match &self.of {
            FindingsOf::Task(task) => *task == finding.task_id,
            FindingsOf::Time { from, to } => (*from..=*to).contains(&finding.finding_time),
        };
        let resource = &finding.finding.resource.resource_identifier;
        is_of
            && self
                .check
                .is_none_or(|check| check == finding.finding.check)
            && self.resource.as_ref().is_none_or(|asked| asked == resource)
            && self
                .suppressed
                .is_none_or(|suppressed| suppressed == finding.is_suppressed)
    }

    /// A page of the findings that are asked for, in the order of `findings`. The cost is linear
    /// in their number.
    ///
    /// The token names the last finding of a page. So pages stay as they are while findings are
    /// added at the end, or taken out elsewhere.
    ///
    /// # Errors
    ///
    /// [`QueryError::NextToken`]: the finding that the token names is not there.
    pub fn list<'f>(&self, findings: &'f [AuditFinding]) -> Result<FindingPage<'f>, QueryError> {
        let rest = match &self.next_token {
            None => findings,
            Some(last) => {
                let at = findings.iter().position(|finding| token(finding) == *last);
                let rest = at.and_then(|at| findings.get(at + 1..));
                rest.ok_or(QueryError::NextToken)?
            }
        };
        let mut asked = rest.iter().filter(|finding| self.takes(finding));
        let findings: Vec<_> = asked.by_ref().take(self.max_results.items()).collect();
        let last = findings.last().filter(|_| asked.next().is_some());
        let next_token = last.map(|finding| token(finding));
        Ok(FindingPage {
            findings,
            next_token,
        })
    }
}

/// How many items are asked for, and behind which.
pub(crate) fn read_paging(question: &Value) -> Result<(PageSize, Option<String>), QueryError> {
    if !question.is_object() {
        return Err(QueryError::NotAnObject);
    }
    Ok(paging(question)?)
}

pub(crate) enum TaskOrTime<T> {
    Task(T),
    Time { from: Timestamp, to: Timestamp },
}

/// Exactly one of a task and a time with both ends.
pub(crate) fn task_or_time<T: FromStr>(question: &Value) -> Result<TaskOrTime<T>, QueryError> {
    let instant = |name| {
        let instant = given(question, name).map(|_| time(question, name));
        instant.transpose()
    };
    let task = parsed(question, "taskId")?;
    match (task, instant("startTime")?, instant("endTime")?) {
        (Some(task), None, None) => Ok(TaskOrTime::Task(task)),
        (None, Some(from), Some(to)) => Ok(TaskOrTime::Time { from, to }),
        _ => Err(QueryError::TaskOrTime),
    }
}

/// Neither id has a full stop.
fn token(finding: &AuditFinding) -> String {
    format!("{}.{}", finding.task_id, finding.finding_id)
}

/// A page of findings.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{FindingQuery, FindingsOf};
///
/// let query = FindingQuery::new(FindingsOf::Task("monday".parse()?));
/// let page = query.list(&[])?;
/// assert_eq!(page.to_api_json(), serde_json::json!({ "findings": [] }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FindingPage<'f> {
    /// The findings.
    pub findings: Vec<&'f AuditFinding>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl FindingPage<'_> {
    /// The answer of `ListAuditFindings`.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let findings = self.findings.iter();
        let findings: Value = findings.map(|finding| finding.to_api_json()).collect();
        answer("findings", &findings, self.next_token.as_deref())
    }
}

/// A page of the resources that have to do with a finding.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Audit, AuditSettings, Check, Logging, PageSize, TaskHeader};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
/// let finding = Audit::new(&settings, &[]).feed(&Logging::default()).findings.remove(0);
/// let page = finding.list_related(PageSize::default(), None)?;
/// assert_eq!(page.to_api_json(), serde_json::json!({ "relatedResources": [] }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelatedPage<'f> {
    /// The resources.
    pub related: &'f [RelatedResource],
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl RelatedPage<'_> {
    /// The answer of `ListRelatedResourcesForAuditFinding`.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let token = self.next_token.as_deref();
        answer("relatedResources", &json!(self.related), token)
    }
}

impl AuditFinding {
    /// A page of the resources that have to do with the finding. The token is the place of the
    /// first, in digits.
    ///
    /// # Errors
    ///
    /// [`QueryError::NextToken`]: the token was not given out for this finding.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditSettings, Check, Logging, PageSize, QueryError, TaskHeader,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let finding = Audit::new(&settings, &[]).feed(&Logging::default()).findings.remove(0);
    /// let page = finding.list_related(PageSize::default(), Some("1"));
    /// assert_eq!(page, Err(QueryError::NextToken)); // it has none
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn list_related(
        &self,
        max_results: PageSize,
        next_token: Option<&str>,
    ) -> Result<RelatedPage<'_>, QueryError> {
        let from: usize = match next_token {
            None => 0,
            Some(token) => token.parse().map_err(|_| QueryError::NextToken)?,
        };
        let all = &self.finding.related;
        let rest = all.get(from..).ok_or(QueryError::NextToken)?;
        let items = max_results.items();
        let next_token = (rest.len() > items).then(|| (from + items).to_string());
        Ok(RelatedPage {
            related: rest.get(..items).unwrap_or(rest),
            next_token,
        })
    }
}

/// A question that the API refuses: `InvalidRequestException`.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{FindingQuery, QueryError};
/// use serde_json::json;
///
/// let error = FindingQuery::from_json(&json!({ "taskId": "monday", "maxResults": 251 }));
/// let error = error.unwrap_err();
/// assert_eq!(error, QueryError::Member("maxResults"));
/// assert_eq!(error.to_string(), "`maxResults` is not in its form");
/// assert_eq!(error.exception(), "InvalidRequestException");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The question is not an object of JSON.
    #[error("the question is not an object")]
    NotAnObject,
    /// Not one of a task and a time with both ends.
    #[error("not exactly one of `taskId` and both of `startTime` and `endTime`")]
    TaskOrTime,
    /// A member that breaks its rule.
    #[error("`{0}` is not in its form")]
    Member(&'static str),
    /// The time that is asked for begins before that of which audits are kept.
    #[error("`startTime` lies before the time of which audits are kept")]
    NotKept,
    /// The token is not one of those that were given out, or what it names is gone.
    #[error("`nextToken` is not one that was given out")]
    NextToken,
}

impl QueryError {
    /// The name of the error in the API.
    #[must_use]
    pub const fn exception(self) -> &'static str {
        "InvalidRequestException"
    }
}

impl From<Malformed> for QueryError {
    fn from(Malformed(member): Malformed) -> Self {
        match member {
            "nextToken" => Self::NextToken,
            _ => Self::Member(member),
        }
    }
}

impl From<ForeignToken> for QueryError {
    fn from(ForeignToken: ForeignToken) -> Self {
        Self::NextToken
    }
}
