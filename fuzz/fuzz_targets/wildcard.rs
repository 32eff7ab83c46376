//! See `iot_fuzz::wildcard`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::wildcard(data));

#[cfg(not(fuzzing))]
fn main() {}
