//! Tests of the crate as its users see it.

extern crate alloc;

#[path = "../../../iot-policy/tests/it/cases.rs"]
mod cases;
mod conformance;
mod device;
mod device_laws;
mod engine;
mod inventory;
mod json;
mod moto;
mod options;
mod oracle;
mod order;
mod patches;
mod refuse;
mod service;
mod sound;
mod store;
mod written;
