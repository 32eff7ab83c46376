//! The three functions on JSON that a shadow is made of: merge, delta and diff.

use core::cmp::Ordering;

use crate::json::{Builder, Json, JsonRef, Members, Open, inner};
use crate::profile::EmptyObjects;

/// The value `base` after the merge patch `patch` (RFC 7396), which is how AWS IoT updates a
/// section of a shadow: a member that is null is removed, objects are merged member by member,
/// anything else, arrays too, replaces what was there. Cost: linear.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, merge_patch};
///
/// let base: Json = r#"{"color":{"r":1,"g":2},"on":true}"#.parse()?;
/// let patch: Json = r#"{"color":{"r":9,"g":null},"on":null,"tags":[1]}"#.parse()?;
/// let merged = merge_patch(base.as_ref(), patch.as_ref());
/// assert_eq!(merged.as_str(), r#"{"color":{"r":9},"tags":[1]}"#);
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[must_use]
pub fn merge_patch(base: JsonRef<'_>, patch: JsonRef<'_>) -> Json {
    let mut out = Builder::with_capacity(
        base.as_str().len() + patch.as_str().len(),
        base.count() + patch.count(),
    );
    merge(&mut out, "", Some(base), patch, EmptyObjects::Keep);
    out.finish()
}

/// What of `desired` differs from `reported`: the members of `desired` that `reported` lacks or
/// has with another value; objects are compared member by member, anything else as a whole.
/// `None` if nothing differs. Members that only `reported` has do not count. Cost: linear.
///
/// Anything but an object has no members (developer guide, Device Shadow service documents).
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, delta};
///
/// let desired: Json = r#"{"color":{"r":255,"g":255},"on":true}"#.parse()?;
/// let reported: Json = r#"{"color":{"r":255,"g":0},"on":true,"rssi":-60}"#.parse()?;
/// let open = delta(desired.as_ref(), reported.as_ref()).expect("they differ");
/// assert_eq!(open.as_str(), r#"{"color":{"g":255}}"#);
/// assert_eq!(delta(reported.as_ref(), reported.as_ref()), None);
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[must_use]
pub fn delta(desired: JsonRef<'_>, reported: JsonRef<'_>) -> Option<Json> {
    // Of a section that was reported as it is desired nothing needs to be looked at.
    if desired.as_str() == reported.as_str() {
        return None;
    }
    let mut out = Builder::with_capacity(desired.as_str().len(), desired.count());
    differences(&mut out, "", desired, reported).then(|| out.finish())
}

/// Whether [`delta`] has something to tell, without making it.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, has_delta};
///
/// let desired: Json = r#"{"level":1}"#.parse()?;
/// let reported: Json = r#"{"level":1.0,"on":true}"#.parse()?;
/// assert!(!has_delta(desired.as_ref(), reported.as_ref()));
/// assert!(has_delta(reported.as_ref(), desired.as_ref()));
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[must_use]
pub fn has_delta(desired: JsonRef<'_>, reported: JsonRef<'_>) -> bool {
    Pairs::new(desired, reported).any(|pair| match (pair.left, pair.right) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(left), Some(right)) if left.as_str() == right.as_str() => false,
        (Some(left), Some(right)) if left.is_object() && right.is_object() => {
            has_delta(left, right)
        }
        (Some(left), Some(right)) => !left.is_otherwise(right),
    })
}

/// The smallest merge patch that turns the object `old` into the object `new`: what is gone as
/// null, arrays whole, nothing for what is equal. `merge_patch(old, diff_patch(old, new))` is
/// `new` if that holds no null outside of arrays, which no merge patch can write. Cost: linear.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, diff_patch};
///
/// let old: Json = r#"{"a":{"x":1,"y":2},"list":[1,2],"same":1}"#.parse()?;
/// let new: Json = r#"{"a":{"x":1},"list":[1],"same":1.0}"#.parse()?;
/// let patch = diff_patch(old.as_ref(), new.as_ref());
/// assert_eq!(patch.as_str(), r#"{"a":{"y":null},"list":[1]}"#);
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[must_use]
pub fn diff_patch(old: JsonRef<'_>, new: JsonRef<'_>) -> Json {
    let mut out = Builder::with_capacity(0, 0);
    let open = out.begin("");
    changes(&mut out, old, new);
    out.end(&open);
    out.finish()
}

/// Writes `base` after `patch`, and tells where if that is an object. `None` and anything but an
/// object have no members to merge with.
pub(crate) fn merge(
    out: &mut Builder,
    key: &str,
    base: Option<JsonRef<'_>>,
    patch: JsonRef<'_>,
    empty: EmptyObjects,
) -> Option<Open> {
    if !patch.is_object() {
        out.push(key, patch);
        return None;
    }
    let open = out.begin(key);
    let mut rest = base.map_or_else(Members::default, JsonRef::raw_members);
    // Members of `base` that were passed but not written yet: they go in one piece.
    let mut kept = rest;
    for (name, value) in patch.raw_members() {
        let mut found = None;
        let before = loop {
            let here = rest;
            match rest.next() {
                Some((other, value)) if other == name => {
                    found = Some(value);
                    break here;
                }
                Some((other, _)) if inner(other) < inner(name) => {}
                _ => {
                    rest = here;
                    break here;
                }
            }
        };
        if found.is_none() && value.is_null() {
            continue;
        }
        out.push_members(kept, before);
        kept = rest;
        if !value.is_null() {
            merge(out, name, found, value, empty);
        }
    }
    out.push_members(kept, Members::default());
    if empty == EmptyObjects::Prune && !key.is_empty() && out.is_empty(&open) {
        out.discard(&open);
        return None;
    }
    out.end(&open);
    Some(open)
}

/// Writes an object of the members of `desired` that differ, if there is one.
fn differences(out: &mut Builder, key: &str, desired: JsonRef<'_>, reported: JsonRef<'_>) -> bool {
    let open = out.begin(key);
    let mut pairs = Pairs::new(desired, reported);
    // The first member that differs and is not written yet: those that follow each other go in one
    // piece.
    let mut differing = None;
    loop {
        let here = pairs.left_rest();
        let Some(pair) = pairs.next() else { break };
        let Some(left) = pair.left else { continue };
        let nested = match pair.right {
            // Most of a document agrees: one comparison of memory instead of many of members.
            Some(right) if left.as_str() == right.as_str() => None,
            Some(right) if left.is_object() && right.is_object() => Some(right),
            Some(right) if left.is_otherwise(right) => None,
            _ => {
                differing.get_or_insert(here);
                continue;
            }
        };
        if let Some(from) = differing.take() {
            out.push_members(from, here);
        }
        if let Some(right) = nested {
            differences(out, pair.key, left, right);
        }
    }
    if let Some(from) = differing {
        out.push_members(from, Members::default());
    }
    let differs = !out.is_empty(&open);
    if differs {
        out.end(&open);
    } else {
        out.discard(&open);
    }
    differs
}

/// Writes the members of the patch from `old` to `new`.
fn changes(out: &mut Builder, old: JsonRef<'_>, new: JsonRef<'_>) {
    for pair in Pairs::new(old, new) {
        match (pair.left, pair.right) {
            (_, None) => out.push_leaf(pair.key, "null", 0),
            (Some(left), Some(right)) if left.is_object() && right.is_object() => {
                let open = out.begin(pair.key);
                changes(out, left, right);
                if out.is_empty(&open) {
                    out.discard(&open);
                } else {
                    out.end(&open);
                }
            }
            (Some(left), Some(right)) if left == right => {}
            (_, Some(right)) => out.push(pair.key, right),
        }
    }
}

/// The members of two objects side by side, in the order of their keys.
pub(crate) struct Pairs<'a> {
    left: Members<'a>,
    right: Members<'a>,
}

/// A key, and what the two objects have there. One of them has something.
pub(crate) struct Pair<'a> {
    pub(crate) key: &'a str,
    pub(crate) left: Option<JsonRef<'a>>,
    pub(crate) right: Option<JsonRef<'a>>,
}

impl<'a> Pairs<'a> {
    pub(crate) fn new(left: JsonRef<'a>, right: JsonRef<'a>) -> Self {
        Self {
            left: left.raw_members(),
            right: right.raw_members(),
        }
    }

    /// The members of the left object from the next one on.
    fn left_rest(&self) -> Members<'a> {
        self.left
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let order = match (self.left.peek(), self.right.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) if left == right => Ordering::Equal,
            (Some(left), Some(right)) => inner(left).cmp(inner(right)),
        };
        let (key, left, right) = match order {
            Ordering::Less => {
                let (key, left) = self.left.next()?;
                (key, Some(left), None)
            }
            Ordering::Greater => {
                let (key, right) = self.right.next()?;
                (key, None, Some(right))
            }
            Ordering::Equal => {
                let ((key, left), (_, right)) = (self.left.next()?, self.right.next()?);
                (key, Some(left), Some(right))
            }
        };
        Some(Pair { key, left, right })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_object_takes_members() {
        let merged = |base: &str, patch: &str| {
            let [base, patch] = [base, patch].map(|text| text.parse::<Json>().unwrap());
            merge_patch(base.as_ref(), patch.as_ref())
        };
        assert_eq!(merged("{}", r#"{"a":1}"#).as_str(), r#"{"a":1}"#);
        assert_eq!(
            merged(r#"{"d":{}}"#, r#"{"d":{"a":1}}"#).as_str(),
            r#"{"d":{"a":1}}"#
        );
        assert_eq!(merged(r#"{"a":1}"#, r#"{"a":2}"#).as_str(), r#"{"a":2}"#);
        assert_eq!(merged("{}", r#"{"a":null}"#).as_str(), "{}");
    }
}
