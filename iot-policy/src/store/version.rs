//! One policy: its versions, and which of them was the default when.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;
use core::time::Duration;

use iot_topics::{PolicyName, Timestamp};

use super::target::PolicyTarget;
use crate::document::PolicyDocument;
use crate::error::PolicyError;
use crate::limits::DocumentLimits;

/// The id of a version: 1, 2, 3, ... An id is never given to another version of the policy.
///
/// # Examples
///
/// ```
/// use iot_policy::store::PolicyVersionId;
///
/// let id: PolicyVersionId = "2".parse()?;
/// assert_eq!(id.get(), 2);
/// assert!("02".parse::<PolicyVersionId>().is_err());
/// assert_eq!(PolicyVersionId::new(1), Some(PolicyVersionId::FIRST));
/// assert_eq!(PolicyVersionId::new(0), None);
/// # Ok::<(), iot_policy::store::PolicyVersionIdError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyVersionId(NonZeroU64);

impl PolicyVersionId {
    /// `1`, the version that a policy is created with.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The id with this number; none for 0.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

impl fmt::Display for PolicyVersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PolicyVersionId {
    type Err = PolicyVersionIdError;

    /// Reads the decimal form, without sign or leading zeros.
    fn from_str(text: &str) -> Result<Self, PolicyVersionIdError> {
        let canonical = text.starts_with(|first: char| matches!(first, '1'..='9'));
        let number = text.parse().ok().filter(|_| canonical);
        number.and_then(Self::new).ok_or(PolicyVersionIdError)
    }
}

/// The text is not the id of a version.
///
/// # Examples
///
/// ```
/// use iot_policy::store::{PolicyVersionId, PolicyVersionIdError};
///
/// for text in ["0", "-1", "v1", ""] {
///     let error: PolicyVersionIdError = text.parse::<PolicyVersionId>().unwrap_err();
///     assert_eq!(error.to_string(), "not the id of a policy version");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not the id of a policy version")]
#[non_exhaustive]
pub struct PolicyVersionIdError;

/// One version of a policy. Its document is read once; clones share it.
///
/// # Examples
///
/// ```
/// use iot_policy::store::{PolicyStore, PolicyVersionId};
/// use iot_topics::Timestamp;
///
/// let mut store = PolicyStore::default();
/// let name = "Sensors".parse()?;
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&name, text, Timestamp::from_secs(7))?;
/// let version = store.version(&name, PolicyVersionId::FIRST)?;
/// assert_eq!(version.id(), PolicyVersionId::FIRST);
/// assert_eq!(version.text(), text);
/// assert_eq!(version.document().statements().len(), 1);
/// assert_eq!(version.created(), Timestamp::from_secs(7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    id: PolicyVersionId,
    text: Arc<str>,
    document: Arc<PolicyDocument>,
    created: Timestamp,
}

impl PolicyVersion {
    fn read(
        id: PolicyVersionId,
        text: &str,
        limits: &DocumentLimits,
        now: Timestamp,
    ) -> Result<Self, PolicyError> {
        let document = PolicyDocument::from_json_with(text, limits)?;
        Ok(Self {
            id,
            text: text.into(),
            document: Arc::new(document),
            created: now,
        })
    }

    /// The id.
    #[must_use]
    pub const fn id(&self) -> PolicyVersionId {
        self.id
    }

    /// The document as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The document.
    #[must_use]
    pub const fn document(&self) -> &Arc<PolicyDocument> {
        &self.document
    }

    /// When the version was created.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.created
    }
}

/// A policy: one to five versions, one of which is the default, the one in force.
///
/// # Examples
///
/// ```
/// use iot_policy::store::{PolicyStore, PolicyVersionId};
/// use iot_topics::Timestamp;
///
/// let mut store = PolicyStore::default();
/// let name = "Sensors".parse()?;
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// let policy = store.create_policy(&name, text, Timestamp::from_secs(7))?;
/// assert_eq!(policy.default_version().id(), PolicyVersionId::FIRST);
/// assert_eq!(policy.default_version().text(), text);
/// assert_eq!(policy.versions().count(), 1);
/// assert_eq!((policy.created(), policy.modified()), (Timestamp::from_secs(7), Timestamp::from_secs(7)));
/// assert!(policy.version(PolicyVersionId::FIRST).is_some());
/// assert_eq!(policy.targets().count(), 0); // attached to nothing yet
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    name: PolicyName,
    generation: u64,
    /// The version in force, which is also in `versions`.
    default: PolicyVersion,
    versions: BTreeMap<PolicyVersionId, PolicyVersion>,
    last_id: PolicyVersionId,
    /// The changes of the default, the oldest first. A version that was deleted since stays here.
    // INVARIANT: `since` grows from one to the next; the last one is `default`.
    history: Vec<DefaultChange>,
    targets: BTreeSet<PolicyTarget>,
    created: Timestamp,
    modified: Timestamp,
    detached: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct DefaultChange {
    since: Timestamp,
    version: PolicyVersion,
}

impl Policy {
    pub(super) fn create(
        name: PolicyName,
        generation: u64,
        text: &str,
        limits: &DocumentLimits,
        now: Timestamp,
    ) -> Result<Self, PolicyError> {
        let version = PolicyVersion::read(PolicyVersionId::FIRST, text, limits, now)?;
        Ok(Self {
            name,
            generation,
            default: version.clone(),
            versions: BTreeMap::from([(version.id, version.clone())]),
            last_id: version.id,
            history: Vec::from([DefaultChange {
                since: now,
                version,
            }]),
            targets: BTreeSet::new(),
            created: now,
            modified: now,
            detached: None,
        })
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &PolicyName {
        &self.name
    }

    /// A number that tells the policy from others that had its name before.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::store::PolicyStore;
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(7);
    /// let mut store = PolicyStore::default();
    /// let name = "Sensors".parse()?;
    /// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
    /// let first = store.create_policy(&name, text, now)?.generation();
    /// store.delete_policy(&name, now)?;
    /// assert_ne!(store.create_policy(&name, text, now)?.generation(), first);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The version in force.
    #[must_use]
    pub const fn default_version(&self) -> &PolicyVersion {
        &self.default
    }

    /// A version by its id.
    #[must_use]
    pub fn version(&self, id: PolicyVersionId) -> Option<&PolicyVersion> {
        self.versions.get(&id)
    }

    /// The versions, the oldest first.
    #[must_use]
    pub fn versions(&self) -> impl ExactSizeIterator<Item = &PolicyVersion> {
        self.versions.values()
    }

    /// What the policy is attached to, in the order of [`PolicyTarget`].
    #[must_use]
    pub fn targets(&self) -> impl ExactSizeIterator<Item = &PolicyTarget> {
        self.targets.iter()
    }

    /// When the policy was created.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.created
    }

    /// When its versions were last changed.
    #[must_use]
    pub const fn modified(&self) -> Timestamp {
        self.modified
    }

    /// The version that was the default at `now - staleness`, even if it was deleted since; none
    /// if the policy was created later.
    ///
    /// So one can see what a change does while AWS IoT still goes by the old version, for 6 to 8
    /// minutes (developer guide, "AWS IoT Core policies"). An instant before the oldest change
    /// that is remembered is answered with that change.
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
    /// let at = |secs, staleness| {
    ///     let version = policy.effective_at(Timestamp::from_secs(secs), Duration::from_secs(staleness));
    ///     version.map(|version| version.id())
    /// };
    /// assert_eq!(at(1_000, 0), Some(second));
    /// assert_eq!(at(1_000, 360), Some(PolicyVersionId::FIRST)); // six minutes behind
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn effective_at(&self, now: Timestamp, staleness: Duration) -> Option<&PolicyVersion> {
        self.default_at(now.saturating_sub(staleness))
    }

    pub(super) fn default_at(&self, instant: Timestamp) -> Option<&PolicyVersion> {
        if instant < self.created {
            return None;
        }
        let later = self
            .history
            .partition_point(|change| change.since <= instant);
        let change = self.history.get(later.saturating_sub(1));
        Some(change.map_or(&self.default, |change| &change.version))
    }

    /// The id for the next version; none if they are used up.
    pub(super) const fn next_id(&self) -> Option<PolicyVersionId> {
        self.last_id.next()
    }

    pub(super) fn read_version(
        &self,
        id: PolicyVersionId,
        text: &str,
        limits: &DocumentLimits,
        now: Timestamp,
    ) -> Result<PolicyVersion, PolicyError> {
        PolicyVersion::read(id, text, limits, now.max(self.modified))
    }

    pub(super) fn add(&mut self, version: PolicyVersion) {
        self.modified = version.created;
        self.last_id = version.id;
        self.versions.insert(version.id, version);
    }

    pub(super) fn remove(&mut self, id: PolicyVersionId, now: Timestamp) {
        self.modified = now.max(self.modified);
        self.versions.remove(&id);
    }

    pub(super) fn set_default(
        &mut self,
        version: PolicyVersion,
        remembered: usize,
        now: Timestamp,
    ) {
        if self.default.id == version.id {
            return;
        }
        // Time never runs backwards: an earlier `now` counts as the latest one seen.
        let since = now.max(self.modified);
        self.modified = since;
        self.default = version.clone();
        self.history.retain(|change| change.since < since);
        self.history.push(DefaultChange { since, version });
        let surplus = self.history.len().saturating_sub(remembered.max(1));
        self.history.drain(..surplus);
    }

    pub(super) fn is_attached(&self) -> bool {
        !self.targets.is_empty()
    }

    pub(super) fn attach(&mut self, target: PolicyTarget) {
        self.targets.insert(target);
    }

    pub(super) fn detach(&mut self, target: &PolicyTarget, now: Timestamp) {
        if self.targets.remove(target) {
            self.detached = self.detached.max(Some(now));
        }
    }

    /// When the last detachment was.
    pub(super) const fn detached(&self) -> Option<Timestamp> {
        self.detached
    }
}
