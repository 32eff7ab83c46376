//! What a mitigation task is aimed at.
//!
//! Source: API reference, `AuditMitigationActionsTaskTarget`.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::error::MitigationRequestError;
use crate::audit::audit_finding::AuditFinding;
use crate::audit::check::Check;
use crate::audit::finding::ReasonCode;
use crate::audit::id::{AuditTaskId, FindingId};

/// Findings that a task names.
const MAX_FINDINGS: usize = 25;
/// Reason codes that a task names for a check.
const MAX_CODES: usize = 25;

/// The findings that a mitigation task is aimed at: those of an audit, those of an audit for some
/// reasons, or those of some ids.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, MitigationRequestError, MitigationTarget, ReasonCode};
///
/// let reasons = [(Check::LoggingDisabled, vec![ReasonCode::LoggingDisabled])];
/// let target = MitigationTarget::reasons("9ccc92".parse()?, reasons)?;
/// let json = serde_json::json!({
///     "auditTaskId": "9ccc92",
///     "auditCheckToReasonCodeFilter": { "LOGGING_DISABLED_CHECK": ["LOGGING_DISABLED"] },
/// });
/// assert_eq!(target.to_json(), json);
/// assert_eq!(MitigationTarget::from_json(&json), Ok(target));
///
/// let error = MitigationTarget::from_json(&serde_json::json!({
///     "auditTaskId": "9ccc92",
///     "findingIds": ["f-1"],
/// }));
/// assert_eq!(error, Err(MitigationRequestError::Target));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MitigationTarget(Aim);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Aim {
    Audit(AuditTaskId),
    Findings(Vec<FindingId>),
    Reasons(AuditTaskId, BTreeMap<Check, Vec<ReasonCode>>),
}

/// What a target says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// It is not of the audit, or not among the ids.
    Outside,
    /// It is of the audit, but the filter leaves it out.
    LeftOut,
    /// It is meant.
    Meant,
}

impl MitigationTarget {
    /// All findings of an audit.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::MitigationTarget;
    ///
    /// let target = MitigationTarget::audit("9ccc92".parse()?);
    /// assert_eq!(target.to_json(), serde_json::json!({ "auditTaskId": "9ccc92" }));
    /// # Ok::<(), iot_defender::audit::AuditIdError>(())
    /// ```
    #[must_use]
    pub const fn audit(task_id: AuditTaskId) -> Self {
        Self(Aim::Audit(task_id))
    }

    /// The findings of these ids, 1 to 25. One that stands there twice counts once.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::FindingIds`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{MitigationRequestError, MitigationTarget};
    ///
    /// let error = MitigationTarget::findings([]).unwrap_err();
    /// assert_eq!(error, MitigationRequestError::FindingIds);
    /// ```
    pub fn findings(
        ids: impl IntoIterator<Item = FindingId>,
    ) -> Result<Self, MitigationRequestError> {
        // No more than tell that there are too many.
        let ids: Vec<FindingId> = ids.into_iter().take(MAX_FINDINGS + 1).collect();
        if !(1..=MAX_FINDINGS).contains(&ids.len()) {
            return Err(MitigationRequestError::FindingIds);
        }
        Ok(Self(Aim::Findings(ids)))
    }

    /// The findings of an audit that its checks give for these reasons, 1 to 25 for a check.
    /// Findings of checks that are not named are left out.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: `Filter`, `RepeatedCheck`, `ReasonCodes`, or
    /// `ReasonOfAnotherCheck`, since such a filter could never choose anything. The codes of the
    /// extended profile pass for every check.
    pub fn reasons(
        task_id: AuditTaskId,
        filter: impl IntoIterator<Item = (Check, Vec<ReasonCode>)>,
    ) -> Result<Self, MitigationRequestError> {
        let mut by_check = BTreeMap::new();
        for (check, codes) in filter {
            if !(1..=MAX_CODES).contains(&codes.len()) {
                return Err(MitigationRequestError::ReasonCodes(check));
            }
            let known = |code: &ReasonCode| check.reason_codes().contains(code);
            if let Some(code) = codes.iter().find(|it| !known(it) && !it.is_extended()) {
                let code = *code;
                return Err(MitigationRequestError::ReasonOfAnotherCheck { check, code });
            }
            if by_check.insert(check, codes).is_some() {
                let field = FILTER;
                return Err(MitigationRequestError::RepeatedCheck { field, check });
            }
        }
        if by_check.is_empty() {
            return Err(MitigationRequestError::Filter);
        }
        Ok(Self(Aim::Reasons(task_id, by_check)))
    }

    /// Reads `target` of the API. `null` is taken as missing; members that it does not know are
    /// not looked at.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: not exactly one way to name findings, or the first member that
    /// breaks its rule.
    pub fn from_json(json: &Value) -> Result<Self, MitigationRequestError> {
        let given = |key| json.get(key).filter(|value| !value.is_null());
        let task_id = |value: &Value| {
            let id = value.as_str().and_then(|id| id.parse().ok());
            id.ok_or(MitigationRequestError::AuditTaskId)
        };
        match (
            given("auditTaskId"),
            given("findingIds"),
            given("auditCheckToReasonCodeFilter"),
        ) {
            (Some(id), None, None) => Ok(Self::audit(task_id(id)?)),
            (None, Some(ids), None) => Self::findings(read_ids(ids)?),
            (Some(id), None, Some(filter)) => {
                let filter = filter.as_object().ok_or(MitigationRequestError::Filter)?;
                Self::reasons(task_id(id)?, read_filter(filter)?)
            }
            _ => Err(MitigationRequestError::Target),
        }
    }

    /// `target` of the API.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.0 {
            Aim::Audit(task_id) => json!({ "auditTaskId": task_id }),
            Aim::Findings(ids) => json!({ "findingIds": ids }),
            Aim::Reasons(task_id, filter) => {
                let filter = filter.iter().map(|(check, codes)| (check.as_str(), codes));
                let filter: BTreeMap<_, _> = filter.collect();
                json!({ "auditTaskId": task_id, "auditCheckToReasonCodeFilter": filter })
            }
        }
    }

    /// The audit that it names.
    pub(super) const fn audit_task_id(&self) -> Option<&AuditTaskId> {
        match &self.0 {
            Aim::Audit(task_id) | Aim::Reasons(task_id, _) => Some(task_id),
            Aim::Findings(_) => None,
        }
    }

    /// The ids that it names.
    pub(super) fn finding_ids(&self) -> &[FindingId] {
        match &self.0 {
            Aim::Findings(ids) => ids,
            Aim::Audit(_) | Aim::Reasons(..) => &[],
        }
    }

    pub(super) fn choice(&self, finding: &AuditFinding) -> Choice {
        let is_of = |task_id: &AuditTaskId| finding.task_id == *task_id;
        match &self.0 {
            Aim::Audit(task_id) if is_of(task_id) => Choice::Meant,
            Aim::Findings(ids) if ids.contains(&finding.finding_id) => Choice::Meant,
            Aim::Reasons(task_id, filter) if is_of(task_id) => {
                let codes = filter.get(&finding.finding.check);
                if codes.is_some_and(|codes| codes.contains(&finding.finding.reason_code)) {
                    Choice::Meant
                } else {
                    Choice::LeftOut
                }
            }
            _ => Choice::Outside,
        }
    }
}

const FILTER: &str = "target.auditCheckToReasonCodeFilter";

fn read_ids(ids: &Value) -> Result<Vec<FindingId>, MitigationRequestError> {
    let ids = ids.as_array().ok_or(MitigationRequestError::FindingIds)?;
    let ids = ids.iter().map(|id| id.as_str()?.parse().ok());
    let ids: Option<_> = ids.collect();
    ids.ok_or(MitigationRequestError::FindingIds)
}

fn read_filter(
    filter: &Map<String, Value>,
) -> Result<Vec<(Check, Vec<ReasonCode>)>, MitigationRequestError> {
    let read_code = |code: &str| {
        let read = code.parse();
        read.map_err(|_| MitigationRequestError::UnknownReasonCode(code.into()))
    };
    let entries = filter.iter().map(|(name, codes)| {
        let check = read_check(FILTER, name)?;
        let codes = texts(codes).ok_or(MitigationRequestError::ReasonCodes(check))?;
        let codes: Result<_, _> = codes.into_iter().map(read_code).collect();
        Ok((check, codes?))
    });
    entries.collect()
}

/// The check of that name, whichever of its names it is.
pub(super) fn read_check(field: &'static str, name: &str) -> Result<Check, MitigationRequestError> {
    name.parse()
        .map_err(|_| MitigationRequestError::UnknownCheck {
            field,
            name: name.into(),
        })
}

/// An array of texts.
pub(super) fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}
