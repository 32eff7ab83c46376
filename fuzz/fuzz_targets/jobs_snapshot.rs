//! See `iot_fuzz::jobs_snapshot`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::jobs_snapshot(data));

#[cfg(not(fuzzing))]
fn main() {}
