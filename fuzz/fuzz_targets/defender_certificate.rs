//! See `iot_fuzz::defender_certificate`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::defender_certificate(data));

#[cfg(not(fuzzing))]
fn main() {}
