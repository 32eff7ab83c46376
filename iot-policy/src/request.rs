//! What is asked: may this action be done on this resource?

use iot_topics::{TopicFilterRef, TopicNameRef};

use crate::action::Action;
use crate::context::Context;
use crate::resource::{Resource, ResourceKind};

/// One question to a [`PolicySet`](crate::PolicySet): an action, a resource, and the context that
/// gives the variables their values. Everything is borrowed, nothing is copied.
///
/// # Examples
///
/// ```
/// use iot_policy::{Action, ArnScope, Context, Request};
/// use iot_topics::{TopicFilterRef, TopicNameRef};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("sensor-7");
/// let request = Request::publish(TopicNameRef::parse("dt/sensor-7")?, &context);
/// assert_eq!(request.action(), Action::PUBLISH);
/// assert_eq!(
///     request.resource().to_string(),
///     "arn:aws:iot:us-east-1:123456789012:topic/dt/sensor-7"
/// );
/// // The other requests of MQTT, and what they carry.
/// let topic = TopicNameRef::parse("dt/sensor-7")?;
/// let filter = TopicFilterRef::parse("$share/workers/cmd/#")?;
/// for (request, asked) in [
///     (Request::connect("sensor-7", &context), "client/sensor-7"),
///     (Request::retain_publish(topic, &context), "topic/dt/sensor-7"),
///     (Request::receive(topic, &context), "topic/dt/sensor-7"),
///     (Request::subscribe(filter, &context), "topicfilter/$share/workers/cmd/#"),
/// ] {
///     assert!(request.resource().to_string().ends_with(&format!(":{asked}")));
///     assert_eq!(request.context().client_id(), Some("sensor-7"));
/// }
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    action: Action<'a>,
    resource: Resource<'a>,
    context: &'a Context<'a>,
}

impl<'a> Request<'a> {
    /// Any action on any resource.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{Action, ArnScope, Context, Request, Resource};
    ///
    /// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    /// let context = Context::new(&scope);
    /// let all = Resource::from_arn("*");
    /// let request = Request::new(Action::LIST_RETAINED_MESSAGES, all, &context);
    /// assert_eq!(request.resource().to_string(), "*");
    /// ```
    #[must_use]
    pub const fn new(action: Action<'a>, resource: Resource<'a>, context: &'a Context<'a>) -> Self {
        Self {
            action,
            resource,
            context,
        }
    }

    /// An action on a resource of the context's partition, Region and account.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{Action, ArnScope, Context, Request, ResourceKind};
    ///
    /// let scope = ArnScope::new("aws-cn", "cn-north-1", "123456789012");
    /// let context = Context::new(&scope);
    /// let request = Request::on(Action::GET_THING_SHADOW, ResourceKind::Thing, "lamp/colour", &context);
    /// assert_eq!(
    ///     request.resource().to_string(),
    ///     "arn:aws-cn:iot:cn-north-1:123456789012:thing/lamp/colour",
    /// );
    /// ```
    #[must_use]
    pub fn on(
        action: Action<'a>,
        kind: ResourceKind,
        name: &'a str,
        context: &'a Context<'a>,
    ) -> Self {
        Self::new(action, context.scope().resource(kind, name), context)
    }

    /// `iot:Connect` on `client/<client id>`. The context must have the client id too, or
    /// `iot:ClientId` has no value; [`Authorize::connect`](crate::operation::Authorize::connect)
    /// sees to that.
    #[must_use]
    pub fn connect(client_id: &'a str, context: &'a Context<'a>) -> Self {
        Self::on(Action::CONNECT, ResourceKind::Client, client_id, context)
    }

    /// `iot:Publish` on `topic/<topic name>`.
    #[must_use]
    pub fn publish(topic: TopicNameRef<'a>, context: &'a Context<'a>) -> Self {
        Self::on(
            Action::PUBLISH,
            ResourceKind::Topic,
            topic.as_str(),
            context,
        )
    }

    /// `iot:RetainPublish` on `topic/<topic name>`.
    #[must_use]
    pub fn retain_publish(topic: TopicNameRef<'a>, context: &'a Context<'a>) -> Self {
        Self::on(
            Action::RETAIN_PUBLISH,
            ResourceKind::Topic,
            topic.as_str(),
            context,
        )
    }

    /// `iot:Receive` on `topic/<topic name>`, the topic of the message.
    #[must_use]
    pub fn receive(topic: TopicNameRef<'a>, context: &'a Context<'a>) -> Self {
        Self::on(
            Action::RECEIVE,
            ResourceKind::Topic,
            topic.as_str(),
            context,
        )
    }

    /// `iot:Subscribe` on `topicfilter/<topic filter>`, the filter as the client sent it:
    /// `$share/<group>/<filter>` whole.
    #[must_use]
    pub fn subscribe(filter: TopicFilterRef<'a>, context: &'a Context<'a>) -> Self {
        Self::on(
            Action::SUBSCRIBE,
            ResourceKind::TopicFilter,
            filter.as_str(),
            context,
        )
    }

    /// The action.
    #[must_use]
    pub const fn action(&self) -> Action<'a> {
        self.action
    }

    /// The resource.
    #[must_use]
    pub const fn resource(&self) -> Resource<'a> {
        self.resource
    }

    /// The context.
    #[must_use]
    pub const fn context(&self) -> &'a Context<'a> {
        self.context
    }
}
