//! What came of an operation, and the messages that tell it.

use iot_topics::Timestamp;

use crate::document::ShadowDocument;
use crate::json::Json;
use crate::operation::Operation;
use crate::rejection::Rejection;
use crate::request::{ClientToken, UpdateRequest};

/// What came of an operation. Nothing is written before it is asked for, and then straight into
/// the buffer that the caller gives.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Operation, Profile, Shadow, ShadowId};
/// use iot_topics::Timestamp;
///
/// let id = ShadowId::classic("lamp".parse()?);
/// let mut shadow = Shadow::default();
/// let payload = br#"{"state":{"desired":{"on":true}},"clientToken":"t1"}"#;
/// let now = Timestamp::from_secs(7);
/// let outcome = shadow.handle(Operation::Update, payload, now, &Profile::aws());
/// let sent: Vec<_> = outcome
///     .publish(&id)
///     .into_iter()
///     .map(|message| format!("{} {}", message.topic, message.payload))
///     .collect();
/// assert_eq!(sent.len(), 3);
/// assert_eq!(sent[2], "$aws/things/lamp/shadow/update/delta \
///     {\"version\":1,\"timestamp\":7,\"state\":{\"on\":true},\
///     \"metadata\":{\"on\":{\"timestamp\":7}},\"clientToken\":\"t1\"}");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a service must answer each of these"
)]
pub enum Outcome<'s> {
    /// A get that found the shadow.
    Got(Got<'s>),
    /// An update that was accepted.
    Updated(Updated<'s>),
    /// A delete that found the shadow.
    Deleted(Deleted),
    /// A request that was refused; nothing has changed.
    Rejected(Rejected),
}

/// A get that found the shadow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got<'s> {
    pub(crate) document: &'s ShadowDocument,
    pub(crate) delta: Option<Json>,
    pub(crate) metadata_delta: bool,
    pub(crate) client_token: Option<ClientToken>,
    pub(crate) timestamp: Timestamp,
}

/// An update that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated<'s> {
    pub(crate) request: UpdateRequest,
    pub(crate) previous: Option<ShadowDocument>,
    pub(crate) current: &'s ShadowDocument,
    pub(crate) delta: Option<Json>,
    pub(crate) timestamp: Timestamp,
}

/// A delete that found the shadow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    pub(crate) version: u64,
    pub(crate) client_token: Option<ClientToken>,
    pub(crate) timestamp: Timestamp,
}

/// A request that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    pub(crate) operation: Operation,
    pub(crate) rejection: Rejection,
    pub(crate) client_token: Option<ClientToken>,
    pub(crate) timestamp: Option<Timestamp>,
}

impl Outcome<'_> {
    /// 200, or the code of the rejection: the status of the HTTP answer.
    #[must_use]
    pub const fn code(&self) -> u16 {
        match self {
            Self::Rejected(rejected) => rejected.rejection.code(),
            _ => 200,
        }
    }
}

impl<'s> Got<'s> {
    /// The document.
    #[must_use]
    pub const fn document(&self) -> &'s ShadowDocument {
        self.document
    }

    /// What of its desired state is not reported.
    #[must_use]
    pub const fn delta(&self) -> Option<&Json> {
        self.delta.as_ref()
    }
}

impl<'s> Updated<'s> {
    /// The document before, `None` if this update created the shadow.
    #[must_use]
    pub const fn previous(&self) -> Option<&ShadowDocument> {
        self.previous.as_ref()
    }

    /// The document now.
    #[must_use]
    pub const fn current(&self) -> &'s ShadowDocument {
        self.current
    }

    /// The delta to publish, with the profile's policy.
    #[must_use]
    pub const fn delta(&self) -> Option<&Json> {
        self.delta.as_ref()
    }

    /// Whether the state has the value that it had before. The version and the times of the leaves
    /// that the request named are new all the same, and AWS IoT publishes as for any update. Cost:
    /// linear in the document.
    #[must_use]
    pub fn noop(&self) -> bool {
        let previous = self.previous.as_ref();
        previous.is_some_and(|previous| previous.state() == self.current.state())
    }
}

impl Deleted {
    /// The version of the document that was deleted.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }
}

impl Rejected {
    /// Why.
    #[must_use]
    pub const fn rejection(&self) -> &Rejection {
        &self.rejection
    }

    /// The token of the request, if it could be read.
    #[must_use]
    pub const fn client_token(&self) -> Option<&ClientToken> {
        self.client_token.as_ref()
    }
}
