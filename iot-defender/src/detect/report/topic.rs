//! The topics of reports and of the answers to them.

use core::fmt;

use iot_topics::reserved::{Exchange, PayloadFormat};
use iot_topics::{TopicLevel, TopicNameRef};

/// A topic of reports: `$aws/things/<thing>/defender/metrics/<format>`, and with `/accepted` or
/// `/rejected` behind it.
///
/// [`DefenderTopic`](iot_topics::reserved::DefenderTopic) is the same for things of the registry.
/// Detect also watches devices that are in no registry and go by their client id, so that the name
/// is any of 1 to 128 bytes without control characters here. What is not of `json` or `cbor`, in
/// lower case, is no topic of reports.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::ReportTopic;
/// use iot_topics::reserved::{Exchange, PayloadFormat};
///
/// let topic = ReportTopic::parse("$aws/things/lamp 7/defender/metrics/cbor/rejected").unwrap();
/// assert_eq!(topic.thing.as_str(), "lamp 7");
/// assert_eq!((topic.format, topic.exchange), (PayloadFormat::Cbor, Exchange::Rejected));
/// assert!(ReportTopic::parse("$aws/things/lamp/defender/metrics/xml").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct ReportTopic {
    /// Of which thing the report is. Whether its sender may say so is a question of policies.
    pub thing: TopicLevel,
    /// How it is encoded.
    pub format: PayloadFormat,
    /// The report or the answer to it.
    pub exchange: Exchange,
}

impl ReportTopic {
    /// Takes a topic apart; `None` if it is not one of reports.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportTopic;
    ///
    /// assert!(ReportTopic::parse("$aws/things/lamp/defender/metrics/json").is_some());
    /// assert!(ReportTopic::parse("$aws/things/lamp/defender/metrics/JSON").is_none());
    /// assert!(ReportTopic::parse("$aws/things/a/b/defender/metrics/json").is_none());
    /// ```
    #[must_use]
    pub fn parse(topic: &str) -> Option<Self> {
        let mut levels = TopicNameRef::parse(topic).ok()?.levels();
        let mut next = || levels.next();
        let ("$aws", "things", thing) = (next()?, next()?, next()?) else {
            return None;
        };
        let ("defender", "metrics", format) = (next()?, next()?, next()?) else {
            return None;
        };
        if thing.chars().any(char::is_control) {
            return None;
        }
        let reply = levels.next();
        let exchange = Exchange::ALL
            .into_iter()
            .find(|exchange| exchange.reply_level() == reply)?;
        if levels.next().is_some() {
            return None;
        }
        Some(Self {
            thing: TopicLevel::parse(thing).ok()?,
            format: format.parse().ok()?,
            exchange,
        })
    }

    /// The topic of an answer to what is sent to this one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportTopic;
    /// use iot_topics::reserved::Exchange;
    ///
    /// let report = ReportTopic::parse("$aws/things/lamp/defender/metrics/json").unwrap();
    /// let answer = report.with(Exchange::Accepted);
    /// assert_eq!(answer.to_string(), "$aws/things/lamp/defender/metrics/json/accepted");
    /// ```
    #[must_use]
    pub fn with(&self, exchange: Exchange) -> Self {
        let thing = self.thing.clone();
        Self {
            thing,
            exchange,
            ..*self
        }
    }
}

impl fmt::Display for ReportTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (thing, format) = (&self.thing, self.format);
        write!(f, "$aws/things/{thing}/defender/metrics/{format}")?;
        match self.exchange.reply_level() {
            Some(level) => write!(f, "/{level}"),
            None => Ok(()),
        }
    }
}
