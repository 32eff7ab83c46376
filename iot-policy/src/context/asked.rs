//! What a context is narrowed to, so that a request sees the values of its own kind alone.

use super::ConnectAttributes;
use crate::variable::Variable;

/// What is asked in a context, with the values that the question itself has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Asked<'a> {
    /// Not told: the caller gives all values.
    #[default]
    Anything,
    /// `iot:Connect`, of a CONNECT packet.
    Connect {
        client_id: &'a str,
        attributes: ConnectAttributes,
        will: Option<&'a str>,
    },
    /// The publish of the will in a CONNECT packet.
    Will { client_id: &'a str },
    /// Any other question of a connection.
    Message,
    /// A call over HTTP.
    Http(HttpValue<'a>),
}

/// The value that a call over HTTP brings along.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HttpValue<'a> {
    None,
    /// `iot:JobId`.
    JobId(&'a str),
    /// `iot:Topic`.
    Topic(&'a str),
    /// `iot:IncludeSocketInformation`.
    SocketInformation(bool),
}

impl<'a> Asked<'a> {
    /// Whether the question itself settles the value of a variable, so that no value that the
    /// caller gave by name counts.
    pub(super) const fn settles(self, variable: &Variable) -> bool {
        match variable {
            Variable::ConnectAttributes
            | Variable::LastWillTopic
            | Variable::Topic
            | Variable::JobId
            | Variable::IncludeSocketInformation => !matches!(self, Self::Anything),
            Variable::ClientId => !matches!(self, Self::Anything | Self::Message),
            Variable::ThingName
            | Variable::ThingTypeName
            | Variable::ThingAttribute(_)
            | Variable::ThingIsAttached => matches!(self, Self::Http(_)),
            _ => false,
        }
    }

    /// The value that a call over HTTP brought along.
    pub(super) const fn value(self, variable: &Variable) -> Option<&'a str> {
        match (self, variable) {
            (Self::Http(HttpValue::JobId(job)), Variable::JobId) => Some(job),
            (Self::Http(HttpValue::Topic(topic)), Variable::Topic) => Some(topic),
            (
                Self::Http(HttpValue::SocketInformation(included)),
                Variable::IncludeSocketInformation,
            ) => Some(truth(included)),
            _ => None,
        }
    }
}

/// The text of a boolean.
pub(super) const fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
