//! Which shadow.

use core::fmt;

use iot_topics::reserved::{ShadowMessage, ShadowTopic};
use iot_topics::{ShadowName, ThingName};

/// A shadow: the classic one of a thing, or a named one. `Display` is how the messages of AWS IoT
/// name it: `thing` or `thing~shadow`.
///
/// # Examples
///
/// ```
/// use iot_shadow::ShadowId;
/// use iot_topics::reserved::ShadowMessage;
///
/// let classic = ShadowId::classic("lamp".parse()?);
/// let config = ShadowId::named("lamp".parse()?, "config".parse()?);
/// assert_eq!(config.to_string(), "lamp~config");
/// assert_eq!(
///     config.topic(ShadowMessage::Delta).to_string(),
///     "$aws/things/lamp/shadow/name/config/update/delta",
/// );
/// assert!(classic < config);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a thing has a classic shadow and named ones, and nothing else"
)]
pub struct ShadowId {
    /// The thing. It need not exist in a registry.
    pub thing: ThingName,
    /// The name, `None` for the classic shadow.
    pub shadow: Option<ShadowName>,
}

impl ShadowId {
    /// The classic shadow of a thing.
    #[must_use]
    pub const fn classic(thing: ThingName) -> Self {
        Self {
            thing,
            shadow: None,
        }
    }

    /// A named shadow of a thing.
    #[must_use]
    pub const fn named(thing: ThingName, shadow: ShadowName) -> Self {
        Self {
            thing,
            shadow: Some(shadow),
        }
    }

    /// The topic of one of its messages.
    #[must_use]
    pub fn topic(&self, message: ShadowMessage) -> ShadowTopic {
        let topic = ShadowTopic::new(self.thing.clone(), message);
        match &self.shadow {
            Some(shadow) => topic.named(shadow.clone()),
            None => topic,
        }
    }
}

impl From<ShadowTopic> for ShadowId {
    fn from(topic: ShadowTopic) -> Self {
        Self {
            thing: topic.thing,
            shadow: topic.shadow,
        }
    }
}

impl fmt::Display for ShadowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.thing.as_str())?;
        match &self.shadow {
            Some(shadow) => write!(f, "~{}", shadow.as_str()),
            None => Ok(()),
        }
    }
}
