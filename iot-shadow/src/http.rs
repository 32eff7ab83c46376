//! The HTTP twin of the shadow topics.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::{ThingName, Timestamp};

use crate::message::Message;
use crate::operation::Operation;
use crate::outcome::Outcome;
use crate::rejection::Rejection;
use crate::request::{ClientToken, Refused};
use crate::shadow::reject;
use crate::store::ShadowStore;

/// What an HTTP request asks of the shadow service (API model of the IoT data plane).
///
/// # Examples
///
/// ```
/// use iot_shadow::{HttpRequest, Operation, Rejection};
///
/// let request = HttpRequest::parse("POST", "/things/lamp/shadow?name=%24package");
/// let Some(Ok(HttpRequest::Shadow { operation, shadow, .. })) = request else {
///     panic!("is a request");
/// };
/// assert_eq!((operation, shadow.as_deref()), (Operation::Update, Some("$package")));
/// assert_eq!(
///     HttpRequest::parse("PUT", "/things/lamp/shadow"),
///     Some(Err(Rejection::MethodNotAllowed)),
/// );
/// assert_eq!(HttpRequest::parse("GET", "/topics/lamp"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpRequest<'a> {
    /// `GET`, `POST` or `DELETE` of `/things/<thing>/shadow[?name=<shadow>]`.
    Shadow {
        /// What is asked.
        operation: Operation,
        /// The name of the thing, not checked.
        thing: Cow<'a, str>,
        /// The name of the shadow, not checked.
        shadow: Option<Cow<'a, str>>,
    },
    /// `GET` of `/api/things/shadow/ListNamedShadowsForThing/<thing>[?pageSize=..&nextToken=..]`.
    List {
        /// The name of the thing, not checked.
        thing: Cow<'a, str>,
        /// Names on the page.
        page_size: Option<usize>,
        /// Where the page before ended.
        next_token: Option<Cow<'a, str>>,
    },
}

/// The answer to an HTTP request, and what is published for it over MQTT.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Profile, ShadowStore};
/// use iot_topics::Timestamp;
///
/// let mut store = ShadowStore::new(Profile::aws());
/// let now = Timestamp::from_secs(7);
/// let payload = br#"{"state":{"desired":{"on":true}}}"#;
/// let answer = store.handle_http("POST", "/things/lamp/shadow", payload, now);
/// let answer = answer.expect("is a request of the service");
/// assert_eq!((answer.status, answer.messages.len()), (200, 3));
/// assert_eq!(answer.body, answer.messages[0].payload);
///
/// let answer = store.handle_http("GET", "/things/lamp/shadow?name=x", b"", now);
/// let answer = answer.expect("is a request of the service");
/// assert_eq!((answer.status, answer.messages.len()), (404, 0));
/// assert_eq!(answer.error, Some("ResourceNotFoundException"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "an answer of HTTP, and what else happens"
)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The value of the header `x-amzn-ErrorType`.
    pub error: Option<&'static str>,
    /// JSON text.
    pub body: String,
    /// What is published over MQTT; nothing if the request failed.
    pub messages: Vec<Message>,
}

const LIST: &str = "/api/things/shadow/ListNamedShadowsForThing/";

impl<'a> HttpRequest<'a> {
    /// Reads the method and the target of a request: a path, and perhaps a query, both with
    /// percent escapes. `None` if the path is not one of the shadow service.
    ///
    /// # Errors
    ///
    /// [`Rejection::MethodNotAllowed`]; [`Rejection::PageSize`] for one that is no number; the
    /// rejection of a name or token of which the escapes are wrong, or that comes twice.
    #[must_use]
    pub fn parse(method: &str, target: &'a str) -> Option<Result<Self, Rejection>> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if let Some(thing) = path.strip_prefix(LIST) {
            return Some(Self::list(method, thing, query));
        }
        let thing = path.strip_prefix("/things/")?.strip_suffix("/shadow")?;
        (!thing.contains('/')).then(|| Self::shadow(method, thing, query))
    }

    fn shadow(method: &str, thing: &'a str, query: &'a str) -> Result<Self, Rejection> {
        let operation = match method {
            "GET" => Operation::Get,
            "POST" => Operation::Update,
            "DELETE" => Operation::Delete,
            _ => return Err(Rejection::MethodNotAllowed),
        };
        Ok(Self::Shadow {
            operation,
            thing: unescape(thing).ok_or(Rejection::ThingName)?,
            shadow: parameter(query, "name", Rejection::ShadowName)?,
        })
    }

    fn list(method: &str, thing: &'a str, query: &'a str) -> Result<Self, Rejection> {
        if method != "GET" {
            return Err(Rejection::MethodNotAllowed);
        }
        let page_size = parameter(query, "pageSize", Rejection::PageSize)?;
        let page_size = page_size.map(|size| size.parse().map_err(|_| Rejection::PageSize));
        Ok(Self::List {
            thing: unescape(thing).ok_or(Rejection::ThingName)?,
            page_size: page_size.transpose()?,
            next_token: parameter(query, "nextToken", Rejection::NextToken)?,
        })
    }
}

impl ShadowStore {
    /// Answers an HTTP request. `None` if the path is not one of the shadow service. Who may ask
    /// is the caller's to decide before.
    pub fn handle_http(
        &mut self,
        method: &str,
        target: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Option<HttpAnswer> {
        let answer = HttpRequest::parse(method, target)?
            .and_then(|request| self.answer_http(&request, body, now));
        Some(answer.unwrap_or_else(|rejection| self.refuse_http(rejection, body, now)))
    }

    fn answer_http(
        &mut self,
        request: &HttpRequest<'_>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<HttpAnswer, Rejection> {
        match request {
            HttpRequest::Shadow {
                operation,
                thing,
                shadow,
            } => {
                let id = self.id(thing, shadow.as_deref())?;
                let outcome = self.handle(&id, *operation, body, now);
                let status = outcome.code();
                if let Outcome::Rejected(rejected) = &outcome {
                    return Ok(HttpAnswer {
                        status,
                        error: Some(rejected.rejection().http_error()),
                        body: outcome.body(&id),
                        messages: Vec::new(),
                    });
                }
                let messages = outcome.publish(&id);
                // As `Outcome::body` has it, which would write it a second time.
                let answer = messages.first().map(|answer| answer.payload.clone());
                Ok(HttpAnswer {
                    status,
                    error: None,
                    body: answer.unwrap_or_default(),
                    messages,
                })
            }
            HttpRequest::List {
                thing,
                page_size,
                next_token,
            } => {
                let thing = ThingName::parse(thing).map_err(|_| Rejection::ThingName)?;
                let page = self.list_named(&thing, *page_size, next_token.as_deref(), now)?;
                Ok(HttpAnswer {
                    status: 200,
                    error: None,
                    body: page.to_json(),
                    messages: Vec::new(),
                })
            }
        }
    }

    /// What is refused before there is a shadow to ask.
    fn refuse_http(&self, rejection: Rejection, body: &[u8], now: Timestamp) -> HttpAnswer {
        let (status, error) = (rejection.code(), Some(rejection.http_error()));
        let refused = Refused {
            rejection,
            client_token: ClientToken::of_payload(body),
        };
        let mut text = String::new();
        if let Outcome::Rejected(rejected) = reject(Operation::Get, refused, now, self.profile()) {
            rejected.write_unnamed(&mut text);
        }
        HttpAnswer {
            status,
            error,
            body: text,
            messages: Vec::new(),
        }
    }
}

/// The parameter of that name. One that comes twice is refused: whoever decides who may ask could
/// take the other one.
fn parameter<'a>(
    query: &'a str,
    name: &str,
    wrong: Rejection,
) -> Result<Option<Cow<'a, str>>, Rejection> {
    let mut found = None;
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if unescape(key).as_deref() != Some(name) {
            continue;
        }
        match unescape(value) {
            Some(value) if found.is_none() => found = Some(value),
            _ => return Err(wrong),
        }
    }
    Ok(found)
}

/// Takes percent escapes back; `None` if one is broken or the bytes are not UTF-8.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let value = digit()? * 16 + digit()?;
        out.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}
