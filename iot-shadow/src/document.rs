//! The document of a shadow.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use thiserror::Error;

use crate::json::{Builder, Json, JsonError, JsonRef, Members};
use crate::metadata;
use crate::patch::{delta, has_delta, merge};
use crate::profile::{EmptyObjects, EmptySection, Profile};

/// What AWS IoT keeps of a shadow: the sections `desired` and `reported`, when each leaf of them
/// was written, and the version. It is one text and one index; nothing in it is null but what
/// stands in arrays, and a section that is there has members.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, ShadowDocument};
///
/// let state: Json = r#"{"desired":{"temp":25},"reported":{"temp":20}}"#.parse()?;
/// let metadata = r#"{"desired":{"temp":{"timestamp":200}},"reported":{"temp":{"timestamp":100}}}"#;
/// let document = ShadowDocument::new(&state, &metadata.parse()?, 7).expect("is a document");
/// assert_eq!(document.delta().expect("they differ").as_str(), r#"{"temp":25}"#);
/// assert_eq!(document.metadata(), metadata);
///
/// let ages: Vec<_> = document
///     .leaves()
///     .map(|leaf| (leaf.path(), leaf.timestamp().as_secs()))
///     .collect();
/// assert_eq!(ages, [("/desired/temp".into(), 200), ("/reported/temp".into(), 100)]);
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShadowDocument {
    state: Json,
    version: u64,
}

/// Why parts make no document.
///
/// # Examples
///
/// ```
/// use iot_shadow::{DocumentError, Json, ShadowDocument};
///
/// let state: Json = r#"{"desired":{"temp":25}}"#.parse()?;
/// let error = ShadowDocument::new(&state, &Json::empty_object(), 1).unwrap_err();
/// assert_eq!(error, DocumentError::Metadata { path: "/desired".into() });
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The state is no object of `desired` and `reported` alone, each an object with members.
    #[error("state is no object of `desired` and `reported`, each an object with members")]
    State,
    /// Null outside of an array.
    #[error("value at `{path}` is null")]
    Null {
        /// Where, as a JSON pointer into the state.
        path: String,
    },
    /// The metadata has not the shape of the state, or a time that is no whole number of seconds
    /// before 2106, or more than one time in an array.
    #[error("metadata at `{path}` is not that of the state")]
    Metadata {
        /// Where, as a JSON pointer into the state.
        path: String,
    },
    /// The version is 0, which only a shadow has that was never updated.
    #[error("version is 0")]
    Version,
    /// A text is no JSON.
    #[error("{0}")]
    Json(JsonError),
}

impl ShadowDocument {
    /// A document of parts that were kept somewhere, in the shape in which a get answers.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] if no shadow can have these.
    pub fn new(state: &Json, metadata: &Json, version: u64) -> Result<Self, DocumentError> {
        check(state, version)?;
        match metadata::times(state.as_ref(), metadata.as_str()) {
            Some(times) => Ok(Self::with_times(state, &times, version)),
            None => Err(metadata::fault(state.as_ref(), metadata.as_ref())),
        }
    }

    /// The same of texts: those of [`ShadowDocument::state`] and [`ShadowDocument::metadata`], or
    /// any others. Metadata that was written here is only compared with the state, and not parsed.
    /// Cost: linear in both, times the logarithm of the members of an object that is not in order.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] if a text is no JSON or no shadow can have these.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::ShadowDocument;
    ///
    /// let state = br#"{"reported":{"temp":20}}"#;
    /// let metadata = br#"{"reported": {"temp": {"timestamp": 100}}}"#;
    /// let document = ShadowDocument::from_texts(state, metadata, 7).expect("is a document");
    /// let stored = (document.state().as_str(), document.metadata());
    /// let again = ShadowDocument::from_texts(stored.0.as_bytes(), stored.1.as_bytes(), 7);
    /// assert_eq!(again, Ok(document));
    /// ```
    pub fn from_texts(state: &[u8], metadata: &[u8], version: u64) -> Result<Self, DocumentError> {
        let state = Json::parse(state).map_err(DocumentError::Json)?;
        let known = core::str::from_utf8(metadata)
            .ok()
            .and_then(|metadata| metadata::times(state.as_ref(), metadata));
        let Some(times) = known else {
            let metadata = Json::parse(metadata).map_err(DocumentError::Json)?;
            return Self::new(&state, &metadata, version);
        };
        check(&state, version)?;
        Ok(Self::with_times(&state, &times, version))
    }

    /// A document of a state and the time of each leaf of it.
    pub(crate) fn of_leaves(
        state: &Json,
        times: &[u32],
        version: u64,
    ) -> Result<Self, DocumentError> {
        check(state, version)?;
        let document = Self::with_times(state, times, version);
        if let Some(null) = document.leaves().find(|leaf| leaf.value.is_null()) {
            return Err(DocumentError::Null { path: null.path() });
        }
        Ok(document)
    }

    fn with_times(state: &Json, times: &[u32], version: u64) -> Self {
        Self {
            state: state.with_times(times),
            version,
        }
    }

    /// The document of a shadow before its first update.
    pub(crate) fn nothing() -> Self {
        Self {
            state: Json::empty_object(),
            version: 0,
        }
    }

    /// The version: 1 for the first update ever, and one more for each since.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The sections, as an object.
    #[must_use]
    pub const fn state(&self) -> JsonRef<'_> {
        self.state.as_ref()
    }

    /// What apps wish for.
    #[must_use]
    pub fn desired(&self) -> Option<JsonRef<'_>> {
        self.section("\"desired\"")
    }

    /// What the device says.
    #[must_use]
    pub fn reported(&self) -> Option<JsonRef<'_>> {
        self.section("\"reported\"")
    }

    /// What of the desired state the device has not reported. Cost: linear.
    #[must_use]
    pub fn delta(&self) -> Option<Json> {
        let desired = self.desired()?;
        match self.reported() {
            Some(reported) => delta(desired, reported),
            None => Some(desired.to_json()),
        }
    }

    /// Whether there is a delta, without making it. Cost: linear.
    #[must_use]
    pub fn has_delta(&self) -> bool {
        match (self.desired(), self.reported()) {
            (Some(desired), Some(reported)) => has_delta(desired, reported),
            (desired, _) => desired.is_some(),
        }
    }

    /// The metadata of the state, as JSON text.
    #[must_use]
    pub fn metadata(&self) -> String {
        let mut out = String::new();
        self.write_metadata(&mut out);
        out
    }

    /// Appends the metadata of the state to a buffer of yours. Cost: linear.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Json, ShadowDocument};
    ///
    /// let state: Json = r#"{"reported":{"n":1}}"#.parse()?;
    /// let metadata: Json = r#"{"reported":{"n":{"timestamp":5}}}"#.parse()?;
    /// let document = ShadowDocument::new(&state, &metadata, 1).expect("is a document");
    /// let mut buffer = String::from("metadata: ");
    /// document.write_metadata(&mut buffer);
    /// assert_eq!(buffer, r#"metadata: {"reported":{"n":{"timestamp":5}}}"#);
    /// # Ok::<(), iot_shadow::JsonError>(())
    /// ```
    pub fn write_metadata(&self, out: &mut String) {
        metadata::write(self.state(), out);
    }

    /// Each leaf with its path and its time, in order. An array is one leaf.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf<'_>> {
        Leaves {
            open: vec![(None, self.state().raw_members())],
        }
    }

    /// The bytes that AWS IoT counts: the sections as compact JSON, without their names.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Json, ShadowDocument};
    ///
    /// let state: Json = r#"{ "reported": { "n": 1 } }"#.parse()?;
    /// let metadata: Json = r#"{"reported":{"n":{"timestamp":5}}}"#.parse()?;
    /// let document = ShadowDocument::new(&state, &metadata, 1).expect("is a document");
    /// assert_eq!(document.size(), r#"{"n":1}"#.len());
    /// # Ok::<(), iot_shadow::JsonError>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> usize {
        let sections = self.state().raw_members();
        sections.map(|(_, section)| section.as_str().len()).sum()
    }

    /// The document after a request, whose state was checked. The version is one higher.
    pub(crate) fn updated(&self, request: JsonRef<'_>, profile: &Profile) -> Self {
        let empty = profile.empty_objects;
        let clears = |section: JsonRef<'_>| {
            profile.empty_section == EmptySection::Clear && section.is_empty_object()
        };
        let before = self.state();
        let mut out = Builder::with_capacity(
            before.as_str().len() + request.as_str().len(),
            before.count() + request.count(),
        );
        let open = out.begin("");
        if !request.is_null() {
            for key in ["\"desired\"", "\"reported\""] {
                let old = self.section(key);
                let patch = request.raw_members().find(|(name, _)| *name == key);
                match (old, patch.map(|(_, patch)| patch)) {
                    (_, Some(patch)) if patch.is_null() || clears(patch) => {}
                    (old, Some(patch)) => merge_section(&mut out, key, old, patch, empty),
                    (Some(old), None) => out.push(key, old),
                    (None, None) => {}
                }
            }
        }
        out.end(&open);
        Self {
            state: out.finish(),
            version: self.version,
        }
    }

    pub(crate) const fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    fn section(&self, key: &str) -> Option<JsonRef<'_>> {
        let mut sections = self.state().raw_members();
        sections
            .find(|(name, _)| *name == key)
            .map(|(_, section)| section)
    }
}

/// The same version, the same state as [`Json`] compares it, and the same times. Cost: linear.
impl PartialEq for ShadowDocument {
    fn eq(&self, other: &Self) -> bool {
        fn times(document: &ShadowDocument) -> impl Iterator<Item = u32> {
            document.state().leaves().map(|(_, _, time)| time)
        }
        // The same state has the same leaves in the same order.
        self.version == other.version && self.state == other.state && times(self).eq(times(other))
    }
}

impl Eq for ShadowDocument {}

/// What can be wrong apart from the metadata.
fn check(state: &Json, version: u64) -> Result<(), DocumentError> {
    if !state.as_ref().is_object() {
        return Err(DocumentError::State);
    }
    for (key, section) in state.as_ref().raw_members() {
        let known = matches!(key, "\"desired\"" | "\"reported\"");
        if !known || !section.is_object() || section.is_empty_object() {
            return Err(DocumentError::State);
        }
    }
    match version {
        0 => Err(DocumentError::Version),
        _ => Ok(()),
    }
}

/// A section of which nothing is left is gone.
fn merge_section(
    out: &mut Builder,
    key: &str,
    old: Option<JsonRef<'_>>,
    patch: JsonRef<'_>,
    empty: EmptyObjects,
) {
    let open = merge(out, key, old, patch, empty);
    if let Some(open) = open.filter(|open| out.is_closed_empty(open)) {
        out.discard(&open);
    }
}

/// A leaf of a document.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_shadow::{Json, ShadowDocument};
/// use iot_topics::Timestamp;
///
/// let state: Json = r#"{"reported":{"a/b":[1,2]}}"#.parse()?;
/// let metadata: Json = r#"{"reported":{"a/b":[{"timestamp":5},{"timestamp":5}]}}"#.parse()?;
/// let document = ShadowDocument::new(&state, &metadata, 1).expect("is a document");
/// let leaf = document.leaves().next().expect("has one");
/// assert_eq!(leaf.path(), "/reported/a~1b");
/// assert_eq!(leaf.value().as_str(), "[1,2]");
/// assert_eq!(leaf.age(Timestamp::from_secs(65)), Duration::from_secs(60));
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Leaf<'a> {
    keys: Vec<&'a str>,
    value: JsonRef<'a>,
}

impl<'a> Leaf<'a> {
    /// The keys that lead to it, the section first.
    pub fn keys(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.keys.iter().map(|raw| crate::json::decode(raw))
    }

    /// The same as a JSON pointer (RFC 6901).
    #[must_use]
    pub fn path(&self) -> String {
        pointer(&self.keys)
    }

    /// The value.
    #[must_use]
    pub const fn value(&self) -> JsonRef<'a> {
        self.value
    }

    /// When a request last named it, in whole seconds.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.value.stamp()
    }

    /// How long ago that was; zero if it lies ahead.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> core::time::Duration {
        now.saturating_since(self.timestamp())
    }
}

/// A JSON pointer of keys in their JSON text.
pub(crate) fn pointer(keys: &[&str]) -> String {
    let mut path = String::new();
    for raw in keys {
        path.push('/');
        for ch in crate::json::decode(raw).chars() {
            match ch {
                '~' => path.push_str("~0"),
                '/' => path.push_str("~1"),
                ch => path.push(ch),
            }
        }
    }
    path
}

/// What is left of each object on the path, with its key.
struct Leaves<'a> {
    open: Vec<(Option<&'a str>, Members<'a>)>,
}

impl<'a> Iterator for Leaves<'a> {
    type Item = Leaf<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (_, members) = self.open.last_mut()?;
            match members.next() {
                None => {
                    self.open.pop();
                }
                Some((key, value)) if value.is_object() => {
                    self.open.push((Some(key), value.raw_members()));
                }
                Some((key, value)) => {
                    let above = self.open.iter().filter_map(|(key, _)| *key);
                    return Some(Leaf {
                        keys: above.chain([key]).collect(),
                        value,
                    });
                }
            }
        }
    }
}
