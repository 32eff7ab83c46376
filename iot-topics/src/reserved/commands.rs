//! The topics of commands.

use alloc::vec;
use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use super::typed::{Typed, typed_topic};
use super::words::{Exchange, PayloadFormat};
use crate::ident::{CommandClientId, ExecutionId, ThingName};

/// A topic of one execution of a command: `$aws/commands/<target>/executions/<execution>/..`
/// (developer guide, Reserved topics).
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{CommandMessage, CommandTarget, CommandTopic, PayloadFormat};
///
/// let response = CommandTopic {
///     target: CommandTarget::Thing("valve".parse()?),
///     execution: "e-1".parse()?,
///     message: CommandMessage::Response,
///     format: Some(PayloadFormat::Json),
/// };
/// assert_eq!(
///     response.to_topic_name().as_str(),
///     "$aws/commands/things/valve/executions/e-1/response/json",
/// );
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct CommandTopic {
    /// The device that runs the command.
    pub target: CommandTarget,
    /// The execution.
    pub execution: ExecutionId,
    /// What is said about it.
    pub message: CommandMessage,
    /// The last level; without one the payload is whatever its sender made.
    pub format: Option<PayloadFormat>,
}

/// The device that runs a command.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::{CommandTarget, ReservedTopic};
///
/// let name = TopicNameRef::parse("$aws/commands/clients/tablet.4/executions/e-1/request")?;
/// let Some(ReservedTopic::Commands(topic)) = ReservedTopic::parse(name) else { panic!("no command") };
/// assert_eq!(topic.target, CommandTarget::Client("tablet.4".parse().unwrap()));
///
/// // A thing's name has no dot.
/// let name = TopicNameRef::parse("$aws/commands/things/tablet.4/executions/e-1/request")?;
/// assert_eq!(ReservedTopic::parse(name), None);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "commands address these two, callers must answer both"
)]
pub enum CommandTarget {
    /// `things/<thing>`.
    Thing(ThingName),
    /// `clients/<client>`: an MQTT client, whether or not it is a thing.
    Client(CommandClientId),
}

/// What is said about the execution of a command.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::{CommandMessage, ReservedTopic};
///
/// let name = "$aws/commands/things/valve/executions/e-1/response/rejected/json";
/// let topic = ReservedTopic::parse(TopicNameRef::parse(name)?);
/// let Some(ReservedTopic::Commands(topic)) = topic else { panic!("no command") };
/// assert_eq!(topic.message, CommandMessage::Rejected);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a device that runs commands must face every message"
)]
pub enum CommandMessage {
    /// `request`: the command itself.
    Request,
    /// `response`: what the device reports (UpdateCommandExecution).
    Response,
    /// `response/accepted`: the report was taken.
    Accepted,
    /// `response/rejected`: the report was refused.
    Rejected,
}

impl CommandMessage {
    const fn reply_level(self) -> Option<&'static str> {
        match self {
            Self::Request | Self::Response => None,
            Self::Accepted => Exchange::Accepted.reply_level(),
            Self::Rejected => Exchange::Rejected.reply_level(),
        }
    }

    const fn answer(reply: Exchange) -> Self {
        match reply {
            Exchange::Request => Self::Response,
            Exchange::Accepted => Self::Accepted,
            Exchange::Rejected => Self::Rejected,
        }
    }
}

impl Typed for CommandTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        let target = match row {
            Row::ThingRequest
            | Row::ThingRequestAs
            | Row::ThingResponse
            | Row::ThingResponseAs
            | Row::ThingReply
            | Row::ThingReplyAs => CommandTarget::Thing(captures.take()?),
            _ => CommandTarget::Client(captures.take()?),
        };
        let execution = captures.take()?;
        let message = match row {
            Row::ThingRequest | Row::ThingRequestAs | Row::ClientRequest | Row::ClientRequestAs => {
                CommandMessage::Request
            }
            Row::ThingResponse
            | Row::ThingResponseAs
            | Row::ClientResponse
            | Row::ClientResponseAs => CommandMessage::Response,
            Row::ThingReply | Row::ThingReplyAs | Row::ClientReply | Row::ClientReplyAs => {
                CommandMessage::answer(captures.take_reply()?)
            }
            _ => return None,
        };
        // A format, where the line has one, is the only text left.
        let format = match captures.next() {
            None => None,
            Some(word) => Some(word.parse().ok()?),
        };
        Some(Self {
            target,
            execution,
            message,
            format,
        })
    }

    fn row(&self) -> Row {
        use CommandMessage::{Accepted, Rejected, Request, Response};
        use CommandTarget::{Client, Thing};
        match (&self.target, self.message, self.format.is_some()) {
            (Thing(_), Request, false) => Row::ThingRequest,
            (Thing(_), Request, true) => Row::ThingRequestAs,
            (Thing(_), Response, false) => Row::ThingResponse,
            (Thing(_), Response, true) => Row::ThingResponseAs,
            (Thing(_), Accepted | Rejected, false) => Row::ThingReply,
            (Thing(_), Accepted | Rejected, true) => Row::ThingReplyAs,
            (Client(_), Request, false) => Row::ClientRequest,
            (Client(_), Request, true) => Row::ClientRequestAs,
            (Client(_), Response, false) => Row::ClientResponse,
            (Client(_), Response, true) => Row::ClientResponseAs,
            (Client(_), Accepted | Rejected, false) => Row::ClientReply,
            (Client(_), Accepted | Rejected, true) => Row::ClientReplyAs,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let target = match &self.target {
            CommandTarget::Thing(thing) => thing.as_str(),
            CommandTarget::Client(client) => client.as_str(),
        };
        let mut texts = vec![target, self.execution.as_str()];
        texts.extend(self.message.reply_level());
        texts.extend(self.format.map(PayloadFormat::as_str));
        texts
    }
}

typed_topic!(CommandTopic, Commands);
