//! What holds for the device's side whatever arrives, and in whatever order.
#![expect(clippy::unwrap_used, reason = "what the strategies make is legal")]

use iot_shadow::{
    Action, DeviceEvent, DeviceShadow, Json, Notice, Operation, Profile, Shadow, ShadowId, Tracker,
    delta, diff_patch, merge_patch,
};
use iot_topics::Timestamp;
use iot_topics::reserved::{Exchange, ShadowMessage};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const NOW: Timestamp = Timestamp::from_secs(0);

/// Objects with few keys and values, so that two of them have much in common.
fn object() -> impl Strategy<Value = Json> {
    let leaf = select(vec!["0", "1", "1.0", "true", "\"x\"", "[1,null]", "{}"]);
    let value = leaf
        .prop_map(str::to_owned)
        .prop_recursive(3, 12, 3, |inner| {
            btree_map(select(vec!["a", "b", "c~/"]), inner, 0..3).prop_map(|members| text(&members))
        });
    btree_map(select(vec!["a", "b", "c~/"]), value, 0..4)
        .prop_map(|members| text(&members).parse().unwrap())
}

fn text(members: &alloc::collections::BTreeMap<&str, String>) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(key, value)| format!("\"{key}\":{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn notice() -> impl Strategy<Value = Notice> {
    let version = 1..6_u64;
    prop_oneof![
        version
            .clone()
            .prop_map(|version| Notice::Delta { version }),
        version
            .clone()
            .prop_map(|version| Notice::Updated { version }),
        (version.clone(), any::<bool>())
            .prop_map(|(version, has_delta)| Notice::Got { version, has_delta }),
        version.prop_map(|version| Notice::Deleted { version }),
        (
            select(vec![Operation::Get, Operation::Update]),
            select(vec![404, 409, 500])
        )
            .prop_map(|(operation, code)| Notice::Rejected { operation, code }),
    ]
}

fn id() -> ShadowId {
    ShadowId::classic("t".parse().unwrap())
}

fn messages() -> impl Strategy<Value = ShadowMessage> {
    use ShadowMessage::{Delete, Delta, Documents, Get, Update};
    let exchange = select(vec![
        Exchange::Request,
        Exchange::Accepted,
        Exchange::Rejected,
    ]);
    prop_oneof![
        exchange.clone().prop_map(Get),
        exchange.clone().prop_map(Update),
        exchange.prop_map(Delete),
        Just(Delta),
        Just(Documents),
    ]
}

proptest! {
    /// However accepted messages and deltas are ordered, repeated and lost: if the delta of the
    /// last version arrives, it is carried out, once, and nothing older after it.
    #[test]
    fn the_last_delta_is_carried_out_once(
        kinds in vec(any::<bool>(), 1..8),
        order in vec(any::<Index>(), 0..30),
        at in any::<Index>(),
    ) {
        let last = kinds.len() as u64;
        let every: Vec<_> = (1..).zip(kinds).flat_map(|(version, differs)| {
            let delta = differs.then_some(Notice::Delta { version });
            [Some(Notice::Updated { version }), delta].into_iter().flatten()
        }).collect();
        let mut arriving: Vec<_> = order.iter().map(|index| *index.get(&every)).collect();
        arriving.insert(at.index(arriving.len() + 1), Notice::Delta { version: last });

        let mut tracker = Tracker::default();
        let mut applied = Vec::new();
        for notice in arriving {
            if let (Notice::Delta { version }, Action::Apply) = (notice, tracker.take(notice)) {
                applied.push(version);
            }
        }
        prop_assert!(applied.is_sorted_by(|a, b| a < b), "{:?}", applied);
        prop_assert_eq!(applied.last(), Some(&last));
        prop_assert_eq!(tracker, Tracker::new(Some(last), Some(last)));
    }

    /// Whatever was seen: what is carried out is never older than what was carried out before,
    /// and what is not carried out leaves the tracker's deltas as they were.
    #[test]
    fn deltas_never_go_back(notices in vec(notice(), 0..40)) {
        let mut tracker = Tracker::default();
        for notice in notices {
            let before = tracker;
            let action = tracker.take(notice);
            if let Notice::Delta { version } = notice {
                prop_assert_eq!(action == Action::Apply, before != tracker);
                prop_assert!(before.known() <= tracker.known());
                prop_assert_eq!(action == Action::Stale, before.known() > Some(version));
            }
            prop_assert!(tracker.applied_delta() <= tracker.known());
            let again = tracker;
            if matches!(notice, Notice::Delta { .. }) {
                prop_assert_ne!(tracker.take(notice), Action::Apply);
                prop_assert_eq!(tracker, again);
            }
        }
    }

    #[test]
    fn a_report_makes_the_cloud_what_the_device_is(last in object(), local in object()) {
        let patch = diff_patch(last.as_ref(), local.as_ref());
        prop_assert_eq!(&merge_patch(last.as_ref(), patch.as_ref()), &local);
        let nothing = diff_patch(local.as_ref(), local.as_ref());
        prop_assert_eq!(nothing.as_str(), "{}");
    }

    /// A merge writes canonical text: reading it again gives the same.
    #[test]
    fn a_merge_is_canonical(base in object(), patch in object()) {
        let merged = merge_patch(base.as_ref(), patch.as_ref());
        let read: Json = merged.as_str().parse().expect("is JSON");
        prop_assert_eq!(merged.as_str(), read.as_str());
        prop_assert_eq!(delta(merged.as_ref(), read.as_ref()), None);
    }

    /// Any bytes have an answer, and a message that means nothing changes nothing.
    #[test]
    fn any_bytes_have_an_answer(
        arriving in vec((messages(), vec(any::<u8>(), 0..40)), 0..10),
    ) {
        let mut device = DeviceShadow::new(id(), 1);
        device.connect();
        for (message, payload) in arriving {
            let before = device.clone();
            if device.handle(message, &payload).is_err() {
                prop_assert_eq!(&before, &device);
            }
        }
    }

    /// Local changes and wishes in any order, over a network that loses nothing: both sides end
    /// alike, with what was desired last.
    #[test]
    fn both_sides_end_alike(steps in vec((any::<bool>(), object()), 1..8)) {
        let (mut cloud, aws, id) = (Shadow::default(), Profile::aws(), id());
        let mut device = DeviceShadow::new(id.clone(), 1);
        device.report(&Json::empty_object()).expect("is an object");
        device.connect();
        for (is_wish, state) in steps {
            // Null in an array is refused by the cloud.
            let state: Json = state.as_str().replace(",null", "").parse().expect("is JSON");
            let mut requests = Vec::new();
            if is_wish {
                let wish = format!(r#"{{"state":{{"desired":{state}}}}}"#);
                requests.push((Operation::Update, wish));
            } else {
                device.report(&state).expect("is an object");
            }
            for _ in 0..20 {
                if let Some(message) = device.poll_output(NOW) {
                    let operation = Operation::requested_by(message.topic.message);
                    requests.push((operation.expect("is a request"), message.payload));
                }
                for (operation, payload) in requests.drain(..) {
                    let outcome = cloud.handle(operation, payload.as_bytes(), NOW, &aws);
                    for answer in outcome.publish(&id) {
                        let payload = answer.payload.as_bytes();
                        let event = device.handle(answer.topic.message, payload);
                        if let Ok(DeviceEvent::Delta { state, .. }) = event {
                            let local = device.local().expect("was reported");
                            let local = merge_patch(local.as_ref(), state.as_ref());
                            device.report(&local).expect("is an object");
                        }
                    }
                }
            }
            prop_assert!(device.is_settled());
            let empty = Json::empty_object();
            let document = cloud.document();
            let reported = document.and_then(|document| document.reported());
            prop_assert_eq!(reported.unwrap_or(empty.as_ref()), device.local().expect("told").as_ref());
            prop_assert_eq!(document.and_then(|document| document.delta()), None);
        }
    }
}
