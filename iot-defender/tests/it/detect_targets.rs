//! Which devices a profile is about, as targets, groups and devices come and go.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests that build what is legal"
)]

use alloc::collections::{BTreeMap, BTreeSet};

use iot_defender::detect::{
    AwsMetric, Datapoint, Definitions, Engine, NearestRank, NoModels, Reading, SecurityProfile,
    Target, ViolationEventType,
};
use iot_topics::{GroupName, Timestamp};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use serde_json::json;

const GROUPS: [&str; 3] = ["g0", "g1", "g2"];

#[derive(Clone, Debug)]
enum Change {
    Attach(usize, usize),
    Detach(usize, usize),
    /// A profile, which comes back without targets.
    Forget(usize),
    /// A device, whether it is registered, its groups.
    Device(usize, bool, BTreeSet<usize>),
    Remove(usize, bool),
}

fn change() -> impl Strategy<Value = Change> {
    let device = (0..4_usize, any::<bool>(), btree_set(0..GROUPS.len(), 0..3));
    prop_oneof![
        4 => (0..7_usize, 0..6_usize).prop_map(|(profile, target)| Change::Attach(profile, target)),
        2 => (0..7_usize, 0..6_usize).prop_map(|(profile, target)| Change::Detach(profile, target)),
        1 => (0..7_usize).prop_map(Change::Forget),
        4 => device.prop_map(|(name, known, groups)| Change::Device(name, known, groups)),
        1 => (0..4_usize, any::<bool>()).prop_map(|(name, known)| Change::Remove(name, known)),
    ]
}

fn group(number: usize) -> GroupName {
    GROUPS[number].parse().unwrap()
}

fn target(number: usize) -> Target {
    match number {
        0 => Target::All,
        1 => Target::Registered,
        2 => Target::Unregistered,
        other => Target::Group(group(other - 3)),
    }
}

/// A profile that alarms with each datapoint.
fn profile(number: usize) -> SecurityProfile {
    let request = json!({ "behaviors": [{
        "name": "Silent",
        "metric": "aws:num-disconnects",
        "criteria": { "comparisonOperator": "less-than", "value": { "count": 0 } },
    }] });
    let name = format!("p{number}").parse().unwrap();
    SecurityProfile::create(name, &request, &Definitions::default()).unwrap()
}

proptest! {
    #[test]
    fn alarms_are_of_those_whom_a_target_means(changes in vec(change(), 1..40)) {
        let mut engine = Engine::new();
        (0..7).for_each(|number| engine.set_profile(&profile(number)));
        let mut targets = vec![BTreeSet::new(); 7];
        let mut devices: BTreeMap<(String, bool), BTreeSet<usize>> = BTreeMap::new();
        let mut alarms = BTreeSet::new();
        for (change, step) in changes.into_iter().zip(0_u64..) {
            match change {
                Change::Attach(profile, at) => {
                    let others = targets.iter().enumerate();
                    let others = others.filter(|(other, of)| *other != profile && of.contains(&at));
                    let fits = others.count() < 5;
                    let attached = engine.attach(&format!("p{profile}"), target(at));
                    prop_assert_eq!(attached.is_ok(), fits);
                    if fits {
                        targets[profile].insert(at);
                    }
                }
                Change::Detach(profile, at) => {
                    engine.detach(&format!("p{profile}"), &target(at)).unwrap();
                    targets[profile].remove(&at);
                }
                Change::Forget(number) => {
                    engine.remove_profile(&format!("p{number}"));
                    engine.set_profile(&profile(number));
                    targets[number].clear();
                    alarms.retain(|(profile, _, _)| *profile != format!("p{number}"));
                }
                Change::Device(name, known, groups) => {
                    let name = format!("d{name}");
                    engine.set_device(&name, known, groups.iter().map(|number| group(*number)));
                    devices.insert((name, known), groups);
                }
                Change::Remove(name, known) => {
                    let name = format!("d{name}");
                    if let Some(device) = engine.device(&name, known) {
                        engine.remove_device(device);
                    }
                    devices.remove(&(name, known));
                }
            }
            let mut meant = BTreeSet::new();
            for (profile, targets) in targets.iter().enumerate() {
                for ((name, known), groups) in &devices {
                    let names = || groups.iter().map(|number| GROUPS[*number]);
                    if targets.iter().any(|at| target(*at).matches(*known, names())) {
                        meant.insert((format!("p{profile}"), name.clone(), *known));
                    }
                }
            }
            let series = engine.series(&AwsMetric::NumDisconnects.into(), None).unwrap();
            let readings: Vec<Reading<'_>> = devices
                .keys()
                .map(|(name, known)| Reading {
                    device: engine.device(name, *known).unwrap(),
                    series,
                    value: &Datapoint::Count(1),
                })
                .collect();
            let now = Timestamp::from_secs(1_573_786_800 + step * 300);
            for event in engine.step(now, &readings, &mut NearestRank, &NoModels) {
                let key = (event.profile.to_string(), event.thing.to_string(), event.is_registered);
                if event.event_type == ViolationEventType::InAlarm {
                    prop_assert!(alarms.insert(key));
                } else {
                    alarms.remove(&key);
                }
            }
            prop_assert_eq!(&alarms, &meant);
        }
    }
}
