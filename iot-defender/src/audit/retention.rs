//! How long the results of audits are kept.
//!
//! Source: "AWS IoT Device Defender quotas" and API reference, `ListAuditFindings`: 90 days. The
//! developer guide says 180 on one page; the other two are newer.

use alloc::vec::Vec;
use core::time::Duration;

use iot_topics::Timestamp;

use super::audit_finding::AuditFinding;

/// How long audits and their findings are kept, from the start of the audit: 90 days ("AWS IoT Device
/// Defender quotas"; API reference, `ListAuditFindings`). A page of the developer guide says 180.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::Retention;
/// use iot_topics::Timestamp;
///
/// let (start, day) = (Timestamp::from_secs(0), 86_400);
/// assert!(Retention::default().keeps(start, Timestamp::from_secs(90 * day - 1)));
/// assert!(!Retention::default().keeps(start, Timestamp::from_secs(90 * day)));
/// assert!(Retention::of_days(180).keeps(start, Timestamp::from_secs(90 * day)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Retention {
    time: Duration,
}

impl Retention {
    /// So many days of 86 400 seconds.
    #[must_use]
    pub const fn of_days(days: u16) -> Self {
        let time = Duration::from_secs(days as u64 * 86_400);
        Self { time }
    }

    /// Whether an audit that started then is kept, and what it found.
    #[must_use]
    pub fn keeps(self, task_start: Timestamp, now: Timestamp) -> bool {
        now.saturating_since(task_start) < self.time
    }

    /// Whether a time that begins then can be asked for.
    pub(super) fn reaches(self, from: Timestamp, now: Timestamp) -> bool {
        now.saturating_since(from) <= self.time
    }

    /// Takes out the findings that are no longer kept, which come back; the others stay in their
    /// order.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, Logging, Retention, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(0);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let mut findings = Audit::new(&settings, &[]).feed(&Logging::default()).findings;
    /// let now = Timestamp::from_secs(90 * 86_400);
    /// assert_eq!(Retention::default().forget(&mut findings, now).len(), 1);
    /// assert!(findings.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forget(self, findings: &mut Vec<AuditFinding>, now: Timestamp) -> Vec<AuditFinding> {
        let (kept, forgotten) = core::mem::take(findings)
            .into_iter()
            .partition(|finding| self.keeps(finding.task_start_time, now));
        *findings = kept;
        forgotten
    }
}

impl Default for Retention {
    /// 90 days.
    fn default() -> Self {
        Self::of_days(90)
    }
}
