//! The integration tests of iot-topics, one binary.

mod lifecycle;
mod quota;
mod retained;
//! The integration tests of the crate, in one binary.

extern crate alloc;

mod api;
mod conformance;
mod laws;
mod limits;
mod oracle;
