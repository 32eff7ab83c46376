//! Beyond AWS IoT Core: two copies of a section that were changed apart, made one again.

use alloc::string::String;
use alloc::vec::Vec;

use crate::document::pointer;
use crate::json::{Builder, Json, JsonRef, inner};

/// Whose value stands where both copies changed the same thing in different ways.
///
/// Greengrass lets the cloud own the desired state and the device the reported state.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, Owner, three_way};
///
/// let base: Json = r#"{"mode":"eco"}"#.parse()?;
/// let local: Json = r#"{"mode":"off"}"#.parse()?;
/// let remote: Json = r#"{}"#.parse()?;
/// let merged = three_way(base.as_ref(), local.as_ref(), remote.as_ref(), Owner::Remote);
/// assert_eq!(merged.value.as_str(), "{}");
/// assert_eq!(merged.conflicts, ["/mode"]);
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are two copies")]
pub enum Owner {
    /// The copy at hand, on the edge.
    Local,
    /// The other copy, in the cloud.
    Remote,
}

/// What both copies should become.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, Owner, diff_patch, three_way};
///
/// let base: Json = r#"{"fan":{"speed":1,"auto":true}}"#.parse()?;
/// let local: Json = r#"{"fan":{"speed":2,"auto":true}}"#.parse()?;
/// let remote: Json = r#"{"fan":{"speed":1},"lamp":1}"#.parse()?;
/// let merged = three_way(base.as_ref(), local.as_ref(), remote.as_ref(), Owner::Local);
/// assert_eq!(merged.value.as_str(), r#"{"fan":{"speed":2},"lamp":1}"#);
/// assert!(merged.conflicts.is_empty());
/// let to_cloud = diff_patch(remote.as_ref(), merged.value.as_ref());
/// assert_eq!(to_cloud.as_str(), r#"{"fan":{"speed":2}}"#);
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Merged {
    /// The value. [`diff_patch`](crate::diff_patch) makes of it what each copy has to be told.
    pub value: Json,
    /// Where the owner decided, as JSON pointers, in order.
    pub conflicts: Vec<String>,
}

/// Makes one of two copies of a section, `base` being what both had when they last agreed: what
/// only one of them changed or removed is taken over, what both did alike too, member by member;
/// where they differ the owner's stands. Arrays are values. Cost: linear.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, Owner, three_way};
///
/// let base: Json = r#"{"a":1,"b":1}"#.parse()?;
/// let local: Json = r#"{"a":2,"b":1}"#.parse()?;
/// let remote: Json = r#"{"a":1,"b":3}"#.parse()?;
/// let merged = three_way(base.as_ref(), local.as_ref(), remote.as_ref(), Owner::Remote);
/// assert_eq!(merged.value.as_str(), r#"{"a":2,"b":3}"#);
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
#[must_use]
pub fn three_way(
    base: JsonRef<'_>,
    local: JsonRef<'_>,
    remote: JsonRef<'_>,
    owner: Owner,
) -> Merged {
    let mut merge = Merge {
        out: Builder::with_capacity(local.as_str().len(), local.count()),
        owner,
        path: Vec::new(),
        conflicts: Vec::new(),
    };
    merge.member("", Some(base), Some(local), Some(remote));
    Merged {
        value: merge.out.finish(),
        conflicts: merge.conflicts,
    }
}

struct Merge<'a> {
    out: Builder,
    owner: Owner,
    path: Vec<&'a str>,
    conflicts: Vec<String>,
}

impl<'a> Merge<'a> {
    fn member(
        &mut self,
        key: &'a str,
        base: Option<JsonRef<'a>>,
        local: Option<JsonRef<'a>>,
        remote: Option<JsonRef<'a>>,
    ) {
        let chosen = match (local, remote) {
            // Not compared as a whole before: that would be done again for each object inside.
            (Some(local), Some(remote)) if local.is_object() && remote.is_object() => {
                self.objects(key, base, local, remote);
                return;
            }
            (local, remote) if local == remote => local,
            (local, remote) if local == base => remote,
            (local, remote) if remote == base => local,
            (local, remote) => {
                self.conflicts.push(pointer(&self.path));
                match self.owner {
                    Owner::Local => local,
                    Owner::Remote => remote,
                }
            }
        };
        if let Some(chosen) = chosen {
            self.out.push(key, chosen);
        }
    }

    fn objects(
        &mut self,
        key: &'a str,
        base: Option<JsonRef<'a>>,
        local: JsonRef<'a>,
        remote: JsonRef<'a>,
    ) {
        let open = self.out.begin(key);
        let base = base.map_or_else(Default::default, JsonRef::raw_members);
        let mut sides = [base, local.raw_members(), remote.raw_members()];
        loop {
            let next = sides.iter().filter_map(|side| side.peek());
            let Some(key) = next.min_by_key(|key| inner(key)) else {
                break;
            };
            let [base, local, remote] = sides.each_mut().map(|side| {
                let here = side.peek() == Some(key);
                here.then(|| side.next()).flatten().map(|(_, value)| value)
            });
            self.path.push(key);
            self.member(key, base, local, remote);
            self.path.pop();
        }
        self.out.end(&open);
    }
}
