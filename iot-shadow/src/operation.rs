//! What can be asked of a shadow.

use iot_topics::reserved::{Exchange, ShadowMessage};

/// What can be asked of a shadow.
///
/// # Examples
///
/// ```
/// use iot_shadow::Operation;
/// use iot_topics::reserved::{Exchange, ShadowMessage};
///
/// assert_eq!(
///     Operation::Get.message(Exchange::Rejected),
///     ShadowMessage::Get(Exchange::Rejected),
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a service must carry out each of these"
)]
pub enum Operation {
    /// Read the document.
    Get,
    /// Merge a document into it.
    Update,
    /// Delete it.
    Delete,
}

impl Operation {
    /// The message that asks for it, or that answers it.
    #[must_use]
    pub const fn message(self, exchange: Exchange) -> ShadowMessage {
        match self {
            Self::Get => ShadowMessage::Get(exchange),
            Self::Update => ShadowMessage::Update(exchange),
            Self::Delete => ShadowMessage::Delete(exchange),
        }
    }

    /// What a message asks for; `None` for all that the service itself publishes.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Operation;
    /// use iot_topics::reserved::{Exchange, ShadowMessage};
    ///
    /// let request = ShadowMessage::Update(Exchange::Request);
    /// assert_eq!(Operation::requested_by(request), Some(Operation::Update));
    /// assert_eq!(Operation::requested_by(ShadowMessage::Delta), None);
    /// ```
    #[must_use]
    pub const fn requested_by(message: ShadowMessage) -> Option<Self> {
        match message {
            ShadowMessage::Get(Exchange::Request) => Some(Self::Get),
            ShadowMessage::Update(Exchange::Request) => Some(Self::Update),
            ShadowMessage::Delete(Exchange::Request) => Some(Self::Delete),
            _ => None,
        }
    }
}
