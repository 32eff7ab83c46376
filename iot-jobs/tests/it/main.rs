//! Tests of the crate as its users see it.

extern crate alloc;

#[path = "../../../iot-policy/tests/it/cases.rs"]
mod cases;
mod conformance;
mod engine_cases;
mod registry;
mod configs;
mod conformance;
mod documents;
mod laws;
mod oracle;
