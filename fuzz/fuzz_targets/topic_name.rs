//! See `iot_fuzz::topic_name`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::topic_name(data));

#[cfg(not(fuzzing))]
fn main() {}
