//! Laws of the service over any sequence of operations, and the oracle beside it.

use core::time::Duration;

use iot_shadow::strategies::{exact_number, number, operations, profile};
use iot_shadow::{Operation, Profile, ShadowId};
use iot_topics::Timestamp;
use iot_topics::strategies::{shadow_name, thing_name};
use proptest::prelude::*;

use crate::engine::{Engine, compare};
use crate::oracle::Slot;

fn id() -> impl Strategy<Value = ShadowId> {
    (thing_name(), prop::option::of(shadow_name()))
        .prop_map(|(thing, shadow)| ShadowId { thing, shadow })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn answers_as_the_oracle(
        id in id(),
        profile in prop_oneof![Just(Profile::aws()), Just(Profile::greengrass()), profile()],
        operations in operations(exact_number()),
    ) {
        let (mut engine, mut slot) = (Engine::new(id, profile), Slot::Absent);
        let mut now = Timestamp::from_secs(1_700_000_000);
        for (operation, payload, pause) in operations {
            now = now.saturating_add(pause);
            compare(&mut engine, &mut slot, (operation, &payload), now);
        }
    }

    /// With numbers that the oracle does not hold.
    #[test]
    fn keeps_the_laws(profile in profile(), operations in operations(number())) {
        let id = ShadowId::classic("lamp".parse().unwrap());
        let mut engine = Engine::new(id, profile);
        let mut now = Timestamp::default();
        for (operation, payload, pause) in operations {
            now = now.saturating_add(pause);
            engine.apply(operation, &payload, now);
        }
    }

    /// The clock of a host may go back.
    #[test]
    fn takes_anything(
        steps in prop::collection::vec((any::<Vec<u8>>(), any::<u64>(), 0..3_usize), 0..20),
    ) {
        let mut shadow = iot_shadow::Shadow::default();
        for (payload, now, operation) in steps {
            let operation = [Operation::Get, Operation::Update, Operation::Delete][operation];
            let before = shadow.clone();
            let now = Timestamp::from_millis(now);
            let code = shadow.handle(operation, &payload, now, &Profile::aws()).code();
            if code != 200 {
                prop_assert_eq!(&shadow, &before);
            }
            let payload = br#"{"state":{"reported":{"n":1}}}"#;
            let update = shadow.handle(Operation::Update, payload, now, &Profile::aws());
            prop_assert_eq!(update.code(), 200);
        }
    }
}

/// The generated operations are worth something: every code is among them.
#[test]
fn operations_have_every_code() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut codes = [(200, 0), (400, 0), (404, 0), (409, 0), (413, 0), (415, 0)];
    let mut deltas = 0;
    for _ in 0..150 {
        let tree = operations(exact_number()).new_tree(&mut runner).unwrap();
        let id = ShadowId::classic("lamp".parse().unwrap());
        let mut engine = Engine::new(id, Profile::aws());
        let mut now = Timestamp::from_secs(1);
        for (operation, payload, pause) in tree.current() {
            now = now.saturating_add(pause + Duration::from_secs(1));
            let (code, messages) = engine.apply(operation, &payload, now);
            let known = codes.iter_mut().find(|(known, _)| *known == code);
            known.unwrap().1 += 1;
            deltas += usize::from(messages.len() == 3);
        }
    }
    for (code, count) in codes {
        assert!(count > 3, "{code} {count} times");
    }
    assert!(codes[0].1 > 400 && deltas > 150, "{codes:?} {deltas}");
}
