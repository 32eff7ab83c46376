//! What can be done about findings.
//!
//! Sources: developer guide, "Mitigation actions"; API reference, `CreateMitigationAction` and
//! `StartAuditMitigationActionsTask`.

mod parameters;
mod run;

use crate::words::words;
pub use parameters::{ActionParams, MitigationAction, MitigationError};
pub use run::{ExecutionStatus, MitigationRun, MitigationStatistics};

words! {
    audit:
    /// The kind of a mitigation action.
    ///
    /// The guide's pages of the checks spell one `PUBLISH_FINDINGS_TO_SNS`: that is read too.
    pub enum ActionType {
        /// Publishes the finding to a topic of SNS.
        PublishFindingToSns = "PUBLISH_FINDING_TO_SNS" or "PUBLISH_FINDINGS_TO_SNS",
        /// Makes the device certificate inactive.
        UpdateDeviceCertificate = "UPDATE_DEVICE_CERTIFICATE",
        /// Makes the CA certificate inactive.
        UpdateCaCertificate = "UPDATE_CA_CERTIFICATE",
        /// Puts the things of the certificate into groups, for quarantine.
        AddThingsToThingGroup = "ADD_THINGS_TO_THING_GROUP",
        /// Makes a blank version of the policy the one in force.
        ReplaceDefaultPolicyVersion = "REPLACE_DEFAULT_POLICY_VERSION",
        /// Turns logging on.
        EnableIotLogging = "ENABLE_IOT_LOGGING",
    }
}
