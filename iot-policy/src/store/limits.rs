//! How many policies, versions and groups there may be.

use core::time::Duration;

use crate::limits::DocumentLimits;

/// The quotas of a [`PolicyStore`](super::PolicyStore).
///
/// # Examples
///
/// ```
/// use iot_policy::store::{PolicyStore, StoreLimits};
///
/// let mut limits = StoreLimits::AWS_IOT;
/// assert_eq!(limits.policies_per_principal, 10);
/// limits.policies_per_principal = 20; // a raised quota
/// limits.detach_settling = StoreLimits::LONGEST_SETTLING; // what AWS may take
/// assert_eq!(PolicyStore::new(limits).limits(), &limits);
/// assert_eq!(StoreLimits::LONGEST_SETTLING.as_secs(), 5 * 60);
/// assert_eq!(StoreLimits::LONGEST_PROPAGATION.as_secs(), 8 * 60);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StoreLimits {
    /// The most versions of a policy.
    pub versions: usize,
    /// The most policies attached to a certificate or an Amazon Cognito identity.
    pub policies_per_principal: usize,
    /// The most policies attached to a static thing group.
    pub policies_per_group: usize,
    /// How long a document may be.
    pub document: DocumentLimits,
    /// The most groups that a thing is in directly.
    pub groups_per_thing: usize,
    /// The most groups from a root group down to a leaf, both counted.
    pub group_depth: usize,
    /// The most changes of the default version that a policy remembers; at least one is kept.
    pub remembered_defaults: usize,
    /// How long after the last detachment a policy cannot be deleted yet.
    pub detach_settling: Duration,
}

impl StoreLimits {
    /// AWS IoT Core: 5 versions, 10 policies a certificate or identity, 2 a static group, 10
    /// groups a thing, 7 levels of groups ("AWS IoT Core endpoints and quotas"; developer guide,
    /// "Static thing groups"), documents within [`DocumentLimits::AWS_IOT`]. The API reference
    /// says of `DetachPolicy` that it *can* take up to
    /// [`LONGEST_SETTLING`](Self::LONGEST_SETTLING); here a detachment counts at once. 16 changes
    /// of the default are remembered.
    pub const AWS_IOT: Self = Self {
        versions: 5,
        policies_per_principal: 10,
        policies_per_group: 2,
        document: DocumentLimits::AWS_IOT,
        groups_per_thing: 10,
        group_depth: 7,
        remembered_defaults: 16,
        detach_settling: Duration::ZERO,
    };

    /// Five minutes: for [`detach_settling`](Self::detach_settling), to see the longest wait that
    /// AWS documents (API reference, `DetachPolicy`).
    pub const LONGEST_SETTLING: Duration = Duration::from_secs(300);

    /// Eight minutes: a staleness to see the longest delay that AWS documents for a change of a
    /// policy (developer guide, "AWS IoT Core policies").
    pub const LONGEST_PROPAGATION: Duration = Duration::from_secs(480);
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self::AWS_IOT
    }
}
