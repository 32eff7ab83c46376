//! See `iot_fuzz::quota_bucket`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::quota_bucket(data));

#[cfg(not(fuzzing))]
fn main() {}
