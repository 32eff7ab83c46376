//! The policies that are in force, now or as a service that lags behind sees them.

use iot_topics::Timestamp;

use super::{Policy, PolicyStore, PolicyTarget, PolicyVersion};

/// A store as of an instant: which version of each policy is in force.
///
/// Attachments count at once; the versions are those of the instant.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_policy::store::{PolicyStore, PolicyTarget, PolicyVersionId};
/// use iot_topics::Timestamp;
///
/// let mut store = PolicyStore::default();
/// let name = "Sensors".parse()?;
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&name, text, Timestamp::from_secs(0))?;
/// store.create_version(&name, text, true, Timestamp::from_secs(1_000))?;
/// let target = PolicyTarget::ThingGroup("room-7".parse()?);
/// store.attach(&name, &target)?;
///
/// // As observed: a change is in force at once.
/// let (_, now) = store.current().attached(&target).next().unwrap();
/// assert_eq!(now.id().get(), 2);
/// // As documented: a minute after the change the version of seven minutes ago is in force.
/// let view = store.effective(Timestamp::from_secs(1_060), Duration::from_secs(420));
/// let (_, then) = view.attached(&target).next().unwrap();
/// assert_eq!(then.id(), PolicyVersionId::FIRST);
/// assert_eq!(view.version_of(store.policy(&name)?).map(|version| version.id()), Some(then.id()));
/// assert_eq!(view.store().policies().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StoreView<'a> {
    pub(super) store: &'a PolicyStore,
    /// None: whatever is the default.
    pub(super) instant: Option<Timestamp>,
}

impl<'a> StoreView<'a> {
    /// The store.
    #[must_use]
    pub const fn store(&self) -> &'a PolicyStore {
        self.store
    }

    /// The version of a policy that is in force; none if the policy is too young.
    #[must_use]
    pub fn version_of(&self, policy: &'a Policy) -> Option<&'a PolicyVersion> {
        match self.instant {
            None => Some(policy.default_version()),
            Some(instant) => policy.default_at(instant),
        }
    }

    /// The policies that are attached to a target, by name, with the version in force.
    pub fn attached(
        &self,
        target: &PolicyTarget,
    ) -> impl Iterator<Item = (&'a Policy, &'a PolicyVersion)> {
        let view = *self;
        self.store
            .attached_policies(target)
            .filter_map(move |policy| Some((policy, view.version_of(policy)?)))
    }
}
