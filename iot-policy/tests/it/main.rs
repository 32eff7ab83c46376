//! Integration tests of the crate, one binary.

mod document;
mod locate;
mod refuse;
//! Tests of the public interface.

mod certificate;
//! Tests of the crate as its users see it.

extern crate alloc;

mod cases;
mod oracle;
mod oracle_proof;
//! Integration tests of `iot-policy`, in one binary.

mod condition_laws;
