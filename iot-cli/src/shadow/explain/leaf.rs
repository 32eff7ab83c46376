//! Desired and reported side by side, leaf by leaf.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use iot_shadow::JsonRef;
use iot_topics::Timestamp;

use super::super::changes::below;
use super::subject::Subject;

/// A value of the two sections that stands for itself: no object but an empty one, or one that the
/// other section has something else in place of.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    /// A JSON pointer into the sections.
    pub(super) path: String,
    pub(super) desired: Option<Side<'a>>,
    pub(super) reported: Option<Side<'a>>,
    pub(super) status: Status,
}

/// What one section has.
#[derive(Debug)]
pub(super) struct Side<'a> {
    pub(super) value: JsonRef<'a>,
    pub(super) written: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Agrees,
    Differs,
    NotReported,
    ReportedOnly,
}

impl Status {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::NotReported => "notReported",
            Self::ReportedOnly => "reportedOnly",
        }
    }

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::NotReported => "not reported",
            Self::ReportedOnly => "reported only",
        }
    }

    /// Whether the leaf is in the delta.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Differs | Self::NotReported)
    }
}

/// All leaves, in the order of their keys.
pub(super) fn leaves(subject: &Subject) -> Vec<Leaf<'_>> {
    let mut all = Vec::new();
    let (desired, reported) = (subject.desired.as_ref(), subject.reported.as_ref());
    members(subject, Some(desired), Some(reported), "", &mut all);
    all
}

/// Recurses no deeper than JSON is read.
fn members<'a>(
    subject: &'a Subject,
    desired: Option<JsonRef<'a>>,
    reported: Option<JsonRef<'a>>,
    above: &str,
    all: &mut Vec<Leaf<'a>>,
) {
    let of = |side: Option<JsonRef<'a>>| -> BTreeMap<Cow<'a, str>, JsonRef<'a>> {
        side.into_iter().flat_map(JsonRef::members).collect()
    };
    let (desired, reported) = (of(desired), of(reported));
    let keys: BTreeSet<_> = desired.keys().chain(reported.keys()).collect();
    for key in keys {
        let pair = (desired.get(key).copied(), reported.get(key).copied());
        value(subject, pair, &below(above, key), all);
    }
}

fn value<'a>(
    subject: &'a Subject,
    (desired, reported): (Option<JsonRef<'a>>, Option<JsonRef<'a>>),
    path: &str,
    all: &mut Vec<Leaf<'a>>,
) {
    let is_object = |side: JsonRef<'_>| side.is_object();
    let descends = desired.is_none_or(is_object) && reported.is_none_or(is_object);
    let has_members = |side: Option<JsonRef<'_>>| side.is_some_and(|it| !it.is_empty_object());
    let status = match (desired, reported) {
        (Some(desired), Some(reported)) if descends || desired == reported => Status::Agrees,
        (Some(_), Some(_)) => Status::Differs,
        (Some(_), None) => Status::NotReported,
        (None, _) => Status::ReportedOnly,
    };
    // An empty desired object asks for no more than an object.
    if !descends || !has_members(desired.or(reported)) {
        let side = |section: &str, value: Option<JsonRef<'a>>| {
            value.map(|value| Side {
                value,
                written: subject.time(&format!("/{section}{path}")),
            })
        };
        all.push(Leaf {
            desired: side("desired", desired),
            reported: side("reported", reported),
            status,
            path: path.to_owned(),
        });
    }
    if descends {
        members(subject, desired, reported, path, all);
    }
}
