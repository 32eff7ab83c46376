//! From a finding to what remedies take.

use alloc::format;

use iot_topics::ThingName;

use crate::audit::audit_finding::AuditFinding;
use crate::remedy::Incident;

impl AuditFinding {
    /// What is wrong with a thing, as remedies take it: the reason is the check and its code. Whose
    /// certificate, client id or policy the finding is about, the caller knows.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::AuditFinding;
    ///
    /// let finding = AuditFinding::from_api_json(&serde_json::json!({
    ///     "findingId": "f-1",
    ///     "taskId": "9ccc92",
    ///     "checkName": "CONFLICTING_CLIENT_IDS_CHECK",
    ///     "taskStartTime": 1_650_414_651,
    ///     "findingTime": 1_650_414_651,
    ///     "nonCompliantResource": {
    ///         "resourceType": "CLIENT_ID",
    ///         "resourceIdentifier": { "clientId": "lamp-7" },
    ///     },
    ///     "reasonForNonComplianceCode": "DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS",
    /// }))?;
    /// let incident = finding.incident("lamp-7".parse()?);
    /// assert_eq!(incident.id(), "f-1");
    /// assert_eq!(
    ///     incident.reason(),
    ///     "CONFLICTING_CLIENT_IDS_CHECK: DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn incident(&self, thing: ThingName) -> Incident {
        let reason = format!("{}: {}", self.finding.check, self.finding.reason_code);
        Incident::new(thing, self.finding_id.as_str(), &reason)
    }
}
