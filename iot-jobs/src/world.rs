//! What the engine asks its caller.

/// The registry, as far as jobs need it. The engine asks while a job is created, while its rollout
/// starts and when a thing joins or leaves a group; by then the answers must tell the new state.
///
/// # Examples
///
/// ```
/// use iot_jobs::World;
///
/// struct OneGroup(Vec<String>);
///
/// impl World for OneGroup {
///     fn has_thing(&self, thing: &str) -> bool {
///         self.0.iter().any(|name| name == thing)
///     }
///     fn has_group(&self, group: &str) -> bool {
///         group == "all"
///     }
///     fn is_member(&self, thing: &str, group: &str) -> bool {
///         group == "all" && self.has_thing(thing)
///     }
///     fn members(&self, group: &str, each: &mut dyn FnMut(&str)) {
///         if group == "all" {
///             self.0.iter().for_each(|name| each(name));
///         }
///     }
/// }
/// assert!(OneGroup(vec!["pump".into()]).is_member("pump", "all"));
/// ```
pub trait World {
    /// Whether there is such a thing.
    fn has_thing(&self, thing: &str) -> bool;

    /// Whether there is such a group, static or dynamic.
    fn has_group(&self, group: &str) -> bool;

    /// Whether the thing is in the group or in a child group of it.
    fn is_member(&self, thing: &str, group: &str) -> bool;

    /// Tells the things of the group and of its child groups, in the order of the rollout. A
    /// thing may come twice.
    fn members(&self, group: &str, each: &mut dyn FnMut(&str));
}

/// A registry without things and groups.
///
/// # Examples
///
/// ```
/// use iot_jobs::{NoWorld, World};
///
/// assert!(!NoWorld.has_thing("pump"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing in it to add")]
pub struct NoWorld;

impl World for NoWorld {
    fn has_thing(&self, _: &str) -> bool {
        false
    }

    fn has_group(&self, _: &str) -> bool {
        false
    }

    fn is_member(&self, _: &str, _: &str) -> bool {
        false
    }

    fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
}
