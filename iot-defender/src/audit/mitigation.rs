//! What can be done about findings.
//!
//! Sources: developer guide, "Mitigation actions"; API reference, `CreateMitigationAction` and
//! `StartAuditMitigationActionsTask`.

mod action;
mod actions;
mod effect;
mod error;
pub(crate) mod executions;
mod incident;
pub(crate) mod keeper;
mod parameters;
mod query;
mod run;
mod start;
mod target;
mod task;
mod tasks;

use crate::words::words;
pub use action::MitigationAction;
pub use actions::{DefinedAction, MitigationActions};
pub use effect::MitigationEffect;
pub use error::MitigationRequestError;
pub use executions::{ActionFailure, ExecutionKey};
pub(crate) use parameters::is_role;
pub use parameters::{ActionParams, MitigationError};
pub use query::{
    MitigationActionPage, MitigationActionQuery, MitigationExecutionPage, MitigationExecutionQuery,
    MitigationTaskPage, MitigationTaskQuery,
};
pub use run::{ExecutionStatus, MitigationRun, MitigationStatistics};
pub use start::MitigationTaskRequest;
pub use target::MitigationTarget;
pub use task::{MitigationExecution, MitigationStep, MitigationTask};
pub use tasks::MitigationTasks;

/// Mitigation actions of an account ("AWS IoT Device Defender quotas").
const MAX_ACTIONS: usize = 100;
/// Mitigation tasks that run at once.
const MAX_RUNNING: usize = 10;
/// And those of Detect.
pub(crate) const MAX_RUNNING_DETECT: usize = 5;

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
