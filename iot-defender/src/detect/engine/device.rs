//! The devices that an engine knows, each with a place of its own.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use iot_topics::GroupName;

/// A device of an engine. An id is not used again for another device.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DeviceId, Engine};
///
/// let mut engine = Engine::new();
/// let lamp: DeviceId = engine.set_device("lamp-7", true, []);
/// assert_eq!(engine.device("lamp-7", true), Some(lamp));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId {
    index: u32,
    generation: u32,
}

impl DeviceId {
    /// The place and its generation, as snapshots have them.
    pub(in crate::detect) const fn parts(self) -> (u32, u32) {
        (self.index, self.generation)
    }

    pub(in crate::detect) const fn of_parts((index, generation): (u32, u32)) -> Self {
        Self { index, generation }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) name: Box<str>,
    pub(super) is_registered: bool,
    pub(super) groups: Vec<GroupName>,
    /// Where it is in the profiles that are about it: the place of the profile, and its row there.
    pub(super) rows: Vec<(u32, u32)>,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    generation: u32,
    device: Option<Device>,
}

#[derive(Clone, Debug)]
pub(super) struct Devices {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// Those that are in the registry apart: a thing and a device of its name are two.
    names: [BTreeMap<Box<str>, u32>; 2],
}

impl Devices {
    pub(super) const EMPTY: Self = Self {
        slots: Vec::new(),
        free: Vec::new(),
        names: [BTreeMap::new(), BTreeMap::new()],
    };

    pub(super) fn find(&self, name: &str, is_registered: bool) -> Option<DeviceId> {
        let [unregistered, registered] = &self.names;
        let names = if is_registered {
            registered
        } else {
            unregistered
        };
        let index = *names.get(name)?;
        let slot = self.slots.get(index as usize)?;
        Some(DeviceId {
            index,
            generation: slot.generation,
        })
    }

    pub(super) fn insert(&mut self, name: &str, is_registered: bool) -> DeviceId {
        let index = self.free.pop().unwrap_or(self.slots.len() as u32);
        if index as usize == self.slots.len() {
            self.slots.push(Slot::default());
        }
        let mut generation = 0;
        if let Some(slot) = self.slots.get_mut(index as usize) {
            generation = slot.generation;
            slot.device = Some(Device {
                name: name.into(),
                is_registered,
                groups: Vec::new(),
                rows: Vec::new(),
            });
        }
        if let Some(names) = self.names.get_mut(usize::from(is_registered)) {
            names.insert(name.into(), index);
        }
        DeviceId { index, generation }
    }

    pub(super) fn remove(&mut self, id: DeviceId) -> Option<Device> {
        let slot = self.slots.get_mut(id.index as usize)?;
        if slot.generation != id.generation {
            return None;
        }
        let device = slot.device.take()?;
        // A place whose generations are used up is left empty.
        if let Some(next) = slot.generation.checked_add(1) {
            slot.generation = next;
            self.free.push(id.index);
        }
        if let Some(names) = self.names.get_mut(usize::from(device.is_registered)) {
            names.remove(&device.name);
        }
        Some(device)
    }

    pub(super) fn get(&self, id: DeviceId) -> Option<&Device> {
        let slot = self.slots.get(id.index as usize)?;
        let device = slot.device.as_ref();
        device.filter(|_| slot.generation == id.generation)
    }

    pub(super) fn get_mut(&mut self, id: DeviceId) -> Option<&mut Device> {
        let slot = self.slots.get_mut(id.index as usize)?;
        let is_current = slot.generation == id.generation;
        slot.device.as_mut().filter(|_| is_current)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (DeviceId, &mut Device)> {
        let slots = self.slots.iter_mut().enumerate();
        slots.filter_map(|(index, slot)| {
            let id = DeviceId {
                index: index as u32,
                generation: slot.generation,
            };
            Some((id, slot.device.as_mut()?))
        })
    }

    /// Each place: its generation, and who is there.
    pub(super) fn slots(&self) -> impl ExactSizeIterator<Item = (u32, Option<&Device>)> {
        let slots = self.slots.iter();
        slots.map(|slot| (slot.generation, slot.device.as_ref()))
    }

    /// The places that are given out next, the last first.
    pub(super) fn free(&self) -> &[u32] {
        &self.free
    }

    /// The id of who is in a place.
    pub(super) fn id_at(&self, index: u32) -> Option<DeviceId> {
        let slot = self.slots.get(index as usize)?;
        slot.device.as_ref()?;
        let generation = slot.generation;
        Some(DeviceId { index, generation })
    }

    /// Takes the next place back; `false` if somebody has the name.
    pub(super) fn push(&mut self, generation: u32, device: Option<Device>) -> bool {
        let index = self.slots.len() as u32;
        let mut is_new = true;
        if let Some(device) = &device
            && let Some(names) = self.names.get_mut(usize::from(device.is_registered))
        {
            is_new = names.insert(device.name.clone(), index).is_none();
        }
        self.slots.push(Slot { generation, device });
        is_new
    }

    /// Says which places are given out next; `false` unless these are those that are free.
    pub(super) fn set_free(&mut self, free: Vec<u32>) -> bool {
        let named: BTreeSet<u32> = free.iter().copied().collect();
        // One whose generations are used up may be free once more, or not.
        let fits = |(index, slot): (u32, &Slot)| {
            let is_free = named.contains(&index);
            match slot.device {
                Some(_) => !is_free,
                None => is_free || slot.generation == u32::MAX,
            }
        };
        let is_known = |index: &u32| (*index as usize) < self.slots.len();
        let fits = named.len() == free.len()
            && free.iter().all(is_known)
            && (0..).zip(&self.slots).all(fits);
        self.free = free;
        fits
    }
}
