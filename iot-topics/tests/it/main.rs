//! The integration tests of iot-topics, one binary.

mod lifecycle;
mod quota;
mod retained;
