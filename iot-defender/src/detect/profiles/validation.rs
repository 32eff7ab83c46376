//! Whether behaviors are those of a profile.
//!
//! Source: API reference, `ValidateSecurityProfileBehaviors`.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::SecurityProfiles;
use crate::detect::behavior::Behavior;
use crate::detect::profile::read_behaviors;
use crate::detect::refusal::DetectError;
use crate::question::given;

/// What is wrong with behaviors: each of them by itself, or else all of them together.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectError, SecurityProfiles};
/// use serde_json::json;
///
/// let account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
/// let validation = account.validate(&json!({ "behaviors": [{
///     "name": "Authorization",
///     "metric": "aws:num-authorization-failures",
///     "criteria": {
///         "comparisonOperator": "less-than",
///         "value": { "count": 5 },
///         "consecutiveDatapointsToAlarm": 100_000,
///     },
/// }] }))?;
/// assert!(!validation.is_valid());
/// assert_eq!(validation.errors().len(), 1);
/// assert_eq!(validation.to_api_json(), json!({
///     "valid": false,
///     "validationErrors": [{ "errorMessage": "Behavior Authorization is malformed. \
///         consecutiveDatapointsToAlarm 100000 should be in range[1,10]" }],
/// }));
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validation {
    errors: Vec<DetectError>,
}

impl Validation {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// What is wrong, in the order of the behaviors.
    #[must_use]
    pub const fn errors(&self) -> &[DetectError] {
        self.errors.as_slice()
    }

    /// The answer of `ValidateSecurityProfileBehaviors`.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let errors = self.errors.iter();
        let errors = errors.map(|error| json!({ "errorMessage": error.to_string() }));
        json!({ "valid": self.is_valid(), "validationErrors": errors.collect::<Vec<_>>() })
    }
}

impl SecurityProfiles {
    /// `ValidateSecurityProfileBehaviors`: what `CreateSecurityProfile` would say of the behaviors of
    /// a request. Of each that breaks a rule the first is told; if none does, what is wrong with all
    /// of them together: there are too many, they have too many values, or two have one name.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: there is no list of behaviors.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    ///
    /// let account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let error = account.validate(&serde_json::json!({}));
    /// assert_eq!(error, Err(DetectError::Member("behaviors")));
    /// ```
    pub fn validate(&self, request: &Value) -> Result<Validation, DetectError> {
        const MEMBER: DetectError = DetectError::Member("behaviors");

        let behaviors = given(request, "behaviors").ok_or(MEMBER)?;
        let items = behaviors.as_array().ok_or(MEMBER)?;
        let definitions = self.definitions();
        let read = |item| Behavior::from_json(item, definitions).err();
        let mut errors: Vec<DetectError> = items
            .iter()
            .filter_map(read)
            .map(DetectError::from)
            .collect();
        if errors.is_empty() {
            errors.extend(read_behaviors(behaviors, definitions).err());
        }
        Ok(Validation { errors })
    }
}
