//! A finding with what the audit adds to it.
//!
//! Source: API reference, `AuditFinding`.

mod json;

use iot_topics::Timestamp;

use super::examine::Proof;
use super::finding::Finding;
use super::id::{AuditTaskId, FindingId};
pub use json::FindingMember;

/// A finding of an audit: what the check says, and which audit found it (API reference,
/// `AuditFinding`).
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Audit, AuditSettings, Check, Logging, TaskHeader};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
/// let finding = Audit::new(&settings, &[]).feed(&Logging::default()).findings.remove(0);
/// assert_eq!(finding.finding_id.as_str().len(), 32);
/// assert_eq!(finding.finding.reason, "Logging is disabled.");
/// assert!(!finding.is_suppressed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AuditFinding {
    /// Its id.
    pub finding_id: FindingId,
    /// The audit that found it.
    pub task_id: AuditTaskId,
    /// When that audit started.
    pub task_start_time: Timestamp,
    /// When it was found: the start of the audit, unless the caller sets another instant.
    pub finding_time: Timestamp,
    /// Whether nobody wants to be told of it.
    pub is_suppressed: bool,
    /// What the check says.
    pub finding: Finding,
    /// What proves it, of a policy or a role. It is not part of the API.
    pub proof: Option<Proof>,
}
