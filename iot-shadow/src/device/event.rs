//! What a message means to the application, and why it may mean nothing.

use alloc::string::String;

use thiserror::Error;

use crate::json::{Json, JsonError};

/// What a message means to the application.
///
/// # Examples
///
/// ```
/// use iot_shadow::{DeviceEvent, DeviceShadow, ShadowId};
/// use iot_topics::reserved::ShadowMessage;
///
/// let mut shadow = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
/// // Nothing is carried out before the device has got its shadow.
/// let event = shadow.handle(ShadowMessage::Delta, br#"{"version":3,"state":{"on":true}}"#);
/// assert_eq!(event, Ok(DeviceEvent::Nothing));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceEvent {
    /// Nothing: late, twice, somebody else's, or dealt with.
    Nothing,
    /// This must be carried out, then acknowledged or reported: what is desired and is neither in
    /// the local state nor a command that was finished. It holds all that differs, so that a delta
    /// not yet carried out may be forgotten for it.
    Delta {
        /// The members to change.
        state: Json,
        /// The version of the shadow.
        version: u64,
    },
    /// The shadow was got, and there is nothing to carry out.
    Synced {
        /// The version of the shadow.
        version: u64,
    },
    /// There is no shadow. The whole local state goes out next, which creates it.
    Absent,
    /// An update of this device was accepted.
    Reported {
        /// The version of the shadow.
        version: u64,
    },
    /// The shadow was deleted. It is not created again before the local state changes or the
    /// device connects.
    Deleted {
        /// The version of the document that was deleted.
        version: u64,
    },
    /// A request of this device was refused. After 429, 500 and 503, and when a get was refused,
    /// it is made again when its time has run out; an update refused for another reason waits for
    /// a change of the local state or a new connection.
    Rejected {
        /// The code.
        code: u16,
        /// The text, which is nothing to match on.
        message: String,
    },
}

/// Why something given to a [`DeviceShadow`] means nothing. The shadow is as it was.
///
/// # Examples
///
/// ```
/// use iot_shadow::{DeviceError, DeviceShadow, ShadowId};
/// use iot_topics::TopicNameRef;
///
/// let mut shadow = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
/// let topic = TopicNameRef::parse("$aws/things/lamp/shadow/update/delta").expect("is a name");
/// let error = shadow.handle_message(topic, b"{\"state\":{}}").unwrap_err();
/// assert_eq!(error, DeviceError::Member { name: "version" });
/// assert_eq!(error.to_string(), "member `version` is missing or not what it must be");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
///
/// [`DeviceShadow`]: crate::DeviceShadow
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The topic is none of this shadow.
    #[error("topic is none of this shadow")]
    Topic,
    /// The payload is not JSON.
    #[error("payload is not JSON")]
    Json(#[from] JsonError),
    /// The payload lacks a member, or that has another type.
    #[error("member `{name}` is missing or not what it must be")]
    Member {
        /// Its key.
        name: &'static str,
    },
    /// A local state that is no object.
    #[error("state is no object")]
    State,
}
