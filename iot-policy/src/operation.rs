//! What a broker asks: whole packets and calls, not single actions.

mod authorize;
mod check;
mod effect;
mod http;
mod outcome;
mod packet;

use iot_topics::reserved::{check_publish, check_retain, check_subscribe};
use iot_topics::{TopicError, TopicNameRef};

use crate::action::Action;
use crate::context::{Asked, Context};
use crate::resource::ResourceKind;

pub use self::authorize::{Authorize, SubscribeOutcomes};
use self::check::Question;
pub use self::check::{Check, Checks};
pub use self::effect::{ClientEffect, ReasonCode};
pub use self::http::{HttpCall, ShadowPath};
pub use self::outcome::{Cause, Outcome, Refusal};
pub use self::packet::{
    ConnectRequest, ProtocolVersion, PublishRequest, Qos, SubscribeRequest, Will,
};

/// One thing that a client wants to do, or that the broker is about to do for it.
///
/// [`Authorize::authorize`] decides it. [`Operation::checks`] lists the single requests behind
/// it, for a tool that explains each.
///
/// An operation asks for one action or for several, all of which must be allowed:
///
/// | operation | actions asked for, in this order |
/// |---|---|
/// | CONNECT | `iot:Connect` on `client/<client id>`, where `iot:ConnectAttributes` and `iot:LastWillTopic` have values; with a will, what a PUBLISH of the will asks for |
/// | PUBLISH | `iot:Publish` on `topic/<topic name>`; with RETAIN, `iot:RetainPublish` on it too |
/// | SUBSCRIBE, for each topic filter | `iot:Subscribe` on `topicfilter/<the filter as sent>`, a shared one with its `$share/<group>/` |
/// | delivery of a message | `iot:Receive` on `topic/<topic name>` |
/// | a call over HTTP | see [`HttpCall`] |
/// | UNSUBSCRIBE, PINGREQ, DISCONNECT | nothing |
///
/// (Developer guide, "AWS IoT Core policy actions", "AWS IoT Core action resources", "Retained
/// message policy examples", "Lifecycle events" for the will.)
///
/// Before any policy is asked, AWS IoT refuses what no policy can allow: to publish to or subscribe
/// to a reserved topic that is not made for it, and RETAIN (or Will Retain) on a reserved topic
/// ([`iot_topics::reserved`]; developer guide, "Reserved topics" and "MQTT").
///
/// # Where the guide is silent
///
/// - **A shared subscription** is asked for by its whole text, as a sample policy of the AWS SDKs
///   has it. Its messages are delivered on their own topic, so `iot:Receive` is asked for that.
/// - **A delivery without a subscription**, such as the reply to a jobs request, asks for
///   `iot:Receive` too: the page of the action has it checked for every message, and a policy
///   that does not allow the topic stays safe.
/// - **The will** is asked for as the PUBLISH it will become: the values of Connect are not seen.
/// - **The values of Connect** are seen by no other operation, even where the caller left them in
///   the context.
/// - **`PersistentConnect`** over MQTT 5 means a Session Expiry Interval above zero.
/// - **Connect is asked for once**, at CONNECT. A broker that asks again while the client is
///   connected keeps the packet and asks with it, or `iot:LastWillTopic` has no value any more.
/// - What a client sees of a refusal: [`ClientEffect`].
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Context, Operation, ProtocolVersion, PublishRequest};
/// use iot_topics::TopicNameRef;
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("sensor-7");
/// let topic = TopicNameRef::parse("dt/sensor-7")?;
/// let packet = PublishRequest::new(ProtocolVersion::Mqtt5, topic).with_retain(true);
/// let actions: Vec<_> = Operation::from(packet)
///     .checks(&context)
///     .map(|check| check.action().to_string())
///     .collect();
/// assert_eq!(actions, ["iot:Publish", "iot:RetainPublish"]);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// The client sent CONNECT.
    Connect(ConnectRequest<'a>),
    /// The client sent PUBLISH.
    Publish(PublishRequest<'a>),
    /// The client sent SUBSCRIBE: one of its topic filters.
    Subscribe(SubscribeRequest<'a>),
    /// The broker is about to send the client a message on this topic.
    Deliver(TopicNameRef<'a>),
    /// A call over HTTP.
    Http(HttpCall<'a>),
}

impl<'a> Operation<'a> {
    /// The requests behind the operation, in the order they are asked. All must be allowed. The
    /// rules of reserved topics are not among them: no policy is asked about these.
    ///
    /// `context` is that of the connection or call; each check has the values of its own kind
    /// alone: the client id of the packet for Connect, no client id and no thing for HTTP.
    #[must_use]
    pub const fn checks<'c>(&self, context: &'c Context<'a>) -> Checks<'c, 'a> {
        Checks::new(*self, context)
    }

    /// Checks the rules of reserved topics, which come before the policies.
    fn topic_rules(&self) -> Result<(), Cause<'a>> {
        let publication = |topic, retain| {
            let error = topic_error(topic, retain);
            error.map_err(|error| Cause::Topic {
                topic: topic.as_str(),
                error,
            })
        };
        match *self {
            Self::Connect(packet) => packet
                .will()
                .map_or(Ok(()), |will| publication(will.topic(), will.retain())),
            Self::Publish(packet) => publication(packet.topic(), packet.retain()),
            Self::Http(HttpCall::Publish { topic, retain }) => publication(topic, retain),
            Self::Subscribe(packet) => {
                let filter = packet.filter();
                check_subscribe(filter).map_err(|error| Cause::Topic {
                    topic: filter.as_str(),
                    error,
                })
            }
            Self::Deliver(_) | Self::Http(_) => Ok(()),
        }
    }

    /// The question that comes after `step` others.
    #[inline]
    fn question(&self, step: u8) -> Option<Question<'a>> {
        let question = match (self, step) {
            (Self::Publish(packet), step) => {
                return publication(packet.topic(), packet.retain(), step, Asked::Message);
            }
            (Self::Http(call), step) => return call.question(step),
            (Self::Connect(packet), 0) => Question::new(
                Action::CONNECT,
                ResourceKind::Client,
                packet.client_id(),
                Asked::Connect {
                    client_id: packet.client_id(),
                    attributes: packet.attributes(),
                    will: packet.will().map(|will| will.topic().as_str()),
                },
            ),
            (Self::Connect(packet), step) => {
                let will = packet.will()?;
                let client_id = packet.client_id();
                let asked = Asked::Will { client_id };
                return publication(will.topic(), will.retain(), step - 1, asked);
            }
            (Self::Subscribe(packet), 0) => Question::new(
                Action::SUBSCRIBE,
                ResourceKind::TopicFilter,
                packet.filter().as_str(),
                Asked::Message,
            ),
            (Self::Deliver(topic), 0) => Question::new(
                Action::RECEIVE,
                ResourceKind::Topic,
                topic.as_str(),
                Asked::Message,
            ),
            (Self::Subscribe(_) | Self::Deliver(_), _) => return None,
        };
        Some(question)
    }
}

fn topic_error(topic: TopicNameRef<'_>, retain: bool) -> Result<(), TopicError> {
    check_publish(topic)?;
    if retain { check_retain(topic) } else { Ok(()) }
}

/// What a message needs: to be published, and to be retained.
#[inline]
fn publication<'a>(
    topic: TopicNameRef<'a>,
    retain: bool,
    step: u8,
    asked: Asked<'a>,
) -> Option<Question<'a>> {
    let action = match step {
        0 => Action::PUBLISH,
        1 if retain => Action::RETAIN_PUBLISH,
        _ => return None,
    };
    let kind = ResourceKind::Topic;
    Some(Question::new(action, kind, topic.as_str(), asked))
}

impl<'a> From<ConnectRequest<'a>> for Operation<'a> {
    fn from(packet: ConnectRequest<'a>) -> Self {
        Self::Connect(packet)
    }
}

impl<'a> From<PublishRequest<'a>> for Operation<'a> {
    fn from(packet: PublishRequest<'a>) -> Self {
        Self::Publish(packet)
    }
}

impl<'a> From<SubscribeRequest<'a>> for Operation<'a> {
    fn from(packet: SubscribeRequest<'a>) -> Self {
        Self::Subscribe(packet)
    }
}

impl<'a> From<HttpCall<'a>> for Operation<'a> {
    fn from(call: HttpCall<'a>) -> Self {
        Self::Http(call)
    }
}
