//! The answer to an operation.

use core::fmt::{self, Write as _};

use iot_topics::TopicError;
use iot_topics::lifecycle::DisconnectReason;

use super::{ClientEffect, Operation, ReasonCode};
use crate::action::Action;
use crate::resource::Resource;
use crate::set::Decision;
use crate::shown::Shown;

/// The answer to an [`Operation`]: go on, or refuse it in this way.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Authorize, Context, Decision, PolicySet};
/// use iot_topics::TopicNameRef;
///
/// let policies = PolicySet::default(); // nothing is allowed
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("ratchet");
/// let outcome = policies.deliver(TopicNameRef::parse("app/data")?, &context);
/// assert!(!outcome.is_allowed());
/// assert_eq!(outcome.decision(), Decision::ImplicitDeny);
/// assert!(outcome.refusal().is_some());
/// assert!(outcome.into_result().is_err());
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an operation that is not allowed must not be carried out"]
#[expect(
    clippy::exhaustive_enums,
    reason = "an operation is allowed or refused, callers must face both"
)]
pub enum Outcome<'a> {
    /// Everything that was asked for is allowed.
    Allowed,
    /// Something is not.
    Refused(Refusal<'a>),
}

impl<'a> Outcome<'a> {
    /// Whether the operation may be carried out.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed)
    }

    /// The verdict; for a refusal, as [`Refusal::decision`] tells it.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        match self {
            Self::Allowed => Decision::Allowed,
            Self::Refused(refusal) => refusal.decision(),
        }
    }

    /// Why it is refused and what the client sees of it.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal<'a>> {
        match self {
            Self::Allowed => None,
            Self::Refused(refusal) => Some(refusal),
        }
    }

    /// As a `Result`, for `?`.
    ///
    /// # Errors
    ///
    /// The refusal, if the operation is refused.
    pub const fn into_result(self) -> Result<(), Refusal<'a>> {
        match self {
            Self::Allowed => Ok(()),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}

/// Why an operation is refused and what the client sees of it. `Display` says both in one
/// sentence.
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     Cause, ClientEffect, Decision,
///     ArnScope, Authorize, Context, PolicySet, ProtocolVersion, PublishRequest, ReasonCode,
/// };
/// use iot_topics::TopicNameRef;
///
/// let policies = PolicySet::default(); // nothing is allowed
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("ratchet");
/// let packet = PublishRequest::new(ProtocolVersion::Mqtt5, TopicNameRef::parse("a/b")?);
///
/// let outcome = policies.publish(&packet, &context);
/// let refusal = outcome.refusal().unwrap();
/// assert_eq!(refusal.reason_code(), Some(ReasonCode::NotAuthorized));
/// assert!(matches!(refusal.cause(), Cause::Policy { .. }));
/// assert_eq!(refusal.decision(), Decision::ImplicitDeny);
/// let effect = ClientEffect::Disconnected(refusal.reason_code());
/// assert_eq!(refusal.effect(), effect);
/// assert_eq!(refusal.disconnect_reason().unwrap().as_str(), "AUTH_ERROR");
/// assert!(refusal.closes_connection()); // QoS 0 has no acknowledgement
/// assert_eq!(
///     refusal.to_string(),
///     "no statement allows `iot:Publish` on \
///      `arn:aws:iot:us-east-1:123456789012:topic/a/b`: \
///      DISCONNECT carries 0x87 (not authorized) and the connection is closed"
/// );
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal<'a> {
    cause: Cause<'a>,
    effect: ClientEffect,
}

/// What was not allowed.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Authorize, Cause, Context, HttpCall, PolicySet};
/// use iot_topics::TopicNameRef;
///
/// let policies = PolicySet::default(); // nothing is allowed
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope);
/// let publish = |topic| HttpCall::Publish { topic, retain: false };
///
/// let outcome = policies.http(publish(TopicNameRef::parse("a/b")?), &context);
/// assert!(matches!(outcome.refusal().unwrap().cause(), Cause::Policy { .. }));
/// let outcome = policies.http(publish(TopicNameRef::parse("$mine/b")?), &context);
/// let cause = outcome.refusal().unwrap().cause();
/// assert_eq!(cause.to_string(), "`$mine/b` is not supported, no such reserved topic at byte 0");
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause<'a> {
    /// The policies do not allow this action on this resource: the first of the operation's
    /// checks that they refuse.
    #[non_exhaustive]
    Policy {
        /// The action.
        action: Action<'static>,
        /// The resource.
        resource: Resource<'a>,
        /// Whether a statement denies it, or none allows it.
        decision: Decision,
    },
    /// AWS IoT does not support this on a reserved topic, whatever the policies say.
    #[non_exhaustive]
    Topic {
        /// The topic name or topic filter.
        topic: &'a str,
        /// The rule that it breaks.
        error: TopicError,
    },
}

impl<'a> Refusal<'a> {
    pub(super) const fn new(cause: Cause<'a>, operation: &Operation<'a>) -> Self {
        let effect = ClientEffect::of(operation, &cause);
        Self { cause, effect }
    }

    /// What was not allowed.
    #[must_use]
    pub const fn cause(&self) -> Cause<'a> {
        self.cause
    }

    /// The verdict of the policies; [`Decision::ImplicitDeny`] where none was asked, since no
    /// statement can allow it.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        match self.cause {
            Cause::Policy { decision, .. } => decision,
            Cause::Topic { .. } => Decision::ImplicitDeny,
        }
    }

    /// What the client sees.
    #[must_use]
    pub const fn effect(&self) -> ClientEffect {
        self.effect
    }

    /// The code in the packet that tells the client, if there is such a packet.
    #[must_use]
    pub const fn reason_code(&self) -> Option<ReasonCode> {
        self.effect.reason_code()
    }

    /// Whether the network connection is closed.
    #[must_use]
    pub const fn closes_connection(&self) -> bool {
        self.effect.closes_connection()
    }

    /// The reason that the lifecycle event of the client names, and that decides about its will,
    /// if the refusal closes an open connection: `AUTH_ERROR` for what the policies refuse, else
    /// `CLIENT_ERROR` (developer guide, "Lifecycle events").
    #[must_use]
    pub const fn disconnect_reason(&self) -> Option<DisconnectReason> {
        match (self.effect, self.cause) {
            (ClientEffect::Disconnected(_), Cause::Policy { .. }) => {
                Some(DisconnectReason::AuthError)
            }
            (ClientEffect::Disconnected(_), Cause::Topic { .. }) => {
                Some(DisconnectReason::ClientError)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Shown(f);
        match self {
            Self::Policy {
                action,
                resource,
                decision,
            } => {
                let who = match decision {
                    Decision::ExplicitDeny => "a statement denies",
                    _ => "no statement allows",
                };
                write!(f, "{who} `{action}` on `{resource}`")
            }
            Self::Topic { topic, error } => write!(f, "`{topic}` is not supported, {error}"),
        }
    }
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cause, self.effect)
    }
}

impl core::error::Error for Refusal<'_> {}
