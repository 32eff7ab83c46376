//! Compiled policies, shared by the connections that they apply to.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use super::effective::{EffectivePolicies, PolicySetKey};
use crate::set::PolicySet;

/// The compiled sets that connections hold: a million devices with the same attachments share one.
///
/// For the policies of one store, whose generations and version ids the keys hold.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::{EffectivePolicies, SharedSets};
/// use std::sync::Arc;
///
/// let mut sets = SharedSets::default();
/// let first = sets.get(&EffectivePolicies::default());
/// let second = sets.get(&EffectivePolicies::default());
/// assert!(Arc::ptr_eq(&first, &second));
/// assert_eq!(sets.len(), 1);
///
/// drop((first, second));
/// sets.prune();
/// assert!(sets.is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct SharedSets {
    sets: BTreeMap<PolicySetKey, Arc<PolicySet>>,
}

impl SharedSets {
    /// The compiled form of these policies; compiles at the first call for a key.
    pub fn get(&mut self, policies: &EffectivePolicies) -> Arc<PolicySet> {
        let set = self.sets.entry(policies.key());
        Arc::clone(set.or_insert_with(|| Arc::new(policies.compile())))
    }

    /// Forgets the sets that nobody else holds.
    pub fn prune(&mut self) {
        self.sets.retain(|_, set| Arc::strong_count(set) > 1);
    }

    /// How many sets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether there is no set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }
}
