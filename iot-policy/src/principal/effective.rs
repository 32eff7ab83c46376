//! The policies that apply to a connection, and by which way each of them does.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use iot_topics::{CertificateId, GroupName, PolicyName, ThingName};
use serde::Serialize;

use super::Principal;
use super::groups::{GroupError, GroupResolver, way_to_group, ways_to_thing};
use crate::context::Context;
use crate::document::PolicyDocument;
use crate::resource::ArnScope;
use crate::set::PolicySet;
use crate::store::{
    CognitoIdentityId, Policy, PolicyTarget, PolicyVersion, PolicyVersionId, StoreView, policy_arn,
};

/// The policies of a [`PolicyStore`](crate::store::PolicyStore) that apply to a connection, by
/// name, each once.
///
/// They are those attached to the principal, those of the static groups that the thing of the
/// connection is in, and those of all groups above (developer guide, "Thing groups"). Without a
/// thing, groups do not count: *for the policy to take effect, the client id and the thing name
/// must match* ("AWS IoT Core policies").
///
/// # Examples
///
/// ```
/// use iot_policy::principal::{EffectivePolicies, Principal, StaticGroups, Via};
/// use iot_policy::store::{PolicyStore, PolicyTarget};
/// use iot_policy::{ArnScope, Context, Thing};
/// use iot_topics::Timestamp;
///
/// let mut store = PolicyStore::default();
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&"Rooms".parse()?, text, Timestamp::default())?;
/// store.attach(&"Rooms".parse()?, &PolicyTarget::ThingGroup("floor-1".parse()?))?;
///
/// let mut groups = StaticGroups::default();
/// groups.add_group("room-7".parse()?, Some("floor-1".parse()?));
/// groups.add_thing("lamp".parse()?, "room-7".parse()?);
///
/// let principal = Principal::Certificate("00".repeat(32).parse()?);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_thing(Thing::attached("lamp"));
///
/// let as_thing = context.with_client_id("lamp");
/// let policies = EffectivePolicies::of_connection(store.current(), &principal, &as_thing, &groups)?;
/// let policy = &policies.as_slice()[0];
/// assert_eq!(policy.name().as_str(), "Rooms");
/// assert!(matches!(&policy.ways()[0], Via::Ancestor { group, .. } if group.as_str() == "floor-1"));
///
/// assert_eq!(policies.compile().policies().len(), 1);
/// assert_eq!(policies.iter().count(), policies.to_response(&scope).effective_policies.len());
/// let key = policies.key();
///
/// let as_other = context.with_client_id("something else");
/// let policies = EffectivePolicies::of_connection(store.current(), &principal, &as_other, &groups)?;
/// assert!(policies.as_slice().is_empty());
/// assert_ne!(policies.key(), key);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectivePolicies {
    policies: Vec<EffectivePolicy>,
}

/// A policy that applies, in the version that is in force.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::{EffectivePolicies, Principal, StaticGroups, Via};
/// use iot_policy::store::{PolicyStore, PolicyVersionId};
/// use iot_topics::Timestamp;
///
/// let mut store = PolicyStore::default();
/// let name = "Lamps".parse()?;
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&name, text, Timestamp::default())?;
/// let principal = Principal::Certificate("00".repeat(32).parse()?);
/// store.attach(&name, &principal.target().ok_or("no target")?)?;
///
/// let none = StaticGroups::default();
/// let policies = EffectivePolicies::of_principal(store.current(), &principal, None, &none)?;
/// let policy = policies.iter().next().ok_or("no policy")?;
/// assert_eq!(policy.name(), &name);
/// assert_eq!(policy.version().id(), PolicyVersionId::FIRST);
/// assert_eq!(policy.document().statements().len(), 1);
/// assert!(matches!(policy.ways(), [Via::Certificate(_)]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectivePolicy {
    name: PolicyName,
    generation: u64,
    version: PolicyVersion,
    ways: Vec<Via>,
}

/// Why a policy applies.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::{EffectivePolicies, StaticGroups, Via};
/// use iot_policy::store::{PolicyStore, PolicyTarget};
/// use iot_topics::{GroupName, Timestamp};
///
/// let (floor, room): (GroupName, GroupName) = ("floor-1".parse()?, "room-7".parse()?);
/// let mut groups = StaticGroups::default();
/// groups.add_group(room.clone(), Some(floor.clone()));
/// let mut store = PolicyStore::default();
/// let name = "Rooms".parse()?;
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&name, text, Timestamp::default())?;
/// store.attach(&name, &PolicyTarget::ThingGroup(floor.clone()))?;
///
/// let policies = EffectivePolicies::of_group(store.current(), &room, &groups)?;
/// let path = [floor.clone(), room].into(); // from the root down
/// assert_eq!(policies.as_slice()[0].ways(), [Via::Ancestor { group: floor, path }]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Via {
    /// It is attached to the certificate.
    Certificate(CertificateId),
    /// It is attached to the Cognito identity.
    CognitoIdentity(CognitoIdentityId),
    /// It is attached to a group that the thing is in directly.
    Group {
        /// From the root down to the group.
        path: Arc<[GroupName]>,
    },
    /// It is attached to a group above.
    Ancestor {
        /// The group that the policy is attached to.
        group: GroupName,
        /// From the root down to the group that the thing is in; `group` is one of them.
        path: Arc<[GroupName]>,
    },
}

impl EffectivePolicies {
    /// The policies of a connection: of the principal, and of the groups of the thing that the
    /// context associates with it ([`Context::thing`]).
    ///
    /// # Errors
    ///
    /// [`GroupError`]: the groups cannot be told, and no policy may be left out. The connection
    /// must then be refused everything ([`Authority::none`](super::Authority::none)).
    pub fn of_connection(
        view: StoreView<'_>,
        principal: &Principal,
        context: &Context<'_>,
        groups: &(impl GroupResolver + ?Sized),
    ) -> Result<Self, GroupError> {
        let thing = context.thing().ok();
        let thing = thing.map(|thing| ThingName::parse(thing.name()));
        let thing = thing.transpose().map_err(GroupError::ThingName)?;
        Self::of_principal(view, principal, thing.as_ref(), groups)
    }

    /// The policies of a principal and, if one is given, of the groups of a thing.
    ///
    /// A principal that AWS IoT policies do not apply to gets none, whatever the thing. Cost: at
    /// most [`groups_per_thing`](crate::store::StoreLimits::groups_per_thing) ×
    /// [`group_depth`](crate::store::StoreLimits::group_depth) groups are looked at.
    ///
    /// # Errors
    ///
    /// As [`of_connection`](Self::of_connection).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::principal::{EffectivePolicies, Principal, StaticGroups};
    /// use iot_policy::store::{PolicyStore, PolicyTarget};
    /// use iot_topics::Timestamp;
    ///
    /// let mut groups = StaticGroups::default();
    /// groups.add_thing("lamp".parse()?, "room-7".parse()?);
    /// let mut store = PolicyStore::default();
    /// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
    /// store.create_policy(&"Rooms".parse()?, text, Timestamp::default())?;
    /// store.attach(&"Rooms".parse()?, &PolicyTarget::ThingGroup("room-7".parse()?))?;
    ///
    /// let count = |principal: &Principal, thing| {
    ///     let policies = EffectivePolicies::of_principal(store.current(), principal, thing, &groups)?;
    ///     Ok::<_, iot_policy::principal::GroupError>(policies.as_slice().len())
    /// };
    /// let (device, lamp) = (Principal::Certificate("00".repeat(32).parse()?), "lamp".parse()?);
    /// assert_eq!(count(&device, Some(&lamp))?, 1);
    /// assert_eq!(count(&device, None)?, 0); // without a thing, groups do not count
    /// assert_eq!(count(&Principal::Iam, Some(&lamp))?, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_principal(
        view: StoreView<'_>,
        principal: &Principal,
        thing: Option<&ThingName>,
        groups: &(impl GroupResolver + ?Sized),
    ) -> Result<Self, GroupError> {
        let Some((target, via)) = own(principal) else {
            return Ok(Self::default());
        };
        let mut gathered = Gathered::new(view);
        gathered.add(&target, &via);
        if let Some(thing) = thing {
            for path in ways_to_thing(thing, groups, view.store().limits())? {
                gathered.add_way(&path);
            }
        }
        Ok(gathered.finish())
    }

    /// The policies of a group and of those above it, as every thing in it gets them.
    ///
    /// # Errors
    ///
    /// As [`of_connection`](Self::of_connection).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::principal::{EffectivePolicies, StaticGroups};
    /// use iot_policy::store::{PolicyStore, PolicyTarget};
    /// use iot_topics::Timestamp;
    ///
    /// let mut store = PolicyStore::default();
    /// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
    /// store.create_policy(&"Rooms".parse()?, text, Timestamp::default())?;
    /// store.attach(&"Rooms".parse()?, &PolicyTarget::ThingGroup("room-7".parse()?))?;
    /// let groups = StaticGroups::default();
    /// let policies = EffectivePolicies::of_group(store.current(), &"room-7".parse()?, &groups)?;
    /// assert_eq!(policies.compile().policies()[0].name(), "Rooms");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_group(
        view: StoreView<'_>,
        group: &GroupName,
        groups: &(impl GroupResolver + ?Sized),
    ) -> Result<Self, GroupError> {
        let mut gathered = Gathered::new(view);
        gathered.add_way(&way_to_group(group.clone(), groups, view.store().limits())?);
        Ok(gathered.finish())
    }

    /// The policies, by name.
    #[must_use]
    pub const fn as_slice(&self) -> &[EffectivePolicy] {
        self.policies.as_slice()
    }

    /// The policies, by name.
    pub fn iter(&self) -> core::slice::Iter<'_, EffectivePolicy> {
        self.policies.iter()
    }

    /// What the compiled policies depend on. Equal keys of one store mean equal sets, so that
    /// connections with the same attachments can share one; see [`SharedSets`](super::SharedSets).
    #[must_use]
    pub fn key(&self) -> PolicySetKey {
        let parts = self.policies.iter().map(|policy| {
            let EffectivePolicy {
                name, generation, ..
            } = policy;
            (name.clone(), *generation, policy.version.id())
        });
        PolicySetKey(parts.collect())
    }

    /// Compiles the policies.
    #[must_use]
    pub fn compile(&self) -> PolicySet {
        PolicySet::compile(self.named())
    }

    /// Names and shared documents.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, Arc<PolicyDocument>)> {
        let document = |policy: &EffectivePolicy| Arc::clone(policy.version.document());
        self.policies
            .iter()
            .map(move |policy| (policy.name.as_str(), document(policy)))
    }

    /// The answer of `GetEffectivePolicies`, to be serialized.
    #[must_use]
    pub fn to_response(&self, scope: &ArnScope) -> EffectivePoliciesResponse {
        let entry = |policy: &EffectivePolicy| EffectivePolicyEntry {
            policy_name: policy.name.to_string(),
            policy_arn: policy_arn(scope, &policy.name),
            policy_document: policy.version.text().into(),
        };
        EffectivePoliciesResponse {
            effective_policies: self.policies.iter().map(entry).collect(),
        }
    }
}

impl<'a> IntoIterator for &'a EffectivePolicies {
    type Item = &'a EffectivePolicy;
    type IntoIter = core::slice::Iter<'a, EffectivePolicy>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl EffectivePolicy {
    /// The name.
    #[must_use]
    pub const fn name(&self) -> &PolicyName {
        &self.name
    }

    /// The version in force.
    #[must_use]
    pub const fn version(&self) -> &PolicyVersion {
        &self.version
    }

    /// The document of that version.
    #[must_use]
    pub fn document(&self) -> &PolicyDocument {
        self.version.document()
    }

    /// Every way by which the policy applies, at least one, in the order of [`Via`].
    #[must_use]
    pub const fn ways(&self) -> &[Via] {
        self.ways.as_slice()
    }
}

/// What policies of a principal itself are attached to, and how they apply.
pub(super) fn own(principal: &Principal) -> Option<(PolicyTarget, Via)> {
    match principal {
        Principal::Certificate(id)
        | Principal::Custom {
            certificate: Some(id),
        } => Some((
            PolicyTarget::Certificate(id.clone()),
            Via::Certificate(id.clone()),
        )),
        Principal::CognitoAuthenticated(id) => Some((
            PolicyTarget::CognitoIdentity(id.clone()),
            Via::CognitoIdentity(id.clone()),
        )),
        Principal::CognitoUnauthenticated
        | Principal::Iam
        | Principal::Custom { certificate: None } => None,
    }
}

/// See [`EffectivePolicies::key`]. Small to compare; it holds the names of the policies.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::{EffectivePolicies, Principal, StaticGroups};
/// use iot_policy::store::PolicyStore;
/// use iot_topics::Timestamp;
///
/// let mut store = PolicyStore::default();
/// let name = "Lamps".parse()?;
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&name, text, Timestamp::default())?;
/// let key = |store: &PolicyStore, digits: &str| {
///     let principal = Principal::Certificate(digits.repeat(32).parse()?);
///     let groups = StaticGroups::default();
///     let policies = EffectivePolicies::of_principal(store.current(), &principal, None, &groups)?;
///     Ok::<_, Box<dyn std::error::Error>>(policies.key())
/// };
/// for digits in ["00", "11"] {
///     let principal = Principal::Certificate(digits.repeat(32).parse()?);
///     store.attach(&name, &principal.target().ok_or("no target")?)?;
/// }
/// let before = key(&store, "00")?;
/// assert_eq!(before, key(&store, "11")?); // two devices, one compiled set
/// store.create_version(&name, text, true, Timestamp::default())?;
/// assert_ne!(before, key(&store, "00")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicySetKey(Box<[(PolicyName, u64, PolicyVersionId)]>);

/// The policies on the way to their answer.
struct Gathered<'a> {
    view: StoreView<'a>,
    policies: BTreeMap<&'a PolicyName, (&'a Policy, &'a PolicyVersion, Vec<Via>)>,
}

impl<'a> Gathered<'a> {
    const fn new(view: StoreView<'a>) -> Self {
        Self {
            view,
            policies: BTreeMap::new(),
        }
    }

    fn add(&mut self, target: &PolicyTarget, via: &Via) {
        for (policy, version) in self.view.attached(target) {
            let entry = self.policies.entry(policy.name());
            let (_, _, ways) = entry.or_insert_with(|| (policy, version, Vec::new()));
            ways.push(via.clone());
        }
    }

    fn add_way(&mut self, path: &Arc<[GroupName]>) {
        for (above, group) in path.iter().rev().enumerate() {
            let path = Arc::clone(path);
            let via = match above {
                0 => Via::Group { path },
                _ => Via::Ancestor {
                    group: group.clone(),
                    path,
                },
            };
            self.add(&PolicyTarget::ThingGroup(group.clone()), &via);
        }
    }

    fn finish(self) -> EffectivePolicies {
        let policy = |(name, (policy, version, mut ways)): (
            &PolicyName,
            (&Policy, &PolicyVersion, Vec<Via>),
        )| {
            ways.sort_unstable();
            EffectivePolicy {
                name: name.clone(),
                generation: policy.generation(),
                version: version.clone(),
                ways,
            }
        };
        EffectivePolicies {
            policies: self.policies.into_iter().map(policy).collect(),
        }
    }
}

/// The answer of `GetEffectivePolicies`.
///
/// # Examples
///
/// ```
/// use iot_policy::ArnScope;
/// use iot_policy::principal::EffectivePolicies;
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let response = EffectivePolicies::default().to_response(&scope);
/// assert_eq!(serde_json::to_string(&response)?, r#"{"effectivePolicies":[]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EffectivePoliciesResponse {
    /// The policies, by name.
    pub effective_policies: Vec<EffectivePolicyEntry>,
}

/// A policy in the answer of `GetEffectivePolicies`.
///
/// # Examples
///
/// ```
/// use iot_policy::ArnScope;
/// use iot_policy::principal::{EffectivePolicies, StaticGroups};
/// use iot_policy::store::{PolicyStore, PolicyTarget};
/// use iot_topics::Timestamp;
///
/// let mut store = PolicyStore::default();
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// store.create_policy(&"Rooms".parse()?, text, Timestamp::default())?;
/// store.attach(&"Rooms".parse()?, &PolicyTarget::ThingGroup("room-7".parse()?))?;
/// let groups = StaticGroups::default();
/// let policies = EffectivePolicies::of_group(store.current(), &"room-7".parse()?, &groups)?;
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let entry = &policies.to_response(&scope).effective_policies[0];
/// assert_eq!(entry.policy_name, "Rooms");
/// assert_eq!(entry.policy_arn, "arn:aws:iot:us-east-1:123456789012:policy/Rooms");
/// assert_eq!(entry.policy_document, text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EffectivePolicyEntry {
    /// The name.
    pub policy_name: String,
    /// `arn:<partition>:iot:<region>:<account>:policy/<name>`.
    pub policy_arn: String,
    /// The document of the version in force, as it was given.
    pub policy_document: String,
}
