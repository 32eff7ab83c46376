//! A report as the API and the notification have it.
//!
//! Sources: API reference, `DescribeAuditTask`; developer guide, "AuditCommands", for the
//! notification on completion. Their clocks differ: seconds with a fraction in the one, whole
//! milliseconds in the other. So do the details of the checks: a map in the one, a list in the
//! other.

use alloc::string::ToString as _;

use serde_json::{Map, Value, json};

use super::super::seconds;
use super::{AuditReport, CheckReport};

impl AuditReport {
    /// The answer of `DescribeAuditTask`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_millis(1_650_414_651_250);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::IotPolicyOverlyPermissive]);
    /// let (report, _) = Audit::new(&settings, &[]).finish();
    /// let json = report.to_api_json();
    /// assert_eq!(json["taskStartTime"], 1_650_414_651.25);
    /// assert_eq!(json["taskStatistics"]["compliantChecks"], 1);
    /// let check = &json["auditDetails"]["IOT_POLICY_OVERLY_PERMISSIVE_CHECK"];
    /// assert_eq!(check["checkRunStatus"], "COMPLETED_COMPLIANT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let details = self.checks.iter();
        let details = details.map(|(check, report)| (check.to_string(), api_details(report)));
        let statistics = self.statistics();
        let mut json = json!({
            "taskStatus": statistics.task_status(),
            "taskType": self.task.task_type(),
            "taskStartTime": seconds::write(self.task.start),
            "taskStatistics": statistics,
            "auditDetails": details.collect::<Map<_, _>>(),
        });
        self.name_schedule(&mut json);
        json
    }

    /// The text of the notification that is sent when the audit ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_millis(1_650_414_651_250);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::IotPolicyOverlyPermissive]);
    /// let (report, _) = Audit::new(&settings, &[]).finish();
    /// let json = report.to_sns_json();
    /// assert_eq!(json["taskStartTime"], 1_650_414_651_250_u64);
    /// assert_eq!(json["compliantChecksCount"], 1);
    /// let check = &json["auditDetails"][0];
    /// assert_eq!(check["checkName"], "IOT_POLICY_OVERLY_PERMISSIVE_CHECK");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_sns_json(&self) -> Value {
        let details = self.checks.iter().map(|(check, report)| {
            let mut json = json!({
                "checkName": check,
                "checkRunStatus": report.status,
                "nonCompliantResourcesCount": report.non_compliant_resources,
                "totalResourcesCount": report.total_resources,
                "suppressedNonCompliantResourcesCount": report.suppressed_resources,
            });
            tell_failure(&mut json, report);
            json
        });
        let statistics = self.statistics();
        let mut json = json!({
            "accountId": self.task.account,
            "taskId": self.task.task_id,
            "taskStatus": statistics.task_status(),
            "taskType": self.task.task_type(),
            "failedChecksCount": statistics.failed_checks,
            "canceledChecksCount": statistics.canceled_checks,
            "nonCompliantChecksCount": statistics.non_compliant_checks,
            "compliantChecksCount": statistics.compliant_checks,
            "totalChecksCount": statistics.total_checks,
            "taskStartTime": self.task.start.as_millis(),
            "auditDetails": details.collect::<Value>(),
        });
        self.name_schedule(&mut json);
        json
    }

    fn name_schedule(&self, json: &mut Value) {
        if let (Some(name), Some(members)) = (&self.task.scheduled_audit, json.as_object_mut()) {
            members.insert("scheduledAuditName".into(), json!(name));
        }
    }
}

fn api_details(report: &CheckReport) -> Value {
    let mut json = json!({
        "checkRunStatus": report.status,
        "totalResourcesCount": report.total_resources,
        "nonCompliantResourcesCount": report.non_compliant_resources,
        "suppressedNonCompliantResourcesCount": report.suppressed_resources,
    });
    if let (Some(is_compliant), Some(members)) = (report.is_compliant(), json.as_object_mut()) {
        members.insert("checkCompliant".into(), is_compliant.into());
    }
    tell_failure(&mut json, report);
    json
}

fn tell_failure(json: &mut Value, report: &CheckReport) {
    let Some(members) = json.as_object_mut() else {
        return;
    };
    if let Some(code) = report.error_code {
        members.insert("errorCode".into(), code.as_str().into());
    }
    if let Some(message) = &report.message {
        members.insert("message".into(), message.as_str().into());
    }
}
