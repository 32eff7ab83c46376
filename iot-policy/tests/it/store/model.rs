//! Random calls to the store and to a model that is written from the rules: lists that are
//! searched, every rule in full at every call.
#![expect(
    clippy::indexing_slicing,
    reason = "positions that the model found itself"
)]

use core::time::Duration;

use iot_policy::store::{PolicyStore, PolicyTarget, PolicyVersionId};
use iot_topics::{PolicyName, Timestamp};
use proptest::prelude::*;

use super::{ALL, at, certificate, group, id, identity, name};

#[derive(Clone, Debug)]
enum Call {
    CreatePolicy(usize, bool),
    CreateVersion(usize, bool, bool),
    SetDefault(usize, u64),
    DeleteVersion(usize, u64),
    DeletePolicy(usize),
    Attach(usize, usize),
    Detach(usize, usize),
    RemoveTarget(usize),
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    policies: Vec<ModelPolicy>,
    attached: Vec<(usize, usize)>,
}

#[derive(Clone, Debug, PartialEq)]
struct ModelPolicy {
    policy: usize,
    versions: Vec<u64>,
    created: u64,
    /// Every version that ever was the default, and since when.
    defaults: Vec<(u64, u64)>,
}

impl ModelPolicy {
    fn default(&self) -> u64 {
        self.defaults.last().unwrap().1
    }
}

const POLICIES: usize = 4;

fn targets() -> [PolicyTarget; 3] {
    [certificate("a"), identity(), group("g")]
}

impl Model {
    fn position(&self, policy: usize) -> Result<usize, &'static str> {
        let found = self.policies.iter().position(|p| p.policy == policy);
        found.ok_or("ResourceNotFoundException")
    }

    /// The exception, or what the call answers, which is a version id or 0.
    fn call(&mut self, call: &Call, now: u64) -> Result<u64, &'static str> {
        match *call {
            Call::CreatePolicy(policy, good) => {
                if self.position(policy).is_ok() {
                    return Err("ResourceAlreadyExistsException");
                }
                if !good {
                    return Err("MalformedPolicyException");
                }
                self.policies.push(ModelPolicy {
                    policy,
                    versions: vec![1],
                    created: now,
                    defaults: vec![(now, 1)],
                });
                Ok(1)
            }
            Call::CreateVersion(policy, set_as_default, good) => {
                let position = self.position(policy)?;
                let policy = &mut self.policies[position];
                if !good {
                    return Err("MalformedPolicyException");
                }
                let existing = policy.versions.iter().filter(|version| **version > 0);
                if existing.count() == 5 {
                    return Err("VersionsLimitExceededException");
                }
                // Deleted versions stay as zeros, so that the length is the last id.
                let next = policy.versions.len() as u64 + 1;
                policy.versions.push(next);
                if set_as_default {
                    policy.defaults.push((now, next));
                }
                Ok(next)
            }
            Call::SetDefault(policy, version) => {
                let position = self.position(policy)?;
                let policy = &mut self.policies[position];
                if !policy.versions.contains(&version) {
                    return Err("ResourceNotFoundException");
                }
                policy.defaults.push((now, version));
                Ok(0)
            }
            Call::DeleteVersion(policy, version) => {
                let position = self.position(policy)?;
                let policy = &mut self.policies[position];
                if !policy.versions.contains(&version) {
                    return Err("ResourceNotFoundException");
                }
                if policy.default() == version {
                    return Err("DeleteConflictException");
                }
                policy.versions[version as usize - 1] = 0;
                Ok(0)
            }
            Call::DeletePolicy(policy) => {
                let position = self.position(policy)?;
                let versions = &self.policies[position].versions;
                let several = versions.iter().filter(|version| **version > 0).count() > 1;
                if several || self.attached.iter().any(|(p, _)| *p == policy) {
                    return Err("DeleteConflictException");
                }
                self.policies.remove(position);
                Ok(0)
            }
            Call::Attach(policy, target) => {
                self.position(policy)?;
                if self.attached.contains(&(policy, target)) {
                    return Ok(0);
                }
                let max = if target == 2 { 2 } else { 3 };
                if self.attached.iter().filter(|(_, t)| *t == target).count() == max {
                    return Err("LimitExceededException");
                }
                self.attached.push((policy, target));
                Ok(0)
            }
            Call::Detach(policy, target) => {
                let before = self.attached.len();
                self.attached.retain(|pair| *pair != (policy, target));
                Ok((before - self.attached.len()) as u64)
            }
            Call::RemoveTarget(target) => {
                self.attached.retain(|(_, t)| *t != target);
                Ok(0)
            }
        }
    }
}

fn policy_name(policy: usize) -> PolicyName {
    name(&format!("P{policy}"))
}

fn perform(store: &mut PolicyStore, call: &Call, now: Timestamp) -> Result<u64, &'static str> {
    let text = |good: bool| if good { ALL } else { "{}" };
    let answer = match *call {
        Call::CreatePolicy(policy, good) => store
            .create_policy(&policy_name(policy), text(good), now)
            .map(|policy| policy.default_version().id().get()),
        Call::CreateVersion(policy, set_as_default, good) => store
            .create_version(&policy_name(policy), text(good), set_as_default, now)
            .map(PolicyVersionId::get),
        Call::SetDefault(policy, version) => store
            .set_default_version(&policy_name(policy), id(version), now)
            .map(|()| 0),
        Call::DeleteVersion(policy, version) => store
            .delete_version(&policy_name(policy), id(version), now)
            .map(|()| 0),
        Call::DeletePolicy(policy) => store.delete_policy(&policy_name(policy), now).map(|()| 0),
        Call::Attach(policy, target) => store
            .attach(&policy_name(policy), &targets()[target])
            .map(|()| 0),
        Call::Detach(policy, target) => Ok(store
            .detach(&policy_name(policy), &targets()[target], now)
            .into()),
        Call::RemoveTarget(target) => {
            store.remove_target(&targets()[target], now);
            Ok(0)
        }
    };
    answer.map_err(|error| error.aws_name())
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let policy = || 0..POLICIES;
    let target = || 0..targets().len();
    let good = || prop::bool::weighted(0.9);
    let call = prop_oneof![
        3 => (policy(), good()).prop_map(|(p, good)| Call::CreatePolicy(p, good)),
        6 => (policy(), any::<bool>(), good()).prop_map(|(p, d, good)| Call::CreateVersion(p, d, good)),
        3 => (policy(), 1..8_u64).prop_map(|(p, v)| Call::SetDefault(p, v)),
        3 => (policy(), 1..8_u64).prop_map(|(p, v)| Call::DeleteVersion(p, v)),
        1 => policy().prop_map(Call::DeletePolicy),
        4 => (policy(), target()).prop_map(|(p, t)| Call::Attach(p, t)),
        2 => (policy(), target()).prop_map(|(p, t)| Call::Detach(p, t)),
        1 => target().prop_map(Call::RemoveTarget),
    ];
    prop::collection::vec(call, 0..60)
}

proptest! {
    #[test]
    fn the_store_is_the_model(calls in calls(), step in 0..3_u64) {
        let mut limits = iot_policy::store::StoreLimits::AWS_IOT;
        limits.policies_per_principal = 3;
        limits.remembered_defaults = 100;
        let mut store = PolicyStore::new(limits);
        let mut model = Model::default();
        for (index, call) in calls.iter().enumerate() {
            let now = index as u64 * step;
            let before = store.clone();
            let answer = perform(&mut store, call, at(now));
            prop_assert_eq!(&answer, &model.call(call, now), "{:?}", call);
            if answer.is_err() {
                // A call that is refused changes nothing.
                prop_assert_eq!(&store, &before);
            }
        }
        let end = calls.len() as u64 * step + 1;
        prop_assert_eq!(store.policies().len(), model.policies.len());
        for expected in &model.policies {
            let policy = store.policy(&policy_name(expected.policy)).unwrap();
            let ids: Vec<u64> = policy.versions().map(|version| version.id().get()).collect();
            let existing = expected.versions.iter().copied().filter(|version| *version > 0);
            prop_assert_eq!(ids, existing.collect::<Vec<_>>());
            prop_assert_eq!(policy.default_version().id().get(), expected.default());
            for now in 0..=end {
                let lag = Duration::from_secs(1);
                let instant = now.saturating_sub(1);
                let past = expected.defaults.iter().rev().find(|(since, _)| *since <= instant);
                let past = past.map(|(_, version)| *version);
                let seen = policy.effective_at(at(now), lag).map(|version| version.id().get());
                prop_assert_eq!(seen, past, "at {}", now);
            }
            prop_assert_eq!(policy.created(), at(expected.created));
        }
        for (target, expected) in targets().iter().enumerate() {
            let mut policies: Vec<usize> = model.attached.iter().filter(|(_, t)| *t == target).map(|(p, _)| *p).collect();
            policies.sort_unstable();
            let names: Vec<PolicyName> = policies.into_iter().map(policy_name).collect();
            let attached: Vec<PolicyName> = store.attached_policies(expected).map(|p| p.name().clone()).collect();
            prop_assert_eq!(attached, names);
        }
    }
}
