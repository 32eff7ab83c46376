//! The request that starts an audit.

use alloc::vec::Vec;

use serde_json::{Value, json};

use crate::audit::account::{read_target, target};
use crate::audit::check::Check;
use crate::audit::request::RequestError;

/// A request to start an audit: the checks that it runs.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, OnDemandAuditRequest, RequestError};
/// use serde_json::json;
///
/// let json = json!({ "targetCheckNames": ["LOGGING_DISABLED_CHECK"] });
/// let request = OnDemandAuditRequest::from_json(&json)?;
/// assert_eq!(request.checks(), [Check::LoggingDisabled]);
/// assert_eq!(request.to_json(), json);
///
/// let error = OnDemandAuditRequest::from_json(&json!({ "targetCheckNames": ["ALL"] }));
/// let error = error.unwrap_err();
/// assert_eq!(error.to_string(), "targetCheckNames: no check is named `ALL`");
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OnDemandAuditRequest {
    checks: Vec<Check>,
}

impl OnDemandAuditRequest {
    /// These checks, each once, in the order of [`Check::ALL`].
    ///
    /// # Errors
    ///
    /// [`RequestError::NoTarget`]: there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{OnDemandAuditRequest, RequestError};
    ///
    /// assert_eq!(OnDemandAuditRequest::new([]), Err(RequestError::NoTarget));
    /// ```
    pub fn new(checks: impl IntoIterator<Item = Check>) -> Result<Self, RequestError> {
        let checks = target(checks)?;
        Ok(Self { checks })
    }

    /// Reads the request as the API has it. Members that it does not know are not looked at.
    ///
    /// # Errors
    ///
    /// [`RequestError`]: `NotAnObject`, `TargetCheckNames`, `UnknownCheck`, `NoTarget`.
    pub fn from_json(request: &Value) -> Result<Self, RequestError> {
        if !request.is_object() {
            return Err(RequestError::NotAnObject);
        }
        let checks = read_target(request)?.ok_or(RequestError::TargetCheckNames)?;
        Ok(Self { checks })
    }

    /// The request; [`from_json`](Self::from_json) reads it back to an equal value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "targetCheckNames": self.checks })
    }

    /// The checks, one or more, each once and in the order of [`Check::ALL`].
    #[must_use]
    pub const fn checks(&self) -> &[Check] {
        self.checks.as_slice()
    }
}
