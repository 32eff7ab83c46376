//! All shadows as bytes, and back.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt::Write as _;

use iot_topics::{ShadowName, ThingName, Timestamp};
use thiserror::Error;

use super::ShadowStore;
use crate::document::{DocumentError, ShadowDocument};
use crate::id::ShadowId;
use crate::json::{Json, JsonError, JsonRef};
use crate::profile::Profile;
use crate::shadow::Shadow;

/// The first line: what this is, and in which form.
const HEADER: &str = r#"{"iot-shadow":1}"#;

/// Why bytes are no snapshot.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Profile, RestoreErrorKind, ShadowStore};
///
/// let text = "{\"iot-shadow\":1}\n{\"thing\":\"a/b\"}\n";
/// let error = ShadowStore::restore(text.as_bytes(), Profile::aws()).unwrap_err();
/// assert_eq!((error.line(), error.kind()), (2, &RestoreErrorKind::Name));
/// assert_eq!(error.to_string(), "line 2: names no thing and shadow");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {kind}")]
pub struct RestoreError {
    line: usize,
    kind: RestoreErrorKind,
}

/// Why a line is none of a snapshot.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Profile, RestoreErrorKind, ShadowStore};
///
/// let kind = |text: &str| {
///     let restored = ShadowStore::restore(text.as_bytes(), Profile::aws());
///     restored.map_err(|error| error.kind().clone())
/// };
/// assert_eq!(kind("{}"), Err(RestoreErrorKind::Header));
/// let line = r#"{"thing":"a"}"#;
/// let text = format!("{}{line}", ShadowStore::default().snapshot());
/// assert_eq!(kind(&text), Err(RestoreErrorKind::Shadow));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RestoreErrorKind {
    /// The first line does not say that this is a snapshot, or in a form that is not known here.
    #[error("is not the head of a snapshot")]
    Header,
    /// It is no JSON.
    #[error("{0}")]
    Json(JsonError),
    /// Its names are no names.
    #[error("names no thing and shadow")]
    Name,
    /// The shadow stands in an earlier line, or that line's name comes later in the order.
    #[error("stands behind a shadow that comes later")]
    Order,
    /// It has neither a document nor the version of a deleted shadow.
    #[error("has neither a document nor a version that counts on")]
    Shadow,
    /// Its parts make no document.
    #[error("{0}")]
    Document(DocumentError),
}

impl RestoreError {
    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn kind(&self) -> &RestoreErrorKind {
        &self.kind
    }
}

impl ShadowStore {
    /// All shadows as text, one line each, the same for the same shadows.
    #[must_use]
    pub fn snapshot(&self) -> String {
        let mut out = String::from(HEADER);
        out.push('\n');
        for (id, shadow) in &self.shadows {
            line(id, shadow, &mut out);
        }
        out
    }

    /// The shadows of a snapshot. The profile is not part of it: a document that the profile would
    /// not let grow so large, or so deep, is kept.
    ///
    /// # Errors
    ///
    /// [`RestoreError`] tells the line.
    pub fn restore(snapshot: &[u8], profile: Profile) -> Result<Self, RestoreError> {
        let mut shadows = BTreeMap::new();
        let mut lines = snapshot.split(|byte| *byte == b'\n').zip(1..);
        let wrong = |line, kind| RestoreError { line, kind };
        match lines.next() {
            Some((line, _)) if line == HEADER.as_bytes() => {}
            _ => return Err(wrong(1, RestoreErrorKind::Header)),
        }
        for (line, at) in lines {
            if line.is_empty() {
                continue;
            }
            let (id, shadow) = read(line).map_err(|kind| wrong(at, kind))?;
            if shadows
                .last_key_value()
                .is_some_and(|(last, _)| *last >= id)
            {
                return Err(wrong(at, RestoreErrorKind::Order));
            }
            shadows.insert(id, shadow);
        }
        Ok(Self { profile, shadows })
    }
}

fn line(id: &ShadowId, shadow: &Shadow, out: &mut String) {
    // Neither name can hold what JSON escapes; and a `String` takes everything.
    let _ = write!(out, "{{\"thing\":\"{}\"", id.thing);
    if let Some(name) = &id.shadow {
        let _ = write!(out, ",\"shadow\":\"{name}\"");
    }
    let _ = match shadow {
        Shadow::Live(document) => writeln!(
            out,
            ",\"version\":{},\"state\":{},\"metadata\":{}}}",
            document.version(),
            document.state(),
            document.metadata(),
        ),
        Shadow::Deleted { counter, at } => {
            let at = at.as_millis();
            writeln!(out, ",\"deleted\":{{\"counter\":{counter},\"at\":{at}}}}}")
        }
        Shadow::Absent => writeln!(out, ",\"deleted\":{{\"counter\":0,\"at\":0}}}}"),
    };
}

fn read(line: &[u8]) -> Result<(ShadowId, Shadow), RestoreErrorKind> {
    let json = Json::parse(line).map_err(RestoreErrorKind::Json)?;
    let text = |name| json.get(name).and_then(JsonRef::as_string);
    let id = text("thing")
        .and_then(|thing| {
            Some(ShadowId {
                thing: ThingName::parse(&thing).ok()?,
                shadow: match json.get("shadow") {
                    None => None,
                    Some(name) => Some(ShadowName::parse(&name.as_string()?).ok()?),
                },
            })
        })
        .ok_or(RestoreErrorKind::Name)?;
    let number = |value: Option<JsonRef<'_>>| value?.as_str().parse::<u64>().ok();
    if let Some(deleted) = json.get("deleted") {
        let (counter, at) = (number(deleted.get("counter")), number(deleted.get("at")));
        let (Some(counter), Some(at)) = (counter, at) else {
            return Err(RestoreErrorKind::Shadow);
        };
        let at = Timestamp::from_millis(at);
        return Ok((id, Shadow::Deleted { counter, at }));
    }
    let part = |name| json.get(name).map(JsonRef::to_json);
    let parts = (part("state"), part("metadata"), number(json.get("version")));
    let (Some(state), Some(metadata), Some(version)) = parts else {
        return Err(RestoreErrorKind::Shadow);
    };
    let document = ShadowDocument::new(&state, &metadata, version);
    let document = document.map_err(RestoreErrorKind::Document)?;
    Ok((id, Shadow::Live(document)))
}
