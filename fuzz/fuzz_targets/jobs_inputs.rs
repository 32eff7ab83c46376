//! See `iot_fuzz::jobs_inputs`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::jobs_inputs(data));

#[cfg(not(fuzzing))]
fn main() {}
