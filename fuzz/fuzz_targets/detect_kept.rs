//! See `iot_fuzz::detect_kept`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::detect_kept(data));

#[cfg(not(fuzzing))]
fn main() {}
