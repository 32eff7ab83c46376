//! At which violations a mitigation task is aimed.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Value, json};

use crate::audit::MitigationRequestError;
use crate::detect::name::{BehaviorName, ProfileName};

/// Violations that a task names.
const MAX_VIOLATIONS: usize = 25;

/// At which violations a mitigation task is aimed.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::MitigationRequestError;
/// use iot_defender::detect::DetectMitigationTarget;
/// use serde_json::json;
///
/// let json = json!({ "securityProfileName": "lamps", "behaviorName": "Quiet" });
/// let target = DetectMitigationTarget::from_json(&json)?;
/// assert_eq!(target, DetectMitigationTarget::Profile {
///     profile: "lamps".parse().unwrap(),
///     behavior: Some("Quiet".parse().unwrap()),
/// });
/// assert_eq!(target.to_json(), json);
///
/// let error = DetectMitigationTarget::from_json(&json!({ "behaviorName": "Quiet" }));
/// assert_eq!(error, Err(MitigationRequestError::ViolationTarget));
/// let error = DetectMitigationTarget::violations([]);
/// assert_eq!(error, Err(MitigationRequestError::ViolationIds));
/// # Ok::<(), MitigationRequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a task has one of the two")]
pub enum DetectMitigationTarget {
    /// These violations: [`violations`](Self::violations) checks them.
    Violations(Vec<String>),
    /// Those of a security profile.
    Profile {
        /// The profile.
        profile: ProfileName,
        /// Of this behavior only.
        behavior: Option<BehaviorName>,
    },
}

impl DetectMitigationTarget {
    /// These violations: 1 to 25 ids, each of 1 to 128 letters, digits and hyphens.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::ViolationIds`].
    pub fn violations(
        ids: impl IntoIterator<Item = String>,
    ) -> Result<Self, MitigationRequestError> {
        let ids: Vec<String> = ids.into_iter().take(MAX_VIOLATIONS + 1).collect();
        let is_counted = (1..=MAX_VIOLATIONS).contains(&ids.len());
        if is_counted && ids.iter().all(|id| is_id(id)) {
            Ok(Self::Violations(ids))
        } else {
            Err(MitigationRequestError::ViolationIds)
        }
    }

    /// Reads the API's `DetectMitigationActionsTaskTarget`. Null stands for none.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: `ViolationTarget`, `ViolationIds`, or `Member` for a name that is
    /// not allowed.
    pub fn from_json(json: &Value) -> Result<Self, MitigationRequestError> {
        let given = |key| json.get(key).filter(|value| !value.is_null());
        let text = |value: &'_ Value| value.as_str().map(String::from);
        match (
            given("violationIds"),
            given("securityProfileName"),
            given("behaviorName"),
        ) {
            (Some(ids), None, None) => {
                let ids = ids.as_array().map(|ids| ids.iter().map(text).collect());
                let ids: Option<Vec<String>> = ids.flatten();
                Self::violations(ids.ok_or(MitigationRequestError::ViolationIds)?)
            }
            (None, Some(profile), behavior) => {
                let profile = profile.as_str().and_then(|name| name.parse().ok());
                let behavior = behavior.map(|name| {
                    let name = name.as_str().and_then(|name| name.parse().ok());
                    name.ok_or(MitigationRequestError::Member("target.behaviorName"))
                });
                Ok(Self::Profile {
                    profile: profile
                        .ok_or(MitigationRequestError::Member("target.securityProfileName"))?,
                    behavior: behavior.transpose()?,
                })
            }
            _ => Err(MitigationRequestError::ViolationTarget),
        }
    }

    /// The target; [`from_json`](Self::from_json) reads it back.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Violations(ids) => json!({ "violationIds": ids }),
            Self::Profile {
                profile,
                behavior: None,
            } => json!({ "securityProfileName": profile }),
            Self::Profile { profile, behavior } => {
                json!({ "securityProfileName": profile, "behaviorName": behavior })
            }
        }
    }
}

/// Of a violation.
pub(super) fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=128).contains(&id.len()) && id.bytes().all(allowed)
}
