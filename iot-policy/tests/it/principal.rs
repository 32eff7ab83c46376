//! Whose policies apply: effective policies of a connection, and principals of every kind.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "functions that tests call: a failure is the test's"
)]

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use core::time::Duration;

use iot_policy::principal::{
    Authority, EffectivePolicies, GroupError, GroupResolver, Principal, SharedSets, Source,
    StaticGroups, Via,
};
use iot_policy::store::{PolicyStore, PolicyTarget, StoreLimits};
use iot_policy::{
    Action, ArnScope, Attachment, Authorize as _, ConnectRequest, Context, Decision,
    PolicyDocument, PolicySet, Request, ResourceKind, Thing, Unresolved, Variable,
};
use iot_topics::{CertificateId, GroupName, PolicyName, ThingName, Timestamp, TopicNameRef};
use proptest::prelude::*;

mod claim;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn scope() -> ArnScope {
    ArnScope::new("aws", "us-east-1", "123456789012")
}

fn certificate_id() -> CertificateId {
    "ab".repeat(32).parse().unwrap()
}

fn device() -> Principal {
    Principal::Certificate(certificate_id())
}

fn certificate() -> PolicyTarget {
    device().target().unwrap()
}

fn group(name: &str) -> PolicyTarget {
    PolicyTarget::ThingGroup(name.parse().unwrap())
}

fn thing(name: &str) -> ThingName {
    name.parse().unwrap()
}

fn statement(effect: &str, action: &str) -> String {
    format!(r#"{{"Statement": {{"Effect": "{effect}", "Action": "{action}", "Resource": "*"}}}}"#)
}

/// Creates a policy and attaches it.
fn give(store: &mut PolicyStore, name: &str, text: &str, to: &[PolicyTarget]) {
    let name: PolicyName = name.parse().unwrap();
    store.create_policy(&name, text, NOW).unwrap();
    for target in to {
        store.attach(&name, target).unwrap();
    }
}

/// Building, floor, room; the lamp is in the room.
fn building() -> StaticGroups {
    let mut groups = StaticGroups::default();
    groups.add_group("building".parse().unwrap(), None);
    groups.add_group("floor".parse().unwrap(), Some("building".parse().unwrap()));
    groups.add_group("room".parse().unwrap(), Some("floor".parse().unwrap()));
    groups.add_thing(thing("lamp"), "room".parse().unwrap());
    groups
}

fn names(policies: &EffectivePolicies) -> Vec<&str> {
    policies
        .iter()
        .map(|policy| policy.name().as_str())
        .collect()
}

fn set(text: &str) -> Arc<PolicySet> {
    let document = PolicyDocument::from_json(text).unwrap();
    Arc::new(PolicySet::compile([("P", document)]))
}

fn connect_decision(authority: &Authority) -> Decision {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("lamp");
    authority.decide(&Request::connect("lamp", &context))
}

#[test]
fn certificate_group_and_ancestors_all_count() {
    let mut store = PolicyStore::default();
    give(
        &mut store,
        "Own",
        &statement("Allow", "iot:Connect"),
        &[certificate()],
    );
    give(
        &mut store,
        "Room",
        &statement("Allow", "iot:Publish"),
        &[group("room")],
    );
    give(
        &mut store,
        "Building",
        &statement("Allow", "iot:Receive"),
        &[group("building")],
    );
    give(
        &mut store,
        "Elsewhere",
        &statement("Allow", "*"),
        &[group("attic")],
    );
    let groups = building();
    let policies =
        EffectivePolicies::of_principal(store.current(), &device(), Some(&thing("lamp")), &groups)
            .unwrap();
    assert_eq!(names(&policies), ["Building", "Own", "Room"]);

    let path: Arc<[GroupName]> = ["building", "floor", "room"]
        .map(|g| g.parse().unwrap())
        .into();
    let [above, own, room] = policies.as_slice() else {
        panic!()
    };
    let group = "building".parse().unwrap();
    assert_eq!(
        above.ways(),
        [Via::Ancestor {
            group,
            path: Arc::clone(&path)
        }]
    );
    assert_eq!(own.ways(), [Via::Certificate(certificate_id())]);
    assert_eq!(room.ways(), [Via::Group { path }]);

    let of_room =
        EffectivePolicies::of_group(store.current(), &"floor".parse().unwrap(), &groups).unwrap();
    assert_eq!(names(&of_room), ["Building"]);
}

#[test]
fn a_policy_by_several_ways_is_listed_once_with_all() {
    let mut store = PolicyStore::default();
    let targets = [certificate(), group("room"), group("building")];
    give(&mut store, "P", &statement("Allow", "*"), &targets);
    let mut groups = building();
    groups.add_thing(thing("lamp"), "lights".parse().unwrap());
    store
        .attach(&"P".parse().unwrap(), &group("lights"))
        .unwrap();
    let policies =
        EffectivePolicies::of_principal(store.current(), &device(), Some(&thing("lamp")), &groups)
            .unwrap();
    assert_eq!(policies.as_slice().len(), 1);
    assert_eq!(policies.as_slice()[0].ways().len(), 4);
    assert_eq!(policies.compile().policies().len(), 1);
}

#[test]
fn group_policies_need_the_client_id_of_the_thing() {
    let mut store = PolicyStore::default();
    give(
        &mut store,
        "Own",
        &statement("Allow", "*"),
        &[certificate()],
    );
    give(
        &mut store,
        "Quarantine",
        &statement("Deny", "*"),
        &[group("room")],
    );
    let (groups, scope) = (building(), scope());
    let base = Context::new(&scope);
    let attached = |how| Thing::attached("lamp").with_attachment(how);
    for (context, expected) in [
        (
            base.with_client_id("lamp")
                .with_thing(attached(Attachment::Attached)),
            true,
        ),
        (
            base.with_client_id("x")
                .with_thing(attached(Attachment::Attached)),
            false,
        ),
        (
            base.with_client_id("lamp")
                .with_thing(attached(Attachment::NotAttached)),
            false,
        ),
        (
            base.with_client_id("x")
                .with_thing(attached(Attachment::Exclusive)),
            true,
        ),
        (base.with_client_id("lamp"), false),
        (base.with_thing(attached(Attachment::Attached)), false),
    ] {
        let view = store.current();
        let policies = EffectivePolicies::of_connection(view, &device(), &context, &groups);
        let policies = policies.unwrap();
        let denied = policies
            .compile()
            .decide(&Request::connect("lamp", &context));
        assert_eq!(denied == Decision::ExplicitDeny, expected, "{context:?}");
        assert_eq!(
            names(&policies).contains(&"Quarantine"),
            expected,
            "{context:?}"
        );
    }
}

#[test]
fn quarantine_refuses_a_publish() {
    let mut store = PolicyStore::default();
    give(
        &mut store,
        "Own",
        &statement("Allow", "*"),
        &[certificate()],
    );
    give(
        &mut store,
        "Quarantine",
        &statement("Deny", "iot:Publish"),
        &[group("quarantine")],
    );
    let mut groups = building();
    let scope = scope();
    let context = Context::new(&scope)
        .with_client_id("lamp")
        .with_thing(Thing::attached("lamp"));
    let topic = TopicNameRef::parse("dt/lamp").unwrap();
    let publish = Request::publish(topic, &context);
    let decide = |groups: &StaticGroups| {
        let view = store.current();
        let policies = EffectivePolicies::of_connection(view, &device(), &context, groups);
        let set = Arc::new(policies.unwrap().compile());
        Authority::certificate(set).decide(&publish)
    };
    assert_eq!(decide(&groups), Decision::Allowed);
    groups.add_thing(thing("lamp"), "quarantine".parse().unwrap());
    assert_eq!(decide(&groups), Decision::ExplicitDeny);
    assert!(groups.remove_thing(&thing("lamp"), &"quarantine".parse().unwrap()));
    assert_eq!(decide(&groups), Decision::Allowed);
}

#[test]
fn detaching_any_link_refuses() {
    let own = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:Connect",
        "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}"}}"#;
    let mut store = PolicyStore::default();
    give(&mut store, "Own", own, &[certificate()]);
    let scope = scope();
    let unattached = Context::new(&scope).with_client_id("lamp");
    let context = unattached.with_thing(Thing::attached("lamp"));
    let decide = |store: &PolicyStore, context: &Context<'_>| {
        let groups = StaticGroups::default();
        let policies =
            EffectivePolicies::of_connection(store.current(), &device(), context, &groups);
        policies
            .unwrap()
            .compile()
            .decide(&Request::connect("lamp", context))
    };
    assert_eq!(decide(&store, &context), Decision::Allowed);
    // certificate and thing
    assert_eq!(decide(&store, &unattached), Decision::ImplicitDeny);
    // certificate and policy
    store.detach(&"Own".parse().unwrap(), &certificate(), NOW);
    assert_eq!(decide(&store, &context), Decision::ImplicitDeny);
}

#[test]
fn a_switched_version_counts_at_once_or_later() {
    let mut store = PolicyStore::default();
    give(&mut store, "P", &statement("Allow", "*"), &[certificate()]);
    let p: PolicyName = "P".parse().unwrap();
    let groups = StaticGroups::default();
    let decide = |store: &PolicyStore, seconds: u64, lag: Option<Duration>| {
        let now = NOW.saturating_add(Duration::from_secs(seconds));
        let view = lag.map_or_else(|| store.current(), |lag| store.effective(now, lag));
        let policies = EffectivePolicies::of_principal(view, &device(), None, &groups).unwrap();
        connect_decision(&Authority::certificate(Arc::new(policies.compile())))
    };
    let later = NOW.saturating_add(Duration::from_secs(1_000));
    // not the default: nothing changes
    let second = store
        .create_version(&p, &statement("Deny", "*"), false, later)
        .unwrap();
    assert_eq!(decide(&store, 1_000, None), Decision::Allowed);
    store.set_default_version(&p, second, later).unwrap();
    assert_eq!(decide(&store, 1_000, None), Decision::ExplicitDeny);
    let lag = Some(StoreLimits::LONGEST_PROPAGATION);
    assert_eq!(decide(&store, 1_479, lag), Decision::Allowed);
    assert_eq!(decide(&store, 1_480, lag), Decision::ExplicitDeny);
    // too young to be known
    assert_eq!(decide(&store, 479, lag), Decision::ImplicitDeny);
}

/// Any graph: what a registry must not hold, but a caller might.
struct Graph(Vec<GroupName>, Vec<(GroupName, GroupName)>);

impl GroupResolver for Graph {
    fn groups_of(&self, _: &ThingName) -> Vec<GroupName> {
        self.0.clone()
    }

    fn parent(&self, group: &GroupName) -> Option<GroupName> {
        let edge = self.1.iter().find(|(child, _)| child == group);
        edge.map(|(_, parent)| parent.clone())
    }
}

fn groups(range: core::ops::Range<usize>) -> Vec<GroupName> {
    range
        .map(|index| format!("g{index}").parse().unwrap())
        .collect()
}

/// `g0` at the root.
fn chain(length: usize) -> Graph {
    let all = groups(0..length);
    let edges = all
        .windows(2)
        .map(|pair| (pair[1].clone(), pair[0].clone()));
    Graph(groups(length - 1..length), edges.collect())
}

#[test]
fn seven_levels_and_ten_groups() {
    let store = PolicyStore::default();
    let of = |graph: &Graph| {
        let thing = thing("lamp");
        EffectivePolicies::of_principal(store.current(), &device(), Some(&thing), graph)
    };
    assert!(of(&chain(7)).is_ok());
    let group = "g7".parse().unwrap();
    assert_eq!(of(&chain(8)), Err(GroupError::TooDeep { group, max: 7 }));

    assert!(of(&Graph(groups(0..10), vec![])).is_ok());
    let (max, got, thing) = (10, 11, thing("lamp"));
    assert_eq!(
        of(&Graph(groups(0..11), vec![])),
        Err(GroupError::TooMany { thing, max, got })
    );
    // told twice is still one
    assert!(of(&Graph([groups(0..10), groups(0..10)].concat(), vec![])).is_ok());
}

#[test]
fn a_cycle_is_an_error_and_not_a_loop() {
    let mut store = PolicyStore::default();
    give(
        &mut store,
        "Own",
        &statement("Allow", "*"),
        &[certificate()],
    );
    let all = groups(0..3);
    let edge = |from: usize, to: usize| (all[from].clone(), all[to].clone());
    for (edges, again) in [
        (vec![edge(0, 0)], 0),
        (vec![edge(0, 1), edge(1, 0)], 0),
        (vec![edge(0, 1), edge(1, 2), edge(2, 1)], 1),
    ] {
        let graph = Graph(groups(0..1), edges);
        let thing = thing("lamp");
        let view = store.current();
        let policies = EffectivePolicies::of_principal(view, &device(), Some(&thing), &graph);
        // There is no list to go on with, not even that of the certificate.
        assert_eq!(policies, Err(GroupError::Cycle(all[again].clone())));
        assert!(EffectivePolicies::of_group(view, &all[0], &graph).is_err());
    }
    assert_eq!(connect_decision(&Authority::none()), Decision::ImplicitDeny);
}

#[test]
fn a_thing_without_a_legal_name_is_an_error() {
    let store = PolicyStore::default();
    let scope = scope();
    let context = Context::new(&scope)
        .with_client_id("a b")
        .with_thing(Thing::attached("a b"));
    let policies = EffectivePolicies::of_connection(
        store.current(),
        &device(),
        &context,
        &StaticGroups::default(),
    );
    assert!(matches!(policies, Err(GroupError::ThingName(_))));
}

#[test]
fn principals_without_iot_policies_get_none() {
    let mut store = PolicyStore::default();
    give(
        &mut store,
        "P",
        &statement("Allow", "*"),
        &[certificate(), group("room")],
    );
    let lamp = thing("lamp");
    for (principal, count) in [
        (device(), 1),
        (
            Principal::CognitoAuthenticated("eu-west-1:0".parse().unwrap()),
            1,
        ),
        (
            Principal::Custom {
                certificate: Some(certificate_id()),
            },
            1,
        ),
        (Principal::CognitoUnauthenticated, 0),
        (Principal::Iam, 0),
        (Principal::Custom { certificate: None }, 0),
    ] {
        let policies =
            EffectivePolicies::of_principal(store.current(), &principal, Some(&lamp), &building());
        assert_eq!(policies.unwrap().as_slice().len(), count, "{principal:?}");
    }
}

#[test]
fn principals_without_a_certificate_have_no_certificate_variables() {
    let scope = scope();
    let cognito = Context::new(&scope)
        .with_client_id("app")
        .with_cognito_identity("eu-west-1:0");
    let iam = Context::new(&scope).with_client_id("desktop");
    for context in [&cognito, &iam] {
        assert_eq!(
            context.value(&Variable::CertificateId),
            Err(Unresolved::NoCertificate)
        );
        let common_name = Variable::parse("iot:Certificate.Subject.CommonName");
        assert_eq!(context.value(&common_name), Err(Unresolved::NoCertificate));
    }
    assert_eq!(
        cognito.value(&Variable::CognitoIdentity).unwrap(),
        ["eu-west-1:0"]
    );
    assert!(iam.value(&Variable::CognitoIdentity).is_err());

    // A policy with such a variable gives an IAM principal nothing.
    let own = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
        "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:CertificateId}"}}"#;
    let authority = Authority::iam(set(own));
    for client_id in ["desktop", "${iot:CertificateId}", ""] {
        let request = Request::connect(client_id, &iam);
        assert_eq!(
            authority.decide(&request),
            Decision::ImplicitDeny,
            "{client_id}"
        );
    }
}

#[test]
fn an_authenticated_cognito_identity_needs_both() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("app");
    let (allow, deny) = (set(&statement("Allow", "*")), set(&statement("Deny", "*")));
    let nothing: Arc<PolicySet> = Arc::default();
    let both = [
        "Connect",
        "Publish",
        "Subscribe",
        "Receive",
        "GetThingShadow",
        "UpdateThingShadow",
        "DeleteThingShadow",
    ];
    let actions = Action::known().chain([Action::parse("iot:Other")]);
    for action in actions {
        let short = action.as_str().strip_prefix("iot:");
        let needs_both = short.is_some_and(|short| both.contains(&short));
        let request = Request::on(action, ResourceKind::Topic, "t", &context);
        for (role, iot, expected) in [
            (&allow, &allow, Decision::Allowed),
            (&nothing, &allow, Decision::ImplicitDeny),
            (
                &allow,
                &nothing,
                if needs_both {
                    Decision::ImplicitDeny
                } else {
                    Decision::Allowed
                },
            ),
            (
                &allow,
                &deny,
                if needs_both {
                    Decision::ExplicitDeny
                } else {
                    Decision::Allowed
                },
            ),
            (&deny, &allow, Decision::ExplicitDeny),
            (
                &nothing,
                &deny,
                if needs_both {
                    Decision::ExplicitDeny
                } else {
                    Decision::ImplicitDeny
                },
            ),
        ] {
            let authority = Authority::cognito_authenticated(Arc::clone(role), Arc::clone(iot));
            assert_eq!(authority.decide(&request), expected, "{action}");
            let consulted: Vec<Source> = authority
                .consulted(action)
                .map(|(source, _)| source)
                .collect();
            let expected = if needs_both {
                vec![Source::Iam, Source::Iot]
            } else {
                vec![Source::Iam]
            };
            assert_eq!(consulted, expected);
        }
        // the others have one kind of policies each
        let request = |authority: &Authority| authority.decide(&request);
        assert_eq!(
            request(&Authority::cognito_unauthenticated(Arc::clone(&allow))),
            Decision::Allowed
        );
        assert_eq!(
            request(&Authority::iam(Arc::clone(&deny))),
            Decision::ExplicitDeny
        );
        assert_eq!(
            request(&Authority::certificate(Arc::clone(&allow))),
            Decision::Allowed
        );
        assert_eq!(
            request(&Authority::custom(Arc::clone(&nothing))),
            Decision::ImplicitDeny
        );
        assert_eq!(request(&Authority::none()), Decision::ImplicitDeny);
    }
}

#[test]
fn a_broker_asks_an_authority_packet_by_packet() {
    let connect_only =
        r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
    let document = PolicyDocument::from_json(connect_only).unwrap();
    let set = Arc::new(PolicySet::compile([("Own", document)]));
    let authority = Authority::cognito_authenticated(Arc::clone(&set), set);
    let scope = scope();
    let context = Context::new(&scope).with_client_id("app");
    let packet = ConnectRequest::mqtt311("app", true);
    assert!(authority.connect(&packet, &context).is_allowed());
    assert!(!Authority::none().connect(&packet, &context).is_allowed());
    let topic = TopicNameRef::parse("a").unwrap();
    assert!(!authority.deliver(topic, &context).is_allowed());
}

#[test]
fn equal_attachments_share_a_compiled_set() {
    let mut store = PolicyStore::default();
    let other: PolicyTarget = PolicyTarget::Certificate("cd".repeat(32).parse().unwrap());
    give(
        &mut store,
        "A",
        &statement("Allow", "*"),
        core::slice::from_ref(&other),
    );
    give(
        &mut store,
        "B",
        &statement("Allow", "*"),
        &[certificate(), other.clone()],
    );
    store.attach(&"A".parse().unwrap(), &certificate()).unwrap();
    let of = |store: &PolicyStore, target: &PolicyTarget| {
        let PolicyTarget::Certificate(id) = target else {
            panic!()
        };
        let principal = Principal::Certificate(id.clone());
        EffectivePolicies::of_principal(store.current(), &principal, None, &StaticGroups::default())
            .unwrap()
    };
    let mut sets = SharedSets::default();
    let (first, second) = (of(&store, &certificate()), of(&store, &other));
    assert_eq!(first.key(), second.key());
    assert!(Arc::ptr_eq(&sets.get(&first), &sets.get(&second)));
    assert_eq!(sets.len(), 1);

    // another version is another key
    let a: PolicyName = "A".parse().unwrap();
    store
        .create_version(&a, &statement("Deny", "*"), true, NOW)
        .unwrap();
    let changed = of(&store, &certificate());
    assert_ne!(changed.key(), first.key());
    let held = sets.get(&changed);
    assert_eq!(sets.len(), 2);
    sets.prune();
    assert_eq!(sets.len(), 1);
    assert_eq!(
        connect_decision(&Authority::certificate(held)),
        Decision::ExplicitDeny
    );

    // so is a policy that was created anew under the old name
    let before = of(&store, &other).key();
    for target in [certificate(), other.clone()] {
        store.detach(&a, &target, NOW);
    }
    let first_version = "1".parse().unwrap();
    store.delete_version(&a, first_version, NOW).unwrap();
    store.delete_policy(&a, NOW).unwrap();
    store
        .create_policy(&a, &statement("Allow", "*"), NOW)
        .unwrap();
    store
        .create_version(&a, &statement("Allow", "*"), true, NOW)
        .unwrap();
    store.attach(&a, &other).unwrap();
    assert_ne!(of(&store, &other).key(), before);
}

#[test]
fn effective_policies_as_the_api_answers() {
    let mut store = PolicyStore::default();
    let text = "{ \"Statement\": {\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"} }";
    give(&mut store, "A@1", text, &[certificate()]);
    let groups = StaticGroups::default();
    let policies = EffectivePolicies::of_principal(store.current(), &device(), None, &groups);
    let response = policies.unwrap().to_response(&scope());
    assert_eq!(
        serde_json::to_string(&response).unwrap(),
        concat!(
            r#"{"effectivePolicies":[{"policyName":"A@1","#,
            r#""policyArn":"arn:aws:iot:us-east-1:123456789012:policy/A@1","#,
            r#""policyDocument":"{ \"Statement\": {\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"} }"}]}"#,
        ),
    );
}

proptest! {
    /// In any graph of groups: an answer, and if there is one, every policy of every group above
    /// is in it. A naive walk says which these are.
    #[test]
    fn no_group_above_is_left_out(
        direct in prop::collection::vec(0..12_usize, 0..12),
        parents in prop::collection::vec(prop::option::of(0..12_usize), 12),
        holders in prop::collection::vec(any::<bool>(), 12),
    ) {
        let all = groups(0..12);
        let edges = parents.iter().enumerate();
        let edges = edges.filter_map(|(child, parent)| Some((all[child].clone(), all[(*parent)?].clone())));
        let graph = Graph(direct.iter().map(|group| all[*group].clone()).collect(), edges.collect());
        let mut store = PolicyStore::default();
        for (index, holds) in holders.iter().enumerate() {
            let to: &[PolicyTarget] = &[group(all[index].as_str())];
            give(&mut store, &format!("P{index}"), &statement("Deny", "*"), if *holds { to } else { &[] });
        }

        let mut expected = Some(BTreeSet::new());
        for start in &direct {
            let (mut at, mut steps) = (Some(*start), 0);
            while let Some(group) = at {
                steps += 1;
                if steps > 7 {
                    expected = None;
                    break;
                }
                if let Some(expected) = &mut expected && holders[group] {
                    expected.insert(format!("P{group}"));
                }
                at = parents[group];
            }
        }
        let distinct: BTreeSet<_> = direct.iter().collect();
        if distinct.len() > 10 {
            expected = None;
        }
        let lamp = thing("lamp");
        let policies = EffectivePolicies::of_principal(store.current(), &device(), Some(&lamp), &graph);
        let found = policies.ok().map(|policies| policies.iter().map(|p| p.name().to_string()).collect());
        prop_assert_eq!(found, expected);
    }
}
