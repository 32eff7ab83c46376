//! See `iot_fuzz::shadow_json`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::shadow_json(data));

#[cfg(not(fuzzing))]
fn main() {}
