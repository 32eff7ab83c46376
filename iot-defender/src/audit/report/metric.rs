//! The figures that Device Defender gives to CloudWatch.
//!
//! Source: developer guide, "AWS IoT metrics and dimensions".

use alloc::string::String;

use super::super::check::Check;
use super::{AuditReport, CheckReport};

/// A figure of a check, for CloudWatch.
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
/// let mut audit = Audit::new(&settings, &[]);
/// audit.feed(&Logging::default());
/// let (report, _) = audit.finish();
/// let metrics: Vec<_> = report.metrics().collect();
/// assert_eq!((metrics[0].name, metrics[0].value), ("NonCompliantResources", 1));
/// assert_eq!((metrics[1].name, metrics[1].value), ("ResourcesEvaluated", 1));
/// let dimensions = [("CheckName", "LOGGING_DISABLED_CHECK"), ("ScheduledAuditName", "OnDemand")];
/// assert_eq!(metrics[0].dimensions(), dimensions);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AuditMetric {
    /// Its name.
    pub name: &'static str,
    /// The check.
    pub check: Check,
    /// The scheduled audit, or `OnDemand`.
    pub scheduled_audit_name: String,
    /// A number of resources.
    pub value: u64,
}

impl AuditMetric {
    /// The namespace of the figures.
    pub const NAMESPACE: &'static str = "AWS/IoT";

    /// By what the figure is told apart: names and values.
    #[must_use]
    pub const fn dimensions(&self) -> [(&'static str, &str); 2] {
        [
            ("CheckName", self.check.as_str()),
            ("ScheduledAuditName", self.scheduled_audit_name.as_str()),
        ]
    }
}

impl AuditReport {
    /// Two figures for each check that is done: how many resources do not comply, and how many
    /// were looked at. A check that failed or was canceled has none.
    pub fn metrics(&self) -> impl Iterator<Item = AuditMetric> {
        let name = self.task.scheduled_audit.as_ref();
        let name = name.map_or("OnDemand", |name| name.as_str());
        let done = self.checks.iter();
        let done = done.filter(|(_, report)| report.is_compliant().is_some());
        done.flat_map(move |(check, report)| {
            figures(report).map(|(figure, value)| AuditMetric {
                name: figure,
                check: *check,
                scheduled_audit_name: name.into(),
                value,
            })
        })
    }
}

const fn figures(report: &CheckReport) -> [(&'static str, u64); 2] {
    [
        ("NonCompliantResources", report.non_compliant_resources),
        ("ResourcesEvaluated", report.total_resources),
    ]
}
