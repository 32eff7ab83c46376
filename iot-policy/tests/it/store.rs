//! The policy store: the rules of the API one by one, then against a naive model.
#![expect(
    clippy::unwrap_used,
    reason = "functions that tests call: a failure is the test's"
)]

use core::time::Duration;

use iot_policy::store::{
    CognitoIdentityId, DeleteConflict, GroupKind, PolicyStore, PolicyTarget, PolicyVersionId,
    StoreError, StoreLimits,
};
use iot_policy::{ArnScope, PolicyErrorKind};
use iot_topics::{CertificateId, PolicyName, Timestamp};

mod model;

const ALL: &str = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

fn name(text: &str) -> PolicyName {
    text.parse().unwrap()
}

fn id(number: u64) -> PolicyVersionId {
    PolicyVersionId::new(number).unwrap()
}

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn certificate(digit: &str) -> PolicyTarget {
    PolicyTarget::Certificate(CertificateId::parse(&digit.repeat(64)).unwrap())
}

fn identity() -> PolicyTarget {
    PolicyTarget::CognitoIdentity("eu-west-1:0123-abcd".parse().unwrap())
}

fn group(text: &str) -> PolicyTarget {
    PolicyTarget::ThingGroup(text.parse().unwrap())
}

fn store_with(names: &[&str]) -> PolicyStore {
    let mut store = PolicyStore::default();
    for text in names {
        store.create_policy(&name(text), ALL, at(0)).unwrap();
    }
    store
}

#[test]
fn creating_a_policy_twice_is_refused_even_with_the_same_document() {
    let mut store = store_with(&["P"]);
    let before = store.clone();
    for document in [ALL, "{}"] {
        let error = store
            .create_policy(&name("P"), document, at(1))
            .unwrap_err();
        assert_eq!(error, StoreError::ResourceAlreadyExists(name("P")));
        assert_eq!(error.aws_name(), "ResourceAlreadyExistsException");
        assert_eq!(error.http_status(), 409);
    }
    assert_eq!(store, before);
}

#[test]
fn a_document_must_be_a_policy_of_2048_characters() {
    let mut store = PolicyStore::default();
    let padding = |length: usize| {
        let frame = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":""}}"#;
        let resource = "x".repeat(length - frame.len());
        frame.replace(r#""""#, &format!(r#""{resource}""#))
    };
    let error = store.create_policy(&name("P"), &padding(2_049), at(0));
    let StoreError::MalformedPolicy(error) = error.unwrap_err() else {
        panic!("another error");
    };
    let (max, got) = (2_048, 2_049);
    assert_eq!(error.kind(), PolicyErrorKind::TooManyChars { max, got });
    assert_eq!(store, PolicyStore::default());

    // white space is not counted
    let text = format!(" \n{}\t", padding(2_048));
    let policy = store.create_policy(&name("P"), &text, at(0)).unwrap();
    assert_eq!(policy.default_version().text(), text);

    let error = store
        .create_version(&name("P"), "[]", false, at(0))
        .unwrap_err();
    assert_eq!(
        (error.aws_name(), error.http_status()),
        ("MalformedPolicyException", 400)
    );
}

#[test]
fn a_new_version_is_unused_until_it_is_the_default() {
    let mut store = store_with(&["P"]);
    assert_eq!(
        store.create_version(&name("P"), ALL, false, at(1)),
        Ok(id(2))
    );
    let policy = store.policy(&name("P")).unwrap();
    assert_eq!(policy.default_version().id(), id(1));
    assert_eq!(policy.modified(), at(1));

    store.set_default_version(&name("P"), id(2), at(2)).unwrap();
    assert_eq!(
        store.policy(&name("P")).unwrap().default_version().id(),
        id(2)
    );
    assert_eq!(
        store.create_version(&name("P"), ALL, true, at(3)),
        Ok(id(3))
    );
    assert_eq!(
        store.policy(&name("P")).unwrap().default_version().id(),
        id(3)
    );
}

#[test]
fn a_policy_has_five_versions_and_never_reuses_an_id() {
    let mut store = store_with(&["P"]);
    for number in 2..=5 {
        assert_eq!(
            store.create_version(&name("P"), ALL, false, at(0)),
            Ok(id(number))
        );
    }
    let before = store.clone();
    let error = store
        .create_version(&name("P"), ALL, true, at(1))
        .unwrap_err();
    assert_eq!(
        (error.aws_name(), error.http_status()),
        ("VersionsLimitExceededException", 409)
    );
    assert_eq!(store, before);

    store.delete_version(&name("P"), id(5), at(1)).unwrap();
    assert_eq!(
        store.create_version(&name("P"), ALL, false, at(1)),
        Ok(id(6))
    );
    let ids: Vec<u64> = store
        .policy(&name("P"))
        .unwrap()
        .versions()
        .map(|v| v.id().get())
        .collect();
    assert_eq!(ids, [1, 2, 3, 4, 6]);
}

#[test]
fn the_default_version_goes_with_the_policy_alone() {
    let mut store = store_with(&["P"]);
    store.create_version(&name("P"), ALL, false, at(0)).unwrap();
    let reason = DeleteConflict::DefaultVersion(id(1));
    let error = store.delete_version(&name("P"), id(1), at(1)).unwrap_err();
    let policy = name("P");
    assert_eq!(error, StoreError::DeleteConflict { policy, reason });
    assert_eq!(
        (error.aws_name(), error.http_status()),
        ("DeleteConflictException", 409)
    );

    let error = store.delete_policy(&name("P"), at(1)).unwrap_err();
    let reason = DeleteConflict::OtherVersions;
    let policy = name("P");
    assert_eq!(error, StoreError::DeleteConflict { policy, reason });
    store.delete_version(&name("P"), id(2), at(1)).unwrap();
    store.delete_policy(&name("P"), at(1)).unwrap();
    assert_eq!(store.policies().len(), 0);
}

#[test]
fn an_attached_policy_cannot_be_deleted() {
    let mut store = store_with(&["P"]);
    store.attach(&name("P"), &group("g")).unwrap();
    let error = store.delete_policy(&name("P"), at(1)).unwrap_err();
    let (policy, reason) = (name("P"), DeleteConflict::Attached);
    assert_eq!(error, StoreError::DeleteConflict { policy, reason });
    assert!(store.detach(&name("P"), &group("g"), at(1)));
    assert!(!store.detach(&name("P"), &group("g"), at(1)));
    assert!(!store.detach(&name("Q"), &group("g"), at(1)));
    store.delete_policy(&name("P"), at(1)).unwrap();
}

#[test]
fn a_detachment_can_take_five_minutes_to_settle() {
    let mut limits = StoreLimits::AWS_IOT;
    limits.detach_settling = StoreLimits::LONGEST_SETTLING;
    let mut store = PolicyStore::new(limits);
    store.create_policy(&name("P"), ALL, at(0)).unwrap();
    store.attach(&name("P"), &group("g")).unwrap();
    store.detach(&name("P"), &group("g"), at(100));
    let error = store.delete_policy(&name("P"), at(399)).unwrap_err();
    let (policy, reason) = (name("P"), DeleteConflict::Detaching { until: at(400) });
    assert_eq!(error, StoreError::DeleteConflict { policy, reason });
    store.delete_policy(&name("P"), at(400)).unwrap();
}

#[test]
fn what_does_not_exist_is_not_found() {
    let mut store = store_with(&["P"]);
    let before = store.clone();
    let (p, q) = (name("P"), name("Q"));
    let errors = [
        store.create_version(&q, ALL, true, at(1)).unwrap_err(),
        store.set_default_version(&q, id(1), at(1)).unwrap_err(),
        store.set_default_version(&p, id(2), at(1)).unwrap_err(),
        store.delete_version(&q, id(1), at(1)).unwrap_err(),
        store.delete_version(&p, id(2), at(1)).unwrap_err(),
        store.delete_policy(&q, at(1)).unwrap_err(),
        store.attach(&q, &group("g")).unwrap_err(),
        store.policy(&q).unwrap_err(),
        store.version(&p, id(2)).unwrap_err(),
    ];
    for error in errors {
        let seen = (error.aws_name(), error.http_status());
        assert_eq!(seen, ("ResourceNotFoundException", 404), "{error}");
    }
    assert_eq!(store, before);
    let error = store.version(&p, id(2)).unwrap_err();
    assert_eq!(error.to_string(), "policy `P` version 2 does not exist");
}

#[test]
fn ten_policies_a_principal_and_two_a_group() {
    let names: Vec<String> = (0..11).map(|index| format!("P{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (target, max) in [(certificate("a"), 10), (identity(), 10), (group("g"), 2)] {
        let mut store = store_with(&names);
        for policy in &names[..max] {
            store.attach(&name(policy), &target).unwrap();
        }
        let before = store.clone();
        let error = store.attach(&name(names[max]), &target).unwrap_err();
        assert_eq!(
            (error.aws_name(), error.http_status()),
            ("LimitExceededException", 410)
        );
        // attaching again is no error and no change
        store.attach(&name(names[0]), &target).unwrap();
        assert_eq!(store, before);
        // each target counts for itself
        store.attach(&name(names[max]), &certificate("b")).unwrap();
    }
}

#[test]
fn a_dynamic_group_takes_no_policy() {
    let error = PolicyTarget::group("hot".parse().unwrap(), GroupKind::Dynamic).unwrap_err();
    assert_eq!(
        (error.aws_name(), error.http_status()),
        ("InvalidRequestException", 400)
    );
    let target = PolicyTarget::group("hot".parse().unwrap(), GroupKind::Static);
    assert_eq!(target, Ok(group("hot")));
}

#[test]
fn targets_are_listed_both_ways() {
    let mut store = store_with(&["B", "A"]);
    for policy in ["A", "B"] {
        store.attach(&name(policy), &certificate("a")).unwrap();
    }
    store.attach(&name("A"), &group("g")).unwrap();
    let attached: Vec<&str> = store
        .attached_policies(&certificate("a"))
        .map(|p| p.name().as_str())
        .collect();
    assert_eq!(attached, ["A", "B"]);
    let targets: Vec<&PolicyTarget> = store.policy(&name("A")).unwrap().targets().collect();
    assert_eq!(targets, [&certificate("a"), &group("g")]);

    store.remove_target(&certificate("a"), at(1));
    assert_eq!(store.attached_policies(&certificate("a")).count(), 0);
    assert_eq!(store.policy(&name("B")).unwrap().targets().len(), 0);
    assert_eq!(store.policy(&name("A")).unwrap().targets().len(), 1);
}

#[test]
fn targets_as_the_api_writes_them() {
    let scope = ArnScope::new("aws-cn", "cn-north-1", "123456789012");
    for (text, expected) in [
        (
            format!(
                "arn:aws-cn:iot:cn-north-1:123456789012:cert/{}",
                "a".repeat(64)
            ),
            certificate("a"),
        ),
        (
            "arn:aws-cn:iot:cn-north-1:123456789012:thinggroup/g:1".into(),
            group("g:1"),
        ),
        ("eu-west-1:0123-abcd".into(), identity()),
    ] {
        assert_eq!(
            PolicyTarget::parse(&text, &scope),
            Ok(expected.clone()),
            "{text}"
        );
        assert_eq!(expected.to_text(&scope), text);
    }
    for text in [
        "",
        "g",
        "arn:aws:iot:cn-north-1:123456789012:thinggroup/g",
        "arn:aws-cn:iot:cn-north-1:123456789013:thinggroup/g",
        "arn:aws-cn:iot:cn-north-1:123456789012:thinggroup/",
        "arn:aws-cn:iot:cn-north-1:123456789012:thinggroup/a/b",
        "arn:aws-cn:iot:cn-north-1:123456789012:cert/abc",
        "arn:aws-cn:iot:cn-north-1:123456789012:thing/t",
        "arn:aws-cn:iot:cn-north-1:123456789012:",
    ] {
        let error = PolicyTarget::parse(text, &scope).unwrap_err();
        assert_eq!(error.aws_name(), "InvalidRequestException", "{text}");
    }
    for text in ["a:", ":a", "a:b:c", "a:G", "ü:a", "a", &"a:".repeat(28)] {
        assert!(CognitoIdentityId::parse(text).is_err(), "{text}");
    }
}

#[test]
fn version_ids_are_canonical_numbers() {
    assert_eq!("7".parse(), Ok(id(7)));
    for text in [
        "",
        "0",
        "01",
        "+1",
        "-1",
        "1.0",
        " 1",
        "18446744073709551616",
    ] {
        assert!(text.parse::<PolicyVersionId>().is_err(), "{text}");
    }
    assert_eq!(PolicyVersionId::new(0), None);
}

#[test]
fn staleness_shows_the_default_of_then() {
    let mut store = PolicyStore::default();
    let p = name("P");
    store.create_policy(&p, ALL, at(1_000)).unwrap();
    store.create_version(&p, ALL, true, at(2_000)).unwrap();
    store.set_default_version(&p, id(1), at(3_000)).unwrap();
    store.delete_version(&p, id(2), at(3_001)).unwrap();
    let lag = StoreLimits::LONGEST_PROPAGATION;
    for (now, expected) in [
        (1_479, None),
        (1_480, Some(1)),
        (2_479, Some(1)),
        (2_480, Some(2)),
        // deleted since, and still what a service that lags behind goes by
        (3_479, Some(2)),
        (3_480, Some(1)),
        (u64::MAX, Some(1)),
    ] {
        let policy = store.policy(&p).unwrap();
        let version = policy.effective_at(at(now), lag);
        assert_eq!(version.map(|version| version.id().get()), expected, "{now}");
        let view = store.effective(at(now), lag);
        assert_eq!(view.version_of(policy), version);
    }
    let policy = store.policy(&p).unwrap();
    let version = policy.effective_at(at(3_000), Duration::ZERO).unwrap();
    assert_eq!(version.id(), policy.default_version().id());
}

#[test]
fn the_memory_of_defaults_is_bounded() {
    let mut limits = StoreLimits::AWS_IOT;
    limits.remembered_defaults = 3;
    let mut store = PolicyStore::new(limits);
    let p = name("P");
    store.create_policy(&p, ALL, at(0)).unwrap();
    store.create_version(&p, ALL, false, at(0)).unwrap();
    for step in 1..=10 {
        store
            .set_default_version(&p, id(1 + step % 2), at(step))
            .unwrap();
    }
    let policy = store.policy(&p).unwrap();
    let then = |secs| {
        policy
            .effective_at(at(secs), Duration::ZERO)
            .map(|v| v.id().get())
    };
    assert_eq!([then(10), then(9), then(8)], [Some(1), Some(2), Some(1)]);
    // the oldest change that is remembered answers for what came before it
    assert_eq!([then(7), then(0)], [Some(1), Some(1)]);
}

#[test]
fn changes_of_one_instant_are_remembered_as_one() {
    let mut limits = StoreLimits::AWS_IOT;
    limits.remembered_defaults = 2;
    let mut store = PolicyStore::new(limits);
    let p = name("P");
    store.create_policy(&p, ALL, at(0)).unwrap();
    for _ in 0..3 {
        store.create_version(&p, ALL, true, at(10)).unwrap();
    }
    let policy = store.policy(&p).unwrap();
    let then = |secs| {
        let version = policy.effective_at(at(secs), Duration::ZERO);
        version.map(|version| version.id().get())
    };
    assert_eq!([then(0), then(9), then(10)], [Some(1), Some(1), Some(4)]);
}

#[test]
fn time_that_runs_backwards_counts_as_the_latest() {
    let mut store = store_with(&[]);
    let p = name("P");
    store.create_policy(&p, ALL, at(100)).unwrap();
    store.create_version(&p, ALL, true, at(50)).unwrap();
    let policy = store.policy(&p).unwrap();
    assert_eq!(policy.effective_at(at(99), Duration::ZERO), None);
    let version = policy.effective_at(at(100), Duration::ZERO).unwrap();
    assert_eq!((version.id(), version.created()), (id(2), at(100)));
}
