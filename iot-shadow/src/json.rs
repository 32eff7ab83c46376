//! JSON as a shadow holds it: canonical text beside an index of its members.

mod build;
mod depth;
mod error;
mod node;
mod number;
mod parse;
mod same;
mod string;
mod written;

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use core::fmt;
use core::mem;
use core::str::FromStr;

use iot_topics::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use build::{Builder, Open};
pub(crate) use depth::shape;
pub use error::{JsonError, JsonErrorKind};
pub(crate) use node::Node;
pub(crate) use number::{is_integer, push_number};
pub(crate) use parse::{MAX_BYTES, inner, parse, parse_members};
pub(crate) use string::{decode, escape_into, string_end};
pub(crate) use written::Written;

/// A JSON value in canonical form: no white space, the members of every object in the byte order
/// of their keys as they are written here, escapes and all, each key once (the last of a text
/// wins), strings with no escape that JSON does not demand, numbers as they were written.
///
/// It is one text and one index, so a clone is two copies of memory, and [`Json::as_str`] costs
/// nothing. Two values are equal when they are the same JSON: numbers by mathematical value at
/// any depth and any size (`1` = `1.0` = `10e-1`, 2^53 ≠ 2^53 + 1), strings by their characters.
///
/// # Examples
///
/// ```
/// use iot_shadow::Json;
///
/// let json: Json = r#"{ "on": true, "level": 10e-1, "level": 2.50 }"#.parse()?;
/// assert_eq!(json.as_str(), r#"{"level":2.50,"on":true}"#);
/// assert_eq!(json, r#"{"on":true,"level":2.5}"#.parse()?);
/// assert_eq!(json.get("level").map(|level| level.as_str()), Some("2.50"));
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[derive(Clone)]
pub struct Json {
    text: Box<str>,
    nodes: Box<[Node]>,
}

/// A value inside a [`Json`]: a view that costs nothing to copy.
///
/// # Examples
///
/// ```
/// use iot_shadow::Json;
///
/// let json: Json = r#"{"lamp":{"on":true,"hue":[1,2]}}"#.parse()?;
/// let lamp = json.as_ref().get("lamp").expect("is a member");
/// let keys: Vec<_> = lamp.members().map(|(key, _)| key.into_owned()).collect();
/// assert_eq!(keys, ["hue", "on"]);
/// assert!(!lamp.get("hue").expect("is a member").is_object());
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[derive(Clone, Copy)]
pub struct JsonRef<'a> {
    text: &'a str,
    nodes: &'a [Node],
}

impl Json {
    /// Reads a text: JSON as RFC 8259 defines it, with a limit of 127 nested arrays and objects
    /// and of 16 MiB, numbers that a double can hold. Cost: linear in the text, times the
    /// logarithm of the members of an object that is not in order.
    ///
    /// # Errors
    ///
    /// [`JsonError`] tells what is wrong at which byte; also text that is not UTF-8.
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        parse(text, 0).map(Builder::finish)
    }

    /// The value `{}`.
    #[must_use]
    pub fn empty_object() -> Self {
        let mut builder = Builder::with_capacity(2, 1);
        let mark = builder.begin("");
        builder.end(&mark);
        builder.finish()
    }

    /// The JSON of a value of your own. Serde writes a float that is not finite as null, which a
    /// merge patch takes for a member to remove.
    ///
    /// # Errors
    ///
    /// When serde cannot write it, or [`Json::parse`] refuses what serde wrote.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use iot_shadow::Json;
    ///
    /// let json = Json::from_serialize(&BTreeMap::from([("on", true)]))?;
    /// assert_eq!(json.as_str(), r#"{"on":true}"#);
    /// # Ok::<(), iot_shadow::serde_json::Error>(())
    /// ```
    pub fn from_serialize<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        let text = serde_json::to_vec(value)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }

    /// The canonical text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        &self.text
    }

    /// A view of the whole.
    #[must_use]
    pub const fn as_ref(&self) -> JsonRef<'_> {
        JsonRef {
            text: &self.text,
            nodes: &self.nodes,
        }
    }

    /// The same value, every leaf of which has that time.
    pub(crate) fn stamped(&self, stamp: u32) -> Self {
        self.clone().with_stamps(core::iter::repeat(stamp))
    }

    /// The same value, the leaves of which have those times, in order.
    pub(crate) fn with_times(&self, times: &[u32]) -> Self {
        self.clone().with_stamps(times.iter().copied())
    }

    fn with_stamps(mut self, stamps: impl Iterator<Item = u32>) -> Self {
        let leaves = self.nodes.iter_mut().filter(|node| !node.is_object());
        for (leaf, stamp) in leaves.zip(stamps) {
            leaf.set_stamp(stamp);
        }
        self
    }

    /// The member of that key, if this is an object that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<JsonRef<'_>> {
        self.as_ref().get(key)
    }

    /// A value of your own, as serde reads it from the text.
    ///
    /// # Errors
    ///
    /// When the JSON has another shape.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Json;
    ///
    /// let json: Json = "[1,2.0]".parse()?;
    /// assert_eq!(json.deserialize::<(u8, f64)>().expect("has that shape"), (1, 2.0));
    /// # Ok::<(), iot_shadow::JsonError>(())
    /// ```
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.text)
    }
}

impl<'a> JsonRef<'a> {
    /// The canonical text.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.text
    }

    /// Whether this is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.text.as_bytes().first() == Some(&b'{')
    }

    /// Whether this is `null`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Json;
    ///
    /// let json: Json = r#"{"a":null}"#.parse()?;
    /// assert!(json.get("a").is_some_and(|a| a.is_null()));
    /// assert!(json.get("b").is_none());
    /// # Ok::<(), iot_shadow::JsonError>(())
    /// ```
    #[must_use]
    pub fn is_null(self) -> bool {
        self.text == "null"
    }

    /// Whether this is `{}`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Json;
    ///
    /// assert!(Json::empty_object().as_ref().is_empty_object());
    /// assert!(!"[]".parse::<Json>()?.as_ref().is_empty_object());
    /// # Ok::<(), iot_shadow::JsonError>(())
    /// ```
    #[must_use]
    pub fn is_empty_object(self) -> bool {
        self.text == "{}"
    }

    /// The member of that key, if this is an object that has it. Cost: linear in the members.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.raw_members()
            .find(|(raw, _)| decode(raw) == key)
            .map(|(_, value)| value)
    }

    /// The members of an object, in order; none of anything else.
    pub fn members(self) -> impl Iterator<Item = (alloc::borrow::Cow<'a, str>, Self)> {
        self.raw_members().map(|(raw, value)| (decode(raw), value))
    }

    /// The characters of a string.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Json;
    ///
    /// let json: Json = r#""a\u0041\n""#.parse()?;
    /// assert_eq!(json.as_ref().as_string().as_deref(), Some("aA\n"));
    /// assert_eq!("1".parse::<Json>()?.as_ref().as_string(), None);
    /// # Ok::<(), iot_shadow::JsonError>(())
    /// ```
    #[must_use]
    pub fn as_string(self) -> Option<alloc::borrow::Cow<'a, str>> {
        self.text.starts_with('"').then(|| decode(self.text))
    }

    /// A copy.
    #[must_use]
    pub fn to_json(self) -> Json {
        let mut nodes: Box<[Node]> = self.nodes.into();
        if let Some(root) = nodes.first_mut() {
            root.set_key(0);
        }
        Json {
            text: self.text.into(),
            nodes,
        }
    }

    /// The members of an object, each key as JSON text with its quotes.
    pub(crate) fn raw_members(self) -> Members<'a> {
        let (text, nodes) = if self.is_object() {
            (
                self.text.get(1..).unwrap_or_default(),
                self.nodes.get(1..).unwrap_or_default(),
            )
        } else {
            Default::default()
        };
        Members { text, nodes }
    }

    /// The leaves, to be taken one after the other.
    pub(crate) fn leaves(self) -> Leaves<'a> {
        Leaves {
            nodes: self.nodes.iter(),
            rest: self.text,
            first: true,
        }
    }

    /// Whether this is the same JSON as another value, of which the text is known to differ.
    pub(crate) fn is_otherwise(self, other: Self) -> bool {
        same::same_otherwise(self.text, other.text)
    }

    /// When this leaf was written. Without meaning for an object.
    pub(crate) fn stamp(self) -> Timestamp {
        Timestamp::from_secs(u64::from(self.raw_stamp()))
    }

    pub(crate) fn raw_stamp(self) -> u32 {
        self.nodes.first().map_or(0, |node| node.stamp())
    }

    pub(crate) const fn count(self) -> usize {
        self.nodes.len()
    }
}

/// The leaves of a value, in order.
#[derive(Debug)]
pub(crate) struct Leaves<'a> {
    nodes: core::slice::Iter<'a, Node>,
    rest: &'a str,
    first: bool,
}

impl<'a> Leaves<'a> {
    /// The text that was not passed.
    pub(crate) const fn rest(&self) -> &'a str {
        self.rest
    }

    /// Behind the value that ends there, so many objects end too.
    fn ends(&self, at: usize) -> usize {
        let text = self.rest.as_bytes().get(at..).unwrap_or_default();
        text.iter().take_while(|byte| **byte == b'}').count()
    }
}

impl<'a> Iterator for Leaves<'a> {
    /// The text since the leaf before, the leaf, and when it was written.
    type Item = (&'a str, &'a str, u32);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let mut at = self.ends(0);
        loop {
            let node = self.nodes.next()?;
            // The text begins with the value itself, even if it is a member of something.
            if !mem::take(&mut self.first) {
                at += "{".len() + node.key() + ":".len();
            }
            if !node.is_object() {
                let (before, rest) = self.rest.split_at_checked(at)?;
                let (leaf, rest) = rest.split_at_checked(node.value())?;
                self.rest = rest;
                return Some((before, leaf, node.stamp()));
            }
            // The members of an object begin at its brace.
            if node.nodes() == 1 {
                at += node.value();
                at += self.ends(at);
            }
        }
    }
}

/// The rest of an object.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Members<'a> {
    /// From the key of the next member to the closing brace.
    text: &'a str,
    nodes: &'a [Node],
}

impl<'a> Members<'a> {
    /// Of an object that is not closed yet: the text from its first key to its last value.
    pub(crate) const fn open(text: &'a str, nodes: &'a [Node]) -> Self {
        Self { text, nodes }
    }

    /// The key of the next member.
    pub(crate) fn peek(&self) -> Option<&'a str> {
        self.text.get(..self.nodes.first()?.key())
    }

    /// The text and nodes of the members that `rest` has no more, without what stands behind
    /// them; `None` if there are none.
    pub(crate) fn until(self, rest: Self) -> Option<(&'a str, &'a [Node])> {
        // The text of `{}` does not tell: its closing brace looks like what stands behind a member.
        let nodes = self.nodes.len().checked_sub(rest.nodes.len())?;
        if nodes == 0 {
            return None;
        }
        let text = self.text.len().checked_sub(rest.text.len() + 1)?;
        Some((self.text.get(..text)?, self.nodes.get(..nodes)?))
    }
}

impl<'a> Iterator for Members<'a> {
    /// The key as JSON text with its quotes, and the value.
    type Item = (&'a str, JsonRef<'a>);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let node = self.nodes.first()?;
        let (key, rest) = self.text.split_at_checked(node.key())?;
        let (text, rest) = rest.get(1..)?.split_at_checked(node.value())?;
        let (nodes, others) = self.nodes.split_at_checked(node.nodes())?;
        self.nodes = others;
        // Nothing stands behind the last of an object that is not closed.
        self.text = rest.get(1..).unwrap_or_default();
        Some((key, JsonRef { text, nodes }))
    }
}

impl FromStr for Json {
    type Err = JsonError;

    fn from_str(text: &str) -> Result<Self, JsonError> {
        Self::parse(text.as_bytes())
    }
}

impl TryFrom<&serde_json::Value> for Json {
    type Error = JsonError;

    fn try_from(value: &serde_json::Value) -> Result<Self, JsonError> {
        Self::parse(value.to_string().as_bytes())
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        same::same(&self.text, &other.text)
    }
}

impl Eq for Json {}

impl PartialEq for JsonRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        same::same(self.text, other.text)
    }
}

impl Eq for JsonRef<'_> {}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for JsonRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl fmt::Display for JsonRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl From<Json> for String {
    fn from(json: Json) -> Self {
        json.text.into_string()
    }
}
