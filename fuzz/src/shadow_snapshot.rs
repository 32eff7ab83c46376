//! Shadows that were kept as bytes.

use iot_shadow::{Operation, Profile, ShadowStore};
use iot_topics::Timestamp;

/// A snapshot.
///
/// What is read is written in the same bytes but for empty lines, is read again as the same, and
/// answers each of its shadows.
pub fn shadow_snapshot(data: &[u8]) {
    let Ok(mut store) = ShadowStore::restore(data, Profile::aws()) else {
        return;
    };
    let text = store.snapshot();
    let again = ShadowStore::restore(text.as_bytes(), Profile::aws()).unwrap();
    assert_eq!(again, store);
    assert_eq!(again.snapshot(), text);

    let ids: Vec<_> = store.iter().map(|(id, _)| id.clone()).collect();
    let now = Timestamp::from_secs(1_700_000_000);
    for id in ids {
        let live = store.get(&id).is_some_and(|it| it.document().is_some());
        for message in store.handle(&id, Operation::Get, b"", now).publish(&id) {
            let _: serde_json::Value = serde_json::from_str(&message.payload).unwrap();
        }
        let code = store.handle(&id, Operation::Delete, b"", now).code();
        assert_eq!(code, if live { 200 } else { 404 });
    }
    store.purge(now);
}
