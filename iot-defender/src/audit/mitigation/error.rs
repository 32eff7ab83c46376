//! Why a request about mitigation is refused.

use alloc::string::String;

use super::parameters::MitigationError;
use super::{ActionType, MAX_ACTIONS, MAX_RUNNING, MAX_RUNNING_DETECT};
use crate::audit::check::Check;
use crate::audit::finding::ReasonCode;
use crate::audit::id::{ClientRequestToken, FindingId, MitigationTaskId};
use crate::audit::task::TaskStatus;

/// A request about mitigation actions or tasks that AWS IoT refuses, and why: the field and the
/// rule that it breaks.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ActionType, Check, MitigationRequestError};
///
/// let error = MitigationRequestError::NotAllowed {
///     check: Check::LoggingDisabled,
///     action: "Isolate".into(),
///     action_type: ActionType::AddThingsToThingGroup,
/// };
/// assert_eq!(error.exception(), "InvalidRequestException");
/// assert_eq!(
///     error.to_string(),
///     "auditCheckToActionsMapping: `Isolate` is of type `ADD_THINGS_TO_THING_GROUP`, which \
///      `LOGGING_DISABLED_CHECK` does not allow",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MitigationRequestError {
    /// The action itself is wrong.
    #[error(transparent)]
    Action(#[from] MitigationError),
    /// The request is not an object of JSON.
    #[error("the request is not an object")]
    NotAnObject,
    /// The account has an action of that name.
    #[error("actionName: there is an action `{0}` already")]
    ActionExists(String),
    /// The account has no action of that name.
    #[error("actionName: there is no action `{0}`")]
    NoSuchAction(String),
    /// The account has as many actions as it can.
    #[error("there are {MAX_ACTIONS} mitigation actions already")]
    TooManyActions,
    /// The id of the task.
    #[error("taskId: not 1 to 128 characters of `A-Z a-z 0-9 _ -`")]
    TaskId,
    /// The token of the request.
    #[error("clientRequestToken: not 1 to 64 characters of `A-Z a-z 0-9 _ -`")]
    ClientRequestToken,
    /// What the task is aimed at.
    #[error(
        "target: not exactly one of auditTaskId, findingIds, and auditTaskId with \
         auditCheckToReasonCodeFilter"
    )]
    Target,
    /// The audit that the task is aimed at.
    #[error("target.auditTaskId: not 1 to 40 characters of `A-Z a-z 0-9 -`")]
    AuditTaskId,
    /// The findings that the task is aimed at.
    #[error("target.findingIds: not 1 to 25 ids of 1 to 128 characters of `A-Z a-z 0-9 _ -`")]
    FindingIds,
    /// There is no such finding.
    #[error("target.findingIds: there is no finding `{0}`")]
    NoSuchFinding(FindingId),
    /// The filter is no map, or an empty one.
    #[error("target.auditCheckToReasonCodeFilter: not a map that has a check")]
    Filter,
    /// The codes for a check.
    #[error("target.auditCheckToReasonCodeFilter: `{0}` has not 1 to 25 reason codes")]
    ReasonCodes(Check),
    /// No reason has that code.
    #[error("target.auditCheckToReasonCodeFilter: no reason has the code `{0}`")]
    UnknownReasonCode(String),
    /// The check never gives that reason.
    #[error("target.auditCheckToReasonCodeFilter: `{code}` is no reason of `{check}`")]
    ReasonOfAnotherCheck {
        /// The check.
        check: Check,
        /// The code.
        code: ReasonCode,
    },
    /// No check has that name.
    #[error("{field}: no check is named `{name}`")]
    UnknownCheck {
        /// Where it stands.
        field: &'static str,
        /// The name.
        name: String,
    },
    /// A check stands there twice, by two of its names.
    #[error("{field}: `{check}` stands there twice")]
    RepeatedCheck {
        /// Where it stands.
        field: &'static str,
        /// The check.
        check: Check,
    },
    /// The mapping is no map, or an empty one.
    #[error("auditCheckToActionsMapping: not a map that has a check")]
    Mapping,
    /// The actions for a check.
    #[error("auditCheckToActionsMapping: `{0}` has not one to five names of actions")]
    ActionNames(Check),
    /// A check is mapped to an action that the account does not have.
    #[error(
        "auditCheckToActionsMapping: there is no action `{action}`, to which `{check}` is mapped"
    )]
    UnknownAction {
        /// The check.
        check: Check,
        /// The name of the action.
        action: String,
    },
    /// A check is mapped to an action that cannot be applied to its findings.
    #[error(
        "auditCheckToActionsMapping: `{action}` is of type `{action_type}`, which `{check}` does \
         not allow"
    )]
    NotAllowed {
        /// The check.
        check: Check,
        /// The name of the action.
        action: String,
        /// Its type.
        action_type: ActionType,
    },
    /// What a task of Detect is aimed at.
    #[error(
        "target: not exactly one of violationIds, and securityProfileName with or without \
         behaviorName"
    )]
    ViolationTarget,
    /// The violations that a task of Detect is aimed at.
    #[error("target.violationIds: not 1 to 25 ids of 1 to 128 characters of `A-Z a-z 0-9 -`")]
    ViolationIds,
    /// There is no such violation.
    #[error("target.violationIds: there is no violation `{0}`")]
    NoSuchViolation(String),
    /// The actions of a task of Detect.
    #[error("actions: not one to five names of actions")]
    Actions,
    /// The account does not have an action of a task of Detect.
    #[error("actions: there is no action `{0}`")]
    NoSuchActionToRun(String),
    /// An action cannot be applied to violations.
    #[error("actions: `{action}` is of type `{action_type}`, which is not for violations")]
    NotForViolations {
        /// The name of the action.
        action: String,
        /// Its type.
        action_type: ActionType,
    },
    /// Another member that breaks its rule.
    #[error("{0}: not in its form")]
    Member(&'static str),
    /// There is a task of that id.
    #[error("taskId: there is a task `{0}` already")]
    TaskExists(MitigationTaskId),
    /// There is a task that was started with that token.
    #[error("clientRequestToken: `{0}` has started a task already")]
    TokenExists(ClientRequestToken),
    /// Ten tasks run already.
    #[error("{MAX_RUNNING} mitigation tasks run already")]
    TooManyTasks,
    /// Five tasks of Detect run already.
    #[error("{MAX_RUNNING_DETECT} mitigation tasks of Detect run already")]
    TooManyDetectTasks,
    /// There is no task of that id.
    #[error("taskId: there is no task `{0}`")]
    NoSuchTask(MitigationTaskId),
    /// The task does not run.
    #[error("the task is `{0}`, not IN_PROGRESS")]
    NotRunning(TaskStatus),
    /// The task of Detect does not run.
    #[error("the task has ended")]
    HasEnded,
}

impl MitigationRequestError {
    /// The name of the error in the API.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::MitigationRequestError;
    ///
    /// let error = MitigationRequestError::TooManyTasks;
    /// assert_eq!(error.exception(), "LimitExceededException");
    /// ```
    #[must_use]
    pub const fn exception(&self) -> &'static str {
        match self {
            Self::ActionExists(_) => "ResourceAlreadyExistsException",
            Self::NoSuchAction(_) | Self::NoSuchTask(_) => "ResourceNotFoundException",
            Self::TooManyActions | Self::TooManyTasks | Self::TooManyDetectTasks => {
                "LimitExceededException"
            }
            Self::TaskExists(_) | Self::TokenExists(_) => "TaskAlreadyExistsException",
            _ => "InvalidRequestException",
        }
    }
}
