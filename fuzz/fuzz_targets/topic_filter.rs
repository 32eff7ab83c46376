//! See `iot_fuzz::topic_filter`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::topic_filter(data));

#[cfg(not(fuzzing))]
fn main() {}
