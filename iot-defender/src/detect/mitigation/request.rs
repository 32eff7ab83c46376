//! The request that starts a mitigation task.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::target::DetectMitigationTarget;
use crate::audit::{
    ActionType, ClientRequestToken, DefinedAction, MitigationActions, MitigationRequestError,
    MitigationTaskId, seconds,
};

/// Actions of a task.
const MAX_ACTION_NAMES: usize = 5;

/// A request to start a mitigation task: which violations, and what is done about each, in order.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::MitigationRequestError;
/// use iot_defender::detect::DetectMitigationRequest;
///
/// let json = serde_json::json!({
///     "taskId": "calm-down",
///     "target": { "securityProfileName": "lamps" },
///     "actions": ["Quarantine"],
///     "violationEventOccurrenceRange": { "startTime": 1_573_786_800.0, "endTime": 1_573_790_400.0 },
///     "includeOnlyActiveViolations": true,
///     "includeSuppressedAlerts": true,
///     "clientRequestToken": "t-1",
/// });
/// let request = DetectMitigationRequest::from_json(&json)?;
/// assert_eq!(request.task_id.as_str(), "calm-down");
/// assert_eq!(request.actions, ["Quarantine"]);
/// assert!(request.only_active);
/// assert_eq!(request.to_json(), json);
/// # Ok::<(), MitigationRequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DetectMitigationRequest {
    /// The id of the task.
    pub task_id: MitigationTaskId,
    /// What it is aimed at.
    pub target: DetectMitigationTarget,
    /// The names of one to five actions, in their order.
    pub actions: Vec<String>,
    /// Only violations of which an event lies in this time, both ends included.
    pub occurred: Option<RangeInclusive<Timestamp>>,
    /// Only violations whose alarm is on.
    pub only_active: bool,
    /// Whether violations count whose notifications are suppressed. If nothing is said, those that
    /// the target names do, and those of a profile do not.
    pub with_suppressed: Option<bool>,
    /// The token of the request, which no other task may have.
    pub token: Option<ClientRequestToken>,
}

impl DetectMitigationRequest {
    /// A request without filters and token.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::Actions`]: not one to five.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::MitigationRequestError;
    /// use iot_defender::detect::{DetectMitigationRequest, DetectMitigationTarget};
    ///
    /// let target = DetectMitigationTarget::violations(["4d1f".to_string()])?;
    /// let error = DetectMitigationRequest::new("m-1".parse().unwrap(), target, []);
    /// assert_eq!(error, Err(MitigationRequestError::Actions));
    /// # Ok::<(), MitigationRequestError>(())
    /// ```
    pub fn new(
        task_id: MitigationTaskId,
        target: DetectMitigationTarget,
        actions: impl IntoIterator<Item = String>,
    ) -> Result<Self, MitigationRequestError> {
        let actions: Vec<String> = actions.into_iter().take(MAX_ACTION_NAMES + 1).collect();
        if !(1..=MAX_ACTION_NAMES).contains(&actions.len()) {
            return Err(MitigationRequestError::Actions);
        }
        Ok(Self {
            task_id,
            target,
            actions,
            occurred: None,
            only_active: false,
            with_suppressed: None,
            token: None,
        })
    }

    /// Reads the request, `taskId` included, which the API has in the path. Null stands for none,
    /// and the token may be missing, as the SDKs make one then. Members that it does not know are
    /// not looked at.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: the first member that breaks its rule.
    pub fn from_json(request: &Value) -> Result<Self, MitigationRequestError> {
        if !request.is_object() {
            return Err(MitigationRequestError::NotAnObject);
        }
        let given = |key| request.get(key).filter(|value| !value.is_null());
        let task_id = given("taskId").and_then(|id| id.as_str()?.parse().ok());
        let target = given("target").ok_or(MitigationRequestError::ViolationTarget)?;
        let names = given("actions").and_then(Value::as_array);
        let names = names.and_then(|names| {
            let names = names.iter().map(|name| name.as_str().map(String::from));
            names.collect::<Option<Vec<String>>>()
        });
        let mut read = Self::new(
            task_id.ok_or(MitigationRequestError::TaskId)?,
            DetectMitigationTarget::from_json(target)?,
            names.ok_or(MitigationRequestError::Actions)?,
        )?;
        read.occurred = given(RANGE)
            .map(|range| {
                let end = |name| range.get(name).and_then(seconds::read);
                let (start, end) = (end("startTime"), end("endTime"));
                let range = start.zip(end).map(|(start, end)| start..=end);
                range.ok_or(MitigationRequestError::Member(RANGE))
            })
            .transpose()?;
        let flag = |name| {
            let flag =
                given(name).map(|flag| flag.as_bool().ok_or(MitigationRequestError::Member(name)));
            flag.transpose()
        };
        read.only_active = flag(ACTIVE)?.unwrap_or_default();
        read.with_suppressed = flag(SUPPRESSED)?;
        read.token = given("clientRequestToken")
            .map(|token| {
                let token = token.as_str().and_then(|token| token.parse().ok());
                token.ok_or(MitigationRequestError::ClientRequestToken)
            })
            .transpose()?;
        Ok(read)
    }

    /// The request; [`from_json`](Self::from_json) reads it back to an equal value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = json!({
            "taskId": self.task_id,
            "target": self.target.to_json(),
            "actions": self.actions,
        });
        if let Some(members) = json.as_object_mut() {
            members.extend(self.range_json().map(|range| (RANGE.into(), range)));
            if self.only_active {
                members.insert(ACTIVE.into(), true.into());
            }
            if let Some(with_suppressed) = self.with_suppressed {
                members.insert(SUPPRESSED.into(), with_suppressed.into());
            }
            if let Some(token) = &self.token {
                members.insert("clientRequestToken".into(), token.as_str().into());
            }
        }
        json
    }

    pub(super) fn range_json(&self) -> Option<Value> {
        let range = self.occurred.as_ref()?;
        Some(json!({
            "startTime": seconds::write(*range.start()),
            "endTime": seconds::write(*range.end()),
        }))
    }

    /// Whether violations count whose notifications are suppressed.
    pub(super) fn takes_suppressed(&self) -> bool {
        let is_named = matches!(self.target, DetectMitigationTarget::Violations(_));
        self.with_suppressed.unwrap_or(is_named)
    }

    /// The actions that it names, which must exist and be for violations: only a move into groups
    /// is.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::NoSuchActionToRun`] and
    /// [`MitigationRequestError::NotForViolations`].
    pub(super) fn definitions(
        &self,
        actions: &MitigationActions,
    ) -> Result<Vec<DefinedAction>, MitigationRequestError> {
        let defined = self.actions.iter().map(|name| {
            let missing = || MitigationRequestError::NoSuchActionToRun(name.clone());
            let defined = actions.get(name).ok_or_else(missing)?;
            let action_type = defined.action().action_type();
            if action_type == ActionType::AddThingsToThingGroup {
                Ok(defined.clone())
            } else {
                let action = name.clone();
                Err(MitigationRequestError::NotForViolations {
                    action,
                    action_type,
                })
            }
        });
        defined.collect()
    }
}

const RANGE: &str = "violationEventOccurrenceRange";
const ACTIVE: &str = "includeOnlyActiveViolations";
const SUPPRESSED: &str = "includeSuppressedAlerts";
