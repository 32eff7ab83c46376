//! The calls of the HTTP data plane.

use core::fmt;

use iot_topics::{ShadowName, ThingName, TopicNameRef};

use super::check::Question;
use super::publication;
use crate::action::Action;
use crate::context::{Asked, HttpValue};
use crate::resource::ResourceKind;

/// A call over HTTP.
///
/// HTTP has no client id, so no thing either: `iot:ClientId` and the variables of the thing have
/// no value, whatever the context holds (developer guide, "HTTPS publish" and "Thing policy
/// variables").
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     ArnScope, Authorize, ClientEffect, Context, HttpCall, PolicyDocument, PolicySet, ShadowPath,
/// };
///
/// let document = PolicyDocument::from_json(r#"{
///     "Version": "2012-10-17",
///     "Statement": {
///         "Effect": "Allow",
///         "Action": "iot:GetThingShadow",
///         "Resource": "arn:aws:iot:us-east-1:123456789012:thing/lamp"
///     }
/// }"#)?;
/// let policies = PolicySet::compile([("Lamp", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope);
///
/// let classic = ShadowPath::classic(&"lamp".parse()?);
/// assert!(policies.http(HttpCall::GetThingShadow(&classic), &context).is_allowed());
///
/// let named = ShadowPath::named(&"lamp".parse()?, &"colour".parse()?);
/// let outcome = policies.http(HttpCall::GetThingShadow(&named), &context);
/// assert_eq!(outcome.refusal().unwrap().effect(), ClientEffect::HttpRefused(403));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpCall<'a> {
    /// `POST /topics/<topic>`: `iot:Publish` on `topic/<topic name>`; with `retain=true` also
    /// `iot:RetainPublish`. `qos` alters nothing.
    Publish {
        /// The topic name.
        topic: TopicNameRef<'a>,
        /// `?retain=`.
        retain: bool,
    },
    /// `iot:GetThingShadow` on `thing/<thing>` or `thing/<thing>/<shadow>`.
    GetThingShadow(&'a ShadowPath),
    /// `iot:UpdateThingShadow` on the same.
    UpdateThingShadow(&'a ShadowPath),
    /// `iot:DeleteThingShadow` on the same.
    DeleteThingShadow(&'a ShadowPath),
    /// `iot:ListNamedShadowsForThing` on `thing/<thing>`. A table of the guide prints `*` for the
    /// resource; a policy with `*` covers the thing as well.
    ListNamedShadowsForThing(&'a ThingName),
    /// `iot:GetRetainedMessage` on `topic/<topic name>`.
    GetRetainedMessage(TopicNameRef<'a>),
    /// `iot:ListRetainedMessages`, whose resource is `*`.
    ListRetainedMessages,
    /// `iotjobsdata:DescribeJobExecution` on `thing/<thing>`.
    DescribeJobExecution {
        /// The thing.
        thing: &'a ThingName,
        /// `iot:JobId`: the id of the job, or `$next`.
        job: &'a str,
    },
    /// `iotjobsdata:GetPendingJobExecutions` on `thing/<thing>`.
    GetPendingJobExecutions(&'a ThingName),
    /// `iotjobsdata:StartNextPendingJobExecution` on `thing/<thing>`.
    StartNextPendingJobExecution(&'a ThingName),
    /// `iotjobsdata:UpdateJobExecution` on `thing/<thing>`.
    UpdateJobExecution {
        /// The thing.
        thing: &'a ThingName,
        /// `iot:JobId`: the id of the job.
        job: &'a str,
    },
    /// `iot:DeleteConnection` on `client/<client id>`.
    DeleteConnection {
        /// Whose connection.
        client_id: &'a str,
    },
    /// `iot:GetConnection` on `client/<client id>`.
    GetConnection {
        /// Whose connection.
        client_id: &'a str,
        /// `iot:IncludeSocketInformation`: whether addresses and ports are asked for.
        include_socket_information: bool,
    },
    /// `iot:ListSubscriptions` on `client/<client id>`.
    ListSubscriptions {
        /// Whose subscriptions.
        client_id: &'a str,
    },
    /// `iot:SendDirectMessage` on `client/<client id>`. The receiver needs no subscription, but
    /// `iot:Receive`: ask for the delivery as for any other (developer guide, "Direct messaging
    /// policy examples").
    SendDirectMessage {
        /// The receiver.
        client_id: &'a str,
        /// `iot:Topic`: the topic of the message.
        topic: TopicNameRef<'a>,
    },
}

impl<'a> HttpCall<'a> {
    /// The question that comes after `step` others.
    pub(super) fn question(&self, step: u8) -> Option<Question<'a>> {
        const PLAIN: Asked<'_> = Asked::Http(HttpValue::None);
        if let Self::Publish { topic, retain } = *self {
            return publication(topic, retain, step, PLAIN);
        }
        if step > 0 {
            return None;
        }
        let thing = |action, name: &'a ThingName, value| {
            Question::new(action, ResourceKind::Thing, name.as_str(), value)
        };
        let shadow = |action, path: &'a ShadowPath| {
            Question::new(action, ResourceKind::Thing, path.as_str(), PLAIN)
        };
        let client =
            |action, id, value| Question::new(action, ResourceKind::Client, id, Asked::Http(value));
        let job = |action, name, job| thing(action, name, Asked::Http(HttpValue::JobId(job)));
        Some(match *self {
            Self::Publish { .. } => return None,
            Self::GetThingShadow(path) => shadow(Action::GET_THING_SHADOW, path),
            Self::UpdateThingShadow(path) => shadow(Action::UPDATE_THING_SHADOW, path),
            Self::DeleteThingShadow(path) => shadow(Action::DELETE_THING_SHADOW, path),
            Self::ListNamedShadowsForThing(name) => {
                thing(Action::LIST_NAMED_SHADOWS_FOR_THING, name, PLAIN)
            }
            Self::GetRetainedMessage(topic) => Question::new(
                Action::GET_RETAINED_MESSAGE,
                ResourceKind::Topic,
                topic.as_str(),
                PLAIN,
            ),
            Self::ListRetainedMessages => Question {
                action: Action::LIST_RETAINED_MESSAGES,
                resource: None,
                asked: PLAIN,
            },
            Self::DescribeJobExecution {
                thing: name,
                job: id,
            } => job(Action::DESCRIBE_JOB_EXECUTION, name, id),
            Self::GetPendingJobExecutions(name) => {
                thing(Action::GET_PENDING_JOB_EXECUTIONS, name, PLAIN)
            }
            Self::StartNextPendingJobExecution(name) => {
                thing(Action::START_NEXT_PENDING_JOB_EXECUTION, name, PLAIN)
            }
            Self::UpdateJobExecution {
                thing: name,
                job: id,
            } => job(Action::UPDATE_JOB_EXECUTION, name, id),
            Self::DeleteConnection { client_id } => {
                client(Action::DELETE_CONNECTION, client_id, HttpValue::None)
            }
            Self::GetConnection {
                client_id,
                include_socket_information: included,
            } => {
                let value = HttpValue::SocketInformation(included);
                client(Action::GET_CONNECTION, client_id, value)
            }
            Self::ListSubscriptions { client_id } => {
                client(Action::LIST_SUBSCRIPTIONS, client_id, HttpValue::None)
            }
            Self::SendDirectMessage { client_id, topic } => {
                let value = HttpValue::Topic(topic.as_str());
                client(Action::SEND_DIRECT_MESSAGE, client_id, value)
            }
        })
    }
}

/// A shadow, as the resource of a policy names it: `<thing>` for the classic one,
/// `<thing>/<shadow>` for a named one.
///
/// # Examples
///
/// ```
/// use iot_policy::ShadowPath;
///
/// let path = ShadowPath::named(&"lamp".parse()?, &"colour".parse()?);
/// assert_eq!(path.as_str(), "lamp/colour");
/// assert_eq!(ShadowPath::classic(&"lamp".parse()?).as_str(), "lamp");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShadowPath {
    /// The rest is zero, so that the derived equality holds.
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl ShadowPath {
    /// A thing name has up to 128 bytes, a shadow name up to 64; both are ASCII.
    const ROOM: usize = 128 + 1 + 64;

    /// The classic shadow of a thing.
    #[must_use]
    pub fn classic(thing: &ThingName) -> Self {
        Self::of(thing.as_str().bytes())
    }

    /// A named shadow of a thing.
    #[must_use]
    pub fn named(thing: &ThingName, shadow: &ShadowName) -> Self {
        let (thing, shadow) = (thing.as_str().bytes(), shadow.as_str().bytes());
        Self::of(thing.chain([b'/']).chain(shadow))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.len);
        text.and_then(|text| core::str::from_utf8(text).ok())
            .unwrap_or_default()
    }

    fn of(text: impl Iterator<Item = u8>) -> Self {
        let mut path = Self {
            bytes: [0; Self::ROOM],
            len: 0,
        };
        for (room, byte) in path.bytes.iter_mut().zip(text) {
            *room = byte;
            path.len += 1;
        }
        path
    }
}

impl fmt::Debug for ShadowPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShadowPath({:?})", self.as_str())
    }
}

impl fmt::Display for ShadowPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
