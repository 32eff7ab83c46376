//! See `iot_fuzz::retained_store`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::retained_store(data));

#[cfg(not(fuzzing))]
fn main() {}
