//! A finding as the API and the notification have it.
//!
//! Sources: API reference, `AuditFinding`; developer guide, "Mitigation actions", for the
//! notification of `PUBLISH_FINDING_TO_SNS`.

use alloc::vec::Vec;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::finding::{Finding, NonCompliantResource, ReasonCode};
use super::super::seconds;
use super::AuditFinding;

impl AuditFinding {
    /// As `ListAuditFindings` has it: instants are seconds with a fraction. The proof is no part of
    /// it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditFinding, AuditSettings, Check, Logging, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_millis(1_650_414_651_250);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let finding = Audit::new(&settings, &[]).feed(&Logging::default()).findings.remove(0);
    /// let json = finding.to_api_json();
    /// assert_eq!(json["severity"], "LOW");
    /// assert_eq!(json["findingTime"], 1_650_414_651.25);
    /// assert_eq!(AuditFinding::from_api_json(&json), Ok(finding));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let start = seconds::write(self.task_start_time);
        self.to_json(&start, &seconds::write(self.finding_time))
    }

    /// The answer of `DescribeAuditFinding`.
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
    /// assert_eq!(finding.to_description_json()["finding"], finding.to_api_json());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_description_json(&self) -> Value {
        json!({ "finding": self.to_api_json() })
    }

    /// The text of the notification of `PUBLISH_FINDING_TO_SNS`: instants are whole milliseconds.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, Logging, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_millis(1_650_414_651_250);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let finding = Audit::new(&settings, &[]).feed(&Logging::default()).findings.remove(0);
    /// assert_eq!(finding.to_sns_json()["findingTime"], 1_650_414_651_250_u64);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_sns_json(&self) -> Value {
        let start = self.task_start_time.as_millis();
        self.to_json(&start.into(), &self.finding_time.as_millis().into())
    }

    fn to_json(&self, task_start_time: &Value, finding_time: &Value) -> Value {
        json!({
            "findingId": self.finding_id,
            "taskId": self.task_id,
            "checkName": self.finding.check,
            "taskStartTime": task_start_time,
            "findingTime": finding_time,
            "severity": self.finding.check.severity(),
            "nonCompliantResource": self.finding.resource,
            "relatedResources": self.finding.related,
            "reasonForNonCompliance": self.finding.reason,
            "reasonForNonComplianceCode": self.finding.reason_code,
            "isSuppressed": self.is_suppressed,
        })
    }

    /// Reads a finding as `ListAuditFindings` has it. Members that it does not know are not looked
    /// at, nor is the severity: it is the check's. A finding without related resources may lack
    /// the list, one that is not suppressed the word; the reason for a reader is then the code's.
    /// What is read is written again as it was, with the check's present name and with the members
    /// that were lacking.
    ///
    /// # Errors
    ///
    /// [`FindingMember`]: the first member that is missing or not in its form.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditFinding, Check};
    /// use serde_json::json;
    ///
    /// let finding = AuditFinding::from_api_json(&json!({
    ///     "findingId": "296ccd39-f806-4f9d-8f8f-0c33e6bf1ceb",
    ///     "taskId": "787ed873b69cb4d6cdbae6ddd06996c5",
    ///     "checkName": "DEVICE_CERT_APPROACHING_EXPIRATION_CHECK",
    ///     "taskStartTime": 1596168096.157,
    ///     "findingTime": 1596168096.651,
    ///     "severity": "MEDIUM",
    ///     "nonCompliantResource": {
    ///         "resourceType": "DEVICE_CERTIFICATE",
    ///         "resourceIdentifier": { "deviceCertificateId": "6d48e3d0".repeat(8) },
    ///         "additionalInfo": { "EXPIRATION_TIME": "2582910122000" },
    ///     },
    ///     "reasonForNonComplianceCode": "CERTIFICATE_PAST_EXPIRATION",
    /// }))?;
    /// assert_eq!(finding.finding.check, Check::DeviceCertificateExpiring);
    /// assert_eq!(finding.task_start_time.as_millis(), 1_596_168_096_157);
    /// # Ok::<(), iot_defender::audit::FindingMember>(())
    /// ```
    pub fn from_api_json(json: &Value) -> Result<Self, FindingMember> {
        let instant = |name| {
            let instant = json.get(name).and_then(seconds::read);
            instant.ok_or(FindingMember { name })
        };
        let reason_code: ReasonCode = member(json, "reasonForNonComplianceCode")?;
        let reason = optional(json, "reasonForNonCompliance")?;
        let related: Option<Vec<_>> = optional(json, "relatedResources")?;
        let is_suppressed: Option<bool> = optional(json, "isSuppressed")?;
        let resource: NonCompliantResource = member(json, "nonCompliantResource")?;
        Ok(Self {
            finding_id: member(json, "findingId")?,
            task_id: member(json, "taskId")?,
            task_start_time: instant("taskStartTime")?,
            finding_time: instant("findingTime")?,
            is_suppressed: is_suppressed.unwrap_or(false),
            finding: Finding {
                check: member(json, "checkName")?,
                resource,
                reason_code,
                reason: reason.unwrap_or_else(|| reason_code.text().into()),
                related: related.unwrap_or_default(),
            },
            proof: None,
        })
    }
}

/// A member of a finding in JSON that is missing or not in its form.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::AuditFinding;
///
/// let error = AuditFinding::from_api_json(&serde_json::json!({})).unwrap_err();
/// assert_eq!(error.name(), "reasonForNonComplianceCode");
/// assert_eq!(error.to_string(), "`reasonForNonComplianceCode` is missing or not in its form");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("`{name}` is missing or not in its form")]
pub struct FindingMember {
    name: &'static str,
}

impl FindingMember {
    /// Which.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

fn member<T: DeserializeOwned>(json: &Value, name: &'static str) -> Result<T, FindingMember> {
    optional(json, name)?.ok_or(FindingMember { name })
}

fn optional<T: DeserializeOwned>(
    json: &Value,
    name: &'static str,
) -> Result<Option<T>, FindingMember> {
    match json.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match T::deserialize(value) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(FindingMember { name }),
        },
    }
}
