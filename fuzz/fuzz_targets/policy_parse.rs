//! See `iot_fuzz::policy_parse`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::policy_parse(data));

#[cfg(not(fuzzing))]
fn main() {}
