//! See `iot_fuzz::shadow_snapshot`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::shadow_snapshot(data));

#[cfg(not(fuzzing))]
fn main() {}
