//! Policies by name: their versions, which one is in force, and what they are attached to.
//!
//! [`PolicyStore`] answers the calls of the policy part of the AWS IoT API. It is a value: `clone`
//! is a snapshot, equal stores are equal in every answer, and a call that is refused changes
//! nothing. Documents are read once and shared.
//!
//! Sources: API reference, `CreatePolicy` and the calls beside it; developer guide, "AWS IoT Core
//! policies"; "AWS IoT Core endpoints and quotas".
//!
//! # Examples
//!
//! ```
//! use iot_policy::store::{PolicyStore, PolicyTarget};
//! use iot_topics::Timestamp;
//!
//! let now = Timestamp::from_secs(1_700_000_000);
//! let mut store = PolicyStore::default();
//! let name = "Lamps".parse()?;
//! let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
//! store.create_policy(&name, text, now)?;
//! store.attach(&name, &PolicyTarget::Certificate("00".repeat(32).parse()?))?;
//!
//! let snapshot = store.clone();
//! assert!(store.create_policy(&name, text, now).is_err()); // the name is taken
//! assert_eq!(store, snapshot);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod limits;
mod target;
mod version;
mod view;

use alloc::collections::{BTreeMap, BTreeSet};
use core::time::Duration;

use iot_topics::{PolicyName, Timestamp};

pub use error::{DeleteConflict, InvalidRequest, StoreError};
pub use limits::StoreLimits;
pub(crate) use target::policy_arn;
pub use target::{CognitoIdentityId, GroupKind, PolicyTarget};
pub use version::{Policy, PolicyVersion, PolicyVersionId, PolicyVersionIdError};
pub use view::StoreView;

/// The policies of an account and what they are attached to.
///
/// Time never runs backwards for a policy: an earlier `now` counts as the latest that changed it.
///
/// # Examples
///
/// ```
/// use iot_policy::store::{PolicyStore, PolicyTarget, PolicyVersionId};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut store = PolicyStore::default();
/// assert_eq!(store.limits().versions, 5);
/// let name = "Sensors".parse()?;
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&name, text, now)?;
///
/// // A new version is unused until it is the default.
/// let second = store.create_version(&name, text, false, now)?;
/// assert_eq!(store.policy(&name)?.default_version().id().get(), 1);
/// store.set_default_version(&name, second, now)?;
/// assert_eq!(store.policy(&name)?.default_version().id().get(), 2);
///
/// store.attach(&name, &PolicyTarget::ThingGroup("room-7".parse()?))?;
/// let error = store.delete_policy(&name, now).unwrap_err();
/// assert_eq!(error.aws_name(), "DeleteConflictException");
/// // Taken apart again.
/// let target = PolicyTarget::ThingGroup("room-7".parse()?);
/// assert_eq!(store.attached_policies(&target).count(), 1);
/// assert!(store.detach(&name, &target, now));
/// assert!(!store.detach(&name, &target, now)); // it was not attached any more
/// store.delete_version(&name, PolicyVersionId::FIRST, now)?;
/// store.delete_policy(&name, now)?;
/// assert_eq!(store.policies().len(), 0);
/// assert_eq!(store.attached_policies(&target).count(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyStore {
    limits: StoreLimits,
    policies: BTreeMap<PolicyName, Policy>,
    /// The other direction of `Policy::targets`, without empty sets.
    attached: BTreeMap<PolicyTarget, BTreeSet<PolicyName>>,
    generation: u64,
}

impl PolicyStore {
    /// An empty store.
    #[must_use]
    pub const fn new(limits: StoreLimits) -> Self {
        Self {
            limits,
            policies: BTreeMap::new(),
            attached: BTreeMap::new(),
            generation: 0,
        }
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> &StoreLimits {
        &self.limits
    }

    /// `CreatePolicy`: a policy whose version 1 is the default.
    ///
    /// # Errors
    ///
    /// [`ResourceAlreadyExists`](StoreError::ResourceAlreadyExists), also for the same document;
    /// then [`MalformedPolicy`](StoreError::MalformedPolicy).
    pub fn create_policy(
        &mut self,
        name: &PolicyName,
        document: &str,
        now: Timestamp,
    ) -> Result<&Policy, StoreError> {
        if self.policies.contains_key(name) {
            return Err(StoreError::ResourceAlreadyExists(name.clone()));
        }
        let generation = self.generation.saturating_add(1);
        let limits = &self.limits.document;
        let policy = Policy::create(name.clone(), generation, document, limits, now)
            .map_err(StoreError::MalformedPolicy)?;
        self.generation = generation;
        Ok(self.policies.entry(name.clone()).or_insert(policy))
    }

    /// `CreatePolicyVersion`: a version with the next id, in force at once with `set_as_default`.
    ///
    /// # Errors
    ///
    /// [`ResourceNotFound`](StoreError::ResourceNotFound), then
    /// [`MalformedPolicy`](StoreError::MalformedPolicy), then
    /// [`VersionsLimitExceeded`](StoreError::VersionsLimitExceeded).
    pub fn create_version(
        &mut self,
        name: &PolicyName,
        document: &str,
        set_as_default: bool,
        now: Timestamp,
    ) -> Result<PolicyVersionId, StoreError> {
        let limits = self.limits;
        let policy = self.policy_mut(name)?;
        let full = || StoreError::VersionsLimitExceeded {
            policy: name.clone(),
            max: limits.versions,
        };
        let id = policy.next_id().ok_or_else(full)?;
        let version = policy
            .read_version(id, document, &limits.document, now)
            .map_err(StoreError::MalformedPolicy)?;
        if policy.versions().len() >= limits.versions {
            return Err(full());
        }
        policy.add(version.clone());
        if set_as_default {
            policy.set_default(version, limits.remembered_defaults, now);
        }
        Ok(id)
    }

    /// `SetDefaultPolicyVersion`: puts a version in force; nothing changes if it is already.
    ///
    /// # Errors
    ///
    /// [`ResourceNotFound`](StoreError::ResourceNotFound) for the policy or the version.
    pub fn set_default_version(
        &mut self,
        name: &PolicyName,
        id: PolicyVersionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let remembered = self.limits.remembered_defaults;
        let policy = self.policy_mut(name)?;
        let version = policy.version(id).cloned();
        let version = version.ok_or_else(|| not_found(name, Some(id)))?;
        policy.set_default(version, remembered, now);
        Ok(())
    }

    /// `DeletePolicyVersion`: removes a version that is not the default.
    ///
    /// # Errors
    ///
    /// [`ResourceNotFound`](StoreError::ResourceNotFound) for the policy or the version,
    /// [`DeleteConflict`](StoreError::DeleteConflict) for the default version.
    pub fn delete_version(
        &mut self,
        name: &PolicyName,
        id: PolicyVersionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let policy = self.policy_mut(name)?;
        if policy.version(id).is_none() {
            return Err(not_found(name, Some(id)));
        }
        if policy.default_version().id() == id {
            return Err(conflict(name, DeleteConflict::DefaultVersion(id)));
        }
        policy.remove(id, now);
        Ok(())
    }

    /// `DeletePolicy`: removes a policy and its default version.
    ///
    /// # Errors
    ///
    /// [`ResourceNotFound`](StoreError::ResourceNotFound);
    /// [`DeleteConflict`](StoreError::DeleteConflict) if it is attached, has other versions, or
    /// was detached less than [`detach_settling`](StoreLimits::detach_settling) ago.
    pub fn delete_policy(&mut self, name: &PolicyName, now: Timestamp) -> Result<(), StoreError> {
        let policy = self.policy(name)?;
        if policy.is_attached() {
            return Err(conflict(name, DeleteConflict::Attached));
        }
        if policy.versions().len() > 1 {
            return Err(conflict(name, DeleteConflict::OtherVersions));
        }
        let settled = |at: Timestamp| at.saturating_add(self.limits.detach_settling);
        if let Some(until) = policy.detached().map(settled).filter(|until| now < *until)
            && !self.limits.detach_settling.is_zero()
        {
            return Err(conflict(name, DeleteConflict::Detaching { until }));
        }
        self.policies.remove(name);
        Ok(())
    }

    /// `GetPolicy`: a policy by its name; its versions are `ListPolicyVersions`, its targets
    /// `ListTargetsForPolicy`.
    ///
    /// # Errors
    ///
    /// [`ResourceNotFound`](StoreError::ResourceNotFound).
    pub fn policy(&self, name: &PolicyName) -> Result<&Policy, StoreError> {
        self.policies.get(name).ok_or_else(|| not_found(name, None))
    }

    /// `GetPolicyVersion`: a version by its id.
    ///
    /// # Errors
    ///
    /// [`ResourceNotFound`](StoreError::ResourceNotFound) for the policy or the version.
    pub fn version(
        &self,
        name: &PolicyName,
        id: PolicyVersionId,
    ) -> Result<&PolicyVersion, StoreError> {
        let policy = self.policy(name)?;
        policy.version(id).ok_or_else(|| not_found(name, Some(id)))
    }

    /// `ListPolicies`: all policies, by name.
    #[must_use]
    pub fn policies(&self) -> impl ExactSizeIterator<Item = &Policy> {
        self.policies.values()
    }

    /// `AttachPolicy`. Nothing changes if the policy is attached to the target already. Whether
    /// the target exists is for the caller to know.
    ///
    /// # Errors
    ///
    /// [`ResourceNotFound`](StoreError::ResourceNotFound) for the policy,
    /// [`LimitExceeded`](StoreError::LimitExceeded) if the target has as many policies as it may.
    pub fn attach(&mut self, name: &PolicyName, target: &PolicyTarget) -> Result<(), StoreError> {
        let policy = self.policies.get_mut(name);
        let policy = policy.ok_or_else(|| not_found(name, None))?;
        let max = match target {
            PolicyTarget::Certificate(_) | PolicyTarget::CognitoIdentity(_) => {
                self.limits.policies_per_principal
            }
            PolicyTarget::ThingGroup(_) => self.limits.policies_per_group,
        };
        let attached = self.attached.get(target);
        if attached.is_some_and(|names| names.contains(name)) {
            return Ok(());
        }
        if attached.map_or(0, BTreeSet::len) >= max {
            let target = target.clone();
            return Err(StoreError::LimitExceeded { target, max });
        }
        policy.attach(target.clone());
        let names = self.attached.entry(target.clone()).or_default();
        names.insert(name.clone());
        Ok(())
    }

    /// `DetachPolicy`; says whether the policy was attached. The API model has no error for a
    /// policy that is not.
    pub fn detach(&mut self, name: &PolicyName, target: &PolicyTarget, now: Timestamp) -> bool {
        let Some(names) = self.attached.get_mut(target) else {
            return false;
        };
        let was_attached = names.remove(name);
        if names.is_empty() {
            self.attached.remove(target);
        }
        if let Some(policy) = self.policies.get_mut(name) {
            policy.detach(target, now);
        }
        was_attached
    }

    /// Detaches every policy from a target that ceases to exist.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::store::{PolicyStore, PolicyTarget};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let mut store = PolicyStore::default();
    /// let name = "Sensors".parse()?;
    /// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
    /// store.create_policy(&name, text, now)?;
    /// let device = PolicyTarget::Certificate("00".repeat(32).parse()?);
    /// store.attach(&name, &device)?;
    /// store.remove_target(&device, now); // the certificate is deleted
    /// assert_eq!(store.policy(&name)?.targets().count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove_target(&mut self, target: &PolicyTarget, now: Timestamp) {
        for name in self.attached.remove(target).unwrap_or_default() {
            if let Some(policy) = self.policies.get_mut(&name) {
                policy.detach(target, now);
            }
        }
    }

    /// `ListAttachedPolicies`: the policies attached to a target itself, by name.
    pub fn attached_policies(&self, target: &PolicyTarget) -> impl Iterator<Item = &Policy> {
        let names = self.attached.get(target).into_iter().flatten();
        names.filter_map(|name| self.policies.get(name))
    }

    /// The default versions: a change is in force at once, as users observe.
    #[must_use]
    pub const fn current(&self) -> StoreView<'_> {
        StoreView {
            store: self,
            instant: None,
        }
    }

    /// What was the default `staleness` ago: a change is in force later, as the developer guide
    /// says ("AWS IoT Core policies": 6 to 8 minutes), see [`Policy::effective_at`].
    ///
    /// # Examples
    ///
    /// ```
    /// use core::time::Duration;
    ///
    /// use iot_policy::store::{PolicyStore, PolicyVersionId};
    /// use iot_topics::Timestamp;
    ///
    /// let mut store = PolicyStore::default();
    /// let name = "Sensors".parse()?;
    /// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
    /// store.create_policy(&name, text, Timestamp::from_secs(0))?;
    /// let second = store.create_version(&name, text, true, Timestamp::from_secs(1_000))?;
    /// let policy = store.policy(&name)?;
    ///
    /// let now = Timestamp::from_secs(1_060);
    /// let at_once = store.current().version_of(policy).map(|version| version.id());
    /// assert_eq!(at_once, Some(second));
    /// let late = store.effective(now, Duration::from_secs(420));
    /// assert_eq!(late.version_of(policy).map(|version| version.id()), Some(PolicyVersionId::FIRST));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn effective(&self, now: Timestamp, staleness: Duration) -> StoreView<'_> {
        StoreView {
            store: self,
            instant: Some(now.saturating_sub(staleness)),
        }
    }

    fn policy_mut(&mut self, name: &PolicyName) -> Result<&mut Policy, StoreError> {
        let policy = self.policies.get_mut(name);
        policy.ok_or_else(|| not_found(name, None))
    }
}

fn not_found(name: &PolicyName, version: Option<PolicyVersionId>) -> StoreError {
    StoreError::ResourceNotFound {
        policy: name.clone(),
        version,
    }
}

fn conflict(name: &PolicyName, reason: DeleteConflict) -> StoreError {
    StoreError::DeleteConflict {
        policy: name.clone(),
        reason,
    }
}
