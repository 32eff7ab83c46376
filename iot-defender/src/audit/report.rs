//! What an audit has to say in the end.
//!
//! Source: API reference, `DescribeAuditTask` and `AuditCheckDetails`.

mod json;
mod metric;
mod percent;

use alloc::collections::BTreeMap;
use alloc::string::String;

use super::check::Check;
use super::settings::TaskHeader;
use super::task::{CheckRunStatus, TaskStatistics, TaskStatus};
use crate::words::words;
pub use metric::AuditMetric;
pub use percent::Percent;

words! {
    audit:
    /// Why a check could not be done.
    pub enum CheckErrorCode {
        /// The audit's role may not read what the check needs.
        InsufficientPermissions = "INSUFFICIENT_PERMISSIONS",
        /// The check was disabled while the audit ran.
        AuditCheckDisabled = "AUDIT_CHECK_DISABLED",
    }
}

/// A check that could not be done.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{CheckErrorCode, CheckFailure};
///
/// let failure = CheckFailure::new(CheckErrorCode::AuditCheckDisabled, "disabled by the operator");
/// assert_eq!(failure.code, Some(CheckErrorCode::AuditCheckDisabled));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CheckFailure {
    /// The code of AWS, if one of the two fits.
    pub code: Option<CheckErrorCode>,
    /// What happened, for a reader: at most 2048 characters.
    pub message: String,
}

impl CheckFailure {
    /// From the two. A message that is too long is cut.
    #[must_use]
    pub fn new(code: impl Into<Option<CheckErrorCode>>, message: &str) -> Self {
        Self {
            code: code.into(),
            message: CheckReport::shortened(message),
        }
    }
}

/// What a check has to say (API reference, `AuditCheckDetails`). Resources are counted, not findings: one with two reasons counts once.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Audit, AuditSettings, Check, CheckRunStatus, Logging, TaskHeader};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
/// let mut audit = Audit::new(&settings, &[]);
/// audit.feed(&Logging::default());
/// let (report, _) = audit.finish();
/// let check = &report.checks[&Check::LoggingDisabled];
/// assert_eq!(check.status, CheckRunStatus::CompletedNonCompliant);
/// assert_eq!(check.non_compliant_percent().unwrap().to_string(), "100.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CheckReport {
    /// How far it is.
    pub status: CheckRunStatus,
    /// The resources that it looked at, also those that it could not read.
    pub total_resources: u64,
    /// Those with a finding that is not suppressed.
    pub non_compliant_resources: u64,
    /// Those whose findings are suppressed.
    pub suppressed_resources: u64,
    /// Those that it could not read. If nothing else was found, the check has failed: it cannot
    /// say that all complies.
    pub unreadable_resources: u64,
    /// Why it failed.
    pub error_code: Option<CheckErrorCode>,
    /// Why it failed, or which resource could not be read: at most 2048 characters.
    pub message: Option<String>,
}

/// The longest `message` of `AuditCheckDetails`.
const MAX_MESSAGE: usize = 2048;

impl CheckReport {
    /// A check that has seen nothing yet.
    pub(super) const fn waiting() -> Self {
        Self {
            status: CheckRunStatus::WaitingForDataCollection,
            total_resources: 0,
            non_compliant_resources: 0,
            suppressed_resources: 0,
            unreadable_resources: 0,
            error_code: None,
            message: None,
        }
    }

    /// A check that could not even begin.
    pub(super) fn failed(failure: CheckFailure) -> Self {
        Self {
            status: CheckRunStatus::Failed,
            error_code: failure.code,
            message: Some(failure.message),
            ..Self::waiting()
        }
    }

    /// Whether all complies; `None` while that is not known, or if it never will be.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::IotPolicyOverlyPermissive]);
    /// let audit = Audit::new(&settings, &[]);
    /// let is_compliant = |report: iot_defender::audit::AuditReport| {
    ///     report.checks[&Check::IotPolicyOverlyPermissive].is_compliant()
    /// };
    /// assert_eq!(is_compliant(audit.report()), None);
    /// assert_eq!(is_compliant(audit.finish().0), Some(true)); // there is no policy
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn is_compliant(&self) -> Option<bool> {
        match self.status {
            CheckRunStatus::CompletedCompliant => Some(true),
            CheckRunStatus::CompletedNonCompliant => Some(false),
            _ => None,
        }
    }

    /// How many of the resources do not comply, as the console shows it; `None` if there are none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::Percent;
    ///
    /// // Five of six policies.
    /// assert_eq!(Percent::of(5, 6).unwrap().to_string(), "83.3");
    /// ```
    #[must_use]
    pub const fn non_compliant_percent(&self) -> Option<Percent> {
        Percent::of(self.non_compliant_resources, self.total_resources)
    }

    pub(super) fn shortened(text: &str) -> String {
        text.chars().take(MAX_MESSAGE).collect()
    }
}

/// What an audit has to say (API reference, `DescribeAuditTask`): while it runs, how far it is; in
/// the end, what was counted.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Audit, AuditSettings, Check, TaskHeader, TaskStatus};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, [Check::IotPolicyOverlyPermissive]);
/// let (report, findings) = Audit::new(&settings, &[]).finish();
/// assert_eq!(report.task.task_id.as_str(), "monday");
/// assert_eq!((report.status(), findings.len()), (TaskStatus::Completed, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AuditReport {
    /// Which audit it is.
    pub task: TaskHeader,
    /// What each of its checks has to say.
    pub checks: BTreeMap<Check, CheckReport>,
}

impl AuditReport {
    /// How many checks are in which status.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::IotPolicyOverlyPermissive]);
    /// let (report, _) = Audit::new(&settings, &[]).finish();
    /// assert_eq!(report.statistics().compliant_checks, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn statistics(&self) -> TaskStatistics {
        TaskStatistics::of(self.checks.values().map(|check| check.status))
    }

    /// The status of the whole.
    #[must_use]
    pub fn status(&self) -> TaskStatus {
        self.statistics().task_status()
    }
}
