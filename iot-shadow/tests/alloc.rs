//! How much an update allocates. A test binary of its own, since the counter is the allocator.

use core::hint::black_box;

use allocation_counter::measure;
use iot_shadow::{Operation, Outcome, Profile, Shadow};
use iot_topics::Timestamp;

/// Keys of the two sections together make almost 8 KB of document.
const KEYS: usize = 256;

/// Ten keys, changed in a document of 8 KB that is held; accepted and delta go into buffers that
/// were used before.
#[test]
fn a_small_update_of_a_large_document() {
    let section = |value: usize| {
        let members = (0..KEYS).map(|key| format!("\"sensor{key:03}\":{}", value + key));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    let whole = format!(
        r#"{{"state":{{"desired":{},"reported":{}}}}}"#,
        section(10),
        section(11)
    );
    let some = (0..10).map(|key| format!("\"sensor{:03}\":{key}.5", key * 20));
    let some = some.collect::<Vec<_>>().join(",");
    let small = format!(r#"{{"state":{{"desired":{{{some}}}}},"clientToken":"t"}}"#);

    let (mut shadow, aws) = (Shadow::default(), Profile::aws());
    let now = Timestamp::from_secs(1_700_000_000);
    let created = shadow.handle(Operation::Update, whole.as_bytes(), now, &aws);
    assert_eq!(created.code(), 200);
    let bytes = shadow
        .document()
        .map_or(0, iot_shadow::ShadowDocument::size);
    assert!((8_000..=8_192).contains(&bytes), "{bytes}");

    let (mut accepted, mut delta) = (String::new(), String::new());
    let mut counts = Vec::new();
    for _ in 0..3 {
        (accepted, delta) = (cleared(accepted), cleared(delta));
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
        assert!(accepted.len() > 300 && delta.len() > 8_000);
    }
    println!("allocations of an update, the first and later ones: {counts:?}");
    assert!(counts.iter().all(|count| *count > 0), "the counter counts");
    assert!(
        counts.iter().skip(1).all(|count| *count <= 40),
        "{counts:?}"
    );
}

fn cleared(mut buffer: String) -> String {
    buffer.clear();
    buffer
}
