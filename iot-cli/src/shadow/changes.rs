//! What differs between two JSON values, path by path.

use std::borrow::Cow;
use std::collections::BTreeMap;

use iot_shadow::{JsonRef, diff_patch};

/// A value that is not what it was. One of the two is there.
#[derive(Debug)]
pub(super) struct Change {
    /// A JSON pointer.
    pub(super) path: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

/// The changes that the smallest merge patch makes. A member that is new, or of another kind, is
/// one change with all that is in it.
pub(super) fn changes(old: JsonRef<'_>, new: JsonRef<'_>) -> Vec<Change> {
    let mut all = Vec::new();
    collect(old, diff_patch(old, new).as_ref(), "", &mut all);
    all
}

/// Recurses no deeper than JSON is read.
fn collect(old: JsonRef<'_>, patch: JsonRef<'_>, above: &str, all: &mut Vec<Change>) {
    let old: BTreeMap<Cow<'_, str>, JsonRef<'_>> = old.members().collect();
    for (key, value) in patch.members() {
        let path = below(above, &key);
        match old.get(&key) {
            Some(old) if old.is_object() && value.is_object() => {
                collect(*old, value, &path, all);
            }
            old => all.push(Change {
                path,
                old: old.map(|old| old.as_str().to_owned()),
                new: (!value.is_null()).then(|| value.as_str().to_owned()),
            }),
        }
    }
}

/// The JSON pointer (RFC 6901) of a member.
pub(super) fn below(above: &str, key: &str) -> String {
    format!("{above}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The changes as lines, their paths in one column.
pub(super) fn lines(changes: &[Change]) -> impl Iterator<Item = String> {
    let width = changes.iter().map(|change| change.path.chars().count());
    let width = width.max().unwrap_or_default();
    changes.iter().map(move |change| {
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| ABSENT.to_owned());
        let (old, new) = (side(&change.old), side(&change.new));
        format!("{:width$}  {old} -> {new}", change.path)
    })
}

/// No JSON value looks like this.
const ABSENT: &str = "(none)";
