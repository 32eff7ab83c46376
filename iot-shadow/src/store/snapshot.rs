//! All shadows as bytes, and back.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use iot_topics::{ShadowName, ThingName, Timestamp};
use thiserror::Error;

use super::ShadowStore;
use crate::document::{DocumentError, ShadowDocument};
use crate::id::ShadowId;
use crate::json::{Json, JsonError, JsonRef, push_number};
use crate::profile::Profile;
use crate::shadow::Shadow;

/// The first line: what this is, and in which form. In this one a shadow that has a document takes
/// two lines: its names, its version and the time of each leaf; and its state, on a line of its own
/// because it may be as long and as deep as a text may be. Metadata would not do: it has no time for
/// `[]`, and is deeper than the state.
const HEADER: &str = r#"{"iot-shadow":2}"#;

/// Why bytes are no snapshot.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Profile, RestoreErrorKind, ShadowStore};
///
/// let text = "{\"iot-shadow\":2}\n{\"thing\":\"a/b\"}\n";
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
    /// It has neither the version and times of a document nor the version of a deleted shadow.
    #[error("has neither a document nor a version that counts on")]
    Shadow,
    /// The state is not written as [`Json`] writes it, so that it is not told whose the times are.
    #[error("is not in the form in which a snapshot has it")]
    Form,
    /// There is not a time for each leaf of the state, in seconds before 2106.
    #[error("has not a time for each leaf of the state")]
    Times,
    /// Its state is that of no document.
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
    /// All shadows as text, one or two lines each, the same for the same shadows. Cost: linear.
    #[must_use]
    pub fn snapshot(&self) -> String {
        let mut out = String::from(HEADER);
        out.push('\n');
        for (id, shadow) in &self.shadows {
            write(id, shadow, &mut out);
        }
        out
    }

    /// The shadows of a snapshot, as they were. The profile is not part of it: a document that the
    /// profile would not let grow so large, or so deep, is kept. Cost: linear, times the logarithm
    /// of the shadows.
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
        while let Some((line, at)) = lines.next() {
            if line.is_empty() {
                continue;
            }
            let (id, head) = read(line).map_err(|kind| wrong(at, kind))?;
            let last = shadows.last_key_value();
            if last.is_some_and(|(last, _)| *last >= id) {
                return Err(wrong(at, RestoreErrorKind::Order));
            }
            let shadow = match head {
                Head::Deleted(shadow) => shadow,
                Head::Live { version, times } => {
                    let (state, at) = lines.next().unwrap_or((b"", at + 1));
                    let live = document(state, &times, version);
                    Shadow::Live(live.map_err(|kind| wrong(at, kind))?)
                }
            };
            shadows.insert(id, shadow);
        }
        Ok(Self { profile, shadows })
    }
}

fn write(id: &ShadowId, shadow: &Shadow, out: &mut String) {
    if matches!(shadow, Shadow::Absent) {
        return;
    }
    // Neither name can hold what JSON escapes; and a `String` takes everything.
    let _ = write!(out, "{{\"thing\":\"{}\"", id.thing);
    if let Some(name) = &id.shadow {
        let _ = write!(out, ",\"shadow\":\"{name}\"");
    }
    match shadow {
        Shadow::Live(document) => {
            let _ = write!(out, ",\"version\":{},\"times\":[", document.version());
            let mut comma = "";
            for (_, _, time) in document.state().leaves() {
                out.push_str(comma);
                push_number(out, u64::from(time));
                comma = ",";
            }
            let _ = writeln!(out, "]}}\n{}", document.state());
        }
        Shadow::Deleted { counter, at } => {
            let at = at.as_millis();
            let _ = writeln!(out, ",\"deleted\":{{\"counter\":{counter},\"at\":{at}}}}}");
        }
        Shadow::Absent => {}
    }
}

/// What the first line of a shadow tells.
enum Head {
    Deleted(Shadow),
    /// Its state follows.
    Live {
        version: u64,
        times: Vec<u32>,
    },
}

fn read(line: &[u8]) -> Result<(ShadowId, Head), RestoreErrorKind> {
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
        return Ok((id, Head::Deleted(Shadow::Deleted { counter, at })));
    }
    let (Some(version), Some(list)) = (number(json.get("version")), json.get("times")) else {
        return Err(RestoreErrorKind::Shadow);
    };
    let times = times(list).ok_or(RestoreErrorKind::Times)?;
    Ok((id, Head::Live { version, times }))
}

/// The numbers of a list.
fn times(list: JsonRef<'_>) -> Option<Vec<u32>> {
    let inner = list.as_str().strip_prefix('[')?.strip_suffix(']')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    inner.split(',').map(|time| time.parse().ok()).collect()
}

fn document(state: &[u8], times: &[u32], version: u64) -> Result<ShadowDocument, RestoreErrorKind> {
    let text = state;
    let state = Json::parse(text).map_err(RestoreErrorKind::Json)?;
    if state.as_str().as_bytes() != text {
        return Err(RestoreErrorKind::Form);
    }
    if state.as_ref().leaves().count() != times.len() {
        return Err(RestoreErrorKind::Times);
    }
    ShadowDocument::of_leaves(&state, times, version).map_err(RestoreErrorKind::Document)
}
