//! The topics of device shadows.

use alloc::vec;
use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use super::typed::{Typed, typed_topic};
use super::words::{Exchange, ShadowNotice, ShadowOperation};
use crate::ident::{ShadowName, ThingName};

/// A topic of a device shadow: `$aws/things/<thing>/shadow[/name/<shadow>]/..` (developer guide,
/// Reserved topics).
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{ShadowMessage, ShadowTopic};
///
/// let update = ShadowTopic::update("lamp".parse()?);
/// assert_eq!(update.to_topic_name().as_str(), "$aws/things/lamp/shadow/update");
///
/// let delta = ShadowTopic::new("lamp".parse()?, ShadowMessage::Delta).named("config".parse()?);
/// assert_eq!(delta.to_string(), "$aws/things/lamp/shadow/name/config/update/delta");
/// let get = ShadowTopic::get("lamp".parse()?).named("config".parse()?);
/// assert_eq!(get.to_string(), "$aws/things/lamp/shadow/name/config/get");
/// assert_eq!(ShadowTopic::delete("lamp".parse()?).to_string(), "$aws/things/lamp/shadow/delete");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct ShadowTopic {
    /// The thing.
    pub thing: ThingName,
    /// The named shadow, `None` for the classic one.
    pub shadow: Option<ShadowName>,
    /// What is said about it.
    pub message: ShadowMessage,
}

/// What is said about a shadow.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::{Exchange, ReservedTopic, ShadowMessage};
///
/// let message = |name| match ReservedTopic::parse(TopicNameRef::parse(name).ok()?)? {
///     ReservedTopic::Shadow(topic) => Some(topic.message),
///     _ => None,
/// };
/// assert_eq!(
///     message("$aws/things/lamp/shadow/get/rejected"),
///     Some(ShadowMessage::Get(Exchange::Rejected)),
/// );
/// assert_eq!(message("$aws/things/lamp/shadow/update/delta"), Some(ShadowMessage::Delta));
/// assert_eq!(message("$aws/things/lamp/shadow/get/delta"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a client of the shadow service must face every message"
)]
pub enum ShadowMessage {
    /// `get`: read the shadow.
    Get(Exchange),
    /// `update`: merge a document into the shadow.
    Update(Exchange),
    /// `delete`: delete the shadow.
    Delete(Exchange),
    /// `update/delta`: desired and reported state differ.
    Delta,
    /// `update/documents`: the documents before and after an update.
    Documents,
}

impl ShadowTopic {
    /// A topic of the classic shadow of a thing.
    #[must_use]
    pub const fn new(thing: ThingName, message: ShadowMessage) -> Self {
        Self {
            thing,
            shadow: None,
            message,
        }
    }

    /// The topic that reads the classic shadow.
    #[must_use]
    pub const fn get(thing: ThingName) -> Self {
        Self::new(thing, ShadowMessage::Get(Exchange::Request))
    }

    /// The topic that updates the classic shadow.
    #[must_use]
    pub const fn update(thing: ThingName) -> Self {
        Self::new(thing, ShadowMessage::Update(Exchange::Request))
    }

    /// The topic that deletes the classic shadow.
    #[must_use]
    pub const fn delete(thing: ThingName) -> Self {
        Self::new(thing, ShadowMessage::Delete(Exchange::Request))
    }

    /// The same topic of a named shadow.
    #[must_use]
    pub fn named(self, shadow: ShadowName) -> Self {
        Self {
            shadow: Some(shadow),
            ..self
        }
    }
}

impl ShadowMessage {
    const fn exchange(operation: ShadowOperation, exchange: Exchange) -> Self {
        match operation {
            ShadowOperation::Get => Self::Get(exchange),
            ShadowOperation::Update => Self::Update(exchange),
            ShadowOperation::Delete => Self::Delete(exchange),
        }
    }
}

impl Typed for ShadowTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        let thing = captures.take()?;
        let shadow = match row {
            Row::Shadow | Row::ShadowReply | Row::ShadowNotice => None,
            _ => Some(captures.take()?),
        };
        let message = match row {
            Row::Shadow | Row::NamedShadow => {
                ShadowMessage::exchange(captures.take()?, Exchange::Request)
            }
            Row::ShadowReply | Row::NamedShadowReply => {
                ShadowMessage::exchange(captures.take()?, captures.take_reply()?)
            }
            Row::ShadowNotice | Row::NamedShadowNotice => match captures.take()? {
                ShadowNotice::Delta => ShadowMessage::Delta,
                ShadowNotice::Documents => ShadowMessage::Documents,
            },
            _ => return None,
        };
        Some(Self {
            thing,
            shadow,
            message,
        })
    }

    fn row(&self) -> Row {
        use ShadowMessage::{Delete, Delta, Documents, Get, Update};
        match (self.message, self.shadow.is_some()) {
            (Get(exchange) | Update(exchange) | Delete(exchange), named) => {
                match (exchange, named) {
                    (Exchange::Request, false) => Row::Shadow,
                    (Exchange::Request, true) => Row::NamedShadow,
                    (Exchange::Accepted | Exchange::Rejected, false) => Row::ShadowReply,
                    (Exchange::Accepted | Exchange::Rejected, true) => Row::NamedShadowReply,
                }
            }
            (Delta | Documents, false) => Row::ShadowNotice,
            (Delta | Documents, true) => Row::NamedShadowNotice,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let mut texts = vec![self.thing.as_str()];
        texts.extend(self.shadow.as_ref().map(ShadowName::as_str));
        let (word, reply) = match self.message {
            ShadowMessage::Get(exchange) => (ShadowOperation::Get.as_str(), exchange.reply_level()),
            ShadowMessage::Update(exchange) => {
                (ShadowOperation::Update.as_str(), exchange.reply_level())
            }
            ShadowMessage::Delete(exchange) => {
                (ShadowOperation::Delete.as_str(), exchange.reply_level())
            }
            ShadowMessage::Delta => (ShadowNotice::Delta.as_str(), None),
            ShadowMessage::Documents => (ShadowNotice::Documents.as_str(), None),
        };
        texts.push(word);
        texts.extend(reply);
        texts
    }
}

typed_topic!(ShadowTopic, Shadow);
