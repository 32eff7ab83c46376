//! See `iot_fuzz::reserved_topic`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::reserved_topic(data));

#[cfg(not(fuzzing))]
fn main() {}
