//! iot-defender on the policies, certificates and connections of a large fleet.
//!
//! No other crate has these checks; x509-parser stands beside the reading of certificates.

#[path = "../../../iot-defender/benches/workload.rs"]
pub mod workload;

pub mod certificate;
