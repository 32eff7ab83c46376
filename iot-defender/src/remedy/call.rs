//! Calls of the API, as data.

use serde_json::Value;

/// A service of AWS that a call goes to.
///
/// # Examples
///
/// ```
/// use iot_defender::remedy::Service;
///
/// assert_eq!(Service::Iot.as_str(), "iot");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Service {
    /// AWS IoT, the control plane.
    Iot,
    /// Simple Notification Service.
    Sns,
}

impl Service {
    /// The prefix of its actions in IAM policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Iot => "iot",
            Self::Sns => "sns",
        }
    }
}

/// A call to be made: the operation and its members, those that the API has in the path included,
/// as the SDKs and the command line take them.
///
/// # Examples
///
/// ```
/// use iot_defender::remedy::{GroupMove, Service};
///
/// let call = GroupMove::into_groups(["quarantine".parse()?])?.call(&"lamp-7".parse()?);
/// assert_eq!((call.service, call.operation), (Service::Iot, "UpdateThingGroupsForThing"));
/// // aws iot update-thing-groups-for-thing --cli-input-json ...
/// assert!(call.arguments.to_string().contains(r#""thingName":"lamp-7""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiCall {
    /// Where it goes.
    pub service: Service,
    /// The name of the operation.
    pub operation: &'static str,
    /// Its members.
    pub arguments: Value,
}

impl ApiCall {
    pub(crate) const fn iot(operation: &'static str, arguments: Value) -> Self {
        Self {
            service: Service::Iot,
            operation,
            arguments,
        }
    }

    pub(crate) const fn sns(operation: &'static str, arguments: Value) -> Self {
        Self {
            service: Service::Sns,
            operation,
            arguments,
        }
    }
}
