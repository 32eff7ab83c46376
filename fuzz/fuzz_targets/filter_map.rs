//! See `iot_fuzz::filter_map`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::filter_map(data));

#[cfg(not(fuzzing))]
fn main() {}
