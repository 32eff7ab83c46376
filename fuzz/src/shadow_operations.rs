//! A shadow of the service.

use core::time::Duration;

use iot_shadow::{
    DeltaPolicy, EmptyObjects, EmptySection, Json, NullInArrays, Operation, Profile, ShadowId,
    UnknownMember,
};
use iot_topics::Timestamp;

use crate::input::{Bytes, choose};
use crate::shadow_it::engine::{Engine, compare};
use crate::shadow_it::oracle::Slot;
use crate::shadow_json::exact;

/// A line for the profile, then a line for each operation: its letter, how long after the one
/// before, and the payload.
///
/// What holds of every answer holds, and as long as the numbers are such as the oracle holds, the
/// messages and the shadow are the oracle's.
pub fn shadow_operations(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n').map(Bytes::new);
    let Some(first) = lines.next() else { return };
    let id = ShadowId::named("lamp".parse().unwrap(), "$a".parse().unwrap());
    let mut engine = Engine::new(id, profile(first));
    let mut slot = Some(Slot::Absent);
    let mut now = Timestamp::from_secs(1_700_000_000);
    for mut line in lines {
        let operation = choose(OPERATIONS, line.byte());
        now = now.saturating_add(choose(PAUSES, line.byte()));
        let payload = line.rest();
        slot = slot.filter(|_| told_exactly(payload));
        match &mut slot {
            Some(slot) => {
                compare(&mut engine, slot, (operation, payload), now);
            }
            None => {
                engine.apply(operation, payload, now);
            }
        }
    }
}

const OPERATIONS: &[(u8, Operation)] = &[
    (b'u', Operation::Update),
    (b'g', Operation::Get),
    (b'd', Operation::Delete),
];

const PAUSES: &[(u8, Duration)] = &[
    (b' ', Duration::ZERO),
    (b'm', Duration::from_millis(900)),
    (b's', Duration::from_secs(1)),
    (b't', Duration::from_secs(48 * 60 * 60)),
    (b'T', Duration::from_secs(48 * 60 * 60 + 1)),
];

/// A letter for each option that is not that of AWS IoT.
fn profile(mut letters: Bytes<'_>) -> Profile {
    let mut profile = Profile::aws();
    while !letters.is_empty() {
        match letters.byte() {
            b'G' => profile = Profile::greengrass(),
            b'd' => profile.max_depth = 2,
            b'b' => profile.max_document_bytes = 64,
            b'c' => profile.delta_policy = DeltaPolicy::OnSectionChange,
            b'p' => profile.empty_objects = EmptyObjects::Prune,
            b'e' => profile.empty_section = EmptySection::Clear,
            b't' => profile.rejected_timestamp = true,
            b'm' => profile.metadata_delta_in_get = true,
            b'n' => profile.null_in_arrays = NullInArrays::Keep,
            b'f' => profile.tombstone_ttl = None,
            b'1' => profile.recreate_gap = 1,
            b'u' => profile.unknown_state_member = UnknownMember::Ignore,
            _ => {}
        }
    }
    profile
}

/// Whether the oracle reads the same: what is refused before it is a value is refused alike, but
/// for numbers that are too large.
fn told_exactly(payload: &[u8]) -> bool {
    match Json::parse(payload) {
        Ok(json) => exact(&json).is_some(),
        Err(_) => serde_json::from_slice::<serde_json::Value>(payload).is_err(),
    }
}
