//! The mitigation actions of an account.
//!
//! Source: API reference, `CreateMitigationAction`, `UpdateMitigationAction`,
//! `DescribeMitigationAction`.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::MAX_ACTIONS;
use super::action::MitigationAction;
use super::error::MitigationRequestError;
use super::parameters::ActionParams;
use crate::audit::seconds;

/// A mitigation action as an account has it: with its ARN, its id and its dates.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationAction, MitigationActions};
/// use iot_topics::Timestamp;
///
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// let action = MitigationAction::from_json(&serde_json::json!({
///     "actionName": "Isolate",
///     "roleArn": "arn:aws:iam::123456789012:role/mitigate",
///     "actionParams": { "updateDeviceCertificateParams": { "action": "DEACTIVATE" } },
/// }))?;
/// let defined = actions.create(action, "7", Timestamp::from_millis(1_650_000_000_500))?;
/// assert_eq!(defined.arn(), "arn:aws:iot:us-east-1:123456789012:mitigationaction/Isolate");
/// assert_eq!((defined.id(), defined.action().name()), ("7", "Isolate"));
/// assert_eq!(defined.describe()["creationDate"], 1_650_000_000.5);
/// # Ok::<(), iot_defender::audit::MitigationRequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinedAction {
    action: MitigationAction,
    arn: String,
    id: String,
    created: Timestamp,
    modified: Timestamp,
}

impl DefinedAction {
    /// What it does.
    #[must_use]
    pub const fn action(&self) -> &MitigationAction {
        &self.action
    }

    /// Its ARN.
    #[must_use]
    pub const fn arn(&self) -> &str {
        self.arn.as_str()
    }

    /// Its id, as it was given when it was created.
    #[must_use]
    pub const fn id(&self) -> &str {
        self.id.as_str()
    }

    /// The answer of `DescribeMitigationAction`. Dates are seconds with a fraction.
    #[must_use]
    pub fn describe(&self) -> Value {
        json!({
            "actionName": self.action.name(),
            "actionType": self.action.action_type(),
            "actionArn": self.arn,
            "actionId": self.id,
            "roleArn": self.action.role_arn(),
            "actionParams": self.action.params().to_json(),
            "creationDate": seconds::write(self.created),
            "lastModifiedDate": seconds::write(self.modified),
        })
    }

    /// What `ListMitigationActions` tells of it.
    pub(super) fn identifier(&self) -> Value {
        json!({
            "actionName": self.action.name(),
            "actionArn": self.arn,
            "creationDate": seconds::write(self.created),
        })
    }

    /// `MitigationAction` of the API, which tells what a task applies.
    pub(crate) fn definition(&self) -> Value {
        json!({
            "name": self.action.name(),
            "id": self.id,
            "roleArn": self.action.role_arn(),
            "actionParams": self.action.params().to_json(),
        })
    }
}

/// The mitigation actions of an account: at most 100, each of another name (developer guide,
/// "Mitigation actions"; "AWS IoT Device Defender quotas").
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     ActionParams, MitigationAction, MitigationActionQuery, MitigationActions,
///     MitigationRequestError,
/// };
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_650_000_000);
/// let role = "arn:aws:iam::123456789012:role/mitigate";
/// let blank = MitigationAction::new("Blank", role, ActionParams::ReplaceDefaultPolicyVersion)?;
///
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// actions.create(blank.clone(), "1", now)?;
/// let error = actions.create(blank, "2", now).unwrap_err();
/// assert_eq!(error, MitigationRequestError::ActionExists("Blank".into()));
///
/// assert_eq!(actions.iter().count(), 1);
/// let page = MitigationActionQuery::default().list(&actions)?;
/// assert_eq!(page.to_api_json()["actionIdentifiers"][0]["actionName"], "Blank");
/// assert!(actions.delete("Blank"));
/// assert!(actions.get("Blank").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MitigationActions {
    prefix: String,
    actions: BTreeMap<String, DefinedAction>,
}

impl MitigationActions {
    /// None yet. `prefix` is what the ARNs of the account begin with, up to and without the colon
    /// behind the number of the account.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.into(),
            actions: BTreeMap::new(),
        }
    }

    /// `CreateMitigationAction`: its answer is `actionArn` and `actionId`. The id is the caller's
    /// choice and better not given twice; AWS takes a UUID.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::ActionExists`] and [`MitigationRequestError::TooManyActions`].
    pub fn create(
        &mut self,
        action: MitigationAction,
        id: &str,
        now: Timestamp,
    ) -> Result<&DefinedAction, MitigationRequestError> {
        let name = action.name();
        if self.actions.contains_key(name) {
            return Err(MitigationRequestError::ActionExists(name.into()));
        }
        if self.actions.len() >= MAX_ACTIONS {
            return Err(MitigationRequestError::TooManyActions);
        }
        let name = name.to_string();
        let defined = DefinedAction {
            arn: alloc::format!("{}:mitigationaction/{name}", self.prefix),
            action,
            id: id.into(),
            created: now,
            modified: now,
        };
        Ok(self.actions.entry(name).or_insert(defined))
    }

    /// `UpdateMitigationAction`: reads the request, `actionName` included. What it leaves out
    /// stays; what the action does may become of another kind. Tasks that run keep what they
    /// started with.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::NotAnObject`], [`MitigationRequestError::NoSuchAction`], or
    /// [`MitigationRequestError::Action`]; nothing is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{ActionParams, MitigationAction, MitigationActions};
    /// use iot_topics::Timestamp;
    ///
    /// let role = "arn:aws:iam::123456789012:role/mitigate";
    /// let action = MitigationAction::new("Isolate", role, ActionParams::UpdateCaCertificate)?;
    /// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
    /// actions.create(action, "1", Timestamp::from_secs(1))?;
    ///
    /// let request = serde_json::json!({
    ///     "actionName": "Isolate",
    ///     "actionParams": { "updateDeviceCertificateParams": { "action": "DEACTIVATE" } },
    /// });
    /// let updated = actions.update(&request, Timestamp::from_secs(2))?;
    /// assert_eq!(updated.action().params(), &ActionParams::UpdateDeviceCertificate);
    /// assert_eq!(updated.action().role_arn(), role);
    /// assert_eq!(updated.describe()["lastModifiedDate"], 2.0);
    /// # Ok::<(), iot_defender::audit::MitigationRequestError>(())
    /// ```
    pub fn update(
        &mut self,
        request: &Value,
        now: Timestamp,
    ) -> Result<&DefinedAction, MitigationRequestError> {
        if !request.is_object() {
            return Err(MitigationRequestError::NotAnObject);
        }
        let given = |key| request.get(key).filter(|value| !value.is_null());
        let name = given("actionName").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        let found = self.actions.get_mut(name);
        let defined = found.ok_or_else(|| MitigationRequestError::NoSuchAction(name.into()))?;
        let role_arn = match given("roleArn") {
            Some(role_arn) => role_arn.as_str().unwrap_or_default(),
            None => defined.action.role_arn(),
        };
        let params = match given("actionParams") {
            Some(params) => ActionParams::from_json(params)?,
            None => defined.action.params().clone(),
        };
        defined.action = MitigationAction::new(name, role_arn, params)?;
        defined.modified = now;
        Ok(defined)
    }

    /// `DeleteMitigationAction`: whether there was one. Tasks that run keep what they started
    /// with.
    pub fn delete(&mut self, name: &str) -> bool {
        self.actions.remove(name).is_some()
    }

    /// The action of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&DefinedAction> {
        self.actions.get(name)
    }

    /// All, by name.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &DefinedAction> {
        self.actions.values()
    }
}
