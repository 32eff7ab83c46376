//! The thing groups that a thing is in, up to their roots.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use iot_topics::{GroupName, IdentError, ThingName};

use crate::store::StoreLimits;

/// What a registry knows of static thing groups.
///
/// Answers must be whole: a group that is left out takes the Deny statements of its policies
/// along. A caller that cannot reach its registry refuses the connection instead of asking.
/// [`StaticGroups`] is a registry in memory.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::GroupResolver;
/// use iot_topics::{GroupName, ThingName};
///
/// /// A registry in which the name of a thing tells its group: `room-7:lamp`.
/// struct ByPrefix;
///
/// impl GroupResolver for ByPrefix {
///     fn groups_of(&self, thing: &ThingName) -> Vec<GroupName> {
///         let group = thing.as_str().split_once(':').and_then(|(room, _)| room.parse().ok());
///         group.into_iter().collect()
///     }
///
///     fn parent(&self, _: &GroupName) -> Option<GroupName> {
///         None
///     }
/// }
///
/// assert_eq!(ByPrefix.groups_of(&"room-7:lamp".parse()?), ["room-7".parse()?]);
/// assert_eq!(ByPrefix.parent(&"room-7".parse()?), None);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
pub trait GroupResolver {
    /// The static groups that a thing is in directly, in any order; none for an unknown thing.
    /// Dynamic groups hold no policies and are left out.
    fn groups_of(&self, thing: &ThingName) -> Vec<GroupName>;

    /// The group that a group was created in; none for a root.
    fn parent(&self, group: &GroupName) -> Option<GroupName>;
}

impl<R: GroupResolver + ?Sized> GroupResolver for &R {
    fn groups_of(&self, thing: &ThingName) -> Vec<GroupName> {
        (**self).groups_of(thing)
    }

    fn parent(&self, group: &GroupName) -> Option<GroupName> {
        (**self).parent(group)
    }
}

/// Groups and their members in memory. [`StaticGroups::default`] has no group.
///
/// It keeps what it is told: whether that is a tree within the limits is looked at when policies
/// are gathered.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::{GroupResolver, StaticGroups};
///
/// let mut groups = StaticGroups::default();
/// groups.add_group("room-7".parse()?, Some("floor-1".parse()?));
/// groups.add_thing("lamp".parse()?, "room-7".parse()?);
/// assert_eq!(groups.groups_of(&"lamp".parse()?), ["room-7".parse()?]);
/// assert_eq!(groups.parent(&"room-7".parse()?), Some("floor-1".parse()?));
/// assert!(groups.remove_thing(&"lamp".parse()?, &"room-7".parse()?));
/// assert!(groups.groups_of(&"lamp".parse()?).is_empty());
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StaticGroups {
    parents: BTreeMap<GroupName, GroupName>,
    members: BTreeMap<ThingName, BTreeSet<GroupName>>,
}

impl StaticGroups {
    /// Tells the parent of a group, or that it is a root.
    pub fn add_group(&mut self, name: GroupName, parent: Option<GroupName>) {
        match parent {
            Some(parent) => drop(self.parents.insert(name, parent)),
            None => drop(self.parents.remove(&name)),
        }
    }

    /// Adds a thing to a group.
    pub fn add_thing(&mut self, thing: ThingName, group: GroupName) {
        self.members.entry(thing).or_default().insert(group);
    }

    /// Takes a thing out of a group; says whether it was in.
    pub fn remove_thing(&mut self, thing: &ThingName, group: &GroupName) -> bool {
        let groups = self.members.get_mut(thing);
        groups.is_some_and(|groups| groups.remove(group))
    }
}

impl GroupResolver for StaticGroups {
    fn groups_of(&self, thing: &ThingName) -> Vec<GroupName> {
        let groups = self.members.get(thing);
        groups.into_iter().flatten().cloned().collect()
    }

    fn parent(&self, group: &GroupName) -> Option<GroupName> {
        self.parents.get(group).cloned()
    }
}

/// The groups of a thing cannot be told. As some Deny could be lost, the connection then gets
/// nothing at all: there is no list of policies to go on with.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::{EffectivePolicies, GroupError, StaticGroups};
/// use iot_policy::store::PolicyStore;
///
/// let mut groups = StaticGroups::default();
/// groups.add_group("a".parse()?, Some("b".parse()?));
/// groups.add_group("b".parse()?, Some("a".parse()?));
/// let store = PolicyStore::default();
/// let error = EffectivePolicies::of_group(store.current(), &"a".parse()?, &groups).unwrap_err();
/// assert!(matches!(error, GroupError::Cycle(_)));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// A group is its own ancestor.
    #[error("thing group `{0}` is its own ancestor")]
    Cycle(GroupName),
    /// More levels than thing groups may have.
    #[error("thing group `{group}` is below {max} others, the most levels are {max}")]
    TooDeep {
        /// The group that was started from.
        group: GroupName,
        /// The limit.
        max: usize,
    },
    /// More groups than a thing may be in.
    #[error("thing `{thing}` is in {got} groups, the limit is {max}")]
    TooMany {
        /// The thing.
        thing: ThingName,
        /// The limit.
        max: usize,
        /// The groups that were told.
        got: usize,
    },
    /// The context has a thing that no registry can have.
    #[error("the thing of the connection has no legal name: {0}")]
    ThingName(IdentError),
}

/// The ways from root groups down to the groups of a thing, by the name of the last.
pub(super) fn ways_to_thing(
    thing: &ThingName,
    groups: &(impl GroupResolver + ?Sized),
    limits: &StoreLimits,
) -> Result<Vec<Arc<[GroupName]>>, GroupError> {
    let direct: BTreeSet<GroupName> = groups.groups_of(thing).into_iter().collect();
    if direct.len() > limits.groups_per_thing {
        return Err(GroupError::TooMany {
            thing: thing.clone(),
            max: limits.groups_per_thing,
            got: direct.len(),
        });
    }
    direct
        .into_iter()
        .map(|group| way_to_group(group, groups, limits))
        .collect()
}

/// The way from the root down to a group, both included.
pub(super) fn way_to_group(
    group: GroupName,
    groups: &(impl GroupResolver + ?Sized),
    limits: &StoreLimits,
) -> Result<Arc<[GroupName]>, GroupError> {
    let mut way = Vec::from([group.clone()]);
    let mut above = groups.parent(&group);
    while let Some(parent) = above {
        if way.contains(&parent) {
            return Err(GroupError::Cycle(parent));
        }
        if way.len() >= limits.group_depth {
            let max = limits.group_depth;
            return Err(GroupError::TooDeep { group, max });
        }
        above = groups.parent(&parent);
        way.push(parent);
    }
    way.reverse();
    Ok(way.into())
}
