//! Moves between thing groups.

use alloc::vec::Vec;

use iot_topics::{GroupName, ThingName};
use serde_json::json;

use super::call::ApiCall;
use super::error::RemedyError;

/// Groups of a thing.
const MAX_GROUPS: usize = 10;

/// A move of a thing into groups, for instance one for quarantine, whose policy denies.
///
/// # Examples
///
/// ```
/// use iot_defender::remedy::GroupMove;
///
/// let quarantine = GroupMove::into_groups(["quarantine".parse()?])?
///     .out_of(["room-7".parse()?]) // a thing is in one group of a hierarchy
///     .overriding_dynamic_groups();
/// assert_eq!(
///     quarantine.call(&"lamp-7".parse()?).arguments,
///     serde_json::json!({
///         "thingName": "lamp-7",
///         "thingGroupsToAdd": ["quarantine"],
///         "thingGroupsToRemove": ["room-7"],
///         "overrideDynamicGroups": true,
///     }),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupMove {
    add: Vec<GroupName>,
    remove: Vec<GroupName>,
    override_dynamic_groups: bool,
}

impl GroupMove {
    /// Into these groups, one to ten.
    ///
    /// # Errors
    ///
    /// [`RemedyError::Groups`].
    pub fn into_groups(groups: impl IntoIterator<Item = GroupName>) -> Result<Self, RemedyError> {
        let add: Vec<_> = groups.into_iter().take(MAX_GROUPS + 1).collect();
        if !(1..=MAX_GROUPS).contains(&add.len()) {
            return Err(RemedyError::Groups);
        }
        Ok(Self {
            add,
            remove: Vec::new(),
            override_dynamic_groups: false,
        })
    }

    /// And out of these.
    #[must_use]
    pub fn out_of(mut self, groups: impl IntoIterator<Item = GroupName>) -> Self {
        self.remove.extend(groups);
        self
    }

    /// A thing that is in ten groups leaves dynamic ones for it.
    #[must_use]
    pub const fn overriding_dynamic_groups(mut self) -> Self {
        self.override_dynamic_groups = true;
        self
    }

    /// The call for a thing: `UpdateThingGroupsForThing`.
    #[must_use]
    pub fn call(&self, thing: &ThingName) -> ApiCall {
        let names = |groups: &[GroupName]| -> Vec<_> {
            groups
                .iter()
                .map(|group| group.as_str().into())
                .collect::<Vec<serde_json::Value>>()
        };
        let arguments = json!({
            "thingName": thing.as_str(),
            "thingGroupsToAdd": names(&self.add),
            "thingGroupsToRemove": names(&self.remove),
            "overrideDynamicGroups": self.override_dynamic_groups,
        });
        ApiCall::iot("UpdateThingGroupsForThing", arguments)
    }
}
