//! Laws of merge, delta, diff and three-way merge.
#![expect(
    clippy::unwrap_used,
    reason = "what is no JSON, or is not there, must fail"
)]

use iot_shadow::strategies::{json, number, patch, section};
use iot_shadow::{Json, JsonRef, Owner, delta, diff_patch, has_delta, merge_patch, three_way};
use proptest::prelude::*;

use crate::sound::{null_member, sound};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn merge(base in section(), patch in patch()) {
        let (base, patch) = (base.as_ref(), patch.as_ref());
        let merged = merge_patch(base, patch);
        sound(merged.as_ref());
        prop_assert!(!null_member(merged.as_ref()));
        let again = merge_patch(merged.as_ref(), patch);
        prop_assert_eq!(again.as_str(), merged.as_str());
        let unchanged = merge_patch(base, Json::empty_object().as_ref());
        prop_assert_eq!(unchanged.as_str(), base.as_str());
    }

    /// Of any two values: as the recursion of RFC 7396 has it.
    #[test]
    fn merge_of_anything(base in json(), patch in json()) {
        let merged = merge_patch(base.as_ref(), patch.as_ref());
        sound(merged.as_ref());
        prop_assert_eq!(merged.as_str(), rfc7396(Some(base.as_ref()), patch.as_ref()));
    }

    #[test]
    fn closing_a_delta(desired in section(), reported in section()) {
        let (desired, reported) = (desired.as_ref(), reported.as_ref());
        prop_assert_eq!(delta(desired, desired), None);
        let open = delta(desired, reported);
        prop_assert_eq!(open.is_some(), has_delta(desired, reported));
        if let Some(open) = open {
            sound(open.as_ref());
            prop_assert!(!open.as_ref().is_empty_object());
            part_of(open.as_ref(), desired, Some(reported));
            let closed = merge_patch(reported, open.as_ref());
            prop_assert_eq!(delta(desired, closed.as_ref()), None);
            prop_assert!(!has_delta(desired, closed.as_ref()));
        }
    }

    /// How numbers are written makes no delta.
    #[test]
    fn delta_of_numbers(pairs in prop::collection::vec((number(), number()), 1..6)) {
        let text = |pick: fn(&(String, String)) -> &String| {
            let members = pairs.iter().enumerate();
            let members = members.map(|(at, pair)| format!("\"{at}\":[{}]", pick(pair)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        };
        let [desired, reported] = [text(|pair| &pair.0), text(|pair| &pair.1)]
            .map(|text| text.parse::<Json>().unwrap());
        let open = delta(desired.as_ref(), reported.as_ref());
        for (at, (left, right)) in pairs.iter().enumerate() {
            let listed = open.as_ref().is_some_and(|open| open.get(&at.to_string()).is_some());
            prop_assert_eq!(listed, !crate::oracle::same_number(left, right), "{} {}", left, right);
        }
    }

    #[test]
    fn diff(old in section(), new in section()) {
        let (old, new) = (old.as_ref(), new.as_ref());
        let patch = diff_patch(old, new);
        sound(patch.as_ref());
        let merged = merge_patch(old, patch.as_ref());
        sound(merged.as_ref());
        prop_assert_eq!(merged.as_ref(), new);
        let nothing = diff_patch(new, new);
        prop_assert_eq!(nothing.as_str(), "{}");
        smallest(patch.as_ref(), old);
    }

    /// Who changed nothing has nothing to say; who changed the same says the same; and an owner
    /// decides only where there are conflicts.
    #[test]
    fn three_ways(base in json(), local in json(), remote in json()) {
        let (base, local, remote) = (base.as_ref(), local.as_ref(), remote.as_ref());
        let merged = |local, remote, owner| {
            let merged = three_way(base, local, remote, owner);
            sound(merged.value.as_ref());
            merged
        };
        for owner in [Owner::Local, Owner::Remote] {
            for (local, remote, expected) in
                [(local, base, local), (base, remote, remote), (local, local, local)]
            {
                let merged = merged(local, remote, owner);
                prop_assert_eq!(merged.value.as_ref(), expected);
                prop_assert!(merged.conflicts.is_empty());
            }
        }
        let here = merged(local, remote, Owner::Local);
        let there = merged(remote, local, Owner::Remote);
        prop_assert_eq!(&here, &there);
        let other = merged(local, remote, Owner::Remote);
        prop_assert_eq!(&here.conflicts, &other.conflicts);
        prop_assert_eq!(here.value != other.value, !here.conflicts.is_empty());
    }

    /// Anything but objects: no panic, and what is written is JSON.
    #[test]
    fn anything(a in json(), b in json()) {
        let (a, b) = (a.as_ref(), b.as_ref());
        sound(diff_patch(a, b).as_ref());
        let open = delta(a, b);
        prop_assert_eq!(open.is_some(), has_delta(a, b));
        if let Some(open) = open {
            sound(open.as_ref());
            prop_assert!(a.is_object());
        }
    }
}

/// Canonical text of the merged value.
fn rfc7396(base: Option<JsonRef<'_>>, patch: JsonRef<'_>) -> String {
    if !patch.is_object() {
        return patch.as_str().to_owned();
    }
    let mut merged = Vec::new();
    let members = base.into_iter().flat_map(JsonRef::members);
    for (key, value) in members {
        if patch.get(&key).is_none() {
            merged.push((key, value.as_str().to_owned()));
        }
    }
    for (key, value) in patch.members() {
        if !value.is_null() {
            let old = base.and_then(|base| base.get(&key));
            merged.push((key, rfc7396(old, value)));
        }
    }
    let members = merged
        .into_iter()
        .map(|(key, value)| format!("{}:{value}", serde_json::Value::from(key)));
    let text = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
    text.parse::<Json>().unwrap().as_str().to_owned()
}

/// Every member of a delta is one of `desired`, and for a reason.
fn part_of(open: JsonRef<'_>, desired: JsonRef<'_>, reported: Option<JsonRef<'_>>) {
    for (key, value) in open.members() {
        let wished = desired.get(&key).unwrap();
        let known = reported.and_then(|reported| reported.get(&key));
        match known {
            Some(known) if wished.is_object() && known.is_object() => {
                assert!(!value.is_empty_object());
                part_of(value, wished, Some(known));
            }
            _ => {
                assert_eq!(value.as_str(), wished.as_str());
                assert_ne!(known, Some(value));
            }
        }
    }
}

/// Nothing in a patch is there already, and nothing is removed that is not there.
fn smallest(patch: JsonRef<'_>, old: JsonRef<'_>) {
    for (key, value) in patch.members() {
        match old.get(&key) {
            None => assert!(!value.is_null()),
            Some(old) if old.is_object() && value.is_object() => {
                assert!(!value.is_empty_object());
                smallest(value, old);
            }
            Some(old) => assert_ne!(old, value),
        }
    }
}
