//! Which profiles are attached to a target: what a device is in leads to its profiles, however many
//! others there are.

use alloc::collections::{BTreeMap, BTreeSet};

use iot_topics::GroupName;

use super::super::target::Target;
use super::device::Device;

/// Profiles of a target ("AWS IoT Device Defender quotas").
pub(in crate::detect) const MAX_PROFILES_OF_TARGET: usize = 5;

/// The places of profiles.
type Places = BTreeSet<u32>;

#[derive(Clone, Debug)]
pub(super) struct Attached {
    all: Places,
    registered: Places,
    unregistered: Places,
    groups: BTreeMap<GroupName, Places>,
}

impl Attached {
    pub(super) const EMPTY: Self = Self {
        all: Places::new(),
        registered: Places::new(),
        unregistered: Places::new(),
        groups: BTreeMap::new(),
    };

    /// Says `false`, and does nothing, if the target has as many others as it can have.
    pub(super) fn attach(&mut self, target: &Target, place: u32) -> bool {
        let places = match target {
            Target::All => &mut self.all,
            Target::Registered => &mut self.registered,
            Target::Unregistered => &mut self.unregistered,
            Target::Group(name) => self.groups.entry(name.clone()).or_default(),
        };
        if places.len() >= MAX_PROFILES_OF_TARGET && !places.contains(&place) {
            return false;
        }
        places.insert(place);
        true
    }

    pub(super) fn detach(&mut self, target: &Target, place: u32) {
        let places = match target {
            Target::All => &mut self.all,
            Target::Registered => &mut self.registered,
            Target::Unregistered => &mut self.unregistered,
            Target::Group(name) => {
                if let Some(places) = self.groups.get_mut(name) {
                    places.remove(&place);
                    if places.is_empty() {
                        self.groups.remove(name);
                    }
                }
                return;
            }
        };
        places.remove(&place);
    }

    /// The profiles that are about a device. Those of several of its targets come several times.
    pub(super) fn of<'a>(&'a self, device: &'a Device) -> impl Iterator<Item = u32> + 'a {
        let (own, groups) = if device.is_registered {
            (&self.registered, device.groups.as_slice())
        } else {
            (&self.unregistered, [].as_slice())
        };
        let of_groups = groups.iter().filter_map(|name| self.groups.get(name));
        [&self.all, own]
            .into_iter()
            .chain(of_groups)
            .flatten()
            .copied()
    }
}
