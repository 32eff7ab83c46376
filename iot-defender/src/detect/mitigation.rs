//! What can be done about violations.
//!
//! Sources: developer guide, "Mitigation actions"; API reference,
//! `StartDetectMitigationActionsTask`; "AWS IoT Device Defender quotas".

mod plan;
mod query;
mod request;
mod target;
mod task;
mod tasks;
mod view;

use alloc::format;

use iot_topics::ThingName;

use super::violation::ViolationEvent;
use crate::remedy::Incident;
use crate::words::words;

pub use query::{
    DetectMitigationExecutionPage, DetectMitigationExecutionQuery, DetectMitigationTaskPage,
    DetectMitigationTaskQuery, ExecutionsOf,
};
pub use request::DetectMitigationRequest;
pub use target::DetectMitigationTarget;
pub use task::{DetectMitigationStep, DetectMitigationTask};
pub use tasks::DetectMitigationTasks;
pub use view::{DetectMitigationExecution, DetectMitigationStatistics};

words! {
    detect:
    /// How far a mitigation task of Detect is (API reference, `DetectMitigationActionsTaskSummary`).
    pub enum DetectTaskStatus {
        /// It runs.
        InProgress = "IN_PROGRESS",
        /// All its actions were done, or there were none.
        Successful = "SUCCESSFUL",
        /// An action failed.
        Failed = "FAILED",
        /// It was canceled.
        Canceled = "CANCELED",
    }
}

words! {
    detect:
    /// How far an action on a violation is.
    pub enum DetectExecutionStatus {
        /// It runs.
        InProgress = "IN_PROGRESS",
        /// It is done.
        Successful = "SUCCESSFUL",
        /// It failed.
        Failed = "FAILED",
        /// An action before it failed on the violation, or the task was canceled.
        Skipped = "SKIPPED",
    }
}

impl ViolationEvent {
    /// What is wrong with a thing, as [remedies](crate::remedy) take it: the reason is the profile
    /// and the behavior. `None` if the device is not in the registry: there is no thing to remedy.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ViolationEvent;
    /// use iot_defender::remedy::{ApiCall, GroupMove};
    ///
    /// fn quarantine(event: &ViolationEvent, group: &GroupMove) -> Option<ApiCall> {
    ///     Some(group.call(event.incident()?.thing()))
    /// }
    /// ```
    #[must_use]
    pub fn incident(&self) -> Option<Incident> {
        let thing = ThingName::parse(&self.thing).ok();
        let thing = thing.filter(|_| self.is_registered)?;
        let reason = format!("{}: {}", self.profile, self.behavior.name());
        Some(Incident::new(thing, &self.violation_id, &reason))
    }
}
