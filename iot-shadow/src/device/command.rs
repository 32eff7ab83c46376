//! Commands that were carried out, for as long as the cloud still desires them.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use core::mem;

use super::received::Change;
use crate::document::pointer;
use crate::json::{Builder, Json, JsonRef};
use crate::patch::has_delta;

/// The finished commands of an object, by the keys as JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Commands(BTreeMap<Box<str>, Mark>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// The value that was carried out.
    Finished(Json),
    /// In the members of an object.
    Inside(Commands),
}

impl Commands {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn finish(&mut self, key: &str, value: JsonRef<'_>) {
        self.0.insert(key.into(), Mark::Finished(value.to_json()));
    }

    /// Adds the commands that were finished inside of a member.
    pub(super) fn finish_inside(&mut self, key: &str, inside: Self) {
        match self.0.get_mut(key) {
            _ if inside.is_empty() => {}
            Some(Mark::Inside(present)) => present.extend(inside),
            _ => {
                self.0.insert(key.into(), Mark::Inside(inside));
            }
        }
    }

    pub(super) fn extend(&mut self, newer: Self) {
        for (key, mark) in newer.0 {
            match mark {
                Mark::Inside(inside) => self.finish_inside(&key, inside),
                mark @ Mark::Finished(_) => {
                    self.0.insert(key, mark);
                }
            }
        }
    }

    /// Forgets what an update has taken back or replaced.
    pub(super) fn update(&mut self, desired: Change<'_>) {
        match desired {
            Change::None => {}
            Change::Clear => self.clear(),
            Change::Merge(patch) => self.merge(patch),
        }
    }

    fn merge(&mut self, patch: JsonRef<'_>) {
        for (key, value) in patch.raw_members() {
            let stands = match self.0.get_mut(key) {
                None => continue,
                Some(Mark::Finished(done)) => is_part(value, done.as_ref()),
                Some(Mark::Inside(inside)) => {
                    inside.merge(value);
                    value.is_object() && !inside.is_empty()
                }
            };
            if !stands {
                self.0.remove(key);
            }
        }
    }

    /// Forgets what is not desired any more, or with another value.
    pub(super) fn keep_desired(&mut self, desired: Option<JsonRef<'_>>) {
        let mut before = mem::take(&mut self.0);
        for (key, value) in desired.into_iter().flat_map(JsonRef::raw_members) {
            match before.remove(key) {
                Some(Mark::Finished(done)) if is_part(done.as_ref(), value) => {
                    self.0.insert(key.into(), Mark::Finished(done));
                }
                Some(Mark::Inside(mut inside)) => {
                    inside.keep_desired(Some(value));
                    self.finish_inside(key, inside);
                }
                _ => {}
            }
        }
    }

    /// What of a delta is no finished command. One that has another value now is a new one.
    pub(super) fn filter(&mut self, delta: JsonRef<'_>) -> Json {
        let mut out = Builder::with_capacity(delta.as_str().len(), delta.count());
        self.filter_into(&mut out, "", delta);
        out.finish()
    }

    fn filter_into(&mut self, out: &mut Builder, key: &str, delta: JsonRef<'_>) {
        let open = out.begin(key);
        for (key, value) in delta.raw_members() {
            match self.0.get_mut(key) {
                Some(Mark::Finished(done)) if is_part(value, done.as_ref()) => continue,
                Some(Mark::Inside(inside)) if value.is_object() => {
                    inside.filter_into(out, key, value);
                    if !inside.is_empty() {
                        continue;
                    }
                }
                Some(_) => out.push(key, value),
                None => {
                    out.push(key, value);
                    continue;
                }
            }
            self.0.remove(key);
        }
        if key.is_empty() || !out.is_empty(&open) {
            out.end(&open);
        } else {
            out.discard(&open);
        }
    }

    /// Appends the patch that takes the commands back.
    pub(super) fn write_nulls(&self, out: &mut String) {
        out.push('{');
        for (at, (key, mark)) in self.0.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(key);
            out.push(':');
            match mark {
                Mark::Finished(_) => out.push_str("null"),
                Mark::Inside(inside) => inside.write_nulls(out),
            }
        }
        out.push('}');
    }
}

/// Whether `whole` has all of `part`: a delta shows of an object only what differs.
fn is_part(part: JsonRef<'_>, whole: JsonRef<'_>) -> bool {
    if part.is_object() && whole.is_object() {
        !has_delta(part, whole)
    } else {
        part == whole
    }
}

/// What became of a member of a delta.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Acknowledgement, JsonRef};
///
/// fn lamp(path: &str, value: JsonRef<'_>) -> Acknowledgement {
///     match path {
///         "/restart" => Acknowledgement::Finished,
///         "/color" => Acknowledgement::PerMember,
///         "/on" if !matches!(value.as_str(), "true" | "false") => Acknowledgement::Refused,
///         _ => Acknowledgement::Applied,
///     }
/// }
///
/// let wish: iot_shadow::Json = r#"{"on":"maybe"}"#.parse()?;
/// let value = wish.get("on").expect("is a member");
/// assert_eq!(lamp("/on", value), Acknowledgement::Refused);
/// # Ok::<(), iot_shadow::JsonError>(())
/// ```
///
/// [`DeviceShadow::acknowledge`](crate::DeviceShadow::acknowledge) asks for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "what a device does with a wish is one of these"
)]
pub enum Acknowledgement {
    /// It is so now: the local state gets the value, and it is reported.
    Applied,
    /// It was a command, and it is done: the desired member is removed, so that it is not carried
    /// out again. Its value is not reported. The same value is not delivered again before the
    /// cloud has removed it, so that commands which may follow each other closely should differ,
    /// by an identifier for instance.
    Finished,
    /// It will not be so: the difference stays.
    Refused,
    /// Its members have answers of their own. The same as applied for what is no object.
    PerMember,
}

/// Sorts the members of a delta by what became of them: the patch for the local state, and the
/// finished commands. Recursion ends with the nesting of JSON, at 128.
pub(super) fn sort(
    delta: JsonRef<'_>,
    outcome: &mut dyn FnMut(&str, JsonRef<'_>) -> Acknowledgement,
) -> (Json, Commands) {
    let mut applied = Builder::with_capacity(delta.as_str().len(), delta.count());
    let open = applied.begin("");
    let commands = sort_members(&mut applied, delta, &mut String::new(), outcome);
    applied.end(&open);
    (applied.finish(), commands)
}

fn sort_members(
    applied: &mut Builder,
    delta: JsonRef<'_>,
    path: &mut String,
    outcome: &mut dyn FnMut(&str, JsonRef<'_>) -> Acknowledgement,
) -> Commands {
    let mut commands = Commands::default();
    let length = path.len();
    for (key, value) in delta.raw_members() {
        path.push_str(&pointer(&[key]));
        match outcome(path, value) {
            Acknowledgement::PerMember if value.is_object() && !value.is_empty_object() => {
                let open = applied.begin(key);
                let inside = sort_members(applied, value, path, outcome);
                if applied.is_empty(&open) {
                    applied.discard(&open);
                } else {
                    applied.end(&open);
                }
                commands.finish_inside(key, inside);
            }
            Acknowledgement::Applied | Acknowledgement::PerMember => applied.push(key, value),
            Acknowledgement::Finished => commands.finish(key, value),
            Acknowledgement::Refused => {}
        }
        path.truncate(length);
    }
    commands
}
