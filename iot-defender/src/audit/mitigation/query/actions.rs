//! Questions about mitigation actions.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde_json::Value;

use crate::audit::mitigation::ActionType;
use crate::audit::mitigation::action::is_name;
use crate::audit::mitigation::actions::{DefinedAction, MitigationActions};
use crate::audit::query::{QueryError, read_paging};
use crate::paging::{PageSize, Paging, Place, answer};
use crate::question::parsed;

/// Which mitigation actions are asked for, as `ListMitigationActions` has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ActionType, MitigationActionQuery, MitigationActions, QueryError};
/// use serde_json::json;
///
/// let query = MitigationActionQuery::from_json(&json!({
///     "actionType": "ENABLE_IOT_LOGGING",
///     "maxResults": 10,
/// }))?;
/// assert_eq!(query.action_type, Some(ActionType::EnableIotLogging));
/// let actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// assert_eq!(query.list(&actions)?.to_api_json(), json!({ "actionIdentifiers": [] }));
///
/// let error = MitigationActionQuery::from_json(&json!({ "maxResults": 251 })).unwrap_err();
/// assert_eq!(error, QueryError::Member("maxResults"));
/// assert_eq!(error.exception(), "InvalidRequestException");
/// # Ok::<(), QueryError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MitigationActionQuery {
    /// Those of this type.
    pub action_type: Option<ActionType>,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

impl MitigationActionQuery {
    /// Reads the question as the API has it. Members that it does not know are not looked at, and
    /// null stands for none.
    ///
    /// # Errors
    ///
    /// [`QueryError`]: not an object, or the first member that breaks its rule.
    pub fn from_json(json: &Value) -> Result<Self, QueryError> {
        let (max_results, next_token) = read_paging(json)?;
        Ok(Self {
            action_type: parsed(json, "actionType")?,
            max_results,
            next_token,
        })
    }

    /// A page of the actions, by name.
    ///
    /// The token tells the name of the last, so that the next page begins right though actions
    /// come and go, that one too.
    ///
    /// # Errors
    ///
    /// [`QueryError::NextToken`]: the token was not given out by this list.
    pub fn list<'a>(
        &self,
        actions: &'a MitigationActions,
    ) -> Result<MitigationActionPage<'a>, QueryError> {
        let paging = Paging {
            mark: "mitigationaction",
            most: self.max_results,
            token: self.next_token.as_deref(),
        };
        let asked = actions.iter().filter(|defined| {
            let found = defined.action().action_type();
            self.action_type.is_none_or(|asked| found == asked)
        });
        let (actions, next_token) =
            paging.cut(asked.map(|it| (ActionPlace(it.action().name()), it)))?;
        Ok(MitigationActionPage {
            actions,
            next_token,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ActionPlace<'a>(&'a str);

impl fmt::Display for ActionPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'a> Place<'a> for ActionPlace<'a> {
    fn read(text: &'a str) -> Option<Self> {
        is_name(text).then_some(Self(text))
    }
}

/// A page of mitigation actions.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     ActionParams, MitigationAction, MitigationActionQuery, MitigationActions, PageSize,
/// };
/// use iot_topics::Timestamp;
///
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// let role = "arn:aws:iam::123456789012:role/mitigate";
/// for name in ["Cut", "Also"] {
///     let action = MitigationAction::new(name, role, ActionParams::UpdateDeviceCertificate)?;
///     actions.create(action, name, Timestamp::from_secs(1_650_000_000))?;
/// }
/// let mut query = MitigationActionQuery::default();
/// query.max_results = PageSize::new(1).ok_or("not 1 to 250")?;
/// let page = query.list(&actions)?;
/// assert_eq!(page.to_api_json()["actionIdentifiers"][0]["actionName"], "Also");
/// query.next_token = page.next_token;
/// let page = query.list(&actions)?;
/// assert_eq!((page.actions[0].id(), page.next_token), ("Cut", None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MitigationActionPage<'a> {
    /// The actions.
    pub actions: Vec<&'a DefinedAction>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl MitigationActionPage<'_> {
    /// The answer of `ListMitigationActions`. Dates are seconds with a fraction.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let actions: Value = self.actions.iter().map(|it| it.identifier()).collect();
        answer("actionIdentifiers", &actions, self.next_token.as_deref())
    }
}
