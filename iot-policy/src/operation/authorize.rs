//! Deciding operations, for whatever can decide a request.

use core::fmt;

use iot_topics::{TopicFilterRef, TopicNameRef};

use super::{
    Cause, ConnectRequest, HttpCall, Operation, Outcome, ProtocolVersion, PublishRequest, Refusal,
    SubscribeRequest,
};
use crate::context::Context;
use crate::request::Request;
use crate::set::{Decision, PolicySet};

/// Decides what a broker asks. Whatever can decide a single request has the rest for free.
///
/// No method allocates.
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     ArnScope, Authorize, ConnectRequest, Context, HttpCall, Operation, PolicyDocument, PolicySet,
///     ProtocolVersion, PublishRequest,
/// };
/// use iot_topics::{TopicFilterRef, TopicNameRef};
///
/// let document = PolicyDocument::from_json(r#"{
///     "Version": "2012-10-17",
///     "Statement": [
///         {"Effect": "Allow", "Action": "iot:Connect",
///          "Resource": "arn:aws:iot:us-east-1:123456789012:client/ratchet"},
///         {"Effect": "Allow", "Action": "iot:Subscribe",
///          "Resource": "arn:aws:iot:us-east-1:123456789012:topicfilter/app/data"},
///         {"Effect": "Allow", "Action": "iot:Receive",
///          "Resource": "arn:aws:iot:us-east-1:123456789012:topic/app/data"}
///     ]
/// }"#)?;
/// let policies = PolicySet::compile([("Ratchet", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
///
/// let context = Context::new(&scope).with_client_id("ratchet");
/// assert!(policies.connect(&ConnectRequest::mqtt5("ratchet", 0), &context).is_allowed());
///
/// let filters = [TopicFilterRef::parse("app/data")?, TopicFilterRef::parse("app/#")?];
/// let verdicts: Vec<bool> = policies
///     .subscribe(ProtocolVersion::Mqtt5, filters, &context)
///     .map(|(_, outcome)| outcome.is_allowed())
///     .collect();
/// assert_eq!(verdicts, [true, false]);
///
/// let topic = TopicNameRef::parse("app/data")?;
/// assert!(policies.deliver(topic, &context).is_allowed());
/// // To send is another matter, over MQTT and over HTTP.
/// let packet = PublishRequest::new(ProtocolVersion::Mqtt5, topic);
/// assert!(!policies.publish(&packet, &context).is_allowed());
/// let call = HttpCall::Publish { topic, retain: false };
/// assert!(!policies.http(call, &context).is_allowed());
/// // All of these in one: an operation as a value.
/// assert!(policies.authorize(&Operation::Deliver(topic), &context).is_allowed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Authorize {
    /// Decides one request.
    fn decide(&self, request: &Request<'_>) -> Decision;

    /// Decides an operation: allowed if its topics are and all its checks are. The first that is
    /// not tells why.
    fn authorize<'a>(&self, operation: &Operation<'a>, context: &Context<'a>) -> Outcome<'a> {
        if let Err(cause) = operation.topic_rules() {
            return Outcome::Refused(Refusal::new(cause, operation));
        }
        let mut step = 0;
        while let Some(question) = operation.question(step) {
            let resource = question.resource(context.scope());
            let context = context.narrowed(question.asked);
            let decision = self.decide(&Request::new(question.action, resource, &context));
            if !decision.is_allowed() {
                let cause = Cause::Policy {
                    action: question.action,
                    resource,
                    decision,
                };
                return Outcome::Refused(Refusal::new(cause, operation));
            }
            step += 1;
        }
        Outcome::Allowed
    }

    /// Decides a CONNECT. The client id is that of the packet, whatever the context says.
    fn connect<'a>(&self, packet: &ConnectRequest<'a>, context: &Context<'a>) -> Outcome<'a> {
        self.authorize(&Operation::Connect(*packet), context)
    }

    /// Decides a PUBLISH from a client.
    fn publish<'a>(&self, packet: &PublishRequest<'a>, context: &Context<'a>) -> Outcome<'a> {
        self.authorize(&Operation::Publish(*packet), context)
    }

    /// Decides the topic filters of a SUBSCRIBE, one by one, as the iterator is driven. Over MQTT
    /// 3.1.1 any refusal closes the connection, so a broker stops there.
    fn subscribe<'s, 'a, I>(
        &'s self,
        version: ProtocolVersion,
        filters: I,
        context: &'s Context<'a>,
    ) -> SubscribeOutcomes<'s, 'a, Self, I::IntoIter>
    where
        Self: Sized,
        I: IntoIterator<Item = TopicFilterRef<'a>>,
    {
        SubscribeOutcomes {
            policies: self,
            version,
            filters: filters.into_iter(),
            context,
        }
    }

    /// Decides the delivery of a message: its own topic counts, not the filter that it came by.
    fn deliver<'a>(&self, topic: TopicNameRef<'a>, context: &Context<'a>) -> Outcome<'a> {
        self.authorize(&Operation::Deliver(topic), context)
    }

    /// Decides a call over HTTP. Client id and thing of the context do not count.
    fn http<'a>(&self, call: HttpCall<'a>, context: &Context<'a>) -> Outcome<'a> {
        self.authorize(&Operation::Http(call), context)
    }
}

impl Authorize for PolicySet {
    fn decide(&self, request: &Request<'_>) -> Decision {
        Self::decide(self, request)
    }
}

impl<A: Authorize + ?Sized> Authorize for &A {
    fn decide(&self, request: &Request<'_>) -> Decision {
        (**self).decide(request)
    }
}

/// The verdicts over the topic filters of a SUBSCRIBE: see [`Authorize::subscribe`].
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Authorize, Context, PolicyDocument, PolicySet, ProtocolVersion, Statement};
/// use iot_topics::TopicFilterRef;
///
/// let own = "arn:aws:iot:us-east-1:123456789012:topicfilter/plant/*";
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Subscribe", own)])?;
/// let policies = PolicySet::compile([("Plant", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("display");
/// let filters = [TopicFilterRef::parse("plant/+")?, TopicFilterRef::parse("#")?];
/// // One code a filter for SUBACK, in the order of the packet.
/// let codes: Vec<u8> = policies
///     .subscribe(ProtocolVersion::Mqtt5, filters, &context)
///     .map(|(_, outcome)| outcome.refusal().and_then(|why| why.reason_code()))
///     .map(|code| code.map_or(0, |code| code.as_u8()))
///     .collect();
/// assert_eq!(codes, [0x00, 0x87]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "topic filters are decided as the iterator is driven"]
pub struct SubscribeOutcomes<'s, 'a, A, I> {
    policies: &'s A,
    version: ProtocolVersion,
    filters: I,
    context: &'s Context<'a>,
}

impl<'a, A, I> Iterator for SubscribeOutcomes<'_, 'a, A, I>
where
    A: Authorize,
    I: Iterator<Item = TopicFilterRef<'a>>,
{
    type Item = (TopicFilterRef<'a>, Outcome<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let filter = self.filters.next()?;
        let request = SubscribeRequest::new(self.version, filter);
        let outcome = self
            .policies
            .authorize(&Operation::Subscribe(request), self.context);
        Some((filter, outcome))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.filters.size_hint()
    }
}

impl<A, I: fmt::Debug> fmt::Debug for SubscribeOutcomes<'_, '_, A, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubscribeOutcomes")
            .field("version", &self.version)
            .field("filters", &self.filters)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}
