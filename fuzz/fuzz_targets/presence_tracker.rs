//! See `iot_fuzz::presence_tracker`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::presence_tracker(data));

#[cfg(not(fuzzing))]
fn main() {}
