//! The security profiles of an account, with its custom metrics and dimensions.
//!
//! Sources: API reference, `CreateSecurityProfile`, `DescribeSecurityProfile`,
//! `UpdateSecurityProfile`, `DeleteSecurityProfile`, `AttachSecurityProfile`,
//! `DetachSecurityProfile`; "AWS IoT Device Defender quotas".

mod definitions;
mod lists;
mod snapshot;
mod validation;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use self::definitions::Dated;
pub use self::validation::Validation;
use super::definitions::Definitions;
use super::dimension::Dimension;
use super::engine::{Engine, MAX_PROFILES_OF_TARGET};
use super::name::{CustomMetricName, DimensionName, ProfileName};
use super::profile::{ProfileUpdate, SecurityProfile};
use super::refusal::DetectError;
use super::target::{Target, TargetArn};
use crate::audit::seconds;
use crate::question::{given, needed};

/// A security profile as an account has it: with its ARN, its dates and its targets.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectError, SecurityProfiles};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
/// let request = json!({ "securityProfileName": "lamps" });
/// let defined = account.create(&request, Timestamp::from_millis(1_650_000_000_500))?;
/// assert_eq!(defined.profile().version(), 1);
/// assert_eq!(defined.arn(), "arn:aws:iot:us-east-1:123456789012:securityprofile/lamps");
/// assert_eq!(defined.describe()["creationDate"], 1_650_000_000.5);
/// assert!(defined.targets().is_empty());
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinedProfile {
    profile: SecurityProfile,
    arn: String,
    created: Timestamp,
    modified: Timestamp,
    targets: BTreeSet<Target>,
}

impl DefinedProfile {
    /// The profile.
    #[must_use]
    pub const fn profile(&self) -> &SecurityProfile {
        &self.profile
    }

    /// Its ARN.
    #[must_use]
    pub const fn arn(&self) -> &str {
        self.arn.as_str()
    }

    /// What it is attached to.
    #[must_use]
    pub const fn targets(&self) -> &BTreeSet<Target> {
        &self.targets
    }

    /// The answer of `DescribeSecurityProfile`, which is that of `UpdateSecurityProfile` too. Dates
    /// are seconds with a fraction.
    #[must_use]
    pub fn describe(&self) -> Value {
        let mut answer = json!(self.profile);
        if let Some(members) = answer.as_object_mut() {
            members.insert("securityProfileArn".into(), json!(self.arn));
            members.insert("creationDate".into(), seconds::write(self.created));
            members.insert("lastModifiedDate".into(), seconds::write(self.modified));
        }
        answer
    }

    fn identifier(&self) -> Value {
        json!({ "name": self.profile.name(), "arn": self.arn })
    }
}

/// The security profiles of an account, what they are attached to, and the custom metrics and
/// dimensions that they name.
///
/// It decides on requests; the [`Engine`] judges devices. [`tell`](Self::tell) brings an engine, or
/// each of those that share a fleet, to what the account has.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectError, Engine, SecurityProfiles, TargetArn};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_650_000_000);
/// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
/// account.create_custom_metric(&json!({
///     "metricName": "battery", "metricType": "number", "clientRequestToken": "1",
/// }), now)?;
/// account.create(&json!({
///     "securityProfileName": "lamps",
///     "behaviors": [{
///         "name": "Charged",
///         "metric": "battery",
///         "criteria": { "comparisonOperator": "greater-than", "value": { "number": 20 } },
///     }],
/// }), now)?;
/// let all: TargetArn = "arn:aws:iot:us-east-1:123456789012:all/registered-things".parse()?;
/// account.attach("lamps", &all)?;
///
/// let mut engine = Engine::new();
/// let lamp = engine.set_device("lamp-7", true, []);
/// account.tell(&mut engine);
/// assert_eq!(engine.profiles_of(lamp), [account.get("lamps").unwrap().profile()]);
///
/// let request = json!({
///     "securityProfileName": "lamps", "deleteBehaviors": true, "expectedVersion": 7,
/// });
/// let conflict = DetectError::VersionConflict { expected: 7, current: 1 };
/// assert_eq!(account.update(&request, now).unwrap_err(), conflict);
/// assert!(account.delete_custom_metric("battery").is_err()); // a behavior is about it
/// account.delete("lamps", Some(1))?;
/// account.delete_custom_metric("battery")?;
/// account.tell(&mut engine);
/// assert!(engine.profiles_of(lamp).is_empty());
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityProfiles {
    prefix: String,
    definitions: Definitions,
    // INVARIANT: these two are about all that is defined, and nothing else.
    metrics: BTreeMap<CustomMetricName, Dated>,
    dimensions: BTreeMap<DimensionName, Dated>,
    profiles: BTreeMap<ProfileName, DefinedProfile>,
    /// The profiles of each target that has one.
    // INVARIANT: the targets of the profiles, and at most five profiles of each.
    attached: BTreeMap<Target, BTreeSet<ProfileName>>,
}

impl SecurityProfiles {
    /// None yet. `prefix` is what the ARNs of the account begin with, up to and without the colon
    /// behind the number of the account.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.into(),
            definitions: Definitions::default(),
            metrics: BTreeMap::new(),
            dimensions: BTreeMap::new(),
            profiles: BTreeMap::new(),
            attached: BTreeMap::new(),
        }
    }

    /// The custom metrics and dimensions.
    ///
    /// # Examples
    ///
    /// ```
    /// let account = iot_defender::detect::SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// assert_eq!(account.definitions().dimensions().count(), 0);
    /// ```
    #[must_use]
    pub const fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// The profile of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&DefinedProfile> {
        self.profiles.get(name)
    }

    /// All, by name.
    ///
    /// # Examples
    ///
    /// ```
    /// let account = iot_defender::detect::SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// assert_eq!(account.iter().len(), 0);
    /// ```
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &DefinedProfile> {
        self.profiles.values()
    }

    /// `CreateSecurityProfile`: reads the request, `securityProfileName` included. Its answer is the
    /// name and the ARN.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is one of that name, or as for [`SecurityProfile::create`].
    pub fn create(
        &mut self,
        request: &Value,
        now: Timestamp,
    ) -> Result<&DefinedProfile, DetectError> {
        let name = profile_name(request)?;
        if self.profiles.contains_key(&name) {
            return Err(DetectError::Exists(name.as_str().into()));
        }
        let profile = SecurityProfile::create(name.clone(), request, &self.definitions)?;
        let defined = DefinedProfile {
            arn: format!("{}:securityprofile/{name}", self.prefix),
            profile,
            created: now,
            modified: now,
            targets: BTreeSet::new(),
        };
        Ok(self.profiles.entry(name).or_insert(defined))
    }

    /// `UpdateSecurityProfile`: reads the request, `securityProfileName` and `expectedVersion`
    /// included. What it says nothing of stays; the version is one more, whatever it changes.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is none of that name, it has another version than the request expects,
    /// or a member breaks its rule. Nothing is changed then.
    pub fn update(
        &mut self,
        request: &Value,
        now: Timestamp,
    ) -> Result<&DefinedProfile, DetectError> {
        const EXPECTED: &str = "expectedVersion";

        let name = profile_name(request)?;
        let not_found = || DetectError::NotFound(name.as_str().into());
        let defined = self.profiles.get_mut(&name).ok_or_else(not_found)?;
        let expected = match given(request, EXPECTED) {
            None => None,
            Some(version) => Some(version.as_u64().ok_or(DetectError::Member(EXPECTED))?),
        };
        let update = ProfileUpdate::from_json(request, &self.definitions)?;
        defined.profile.update(update, expected)?;
        defined.modified = defined.modified.max(now);
        Ok(defined)
    }

    /// `DeleteSecurityProfile`: detaches it from its targets too. It does nothing if there is none.
    ///
    /// # Errors
    ///
    /// [`DetectError::VersionConflict`]: it has another version than is expected.
    pub fn delete(&mut self, name: &str, expected: Option<u64>) -> Result<(), DetectError> {
        let Some(defined) = self.profiles.get(name) else {
            return Ok(());
        };
        let current = defined.profile.version();
        if let Some(expected) = expected.filter(|expected| *expected != current) {
            return Err(DetectError::VersionConflict { expected, current });
        }
        if let Some(defined) = self.profiles.remove(name) {
            for target in &defined.targets {
                self.loosen(name, target);
            }
        }
        Ok(())
    }

    /// `AttachSecurityProfile`. It does nothing if it is attached.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is no such profile, the target is not of this account and Region, or it
    /// has five others.
    pub fn attach(&mut self, profile: &str, target: &TargetArn) -> Result<(), DetectError> {
        let target = self.own(target)?.clone();
        self.fasten(profile, target)
    }

    /// `DetachSecurityProfile`. It does nothing if it is not attached.
    ///
    /// # Errors
    ///
    /// [`DetectError`]: there is no such profile, or the target is not of this account and Region.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, SecurityProfiles};
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let ours = "arn:aws:iot:us-east-1:123456789012:all/things";
    /// let error = account.detach("lamps", &ours.parse()?);
    /// assert_eq!(error, Err(DetectError::NotFound("lamps".into())));
    /// let foreign = "arn:aws:iot:us-east-1:999999999999:all/things";
    /// let error = account.detach("lamps", &foreign.parse()?);
    /// assert_eq!(error, Err(DetectError::Target(foreign.into())));
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn detach(&mut self, profile: &str, target: &TargetArn) -> Result<(), DetectError> {
        let target = self.own(target)?;
        let not_found = || DetectError::NotFound(profile.into());
        let defined = self.profiles.get_mut(profile).ok_or_else(not_found)?;
        if defined.targets.remove(target) {
            self.loosen(profile, target);
        }
        Ok(())
    }

    /// Brings an engine to the profiles of the account and to what they are attached to: what it has
    /// besides goes, what is as it should be keeps what is known of its devices. So an engine can be
    /// told after each call, or once after many, and one that begins gets all.
    ///
    /// What becomes of alarms is as for [`Engine::set_profile`]: those of a profile that is deleted,
    /// of behaviors that are gone or changed and of devices that no target means any more become
    /// invalid in the next step, all others go on. A profile that was deleted and made anew between
    /// two calls is taken for a new version.
    ///
    /// It compares each profile; the work beyond that grows with the devices of those that differ.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DetectError, Engine, SecurityProfiles};
    ///
    /// let mut account = SecurityProfiles::new("arn:aws:iot:us-east-1:123456789012");
    /// let request = serde_json::json!({ "securityProfileName": "lamps" });
    /// account.create(&request, Default::default())?;
    /// let mut engine = Engine::new();
    /// account.tell(&mut engine);
    /// assert!(engine.profile("lamps").is_some());
    /// # Ok::<(), DetectError>(())
    /// ```
    pub fn tell(&self, engine: &mut Engine) {
        let known = engine.profiles().map(SecurityProfile::name);
        let gone: Vec<ProfileName> = known
            .filter(|name| !self.profiles.contains_key(*name))
            .cloned()
            .collect();
        for name in gone {
            engine.remove_profile(name.as_str());
        }
        for (name, defined) in &self.profiles {
            if engine.profile(name.as_str()) != Some(&defined.profile) {
                engine.set_profile(&defined.profile);
            }
        }
        let targets = self.profiles.iter();
        engine.set_targets(targets.map(|(name, defined)| (name.as_str(), &defined.targets)));
    }

    fn fasten(&mut self, profile: &str, target: Target) -> Result<(), DetectError> {
        let not_found = || DetectError::NotFound(profile.into());
        let defined = self.profiles.get_mut(profile).ok_or_else(not_found)?;
        if defined.targets.contains(&target) {
            return Ok(());
        }
        let others = self.attached.get(&target).map_or(0, BTreeSet::len);
        if others >= MAX_PROFILES_OF_TARGET {
            return Err(DetectError::Limit("5 profiles of the target"));
        }
        let of_target = self.attached.entry(target.clone()).or_default();
        of_target.insert(defined.profile.name().clone());
        defined.targets.insert(target);
        Ok(())
    }

    fn loosen(&mut self, profile: &str, target: &Target) {
        if let Some(of_target) = self.attached.get_mut(target) {
            of_target.remove(profile);
            if of_target.is_empty() {
                self.attached.remove(target);
            }
        }
    }

    /// A target of this account and Region.
    fn own<'t>(&self, arn: &'t TargetArn) -> Result<&'t Target, DetectError> {
        let target = arn.target();
        if target.arn(&self.prefix) == arn.as_str() {
            Ok(target)
        } else {
            Err(DetectError::Target(arn.as_str().into()))
        }
    }

    /// The dimension of that name, as its values are now.
    fn dimension(&self, name: &str) -> Result<&Dimension, DetectError> {
        let dimension = self.definitions.dimension(name);
        dimension.ok_or_else(|| DetectError::NotFound(name.into()))
    }
}

fn profile_name(request: &Value) -> Result<ProfileName, DetectError> {
    Ok(needed(request, "securityProfileName")?)
}
