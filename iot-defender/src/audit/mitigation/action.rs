//! Mitigation actions.
//!
//! Source: API reference, `CreateMitigationAction`.

use alloc::string::String;

use serde_json::{Value, json};

use super::ActionType;
use super::error::MitigationRequestError;
use super::parameters::{ActionParams, MitigationError, is_role};

/// A mitigation action of an account: its name, what it does, and the role in which that is done
/// (API reference, `CreateMitigationAction`).
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ActionParams, MitigationAction, MitigationError};
///
/// let role = "arn:aws:iam::123456789012:role/mitigate";
/// let action = MitigationAction::new("Isolate_1", role, ActionParams::UpdateDeviceCertificate)?;
/// assert_eq!((action.name(), action.role_arn()), ("Isolate_1", role));
/// assert_eq!(action.params(), &ActionParams::UpdateDeviceCertificate);
///
/// let error = MitigationAction::new("a b", role, ActionParams::UpdateCaCertificate);
/// assert_eq!(error, Err(MitigationError::ActionName));
/// # Ok::<(), MitigationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MitigationAction {
    name: String,
    role_arn: String,
    params: ActionParams,
}

impl MitigationAction {
    /// From its parts: the name has 1 to 128 characters of `A-Z a-z 0-9 _ -`, the role 20 to 2048.
    ///
    /// # Errors
    ///
    /// [`MitigationError::ActionName`] and [`MitigationError::RoleArn`].
    pub fn new(name: &str, role_arn: &str, params: ActionParams) -> Result<Self, MitigationError> {
        if !is_name(name) {
            return Err(MitigationError::ActionName);
        }
        if !is_role(role_arn) {
            return Err(MitigationError::RoleArn);
        }
        Ok(Self {
            name: name.into(),
            role_arn: role_arn.into(),
            params,
        })
    }

    /// Reads the request of `CreateMitigationAction`, `actionName` included, which the API has in
    /// the path. Other members, `tags` among them, are not looked at.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::NotAnObject`], else [`MitigationRequestError::Action`]: the first
    /// member that breaks its rule.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{ActionType, MitigationAction};
    ///
    /// let request = serde_json::json!({
    ///     "actionName": "Blank",
    ///     "roleArn": "arn:aws:iam::123456789012:role/mitigate",
    ///     "actionParams": { "replaceDefaultPolicyVersionParams": { "templateName": "BLANK_POLICY" } },
    /// });
    /// let action = MitigationAction::from_json(&request)?;
    /// assert_eq!(action.action_type(), ActionType::ReplaceDefaultPolicyVersion);
    /// assert_eq!(action.to_json(), request);
    /// # Ok::<(), iot_defender::audit::MitigationRequestError>(())
    /// ```
    pub fn from_json(request: &Value) -> Result<Self, MitigationRequestError> {
        if !request.is_object() {
            return Err(MitigationRequestError::NotAnObject);
        }
        let text = |key| request.get(key).and_then(Value::as_str).unwrap_or_default();
        let params = request.get("actionParams").unwrap_or(&Value::Null);
        let params = ActionParams::from_json(params)?;
        Ok(Self::new(text("actionName"), text("roleArn"), params)?)
    }

    /// The request of `CreateMitigationAction`; [`from_json`](Self::from_json) reads it back.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "actionName": self.name,
            "roleArn": self.role_arn,
            "actionParams": self.params.to_json(),
        })
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The role that it acts in.
    #[must_use]
    pub const fn role_arn(&self) -> &str {
        self.role_arn.as_str()
    }

    /// Its kind.
    #[must_use]
    pub const fn action_type(&self) -> ActionType {
        self.params.action_type()
    }

    /// What it is told.
    #[must_use]
    pub const fn params(&self) -> &ActionParams {
        &self.params
    }
}

pub(super) fn is_name(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=128).contains(&name.len()) && name.bytes().all(word)
}
