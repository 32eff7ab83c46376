//! See `iot_fuzz::policy_evaluate`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::policy_evaluate(data));

#[cfg(not(fuzzing))]
fn main() {}
