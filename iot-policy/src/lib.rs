#![no_std]
#![forbid(unsafe_code)]
//! AWS IoT Core policies.

extern crate alloc;
