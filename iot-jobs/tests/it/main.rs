//! Tests of the crate as its users see it.

extern crate alloc;

mod account;
mod agent;
mod agent_laws;
mod associate;
#[path = "../../../iot-policy/tests/it/cases.rs"]
mod cases;
mod configs;
mod conformance;
mod delivery;
mod documents;
mod engine_cases;
mod events;
mod finds;
mod inventory;
mod laws;
mod machine;
mod ministack;
mod naive;
mod observe;
mod oracle;
mod plane;
mod plans;
mod raised_limits;
mod registry;
mod requests;
mod requests_of_devices;
mod service;
mod snapshot;
mod templates;
