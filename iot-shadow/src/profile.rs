//! What can be set, and the two settings that exist in the field.

use core::time::Duration;

/// The rules of a shadow service that are not the same everywhere.
///
/// # Examples
///
/// ```
/// use iot_shadow::{DeltaPolicy, Profile};
///
/// let mut profile = Profile::aws();
/// assert_eq!(profile.max_document_bytes, 8_192);
/// profile.max_document_bytes = 30_720; // a quota that an account may raise
/// assert_eq!(profile.delta_policy, DeltaPolicy::WheneverDiffers);
/// assert_eq!(Profile::greengrass().max_depth, 6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// Levels of a section: the keys and indices on its longest path. AWS IoT has had 5, 6 and 8.
    pub max_depth: usize,
    /// Bytes of `desired` and `reported` together as compact JSON, after the merge. A document has
    /// at most 16 MiB, whatever is written here: the most that is read as JSON.
    pub max_document_bytes: usize,
    /// When a delta is published.
    pub delta_policy: DeltaPolicy,
    /// What becomes of an object below a section that nothing is left of.
    pub empty_objects: EmptyObjects,
    /// What `"desired": {}` does to a section that has members.
    pub empty_section: EmptySection,
    /// Whether a rejection tells the time.
    pub rejected_timestamp: bool,
    /// Whether the answer to a get has the metadata of the delta too.
    pub metadata_delta_in_get: bool,
    /// Whether null may stand in an array.
    pub null_in_arrays: NullInArrays,
    /// How long after a deletion the version goes on counting, inclusive; `None` if it never does.
    pub tombstone_ttl: Option<Duration>,
    /// How much higher than the deleted version the first one after it is, if it goes on counting;
    /// at least 1. A request that names a version names the one before that first one.
    pub recreate_gap: u64,
    /// What becomes of members of `state` other than `desired` and `reported`.
    pub unknown_state_member: UnknownMember,
    /// Whether the name of a shadow may hold `$`.
    pub shadow_name_dollar: bool,
}

/// When a delta is published.
///
/// # Examples
///
/// ```
/// use iot_shadow::{DeltaPolicy, Operation, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let mut profile = Profile::aws();
/// profile.delta_policy = DeltaPolicy::OnSectionChange;
/// let (mut shadow, now) = (Shadow::default(), Timestamp::from_secs(7));
/// let payload = br#"{"state":{"desired":{"on":true}}}"#;
/// let mut messages = || {
///     let outcome = shadow.handle(Operation::Update, payload, now, &profile);
///     outcome.messages().count()
/// };
/// assert_eq!(messages(), 3);
/// assert_eq!(messages(), 2, "nothing has changed: no delta, though one is pending");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeltaPolicy {
    /// After every accepted update that leaves a difference: what message logs of AWS IoT show.
    WheneverDiffers,
    /// Only if that update changed the value of a section.
    OnSectionChange,
}

/// What becomes of an object below a section that nothing is left of.
///
/// # Examples
///
/// ```
/// use iot_shadow::{EmptyObjects, Operation, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let mut profile = Profile::aws();
/// profile.empty_objects = EmptyObjects::Prune;
/// let (mut shadow, now) = (Shadow::default(), Timestamp::from_secs(7));
/// for payload in [&br#"{"state":{"reported":{"a":1,"d":{"x":1}}}}"#[..], br#"{"state":{"reported":{"d":{"x":null}}}}"#] {
///     shadow.handle(Operation::Update, payload, now, &profile);
/// }
/// let reported = shadow.document().and_then(|document| document.reported());
/// assert_eq!(reported.map(|reported| reported.as_str()), Some(r#"{"a":1}"#));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmptyObjects {
    /// It stays, as in AWS IoT.
    Keep,
    /// It goes, as in Greengrass.
    Prune,
}

/// What an empty section of a request does.
///
/// # Examples
///
/// ```
/// use iot_shadow::{EmptySection, Operation, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let mut profile = Profile::aws();
/// profile.empty_section = EmptySection::Clear;
/// let (mut shadow, now) = (Shadow::default(), Timestamp::from_secs(7));
/// for payload in [&br#"{"state":{"reported":{"a":1}}}"#[..], br#"{"state":{"reported":{}}}"#] {
///     shadow.handle(Operation::Update, payload, now, &profile);
/// }
/// assert_eq!(shadow.document().map(|document| document.reported()), Some(None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmptySection {
    /// Nothing: there is nothing to merge.
    NoOp,
    /// It removes the section, as in Greengrass.
    Clear,
}

/// Whether null may stand in an array.
///
/// # Examples
///
/// ```
/// use iot_shadow::{NullInArrays, Operation, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let mut profile = Profile::aws();
/// profile.null_in_arrays = NullInArrays::Keep;
/// let (mut shadow, now) = (Shadow::default(), Timestamp::from_secs(7));
/// let payload = br#"{"state":{"reported":{"list":[null,1]}}}"#;
/// assert_eq!(shadow.handle(Operation::Update, payload, now, &Profile::aws()).code(), 400);
/// assert_eq!(shadow.handle(Operation::Update, payload, now, &profile).code(), 200);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NullInArrays {
    /// The request is rejected (developer guide, Device Shadow service documents).
    Reject,
    /// It is a value like others, as in Greengrass.
    Keep,
}

/// What becomes of members of `state` that are not its sections.
///
/// # Examples
///
/// ```
/// use iot_shadow::{UnknownMember, Operation, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let mut profile = Profile::aws();
/// profile.unknown_state_member = UnknownMember::Ignore;
/// let (mut shadow, now) = (Shadow::default(), Timestamp::from_secs(7));
/// let payload = br#"{"state":{"delta":{"a":1}}}"#;
/// assert_eq!(shadow.handle(Operation::Update, payload, now, &Profile::aws()).code(), 400);
/// assert_eq!(shadow.handle(Operation::Update, payload, now, &profile).code(), 200);
/// assert_eq!(shadow.document().map(|document| document.state().as_str()), Some("{}"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownMember {
    /// The request is rejected.
    Reject,
    /// They are dropped, as in Greengrass.
    Ignore,
}

impl Profile {
    /// AWS IoT Core.
    #[must_use]
    pub const fn aws() -> Self {
        Self {
            max_depth: 8,
            max_document_bytes: 8_192,
            delta_policy: DeltaPolicy::WheneverDiffers,
            empty_objects: EmptyObjects::Keep,
            empty_section: EmptySection::NoOp,
            rejected_timestamp: false,
            metadata_delta_in_get: false,
            null_in_arrays: NullInArrays::Reject,
            tombstone_ttl: Some(Duration::from_secs(48 * 60 * 60)),
            recreate_gap: 2,
            unknown_state_member: UnknownMember::Reject,
            shadow_name_dollar: true,
        }
    }

    /// The local shadow service of AWS IoT Greengrass, without its defects: the README tells which.
    #[must_use]
    pub const fn greengrass() -> Self {
        Self {
            max_depth: 6,
            empty_objects: EmptyObjects::Prune,
            empty_section: EmptySection::Clear,
            rejected_timestamp: true,
            null_in_arrays: NullInArrays::Keep,
            tombstone_ttl: None,
            unknown_state_member: UnknownMember::Ignore,
            shadow_name_dollar: false,
            ..Self::aws()
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::aws()
    }
}
