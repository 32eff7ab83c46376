//! A request to update a shadow, checked in the order of AWS IoT.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use iot_topics::Timestamp;

use crate::json::{
    self, Builder, Json, JsonErrorKind, JsonRef, Written, decode, escape_into, shape,
};
use crate::profile::{NullInArrays, Profile, UnknownMember};
use crate::rejection::Rejection;

/// A request to update a shadow that passed every check which the shadow itself is not needed for.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Profile, Rejection, UpdateRequest};
///
/// let payload = br#"{"state":{"desired":{"on":true}},"version":7,"extra":"is ignored"}"#;
/// let request = UpdateRequest::parse(payload, &Profile::aws()).expect("is legal");
/// assert_eq!(request.version, Some(7));
/// assert_eq!(request.state().as_str(), r#"{"desired":{"on":true}}"#);
///
/// let refused = UpdateRequest::parse(br#"{"state":[],"clientToken":"t"}"#, &Profile::aws());
/// let refused = refused.unwrap_err();
/// assert_eq!(refused.rejection, Rejection::State);
/// assert_eq!(refused.client_token.expect("is echoed").as_str(), "t");
/// ```
///
/// Two are equal when they ask the same, in whatever order they list it.
///
/// ```
/// use iot_shadow::{Profile, UpdateRequest};
///
/// let request = |payload: &str| UpdateRequest::parse(payload.as_bytes(), &Profile::aws());
/// let (a, b) = (r#"{"state":{"desired":{"a":1,"b":2}}}"#, r#"{"state":{"desired":{"b":2,"a":1}}}"#);
/// assert_eq!(request(a), request(b));
/// ```
#[derive(Clone, Debug)]
pub struct UpdateRequest {
    state: Json,
    /// The same in the order of the request, if that is another one. It seldom is, and a request is
    /// moved often: so no more than a pointer.
    written: Option<Box<Written>>,
    /// The version that the shadow must have; `u64::MAX` for one that is higher.
    pub version: Option<u64>,
    /// What the messages that this request causes carry.
    pub client_token: Option<ClientToken>,
}

/// A request that is refused, and the token that the rejection carries.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Profile, Rejection, UpdateRequest};
///
/// let refused = UpdateRequest::parse(br#"{"clientToken":"t"}"#, &Profile::aws()).unwrap_err();
/// assert_eq!(refused.rejection, Rejection::MissingState);
/// assert_eq!(refused.client_token.map(|token| token.to_string()), Some("t".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a rejected message has a code, a text and a token"
)]
pub struct Refused {
    /// Why.
    pub rejection: Rejection,
    /// The token of the request, if the payload is an object that has a valid one.
    pub client_token: Option<ClientToken>,
}

/// A text of at most 64 bytes that comes back in the messages that a request causes.
///
/// # Examples
///
/// ```
/// use iot_shadow::{ClientToken, Rejection};
///
/// let token: ClientToken = "426bfd96-e720-46d3-95cd-014e3ef12bb6".parse()?;
/// assert_eq!(token.as_str().len(), 36);
/// assert_eq!("x".repeat(65).parse::<ClientToken>(), Err(Rejection::ClientToken));
/// # Ok::<(), Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientToken(String);

/// Bytes of a client token (AWS IoT Core endpoints and quotas, Device Shadow).
const MAX_TOKEN_BYTES: usize = 64;

const DESIRED: &str = "\"desired\"";
const REPORTED: &str = "\"reported\"";

impl PartialEq for UpdateRequest {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            state,
            written: _,
            version,
            client_token,
        } = self;
        *state == other.state && *version == other.version && *client_token == other.client_token
    }
}

impl Eq for UpdateRequest {}

impl UpdateRequest {
    /// Checks a payload. The first check that fails decides, in the order in which [`Rejection`]
    /// lists them. Cost: as [`Json::parse`].
    ///
    /// # Errors
    ///
    /// [`Refused`] with what AWS IoT answers.
    pub fn parse(payload: &[u8], profile: &Profile) -> Result<Self, Refused> {
        Self::parse_at(payload, profile, Timestamp::default())
    }

    /// As [`UpdateRequest::parse`]; each leaf gets the time at which it will have been written.
    pub(crate) fn parse_at(
        payload: &[u8],
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        let stamp = stamp(now);
        let read = json::parse_members(payload, stamp).map_err(|error| Refused {
            rejection: match error.kind() {
                JsonErrorKind::NotUtf8 => Rejection::Encoding,
                _ => Rejection::Json(error),
            },
            client_token: None,
        })?;
        let members = Members::of(read.root.as_ref());
        let token = members.client_token.map(ClientToken::from_json);
        match members.check(profile) {
            Ok((state, version)) => Ok(Self {
                written: read.state.and_then(|unordered| {
                    let keep = |key: &str| key == DESIRED || key == REPORTED;
                    Written::read(unordered, state.as_ref(), keep, stamp).map(Box::new)
                }),
                state,
                version,
                client_token: token.and_then(Result::ok),
            }),
            Err(rejection) => Err(Refused {
                rejection,
                client_token: token.and_then(Result::ok),
            }),
        }
    }

    /// The same request, made at that time.
    pub(crate) fn at(&self, now: Timestamp) -> Self {
        let stamp = stamp(now);
        let written = self.written.as_ref();
        Self {
            state: self.state.stamped(stamp),
            written: written.map(|written| Box::new(written.stamped(stamp))),
            version: self.version,
            client_token: self.client_token.clone(),
        }
    }

    /// The member `state`: null, or an object of `desired` and `reported`, each an object or null.
    #[must_use]
    pub const fn state(&self) -> JsonRef<'_> {
        self.state.as_ref()
    }

    /// The JSON text of [`UpdateRequest::state`] with the members of every object in the order in
    /// which the request has them: what `update/accepted` says, as message logs of AWS IoT show. Of
    /// equal keys there is one member, in the place of the first, with the
    /// value of the last. White space and needless escapes are left out; numbers are as they were
    /// written.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Profile, UpdateRequest};
    ///
    /// let payload = br#"{"state": {"desired": {"on": true, "hue": 1.0, "a": null, "on": false}}}"#;
    /// let request = UpdateRequest::parse(payload, &Profile::aws()).expect("is legal");
    /// let written = r#"{"desired":{"on":false,"hue":1.0,"a":null}}"#;
    /// assert_eq!(request.state_as_written(), written);
    /// assert_eq!(request.state().as_str(), r#"{"desired":{"a":null,"hue":1.0,"on":false}}"#);
    /// ```
    #[must_use]
    pub fn state_as_written(&self) -> &str {
        self.written().as_str()
    }

    /// Not canonical: good for writing it and its metadata.
    pub(crate) fn written(&self) -> JsonRef<'_> {
        match &self.written {
            Some(written) => Written::as_ref(written),
            None => self.state.as_ref(),
        }
    }
}

/// The members of a request that count.
#[derive(Default)]
struct Members<'a> {
    state: Option<JsonRef<'a>>,
    version: Option<JsonRef<'a>>,
    client_token: Option<JsonRef<'a>>,
}

impl<'a> Members<'a> {
    /// The last of each name counts.
    fn of(root: JsonRef<'a>) -> Self {
        let mut found = Self::default();
        for (key, value) in root.raw_members() {
            match key {
                "\"state\"" => found.state = Some(value),
                "\"version\"" => found.version = Some(value),
                "\"clientToken\"" => found.client_token = Some(value),
                _ => {}
            }
        }
        found
    }

    fn check(&self, profile: &Profile) -> Result<(Json, Option<u64>), Rejection> {
        let state = self.state.ok_or(Rejection::MissingState)?;
        if !state.is_object() && !state.is_null() {
            return Err(Rejection::State);
        }
        let (mut desired, mut reported, mut unknown) = (None, None, None);
        for (key, value) in state.raw_members() {
            match key {
                DESIRED => desired = Some(value),
                REPORTED => reported = Some(value),
                _ => {
                    unknown.get_or_insert(key);
                }
            }
        }
        let section = |value: Option<JsonRef<'_>>, wrong| match value {
            Some(value) if !value.is_object() && !value.is_null() => Err(wrong),
            _ => Ok(()),
        };
        section(desired, Rejection::Desired)?;
        section(reported, Rejection::Reported)?;
        let version = self.version.map(version).transpose()?;
        self.client_token.map(ClientToken::from_json).transpose()?;
        let mut null_in_array = false;
        for value in [desired, reported].into_iter().flatten() {
            let shape = shape(value.as_str());
            if shape.depth > profile.max_depth {
                return Err(Rejection::TooDeep {
                    max: profile.max_depth,
                });
            }
            null_in_array |= shape.null_in_array;
        }
        match unknown {
            Some(key) if profile.unknown_state_member == UnknownMember::Reject => {
                return Err(Rejection::UnknownMember {
                    name: decode(key).into_owned(),
                });
            }
            _ => {}
        }
        if null_in_array && profile.null_in_arrays == NullInArrays::Reject {
            return Err(Rejection::NullInArray);
        }
        let state = match unknown {
            None => state.to_json(),
            Some(_) => sections(desired, reported),
        };
        Ok((state, version))
    }
}

fn sections(desired: Option<JsonRef<'_>>, reported: Option<JsonRef<'_>>) -> Json {
    let mut out = Builder::with_capacity(0, 0);
    let open = out.begin("");
    if let Some(desired) = desired {
        out.push(DESIRED, desired);
    }
    if let Some(reported) = reported {
        out.push(REPORTED, reported);
    }
    out.end(&open);
    out.finish()
}

/// A number above those of `u64` is a version as good as others, but one that no shadow comes to.
fn version(value: JsonRef<'_>) -> Result<u64, Rejection> {
    let text = value.as_str();
    match json::is_integer(text) {
        true => Ok(text.parse().unwrap_or(u64::MAX)),
        false => Err(Rejection::Version),
    }
}

/// Seconds of a leaf.
pub(crate) fn stamp(now: Timestamp) -> u32 {
    u32::try_from(now.as_secs()).unwrap_or(u32::MAX)
}

impl ClientToken {
    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The token of a payload that may be anything: what a get or a delete carries.
    pub(crate) fn of_payload(payload: &[u8]) -> Option<Self> {
        if payload.is_empty() {
            return None;
        }
        let read = json::parse_members(payload, 0).ok()?;
        Self::from_json(Members::of(read.root.as_ref()).client_token?).ok()
    }

    fn from_json(value: JsonRef<'_>) -> Result<Self, Rejection> {
        match value.as_string() {
            Some(text) if text.len() <= MAX_TOKEN_BYTES => Ok(Self(text.into_owned())),
            _ => Err(Rejection::ClientToken),
        }
    }

    pub(crate) fn write_json(&self, out: &mut String) {
        escape_into(&self.0, out);
    }
}

impl FromStr for ClientToken {
    type Err = Rejection;

    fn from_str(text: &str) -> Result<Self, Rejection> {
        match text.len() {
            ..=MAX_TOKEN_BYTES => Ok(Self(text.to_owned())),
            _ => Err(Rejection::ClientToken),
        }
    }
}

impl fmt::Display for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_each_name_counts_in_any_order() {
        let payload = br#"{"version":1,"state":{"desired":{"b":1,"a":2}},"clientToken":7,
            "state":{"reported":{"y":1,"x":2,"y":3}},"version":2,"clientToken":"t"}"#;
        let request = UpdateRequest::parse(payload, &Profile::aws()).unwrap();
        assert_eq!(request.version, Some(2));
        assert_eq!(request.state().as_str(), r#"{"reported":{"x":2,"y":3}}"#);
        assert_eq!(request.client_token.unwrap().as_str(), "t");
    }
}
