//! Why the audit refuses a request.

use alloc::string::String;

use super::check::Check;
use super::configuration::ConfigError;
use super::id::{AuditTaskId, ScheduledAuditName};
use super::schedule::ScheduleError;
use super::task::TaskStatus;

/// A request that AWS IoT refuses, and why.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, RequestError};
///
/// let error = RequestError::NotEnabled(Check::LoggingDisabled);
/// assert_eq!(error.exception(), "InvalidRequestException");
/// assert_eq!(error.to_string(), "targetCheckNames: `LOGGING_DISABLED_CHECK` is not enabled");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The request is not an object of JSON.
    #[error("the request is not an object")]
    NotAnObject,
    /// The name of the scheduled audit is missing or not allowed.
    #[error("scheduledAuditName: not 1 to 128 characters of `A-Z a-z 0-9 _ -`")]
    ScheduledAuditName,
    /// The schedule: its frequency, or the day that the frequency needs, is missing or not legal.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The checks are missing, or not a list of names.
    #[error("targetCheckNames: not a list of names of checks")]
    TargetCheckNames,
    /// The account has a scheduled audit of that name.
    #[error("scheduledAuditName: there is a scheduled audit `{0}` already")]
    ScheduledAuditExists(ScheduledAuditName),
    /// The account has no scheduled audit of that name.
    #[error("scheduledAuditName: there is no scheduled audit `{0}`")]
    NoSuchScheduledAudit(ScheduledAuditName),
    /// A task of that id is kept. The service gives the ids: who started the audit is not at fault.
    #[error("taskId: there is a task `{0}` already")]
    TaskExists(AuditTaskId),
    /// No task of that id is kept.
    #[error("taskId: there is no task `{0}`")]
    NoSuchTask(AuditTaskId),
    /// No check has that name.
    #[error("targetCheckNames: no check is named `{0}`")]
    UnknownCheck(String),
    /// A check is asked for that is not enabled.
    #[error("targetCheckNames: `{0}` is not enabled")]
    NotEnabled(Check),
    /// A check is to be disabled that a scheduled audit runs.
    #[error("`{0}` is part of a scheduled audit")]
    Scheduled(Check),
    /// No check is named.
    #[error("targetCheckNames: empty")]
    NoTarget,
    /// The role of the account's configuration is not of its length.
    #[error("roleArn: not 20 to 2048 characters")]
    RoleArn,
    /// The target of notifications of the account's configuration breaks this rule.
    #[error("auditNotificationTargetConfigurations: {0}")]
    NotificationTarget(&'static str),
    /// What the account's configuration says of checks is no object.
    #[error("auditCheckConfigurations: not an object")]
    CheckConfigurations,
    /// The account's configuration names a check that there is not.
    #[error("auditCheckConfigurations: no check is named `{0}`")]
    UnknownCheckConfiguration(String),
    /// The account's configuration has a check by two of its names.
    #[error("auditCheckConfigurations: `{0}` stands there by two of its names")]
    CheckTwice(Check),
    /// What the account's configuration says of a check breaks this rule.
    #[error("auditCheckConfigurations.{0}: {1}")]
    CheckConfiguration(Check, &'static str),
    /// A setting that the check does not have, or a value that the setting cannot have.
    #[error("auditCheckConfigurations.{0}.configuration: {1}")]
    Setting(Check, ConfigError),
    /// The first configuration has no role.
    #[error("roleArn: the first configuration needs one")]
    NoRole,
    /// The first configuration enables no check.
    #[error("auditCheckConfigurations: the first configuration enables none")]
    NoCheck,
    /// The task has ended, with this status.
    #[error("the task is `{0}`, not IN_PROGRESS")]
    NotRunning(TaskStatus),
    /// Ten audits on demand run already.
    #[error("{MAX_ON_DEMAND} audits on demand run already")]
    TooManyTasks,
    /// There are five scheduled audits already.
    #[error("there are {MAX_SCHEDULED} scheduled audits already")]
    TooManySchedules,
}

/// Audits on demand that run at once ("AWS IoT Device Defender quotas").
pub(super) const MAX_ON_DEMAND: usize = 10;

/// Scheduled audits of an account.
pub(super) const MAX_SCHEDULED: usize = 5;

impl RequestError {
    /// The name of the error in the API.
    #[must_use]
    pub const fn exception(&self) -> &'static str {
        match self {
            Self::TooManyTasks | Self::TooManySchedules => "LimitExceededException",
            Self::ScheduledAuditExists(_) => "ResourceAlreadyExistsException",
            Self::NoSuchScheduledAudit(_) | Self::NoSuchTask(_) => "ResourceNotFoundException",
            Self::TaskExists(_) => "InternalFailureException",
            _ => "InvalidRequestException",
        }
    }
}
