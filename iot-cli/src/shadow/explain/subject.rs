//! The shadow that is explained, read from what holds it.

use std::collections::BTreeMap;

use iot_shadow::{
    DocumentError, Json, JsonRef, Profile, ShadowDocument, ShadowId, ShadowStore, delta,
};
use iot_topics::Timestamp;

use super::super::changes::below;
use super::super::{Source, clock, state};
use crate::output::Failure;

/// A shadow. Sections without members are as good as none.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) id: Option<ShadowId>,
    pub(super) desired: Json,
    pub(super) reported: Json,
    /// The delta that the file tells, of which nothing else here is made.
    pub(super) told: Option<Json>,
    pub(super) version: Option<u64>,
    pub(super) now: Timestamp,
    /// When each leaf was written, by its JSON pointer into the state.
    times: BTreeMap<String, Timestamp>,
}

impl Subject {
    /// Reads a document, or one of the shadows of a snapshot.
    pub(super) fn read(source: &Source, id: Option<ShadowId>) -> Result<Self, Failure> {
        match source.text.starts_with(SNAPSHOT) {
            true => {
                let store = state::restore(source, Profile::aws())?;
                let id = id.ok_or_else(|| which(source, &store))?;
                let document = store.get(&id).and_then(|shadow| shadow.document());
                let document = document.ok_or_else(|| {
                    Failure::from(format!("{}: there is no shadow `{id}` in it", source.path))
                })?;
                Ok(Self::of(document, Some(id)))
            }
            false => Self::answered(source, id),
        }
    }

    fn of(document: &ShadowDocument, id: Option<ShadowId>) -> Self {
        let section = |section: Option<JsonRef<'_>>| {
            section.map_or_else(Json::empty_object, JsonRef::to_json)
        };
        Self {
            id,
            desired: section(document.desired()),
            reported: section(document.reported()),
            told: None,
            version: Some(document.version()),
            now: clock(),
            times: times(document),
        }
    }

    /// A document as a get answers it. Only the state must be there: what people pass around is
    /// often no more than that.
    fn answered(source: &Source, id: Option<ShadowId>) -> Result<Self, Failure> {
        let json = source.json()?;
        let wrong = |pointer: &str, label: &str| source.failure_at(TITLE, pointer, label);
        let state = json
            .get("state")
            .ok_or_else(|| wrong("", "has no member `state`"))?;
        if !state.is_object() {
            return Err(wrong("/state", "is no object"));
        }
        let (mut desired, mut reported, mut told) =
            (Json::empty_object(), Json::empty_object(), None);
        for (key, value) in state.members() {
            let pointer = below("/state", &key);
            if !value.is_object() {
                return Err(wrong(&pointer, "is no object"));
            }
            match &*key {
                "desired" => desired = value.to_json(),
                "reported" => reported = value.to_json(),
                "delta" => told = Some(value.to_json()),
                _ => return Err(wrong("/state", &format!("has a member `{key}`"))),
            }
        }
        let number = |name: &str| {
            let value = json.get(name);
            let number = value.map(|value| value.as_str().parse::<u64>());
            number.transpose().map_err(|_| {
                wrong(
                    &format!("/{name}"),
                    "is no whole number that is not negative",
                )
            })
        };
        let (version, timestamp) = (number("version")?, number("timestamp")?);
        let times = match json.get("metadata") {
            None => BTreeMap::new(),
            Some(metadata) => {
                let state = sections(&[
                    ("desired", desired.as_ref()),
                    ("reported", reported.as_ref()),
                ]);
                let metadata = metadata_of(&state, metadata);
                // Without a version, any will do: it is not what this is about.
                let document = ShadowDocument::new(&state, &metadata, version.unwrap_or(1));
                times(&document.map_err(|error| no_document(source, &error))?)
            }
        };
        Ok(Self {
            id,
            desired,
            reported,
            told,
            version,
            now: timestamp.map_or_else(clock, Timestamp::from_secs),
            times,
        })
    }

    /// What of the desired state is not reported.
    pub(super) fn delta(&self) -> Option<Json> {
        delta(self.desired.as_ref(), self.reported.as_ref())
    }

    /// Whether the file tells when anything was written.
    pub(super) fn tells_times(&self) -> bool {
        !self.times.is_empty()
    }

    /// When what stands at a JSON pointer into the state was written: of an object, its youngest
    /// leaf. `None` where the file does not tell.
    pub(super) fn time(&self, path: &str) -> Option<Timestamp> {
        let inside = format!("{path}/");
        let inside = self
            .times
            .range(inside.clone()..)
            .take_while(|(leaf, _)| leaf.starts_with(&inside))
            .map(|(_, time)| *time);
        self.times
            .get(path)
            .copied()
            .into_iter()
            .chain(inside)
            .max()
    }
}

/// How a snapshot begins.
const SNAPSHOT: &str = "{\"iot-shadow\":";

const TITLE: &str = "this is no document of a shadow";

/// An array without scalars has no time in metadata and is read as if written in 1970.
fn times(document: &ShadowDocument) -> BTreeMap<String, Timestamp> {
    document
        .leaves()
        .map(|leaf| (leaf.path(), leaf.timestamp()))
        .filter(|(_, time)| *time > Timestamp::default())
        .collect()
}

/// The sections that have members, as an object.
fn sections(sections: &[(&str, JsonRef<'_>)]) -> Json {
    let members: Vec<_> = sections
        .iter()
        .filter(|(_, section)| !section.is_empty_object())
        .map(|(name, section)| format!("\"{name}\":{section}"))
        .collect();
    let text = format!("{{{}}}", members.join(","));
    // It is made of what was JSON before.
    Json::parse(text.as_bytes()).unwrap_or_else(|_| Json::empty_object())
}

/// The metadata of the sections that the state has: some answers have that of the delta too.
fn metadata_of(state: &Json, metadata: JsonRef<'_>) -> Json {
    let kept: Vec<_> = ["desired", "reported"]
        .into_iter()
        .filter(|name| state.get(name).is_some())
        .filter_map(|name| Some((name, metadata.get(name)?)))
        .collect();
    sections(&kept)
}

fn no_document(source: &Source, error: &DocumentError) -> Failure {
    let (pointer, label) = match error {
        DocumentError::Null { path } => (format!("/state{path}"), "is null".to_owned()),
        DocumentError::Metadata { path } => {
            let label = format!("metadata at `{path}` is not that of the state");
            (format!("/metadata{path}"), label)
        }
        DocumentError::Version => ("/version".to_owned(), error.to_string()),
        _ => ("/state".to_owned(), error.to_string()),
    };
    source.failure_at(TITLE, &pointer, &label)
}

/// Asks for one of the shadows of a snapshot.
fn which(source: &Source, store: &ShadowStore) -> Failure {
    let live = store
        .iter()
        .filter(|(_, shadow)| shadow.document().is_some());
    let names: Vec<_> = live
        .take(SHOWN + 1)
        .map(|(id, _)| format!("`{id}`"))
        .collect();
    let more = if names.len() > SHOWN { " and more" } else { "" };
    let names = names.iter().take(SHOWN).cloned().collect::<Vec<_>>();
    let names = match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    };
    let path = &source.path;
    format!("{path}: holds many shadows, and --thing tells which: it has {names}{more}").into()
}

/// Shadows that a message names at most.
const SHOWN: usize = 5;
