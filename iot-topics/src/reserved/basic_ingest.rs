//! The topics of Basic Ingest.

use alloc::vec;
use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use super::typed::{Typed, typed_topic};
use crate::error::TopicError;
use crate::ident::RuleName;
use crate::limits::Limits;
use crate::name::{TopicName, TopicNameRef};

/// A topic of Basic Ingest: `$aws/rules/<rule>[/<topic>]`, which hands a message to one rule and
/// to nobody else (developer guide, Reducing messaging costs with Basic Ingest).
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{self, BasicIngestTopic};
///
/// let topic = BasicIngestTopic::new("store".parse()?, Some("plant/7".parse()?))?;
/// assert_eq!(topic.to_topic_name().as_str(), "$aws/rules/store/plant/7");
/// assert_eq!(topic.rule().as_str(), "store");
/// assert_eq!(topic.topic().unwrap().as_str(), "plant/7"); // what the rule sees
/// assert!(reserved::may_publish("$aws/rules/store/plant/7"));
/// assert!(!reserved::may_subscribe("$aws/rules/store/plant/7"));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasicIngestTopic {
    rule: RuleName,
    /// INVARIANT: with the rule in front, no longer than the protocol allows; a longer one than
    /// [`Limits::AWS_IOT`] has only what was read from a name.
    topic: Option<TopicName>,
}

impl BasicIngestTopic {
    /// The topic that hands a message to `rule`; the rule sees `topic` as the topic of the message.
    ///
    /// # Errors
    ///
    /// [`TopicError`] when `topic` exceeds [`Limits::AWS_IOT`]: a second `$aws/rules/<rule>/` in it
    /// is not free. The position is that in the whole name.
    pub fn new(rule: RuleName, topic: Option<TopicName>) -> Result<Self, TopicError> {
        if let Some(topic) = &topic {
            let whole = alloc::format!("$aws/rules/{rule}/{topic}");
            TopicNameRef::parse(&whole)?;
        }
        Ok(Self { rule, topic })
    }

    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> &RuleName {
        &self.rule
    }

    /// The topic that the rule sees.
    #[must_use]
    pub const fn topic(&self) -> Option<&TopicName> {
        self.topic.as_ref()
    }
}

impl Typed for BasicIngestTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        let rule = captures.take()?;
        let topic = match row {
            Row::Rule => None,
            // A part of a name that is legal as a whole: its own limits were counted there.
            Row::RuleTopic => {
                let topic = TopicNameRef::parse_with(captures.next()?, Limits::MQTT).ok()?;
                Some(topic.to_owned())
            }
            _ => return None,
        };
        Some(Self { rule, topic })
    }

    fn row(&self) -> Row {
        match self.topic {
            None => Row::Rule,
            Some(_) => Row::RuleTopic,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let mut texts = vec![self.rule.as_str()];
        texts.extend(self.topic.as_ref().map(TopicName::as_str));
        texts
    }
}

typed_topic!(BasicIngestTopic, BasicIngest);
