//! Scheduled audits, page by page.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::{ScheduledAudit, ScheduledAudits};
use crate::audit::id::ScheduledAuditName;
use crate::audit::query::{QueryError, read_paging};
use crate::paging::{PageSize, answer};

/// A question for the scheduled audits of an account, as `ListScheduledAudits` has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{QueryError, ScheduledAuditQuery, ScheduledAudits};
/// use serde_json::json;
///
/// let audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
/// let page = ScheduledAuditQuery::default().list(&audits)?;
/// assert_eq!(page.to_api_json(), json!({ "scheduledAudits": [] }));
///
/// let query = ScheduledAuditQuery::from_json(&json!({ "maxResults": 1, "nextToken": "2" }))?;
/// assert_eq!(query.list(&audits), Err(QueryError::NextToken));
/// # Ok::<(), QueryError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ScheduledAuditQuery {
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

/// What tells a token of this list from those of others. A name has no slash, those have none or
/// more.
const MARK: &str = "scheduledaudit/";

impl ScheduledAuditQuery {
    /// Reads the question as the API has it. Members that it does not know are not looked at.
    ///
    /// # Errors
    ///
    /// [`QueryError`]: `NotAnObject`, `Member` for `maxResults`, `NextToken`.
    pub fn from_json(json: &Value) -> Result<Self, QueryError> {
        let (max_results, next_token) = read_paging(json)?;
        Ok(Self {
            max_results,
            next_token,
        })
    }

    /// A page of the scheduled audits, by name. The cost grows with the page alone.
    ///
    /// The token tells the name of the last: the next page begins right though audits come and go,
    /// that one too.
    ///
    /// # Errors
    ///
    /// [`QueryError::NextToken`]: the token was not given out by this list.
    pub fn list<'a>(
        &self,
        audits: &'a ScheduledAudits,
    ) -> Result<ScheduledAuditPage<'a>, QueryError> {
        let last: Option<ScheduledAuditName> = match &self.next_token {
            None => None,
            Some(token) => {
                let name = token.strip_prefix(MARK).and_then(|name| name.parse().ok());
                Some(name.ok_or(QueryError::NextToken)?)
            }
        };
        let mut rest = audits.behind(last.as_ref());
        let audits: Vec<_> = rest.by_ref().take(self.max_results.items()).collect();
        let last = audits.last().filter(|_| rest.next().is_some());
        let next_token = last.map(|last| format!("{MARK}{}", last.name()));
        Ok(ScheduledAuditPage { audits, next_token })
    }
}

/// A page of scheduled audits.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ScheduledAuditPage, ScheduledAuditQuery, ScheduledAudits};
///
/// let audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
/// let page: ScheduledAuditPage<'_> = ScheduledAuditQuery::default().list(&audits)?;
/// assert!(page.audits.is_empty() && page.next_token.is_none());
/// # Ok::<(), iot_defender::audit::QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScheduledAuditPage<'a> {
    /// The scheduled audits.
    pub audits: Vec<&'a ScheduledAudit>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl ScheduledAuditPage<'_> {
    /// The answer of `ListScheduledAudits`.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let audits = self.audits.iter();
        let audits: Value = audits.map(|audit| Value::Object(audit.members())).collect();
        answer("scheduledAudits", &audits, self.next_token.as_deref())
    }
}
