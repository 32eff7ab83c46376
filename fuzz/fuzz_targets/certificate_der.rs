//! See `iot_fuzz::certificate_der`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| iot_fuzz::certificate_der(data));

#[cfg(not(fuzzing))]
fn main() {}
