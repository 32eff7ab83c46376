//! What an engine knows, to be read.

use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::super::profile::SecurityProfile;
use super::super::violation::ListedEvent;
use super::{DeviceId, Engine, time_of};

impl Engine {
    /// The end of the newest step that was judged; 1970 if there was none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Engine, NearestRank, NoModels};
    /// use iot_topics::Timestamp;
    ///
    /// let mut engine = Engine::new();
    /// assert_eq!(engine.newest_step(), Timestamp::from_secs(0));
    /// let now = Timestamp::from_secs(1_573_786_836);
    /// assert!(engine.step(now, &[], &mut NearestRank, &NoModels).is_empty());
    /// assert_eq!(engine.newest_step(), Timestamp::from_secs(1_573_786_800));
    /// ```
    #[must_use]
    pub const fn newest_step(&self) -> Timestamp {
        time_of(self.now)
    }

    /// A profile, in the version that it has here.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(iot_defender::detect::Engine::new().profile("lamps").is_none());
    /// ```
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<&SecurityProfile> {
        self.profile_at(*self.names.get(name)?)
    }

    /// The profiles, by name.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iot_defender::detect::Engine::new().profiles().count(), 0);
    /// ```
    pub fn profiles(&self) -> impl Iterator<Item = &SecurityProfile> {
        let places = self.names.values();
        places.filter_map(|place| self.profile_at(*place))
    }

    /// The profiles that are about a device, by name.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Definitions, DetectError, Engine, SecurityProfile, Target};
    ///
    /// let none = serde_json::json!({});
    /// let profile = SecurityProfile::create("lamps".parse()?, &none, &Definitions::default())?;
    /// let mut engine = Engine::new();
    /// let lamp = engine.set_device("lamp-7", true, []);
    /// engine.set_profile(&profile);
    /// assert!(engine.profiles_of(lamp).is_empty());
    /// engine.attach("lamps", Target::Registered)?;
    /// assert_eq!(engine.profiles_of(lamp), [&profile]);
    /// # Ok::<(), DetectError>(())
    /// ```
    #[must_use]
    pub fn profiles_of(&self, device: DeviceId) -> Vec<&SecurityProfile> {
        let rows = self.devices.get(device).map(|device| &device.rows);
        let places = rows.into_iter().flatten().map(|(place, _)| *place);
        let mut profiles: Vec<_> = places.filter_map(|place| self.profile_at(place)).collect();
        profiles.sort_unstable_by_key(|profile| profile.name());
        profiles
    }

    /// The name of a device, and whether it is in the registry.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut engine = iot_defender::detect::Engine::new();
    /// let lamp = engine.set_device("lamp-7", true, []);
    /// assert_eq!(engine.name_of(lamp), Some(("lamp-7", true)));
    /// ```
    #[must_use]
    pub fn name_of(&self, device: DeviceId) -> Option<(&str, bool)> {
        let device = self.devices.get(device)?;
        Some((&device.name, device.is_registered))
    }

    /// The events from that number and that time on, with their numbers.
    pub(in crate::detect) fn events_from(
        &self,
        number: u64,
        start: Timestamp,
    ) -> Option<impl Iterator<Item = (u64, ListedEvent<'_>)>> {
        self.history.events_from(number, start)
    }

    fn profile_at(&self, place: u32) -> Option<&SecurityProfile> {
        let machine = self.machines.get(place as usize)?.as_ref()?;
        Some(&machine.profile)
    }
}
