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
///
/// # Examples
///
/// ```
/// use iot_shadow::{Operation, Outcome, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let (mut shadow, aws) = (Shadow::default(), Profile::aws());
/// let now = Timestamp::from_secs(7);
/// let payload = br#"{"state":{"desired":{"on":true}}}"#;
/// shadow.handle(Operation::Update, payload, now, &aws);
/// let Outcome::Got(got) = shadow.get(None, now, &aws) else { panic!("is there") };
/// assert_eq!(got.document().version(), 1);
/// assert_eq!(got.delta().map(|delta| delta.as_str()), Some(r#"{"on":true}"#));
/// let mut buffer = String::new();
/// got.write(&mut buffer);
/// assert!(buffer.starts_with(r#"{"state":{"desired":{"on":true},"delta":{"on":true}},"#));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got<'s> {
    pub(crate) document: &'s ShadowDocument,
    pub(crate) delta: Option<Json>,
    pub(crate) metadata_delta: bool,
    pub(crate) client_token: Option<ClientToken>,
    pub(crate) timestamp: Timestamp,
}

/// An update that was accepted.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Operation, Outcome, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let (mut shadow, aws) = (Shadow::default(), Profile::aws());
/// let now = Timestamp::from_secs(7);
/// let payload = br#"{"state":{"desired":{"on":true,"hue":null}}}"#;
/// let Outcome::Updated(updated) = shadow.handle(Operation::Update, payload, now, &aws) else {
///     panic!("is accepted");
/// };
/// assert_eq!(updated.previous(), None);
/// assert_eq!(updated.current().version(), 1);
/// assert_eq!(updated.delta().map(|delta| delta.as_str()), Some(r#"{"on":true}"#));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated<'s> {
    pub(crate) request: UpdateRequest,
    pub(crate) previous: Option<ShadowDocument>,
    pub(crate) current: &'s ShadowDocument,
    pub(crate) delta: Option<Json>,
    pub(crate) timestamp: Timestamp,
}

/// A delete that found the shadow.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Operation, Outcome, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let (mut shadow, aws) = (Shadow::default(), Profile::aws());
/// let now = Timestamp::from_secs(7);
/// shadow.handle(Operation::Update, br#"{"state":{}}"#, now, &aws);
/// let Outcome::Deleted(deleted) = shadow.delete(None, now, &aws) else { panic!("was there") };
/// assert_eq!(deleted.version(), 1);
/// let mut buffer = String::new();
/// deleted.write(&mut buffer);
/// assert_eq!(buffer, r#"{"version":1,"timestamp":7}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    pub(crate) version: u64,
    pub(crate) client_token: Option<ClientToken>,
    pub(crate) timestamp: Timestamp,
}

/// A request that was refused.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Operation, Outcome, Profile, Rejection, Shadow, ShadowId};
/// use iot_topics::Timestamp;
///
/// let (mut shadow, id) = (Shadow::default(), ShadowId::classic("lamp".parse()?));
/// let payload = br#"{"state":{},"version":3,"clientToken":"t"}"#;
/// let now = Timestamp::from_secs(7);
/// let outcome = shadow.handle(Operation::Update, payload, now, &Profile::aws());
/// let Outcome::Rejected(rejected) = outcome else { panic!("is refused") };
/// let conflict = Rejection::VersionConflict { requested: 3, current: 0 };
/// assert_eq!(rejected.rejection(), &conflict);
/// assert_eq!(rejected.client_token().map(|token| token.as_str()), Some("t"));
/// let mut buffer = String::new();
/// rejected.write(&id, &mut buffer);
/// assert_eq!(buffer, r#"{"code":409,"message":"Version conflict","clientToken":"t"}"#);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Operation, Outcome, Profile, Shadow};
    /// use iot_topics::Timestamp;
    ///
    /// let (mut shadow, aws) = (Shadow::default(), Profile::aws());
    /// let now = Timestamp::from_secs(7);
    /// for (payload, noop) in [
    ///     (br#"{"state":{"reported":{"n":1}}}"#, false),
    ///     (br#"{"state":{"reported":{"n":1}}}"#, true),
    ///     (br#"{"state":{"reported":{"n":2}}}"#, false),
    /// ] {
    ///     let outcome = shadow.handle(Operation::Update, payload, now, &aws);
    ///     assert!(matches!(outcome, Outcome::Updated(updated) if updated.noop() == noop));
    /// }
    /// ```
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
