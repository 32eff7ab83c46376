//! How much an update allocates. A test binary of its own, since the counter is the allocator.

use core::hint::black_box;

use allocation_counter::measure;
use iot_shadow::{Operation, Outcome, Profile, Shadow, ShadowDocument};
use iot_topics::Timestamp;

/// Keys of each section: with them the document has almost 8 KB.
const KEYS: usize = 256;

/// Ten keys, changed in a document of 8 KB that is held; accepted and delta go into buffers that
/// were used before. Once nothing else differs, once everything does; once the request has the keys
/// in their order, once the other way round.
#[test]
fn a_small_update_of_a_large_document() {
    let mut later = Vec::new();
    for (reported, differ, in_order) in [
        (10, 10, true),
        (11, KEYS, true),
        (10, 10, false),
        (11, KEYS, false),
    ] {
        let counts = counts(reported, differ, in_order);
        println!("{differ} leaves differ: allocations of the first update and more: {counts:?}");
        assert!(counts.iter().all(|count| *count > 0), "the counter counts");
        assert!(
            counts.iter().skip(1).all(|count| *count <= 40),
            "{counts:?}"
        );
        later.extend(counts.last().copied());
    }
    // To sort the members takes three, to keep the order in which they were written three more.
    assert_eq!(later.get(2), later.first().map(|count| count + 6).as_ref());
    assert_eq!(later.get(3), later.get(1).map(|count| count + 6).as_ref());
}

fn counts(reported: usize, differ: usize, in_order: bool) -> Vec<u64> {
    let section = |value: usize| {
        let members = (0..KEYS).map(|key| format!("\"sensor{key:03}\":{}", value + key));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    let (desired, reported) = (section(10), section(reported));
    let whole = format!(r#"{{"state":{{"desired":{desired},"reported":{reported}}}}}"#);
    let some = (0..10).map(|key| format!("\"sensor{:03}\":{key}.5", key * 20));
    let mut some: Vec<_> = some.collect();
    if !in_order {
        some.reverse();
    }
    let some = some.join(",");
    let small = format!(r#"{{"state":{{"desired":{{{some}}}}},"clientToken":"t"}}"#);

    let (mut shadow, aws) = (Shadow::default(), Profile::aws());
    let now = Timestamp::from_secs(1_700_000_000);
    let created = shadow.handle(Operation::Update, whole.as_bytes(), now, &aws);
    assert_eq!(created.code(), 200);
    let bytes = shadow.document().map_or(0, ShadowDocument::size);
    assert!((8_000..=8_192).contains(&bytes), "{bytes}");

    let (mut accepted, mut delta) = (String::new(), String::new());
    let mut counts = Vec::new();
    for _ in 0..3 {
        accepted.clear();
        delta.clear();
        let counted = measure(|| {
            let payload = black_box(small.as_bytes());
            let Outcome::Updated(updated) = shadow.handle(Operation::Update, payload, now, &aws)
            else {
                return;
            };
            updated.write_accepted(&mut accepted);
            updated.write_delta(&mut delta);
        });
        counts.push(counted.count_total);
        // A leaf stands in the state and in the metadata.
        assert_eq!(accepted.matches("\"sensor").count(), 2 * 10);
        assert_eq!(delta.matches("\"sensor").count(), 2 * differ);
    }
    counts
}
