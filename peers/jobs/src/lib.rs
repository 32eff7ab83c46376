//! iot-jobs with many things, jobs and executions.
//!
//! No other crate is a jobs service, so there is no peer; the figures stand for themselves.

pub mod fleet;
pub mod service;
pub mod worst;
