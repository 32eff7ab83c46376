//! See `iot_fuzz::share`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::share(data));

#[cfg(not(fuzzing))]
fn main() {}
