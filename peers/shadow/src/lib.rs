//! iot-shadow and its peers at the same work.
//!
//! No other crate is a shadow service, so the peer is what one would write with `serde_json` and
//! `json-patch`: see [`naive`].

#[path = "../../../iot-shadow/benches/workload.rs"]
pub mod workload;

pub mod held;
pub mod naive;
pub mod sides;
pub mod small;
pub mod stored;
