//! The messages of an outcome: which, where and what. Keys stand in the order in which AWS IoT
//! writes them; nobody must rely on that.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::Timestamp;
use iot_topics::reserved::{Exchange, ShadowMessage, ShadowTopic};

use crate::document::ShadowDocument;
use crate::id::ShadowId;
use crate::json::{JsonRef, escape_into, push_number};
use crate::metadata;
use crate::outcome::{Deleted, Got, Outcome, Rejected, Updated};
use crate::rejection::Rejection;
use crate::request::ClientToken;

/// A message that the service or a device publishes.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Profile, Shadow, ShadowId};
/// use iot_topics::Timestamp;
///
/// let id = ShadowId::classic("lamp".parse()?);
/// let absent = Shadow::default();
/// let outcome = absent.get(None, Timestamp::default(), &Profile::aws());
/// let [message] = &outcome.publish(&id)[..] else { panic!("a get has one answer") };
/// assert_eq!(message.topic.to_string(), "$aws/things/lamp/shadow/get/rejected");
/// assert_eq!(message.payload, r#"{"code":404,"message":"No shadow exists with name: 'lamp'"}"#);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what is published is a topic and a payload"
)]
pub struct Message {
    /// Where.
    pub topic: ShadowTopic,
    /// JSON text.
    pub payload: String,
}

impl Outcome<'_> {
    /// The messages that AWS IoT publishes, in the order accepted, documents, delta; the service
    /// itself guarantees none. [`Outcome::write`] writes each of them.
    pub fn messages(&self) -> impl Iterator<Item = ShadowMessage> {
        let accepted = Exchange::Accepted;
        let messages = match self {
            Self::Got(_) => [Some(ShadowMessage::Get(accepted)), None, None],
            Self::Deleted(_) => [Some(ShadowMessage::Delete(accepted)), None, None],
            Self::Updated(updated) => [
                Some(ShadowMessage::Update(accepted)),
                Some(ShadowMessage::Documents),
                updated.delta.as_ref().map(|_| ShadowMessage::Delta),
            ],
            Self::Rejected(rejected) => [Some(rejected.message()), None, None],
        };
        messages.into_iter().flatten()
    }

    /// Appends one of the messages to a buffer of yours, without white space; nothing if it is
    /// none of them. Cost: linear in what is written.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Operation, Profile, Shadow, ShadowId};
    /// use iot_topics::Timestamp;
    /// use iot_topics::reserved::ShadowMessage;
    ///
    /// let id = ShadowId::classic("lamp".parse()?);
    /// let (mut shadow, mut buffer) = (Shadow::default(), String::new());
    /// let payload = br#"{"state":{"reported":{"on":true}}}"#;
    /// let now = Timestamp::from_secs(7);
    /// let outcome = shadow.handle(Operation::Update, payload, now, &Profile::aws());
    /// outcome.write(ShadowMessage::Delta, &id, &mut buffer);
    /// assert_eq!(buffer, "", "nothing is desired");
    /// outcome.write(ShadowMessage::Documents, &id, &mut buffer);
    /// assert!(buffer.starts_with(r#"{"previous":null,"current":{"state":{"reported":"#));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn write(&self, message: ShadowMessage, id: &ShadowId, out: &mut String) {
        match (self, message) {
            (Self::Got(got), ShadowMessage::Get(Exchange::Accepted)) => got.write(out),
            (Self::Updated(updated), ShadowMessage::Update(Exchange::Accepted)) => {
                updated.write_accepted(out);
            }
            (Self::Updated(updated), ShadowMessage::Documents) => updated.write_documents(out),
            (Self::Updated(updated), ShadowMessage::Delta) => updated.write_delta(out),
            (Self::Deleted(deleted), ShadowMessage::Delete(Exchange::Accepted)) => {
                deleted.write(out);
            }
            (Self::Rejected(rejected), message) if message == rejected.message() => {
                rejected.write(id, out);
            }
            _ => {}
        }
    }

    /// All messages with their topics.
    #[must_use]
    pub fn publish(&self, id: &ShadowId) -> Vec<Message> {
        self.messages()
            .map(|message| {
                let mut payload = String::new();
                self.write(message, id, &mut payload);
                Message {
                    topic: id.topic(message),
                    payload,
                }
            })
            .collect()
    }

    /// The body of the answer over HTTP: what `accepted` or `rejected` says over MQTT.
    /// [`Outcome::code`] is its status.
    #[must_use]
    pub fn body(&self, id: &ShadowId) -> String {
        let mut body = String::new();
        if let Some(answer) = self.messages().next() {
            self.write(answer, id, &mut body);
        }
        body
    }
}

impl Got<'_> {
    /// Appends the message on `get/accepted`.
    pub fn write(&self, out: &mut String) {
        let state = self.document.state();
        out.push_str("{\"state\":");
        write_with_delta(
            out,
            self.delta.as_ref().map(|delta| delta.as_ref()),
            |out| {
                out.push_str(state.as_str());
            },
            |delta, out| out.push_str(delta.as_str()),
        );
        out.push_str(",\"metadata\":");
        let delta = self.delta.as_ref().filter(|_| self.metadata_delta);
        write_with_delta(
            out,
            delta.map(|delta| delta.as_ref()),
            |out| {
                metadata::write(state, out);
            },
            metadata::write,
        );
        number(out, ",\"version\":", self.document.version());
        end(out, self.timestamp, self.client_token.as_ref());
    }
}

/// Appends an object, and with a delta that as its last member.
fn write_with_delta(
    out: &mut String,
    delta: Option<JsonRef<'_>>,
    write: impl FnOnce(&mut String),
    write_delta: impl FnOnce(JsonRef<'_>, &mut String),
) {
    write(out);
    if let Some(delta) = delta {
        // Where there is a delta there is a section before it.
        out.pop();
        out.push_str(",\"delta\":");
        write_delta(delta, out);
        out.push('}');
    }
}

impl Updated<'_> {
    /// Appends the message on `update/accepted`: the state of the request with its nulls, in its
    /// own order ([`UpdateRequest::state_as_written`](crate::UpdateRequest::state_as_written)).
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
    /// let mut buffer = String::new();
    /// updated.write_accepted(&mut buffer);
    /// assert!(buffer.starts_with(r#"{"state":{"desired":{"on":true,"hue":null}},"metadata":"#));
    /// assert!(buffer.ends_with(r#","version":1,"timestamp":7}"#));
    /// ```
    pub fn write_accepted(&self, out: &mut String) {
        let state = self.request.written();
        out.push_str("{\"state\":");
        out.push_str(state.as_str());
        out.push_str(",\"metadata\":");
        metadata::write(state, out);
        number(out, ",\"version\":", self.current.version());
        self.end(out);
    }

    /// Appends the message on `update/delta`; nothing if there is no delta to publish.
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
    /// let mut buffer = String::new();
    /// updated.write_delta(&mut buffer);
    /// assert!(buffer.starts_with(r#"{"version":1,"timestamp":7,"state":{"on":true},"metadata":"#));
    /// ```
    pub fn write_delta(&self, out: &mut String) {
        let Some(delta) = &self.delta else { return };
        number(out, "{\"version\":", self.current.version());
        number(out, ",\"timestamp\":", self.timestamp.as_secs());
        out.push_str(",\"state\":");
        out.push_str(delta.as_str());
        out.push_str(",\"metadata\":");
        metadata::write(delta.as_ref(), out);
        token(out, self.request.client_token.as_ref());
    }

    /// Appends the message on `update/documents`: the document before, or null, and now.
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
    /// let mut buffer = String::new();
    /// updated.write_documents(&mut buffer);
    /// let start = r#"{"previous":null,"current":{"state":{"desired":{"on":true}},"metadata":"#;
    /// assert!(buffer.starts_with(start));
    /// ```
    pub fn write_documents(&self, out: &mut String) {
        let mut metadata = metadata::Writer::default();
        out.push_str("{\"previous\":");
        match &self.previous {
            Some(previous) => document(out, previous, &mut metadata),
            None => out.push_str("null"),
        }
        out.push_str(",\"current\":");
        document(out, self.current, &mut metadata);
        self.end(out);
    }

    fn end(&self, out: &mut String) {
        end(out, self.timestamp, self.request.client_token.as_ref());
    }
}

impl Deleted {
    /// Appends the message on `delete/accepted`.
    pub fn write(&self, out: &mut String) {
        number(out, "{\"version\":", self.version);
        end(out, self.timestamp, self.client_token.as_ref());
    }
}

impl Rejected {
    /// Appends the message on `get/rejected`, `update/rejected` or `delete/rejected`.
    pub fn write(&self, id: &ShadowId, out: &mut String) {
        let mut text = self.rejection.to_string();
        if self.rejection == Rejection::NotFound {
            text = format!("No shadow exists with name: '{id}'");
        }
        self.write_with(&text, out);
    }

    /// The same where there is no shadow to name.
    pub(crate) fn write_unnamed(&self, out: &mut String) {
        self.write_with(&self.rejection.to_string(), out);
    }

    fn write_with(&self, text: &str, out: &mut String) {
        number(out, "{\"code\":", u64::from(self.rejection.code()));
        out.push_str(",\"message\":");
        escape_into(text, out);
        if let Some(timestamp) = self.timestamp {
            number(out, ",\"timestamp\":", timestamp.as_secs());
        }
        token(out, self.client_token.as_ref());
    }

    const fn message(&self) -> ShadowMessage {
        self.operation.message(Exchange::Rejected)
    }
}

fn document(out: &mut String, document: &ShadowDocument, metadata: &mut metadata::Writer) {
    out.push_str("{\"state\":");
    out.push_str(document.state().as_str());
    out.push_str(",\"metadata\":");
    metadata.write(document.state(), out);
    number(out, ",\"version\":", document.version());
    out.push('}');
}

fn end(out: &mut String, timestamp: Timestamp, client_token: Option<&ClientToken>) {
    number(out, ",\"timestamp\":", timestamp.as_secs());
    token(out, client_token);
}

fn token(out: &mut String, client_token: Option<&ClientToken>) {
    if let Some(client_token) = client_token {
        out.push_str(",\"clientToken\":");
        client_token.write_json(out);
    }
    out.push('}');
}

fn number(out: &mut String, name: &str, number: u64) {
    out.push_str(name);
    push_number(out, number);
}
