//! The request that starts a mitigation task.
//!
//! Source: API reference, `StartAuditMitigationActionsTask`.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::actions::MitigationActions;
use super::error::MitigationRequestError;
use super::target::{MitigationTarget, read_check, texts};
use crate::audit::check::Check;
use crate::audit::id::{ClientRequestToken, MitigationTaskId};

/// Actions for the findings of a check.
const MAX_ACTION_NAMES: usize = 5;

/// A request to start a mitigation task: which findings, and for each check which actions, in
/// their order (API reference, `StartAuditMitigationActionsTask`).
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     ActionParams, Check, MitigationAction, MitigationActions, MitigationRequestError,
///     MitigationTaskRequest,
/// };
/// use iot_topics::Timestamp;
///
/// let json = serde_json::json!({
///     "taskId": "after-9ccc92",
///     "target": { "auditTaskId": "9ccc92" },
///     "auditCheckToActionsMapping": { "LOGGING_DISABLED_CHECK": ["Blank"] },
///     "clientRequestToken": "t-1",
/// });
/// let request = MitigationTaskRequest::from_json(&json)?;
/// assert_eq!(request.task_id().as_str(), "after-9ccc92");
/// assert_eq!(request.actions_for(Check::LoggingDisabled), ["Blank"]);
/// assert_eq!(request.to_json(), json);
///
/// // What it names must exist, and the check must allow it.
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// let error = request.check(&actions).unwrap_err();
/// assert!(matches!(error, MitigationRequestError::UnknownAction { .. }));
/// let role = "arn:aws:iam::123456789012:role/mitigate";
/// let blank = MitigationAction::new("Blank", role, ActionParams::ReplaceDefaultPolicyVersion)?;
/// actions.create(blank, "1", Timestamp::from_secs(0))?;
/// let error = request.check(&actions).unwrap_err();
/// assert!(matches!(error, MitigationRequestError::NotAllowed { .. }));
/// # Ok::<(), MitigationRequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MitigationTaskRequest {
    task_id: MitigationTaskId,
    target: MitigationTarget,
    mapping: BTreeMap<Check, Vec<String>>,
    token: Option<ClientRequestToken>,
}

impl MitigationTaskRequest {
    /// A request without token: for each check the names of one to five actions.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: `Mapping` without any check, `ActionNames`, `RepeatedCheck`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Check, MitigationRequestError, MitigationTarget, MitigationTaskRequest,
    /// };
    ///
    /// let target = MitigationTarget::audit("9ccc92".parse()?);
    /// let none = [(Check::LoggingDisabled, vec![])];
    /// let error = MitigationTaskRequest::new("m-1".parse()?, target, none).unwrap_err();
    /// assert_eq!(error, MitigationRequestError::ActionNames(Check::LoggingDisabled));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        task_id: MitigationTaskId,
        target: MitigationTarget,
        mapping: impl IntoIterator<Item = (Check, Vec<String>)>,
    ) -> Result<Self, MitigationRequestError> {
        let mut by_check = BTreeMap::new();
        for (check, names) in mapping {
            if !(1..=MAX_ACTION_NAMES).contains(&names.len()) {
                return Err(MitigationRequestError::ActionNames(check));
            }
            if by_check.insert(check, names).is_some() {
                let field = MAPPING;
                return Err(MitigationRequestError::RepeatedCheck { field, check });
            }
        }
        if by_check.is_empty() {
            return Err(MitigationRequestError::Mapping);
        }
        Ok(Self {
            task_id,
            target,
            mapping: by_check,
            token: None,
        })
    }

    /// With a token, which no other task may have.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, MitigationTarget, MitigationTaskRequest};
    ///
    /// let target = MitigationTarget::audit("9ccc92".parse()?);
    /// let mapping = [(Check::LoggingDisabled, vec!["Tell".into()])];
    /// let request = MitigationTaskRequest::new("m-1".parse()?, target, mapping)?;
    /// let request = request.with_token("t-1".parse()?);
    /// assert_eq!(request.token().map(|token| token.as_str()), Some("t-1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_token(mut self, token: ClientRequestToken) -> Self {
        self.token = Some(token);
        self
    }

    /// Reads the request, `taskId` included, which the API has in the path. `null` is taken as
    /// missing, and the token may be missing, as the SDKs make one then. Members that it does not
    /// know are not looked at.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: the first member that breaks its rule, in the order task id,
    /// target, mapping, token.
    pub fn from_json(request: &Value) -> Result<Self, MitigationRequestError> {
        if !request.is_object() {
            return Err(MitigationRequestError::NotAnObject);
        }
        let given = |key| request.get(key).filter(|value| !value.is_null());
        let task_id = given("taskId").and_then(|id| id.as_str()?.parse().ok());
        let task_id = task_id.ok_or(MitigationRequestError::TaskId)?;
        let target = given("target").ok_or(MitigationRequestError::Target)?;
        let target = MitigationTarget::from_json(target)?;
        let mapping = given("auditCheckToActionsMapping").and_then(Value::as_object);
        let mapping = read_mapping(mapping.ok_or(MitigationRequestError::Mapping)?)?;
        let read = Self::new(task_id, target, mapping)?;
        let Some(token) = given("clientRequestToken") else {
            return Ok(read);
        };
        let token = token.as_str().and_then(|token| token.parse().ok());
        Ok(read.with_token(token.ok_or(MitigationRequestError::ClientRequestToken)?))
    }

    /// The request; [`from_json`](Self::from_json) reads it back to an equal value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = json!({
            "taskId": self.task_id,
            "target": self.target.to_json(),
            "auditCheckToActionsMapping": self.mapping_json(),
        });
        if let (Some(token), Some(members)) = (&self.token, json.as_object_mut()) {
            members.insert("clientRequestToken".into(), token.as_str().into());
        }
        json
    }

    /// The id of the task.
    #[must_use]
    pub const fn task_id(&self) -> &MitigationTaskId {
        &self.task_id
    }

    /// What it is aimed at.
    #[must_use]
    pub const fn target(&self) -> &MitigationTarget {
        &self.target
    }

    /// The names of the actions for findings of a check, in their order; none if the check is not
    /// mapped.
    #[must_use]
    pub fn actions_for(&self, check: Check) -> &[String] {
        self.mapping.get(&check).map_or(&[], Vec::as_slice)
    }

    /// The token, if it has one.
    #[must_use]
    pub const fn token(&self) -> Option<&ClientRequestToken> {
        self.token.as_ref()
    }

    /// Whether the actions exist and each check allows those that it is mapped to.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::UnknownAction`] and [`MitigationRequestError::NotAllowed`], of the
    /// first check in the order of [`Check::ALL`].
    pub fn check(&self, actions: &MitigationActions) -> Result<(), MitigationRequestError> {
        for (check, name) in self.pairs() {
            let action = name.clone();
            let Some(defined) = actions.get(name) else {
                return Err(MitigationRequestError::UnknownAction { check, action });
            };
            let action_type = defined.action().action_type();
            if !check.allows(action_type) {
                return Err(MitigationRequestError::NotAllowed {
                    check,
                    action,
                    action_type,
                });
            }
        }
        Ok(())
    }

    /// Each check with each of its actions.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (Check, &String)> {
        let pairs = |(check, names): (&Check, _)| {
            let check = *check;
            <&Vec<String>>::into_iter(names).map(move |name| (check, name))
        };
        self.mapping.iter().flat_map(pairs)
    }

    pub(super) fn mapping_json(&self) -> Value {
        let checks = self.mapping.iter();
        let members: Map<String, Value> = checks
            .map(|(check, names)| (check.as_str().into(), names.as_slice().into()))
            .collect();
        members.into()
    }
}

const MAPPING: &str = "auditCheckToActionsMapping";

fn read_mapping(
    mapping: &Map<String, Value>,
) -> Result<Vec<(Check, Vec<String>)>, MitigationRequestError> {
    let entries = mapping.iter().map(|(name, names)| {
        let check = read_check(MAPPING, name)?;
        let names = texts(names).ok_or(MitigationRequestError::ActionNames(check))?;
        Ok((check, names.into_iter().map(String::from).collect()))
    });
    entries.collect()
}
