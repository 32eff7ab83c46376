//! See `iot_fuzz::jobs_operations`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::jobs_operations(data));

#[cfg(not(fuzzing))]
fn main() {}
