//! The single requests behind an operation.

use core::iter::FusedIterator;

use super::Operation;
use crate::action::Action;
use crate::context::{Asked, Context};
use crate::request::Request;
use crate::resource::{ArnScope, Resource, ResourceKind};

/// One request of an [`Operation`], with the context that it is decided in.
///
/// # Examples
///
/// ```
/// use iot_policy::{Action, ArnScope, ConnectRequest, Context, Operation};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope);
/// let connect = Operation::from(ConnectRequest::mqtt5("ratchet", 0));
/// let check = connect.checks(&context).next().unwrap();
/// assert_eq!(check.action(), Action::CONNECT);
/// assert_eq!(
///     check.resource().to_string(),
///     "arn:aws:iot:us-east-1:123456789012:client/ratchet"
/// );
/// assert_eq!(check.request().context().client_id(), Some("ratchet"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    question: Question<'a>,
    context: Context<'a>,
}

/// What is asked, without the context.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) action: Action<'static>,
    /// `None`: the resource must be written `*`.
    pub(super) resource: Option<(ResourceKind, &'a str)>,
    pub(super) asked: Asked<'a>,
}

impl<'a> Question<'a> {
    pub(super) const fn new(
        action: Action<'static>,
        kind: ResourceKind,
        name: &'a str,
        asked: Asked<'a>,
    ) -> Self {
        Self {
            action,
            resource: Some((kind, name)),
            asked,
        }
    }

    #[inline]
    pub(super) fn resource(&self, scope: &'a ArnScope) -> Resource<'a> {
        match self.resource {
            Some((kind, name)) => scope.resource(kind, name),
            None => Resource::from_arn("*"),
        }
    }
}

impl<'a> Check<'a> {
    /// The action.
    #[must_use]
    pub const fn action(&self) -> Action<'static> {
        self.question.action
    }

    /// The resource.
    #[must_use]
    pub fn resource(&self) -> Resource<'a> {
        self.question.resource(self.context.scope())
    }

    /// The request, to be decided or evaluated.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        Request::new(self.action(), self.resource(), &self.context)
    }
}

/// The requests behind an operation: see [`Operation::checks`].
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, ConnectRequest, Context, Operation, Will};
/// use iot_topics::TopicNameRef;
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope);
/// let will = Will::new(TopicNameRef::parse("lost/ratchet")?).with_retain(true);
/// let connect = Operation::from(ConnectRequest::mqtt5("ratchet", 0).with_will(will));
/// let asked: Vec<_> = connect
///     .checks(&context)
///     .map(|check| format!("{} {}", check.action(), check.resource().name()))
///     .collect();
/// assert_eq!(
///     asked,
///     ["iot:Connect ratchet", "iot:Publish lost/ratchet", "iot:RetainPublish lost/ratchet"],
/// );
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Checks<'c, 'a> {
    operation: Operation<'a>,
    context: &'c Context<'a>,
    step: u8,
}

impl<'c, 'a> Checks<'c, 'a> {
    pub(super) const fn new(operation: Operation<'a>, context: &'c Context<'a>) -> Self {
        Self {
            operation,
            context,
            step: 0,
        }
    }
}

impl<'a> Iterator for Checks<'_, 'a> {
    type Item = Check<'a>;

    fn next(&mut self) -> Option<Check<'a>> {
        let question = self.operation.question(self.step)?;
        self.step += 1;
        Some(Check {
            question,
            context: self.context.narrowed(question.asked),
        })
    }
}

impl FusedIterator for Checks<'_, '_> {}
